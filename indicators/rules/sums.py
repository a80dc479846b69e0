"""Adding figures up: those of several units, or of one unit over several periods. Plain Python.

Numerators and denominators are added and then divided; rates are never averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from dvctt.lib import numbers
from dvctt.lib.periods import PeriodSpan
from indicators.rules.figures import NOT_ARISING, NOT_PUBLISHED, NOT_SUBMITTED, NUMBER, OUT_OF_SCOPE

_KIND_WORDS: Final = {"quarter": "quý", "month": "tháng"}
"""What several periods of one kind are called; of other kinds, or of several, they are "kỳ"."""


class PeriodsOverlap(ValueError):
    """Periods that share days and so cannot be added up; str() says which."""


class Counted(NamedTuple):
    """A unit's figure as far as sums need it."""

    numerator: int | None
    denominator: int | None
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Total:
    """Numerators and denominators added up, and what they give: percent for a rate, else in the own unit."""

    numerator: int
    denominator: int | None
    value: Decimal | None


def counts_of(figure: Counted, *, has_denominator: bool) -> tuple[int, int] | None:
    """Return what the figure adds to numerator and denominator, or None where it came without counts."""
    if has_denominator:
        if figure.numerator is None or figure.denominator is None:
            return None
        return figure.numerator, figure.denominator
    count = figure.numerator if figure.numerator is not None else _whole(figure.value)
    return None if count is None else (count, 0)


def total(figures: Iterable[Counted], *, is_rate: bool, has_denominator: bool) -> Total | None:
    """Return the sum of the figures and its rate, or None where one of them came without counts.

    Rates are never averaged: a figure published as a rate alone cannot be added up ("không quy đổi được").
    """
    numerator, denominator, seen = 0, 0, False
    for figure in figures:
        seen = True
        counts = counts_of(figure, has_denominator=has_denominator)
        if counts is None:
            return None
        numerator += counts[0]
        denominator += counts[1]
    if not seen:
        return None
    if not has_denominator:
        return Total(numerator, None, Decimal(numerator))
    if is_rate:
        return Total(numerator, denominator, numbers.rate(numerator=numerator, denominator=denominator))
    quotient = (
        numbers.round_half_up(Decimal(numerator) / denominator, numbers.RATE_DECIMALS)
        if denominator
        else None
    )
    return Total(numerator, denominator, quotient)


def _whole(value: Decimal | None) -> int | None:
    return int(value) if value is not None and value == value.to_integral_value() else None


# --- One unit over several periods --------------------------------------------------------------------------


class PeriodFigure(NamedTuple):
    """A unit's figure of one period, as far as a sum over periods needs it."""

    state: str
    counted: Counted


@dataclass(frozen=True, slots=True)
class PeriodSum:
    """A unit's figures of several periods added up, and by period code what became of each.

    Every period is in one of the four: `added` (where nothing arose it added 0/0), `out_of_scope` (nothing to
    add), `uncounted` (a number without counts) or `missing` (no figure, or one that was not published).
    """

    state: str
    total: Total | None
    added: tuple[str, ...] = ()
    out_of_scope: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal | None:
        """What the sum gives, or None with the state that says why not."""
        return self.total.value if self.total is not None and self.state == NUMBER else None


def check_periods(spans: Sequence[PeriodSpan]) -> None:
    """Raise PeriodsOverlap where two of the periods share days: their cases would be counted twice."""
    for one, other in pairwise(sorted(spans, key=lambda span: (span.starts_on, span.ends_on))):
        if other.starts_on <= one.ends_on:
            raise PeriodsOverlap(
                f"Không cộng được {one.label} với {other.label} vì hai kỳ có ngày trùng nhau; "
                "hãy chọn các kỳ rời nhau, ví dụ bốn quý của một năm."
            )


def sum_over_periods(
    figures: Mapping[str, PeriodFigure], *, periods: Sequence[str], is_rate: bool, has_denominator: bool
) -> PeriodSum:
    """Return the sum of a unit's figures, given by period code, over the periods.

    One number without counts makes the sum unknowable (NOT_PUBLISHED). A missing period does not: the sum is
    over those there are, and `missing` says so.
    """
    added, out_of_scope, uncounted, missing = [], [], [], []
    counted: list[Counted] = []
    states: set[str] = set()
    for code in periods:
        figure = figures.get(code)
        if figure is None:
            missing.append(code)
            continue
        states.add(figure.state)
        if figure.state == NOT_ARISING:
            counted.append(Counted(0, 0, None))
            added.append(code)
        elif figure.state == OUT_OF_SCOPE:
            out_of_scope.append(code)
        elif figure.state != NUMBER:
            missing.append(code)
        elif counts_of(figure.counted, has_denominator=has_denominator) is None:
            uncounted.append(code)
        else:
            counted.append(figure.counted)
            added.append(code)
    whole = None if uncounted else total(counted, is_rate=is_rate, has_denominator=has_denominator)
    if uncounted:
        state = NOT_PUBLISHED
    elif whole is not None:
        # A denominator of 0 has no rate, as in a single figure; a count arose where one period had a number.
        state = NUMBER if NUMBER in states and whole.value is not None else NOT_ARISING
    elif out_of_scope:
        state = OUT_OF_SCOPE
    else:
        state = NOT_SUBMITTED if states == {NOT_SUBMITTED} else NOT_PUBLISHED
    return PeriodSum(state, whole, tuple(added), tuple(out_of_scope), tuple(uncounted), tuple(missing))


def sum_wording(found: PeriodSum, *, spans: Sequence[PeriodSpan], is_rate: bool) -> str:
    """Return what the sum is made of: "cộng 3 trong 4 quý, thiếu Quý III/2023"."""
    labels = {span.code: span.label for span in spans}
    kinds = {span.kind.removesuffix("_statutory") for span in spans}
    word = _KIND_WORDS.get(kinds.pop(), "kỳ") if len(kinds) == 1 else "kỳ"

    def named(codes: Iterable[str]) -> str:
        return ", ".join(labels[code] for code in codes)

    parts = []
    if found.uncounted:
        what = "chỉ có tỷ lệ" if is_rate else "không có số đếm"
        parts.append(f"không cộng được: {named(found.uncounted)} {what}")
    elif len(found.added) == len(spans):
        parts.append(f"cộng {len(spans)} {word}: {named(found.added)}")
    elif found.added:
        parts.append(f"cộng {len(found.added)} trong {len(spans)} {word}")
    elif not found.out_of_scope:
        parts.append("không có số liệu để cộng")
    if found.out_of_scope:
        parts.append(f"{named(found.out_of_scope)} không thuộc phạm vi")
    if found.missing:
        parts.append(f"thiếu {named(found.missing)}")
    return ", ".join(parts)
