"""What a reader chose in the address of a league page, settled against what the system knows.

Nothing here fails: an unknown choice becomes a message, and the page shows the nearest sensible table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef

from dvctt.fields import read_id
from dvctt.lib import names
from dvctt.lib.names import reading_order
from indicators import selectors as indicator_selectors
from indicators.models import OFFICIAL_SOURCES, Indicator, Measurement, Period, Source
from indicators.rules import IndicatorUnknown
from reports import tables
from reports.selectors import peers
from units import selectors as unit_selectors
from units.models import Level, Unit
from units.selectors import NameAt

MAIN_INDICATOR: Final = "HSTT"
MAIN_LEVEL: Final = Level.XA.value
NO_COMPARISON: Final = "khong"
EVERYWHERE: Final = "tat-ca"
LONGEST_SEARCH: Final = 80


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a select: its value in the address, its words, whether it is the present one."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class LeagueChoice:
    """A settled choice, or `indicator`/`period` None where the system holds nothing to choose from."""

    indicator: Indicator | None
    period: Period | None
    level: str
    within: Unit | None
    source: str
    compare: Period | Literal["previous"] | None
    search: str
    order: str
    page: int = 1
    problems: list[str] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)

    def query(self, *, ordered: bool = True, **changes: str) -> str:
        """Return the address of this choice: what is default is left out, so that addresses stay short."""
        compare = ""
        if self.compare is None:
            compare = NO_COMPARISON
        elif isinstance(self.compare, Period):
            compare = self.compare.code
        parts = {
            "chi-tieu": self.indicator.code if self.indicator else "",
            "ky": self.period.code if self.period else "",
            "cap": self.level,
            "trong": str(self.within.pk) if self.within else EVERYWHERE,
            "nguon": self.source,
            "so-sanh": compare,
            "tim": self.search,
            "sap": self.order if ordered else "",
        } | changes
        return urlencode({name: value for name, value in parts.items() if value})

    def heat_map_query(self) -> str:
        """Return the address of the heat map of the same period, level and area."""
        return place_query(period=self.period, level=self.level, within=self.within)


def place_query(*, period: Period | None, level: str, within: Unit | None, **more: str) -> str:
    """Return the part of an address that says when, of whom and where, and what more is given."""
    parts = {
        "ky": period.code if period else "",
        "cap": level,
        "trong": str(within.pk) if within else EVERYWHERE,
    } | more
    return urlencode({name: value for name, value in parts.items() if value})


def read_league_choice(*, data: Mapping[str, str], home: Unit | None) -> LeagueChoice:
    """Settle what the address asks for; `home` is the person's own province, the default area."""
    data = without_nul(data)
    problems: list[str] = []
    indicator = _indicator(data.get("chi-tieu", ""), problems)
    source = _source(data.get("nguon", ""), problems)
    within = settle_within(data.get("trong", ""), home, problems)
    found: list[Period] = []
    if indicator is not None:
        found = list(peers.periods_with_figures(indicator=indicator, within=within, source=source or None))
    code = data.get("ky", "")
    telling = None
    if indicator is not None and not any(one.code == code for one in found):
        telling = peers.telling_period(indicator=indicator, within=within, source=source or None)
    period = settle_period(code, found, telling, problems)
    if indicator is not None and period is not None:
        indicator = indicator_selectors.version_in(indicator, period)
    level = settle_level(data.get("cap", ""), problems)
    order = data.get("sap", "")
    if order and tables.order_of(order) is None:
        problems.append(f"Không sắp xếp được theo “{order[:30]}”; bảng xếp theo hạng.")
        order = ""
    return LeagueChoice(
        indicator=indicator,
        period=period,
        level=level,
        within=within,
        source=source,
        compare=_compare(data.get("so-sanh", ""), problems),
        search=settle_search(data.get("tim", "")),
        order="" if order == tables.DEFAULT_ORDER else order,
        page=settle_page(data.get("trang", "")),
        problems=problems,
        periods=found,
    )


def _indicator(code: str, problems: list[str]) -> Indicator | None:
    if code:
        try:
            return indicator_selectors.indicator_by_code(code)
        except IndicatorUnknown:
            problems.append(f"Không có chỉ tiêu mã “{code[:40]}”; đang xem chỉ tiêu {MAIN_INDICATOR}.")
    try:
        return indicator_selectors.indicator_by_code(MAIN_INDICATOR)
    except IndicatorUnknown:
        return next(iter(indicator_selectors.current_indicators()), None)


def _source(name: str, problems: list[str]) -> str:
    if not name or name in Source.values:
        return name
    problems.append(f"Không có nguồn “{name[:30]}”; đang xem nguồn chính thức.")
    return ""


def without_nul(data: Mapping[str, str]) -> dict[str, str]:
    # A NUL ends a text in C: PostgreSQL refuses it, no name holds it.
    return {name: value.replace("\0", "") for name, value in data.items()}


def settle_search(text: str) -> str:
    return names.nfc(text)[:LONGEST_SEARCH]


def settle_level(level: str, problems: list[str]) -> str:
    """Return the level asked for, the main one with a message where there is no such level."""
    if level and level not in Level.values:
        problems.append(f"Không có cấp “{level[:20]}”; các cấp là {', '.join(Level.values)}.")
    return level if level in Level.values else MAIN_LEVEL


def settle_page(text: str) -> int:
    """Return the number of the page, the first where that is none."""
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def settle_within(text: str, home: Unit | None, problems: list[str]) -> Unit | None:
    """Return the unit inside which is read, None for everywhere; `home` where none such is asked for."""
    if text == EVERYWHERE:
        return None
    if not text:
        return home
    pk = read_id(text)
    unit = None if pk is None else Unit.objects.filter(pk=pk).first()
    if unit is None:
        problems.append(f"Không có đơn vị số “{text[:20]}”; đang xem phạm vi mặc định.")
        return home
    return unit


def settle_period(
    code: str, found: list[Period], telling: Period | None, problems: list[str]
) -> Period | None:
    """Return the period asked for; the telling one where none is, or none of that code is known."""
    if not code:
        return telling or Period.objects.first()
    period = (
        next((one for one in found if one.code == code), None) or Period.objects.filter(code=code).first()
    )
    if period is None:
        instead = telling or Period.objects.first()
        seen = f"; đang xem {instead.label}" if instead else ""
        problems.append(f"Không có kỳ “{code[:30]}” trong hệ thống{seen}.")
        return instead
    return period


def _compare(code: str, problems: list[str]) -> Period | Literal["previous"] | None:
    if not code:
        return "previous"
    if code == NO_COMPARISON:
        return None
    period = Period.objects.filter(code=code).first()
    if period is None:
        problems.append(f"Không có kỳ “{code[:30]}” để so sánh; đang so với kỳ liền trước nếu có.")
        return "previous"
    return period


# --- choices of the form --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeagueOptions:
    """What the filter bar offers, only what holds figures; areas by province, with its districts."""

    indicators: list[Option]
    periods: list[Option]
    levels: list[Option]
    areas: list[tuple[str, list[Option]]]
    compare: list[Option]
    sources: list[Option]


def league_options(*, choice: LeagueChoice, on: date) -> LeagueOptions:
    """Return the selects of the filter bar. A constant number of queries."""
    indicator, period = choice.indicator, choice.period
    told = Measurement.objects.filter(indicator=OuterRef("pk"))
    known = set(Indicator.objects.filter(Exists(told)).values_list("code", flat=True))
    asked = indicator.code if indicator is not None else ""
    indicators = [
        Option(one.code, one.short_name, one.code == asked)
        for one in indicator_selectors.current_indicators()
        if one.code in known or one.code == asked
    ]
    shown = offered_periods(choice.periods, period)
    compared = choice.compare.code if isinstance(choice.compare, Period) else ""
    compare = [Option("", "Kỳ liền trước", choice.compare == "previous")]
    compare += [Option(one.code, one.label, one.code == compared) for one in shown if one != period]
    compare.append(Option(NO_COMPARISON, "Không so", choice.compare is None))
    figures = Measurement.objects.filter(indicator=indicator)
    if choice.within is not None:
        figures = figures.filter(unit__paths_up__ancestor=choice.within)
    used = set(figures.values_list("source", flat=True).distinct()) | {choice.source}
    sources = [Option("", "Nguồn chính thức", not choice.source)]
    sources += [
        Option(source.value, str(source.label), source.value == choice.source)
        for source in Source
        if source.value in used
        and (source.value not in OFFICIAL_SOURCES or len(used & set(OFFICIAL_SOURCES)) > 1)
    ]
    return LeagueOptions(
        indicators=indicators,
        periods=[Option(one.code, one.label, one == period) for one in shown],
        levels=level_options(choice.level),
        areas=area_options(within=choice.within, on=on),
        compare=compare,
        sources=sources,
    )


def offered_periods(found: Sequence[Period], chosen: Period | None) -> list[Period]:
    """Return the periods with figures, and the one that is read though it has none."""
    return [*found] if chosen is None or chosen in found else [*found, chosen]


def level_options(chosen: str) -> list[Option]:
    return [Option(level.value, str(level.label), level.value == chosen) for level in Level]


def area_options(*, within: Unit | None, on: date) -> list[tuple[str, list[Option]]]:
    """Return the areas by group: every province, then the districts of the one that is read."""
    present = within.pk if within else None
    roots = unit_selectors.roots(on=on)
    provinces = [Option(EVERYWHERE, "Mọi tỉnh có số liệu", present is None)]
    provinces += [_area_option(name, present) for name in roots]
    groups = [("Tỉnh", provinces)]
    if within is None:
        return groups
    province = peers.province_of(unit=within, on=on)
    if province is not None:
        districts = unit_selectors.below(ancestor=province, on=on, level=Level.HUYEN)
        title = next((name.full_name for name in roots if name.unit_id == province.pk), "")
        ordered = sorted(districts.values(), key=lambda name: reading_order(name.full_name))
        options = [_area_option(name, present) for name in ordered]
        if present not in {province.pk, *districts, *(name.unit_id for name in roots)}:
            inner = unit_selectors.names_on(unit_ids=[within.pk], on=on).values()
            options += [_area_option(name, present) for name in inner]
        groups.append((f"Trong {title}", options))
    return groups


def _area_option(name: NameAt, present: int | None) -> Option:
    return Option(str(name.unit_id), name.full_name, name.unit_id == present)
