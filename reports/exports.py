"""Official appendices as workbooks: A4, Times New Roman, repeated header rows (Nghị định 30/2020/NĐ-CP)."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from dvctt.lib.workbook_text import put_text
from reports.appendices import Amount, Appendix, AppendixRow, CellValue, Rate, SheetLink, Table

FONT = "Times New Roman"
THIN = Side(style="thin", color="000000")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
MILLIMETRE = 1 / 25.4
VIETNAMESE = "[$-42A]"
"""Numbers as 1.234 and 35,7% also where the program itself speaks another language."""
LINE_HEIGHT = 16.5
"""Points taken by one line of 12 point Times New Roman."""
ROW_PADDING = 4
LETTERS_PER_WIDTH = 1.05
"""Letters of 12 point Times New Roman in one unit of column width (a digit of the default font)."""
TALLEST = 409
"""Points that a row may be high; what needs more is read in the cell itself."""


@cache
def _font(size: int, *, bold: bool = False, italic: bool = False) -> Font:
    # A style is made once: slips of a whole province have twenty thousand cells.
    return Font(name=FONT, size=size, bold=bold, italic=italic)


@cache
def _alignment(horizontal: str, *, wrap: bool = True, indent: int = 0) -> Alignment:
    return Alignment(horizontal=horizontal, vertical="center", wrap_text=wrap, indent=indent)


def _centred(sheet: Worksheet, row: int, text: str, *, columns: int, font: Font) -> None:
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    cell = sheet.cell(row=row, column=1)
    assert isinstance(cell, Cell)  # noqa: S101  the first cell of a merged range is a cell
    _put(cell, text)
    cell.font = font
    cell.alignment = _alignment("center")


def _lines(text: str, width: float) -> int:
    """Lines that a wrapped text takes in a column; Excel does not grow merged or generated rows itself."""
    letters = max(1, int(width * LETTERS_PER_WIDTH))
    return sum(max(1, -(-len(part) // letters)) for part in text.split("\n"))


def _put(cell: Cell, value: CellValue) -> None:
    if isinstance(value, Rate):
        # A true percentage: 99,6 % is the number 0.996, so that formulas over the column work.
        cell.value = value.percent / 100
        decimals = f".{'0' * value.decimals}" if value.decimals else ""
        cell.number_format = f"{VIETNAMESE}0{decimals}%"
    elif isinstance(value, Amount):
        cell.value = value.value
        decimals = f".{'0' * value.decimals}" if value.decimals else ""
        cell.number_format = f"{VIETNAMESE}#,##0{decimals}"
    elif isinstance(value, SheetLink):
        put_text(cell, value.text)
        place = value.sheet.replace("'", "''")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{place}'!A1")
    elif isinstance(value, int):
        cell.value = value
        cell.number_format = f"{VIETNAMESE}#,##0"
    elif value is not None:
        put_text(cell, value)


def _write_row(sheet: Worksheet, number: int, row: AppendixRow, table: Table) -> None:
    height = 1
    for index, (column, value) in enumerate(zip(table.columns, row.cells, strict=True), start=1):
        cell = sheet.cell(row=number, column=index)
        assert isinstance(cell, Cell)  # noqa: S101  no cell of the body is merged yet
        _put(cell, value)
        cell.font = _font(12, bold=row.is_group)
        cell.border = BOX
        is_text = isinstance(value, str) and column.align == "left"
        cell.alignment = _alignment(
            "left" if is_text else column.align, wrap=not row.is_group, indent=1 if is_text else 0
        )
        if isinstance(value, str) and not row.is_group:
            height = max(height, _lines(value, column.width))
    if row.is_group and isinstance(row.cells[0], str) and row.cells[0][:1].isdigit():
        # "1. Thị xã Đông Triều:" stands across the whole table, as the province prints it.
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(table.columns))
        sheet.cell(row=number, column=1).alignment = _alignment("left", wrap=False, indent=1)
    sheet.row_dimensions[number].height = _height(height)


def _height(lines: int) -> float:
    return min(LINE_HEIGHT * lines + ROW_PADDING, TALLEST)


def _write_table(sheet: Worksheet, appendix: Appendix, table: Table) -> None:
    columns = len(table.columns)
    total_width = sum(column.width for column in table.columns)
    lines = [
        (table.label or appendix.label, _font(14, bold=True)),
        (table.title or appendix.title, _font(14, bold=True)),
        (appendix.reference, _font(14, italic=True)),
        (table.remark or appendix.remark, _font(12, italic=True)),
    ]
    for number, (text, font) in enumerate(lines, start=1):
        if text:
            _centred(sheet, number, text, columns=columns, font=font)
            # Capitals and 14 points take about a fifth more room than the column's own measure.
            sheet.row_dimensions[number].height = 19 * _lines(text, total_width / 1.25)
    header = len(lines) + 1
    tallest = 1
    for index, column in enumerate(table.columns, start=1):
        cell = sheet.cell(row=header, column=index)
        assert isinstance(cell, Cell)  # noqa: S101  no cell of the header is merged
        _put(cell, column.header)
        cell.font = _font(12, bold=True)
        cell.alignment = _alignment("center")
        cell.border = BOX
        sheet.column_dimensions[get_column_letter(index)].width = column.width
        tallest = max(tallest, _lines(column.header, column.width * 0.85))
    sheet.row_dimensions[header].height = _height(tallest)
    for number, row in enumerate(table.rows, start=header + 1):
        _write_row(sheet, number, row, table)
    _write_footnotes(sheet, table, table.footnotes)
    _set_up_page(sheet, appendix, header)


def _write_footnotes(sheet: Worksheet, table: Table, notes: list[str]) -> None:
    columns = len(table.columns)
    width = sum(column.width for column in table.columns)
    for number, note in enumerate(notes, start=sheet.max_row + 1):
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=columns)
        cell = sheet.cell(row=number, column=1)
        assert isinstance(cell, Cell)  # noqa: S101  the first cell of a merged range is a cell
        _put(cell, note)
        cell.font = _font(12, italic=True)
        cell.alignment = _alignment("left")
        sheet.row_dimensions[number].height = _height(_lines(note, width))


def _set_up_page(sheet: Worksheet, appendix: Appendix, header: int) -> None:
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if appendix.landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_options.horizontalCentered = True
    # Margins and the page number at the top centre, not on the first page: Nghị định 30/2020, Phụ lục I.
    sheet.page_margins.left = 30 * MILLIMETRE
    sheet.page_margins.right = 15 * MILLIMETRE
    sheet.page_margins.top = 20 * MILLIMETRE
    sheet.page_margins.bottom = 20 * MILLIMETRE
    sheet.page_margins.header = 10 * MILLIMETRE
    sheet.HeaderFooter.differentFirst = True
    page_number = sheet.oddHeader.center if sheet.oddHeader is not None else None
    assert page_number is not None  # noqa: S101  a new sheet's header has its three parts
    page_number.text = "&P"
    page_number.font = f"{FONT},Regular"
    page_number.size = 13
    sheet.freeze_panes = f"A{header + 1}"


def appendix_workbook(*, appendix: Appendix) -> bytes:
    """Return the appendix as an .xlsx file: one sheet a table, every number a number."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in appendix.tables:
        sheet = workbook.create_sheet(table.sheet)
        _write_table(sheet, appendix, table)
    if appendix.footnotes:
        _write_footnotes(workbook.worksheets[-1], appendix.tables[-1], appendix.footnotes)
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
