"""Who is compared with whom, and in which periods: the units of one level inside an area, on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from dvctt.lib import names, periods
from indicators.models import OFFICIAL_SOURCES, Indicator, Measurement, Period
from units import selectors as unit_selectors
from units.models import Unit, UnitPath, UnitVersion, in_force
from units.selectors import NameAt

reading_order: Final = lru_cache(maxsize=50_000)(names.fold)
"""Names sort as they are read, without marks; folding is slow and names are few and stay."""


def periods_with_figures(
    *, indicator: Indicator, within: Unit | None = None, source: str | None = None
) -> QuerySet[Period]:
    """Return the periods in which the indicator has figures, inside the unit if given, latest first."""
    figures = Measurement.objects.filter(
        indicator=indicator, period=OuterRef("pk"), source__in=[source] if source else OFFICIAL_SOURCES
    )
    if within is not None:
        figures = figures.filter(unit__paths_up__ancestor=within)
    return Period.objects.filter(Exists(figures)).order_by("-ends_on", "code")


def earlier_period(period: Period) -> Period | None:
    """Return the period before of the same kind, if the system knows it."""
    span = periods.parse_period(period.code).previous()
    return None if span is None else Period.objects.filter(code=span.code).first()


def province_of(*, unit: Unit, on: date) -> Unit | None:
    """Return the province above the unit on the day, itself if it is one; None where it is not there."""
    path = (
        UnitPath.objects.filter(in_force(on), descendant=unit)
        .select_related("ancestor")
        .order_by("-depth")
        .first()
    )
    return None if path is None else path.ancestor


def area_of(*, within: Unit | None, period: Period, on: date, source: str | None) -> tuple[NameAt, ...]:
    """Return the unit inside which is ranked, or the provinces that have any figure in the period."""
    if within is not None:
        return tuple(unit_selectors.names_on(unit_ids=[within.pk], on=on).values())
    figures = Measurement.objects.filter(
        in_force(on, "unit__paths_up__"),
        unit__paths_up__ancestor=OuterRef("unit"),
        period=period,
        source__in=[source] if source else OFFICIAL_SOURCES,
    )
    versions = UnitVersion.objects.filter(Exists(figures), in_force(on), parent=None)
    found = unit_selectors.names_on(unit_ids=versions.values_list("unit_id", flat=True), on=on)
    return tuple(sorted(found.values(), key=lambda name: names.fold(name.full_name)))


def peers_of(*, level: str, area: Sequence[NameAt], within: Unit | None, on: date) -> dict[int, NameAt]:
    """Return the names of the units to be ranked, by id."""
    if any(name.level == level for name in area):
        return {name.unit_id: name for name in area if name.level == level}
    if within is not None:
        return unit_selectors.below(ancestor=within, on=on, level=level)
    inside = UnitPath.objects.filter(in_force(on), ancestor__in=[name.unit_id for name in area])
    versions = UnitVersion.objects.filter(in_force(on), level=level, unit__in=inside.values("descendant"))
    return unit_selectors.names_on(unit_ids=versions.values_list("unit_id", flat=True), on=on)
