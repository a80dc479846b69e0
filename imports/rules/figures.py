"""What a row's cells say: a number, a reason for having none, or something that cannot be taken as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from dvctt.lib import names, numbers
from dvctt.lib.numbers import Rate, vi_number
from imports.rules.problems import Problem
from indicators.rules import StoredFigure

NUMBER: Final = "number"
LARGEST_RATE: Final = Decimal(100)
LARGEST_VALUE: Final = Decimal(10**12)
"""A stored value has twelve digits before its ten decimals."""
ZERO_VALUE: Final = Decimal(0)
PRINTED_LENGTH: Final = 200
NOTE_LENGTH: Final = 500


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """What reading a figure needs to know of its indicator."""

    code: str
    is_rate: bool
    zero_denominator: str


@dataclass(slots=True)
class PlannedFigure:
    """One figure to write. `is_rendered`: the cell held a number, so its text is how the sheet shows it.

    `outcome` is what writing it does to its cell; where that is not plainly new or the same, `stored` is what
    the cell holds now. `seen_at` is when that was written, as the database gives it; None for an empty cell.
    """

    indicator: str
    column: str
    state: str
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    printed: str = ""
    note: str = ""
    is_rendered: bool = False
    is_swapped: bool = False
    outcome: str = "new"
    stored: StoredFigure | None = None
    seen_at: Any = None

    def says(self) -> tuple[str, Decimal | None, int | None, int | None, str]:
        return self.state, self.value, self.numerator, self.denominator, self.printed


@dataclass(slots=True)
class PlannedTarget:
    """What the file prints as the unit's target."""

    indicator: str
    printed: str
    maintain: bool
    value: Decimal | None
    is_rendered: bool = False


@dataclass(frozen=True, slots=True)
class Swap:
    """Two counts that stand in each other's column (their keys), and why we think so."""

    first: str
    second: str
    evidence: str


@dataclass(slots=True)
class ReadRow:
    """What a row's cells gave. `refused`: it cannot be written as it stands."""

    figures: list[PlannedFigure] = field(default_factory=list)
    target: PlannedTarget | None = None
    swap: Swap | None = None
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    """Every count of the row by its column's key, those that feed no figure included."""


def is_maintain(text: str) -> bool:
    """Whether a target says "Duy trì kết quả đạt được" (printed "dược" in places)."""
    return names.fold(text).startswith("duy tri")


def agrees(printed: Rate, value: Decimal) -> bool:
    """Whether the printed rate is the value rounded half up or cut at the decimals that were printed.

    A formula's cell holds more decimals than it shows; what it shows counts.
    """
    return numbers.round_half_up(printed.value, printed.decimals) in (
        numbers.round_half_up(value, printed.decimals),
        numbers.truncate(value, printed.decimals),
    )


def swap_evidence(*, total: int, online: int, rate: Rate | None) -> str:
    """Return why two counts must stand in each other's column, where the printed rate confirms it, or "".

    Kế hoạch 269/KH-UBND prints 2.657 of 20.605 in each other's column beside "12%".
    """
    value = numbers.rate(numerator=total, denominator=online)
    if rate is None or value is None or not agrees(rate, value):
        return ""
    exact = numbers.round_half_up(value, rate.decimals) == rate.value
    how = "làm tròn" if exact else "cắt phần lẻ"
    return (
        f"Đổi chỗ thì {vi_number(total)}/{vi_number(online)} = {vi_number(value, 2)} %, "
        f"đúng với tỷ lệ in {rate.printed} ({how})."
    )
