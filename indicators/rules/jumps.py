"""Figures that a unit's own history makes unlikely: the modified z-score, built on medians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final

FEWEST_PERIODS: Final = 4
MOST_PERIODS: Final = 8
"""So many of the latest periods tell what is usual for a unit."""
LIMIT: Final = Decimal("3.5")
_TO_SIGMA: Final = Decimal("0.6745")
_LEAST_SPREAD: Final = Decimal(2)
"""A unit that never moves has no spread of its own; two points (or pieces) are not worth a word."""


@dataclass(frozen=True, slots=True)
class Jump:
    """How far a value lies from the median of the periods before, in robust standard deviations."""

    score: Decimal
    median: Decimal


def jump_score(value: Decimal, past: Sequence[Decimal]) -> Jump | None:
    """Return the jump where the modified z-score (Iglewicz and Hoaglin) is above 3,5, else None.

    None too with fewer than four periods: too little to know what is usual.
    """
    if len(past) < FEWEST_PERIODS:
        return None
    middle = median(past)
    spread = max(median(abs(one - middle) for one in past), _LEAST_SPREAD)
    score = _TO_SIGMA * abs(value - middle) / spread
    return Jump(score, middle) if score > LIMIT else None
