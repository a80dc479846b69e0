"""Reading what stands of entering: who has sent what, and which cells changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from indicators.models import (
    OPEN_STATUSES,
    Entry,
    Indicator,
    Period,
    State,
    Submission,
    SubmissionEvent,
    SubmissionStatus,
)
from indicators.selectors.figures import current_indicators
from units import selectors as unit_selectors

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from units.models import Unit

FILLED = Q(entries__value__isnull=False) | Q(
    entries__state__in=[state for state in State.values if state != State.NUMBER]
)


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

    @property
    def takes_figures(self) -> bool:
        """Whether its officer may still save, as far as its status goes."""
        return self.status in OPEN_STATUSES


def asked_indicators(*, submission: Submission) -> list[Indicator]:
    """Return the indicators of the level that the unit had on the period's last day, in catalogue order."""
    version = unit_selectors.version_on(unit=submission.unit, on=submission.period.ends_on)
    return [] if version is None else current_indicators(level=version.level)


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
    asked = Counter(level for indicator in current_indicators() for level in indicator.levels)
    submissions = {
        one.unit_id: one
        for one in Submission.objects.filter(unit__in=units, period=period).annotate(
            filled=Count("entries", filter=FILLED)
        )
    }
    last: dict[int, SubmissionEvent] = {}
    sent: dict[int, datetime] = {}
    for event in (
        SubmissionEvent.objects.filter(submission__in=[one.pk for one in submissions.values()])
        .select_related("by")
        .order_by("at", "pk")
    ):
        last[event.submission_id] = event
        if event.status == SubmissionStatus.SENT:
            sent[event.submission_id] = event.at
    rows = []
    for name in sorted(names.values(), key=lambda one: (one.parent_name, one.full_name)):
        if not asked[name.level]:
            continue
        submission = submissions.get(name.unit_id)
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
                filled=min(submission.filled, asked[name.level]) if submission else 0,
                asked=asked[name.level],
                changed_at=step.at if step else None,
                changed_by=str(step.by) if step else "",
                reason=step.reason if step else "",
                sent_at=sent.get(submission.pk)
                if submission and submission.status not in OPEN_STATUSES
                else None,
            )
        )
    return rows


def entries_since(*, submission: Submission, revision: int) -> list[Entry]:
    """Return the cells that changed after a revision, with their indicator and who changed them."""
    return list(
        Entry.objects.filter(submission=submission, revision__gt=revision)
        .select_related("indicator", "updated_by")
        .order_by("indicator__position")
    )
