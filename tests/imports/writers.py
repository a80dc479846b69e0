"""One grid of cells as the files that systems and offices make of it."""

from __future__ import annotations

import codecs
import csv
import html
import io
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import openpyxl

from tests.imports.columns import Merge
from tests.lib.books import ods_of
from tests.lib.test_sheets_other_formats import cp1258

Grid = Sequence[Sequence[Any]]


def as_xlsx(grid: Grid, merges: Sequence[Merge], *, sheet_name: str = "Sheet1") -> bytes:
    """An .xlsx; a Decimal becomes a number shown as a percentage."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = sheet_name
    for row, cells in enumerate(grid, start=1):
        for column, value in enumerate(cells, start=1):
            if isinstance(value, Decimal):
                sheet.cell(row, column, float(value / 100)).number_format = "0.00%"
            elif value is not None:
                sheet.cell(row, column, value)
    for top, left, low, right in merges:
        sheet.merge_cells(start_row=top, start_column=left + 1, end_row=low, end_column=right + 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value}%"
    return "" if value is None else str(value)


def as_csv(grid: Grid, *, delimiter: str, encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([_text(value) for value in row] for row in grid)
    if encoding == "cp1258":
        return cp1258(unicodedata.normalize("NFC", out.getvalue()))
    if encoding == "utf-16-be":
        return codecs.BOM_UTF16_BE + out.getvalue().encode(encoding)
    return out.getvalue().encode(encoding)


def as_html(grid: Grid, merges: Sequence[Merge]) -> bytes:
    """The HTML table that systems send under the name .xls."""
    spans = {(top, left): (low - top + 1, right - left + 1) for top, left, low, right in merges}
    covered = {
        (row, column)
        for top, left, low, right in merges
        for row in range(top, low + 1)
        for column in range(left, right + 1)
    } - spans.keys()
    lines = []
    for row, cells in enumerate(grid, start=1):
        line = ""
        for column, value in enumerate(cells):
            if (row, column) not in covered:
                down, across = spans.get((row, column), (1, 1))
                line += f'<td rowspan="{down}" colspan="{across}">{html.escape(_text(value))}</td>'
        lines.append(f"<tr>{line}</tr>")
    return f'<html><meta charset="utf-8"><table>{"".join(lines)}</table></html>'.encode()


def as_ods(grid: Grid) -> bytes:
    lines = []
    for cells in grid:
        line = ""
        for value in cells:
            if value is None:
                line += "<table:table-cell/>"
            elif isinstance(value, int | float):
                line += f'<table:table-cell office:value-type="float" office:value="{value}"/>'
            else:
                text = html.escape(_text(value))
                line += (
                    f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
                )
        lines.append(f"<table:table-row>{line or '<table:table-cell/>'}</table:table-row>")
    return ods_of("".join(lines))
