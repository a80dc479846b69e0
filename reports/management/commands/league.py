"""`manage.py league HSTT 2023-Q1 --level xa --within "Tỉnh Quảng Nam" --json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from dvctt.commands import JsonCommand
from dvctt.lib.periods import PeriodUnknown
from indicators import selectors as indicator_selectors
from indicators.models import Period, Source
from indicators.rules import IndicatorUnknown
from reports import wording
from reports.league_files import league_json, league_workbook
from reports.selectors import league as league_selectors
from reports.selectors.league import League
from reports.tables import LeagueTable
from units import selectors as unit_selectors
from units.models import Level
from units.selectors import UnitAmbiguous, UnitUnknown


class ChoiceUnknown(ValueError):
    """An option that names nothing; the message lists what there is."""


REFUSALS = (ChoiceUnknown, IndicatorUnknown, PeriodUnknown, UnitAmbiguous, UnitUnknown)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ChoiceUnknown(f"Không ghi được tệp “{path}”; hãy kiểm tra thư mục.") from error


class Command(JsonCommand):
    help = "Bảng xếp hạng của một chỉ tiêu trong một kỳ, ở một cấp."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("indicator", help="mã chỉ tiêu, ví dụ HSTT")
        parser.add_argument("period", help="mã kỳ, ví dụ 2023-Q1")
        parser.add_argument("--level", required=True, help="tinh, so, huyen hoặc xa")
        parser.add_argument(
            "--within", default="", help="tên đầy đủ của tỉnh hoặc huyện; mặc định mọi tỉnh có số liệu"
        )
        parser.add_argument("--source", default="", help="chỉ một nguồn, ví dụ mo_phong")
        parser.add_argument(
            "--compare-with", default="", help="mã kỳ để so; mặc định kỳ liền trước nếu có số liệu"
        )
        output = parser.add_mutually_exclusive_group()
        output.add_argument("--json", action="store_true", help="in một đối tượng JSON")
        output.add_argument("--xlsx", type=Path, help="ghi ra tệp Excel này")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            league = self._league(options)
            if options["xlsx"]:
                content = league_workbook(table=LeagueTable(league), made_on=timezone.localdate())
                _write(options["xlsx"], content)
        except REFUSALS as refusal:
            if not options["json"]:
                raise CommandError(str(refusal)) from refusal
            self.stdout.write(json.dumps({"error": str(refusal)}, ensure_ascii=False))
            raise SystemExit(1) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(league_json(league), ensure_ascii=False, indent=1))
        elif not options["xlsx"]:
            self._print(league)

    def _league(self, options: dict[str, Any]) -> League:
        indicator = indicator_selectors.indicator_by_code(options["indicator"])
        period = indicator_selectors.period_by_code(options["period"])
        if options["level"] not in Level.values:
            raise ChoiceUnknown(f"Không có cấp “{options['level']}”; các cấp là {', '.join(Level.values)}.")
        if options["source"] and options["source"] not in Source.values:
            raise ChoiceUnknown(
                f"Không có nguồn “{options['source']}”; các nguồn là {', '.join(Source.values)}."
            )
        within = None
        if options["within"]:
            within = unit_selectors.unit_by_full_name(full_name=options["within"], on=period.ends_on)
        earlier: Period | None = None
        if options["compare_with"]:
            earlier = indicator_selectors.period_by_code(options["compare_with"])
        return league_selectors.league(
            indicator=indicator_selectors.version_in(indicator, period),
            period=period,
            level=options["level"],
            within=within,
            compare_with=earlier or "previous",
            source=options["source"] or None,
        )

    def _print(self, league: League) -> None:
        self.stdout.write(f"{wording.title(league)} · {wording.area_text(league)}")
        self.stdout.write(str(wording.answer(league)))
        self.stdout.write(" · ".join(wording.source_parts(league)) + "\n")
        for row in league.rows:
            value = wording.number_text(row.value, league.indicator)
            self.stdout.write(f"{row.place:>5}  {value:>8}  {row.unit}, {row.parent}")
        for row in league.unranked:
            self.stdout.write(f"    –  {row.reason:>8}  {row.unit}, {row.parent}")
