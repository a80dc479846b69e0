"""What every kind of rule may be told besides its own parameters: whom it leaves out, how it rounds.

Documents leave these choices open; each is a parameter of the rule with a default that the plan shows. Here
is also the one place that holds the law of passing on: no target below what was assigned from above.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal

from dvctt.lib import numbers
from targets.rules.base import (
    Baseline,
    Clause,
    Decision,
    Measure,
    NoTarget,
    as_json,
    at_least,
    both_levels,
    passed_on,
)
from targets.rules.reading import Reader

_MOST_CASES: Final = 1_000_000
_COMPUTED: Final = frozenset({"grown", "at_or_above"})
_MOST: Final = Decimal(10) ** 12
TOO_MUCH: Final = NoTarget("mức tính được quá lớn; xem lại tham số của quy tắc")
OUT_OF_SCOPE: Final = "không thuộc phạm vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`rounding` is the step that computed targets are rounded to, in the indicator's unit; None keeps them.

    "harder" rounds up where higher is better, else down; "nearest" rounds half up. Levels that the rule
    states itself, and kept results, are never rounded. Below `fewest` cases (the baseline's denominator) and
    out of the indicator's scope nothing is assigned ("none"), or the unit is one without a baseline
    ("no_baseline"). `waiver` leaves out units with fewer cases in all (the numerator) than the target asks.
    """

    rounding: Decimal | None = None
    rounding_way: Literal["harder", "nearest"] = "harder"
    fewest: int = 0
    few_cases: Literal["none", "no_baseline"] = "none"
    not_applicable: Literal["none", "no_baseline"] = "none"
    waiver: bool = False


def read(reader: Reader, measure: Measure) -> Terms | None:
    """Return the terms; what else stands in the object is the kind's to read. None where one is wrong."""
    before = len(reader.problems)
    rounding = reader.number("rounding", default=None, may_be_null=True)
    if rounding is not None and not 0 < rounding <= 100:
        reader.problem(f"bước làm tròn {rounding} phải lớn hơn 0 và không quá 100", key="rounding")
    ways: dict[str, Literal["harder", "nearest"]] = {"harder": "harder", "nearest": "nearest"}
    either: dict[str, Literal["none", "no_baseline"]] = {"none": "none", "no_baseline": "no_baseline"}
    way = reader.choice("rounding_way", ways, default="harder")
    fewest = reader.whole("fewest", low=0, high=_MOST_CASES, default=0)
    few_cases = reader.choice("few_cases", either, default="none")
    not_applicable = reader.choice("not_applicable", either, default="none")
    waiver = reader.flag("waiver", default=False)
    if waiver and measure.is_rate:
        reader.problem("chỉ tiêu tỷ lệ không có mức tính bằng số hồ sơ để miễn", key="waiver")
    if len(reader.problems) > before or way is None or few_cases is None or not_applicable is None:
        return None
    return Terms(
        rounding=rounding,
        rounding_way=way,
        fewest=fewest,
        few_cases=few_cases,
        not_applicable=not_applicable,
        waiver=waiver,
    )


def plain(terms: Terms) -> dict[str, Any]:
    return {
        "rounding": as_json(terms.rounding),
        "rounding_way": terms.rounding_way,
        "fewest": terms.fewest,
        "few_cases": terms.few_cases,
        "not_applicable": terms.not_applicable,
        "waiver": terms.waiver,
    }


def seen(terms: Terms, baseline: Baseline) -> Baseline | NoTarget:
    """Return the baseline as the rule shall see it, or why the unit is left out."""
    if baseline.is_out_of_scope and terms.not_applicable == "none":
        return NoTarget(OUT_OF_SCOPE, is_settled=True)
    if baseline.value is None or baseline.denominator is None or baseline.denominator >= terms.fewest:
        return baseline
    counts = baseline.counts or numbers.vi_number(baseline.denominator)
    few = f"ít hồ sơ ({counts}, dưới {numbers.vi_number(terms.fewest)})"
    if terms.few_cases == "none":
        return NoTarget(few)
    return baseline._replace(value=None, printed="", state=few)


def settled(terms: Terms, decision: Decision, baseline: Baseline, measure: Measure) -> Decision | NoTarget:
    """Return the decision rounded, waived, and lifted to what was assigned from above."""
    if is_too_much(decision):
        return TOO_MUCH
    decision = _rounded(terms, decision, measure)
    if terms.waiver and baseline.numerator is not None and baseline.numerator < decision.assigned:
        cases, asked = numbers.vi_number(baseline.numerator), measure.figure(decision.assigned)
        return NoTarget(f"được miễn: cả kỳ có {cases} hồ sơ, ít hơn mức {asked}", is_settled=True)
    return _lifted(decision, baseline, measure)


def is_too_much(decision: Decision) -> bool:
    """Whether a level is past what can be kept: parameters that grow without a bound."""
    return decision.assigned >= _MOST or (decision.stretch is not None and decision.stretch >= _MOST)


def _rounded(terms: Terms, decision: Decision, measure: Measure) -> Decision:
    if terms.rounding is None or decision.case not in _COMPUTED:
        return decision
    assigned = _to_step(decision.assigned, terms, decision, measure)
    stretch = None if decision.stretch is None else _to_step(decision.stretch, terms, decision, measure)
    is_stretch_scored = decision.stretch is not None and decision.scored == decision.stretch
    return decision._replace(
        assigned=assigned,
        stretch=stretch,
        scored=stretch if is_stretch_scored and stretch is not None else assigned,
        wording=at_least(assigned, measure) if stretch is None else both_levels(assigned, stretch, measure),
    )


def _to_step(value: Decimal, terms: Terms, decision: Decision, measure: Measure) -> Decimal:
    bound = _passed_bound(value, terms, decision, measure)
    return _multiple(value, terms, measure) if bound is None else bound


def _passed_bound(value: Decimal, terms: Terms, decision: Decision, measure: Measure) -> Decimal | None:
    """Return the bound that the rounded value would pass, None where it passes none."""
    rounded = _multiple(value, terms, measure)
    if decision.easiest is not None and measure.lacks(rounded, decision.easiest):
        return decision.easiest
    if decision.hardest is not None and measure.lacks(decision.hardest, rounded):
        return decision.hardest
    return None


def _multiple(value: Decimal, terms: Terms, measure: Measure) -> Decimal:
    step = terms.rounding or Decimal(1)
    ways = {
        ("harder", True): ROUND_CEILING,
        ("harder", False): ROUND_FLOOR,
        ("nearest", True): ROUND_HALF_UP,
        ("nearest", False): ROUND_HALF_UP,
    }
    rounding = ways[terms.rounding_way, measure.higher_is_better]
    return (value / step).to_integral_value(rounding=rounding) * step


def _lifted(decision: Decision, baseline: Baseline, measure: Measure) -> Decision:
    floor = baseline.floor
    if floor is None or not floor.is_above(decision.assigned, decision.is_strict, measure):
        return decision
    stretch = decision.stretch
    if stretch is not None and measure.lacks(stretch, floor.value):
        stretch = floor.value
    is_stretch_scored = decision.stretch is not None and decision.scored == decision.stretch
    return decision._replace(
        assigned=floor.value,
        stretch=stretch,
        scored=stretch if is_stretch_scored and stretch is not None else floor.value,
        maintain=False,
        wording=passed_on(floor.value, floor.is_strict, measure),
        case="floored",
        is_strict=floor.is_strict,
    )


def afterwards(terms: Terms, before: Decision, after: Decision, baseline: Baseline, measure: Measure) -> str:
    """Return what the terms did to a decision, to stand behind the rule's own sentence; "" for nothing."""
    parts = []
    rounded = _rounded(terms, before, measure)
    if rounded != before:
        bounds = _bounds_words(terms, before, measure)
        parts.append(f"làm tròn {_way_words(terms, measure)}{bounds}: {_levels(rounded, measure)}")
    if after.case == "floored" and baseline.floor is not None:
        floor = baseline.floor.figure(measure)
        better = "thấp hơn" if measure.higher_is_better else "cao hơn"
        parts.append(f"không {better} mức {floor} mà {baseline.floor.giver} giao: {_levels(after, measure)}")
    return "; ".join(parts)


def _bounds_words(terms: Terms, decision: Decision, measure: Measure) -> str:
    """Return the bounds that stopped the rounding: without them nobody could do it by hand."""
    values = [decision.assigned] if decision.stretch is None else [decision.assigned, decision.stretch]
    words = []
    for value in values:
        bound = _passed_bound(value, terms, decision, measure)
        if bound is not None:
            is_upper = bound < _multiple(value, terms, measure)
            words.append(f", không {'quá' if is_upper else 'dưới'} {numbers.vi_number(bound)}")
    return "".join(dict.fromkeys(words))


def _levels(decision: Decision, measure: Measure) -> str:
    given = f"giao {measure.figure(decision.assigned)}"
    return given if decision.stretch is None else f"{given}, phấn đấu {measure.figure(decision.stretch)}"


def _way_words(terms: Terms, measure: Measure) -> str:
    step = numbers.vi_number(terms.rounding)
    if terms.rounding_way == "nearest":
        return f"đến bội số gần nhất của {step}"
    return f"{'lên' if measure.higher_is_better else 'xuống'} bội số của {step}"


def clauses(terms: Terms, measure: Measure) -> list[Clause]:
    """Return the terms in words, defaults included."""
    found = [
        Clause(
            "Làm tròn mức tính được",
            "không làm tròn" if terms.rounding is None else _way_words(terms, measure),
        )
    ]
    like_no_baseline = "như không có số liệu gốc"
    few = "không giao, liệt kê riêng" if terms.few_cases == "none" else like_no_baseline
    found.append(
        Clause("Ít hồ sơ", f"dưới {numbers.vi_number(terms.fewest)}: {few}")
        if terms.fewest
        else Clause("Ít hồ sơ", "không xét")
    )
    scope = "không giao" if terms.not_applicable == "none" else like_no_baseline
    found.append(Clause("Không thuộc phạm vi", scope))
    if terms.waiver:
        found.append(Clause("Miễn", "đơn vị có ít hồ sơ hơn mức giao"))
    return found
