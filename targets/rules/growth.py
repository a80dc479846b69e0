"""Growth over the baseline: "tối thiểu tăng 10% so với năm 2022" (domain §3, kind 6).

What such a sentence leaves open is a parameter: times 1,10 or plus 10 points; the cap; what is compared;
units without a baseline, or with so few cases that a percentage of theirs says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from dvctt.lib import numbers
from targets.rules.base import (
    Baseline,
    Clause,
    Compare,
    Compared,
    Decision,
    Measure,
    NoTarget,
    RuleKind,
    as_json,
    bound_of_rate,
    compare_clause,
    compared,
    kept,
    no_baseline_reason,
    read_compare,
    shown_before_rounding,
)
from targets.rules.reading import Reader

HUNDRED: Final = Decimal(100)
_MOST_CASES: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """`growth` is in percent of the result where relative, else in the indicator's unit.

    `without` is assigned where there is no baseline, None assigns nothing. Below `fewest` cases (the
    baseline's denominator) nothing is assigned; 0 asks for none.
    """

    growth: Decimal
    growth_kind: Literal["relative", "points"] = "relative"
    cap: Decimal | None = HUNDRED
    compare: Compare = "raw"
    decimals: int = 0
    without: Decimal | None = None
    fewest: int = 0


def read(reader: Reader, measure: Measure) -> Growth | None:
    before = len(reader.problems)
    highest = bound_of_rate(measure)
    growth = reader.number("growth", low=Decimal(0))
    kinds = {"relative": "relative", "points": "points"}
    growth_kind = reader.choice("growth_kind", kinds, default="relative")
    cap = reader.number("cap", low=Decimal(0), high=highest, default=highest, may_be_null=True)
    compare, decimals = read_compare(reader, default="raw")
    without = reader.number("without", low=Decimal(0), high=highest, default=None, may_be_null=True)
    fewest = reader.whole("fewest", low=0, high=_MOST_CASES, default=0)
    reader.finish()
    if growth is not None and growth_kind == "relative" and not measure.higher_is_better and growth > HUNDRED:
        reader.problem(f"không giảm được quá 100 % ({growth})", key="growth")
    if len(reader.problems) > before or growth is None:
        return None
    return Growth(
        growth=growth,
        growth_kind="points" if growth_kind == "points" else "relative",
        cap=cap if measure.higher_is_better else None,
        compare=compare,
        decimals=decimals,
        without=without,
        fewest=fewest,
    )


def plain(parameters: Growth, measure: Measure) -> dict[str, Any]:
    return {
        "growth": as_json(parameters.growth),
        "growth_kind": parameters.growth_kind,
        "cap": as_json(parameters.cap),
        "compare": parameters.compare,
        "decimals": parameters.decimals,
        "without": as_json(parameters.without),
        "fewest": parameters.fewest,
    }


def _lacks_cases(parameters: Growth, baseline: Baseline) -> bool:
    return baseline.denominator is not None and baseline.denominator < parameters.fewest


def _grown(result: Decimal, parameters: Growth, measure: Measure) -> tuple[Decimal, str]:
    """The result grown, before any bound, and the sum in words: "43 × 1,10"."""
    sign = 1 if measure.higher_is_better else -1
    if parameters.growth_kind == "relative":
        factor = 1 + sign * parameters.growth / HUNDRED
        shown_factor = numbers.vi_number(factor, max(2, -int(factor.normalize().as_tuple().exponent)))
        return result * factor, f"{numbers.vi_number(result)} × {shown_factor}"
    operation = (
        f"{numbers.vi_number(result)} {'+' if sign > 0 else '−'} {numbers.vi_number(parameters.growth)}"
    )
    return result + sign * parameters.growth, operation


def _bounded(value: Decimal, parameters: Growth, measure: Measure) -> Decimal:
    if not measure.higher_is_better:
        return max(value, Decimal(0))
    return value if parameters.cap is None else min(value, parameters.cap)


def decide(parameters: Growth, baseline: Baseline, measure: Measure) -> Decision | NoTarget:
    """Assign the grown result; a result that is past the cap already is assigned the cap."""
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if result is None:
        if parameters.without is None:
            return NoTarget(no_baseline_reason(baseline))
        value = parameters.without
        return Decision(value, None, value, False, f"Giao {measure.official(value)}", "no_baseline")
    if _lacks_cases(parameters, baseline):
        return NoTarget(f"ít hồ sơ ({baseline.counts}, dưới {numbers.vi_number(parameters.fewest)})")
    value = kept(_bounded(_grown(result.value, parameters, measure)[0], parameters, measure))
    words = "Tối thiểu" if measure.higher_is_better else "Tối đa"
    return Decision(value, None, value, False, f"{words} {measure.official(value)}", "grown")


def _result_words(baseline: Baseline, result: Compared, measure: Measure) -> str:
    match result.how:
        case "printed":
            return f"in là {measure.figure(result.value)}"
        case "rounded":
            exact = shown_before_rounding(baseline.value or result.value, result.value)
            return f"là {measure.figure(exact)}, làm tròn {measure.figure(result.value)}"
        case _:
            return f"là {measure.figure(result.value)}"


def _growth_words(parameters: Growth, measure: Measure) -> str:
    verb = "tăng" if measure.higher_is_better else "giảm"
    if parameters.growth_kind == "relative":
        return f"{verb} {numbers.vi_percent(parameters.growth, None)}"
    unit = "điểm %" if measure.is_rate else measure.unit
    return f"{verb} {numbers.vi_number(parameters.growth)} {unit}"


def _bound(parameters: Growth, measure: Measure) -> str:
    if not measure.higher_is_better:
        return "không dưới 0"
    return "không có" if parameters.cap is None else f"không quá {numbers.vi_number(parameters.cap)}"


def because(parameters: Growth, baseline: Baseline, measure: Measure) -> str:
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if result is None:
        return no_baseline_reason(baseline)
    return f"kết quả {_result_words(baseline, result, measure)}, {_growth_words(parameters, measure)}"


def sentence(parameters: Growth, baseline: Baseline, measure: Measure, group: str, label: str) -> str:
    decision = decide(parameters, baseline, measure)
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if isinstance(decision, NoTarget):
        return f"Kết quả {label}: {decision.reason}; kế hoạch không giao."
    if result is None:
        given = measure.figure(decision.assigned)
        return f"Kết quả {label}: {no_baseline_reason(baseline)}; giao {given} theo kế hoạch."
    grown, operation = _grown(result.value, parameters, measure)
    reckoned = f"{operation} = {numbers.vi_number(grown)}"
    if _bounded(grown, parameters, measure) != grown:
        reckoned += f", {_bound(parameters, measure)}"
    elif decision.assigned != grown:
        reckoned += f", làm tròn {numbers.RATE_DECIMALS} chữ số thập phân"
    return (
        f"Kết quả {label} {_result_words(baseline, result, measure)}: {_growth_words(parameters, measure)} "
        f"({reckoned}), giao {measure.figure(decision.assigned)}."
    )


def clauses(parameters: Growth, measure: Measure) -> list[Clause]:
    how = (
        "nhân, không phải cộng điểm" if parameters.growth_kind == "relative" else "cộng điểm, không phải nhân"
    )
    found = [
        Clause("So với kết quả kỳ gốc", f"{_growth_words(parameters, measure)} ({how})"),
        Clause("Giới hạn", _bound(parameters, measure)),
        compare_clause(parameters.compare, parameters.decimals),
        Clause(
            "Không có số liệu gốc",
            "không giao, liệt kê riêng"
            if parameters.without is None
            else f"giao {measure.figure(parameters.without)}",
        ),
    ]
    if parameters.fewest:
        found.append(Clause("Ít hồ sơ", f"dưới {numbers.vi_number(parameters.fewest)} thì không giao"))
    return found


def cliffs(parameters: Growth, measure: Measure) -> list[str]:
    return []


KIND: Final = RuleKind(
    code="growth",
    label="Tăng so với kỳ gốc",
    read=read,
    plain=plain,
    decide=decide,
    sentence=sentence,
    because=because,
    clauses=clauses,
    cliffs=cliffs,
)
