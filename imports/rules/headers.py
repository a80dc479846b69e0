"""Recognising the header of a table: one row or several, by the full path through merged parents.

Declared merges can lie, so a parent is first taken to reach as far right as its row stays empty; where that
explains nothing the declared merges are asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from dvctt.lib import names
from dvctt.lib.sheets import Sheet, SheetRow
from imports.rules.layouts import COUNT, ColumnDef, LayoutDef, fold

MOST_ROWS: Final = 5
"""Header rows of one table; form II.06 has three."""
LONGEST_UNIT_HEADER: Final = 60
UNIT_WORDS: Final = frozenset(
    fold(word)
    for word in (
        "Đơn vị", "Tên đơn vị", "Cơ quan, đơn vị", "Đơn vị, địa phương", "Tên cơ quan, đơn vị", "Cơ quan",
        "Địa phương", "Tên cơ quan", "Tên địa phương", "Tên đơn vị, địa phương", "Đơn vị thực hiện",
        "Sở, ban, ngành", "Huyện, thị xã, thành phố", "Xã, phường, thị trấn",
    )
)  # fmt: skip
"""Headers under which units are likely to stand, in a table of no known layout."""

# --- Words -------------------------------------------------------------------------------------------------
_NUMBER: Final = r"\d{1,2}"
_DAY: Final = rf"(?:ngay )?{_NUMBER} (?:thang )?{_NUMBER} (?:nam )?\d{{4}}"
# What a header may say besides its name: the day or period of the figures, and that they could not be had.
_TAILS: Final = re.compile(
    r" (?:"
    rf"(?:tinh )?(?:den|toi)(?: het)?(?: ngay| thang)? {_DAY}"
    r"|(?:trong |cua )?(?:ky )?(?:quy|qui) (?:i{1,3}|iv|[1-4])(?: nam)?(?: \d{4})?"
    rf"|(?:trong )?(?:{_NUMBER}|sau|chin) thang(?: dau)?(?: nam)?(?: \d{{4}})?"
    rf"|(?:trong )?thang {_NUMBER}(?: nam)?(?: \d{{4}})?"
    r"|(?:trong |ca )?nam \d{4}"
    r"|\d{4}"
    r"|chua (?:trich xuat|cong bo|co so lieu|tong hop|thong ke)\b.*"
    r")$"
)


@lru_cache(maxsize=65_536)
def header_core(text: str) -> str:
    """Return the header without marks, case and what it says of period or absence of figures."""
    core = fold(text)
    while (shorter := _TAILS.sub("", core)) != core:
        core = shorter
    return core


def texts_of(row: SheetRow) -> dict[int, str]:
    """Return the row's cells that hold text, by column."""
    return {
        column: value
        for column, value in enumerate(row.cells)
        if isinstance(value, str) and value and not value.isspace()
    }


# --- A recognised header -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class HeaderCell:
    """One recognised header: which column of the sheet, what it is, and its words from the top down."""

    column: int
    definition: ColumnDef
    path: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        return " ".join(self.path)

    @cached_property
    def label(self) -> str:
        return label_of(self.path)


@dataclass(frozen=True, eq=False)
class Header:
    """A recognised header: its rows in the sheet, and which column is what."""

    number: int
    last_number: int
    layout: LayoutDef
    cells: tuple[HeaderCell, ...]
    unknown: tuple[tuple[int, str], ...]
    """Columns with a header that the layout does not know."""

    @cached_property
    def _by_key(self) -> dict[str, HeaderCell]:
        return {cell.definition.key: cell for cell in self.cells}

    def cell(self, key: str) -> HeaderCell | None:
        """Return the header of a column by its key, or None where the table lacks it."""
        return self._by_key.get(key)

    def column(self, key: str) -> int | None:
        cell = self._by_key.get(key)
        return None if cell is None else cell.column

    @cached_property
    def count_columns(self) -> tuple[HeaderCell, ...]:
        return tuple(cell for cell in self.cells if cell.definition.role == COUNT)

    @cached_property
    def columns(self) -> tuple[int, ...]:
        return tuple(sorted(cell.column for cell in self.cells))


def label_of(path: Iterable[str]) -> str:
    """Return a header path as a person reads it: Tiếp nhận › Trong kỳ › Trực tuyến."""
    return " › ".join(names.nfc(text) for text in path)


class HeaderAmbiguous(ValueError):
    """Two columns carry the same header, or two layouts explain it equally well; str() says so."""


# --- Paths -------------------------------------------------------------------------------------------------
Merged = Sequence[tuple[int, int, int, int]]
Paths = dict[int, tuple[str, ...]]


def column_paths(block: Sequence[SheetRow], merged: Merged, *, by_merges: bool) -> Paths:
    """Return each column's header from the top down, parents first.

    A parent reaches right over empty cells below the same grandparent, or with `by_merges` over the range
    that the sheet declares. It stands over its leftmost child, so a column that ends in it lends it to none.
    """
    own = [texts_of(row) for row in block]
    width = 1 + max((column for texts in own for column in texts), default=-1)
    lowest = {
        column: max(level for level, texts in enumerate(own) if column in texts)
        for column in {column for texts in own for column in texts}
    }
    spans = [_spans(row.number, merged) for row in block] if by_merges else []
    resolved: list[list[str | None]] = []
    for level, texts in enumerate(own):
        row: list[str | None] = [None] * width
        for column in range(width):
            if column in texts:
                row[column] = texts[column]
            elif column not in lowest or lowest[column] < level:
                continue
            elif by_merges:
                first = spans[level].get(column)
                row[column] = None if first is None else texts.get(first)
            elif column and row[column - 1] is not None and _reaches(column, level, lowest, resolved, texts):
                row[column] = row[column - 1]
        resolved.append(row)
    paths: Paths = {}
    for column, last in lowest.items():
        path: list[str] = []
        for row in resolved[: last + 1]:
            text = row[column]
            if text is not None and (not path or path[-1] != text):
                path.append(text)
        paths[column] = tuple(path)
    return paths


def _spans(number: int, merged: Merged) -> dict[int, int]:
    """The first column of the declared range over each covered column of a row."""
    return {
        column: first_column
        for first, first_column, last, last_column in merged
        if first <= number <= last
        for column in range(first_column + 1, last_column + 1)
    }


def _reaches(
    column: int,
    level: int,
    lowest: Mapping[int, int],
    resolved: Sequence[Sequence[str | None]],
    texts: Mapping[int, str],
) -> bool:
    """Whether the text left of the column stands over it too."""
    first = max(c for c in texts if c < column)
    return lowest[first] > level and all(row[column] == row[first] for row in resolved)


# --- Recognising -------------------------------------------------------------------------------------------
def find_header(
    rows: Sequence[SheetRow], at: int, sheet: Sheet, layouts: Sequence[LayoutDef]
) -> Header | None:
    """Return the header that stands at row `at` (where its unit column is named), or None.

    Of all layouts the one wins that explains most columns. Raises HeaderAmbiguous.
    """
    texts = texts_of(rows[at])
    if len(texts) < 2 or not any(
        len(text) <= LONGEST_UNIT_HEADER and header_core(text) in layout.unit_headers
        for text in texts.values()
        for layout in layouts
    ):
        return None
    found: list[Header] = []
    doubts: list[HeaderAmbiguous] = []
    for block in _blocks(rows, at):
        fitting = []
        for by_merges in (False, True):
            paths = column_paths(block, sheet.merged, by_merges=by_merges)
            for layout in layouts:
                try:
                    header = match_paths(block, paths, layout)
                except HeaderAmbiguous as doubt:
                    doubts.append(doubt)
                    continue
                if header is not None:
                    fitting.append(header)
            if fitting:
                break
        found += fitting
    if not found:
        if doubts:
            raise doubts[0]
        return None
    best = max(found, key=lambda header: (len(header.cells), -len(header.unknown)))
    equal = {h.layout.code: h.layout.name for h in found if len(h.cells) == len(best.cells)}
    if len(equal) > 1:
        listed = ", ".join(f"“{name}”" for name in equal.values())
        raise HeaderAmbiguous(f"Dòng {best.number} khớp với nhiều mẫu như nhau: {listed}; hãy báo quản trị.")
    return best


def match_paths(block: Sequence[SheetRow], paths: Paths, layout: LayoutDef) -> Header | None:
    """Return the header that these paths are under the layout, or None where a required column is missing.

    Raises HeaderAmbiguous where a column stands twice.
    """
    number = block[0].number
    cells: list[HeaderCell] = []
    unknown: list[tuple[int, str]] = []
    taken: set[str] = set()
    for column, path in sorted(paths.items()):
        core = tuple(header_core(text) for text in path)
        definition = next((one for one in layout.columns if core in one.paths), None)
        if definition is None:
            unknown.append((column, label_of(path)))
            continue
        if definition.key in taken:
            raise HeaderAmbiguous(
                f"Dòng {number} có hai cột cùng tên “{definition.printed}”; hãy đổi tên một cột."
            )
        taken.add(definition.key)
        cells.append(HeaderCell(column, definition, path))
    if any(one.required and one.key not in taken for one in layout.columns):
        return None
    return Header(number, block[-1].number, layout, tuple(cells), tuple(unknown))


def _blocks(rows: Sequence[SheetRow], at: int) -> Iterator[Sequence[SheetRow]]:
    """The rows that may form the header around the row where the unit column is named, shortest first."""
    above, below = _extent(rows, at)
    sizes = sorted(
        ((top, bottom) for top in range(above + 1) for bottom in range(below + 1)), key=lambda size: sum(size)
    )
    for top, bottom in sizes:
        if top + bottom < MOST_ROWS:
            yield rows[at - top : at + bottom + 1]


def _extent(rows: Sequence[SheetRow], at: int) -> tuple[int, int]:
    """How many rows above and below can belong to the header: words only, none under or over the names."""
    texts = texts_of(rows[at])
    unit = next((c for c, text in texts.items() if header_core(text) in UNIT_WORDS), None)
    first = min(texts) if unit is None else unit
    above = below = 0
    while at - above - 1 >= 0 and above < MOST_ROWS - 1:
        row = rows[at - above - 1]
        if row.number != rows[at].number - above - 1 or not _is_words(row, first, texts):
            break
        above += 1
    while at + below + 1 < len(rows) and below < MOST_ROWS - 1:
        row = rows[at + below + 1]
        if row.number != rows[at].number + below + 1 or not _is_words(row, first, texts):
            break
        below += 1
    return above, below


def _is_words(row: SheetRow, first: int, named: Mapping[int, str]) -> bool:
    """Whether the row holds headers alone, all of them right of the unit column."""
    texts = texts_of(row)
    filled = [column for column, value in enumerate(row.cells) if value is not None]
    return bool(texts) and len(texts) == len(filled) and min(texts) > first and not row.notes


_LOOKED_AT: Final = 60
_FEWEST_HEADERS: Final = 3


# --- A table of no known layout ----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class UnknownHeader:
    """Where a table of no known layout seems to begin, with the path of each of its columns."""

    sheet: str
    number: int
    last_number: int
    unit_column: int | None
    paths: Mapping[int, tuple[str, ...]]


def guess_header(sheet: Sheet) -> UnknownHeader | None:
    """Return the rows of the sheet that look like the header of a table of units, or None.

    The first with a header that units usually stand under, else the first row of three or more headers.
    """
    named = [at for at, row in enumerate(sheet.rows[:_LOOKED_AT]) if _unit_columns(row)]
    wide = [at for at, row in enumerate(sheet.rows[:_LOOKED_AT]) if len(texts_of(row)) >= _FEWEST_HEADERS]
    for at in (*named, *wide):
        above, below = _extent(sheet.rows, at)
        block = sheet.rows[at - above : at + below + 1]
        paths = column_paths(block, sheet.merged, by_merges=False)
        if len(paths) >= 2 and at + below + 1 < len(sheet.rows):
            units = _unit_columns(sheet.rows[at])
            return UnknownHeader(
                sheet.name, block[0].number, block[-1].number, units[0] if units else None, paths
            )
    return None


def _unit_columns(row: SheetRow) -> list[int]:
    return [column for column, text in texts_of(row).items() if header_core(text) in UNIT_WORDS]
