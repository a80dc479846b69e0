"""Every address of the site: how it is asked for, who may look, who may change, and what each answers.

Rights are written down here anew, by role and place in the tree, and not read from units.permissions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from imports.models import Layout
from imports.planned import cells_of
from indicators.models import Holiday, Indicator
from reports.frozen_league import cited, freeze
from tests.builders import make_unit
from tests.imports.layout_forms import posted
from tests.security.scene import (
    PASSWORD,
    PLAN_PLACES,
    PUBLIC_PLACES,
    ROLES,
    SEATS,
    TREE,
    Scene,
    league_of,
    seat_name,
)
from units import services as unit_services
from units.catalogue_forms import initial_of
from units.models import UnitVersion

OWN, BELOW, ROOT = "own", "below", "root"
"""There, below it, or everywhere so long as the seat itself is a province."""
BOTH: Final = frozenset({OWN, BELOW})
ENTER: Final = {"officer": frozenset({OWN}), "admin": BOTH}
REVIEW: Final = {"reviewer": frozenset({BELOW}), "office": BOTH}
IMPORT: Final = {"office": BOTH, "admin": BOTH}
ASSIGN: Final = {"office": BOTH, "reviewer": frozenset({OWN})}
APPROVE: Final = {"leader": BOTH}
SEE_DRAFTS: Final = {"office": BOTH, "reviewer": frozenset({OWN}), "leader": BOTH, "admin": BOTH}
SHARED: Final = {"office": frozenset({ROOT}), "admin": frozenset({ROOT})}
"""To change what belongs to no unit: indicators, periods, the calendar, layouts of files, documents."""
CATALOGUE: Final = {"office": BOTH, "admin": BOTH}
PUBLISH: Final = {"office": BOTH}
MANAGE: Final = {"office": BOTH, "admin": BOTH, "reviewer": frozenset({BELOW})}
AUDIT: Final = {"office": BOTH, "admin": BOTH}
Right = dict[str, frozenset[str]]
SEEING_REPORTS: Final[Right] = ENTER | REVIEW
READ: Final[Right] = {}
"""Any person who is logged in."""

ANONYMOUS: Final = "chưa đăng nhập"
PEOPLE: Final = (
    ANONYMOUS,
    "không vai trò",
    "office đã thôi việc",
    *(seat_name(role, seat) for role in ROLES for seat in SEATS),
)


def relation(seat: str, place: str) -> str:
    """Return where a place stands as seen from a seat: own, below or other."""
    if place == seat:
        return OWN
    above = TREE[place][1]
    while above and above != seat:
        above = TREE[above][1]
    return BELOW if above else "other"


def is_allowed(person: str, right: Right, place: str) -> bool:
    """Whether the person has the right there; place "" asks for it anywhere."""
    if person == ANONYMOUS:
        return False
    if right is READ:
        return True
    role, _, seat = person.partition(" của ")
    if role not in right or not seat:
        return False
    if ROOT in right[role]:
        return not TREE[seat][1]
    return not place or relation(seat, place) in right[role]


def nothing(scene: Scene, place: str) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Page:
    """An address with the places on which it is asked for; a method without a right is answered by 405."""

    url: Callable[[Scene, str], str]
    places: tuple[str, ...] = ("",)
    get: Right | None = None
    post: Right | None = None
    query: Callable[[Scene, str], dict[str, Any]] = nothing
    data: Callable[[Scene, str], dict[str, Any]] = nothing
    get_status: int = 200
    post_status: int = 302
    is_open: bool = False
    """People who are not logged in may come here too: the answers are told by tests of their own."""


def _at(name: str, *args: Any) -> Callable[[Scene, str], str]:
    return lambda scene, place: reverse(name, args=args)


def _unit(name: str, *args: Any) -> Callable[[Scene, str], str]:
    return lambda scene, place: reverse(name, args=[scene.units[place].pk, *args])


def _report(name: str, kept: str) -> Callable[[Scene, str], str]:
    return lambda scene, place: reverse(name, args=[getattr(scene, kept)[place].pk])


def _batch(name: str, kept: str = "batches") -> Callable[[Scene, str], str]:
    return lambda scene, place: reverse(name, args=[getattr(scene, kept)[place].pk])


def _row(name: str, printed: str) -> Callable[[Scene, str], str]:
    def url(scene: Scene, place: str) -> str:
        batch = scene.batches[place]
        return reverse(name, args=[batch.pk, batch.rows.get(printed__endswith=printed).pk])

    return url


def _alias(name: str) -> Callable[[Scene, str], str]:
    return lambda scene, place: reverse(name, args=[scene.aliases[place].pk])


def _cell(name: str) -> Callable[[Scene, str], str]:
    def url(scene: Scene, place: str) -> str:
        batch = scene.batches[place]
        row = batch.rows.exclude(figures=[])[0]
        indicator = Indicator.objects.get(pk=cells_of(row.figures)[0].indicator_id)
        return reverse(name, args=[batch.pk, row.position, indicator.code])

    return url


def _plan(name: str, *args: Any) -> Callable[[Scene, str], str]:
    return lambda scene, place: reverse(name, args=[scene.plans[place].code, *args])


def _unissued(name: str, kept: str, *args: Any) -> Callable[[Scene, str], str]:
    return lambda scene, place: reverse(name, args=[getattr(scene, kept)[place].code, *args])


def _by_hand(scene: Scene, place: str) -> str:
    unit = {"Quảng Nam": "An Sơn"}.get(place, "Hà Tu")
    return reverse("plan_override", args=[scene.draft_plans[place].code, scene.units[unit].pk, "HSTT"])


def _seen_plan(kept: str, **fields: Any) -> Callable[[Scene, str], dict[str, Any]]:
    return lambda scene, place: {"seen": getattr(scene, kept)[place].revision, **fields}


def _facts(scene: Scene, place: str) -> dict[str, Any]:
    owner = scene.units[place]
    return {
        "owner": owner.pk,
        "name": "Kế hoạch khác",
        "year": "2023",
        "baseline_period": "2023-Q1",
        "near_percent": "95",
        "behind_percent": "80",
        "seen": scene.draft_plans[place].revision,
    }


CALENDAR_RULE: Final = {
    "period_kind": "quarter",
    "level": "xa",
    "day": "17",
    "month_offset": "0",
    "move": "next",
    "grace_days": "0",
    "basis": "QĐ 467/QĐ-UBND",
    "valid_from": "2024-01-01",
}
RULE: Final = {
    "label": "Mức chung",
    "levels": ["huyen"],
    "value": "80",
    "bound": "minimum",
    "rounding_way": "harder",
    "few_cases": "none",
    "not_applicable": "none",
}
BANDS: Final = {
    "label": "Mọi phường",
    "levels": ["xa"],
    "limit_1": "91",
    "target_1": "91",
    "compare": "printed",
    "rounding_way": "harder",
    "few_cases": "none",
    "not_applicable": "none",
}


def _annex(scene: Scene, place: str) -> str:
    return reverse("appendix", args=[{"Quảng Ninh": "qninh-pl3", "Quảng Nam": "qnam-pl2"}[place]])


def _league(scene: Scene, place: str) -> dict[str, Any]:
    return {"chi-tieu": "HSTT", "ky": "2023-Q1", "cap": "xa", "trong": scene.units[place].pk}


def _publish(scene: Scene, place: str) -> str:
    # The address names the table, for POST too.
    return f"{reverse('league_publish')}?{urlencode(_league(scene, place))}"


def _publication(scene: Scene, place: str) -> dict[str, Any]:
    table = league_of(scene, place, "2023-Q1")
    return {"seen": freeze(table, defined_in=cited(table)).digest, "seen_steps": "0"}


def _publication_of(name: str) -> Callable[[Scene, str], str]:
    return lambda scene, place: reverse(name, args=[scene.publications[place or "Quảng Ninh"].pk])


def _cells(scene: Scene, place: str) -> dict[str, Any]:
    return {"seen_revision": "1", **scene.cells}


def _seen(scene: Scene, place: str) -> dict[str, Any]:
    return {"seen_revision": "1"}


def _file(scene: Scene, place: str) -> dict[str, Any]:
    with scene.batches["Quảng Ninh"].file.open("rb") as file:
        return {"file": SimpleUploadedFile("mới.xlsx", file.read())}


def _choice(scene: Scene, place: str) -> dict[str, Any]:
    unit = scene.units[{"Quảng Ninh": "Hạ Long", "Quảng Nam": "Tam Kỳ"}[place]]
    return {f"dong-{_stray(scene, place)}": unit.pk}


def _stray(scene: Scene, place: str) -> int:
    return scene.batches[place].rows.get(printed__endswith="Không Đâu").position


def _document(**said: str) -> Callable[[Scene, str], dict[str, Any]]:
    facts = {"number": "12/QĐ-UBND", "issued_on": "2023-02-01", "issuer": "UBND tỉnh Quảng Ninh"}
    return lambda scene, place: facts | said


def _staff(name: str) -> Callable[[Scene, str], str]:
    return lambda scene, place: reverse(name, args=[scene.staff[place].pk])


def _staff_grant(scene: Scene, place: str) -> str:
    person = scene.staff[place]
    return reverse("person_grant_end", args=[person.pk, person.grants.get().pk])


def _new_person(scene: Scene, place: str) -> dict[str, Any]:
    return {
        "username": "nguoi-moi",
        "full_name": "Phạm Thị Mới",
        "unit": scene.units[place].pk,
        "role": "officer",
        "valid_from": "2023-01-01",
    }


ACT: Final = {"on": "2030-01-01", "reason": "Sắp xếp", "xac-nhan": "1"}
INDICATOR: Final = {
    "name": "Hồ sơ trực tuyến",
    "short_name": "Hồ sơ trực tuyến",
    "levels": ["xa"],
    "min_cases": "10",
    "decimals": "2",
    "sources": "Cổng Dịch vụ công quốc gia",
    "position": "1",
    "seen": "0",
    "reason": "Theo quyết định mới",
}
DEFINITION: Final = {
    "unit_of_measure": "%",
    "direction": "up",
    "numerator": "Hồ sơ trực tuyến",
    "denominator": "Hồ sơ trực tuyến và trực tiếp",
    "zero_denominator": "not_arising",
    "valid_from": "2030-01-01",
    "reason": "Theo quyết định mới",
}


def _changed_unit(scene: Scene, place: str) -> dict[str, Any]:
    stands = initial_of(UnitVersion.objects.get(unit=scene.units[place]))
    return {name: value for name, value in stands.items() if value is not None} | ACT | {"code": "06658"}


def _new_unit(scene: Scene, place: str) -> dict[str, Any]:
    return {"kind": "phuong", "name": "Mới", "parent": scene.units[place].pk, **ACT}


def _merged(scene: Scene, place: str) -> dict[str, Any]:
    parent = scene.units[TREE[place][1]]
    neighbour = make_unit("Láng Giềng", parent=parent)
    olds = [scene.units[place].pk, neighbour.pk]
    return {"olds": olds, "into": "moi", "kind": "phuong", "name": "Mới", "parent": parent.pk, **ACT}


def _ended(scene: Scene, place: str) -> dict[str, Any]:
    unit_services.abolish_unit(unit=scene.units[place], on=date(2020, 6, 1), by=None)
    return {"reason": "Ghi nhầm"}


def _catalogue_alias(scene: Scene, place: str) -> str:
    return reverse("catalogue_alias_revoke", args=[scene.units[place].pk, scene.aliases[place].pk])


EVERYWHERE = ("Quảng Ninh", "Hạ Long", "Hà Tu", "Cẩm Phả", "Quảng Nam")
"""Every way of standing to a seat: there, above, below, below that again, beside it, in another province."""
LEAVES = ("Hà Tu", "Cẩm Tây", "An Sơn")
WITH_UNITS_BELOW = tuple(place for place in TREE if place not in LEAVES)
PROVINCES = ("Quảng Ninh", "Quảng Nam")
SOME_PLACES = ("Hà Tu", "Quảng Nam")
"""Enough where everybody may read."""

PAGES: Final[dict[str, Page]] = {
    "healthz": Page(_at("healthz"), is_open=True),
    "login": Page(_at("login"), is_open=True),
    "logout": Page(_at("logout"), is_open=True),
    "session_stay": Page(_at("session_stay"), post=READ, post_status=200),
    "password_change": Page(
        _at("password_change"),
        get=READ,
        post=READ,
        data=lambda *_: {
            "old_password": PASSWORD,
            "new_password1": "cau-long-xanh-88",
            "new_password2": "cau-long-xanh-88",
        },
    ),
    "home": Page(_at("home"), get=READ),
    "league": Page(_at("league"), SOME_PLACES, get=READ, query=_league),
    "league_chart": Page(_at("league_chart"), SOME_PLACES, get=READ, query=_league),
    "league_xlsx": Page(_at("league_xlsx"), SOME_PLACES, get=READ, query=_league),
    "league_publish": Page(_publish, PUBLIC_PLACES, get=PUBLISH, post=PUBLISH, data=_publication),
    "publication_withdraw": Page(
        _publication_of("publication_withdraw"),
        PUBLIC_PLACES,
        get=PUBLISH,
        post=PUBLISH,
        data=lambda *_: {"reason": "Nhầm kỳ"},
    ),
    "public": Page(_at("public"), is_open=True),
    "public_league": Page(_publication_of("public_league"), is_open=True),
    "public_league_xlsx": Page(_publication_of("public_league_xlsx"), is_open=True),
    "public_unit": Page(
        lambda scene, place: reverse("public_unit", args=[scene.units["Hà Tu"].pk]), is_open=True
    ),
    "heat_map": Page(_at("heat_map"), SOME_PLACES, get=READ, query=_league),
    "heat_map_xlsx": Page(_at("heat_map_xlsx"), SOME_PLACES, get=READ, query=_league),
    "heat_map_csv": Page(_at("heat_map_csv"), SOME_PLACES, get=READ, query=_league),
    "unit": Page(_unit("unit"), SOME_PLACES, get=READ),
    "unit_tree": Page(_at("unit_tree"), get=READ),
    "help": Page(_at("help"), get=READ),
    "help_page": Page(_at("help_page", "nhap-so-lieu"), get=READ),
    "help_log_in": Page(_at("help_log_in"), is_open=True),
    "audit": Page(_at("audit"), get=AUDIT),
    "data_log": Page(_at("data_log"), get=AUDIT),
    "data_log_xlsx": Page(_at("data_log_xlsx"), get=AUDIT),
    "people": Page(_at("people"), get=MANAGE),
    "person_add": Page(
        _at("person_add"),
        EVERYWHERE,
        get=MANAGE,
        post=MANAGE,
        query=lambda scene, place: {"don-vi": scene.units[place].pk},
        data=_new_person,
        post_status=200,
    ),
    "person": Page(_staff("person"), EVERYWHERE, get=MANAGE),
    "person_password": Page(
        _staff("person_password"),
        EVERYWHERE,
        post=MANAGE,
        data=lambda *_: {"reason": "Quên mật khẩu"},
        post_status=200,
    ),
    "person_active": Page(
        _staff("person_active"),
        EVERYWHERE,
        post=MANAGE,
        data=lambda *_: {"active": "0", "reason": "Thôi việc"},
    ),
    "person_grant": Page(
        _staff("person_grant"),
        EVERYWHERE,
        post=MANAGE,
        data=lambda scene, place: {
            "unit": scene.units[place].pk,
            "role": "officer",
            "valid_from": "2030-01-01",
            "reason": "Gia hạn",
        },
    ),
    "person_grant_end": Page(
        _staff_grant,
        EVERYWHERE,
        post=MANAGE,
        data=lambda *_: {"valid_to": "2029-01-01", "reason": "Nghỉ hưu"},
    ),
    # Quảng Ninh's is that of its plan, a draft in the scene.
    "appendix": Page(_annex, PROVINCES, get=READ),
    "submissions": Page(_at("submissions"), get=READ, query=lambda scene, place: {"trang_thai": "tat-ca"}),
    "sending": Page(_at("sending"), get=REVIEW),
    "sending_xlsx": Page(_at("sending_xlsx"), get=REVIEW),
    "sending_remind": Page(_at("sending_remind"), get=REVIEW),
    "reminders_send": Page(
        _at("reminders_send"),
        EVERYWHERE,
        post=REVIEW,
        data=lambda scene, place: {
            "ky": "2023-Q2",
            "don-vi": scene.units[place].pk,
            "token": "6f1b0f3e-2c8e-4c55-9d0e-0a4f6f0f4b11",
        },
    ),
    "reminder_log": Page(_at("reminder_log"), get=REVIEW),
    "notices": Page(_at("notices"), get=READ, post=READ),
    "submission_extend": Page(
        _unit("submission_extend", "2023-Q2"),
        EVERYWHERE,
        get=REVIEW,
        post=REVIEW,
        data=lambda *_: {"until": str(timezone.localdate()), "reason": "Mất điện"},
    ),
    "calendar": Page(
        _at("calendar"), get=CATALOGUE, post=SHARED, data=lambda *_: {"day": "2026-02-17", "name": "Tết"}
    ),
    "calendar_rule": Page(_at("calendar_rule"), get=SHARED, post=SHARED, data=lambda *_: CALENDAR_RULE),
    "holiday_remove": Page(
        lambda scene, place: reverse("holiday_remove", args=[Holiday.objects.get(name="Quốc khánh").pk]),
        post=SHARED,
    ),
    "submission_enter": Page(
        _unit("submission_enter", "2023-Q2"),
        EVERYWHERE,
        get=ENTER,
        post=ENTER,
        data=lambda scene, place: {"seen_revision": "0", **scene.cells},
    ),
    "entry_fill": Page(
        _unit("entry_fill", "2023-Q2"),
        EVERYWHERE,
        get=ENTER,
        post=ENTER,
        post_status=200,
        data=lambda scene, place: {"block": "10\t20"},
    ),
    "entry_template": Page(_unit("entry_template", "2023-Q2"), EVERYWHERE, get=ENTER),
    "cells_save": Page(
        _unit("cells_save", "2023-Q2"),
        EVERYWHERE,
        post=ENTER,
        post_status=200,
        data=lambda scene, place: {"was-" + next(iter(scene.cells))[2:]: "", **scene.cells},
    ),
    "doubts": Page(_at("doubts"), get=SEEING_REPORTS, query=lambda *_: {"trang_thai": "tat-ca"}),
    "doubt_raise": Page(
        _unit("doubt_raise", "2023-Q1", "TTTT"),
        EVERYWHERE,
        get=ENTER,
        post=ENTER,
        data=lambda *_: {"words": "Thiếu hồ sơ"},
    ),
    "doubt": Page(
        _report("doubt", "doubts"),
        EVERYWHERE,
        get=SEEING_REPORTS,
        post=REVIEW,
        data=lambda *_: {"verdict": "accepted", "words": "Đã gửi Cổng"},
    ),
    "doubt_file": Page(_report("doubt_file", "doubts"), EVERYWHERE, get=SEEING_REPORTS),
    "evidence": Page(
        _unit("evidence", "2023-Q2", "HSTT"),
        EVERYWHERE,
        get=SEEING_REPORTS,
        post=ENTER,
        data=lambda *_: {"file": SimpleUploadedFile("sổ.pdf", b"%PDF-1.7 ...")},
    ),
    "evidence_file": Page(_report("evidence_file", "evidence"), EVERYWHERE, get=SEEING_REPORTS),
    "evidence_remove": Page(_report("evidence_remove", "evidence"), EVERYWHERE, post=ENTER),
    "submission": Page(
        _report("submission", "drafts"), EVERYWHERE, get=SEEING_REPORTS, post=ENTER, data=_cells
    ),
    "submission_check": Page(
        _report("submission_check", "drafts"), EVERYWHERE, get=ENTER, post=ENTER, data=_seen
    ),
    "submission_approve": Page(_report("submission_approve", "sent"), EVERYWHERE, post=REVIEW, data=_seen),
    "submission_approve_chosen": Page(
        _at("submission_approve_chosen"),
        EVERYWHERE,
        post=REVIEW,
        data=lambda scene, place: {"bao-cao": f"{scene.sent[place].pk}-1"},
    ),
    "submission_return": Page(
        _report("submission_return", "sent"), EVERYWHERE, post=REVIEW, data=lambda *_: {"reason": "Xem lại"}
    ),
    "submission_reopen": Page(
        _report("submission_reopen", "approved"),
        EVERYWHERE,
        post=REVIEW,
        data=lambda *_: {"reason": "Xem lại"},
    ),
    "import_list": Page(_at("import_list"), get=IMPORT),
    "import_upload": Page(_at("import_upload"), get=IMPORT, post=IMPORT, data=_file),
    "import_aliases": Page(_at("import_aliases"), get=IMPORT),
    "import_alias_revoke": Page(
        _alias("import_alias_revoke"), PROVINCES, post=IMPORT, data=lambda *_: {"reason": "Ghi nhầm"}
    ),
    "import_batch": Page(_batch("import_batch"), PROVINCES, get=IMPORT, get_status=302),
    "import_mapping": Page(
        _batch("import_mapping", "unknown"),
        PROVINCES,
        get=IMPORT,
        post=IMPORT,
        data=lambda *_: {
            "cot-0": "position",
            "cot-1": "unit",
            "cot-2": "HSTT.numerator",
            "cot-3": "HSTT.denominator",
            "name": "Mẫu lạ",
            "checked": "on",
        },
    ),
    "import_layouts": Page(_at("import_layouts"), get=IMPORT),
    "import_layout_edit": Page(
        _at("import_layout_edit", "so-hoa"),
        get=SHARED,
        post=SHARED,
        data=lambda *_: posted(Layout.objects.get(code="so-hoa"), reason="Thêm tên cột"),
    ),
    "import_recognise": Page(_batch("import_recognise"), PROVINCES, get=IMPORT, post=IMPORT),
    "import_match": Page(_batch("import_match"), PROVINCES, get=IMPORT),
    "import_check": Page(_batch("import_check"), PROVINCES, get=IMPORT),
    "import_preview": Page(_batch("import_preview"), PROVINCES, get=IMPORT),
    "import_result": Page(_batch("import_result", "written"), PROVINCES, get=IMPORT),
    "import_undo": Page(
        _batch("import_undo", "written"), PROVINCES, post=IMPORT, data=lambda *_: {"reason": "Nhầm tệp"}
    ),
    "import_problems": Page(_batch("import_problems"), PROVINCES, get=IMPORT),
    "import_progress": Page(_batch("import_progress"), PROVINCES, get=IMPORT),
    "import_original": Page(_batch("import_original"), PROVINCES, get=IMPORT),
    "import_commit": Page(
        _batch("import_commit", "ready"),
        PROVINCES,
        post=IMPORT,
        data=lambda *_: {"reason": "Số liệu quý"},
    ),
    "import_cancel": Page(_batch("import_cancel"), PROVINCES, post=IMPORT),
    "import_swap": Page(
        _row("import_swap", "Không Đâu"), PROVINCES, post=IMPORT, data=lambda *_: {"accept": "1"}
    ),
    "import_choose": Page(_batch("import_choose"), PROVINCES, post=IMPORT, data=_choice),
    "import_create_units": Page(
        _batch("import_create_units"),
        PROVINCES,
        post=IMPORT,
        data=lambda scene, place: {"new": _stray(scene, place), "valid_from": "2023-01-01"},
    ),
    "import_accept": Page(
        _batch("import_accept"), PROVINCES, post=IMPORT, data=lambda *_: {"kind": "missing_unit"}
    ),
    "import_aside": Page(
        _batch("import_aside"), PROVINCES, post=IMPORT, data=lambda *_: {"reason": "Chờ đơn vị sửa"}
    ),
    "import_keep": Page(_cell("import_keep"), PROVINCES, post=IMPORT, data=lambda *_: {"keep": "1"}),
    "import_forget": Page(_batch("import_forget"), PROVINCES, post=IMPORT),
    "plans": Page(_at("plans"), get=READ),
    "plan": Page(_unissued("plan", "draft_plans"), PLAN_PLACES, get=SEE_DRAFTS),
    "plan_json": Page(_unissued("plan_json", "approved_plans"), PLAN_PLACES, get=SEE_DRAFTS),
    "plan_changes": Page(_plan("plan_changes"), PROVINCES, get=READ),
    "plan_progress": Page(_unissued("plan_progress", "draft_plans"), PLAN_PLACES, get=SEE_DRAFTS),
    "plan_progress_xlsx": Page(_plan("plan_progress_xlsx"), PROVINCES, get=READ),
    "plan_review": Page(_unissued("plan_review", "approved_plans"), PLAN_PLACES, get=SEE_DRAFTS),
    "plan_new": Page(
        _at("plan_new"),
        PLAN_PLACES,
        get=ASSIGN,
        post=ASSIGN,
        query=lambda scene, place: {"don-vi": scene.units[place].pk},
        data=_facts,
    ),
    "plan_facts": Page(
        _unissued("plan_facts", "draft_plans"), PLAN_PLACES, get=ASSIGN, post=ASSIGN, data=_facts
    ),
    "plan_rules": Page(_unissued("plan_rules", "draft_plans"), PLAN_PLACES, get=SEE_DRAFTS),
    "plan_rule_new": Page(
        lambda scene, place: (
            _unissued("plan_rule_new", "draft_plans")(scene, place) + "?chi-tieu=HSTT&loai=fixed"
        ),
        PLAN_PLACES,
        get=ASSIGN,
        post=ASSIGN,
        query=lambda *_: {"chi-tieu": "HSTT", "loai": "fixed"},
        data=_seen_plan("draft_plans", **RULE),
    ),
    "plan_rule": Page(
        _unissued("plan_rule", "draft_plans", 1),
        PLAN_PLACES,
        get=ASSIGN,
        post=ASSIGN,
        data=_seen_plan("draft_plans", **BANDS),
    ),
    "plan_rule_remove": Page(
        _unissued("plan_rule_remove", "draft_plans", 1),
        PLAN_PLACES,
        post=ASSIGN,
        data=_seen_plan("draft_plans"),
    ),
    "plan_indicator": Page(
        _unissued("plan_indicator", "draft_plans", "HSTT"),
        PLAN_PLACES,
        get=ASSIGN,
        post=ASSIGN,
        data=_seen_plan("draft_plans", central="50"),
    ),
    "plan_override": Page(
        _by_hand,
        PLAN_PLACES,
        get=ASSIGN,
        post=ASSIGN,
        data=_seen_plan("draft_plans", value="60", reason="Xã đảo"),
    ),
    "plan_assign": Page(
        _unissued("plan_assign", "draft_plans"), PLAN_PLACES, post=ASSIGN, data=_seen_plan("draft_plans")
    ),
    "plan_discard": Page(
        _unissued("plan_discard", "draft_plans"), PLAN_PLACES, post=ASSIGN, data=_seen_plan("draft_plans")
    ),
    "plan_approve": Page(
        _unissued("plan_approve", "draft_plans"), PLAN_PLACES, post=APPROVE, data=_seen_plan("draft_plans")
    ),
    "plan_return": Page(
        _unissued("plan_return", "approved_plans"),
        PLAN_PLACES,
        post=APPROVE,
        data=_seen_plan("approved_plans", reason="Xem lại ngưỡng"),
    ),
    "plan_issue": Page(
        _unissued("plan_issue", "approved_plans"),
        PLAN_PLACES,
        get=ASSIGN,
        post=ASSIGN,
        data=_seen_plan("approved_plans", document="QNinh23"),
    ),
    "plan_supersede": Page(_plan("plan_supersede"), PROVINCES, post=ASSIGN),
    "documents": Page(_at("documents"), get=READ),
    "document": Page(_at("document", "QNinh23"), get=READ),
    "document_file": Page(_at("document_file", "QNam23"), get=READ),
    "document_add": Page(_at("document_add"), get=SHARED, post=SHARED, data=_document()),
    "document_edit": Page(
        _at("document_edit", "QNinh23"),
        get=SHARED,
        post=SHARED,
        data=_document(
            number="269/KH-UBND",
            issued_on="2020-01-01",
            seen="0",
            reason="Thêm người ký",
            superseded_by="",
            signer="Cao Tường Huy",
        ),
    ),
    "catalogue": Page(_at("catalogue"), get=CATALOGUE),
    "catalogue_units": Page(_at("catalogue_units"), get=CATALOGUE),
    # Whoever looks after any unit may look at the versions of all.
    "catalogue_unit": Page(
        lambda scene, place: reverse("catalogue_unit", args=[scene.units["Hà Tu"].pk]), get=CATALOGUE
    ),
    "catalogue_unit_add": Page(
        _at("catalogue_unit_add"),
        WITH_UNITS_BELOW,
        get=CATALOGUE,
        post=CATALOGUE,
        query=lambda scene, place: {"cap-tren": scene.units[place].pk},
        data=_new_unit,
    ),
    "catalogue_unit_edit": Page(
        _unit("catalogue_unit_edit"), EVERYWHERE, get=CATALOGUE, post=CATALOGUE, data=_changed_unit
    ),
    "catalogue_unit_end": Page(
        _unit("catalogue_unit_end"), LEAVES, get=CATALOGUE, post=CATALOGUE, data=lambda *_: ACT
    ),
    "catalogue_unit_restore": Page(_unit("catalogue_unit_restore"), LEAVES, post=CATALOGUE, data=_ended),
    "catalogue_merge": Page(_unit("catalogue_merge"), LEAVES, get=CATALOGUE, post=CATALOGUE, data=_merged),
    "catalogue_alias_add": Page(
        _unit("catalogue_alias_add"),
        EVERYWHERE,
        post=CATALOGUE,
        data=lambda *_: {"name": "Tên khác", "evidence": "Tệp in"},
    ),
    "catalogue_alias_revoke": Page(
        _catalogue_alias, PROVINCES, post=CATALOGUE, data=lambda *_: {"reason": "Ghi nhầm"}
    ),
    "catalogue_indicators": Page(_at("catalogue_indicators"), get=CATALOGUE),
    "catalogue_indicator": Page(_at("catalogue_indicator", "HSTT"), get=CATALOGUE),
    "catalogue_indicator_edit": Page(
        _at("catalogue_indicator_edit", "HSTT"), get=SHARED, post=SHARED, data=lambda *_: INDICATOR
    ),
    "catalogue_indicator_version": Page(
        _at("catalogue_indicator_version", "HSTT"), get=SHARED, post=SHARED, data=lambda *_: DEFINITION
    ),
    "catalogue_periods": Page(
        _at("catalogue_periods"),
        get=CATALOGUE,
        post=SHARED,
        data=lambda *_: {"code": "2024-Q1", "reason": "Quý mới"},
    ),
    "catalogue_period": Page(
        _at("catalogue_period", "2023-Q2"),
        get=CATALOGUE,
        post=SHARED,
        data=lambda *_: {"turn": "dong", "reason": "Hết hạn"},
    ),
    "plan_appendices": Page(_unissued("plan_appendices", "draft_plans"), PLAN_PLACES, get=SEE_DRAFTS),
    "plan_appendix": Page(
        _unissued("plan_appendix", "approved_plans", "giao-chi-tieu"), PLAN_PLACES, get=SEE_DRAFTS
    ),
}


def url_names(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    """Give the name of every address that the site answers to; "" for one without a name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from url_names(pattern.url_patterns)
        else:
            yield pattern.name or ""
