"""What each person has to do first: the office, the reviewer of a district, the officer of a unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Q

from accounts.models import User
from imports.models import Batch, BatchState
from indicators import selectors as indicator_selectors
from indicators.models import (
    CellRemark,
    Entry,
    Indicator,
    Period,
    State,
    Submission,
    SubmissionEvent,
    SubmissionStatus,
)
from indicators.selectors import BoardRow, DoubtView
from reports.selectors import peers
from reports.selectors.unit_profile import Standing, figure_lines, standing_of
from targets.models import Plan, PlanState
from units import permissions
from units import selectors as unit_selectors
from units.models import Grant, Level, Role, Unit, in_force
from units.permissions import REVIEWING
from units.selectors import NameAt

LISTED: Final = 6
ANSWERED_LATELY: Final = timedelta(days=14)
RECENT: Final = 5
UNFINISHED: Final = (
    BatchState.UPLOADED.value,
    BatchState.READING.value,
    BatchState.PREVIEW.value,
    BatchState.COMMITTING.value,
)
WAITING: Final = (SubmissionStatus.EMPTY, SubmissionStatus.DRAFT, SubmissionStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class Acting:
    """A role that the person holds today, and on which unit."""

    role: str
    unit: Unit
    name: NameAt


@dataclass(frozen=True, slots=True)
class ProvinceState:
    """How complete a province is in its latest period: units of one level without any figure."""

    name: NameAt
    period: Period
    level: str
    units: int
    missing: int


@dataclass(frozen=True, slots=True)
class OfficeDesk:
    to_review: int
    open_batches: int
    failed_batches: int
    missing: tuple[ProvinceState, ...]
    draft_plans: tuple[Plan, ...]
    recent: tuple[Batch, ...]
    entry_period: Period | None
    entry_counts: dict[str, int]
    doubts: int
    """Official figures that officers say are wrong, unanswered."""

    @property
    def missing_units(self) -> int:
        return sum(state.missing for state in self.missing)


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """What waits for the reviewer, and which of the units below have not sent theirs."""

    period: Period | None
    waiting: tuple[BoardRow, ...]
    lacking: tuple[BoardRow, ...]
    counts: dict[str, int]
    units: int
    doubts: int
    """Official figures that officers say are wrong, unanswered."""


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A unit's report for an open period: status, what is missing, why it came back."""

    unit: Unit
    name: NameAt
    period: Period
    status: SubmissionStatus
    submission_id: int | None
    asked: int
    missing: tuple[Indicator, ...]
    returned_because: str
    returned_by: str
    remarks: tuple[CellRemark, ...]

    @property
    def more(self) -> int:
        """How many missing indicators stand beyond those that a list shows."""
        return max(len(self.missing) - LISTED, 0)


@dataclass(frozen=True, slots=True)
class OwnDesk:
    reports: tuple[OwnReport, ...]
    answered: tuple[DoubtView, ...]
    """Doubts of the own units' figures that somebody answered lately."""
    standing: Standing | None
    name: NameAt | None


def acting_as(*, user: User, today: date) -> list[Acting]:
    """Return the roles that the person holds today, oldest grant first. Two queries."""
    grants = list(Grant.objects.filter(in_force(today), user=user).select_related("unit").order_by("pk"))
    names = unit_selectors.names_on(unit_ids={grant.unit_id for grant in grants}, on=today)
    return [
        Acting(grant.role, grant.unit, names[grant.unit_id]) for grant in grants if grant.unit_id in names
    ]


def home_province(*, acting: Sequence[Acting], today: date) -> Unit | None:
    """Return the province that a page of reading opens on: the person's own, else the first by name."""
    return peers.province_of(unit=acting[0].unit, on=today) if acting else peers.first_province(on=today)


def office_desk(
    *, user: User, provinces: Sequence[Unit], indicator: Indicator | None, today: date
) -> OfficeDesk:
    """Return the office's queue. The number of queries depends only on how many provinces it has."""
    to_review = permissions.units_for(user=user, permission=REVIEWING, today=today)
    mine = Batch.objects.filter(Q(province__in=provinces) | Q(province=None, created_by=user))
    states = Counter(mine.filter(state__in=[*UNFINISHED, BatchState.FAILED]).values_list("state", flat=True))
    missing = [] if indicator is None else [
        state for province in provinces if (state := _completeness(province, indicator)) is not None
    ]  # fmt: skip
    period = _entry_period()
    counts: dict[str, int] = {}
    if period is not None:
        counts = Counter(
            Submission.objects.filter(unit__in=to_review, period=period).values_list("status", flat=True)
        )
    return OfficeDesk(
        to_review=Submission.objects.filter(status=SubmissionStatus.SENT, unit__in=to_review).count(),
        open_batches=sum(states[state] for state in UNFINISHED),
        failed_batches=states[BatchState.FAILED],
        missing=tuple(missing),
        draft_plans=tuple(Plan.objects.filter(state=PlanState.DRAFT, owner__in=provinces)),
        recent=tuple(mine.select_related("period", "created_by")[:RECENT]),
        entry_period=period,
        entry_counts=counts,
        doubts=indicator_selectors.waiting_doubts(units=to_review),
    )


def _completeness(province: Unit, indicator: Indicator) -> ProvinceState | None:
    """Return how many communes no source mentions in the latest telling period. Three queries."""
    period = peers.telling_period(indicator=indicator, within=province)
    if period is None:
        return None
    indicator = indicator_selectors.version_in(indicator, period)
    communes = unit_selectors.below(ancestor=province, on=period.ends_on, level=Level.XA)
    figures = indicator_selectors.official_figures(
        indicator=indicator, period=period, within=province, on=period.ends_on
    )
    names = unit_selectors.names_on(unit_ids=[province.pk], on=period.ends_on)
    missing = sum(1 for unit_id in communes if unit_id not in figures)
    return ProvinceState(names[province.pk], period, Level.XA.value, len(communes), missing)


def _entry_period() -> Period | None:
    return Period.objects.filter(open_for_entry=True).first()


def review_desk(*, user: User, today: date) -> ReviewDesk:
    """Return what waits for the reviewer in the open period. A constant number of queries."""
    period = _entry_period()
    units = permissions.units_for(user=user, permission=REVIEWING, today=today)
    doubts = indicator_selectors.waiting_doubts(units=units)
    if period is None:
        return ReviewDesk(None, (), (), {}, 0, doubts)
    board = indicator_selectors.submission_board(units=units, period=period)
    waiting = [row for row in board if row.status == SubmissionStatus.SENT]
    lacking = [row for row in board if row.status in WAITING]
    # What was begun stands first: there a reminder helps most; an untouched report comes after.
    lacking.sort(key=lambda row: (row.status != SubmissionStatus.RETURNED, -row.filled))
    return ReviewDesk(
        period=period,
        waiting=tuple(waiting),
        lacking=tuple(lacking),
        counts=Counter(row.status.value for row in board),
        units=len(board),
        doubts=doubts,
    )


def own_desk(*, units: Sequence[Unit], today: date) -> OwnDesk:
    """Return what the officer's own units still owe, what came back first; and their rank.

    The number of queries depends only on how many units and open periods there are.
    """
    open_periods = list(Period.objects.filter(open_for_entry=True))
    reports = [
        report
        for unit in units
        for period in open_periods
        if (report := _own_report(unit, period)) is not None
    ]
    reports.sort(key=lambda report: report.status != SubmissionStatus.RETURNED)
    standing, name = None, None
    if units:
        names = unit_selectors.names_on(unit_ids=[units[0].pk], on=today)
        name = names.get(units[0].pk)
    if name is not None:
        province = peers.province_of(unit=units[0], on=today)
        standing = standing_of(name=name, figures=figure_lines(unit=units[0]), province=province)
    answered = indicator_selectors.answered_doubts(units=units, since=today - ANSWERED_LATELY)
    return OwnDesk(tuple(reports), tuple(answered), standing, name)


def _own_report(unit: Unit, period: Period) -> OwnReport | None:
    name = unit_selectors.names_on(unit_ids=[unit.pk], on=period.ends_on).get(unit.pk)
    if name is None:
        return None
    asked = indicator_selectors.current_indicators(level=name.level, on=period.ends_on)
    submission = Submission.objects.filter(unit=unit, period=period).first()
    filled = set(
        indicator_selectors.locked_figures(unit_ids=[unit.pk], period=period, indicators=asked).get(
            unit.pk, {}
        )
    )
    returned: SubmissionEvent | None = None
    if submission is not None:
        filled |= set(
            Entry.objects.filter(submission=submission)
            .filter(Q(value__isnull=False) | ~Q(state=State.NUMBER))
            .values_list("indicator_id", flat=True)
        )
        if submission.status == SubmissionStatus.RETURNED:
            returned = (
                SubmissionEvent.objects.filter(submission=submission, status=SubmissionStatus.RETURNED)
                .select_related("by")
                .first()
            )
    return OwnReport(
        unit=unit,
        name=name,
        period=period,
        status=SubmissionStatus(submission.status) if submission else SubmissionStatus.EMPTY,
        submission_id=submission.pk if submission else None,
        asked=len(asked),
        missing=tuple(one for one in asked if one.pk not in filled),
        returned_because=returned.reason if returned else "",
        returned_by=str(returned.by) if returned else "",
        remarks=tuple(returned.remarks.select_related("indicator")) if returned else (),
    )


def roles_of(acting: Sequence[Acting]) -> set[str]:
    return {one.role for one in acting}


def units_as(acting: Sequence[Acting], *roles: Role) -> list[Unit]:
    """Return the units on which the person acts in one of the roles."""
    wanted = {role.value for role in roles}
    return [one.unit for one in acting if one.role in wanted]
