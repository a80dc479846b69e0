"""Recognising the header of a table: one row or several, by the full path through merged parents.

Declared merges can lie, so each column has two readings: its parents reach as far right as their row stays
empty, or as far as the sheet declares. A layout decides which of the two it knows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from dvctt.lib import names
from dvctt.lib.sheets import CellValue, Sheet, SheetRow
from imports.rules import phrases
from imports.rules.layouts import COUNT, IGNORED, RATE, TARGET, UNIT, ColumnDef, LayoutDef, Path, fold

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


# A column's number may stand in the cell of its name: "Tổng số (3)=(4)+(5)".
_OWN_NUMBER: Final = re.compile(r"'?[\[(]\d{1,2}[\])]\s*(?:=[\s\d()\[\].,%*/x×:+-]*)?$")


@lru_cache(maxsize=65_536)
def header_core(text: str) -> str:
    """Return the header without marks, case, its column's number and what it says of period or absence."""
    core = fold(_OWN_NUMBER.sub("", text.rstrip()))
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


Line = tuple[CellValue, ...]


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
    lines: frozenset[Line] = frozenset()
    """What each of its rows says, from the left; a page may repeat some of them alone."""

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
    def rate_columns(self) -> tuple[HeaderCell, ...]:
        return tuple(cell for cell in self.cells if cell.definition.role == RATE)

    @cached_property
    def target_columns(self) -> tuple[HeaderCell, ...]:
        return tuple(cell for cell in self.cells if cell.definition.role == TARGET)

    @cached_property
    def plain_rates(self) -> tuple[tuple[str, int, str], ...]:
        """Columns of rates alone whose header says nothing of missing figures: indicator, column, label."""
        return tuple(
            (figure.indicator, cell.column, cell.label)
            for figure in self.layout.figures
            if not figure.numerator
            and (cell := self.cell(figure.rate)) is not None
            and not phrases.meaning_of(
                cell.text, self.layout.phrases, where=phrases.HEADER, indicator=figure.indicator
            )
        )

    @cached_property
    def columns(self) -> tuple[int, ...]:
        return tuple(sorted(cell.column for cell in self.cells))


def label_of(path: Iterable[str]) -> str:
    """Return a header path as a person reads it: Tiếp nhận › Trong kỳ › Trực tuyến."""
    return " › ".join(names.nfc(text) for text in path)


class HeaderAmbiguous(ValueError):
    """Two columns carry the same header, or two layouts explain it equally well; str() says so.

    `explained` is how many columns would be known.
    """

    def __init__(self, message: str, *, explained: int = 0) -> None:
        super().__init__(message)
        self.explained = explained


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
                continue
            first = _left_of(column, texts)
            if first is None or column not in lowest or lowest[column] < level:
                continue
            if by_merges:
                row[column] = texts[first] if spans[level].get(column) == first else None
            elif _reaches(first, column, level, lowest, resolved):
                row[column] = texts[first]
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


def _left_of(column: int, texts: Mapping[int, str]) -> int | None:
    """The nearest column with a text left of this one."""
    return max((c for c in texts if c < column), default=None)


def _reaches(
    first: int, column: int, level: int, lowest: Mapping[int, int], resolved: Sequence[Sequence[str | None]]
) -> bool:
    """Whether the text in the column `first` stands over this column too."""
    return lowest[first] > level and all(row[column] == row[first] for row in resolved)


# --- Recognising -------------------------------------------------------------------------------------------
def find_header(
    rows: Sequence[SheetRow], at: int, sheet: Sheet, layouts: Sequence[LayoutDef]
) -> Header | None:
    """Return the header that stands at row `at` (where its unit column is named), or None.

    Of all layouts, and of all rows that may belong to it, those win that explain most columns. Raises
    HeaderAmbiguous.
    """
    units = {
        column
        for column, text in texts_of(rows[at]).items()
        if len(text) <= LONGEST_UNIT_HEADER
        and any(header_core(text) in layout.unit_headers for layout in layouts)
    }
    if not units:
        return None
    found: list[Header] = []
    doubts: list[HeaderAmbiguous] = []
    for block in _blocks(rows, at, units):
        readings = read_columns(block, sheet.merged)
        for layout in layouts:
            try:
                header = match_columns(block, readings, layout)
            except HeaderAmbiguous as unsure:
                doubts.append(unsure)
                continue
            if header is not None:
                found.append(header)
    best = max(found, key=_explains, default=None)
    doubt = max(doubts, key=lambda one: one.explained, default=None)
    if doubt is not None and (best is None or doubt.explained > len(best.cells)):
        raise doubt
    if best is None:
        return None
    equal = {h.layout.code: h.layout.name for h in found if _explains(h) == _explains(best)}
    if len(equal) > 1:
        listed = ", ".join(f"“{name}”" for name in equal.values())
        raise HeaderAmbiguous(f"Dòng {best.number} khớp với nhiều mẫu như nhau: {listed}; hãy báo quản trị.")
    return best


def _explains(header: Header) -> tuple[int, int]:
    return len(header.cells), -len(header.unknown)


Readings = dict[int, list[tuple[Path, tuple[str, ...]]]]
"""Each column's header paths, folded and as printed: by empty cells, and by merges where these say else."""


def read_columns(block: Sequence[SheetRow], merged: Merged) -> Readings:
    """Return what the header of each column may be."""
    readings: Readings = {}
    for by_merges in (False, True):
        for column, path in column_paths(block, merged, by_merges=by_merges).items():
            known = readings.setdefault(column, [])
            if all(path != printed for _, printed in known):
                known.append((tuple(header_core(text) for text in path), path))
    return readings


def match_columns(block: Sequence[SheetRow], readings: Readings, layout: LayoutDef) -> Header | None:
    """Return the header that these columns are under the layout, or None where a required one is missing.

    Raises HeaderAmbiguous where a column stands twice, or where its two readings are two known columns.
    """
    number, by_path = block[0].number, layout.by_path
    known = {by_path[core].key for read in readings.values() for core, _ in read if core in by_path}
    if not layout.required <= known:
        return None
    options: dict[int, dict[str, HeaderCell]] = {}
    unknown: list[tuple[int, str]] = []
    for column, read in sorted(readings.items()):
        found = options.setdefault(column, {})
        for core, path in read:
            if core in by_path:
                found.setdefault(by_path[core].key, HeaderCell(column, by_path[core], path))
        if not found:
            unknown.append((column, label_of(read[0][1])))
    # What only one column can be, no other column is.
    sure = Counter(next(iter(found)) for found in options.values() if len(found) == 1)
    cells: list[HeaderCell] = []
    for found in options.values():
        left = [cell for key, cell in found.items() if len(found) == 1 or key not in sure]
        if len(left) > 1:
            said = " hay ".join(f"“{cell.label}”" for cell in left)
            message = f"Dòng {number}: không rõ một cột là {said}; hãy gộp ô tiêu đề cho đúng."
            raise HeaderAmbiguous(message, explained=len(known))
        cells += left
    twice = [cell for cell in cells if sure[cell.definition.key] > 1 and cell.definition.role != IGNORED]
    if twice:
        raise HeaderAmbiguous(_stands_twice(number, twice), explained=len(known))
    return Header(
        number,
        block[-1].number,
        layout,
        tuple(cells),
        tuple(unknown),
        frozenset(line_of(row) for row in block),
    )


def _stands_twice(number: int, twice: Sequence[HeaderCell]) -> str:
    if any(cell.definition.role == UNIT for cell in twice):
        return (
            f"Dòng {number} có hai cột đơn vị, như thể hai bảng đứng cạnh nhau; "
            "hãy đưa bảng bên phải xuống dưới bảng bên trái, hoặc tách thành hai sheet."
        )
    return f"Dòng {number} có hai cột cùng tên “{twice[0].label}”; hãy đổi tên một cột."


def line_of(row: SheetRow) -> Line:
    """Return what a row says, from the left."""
    return tuple([value for value in row.cells if value is not None])


def _blocks(rows: Sequence[SheetRow], at: int, units: Iterable[int]) -> Iterator[Sequence[SheetRow]]:
    """The rows that may form the header around the row where the unit column is named, shortest first.

    Blank rows may stand between them. The name of the unit column is the last of its path: below it stands
    nothing, or the same again.
    """
    above = below = 0
    while above < MOST_ROWS - 1 and at - above - 1 >= 0 and _may_head(rows[at - above - 1]):
        above += 1
    names_of_units = {column: header_core(texts_of(rows[at])[column]) for column in units}
    while below < MOST_ROWS - 1 and at + below + 1 < len(rows):
        row = rows[at + below + 1]
        texts = texts_of(row)
        if not _may_head(row) or not any(
            column not in texts or header_core(texts[column]) == core
            for column, core in names_of_units.items()
        ):
            break
        below += 1
    sizes = sorted(((top, bottom) for top in range(above + 1) for bottom in range(below + 1)), key=sum)
    for top, bottom in sizes:
        if top + bottom < MOST_ROWS:
            yield rows[at - top : at + bottom + 1]


def _may_head(row: SheetRow) -> bool:
    """Whether a row holds words alone."""
    texts = texts_of(row)
    return bool(texts) and not row.notes and len(texts) == sum(value is not None for value in row.cells)


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
        units = _unit_columns(sheet.rows[at])
        above, below = _likely_extent(sheet.rows, at, units[0] if units else min(texts_of(sheet.rows[at])))
        block = sheet.rows[at - above : at + below + 1]
        paths = column_paths(block, sheet.merged, by_merges=False)
        if len(paths) >= 2 and at + below + 1 < len(sheet.rows):
            return UnknownHeader(
                sheet.name, block[0].number, block[-1].number, units[0] if units else None, paths
            )
    return None


def _unit_columns(row: SheetRow) -> list[int]:
    return [column for column, text in texts_of(row).items() if header_core(text) in UNIT_WORDS]


def _likely_extent(rows: Sequence[SheetRow], at: int, unit: int) -> tuple[int, int]:
    """How many rows above and below look like headers: words only, all right of the unit column."""

    def belongs(place: int, number: int) -> bool:
        if not 0 <= place < len(rows) or rows[place].number != number:
            return False
        return _may_head(rows[place]) and min(texts_of(rows[place])) > unit

    above = below = 0
    while above < MOST_ROWS - 1 and belongs(at - above - 1, rows[at].number - above - 1):
        above += 1
    while below < MOST_ROWS - 1 and belongs(at + below + 1, rows[at].number + below + 1):
        below += 1
    return above, below
