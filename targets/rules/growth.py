"""Growth over the baseline: "tối thiểu tăng 10% so với năm 2022" (domain §3, kind 6).

What such a sentence leaves open is a parameter: times 1,10 or plus 10 points; the cap; what is compared;
units without a baseline.
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
    Decision,
    Measure,
    NoTarget,
    RuleKind,
    as_json,
    at_least,
    bound_of_rate,
    compare_clause,
    compared,
    no_baseline_reason,
    no_cliffs,
    read_compare,
)
from targets.rules.growing import (
    HUNDRED,
    bound_text,
    compared_text,
    grow,
    growth_text,
    hardest_of,
    operation_text,
)
from targets.rules.reading import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """`growth` is in percent of the result where relative, else in the indicator's unit.

    `without` is assigned where there is no baseline, None assigns nothing.
    """

    growth: Decimal
    growth_kind: Literal["relative", "points"] = "relative"
    cap: Decimal | None = HUNDRED
    compare: Compare = "raw"
    decimals: int = 0
    without: Decimal | None = None


def read(reader: Reader, measure: Measure) -> Growth | None:
    before = len(reader.problems)
    highest = bound_of_rate(measure)
    growth = reader.number("growth", low=Decimal(0))
    kinds = {"relative": "relative", "points": "points"}
    growth_kind = reader.choice("growth_kind", kinds, default="relative")
    cap = reader.number("cap", low=Decimal(0), high=highest, default=highest, may_be_null=True)
    compare, decimals = read_compare(reader, default="raw")
    without = reader.number("without", low=Decimal(0), high=highest, default=None, may_be_null=True)
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
    )


def plain(parameters: Growth, measure: Measure) -> dict[str, Any]:
    return {
        "growth": as_json(parameters.growth),
        "growth_kind": parameters.growth_kind,
        "cap": as_json(parameters.cap),
        "compare": parameters.compare,
        "decimals": parameters.decimals,
        "without": as_json(parameters.without),
    }


def decide(parameters: Growth, baseline: Baseline, measure: Measure) -> Decision | NoTarget:
    """Assign the grown result; a result that is past the cap already is assigned the cap."""
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if result is None:
        if parameters.without is None:
            return NoTarget(no_baseline_reason(baseline))
        value = parameters.without
        return Decision(value, None, value, False, f"Giao {measure.official(value)}", "no_baseline")
    value = grow(result.value, parameters, measure).stretch
    hardest = hardest_of(parameters, measure)
    return Decision(value, None, value, False, at_least(value, measure), "grown", hardest=hardest)


def because(parameters: Growth, baseline: Baseline, measure: Measure) -> str:
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if result is None:
        return no_baseline_reason(baseline)
    return f"kết quả {compared_text(baseline, result, measure)}, {growth_text(parameters, measure)}"


def sentence(parameters: Growth, baseline: Baseline, measure: Measure, group: str, label: str) -> str:
    decision = decide(parameters, baseline, measure)
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if isinstance(decision, NoTarget):
        return f"Kết quả {label}: {decision.reason}; kế hoạch không giao."
    if result is None:
        given = measure.figure(decision.assigned)
        return f"Kết quả {label}: {no_baseline_reason(baseline)}; giao {given} theo kế hoạch."
    growth = grow(result.value, parameters, measure)
    reckoned = f"{operation_text(growth, parameters, measure)} = {numbers.vi_number(growth.grown)}"
    if growth.is_capped:
        reckoned += f", {bound_text(parameters, measure)}"
    elif decision.assigned != growth.grown:
        reckoned += f", làm tròn {numbers.RATE_DECIMALS} chữ số thập phân"
    return (
        f"Kết quả {label} {compared_text(baseline, result, measure)}: {growth_text(parameters, measure)} "
        f"({reckoned}), giao {measure.figure(decision.assigned)}."
    )


def clauses(parameters: Growth, measure: Measure) -> list[Clause]:
    how = (
        "nhân, không phải cộng điểm" if parameters.growth_kind == "relative" else "cộng điểm, không phải nhân"
    )
    unbounded = measure.higher_is_better and parameters.cap is None
    return [
        Clause("So với kết quả kỳ gốc", f"{growth_text(parameters, measure)} ({how})"),
        Clause("Giới hạn", "không có" if unbounded else bound_text(parameters, measure)),
        compare_clause(parameters.compare, parameters.decimals),
        Clause(
            "Không có số liệu gốc",
            "không giao, liệt kê riêng"
            if parameters.without is None
            else f"giao {measure.figure(parameters.without)}",
        ),
    ]


KIND: Final = RuleKind(
    code="growth",
    label="Tăng so với kỳ gốc",
    read=read,
    plain=plain,
    decide=decide,
    sentence=sentence,
    because=because,
    clauses=clauses,
    cliffs=no_cliffs,
)
