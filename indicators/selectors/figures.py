"""Reading the catalogue and the figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from dvctt.lib.periods import PeriodUnknown, parse_period
from indicators.models import Indicator, Measurement, MeasurementRevision, Period, Scope, Source
from indicators.rules import IndicatorUnknown
from units.models import in_force

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from units.models import Unit


@dataclass(frozen=True, slots=True)
class Figure:
    """A unit's figure and the source it came from; `value` in percent for a rate, None with a state."""

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


def indicator_by_code(code: str) -> Indicator:
    """Return the latest version of the indicator; raise IndicatorUnknown."""
    indicator = Indicator.objects.filter(code=code.strip().upper()).order_by("-version").first()
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


def current_indicators(*, level: str | None = None) -> list[Indicator]:
    """Return the latest version of each indicator in catalogue order, those of one level if asked."""
    latest: dict[str, Indicator] = {}
    for indicator in Indicator.objects.order_by("version"):
        latest[indicator.code] = indicator
    chosen = [one for one in latest.values() if level is None or level in one.levels]
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
    order = [source] if source else list(indicator.sources)
    figures = Measurement.objects.filter(indicator=indicator, period=period, source__in=order, scope=scope)
    if unit_ids is not None:
        figures = figures.filter(unit__in=unit_ids)
    if within is not None:
        day = on or period.ends_on
        figures = figures.filter(in_force(day, "unit__paths_up__"), unit__paths_up__ancestor=within)
    found: dict[int, Figure] = {}
    rank = {name: place for place, name in enumerate(order)}
    for row in figures.values_list(
        "unit_id", "numerator", "denominator", "value", "state", "source", "printed", "note", "extracted_on",
        "origin", "id",
    ):  # fmt: skip
        figure = Figure(*row)
        standing = found.get(figure.unit_id)
        if standing is None or rank[figure.source] < rank[standing.source]:
            found[figure.unit_id] = figure
    return found


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


@dataclass(frozen=True, slots=True)
class EarlierFigure:
    """A unit's figure of an earlier period, for comparison; `is_previous` when it is the one just before."""

    value: Decimal | None
    state: str
    period: Period
    is_previous: bool


def earlier_figures(*, unit: Unit, period: Period) -> dict[str, EarlierFigure]:
    """Return by indicator code the unit's official figure of the period before, else its latest earlier one.

    One query. The first source that has a figure counts, as everywhere; simulated figures do not.
    """
    previous = parse_period(period.code).previous()
    previous_code = previous.code if previous else ""
    found: dict[str, tuple[tuple[bool, date, int], EarlierFigure]] = {}
    for row in (
        Measurement.objects.filter(unit=unit, scope=Scope.OWN, period__ends_on__lt=period.ends_on)
        .exclude(source=Source.SIMULATED)
        .select_related("indicator", "period")
    ):
        order = row.indicator.sources
        if row.source not in order:
            continue
        is_previous = row.period.code == previous_code
        rank = (is_previous, row.period.ends_on, -order.index(row.source))
        standing = found.get(row.indicator.code)
        if standing is None or rank > standing[0]:
            found[row.indicator.code] = (rank, EarlierFigure(row.value, row.state, row.period, is_previous))
    return {code: figure for code, (_, figure) in found.items()}
