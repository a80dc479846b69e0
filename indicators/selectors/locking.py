"""Reading which cells an official source has filled already, so that no unit is asked for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dvctt.lib.numbers import vi_date
from indicators import rules
from indicators.models import Indicator, Measurement, Period, Scope, Source
from indicators.rules.risk import Known

if TYPE_CHECKING:
    from django.db.models import QuerySet

Cell = tuple[int, int, int]
"""Ids of a unit, an indicator and a period."""


@dataclass(frozen=True, slots=True)
class LockedFigure:
    """The figure that counts in place of the unit's own, with the source that has it."""

    measurement_id: int
    source: str
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    state: str
    printed: str
    note: str
    extracted_on: date | None
    origin: str

    @property
    def known(self) -> Known:
        """What comparing needs of it."""
        return Known(self.numerator, self.denominator, self.value, self.state)

    @property
    def source_label(self) -> str:
        return str(Source(self.source).label)

    @property
    def words(self) -> str:
        """Where it is from: "Cổng Dịch vụ công quốc gia, trích xuất ngày 17/7/2023"."""
        day = f", trích xuất ngày {vi_date(self.extracted_on)}" if self.extracted_on else ""
        return f"{self.source_label}{day}"


def locked_figures(
    *, unit_ids: Collection[int], period: Period, indicators: Iterable[Indicator]
) -> Mapping[int, Mapping[int, LockedFigure]]:
    """Return by unit and indicator id the official figures that stand before the unit's own report.

    The first such source of the indicator that has a figure counts. One query; units without one are empty.
    """
    found: dict[int, dict[int, LockedFigure]] = defaultdict(dict)
    for (unit_id, indicator_id, _), figure in _locked(
        Measurement.objects.filter(unit__in=unit_ids, period=period), indicators
    ).items():
        found[unit_id][indicator_id] = figure
    return found


def locked_now(*, cells: Collection[Cell], indicators: Iterable[Indicator]) -> Mapping[Cell, LockedFigure]:
    """Return for cells of any units and periods what locked_figures says of them. One query."""
    figures = Measurement.objects.filter(
        unit__in={unit_id for unit_id, _, _ in cells}, period__in={period_id for _, _, period_id in cells}
    )
    return _locked(figures, indicators) if cells else {}


def _locked(figures: QuerySet[Measurement], indicators: Iterable[Indicator]) -> dict[Cell, LockedFigure]:
    orders = {one.pk: list(one.sources) for one in indicators}
    before = {one for order in orders.values() for one in rules.sources_before(order, own=Source.UNIT.value)}
    held: dict[Cell, dict[str, LockedFigure]] = defaultdict(dict)
    rows: Iterable[tuple[Any, ...]] = figures.filter(
        indicator__in=orders.keys(),
        scope=Scope.OWN,
        source__in=before,
        state__in=rules.FIGURE_STATES,
    ).values_list(
        "unit_id", "indicator_id", "period_id",
        "id", "source", "numerator", "denominator", "value", "state", "printed", "note", "extracted_on",
        "origin",
    )  # fmt: skip
    for unit_id, indicator_id, period_id, *fields in rows:
        figure = LockedFigure(*fields)
        held[unit_id, indicator_id, period_id][figure.source] = figure
    found = {}
    for cell, by_source in held.items():
        source = rules.locking_source(orders[cell[1]], own=Source.UNIT.value, held=by_source)
        if source:
            found[cell] = by_source[source]
    return found
