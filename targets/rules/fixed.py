"""One level for everybody: "100%", "tối thiểu 80%", "tối đa 30 phút" (domain §3, kinds 1–3).

By level and by area class (kinds 4 and 5) is this rule with a scope. A strict bound ("trên 80%") is not
taken: what results are judged by has no strictness yet, and 80 would pass for above 80.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

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
    no_cliffs,
    unused_result,
)
from targets.rules.reading import Reader

Bound = Literal["exact", "minimum", "maximum"]
_WORDS: Final = {"exact": "", "minimum": "tối thiểu ", "maximum": "tối đa "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """`value` is in the indicator's unit; `bound` only says in which words it is assigned."""

    value: Decimal
    bound: Bound = "exact"


def read(reader: Reader, measure: Measure) -> Fixed | None:
    before = len(reader.problems)
    value = reader.number("value", low=Decimal(0), high=bound_of_rate(measure))
    bounds: dict[str, Bound] = {"exact": "exact", "minimum": "minimum", "maximum": "maximum"}
    bound = reader.choice("bound", bounds, default="exact")
    reader.finish()
    if bound == "maximum" and measure.higher_is_better:
        reader.problem("chỉ tiêu cao là tốt thì không giao mức tối đa", key="bound")
    if bound == "minimum" and not measure.higher_is_better:
        reader.problem("chỉ tiêu thấp là tốt thì không giao mức tối thiểu", key="bound")
    if len(reader.problems) > before or value is None or bound is None:
        return None
    return Fixed(value=value, bound=bound)


def plain(parameters: Fixed, measure: Measure) -> dict[str, Any]:
    return {"value": as_json(parameters.value), "bound": parameters.bound}


def decide(parameters: Fixed, baseline: Baseline, measure: Measure) -> Decision | NoTarget:
    """Assign the level, whatever the result was."""
    value, words = parameters.value, f"{_WORDS[parameters.bound]}{measure.official(parameters.value)}"
    return Decision(value, None, value, False, words[0].upper() + words[1:], "fixed")


def because(parameters: Fixed, baseline: Baseline, measure: Measure) -> str:
    return f"mức chung {_WORDS[parameters.bound]}{measure.figure(parameters.value)}"


def sentence(parameters: Fixed, baseline: Baseline, measure: Measure, group: str, label: str) -> str:
    given = f"{_WORDS[parameters.bound]}{measure.figure(parameters.value)}"
    unused = unused_result(baseline, measure, label, parameters.value)
    return f"Giao mức chung {given} ({group}); {unused}."


def clauses(parameters: Fixed, measure: Measure) -> list[Clause]:
    return [
        Clause("Mức giao", f"{_WORDS[parameters.bound]}{measure.figure(parameters.value)}"),
        RESULT_UNUSED,
    ]


KIND: Final = RuleKind(
    code="fixed",
    label="Mức chung",
    read=read,
    plain=plain,
    decide=decide,
    sentence=sentence,
    because=because,
    clauses=clauses,
    cliffs=no_cliffs,
)
