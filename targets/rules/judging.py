"""How a figure is judged against its target: the one place that says it, for plans and for league tables.

Rates are in percent and differences in percentage points; values are compared unrounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from dvctt.lib import numbers

_HALF_STEP: Final = Decimal(5).scaleb(-numbers.RATE_DECIMALS - 1)

MET: Final = "met"
MAINTAIN: Final = "maintain"
NEAR: Final = "near"
BEHIND: Final = "behind"
FAR: Final = "far"
NONE: Final = "none"

BANDS: Final = (MET, MAINTAIN, NEAR, BEHIND, FAR, NONE)
REACHED: Final = frozenset({MET, MAINTAIN})
SHORT: Final = (NEAR, BEHIND, FAR)
"""Bands of figures that have not reached their target, nearest first."""


TOO_FEW: Final = "ít hồ sơ"
"""Why a figure of fewer cases than its indicator asks for is neither judged nor ranked."""

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


@dataclass(frozen=True, slots=True)
class Bands:
    """From how many percent of its target a figure is near it, and from how many only behind; else far.

    A plan says its own; these are what it starts with, and what judges targets that no plan of ours set.
    """

    near: Decimal = Decimal(95)
    behind: Decimal = Decimal(80)


USUAL: Final = Bands()


def is_reached(*, value: Decimal, target: Decimal, higher_is_better: bool, is_strict: bool = False) -> bool:
    """Whether the value reaches the target; where it must be exceeded ("trên 80%"), equal is not enough."""
    if value == target:
        return not is_strict
    return (value > target) == higher_is_better


def band(
    *,
    value: Decimal | None,
    target: Decimal | None,
    higher_is_better: bool,
    bands: Bands = USUAL,
    is_strict: bool = False,
    maintain: bool = False,
) -> str:
    """Return the band of a figure against the target that is scored; NONE without either.

    A kept result ("duy trì") is MAINTAIN as long as it is kept, and judged like any other once it is not.
    """
    if value is None or target is None:
        return NONE
    if is_reached(value=value, target=target, higher_is_better=higher_is_better, is_strict=is_strict):
        return MAINTAIN if maintain else MET
    part, whole = (value, target) if higher_is_better else (target, value)
    if part * 100 >= whole * bands.near:
        return NEAR
    return BEHIND if part * 100 >= whole * bands.behind else FAR


def gap(*, value: Decimal | None, target: Decimal | None, higher_is_better: bool) -> Decimal | None:
    """Return how far beyond its target the figure is, negative when it is lacking; None without either."""
    if value is None or target is None:
        return None
    return value - target if higher_is_better else target - value


def missing_cases(
    *,
    value: Decimal | None,
    target: Decimal | None,
    numerator: int | None,
    denominator: int | None,
    higher_is_better: bool,
    is_strict: bool = False,
) -> int | None:
    """Return how many cases more of the same denominator lift the rate to its target, both in percent.

    The least whole number that suffices, 0 when reached: 64 of 6.994 for 89,09 % against 90 %. None without
    counts, where lower is better, and where not even every case would do ("trên 100%").
    """
    if value is None or target is None or numerator is None or not denominator or not higher_is_better:
        return None
    # A figure is judged by the rate that it carries, not by its counts: a kept result is itself rounded.
    if is_reached(value=value, target=target, higher_is_better=True, is_strict=is_strict):
        return 0
    # Rates are kept rounded half up: from half a step below the target on they are the target.
    bound = target + _HALF_STEP if is_strict else target - _HALF_STEP
    enough = int((bound * denominator / 100).to_integral_value(ROUND_CEILING))
    return None if enough > denominator else max(enough - numerator, 0)


def bound_words(*, is_strict: bool, higher_is_better: bool) -> str:
    """Return what stands before a target that must be exceeded: "trên ", "dưới "; else nothing."""
    if not is_strict:
        return ""
    return "trên " if higher_is_better else "dưới "


def counted_thing(numerator_words: str) -> str:
    """Return what a numerator counts: "hồ sơ" for "Hồ sơ tiếp nhận trực tuyến"; else "trường hợp"."""
    said = numerator_words.casefold()
    return next((thing for thing in COUNTED_THINGS if said.startswith(thing.casefold())), "trường hợp")
