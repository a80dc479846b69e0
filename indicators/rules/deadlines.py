"""When a period's figures are due, and how a report stands against that day. Plain Python.

Due, grace and lock are three days: until `due_on` a report is on time, until `late_after` it is not called
late, after `locks_on` nothing more is taken. Each of them is the last day of its kind.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from indicators.rules.entering import EntryError

NEXT: Final = "next"
PREVIOUS: Final = "previous"
STAYS: Final = "none"
MOVES: Final = (NEXT, PREVIOUS, STAYS)
_STEPS: Final = {NEXT: timedelta(days=1), PREVIOUS: timedelta(days=-1)}
SATURDAY: Final = 5


class DeadlinePassed(EntryError):
    """The period is locked for the unit: its last day, extensions counted in, is over."""


class ExtensionRefused(EntryError):
    """An extension without a reason, or one that would give no time."""


class CalendarRefused(ValueError):
    """A rule or holiday that the calendar does not take; str() says what to mend."""


class Standing(Enum):
    """How a report stands against its deadline: the first three when sent, the others when not."""

    ON_TIME = "dung-han"
    IN_GRACE = "an-han"
    LATE = "muon"
    NOT_DUE = "chua-den-han"
    DUE = "den-han"
    OVERDUE = "qua-han"
    NO_DEADLINE = "khong-han"


@dataclass(frozen=True, slots=True)
class CalendarRule:
    """When units of a level report on periods of a kind.

    The month is counted from the period's last month, day 31 is the month's last. `lock_days` are counted
    from the due day, and None locks never.
    """

    level: str
    period_kind: str
    month_offset: int
    day: int
    move: str = NEXT
    grace_days: int = 0
    lock_days: int | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on time, the last that is not called late, and the last of entry (None: no end)."""

    due_on: date
    late_after: date
    locks_on: date | None = None
    extended_until: date | None = None


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether the day is neither a Saturday or Sunday nor a holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def nominal_day(rule: CalendarRule, ends_on: date) -> date:
    """Return the day that the rule names for a period that ends on `ends_on`, not moved."""
    year, month = divmod(ends_on.year * 12 + ends_on.month - 1 + rule.month_offset, 12)
    return date(year, month + 1, min(rule.day, monthrange(year, month + 1)[1]))


def moved_day(day: date, move: str, holidays: Collection[date]) -> date:
    """Return the day itself, or the nearest working day in the direction of the move."""
    if move == STAYS:
        return day
    # So many days in a row hold more weekdays than there are holidays: one of them is a working day.
    for _ in range(7 * (len(holidays) // 5 + 1)):
        if is_working_day(day, holidays):
            break
        day += _STEPS[move]
    return day


def deadline_of(rule: CalendarRule, ends_on: date, holidays: Collection[date]) -> Deadline:
    """Return the deadline of a period that ends on `ends_on`; grace and lock count calendar days."""
    due_on = moved_day(nominal_day(rule, ends_on), rule.move, holidays)
    late_after = due_on + timedelta(days=rule.grace_days)
    if rule.lock_days is None:
        return Deadline(due_on, late_after)
    return Deadline(due_on, late_after, max(late_after, due_on + timedelta(days=rule.lock_days)))


def extended(deadline: Deadline, until: date | None) -> Deadline:
    """Return the deadline with an extension, which never takes time away."""
    if until is None or until <= deadline.due_on:
        return deadline
    return Deadline(
        due_on=until,
        late_after=max(until, deadline.late_after),
        locks_on=None if deadline.locks_on is None else max(until, deadline.locks_on),
        extended_until=until,
    )


def is_locked(deadline: Deadline | None, today: date) -> bool:
    """Whether entry is over; `deadline` has its extension in it, and without one nothing locks."""
    return deadline is not None and deadline.locks_on is not None and today > deadline.locks_on


def standing(sent_on: date | None, deadline: Deadline | None, today: date) -> Standing:
    """Say how a report stands that was sent on a day, or (None) not yet."""
    if deadline is None:
        return Standing.NO_DEADLINE
    if sent_on is not None:
        if sent_on <= deadline.due_on:
            return Standing.ON_TIME
        return Standing.IN_GRACE if sent_on <= deadline.late_after else Standing.LATE
    if today < deadline.due_on:
        return Standing.NOT_DUE
    return Standing.DUE if today <= deadline.late_after else Standing.OVERDUE


def days_late(deadline: Deadline, on: date) -> int:
    """Return how many days the day lies after the due day; 0 until then."""
    return max((on - deadline.due_on).days, 0)


def days_left(deadline: Deadline, today: date) -> int:
    """Return how many days are left until the due day; 0 on it and after it."""
    return max((deadline.due_on - today).days, 0)


class ReportState(Enum):
    """What there is to say of a unit's report in one word: each report is in exactly one of these."""

    ON_TIME = "dung-han"
    IN_GRACE = "an-han"
    LATE = "muon"
    SENT = "da-gui"
    RETURNED = "tra-lai"
    OVERDUE = "qua-han"
    WAITING = "chua-gui"


_SENT_STATES: Final = {
    Standing.ON_TIME: ReportState.ON_TIME,
    Standing.IN_GRACE: ReportState.IN_GRACE,
    Standing.LATE: ReportState.LATE,
}
SENT_STATES: Final = frozenset({*_SENT_STATES.values(), ReportState.SENT})


def report_state(how: Standing, *, is_sent: bool, is_returned: bool) -> ReportState:
    """Say in which state a report is; one that was given back is told as that, overdue or not."""
    if is_sent:
        return _SENT_STATES.get(how, ReportState.SENT)
    if is_returned:
        return ReportState.RETURNED
    return ReportState.OVERDUE if how == Standing.OVERDUE else ReportState.WAITING


def counts_for_rate(sent_on: date | None, deadline: Deadline | None, today: date) -> bool | None:
    """Whether the report was on time; None while nobody can say: no deadline, or not sent and not due yet."""
    how = standing(sent_on, deadline, today)
    if how in (Standing.NO_DEADLINE, Standing.NOT_DUE, Standing.DUE):
        return None
    return how == Standing.ON_TIME
