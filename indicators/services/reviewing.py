"""Reviewing: a reviewer approves, returns, opens again; only approval makes figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from indicators import rules, selectors
from indicators.models import CellRemark, Entry, Measurement, Period, Source, Submission, SubmissionStatus
from indicators.rules import EntryError, FigureDraft, OwnEntry, ReasonMissing, SubmissionClosed, risk
from indicators.services.measurements import Recorded, record_measurements
from indicators.services.reminding import tell_officers
from indicators.services.stepping import asked_of, check_seen, check_status, locked, take_step
from indicators.services.submissions import check_open, is_complete
from indicators.services.undoing import undo_cells

if TYPE_CHECKING:
    from accounts.models import User

REASON_LENGTH = 500


@transaction.atomic
def approve_submission(
    *, submission: Submission, by: User, at: datetime, seen_revision: int | None = None
) -> Recorded:
    """Make the sent figures those of the unit's own report (source don_vi), extracted on the day of approval.

    What the unit typed before an official source had the figure is among them: that source's stays the one
    that counts, and the two can be compared (docs/adr/0014).

    Raises SubmissionClosed, SubmissionChanged, OwnEntry.
    """
    standing = locked(submission)
    check_status(standing, (SubmissionStatus.SENT,))
    check_seen(standing, seen_revision)
    entries = {entry.indicator_id: entry for entry in standing.entries.all()}
    _check_not_own(standing, entries.values(), by)
    day = timezone.localdate(at)
    asked = selectors.asked_indicators(submission=standing)
    # Only a cell that an official source fills may be half typed: it was begun before that came.
    told = {
        one.pk: entries[one.pk] for one in asked if one.pk in entries and is_complete(one, entries[one.pk])
    }
    recorded = record_measurements(
        drafts=[
            FigureDraft(
                unit_id=standing.unit_id,
                indicator_id=indicator.pk,
                period_id=standing.period_id,
                source=Source.UNIT.value,
                origin=_origin_of(standing),
                is_rate=indicator.is_rate,
                numerator=entry.numerator,
                denominator=entry.denominator,
                value=entry.value,
                state=entry.state,
                note=entry.note,
                extracted_on=day,
            )
            for indicator in asked
            if (entry := told.get(indicator.pk)) is not None
        ],
        by=by,
        reason=f"Duyệt báo cáo {standing.period.label}",
        at=at,
    )
    if recorded.kept_later:
        raise SubmissionClosed(
            "Đã có số liệu đơn vị báo cáo với ngày trích xuất sau hôm nay; chưa duyệt được."
        )
    _take_back(standing, [one.pk for one in asked if one.pk not in told], by=by, at=at)
    take_step(standing, SubmissionStatus.APPROVED, by=by, at=at)
    standing.save(update_fields=["status"])
    return recorded


def _take_back(submission: Submission, blank: Collection[int], *, by: User, at: datetime) -> None:
    """Withdraw what an earlier approval of the report wrote where its cells (indicator ids) are blank now."""
    origin = _origin_of(submission)
    stale = Measurement.objects.filter(
        unit=submission.unit_id, period=submission.period_id, origin=origin, indicator__in=blank
    )
    if not stale.exists():
        return
    cells, params = stale.values(
        "unit_id", "indicator_id", "period_id", "source", "scope"
    ).query.sql_with_params()
    undo_cells(
        cells=cells,
        params=params,
        prefix=origin,
        by=by,
        at=at,
        reason=f"ô đã để trống trong báo cáo {submission.period.label}",
        origin=origin,
    )


def _origin_of(submission: Submission) -> str:
    return f"submission:{submission.pk}"


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one report of several; `refused` says why it was not approved, "" where it was."""

    submission: Submission
    refused: str


def approve_clean(*, chosen: Sequence[tuple[Submission, int]], by: User, at: datetime) -> list[Decided]:
    """Approve the reports, each in its own transaction, but none that gives a reviewer something to look at.

    `chosen` are reports with the revision that was seen. What there is to look at is asked before: a report
    that changes meanwhile is no longer the one that was seen, and is refused by its revision.
    """
    flags: dict[int, str] = {}
    by_period: dict[Period, dict[int, int]] = defaultdict(dict)
    for submission, _ in chosen:
        by_period[submission.period][submission.pk] = submission.unit_id
    for period, units in by_period.items():
        for key, compared in selectors.compare_reports(units=units, period=period).items():
            flags[key] = risk.flags_in_words(compared.flags)
    return [
        Decided(submission, _refusal(submission, seen, flags[submission.pk], by, at))
        for submission, seen in chosen
    ]


def _refusal(submission: Submission, seen: int, flags: str, by: User, at: datetime) -> str:
    if flags:
        return f"Có {flags}. Hãy mở báo cáo, xem rồi duyệt riêng."
    try:
        approve_submission(submission=submission, by=by, at=at, seen_revision=seen)
    except EntryError as error:
        return str(error)
    return ""


@transaction.atomic
def return_submission(
    *,
    submission: Submission,
    by: User,
    at: datetime,
    reason: str = "",
    remarks: Mapping[int, str] | None = None,
    seen_revision: int | None = None,
) -> None:
    """Give the report back to the officer, who sees the reasons first.

    `remarks` are reasons by indicator id; without one the general reason is required, with some and
    none in general the step names their lines. Raises PeriodClosed (nobody could send it again),
    SubmissionClosed, SubmissionChanged, OwnEntry, EntryInvalid, ReasonMissing.
    """
    standing = locked(submission)
    check_open(period=standing.period)
    check_status(standing, (SubmissionStatus.SENT,))
    check_seen(standing, seen_revision)
    _check_not_own(standing, standing.entries.all(), by)
    told = {key: text.strip() for key, text in (remarks or {}).items()}
    asked = asked_of(standing, told.keys())
    if any(not text or len(text) > rules.REMARK_LENGTH for text in told.values()):
        raise ReasonMissing(f"Mỗi dòng bị trả lại cần một lý do dài không quá {rules.REMARK_LENGTH} ký tự.")
    about = rules.remarks_in_words([one.short_name for key, one in asked.items() if key in told])
    reason = _reason_of(reason.strip() or about, "trả lại")
    event = take_step(standing, SubmissionStatus.RETURNED, by=by, at=at, reason=reason)
    CellRemark.objects.bulk_create(
        CellRemark(event=event, indicator_id=key, reason=text) for key, text in told.items()
    )
    tell_officers(event=event, is_reopened=False)
    standing.save(update_fields=["status"])


@transaction.atomic
def reopen_submission(*, submission: Submission, by: User, at: datetime, reason: str) -> None:
    """Give an approved report back to its officer, so that what is wrong in it can be entered anew.

    The approved figures stand until the report is approved again; then what changed gets a revision. The step
    is a return that follows an approval, which is how a reopening is told from a return. Raises PeriodClosed,
    SubmissionClosed, OwnEntry, ReasonMissing.
    """
    standing = locked(submission)
    check_open(period=standing.period)
    check_status(standing, (SubmissionStatus.APPROVED,))
    _check_not_own(standing, standing.entries.all(), by)
    reason = _reason_of(reason.strip(), "mở lại")
    event = take_step(standing, SubmissionStatus.RETURNED, by=by, at=at, reason=reason)
    tell_officers(event=event, is_reopened=True)
    standing.save(update_fields=["status"])


def _reason_of(reason: str, step: str) -> str:
    if not reason:
        raise ReasonMissing(f"Nhập lý do {step}: số nào cần xem lại và vì sao.")
    if len(reason) > REASON_LENGTH:
        raise ReasonMissing(f"Lý do {step} dài quá {REASON_LENGTH} ký tự; hãy rút gọn.")
    return reason


def _check_not_own(submission: Submission, entries: Iterable[Entry], by: User) -> None:
    sender = submission.events.filter(status=SubmissionStatus.SENT).values_list("by", flat=True).first()
    if by.pk == sender or any(entry.updated_by_id == by.pk for entry in entries):
        raise OwnEntry("Bạn đã nhập hoặc gửi số của báo cáo này; người khác phải duyệt.")
