"""All that the official papers of a plan say, read once: by indicator, in the plan's order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from dvctt.lib import names as unit_names
from dvctt.lib import numbers
from indicators.models import Indicator, Source
from targets import selectors as target_selectors
from targets.models import FROZEN, Override, Plan, PlanIndicator, PlanState
from targets.selectors import AssignmentLine, RuleGroup, Uncovered
from units import selectors as unit_selectors
from units.models import Level
from units.selectors import NameAt


class OwnerUnknown(LookupError):
    """The plan's owner did not exist on the day of its units; the message is Vietnamese."""


@dataclass(frozen=True, slots=True)
class IndicatorPart:
    """What the plan does with one indicator: its rules, its targets, and the units that got none."""

    indicator: Indicator
    told: PlanIndicator | None
    groups: tuple[RuleGroup, ...]
    lines: tuple[AssignmentLine, ...]
    waiting: tuple[Uncovered, ...]
    overrides: tuple[Override, ...]

    @property
    def has_stretch(self) -> bool:
        return any(line.assignment.stretch is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class PlanBook:
    """A plan with the names of its units on its day, and its parts in order.

    `successor` is what the plan that superseded it is called, "" while none did.
    """

    plan: Plan
    owner: NameAt
    names: Mapping[int, NameAt]
    parts: tuple[IndicatorPart, ...]
    baseline: str
    is_simulated: bool
    successor: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether the plan is not issued, approved or not: its papers say so."""
        return not self.plan.is_frozen

    @property
    def has_stretch(self) -> bool:
        return any(part.has_stretch for part in self.parts)


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A unit to choose papers for, with how many units of it or below it have a target."""

    unit_id: int
    label: str
    units: int


@dataclass(frozen=True, slots=True)
class PlanPapers:
    """What can be downloaded of a plan: its indicators, places with units below, and units by place."""

    indicators: tuple[tuple[Indicator, int], ...]
    places: tuple[PlaceChoice, ...]
    groups: tuple[tuple[str, tuple[NameAt, ...]], ...]

    @property
    def units(self) -> int:
        return sum(len(members) for _, members in self.groups)


def visible_plan(*, code: str, user: User | AnonymousUser, today: date) -> Plan | None:
    """Return the plan that the person may see, with what its papers read; None for any other. One query."""
    return (
        Plan.objects.visible_to(user, today=today)
        .select_related(
            "document", "owner", "baseline_period", "assigned_by", "parent__document", "supersedes"
        )
        .filter(code=code)
        .first()
    )


def plan_book(*, plan: Plan) -> PlanBook:
    """Read the plan. The number of queries grows with its indicators, never with its units.

    Raises OwnerUnknown, and RulesTie where two rules of one precedence cover a unit without a target.
    """
    names = target_selectors.names_of(plan)
    if plan.owner_id not in names:
        raise OwnerUnknown(
            f"Đơn vị giao của kế hoạch “{plan.name}” không có trong cây đơn vị ngày "
            f"{numbers.vi_date(plan.units_on)}; hãy sửa ngày của danh mục đơn vị."
        )
    lines: dict[int, list[AssignmentLine]] = defaultdict(list)
    groups: dict[int, list[RuleGroup]] = defaultdict(list)
    waiting: dict[int, list[Uncovered]] = defaultdict(list)
    overrides: dict[int, list[Override]] = defaultdict(list)
    told: dict[int, PlanIndicator] = {}
    indicators: dict[int, Indicator] = {}
    for one in plan.indicators.select_related("indicator"):
        told[one.indicator_id] = one
        indicators[one.indicator_id] = one.indicator
    all_lines = target_selectors.assignment_lines(plan=plan, names=names)
    for line in all_lines:
        lines[line.assignment.indicator_id].append(line)
    for group in target_selectors.rule_groups(plan=plan, names=names):
        groups[group.indicator.pk].append(group)
        indicators[group.indicator.pk] = group.indicator
    for left in target_selectors.uncovered(plan=plan, names=names):
        waiting[left.indicator.pk].append(left)
    carried = {line.assignment.override_id for line in all_lines}
    for override in plan.overrides.order_by("pk"):
        # One whose unit no rule covers any more is without effect.
        if override.value is None or override.pk in carried:
            overrides[override.indicator_id].append(override)
    parts = [
        IndicatorPart(
            indicator,
            told.get(key),
            tuple(groups[key]),
            tuple(lines[key]),
            tuple(waiting[key]),
            tuple(overrides[key]),
        )
        for key, indicator in indicators.items()
    ]
    successor = ""
    if plan.state == PlanState.SUPERSEDED:
        successor = plan.successors.filter(state__in=FROZEN).values_list("name", flat=True).first() or ""
    return PlanBook(
        plan=plan,
        owner=names[plan.owner_id],
        names=names,
        parts=tuple(sorted(parts, key=_in_plan_order)),
        baseline=target_selectors.baseline_label(plan),
        is_simulated=plan.baseline_source == Source.SIMULATED
        or any(line.assignment.baseline_source == Source.SIMULATED for line in all_lines),
        successor=successor,
    )


def _in_plan_order(part: IndicatorPart) -> tuple[bool, int, int, str]:
    told, indicator = part.told, part.indicator
    return (told is None, told.position if told else 0, indicator.position, indicator.code)


def plan_papers(*, plan: Plan) -> PlanPapers:
    """Return what can be downloaded of the plan. Four queries."""
    names = target_selectors.names_of(plan)
    rows = list(plan.assignments.values_list("indicator_id", "unit_id"))
    assigned = {unit_id for _, unit_id in rows if unit_id in names}
    in_plan = {one.indicator_id: one.indicator for one in plan.indicators.select_related("indicator")}
    in_plan |= {
        rule.indicator_id: rule.indicator
        for rule in plan.rules.select_related("indicator").order_by("-position")
        if rule.indicator_id not in in_plan
    }
    counts = {key: sum(1 for indicator_id, _ in rows if indicator_id == key) for key in in_plan}
    below: dict[int, int] = defaultdict(int)
    by_place: dict[str, list[NameAt]] = defaultdict(list)
    for unit_id in assigned:
        name = names[unit_id]
        by_place[_place(name, plan)].append(name)
        above = name.parent_id if unit_id != plan.owner_id else None
        while above is not None and above in names:
            below[above] += 1
            above = names[above].parent_id if above != plan.owner_id else None
    places = sorted(
        below,
        key=lambda unit_id: (unit_id != plan.owner_id, unit_names.reading_order(names[unit_id].full_name)),
    )
    return PlanPapers(
        indicators=tuple((indicator, counts[key]) for key, indicator in in_plan.items()),
        places=tuple(PlaceChoice(unit_id, names[unit_id].full_name, below[unit_id]) for unit_id in places),
        groups=tuple(
            (
                place,
                tuple(sorted(by_place[place], key=lambda name: unit_names.reading_order(name.full_name))),
            )
            for place in sorted(by_place, key=lambda place: _place_order(place, by_place[place]))
        ),
    )


def _place(name: NameAt, plan: Plan) -> str:
    """Return under which heading a unit is offered: communes under their district, others by level."""
    if name.level == Level.XA and name.parent_id != plan.owner_id:
        return name.parent_name
    return name.level_label


def _place_order(place: str, members: list[NameAt]) -> tuple[int, bool, str]:
    level = unit_selectors.LEVEL_ORDER.get(members[0].level, 99)
    return (level, place != members[0].level_label, unit_names.reading_order(place))
