"""Ranks of a league table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def competition_ranks(values: Sequence[Decimal], *, higher_is_better: bool) -> list[int]:
    """Return the rank of each value, in the order given: 1-2-2-4.

    Equal values share the better rank and the next one is skipped, as in the published league tables.
    Values are compared as they are, so the caller passes them unrounded. Units without a number are not
    passed at all: they are listed unranked.
    """
    ranks = [0] * len(values)
    rank, before = 0, None
    # Neighbours are compared, since hashing a Decimal takes many times as long.
    best_first = sorted(range(len(values)), key=values.__getitem__, reverse=higher_is_better)
    for position, index in enumerate(best_first, start=1):
        if values[index] != before:
            rank, before = position, values[index]
        ranks[index] = rank
    return ranks
