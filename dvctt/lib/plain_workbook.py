"""A page's rows as a plain workbook: lines of text above, one table, numbers as numbers.

Not an official appendix: those are `reports.exports`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any, Final, NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dvctt.lib.workbook_text import put_text

TITLE: Final = Font(bold=True, size=14)
TEXT: Final = Font(size=11)
NOTE: Final = Font(italic=True, color="4A5A6A")
WARNING: Final = Font(bold=True, size=12, color="A84300")
RATE_FORMAT: Final = "0.00##"
USUAL_WIDTH: Final = 13


class Sheet(NamedTuple):
    """A sheet: its name, the lines above, one table. `widths` are by heading."""

    name: str
    lines: Sequence[tuple[str, Font]]
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths: Mapping[str, int]


def plain_workbook(
    *,
    sheet: str,
    lines: Sequence[tuple[str, Font]],
    headings: Sequence[str],
    rows: Sequence[Sequence[Any]],
    widths: Mapping[str, int],
    more: Sequence[Sheet] = (),
) -> bytes:
    """Return an .xlsx file, ready to print: the lines, then the table under its headings; then more sheets.

    `widths` are by heading. A text is never a formula; None and "" leave the cell empty. What stands down to
    the headings stays in sight while the rows scroll, so the lines had better be few.
    """
    workbook = Workbook()
    _write(workbook.worksheets[0], Sheet(sheet, lines, headings, rows, widths))
    for one in more:
        _write(workbook.create_sheet(), one)
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _write(page: Worksheet, sheet: Sheet) -> None:
    page.title = sheet.name
    for number, (text, font) in enumerate(sheet.lines, start=1):
        _put(page, number, 1, text)
        page.cell(number, 1).font = font
    header = len(sheet.lines) + 2
    for column, heading in enumerate(sheet.headings, start=1):
        _put(page, header, column, heading)
        cell = page.cell(header, column)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        page.column_dimensions[get_column_letter(column)].width = sheet.widths.get(heading, USUAL_WIDTH)
    for number, values in enumerate(sheet.rows, start=header + 1):
        for column, value in enumerate(values, start=1):
            _put(page, number, column, value)
    page.freeze_panes = f"A{header + 1}"
    last = header + max(len(sheet.rows), 1)
    page.auto_filter.ref = f"A{header}:{get_column_letter(len(sheet.headings))}{last}"
    page.print_title_rows = f"{header}:{header}"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    if page.sheet_properties.pageSetUpPr is not None:
        page.sheet_properties.pageSetUpPr.fitToPage = True


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
