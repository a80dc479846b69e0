"""Rates whose cells are bare numbers up to 1: parts of one whose form was lost, or less than one percent.

.xls and .ods keep 85,3 % as 0.853, and what showed it as a percentage does not reach us. Counts beside it
tell which it is; without them it is asked, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from dvctt.lib import numbers
from dvctt.lib.sheets import Cell
from imports.rules import counts as counting
from imports.rules.figures import agrees
from imports.rules.headers import HeaderCell
from imports.rules.layouts import LayoutDef, PrintedRate
from imports.rules.problems import ImportRefused
from imports.rules.tables import FileTables, SheetTables, TableRow, read_rate

_SHOWN: Final = "0.00%"
"""How a fraction that lost its form is shown; the portals print two decimals at most."""


@dataclass(slots=True)
class _Column:
    """The bare numbers of a rate column over the whole file."""

    label: str
    values: list[float] = field(default_factory=list)
    as_percent: int = 0
    """Rows whose counts agree with the number as it stands."""
    as_fraction: int = 0
    alone: int = 0
    """Rows without the counts that it is of."""

    @property
    def is_doubtful(self) -> bool:
        return max(self.values) <= 1 and any(0 < value < 1 for value in self.values)


def settle_fractions(found: FileTables) -> FileTables:
    """Return the tables with fractions as percentages where the counts beside them say so.

    Raises ImportRefused where nothing says what a column holds.
    """
    columns: dict[str, _Column] = {}
    for _, header, value in _bare_numbers(found.rows):
        column = columns.setdefault(header.definition.key, _Column(header.label))
        column.values.append(value)
    doubtful = {key: column for key, column in columns.items() if column.is_doubtful}
    if not doubtful:
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
                "Hãy định dạng cột dạng phần trăm trong Excel (hoặc ghi kèm dấu %) rồi tải lại dạng .xlsx."
            )
    fractions = {key for key, column in doubtful.items() if column.as_fraction > column.as_percent}
    return replace(found, sheets=tuple(_shown(sheet, fractions) for sheet in found.sheets))


def _bare_numbers(rows: Iterable[TableRow]) -> Iterator[tuple[TableRow, HeaderCell, float]]:
    """The rates that are numbers which no form shows as percentages."""
    for row in rows:
        for header in row.header.rate_columns:
            cell = row.row.cell(header.column)
            value = cell.value
            if isinstance(value, int | float) and not isinstance(value, bool) and cell.number_format is None:
                yield row, header, value


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
