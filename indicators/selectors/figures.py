"""Reading the catalogue and the figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection

from dvctt.lib.periods import PeriodSpan, PeriodUnknown, parse_period
from indicators import rules
from indicators.models import Indicator, Measurement, MeasurementRevision, Period, Scope, Source
from indicators.rules import IndicatorUnknown
from units.models import in_force

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from units.models import Unit


class Figure(NamedTuple):
    """A unit's figure and the source it came from; `value` in percent for a rate, None with a state.

    Figures of several periods added up (official_figures_summed) read like the figure of one: no source
    printed it, so `printed` is "" and `note` says what it is made of; `source` is "" where there are several;
    `extracted_on` is the latest of their days. No stored figure is this one, so `measurement_id` is 0 and
    `origin` ""; `measurement_ids` are the figures behind it. `missing` are the codes of the periods without a
    figure, `uncounted` of those with a number but no counts: with one of these there is no sum.
    """

    unit_id: int
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    state: str
    source: str
    printed: str
    note: str
    extracted_on: date | None
    origin: str
    measurement_id: int
    missing: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()
    measurement_ids: tuple[int, ...] = ()


def indicator_by_code(code: str, *, on: date | None = None) -> Indicator:
    """Return the version of the indicator for periods ending on the day, the latest one without a day.

    Raises IndicatorUnknown.
    """
    versions = list(Indicator.objects.filter(code=code.strip().upper()).order_by("-version"))
    indicator = rules.version_for(versions, on or date.max)
    if indicator is None:
        known = ", ".join(sorted(set(Indicator.objects.values_list("code", flat=True))))
        hint = f"Các mã có trong danh mục: {known}." if known else "Hãy chạy manage.py load_catalogue."
        raise IndicatorUnknown(f"Không có chỉ tiêu mã “{code}”. {hint}")
    return indicator


def period_by_code(code: str) -> Period:
    """Return the stored period; raise PeriodUnknown for a wrong code and for one not yet stored."""
    span = parse_period(code.strip())
    period = Period.objects.filter(code=span.code).first()
    if period is None:
        raise PeriodUnknown(f"Chưa có số liệu nào của kỳ {span.label} ({span.code}).")
    return period


def quarters_of_year(period: Period | PeriodSpan) -> list[Period]:
    """Return the stored quarters that lie wholly inside the year, half year or to-date span, in their order.

    The span itself need not be stored. Calendar quarters for a calendar span, statutory for a statutory one.
    """
    codes = [span.code for span in parse_period(period.code).quarters()]
    return list(Period.objects.filter(code__in=codes).order_by("starts_on"))


def versions_of(indicator: Indicator) -> list[Indicator]:
    """Return this version and those before it that hold for some periods.

    No query for a version that holds for all periods, as nearly all do.
    """
    if indicator.valid_from is None:
        return [indicator]
    return list(Indicator.objects.filter(code=indicator.code, version__lte=indicator.version))


def version_in(indicator: Indicator, period: Period) -> Indicator:
    """Return the version of the indicator that holds for the period; this one where none does.

    At most one query.
    """
    return rules.version_for(versions_of(indicator), period.ends_on) or indicator


def current_indicators(*, level: str | None = None, on: date | None = None) -> list[Indicator]:
    """Return each indicator in catalogue order, those of one level if asked.

    With a day the versions for periods that end on it, else the latest. One query.
    """
    versions: dict[str, list[Indicator]] = defaultdict(list)
    for indicator in Indicator.objects.all():
        versions[indicator.code].append(indicator)
    found = (rules.version_for(ones, on or date.max) for ones in versions.values())
    chosen = [one for one in found if one is not None and (level is None or level in one.levels)]
    return sorted(chosen, key=lambda one: (one.position, one.code))


def official_figures(
    *,
    indicator: Indicator,
    period: Period,
    unit_ids: Collection[int] | None = None,
    within: Unit | None = None,
    on: date | None = None,
    source: str | None = None,
    scope: str = Scope.OWN.value,
) -> dict[int, Figure]:
    """Return by unit the figure of the first of the indicator's sources that has one, in one query.

    `unit_ids` or `within` (the unit and all below it on the day `on`, the period's last if none) narrow the
    units. With `source` only that source is read; simulated figures are seen in no other way.
    """
    by_period = _official_by_period(
        indicator=indicator,
        periods=[period],
        unit_ids=unit_ids,
        within=within,
        on=on or period.ends_on,
        source=source,
        scope=scope,
    )
    return by_period.get(period.pk, {})


def official_figures_summed(
    *,
    indicator: Indicator,
    periods: Sequence[Period],
    unit_ids: Collection[int] | None = None,
    within: Unit | None = None,
    on: date | None = None,
    source: str | None = None,
    scope: str = Scope.OWN.value,
) -> dict[int, Figure]:
    """Return by unit the sum of its official figures of the periods, in one query; rates are never averaged.

    In each period the first of the indicator's sources that has a figure counts. Units are narrowed as in
    official_figures, `on` being the last day of the latest period if not given; one without any figure is
    absent. A period that is not stored yet is missing. Raises PeriodsOverlap where two periods share days.
    """
    if not periods:
        return {}
    asked = sorted({one.code: one for one in periods}.values(), key=lambda one: (one.starts_on, one.ends_on))
    spans = [parse_period(one.code) for one in asked]
    rules.check_periods(spans)
    by_period = _official_by_period(
        indicator=indicator,
        periods=[one for one in asked if one.pk is not None],
        unit_ids=unit_ids,
        within=within,
        on=on or asked[-1].ends_on,
        source=source,
        scope=scope,
    )
    by_unit: dict[int, dict[str, Figure]] = defaultdict(dict)
    for one in asked:
        for unit_id, figure in by_period.get(one.pk, {}).items():
            by_unit[unit_id][one.code] = figure
    return {unit_id: _summed(figures, spans, indicator) for unit_id, figures in by_unit.items()}


_COLUMNS: Final = (
    "unit_id", "numerator", "denominator", "value", "state", "source", "printed", "note", "extracted_on",
    "origin", "id", "period_id",
)  # fmt: skip
# As Django's DecimalField reads what SQLite keeps as a binary number: 15 digits, then the column's ten.
_FROM_BINARY: Final = Context(prec=15)
_STEP: Final = Decimal(1).scaleb(-10)


def _plain_rows(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of _COLUMNS; by Django's own way a nation's figures would take twice as long."""
    try:
        statement, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        # No period, no unit or no source was asked for.
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _decimal_of_binary(value: float) -> Decimal:
    return _FROM_BINARY.create_decimal_from_float(float(value)).quantize(_STEP)


def _official_by_period(
    *,
    indicator: Indicator,
    periods: Sequence[Period],
    unit_ids: Collection[int] | None,
    within: Unit | None,
    on: date,
    source: str | None,
    scope: str,
) -> dict[int, dict[int, Figure]]:
    """Return by period and unit the figure of the first source that has one, in one query."""
    order = [source] if source else list(indicator.sources)
    figures = Measurement.objects.filter(
        indicator=indicator, period__in=periods, source__in=order, scope=scope
    )
    if unit_ids is not None:
        figures = figures.filter(unit__in=unit_ids)
    if within is not None:
        figures = figures.filter(in_force(on, "unit__paths_up__"), unit__paths_up__ancestor=within)
    found: dict[int, dict[int, Figure]] = defaultdict(dict)

    def place(figure: Figure) -> tuple[bool, int]:
        return rules.official_place(order, source=figure.source, state=figure.state)

    is_binary = connection.vendor == "sqlite"
    for row in _plain_rows(figures.values_list(*_COLUMNS)):
        (
            unit_id, numerator, denominator, value, state, of_source, printed, note, extracted_on, origin,
            key, period_id,
        ) = row  # fmt: skip
        if is_binary and value is not None:
            value = _decimal_of_binary(value)
        figure = Figure(
            unit_id, numerator, denominator, value, state, of_source, printed, note, extracted_on, origin, key
        )
        of_period = found[period_id]
        standing = of_period.get(figure.unit_id)
        if standing is None or place(figure) < place(standing):
            of_period[figure.unit_id] = figure
    return found


def _summed(figures: Mapping[str, Figure], spans: Sequence[PeriodSpan], indicator: Indicator) -> Figure:
    """Return the sum of one unit's figures, given by period code; there is at least one."""
    found = rules.sum_over_periods(
        {
            code: rules.PeriodFigure(one.state, rules.Counted(one.numerator, one.denominator, one.value))
            for code, one in figures.items()
        },
        periods=[span.code for span in spans],
        is_rate=indicator.is_rate,
        has_denominator=bool(indicator.denominator),
    )
    # What was not published says nothing of the sum, nor does its source, unless there is nothing else.
    made_of = {code: one for code, one in figures.items() if code not in found.missing} or figures
    sources = list(dict.fromkeys(one.source for one in made_of.values()))
    note = rules.sum_wording(found, spans=spans, is_rate=indicator.is_rate)
    if len(sources) > 1:
        note += f"; nguồn: {_sources_wording(made_of, spans)}"
    return Figure(
        unit_id=next(iter(figures.values())).unit_id,
        numerator=found.total.numerator if found.total else None,
        denominator=found.total.denominator if found.total else None,
        value=found.value,
        state=found.state,
        source=sources[0] if len(sources) == 1 else "",
        printed="",
        note=note,
        extracted_on=max((one.extracted_on for one in made_of.values() if one.extracted_on), default=None),
        origin="",
        measurement_id=0,
        missing=found.missing,
        uncounted=found.uncounted,
        measurement_ids=tuple(one.measurement_id for one in made_of.values()),
    )


def _sources_wording(figures: Mapping[str, Figure], spans: Sequence[PeriodSpan]) -> str:
    """Return the sources with their periods: "Hệ thống của tỉnh (Quý I/2023), Đơn vị báo cáo (…)"."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for span in spans:
        if span.code in figures:
            by_source[figures[span.code].source].append(span.label)
    return ", ".join(f"{Source(name).label} ({', '.join(labels)})" for name, labels in by_source.items())


def figures_of_unit(*, unit: Unit, period: Period | None = None) -> QuerySet[Measurement]:
    """Return all figures of the unit: latest period first, then in the catalogue's order."""
    figures = Measurement.objects.filter(unit=unit).select_related("indicator", "period", "document")
    if period is not None:
        figures = figures.filter(period=period)
    return figures.order_by(
        "-period__ends_on", "period__code", "indicator__position", "indicator__code", "source"
    )


def history_of(*, measurement: Measurement) -> QuerySet[MeasurementRevision]:
    """Return what the figure was and became, latest first, with who wrote it."""
    return (
        MeasurementRevision.objects.filter(measurement=measurement).select_related("by").order_by("-number")
    )


def revision_at(*, measurement_id: int, at: datetime) -> MeasurementRevision | None:
    """Return what was written of a figure last before that moment, with who wrote it; None before its first.

    One query. A withdrawn figure keeps its history under its id.
    """
    written = MeasurementRevision.objects.filter(measurement_id=measurement_id, at__lte=at)
    return written.select_related("by").order_by("-number").first()


@dataclass(frozen=True, slots=True)
class EarlierFigure:
    """A unit's figure of an earlier period, for comparison; `is_previous` when it is the one just before.

    `year_before` is that of the same period a year earlier, where there is one.
    """

    value: Decimal | None
    state: str
    period: Period
    is_previous: bool
    year_before: EarlierFigure | None = None


def earlier_figures(*, unit: Unit, period: Period) -> dict[str, EarlierFigure]:
    """Return by indicator code the unit's official figure of the period before, else its latest earlier one.

    One query. The first source that has a figure counts, as everywhere; simulated figures do not.
    """
    span = parse_period(period.code)
    previous, year_before = (one.code if one else "" for one in (span.previous(), span.year_before()))
    found: dict[str, tuple[tuple[bool, date, bool, int], EarlierFigure]] = {}
    year_ago: dict[str, tuple[tuple[bool, int], EarlierFigure]] = {}
    for row in (
        Measurement.objects.filter(unit=unit, scope=Scope.OWN, period__ends_on__lt=period.ends_on)
        .exclude(source=Source.SIMULATED)
        .select_related("indicator", "period")
    ):
        order = row.indicator.sources
        if row.source not in order:
            continue
        code = row.indicator.code
        place = rules.official_place(order, source=row.source, state=row.state)
        figure = EarlierFigure(row.value, row.state, row.period, row.period.code == previous)
        rank = (figure.is_previous, row.period.ends_on, not place[0], -place[1])
        if code not in found or rank > found[code][0]:
            found[code] = (rank, figure)
        if row.period.code == year_before and (code not in year_ago or place < year_ago[code][0]):
            year_ago[code] = (place, figure)
    return {
        code: replace(figure, year_before=year_ago[code][1] if code in year_ago else None)
        for code, (_, figure) in found.items()
    }
