"""The heat map: the units of one level beside all their indicators, for one period.

A cell says what the league table of its indicator says of the unit: the same official figure, the same reason
for not counting, the same plan and band (reports.selectors.standing). A test holds it against the league.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from dvctt.lib.names import reading_order
from indicators import rules as indicator_rules
from indicators import selectors as indicator_selectors
from indicators.models import OFFICIAL_SOURCES, Direction, Indicator, Measurement, Period, Scope
from reports import rules
from reports.selectors.peers import Area, area_of
from reports.selectors.standing import (
    RANKED_STATE,
    SourceUse,
    matching,
    owners_of_plans,
    sources_used,
    status_of,
    total_of,
    why_unranked,
)
from targets import selectors as target_selectors
from targets.models import Assignment, Plan
from targets.rules import judging
from units import selectors as unit_selectors
from units.models import Unit, UnitVersion, in_force

FEWEST_COMPARED: Final = 3
"""Figures from which on a median says something about one of them."""


class HeatFigure(NamedTuple):
    """A unit's official figure."""

    numerator: int | None
    denominator: int | None
    value: Decimal | None
    state: str
    source: str
    extracted_on: date | None
    document_id: int | None


class HeatCell(NamedTuple):
    """What one unit has for one indicator. `state` and `status` are those of its row in the league table.

    `beside` tells how a figure without a target stands to the median of its peers: rules.BETTER, EVEN or
    WORSE; "" for one that is judged, and where there is nothing to tell.
    """

    value: Decimal | None
    numerator: int | None
    denominator: int | None
    state: str
    target: Decimal | None
    status: str
    beside: str

    @property
    def is_ranked(self) -> bool:
        return self.state == RANKED_STATE

    @property
    def is_judged(self) -> bool:
        return self.status != judging.NONE


class HeatRow(NamedTuple):
    """One unit: a cell for each column; of those with a target how many were judged, and reach it."""

    unit_id: int
    unit: str
    parent: str
    cells: tuple[HeatCell, ...]
    reached: int
    judged: int
    assigned: int


@dataclass(frozen=True, slots=True)
class HeatColumn:
    """One indicator over all units of the area. `numbered` have a number, few cases or not.

    `assigned` have a target; those without a figure that can be judged are not among the `judged`.
    """

    indicator: Indicator
    reached: int
    judged: int
    assigned: int
    compared: int
    numbered: int
    median: Decimal | None
    total: indicator_rules.Total | None


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Units by indicators. `rows` in reading order, above them first; a search narrows `rows` alone.

    Columns, `units`, `spread` and sources are of all units of the area.
    """

    period: Period
    level: str
    on: date
    area: tuple[Area, ...]
    columns: tuple[HeatColumn, ...]
    left_out: tuple[Indicator, ...]
    rows: tuple[HeatRow, ...]
    units: int
    spread: rules.Spread
    names: Mapping[int, str]
    sources: tuple[SourceUse, ...]
    plans: tuple[Plan, ...]
    search: str

    @property
    def has_targets(self) -> bool:
        return any(column.assigned for column in self.columns)

    @property
    def waiting(self) -> int:
        """Cells with a target and no figure that can be judged."""
        return sum(column.assigned - column.judged for column in self.columns)

    @property
    def numbered(self) -> int:
        return sum(column.numbered for column in self.columns)


class _Goal(NamedTuple):
    scored: Decimal
    maintain: bool
    is_strict: bool
    plan_id: int


def heat_map(*, period: Period, level: str, within: Unit | None, search: str = "") -> HeatMap:
    """Return the units of the level inside `within` (None: every province with figures) by their indicators.

    Units are those of the period's last day, indicators those that apply to the level then; an indicator of
    which no unit has a figure or a reason is left out. Simulated figures never come in. The number of queries
    depends neither on the units nor on the indicators.
    """
    on = period.ends_on
    area = area_of(within=within, period=period, on=on, source=None)
    applying = indicator_selectors.current_indicators(level=level, on=on)
    places = _places(area, level, on)
    figures = _official(area, applying, period, on, places)
    shown = [one for one in applying if figures[one.pk]]
    plans = target_selectors.plans_judging(
        provinces=owners_of_plans(area, on), codes=[one.code for one in shown], period=period
    )
    goals = _goals(plans, places)
    bands = {plan.pk: plan.bands for plan in plans.values()}
    made = [_column(one, places, figures[one.pk], goals.get(one.code, {}), bands) for one in shown]
    rows = [
        HeatRow(
            unit_id,
            name,
            parent,
            cells,
            sum(1 for cell in cells if cell.status in judging.REACHED),
            sum(1 for cell in cells if cell.is_judged),
            sum(1 for cell in cells if cell.target is not None),
        )
        for (unit_id, (name, parent)), cells in zip(
            places.items(), _by_unit([cells for _, cells in made], len(places)), strict=True
        )
    ]
    return HeatMap(
        period=period,
        level=level,
        on=on,
        area=area,
        columns=tuple(column for column, _ in made),
        left_out=tuple(one for one in applying if not figures[one.pk]),
        rows=matching(rows, search),
        units=len(rows),
        spread=rules.spread(
            {
                (row.unit_id, place): cell.status in judging.SHORT
                for row in rows
                for place, cell in enumerate(row.cells)
                if cell.is_judged
            }
        ),
        names={unit_id: name for unit_id, (name, _) in places.items()},
        sources=sources_used(figure for one in shown for figure in figures[one.pk].values()),
        plans=tuple(_used(plans.values(), goals)),
        search=search,
    )


def _places(area: Sequence[Area], level: str, on: date) -> dict[int, tuple[str, str]]:
    """Return by unit its name and that of the unit above it, in reading order: those above first, then it."""
    versions = list(
        UnitVersion.objects.filter(
            in_force(on),
            in_force(on, "unit__paths_up__"),
            level=level,
            unit__paths_up__ancestor__in=[name.unit_id for name in area],
        ).values_list("unit_id", "full_name", "parent_id")
    )
    above = unit_selectors.names_on(unit_ids={parent for _, _, parent in versions if parent}, on=on)
    placed = [
        (unit_id, name, above[parent].full_name if parent in above else "")
        for unit_id, name, parent in versions
    ]
    placed.sort(key=lambda one: (reading_order(one[2]), reading_order(one[1]), one[0]))
    return {unit_id: (name, parent) for unit_id, name, parent in placed}


def _official(
    area: Sequence[Area],
    indicators: Sequence[Indicator],
    period: Period,
    on: date,
    units: Collection[int],
) -> dict[int, dict[int, HeatFigure]]:
    """Return by indicator and unit the figure of the first of its sources that has one. One query."""
    order = {one.pk: one.sources for one in indicators}
    found: dict[int, dict[int, HeatFigure]] = {one.pk: {} for one in indicators}
    best: dict[tuple[int, int], tuple[bool, int]] = {}
    rows = Measurement.objects.filter(
        in_force(on, "unit__paths_up__"),
        unit__paths_up__ancestor__in=[name.unit_id for name in area],
        indicator__in=list(order),
        period=period,
        scope=Scope.OWN,
        source__in=OFFICIAL_SOURCES,
    ).values_list("indicator_id", "unit_id", *HeatFigure._fields)
    for indicator_id, unit_id, *fields in rows:
        figure = HeatFigure(*fields)
        sources = order[indicator_id]
        if unit_id not in units or figure.source not in sources:
            continue
        place = indicator_rules.official_place(sources, source=figure.source, state=figure.state)
        cell = (indicator_id, unit_id)
        if cell not in best or place < best[cell]:
            best[cell] = place
            found[indicator_id][unit_id] = figure
    return found


def _goals(plans: Mapping[tuple[int, str], Plan], units: Collection[int]) -> dict[str, dict[int, _Goal]]:
    """Return by indicator code and unit what the plan that judges it assigns. One query."""
    pairs = {(plan.pk, code) for (_, code), plan in plans.items()}
    goals: dict[str, dict[int, _Goal]] = defaultdict(dict)
    rows = Assignment.objects.filter(
        plan__in={plan_id for plan_id, _ in pairs}, indicator__code__in={code for _, code in pairs}
    ).values_list("indicator__code", "unit_id", "scored", "maintain", "is_strict", "plan_id")
    for code, unit_id, scored, maintain, is_strict, plan_id in rows:
        if (plan_id, code) in pairs and unit_id in units:
            goals[code][unit_id] = _Goal(scored, maintain, is_strict, plan_id)
    return goals


def _used(plans: Iterable[Plan], goals: Mapping[str, Mapping[int, _Goal]]) -> list[Plan]:
    """Return the plans that assign something to a unit of the table."""
    ids = {goal.plan_id for of_units in goals.values() for goal in of_units.values()}
    return [plan for pk, plan in sorted({plan.pk: plan for plan in plans}.items()) if pk in ids]


def _column(
    indicator: Indicator,
    units: Collection[int],
    figures: Mapping[int, HeatFigure],
    goals: Mapping[int, _Goal],
    bands: Mapping[int, judging.Bands],
) -> tuple[HeatColumn, list[HeatCell]]:
    """Return the column and its cells in the order of the units."""
    reasons: dict[int, str] = {}
    for unit_id in units:
        figure = figures.get(unit_id)
        if figure is None:
            reasons[unit_id] = why_unranked(None, None, None, indicator)
        else:
            reasons[unit_id] = why_unranked(figure.state, figure.value, figure.denominator, indicator)
    ranked = [
        figures[unit_id].value for unit_id, reason in reasons.items() if not reason and unit_id in figures
    ]
    values = [value for value in ranked if value is not None]
    median = rules.median(values)
    compared_with = median if len(values) >= FEWEST_COMPARED else None
    cells = [
        _cell(indicator, figures.get(unit_id), reason, goals.get(unit_id), bands, compared_with)
        for unit_id, reason in reasons.items()
    ]
    column = HeatColumn(
        indicator=indicator,
        reached=sum(1 for cell in cells if cell.status in judging.REACHED),
        judged=sum(1 for cell in cells if cell.is_judged),
        assigned=sum(1 for cell in cells if cell.target is not None),
        compared=sum(1 for cell in cells if cell.beside),
        numbered=sum(1 for cell in cells if cell.value is not None),
        median=median,
        total=total_of(figures.values(), indicator),
    )
    return column, cells


def _cell(
    indicator: Indicator,
    figure: HeatFigure | None,
    reason: str,
    goal: _Goal | None,
    bands: Mapping[int, judging.Bands],
    median: Decimal | None,
) -> HeatCell:
    target = goal.scored if goal else None
    if figure is None:
        return HeatCell(None, None, None, reason, target, judging.NONE, "")
    if reason:
        value = figure.value if reason == judging.TOO_FEW else None
        return HeatCell(value, figure.numerator, figure.denominator, reason, target, judging.NONE, "")
    status, beside = judging.NONE, ""
    if goal is not None:
        status = status_of(
            figure.value,
            goal.scored,
            indicator,
            bands=bands.get(goal.plan_id, judging.USUAL),
            is_strict=goal.is_strict,
            maintain=goal.maintain,
        )
    elif median is not None and figure.value is not None:
        upward = indicator.direction == Direction.UP
        beside = rules.beside(figure.value, median, higher_is_better=upward)
    return HeatCell(figure.value, figure.numerator, figure.denominator, RANKED_STATE, target, status, beside)


def _by_unit(columns: Sequence[Sequence[HeatCell]], units: int) -> list[tuple[HeatCell, ...]]:
    """Return the columns' cells unit by unit; an empty tuple for each where there is no column."""
    return list(zip(*columns, strict=True)) if columns else [()] * units
