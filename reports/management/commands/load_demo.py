"""Load the demonstration: three provinces' published tables through the real pipeline, and plans."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import services as account_services
from accounts.models import User
from documents.models import Document
from dvctt.lib import periods
from imports import services as import_services
from imports.models import Batch, BatchState
from indicators import selectors as indicator_selectors
from indicators import services as indicator_services
from indicators.models import Period, Source
from reports import services as publishing
from reports.frozen_league import cited, freeze
from reports.models import Publication
from reports.selectors import peers, publications
from targets import services as target_services
from targets.models import Plan, PlanState
from units import selectors as unit_selectors
from units import services as unit_services
from units.models import Grant, Role

PASSWORD = "dvctt-demo-2023"  # noqa: S105  printed for whoever tries the demonstration
PROVINCES = ["Quảng Nam", "Quảng Ngãi", "Quảng Ninh"]
ANOTHER_PROVINCE = "Thái Nguyên"
"""It has targets and no figures yet; the package of units knows neither its sở nor area classes."""
DAY = date(2023, 9, 30)
"""The day on which names are resolved: inside every period of the demonstration."""

PEOPLE = [
    ("vanphong", "Trần Minh Hà", "Chuyên viên Văn phòng UBND tỉnh"),
    ("huyen", "Phạm Thu Lan", "Cán bộ Văn phòng UBND thành phố Hạ Long"),
    ("xa", "Nguyễn Văn Bình", "Công chức phường Hà Tu"),
    ("lanhdao", "Lê Quang Vinh", "Lãnh đạo UBND tỉnh Quảng Ninh"),
]
GRANTS = [
    # The first grant of a person is the place that pages open on.
    ("vanphong", Role.OFFICE, "Tỉnh Quảng Nam", ""),
    ("vanphong", Role.OFFICE, "Tỉnh Quảng Ngãi", ""),
    ("vanphong", Role.OFFICE, "Tỉnh Quảng Ninh", ""),
    ("huyen", Role.REVIEWER, "Thành phố Hạ Long", "Tỉnh Quảng Ninh"),
    ("huyen", Role.OFFICER, "Thành phố Hạ Long", "Tỉnh Quảng Ninh"),
    ("xa", Role.OFFICER, "Phường Hà Tu", "Tỉnh Quảng Ninh"),
    ("lanhdao", Role.LEADER, "Tỉnh Quảng Ninh", ""),
]
PUBLISHED = [
    "quang_nam_4872_phu_luc_II_quy_I_2023.xlsx",
    "quang_ngai_96_phu_luc_2_quy_I_2023.xlsx",
    "quang_ninh_269_phu_luc_III_2023.xlsx",
]
PUBLIC_INDICATOR = "HSTT"
PUBLIC_LEVELS = ("huyen", "xa")
PLANS = ["quang-ninh-2023", "quang-nam-2024"]
OPEN_PERIOD = "2023-Q4"
PROVINCE_OF = {"QNam23": "Tỉnh Quảng Nam", "QNgai23": "Tỉnh Quảng Ngãi", "QNinh23": "Tỉnh Quảng Ninh"}


class Command(BaseCommand):
    help = (
        "Nạp dữ liệu minh hoạ: đơn vị, danh mục, ba phụ lục đã công bố, kế hoạch của năm văn bản, bốn người "
        "dùng."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", default=PASSWORD, help="mật khẩu của bốn người dùng minh hoạ")

    def handle(self, *args: Any, **options: Any) -> None:
        is_loaded = self._is_loaded()
        if is_loaded and not self._lacks_plans():
            # Of a release before the calendar or the public pages, or of this one: loading again changes
            # nothing.
            self._load_calendar()
            self._publish(at=timezone.now())
            self.stdout.write("Dữ liệu minh hoạ đã có sẵn.")
            return
        fixtures: Path = settings.FIXTURES_DIR
        now = timezone.now()
        call_command("load_units", *PROVINCES, ANOTHER_PROVINCE, stdout=self.stdout)
        catalogue = fixtures / "catalogue"
        indicator_services.load_catalogue(
            indicators=catalogue / "indicators.csv", documents=catalogue / "documents.csv"
        )
        self._load_calendar()
        office = self._people(options["password"])
        if not is_loaded:
            for name in PUBLISHED:
                self._import(fixtures / "published" / name, by=office, at=now)
            self._province_targets(catalogue / "targets.csv")
        self._plans(by=office, at=now)
        self._publish(at=now)
        period = indicator_services.ensure_period(span=periods.parse_period(OPEN_PERIOD))
        Period.objects.filter(pk=period.pk).update(open_for_entry=True)

    def _publish(self, *, at: datetime) -> None:
        """Make the tables of online dossiers that the three documents printed public, each once."""
        indicator = indicator_selectors.indicator_by_code(PUBLIC_INDICATOR)
        for code, full_name in PROVINCE_OF.items():
            province = unit_selectors.unit_by_full_name(full_name=full_name, on=DAY)
            period = peers.telling_period(indicator=indicator, within=province)
            if period is None or Publication.objects.filter(within=province).exists():
                continue
            for level in PUBLIC_LEVELS:
                league = publications.league_to_publish(
                    indicator=indicator, period=period, level=level, within=province
                )
                if league.ranked:
                    table = freeze(league, defined_in=cited(league))
                    publishing.publish_league(
                        table=table,
                        period=period,
                        level=level,
                        within=province,
                        document=Document.objects.get(code=code),
                        reason="",
                        by=User.objects.get(username="vanphong"),
                        at=at,
                        seen=table.digest,
                        seen_steps=0,
                    )

    def _lacks_plans(self) -> bool:
        """Whether the demonstration of an earlier release lacks plans, or holds them as untouched drafts."""
        listed = json.loads((settings.FIXTURES_DIR / "catalogue" / "plans.json").read_text(encoding="utf-8"))
        wanted = {*PLANS, *(one["code"] for one in listed)}
        if Plan.objects.filter(code__in=wanted).count() < len(wanted):
            return True
        return Plan.objects.filter(code__in=PLANS, state=PlanState.DRAFT, revision=0).exists()

    def _plans(self, *, by: User, at: datetime) -> None:
        catalogue: Path = settings.FIXTURES_DIR / "catalogue"
        # Later plans come first where several judge one indicator: those with rules of their own stay last.
        loaded = target_services.load_targets(
            targets=catalogue / "targets.csv", plans=catalogue / "plans.json"
        )
        plans = list(loaded.plans)
        for code in PLANS:
            path = settings.FIXTURES_DIR / "plans" / f"{code}.json"
            plans.append(target_services.load_plan(definition=json.loads(path.read_text(encoding="utf-8"))))
        for plan in plans:
            if plan.state == PlanState.DRAFT and not plan.revision:
                self._assign_and_issue(plan, by=by, at=at)

    def _is_loaded(self) -> bool:
        committed = Batch.objects.filter(state=BatchState.COMMITTED, filename__in=PUBLISHED)
        complete = committed.order_by().values("filename").distinct().count() == len(PUBLISHED)
        return complete and Period.objects.filter(code=OPEN_PERIOD, open_for_entry=True).exists()

    def _load_calendar(self) -> None:
        catalogue = settings.FIXTURES_DIR / "catalogue"
        indicator_services.load_calendar(
            rules=catalogue / "calendar.csv",
            holidays=catalogue / "holidays.csv",
            reminders=catalogue / "reminders.csv",
        )

    def _people(self, password: str) -> User:
        for username, full_name, position in PEOPLE:
            if not User.objects.filter(username=username).exists():
                account_services.create_person(
                    username=username, full_name=full_name, position=position, password=password
                )
        for username, role, unit_name, province in GRANTS:
            user = User.objects.get(username=username)
            within = unit_selectors.province_named(name=province, on=DAY) if province else None
            unit = unit_selectors.unit_by_full_name(full_name=unit_name, on=DAY, within=within)
            if not Grant.objects.filter(user=user, unit=unit, role=role).exists():
                unit_services.grant_role(
                    user=user, unit=unit, role=role, valid_from=date(2023, 1, 1), by=None
                )
        return User.objects.get(username="vanphong")

    def _import(self, path: Path, *, by: User, at: datetime) -> None:
        batch = import_services.receive_file(
            content=path.read_bytes(),
            filename=path.name,
            by=by,
            at=at,
            # The two swapped rows of Quảng Ninh are confirmed by their own printed rates (12 % and 35,7 %);
            # the demonstration's office person accepts the proposal as a user would.
            options=import_services.ImportOptions(accept_swaps=True),
        )
        import_services.read_batch(batch_id=batch.pk, at=at)
        import_services.commit_batch(
            batch_id=batch.pk, by=by, at=at, reason="Nạp phụ lục đã công bố làm dữ liệu minh hoạ"
        )
        batch.refresh_from_db()
        report = import_services.report(batch=batch)
        self.stdout.write(f"{path.name}: {report['rows']} đơn vị, ghi {report['written']} số liệu.")

    def _assign_and_issue(self, plan: Plan, *, by: User, at: datetime) -> None:
        assigned = target_services.assign_targets(plan=plan, by=by, at=at)
        self.stdout.write(f"{plan.name}: giao {len(assigned)} chỉ tiêu.")
        if plan.baseline_source == Source.SIMULATED:
            self.stdout.write(
                "  Còn là bản nháp: số gốc là số liệu mô phỏng (fixtures/exports), không đem ban hành."
            )
            return
        try:
            self._issue(plan, by=by, at=at)
        except target_services.PlanNotReady as open_yet:
            self.stdout.write(f"  Còn là bản nháp: {open_yet}")

    def _issue(self, plan: Plan, *, by: User, at: datetime) -> None:
        """Take a plan the way that an office takes it: a leader approves, the office issues."""
        assert plan.document is not None  # noqa: S101  every plan of the demonstration names its document
        document, leader = plan.document, User.objects.get(username="lanhdao")
        plan = target_services.approve_plan(plan=plan, by=leader, at=at, seen_revision=plan.revision)
        target_services.issue_plan(
            plan=plan,
            document=document,
            by=by,
            at=at,
            today=timezone.localdate(at),
            seen_revision=plan.revision,
        )

    def _province_targets(self, path: Path) -> None:
        """What the plans set for the province as a whole, kept as published targets of its own unit."""
        drafts = []
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                if row["document"] not in PROVINCE_OF or row["level"] != "tinh" or row["kind"] != "minimum":
                    continue
                province = unit_selectors.province_named(name=PROVINCE_OF[row["document"]], on=DAY)
                assert province is not None  # noqa: S101  loaded above
                drafts.append(
                    indicator_services.PublishedTargetDraft(
                        document_id=Document.objects.get(code=row["document"]).pk,
                        unit_id=province.pk,
                        indicator_id=indicator_selectors.indicator_by_code(row["indicator"]).pk,
                        due_on=date(int(row["year"]), 12, 31),
                        printed=f"{row['value']}%",
                        maintain=False,
                        value=Decimal(row["value"]),
                        origin=f"fixtures/catalogue/targets.csv, dòng {line}",
                    )
                )
        indicator_services.record_published_targets(drafts=drafts)
