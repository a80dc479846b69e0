"""How the status of a report and its deadline look."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from indicators import deadline_wording, reminder_wording
from indicators.models import DoubtStatus, ReminderStep, SubmissionStatus
from indicators.rules import CalendarRule, Deadline, ReportState
from indicators.selectors import LogOutcome
from units.selectors import NameAt

register = template.Library()

CLASSES = {
    SubmissionStatus.EMPTY: "todo",
    SubmissionStatus.DRAFT: "doing",
    SubmissionStatus.SENT: "sent",
    SubmissionStatus.RETURNED: "returned",
    SubmissionStatus.APPROVED: "done",
    SubmissionStatus.LOCKED: "done",
}

OUTCOME_CLASSES = {
    LogOutcome.UNREAD: "todo",
    LogOutcome.READ: "done",
    LogOutcome.SENT: "done",
    LogOutcome.WAITING: "doing",
    LogOutcome.FAILED: "returned",
    LogOutcome.UNKNOWN: "late",
}

DOUBT_CLASSES = {
    DoubtStatus.RAISED: "todo",
    DoubtStatus.ACCEPTED: "doing",
    DoubtStatus.REJECTED: "done",
    DoubtStatus.MENDED: "done",
}


@register.simple_tag
def submission_status(status: str) -> SafeString:
    known = SubmissionStatus(status)
    return format_html('<span class="status {}">{}</span>', CLASSES[known], known.label)


@register.simple_tag
def doubt_status(status: str) -> SafeString:
    known = DoubtStatus(status)
    return format_html('<span class="status {}">{}</span>', DOUBT_CLASSES[known], known.label)


@register.simple_tag
def report_state(state: ReportState) -> SafeString:
    said, look = deadline_wording.STATES[state], deadline_wording.STATE_CLASSES[state]
    return format_html('<span class="status {}">{}</span>', look, said)


@register.simple_tag
def deadline_said(deadline: Deadline | None, sent_at: datetime | None, today: date) -> str:
    """ "Hạn: 17/12/2023 · còn 2 ngày"."""
    sent_on = None if sent_at is None else timezone.localdate(sent_at)
    return " · ".join(deadline_wording.due_parts(deadline, sent_on=sent_on, today=today))


@register.simple_tag
def rule_said(rule: CalendarRule) -> str:
    return deadline_wording.rule_said(rule)


@register.simple_tag
def reminder_outcome(outcome: str) -> SafeString:
    """What became of a reminder, in the log."""
    known = LogOutcome(outcome)
    return format_html('<span class="status {}">{}</span>', OUTCOME_CLASSES[known], known.label)


@register.simple_tag
def reminder_step_said(step: ReminderStep) -> str:
    return reminder_wording.step_said(step)


@register.filter
def reminded_at(reminded: dict[int, datetime], unit_id: int) -> datetime | None:
    """When the unit was last reminded, among those of a list."""
    return reminded.get(unit_id)


@register.filter
def name_of(names: dict[int, NameAt], unit_id: int) -> str:
    """What the unit was called and where it stood, among those of a list."""
    name = names.get(unit_id)
    return name.name_and_place if name else "–"


@register.filter
def deadline_of(deadlines: dict[int, Deadline], unit_id: int) -> Deadline | None:
    """The unit's deadline among those of a list."""
    return deadlines.get(unit_id)
