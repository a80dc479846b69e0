"""Plans and what they assign."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from dvctt.lib import numbers, periods
from indicators.models import Indicator, Period, State
from targets.models import Assignment, Plan, PlanState, Rule
from targets.rules import Baseline, Floor, ReadyRule
from targets.rules.judging import USUAL, Bands
from targets.selectors.ruling import ready, state_words
from units import selectors as unit_selectors
from units.models import Unit


class PlanUnknown(LookupError):
    """No plan of that code; the message is Vietnamese and lists the codes there are."""


@dataclass(frozen=True, slots=True)
class TargetOf:
    """A unit's target: `scored` is what results are judged against; percent for a rate."""

    unit_id: int
    plan_code: str
    plan_year: int
    assigned: Decimal
    stretch: Decimal | None
    scored: Decimal
    maintain: bool
    wording: str
    is_strict: bool = False
    bands: Bands = USUAL


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in the list of plans."""

    plan: Plan
    owner: str
    baseline: str
    rules: int
    assigned: int
    maintained: int

    @property
    def raised(self) -> int:
        return self.assigned - self.maintained


def plan_by_code(code: str, *, among: QuerySet[Plan] | None = None) -> Plan:
    """Return the plan with its document, owner and baseline period; raise PlanUnknown.

    `among` are the plans that whoever asks may know of; all where none are given.
    """
    known_plans = Plan.objects.all() if among is None else among
    plan = (
        known_plans.select_related(
            "document", "owner", "baseline_period", "assigned_by", "parent__document", "supersedes"
        )
        .filter(code=code)
        .first()
    )
    if plan is None:
        known = ", ".join(known_plans.order_by("code").values_list("code", flat=True))
        raise PlanUnknown(
            f"Không có kế hoạch “{code[:60]}”. "
            + (f"Các kế hoạch đang có: {known}." if known else "Chưa nạp kế hoạch nào.")
        )
    return plan


def plan_lines(*, user: User | AnonymousUser, today: date) -> list[PlanLine]:
    """Return every plan that the person may see, latest year first, with how many it assigns.

    Two queries and one for each day of units.
    """
    plans = list(
        Plan.objects.visible_to(user, today=today)
        .select_related("document", "owner", "baseline_period", "supersedes")
        .annotate(
            rule_count=_count(Rule.objects.all()),
            assigned_count=_count(Assignment.objects.all()),
            maintained_count=_count(Assignment.objects.filter(maintain=True)),
        )
    )
    names: dict[tuple[int, object], str] = {}
    for day in {plan.units_on for plan in plans}:
        owners = [plan.owner_id for plan in plans if plan.units_on == day]
        for unit_id, name in unit_selectors.names_on(unit_ids=owners, on=day).items():
            names[unit_id, day] = name.full_name
    return [
        PlanLine(
            plan=plan,
            owner=names.get((plan.owner_id, plan.units_on), ""),
            baseline=baseline_label(plan),
            rules=plan.rule_count,
            assigned=plan.assigned_count,
            maintained=plan.maintained_count,
        )
        for plan in plans
    ]


def _count(rows: QuerySet[Rule] | QuerySet[Assignment]) -> Coalesce:
    counted = rows.filter(plan=OuterRef("pk")).order_by().values("plan").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)


def targets_for(*, indicator: Indicator, plan: Plan) -> dict[int, TargetOf]:
    """Return by unit id what the plan assigns for the indicator, whatever its version. One query."""
    rows = Assignment.objects.filter(plan=plan, indicator__code=indicator.code).values_list(
        "unit_id", "assigned", "stretch", "scored", "maintain", "wording", "is_strict"
    )
    return {
        unit_id: TargetOf(
            unit_id, plan.code, plan.year, assigned, stretch, scored, maintain, wording, strict, plan.bands
        )
        for unit_id, assigned, stretch, scored, maintain, wording, strict in rows
    }


def plan_judging(*, province: Unit, indicator: Indicator, period: Period) -> Plan | None:
    """Return the province's plan against which the period's figures are judged, None where there is none.

    The plan of the period's year; else the one whose baseline the period is, so that a baseline can be seen
    beside what was made of it. Only issued plans that assign something judge; of
    several the one with the latest document, then the one drafted last. One query.
    """
    year = periods.parse_period(period.code).year
    given = Assignment.objects.filter(plan=OuterRef("pk"), indicator__code=indicator.code)
    issued = Plan.objects.filter(Exists(given), owner=province, state=PlanState.ISSUED)
    plans = [
        plan
        for plan in issued.select_related("document")
        if plan.year == year or plan.baseline_period_id == period.pk
    ]
    return _foremost(plans, year)


def plans_judging(
    *, provinces: Collection[Unit], codes: Collection[str], period: Period
) -> dict[tuple[int, str], Plan]:
    """Return by province and indicator code the plan that judges the period, as plan_judging chooses it.

    Where none does the pair is absent. Two queries, however many provinces and indicators.
    """
    year = periods.parse_period(period.code).year
    issued = Plan.objects.filter(
        Q(year=year) | Q(baseline_period=period), owner__in=provinces, state=PlanState.ISSUED
    )
    plans = {plan.pk: plan for plan in issued.select_related("document")}
    given = Assignment.objects.filter(plan__in=list(plans), indicator__code__in=codes)
    able: dict[tuple[int, str], list[Plan]] = defaultdict(list)
    for plan_id, code in given.values_list("plan_id", "indicator__code").distinct():
        able[plans[plan_id].owner_id, code].append(plans[plan_id])
    return {pair: plan for pair, ones in able.items() if (plan := _foremost(ones, year)) is not None}


def _foremost(plans: Collection[Plan], year: int) -> Plan | None:
    """Return the plan of the year before one that only has the period as its baseline, then the latest."""
    return max(plans, key=lambda plan: (plan.year == year, _issued_on(plan), plan.pk), default=None)


def _issued_on(plan: Plan) -> date:
    return plan.document.issued_on if plan.document and plan.document.issued_on else date.min


def sentence(assignment: Assignment) -> str:
    """Return why the unit got this target, with the numbers that a person needs to check it by hand.

    Reads the assignment's plan (with its baseline period and the plan above), rule, indicator and override.
    """
    rule = assignment.rule
    rule.indicator = assignment.indicator
    return explained(ready(rule), assignment)


def explained(rule: ReadyRule, assignment: Assignment) -> str:
    """The sentence, for callers that hold the ready rule already."""
    told = rule.sentence(baseline_kept(assignment), label=baseline_label(assignment.plan))
    override = assignment.override
    if override is None:
        return told
    given = rule.measure.figure(assignment.assigned)
    rather = "" if assignment.proposed is None else f" thay cho {rule.measure.figure(assignment.proposed)}"
    return (
        f"Sửa tay: giao {given}{rather}, lý do “{override.reason}” ({override.by}, "
        f"{numbers.vi_date(timezone.localtime(override.at).date())}). Theo quy tắc: {told}"
    )


def baseline_kept(assignment: Assignment) -> Baseline:
    """Return the baseline as it was when the target was assigned."""
    return Baseline(
        assignment.baseline,
        assignment.baseline_printed,
        state_words(assignment.baseline_state),
        assignment.baseline_numerator,
        assignment.baseline_denominator,
        assignment.baseline_state == State.OUT_OF_SCOPE,
        floor_kept(assignment),
    )


def floor_kept(assignment: Assignment) -> Floor | None:
    """Return what the plan above had assigned when the target was made."""
    above = assignment.plan.parent
    if assignment.floor is None or above is None:
        return None
    return Floor(
        assignment.floor,
        above.document.number if above.document else above.name,
        assignment.floor_is_strict,
        assignment.floor_is_owners,
    )


def baseline_label(plan: Plan) -> str:
    """Return how the plan calls its baseline: "Quý I/2023 (minh hoạ)", else the period's label."""
    if plan.baseline_label:
        return plan.baseline_label
    label = plan.baseline_period.label
    return label[0].lower() + label[1:] if label.startswith("Đến") else label
