"""Reading .xlsx: checked parts, then calamine for the values, with the second look beside them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import python_calamine

from dvctt.lib.sheets.guards import repack, unpack
from dvctt.lib.sheets.look import Look, Place, Styles, elements, look_at, read_styles
from dvctt.lib.sheets.model import (
    MAX_SHEETS,
    Cell,
    CellValue,
    NotAWorkbook,
    PasswordProtected,
    Sheet,
    SheetRow,
    TooMuchInside,
    check_extent,
)

# Pictures, printer settings and the like are never opened.
_WANTED: Final = re.compile(r"(?:\.xml|\.rels)$", re.IGNORECASE)
_UNWANTED_PARTS: Final = re.compile(
    r"^(?:xl/(?:media|drawings|charts|embeddings|theme|comments|persons|threadedcomments|pivotcache|queryTables)|"
    r"customXml|docProps)",
    re.IGNORECASE,
)
# Whole numbers up to here are exact in a spreadsheet.
_EXACT: Final = 1e15


def plain_values(values: Sequence[Any]) -> list[CellValue]:
    """Return a parser's row as this library knows it: whole numbers as int, empty and blank cells as None."""
    # One expression, for this runs once per cell: strings and numbers are nearly all of them.
    return [
        (value.replace("\0", "") if value and not value.isspace() else None)
        if (kind := type(value)) is str
        else (int(value) if value.is_integer() and -_EXACT < value < _EXACT else value)
        if kind is float
        else value
        if value is None or kind in (int, bool) or isinstance(value, (date, datetime))
        else str(value)  # times and durations are never figures here
        for value in values
    ]


def read_xlsx(content: bytes) -> list[Sheet]:
    """Return the sheets of an .xlsx file, with errors, uncached formulas and percent formats noted."""
    parts = {
        name: part
        for name, part in unpack(content, wanted=_WANTED).items()
        if not _UNWANTED_PARTS.match(name)
    }
    by_lower = {name.lower(): part for name, part in parts.items()}
    shared = by_lower.get("xl/sharedstrings.xml")
    styles = read_styles(by_lower["xl/styles.xml"]) if "xl/styles.xml" in by_lower else Styles()
    looks = {}
    for name, part in parts.items():
        if b"sheetData" in part:
            look = look_at(part, styles, shared)
            check_extent(look.rows, look.columns)
            looks[name.lower()] = look
    path_of = _sheet_paths(by_lower)
    sheets = []
    try:
        with python_calamine.load_workbook(repack(parts)) as workbook:
            if len(workbook.sheets_metadata) > MAX_SHEETS:
                raise TooMuchInside(f"Tệp có quá {MAX_SHEETS} trang tính. Hãy chỉ giữ các trang có số liệu.")
            for index, metadata in enumerate(workbook.sheets_metadata):
                if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_index(index)
                look = looks.get(path_of.get(metadata.name, ""), Look())
                start = sheet.start or (0, 0)
                rows = _rows(sheet.to_python(skip_empty_area=True), start, look)
                is_hidden = metadata.visible != python_calamine.SheetVisibleEnum.Visible
                merged = [
                    (first[0] + 1, first[1], last[0] + 1, last[1])
                    for first, last in sheet.merged_cell_ranges or []
                ]
                hidden_rows, hidden_columns = frozenset(look.hidden_rows), frozenset(look.hidden_columns)
                sheets.append(Sheet(metadata.name, rows, merged, is_hidden, hidden_rows, hidden_columns))
    except python_calamine.PasswordError:
        raise PasswordProtected(
            "Tệp được đặt mật khẩu nên không đọc được. Hãy bỏ mật khẩu, lưu lại rồi tải lên."
        ) from None
    except python_calamine.CalamineError:
        raise NotAWorkbook(
            "Bảng tính bị hỏng nên không đọc được. Hãy mở thử bằng Excel, lưu lại rồi tải lên."
        ) from None
    return sheets


def _sheet_paths(parts: dict[str, bytes]) -> dict[str, str]:
    """Return the part (lower case) of each sheet name, as the workbook's relations say."""
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for name, attributes, _ in elements(parts.get("xl/_rels/workbook.xml.rels", b"<r/>"))
        if name == "Relationship"
    }
    paths = {}
    for name, attributes, above in elements(parts.get("xl/workbook.xml", b"<r/>")):
        if name == "sheet" and above[-1:] == ("sheets",):
            target = targets.get(attributes.get("id", ""), "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            paths[attributes.get("name", "")] = path.lower()
    return paths


def _rows(table: Sequence[Sequence[Any]], start: tuple[int, int], look: Look) -> list[SheetRow]:
    marked: dict[int, set[int]] = {}
    for row, column in (*look.percent, *look.errors, *look.uncached):
        marked.setdefault(row, set()).add(column)
    indent: list[CellValue] = [None] * start[1]
    rows = []
    for number, raw in enumerate(table, start=start[0] + 1):
        cells = indent + plain_values(raw)
        is_bold = number in look.bold_rows
        if number in marked and (notes := _notes(number, cells, marked.pop(number), look)):
            rows.append(SheetRow(number, cells, is_bold, notes))
        elif cells.count(None) < len(cells):
            rows.append(SheetRow(number, cells, is_bold))
    # What is left lies outside the parser's table: rows with nothing but errors or uncached formulas.
    for number, columns in marked.items():
        if notes := _notes(number, [], columns, look):
            rows.append(SheetRow(number, [], number in look.bold_rows, notes))
    rows.sort(key=lambda row: row.number)
    return rows


def _notes(number: int, cells: list[CellValue], columns: set[int], look: Look) -> dict[int, Cell]:
    """Return the row's cells with more to say than a value, by column index; an error's cell is emptied."""
    notes = {}
    for column in columns:
        place: Place = (number, column)
        value = cells[column] if column < len(cells) else None
        if place in look.errors or place in look.uncached:
            if column < len(cells):
                cells[column] = None
            notes[column] = Cell(
                None, error=look.errors.get(place), is_formula_without_value=place in look.uncached
            )
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            notes[column] = Cell(value, look.percent[place])
    return notes
