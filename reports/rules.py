"""How a figure stands beside its peers: ranks, changes of rank, the middle. Plain Python.

How it is judged against its target is said in targets.rules.judging. Values are compared unrounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from dvctt.lib import ranking

BIG_MOVE: Final = 10
"""Places from which a change of rank is worth a sentence; below five it is noise (dvctt.lib.display.move)."""

LEVELS: Final[dict[str, str]] = {
    "tinh": "cấp tỉnh",
    "so": "sở, ban, ngành",
    "huyen": "cấp huyện",
    "xa": "cấp xã",
}
"""Levels inside a sentence."""


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


# --- where the misses of a heat map lie -----------------------------------------------------------

BETTER, EVEN, WORSE = "better", "even", "worse"


def beside(value: Decimal, middle: Decimal, *, higher_is_better: bool) -> str:
    """Return how a figure stands to the middle of its peers: BETTER, EVEN or WORSE."""
    if value == middle:
        return EVEN
    return BETTER if (value > middle) == higher_is_better else WORSE


class Misses(NamedTuple):
    """In how many of the cells that were judged a unit, or an indicator, is short of its target."""

    key: int
    short: int
    judged: int

    @property
    def is_most(self) -> bool:
        return 2 * self.short > self.judged


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the misses lie. `indicators` and `units` are those at fault, worst first."""

    judged: int
    short: int
    indicators_judged: tuple[int, ...]
    units_judged: tuple[int, ...]
    indicators: tuple[Misses, ...]
    units: tuple[Misses, ...]

    @property
    def in_indicators(self) -> int:
        return sum(one.short for one in self.indicators)

    @property
    def in_units(self) -> int:
        return sum(one.short for one in self.units)


def spread(is_short: Mapping[tuple[int, int], bool]) -> Spread:
    """Return where the misses lie, given for each judged cell (unit, indicator) whether it is short.

    An indicator is at fault where more than half of the units judged by it are short. A unit is at fault
    where, those indicators aside, it is short in more than half of the others, two of them at least: what
    nearly nobody reaches says nothing about one unit.
    """
    by_indicator = _misses(is_short, side=1)
    at_fault = tuple(one for one in by_indicator if one.is_most)
    blamed = {one.key for one in at_fault}
    others = {cell: short for cell, short in is_short.items() if cell[1] not in blamed}
    return Spread(
        judged=len(is_short),
        short=sum(is_short.values()),
        indicators_judged=tuple(one.key for one in by_indicator),
        units_judged=tuple(dict.fromkeys(unit for unit, _ in is_short)),
        indicators=at_fault,
        units=tuple(one for one in _misses(others, side=0) if one.is_most and one.short > 1),
    )


def _misses(is_short: Mapping[tuple[int, int], bool], *, side: int) -> list[Misses]:
    """Return the misses by one side of the cells, the greatest share first, then the most."""
    counts: dict[int, list[int]] = {}
    for cell, short in is_short.items():
        count = counts.setdefault(cell[side], [0, 0])
        count[0] += short
        count[1] += 1
    found = [Misses(key, short, judged) for key, (short, judged) in counts.items()]
    return sorted(found, key=lambda one: (-Decimal(one.short) / one.judged, -one.short))


# --- making a table public ------------------------------------------------------------------------


class PublicationRefused(ValueError):
    """A table that is not made public, or not taken back; str() says why and what to do, `field` where."""

    field = ""


class NothingToPublish(PublicationRefused):
    def __init__(self) -> None:
        super().__init__(
            "Chưa xếp hạng được đơn vị nào nên chưa có gì để công bố. Hãy nhập hoặc duyệt số liệu trước."
        )


class PublicationChanged(PublicationRefused):
    def __init__(self) -> None:
        super().__init__(
            "Bảng này vừa được người khác công bố hoặc thu hồi. Hãy xem lại các lần công bố ở dưới rồi "
            "làm tiếp."
        )


class FiguresChanged(PublicationRefused):
    def __init__(self) -> None:
        super().__init__(
            "Số liệu đã đổi sau khi bạn mở trang này. Bảng dưới đây là bảng mới; hãy xem lại rồi bấm Công bố."
        )


class SameAsPublished(PublicationRefused):
    def __init__(self) -> None:
        super().__init__(
            "Bảng này đang được công khai, không khác một chữ số nào và cùng văn bản; không cần công bố lại."
        )


class PublicationWithdrawn(PublicationRefused):
    def __init__(self) -> None:
        super().__init__("Bản công bố này đã được thu hồi trước đó.")


class ReasonMissing(PublicationRefused):
    field = "reason"
