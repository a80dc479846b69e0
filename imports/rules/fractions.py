"""Rates whose cells are bare numbers up to 1: parts of one whose form was lost, or less than one percent.

.xls and .ods keep 85,3 % as 0.853, and what showed it as a percentage does not reach us. Counts beside it
tell which it is; without them it is asked, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from dvctt.lib import numbers
from dvctt.lib.sheets import Cell
from imports.rules import counts as counting
from imports.rules.figures import agrees
from imports.rules.headers import HeaderCell
from imports.rules.layouts import FRACTION, TARGET, LayoutDef, PrintedRate
from imports.rules.problems import ImportRefused
from imports.rules.tables import FileTables, SheetTables, TableRow, read_rate

_MOST_DECIMALS: Final = 2
"""A fraction that lost its form is shown with the decimals that it has; the portals print two at most."""
_SLIPS: Final = 10
"""More numbers above 1 than this are no slips: the column is in percent."""
_SHARE_OF_SLIPS: Final = 4
"""Where parts of one are so many times as many as numbers above 1, those may be the slips."""
_BARE: Final = re.compile(r"'?([0-9]{1,9})(?:[.,]([0-9]{1,15}))?")


@dataclass(slots=True)
class _Column:
    """The bare numbers of a column of rates or targets over the whole file."""

    label: str
    is_target: bool
    above: int = 0
    """Numbers above 1."""
    parts: int = 0
    """Numbers between 0 and 1."""
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
    fractions |= {key for key, column in doubtful.items() if column.as_fraction > column.as_percent}
    if fractions:
        # A sheet that lost the form of its rates lost that of its targets with it.
        fractions |= {key for key, column in doubtful.items() if column.is_target}
    for key, column in doubtful.items():
        if key not in fractions and column.alone and column.as_fraction == column.as_percent:
            raise ImportRefused(
                f"Không rõ cột “{column.label}” là phần trăm hay phân số: gần như mọi số đều không quá 1. "
                "Hãy định dạng cột dạng phần trăm trong Excel (hoặc ghi kèm dấu %) rồi tải lại dạng .xlsx; "
                "nếu mẫu này luôn như vậy, hãy nói rõ ở cột “Số trần là” khi sửa mẫu."
            )
    return replace(found, sheets=tuple(_shown(sheet, fractions) for sheet in found.sheets))


def _doubtful(rows: Iterable[TableRow]) -> dict[str, _Column]:
    """The columns that do not say by themselves what their numbers are."""
    columns: dict[str, _Column] = {}
    headers: dict[int, list[HeaderCell]] = {}
    for row in rows:
        # Some numbers above 1 settle a column, so that nearly all rows have nothing left to look at.
        open_columns = headers.setdefault(
            id(row.header), [one for one in _columns_of(row) if not one.definition.numbers]
        )
        for header, value in _numbers_of(row, open_columns) if open_columns else ():
            key = header.definition.key
            column = columns.setdefault(key, _Column(header.label, header.definition.role == TARGET))
            column.above += value > 1
            column.parts += 0 < value < 1
            if column.above > _SLIPS:
                open_columns.remove(header)
    return {
        key: column
        for key, column in columns.items()
        if column.above <= _SLIPS and column.parts > _SHARE_OF_SLIPS * column.above
    }


def _columns_of(row: TableRow) -> tuple[HeaderCell, ...]:
    return (*row.header.rate_columns, *row.header.target_columns)


def _bare_numbers(rows: Iterable[TableRow]) -> Iterator[tuple[TableRow, HeaderCell, float]]:
    """The rates and targets that are numbers which no form shows as percentages."""
    for row in rows:
        for header, value in _numbers_of(row, _columns_of(row)):
            yield row, header, value


def _numbers_of(row: TableRow, columns: Iterable[HeaderCell]) -> list[tuple[HeaderCell, float]]:
    found = []
    for header in columns:
        cell = row.row.cell(header.column)
        value = cell.value
        if isinstance(value, str):
            if match := _BARE.fullmatch(value.strip()):
                found.append((header, float(f"{match[1]}.{match[2] or 0}")))
        elif isinstance(value, int | float) and not isinstance(value, bool) and cell.number_format is None:
            found.append((header, value))
    return found


def _form_of(number: float) -> str:
    """The percent format with the decimals that a fraction has: 0.853 is shown as 85.3%."""
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    decimals = min(max(0, -int(exponent) - 2), _MOST_DECIMALS)
    return f"0.{'0' * decimals}%" if decimals else "0%"


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
    plain, shown = read_rate(Cell(number)), read_rate(Cell(number, number_format=_form_of(number)))
    column.as_percent += plain is not None and agrees(plain, value)
    column.as_fraction += shown is not None and agrees(shown, value)


def _shown(sheet: SheetTables, fractions: set[str]) -> SheetTables:
    """The sheet with the numbers of these columns shown as percentages."""
    rows = []
    for row in sheet.rows:
        notes = {
            header.column: Cell(value, number_format=_form_of(value))
            for _, header, value in _bare_numbers([row])
            if header.definition.key in fractions
        }
        rows.append(replace(row, row=replace(row.row, notes={**row.row.notes, **notes})) if notes else row)
    return replace(sheet, rows=tuple(rows))
