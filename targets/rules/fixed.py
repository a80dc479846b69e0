"""One level for everybody: "100%", "tối thiểu 80%", "trên 80%", "tối đa 30 phút" (domain §3, kinds 1–3).

By level and by area class (kinds 4 and 5) is this rule with a scope.
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

Bound = Literal["exact", "minimum", "above", "maximum", "under"]
_WORDS: Final[dict[Bound, str]] = {
    "exact": "",
    "minimum": "tối thiểu ",
    "above": "trên ",
    "maximum": "tối đa ",
    "under": "dưới ",
}
_STRICT: Final = frozenset({"above", "under"})
_UPWARD: Final = frozenset({"minimum", "above"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """`value` is in the indicator's unit; `bound` says in which words, and whether reaching it is enough."""

    value: Decimal
    bound: Bound = "exact"


def read(reader: Reader, measure: Measure) -> Fixed | None:
    before = len(reader.problems)
    highest = bound_of_rate(measure)
    value = reader.number("value", low=Decimal(0), high=highest)
    bound = reader.choice("bound", {word: word for word in _WORDS}, default="exact")
    reader.finish()
    if bound is not None and bound != "exact" and (bound in _UPWARD) != measure.higher_is_better:
        good = "cao" if measure.higher_is_better else "thấp"
        reader.problem(f"chỉ tiêu {good} là tốt thì không giao mức {_WORDS[bound].strip()}", key="bound")
    if bound in _STRICT and value is not None and value == (highest if measure.higher_is_better else 0):
        reader.problem(f"không kết quả nào {_WORDS[bound]}{value}".replace("  ", " "), key="bound")
    if len(reader.problems) > before or value is None or bound is None:
        return None
    return Fixed(value=value, bound=bound)


def plain(parameters: Fixed, measure: Measure) -> dict[str, Any]:
    return {"value": as_json(parameters.value), "bound": parameters.bound}


def decide(parameters: Fixed, baseline: Baseline, measure: Measure) -> Decision | NoTarget:
    """Assign the level, whatever the result was."""
    value, words = parameters.value, f"{_WORDS[parameters.bound]}{measure.official(parameters.value)}"
    strict = parameters.bound in _STRICT
    return Decision(value, None, value, False, words[0].upper() + words[1:], "fixed", is_strict=strict)


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
