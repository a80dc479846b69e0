"""A league table as files: the JSON of `manage.py league` and a plain workbook with the page's rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dvctt.lib import numbers
from dvctt.lib.workbook_text import put_text
from reports import wording
from reports.selectors.league import League, LeagueRow
from reports.tables import LeagueTable

WIDTHS: Final = {"Đơn vị": 34, "Thuộc": 26, "Nguồn": 30, "Trạng thái": 24, "Như nguồn in": 16, "Mức": 14}
RATE_FORMAT: Final = "0.00##"


def league_json(league: League) -> dict[str, Any]:
    """Return the table as `manage.py league --json` prints it: figures as texts, missing as null."""
    plain = numbers.plain
    total = league.total
    return {
        "indicator": league.indicator.code,
        "period": league.period.code,
        "level": league.level,
        "within": [name.full_name for name in league.area],
        "on": league.on.isoformat(),
        "rows": [_json_row(row) for row in league.rows],
        "unranked": [
            {"unit": row.unit, "parent": row.parent or None, "state": row.state}
            | {"numerator": plain(row.numerator), "denominator": plain(row.denominator)}
            for row in league.unranked
        ],
        "coverage": {"ranked": league.ranked, "units": league.units},
        "total": None
        if total is None
        else {
            "numerator": plain(total.numerator),
            "denominator": plain(total.denominator),
            "value": plain(total.value),
        },
        "median": plain(league.median),
        "compare_with": league.compare_with.code if league.compare_with else None,
        "sources": [
            {
                "source": use.source,
                "name": use.label,
                "units": use.units,
                "extracted_on": [day.isoformat() for day in use.extracted_on],
                "documents": [document.number for document in use.documents],
            }
            for use in league.sources
        ],
        "plans": [plan.code for plan in league.plans],
        "simulated": league.is_simulated,
        "answer": str(wording.answer(league)),
    }


def _json_row(row: LeagueRow) -> dict[str, Any]:
    plain = numbers.plain
    return {
        "rank": row.rank,
        "unit": row.unit,
        "parent": row.parent or None,
        "value": plain(row.value),
        "numerator": plain(row.numerator),
        "denominator": plain(row.denominator),
        "state": row.state,
        "target": plain(row.target),
        "gap": plain(row.gap),
        "lacking": plain(row.lacking),
        "band": row.status,
        "change": plain(row.change),
        "rank_change": row.rank_change,
        "source": row.source,
        "printed": row.printed or None,
    }


def league_workbook(*, table: LeagueTable, made_on: date) -> bytes:
    """Return the page's rows as an .xlsx file: its filters and sources above, numbers as numbers.

    Not an official appendix: those are `reports.exports`.
    """
    league = table.league
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Xếp hạng"
    lines = [(wording.title(league), Font(bold=True, size=14)), (str(wording.answer(league)), Font(size=11))]
    if league.is_simulated:
        lines.insert(0, (wording.SIMULATED.upper(), Font(bold=True, size=12, color="A84300")))
    searched = f" · tìm “{league.search}”" if league.search else ""
    notes = [
        f"Phạm vi: {wording.area_text(league)}{searched}",
        f"Nguồn: {' · '.join(wording.source_parts(league))}",
        f"Đánh giá {wording.judged_by(league)}" if league.has_targets else "",
        f"So với {wording.period_text(league.compare_with)}" if league.compare_with else "",
        f"Lập ngày {numbers.vi_date(made_on)}; thứ hạng tính trên số chưa làm tròn, đồng hạng cùng một số.",
    ]
    lines += [(note, Font(italic=True, color="4A5A6A")) for note in notes if note]
    for number, (text, font) in enumerate(lines, start=1):
        _put(sheet, number, 1, text)
        sheet.cell(number, 1).font = font
    header = len(lines) + 2
    headings, rows = table.export_rows()
    for column, heading in enumerate(headings, start=1):
        cell = sheet.cell(header, column, heading)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(heading, 13)
    for number, values in enumerate(rows, start=header + 1):
        for column, value in enumerate(values, start=1):
            _put(sheet, number, column, value)
    sheet.freeze_panes = f"A{header + 1}"
    sheet.auto_filter.ref = f"A{header}:{get_column_letter(len(headings))}{header + max(len(rows), 1)}"
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _put(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    if value is None or value == "":
        return
    cell: Any = sheet.cell(row, column)
    if isinstance(value, str):
        put_text(cell, value)
        return
    cell.value = value
    if isinstance(value, Decimal):
        cell.number_format = RATE_FORMAT
    elif isinstance(value, int):
        cell.number_format = "#,##0"
