"""What a reader chose in the address of the heat map, settled as the league page settles its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from indicators.models import Period
from reports import filters
from reports.filters import Option
from reports.selectors import peers
from units.models import Unit

BY_UNIT: Final = "don-vi"
BY_REACHED: Final = "dat"
"""Orders that are no indicator's code; those are written in capitals."""


@dataclass(frozen=True, slots=True)
class HeatChoice:
    """A settled choice; `period` is None where the system holds nothing to choose from."""

    period: Period | None
    level: str
    within: Unit | None
    search: str
    order: str
    page: int = 1
    whole: bool = False
    problems: list[str] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)

    def query(self, **changes: str) -> str:
        """Return the address of this choice, its page aside; what is default is left out."""
        parts = {
            "tim": self.search,
            "sap": self.order,
            "tat-ca": "1" if self.whole else "",
        }
        return filters.place_query(
            period=self.period, level=self.level, within=self.within, **(parts | changes)
        )


def read_heat_choice(*, data: Mapping[str, str], home: Unit | None) -> HeatChoice:
    """Settle what the address asks for; `home` is the person's own province, the default area."""
    data = filters.without_nul(data)
    problems: list[str] = []
    within = filters.settle_within(data.get("trong", ""), home, problems)
    found = list(peers.periods_with_figures(indicator=None, within=within))
    code = data.get("ky", "")
    telling = None
    if not any(one.code == code for one in found):
        telling = peers.telling_period(indicator=None, within=within)
    return HeatChoice(
        period=filters.settle_period(code, found, telling, problems),
        level=filters.settle_level(data.get("cap", ""), problems),
        within=within,
        search=filters.settle_search(data.get("tim", "")),
        order=data.get("sap", ""),
        page=filters.settle_page(data.get("trang", "")),
        whole=data.get("tat-ca", "") == "1",
        problems=problems,
        periods=found,
    )


def settle_order(order: str, codes: Collection[str], problems: list[str]) -> str:
    """Return the order if the table has such a column, by default ""; else a message and the default."""
    if order in {"", BY_UNIT}:
        return ""
    if order.removeprefix("-") in {BY_UNIT, BY_REACHED, *codes}:
        return order
    problems.append(f"Không sắp xếp được theo “{order[:30]}”; các đơn vị xếp theo tên.")
    return ""


@dataclass(frozen=True, slots=True)
class HeatOptions:
    """What the filter bar offers."""

    periods: list[Option]
    levels: list[Option]
    areas: list[tuple[str, list[Option]]]


def heat_options(*, choice: HeatChoice, on: date) -> HeatOptions:
    """Return the selects of the filter bar. A constant number of queries."""
    shown = filters.offered_periods(choice.periods, choice.period)
    return HeatOptions(
        periods=[Option(one.code, one.label, one == choice.period) for one in shown],
        levels=filters.level_options(choice.level),
        areas=filters.area_options(within=choice.within, on=on),
    )
