"""The formal rule: Quyết định 467/QĐ-UBND (Quảng Nam, 05/3/2024).

Below the central target → "phấn đấu bằng" the central target. Equal or better → the result is assigned and
10 % more is striven for. What the decision leaves open is a parameter that the plan states.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from dvctt.lib import numbers
from targets.rules.base import (
    NO_BASELINE,
    Baseline,
    Clause,
    Compare,
    Decision,
    Measure,
    NoTarget,
    RuleKind,
    as_json,
    both_levels,
    bound_of_rate,
    compare_clause,
    compared,
    kept,
    no_baseline_reason,
    read_compare,
)
from targets.rules.growing import (
    HUNDRED,
    bound_text,
    bounded,
    compared_text,
    factor_text,
    grow,
    growth_text,
    hardest_of,
    operation_text,
)
from targets.rules.reading import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Formal:
    """`central`, `growth` in points and `cap` are in the indicator's unit; relative growth is in percent.

    `cap` bounds what is assigned where higher is better; where lower is better the bound is 0.
    """

    central: Decimal
    growth: Decimal = Decimal(10)
    growth_kind: Literal["relative", "points"] = "relative"
    cap: Decimal | None = HUNDRED
    compare: Compare = "raw"
    decimals: int = 0
    no_baseline: Literal["central", "none"] = "central"
    scored: Literal["stretch", "assigned"] = "stretch"


def read(reader: Reader, measure: Measure) -> Formal | None:
    highest = bound_of_rate(measure)
    before = len(reader.problems)
    central = reader.number("central", low=Decimal(0), high=highest)
    growth = reader.number("growth", low=Decimal(0), default=Decimal(10))
    growth_kind = reader.choice(
        "growth_kind", {"relative": "relative", "points": "points"}, default="relative"
    )
    # Without a word of the plan a rate is capped at 100; a number has no bound of its own.
    cap = reader.number("cap", low=Decimal(0), high=highest, default=highest, may_be_null=True)
    compare, decimals = read_compare(reader, default="raw")
    no_baseline = reader.choice("no_baseline", {"central": "central", "none": "none"}, default="central")
    scored = reader.choice("scored", {"stretch": "stretch", "assigned": "assigned"}, default="stretch")
    reader.finish()
    if central is not None and cap is not None and cap < central:
        reader.problem(f"trần {cap} thấp hơn chỉ tiêu Trung ương {central}", key="cap")
    if growth is not None and growth_kind == "relative" and not measure.higher_is_better and growth > HUNDRED:
        reader.problem(f"không giảm được quá 100 % ({growth})", key="growth")
    if len(reader.problems) > before or central is None or growth is None:
        return None
    return Formal(
        central=central,
        growth=growth,
        growth_kind="points" if growth_kind == "points" else "relative",
        cap=cap,
        compare=compare,
        decimals=decimals,
        no_baseline="none" if no_baseline == "none" else "central",
        scored="assigned" if scored == "assigned" else "stretch",
    )


def plain(parameters: Formal, measure: Measure) -> dict[str, Any]:
    return {
        "central": as_json(parameters.central),
        "growth": as_json(parameters.growth),
        "growth_kind": parameters.growth_kind,
        "cap": as_json(parameters.cap),
        "compare": parameters.compare,
        "decimals": parameters.decimals,
        "no_baseline": parameters.no_baseline,
        "scored": parameters.scored,
    }


def decide(parameters: Formal, baseline: Baseline, measure: Measure) -> Decision | NoTarget:
    """Assign by the formal rule; never worse than the central target.

    With compare "printed" the printed result is the result throughout: 49,96 printed as 50 is 50, and the
    stretch grows from 50, as a person with the printed table would reckon.
    """
    central = parameters.central
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if result is None:
        if parameters.no_baseline == "none":
            return NoTarget(no_baseline_reason(baseline))
        wording = f"Giao bằng {measure.official(central)}"
        return Decision(central, central, central, False, wording, "no_baseline")
    if measure.lacks(result.value, central):
        wording = f"Phấn đấu bằng {measure.official(central)}"
        return Decision(central, central, central, False, wording, "below")
    assigned = kept(bounded(result.value, parameters, measure))
    stretch = grow(assigned, parameters, measure).stretch
    scored = stretch if parameters.scored == "stretch" else assigned
    return Decision(
        assigned,
        stretch,
        scored,
        False,
        both_levels(assigned, stretch, measure),
        "at_or_above",
        easiest=central,
        hardest=hardest_of(parameters, measure),
    )


def sentence(parameters: Formal, baseline: Baseline, measure: Measure, group: str, label: str) -> str:
    central = parameters.central
    decision = decide(parameters, baseline, measure)
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if isinstance(decision, NoTarget):
        return f"Kết quả {label}: {decision.reason}; kế hoạch không giao."
    if result is None:
        reason = f"{baseline.state}, không có số liệu gốc" if baseline.state else NO_BASELINE
        return f"Kết quả {label}: {reason}; giao bằng chỉ tiêu Trung ương {measure.figure(central)}."
    if decision.case == "below":
        worse = "nhỏ hơn" if measure.higher_is_better else "lớn hơn"
        found = compared_text(baseline, result, measure, central)
        return (
            f"Kết quả {label} {found}, {worse} chỉ tiêu Trung ương {measure.figure(central)}: "
            f"phấn đấu bằng {measure.figure(central)}."
        )
    better = "lớn hơn" if measure.higher_is_better else "nhỏ hơn"
    growth = grow(decision.assigned, parameters, measure)
    # The figure enters the product: all its decimals are shown, or the product could not be checked.
    found = compared_text(baseline, result, measure)
    bounded = f", {bound_text(parameters, measure)}" if growth.is_capped else ""
    if not growth.is_capped and growth.stretch != growth.grown:
        bounded = f", làm tròn {numbers.RATE_DECIMALS} chữ số thập phân"
    assigned = measure.figure(decision.assigned)
    if result.value != decision.assigned:
        assigned += f" ({bound_text(parameters, measure)})"
    reckoned = f"({operation_text(growth, parameters, measure)} = {numbers.vi_number(growth.grown)}{bounded})"
    return (
        f"Kết quả {label} {found}, bằng hoặc {better} chỉ tiêu Trung ương {measure.figure(central)}: "
        f"giao {assigned}; phấn đấu {growth_text(parameters, measure)} {reckoned} "
        f"là {measure.figure(growth.stretch)}."
    )


def because(parameters: Formal, baseline: Baseline, measure: Measure) -> str:
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if result is None:
        return no_baseline_reason(baseline)
    lacks = measure.lacks(result.value, parameters.central)
    if measure.higher_is_better:
        words = "nhỏ hơn" if lacks else "bằng hoặc lớn hơn"
    else:
        words = "lớn hơn" if lacks else "bằng hoặc nhỏ hơn"
    found = compared_text(baseline, result, measure, parameters.central)
    return f"kết quả {found}, {words} chỉ tiêu Trung ương {measure.figure(parameters.central)}"


def clauses(parameters: Formal, measure: Measure) -> list[Clause]:
    growth = f"{growth_text(parameters, measure)} so với kết quả"
    if parameters.growth_kind == "relative":
        factor = 1 + (1 if measure.higher_is_better else -1) * parameters.growth / HUNDRED
        growth += f" (nhân {factor_text(factor)}, không phải cộng điểm)"
    else:
        growth += " (cộng điểm, không phải nhân)"
    if measure.higher_is_better:
        bound = "không có" if parameters.cap is None else f"không quá {measure.figure(parameters.cap)}"
    else:
        bound = f"không dưới {measure.figure(Decimal(0))}"
    central = measure.figure(parameters.central)
    worse, better = ("nhỏ hơn", "lớn hơn") if measure.higher_is_better else ("lớn hơn", "nhỏ hơn")
    return [
        Clause(f"Kết quả {worse} chỉ tiêu Trung ương {central}", f"phấn đấu bằng {central}"),
        Clause(f"Kết quả bằng hoặc {better} {central}", f"giao bằng kết quả, phấn đấu {growth}"),
        Clause("Giới hạn", bound),
        compare_clause(parameters.compare, parameters.decimals),
        Clause(
            "Không có số liệu gốc",
            f"giao bằng chỉ tiêu Trung ương {central}"
            if parameters.no_baseline == "central"
            else "không giao, liệt kê riêng",
        ),
        Clause("Chấm theo", "mức phấn đấu" if parameters.scored == "stretch" else "mức giao"),
    ]


def cliffs(parameters: Formal, measure: Measure) -> list[str]:
    """Say where one point more in the result makes the target jump: with central 80, 79 → 80 but 80 → 88."""
    step = Decimal(1)
    short = parameters.central - step if measure.higher_is_better else parameters.central + step
    if short < 0:
        return []
    above = decide(parameters, Baseline(parameters.central), measure)
    if not isinstance(above, Decision) or above.stretch is None or above.stretch == parameters.central:
        return []
    central, figure = numbers.vi_number(parameters.central), numbers.vi_number(above.stretch)
    jump = f"{numbers.vi_number(short)} → {central}, nhưng {central} → {figure}"
    return [f"Quy tắc có bước nhảy ở {measure.figure(parameters.central)}: kết quả {jump}."]


KIND: Final = RuleKind(
    code="formal",
    label="So với chỉ tiêu Trung ương",
    read=read,
    plain=plain,
    decide=decide,
    sentence=sentence,
    because=because,
    clauses=clauses,
    cliffs=cliffs,
    limit=lambda parameters: parameters.central,
)
