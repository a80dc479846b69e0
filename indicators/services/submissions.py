"""Entering: an officer saves and sends, a reviewer approves or returns; only approval makes figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from dvctt.lib.numbers import vi_date
from indicators import rules, selectors
from indicators.models import (
    OPEN_STATUSES,
    CellRemark,
    Entry,
    Indicator,
    Period,
    Source,
    Submission,
    SubmissionEvent,
    SubmissionStatus,
)
from indicators.rules import (
    Cell,
    DeadlinePassed,
    EntryError,
    EntryInvalid,
    EntryProblem,
    FigureDraft,
    JudgedCell,
    OwnEntry,
    PeriodClosed,
    ReasonMissing,
    SubmissionChanged,
    SubmissionClosed,
    SubmissionIncomplete,
    SubmissionUnexplained,
    risk,
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


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A cell as typed, and the token of what its page showed before (rules.Cell.token)."""

    cell: Cell
    seen: str


@dataclass(frozen=True, slots=True)
class CellsSaved:
    """What became of cells saved one by one, by indicator id.

    `kept` stand as they were typed; `conflicts` hold what somebody else saved meanwhile, `problems`
    why a cell cannot be kept. `before` and `revision` are the submission's revisions before and after.
    """

    kept: dict[int, Entry]
    conflicts: dict[int, Entry]
    problems: dict[int, EntryProblem]
    before: int
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
    judged = _judged(values, _asked(standing, values.keys()))
    # A denominator of 0 has become a state: what is compared and kept is what was understood.
    values = {key: replace(cell, state=judged[key].state) for key, cell in values.items()}
    entries = {entry.indicator_id: entry for entry in standing.entries.all()}
    changed = [key for key, cell in values.items() if cell != _cell_of(entries.get(key))]
    if not changed:
        return Saved(0, standing.revision)
    if standing.revision != seen_revision:
        raise SubmissionChanged("Có người khác vừa lưu báo cáo này sau khi bạn mở trang.")
    _keep(standing, {key: (values[key], judged[key]) for key in changed}, by=by, at=at)
    return Saved(len(changed), standing.revision)


@transaction.atomic
def save_cells(
    *, submission: Submission, edits: Mapping[int, CellEdit], by: User, at: datetime
) -> CellsSaved:
    """Keep those of the cells that can be kept, each for itself; `edits` by indicator id.

    A cell that somebody else changed since it was seen stays as it stands and is told with what stands there;
    the same values again change nothing. Raises PeriodClosed, DeadlinePassed, SubmissionClosed, and
    EntryInvalid for an indicator that is not asked of the unit.
    """
    standing = _locked(submission)
    check_open(period=standing.period)
    check_deadline(unit=standing.unit, period=standing.period, today=timezone.localdate(at))
    _check_status(standing, OPEN_STATUSES)
    indicators = _asked(standing, edits.keys())
    entries = {entry.indicator_id: entry for entry in standing.entries.select_related("updated_by")}
    before = standing.revision
    changed: dict[int, tuple[Cell, JudgedCell]] = {}
    conflicts: dict[int, Entry] = {}
    problems: dict[int, EntryProblem] = {}
    for key, edit in edits.items():
        judged = rules.judge_cell(edit.cell, indicators[key].asked)
        if judged.problem is not None:
            problems[key] = judged.problem
            continue
        cell = replace(edit.cell, state=judged.state)
        stands = _cell_of(entries.get(key))
        if cell == stands:
            continue
        if key in entries and stands.token != edit.seen:
            conflicts[key] = entries[key]
        else:
            changed[key] = cell, judged
    if changed:
        _keep(standing, changed, by=by, at=at)
    kept = {
        entry.indicator_id: entry
        for entry in standing.entries.filter(indicator__in=edits.keys() - conflicts.keys() - problems.keys())
    }
    return CellsSaved(kept, conflicts, problems, before, standing.revision)


def _keep(
    standing: Submission, cells: Mapping[int, tuple[Cell, JudgedCell]], *, by: User, at: datetime
) -> None:
    """Write changed cells as the submission's next revision."""
    standing.revision += 1
    Entry.objects.bulk_create(
        [
            Entry(
                submission=standing,
                indicator_id=key,
                numerator=cell.numerator,
                denominator=cell.denominator,
                state=cell.state,
                value=judged.value,
                note=cell.note,
                revision=standing.revision,
                updated_by=by,
                updated_at=at,
            )
            for key, (cell, judged) in cells.items()
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


@transaction.atomic
def send_submission(
    *,
    submission: Submission,
    by: User,
    at: datetime,
    seen_revision: int | None = None,
    notes: Mapping[int, str] | None = None,
    confirms_repeat: bool = False,
) -> None:
    """Hand the report to the reviewer; every indicator asked for has a number or a state.

    With `seen_revision` only what was seen is sent. `notes`, by indicator id, explain figures and are kept
    with them; without one a figure that jumped or went is not sent, nor, unless that is confirmed, a report
    that repeats the one before. Raises PeriodClosed, DeadlinePassed, SubmissionClosed,
    SubmissionChanged, SubmissionIncomplete, SubmissionUnexplained, EntryInvalid; nothing is kept then.
    """
    standing = _locked(submission)
    check_open(period=standing.period)
    check_deadline(unit=standing.unit, period=standing.period, today=timezone.localdate(at))
    _check_status(standing, OPEN_STATUSES)
    _check_seen(standing, seen_revision)
    indicators = {one.pk: one for one in selectors.asked_indicators(submission=standing)}
    entries = {entry.indicator_id: entry for entry in standing.entries.all()}
    missing = [key for key, indicator in indicators.items() if not _is_complete(indicator, entries.get(key))]
    if missing:
        raise SubmissionIncomplete(f"Còn {len(missing)} chỉ tiêu chưa nhập đủ.", missing)
    explained = {
        key: replace(entries[key].cell, note=note)
        for key, note in (notes or {}).items()
        if key in indicators and note != entries[key].note
    }
    judged = _judged(explained, indicators)
    _check_explained(
        standing,
        {key: entry.note for key, entry in entries.items()}
        | {key: one.note for key, one in explained.items()},
        confirms_repeat=confirms_repeat,
    )
    if explained:
        _keep(standing, {key: (cell, judged[key]) for key, cell in explained.items()}, by=by, at=at)
    _step(standing, SubmissionStatus.SENT, by=by, at=at)
    standing.save(update_fields=["status"])


def _check_explained(submission: Submission, notes: Mapping[int, str], *, confirms_repeat: bool) -> None:
    compared = selectors.compare_reports(units={submission.pk: submission.unit_id}, period=submission.period)
    comparison = compared[submission.pk]
    missing = [key for key, cell in comparison.cells.items() if cell.needs_words and not notes.get(key)]
    is_repeated = comparison.is_repeated and not confirms_repeat
    if missing or is_repeated:
        told = f"Còn {len(missing)} chỉ tiêu cần giải trình." if missing else "Mọi ô giống hệt kỳ trước."
        raise SubmissionUnexplained(told, missing, is_repeated=is_repeated)


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
    none in general the step names their lines. Raises SubmissionClosed, SubmissionChanged, OwnEntry,
    EntryInvalid, ReasonMissing.
    """
    standing = _locked(submission)
    _check_status(standing, (SubmissionStatus.SENT,))
    _check_seen(standing, seen_revision)
    _check_not_own(standing, standing.entries.all(), by)
    told = {key: text.strip() for key, text in (remarks or {}).items()}
    asked = {one.pk: one for one in selectors.asked_indicators(submission=standing)}
    if told.keys() - asked.keys():
        raise EntryInvalid("Có chỉ tiêu không giao cho đơn vị này nhập.", {})
    if any(not text or len(text) > rules.REMARK_LENGTH for text in told.values()):
        raise ReasonMissing(f"Mỗi dòng bị trả lại cần một lý do dài không quá {rules.REMARK_LENGTH} ký tự.")
    about = rules.remarks_in_words([one.short_name for key, one in asked.items() if key in told])
    reason = _reason_of(reason.strip() or about, "trả lại")
    event = _step(standing, SubmissionStatus.RETURNED, by=by, at=at, reason=reason)
    CellRemark.objects.bulk_create(
        CellRemark(event=event, indicator_id=key, reason=text) for key, text in told.items()
    )
    standing.save(update_fields=["status"])


@transaction.atomic
def reopen_submission(*, submission: Submission, by: User, at: datetime, reason: str) -> None:
    """Give an approved report back to its officer, so that what is wrong in it can be entered anew.

    The approved figures stand until the report is approved again; then what changed gets a revision. The step
    is a return that follows an approval, which is how a reopening is told from a return. Raises PeriodClosed,
    SubmissionClosed, OwnEntry, ReasonMissing.
    """
    standing = _locked(submission)
    check_open(period=standing.period)
    _check_status(standing, (SubmissionStatus.APPROVED,))
    _check_not_own(standing, standing.entries.all(), by)
    reason = _reason_of(reason.strip(), "mở lại")
    _step(standing, SubmissionStatus.RETURNED, by=by, at=at, reason=reason)
    standing.save(update_fields=["status"])


def _reason_of(reason: str, step: str) -> str:
    if not reason:
        raise ReasonMissing(f"Nhập lý do {step}: số nào cần xem lại và vì sao.")
    if len(reason) > REASON_LENGTH:
        raise ReasonMissing(f"Lý do {step} dài quá {REASON_LENGTH} ký tự; hãy rút gọn.")
    return reason


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


def _asked(submission: Submission, keys: Set[int]) -> dict[int, Indicator]:
    """Return the indicators asked of the unit by id; raise EntryInvalid where one of the keys is none."""
    asked = {one.pk: one for one in selectors.asked_indicators(submission=submission)}
    if keys - asked.keys():
        raise EntryInvalid("Có chỉ tiêu không giao cho đơn vị này nhập.", {})
    return asked


def _judged(values: Mapping[int, Cell], indicators: Mapping[int, Indicator]) -> dict[int, JudgedCell]:
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
) -> SubmissionEvent:
    submission.status = status
    return SubmissionEvent.objects.create(submission=submission, status=status, by=by, at=at, reason=reason)
