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
    rank_of: dict[Decimal, int] = {}
    for position, value in enumerate(sorted(values, reverse=higher_is_better), start=1):
        rank_of.setdefault(value, position)
    return [rank_of[value] for value in values]
