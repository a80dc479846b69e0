"""A plan held against what its document printed, and against the units that it leaves out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dvctt.lib import numbers
from indicators import selectors as indicator_selectors
from indicators.models import Indicator, PublishedTarget
from targets import rules
from targets.models import Assignment, Plan, Rule
from targets.rules import MAINTAIN_WORDING, Decision, Member, ReadyRule, ScopedRule
from targets.selectors.assigned import baseline_kept
from targets.selectors.ruling import baseline_of, measure_of, members_of, ready, scoped
from units import selectors as unit_selectors
from units.selectors import NameAt

NO_RULE = "không có quy tắc nào của kế hoạch áp dụng cho đơn vị"
NOT_ASSIGNED_YET = "kế hoạch chưa được giao lần nào"
FIGURE_CAME_LATER = "số liệu gốc có sau lần giao gần nhất; giao lại để có chỉ tiêu"


@dataclass(frozen=True, slots=True)
class Difference:
    """A target as the document printed it that is not what the plan's rule gives."""

    indicator: Indicator
    name: NameAt
    published: PublishedTarget
    assignment: Assignment | None
    reason: str

    @property
    def published_value(self) -> str:
        """Return the printed number, or the words for a kept result."""
        return MAINTAIN_WORDING if self.published.maintain else numbers.plain(self.published.value) or ""

    @property
    def assigned_value(self) -> str | None:
        """Return our number, the words for a kept result, or None where the plan assigns nothing."""
        if self.assignment is None:
            return None
        return MAINTAIN_WORDING if self.assignment.maintain else numbers.plain(self.assignment.assigned)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many printed targets there are for the plan's units, and those that differ from ours."""

    published: int
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> int:
        return self.published - len(self.differences)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A unit of the plan's levels that gets no target, and why."""

    indicator: Indicator
    name: NameAt
    reason: str


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a plan stands on: its units, and its rules by indicator."""

    names: Mapping[int, NameAt]
    members: dict[int, Member]
    rules: dict[int, list[Rule]]

    def concerned(self, rules_of_one: list[Rule]) -> list[Member]:
        scoped_rules = [scoped(rule) for rule in rules_of_one]
        levels = rules_of_one[0].indicator.levels
        return [one for one in self.members.values() if rules.concerned(scoped_rules, levels, one)]


def _ground(plan: Plan, names: Mapping[int, NameAt] | None) -> _Ground:
    if names is None:
        names = unit_selectors.below(ancestor=plan.owner, on=plan.units_on)
    by_indicator: dict[int, list[Rule]] = defaultdict(list)
    for rule in plan.rules.select_related("indicator").order_by("position"):
        by_indicator[rule.indicator_id].append(rule)
    return _Ground(names, {member.unit_id: member for member in members_of(names)}, by_indicator)


def differences(*, plan: Plan, names: Mapping[int, NameAt] | None = None) -> list[Difference]:
    """Return the printed targets of the plan's document that differ from what it assigns, with the reason.

    `names`, here and below, are those of the units below the owner on the plan's day, for callers that hold
    them already.
    """
    return list(comparison(plan=plan, names=names).differences)


def comparison(*, plan: Plan, names: Mapping[int, NameAt] | None = None) -> Comparison:
    """Hold the printed targets of the plan's document against its assignments, over the plan's own units.

    "Duy trì" equals "duy trì"; numbers are compared at the decimals that were printed. Nothing is compared
    before the plan was assigned. Four queries.
    """
    if plan.document_id is None:
        return Comparison(0, ())
    ground = _ground(plan, names)
    concerned = {
        (indicator_id, member.unit_id)
        for indicator_id, found in ground.rules.items()
        for member in ground.concerned(found)
    }
    published = [
        target
        for target in PublishedTarget.objects.filter(
            document=plan.document_id, indicator__in=list(ground.rules)
        ).order_by("indicator__position", "pk")
        if (target.indicator_id, target.unit_id) in concerned
    ]
    assignments = {
        (one.indicator_id, one.unit_id): one
        for one in Assignment.objects.filter(plan=plan).select_related("rule", "indicator")
    }
    if not assignments:
        return Comparison(0, ())
    ready_rules: dict[int, ReadyRule] = {}
    found: list[Difference] = []
    for target in published:
        assignment = assignments.get((target.indicator_id, target.unit_id))
        if assignment is not None and _equal(target, assignment):
            continue
        indicator = ground.rules[target.indicator_id][0].indicator
        name = ground.names[target.unit_id]
        reason = _why(target, assignment, indicator, ready_rules)
        found.append(Difference(indicator, name, target, assignment, reason))
    return Comparison(len(published), tuple(found))


def _equal(target: PublishedTarget, assignment: Assignment) -> bool:
    if target.maintain or assignment.maintain:
        return target.maintain == assignment.maintain
    if target.value is None:
        return False
    decimals = _decimals(target.value)
    return numbers.round_half_up(assignment.assigned, decimals) == target.value


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _why(
    target: PublishedTarget,
    assignment: Assignment | None,
    indicator: Indicator,
    ready_rules: dict[int, ReadyRule],
) -> str:
    measure = measure_of(indicator)
    printed = f"Văn bản in {_said(target.maintain, target.value, measure)}"
    if assignment is None:
        return f"{printed}; kế hoạch không giao cho đơn vị này, lý do ở danh sách chưa giao được."
    rule = ready_rules.get(assignment.rule_id)
    if rule is None:
        rule = ready_rules[assignment.rule_id] = ready(assignment.rule)
    ours = _said(assignment.maintain, assignment.assigned, measure)
    because = rule.because(baseline_kept(assignment))
    return f"{printed} dù {because}; quy tắc của nhóm ({assignment.rule.label}) cho {ours}."


def _said(maintain: bool, value: Decimal | None, measure: rules.Measure) -> str:
    if maintain or value is None:
        return f"“{MAINTAIN_WORDING}”"
    return measure.figure(value)


def uncovered(*, plan: Plan, names: Mapping[int, NameAt] | None = None) -> list[Uncovered]:
    """Return the units of the plan's levels without a target, with the reason as it stands now.

    In reading order: by parent, then name. Three queries, and one for each indicator that leaves units out.
    """
    ground = _ground(plan, names)
    assigned = set(Assignment.objects.filter(plan=plan).values_list("indicator_id", "unit_id"))
    found: list[Uncovered] = []
    for indicator_id, rules_of_one in ground.rules.items():
        indicator = rules_of_one[0].indicator
        asked = ground.concerned(rules_of_one)
        waiting = [member for member in asked if (indicator_id, member.unit_id) not in assigned]
        if not waiting:
            continue
        reasons = _reasons(plan, indicator, rules_of_one, waiting, is_assigned=bool(assigned))
        found += [Uncovered(indicator, ground.names[unit_id], reason) for unit_id, reason in reasons.items()]
    return sorted(found, key=_reading_order)


def _reading_order(one: Uncovered) -> tuple[int, str, str]:
    return (unit_selectors.LEVEL_ORDER.get(one.name.level, 99), one.name.parent_name, one.name.full_name)


def _reasons(
    plan: Plan, indicator: Indicator, rules_of_one: list[Rule], waiting: list[Member], *, is_assigned: bool
) -> dict[int, str]:
    figures = indicator_selectors.official_figures(
        indicator=indicator,
        period=plan.baseline_period,
        unit_ids=[member.unit_id for member in waiting],
        source=plan.baseline_source or None,
    )
    by_position: dict[int, Rule] = {rule.position: rule for rule in rules_of_one}
    scoped_rules: list[ScopedRule] = [scoped(rule) for rule in rules_of_one]
    ready_rules: dict[int, ReadyRule] = {}
    reasons: dict[int, str] = {}
    for member in waiting:
        chosen = rules.governing(scoped_rules, member)
        if chosen is None:
            reasons[member.unit_id] = NO_RULE
            continue
        if chosen.position not in ready_rules:
            ready_rules[chosen.position] = ready(by_position[chosen.position])
        decision = ready_rules[chosen.position].decide(baseline_of(figures.get(member.unit_id)))
        if not isinstance(decision, Decision):
            reasons[member.unit_id] = decision.reason
        else:
            reasons[member.unit_id] = FIGURE_CAME_LATER if is_assigned else NOT_ASSIGNED_YET
    return reasons
