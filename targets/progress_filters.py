"""What of a plan's progress the address asks for, and the page that it gives; the file shows the same rows.

Nothing here fails for a choice: an unknown one counts as none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from indicators.models import Indicator, Period
from targets import selectors
from targets.filters import Chip, Option, PlanFilter, read_plan_filter
from targets.models import Plan
from targets.progress_wording import BASELINE
from targets.rules import judging
from targets.selectors import PeriodOffered, Progress, ProgressRow
from units.selectors import NameAt

EVERY: Final = "tat-ca"
TO_HELP: Final = "can-giup"
BANDS_OF: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset(judging.BANDS),
    "dat": judging.REACHED,
    "gan-dat": frozenset({judging.NEAR}),
    "chua-dat": frozenset({judging.BEHIND}),
    "con-xa": frozenset({judging.FAR}),
    TO_HELP: frozenset(judging.SHORT),
    "khong-xet": frozenset({judging.NONE}),
}
BAND_LABELS: Final = {
    "": "Tất cả",
    "dat": "Đạt",
    "gan-dat": "Gần đạt",
    "chua-dat": "Chưa đạt",
    "con-xa": "Còn xa",
    TO_HELP: "Cần giúp",
    "khong-xet": "Chưa xét được",
}
WHOLE: Final = 200
"""Up to so many rows stand on one page, so that Ctrl+F finds each and the page stays light."""
PER_PAGE: Final = 100
HELPED: Final = 10
"""How many of the units that need help the page names before its link to all of them."""


@dataclass(frozen=True, slots=True)
class ProgressChoice:
    """A settled choice; `indicator` None is every indicator, `band` a key of BAND_LABELS."""

    indicator: Indicator | None
    period: Period
    cumulative: bool
    units: PlanFilter
    band: str
    page: int

    def query(self, **changes: str) -> str:
        """Return the address of this choice with changes; the page number is left out unless it is one."""
        parts = {
            "chi-tieu": self.indicator.code if self.indicator else EVERY,
            "ky": self.period.code,
            "luy-ke": "1" if self.cumulative else "",
            "cap": self.units.level,
            "trong": self.units.district,
            "muc": self.band,
            "tim": self.units.search,
        } | changes
        return urlencode({name: value for name, value in parts.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.units.query or self.band)


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """All that the page and its file show: `chosen` are the filters' rows, `shown` those of this page."""

    plan: Plan
    names: Mapping[int, NameAt]
    choice: ProgressChoice
    progress: Progress
    indicators: Sequence[Indicator]
    offered: Sequence[PeriodOffered]
    in_units: Sequence[ProgressRow]
    chosen: Sequence[ProgressRow]
    pages: int

    @property
    def owner(self) -> str:
        """What the owner was called on the plan's day."""
        name = self.names.get(self.plan.owner_id)
        return "" if name is None else name.full_name

    @property
    def shown(self) -> Sequence[ProgressRow]:
        if self.pages == 1:
            return self.chosen
        return self.chosen[(self.choice.page - 1) * PER_PAGE : self.choice.page * PER_PAGE]

    @property
    def short(self) -> int:
        return sum(1 for row in self.in_units if row.is_short)

    @property
    def to_help(self) -> list[ProgressRow]:
        """Units that are short by a number of cases, among the chosen units; most cases first."""
        return [row for row in selectors.units_to_help(self.in_units) if row.missing is not None]

    @property
    def uncounted(self) -> list[ProgressRow]:
        """Units that are short by nobody can say how many cases, the farthest first."""
        return [row for row in selectors.units_to_help(self.in_units) if row.missing is None]

    def indicator_options(self) -> list[Option]:
        options = [Option(one.code, one.short_name, one == self.choice.indicator) for one in self.indicators]
        if len(options) > 1:
            options.append(Option(EVERY, "Mọi chỉ tiêu", self.choice.indicator is None))
        return options

    def period_options(self) -> list[Option]:
        return [
            Option(
                one.period.code,
                f"{one.period.label} ({BASELINE})" if one.is_baseline else one.period.label,
                one.period == self.choice.period,
            )
            for one in self.offered
        ]

    def chips(self) -> list[Chip]:
        """Return the bands with their numbers under the other choices, and their addresses."""
        counts = Counter(row.status for row in self.in_units)
        return [
            Chip(
                label=BAND_LABELS[band],
                count=sum(counts[status] for status in statuses),
                query=self.choice.query(muc=band),
                chosen=band == self.choice.band,
            )
            for band, statuses in BANDS_OF.items()
        ]


def progress_page(
    *, code: str, user: User | AnonymousUser, today: date, data: Mapping[str, str]
) -> ProgressPage:
    """Return the page that the address asks for; raise PlanUnknown for a plan that the person may not see."""
    plan = selectors.plan_by_code(code, among=Plan.objects.visible_to(user, today=today))
    names = selectors.names_of(plan)
    indicators = selectors.assigned_indicators(plan)
    offered = selectors.progress_periods(plan, indicators)
    choice = read_progress_choice(data, names=names, indicators=indicators, offered=offered)
    found = selectors.progress(
        plan=plan,
        period=choice.period,
        indicator=choice.indicator,
        cumulative=choice.cumulative,
        names=names,
    )
    in_units = choice.units.units(found.rows)
    chosen = [row for row in in_units if row.status in BANDS_OF[choice.band]]
    if choice.band == TO_HELP:
        chosen = selectors.units_to_help(chosen)
    pages = 1 if len(chosen) <= WHOLE else -(-len(chosen) // PER_PAGE)
    settled = replace(choice, page=min(max(choice.page, 1), pages))
    return ProgressPage(plan, names, settled, found, indicators, offered, in_units, chosen, pages)


def read_progress_choice(
    data: Mapping[str, str],
    *,
    names: Mapping[int, NameAt],
    indicators: Sequence[Indicator],
    offered: Sequence[PeriodOffered],
) -> ProgressChoice:
    """Return what the address chooses: by default the first indicator in the latest telling period."""
    code, asked, band, page = (data.get(name, "") for name in ("chi-tieu", "ky", "muc", "trang"))
    indicator = next((one for one in indicators if one.code == code), None)
    if indicator is None and code != EVERY:
        indicator = next(iter(indicators), None)
    period = next((one.period for one in offered if one.period.code == asked), None)
    period = period or selectors.telling_period(offered)
    return ProgressChoice(
        indicator=indicator,
        period=period,
        cumulative=data.get("luy-ke", "") == "1" and selectors.can_cumulate(period),
        units=replace(read_plan_filter(data, units=names), kind="", indicator=""),
        band=band if band in BANDS_OF else "",
        page=int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1,
    )
