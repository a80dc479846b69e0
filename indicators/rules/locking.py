"""Figures that an official source has already: the unit is not asked for them. Plain Python."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from indicators.rules.figures import NOT_ARISING, NUMBER, OUT_OF_SCOPE

LOCKING_STATES: Final = (NUMBER, NOT_ARISING, OUT_OF_SCOPE)
"""What a source says when it has a figure; one that was not extracted is none, and the unit is asked."""


def sources_before(order: Sequence[str], *, own: str) -> list[str]:
    """Return the sources that come before the unit's own, all of them where that is not in the order."""
    return list(order[: order.index(own)] if own in order else order)


def locking_source(order: Sequence[str], *, own: str, held: Collection[str]) -> str:
    """Return the first source before the unit's own that has a figure, "" where none has."""
    return next((one for one in sources_before(order, own=own) if one in held), "")


def locked_in_words(source: str) -> str:
    """Return why a cell takes no figure, and what to do; `source` is the source's name."""
    return f"đã có số từ {source} nên không nhận số khác; thấy số đó sai thì bấm “Báo sai số liệu”"
