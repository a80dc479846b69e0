"""Reading what stands of entering: who has sent what, and which cells changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING

from django.db.models import Q

from dvctt.lib.names import reading_order
from indicators import rules
from indicators.models import (
    OPEN_STATUSES,
    CellRemark,
    Entry,
    Indicator,
    MeasurementRevision,
    Period,
    Source,
    State,
    Submission,
    SubmissionEvent,
    SubmissionStatus,
)
from indicators.rules import risk
from indicators.rules.risk import Flag
from indicators.selectors.figures import current_indicators
from indicators.selectors.locking import LockedFigure, locked_figures
from indicators.selectors.reviewing import compare_reports
from units import selectors as unit_selectors

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from units.models import Unit
    from units.selectors import NameAt

FILLED = Q(value__isnull=False) | ~Q(state=State.NUMBER)
REOPENED = "Mở lại sau khi duyệt"
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One unit's report for one period: how far it is, and the last step with its reason."""

    unit_id: int
    full_name: str
    parent_id: int | None
    parent_name: str
    level: str
    submission_id: int | None
    status: SubmissionStatus
    filled: int
    asked: int
    changed_at: datetime | None
    changed_by: str
    reason: str
    sent_at: datetime | None
    """The sending that stands; None until then and after a return."""
    remarks: tuple[CellRemark, ...] = ()
    """Why single lines were given back, while the report is."""
    is_reopened: bool = False
    """Whether an approved report was given back, and is with its officer since."""
    revision: int = 0
    flags: tuple[Flag, ...] | None = None
    """What a reviewer should look at; None where nobody looked (the report is not sent)."""

    @property
    def takes_figures(self) -> bool:
        """Whether its officer may still save, as far as its status goes."""
        return self.status in OPEN_STATUSES

    @property
    def to_look_at(self) -> str:
        """The flags as a line of the queue tells them, "" for none."""
        return risk.flags_in_words(self.flags or ())

    @property
    def is_clean(self) -> bool:
        """Whether the report was looked at and gives nothing to look at."""
        return self.flags == ()


def asked_indicators(*, submission: Submission) -> list[Indicator]:
    """Return the indicators of the level that the unit had on the period's last day, in catalogue order."""
    version = unit_selectors.version_on(unit=submission.unit, on=submission.period.ends_on)
    return [] if version is None else current_indicators(level=version.level, on=submission.period.ends_on)


def locked_in_report(
    *, submission: Submission, indicators: Iterable[Indicator]
) -> Mapping[int, LockedFigure]:
    """Return by indicator id the official figures in place of which the report says nothing. One query."""
    unit_id = submission.unit_id
    return locked_figures(unit_ids=[unit_id], period=submission.period, indicators=indicators).get(
        unit_id, {}
    )


def entry_periods() -> list[Period]:
    """Return the periods that take figures or took some, latest first."""
    return list(
        Period.objects.filter(Q(open_for_entry=True) | Q(submissions__isnull=False))
        .distinct()
        .order_by("-ends_on")
    )


def submission_board(*, units: QuerySet[Unit], period: Period) -> list[BoardRow]:
    """Return a row for each unit that existed on the period's last day and is asked for something.

    Names are those of that day; a constant number of queries.
    """
    names = unit_selectors.names_on(unit_ids=list(units.values_list("pk", flat=True)), on=period.ends_on)
    indicators = current_indicators(on=period.ends_on)
    asked: dict[str, set[int]] = defaultdict(set)
    for indicator in indicators:
        for level in indicator.levels:
            asked[level].add(indicator.pk)
    submissions = {one.unit_id: one for one in Submission.objects.filter(unit__in=units, period=period)}
    filled: dict[int, set[int]] = defaultdict(set)
    for submission_id, indicator_id in Entry.objects.filter(
        FILLED, submission__in=[one.pk for one in submissions.values()]
    ).values_list("submission_id", "indicator_id"):
        filled[submission_id].add(indicator_id)
    locked = locked_figures(unit_ids=list(names), period=period, indicators=indicators)
    last: dict[int, SubmissionEvent] = {}
    reopened: set[int] = set()
    sent: dict[int, datetime] = {}
    for event in (
        SubmissionEvent.objects.filter(submission__in=[one.pk for one in submissions.values()])
        .select_related("by")
        .order_by("at", "pk")
    ):
        if _is_reopening(event, last.get(event.submission_id)):
            reopened.add(event.pk)
        last[event.submission_id] = event
        if event.status == SubmissionStatus.SENT:
            sent[event.submission_id] = event.at
    remarks = _remarks_of([one for one in last.values() if one.status == SubmissionStatus.RETURNED])
    rows = []
    for name in sorted(names.values(), key=_by_place):
        if not asked[name.level]:
            continue
        submission = submissions.get(name.unit_id)
        told = filled[submission.pk] if submission else set()
        step = last.get(submission.pk) if submission else None
        rows.append(
            BoardRow(
                unit_id=name.unit_id,
                full_name=name.full_name,
                parent_id=name.parent_id,
                parent_name=name.parent_name,
                level=name.level,
                submission_id=submission.pk if submission else None,
                status=SubmissionStatus(submission.status) if submission else SubmissionStatus.EMPTY,
                filled=len((told | locked.get(name.unit_id, {}).keys()) & asked[name.level]),
                asked=len(asked[name.level]),
                changed_at=step.at if step else None,
                changed_by=str(step.by) if step else "",
                reason=step.reason if step else "",
                is_reopened=step is not None and step.pk in reopened,
                revision=submission.revision if submission else 0,
                remarks=tuple(remarks[step.pk]) if step else (),
                sent_at=sent.get(submission.pk)
                if submission and submission.status not in OPEN_STATUSES
                else None,
            )
        )
    return rows


def queue_by_risk(*, rows: Sequence[BoardRow], period: Period) -> list[BoardRow]:
    """Return the rows with what there is to look at in the sent ones: most flags first, then longest waiting.

    Rows of other statuses follow as they came. A constant number of queries.
    """
    sent = {
        row.submission_id: row
        for row in rows
        if row.status == SubmissionStatus.SENT and row.submission_id is not None
    }
    units = {key: row.unit_id for key, row in sent.items()}
    compared = compare_reports(units=units, period=period) if sent else {}
    judged = [replace(row, flags=compared[key].flags) for key, row in sent.items()]
    judged.sort(key=lambda row: (-len(row.flags or ()), row.changed_at or NEVER))
    return judged + [row for row in rows if row.status != SubmissionStatus.SENT]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a report, with what was said of single lines."""

    status: SubmissionStatus
    label: str
    by: User
    at: datetime
    reason: str
    remarks: tuple[CellRemark, ...]
    is_reopening: bool
    """Whether an approved report was given back."""


def steps_of(*, submission: Submission) -> list[Step]:
    """Return the report's steps, latest first. At most three queries."""
    events = list(submission.events.select_related("by"))
    remarks = _remarks_of([one for one in events if one.status == SubmissionStatus.RETURNED])
    return [
        Step(
            status=SubmissionStatus(one.status),
            label=REOPENED if reopening else SubmissionStatus(one.status).label,
            by=one.by,
            at=one.at,
            reason=one.reason,
            remarks=tuple(remarks[one.pk]),
            is_reopening=reopening,
        )
        for one, before in zip_longest(events, events[1:])
        for reopening in (_is_reopening(one, before),)
    ]


def corrected_cells(*, submission: Submission, steps: Sequence[Step]) -> int:
    """Return how many of the unit's figures this report changed after it was first approved.

    Counted from the history of the figures; a day of approval alone is no change. `steps` are the report's;
    no query where it was never approved anew.
    """
    approvals = [one.at for one in steps if one.status == SubmissionStatus.APPROVED]
    if len(approvals) < 2:
        return 0
    written = MeasurementRevision.objects.filter(
        measurement__unit=submission.unit_id,
        measurement__period=submission.period_id,
        measurement__source=Source.UNIT,
        origin=f"submission:{submission.pk}",
        at__gt=min(approvals),
    )
    return len(
        {
            one.measurement_id
            for one in written
            if rules.tells_otherwise(
                one.before,
                numerator=one.numerator,
                denominator=one.denominator,
                value=one.value,
                state=one.state,
            )
        }
    )


def _by_place(name: NameAt) -> tuple[str, str]:
    return (reading_order(name.parent_name), reading_order(name.full_name))


def _is_reopening(event: SubmissionEvent, before: SubmissionEvent | None) -> bool:
    """A return gives back what was sent; one that follows an approval opens the report again."""
    return (
        event.status == SubmissionStatus.RETURNED
        and before is not None
        and before.status == SubmissionStatus.APPROVED
    )


def _remarks_of(events: Sequence[SubmissionEvent]) -> dict[int, list[CellRemark]]:
    """Return by the step's id its remarks with their indicators; no query for no step."""
    found: dict[int, list[CellRemark]] = defaultdict(list)
    for remark in CellRemark.objects.filter(event__in=events).select_related("indicator") if events else ():
        found[remark.event_id].append(remark)
    return found
