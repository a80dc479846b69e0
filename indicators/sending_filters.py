"""What of "Tình hình nộp" the address asks for, and the page that it gives; the file shows the same rows.

Nothing here fails for a choice: an unknown one counts as none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from accounts.models import User
from indicators import selectors
from indicators.deadline_forms import SendingFilterForm
from indicators.models import Period
from indicators.rules import ReportState
from indicators.selectors import OnTime, SendingRow
from units import permissions
from units.permissions import REVIEWING

SHOWN_PERIODS: Final = 4


@dataclass(frozen=True, slots=True)
class Area:
    """The reports of one area, counted."""

    area_id: int
    name: str
    counts: Mapping[ReportState, int]
    total: int
    sent: int
    complete: int

    @property
    def on_time(self) -> int:
        return self.counts.get(ReportState.ON_TIME, 0)

    @property
    def late(self) -> int:
        return self.counts.get(ReportState.LATE, 0)

    @property
    def overdue(self) -> int:
        return self.counts.get(ReportState.OVERDUE, 0)

    @property
    def returned(self) -> int:
        return self.counts.get(ReportState.RETURNED, 0)


@dataclass(frozen=True, slots=True)
class SendingPage:
    """All that the page and its file show: `in_area` are the area's rows, `chosen` those of the state too."""

    periods: Sequence[Period]
    period: Period | None
    areas: Sequence[Area]
    area: Area | None
    state: ReportState | None
    in_area: Sequence[SendingRow]
    chosen: Sequence[SendingRow]
    rates: Sequence[OnTime]

    @property
    def counts(self) -> Mapping[ReportState, int]:
        """How many of the area's reports are in each state."""
        return Counter(row.state for row in self.in_area)

    @property
    def sent(self) -> int:
        return sum(row.is_sent for row in self.in_area)

    @property
    def complete(self) -> int:
        return sum(row.is_complete for row in self.in_area)

    def query(self, **changes: str) -> str:
        """Return the address of this choice with changes, without the number of the page."""
        parts = {
            "ky": self.period.code if self.period else "",
            "khu_vuc": str(self.area.area_id) if self.area else "",
            "trang_thai": self.state.value if self.state else "",
        } | changes
        return urlencode({name: value for name, value in parts.items() if value})


def sending_page(*, user: User, data: Mapping[str, str], today: date) -> SendingPage:
    """Return the reports that the person reviews, as the address chooses; the open period by default."""
    periods = selectors.entry_periods()
    form = SendingFilterForm(data, periods=periods)
    period = _period(periods, form.period_code)
    if period is None:
        return SendingPage((), None, (), None, None, (), (), ())
    units = permissions.units_for(user=user, permission=REVIEWING, today=today)
    rows = selectors.sending_rows(units=units, period=period, today=today)
    areas = _areas(rows)
    area = next((one for one in areas if one.area_id == form.area_id), None)
    in_area = [row for row in rows if area is None or row.area_id == area.area_id]
    of_kind = [one for one in periods if one.kind == period.kind and one.ends_on <= period.ends_on]
    return SendingPage(
        periods=periods,
        period=period,
        areas=areas,
        area=area,
        state=form.state,
        in_area=in_area,
        chosen=[row for row in in_area if form.state in (None, row.state)],
        rates=selectors.on_time_rates(
            units=units.filter(pk__in=[row.board.unit_id for row in in_area]) if area else units,
            periods=of_kind[:SHOWN_PERIODS],
            today=today,
        ),
    )


def _period(periods: Sequence[Period], code: str) -> Period | None:
    wanted = next((one for one in periods if one.code == code), None)
    return wanted or next((one for one in periods if one.open_for_entry), periods[0] if periods else None)


def _areas(rows: Sequence[SendingRow]) -> list[Area]:
    by_area: dict[int, list[SendingRow]] = {}
    for row in rows:
        by_area.setdefault(row.area_id, []).append(row)
    return [
        Area(
            area_id=area_id,
            name=some[0].area_name,
            counts=Counter(row.state for row in some),
            total=len(some),
            sent=sum(row.is_sent for row in some),
            complete=sum(row.is_complete for row in some),
        )
        for area_id, some in by_area.items()
    ]
