"""Who has sent what, when, and whether that was on time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Max, Q
from django.utils import timezone

from dvctt.lib import numbers
from dvctt.lib.names import reading_order
from indicators import rules
from indicators.models import OPEN_STATUSES, Extension, Period, Submission, SubmissionStatus
from indicators.rules import Deadline, ReportState, Standing
from indicators.selectors.deadlines import deadlines_by_level, latest_extensions
from indicators.selectors.figures import current_indicators
from indicators.selectors.submissions import BoardRow, submission_board
from units import selectors as unit_selectors
from units.models import Level

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from units.models import Unit


@dataclass(frozen=True, slots=True)
class SendingRow:
    """A unit's report against its deadline; `deadline` has the extension in it."""

    board: BoardRow
    deadline: Deadline | None
    extension: Extension | None
    sent_on: date | None
    standing: Standing
    state: ReportState

    @property
    def area_id(self) -> int:
        """The district that the report counts for: a district's own, else what the unit stands below."""
        return self.board.unit_id if self._is_area else self.board.parent_id or self.board.unit_id

    @property
    def area_name(self) -> str:
        return self.board.full_name if self._is_area else self.board.parent_name or self.board.full_name

    @property
    def name_and_place(self) -> str:
        name = self.board.full_name
        return f"{name}, {self.board.parent_name}" if self.board.parent_name else name

    @property
    def is_complete(self) -> bool:
        """Whether every figure that is asked for is there, sent or not."""
        return self.board.filled == self.board.asked

    @property
    def is_sent(self) -> bool:
        return self.state in rules.SENT_STATES

    @property
    def _is_area(self) -> bool:
        return self.board.level == Level.HUYEN


@dataclass(frozen=True, slots=True)
class OnTime:
    """How many of the reports that were due for a period were on time; `rate` in percent, or None."""

    period: Period
    on_time: int
    due: int

    @property
    def rate(self) -> Decimal | None:
        return numbers.rate(numerator=self.on_time, denominator=self.due)


def sending_rows(*, units: QuerySet[Unit], period: Period, today: date) -> list[SendingRow]:
    """Return a row for each unit that is asked for something, by area; a constant number of queries."""
    board = submission_board(units=units, period=period)
    of_levels = deadlines_by_level(period=period)
    extensions = latest_extensions(unit_ids=[row.unit_id for row in board], period=period)
    rows = [_row(row, of_levels.get(row.level), extensions.get(row.unit_id), today) for row in board]
    return sorted(rows, key=_by_area)


def _by_area(row: SendingRow) -> tuple[str, bool, str]:
    own = reading_order(row.board.full_name)
    return (reading_order(row.area_name), row.board.level != Level.HUYEN, own)


def on_time_rates(*, units: QuerySet[Unit], periods: Sequence[Period], today: date) -> list[OnTime]:
    """Return how punctual the units were in each period; three queries, and three more for each period."""
    unit_ids = list(units.values_list("pk", flat=True))
    asked = {level for indicator in current_indicators() for level in indicator.levels}
    sent_on = {
        (one.unit_id, one.period_id): timezone.localdate(one.sent_at)
        for one in Submission.objects.filter(unit__in=unit_ids, period__in=periods)
        .exclude(status__in=OPEN_STATUSES)
        .annotate(sent_at=Max("events__at", filter=Q(events__status=SubmissionStatus.SENT)))
        if one.sent_at is not None
    }
    until: dict[tuple[int, int], date] = {}
    for extension in Extension.objects.filter(unit__in=unit_ids, period__in=periods).order_by("at", "pk"):
        until[extension.unit_id, extension.period_id] = extension.until
    found = []
    for period in periods:
        of_levels = deadlines_by_level(period=period)
        judged = [
            rules.counts_for_rate(
                sent_on.get((name.unit_id, period.pk)),
                rules.extended(of_levels[name.level], until.get((name.unit_id, period.pk))),
                today,
            )
            for name in unit_selectors.names_on(unit_ids=unit_ids, on=period.ends_on).values()
            if name.level in asked and name.level in of_levels
        ]
        due = [one for one in judged if one is not None]
        found.append(OnTime(period, sum(due), len(due)))
    return found


def _row(board: BoardRow, plain: Deadline | None, extension: Extension | None, today: date) -> SendingRow:
    deadline = rules.extended(plain, extension.until if extension else None) if plain else None
    sent_on = None if board.sent_at is None else timezone.localdate(board.sent_at)
    how = rules.standing(sent_on, deadline, today)
    state = rules.report_state(
        how,
        is_sent=board.status not in OPEN_STATUSES,
        is_returned=board.status == SubmissionStatus.RETURNED,
    )
    return SendingRow(board, deadline, extension, sent_on, how, state)
