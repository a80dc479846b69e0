"""Doubting an official figure: who may say what, and when it is settled. Plain Python."""

from __future__ import annotations

from typing import Final

from indicators.rules.entering import EntryError
from indicators.rules.risk import Known

DOUBT_RAISED: Final = "raised"
DOUBT_ACCEPTED: Final = "accepted"
DOUBT_REJECTED: Final = "rejected"
DOUBT_MENDED: Final = "mended"
DOUBT_LENGTH: Final = 500
"""How long what is said of a figure, and the answer, may be."""
UNSETTLED: Final = (DOUBT_RAISED, DOUBT_ACCEPTED)


class NothingToDoubt(EntryError):
    """No official source has a figure there."""


class DoubtOpen(EntryError):
    """The figure is doubted already, and nobody has mended it yet."""


class DoubtAnswered(EntryError):
    """Nothing is left to answer."""


def doubt_status(status: str, *, doubted: Known, now: Known | None) -> str:
    """Return where a doubt stands: mended once the figure is another than the doubted one, or gone."""
    return DOUBT_MENDED if status in UNSETTLED and now != doubted else status
