"""A plan held against what its document printed, and against the units that it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dvctt.lib import numbers
from indicators.models import Indicator, PublishedTarget
from targets import rules
from targets.models import Assignment, Plan
from targets.rules import MAINTAIN_WORDING, NoTarget, ReadyRule
from targets.selectors.assigned import baseline_kept
from targets.selectors.reckoning import ground_of, outcomes
from targets.selectors.ruling import measure_of, ready
from units.selectors import NameAt

FIRST_SHOWN = 8
NOT_ASSIGNED_YET = "kế hoạch chưa được giao lần nào"
FIGURE_CAME_AFTER_ISSUE = "chưa có số liệu gốc khi ban hành"
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

    @property
    def first(self) -> tuple[Difference, ...]:
        """Those that a page shows at once."""
        return self.differences[:FIRST_SHOWN]

    @property
    def more(self) -> tuple[Difference, ...]:
        return self.differences[FIRST_SHOWN:]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A unit of the plan's levels that gets no target, and why.

    `is_settled`: nothing is waited for; the plan leaves it out on purpose.
    """

    indicator: Indicator
    name: NameAt
    reason: str
    is_settled: bool = False


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
    ground = ground_of(plan, names)
    indicators = {of_one.indicator.pk: of_one.indicator for of_one in ground.by_indicator}
    concerned = {
        (of_one.indicator.pk, member.unit_id)
        for of_one in ground.by_indicator
        for member in ground.members
        if of_one.concerns(member)
    }
    published = [
        target
        for target in PublishedTarget.objects.filter(
            document=plan.document_id, indicator__in=list(indicators)
        ).order_by("indicator__position", "pk")
        if (target.indicator_id, target.unit_id) in concerned
    ]
    assignments = {
        (one.indicator_id, one.unit_id): one
        for one in Assignment.objects.filter(plan=plan).select_related("rule", "indicator", "override__by")
    }
    for one in assignments.values():
        one.plan = plan
    if not assignments:
        return Comparison(0, ())
    ready_rules: dict[int, ReadyRule] = {}
    found: list[Difference] = []
    for target in published:
        assignment = assignments.get((target.indicator_id, target.unit_id))
        if assignment is not None and _equal(target, assignment):
            continue
        indicator = indicators[target.indicator_id]
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


def uncovered(
    *, plan: Plan, names: Mapping[int, NameAt] | None = None, indicator: Indicator | None = None
) -> list[Uncovered]:
    """Return the units of the plan's levels without a target, with the reason as it stands now.

    In reading order: by parent, then name. Five queries, and one for each indicator that leaves units out.
    """
    ground = ground_of(plan, names)
    assigned = set(Assignment.objects.filter(plan=plan).values_list("indicator_id", "unit_id"))
    found: list[Uncovered] = []
    for of_one in ground.by_indicator:
        key = of_one.indicator.pk
        if indicator is not None and indicator != of_one.indicator:
            continue
        waiting = [
            member
            for member in ground.members
            if (key, member.unit_id) not in assigned and of_one.concerns(member)
        ]
        if not waiting:
            continue
        for one in outcomes(ground, members=waiting, indicators={key}, tell_ties=True):
            reason, is_settled = FIGURE_CAME_LATER if assigned else NOT_ASSIGNED_YET, False
            if plan.is_frozen:
                reason = FIGURE_CAME_AFTER_ISSUE
            if isinstance(one.decision, NoTarget):
                reason, is_settled = one.decision.reason, one.decision.is_settled
            found.append(Uncovered(one.indicator, ground.names[one.member.unit_id], reason, is_settled))
    return sorted(found, key=lambda one: one.name.reading_order)
