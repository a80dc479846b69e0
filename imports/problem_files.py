"""The uploaded file with a column of problems beside its rows, for whoever has to mend it.

An .xlsx of ordinary size keeps its looks; whatever could run or lead elsewhere is taken out: formulas become
their values, links, names, validations and drawings go. Any other file is written anew from what was read.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from copy import copy
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import PurePath
from typing import Any, Final

import openpyxl
from openpyxl.cell import Cell as SheetCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dvctt.lib import sheets
from dvctt.lib.sheets import CellValue, Sheet, Workbook
from dvctt.lib.workbook_text import put_text
from imports.models import Batch
from imports.services import receiving

HEADING: Final = "Vấn đề"
_WORDS: Final = {"error": "Lỗi", "warning": "Cảnh báo", "info": "Ghi chú"}
_FILLS: Final = {
    "error": PatternFill("solid", fgColor="FBD9B5"),
    "warning": PatternFill("solid", fgColor="FFF3D6"),
}
_WIDTH: Final = 80
_MOST_STYLED: Final = 8 * 1024 * 1024
"""Bytes of an unpacked .xlsx that keeps its looks: openpyxl takes some thirty times as much memory."""
_MOST_CELLS: Final = 300_000
_MOST_MERGED: Final = 10_000
_PLAIN: Final = (int, float, bool, date, time, timedelta, type(None))


def filename_of(*, batch: Batch) -> str:
    """Return the name of the file with its problems."""
    return f"{PurePath(batch.filename).stem[:80]}-van-de.xlsx"


def problem_workbook(*, batch: Batch) -> bytes:
    """Return the batch's file as a workbook with a column of problems. Raises sheets.FileRefused."""
    original = receiving.content_of(batch)
    source = sheets.read_workbook(original, filename=batch.filename)
    by_place: dict[tuple[str, int | None], list[dict[str, Any]]] = defaultdict(list)
    problems = list(batch.problems)
    for listed in batch.rows.exclude(problems=[]).values_list("problems", flat=True):
        problems += listed
    for problem in problems:
        by_place[problem["sheet"], problem["row"]].append(problem)
    workbook = _with_its_looks(source, original)
    if workbook is None:
        workbook = openpyxl.Workbook()
        if workbook.active is not None:
            workbook.remove(workbook.active)
        for sheet in source.sheets:
            _tell(_written(workbook, sheet), sheet, by_place)
    else:
        for sheet in source.sheets:
            _tell(workbook[sheet.name], sheet, by_place)
    whole = [problem for (_, row), listed in by_place.items() if row is None for problem in listed]
    if whole:
        page = workbook.create_sheet(_title("Vấn đề chung", workbook.sheetnames))
        for number, problem in enumerate(whole, start=1):
            _put(page.cell(number, 1), _told(problem))
        page.column_dimensions["A"].width = _WIDTH
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def _with_its_looks(source: Workbook, content: bytes) -> openpyxl.Workbook | None:
    """The .xlsx itself without anything that runs; None for other files and for one too large for that."""
    if source.kind != "xlsx":
        return None
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > _MOST_STYLED:
            return None
    if any(_area(merged) > _MOST_CELLS for sheet in source.sheets for merged in sheet.merged):
        return None
    try:
        workbook = openpyxl.load_workbook(BytesIO(content), data_only=True, keep_links=False)
    except Exception:
        return None
    if {sheet.name for sheet in source.sheets} - set(workbook.sheetnames):
        return None
    # A stray formatted cell at the end of the world makes a page of millions of cells.
    if sum(page.max_row * page.max_column for page in workbook.worksheets) > _MOST_CELLS:
        return None
    for name in [sheet.title for sheet in workbook.chartsheets]:
        del workbook[name]
    workbook.defined_names.clear()
    for page in workbook.worksheets:
        _make_safe(page)
    return workbook


def _make_safe(page: Worksheet) -> None:
    page.defined_names.clear()
    page.tables.clear()
    page.data_validations.dataValidation = []
    page.conditional_formatting = ConditionalFormattingList()
    page.protection.sheet = False
    page.legacy_drawing = None
    for drawn in ("_charts", "_images", "_pivots"):
        setattr(page, drawn, [])
    for row in page.iter_rows():
        for cell in row:
            if not isinstance(cell, SheetCell):
                continue  # inside a merged range
            if cell.hyperlink is not None:
                cell.hyperlink = None
            if cell.comment is not None:
                cell.comment = None
            if isinstance(cell.value, str):
                put_text(cell, cell.value)
            elif not isinstance(cell.value, _PLAIN):
                cell.value = str(cell.value)


def _written(workbook: openpyxl.Workbook, sheet: Sheet) -> Worksheet:
    """A page with the values of a sheet, its bold rows and its merged ranges."""
    page: Worksheet = workbook.create_sheet(_title(sheet.name, workbook.sheetnames))
    for row in sheet.rows:
        for index, value in enumerate(row.cells, start=1):
            if value is not None:
                cell = page.cell(row.number, index)
                _put(cell, value)
                if row.bold:
                    cell.font = Font(bold=True)
    for first_row, first_column, last_row, last_column in sheet.merged:
        is_wide = _area((first_row, first_column, last_row, last_column)) > _MOST_MERGED
        if is_wide or _hides_something(page, first_row, first_column, last_row, last_column):
            continue
        page.merge_cells(
            start_row=first_row, start_column=first_column + 1, end_row=last_row, end_column=last_column + 1
        )
    return page


def _tell(
    page: Worksheet, sheet: Sheet, by_place: dict[tuple[str, int | None], list[dict[str, Any]]]
) -> None:
    """Put the problems of the sheet's rows in a column of their own, behind everything."""
    told = {row: by_place[name, row] for name, row in by_place if name == sheet.name and row}
    if not told:
        return
    widths = [len(row.cells) for row in sheet.rows] + [last + 1 for _, _, _, last in sheet.merged]
    column = max(widths, default=0) + 1
    for row, listed in told.items():
        cell = page.cell(row, column)
        _put(cell, "\n".join(_told(problem) for problem in listed))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        worst = "error" if any(problem["severity"] == "error" for problem in listed) else "warning"
        if any(problem["severity"] == worst for problem in listed):
            cell.fill = _FILLS[worst]
        page.row_dimensions[row].hidden = False
    heading = page.cell(max(min(told) - 1, 1), column)
    if heading.value is None:
        _put(heading, HEADING)
        heading.font = Font(bold=True)
    _make_room(page, column)


def _make_room(page: Worksheet, column: int) -> None:
    """Give a column its width; sheets often hide or narrow everything from some column on, in one range."""
    for letter, found in list(page.column_dimensions.items()):
        first, last = found.min or 0, found.max or 0
        if first <= column <= last:
            del page.column_dimensions[letter]
            if first < column:
                page.column_dimensions[letter] = copy(found)
                page.column_dimensions[letter].max = column - 1
    page.column_dimensions[get_column_letter(column)].width = _WIDTH


def _area(merged: tuple[int, int, int, int]) -> int:
    first_row, first_column, last_row, last_column = merged
    return (last_row - first_row + 1) * (last_column - first_column + 1)


def _hides_something(page: Any, first_row: int, first_column: int, last_row: int, last_column: int) -> bool:
    """Whether merging the range would drop a value that is not in its first cell."""
    return any(
        page.cell(row, column + 1).value is not None
        for row in range(first_row, min(last_row, first_row + 50) + 1)
        for column in range(first_column, last_column + 1)
        if (row, column) != (first_row, first_column)
    )


def _title(name: str, taken: list[str]) -> str:
    """A sheet's name that Excel takes: 31 characters, none of []:*?/\\, each once."""
    clean = "".join("_" if c in "[]:*?/\\" else c for c in name)[:31] or "Sheet"
    number = 1
    while clean in taken:
        number += 1
        clean = f"{clean[:27]} ({number})"
    return clean


def _told(problem: dict[str, Any]) -> str:
    column = f"[{problem['column']}] " if problem["column"] else ""
    return f"{_WORDS[problem['severity']]}: {column}{problem['message']}"


def _put(cell: SheetCell | Any, value: CellValue) -> None:
    if isinstance(value, str):
        put_text(cell, value)
    else:
        cell.value = value
