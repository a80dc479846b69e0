"""Reading which cells an official source has filled already, so that no unit is asked for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dvctt.lib.numbers import vi_date
from indicators import rules
from indicators.models import Indicator, Measurement, Period, Scope, Source


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
    extracted_on: date | None
    origin: str

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
    orders = {one.pk: list(one.sources) for one in indicators}
    before = {one for order in orders.values() for one in rules.sources_before(order, own=Source.UNIT.value)}
    held: dict[tuple[int, int], dict[str, LockedFigure]] = defaultdict(dict)
    rows: Iterable[tuple[Any, ...]] = Measurement.objects.filter(
        unit__in=unit_ids,
        indicator__in=orders.keys(),
        period=period,
        scope=Scope.OWN,
        source__in=before,
        state__in=rules.LOCKING_STATES,
    ).values_list(
        "unit_id", "indicator_id",
        "id", "source", "numerator", "denominator", "value", "state", "printed", "extracted_on", "origin",
    )  # fmt: skip
    for unit_id, indicator_id, *fields in rows:
        figure = LockedFigure(*fields)
        held[unit_id, indicator_id][figure.source] = figure
    found: dict[int, dict[int, LockedFigure]] = defaultdict(dict)
    for (unit_id, indicator_id), figures in held.items():
        source = rules.locking_source(orders[indicator_id], own=Source.UNIT.value, held=figures)
        if source:
            found[unit_id][indicator_id] = figures[source]
    return found
