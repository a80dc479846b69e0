"""How a figure stands beside its peers: ranks, changes of rank, the middle. Plain Python.

How it is judged against its target is said in targets.rules.judging. Values are compared unrounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

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


class SameAsPublished(PublicationRefused):
    def __init__(self) -> None:
        super().__init__("Bảng này đang được công khai, không khác một chữ số nào; không cần công bố lại.")


class PublicationWithdrawn(PublicationRefused):
    def __init__(self) -> None:
        super().__init__("Bản công bố này đã được thu hồi trước đó.")


class ReasonMissing(PublicationRefused):
    field = "reason"
