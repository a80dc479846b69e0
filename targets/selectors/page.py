"""What the page of a plan, and the JSON of a plan, show of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dvctt.lib import names as unit_names
from dvctt.lib import numbers
from indicators.models import Indicator
from targets.models import Assignment, Plan, Rule
from targets.rules import PRECEDENCE_WORDS, Clause, ReadyRule
from targets.selectors.assigned import explained
from targets.selectors.review import differences, uncovered
from targets.selectors.ruling import ready, scope_of
from units import selectors as unit_selectors
from units.models import AreaClass, Level
from units.selectors import NameAt

RAISED: Final = "tang"
MAINTAINED: Final = "duy-tri"
WITHOUT_BASELINE: Final = "khong-co-so-goc"
LEVEL_LABELS: Final[Mapping[str, str]] = {level.value: str(level.label) for level in Level}
AREA_LABELS: Final[Mapping[str, str]] = {area.value: str(area.label) for area in AreaClass}


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """An assignment with the unit's name on the plan's day and the sentence that explains it."""

    assignment: Assignment
    name: NameAt
    sentence: str

    @property
    def kind(self) -> str:
        """Whether the unit must rise, keeps what it reached, or was assigned without a baseline."""
        assignment = self.assignment
        if assignment.baseline is None:
            return WITHOUT_BASELINE
        keeps = assignment.maintain or assignment.scored == assignment.baseline
        return MAINTAINED if keeps else RAISED


@dataclass(frozen=True, slots=True)
class RuleLine:
    """For whom a rule is: its group, scope and precedence in words, and how many units it reached."""

    rule: Rule
    scope: str
    precedence: str
    note: str
    units: int


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules of one indicator with the same parameters, said once: what they do and where they jump."""

    indicator: Indicator
    kind: str
    clauses: tuple[Clause, ...]
    cliffs: tuple[str, ...]
    rules: list[RuleLine]

    @property
    def units(self) -> int:
        return sum(line.units for line in self.rules)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many assignments there are of each kind."""

    assigned: int
    raised: int
    maintained: int
    without_baseline: int


def totals(lines: Sequence[AssignmentLine]) -> Totals:
    counts = Counter(line.kind for line in lines)
    return Totals(len(lines), counts[RAISED], counts[MAINTAINED], counts[WITHOUT_BASELINE])


def names_of(plan: Plan) -> dict[int, NameAt]:
    """Return the names of the plan's owner and the units below it on the plan's day. One query."""
    return unit_selectors.inside(ancestor=plan.owner, on=plan.units_on)


def owner_name(plan: Plan) -> str:
    """Return what the owner was called on the plan's day. One query."""
    found = unit_selectors.names_on(unit_ids=[plan.owner_id], on=plan.units_on)
    return found[plan.owner_id].full_name if plan.owner_id in found else ""


def assignment_lines(*, plan: Plan, names: Mapping[int, NameAt]) -> list[AssignmentLine]:
    """Return every assignment with its sentence: by indicator, level, parent, name. One query."""
    ready_rules: dict[int, ReadyRule] = {}
    lines: list[AssignmentLine] = []
    for assignment in plan.assignments.select_related("rule", "indicator", "override__by"):
        assignment.plan = plan
        if assignment.rule_id not in ready_rules:
            rule = assignment.rule
            rule.indicator = assignment.indicator
            ready_rules[assignment.rule_id] = ready(rule)
        sentence = explained(ready_rules[assignment.rule_id], assignment)
        lines.append(AssignmentLine(assignment, names[assignment.unit_id], sentence))
    return sorted(lines, key=_reading_order)


def _reading_order(line: AssignmentLine) -> tuple[int, str, int, str, str]:
    indicator, name = line.assignment.indicator, line.name
    level = unit_selectors.LEVEL_ORDER.get(name.level, 99)
    parent, own = unit_names.fold(name.parent_name), unit_names.fold(name.full_name)
    return (indicator.position, indicator.code, level, parent, own)


def rule_groups(
    *, plan: Plan, names: Mapping[int, NameAt], lines: Sequence[AssignmentLine]
) -> list[RuleGroup]:
    """Return the plan's rules in words, those with the same parameters together, in its order. One query."""
    reached = Counter(line.assignment.rule_id for line in lines)
    groups: dict[tuple[int, str, str], RuleGroup] = {}
    for rule in plan.rules.select_related("indicator").order_by("position"):
        line = RuleLine(
            rule=rule,
            scope=scope_words(rule, names),
            precedence=PRECEDENCE_WORDS.get(rule.precedence, str(rule.precedence)),
            note=rule.note,
            units=reached[rule.pk],
        )
        key = (rule.indicator_id, rule.kind, json.dumps(rule.parameters, sort_keys=True))
        if key not in groups:
            one = ready(rule)
            groups[key] = RuleGroup(
                rule.indicator, one.kind.label, tuple(one.clauses()), tuple(one.cliffs()), []
            )
        groups[key].rules.append(line)
    return list(groups.values())


def scope_words(rule: Rule, names: Mapping[int, NameAt]) -> str:
    """Return for whom a rule is: "Cấp xã · trong Thị xã Đông Triều"."""
    scope = scope_of(rule)

    def named(ids: frozenset[int]) -> str:
        return ", ".join(sorted(names[unit_id].full_name for unit_id in ids if unit_id in names))

    def areas(classes: frozenset[str]) -> str:
        return ", ".join(AREA_LABELS.get(one, one) for one in sorted(classes))

    levels = [LEVEL_LABELS[level] for level in LEVEL_LABELS if level in scope.levels]
    parts = [
        ", ".join(levels),
        f"trong {named(scope.within)}" if scope.within else "",
        f"khu vực {areas(scope.area_classes)}" if scope.area_classes else "",
        named(scope.units),
        f"trừ khu vực {areas(scope.exempt_area_classes)}" if scope.exempt_area_classes else "",
        f"trừ trong {named(scope.exempt_within)}" if scope.exempt_within else "",
        f"trừ {named(scope.exempt_units)}" if scope.exempt_units else "",
    ]
    return " · ".join(part for part in parts if part) or "Mọi đơn vị"


def report(*, plan: Plan) -> dict[str, Any]:
    """Return the plan as one JSON object: numbers as strings in the indicator's unit, missing as None."""
    names = names_of(plan)
    return {
        "plan": plan.code,
        "year": plan.year,
        "assignments": [
            {
                **_unit(line.assignment.indicator.code, line.name),
                "level": line.name.level,
                "baseline": numbers.plain(line.assignment.baseline),
                "baseline_printed": line.assignment.baseline_printed or None,
                "assigned": numbers.plain(line.assignment.assigned),
                "stretch": numbers.plain(line.assignment.stretch),
                "scored": numbers.plain(line.assignment.scored),
                "maintain": line.assignment.maintain,
                "wording": line.assignment.wording,
                "rule": line.assignment.rule.kind,
                "label": line.assignment.rule.label,
                "reason": line.sentence,
            }
            for line in assignment_lines(plan=plan, names=names)
        ],
        "differences": [
            {
                **_unit(one.indicator.code, one.name),
                "published": one.published_value,
                "assigned": one.assigned_value,
                "reason": one.reason,
            }
            for one in differences(plan=plan, names=names)
        ],
        "uncovered": [
            {**_unit(one.indicator.code, one.name), "level": one.name.level, "reason": one.reason}
            for one in uncovered(plan=plan, names=names)
        ],
    }


def _unit(indicator: str, name: NameAt) -> dict[str, str | None]:
    return {"indicator": indicator, "unit": name.full_name, "parent": name.parent_name or None}
