"""Reminding: who is told is written down first, then the e-mails go, then what became of each is written.

The officers of a report that came back are told in the same way. A process that dies in between leaves an
e-mail of which nobody knows whether it went; it is shown as that and never sent again by itself.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from dvctt.lib.display import vi_datetime
from indicators import reminder_wording, rules, selectors
from indicators.models import (
    Audience,
    Channel,
    MailEvent,
    MailOutcome,
    Notice,
    Period,
    Reminder,
    ReminderRun,
    ReminderStep,
    SubmissionEvent,
)
from indicators.rules import AlreadyReminded, ReminderRefused
from indicators.selectors import Addressee, SendingRow
from indicators.services.submissions import check_open
from units import selectors as unit_selectors
from units.models import Unit

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
WORDS_LENGTH: Final = 300
MAIL_IS_NEWS_FOR: Final = timedelta(days=1)
"""So long an e-mail waits for a mail server that does not answer; the notice is there all the time."""
HANGS_UP: Final = 421
"""The server refuses for now and ends the connection: whatever comes next needs another."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many units' reports were spoken of, to how many people, and to how many of them by e-mail too."""

    units: int = 0
    people: int = 0
    mails: int = 0

    def __add__(self, other: Reminded) -> Reminded:
        return Reminded(self.units + other.units, self.people + other.people, self.mails + other.mails)


@dataclass(frozen=True, slots=True)
class _Planned:
    row: SendingRow
    step: ReminderStep | None
    audience: str
    addressees: Sequence[Addressee]


def remind_due(*, at: datetime) -> Reminded:
    """Take the steps that are due and send what e-mails wait; running twice, also at once, doubles none."""
    reminded = _take_due_steps(at)
    deliver_waiting(at=at)
    return reminded


@transaction.atomic
def remind_by_hand(
    *, unit_ids: Collection[int], period: Period, token: UUID, note: str, by: User, at: datetime
) -> Reminded:
    """Remind the officers of those units whose report is not sent yet; `token` is of the page that showed it.

    The e-mails wait for deliver_waiting. Raises PeriodClosed, ReminderRefused, and AlreadyReminded when that
    page was sent before.
    """
    check_open(period=period)
    note, today = " ".join(note.split()), timezone.localdate(at)
    if not unit_ids:
        raise ReminderRefused("Chọn ít nhất một đơn vị để nhắc.")
    if len(note) > rules.REMINDER_NOTE_LENGTH:
        raise ReminderRefused(f"Lời nhắn thêm dài quá {rules.REMINDER_NOTE_LENGTH} ký tự; hãy rút gọn.")
    run = _begin(token, by=by, at=at, note=note)
    rows = selectors.sending_rows(units=Unit.objects.filter(pk__in=unit_ids), period=period, today=today)
    waiting = [row for row in rows if not row.is_sent]
    if not waiting:
        raise ReminderRefused("Các đơn vị đã chọn đều đã gửi báo cáo; không còn ai phải nhắc.")
    officers = selectors.officers_of(unit_ids=[row.board.unit_id for row in waiting], today=today)
    planned = [
        _Planned(row, None, Audience.UNIT.value, officers[row.board.unit_id])
        for row in waiting
        if row.board.unit_id in officers
    ]
    if not planned:
        raise ReminderRefused(
            "Các đơn vị đã chọn chưa có cán bộ nhập số liệu; hãy thêm người ở trang Người dùng rồi nhắc lại."
        )
    return _write(run, period, planned, today)


def tell_officers(*, event: SubmissionEvent, is_reopened: bool) -> None:
    """Tell those who enter for the unit that its report came back, and why; not who gave it back.

    Belongs in the transaction of the step. The e-mails wait for deliver_waiting.
    """
    report, day = event.submission, timezone.localdate(event.at)
    message = reminder_wording.returned(
        event=event,
        remarks=list(event.remarks.select_related("indicator")),
        unit_name=unit_selectors.name_and_place_on(unit=report.unit, on=report.period.ends_on),
        is_reopened=is_reopened,
    )
    officers = selectors.officers_of(unit_ids=[report.unit_id], today=day).get(report.unit_id, ())
    Notice.objects.bulk_create(
        Notice(
            recipient=one.user,
            subject=message.subject,
            text=message.text,
            link=message.link,
            event=event,
            at=event.at,
        )
        for one in officers
        if one.user.pk != event.by_id
    )


def deliver_waiting(*, at: datetime) -> int:
    """Send the e-mails that wait, over one connection; return how many the mail server took.

    Each is taken before it goes, so that of two who come at once one sends it. Must not run inside a
    transaction: what was taken has to stand whatever happens after.
    """
    with transaction.atomic(durable=True):
        waiting = list(_waiting())
        stale = [one for one in waiting if one.at < at - MAIL_IS_NEWS_FOR]
        _tell(stale, MailOutcome.FAILED, "Quá một ngày máy chủ thư chưa nhận; không gửi nữa.", at)
    fresh = [one for one in waiting if one.at >= at - MAIL_IS_NEWS_FOR]
    return _send(fresh, at) if fresh else 0


@transaction.atomic
def mark_read(*, by: User, at: datetime, notice_ids: Collection[int] | None = None) -> int:
    """Put down that the person has read own notices, these or (None) all; return how many were unread."""
    unread = selectors.unread_notices(user=by)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    return unread.update(read_at=at)


def _take_due_steps(at: datetime) -> Reminded:
    # Most hours nothing is due: looking first keeps the lock for when something is.
    today, steps = timezone.localdate(at), list(ReminderStep.objects.all())
    if not any(_due_in(period, steps, today) for period in _open_periods()):
        return Reminded()
    with transaction.atomic():
        # Who comes second waits here, and then reads what the first one wrote.
        steps = list(ReminderStep.objects.select_for_update().order_by("pk"))
        total = Reminded()
        for period in _open_periods():
            if planned := _due_in(period, steps, today):
                total += _write(_begin(uuid4(), by=None, at=at, note=""), period, planned, today)
    return total


def _open_periods() -> Iterable[Period]:
    return Period.objects.filter(open_for_entry=True).order_by("pk")


def _due_in(period: Period, steps: Sequence[ReminderStep], today: date) -> list[_Planned]:
    due = selectors.due_reminders(period=period, steps=steps, today=today)
    return [
        *_planned(due, Audience.UNIT.value, selectors.officers_of, today),
        *_planned(due, Audience.ABOVE.value, selectors.people_above, today),
    ]


def _planned(due: Sequence[selectors.DueReminder], audience: str, find: Any, today: date) -> list[_Planned]:
    """Return those of an audience that reach somebody; without anybody the step stays to be taken."""
    wanted = [one for one in due if one.step.audience == audience]
    if not wanted:
        return []
    people: Mapping[int, Sequence[Addressee]] = find(
        unit_ids=[one.row.board.unit_id for one in wanted], today=today
    )
    return [
        _Planned(one.row, one.step, audience, people[one.row.board.unit_id])
        for one in wanted
        if one.row.board.unit_id in people
    ]


def _begin(token: UUID, *, by: User | None, at: datetime, note: str) -> ReminderRun:
    try:
        with transaction.atomic():
            return ReminderRun.objects.create(token=token, by=by, at=at, note=note)
    except IntegrityError as error:
        before = ReminderRun.objects.get(token=token)
        raise AlreadyReminded(
            f"Lần nhắc này đã được gửi lúc {vi_datetime(before.at)}; không gửi lại lần nữa."
        ) from error


def _write(run: ReminderRun, period: Period, planned: Sequence[_Planned], today: date) -> Reminded:
    """Write one notice a person, and a line of the log for each unit, person and way."""
    groups: dict[tuple[int, str], list[tuple[_Planned, Addressee]]] = {}
    for one in planned:
        for addressee in one.addressees:
            groups.setdefault((addressee.user.pk, one.audience), []).append((one, addressee))
    lines, mailed = [], set()
    for (_, audience), some in groups.items():
        user = some[0][1].user
        message = reminder_wording.reminder(
            rows=[one.row for one, _ in some],
            period=period,
            audience=audience,
            may_review=any(addressee.may_review for _, addressee in some),
            note=run.note,
            today=today,
        )
        notice = Notice.objects.create(
            recipient=user, subject=message.subject, text=message.text, link=message.link, at=run.at
        )
        channels = [Channel.NOTICE, Channel.MAIL] if user.email else [Channel.NOTICE]
        if user.email:
            mailed.add(user.pk)
        lines += [
            Reminder(
                run=run,
                unit_id=one.row.board.unit_id,
                period=period,
                step=one.step,
                due_on=one.row.deadline.due_on if one.row.deadline else None,
                recipient=user,
                channel=channel,
                notice=notice,
            )
            for one, _ in some
            for channel in channels
        ]
    Reminder.objects.bulk_create(lines)
    return Reminded(len(planned), len({user_id for user_id, _ in groups}), len(mailed))


def _waiting() -> Any:
    """Notices to be mailed that nobody has taken yet, or that the mail server deferred.

    Each has `attempt`, which one is next: every "deferred" has ended one.
    """
    deferred = MailEvent.objects.filter(
        notice=OuterRef("notice"), attempt=OuterRef("attempt"), outcome=MailOutcome.DEFERRED
    )
    taken = MailEvent.objects.filter(
        Q(outcome__in=[MailOutcome.SENT, MailOutcome.FAILED])
        | Q(~Exists(deferred), outcome=MailOutcome.SENDING)
    ).values("notice")
    reminded = Q(pk__in=Reminder.objects.filter(channel=Channel.MAIL).values("notice"))
    came_back = Q(event__isnull=False) & ~Q(recipient__email="")
    ended = Count("mail_events", filter=Q(mail_events__outcome=MailOutcome.DEFERRED))
    waiting = Notice.objects.filter(reminded | came_back).exclude(pk__in=taken)
    return waiting.annotate(attempt=ended + 1).select_related("recipient").order_by("pk")


def _send(notices: Sequence[Any], at: datetime) -> int:
    connection, left, sent = mail.get_connection(), deque(notices), 0
    try:
        connection.open()
        while left:
            notice = left.popleft()
            if _take(notice, at):
                sent += _send_one(connection, notice, at)
    except OSError as error:
        # What was on its way may have arrived: it stays as taken. Those behind it are tried again later.
        logger.warning("mail server: %s; %s e-mails wait", error, len(left))
        with transaction.atomic(durable=True):
            _tell(left, MailOutcome.POSTPONED, _said(error), at)
    finally:
        with suppress(OSError):
            connection.close()
    return sent


def _take(notice: Any, at: datetime) -> bool:
    """Take this attempt at the e-mail for this process, for good; False where another has it."""
    try:
        with transaction.atomic(durable=True):
            MailEvent.objects.create(
                notice=notice, outcome=MailOutcome.SENDING, attempt=notice.attempt, at=at
            )
    except IntegrityError:
        return False
    return True


def _send_one(connection: Any, notice: Any, at: datetime) -> bool:
    """Hand one e-mail over and write down how that went.

    Raises OSError when nobody can know, and when the server hung up with its refusal.
    """
    address = notice.recipient.email
    body = reminder_wording.mail_body(text=notice.text, link=notice.link, site_url=settings.SITE_URL)
    message = mail.EmailMessage(notice.subject, body, to=[address], connection=connection)
    outcome, words, hung_up = MailOutcome.SENT, "", None
    try:
        if not address:
            outcome, words = MailOutcome.FAILED, "Người nhận không còn địa chỉ thư điện tử."
        else:
            connection.send_messages([message])
    except SMTPServerDisconnected:
        raise
    except (SMTPException, ValueError) as error:
        # The server, or the address itself, said no: this one is not sent, the others are.
        codes = _refusal_codes(error)
        is_for_now = bool(codes) and all(400 <= code < 500 for code in codes)
        outcome, words = MailOutcome.DEFERRED if is_for_now else MailOutcome.FAILED, _said(error)
        hung_up = error if HANGS_UP in codes else None
    with transaction.atomic(durable=True):
        _tell([notice], outcome, words, at)
    if hung_up is not None:
        raise hung_up
    return outcome == MailOutcome.SENT


def _refusal_codes(error: Exception) -> list[int]:
    """Return the codes with which the mail server refused, in RFC 5321's sense; none where it gave none."""
    if isinstance(error, SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, SMTPResponseException) else []


def _tell(notices: Iterable[Any], outcome: MailOutcome, words: str, at: datetime) -> None:
    MailEvent.objects.bulk_create(
        [MailEvent(notice=one, outcome=outcome, attempt=one.attempt, words=words, at=at) for one in notices],
        ignore_conflicts=True,
    )


def _said(error: Exception) -> str:
    return " ".join(str(error).replace("\0", " ").split())[:WORDS_LENGTH]
