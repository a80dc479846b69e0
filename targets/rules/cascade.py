"""Passing on what was assigned from above (domain §3, kind 10): a district to its communes.

Whatever the kind of its rules, a plan that stands below another one never assigns less than that one did
(targets.rules.terms); this kind assigns just that, or so much more.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from dvctt.lib import numbers
from targets.rules.base import (
    RESULT_UNUSED,
    Baseline,
    Clause,
    Decision,
    Measure,
    NoTarget,
    RuleKind,
    as_json,
    bound_of_rate,
    kept,
    no_cliffs,
    passed_on,
    strictly,
    unused_result,
)
from targets.rules.reading import Reader

NOTHING_FROM_ABOVE: Final = "cấp trên chưa giao chỉ tiêu này"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """`more` is added to what came from above, in the indicator's unit; less where lower is better."""

    more: Decimal = Decimal(0)
    cap: Decimal | None = None


def read(reader: Reader, measure: Measure) -> Cascade | None:
    before = len(reader.problems)
    highest = bound_of_rate(measure)
    more = reader.number("more", low=Decimal(0), high=highest, default=Decimal(0))
    cap = reader.number("cap", low=Decimal(0), high=highest, default=highest, may_be_null=True)
    reader.finish()
    if len(reader.problems) > before or more is None:
        return None
    return Cascade(more=more, cap=cap if measure.higher_is_better else None)


def plain(parameters: Cascade, measure: Measure) -> dict[str, Any]:
    return {"more": as_json(parameters.more), "cap": as_json(parameters.cap)}


def _added(parameters: Cascade, floor: Decimal, measure: Measure) -> Decimal:
    return floor + parameters.more if measure.higher_is_better else floor - parameters.more


def _value(parameters: Cascade, floor: Decimal, measure: Measure) -> Decimal:
    added = _added(parameters, floor, measure)
    if not measure.higher_is_better:
        return max(added, Decimal(0))
    # A cap below what came from above bounds only what is added.
    return added if parameters.cap is None else max(floor, min(added, parameters.cap))


def decide(parameters: Cascade, baseline: Baseline, measure: Measure) -> Decision | NoTarget:
    """Assign what came from above and so much more; nothing where nothing came."""
    if baseline.floor is None:
        return NoTarget(NOTHING_FROM_ABOVE)
    floor = baseline.floor
    value = kept(_value(parameters, floor.value, measure))
    is_strict = floor.is_strict and value == floor.value
    wording = passed_on(value, is_strict, measure)
    return Decision(value, None, value, False, wording, "cascaded", is_strict=is_strict)


def because(parameters: Cascade, baseline: Baseline, measure: Measure) -> str:
    if baseline.floor is None:
        return NOTHING_FROM_ABOVE
    return f"{baseline.floor.giver} giao {baseline.floor.figure(measure)}"


def sentence(parameters: Cascade, baseline: Baseline, measure: Measure, group: str, label: str) -> str:
    if baseline.floor is None:
        return f"{NOTHING_FROM_ABOVE[0].upper()}{NOTHING_FROM_ABOVE[1:]}; kế hoạch không giao."
    floor = baseline.floor
    value, added = _value(parameters, floor.value, measure), _added(parameters, floor.value, measure)
    reckoned = ""
    if parameters.more:
        sign = "+" if measure.higher_is_better else "−"
        bound = "" if value == added else f", {_bound(parameters, measure)}"
        reckoned = (
            f" ({numbers.vi_number(floor.value)} {sign} {numbers.vi_number(parameters.more)} = "
            f"{numbers.vi_number(added)}{bound})"
        )
    unused = unused_result(baseline, measure, label, value)
    return (
        f"{floor.giver} giao {floor.figure(measure)} ({group}): giao lại{reckoned} "
        f"{strictly(measure) if floor.is_strict and value == floor.value else ''}{measure.figure(value)}; "
        f"{unused}."
    )


def _bound(parameters: Cascade, measure: Measure) -> str:
    if not measure.higher_is_better:
        return "không dưới 0"
    return "không có" if parameters.cap is None else f"không quá {numbers.vi_number(parameters.cap)}"


def clauses(parameters: Cascade, measure: Measure) -> list[Clause]:
    more = "bằng mức cấp trên giao"
    if parameters.more:
        verb = "cao hơn" if measure.higher_is_better else "thấp hơn"
        unit = "điểm %" if measure.is_rate else measure.unit
        more = f"{verb} mức cấp trên giao {numbers.vi_number(parameters.more)} {unit}"
    return [Clause("Mức giao", more), Clause("Giới hạn", _bound(parameters, measure)), RESULT_UNUSED]


KIND: Final = RuleKind(
    code="cascade",
    label="Giao lại chỉ tiêu cấp trên giao",
    read=read,
    plain=plain,
    decide=decide,
    sentence=sentence,
    because=because,
    clauses=clauses,
    cliffs=no_cliffs,
)
