"""What every kind of rule takes and gives, and the words that they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar

from dvctt.lib import numbers
from targets.rules.reading import Reader

Compare = Literal["raw", "printed"]
Case = Literal[
    "below",
    "at_or_above",
    "no_baseline",
    "catch_up",
    "maintain",
    "fixed",
    "grown",
    "cascaded",
    "floored",
    "overridden",
]
P = TypeVar("P")

MAINTAIN_WORDING: Final = "Duy trì kết quả đạt được"
NO_BASELINE: Final = "chưa có số liệu gốc"


@lru_cache(maxsize=16_384)
def _official(rounded: str, unit: str) -> str:
    # A nation's rates have ten thousand texts of two decimals between them.
    text = numbers.vi_number(Decimal(rounded))
    return f"{text}%" if unit == "%" else f"{text} {unit}"


@dataclass(frozen=True, slots=True)
class Measure:
    """How the indicator is read: its direction, whether it is a rate in percent, its unit of measure."""

    higher_is_better: bool = True
    is_rate: bool = True
    unit: str = "%"

    def figure(self, value: Decimal, decimals: int | None = None) -> str:
        """Return the value with its unit, "43 %" or "30 phút", with all its decimals unless told."""
        return f"{numbers.vi_number(value, decimals)} {self.unit}"

    def official(self, value: Decimal) -> str:
        """Return the value as an appendix prints it: "84,3%", at most two decimals."""
        return _official(str(numbers.round_half_up(value, 2)), self.unit)

    def lacks(self, value: Decimal, limit: Decimal) -> bool:
        """Whether the value is worse than the limit."""
        return value < limit if self.higher_is_better else value > limit


@dataclass(frozen=True, slots=True)
class Floor:
    """What a unit was assigned from above, and by which plan: nobody below may assign less.

    `is_strict`: above it was "trên 80%", so 80 below is less. `is_owners`: the plan above said nothing of
    such units; it is what the unit that passes it on was assigned itself.
    """

    value: Decimal
    source: str
    is_strict: bool = False
    is_owners: bool = False

    def is_above(self, assigned: Decimal, is_strict: bool, measure: Measure) -> bool:
        """Whether a target is less than was assigned from above."""
        if assigned == self.value:
            return self.is_strict and not is_strict
        return measure.lacks(assigned, self.value)

    @property
    def giver(self) -> str:
        """Who assigned it, in a sentence: "269/KH-UBND", or with for whom it was."""
        return f"{self.source} (cho chính đơn vị giao)" if self.is_owners else self.source

    def figure(self, measure: Measure) -> str:
        return f"{strictly(measure) if self.is_strict else ''}{measure.figure(self.value)}"


class Baseline(NamedTuple):
    """A unit's figure of the plan's baseline period: a value, or the state in words that it has instead.

    The counts say how many cases there were; else they only serve the sentence: whoever checks it can divide
    them. `floor` is what the unit was assigned from above, where a plan passes targets on.
    """

    value: Decimal | None
    printed: str = ""
    state: str = ""
    numerator: int | None = None
    denominator: int | None = None
    is_out_of_scope: bool = False
    floor: Floor | None = None

    @property
    def counts(self) -> str:
        """Return "585/651", or "" where the source told no counts."""
        if self.numerator is None or not self.denominator:
            return ""
        return f"{numbers.vi_number(self.numerator)}/{numbers.vi_number(self.denominator)}"


class Compared(NamedTuple):
    """The result that a rule compares: raw, as printed, or rounded for want of print."""

    value: Decimal
    how: Literal["raw", "printed", "rounded"]


class Decision(NamedTuple):
    """What a rule assigns: `scored` is what results are judged against; `wording` is the appendix's.

    `is_strict`: a result equal to the target has not reached it ("trên 80%"). `easiest` and `hardest` are
    bounds that rounding a computed target must not pass.
    """

    assigned: Decimal
    stretch: Decimal | None
    scored: Decimal
    maintain: bool
    wording: str
    case: Case
    is_strict: bool = False
    easiest: Decimal | None = None
    hardest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NoTarget:
    """The rule assigns nothing, and why; `is_settled`: nothing is waited for, the plan means it so."""

    reason: str
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """One parameter of a rule in words."""

    term: str
    text: str


def _no_limit(parameters: Any) -> Decimal | None:
    return None


@dataclass(frozen=True, slots=True)
class RuleKind(Generic[P]):
    """A kind of rule: all that the rest of the product asks of it.

    `read` takes parameters from JSON and tells the reader of each wrong one; `plain` gives them back as JSON
    with every default said; `decide` assigns; `sentence` explains so that a person can check by hand;
    `because` says the decisive comparison alone; `clauses` and `cliffs` are the parameters in words; `limit`
    is the result at which a cliff stands.
    """

    code: str
    label: str
    read: Callable[[Reader, Measure], P | None]
    plain: Callable[[P, Measure], dict[str, Any]]
    decide: Callable[[P, Baseline, Measure], Decision | NoTarget]
    sentence: Callable[[P, Baseline, Measure, str, str], str]
    because: Callable[[P, Baseline, Measure], str]
    clauses: Callable[[P, Measure], list[Clause]]
    cliffs: Callable[[P, Measure], list[str]]
    limit: Callable[[P], Decimal | None] = _no_limit


def compared(baseline: Baseline, *, compare: Compare, decimals: int) -> Compared | None:
    """Return the result that is compared, or None without a baseline.

    "printed": the rate as the source printed it, row by row; where it printed none, rounded half up to
    `decimals`. Never an indicator's own decimals (domain: Kế hoạch 269/KH-UBND prints some groups with one).
    """
    if baseline.value is None:
        return None
    if compare == "raw":
        return Compared(baseline.value, "raw")
    try:
        printed = numbers.parse_rate(baseline.printed) if baseline.printed else None
    except numbers.NumberUnclear:
        printed = None
    if printed is not None:
        return Compared(printed.value, "printed")
    return Compared(numbers.round_half_up(baseline.value, decimals), "rounded")


def strictly(measure: Measure) -> str:
    """Return the word before a level that must be passed: "trên 80%", "dưới 30 phút"."""
    return "trên " if measure.higher_is_better else "dưới "


def passed_on(value: Decimal, is_strict: bool, measure: Measure) -> str:
    """Return what was assigned from above as an appendix prints it: "80%", "Trên 80%"."""
    text = f"{strictly(measure) if is_strict else ''}{measure.official(value)}"
    return text[0].upper() + text[1:]


def at_least(value: Decimal, measure: Measure) -> str:
    """Return a computed target as an appendix prints it: "Tối thiểu 84,3%", "Tối đa 18 phút"."""
    return f"{'Tối thiểu' if measure.higher_is_better else 'Tối đa'} {measure.official(value)}"


def both_levels(assigned: Decimal, stretch: Decimal, measure: Measure) -> str:
    """Return a target with what is to be striven for as an appendix prints them."""
    return f"Giao {measure.official(assigned)}, phấn đấu {measure.official(stretch)}"


def no_baseline_reason(baseline: Baseline) -> str:
    return f"{NO_BASELINE} ({baseline.state})" if baseline.state else NO_BASELINE


def shown(value: Decimal, *limits: Decimal) -> Decimal:
    """Return the value with the fewest decimals, two at least, that stand to every limit as the value does.

    So that 89,996 is not shown as 90 beside "dưới 90".
    """
    for decimals in range(2, numbers.RATE_DECIMALS):
        rounded = numbers.round_half_up(value, decimals)
        if all((rounded < limit, rounded > limit) == (value < limit, value > limit) for limit in limits):
            return rounded
    return value


def shown_before_rounding(value: Decimal, rounded: Decimal) -> Decimal:
    """Return the value short enough to read and long enough to round to `rounded` by hand."""
    half = Decimal(5).scaleb(int(rounded.as_tuple().exponent) - 1)
    return shown(value, rounded - half, rounded + half)


def kept(value: Decimal) -> Decimal:
    """Return the value as figures are stored, ten decimals, rounded half up."""
    return numbers.round_half_up(value, numbers.RATE_DECIMALS)


def compare_clause(compare: Compare, decimals: int) -> Clause:
    if compare == "raw":
        return Clause("Kết quả đem so sánh", "số chưa làm tròn")
    rounding = f"{decimals} chữ số thập phân" if decimals else "số nguyên"
    return Clause("Kết quả đem so sánh", f"như nguồn in; nguồn không in thì làm tròn đến {rounding}")


def read_compare(reader: Reader, *, default: Compare) -> tuple[Compare, int]:
    """Return how results are compared and the decimals for rounding where a source printed none."""
    compare = reader.choice("compare", {"raw": "raw", "printed": "printed"}, default=default)
    decimals = reader.whole("decimals", low=0, high=numbers.RATE_DECIMALS, default=0)
    return ("printed" if compare == "printed" else "raw"), decimals


def unused_result(baseline: Baseline, measure: Measure, label: str, *limits: Decimal) -> str:
    """Return the result in words beside a target that does not depend on it."""
    found = no_baseline_reason(baseline)
    if baseline.value is not None:
        found = measure.figure(shown(baseline.value, *limits))
    return f"kết quả {label}: {found}, không dùng để tính"


RESULT_UNUSED: Final = Clause("Kết quả kỳ gốc", "không dùng để tính")


def no_cliffs(parameters: Any, measure: Measure) -> list[str]:
    """Say that one point more in the result never makes the target jump."""
    return []


def as_json(value: Decimal | None) -> str | None:
    return numbers.plain(value)


def bound_of_rate(measure: Measure) -> Decimal | None:
    """Return the largest value that the indicator can have, or None where there is none."""
    return Decimal(100) if measure.is_rate else None
