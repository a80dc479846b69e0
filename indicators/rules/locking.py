"""Which source's figure is the official one, and when the unit is not asked for it any more. Plain Python."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from indicators.rules.figures import NOT_ARISING, NUMBER, OUT_OF_SCOPE

FIGURE_STATES: Final = (NUMBER, NOT_ARISING, OUT_OF_SCOPE)
"""What a source says when it has a figure; one that was not extracted is none, and the unit is asked."""


def official_place(order: Sequence[str], *, source: str, state: str) -> tuple[bool, int]:
    """Return how near the source's figure is to being the official one of its cell: the least is it.

    The first source of the order that has a figure; what a portal could not extract does not hide the number
    that a later source has, and stands only where nobody has any.
    """
    return (state not in FIGURE_STATES, order.index(source))


def sources_before(order: Sequence[str], *, own: str) -> list[str]:
    """Return the sources that come before the unit's own, all of them where that is not in the order."""
    return list(order[: order.index(own)] if own in order else order)


def locking_source(order: Sequence[str], *, own: str, held: Collection[str]) -> str:
    """Return the first source before the unit's own that has a figure, "" where none has."""
    return next((one for one in sources_before(order, own=own) if one in held), "")


def locked_in_words(source: str) -> str:
    """Return why a cell takes no figure, and what to do; `source` is the source's name."""
    return f"đã có số từ {source} nên không nhận số khác; thấy số đó sai thì bấm “Báo sai số liệu”"
