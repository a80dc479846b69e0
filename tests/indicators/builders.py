"""An indicator, a period and drafts of figures for the tests of this app."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from dvctt.lib import numbers
from dvctt.lib.periods import parse_period
from indicators import services
from indicators.models import Indicator, Period, Source, State, ZeroDenominator
from indicators.services import FigureDraft
from units.models import Unit

AT = datetime(2024, 1, 10, 3, 0, tzinfo=UTC)


def make_period(code: str = "2023-Q4", *, open_for_entry: bool = False) -> Period:
    period = services.ensure_period(span=parse_period(code))
    if open_for_entry:
        Period.objects.filter(pk=period.pk).update(open_for_entry=True)
        period.refresh_from_db()
    return period


def make_indicator(code: str = "HSTT", *, short_name: str = "Hồ sơ trực tuyến", **fields: Any) -> Indicator:
    defaults: dict[str, Any] = {
        "name": short_name,
        "unit_of_measure": "%",
        "is_rate": True,
        "direction": "up",
        "levels": ["so", "huyen", "xa"],
        "numerator": "Hồ sơ trực tuyến",
        "denominator": "Tổng số hồ sơ",
        "zero_denominator": ZeroDenominator.NOT_ARISING.value,
        "position": Indicator.objects.count() + 1,
    }
    return Indicator.objects.create(code=code, short_name=short_name, **(defaults | fields))


def draft(
    unit: Unit | int,
    indicator: Indicator,
    period: Period,
    *,
    counts: tuple[int, int] | None = None,
    value: Decimal | str | None = None,
    state: str = State.NUMBER.value,
    source: str = Source.DOCUMENT.value,
    **fields: Any,
) -> FigureDraft:
    """A figure from counts, from a rate alone, or a state."""
    numerator, denominator = counts or (None, None)
    if counts:
        value = numbers.rate(numerator=numerator, denominator=denominator)
    return FigureDraft(
        unit_id=unit if isinstance(unit, int) else unit.pk,
        indicator_id=indicator.pk,
        period_id=period.pk,
        source=source,
        origin=fields.pop("origin", "batch:1 Sheet!B7"),
        is_rate=indicator.is_rate,
        state=state,
        numerator=numerator,
        denominator=denominator,
        value=None if value is None else Decimal(value),
        **fields,
    )


def day(text: str) -> date:
    return date.fromisoformat(text)
