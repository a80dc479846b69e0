"""What every step of a report does: it is held, looked at, and its history written."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import TYPE_CHECKING

from indicators import selectors
from indicators.models import Indicator, Submission, SubmissionEvent, SubmissionStatus
from indicators.rules import EntryInvalid, SubmissionChanged, SubmissionClosed

if TYPE_CHECKING:
    from accounts.models import User


def locked(submission: Submission) -> Submission:
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("period", "unit")
        .get(pk=submission.pk)
    )


def check_status(submission: Submission, allowed: tuple[SubmissionStatus, ...]) -> None:
    if submission.status not in allowed:
        raise SubmissionClosed(
            f"Báo cáo này {submission.get_status_display().lower()}, nên thao tác chưa được thực hiện."
        )


def check_seen(submission: Submission, seen_revision: int | None) -> None:
    if seen_revision is not None and submission.revision != seen_revision:
        raise SubmissionChanged("Báo cáo đã đổi sau khi bạn mở trang; hãy xem lại các số trước khi tiếp tục.")


def asked_of(submission: Submission, keys: Set[int] = frozenset()) -> dict[int, Indicator]:
    """Return the indicators asked of the unit by id; raise EntryInvalid where one of the keys is none."""
    asked = {one.pk: one for one in selectors.asked_indicators(submission=submission)}
    if keys - asked.keys():
        raise EntryInvalid("Có chỉ tiêu không giao cho đơn vị này nhập.", {})
    return asked


def take_step(
    submission: Submission, status: SubmissionStatus, *, by: User, at: datetime, reason: str = ""
) -> SubmissionEvent:
    submission.status = status
    return SubmissionEvent.objects.create(submission=submission, status=status, by=by, at=at, reason=reason)
