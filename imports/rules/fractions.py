"""Rates whose cells are bare numbers up to 1: parts of one whose form was lost, or less than one percent.

.xls and .ods keep 85,3 % as 0.853, and what showed it as a percentage does not reach us. Counts beside it
tell which it is; without them it is asked, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from dvctt.lib import numbers
from dvctt.lib.sheets import Cell
from imports.rules import counts as counting
from imports.rules.figures import agrees
from imports.rules.headers import HeaderCell
from imports.rules.layouts import FRACTION, LayoutDef, PrintedRate
from imports.rules.problems import ImportRefused
from imports.rules.tables import FileTables, SheetTables, TableRow, read_rate

_SHOWN: Final = "0.00%"
"""How a fraction that lost its form is shown; the portals print two decimals at most."""


@dataclass(slots=True)
class _Column:
    """A rate column whose bare numbers are all at most 1, over the whole file."""

    label: str
    has_part: bool = False
    """One of them lies between 0 and 1."""
    as_percent: int = 0
    """Rows whose counts agree with the number as it stands."""
    as_fraction: int = 0
    alone: int = 0
    """Rows without the counts that it is of."""


def settle_fractions(found: FileTables) -> FileTables:
    """Return the tables with fractions as percentages where the layout or the counts beside them say so.

    Raises ImportRefused where nothing says what a column holds.
    """
    fractions = {column.key for column in found.layout.columns if column.numbers == FRACTION}
    doubtful = {key: column for key, column in _doubtful(found.rows).items() if key not in fractions}
    if not doubtful and not fractions:
        return found
    made_of = _made_of(found.layout)
    for row, header, value in _bare_numbers(found.rows):
        key = header.definition.key
        if key in doubtful:
            _weigh(doubtful[key], row, value, made_of.get(key))
    for column in doubtful.values():
        if column.alone and column.as_fraction == column.as_percent:
            raise ImportRefused(
                f"Không rõ cột “{column.label}” là phần trăm hay phân số: mọi số trong cột đều không quá 1. "
                "Hãy định dạng cột dạng phần trăm trong Excel (hoặc ghi kèm dấu %) rồi tải lại dạng .xlsx; "
                "nếu mẫu này luôn như vậy, hãy nói rõ ở cột “Số trần là” khi sửa mẫu."
            )
    fractions |= {key for key, column in doubtful.items() if column.as_fraction > column.as_percent}
    return replace(found, sheets=tuple(_shown(sheet, fractions) for sheet in found.sheets))


def _doubtful(rows: Iterable[TableRow]) -> dict[str, _Column]:
    """The rate columns that do not say by themselves what their numbers are."""
    columns: dict[str, _Column] = {}
    plain: set[str] = set()
    headers: dict[int, list[HeaderCell]] = {}
    for row in rows:
        # One number above 1 settles a column, so that nearly all rows have nothing left to look at.
        open_columns = headers.setdefault(
            id(row.header), [one for one in row.header.rate_columns if not one.definition.numbers]
        )
        for header, value in _numbers_of(row, open_columns) if open_columns else ():
            key = header.definition.key
            if value > 1:
                plain.add(key)
                open_columns.remove(header)
            else:
                column = columns.setdefault(key, _Column(header.label))
                column.has_part |= 0 < value < 1
    return {key: column for key, column in columns.items() if key not in plain and column.has_part}


def _bare_numbers(rows: Iterable[TableRow]) -> Iterator[tuple[TableRow, HeaderCell, float]]:
    """The rates that are numbers which no form shows as percentages."""
    for row in rows:
        for header, value in _numbers_of(row, row.header.rate_columns):
            yield row, header, value


def _numbers_of(row: TableRow, columns: Iterable[HeaderCell]) -> list[tuple[HeaderCell, float]]:
    found = []
    for header in columns:
        cell = row.row.cell(header.column)
        value = cell.value
        if isinstance(value, int | float) and not isinstance(value, bool) and cell.number_format is None:
            found.append((header, value))
    return found


def _made_of(layout: LayoutDef) -> dict[str, PrintedRate]:
    """The counts that each rate column is of."""
    figures = (
        PrintedRate(figure.rate, figure.numerator, figure.denominator)
        for figure in layout.figures
        if figure.rate and figure.denominator
    )
    return {one.rate: one for one in (*figures, *layout.rates)}


def _weigh(column: _Column, row: TableRow, number: float, made_of: PrintedRate | None) -> None:
    """Hold the number against the counts of its row, as it stands and a hundredfold."""
    if made_of is None:
        column.alone += 1
        return
    counts = counting.read_counts(row, row.header.count_columns).values
    value = numbers.rate(
        numerator=counting.total_of(counts, made_of.numerator),
        denominator=counting.total_of(counts, made_of.denominator),
    )
    if not value or not number:  # nothing out of nothing is nothing either way
        column.alone += value is None and number > 0
        return
    plain, shown = read_rate(Cell(number)), read_rate(Cell(number, number_format=_SHOWN))
    column.as_percent += plain is not None and agrees(plain, value)
    column.as_fraction += shown is not None and agrees(shown, value)


def _shown(sheet: SheetTables, fractions: set[str]) -> SheetTables:
    """The sheet with the numbers of these columns shown as percentages."""
    rows = []
    for row in sheet.rows:
        notes = {
            header.column: Cell(value, number_format=_SHOWN)
            for _, header, value in _bare_numbers([row])
            if header.definition.key in fractions
        }
        rows.append(replace(row, row=replace(row.row, notes={**row.row.notes, **notes})) if notes else row)
    return replace(sheet, rows=tuple(rows))
