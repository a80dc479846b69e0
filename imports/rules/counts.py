"""The counts of a row: read by the column's type, held against their identities, put right where swapped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from dvctt.lib import numbers
from dvctt.lib.numbers import NumberUnclear, vi_number
from dvctt.lib.sheets import Cell
from imports.rules.figures import Swap
from imports.rules.headers import Header, HeaderCell
from imports.rules.layouts import Identity, LayoutDef
from imports.rules.tables import TableRow, part_of

_LARGEST: Final = 10**11
"""More dossiers than any country has; a sum of several such columns still fits a figure's value."""
_COUNT_LABELS: Final = ("so luong", "so ho so", "so hs", "tong so")


@dataclass(slots=True)
class Counts:
    """What the count columns of a row hold; a blank one stands in none of the three."""

    values: dict[str, int] = field(default_factory=dict)
    unclear: dict[str, NumberUnclear] = field(default_factory=dict)
    """Columns whose text is no number: words for a state, or a slip."""
    without_value: dict[str, Cell] = field(default_factory=dict)
    """Columns in which the sheet itself has no value: an error, a formula without a result."""

    def exchanged(self, first: str, second: str) -> dict[str, int]:
        """Return the values with two columns in each other's place."""
        values = dict(self.values)
        values[first], values[second] = self.values[second], self.values[first]
        return values


def read_counts(row: TableRow, columns: Iterable[HeaderCell]) -> Counts:
    """Return the counts of a row. Compound cells give the part that is a count."""
    counts = Counts()
    cells, notes = row.row.cells, row.row.notes
    width = len(cells)
    for header in columns:
        column, key = header.column, header.definition.key
        value = cells[column] if column < width else None
        if notes and column in notes and (notes[column].error or notes[column].is_formula_without_value):
            counts.without_value[key] = notes[column]
            continue
        if value is None:
            continue
        if type(value) is int and 0 <= value < _LARGEST:
            counts.values[key] = value
            continue
        if isinstance(value, str):
            value = part_of(value, _COUNT_LABELS)
        try:
            number = numbers.parse_count(value)
        except NumberUnclear as error:
            counts.unclear[key] = error
            continue
        if number is not None and number >= _LARGEST:
            counts.unclear[key] = NumberUnclear(
                f"Số lượng {vi_number(number)} quá lớn; hãy kiểm tra lại số trong tệp."
            )
        elif number is not None:
            counts.values[key] = number
    return counts


def total_of(values: Mapping[str, int], keys: tuple[str, ...]) -> int | None:
    """Return the sum of columns, or None where one of them is blank."""
    total = 0
    for key in keys:
        value = values.get(key)
        if value is None:
            return None
        total += value
    return total


# --- Identities --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Broken:
    """An identity that does not hold."""

    identity: Identity
    whole: int
    sum_of_parts: int


def broken_identities(values: Mapping[str, int], layout: LayoutDef) -> list[Broken]:
    """Return the identities that all their columns are there for and that do not hold."""
    found = []
    for identity in layout.identities:
        whole = values.get(identity.whole)
        if whole is None:
            continue
        parts = total_of(values, identity.parts)
        if parts is not None and parts != whole:
            found.append(Broken(identity, whole, parts))
    return found


def words_of(broken: Broken, values: Mapping[str, int], header: Header) -> str:
    """Return the sum in words: “Tổng số” 2.571 nhưng “Kỳ trước” 77 + “Trong kỳ” 2.487 = 2.564."""
    parts = " + ".join(f"“{_label(header, key)}” {vi_number(values[key])}" for key in broken.identity.parts)
    return (
        f"“{_label(header, broken.identity.whole)}” {vi_number(broken.whole)} nhưng {parts} = "
        f"{vi_number(broken.sum_of_parts)} (chênh {vi_number(abs(broken.whole - broken.sum_of_parts))})"
    )


def _label(header: Header, key: str) -> str:
    cell = header.cell(key)
    return cell.label if cell else key


def swap_by_identities(counts: Counts, layout: LayoutDef, header: Header) -> Swap | None:
    """Return the one exchange of two counts after which every identity holds, or None.

    None too where several exchanges would do: then nothing says which it was.
    """
    broken = broken_identities(counts.values, layout)
    if not broken:
        return None
    involved = dict.fromkeys(
        key for one in broken for key in (one.identity.whole, *one.identity.parts) if key in counts.values
    )
    found = []
    for first, second in combinations(involved, 2):
        if counts.values[first] == counts.values[second]:
            continue
        values = counts.exchanged(first, second)
        if not broken_identities(values, layout):
            found.append((first, second, values))
    if len(found) != 1:
        return None
    first, second, values = found[0]
    sums = "; ".join(
        f"“{_label(header, one.identity.whole)}” "
        + " + ".join(vi_number(values[key]) for key in one.identity.parts)
        + f" = {vi_number(values[one.identity.whole])}"
        for one in broken
    )
    return Swap(
        first, second, f"Đổi chỗ “{_label(header, first)}” với “{_label(header, second)}” thì {sums}."
    )
