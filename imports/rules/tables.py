"""Tables of a sheet: where headers stand, what belongs to them, and each row taken apart by their columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dvctt.lib import names, numbers
from dvctt.lib.numbers import Rate
from dvctt.lib.sheets import Cell, Sheet, SheetRow
from imports.rules.headers import (
    Header,
    HeaderAmbiguous,
    HeaderCell,
    UnknownHeader,
    find_header,
    guess_header,
    line_of,
    texts_of,
)
from imports.rules.layouts import (
    NOTE,
    POSITION,
    UNIT,
    LayoutDef,
    expected_headers,
)
from imports.rules.lines import closes, holds_numbers, is_footer, is_page_line, is_title, may_name
from imports.rules.personal import refuse_personal_data
from imports.rules.problems import INFO, WARNING, ImportRefused, Problem

_MOST_SHOWN: Final = 8
_FEWEST_OF_A_ROW: Final = 4
"""A row with fewer cells whose name stands outside its column is a heading or a line of words."""
MOST_ROWS: Final = 20_000
"""More than all communes of the country; what is longer is not a table of units."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row below a header. `name` may be a unit's name; `spans` when it stands outside its column."""

    sheet: str
    number: int
    position: str
    name: str
    note: str
    spans: bool
    has_figures: bool
    bold: bool
    header: Header
    row: SheetRow
    table: int
    """Tables are numbered in the sheet; a repeated header with nothing between begins none."""
    after_header: bool = False
    """A header row stands right above."""

    def cell(self, key: str) -> tuple[HeaderCell, Cell] | None:
        """Return the cell of a column by the column's key, with its header; None where the table lacks it."""
        header = self.header.cell(key)
        return None if header is None else (header, self.row.cell(header.column))


Words = tuple[str, ...]
"""What a row says in words and days, cell by cell."""


@dataclass(frozen=True, slots=True)
class SheetTables:
    """What was found in one sheet."""

    name: str
    title_rows: tuple[Words, ...]
    headers: tuple[Header, ...]
    rows: tuple[TableRow, ...]
    footer_rows: tuple[Words, ...] = ()
    """Lines of words below a table: the day of extraction, who made it, remarks."""
    beyond: tuple[int, ...] = ()
    """Numbers of rows with more to the right than there are headers."""

    @property
    def titles(self) -> tuple[str, ...]:
        """What stands above the tables, cell by cell."""
        return tuple(words for row in self.title_rows for words in row)

    @property
    def footers(self) -> tuple[str, ...]:
        """What stands below them, line by line."""
        return tuple(" ".join(row) for row in self.footer_rows)


@dataclass(frozen=True, slots=True)
class FileTables:
    layout: LayoutDef
    sheets: tuple[SheetTables, ...]
    problems: tuple[Problem, ...]

    @property
    def rows(self) -> list[TableRow]:
        return [row for sheet in self.sheets for row in sheet.rows]


# --- Cells -------------------------------------------------------------------------------------------------
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def is_fraction(number_format: str | None) -> bool:
    """Whether a format shows 0.853 as 85.3 %; `0.0"%"` only prints a sign behind 85.3."""
    return number_format is not None and "%" in _LITERAL.sub("", number_format)


_RATE_LABELS: Final = ("ty le", "ti le")


def part_of(text: str, labels: Iterable[str]) -> str:
    """Return the part of a compound cell that carries one of the labels; else the text as it stands."""
    if ":" not in text:
        return text
    parts = numbers.parse_labelled(text)
    return next((parts[label] for label in labels if label in parts), text)


def read_rate(cell: Cell) -> Rate | None:
    """Return the rate in a cell, in percent, with its printed text; None where nothing stands.

    A number shown with a percent sign keeps what the sheet shows; a compound cell gives its rate. What is
    finer than a stored rate is rounded half up. Raises numbers.NumberUnclear.
    """
    value = cell.value
    if isinstance(value, (date, bool)):
        raise numbers.NumberUnclear(f"“{value}” không phải là tỷ lệ; hãy nhập dạng 98,75%.")
    if isinstance(value, str):
        rate = numbers.parse_rate(part_of(value, _RATE_LABELS))
        if rate is not None and rate.decimals > numbers.RATE_DECIMALS:
            settled = numbers.round_half_up(rate.value, numbers.RATE_DECIMALS)
            return Rate(settled, numbers.RATE_DECIMALS, rate.printed)
        return rate
    if value is None or cell.number_format is None:
        return numbers.parse_rate(value)
    fraction = is_fraction(cell.number_format)
    rate = numbers.parse_rate(
        value, percent_format=fraction, decimals=numbers.shown_decimals(cell.number_format)
    )
    if rate is None or rate.printed.endswith("%"):
        return rate
    return Rate(rate.value, rate.decimals, f"{rate.printed}%")


def printed_text(text: str) -> str:
    """Return a text as a person reads it, on one line, at most 500 characters."""
    return names.nfc(text.replace("\0", ""))[:500]


def cell_text(cell: Cell) -> str:
    """Return what a person reads in the cell, on one line, at most 500 characters."""
    if cell.error:
        return cell.error
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return printed_text(value)
    if isinstance(value, date):
        return numbers.vi_date(value)
    if isinstance(value, bool):
        return str(value)
    if cell.number_format is not None:
        try:
            rate = read_rate(cell)
        except numbers.NumberUnclear:
            rate = None
        if rate is not None:
            return rate.printed
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


_NUMBERING: Final = re.compile(r"'?(?:[\[(]?\d{1,2}[\])]?(?:\s?=.*)?|[\[(]?[A-H][\])]?)")
_BRACKETED: Final = re.compile(r"'?(?:[\[(]\d{1,2}[\])](?:\s?=.*)?)")


def _is_numbering(row: SheetRow, *, after_header: bool) -> bool:
    """A row "(1) (2) (3)", or right below a header also "1 2 3=2/1" and "A B 1 2"."""
    form = _NUMBERING if after_header else _BRACKETED
    texts = [cell_text(row.cell(column)) for column in range(len(row.cells))]
    filled = [text for text in texts if text]
    return len(filled) >= 3 and all(form.fullmatch(text) for text in filled)


def _has_bracket(row: SheetRow) -> bool:
    words = [value for value in row.cells if type(value) is str]
    return any(value.lstrip("' ")[:1] in ("(", "[") for value in words)


# --- Sheets ------------------------------------------------------------------------------------------------
class LayoutUnknown(ImportRefused):
    """No layout fits; `header` is where the table seems to begin, so that a person can say what it is."""

    def __init__(self, message: str, header: UnknownHeader | None) -> None:
        super().__init__(message)
        self.header = header


def read_tables(sheets: Sequence[Sheet], layouts: Sequence[LayoutDef]) -> FileTables:
    """Return the tables of a workbook by the one layout that its headers show.

    Raises PersonalData for a list of dossiers, LayoutUnknown where no sheet has known headers, and
    ImportRefused where sheets have different layouts.
    """
    refuse_personal_data(sheets)
    problems: list[Problem] = []
    found: list[SheetTables] = []
    for sheet in sheets:
        if sheet.hidden:
            if sheet.rows:
                problems.append(
                    Problem(
                        sheet.name,
                        None,
                        "",
                        "hidden_sheet",
                        WARNING,
                        f"Sheet “{sheet.name}” đang bị ẩn nên không được nạp; nếu cần, hãy bỏ ẩn.",
                    )
                )
            continue
        tables = _read_sheet(sheet, layouts, problems)
        if tables.headers:
            found.append(tables)
        elif sheet.rows:
            problems.append(
                Problem(
                    sheet.name,
                    None,
                    "",
                    "sheet_without_table",
                    WARNING,
                    f"Sheet “{sheet.name}” không có bảng nào theo mẫu đã biết nên không được nạp.",
                )
            )
    if not found:
        hidden = [sheet.name for sheet in sheets if sheet.hidden and _headers_of(sheet, layouts)]
        if hidden:
            raise ImportRefused(
                f"Bảng số liệu nằm ở sheet đang bị ẩn “{hidden[0]}”; hãy bỏ ẩn sheet ấy, lưu rồi tải lại."
            )
        raise LayoutUnknown(_no_headers(sheets, layouts), unknown_header(sheets))
    used = {header.layout.code: header.layout for tables in found for header in tables.headers}
    if len(used) > 1:
        listed = ", ".join(f"“{layout.name}”" for layout in used.values())
        raise ImportRefused(
            f"Tệp có các bảng theo nhiều mẫu khác nhau ({listed}); hãy tách mỗi mẫu thành một tệp."
        )
    layout = next(iter(used.values()))
    if sum(len(tables.rows) for tables in found) > MOST_ROWS:
        raise ImportRefused(
            f"Tệp có hơn {numbers.vi_number(MOST_ROWS)} dòng; hãy chia theo tỉnh rồi nạp từng tệp."
        )
    return FileTables(layout, tuple(found), tuple(problems))


def _no_headers(sheets: Sequence[Sheet], layouts: Sequence[LayoutDef]) -> str:
    widest: Mapping[int, str] = {}
    for sheet in sheets:
        for row in sheet.rows[:30]:
            texts = texts_of(row)
            if len(texts) > len(widest):
                widest = texts
    seen = " | ".join(names.nfc(text)[:40] for text in list(widest.values())[:_MOST_SHOWN])
    return (
        f"Không nhận ra mẫu của tệp: cần một dòng tiêu đề có các cột {expected_headers(layouts)}"
        + (f"; dòng nhiều chữ nhất tìm thấy là “{seen}”. " if seen else ". ")
        + "Hãy kiểm tra tên cột hoặc chọn đúng tệp."
    )


def unknown_header(sheets: Sequence[Sheet]) -> UnknownHeader | None:
    """Return where a table of units of no known layout seems to begin, or None."""
    for sheet in sheets:
        if not sheet.hidden and (found := guess_header(sheet)) is not None:
            return found
    return None


def _may_name_units(row: SheetRow) -> bool:
    """Whether the row may be one of a header: several words, or words alone. Asked of every row."""
    words = [type(value) for value in row.cells].count(str)
    return words > 1 or (words == 1 and row.cells.count(None) == len(row.cells) - 1)


def _headers_of(sheet: Sheet, layouts: Sequence[LayoutDef]) -> dict[int, Header]:
    """The recognised headers of a sheet by the number of their first row."""
    found: dict[int, Header] = {}
    for at, row in enumerate(sheet.rows):
        if not _may_name_units(row):
            continue
        try:
            header = find_header(sheet.rows, at, sheet, layouts)
        except HeaderAmbiguous as error:
            raise ImportRefused(f"Sheet “{sheet.name}”: {error}") from error
        if header is not None:
            found[header.number] = header
    return found


def _read_sheet(sheet: Sheet, layouts: Sequence[LayoutDef], problems: list[Problem]) -> SheetTables:
    titles: list[Words] = []
    footers: list[Words] = []
    headers: list[Header] = []
    rows: list[TableRow] = []
    above: list[Words] = []
    found = _headers_of(sheet, layouts)
    header: Header | None = None
    table = last_column = 0
    after_header = is_closed = False
    beyond: list[int] = []
    for row in sheet.rows:
        if row.number in found:
            new = found[row.number]
            if header is None or new.unknown != header.unknown:
                problems.extend(_unknown_columns(sheet.name, new))
            header, after_header, is_closed = new, True, False
            last_column = max(*new.columns, *(column for column, _ in new.unknown), 0)
            headers.append(new)
            titles += above
            above.clear()
            continue
        if header is None:
            titles.append(_words_of(row))
            continue
        if row.number <= header.last_number or (header.lines and line_of(row) in header.lines):
            continue
        if (after_header or _has_bracket(row)) and _is_numbering(row, after_header=after_header):
            continue
        taken = _take(sheet.name, row, header, table, after_header=after_header)
        if taken is None or is_page_line(taken):
            continue
        if is_closed or closes(taken):
            # Addressees and signatures: nothing but words, until figures come again.
            is_closed = not holds_numbers(taken)
            if is_closed:
                footers.append(_words_of(row))
                continue
        if is_footer(taken):
            footers.append(_words_of(row))
            continue
        if is_title(taken):
            # What follows is another table; the line speaks for it only where a header comes next.
            above.append(_words_of(row))
            footers.append(_words_of(row))
            table += 1
            after_header = False
            continue
        if taken.has_figures:
            above.clear()
            if len(row.cells) > last_column + 1 and any(
                value is not None for value in row.cells[last_column + 1 :]
            ):
                beyond.append(row.number)
        after_header = False
        rows.append(taken)
    problems.extend(_hidden_parts(sheet, headers, rows))
    if beyond:
        message = (
            f"Sheet “{sheet.name}” có {len(beyond)} dòng (dòng {_listed(beyond)}) còn ô ở bên phải "
            "cột tiêu đề cuối cùng nên không được nạp; hãy kiểm tra "
            "xem các ô có bị lệch cột không, hoặc đặt tên cho cột."
        )
        problems.append(Problem(sheet.name, None, "", "cells_beyond_header", WARNING, message))
    return SheetTables(sheet.name, tuple(titles), tuple(headers), tuple(rows), tuple(footers), tuple(beyond))


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:_MOST_SHOWN])) + (" …" if len(numbers) > _MOST_SHOWN else "")


def refuse_shifted(found: FileTables) -> None:
    """Refuse delimited text with more cells in a row than headers: a delimiter inside a number shifts them.

    Raises ImportRefused.
    """
    for sheet in found.sheets:
        if sheet.beyond:
            raise ImportRefused(
                f"Sheet “{sheet.name}” có {len(sheet.beyond)} dòng (dòng {_listed(sheet.beyond)}) có nhiều ô "
                "hơn dòng tiêu đề: có lẽ dấu phẩy thập phân cũng là dấu ngăn cột "
                "nên số bị lệch. Hãy lưu lại dạng .xlsx, hoặc CSV ngăn bằng dấu “;”."
            )


def _words_of(row: SheetRow) -> Words:
    return tuple(
        numbers.vi_date(value) if isinstance(value, date) else printed_text(value)
        for value in row.cells
        if isinstance(value, date) or (isinstance(value, str) and value.strip())
    )


def _hidden_parts(sheet: Sheet, headers: Iterable[Header], rows: Iterable[TableRow]) -> list[Problem]:
    """Warn of what is read although the person who looks at the sheet does not see it."""
    found = []
    if sheet.hidden_rows:
        numbers = [row.number for row in rows if row.number in sheet.hidden_rows]
        if numbers:
            message = (
                f"Sheet “{sheet.name}” có {len(numbers)} dòng bị ẩn hoặc lọc đi (dòng {_listed(numbers)}) "
                "vẫn được nạp như các dòng khác; dòng nào không muốn nạp, hãy xoá khỏi tệp rồi tải lại."
            )
            found.append(Problem(sheet.name, None, "", "hidden_rows", WARNING, message))
    columns = {
        cell.column: cell.label
        for header in headers
        for cell in header.cells
        if cell.column in sheet.hidden_columns
    }
    if columns:
        listed = ", ".join(f"“{label}”" for label in list(columns.values())[:_MOST_SHOWN])
        message = f"Sheet “{sheet.name}” có cột bị ẩn vẫn được đọc: {listed}. Hãy bỏ ẩn để kiểm tra."
        found.append(Problem(sheet.name, None, "", "hidden_columns", WARNING, message))
    return found


def _unknown_columns(sheet: str, header: Header) -> list[Problem]:
    return [
        Problem(
            sheet,
            header.number,
            text,
            "unknown_column",
            WARNING,
            f"Cột “{text}” không có trong mẫu “{header.layout.name}” nên không được nạp.",
        )
        for _, text in header.unknown
    ]


def _take(sheet: str, row: SheetRow, header: Header, table: int, *, after_header: bool) -> TableRow | None:
    """Return the row by the header's columns, or None where none of them holds anything."""
    position_column, unit_column = header.column(POSITION), header.column(UNIT)
    note_column = header.column(NOTE)
    cells, notes = row.cells, row.notes
    width = len(cells)
    filled = [c for c in header.columns if (c < width and cells[c] is not None) or c in notes]
    if not filled:
        return None

    def text(column: int | None) -> str:
        if column not in filled or column is None:
            return ""
        value = cells[column] if column < width else None
        # Names, nearly always: what the cell prints is its text.
        return printed_text(value) if type(value) is str else cell_text(row.cell(column))

    position, name = text(position_column), text(unit_column)
    apart = {position_column, unit_column, note_column}
    has_figures = not apart.issuperset(filled)
    spans = False
    if not name:
        # "1. Thị xã Đông Triều:" or "Tổng cộng" stands in the number column, or merged over several.
        elsewhere = position_column if len(filled) > 1 else filled[0]
        if elsewhere is not None and elsewhere != note_column and may_name(text(elsewhere)):
            name, spans = text(elsewhere), len(filled) < _FEWEST_OF_A_ROW
            position = "" if elsewhere == position_column else position
            has_figures = not {*apart, elsewhere}.issuperset(filled)
    elif len(filled) == 1:
        spans = True
    return TableRow(
        sheet,
        row.number,
        position,
        name,
        text(note_column),
        spans,
        has_figures,
        row.bold,
        header,
        row,
        table,
        after_header,
    )


def ignored(row: TableRow, why: str) -> Problem:
    """Return the word that a row is not of a unit and was left out."""
    return Problem(
        row.sheet, row.number, "", "ignored_row", INFO, f"Dòng “{row.name or row.position}” {why}."
    )
