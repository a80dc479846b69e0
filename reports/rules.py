"""How a figure is judged against its target and shown beside its peers. Plain Python.

Rates are in percent and differences in percentage points; values are compared unrounded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from dvctt.lib import ranking

MET: Final = "met"
MAINTAIN: Final = "maintain"
NEAR: Final = "near"
BEHIND: Final = "behind"
FAR: Final = "far"
NONE: Final = "none"

BANDS: Final[tuple[tuple[str, Decimal], ...]] = (
    (MET, Decimal(1)),
    (NEAR, Decimal("0.95")),
    (BEHIND, Decimal("0.80")),
    (FAR, Decimal(0)),
)
"""Band and the share of its target from which a figure stands in it. The only place that says so."""

REACHED: Final = frozenset({MET, MAINTAIN})
BIG_MOVE: Final = 10
"""Places from which a change of rank is worth a sentence; below five it is noise (dvctt.lib.display.move)."""

LEVELS: Final[dict[str, str]] = {
    "tinh": "cấp tỉnh",
    "so": "sở, ban, ngành",
    "huyen": "cấp huyện",
    "xa": "cấp xã",
}
"""Levels inside a sentence."""
TOO_FEW: Final = "ít hồ sơ"

COUNTED_THINGS: Final = (
    "hồ sơ",
    "giao dịch",
    "TTHC",
    "DVCTT",
    "kết quả",
    "bản sao",
    "phản ánh",
    "lượt",
    "bộ phận",
)
"""What numerators count, in the words with which the catalogue's numerators begin."""


def band(
    *, value: Decimal | None, target: Decimal | None, higher_is_better: bool, maintain: bool = False
) -> str:
    """Return the band of a figure against the target that is scored; NONE without either.

    A kept result ("duy trì") is MAINTAIN as long as it is kept, and judged like any other once it is not.
    """
    if value is None or target is None:
        return NONE
    if value >= target if higher_is_better else value <= target:
        return MAINTAIN if maintain else MET
    part, whole = (value, target) if higher_is_better else (target, value)
    return next(name for name, share in BANDS[1:] if part >= whole * share)


def gap(*, value: Decimal | None, target: Decimal | None, higher_is_better: bool) -> Decimal | None:
    """Return how far beyond its target the figure is, negative when it is lacking; None without either."""
    if value is None or target is None:
        return None
    return value - target if higher_is_better else target - value


def lacking_cases(
    *,
    value: Decimal | None,
    target: Decimal | None,
    numerator: int | None,
    denominator: int | None,
    higher_is_better: bool,
) -> int | None:
    """Return how many cases more lift `value` to the target (percent), 0 when met; None without counts.

    The least whole number that suffices: 64 of 6.994 for 89,09 % against 90 %.
    """
    if value is None or target is None or numerator is None or not denominator or not higher_is_better:
        return None
    # A kept result is itself a rounded rate: equal to it is enough, whatever the last digit would ask for.
    if value >= target:
        return 0
    return max(math.ceil(target * denominator / 100) - numerator, 0)


def counted_thing(numerator_words: str) -> str:
    """Return what a numerator counts: "hồ sơ" for "Hồ sơ tiếp nhận trực tuyến"; else "trường hợp"."""
    said = numerator_words.casefold()
    return next((thing for thing in COUNTED_THINGS if said.startswith(thing.casefold())), "trường hợp")


def place(rank: int, *, tied: bool) -> str:
    """Return the rank as it is shown: "2=" where it is shared."""
    return f"{rank}=" if tied else str(rank)


def rank_changes(
    *, now: Mapping[int, Decimal], before: Mapping[int, Decimal], higher_is_better: bool
) -> dict[int, int]:
    """Return the places climbed (negative: lost) by unit, over the units that have a value in both.

    Both ranks are taken among just those units, so that newcomers and absentees move nobody.
    """
    common = [unit for unit in now if unit in before]
    ranks_now = ranking.competition_ranks([now[unit] for unit in common], higher_is_better=higher_is_better)
    ranks_before = ranking.competition_ranks(
        [before[unit] for unit in common], higher_is_better=higher_is_better
    )
    return {
        unit: earlier - later for unit, later, earlier in zip(common, ranks_now, ranks_before, strict=True)
    }


def median(values: Sequence[Decimal]) -> Decimal | None:
    """Return the middle value, or the mean of the two in the middle; None of nothing."""
    return quantile(values, Decimal("0.5"))


def quantile(values: Sequence[Decimal], share: Decimal) -> Decimal | None:
    """Return the value below which that share (0 to 1) lies, linear between neighbours; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    position = (len(ordered) - 1) * share
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
