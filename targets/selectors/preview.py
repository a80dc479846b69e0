"""What a plan comes to, and which of its rows want a decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dvctt.lib import numbers
from dvctt.lib.histogram import Bin, distribution
from indicators.models import Indicator, State
from indicators.selectors import Figure
from targets.models import Assignment, Plan, PlanIndicator
from targets.rules import Measure
from targets.rules.reach import Reach, Share, reach
from targets.selectors.page import AssignmentLine
from targets.selectors.reckoning import baseline_figures
from targets.selectors.review import Uncovered
from targets.selectors.ruling import measure_of


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """One indicator of the plan: its spread of targets and what they come to together."""

    indicator: Indicator
    told: PlanIndicator | None
    bins: tuple[Bin, ...]
    highest_bin: int
    reach: Reach
    assigned: int

    @property
    def unit_of_measure(self) -> str:
        return self.indicator.unit_of_measure


def indicator_views(
    *, plan: Plan, lines: Sequence[AssignmentLine], waiting: Sequence[Uncovered]
) -> list[IndicatorView]:
    """Return each indicator of the plan with its histogram and its reach.

    One query for the plan's indicators, and one for each indicator with units that get nothing.
    """
    told = {one.indicator_id: one for one in plan.indicators.select_related("indicator")}
    of_indicator: dict[int, list[Assignment]] = defaultdict(list)
    indicators: dict[int, Indicator] = {one.indicator_id: one.indicator for one in told.values()}
    for line in lines:
        of_indicator[line.assignment.indicator_id].append(line.assignment)
        indicators[line.assignment.indicator_id] = line.assignment.indicator
    left: dict[int, list[int]] = defaultdict(list)
    for one in waiting:
        left[one.indicator.pk].append(one.name.unit_id)
        indicators[one.indicator.pk] = one.indicator
    return [
        _view(plan, indicator, told.get(key), of_indicator[key], left[key])
        for key, indicator in sorted(indicators.items(), key=lambda item: (item[1].position, item[1].code))
    ]


def indicator_view(
    *,
    plan: Plan,
    indicator: Indicator | None,
    lines: Sequence[AssignmentLine],
    waiting: Sequence[Uncovered],
) -> IndicatorView | None:
    """Return the view of one indicator, whose lines these are; None where the plan has none. Two queries."""
    if indicator is None:
        return None
    told = plan.indicators.filter(indicator=indicator).first()
    left = [one.name.unit_id for one in waiting]
    return _view(plan, indicator, told, [line.assignment for line in lines], left)


def _view(
    plan: Plan,
    indicator: Indicator,
    told: PlanIndicator | None,
    assignments: Sequence[Assignment],
    left: Sequence[int],
) -> IndicatorView:
    measure = measure_of(indicator)
    scored = [one.scored for one in assignments]
    low, high = _range(scored, measure)
    bins = distribution(scored, low=low, high=high)
    shares = [
        share_of(one.baseline_state, one.baseline_numerator, one.baseline_denominator, one.scored)
        for one in assignments
        if one.unit_id != plan.owner_id
    ]
    others = [pk for pk in left if pk != plan.owner_id]
    if others:
        figures = baseline_figures(plan, indicator, unit_ids=others)
        for pk in others:
            figure = figures.get(pk)
            if figure is None:
                shares.append(Share(None, None, None))
            else:
                shares.append(share_of(figure.state, figure.numerator, figure.denominator, None))
    return IndicatorView(
        indicator=indicator,
        told=told,
        bins=tuple(bins),
        highest_bin=max((one.units for one in bins), default=0),
        reach=reach(shares, goal=told.aim if told else None, measure=measure),
        assigned=len(assignments),
    )


def share_of(state: str, numerator: int | None, denominator: int | None, target: Decimal | None) -> Share:
    """Return a unit's part of the whole: one with no cases, or out of scope, weighs nothing."""
    if state in {State.NOT_ARISING, State.OUT_OF_SCOPE}:
        return Share(0, 0, target)
    return Share(numerator, denominator, target)


def _range(values: Sequence[Decimal], measure: Measure) -> tuple[Decimal, Decimal]:
    if measure.is_rate:
        return Decimal(0), Decimal(100)
    return Decimal(0), max([*values, Decimal(1)])


def by_indicator(
    lines: Iterable[AssignmentLine],
) -> list[tuple[Indicator, Measure, list[AssignmentLine]]]:
    """Return the lines of each indicator with how it is read, in their order."""
    grouped: dict[int, list[AssignmentLine]] = defaultdict(list)
    for line in lines:
        grouped[line.assignment.indicator_id].append(line)
    return [
        (own[0].assignment.indicator, measure_of(own[0].assignment.indicator), own)
        for own in grouped.values()
    ]


@dataclass(frozen=True, slots=True)
class ChangedBaseline:
    """A figure that is no longer what the target was made from."""

    line: AssignmentLine
    was: str
    now: str


def changed_baselines(*, plan: Plan, lines: Sequence[AssignmentLine]) -> list[ChangedBaseline]:
    """Return the targets whose baseline has been corrected since: they stay as they are, and it is told.

    One query for each indicator.
    """
    found: list[ChangedBaseline] = []
    for indicator, measure, own in by_indicator(lines):
        figures = baseline_figures(plan, indicator)
        for line in own:
            one, figure = line.assignment, figures.get(line.assignment.unit_id)
            value = figure.value if figure else None
            if _told(figure) == _told_by(one):
                continue
            was, now = _said(one.baseline, measure), _said(value, measure)
            if was == now:
                was, now = _in_detail(was, _told_by(one)), _in_detail(now, _told(figure))
            found.append(ChangedBaseline(line, was, now))
    return found


def _told_by(one: Assignment) -> tuple[Decimal | None, str, str, int | None, int | None]:
    return (
        one.baseline,
        one.baseline_state,
        one.baseline_printed,
        one.baseline_numerator,
        one.baseline_denominator,
    )


def _in_detail(said: str, told: tuple[Decimal | None, str, str, int | None, int | None]) -> str:
    """Return the figure with what tells it apart from one of the same value."""
    _, _, printed, numerator, denominator = told
    counts = f"{numerator}/{denominator}" if numerator is not None and denominator is not None else ""
    more = ", ".join(part for part in (f"in “{printed}”" if printed else "", counts) if part)
    return f"{said} ({more})" if more else said


def _told(figure: Figure | None) -> tuple[Decimal | None, str, str, int | None, int | None]:
    """Return all of a figure that a rule may look at."""
    if figure is None:
        return None, "", "", None, None
    return figure.value, figure.state, figure.printed, figure.numerator, figure.denominator


def _said(value: Decimal | None, measure: Measure) -> str:
    return "không có số" if value is None else measure.figure(numbers.round_half_up(value, 2))
