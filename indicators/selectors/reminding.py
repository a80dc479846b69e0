"""Reading who is to be reminded of what, who was, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.db.models import Case, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from indicators import rules
from indicators.models import (
    Audience,
    Channel,
    Extension,
    MailEvent,
    MailOutcome,
    Notice,
    Period,
    Reminder,
    ReminderStep,
    SubmissionStatus,
)
from indicators.selectors.deadlines import deadlines_by_level, holidays_around
from indicators.selectors.sending import SendingRow, sending_rows
from units import permissions
from units.models import Role, Unit, UnitPath, in_force

if TYPE_CHECKING:
    from accounts.models import User

REVIEWING: Final = (Role.REVIEWER, Role.OFFICE)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is told, and whether the page of who has sent is open to that person."""

    user: User
    may_review: bool


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A report and the one step that is due for it."""

    row: SendingRow
    step: ReminderStep


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report that was not sent, as a person sees it before reminding: who would be told, and when last."""

    row: SendingRow
    officers: tuple[User, ...]
    last_at: datetime | None


def due_reminders(*, period: Period, steps: Sequence[ReminderStep], today: date) -> list[DueReminder]:
    """Return the steps due today in the period, at most one a report; a constant number of queries.

    Of a period with no deadline near only its calendar is read.
    """
    of_levels, holidays = deadlines_by_level(period=period), holidays_around(day=today)
    until = set(Extension.objects.filter(period=period).order_by().values_list("until", flat=True).distinct())
    terms = {one.code: one for one in steps}
    plain = [one.step for one in steps]
    possible = {rules.extended(one, day) for one in of_levels.values() for day in (None, *until)}
    if not any(rules.is_near(plain, one, today, holidays) for one in possible):
        return []
    done: dict[tuple[int, date | None], set[str]] = defaultdict(set)
    taken = Reminder.objects.filter(period=period, step__isnull=False)
    for unit_id, due_on, code in taken.values_list("unit_id", "due_on", "step__code").distinct():
        done[unit_id, due_on].add(code)
    found = []
    for row in sending_rows(units=Unit.objects.all(), period=period, today=today):
        step = rules.step_due(
            plain,
            row.deadline,
            is_sent=row.is_sent,
            returned_on=_returned_on(row),
            done=done[row.board.unit_id, row.deadline.due_on] if row.deadline else (),
            today=today,
            holidays=holidays,
        )
        if step is not None:
            found.append(DueReminder(row, terms[step.code]))
    return found


def officers_of(*, unit_ids: Collection[int], today: date) -> dict[int, list[Addressee]]:
    """Return by unit id who enters its figures; a unit without anybody is absent. One query."""
    people = permissions.people_acting_on(unit_ids=unit_ids, roles=[Role.OFFICER], today=today)
    return {unit_id: [Addressee(one, may_review=False) for one in some] for unit_id, some in people.items()}


def people_above(*, unit_ids: Collection[int], today: date) -> dict[int, list[Addressee]]:
    """Return by unit id who reviews or enters for the nearest unit above it that has a reviewer.

    Three queries; a unit with nobody above is absent.
    """
    above: dict[int, list[int]] = defaultdict(list)
    paths = UnitPath.objects.filter(in_force(today), descendant__in=unit_ids, depth__gt=0).order_by("depth")
    for unit_id, ancestor_id in paths.values_list("descendant_id", "ancestor_id"):
        above[unit_id].append(ancestor_id)
    ancestors = {one for some in above.values() for one in some}
    reviewers = permissions.people_acting_on(unit_ids=ancestors, roles=REVIEWING, today=today)
    officers = permissions.people_acting_on(unit_ids=ancestors, roles=[Role.OFFICER], today=today)
    found = {}
    for unit_id, chain in above.items():
        nearest = next((one for one in chain if one in reviewers), None)
        if nearest is not None:
            told = {one: Addressee(one, may_review=False) for one in officers.get(nearest, ())}
            told |= {one: Addressee(one, may_review=True) for one in reviewers[nearest]}
            found[unit_id] = list(told.values())
    return found


def last_reminded(*, unit_ids: Collection[int], period: Period) -> dict[int, datetime]:
    """Return when each unit was last reminded of the period's report, by the timetable or by hand; one query.

    That the unit above was told reminded nobody of the unit itself.
    """
    to_unit = Q(step=None) | Q(step__audience=Audience.UNIT)
    rows = Reminder.objects.filter(to_unit, period=period, unit__in=unit_ids).order_by()
    return dict(rows.values_list("unit_id").annotate(last_at=Max("run__at")))


def candidates(*, rows: Sequence[SendingRow], period: Period, today: date) -> list[Candidate]:
    """Return the rows that were not sent with who would be told, first those with somebody; two queries."""
    waiting = [row for row in rows if not row.is_sent]
    ids = [row.board.unit_id for row in waiting]
    officers = officers_of(unit_ids=ids, today=today)
    last = last_reminded(unit_ids=ids, period=period)
    found = [
        Candidate(
            row=row,
            officers=tuple(one.user for one in officers.get(row.board.unit_id, ())),
            last_at=last.get(row.board.unit_id),
        )
        for row in waiting
    ]
    return sorted(found, key=lambda one: not one.officers)


class LogOutcome(models.TextChoices):
    """What became of a reminder, as the log tells it."""

    UNREAD = "chua-xem", "Chưa xem"
    READ = "da-xem", "Đã xem"
    SENT = "da-gui", "Đã gửi thư"
    WAITING = "cho-gui", "Thư chờ gửi"
    FAILED = "khong-gui-duoc", "Không gửi được thư"
    UNKNOWN = "khong-ro", "Không rõ đã gửi thư"


def reminder_log(
    *, units: QuerySet[Unit], period: Period, unit_id: int | None = None, outcome: str = ""
) -> QuerySet[Any]:
    """Return who was reminded of the units' reports, latest first.

    Each has `outcome` (LogOutcome) and `words`, what the mail server said last.
    """
    events = MailEvent.objects.filter(notice=OuterRef("notice")).order_by("-pk")
    tried = events.exclude(outcome=MailOutcome.POSTPONED)
    log = (
        Reminder.objects.filter(period=period, unit__in=units)
        .annotate(
            mailed=Subquery(tried.values("outcome")[:1]),
            words=Subquery(events.values("words")[:1]),
            outcome=Case(
                When(Q(channel=Channel.NOTICE, notice__read_at=None), Value(LogOutcome.UNREAD.value)),
                When(Q(channel=Channel.NOTICE), Value(LogOutcome.READ.value)),
                When(mailed=MailOutcome.SENT, then=Value(LogOutcome.SENT.value)),
                When(mailed=MailOutcome.FAILED, then=Value(LogOutcome.FAILED.value)),
                When(mailed=MailOutcome.SENDING, then=Value(LogOutcome.UNKNOWN.value)),
                default=Value(LogOutcome.WAITING.value),
            ),
        )
        .select_related("run__by", "recipient", "step", "notice")
        .order_by("-run__at", "-pk")
    )
    if unit_id is not None:
        log = log.filter(unit=unit_id)
    return log.filter(outcome=outcome) if outcome else log


def units_in_log(*, units: QuerySet[Unit], period: Period) -> list[int]:
    """Return the ids of those units that were reminded of the period's report; one query."""
    rows = Reminder.objects.filter(period=period, unit__in=units).order_by()
    return list(rows.values_list("unit_id", flat=True).distinct())


def notices_of(*, user: User) -> QuerySet[Notice]:
    """Return what was said to the person, latest first."""
    return Notice.objects.filter(recipient=user)


def unread_notices(*, user: User) -> QuerySet[Notice]:
    return notices_of(user=user).filter(read_at=None)


def _returned_on(row: SendingRow) -> date | None:
    if row.board.status != SubmissionStatus.RETURNED or row.board.changed_at is None:
        return None
    return timezone.localdate(row.board.changed_at)
