"""A result grown by a percentage or by points, up to a bound, with the sum in words that can be checked."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, NamedTuple, Protocol

from dvctt.lib import numbers
from targets.rules.base import Baseline, Compared, Measure, kept, shown, shown_before_rounding

HUNDRED: Final = Decimal(100)


class Grows(Protocol):
    """Parameters that say how a result grows; `cap` bounds it where higher is better, else 0 does."""

    @property
    def growth(self) -> Decimal: ...
    @property
    def growth_kind(self) -> Literal["relative", "points"]: ...
    @property
    def cap(self) -> Decimal | None: ...


class Grown(NamedTuple):
    """How a stretch comes about: the result, what it grows to, and what remains of that within its bound."""

    result: Decimal
    grown: Decimal
    stretch: Decimal

    @property
    def is_capped(self) -> bool:
        return self.stretch != kept(self.grown)


def bounded(value: Decimal, parameters: Grows, measure: Measure) -> Decimal:
    """Return the value within its bound, in the indicator's unit."""
    if not measure.higher_is_better:
        return max(value, Decimal(0))
    return value if parameters.cap is None else min(value, parameters.cap)


def hardest_of(parameters: Grows, measure: Measure) -> Decimal | None:
    """Return the bound beyond which nothing is asked: the cap, or 0 where lower is better."""
    return parameters.cap if measure.higher_is_better else Decimal(0)


def grow(result: Decimal, parameters: Grows, measure: Measure) -> Grown:
    """Return the result grown: better by so much, whichever direction is better."""
    if parameters.growth_kind == "relative":
        grown = result * _factor(parameters, measure)
    elif measure.higher_is_better:
        grown = result + parameters.growth
    else:
        grown = result - parameters.growth
    return Grown(result, grown, kept(bounded(grown, parameters, measure)))


def _factor(parameters: Grows, measure: Measure) -> Decimal:
    return 1 + (parameters.growth if measure.higher_is_better else -parameters.growth) / HUNDRED


def operation_text(growth: Grown, parameters: Grows, measure: Measure) -> str:
    """Return the sum that gives it: "96 × 1,10", "50 + 10"."""
    result = numbers.vi_number(growth.result)
    if parameters.growth_kind == "relative":
        return f"{result} × {factor_text(_factor(parameters, measure))}"
    return f"{result} {'+' if measure.higher_is_better else '−'} {numbers.vi_number(parameters.growth)}"


def factor_text(factor: Decimal) -> str:
    """Return "1,10" for 1.1 and "1,125" for 1.125."""
    return numbers.vi_number(factor, max(2, -int(factor.normalize().as_tuple().exponent)))


def compared_text(baseline: Baseline, result: Compared, measure: Measure, *limits: Decimal) -> str:
    """Return the result in words, as it was compared: printed, rounded, or as it is."""
    value = baseline.value if baseline.value is not None else result.value
    match result.how:
        case "printed":
            return f"in là {measure.figure(result.value)}"
        case "rounded":
            exact = shown_before_rounding(value, result.value)
            return f"là {measure.figure(exact)}, làm tròn {measure.figure(result.value)}"
        case _:
            return f"là {measure.figure(shown(result.value, *limits) if limits else result.value)}"


def bound_text(parameters: Grows, measure: Measure) -> str:
    """Return the bound in words; where higher is better there must be a cap."""
    if not measure.higher_is_better:
        return "không dưới 0"
    return f"không quá {numbers.vi_number(parameters.cap)}"


def growth_text(parameters: Grows, measure: Measure) -> str:
    """Return by how much a result grows: "tăng thêm 10 %", "giảm thêm 5 phút"."""
    verb = "tăng thêm" if measure.higher_is_better else "giảm thêm"
    if parameters.growth_kind == "relative":
        return f"{verb} {numbers.vi_percent(parameters.growth, None)}"
    unit = "điểm %" if measure.is_rate else measure.unit
    return f"{verb} {numbers.vi_number(parameters.growth)} {unit}"
