"""How values are spread: equal bins and what stands in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Bin:
    """How many units stand from `low` up to `high`; the last bin holds its upper end too."""

    low: Decimal
    high: Decimal
    units: int


def distribution(values: Sequence[Decimal], *, low: Decimal, high: Decimal, bins: int = 10) -> list[Bin]:
    """Return how many values stand in each of the equal bins from `low` to `high`; others are left out."""
    width = (high - low) / bins
    counts = [0] * bins
    for value in values:
        if low <= value <= high and width:
            counts[min(int((value - low) / width), bins - 1)] += 1
    return [Bin(low + width * n, low + width * (n + 1), count) for n, count in enumerate(counts)]
