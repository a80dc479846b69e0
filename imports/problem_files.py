"""The uploaded file with a column of problems beside its rows, for whoever has to mend it.

Written anew from the values that were read, so that nothing of the original runs: no formula, macro or link.
"""

from __future__ import annotations

from collections import defaultdict
from io import BytesIO
from pathlib import PurePath
from typing import Any, Final

import openpyxl
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from dvctt.lib import sheets
from dvctt.lib.sheets import CellValue, Sheet
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


def filename_of(*, batch: Batch) -> str:
    """Return the name of the file with its problems."""
    return f"{PurePath(batch.filename).stem[:80]}-van-de.xlsx"


def problem_workbook(*, batch: Batch) -> bytes:
    """Return the batch's file as a workbook with a column of problems. Raises sheets.FileRefused."""
    source = sheets.read_workbook(receiving.content_of(batch), filename=batch.filename)
    by_place: dict[tuple[str, int | None], list[dict[str, Any]]] = defaultdict(list)
    problems = list(batch.problems)
    for listed in batch.rows.exclude(problems=[]).values_list("problems", flat=True):
        problems += listed
    for problem in problems:
        by_place[problem["sheet"], problem["row"]].append(problem)
    workbook = openpyxl.Workbook()
    first = workbook.active
    if first is not None:
        workbook.remove(first)
    for sheet in source.sheets:
        _write(workbook, sheet, by_place)
    whole = [problem for (_, row), listed in by_place.items() if row is None for problem in listed]
    if whole:
        page = workbook.create_sheet("Vấn đề chung")
        for number, problem in enumerate(whole, start=1):
            _put(page.cell(number, 1), _told(problem))
        page.column_dimensions["A"].width = _WIDTH
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def _write(
    workbook: openpyxl.Workbook, sheet: Sheet, by_place: dict[tuple[str, int | None], list[dict[str, Any]]]
) -> None:
    page = workbook.create_sheet(_title(sheet.name, workbook.sheetnames))
    width = max((len(row.cells) for row in sheet.rows), default=0)
    column = width + 1
    headed = False
    for row in sheet.rows:
        for index, value in enumerate(row.cells, start=1):
            if value is not None:
                cell = page.cell(row.number, index)
                _put(cell, value)
                if row.bold:
                    cell.font = Font(bold=True)
        listed = by_place.get((sheet.name, row.number), ())
        if listed:
            cell = page.cell(row.number, column)
            _put(cell, "\n".join(_told(problem) for problem in listed))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            worst = "error" if any(problem["severity"] == "error" for problem in listed) else "warning"
            if any(problem["severity"] == worst for problem in listed):
                cell.fill = _FILLS[worst]
            headed = True
    for first_row, first_column, last_row, last_column in sheet.merged:
        if _hides_something(page, first_row, first_column, last_row, last_column):
            continue
        page.merge_cells(
            start_row=first_row, start_column=first_column + 1, end_row=last_row, end_column=last_column + 1
        )
    if headed and sheet.rows:
        above = min((row for (name, row) in by_place if name == sheet.name and row), default=2)
        heading = page.cell(max(above - 1, 1), column)
        if heading.value is None:
            _put(heading, HEADING)
            heading.font = Font(bold=True)
        page.column_dimensions[get_column_letter(column)].width = _WIDTH


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
