"""How the status of a report looks."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from indicators.models import SubmissionStatus

register = template.Library()

CLASSES = {
    SubmissionStatus.EMPTY: "todo",
    SubmissionStatus.DRAFT: "doing",
    SubmissionStatus.SENT: "sent",
    SubmissionStatus.RETURNED: "returned",
    SubmissionStatus.APPROVED: "done",
    SubmissionStatus.LOCKED: "done",
}


@register.simple_tag
def submission_status(status: str) -> SafeString:
    known = SubmissionStatus(status)
    return format_html('<span class="status {}">{}</span>', CLASSES[known], known.label)
