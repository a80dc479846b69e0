"""How far a plan is: what its units reached of their targets in a period, and which of them need help."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef

from dvctt.lib import numbers, periods
from indicators import rules as indicator_rules
from indicators import selectors as indicator_selectors
from indicators.models import (
    NO_FIGURE,
    OFFICIAL_SOURCES,
    Direction,
    Indicator,
    Measurement,
    Period,
    Scope,
    Source,
    State,
)
from indicators.rules import Counted, Total
from indicators.selectors import Figure
from targets.models import Assignment, Plan
from targets.rules import judging
from targets.selectors.assigned import TargetOf
from targets.selectors.page import names_of
from targets.selectors.reckoning import baseline_figures
from units.selectors import NameAt

RATE_ALONE = "nguồn chỉ có tỷ lệ"
NO_RATE = "chỉ tiêu không phải là tỷ lệ"
LOWER_IS_BETTER = "chỉ tiêu thấp là tốt"
OUT_OF_REACH = "đủ mọi hồ sơ vẫn chưa vượt mức"


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One unit's target with what it reached: its band, or the reason why it is not judged.

    `gap` is in the indicator's unit, negative when lacking; `missing` counts cases, 0 when reached and None
    where they cannot be told (`why_uncounted`). `scale` is where the drawn bars of its indicator end.
    """

    name: NameAt
    indicator: Indicator
    target: TargetOf
    figure: Figure | None
    status: str
    gap: Decimal | None
    missing: int | None
    reason: str
    scale: Decimal

    @property
    def is_short(self) -> bool:
        return self.status in judging.SHORT

    @property
    def is_reached(self) -> bool:
        return self.status in judging.REACHED

    @property
    def value(self) -> Decimal | None:
        return None if self.figure is None else self.figure.value

    @property
    def counts(self) -> str:
        """Return "585/651", or "" where the source told no counts."""
        figure = self.figure
        if figure is None or figure.numerator is None or figure.denominator is None:
            return ""
        return f"{numbers.vi_number(figure.numerator)}/{numbers.vi_number(figure.denominator)}"

    @property
    def note(self) -> str:
        """Return what a sum over quarters lacks, "" for a whole one and for a figure of its own."""
        figure = self.figure
        is_partial = figure is not None and figure.missing and figure.value is not None
        return figure.note if figure is not None and is_partial else ""

    @property
    def lacking(self) -> Decimal | None:
        """How far a unit that is short is from its target, without a sign; None for every other."""
        return None if self.gap is None or not self.is_short else abs(self.gap)

    @property
    def goal(self) -> str:
        """Return the target that is scored as a plan prints it: "90", "trên 80", "98,85"."""
        upward = self.indicator.direction == Direction.UP
        bound = judging.bound_words(is_strict=self.target.is_strict, higher_is_better=upward)
        return f"{bound}{numbers.vi_number(numbers.round_half_up(self.target.scored, 2))}"

    @property
    def spoken(self) -> str:
        """Return what the drawn bar says: "89,09 %, mức giao 90 %"."""
        unit = self.indicator.unit_of_measure
        return f"{numbers.vi_number(self.value, 2)} {unit}, mức giao {self.goal} {unit}"

    @property
    def unit_of_gap(self) -> str:
        """What a gap is counted in: points for a rate, else the indicator's own unit."""
        return "điểm %" if self.indicator.is_rate else self.indicator.unit_of_measure

    @property
    def thing(self) -> str:
        """What its missing cases are: "hồ sơ", "giao dịch"."""
        return judging.counted_thing(self.indicator.numerator)

    @property
    def why_uncounted(self) -> str:
        """Return why a unit that is short cannot be told how many cases it is short."""
        if not self.is_short or self.missing is not None:
            return ""
        if self.indicator.direction == Direction.DOWN:
            return LOWER_IS_BETTER
        if not self.indicator.is_rate:
            return NO_RATE
        return OUT_OF_REACH if self.counts else RATE_ALONE


@dataclass(frozen=True, slots=True)
class ProgressOfOne:
    """One indicator over the whole plan. `total` None: no figures, or rates alone, which are not added up.

    `aim` is what the plan says that the whole is to reach, and `status` how the total stands to it.
    """

    indicator: Indicator
    units: int
    by_band: Mapping[str, int]
    missing: int
    uncounted: int
    total: Total | None
    aim: Decimal | None
    status: str
    is_simulated: bool

    @property
    def judged(self) -> int:
        return self.units - self.by_band.get(judging.NONE, 0)

    @property
    def reached(self) -> int:
        return sum(self.by_band.get(status, 0) for status in judging.REACHED)

    @property
    def thing(self) -> str:
        return judging.counted_thing(self.indicator.numerator)


@dataclass(frozen=True, slots=True)
class Progress:
    """A plan's progress in a period: all its rows in reading order, and each indicator's sums.

    `is_cumulative`: the quarters of the year up to the period, added up.
    """

    plan: Plan
    period: Period
    is_cumulative: bool
    rows: tuple[ProgressRow, ...]
    of_indicators: tuple[ProgressOfOne, ...]

    @property
    def is_baseline(self) -> bool:
        return self.period.pk == self.plan.baseline_period_id and not self.is_cumulative

    @property
    def is_simulated(self) -> bool:
        return any(one.is_simulated for one in self.of_indicators)

    @property
    def by_band(self) -> Counter[str]:
        return Counter(row.status for row in self.rows)


@dataclass(frozen=True, slots=True)
class PeriodOffered:
    """A period in which units of the plan have figures; `units` how many of them."""

    period: Period
    units: int
    is_baseline: bool


def assigned_indicators(plan: Plan) -> list[Indicator]:
    """Return the indicators for which the plan assigns something, in the catalogue's order. One query."""
    given = Assignment.objects.filter(plan=plan, indicator=OuterRef("pk"))
    return list(Indicator.objects.filter(Exists(given)).order_by("position", "code"))


def progress_periods(plan: Plan, indicators: Sequence[Indicator]) -> list[PeriodOffered]:
    """Return the periods of the plan's year with figures of its units, latest first, and its baseline's.

    Two queries.
    """
    sources = [*OFFICIAL_SOURCES, *([Source.SIMULATED.value] if reads_simulated(plan) else [])]
    given = Assignment.objects.filter(plan=plan, unit=OuterRef("unit"), indicator=OuterRef("indicator"))
    figures = Measurement.objects.filter(
        Exists(given),
        indicator__in=indicators,
        period__ends_on__year=plan.year,
        source__in=sources,
        scope=Scope.OWN,
    )
    units = dict(figures.values_list("period").annotate(units=Count("unit", distinct=True)))
    found = sorted(Period.objects.filter(pk__in=units), key=lambda one: (one.ends_on, one.code), reverse=True)
    offered = [PeriodOffered(one, units[one.pk], one.pk == plan.baseline_period_id) for one in found]
    if not any(one.is_baseline for one in offered):
        offered.append(PeriodOffered(plan.baseline_period, 0, True))
    return offered


def telling_period(offered: Sequence[PeriodOffered]) -> Period:
    """Return the latest period with figures of at least half as many units as the fullest one.

    A page opens on it: the first report of a new quarter says nothing about a plan yet.
    """
    fullest = max(one.units for one in offered)
    return next(one.period for one in offered if 2 * one.units >= fullest)


def can_cumulate(period: Period) -> bool:
    """Whether the quarters up to the period can be added up; other periods hold what they hold."""
    return periods.parse_period(period.code).kind in ("quarter", "quarter_statutory")


def reads_simulated(plan: Plan) -> bool:
    """Whether the plan, made on simulated figures, may be followed on such."""
    return plan.baseline_source == Source.SIMULATED


def progress(
    *,
    plan: Plan,
    period: Period,
    indicator: Indicator | None = None,
    cumulative: bool = False,
    names: Mapping[int, NameAt] | None = None,
) -> Progress:
    """Return what the plan's units reached in the period of the targets that it scores.

    Official figures judge. A plan made on simulated figures is followed on such where there are no official
    ones at all; the two are never mixed. In the baseline's own period the figures are the baseline's. Each
    figure is judged alone: what another unit has or lacks moves nothing. `names` are those of the units below
    the owner on the plan's day, for callers that hold them. Three queries, and one or two for each indicator.
    """
    names = names_of(plan) if names is None else names
    cumulative = cumulative and can_cumulate(period)
    given: dict[int, list[TargetOf]] = defaultdict(list)
    assignments = Assignment.objects.filter(plan=plan)
    if indicator is not None:
        assignments = assignments.filter(indicator=indicator)
    for (
        indicator_id,
        unit_id,
        assigned,
        stretch,
        scored,
        maintain,
        wording,
        strict,
    ) in assignments.values_list(
        "indicator", "unit", "assigned", "stretch", "scored", "maintain", "wording", "is_strict"
    ):
        given[indicator_id].append(
            TargetOf(
                unit_id,
                plan.code,
                plan.year,
                assigned,
                stretch,
                scored,
                maintain,
                wording,
                strict,
                plan.bands,
            )
        )
    told = {one.indicator_id: one for one in plan.indicators.all()}
    quarters = _quarters_up_to(period) if cumulative else []
    rows: list[ProgressRow] = []
    of_indicators = []
    found = Indicator.objects.in_bulk(list(given)) if indicator is None else {indicator.pk: indicator}
    for one in sorted(found.values(), key=lambda each: (each.position, each.code)):
        figures, is_simulated = _figures(plan, one, period, quarters)
        absent = NO_FIGURE if figures else _why_no_figures(one, period)
        of_one = _rows_of(one, given[one.pk], figures, names, absent)
        rows += of_one
        aim = told[one.pk].aim if one.pk in told else None
        targeted = {target.unit_id for target in given[one.pk]}
        is_whole = not (set(figures) - targeted - {plan.owner_id})
        of_indicators.append(_summed(plan, one, of_one, aim if is_whole else None, is_simulated))
    return Progress(plan, period, cumulative, tuple(rows), tuple(of_indicators))


def units_to_help(rows: Sequence[ProgressRow]) -> list[ProgressRow]:
    """Return the units that are short, those with the most missing cases first; without counts they are last.

    Of those without counts the farthest comes first.
    """
    return sorted(
        (row for row in rows if row.is_short),
        key=lambda row: (row.missing is None, -(row.missing or 0), row.gap or 0, row.name.reading_order),
    )


def _quarters_up_to(period: Period) -> list[Period]:
    """Return the year's quarters up to the period, stored or, before any figure of theirs, not. One query."""
    span = periods.parse_period(period.code)
    year = [periods.quarter(span.year, number, statutory=span.is_statutory) for number in range(1, 5)]
    spans = [one for one in year if one.ends_on <= span.ends_on]
    stored = {one.code: one for one in Period.objects.filter(code__in=[one.code for one in spans])}
    return [
        stored.get(one.code)
        or Period(code=one.code, kind=one.kind, starts_on=one.starts_on, ends_on=one.ends_on)
        for one in spans
    ]


def _figures(
    plan: Plan, indicator: Indicator, period: Period, quarters: Sequence[Period]
) -> tuple[Mapping[int, Figure], bool]:
    """Return the figures that judge, and whether they are simulated."""
    if not quarters and period.pk == plan.baseline_period_id:
        return baseline_figures(plan, indicator), reads_simulated(plan)
    official = _figures_from(plan, indicator, period, quarters, None)
    if official or not reads_simulated(plan):
        return official, False
    simulated = _figures_from(plan, indicator, period, quarters, Source.SIMULATED.value)
    return simulated, bool(simulated)


def _figures_from(
    plan: Plan, indicator: Indicator, period: Period, quarters: Sequence[Period], source: str | None
) -> Mapping[int, Figure]:
    if quarters:
        return indicator_selectors.official_figures_summed(
            indicator=indicator, periods=quarters, within=plan.owner, on=plan.units_on, source=source
        )
    return indicator_selectors.official_figures(
        indicator=indicator, period=period, within=plan.owner, on=plan.units_on, source=source
    )


def _rows_of(
    indicator: Indicator,
    given: Sequence[TargetOf],
    figures: Mapping[int, Figure],
    names: Mapping[int, NameAt],
    absent: str,
) -> list[ProgressRow]:
    """Return the indicator's rows in reading order; `absent` says why a unit has no figure."""
    scale = Decimal(100)
    if not indicator.is_rate:
        reached = [figures[one.unit_id].value for one in given if one.unit_id in figures]
        scale = max((each for each in [*reached, *(one.scored for one in given)] if each), default=Decimal(1))
    rows = [
        _row(indicator, one, figures.get(one.unit_id), names[one.unit_id], scale, absent) for one in given
    ]
    return sorted(rows, key=lambda row: row.name.reading_order)


def _row(
    indicator: Indicator, target: TargetOf, figure: Figure | None, name: NameAt, scale: Decimal, absent: str
) -> ProgressRow:
    reason = _why_not_judged(indicator, figure, absent)
    if figure is None or reason:
        return ProgressRow(name, indicator, target, figure, judging.NONE, None, None, reason, scale)
    upward = indicator.direction == Direction.UP
    status = judging.band(
        value=figure.value,
        target=target.scored,
        higher_is_better=upward,
        bands=target.bands,
        is_strict=target.is_strict,
        maintain=target.maintain,
    )
    gap = judging.gap(value=figure.value, target=target.scored, higher_is_better=upward)
    missing = None
    if indicator.is_rate:
        missing = judging.missing_cases(
            value=figure.value,
            target=target.scored,
            numerator=figure.numerator,
            denominator=figure.denominator,
            higher_is_better=upward,
            is_strict=target.is_strict,
        )
    return ProgressRow(name, indicator, target, figure, status, gap, missing, "", scale)


def _why_no_figures(indicator: Indicator, period: Period) -> str:
    """Return why no unit has a figure: nobody sent one, or the period is counted by a later definition.

    What a later version counts is not set against a target of the earlier one. One query.
    """
    later = Indicator.objects.filter(
        code=indicator.code, version__gt=indicator.version, valid_from__lte=period.ends_on
    ).order_by("-version")
    version = later.values_list("version", flat=True).first()
    if version is None:
        return NO_FIGURE
    return f"cách tính đã đổi (phiên bản {version}), không so với mức giao theo phiên bản {indicator.version}"


def _why_not_judged(indicator: Indicator, figure: Figure | None, absent: str) -> str:
    """Return why the figure is not judged, "" for one that is."""
    if figure is None:
        return absent
    if figure.value is None or figure.state != State.NUMBER:
        if figure is not None and figure.uncounted:
            return figure.note
        return str(State(figure.state).label)
    if figure.denominator is not None and figure.denominator < indicator.min_cases:
        return f"{judging.TOO_FEW} ({figure.numerator}/{figure.denominator})"
    return ""


def _summed(
    plan: Plan, indicator: Indicator, rows: Sequence[ProgressRow], aim: Decimal | None, is_simulated: bool
) -> ProgressOfOne:
    """Return the indicator over the whole plan: numerators and denominators added, never rates averaged.

    The owner's own figure is another matter than its units', as everywhere, unless it alone has a target.
    `aim` is None where units with figures have no target: what is summed is then not the whole.
    """
    below = [row for row in rows if row.name.unit_id != plan.owner_id] or rows
    total = indicator_rules.total(
        (
            Counted(row.figure.numerator, row.figure.denominator, row.figure.value)
            for row in below
            if row.figure is not None and row.figure.state == State.NUMBER
        ),
        is_rate=indicator.is_rate,
        has_denominator=bool(indicator.denominator),
    )
    return ProgressOfOne(
        indicator=indicator,
        units=len(rows),
        by_band=Counter(row.status for row in rows),
        missing=sum(row.missing or 0 for row in rows),
        uncounted=sum(1 for row in rows if row.why_uncounted),
        total=total,
        aim=aim,
        status=judging.band(
            value=total.value if total else None,
            target=aim,
            higher_is_better=indicator.direction == Direction.UP,
            bands=plan.bands,
        ),
        is_simulated=is_simulated,
    )
