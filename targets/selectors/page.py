"""What the page of a plan, and the JSON of a plan, show of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count

from dvctt.lib import names as unit_names
from dvctt.lib import numbers
from indicators.models import Indicator
from targets.models import Assignment, Plan, PlanIndicator, Rule
from targets.rules import KINDS, PRECEDENCE_WORDS, Clause, Decision, ReadyRule
from targets.selectors.assigned import baseline_kept, explained
from targets.selectors.review import differences, uncovered
from targets.selectors.ruling import members_of, ready, scope_of
from units import selectors as unit_selectors
from units.models import AreaClass, Level
from units.selectors import NameAt

RAISED: Final = "tang"
MAINTAINED: Final = "duy-tri"
WITHOUT_BASELINE: Final = "khong-co-so-goc"
JUMP: Final = Decimal(15)
"""Points from which a rise is large enough to be looked at (ux: "tăng > 15 điểm %")."""
BY_HAND: Final = "sửa tay"
LIFTED: Final = "nâng bằng mức cấp trên giao"
NO_RESULT: Final = "không có số gốc"
JUMPS: Final = "tăng hơn 15 điểm %"
EASIER: Final = "kém kết quả đã đạt"
AT_CLIFF: Final = "sát bước nhảy của quy tắc"
SUMMED: Final = "số gốc thiếu quý"
LEVEL_LABELS: Final[Mapping[str, str]] = {level.value: str(level.label) for level in Level}
AREA_LABELS: Final[Mapping[str, str]] = {area.value: str(area.label) for area in AreaClass}


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """An assignment with the unit's name on the plan's day and its rule, ready to explain it.

    `flags` say why a person should look at it before signing.
    """

    assignment: Assignment
    name: NameAt
    rule: ReadyRule
    flags: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return explained(self.rule, self.assignment)

    @property
    def kind(self) -> str:
        """Whether the unit must rise, has enough already, or was assigned without a baseline."""
        assignment = self.assignment
        if assignment.baseline is None:
            return WITHOUT_BASELINE
        is_enough = not self.rule.measure.lacks(assignment.baseline, assignment.scored)
        return MAINTAINED if assignment.maintain or is_enough else RAISED

    @property
    def rise(self) -> Decimal | None:
        """By how much the unit must get better, in the indicator's unit; None without a baseline."""
        if self.assignment.baseline is None:
            return None
        gained = self.assignment.scored - self.assignment.baseline
        return gained if self.rule.measure.higher_is_better else -gained

    @property
    def unit_of_measure(self) -> str:
        return self.rule.measure.unit


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


def assignment_lines(
    *, plan: Plan, names: Mapping[int, NameAt], indicator: Indicator | None = None
) -> list[AssignmentLine]:
    """Return every assignment, or those of one indicator: by indicator, level, parent, name. One query."""
    ready_rules: dict[int, ReadyRule] = {}
    lines: list[AssignmentLine] = []
    rows = plan.assignments.select_related("rule", "indicator", "override__by")
    for assignment in rows if indicator is None else rows.filter(indicator=indicator):
        assignment.plan = plan
        if assignment.rule_id not in ready_rules:
            rule = assignment.rule
            rule.indicator = assignment.indicator
            ready_rules[assignment.rule_id] = ready(rule)
        one = ready_rules[assignment.rule_id]
        lines.append(AssignmentLine(assignment, names[assignment.unit_id], one, _flags(assignment, one)))
    return sorted(lines, key=_reading_order)


def _flags(assignment: Assignment, rule: ReadyRule) -> tuple[str, ...]:
    measure = rule.measure
    found = []
    if assignment.override_id is not None:
        found.append(BY_HAND)
    elif assignment.floor is not None and assignment.assigned == assignment.floor:
        alone = rule.decide(baseline_kept(assignment)._replace(floor=None))
        if isinstance(alone, Decision) and measure.lacks(alone.assigned, assignment.floor):
            found.append(LIFTED)
    if assignment.baseline is None:
        return (*found, NO_RESULT)
    gained = assignment.scored - assignment.baseline
    if measure.is_rate and (gained if measure.higher_is_better else -gained) > JUMP:
        found.append(JUMPS)
    if measure.lacks(assignment.scored, assignment.baseline):
        found.append(EASIER)
    if assignment.override_id is None and rule.is_near_cliff(assignment.baseline):
        found.append(AT_CLIFF)
    if "thiếu" in assignment.baseline_note:
        found.append(SUMMED)
    return tuple(found)


def _reading_order(line: AssignmentLine) -> tuple[int, str, int, str, str]:
    indicator = line.assignment.indicator
    return (indicator.position, indicator.code, *line.name.reading_order)


def indicators_of(*, plan: Plan) -> list[Indicator]:
    """Return what the plan is about: the indicators of its rules, in the catalogue's order. One query."""
    return list(Indicator.objects.filter(pk__in=plan.rules.values("indicator")).order_by("position", "code"))


def rule_groups(*, plan: Plan, names: Mapping[int, NameAt]) -> list[RuleGroup]:
    """Return the plan's rules in words, those with the same parameters together. Two queries."""
    reached = dict(
        plan.assignments.order_by()
        .values_list("rule")
        .annotate(units=Count("pk"))
        .values_list("rule", "units")
    )
    groups: dict[tuple[int, str, str], RuleGroup] = {}
    for rule in plan.rules.select_related("indicator").order_by("position"):
        line = _rule_line(rule, names, reached.get(rule.pk, 0))
        key = (rule.indicator_id, rule.kind, json.dumps(rule.parameters, sort_keys=True))
        if key not in groups:
            one = ready(rule)
            groups[key] = RuleGroup(
                rule.indicator, one.kind.label, tuple(one.clauses()), tuple(one.cliffs()), []
            )
        groups[key].rules.append(line)
    return list(groups.values())


def _rule_line(rule: Rule, names: Mapping[int, NameAt], units: int) -> RuleLine:
    return RuleLine(
        rule=rule,
        scope=scope_words(rule, names),
        precedence=PRECEDENCE_WORDS.get(rule.precedence, str(rule.precedence)),
        note=rule.note,
        units=units,
    )


@dataclass(frozen=True, slots=True)
class RuleSection:
    """An indicator of a plan with what the plan says of it, and its rules, most specific last."""

    indicator: Indicator
    told: PlanIndicator | None
    rules: tuple[tuple[RuleLine, str], ...]


def rule_sections(*, plan: Plan, names: Mapping[int, NameAt]) -> list[RuleSection]:
    """Return the plan's indicators with their rules and each rule's kind in words. Three queries."""
    reached = dict(
        plan.assignments.order_by()
        .values_list("rule")
        .annotate(units=Count("pk"))
        .values_list("rule", "units")
    )
    told = {one.indicator_id: one for one in plan.indicators.select_related("indicator")}
    found: dict[int, list[tuple[RuleLine, str]]] = {key: [] for key in told}
    indicators = {key: one.indicator for key, one in told.items()}
    for rule in plan.rules.select_related("indicator").order_by("precedence", "position"):
        indicators[rule.indicator_id] = rule.indicator
        line = _rule_line(rule, names, reached.get(rule.pk, 0))
        found.setdefault(rule.indicator_id, []).append((line, KINDS[rule.kind].label))
    return [
        RuleSection(indicators[key], told.get(key), tuple(lines))
        for key, lines in sorted(found.items(), key=lambda one: indicators[one[0]].position)
    ]


@dataclass(frozen=True, slots=True)
class CoveringRule:
    """A rule whose scope covers a unit; of several the one that governs counts."""

    line: RuleLine
    kind: str
    governs: bool


def covering_rules(
    *, plan: Plan, unit_id: int, indicator: Indicator, names: Mapping[int, NameAt]
) -> list[CoveringRule]:
    """Return the rules that cover the unit, the governing one first, then less specific ones. One query."""
    member = next(one for one in members_of(names, owner_id=plan.owner_id) if one.unit_id == unit_id)
    covering = [
        rule
        for rule in plan.rules.filter(indicator=indicator).order_by("-precedence", "position")
        if scope_of(rule).covers(member)
    ]
    return [
        CoveringRule(_rule_line(rule, names, 0), KINDS[rule.kind].label, place == 0)
        for place, rule in enumerate(covering)
    ]


def line_of(
    *, plan: Plan, unit_id: int, indicator: Indicator, names: Mapping[int, NameAt]
) -> AssignmentLine | None:
    """Return one unit's assignment, None where it has none. One query."""
    rows = plan.assignments.filter(unit_id=unit_id, indicator=indicator)
    for assignment in rows.select_related("rule", "indicator", "override__by"):
        assignment.plan = plan
        assignment.rule.indicator = indicator
        one = ready(assignment.rule)
        return AssignmentLine(assignment, names[unit_id], one, _flags(assignment, one))
    return None


def scope_words(rule: Rule, names: Mapping[int, NameAt]) -> str:
    """Return for whom a rule is: "Cấp xã · trong Thị xã Đông Triều"."""
    scope = scope_of(rule)

    def named(ids: frozenset[int]) -> str:
        found = (names[unit_id].full_name for unit_id in ids if unit_id in names)
        return ", ".join(sorted(found, key=unit_names.reading_order))

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
