"""One unit: what it was called, its figures with source and history, its targets and its rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dvctt.lib.names import reading_order
from indicators import rules
from indicators import selectors as indicator_selectors
from indicators.models import (
    OFFICIAL_SOURCES,
    Indicator,
    Measurement,
    MeasurementRevision,
    Period,
    PublishedTarget,
    Source,
)
from reports.selectors import league as league_selectors
from reports.selectors import peers
from reports.selectors.figure_history import Origin, as_kept, origins_of, said
from reports.selectors.league import League, LeagueRow
from targets import selectors as target_selectors
from targets.models import Assignment, PlanState
from units import selectors as unit_selectors
from units.models import Unit, UnitVersion
from units.selectors import NameAt


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a figure's history: what it was (None: it was not there) and became, by whom, when, why."""

    number: int
    at: datetime
    by: str
    reason: str
    before: str | None
    after: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure with everything it rests on."""

    measurement: Measurement
    indicator: Indicator
    period: Period
    said: str
    origin: Origin
    changes: tuple[Change, ...]
    is_official: bool


@dataclass(frozen=True, slots=True)
class TargetLine:
    """What the unit is to reach: by a plan, with its sentence, or as a document printed it."""

    indicator: Indicator
    wording: str
    source: str
    due_on: date | None
    sentence: str
    plan_code: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The unit's line in the league of its peers in the province."""

    league: League
    row: LeagueRow


@dataclass(frozen=True, slots=True)
class UnitProfile:
    unit: Unit
    name: NameAt
    province_id: int | None
    versions: tuple[UnitVersion, ...]
    parent_names: Mapping[int, str]
    children: tuple[NameAt, ...]
    figures: tuple[FigureLine, ...]
    simulated: tuple[FigureLine, ...]
    targets: tuple[TargetLine, ...]
    standing: Standing | None


def unit_profile(*, unit: Unit, on: date) -> UnitProfile | None:
    """Return the unit's page, or None where it never had a name. A constant number of queries.

    Names and children are those of `on`, or of its last version where it is no more.
    """
    versions = tuple(UnitVersion.objects.filter(unit=unit).order_by("-valid_from"))
    if not versions:
        return None
    day = _day_within(versions, on)
    parents = unit_selectors.names_on(unit_ids={v.parent_id for v in versions if v.parent_id}, on=day)
    name = unit_selectors.names_on(unit_ids=[unit.pk], on=day)[unit.pk]
    children = unit_selectors.below(ancestor=unit, on=day).values()
    province = peers.province_of(unit=unit, on=day)
    figures = figure_lines(unit=unit)
    official = tuple(line for line in figures if line.measurement.source != Source.SIMULATED)
    return UnitProfile(
        unit=unit,
        name=name,
        province_id=province.pk if province else None,
        versions=versions,
        parent_names={pk: parent.full_name for pk, parent in parents.items()},
        children=tuple(
            sorted(
                (child for child in children if child.parent_id == unit.pk),
                key=lambda child: (child.level, reading_order(child.full_name)),
            )
        ),
        figures=official,
        simulated=tuple(line for line in figures if line.measurement.source == Source.SIMULATED),
        targets=target_lines(unit=unit),
        standing=standing_of(name=name, figures=official, province=province),
    )


def _day_within(versions: Sequence[UnitVersion], on: date) -> date:
    """Return the day itself if the unit existed then, else the nearest day on which it did."""
    for version in versions:
        if version.valid_from <= on and (version.valid_to is None or on < version.valid_to):
            return on
    last = next((version for version in versions if version.valid_from <= on), versions[-1])
    return last.valid_from


def figure_lines(*, unit: Unit) -> list[FigureLine]:
    """Return the unit's figures, latest period first, each with its origin and history. Three queries."""
    measurements = list(indicator_selectors.figures_of_unit(unit=unit))
    revisions: dict[int, list[MeasurementRevision]] = defaultdict(list)
    for revision in (
        MeasurementRevision.objects.filter(measurement__unit=unit).select_related("by").order_by("-number")
    ):
        revisions[revision.measurement_id].append(revision)
    origins = origins_of(
        [m.origin for m in measurements] + [r.origin for group in revisions.values() for r in group]
    )
    official = _official(measurements)
    lines = []
    for measurement in measurements:
        indicator = measurement.indicator
        lines.append(
            FigureLine(
                measurement=measurement,
                indicator=indicator,
                period=measurement.period,
                said=said(as_kept(measurement), indicator),
                origin=origins[measurement.origin],
                changes=tuple(_change(r, indicator, origins) for r in revisions[measurement.pk]),
                is_official=measurement.pk in official,
            )
        )
    return lines


def _official(measurements: Iterable[Measurement]) -> set[int]:
    """Return the figures that league tables use: of each cell the first of the indicator's sources."""
    cells: dict[tuple[int, int, str], list[Measurement]] = defaultdict(list)
    for measurement in measurements:
        if measurement.source in OFFICIAL_SOURCES:
            cells[measurement.indicator_id, measurement.period_id, measurement.scope].append(measurement)
    chosen = set()
    for group in cells.values():
        order = group[0].indicator.sources
        known = [one for one in group if one.source in order]
        if known:
            nearest = min(
                known, key=lambda one: rules.official_place(order, source=one.source, state=one.state)
            )
            chosen.add(nearest.pk)
    return chosen


def _change(revision: MeasurementRevision, indicator: Indicator, origins: Mapping[str, Origin]) -> Change:
    return Change(
        number=revision.number,
        at=revision.at,
        by=str(revision.by) if revision.by else "Dòng lệnh",
        reason=revision.reason,
        before=said(revision.before, indicator) if revision.before else None,
        after=said(as_kept(revision), indicator),
        origin=origins[revision.origin],
    )


def target_lines(*, unit: Unit) -> tuple[TargetLine, ...]:
    """Return the unit's targets, latest plan first, then what documents printed. Two queries."""
    lines = [
        TargetLine(
            indicator=assignment.indicator,
            wording=assignment.wording,
            source=str(assignment.plan),
            due_on=assignment.plan.due_on,
            sentence=target_selectors.sentence(assignment),
            plan_code=assignment.plan.code,
        )
        # Targets in force: a draft is nobody's target yet, and a superseded one no longer.
        for assignment in Assignment.objects.filter(unit=unit, plan__state=PlanState.ISSUED)
        .select_related(
            "plan",
            "plan__document",
            "plan__baseline_period",
            "plan__owner",
            "indicator",
            "rule",
            "unit",
            "plan__parent__document",
            "override__by",
        )
        .order_by("-plan__year", "plan__code", "indicator__position")
    ]
    lines += [
        TargetLine(
            indicator=target.indicator,
            wording=target.printed,
            source=f"in trong {target.document.number}",
            due_on=target.due_on,
            sentence="",
            plan_code="",
        )
        for target in PublishedTarget.objects.filter(unit=unit)
        .select_related("indicator", "document")
        .order_by("-document__issued_on", "indicator__position")
    ]
    return tuple(lines)


def standing_of(*, name: NameAt, figures: Sequence[FigureLine], province: Unit | None) -> Standing | None:
    """Return the unit's line among its peers in the province: by the first of its latest figures."""
    ranked = [line for line in figures if line.is_official and line.measurement.value is not None]
    if not ranked:
        return None
    first = min(
        ranked,
        key=lambda line: (-line.period.ends_on.toordinal(), line.indicator.position, line.indicator.code),
    )
    league = league_selectors.league(
        indicator=first.indicator, period=first.period, level=name.level, within=province
    )
    row = next((row for row in league.all_rows if row.unit_id == name.unit_id), None)
    return None if row is None else Standing(league=league, row=row)
