"""Two provinces with reports, files on their way in and plans, and people in every role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import User
from documents import services as document_services
from documents.models import Document
from imports import services as import_services
from imports.models import Batch
from imports.services import ImportOptions
from indicators import services as indicator_services
from indicators.models import (
    EvidenceFile,
    FigureDoubt,
    Holiday,
    Indicator,
    Notice,
    Period,
    Submission,
    SubmissionStatus,
)
from indicators.services import Cell
from reports.models import Publication
from reports.selectors.league import League
from reports.selectors.publications import league_to_publish
from targets import services as target_services
from targets.models import Plan, PlanState
from tests.builders import SINCE, make_province, make_unit
from tests.imports.workbooks import QUANG_NAM, QUANG_NINH, book
from tests.indicators.builders import draft, make_indicator, make_period
from tests.reports.publishing import publish
from tests.targets.builders import plan_json
from units import services as unit_services
from units.models import Alias, Kind, Role, Unit

AT = datetime(2024, 1, 10, 3, 0, tzinfo=UTC)
PASSWORD = "matkhau-kiem-thu"
ROLES = ("office", "reviewer", "officer", "leader", "admin")
PLAN_PLACES = ("Quảng Ninh", "Hạ Long", "Quảng Nam")
PUBLIC_PLACES = ("Quảng Ninh", "Hạ Long", "Cẩm Phả", "Quảng Nam")
SEATS = ("Quảng Ninh", "Hạ Long")
"""Where each role is granted: on a province, and on a district of it."""
TREE: dict[str, tuple[Kind, str]] = {
    "Quảng Ninh": (Kind.TINH, ""),
    "Hạ Long": (Kind.THANH_PHO, "Quảng Ninh"),
    "Hà Tu": (Kind.PHUONG, "Hạ Long"),
    "Cẩm Phả": (Kind.THANH_PHO, "Quảng Ninh"),
    "Cẩm Tây": (Kind.PHUONG, "Cẩm Phả"),
    "Quảng Nam": (Kind.TINH, ""),
    "Tam Kỳ": (Kind.THANH_PHO, "Quảng Nam"),
    "An Sơn": (Kind.PHUONG, "Tam Kỳ"),
}


@dataclass
class Scene:
    """The units by name, the people by what they are called below, and what stands on each unit."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    """An officer of every unit, until 2030, whom nobody acts as: an account to be looked after."""
    drafts: dict[str, Submission] = field(default_factory=dict)
    sent: dict[str, Submission] = field(default_factory=dict)
    approved: dict[str, Submission] = field(default_factory=dict)
    evidence: dict[str, EvidenceFile] = field(default_factory=dict)
    """A file behind the first figure of every draft."""
    doubts: dict[str, FigureDoubt] = field(default_factory=dict)
    """Official figures of an earlier quarter that are said to be wrong, one on every unit, with a file."""
    batches: dict[str, Batch] = field(default_factory=dict)
    ready: dict[str, Batch] = field(default_factory=dict)
    """Files in preview with nothing left to settle."""
    unknown: dict[str, Batch] = field(default_factory=dict)
    """Files whose layout nobody has declared."""
    aliases: dict[str, Alias] = field(default_factory=dict)
    written: dict[str, Batch] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    """Issued plans, one a province."""
    draft_plans: dict[str, Plan] = field(default_factory=dict)
    approved_plans: dict[str, Plan] = field(default_factory=dict)
    """Drafts and approved plans of the provinces and of a district, with a target set by hand."""
    publications: dict[str, Publication] = field(default_factory=dict)
    """A league table of an earlier quarter made public, one of every area that has units below it."""
    cells: dict[str, str] = field(default_factory=dict)
    media: Path = Path()


def make_scene() -> Scene:
    """Make all of it; uploaded files go to the MEDIA_ROOT of the moment."""
    scene = Scene()
    for name, (kind, parent) in TREE.items():
        scene.units[name] = (
            make_unit(name, kind=kind, parent=scene.units[parent]) if parent else make_province(name)
        )
    # As in the demonstration each level is asked for something.
    levels = ["tinh", "so", "huyen", "xa"]
    indicator = make_indicator("HSTT", levels=levels)
    make_indicator("TTTT", short_name="Thanh toán trực tuyến", levels=levels)
    scene.cells = {f"n-{indicator.pk}": "10", f"d-{indicator.pk}": "20"}
    _add_people(scene)
    _add_reports(scene)
    _add_notices(scene)
    _add_figures(scene)
    for province, titles in (("Quảng Ninh", QUANG_NINH), ("Quảng Nam", QUANG_NAM)):
        scene.batches[province] = _batch(scene, province, titles)
        scene.ready[province] = _batch(scene, province, titles, quarter="II", stray=False)
        scene.written[province] = _batch(scene, province, titles, quarter="III", stray=False)
        import_services.commit_batch(
            batch_id=scene.written[province].pk, by=scene.people["người nhập"], at=AT, reason="Số liệu quý"
        )
        scene.plans[province] = _plan(scene, province)
        _attach_its_document(scene, province)
        scene.unknown[province] = _unknown(scene, province)
        scene.aliases[province] = unit_services.settle_alias(
            unit=scene.units[province],
            parent=scene.units[province],
            source="",
            name=f"Tỉnh {province} cũ",
            kind="",
            evidence="kiểm thử",
            by=None,
        )
    for place in PUBLIC_PLACES:
        scene.publications[place] = publish(league_of(scene, place, "2022-Q4"), within=scene.units[place])
    for place in PLAN_PLACES:
        scene.draft_plans[place] = _unissued_plan(scene, place, f"nhap-{len(scene.draft_plans)}")
        scene.approved_plans[place] = _unissued_plan(scene, place, f"duyet-{len(scene.approved_plans)}")
        _approve(scene, scene.approved_plans[place])
    return scene


def league_of(scene: Scene, place: str, period: str) -> League:
    """Return the league table of the communes of an area."""
    return league_to_publish(
        indicator=Indicator.objects.get(code="HSTT"),
        period=Period.objects.get(code=period),
        level="xa",
        within=scene.units[place],
    )


def secret_of(place: str) -> str:
    """Return the note in every draft and sent report of a unit: nobody else's page shows it."""
    return f"ghi chú nội bộ {place}"


def secret_notice(person: str) -> str:
    """Return what a notice says to a person, and no page to anybody else."""
    return f"nhắc riêng {person}."


def seat_name(role: str, seat: str) -> str:
    return f"{role} của {seat}"


def _person(username: str) -> User:
    return User.objects.create(username=username, password=make_password(PASSWORD), full_name=username)


def _add_people(scene: Scene) -> None:
    for role in ROLES:
        for seat in SEATS:
            person = scene.people[seat_name(role, seat)] = _person(seat_name(role, seat))
            unit_services.grant_role(
                user=person, unit=scene.units[seat], role=Role(role), valid_from=SINCE, by=None
            )
    for place, unit in scene.units.items():
        scene.staff[place] = _person(f"cán bộ {place}")
        unit_services.grant_role(
            user=scene.staff[place],
            unit=unit,
            role=Role.OFFICER,
            valid_from=SINCE,
            valid_to=date(2030, 1, 1),
            by=None,
        )
    scene.people["không vai trò"] = _person("không vai trò")
    former = scene.people["office đã thôi việc"] = _person("office đã thôi việc")
    unit_services.grant_role(
        user=former,
        unit=scene.units["Quảng Ninh"],
        role=Role.OFFICE,
        valid_from=SINCE,
        valid_to=date(2022, 1, 1),
        by=None,
    )
    scene.people["người nhập"] = _person("người nhập")


def _add_notices(scene: Scene) -> None:
    """Words to everybody, which nobody has read."""
    for name, person in scene.people.items():
        Notice.objects.create(
            recipient=person, subject="Nhắc nộp", text=secret_notice(name), link="/so-lieu/", at=AT
        )


def _add_reports(scene: Scene) -> None:
    """A draft of one quarter and a sent report of the quarter before, on every unit."""
    by = scene.people["người nhập"]
    for code, kept in (("2023-Q4", scene.drafts), ("2023-Q3", scene.sent)):
        period = make_period(code, open_for_entry=True)
        for name, unit in scene.units.items():
            report = kept[name] = indicator_services.open_submission(unit=unit, period=period)
            values = {one.pk: Cell(1, 2, note=secret_of(name)) for one in Indicator.objects.all()}
            indicator_services.save_entries(submission=report, values=values, by=by, at=AT, seen_revision=0)
            if code == "2023-Q3":
                indicator_services.send_submission(submission=report, by=by, at=AT)
            report.refresh_from_db()
    assert {report.status for report in scene.sent.values()} == {SubmissionStatus.SENT}
    for name, report in scene.drafts.items():
        scene.evidence[name] = indicator_services.add_evidence(
            submission=report,
            indicator=Indicator.objects.get(code="HSTT"),
            upload=document_services.Upload(b"%PDF-1.7 ...", f"{secret_of(name)}.pdf"),
            by=by,
            at=AT,
        )
    _add_approved(scene, by)
    make_period("2023-Q2", open_for_entry=True)  # nobody has opened a report of it
    Holiday.objects.create(day=date(2023, 9, 2), name="Quốc khánh")


def _add_approved(scene: Scene, by: User) -> None:
    """An approved report of an earlier quarter on every unit."""
    period = make_period("2022-Q4", open_for_entry=True)
    judge = scene.people["không vai trò"]
    for name, unit in scene.units.items():
        report = scene.approved[name] = indicator_services.open_submission(unit=unit, period=period)
        values = {one.pk: Cell(1, 2) for one in Indicator.objects.all()}
        indicator_services.save_entries(submission=report, values=values, by=by, at=AT, seen_revision=0)
        indicator_services.send_submission(submission=report, by=by, at=AT)
        indicator_services.approve_submission(submission=report, by=judge, at=AT)


def _add_figures(scene: Scene) -> None:
    period = make_period("2023-Q1")
    hstt, tttt = Indicator.objects.get(code="HSTT"), Indicator.objects.get(code="TTTT")
    indicator_services.record_measurements(
        drafts=[
            draft(unit, one, period, counts=(30, 60)) for unit in scene.units.values() for one in (hstt, tttt)
        ],
        by=None,
        reason="kiểm thử",
        at=AT,
    )
    for name, unit in scene.units.items():
        scene.doubts[name] = indicator_services.raise_doubt(
            unit=unit,
            indicator=hstt,
            period=period,
            words=secret_of(name),
            said=Cell(),
            upload=document_services.Upload(b"%PDF-1.7 ...", "so-tiep-nhan.pdf"),
            by=scene.people["người nhập"],
            at=AT,
        )


def _batch(
    scene: Scene, province: str, titles: list[str], *, quarter: str = "I", stray: bool = True
) -> Batch:
    """A file in preview from somebody without a role; `stray`: with a row that nobody has settled."""
    names = [name for name, (_, parent) in TREE.items() if parent == province]
    period = f"QUÝ {quarter}/2023"
    rows: list[Any] = [[str(n), f"UBND thành phố {name}", "40%", "2%"] for n, name in enumerate(names, 1)]
    if stray:
        rows.append(["9", "UBND thành phố Không Đâu", "1%", "1%"])
    batch = import_services.receive_file(
        content=book(rows, titles=[*(line.replace("QUÝ I ", f"QUÝ {quarter} ") for line in titles), period]),
        filename=f"{province}.xlsx",
        by=scene.people["người nhập"],
        at=AT,
        options=ImportOptions(),
    )
    read = import_services.read_batch(batch_id=batch.pk, at=AT)
    assert read is not None
    read.refresh_from_db()
    return read


def _unknown(scene: Scene, province: str) -> Batch:
    """A file that waits for somebody to say what its columns are."""
    batch = import_services.receive_file(
        content=book([[1, "Sở Y tế", 5, 9]], header=["TT", "Đơn vị", "Đã nộp", "Phải nộp"]),
        filename=f"{province}.xlsx",
        by=scene.people["người nhập"],
        at=AT,
        options=ImportOptions(may_map=True),
    )
    Batch.objects.filter(pk=batch.pk).update(province=scene.units[province])
    return batch


def _attach_its_document(scene: Scene, province: str) -> None:
    """Quảng Nam's paper has a file; Quảng Ninh's is as it was loaded."""
    if province != "Quảng Nam":
        return
    document_services.attach_file(
        document=Document.objects.get(code="QNam23"),
        upload=document_services.Upload(b"%PDF-1.7 ...", "4872.pdf"),
        seen=0,
        reason="Bản quét",
        by=scene.people["người nhập"],
        at=AT,
    )


def _plan(scene: Scene, province: str) -> Plan:
    number = {"Quảng Ninh": "269/KH-UBND", "Quảng Nam": "4872/KH-UBND"}[province]
    document = {"Quảng Ninh": "QNinh23", "Quảng Nam": "QNam23"}[province]
    Document.objects.get_or_create(
        code=document, defaults={"number": number, "issuer": f"UBND tỉnh {province}", "issued_on": SINCE}
    )
    code = {"Quảng Ninh": "quang-ninh-2023", "Quảng Nam": "quang-nam-2024"}[province]
    definition = plan_json(code=code, owner=f"Tỉnh {province}", document=document)
    plan = target_services.load_plan(definition=definition)
    target_services.assign_targets(plan=plan)
    _approve(scene, plan)
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.ISSUED)
    plan.refresh_from_db()
    return plan


def _approve(scene: Scene, plan: Plan) -> None:
    target_services.approve_plan(plan=plan, by=scene.people["người nhập"], at=AT, seen_revision=plan.revision)
    plan.refresh_from_db()


def _unissued_plan(scene: Scene, place: str, code: str) -> Plan:
    owner = {"Quảng Ninh": "Tỉnh Quảng Ninh", "Quảng Nam": "Tỉnh Quảng Nam"}.get(place, f"Thành phố {place}")
    plan = target_services.load_plan(definition=plan_json(code=code, name=secret_plan(place), owner=owner))
    target_services.assign_targets(plan=plan)
    return plan


def secret_plan(place: str) -> str:
    """Return the name of every plan of a unit that is not issued: nobody else's page shows it."""
    return f"kế hoạch chưa ban hành của {place}"
