"""What the whole comes to when each unit just meets its own target: weighted by cases, never averaged."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from targets.rules.base import Measure, kept

HUNDRED = Decimal(100)


class Share(NamedTuple):
    """A unit's part of the whole: its counts of the baseline, and what it is asked for (None: nothing)."""

    numerator: int | None
    denominator: int | None
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Sums over the units with counts; `without_counts` could not be weighed and stand in no sum.

    `now` and `expected` are in percent for a rate, else in the indicator's unit per case. A unit without a
    target is taken to stay where it is. `missing` is how many cases `expected` falls short of the goal (for a
    rate), 0 where it reaches it, None where there is no goal to reach or nothing to weigh.
    """

    units: int
    without_counts: int
    denominator: int
    now: Decimal | None
    expected: Decimal | None
    goal: Decimal | None
    missing: int | None

    @property
    def is_reached(self) -> bool | None:
        return None if self.missing is None else self.missing == 0


def reach(shares: Iterable[Share], *, goal: Decimal | None, measure: Measure) -> Reach:
    """Return what the units come to together: those short of their target just meet it, others stay."""
    units = without = numerator = denominator = 0
    wanted = Decimal(0)
    scale = HUNDRED if measure.is_rate else Decimal(1)
    for share in shares:
        if share.numerator is None or not share.denominator:
            # No cases weigh nothing; unknown cases cannot be weighed.
            without += share.denominator is None
            continue
        units += 1
        numerator += share.numerator
        denominator += share.denominator
        reached = Decimal(share.numerator)
        if share.target is not None and measure.lacks(reached * scale / share.denominator, share.target):
            reached = share.target * share.denominator / scale
        wanted += reached
    if not denominator:
        return Reach(units, without, 0, None, None, goal, None)
    expected = kept(wanted / denominator * scale)
    missing = None
    if goal is not None:
        gap = (goal * denominator / scale) - wanted
        if not measure.higher_is_better:
            gap = -gap
        # A tenth digit of a rounded target is no dossier.
        missing = max(math.ceil(gap - Decimal("0.000001")), 0)
    return Reach(units, without, denominator, kept(numerator * scale / denominator), expected, goal, missing)
