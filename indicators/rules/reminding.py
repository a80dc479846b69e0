"""Which reminder of a report is due on a day, and to whom it goes. Plain Python.

Reminders go out on working days only: one that would fall before the deadline on a day off comes on the
working day before it, one after the deadline on the working day after it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from indicators.rules.deadlines import NEXT, PREVIOUS, Deadline, is_locked, is_working_day, moved_day
from indicators.rules.entering import EntryError

DUE: Final = "due"
LATE: Final = "late"
COUNTED_FROM: Final = (DUE, LATE)
UNIT: Final = "unit"
ABOVE: Final = "above"
AUDIENCES: Final = (UNIT, ABOVE)
REMINDER_NOTE_LENGTH: Final = 300
FRESH: Final = timedelta(days=14)
"""So long after its day a step that was missed still goes out; an old quarter is left in peace."""


class ReminderRefused(EntryError):
    """A reminder by hand that reaches nobody, or says too much."""


class AlreadyReminded(EntryError):
    """The same reminder by hand was sent before: the form was posted twice."""


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """One step: so many days from the last day on time (`DUE`) or from the last of grace (`LATE`)."""

    code: str
    counted_from: str
    days: int
    audience: str


def step_day(step: ReminderStep, deadline: Deadline, holidays: Collection[date]) -> date:
    """Return the working day from which the step holds."""
    start = deadline.due_on if step.counted_from == DUE else deadline.late_after
    day = start + timedelta(days=step.days)
    return moved_day(day, PREVIOUS if day <= deadline.due_on else NEXT, holidays)


def is_near(
    steps: Sequence[ReminderStep], deadline: Deadline, today: date, holidays: Collection[date]
) -> bool:
    """Whether any step could be due today for a report with this deadline."""
    days = [step_day(step, deadline, holidays) for step in steps]
    return any(day <= today <= day + FRESH for day in days)


def step_due(
    steps: Sequence[ReminderStep],
    deadline: Deadline | None,
    *,
    is_sent: bool,
    returned_on: date | None,
    done: Collection[str],
    today: date,
    holidays: Collection[date],
) -> ReminderStep | None:
    """Return the one step to take today for a unit's report, or None.

    `deadline` has its extension in it, and `done` are the codes of the steps that were taken for this very
    due day: a new day begins again. Of several that were missed only the last is taken, and none once it is
    older than FRESH. What was over before a report came back (`returned_on`) is not held against it.
    """
    if deadline is None or is_sent or not is_working_day(today, holidays):
        return None
    days = {step.code: step_day(step, deadline, holidays) for step in steps}
    reached = [step for step in steps if days[step.code] <= today]
    if not reached:
        return None
    latest = max(reached, key=lambda step: (days[step.code], AUDIENCES.index(step.audience), step.days))
    since = days[latest.code]
    if today > since + FRESH or (returned_on is not None and since <= returned_on):
        return None
    # A clock that was set back takes no earlier step either.
    if any(code == latest.code or days.get(code, since) > since for code in done):
        return None
    if latest.audience == UNIT and is_locked(deadline, today):
        return None
    return latest
