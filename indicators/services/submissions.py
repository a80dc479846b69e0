"""Entering: an officer saves and sends, a reviewer approves or returns; only approval makes figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from dvctt.lib.numbers import vi_date
from indicators import rules, selectors
from indicators.models import (
    OPEN_STATUSES,
    Entry,
    Indicator,
    Period,
    Source,
    Submission,
    SubmissionStatus,
)
from indicators.rules import (
    Cell,
    DeadlinePassed,
    EntryInvalid,
    FigureDraft,
    JudgedCell,
    OwnEntry,
    PeriodClosed,
    ReasonMissing,
    SubmissionChanged,
    SubmissionClosed,
    SubmissionIncomplete,
)
from indicators.services.measurements import Recorded, record_measurements

if TYPE_CHECKING:
    from accounts.models import User
    from units.models import Unit

REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Saved:
    """How many cells changed, and the submission's revision after it."""

    changed: int
    revision: int


def open_submission(*, unit: Unit, period: Period) -> Submission:
    """Return the unit's submission for the period, a new and empty one if there is none yet.

    Raises PeriodClosed when there is none and the period takes no figures.
    """
    submission = Submission.objects.filter(unit=unit, period=period).first()
    if submission is not None:
        return submission
    check_open(period=period)
    return Submission.objects.get_or_create(unit=unit, period=period)[0]


def check_open(*, period: Period) -> None:
    """Raise PeriodClosed, with words for a person, when the period takes no figures."""
    if not period.open_for_entry:
        raise PeriodClosed(f"{period.label} không thu số liệu; liên hệ Văn phòng UBND tỉnh nếu cần mở lại.")


def check_deadline(*, unit: Unit, period: Period, today: date) -> None:
    """Raise DeadlinePassed, with words for a person, when entry is locked for the unit."""
    # Most calendars lock nothing: one query then.
    if not selectors.may_lock(kind=period.kind, on=period.ends_on):
        return
    deadline = selectors.deadline_of_unit(unit=unit, period=period)
    if deadline is not None and deadline.locks_on is not None and rules.is_locked(deadline, today):
        raise DeadlinePassed(
            f"Đã khoá nhập số liệu {period.label} của đơn vị từ sau ngày {vi_date(deadline.locks_on)}; "
            "đề nghị người duyệt gia hạn nếu cần nhập tiếp."
        )


@transaction.atomic
def save_entries(
    *, submission: Submission, values: Mapping[int, Cell], by: User, at: datetime, seen_revision: int
) -> Saved:
    """Keep an officer's draft, all cells or none; `values` by indicator id, cells not named stay.

    Raises PeriodClosed, DeadlinePassed, SubmissionClosed, EntryInvalid, and SubmissionChanged when somebody
    saved since `seen_revision` and a cell here says otherwise.
    """
    standing = _locked(submission)
    check_open(period=standing.period)
    check_deadline(unit=standing.unit, period=standing.period, today=timezone.localdate(at))
    _check_status(standing, OPEN_STATUSES)
    indicators = {one.pk: one for one in selectors.asked_indicators(submission=standing)}
    judged = _judged(values, indicators)
    # A denominator of 0 has become a state: what is compared and kept is what was understood.
    values = {key: replace(cell, state=judged[key].state) for key, cell in values.items()}
    entries = {entry.indicator_id: entry for entry in standing.entries.all()}
    changed = [key for key, cell in values.items() if cell != _cell_of(entries.get(key))]
    if not changed:
        return Saved(0, standing.revision)
    if standing.revision != seen_revision:
        raise SubmissionChanged("Có người khác vừa lưu báo cáo này sau khi bạn mở trang.")
    standing.revision += 1
    Entry.objects.bulk_create(
        [
            Entry(
                submission=standing,
                indicator_id=key,
                numerator=values[key].numerator,
                denominator=values[key].denominator,
                state=values[key].state,
                value=judged[key].value,
                note=values[key].note,
                revision=standing.revision,
                updated_by=by,
                updated_at=at,
            )
            for key in changed
        ],
        update_conflicts=True,
        unique_fields=["submission", "indicator"],
        update_fields=[
            "numerator", "denominator", "state", "value", "note", "revision", "updated_by", "updated_at",
        ],
    )  # fmt: skip
    if standing.status == SubmissionStatus.EMPTY:
        _step(standing, SubmissionStatus.DRAFT, by=by, at=at)
    standing.save(update_fields=["revision", "status"])
    return Saved(len(changed), standing.revision)


@transaction.atomic
def send_submission(
    *, submission: Submission, by: User, at: datetime, seen_revision: int | None = None
) -> None:
    """Hand the report to the reviewer; every indicator asked for has a number or a state.

    With `seen_revision` only what was seen is sent. Raises PeriodClosed, DeadlinePassed, SubmissionClosed,
    SubmissionChanged, SubmissionIncomplete.
    """
    standing = _locked(submission)
    check_open(period=standing.period)
    check_deadline(unit=standing.unit, period=standing.period, today=timezone.localdate(at))
    _check_status(standing, OPEN_STATUSES)
    _check_seen(standing, seen_revision)
    entries = {entry.indicator_id: entry for entry in standing.entries.all()}
    missing = [
        indicator.pk
        for indicator in selectors.asked_indicators(submission=standing)
        if not _is_complete(indicator, entries.get(indicator.pk))
    ]
    if missing:
        raise SubmissionIncomplete(f"Còn {len(missing)} chỉ tiêu chưa nhập đủ.", missing)
    _step(standing, SubmissionStatus.SENT, by=by, at=at)
    standing.save(update_fields=["status"])


@transaction.atomic
def approve_submission(
    *, submission: Submission, by: User, at: datetime, seen_revision: int | None = None
) -> Recorded:
    """Make the sent figures those of the unit's own report (source don_vi), extracted on the day of approval.

    Raises SubmissionClosed, SubmissionChanged, OwnEntry.
    """
    standing = _locked(submission)
    _check_status(standing, (SubmissionStatus.SENT,))
    _check_seen(standing, seen_revision)
    entries = {entry.indicator_id: entry for entry in standing.entries.all()}
    _check_not_own(standing, entries.values(), by)
    day = timezone.localdate(at)
    recorded = record_measurements(
        drafts=[
            FigureDraft(
                unit_id=standing.unit_id,
                indicator_id=indicator.pk,
                period_id=standing.period_id,
                source=Source.UNIT.value,
                origin=f"submission:{standing.pk}",
                is_rate=indicator.is_rate,
                numerator=entry.numerator,
                denominator=entry.denominator,
                value=entry.value,
                state=entry.state,
                note=entry.note,
                extracted_on=day,
            )
            for indicator in selectors.asked_indicators(submission=standing)
            if (entry := entries.get(indicator.pk)) is not None
        ],
        by=by,
        reason=f"Duyệt báo cáo {standing.period.label}",
        at=at,
    )
    if recorded.kept_later:
        raise SubmissionClosed(
            "Đã có số liệu đơn vị báo cáo với ngày trích xuất sau hôm nay; chưa duyệt được."
        )
    _step(standing, SubmissionStatus.APPROVED, by=by, at=at)
    standing.save(update_fields=["status"])
    return recorded


@transaction.atomic
def return_submission(*, submission: Submission, by: User, at: datetime, reason: str) -> None:
    """Give the report back to the officer, who sees the reason first.

    Raises SubmissionClosed, OwnEntry, ReasonMissing.
    """
    standing = _locked(submission)
    _check_status(standing, (SubmissionStatus.SENT,))
    _check_not_own(standing, standing.entries.all(), by)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("Nhập lý do trả lại: số nào cần xem lại và vì sao.")
    if len(reason) > REASON_LENGTH:
        raise ReasonMissing(f"Lý do trả lại dài quá {REASON_LENGTH} ký tự; hãy rút gọn.")
    _step(standing, SubmissionStatus.RETURNED, by=by, at=at, reason=reason)
    standing.save(update_fields=["status"])


def _locked(submission: Submission) -> Submission:
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("period", "unit")
        .get(pk=submission.pk)
    )


def _check_status(submission: Submission, allowed: tuple[SubmissionStatus, ...]) -> None:
    if submission.status not in allowed:
        raise SubmissionClosed(
            f"Báo cáo này {submission.get_status_display().lower()}, nên thao tác chưa được thực hiện."
        )


def _check_seen(submission: Submission, seen_revision: int | None) -> None:
    if seen_revision is not None and submission.revision != seen_revision:
        raise SubmissionChanged("Báo cáo đã đổi sau khi bạn mở trang; hãy xem lại các số trước khi tiếp tục.")


def _check_not_own(submission: Submission, entries: Iterable[Entry], by: User) -> None:
    sender = submission.events.filter(status=SubmissionStatus.SENT).values_list("by", flat=True).first()
    if by.pk == sender or any(entry.updated_by_id == by.pk for entry in entries):
        raise OwnEntry("Bạn đã nhập hoặc gửi số của báo cáo này; người khác phải duyệt.")


def _judged(values: Mapping[int, Cell], indicators: Mapping[int, Indicator]) -> dict[int, JudgedCell]:
    unknown = values.keys() - indicators.keys()
    if unknown:
        raise EntryInvalid("Có chỉ tiêu không giao cho đơn vị này nhập.", {})
    judged = {key: rules.judge_cell(cell, indicators[key].asked) for key, cell in values.items()}
    problems = {key: one.problem for key, one in judged.items() if one.problem is not None}
    if problems:
        raise EntryInvalid("Có ô nhập chưa đúng.", problems)
    return judged


def _cell_of(entry: Entry | None) -> Cell:
    return Cell() if entry is None else entry.cell


def _is_complete(indicator: Indicator, entry: Entry | None) -> bool:
    return entry is not None and rules.judge_cell(entry.cell, indicator.asked).complete


def _step(
    submission: Submission, status: SubmissionStatus, *, by: User, at: datetime, reason: str = ""
) -> None:
    submission.status = status
    submission.events.create(status=status, by=by, at=at, reason=reason)
