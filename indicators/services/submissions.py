"""Entering: an officer saves cells, one by one or all together, and sends the report."""

from __future__ import annotations

from collections.abc import Mapping
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
    Submission,
    SubmissionStatus,
)
from indicators.rules import (
    Cell,
    DeadlinePassed,
    EntryInvalid,
    EntryProblem,
    JudgedCell,
    PeriodClosed,
    SubmissionChanged,
    SubmissionIncomplete,
    SubmissionUnexplained,
)
from indicators.services.stepping import asked_of, check_seen, check_status, locked, take_step

if TYPE_CHECKING:
    from accounts.models import User
    from units.models import Unit


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
    `filled` indicators have a number or a reason for having none, the official ones counted in.
    """

    kept: dict[int, Entry]
    conflicts: dict[int, Entry]
    problems: dict[int, EntryProblem]
    before: int
    revision: int
    filled: int


def open_submission(*, unit: Unit, period: Period) -> Submission:
    """Return the unit's submission for the period, a new and empty one if there is none yet.

    Raises PeriodClosed when there is none and the period takes no figures.
    """
    submission = Submission.objects.filter(unit=unit, period=period).first()
    if submission is not None:
        submission.unit, submission.period = unit, period  # known already: no reading them again
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
    *,
    submission: Submission,
    values: Mapping[int, Cell],
    by: User,
    at: datetime,
    seen_revision: int,
    seen: Mapping[int, str] | None = None,
) -> Saved:
    """Keep an officer's draft, all cells or none; `values` by indicator id, cells not named stay.

    `seen` are by indicator id the tokens of the cells as they were seen when typed over, which may be older
    than the page: a draft that a lost connection left behind. Raises PeriodClosed, DeadlinePassed,
    SubmissionClosed, EntryInvalid (also for a cell that an official source has filled), and SubmissionChanged
    when somebody saved since `seen_revision` or `seen` and a cell here says otherwise.
    """
    standing = locked_open(submission, at)
    indicators = asked_of(standing, values.keys())
    judged = _judged(values, indicators)
    # A denominator of 0 has become a state: what is compared and kept is what was understood.
    values = {key: replace(cell, state=judged[key].state) for key, cell in values.items()}
    entries = {entry.indicator_id: entry for entry in standing.entries.all()}
    changed = [key for key, cell in values.items() if cell != _cell_of(entries.get(key))]
    if not changed:
        return Saved(0, standing.revision)
    locked = _locks(standing, indicators)
    if refused := {key: locked[key] for key in changed if key in locked}:
        raise EntryInvalid("Có chỉ tiêu đã có số từ nguồn chính thức.", refused)
    # Two people at once, or a draft of before.
    is_older = any(
        key in entries and entries[key].cell.token != (seen or {}).get(key, entries[key].cell.token)
        for key in changed
    )
    if standing.revision != seen_revision or is_older:
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
    standing = locked_open(submission, at)
    indicators = asked_of(standing, edits.keys())
    entries = {entry.indicator_id: entry for entry in standing.entries.select_related("updated_by")}
    locked = _locks(standing, indicators)
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
        if key in locked:
            problems[key] = locked[key]
        elif key in entries and stands.token != edit.seen:
            conflicts[key] = entries[key]
        else:
            changed[key] = cell, judged
    if changed:
        entries |= _keep(standing, changed, by=by, at=at)
    kept = {
        key: entries[key] for key in edits if key in entries and key not in conflicts and key not in problems
    }
    filled = {key for key, entry in entries.items() if entry.is_filled} | locked.keys()
    return CellsSaved(kept, conflicts, problems, before, standing.revision, len(filled & indicators.keys()))


def _keep(
    standing: Submission, cells: Mapping[int, tuple[Cell, JudgedCell]], *, by: User, at: datetime
) -> dict[int, Entry]:
    """Write changed cells as the submission's next revision, and return them by indicator id."""
    standing.revision += 1
    written = Entry.objects.bulk_create(
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
        take_step(standing, SubmissionStatus.DRAFT, by=by, at=at)
    standing.save(update_fields=["revision", "status"])
    return {entry.indicator_id: entry for entry in written}


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

    What an official source has filled already is not asked for.

    With `seen_revision` only what was seen is sent. `notes`, by indicator id, explain figures and are kept
    with them; without one a figure that jumped or went is not sent, nor, unless that is confirmed, a report
    that repeats the one before. Raises PeriodClosed, DeadlinePassed, SubmissionClosed,
    SubmissionChanged, SubmissionIncomplete, SubmissionUnexplained, EntryInvalid; nothing is kept then.
    """
    standing = locked_open(submission, at)
    check_seen(standing, seen_revision)
    indicators = asked_of(standing)
    entries = {entry.indicator_id: entry for entry in standing.entries.all()}
    locked = _locks(standing, indicators)
    missing = [
        key
        for key, indicator in indicators.items()
        if key not in locked and not is_complete(indicator, entries.get(key))
    ]
    if missing:
        raise SubmissionIncomplete(f"Còn {len(missing)} chỉ tiêu chưa nhập đủ.", missing)
    explained = {
        key: replace(entries[key].cell, note=note)
        for key, note in (notes or {}).items()
        if key in indicators and key not in locked and note != entries[key].note
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
    take_step(standing, SubmissionStatus.SENT, by=by, at=at)
    standing.save(update_fields=["status"])


def _check_explained(submission: Submission, notes: Mapping[int, str], *, confirms_repeat: bool) -> None:
    comparison = selectors.compare_report(submission=submission)
    missing = [key for key, cell in comparison.cells.items() if cell.needs_words and not notes.get(key)]
    is_repeated = comparison.is_repeated and not confirms_repeat
    if missing or is_repeated:
        told = f"Còn {len(missing)} chỉ tiêu cần giải trình." if missing else "Mọi ô giống hệt kỳ trước."
        raise SubmissionUnexplained(told, missing, is_repeated=is_repeated)


def takes_figures(*, submission: Submission, today: date) -> bool:
    """Whether its officer may save now: it is open to him, and so are its period and its deadline."""
    if not submission.takes_figures:
        return False
    try:
        check_deadline(unit=submission.unit, period=submission.period, today=today)
    except DeadlinePassed:
        return False
    return True


def locked_open(submission: Submission, at: datetime) -> Submission:
    """Return the report for its officer's next step.

    Raises PeriodClosed, DeadlinePassed, SubmissionClosed.
    """
    standing = locked(submission)
    check_open(period=standing.period)
    check_deadline(unit=standing.unit, period=standing.period, today=timezone.localdate(at))
    check_status(standing, OPEN_STATUSES)
    return standing


def _judged(values: Mapping[int, Cell], indicators: Mapping[int, Indicator]) -> dict[int, JudgedCell]:
    judged = {key: rules.judge_cell(cell, indicators[key].asked) for key, cell in values.items()}
    problems = {key: one.problem for key, one in judged.items() if one.problem is not None}
    if problems:
        raise EntryInvalid("Có ô nhập chưa đúng.", problems)
    return judged


def _cell_of(entry: Entry | None) -> Cell:
    return Cell() if entry is None else entry.cell


def _locks(standing: Submission, indicators: Mapping[int, Indicator]) -> dict[int, EntryProblem]:
    """Return by indicator id why those take no figure that an official source has already."""
    locked = selectors.locked_in_report(submission=standing, indicators=indicators.values())
    return {
        key: EntryProblem("numerator", f"chưa được lưu: {rules.locked_in_words(figure.source_label)}")
        for key, figure in locked.items()
    }


def is_complete(indicator: Indicator, entry: Entry | None) -> bool:
    """Whether the cell may be sent: it has its number, or a reason for having none."""
    return entry is not None and rules.judge_cell(entry.cell, indicator.asked).complete
