"""Reading which official figures are doubted, and where each doubt stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef

from indicators import rules
from indicators.models import DoubtStatus, DoubtStep, FigureDoubt, Indicator, Period, Submission
from indicators.rules import Cell
from indicators.rules.risk import Known
from indicators.selectors.locking import LockedFigure, locked_now
from units import selectors as unit_selectors

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from units.models import Unit

ANSWERS: Final = (DoubtStatus.ACCEPTED, DoubtStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class DoubtView:
    """A doubt with its steps, and the figure that stands in its cell now (None: no official one)."""

    doubt: FigureDoubt
    steps: tuple[DoubtStep, ...]
    now: LockedFigure | None
    status: DoubtStatus

    @property
    def doubted(self) -> Known:
        """The figure as it was when it was doubted."""
        return Known(self.doubt.numerator, self.doubt.denominator, self.doubt.value, self.doubt.state)

    @property
    def said(self) -> Cell:
        """What the officer believes it is."""
        return Cell(self.doubt.said_numerator, self.doubt.said_denominator)

    @property
    def raised(self) -> DoubtStep:
        return self.steps[0]

    @property
    def answer(self) -> DoubtStep | None:
        """What the reviewer said, if anything."""
        return next((one for one in self.steps if one.status in ANSWERS), None)

    @property
    def waits(self) -> bool:
        """Whether nobody has answered, and the figure is still the doubted one."""
        return self.status == DoubtStatus.RAISED

    @property
    def is_unsettled(self) -> bool:
        return self.status in rules.UNSETTLED


@dataclass(frozen=True, slots=True)
class ListedDoubt:
    """A line of the list: the doubt and the unit's name as on the period's last day."""

    view: DoubtView
    unit_name: str
    place: str


def view_of(doubt: FigureDoubt) -> DoubtView:
    """Return one doubt as it stands. Two queries."""
    return _views(FigureDoubt.objects.filter(pk=doubt.pk))[0]


def doubts_of_cell(*, unit: Unit, indicator: Indicator, period: Period) -> list[DoubtView]:
    """Return all doubts of one figure, latest first. At most three queries."""
    return _views(FigureDoubt.objects.filter(unit=unit, indicator=indicator, period=period))


def doubts_of_report(*, submission: Submission) -> dict[int, DoubtView]:
    """Return by indicator id the latest doubt of each cell of the report. At most three queries."""
    found = FigureDoubt.objects.filter(unit=submission.unit_id, period=submission.period_id)
    return {one.doubt.indicator_id: one for one in reversed(_views(found))}


def doubts_on(*, units: QuerySet[Unit]) -> list[DoubtView]:
    """Return the doubts of the units' figures, latest first. At most three queries."""
    return _views(FigureDoubt.objects.filter(unit__in=units))


def answered_doubts(*, units: Sequence[Unit], since: date) -> list[DoubtView]:
    """Return the doubts of the units' figures answered from a day on, latest first. At most three queries."""
    answers = DoubtStep.objects.filter(status__in=ANSWERS, at__date__gte=since, doubt=OuterRef("pk"))
    return _views(FigureDoubt.objects.filter(Exists(answers), unit__in=units))


def waiting_doubts(*, units: QuerySet[Unit]) -> int:
    """Return how many doubts wait for an answer. At most three queries."""
    found = FigureDoubt.objects.filter(unit__in=units, status=DoubtStatus.RAISED)
    return sum(one.waits for one in _views(found))


def listed(views: Sequence[DoubtView]) -> list[ListedDoubt]:
    """Return the doubts with the names of their units: a query for each period among them."""
    names = {}
    for period in {one.doubt.period for one in views}:
        ids = {one.doubt.unit_id for one in views if one.doubt.period_id == period.pk}
        found = unit_selectors.names_on(unit_ids=ids, on=period.ends_on)
        names.update({(unit_id, period.pk): name for unit_id, name in found.items()})
    lines = []
    for view in views:
        name = names.get((view.doubt.unit_id, view.doubt.period_id))
        lines.append(
            ListedDoubt(
                view,
                name.full_name if name else str(view.doubt.unit),
                name.parent_name if name else "",
            )
        )
    return lines


def _views(doubts: QuerySet[FigureDoubt]) -> list[DoubtView]:
    found = list(
        doubts.select_related("unit", "indicator", "period").prefetch_related("steps__by").order_by("-pk")
    )
    now = locked_now(
        cells={(one.unit_id, one.indicator_id, one.period_id) for one in found},
        indicators=[one.indicator for one in found],
    )
    views = []
    for one in found:
        figure = now.get((one.unit_id, one.indicator_id, one.period_id))
        doubted = Known(one.numerator, one.denominator, one.value, one.state)
        status = rules.doubt_status(one.status, doubted=doubted, now=figure.known if figure else None)
        views.append(DoubtView(one, tuple(one.steps.all()), figure, DoubtStatus(status)))
    return views
