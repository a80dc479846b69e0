"""A province in thirty seconds: does it reach its targets, and who has to be pressed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from dvctt.lib.names import fold
from indicators import rules as indicator_rules
from indicators import selectors as indicator_selectors
from indicators.models import (
    NO_FIGURE,
    Direction,
    Indicator,
    Measurement,
    Period,
    PublishedTarget,
    Scope,
    State,
)
from reports import rules
from reports.selectors import league as league_selectors
from reports.selectors import peers
from reports.selectors.league import League, LeagueRow
from targets import selectors as target_selectors
from targets.models import Plan
from targets.rules import judging
from targets.rules.judging import Bands
from units import selectors as unit_selectors
from units.models import Level, Unit, in_force
from units.selectors import NameAt

MOST_SHOWN: Final = 5
JUDGED_LEVELS: Final = (Level.SO.value, Level.HUYEN.value, Level.XA.value)
APPENDICES: Final[dict[str, str]] = {"quang ninh": "qninh-pl3", "quang nam": "qnam-pl2"}
"""Which official appendix a province downloads, by its folded name."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What the whole of something is to reach, who said so, and how it is judged."""

    indicator: Indicator
    target: Decimal | None = None
    source: str = ""
    is_strict: bool = False
    bands: Bands = judging.USUAL


@dataclass(frozen=True, slots=True)
class Gap:
    """A target and how far it is: of the whole province, or of one level of it.

    A level's `target` is None where its units have different ones; `reached` of `judged` then says how it is.
    """

    label: str
    indicator: Indicator
    level: str
    value: Decimal | None
    target: Decimal | None
    gap: Decimal | None
    status: str
    reached: int = 0
    judged: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """What a leader sees first. `total` None with figures there: rates alone cannot be added up."""

    province: Unit
    name: NameAt
    indicator: Indicator
    period: Period
    leagues: tuple[League, ...]
    total: indicator_rules.Total | None
    target: Decimal | None
    target_source: str
    status: str
    lacking: int | None
    judged: int
    reached: int
    units: int
    with_figures: int
    gaps: tuple[Gap, ...]
    unmeasured: tuple[Indicator, ...]
    press: tuple[LeagueRow, ...]
    plans: tuple[Plan, ...]
    appendix: str

    @property
    def without_figures(self) -> int:
        return self.units - self.with_figures

    @property
    def gap(self) -> Decimal | None:
        if self.total is None:
            return None
        return judging.gap(
            value=self.total.value,
            target=self.target,
            higher_is_better=self.indicator.direction == Direction.UP,
        )


def overview(*, province: Unit, indicator: Indicator, on: date) -> Overview | None:
    """Return the province's state in the latest telling period, None before there are official figures.

    Own figures of sở, districts and communes are added up; a district's row is its own work and not the sum
    of its communes, so nothing is counted twice. A constant number of queries.
    """
    period = peers.telling_period(indicator=indicator, within=province)
    if period is None:
        return None
    indicator = indicator_selectors.version_in(indicator, period)
    names = unit_selectors.names_on(unit_ids=[province.pk], on=period.ends_on)
    if province.pk not in names:
        return None
    leagues = tuple(
        league_selectors.league(
            indicator=indicator, period=period, level=level, within=province, compare_with=None
        )
        for level in JUDGED_LEVELS
        if level in indicator.levels
    )
    goals = _province_targets(province, indicator, period)
    values = _province_values(province, period, [indicator, *(goal.indicator for goal in goals)])
    total = values.get(indicator.pk)
    own = next((goal for goal in goals if goal.indicator.pk == indicator.pk), Goal(indicator))
    target, source = own.target, own.source
    rows = [row for league in leagues for row in league.all_rows]
    judged = [row for row in rows if row.target is not None]
    upward = indicator.direction == Direction.UP
    gaps, unmeasured = _gaps(goals, values, leagues)
    name = names[province.pk]
    return Overview(
        province=province,
        name=name,
        indicator=indicator,
        period=period,
        leagues=leagues,
        total=total,
        target=target,
        target_source=source,
        status=judging.band(
            value=total.value if total else None,
            target=target,
            higher_is_better=upward,
            bands=own.bands,
            is_strict=own.is_strict,
        ),
        lacking=judging.missing_cases(
            value=total.value if total else None,
            target=target,
            numerator=total.numerator if total else None,
            denominator=total.denominator if total else None,
            higher_is_better=upward,
            is_strict=own.is_strict,
        ),
        judged=len(judged),
        reached=sum(1 for row in judged if row.status in judging.REACHED),
        units=sum(league.units for league in leagues),
        with_figures=sum(league.units - league.states.get(NO_FIGURE, 0) for league in leagues),
        gaps=gaps,
        unmeasured=unmeasured,
        press=_to_press(judged),
        plans=tuple({plan.pk: plan for league in leagues for plan in league.plans}.values()),
        appendix=APPENDICES.get(fold(name.full_name).removeprefix("tinh ").removeprefix("thanh pho "), ""),
    )


def _to_press(judged: Sequence[LeagueRow]) -> tuple[LeagueRow, ...]:
    """Return the units that lack most: in cases where they are counted, else in points."""
    behind = [row for row in judged if row.status in judging.SHORT]
    behind.sort(key=lambda row: (-(row.lacking or 0), row.gap or 0))
    return tuple(behind[:MOST_SHOWN])


def _province_targets(province: Unit, indicator: Indicator, period: Period) -> list[Goal]:
    """Return the targets of the province as a whole: assigned by its plan, else as printed."""
    goals: list[Goal] = []
    plan = target_selectors.plan_judging(province=province, indicator=indicator, period=period)
    if plan is not None:
        assigned = target_selectors.targets_for(indicator=indicator, plan=plan).get(province.pk)
        if assigned is not None:
            goals.append(Goal(indicator, assigned.scored, str(plan), assigned.is_strict, assigned.bands))
    printed = (
        PublishedTarget.objects.filter(unit=province, value__isnull=False)
        .select_related("indicator", "document")
        .order_by("indicator__position", "-document__issued_on")
    )
    seen = {goal.indicator.pk for goal in goals}
    for target in printed:
        if target.indicator_id not in seen and target.value is not None:
            seen.add(target.indicator_id)
            goals.append(Goal(target.indicator, target.value, target.document.number))
    return goals


def _province_values(
    province: Unit, period: Period, indicators: Sequence[Indicator]
) -> dict[int, indicator_rules.Total]:
    """Return the province's totals by indicator, where every figure has counts. One query."""
    by_id = {one.pk: one for one in indicators}
    best: dict[tuple[int, int], tuple[tuple[bool, int], str, indicator_rules.Counted]] = {}
    for indicator_id, unit_id, source, state, numerator, denominator, value in Measurement.objects.filter(
        in_force(period.ends_on, "unit__paths_up__"),
        unit__paths_up__ancestor=province,
        indicator__in=list(by_id),
        period=period,
        scope=Scope.OWN,
    ).values_list("indicator_id", "unit_id", "source", "state", "numerator", "denominator", "value"):
        order = by_id[indicator_id].sources
        if source not in order:
            continue
        place = indicator_rules.official_place(order, source=source, state=state)
        cell = (indicator_id, unit_id)
        if cell not in best or place < best[cell][0]:
            best[cell] = (place, state, indicator_rules.Counted(numerator, denominator, value))
    figures: dict[int, list[indicator_rules.Counted]] = defaultdict(list)
    for (indicator_id, _), (_, state, counted) in best.items():
        if state == State.NUMBER:
            figures[indicator_id].append(counted)
    totals = {}
    for indicator_id, counted_figures in figures.items():
        one = by_id[indicator_id]
        total = indicator_rules.total(
            counted_figures, is_rate=one.is_rate, has_denominator=bool(one.denominator)
        )
        if total is not None:
            totals[indicator_id] = total
    return totals


def _gaps(
    goals: Sequence[Goal],
    values: dict[int, indicator_rules.Total],
    leagues: Sequence[League],
) -> tuple[tuple[Gap, ...], tuple[Indicator, ...]]:
    """Return the province's targets by gap, widest first, and the indicators that nobody has measured."""
    gaps: list[Gap] = []
    unmeasured = []
    for goal in goals:
        total = values.get(goal.indicator.pk)
        if total is None:
            unmeasured.append(goal.indicator)
            continue
        gaps.append(_gap(goal.indicator.short_name, goal, "", total.value))
    measured = sorted(gaps, key=lambda gap: (gap.gap is None, gap.gap or 0))
    levels = [_level_gap(league) for league in leagues if league.has_targets]
    return (*measured[: MOST_SHOWN - len(levels)], *levels), tuple(unmeasured)


def _level_gap(league: League) -> Gap:
    judged = [row for row in league.all_rows if row.target is not None]
    # A level has one target only where all its units share one; kept results are each their own.
    shared = {(row.target, row.is_strict) for row in judged if row.status != judging.MAINTAIN}
    target, is_strict = shared.pop() if len(shared) == 1 else (None, False)
    value = league.total.value if league.total else None
    goal = Goal(league.indicator, target, "", is_strict, league.bands)
    gap = _gap(f"Riêng {rules.LEVELS[league.level]}", goal, league.level, value)
    reached = sum(1 for row in judged if row.status in judging.REACHED)
    return replace(gap, reached=reached, judged=len(judged))


def _gap(label: str, goal: Goal, level: str, value: Decimal | None) -> Gap:
    upward = goal.indicator.direction == Direction.UP
    return Gap(
        label=label,
        indicator=goal.indicator,
        level=level,
        value=value,
        target=goal.target,
        gap=judging.gap(value=value, target=goal.target, higher_is_better=upward),
        status=judging.band(
            value=value,
            target=goal.target,
            higher_is_better=upward,
            bands=goal.bands,
            is_strict=goal.is_strict,
        ),
    )
