"""Target rules as pure functions. A new kind is a module with a KIND, listed in KINDS, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from targets.rules import cascade, catch_up, fixed, formal, growth, ladder, terms
from targets.rules.base import (
    MAINTAIN_WORDING,
    NO_BASELINE,
    Baseline,
    Clause,
    Compared,
    Decision,
    Floor,
    Measure,
    NoTarget,
    RuleKind,
    compared,
)
from targets.rules.catch_up import Band, CatchUpOrMaintain
from targets.rules.formal import Formal
from targets.rules.reading import Reader
from targets.rules.scope import (
    PRECEDENCE_WORDS,
    Member,
    RulesTie,
    Scope,
    ScopedRule,
    concerned,
    governing,
)
from targets.rules.terms import Terms

__all__ = [
    "KINDS",
    "MAINTAIN_WORDING",
    "NO_BASELINE",
    "PRECEDENCE_WORDS",
    "Band",
    "Baseline",
    "CatchUpOrMaintain",
    "Clause",
    "Compared",
    "Decision",
    "Floor",
    "Formal",
    "Measure",
    "Member",
    "NoTarget",
    "ParametersWrong",
    "ReadyRule",
    "RulesTie",
    "Scope",
    "ScopedRule",
    "Terms",
    "compared",
    "concerned",
    "governing",
    "ready_rule",
]

KINDS: Final[Mapping[str, RuleKind[Any]]] = {
    kind.code: kind
    for kind in (formal.KIND, catch_up.KIND, fixed.KIND, growth.KIND, ladder.KIND, cascade.KIND)
}


class ParametersWrong(ValueError):
    """Parameters that a rule kind cannot take; the message is Vietnamese and lists every slip."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


_NO_TERMS: Final = Terms()


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule with its parameters read: ask it for decisions and words without knowing its kind."""

    kind: RuleKind[Any]
    parameters: Any
    measure: Measure
    group: str = ""
    terms: Terms = _NO_TERMS

    def decide(self, baseline: Baseline) -> Decision | NoTarget:
        if self.terms is _NO_TERMS and baseline.floor is None and not baseline.is_out_of_scope:
            # Nothing to leave out, to round or to lift.
            plain: Decision | NoTarget = self.kind.decide(self.parameters, baseline, self.measure)
            if isinstance(plain, Decision) and terms.is_too_much(plain):
                return terms.TOO_MUCH
            return plain
        found = self._before_terms(baseline)
        if isinstance(found, NoTarget):
            return found
        decision, seen = found
        return terms.settled(self.terms, decision, seen, self.measure)

    def _before_terms(self, baseline: Baseline) -> tuple[Decision, Baseline] | NoTarget:
        seen = terms.seen(self.terms, baseline)
        if isinstance(seen, NoTarget):
            return seen
        decision: Decision | NoTarget = self.kind.decide(self.parameters, seen, self.measure)
        return decision if isinstance(decision, NoTarget) else (decision, seen)

    def sentence(self, baseline: Baseline, *, label: str) -> str:
        """Return why, in one sentence with the numbers that a person needs to check it by hand."""
        found = self._before_terms(baseline)
        if isinstance(found, NoTarget):
            seen = terms.seen(self.terms, baseline)
            if isinstance(seen, NoTarget):
                return f"Kết quả {label}: {found.reason}; kế hoạch không giao."
            return self.kind.sentence(self.parameters, seen, self.measure, self.group, label)
        decision, seen = found
        told = self.kind.sentence(self.parameters, seen, self.measure, self.group, label)
        after = terms.settled(self.terms, decision, seen, self.measure)
        if isinstance(after, NoTarget):
            return f"{told[:-1]}; {after.reason}, kế hoạch không giao."
        more = terms.afterwards(self.terms, decision, after, seen, self.measure)
        return f"{told[:-1]}; {more}." if more else told

    def because(self, baseline: Baseline) -> str:
        """Return the decisive comparison: "kết quả in 87 %, dưới ngưỡng 90 %"."""
        seen = terms.seen(self.terms, baseline)
        if isinstance(seen, NoTarget):
            return seen.reason
        return self.kind.because(self.parameters, seen, self.measure)

    def clauses(self) -> list[Clause]:
        return [*self.kind.clauses(self.parameters, self.measure), *terms.clauses(self.terms, self.measure)]

    def cliffs(self) -> list[str]:
        return self.kind.cliffs(self.parameters, self.measure)

    def is_near_cliff(self, value: Decimal) -> bool:
        """Whether the result stands within one of its units of where a bit more makes the target jump."""
        if not self.cliffs():
            return False
        limit = self.kind.limit(self.parameters)
        return limit is not None and abs(value - limit) <= 1

    def plain(self) -> dict[str, Any]:
        """Return the parameters as JSON, with every default said."""
        return {**self.kind.plain(self.parameters, self.measure), **terms.plain(self.terms)}


def ready_rule(
    *, kind: str, parameters: object, measure: Measure, group: str = "", place: str = "parameters"
) -> ReadyRule:
    """Return the rule ready to decide; raise ParametersWrong for an unknown kind or wrong parameters."""
    known = KINDS.get(kind)
    if known is None:
        raise ParametersWrong([f"loại quy tắc “{kind[:40]}” không có; chỉ nhận {', '.join(KINDS)}"])
    problems: list[str] = []
    reader = Reader(parameters, place=place, problems=problems)
    of_all = terms.read(reader, measure)
    read = known.read(reader, measure)
    if problems or read is None or of_all is None:
        raise ParametersWrong(problems or [f"{place}: không đọc được"])
    return ReadyRule(known, read, measure, group, _NO_TERMS if of_all == _NO_TERMS else of_all)
