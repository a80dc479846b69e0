"""Who changed what of the figures, and when: the histories of several apps as one list, latest first.

A history grows by millions of rows, so nothing is counted and no page looks at more of it than its bound
says: each kind is read backwards along its ids, which grow with time, from where the last page ended.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice, takewhile
from typing import Any, Final

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from imports.models import Batch, BatchState
from indicators.models import (
    Extension,
    Measurement,
    MeasurementRevision,
    Period,
    SubmissionEvent,
    WithdrawnFigure,
)
from reports.models import Publication, PublicationWithdrawal
from reports.selectors.log_lines import (
    EXTENSIONS,
    FIGURES,
    FILES,
    PLANS,
    PUBLICATIONS,
    REPORTS,
    UNDONE,
    WITHDRAWN,
    WRITTEN,
    LogLine,
    lines_of,
)
from targets.models import PlanEvent
from units.models import UnitPath

SCANNED: Final = 200_000
"""How many steps of figures one page looks at, at most, where few of them are what is looked for."""
FEW_FIGURES: Final = 2_000
"""Up to so many figures their histories are fetched by figure, however long ago they were written."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is looked for; None and "" stand for everything. From `since` until before `until`.

    `units` are all that the asker may look at, `reached` those of them that are looked at, both as ids: every
    kind asks for them anew, and the database would walk the tree each time. `by_unit`: some were chosen.
    """

    units: frozenset[int]
    reached: frozenset[int]
    kind: str = ""
    people: Collection[int] | None = None
    by_unit: bool = False
    period_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    sums_files: bool = False
    """Set while the log is read; see _sums_files."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log. `after` is where the next one begins, None where nothing is left.

    `looked_back_to` is set where the bound ended the page before it was full.
    """

    lines: tuple[LogLine, ...]
    after: Mapping[str, int] | None
    looked_back_to: datetime | None = None
    sums_files: bool = False
    """Whether what files wrote is told by the lines of the files alone."""


@dataclass(slots=True)
class _Stream:
    """One kind's next rows, latest first, with the moment that each is listed by."""

    name: str
    rows: list[tuple[datetime, Any]]
    floor: int | None = None
    horizon: datetime | None = None
    keys: list[tuple[datetime, str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = [(at, self.name, row) for at, row in self.rows]

    def until(self, horizon: datetime | None) -> Iterable[tuple[datetime, str, Any]]:
        """Return the rows that may be shown where older figures were not looked at.

        The kind that was cut shows all that was read of it: it goes on below its floor, whatever the moments
        above say (a long import began before entries with smaller ids). The others stop at the first older
        row, so that the next page begins with it.
        """
        if horizon is None or self.horizon is not None:
            return self.keys
        return takewhile(lambda one: one[0] >= horizon, self.keys)


def change_log(*, wanted: LogFilter, after: Mapping[str, int], limit: int, today: date) -> LogPage:
    """Return the next lines that are wanted, latest first, at most `limit`. A constant number of queries."""
    wanted = replace(wanted, sums_files=_sums_files(wanted))
    streams = [
        stream
        for kind, read in _READERS.items()
        if wanted.kind in ("", kind)
        for stream in read(wanted, after, limit + 1)
    ]
    horizons = [stream.horizon for stream in streams if stream.horizon is not None]
    horizon = max(horizons, default=None)
    # Each kind is sorted by its own moments already, save what was written at once by several people.
    merged = heapq.merge(*(stream.until(horizon) for stream in streams), key=lambda one: one[0], reverse=True)
    found = list(islice(merged, limit + 1))
    shown, more = found[:limit], len(found) > limit
    position = dict(after) | {name: row.pk for _, name, row in shown}
    if not more:
        position |= {stream.name: stream.floor for stream in streams if stream.floor is not None}
    return LogPage(
        lines=lines_of(shown, wanted.units, today),
        after=position if more or horizon is not None else None,
        looked_back_to=None if more else horizon,
        sums_files=wanted.sums_files,
    )


def _sums_files(wanted: LogFilter) -> bool:
    """Return whether what a file wrote is told by its own line alone: one import would fill many pages.

    Where figures are not asked for, and all that is looked at stands below provinces whose files are listed.
    """
    if wanted.kind or wanted.by_unit or wanted.period_id is not None:
        return False
    provinces = Batch.objects.filter(province__in=wanted.reached).values("province")
    below = UnitPath.objects.filter(ancestor__in=provinces).values_list("descendant", flat=True)
    return wanted.reached <= set(below)


def _common(rows: QuerySet[Any], wanted: LogFilter, *, at: str = "at", by: str = "by") -> QuerySet[Any]:
    if wanted.people is not None:
        rows = rows.filter(**{f"{by}__in": wanted.people})
    if wanted.since is not None:
        rows = rows.filter(**{f"{at}__gte": wanted.since})
    if wanted.until is not None:
        rows = rows.filter(**{f"{at}__lt": wanted.until})
    return rows


def _by_id(
    name: str, rows: QuerySet[Any], wanted: LogFilter, after: Mapping[str, int], limit: int
) -> _Stream:
    if name in after:
        rows = rows.filter(pk__lt=after[name])
    return _Stream(name, [(row.at, row) for row in _common(rows, wanted).order_by("-pk")[:limit]])


def _figures(wanted: LogFilter, after: Mapping[str, int], limit: int) -> list[_Stream]:
    rows = MeasurementRevision.objects.select_related("by")
    if wanted.sums_files:
        rows = rows.exclude(origin__startswith="batch:")
    cells = Q(unit__in=wanted.reached)
    if wanted.period_id is not None:
        cells &= Q(period=wanted.period_id)
    if wanted.by_unit or wanted.period_id is not None:
        few = [
            *Measurement.objects.filter(cells).values_list("pk", flat=True)[: FEW_FIGURES + 1],
            *WithdrawnFigure.objects.filter(cells).values_list("pk", flat=True)[: FEW_FIGURES + 1],
        ]
        if len(few) <= FEW_FIGURES:
            return [_by_id(FIGURES, rows.filter(measurement__in=few), wanted, after, limit)]
    kept = Measurement.objects.filter(cells, pk=OuterRef("measurement_id"))
    withdrawn = WithdrawnFigure.objects.filter(cells, pk=OuterRef("measurement_id"))
    latest = MeasurementRevision.objects.aggregate(latest=Max("pk"))["latest"] or 0
    top = min(after.get(FIGURES, latest + 1), latest + 1)
    floor = top - SCANNED
    stream = _by_id(
        FIGURES,
        rows.filter(Exists(kept) | Exists(withdrawn), pk__gte=floor),
        wanted,
        after,
        limit,
    )
    if len(stream.rows) < limit and floor > 1:
        lowest = MeasurementRevision.objects.filter(pk__gte=floor).order_by("pk").first()
        past = lowest is not None and wanted.since is not None and lowest.at < wanted.since
        if lowest is not None and not past:
            stream.floor, stream.horizon = floor, lowest.at
    return [stream]


def _reports(wanted: LogFilter, after: Mapping[str, int], limit: int) -> list[_Stream]:
    rows = SubmissionEvent.objects.filter(submission__unit__in=wanted.reached)
    if wanted.period_id is not None:
        rows = rows.filter(submission__period=wanted.period_id)
    return [_by_id(REPORTS, rows.select_related("by", "submission__period"), wanted, after, limit)]


def _extensions(wanted: LogFilter, after: Mapping[str, int], limit: int) -> list[_Stream]:
    rows = Extension.objects.filter(unit__in=wanted.reached)
    if wanted.period_id is not None:
        rows = rows.filter(period=wanted.period_id)
    return [_by_id(EXTENSIONS, rows.select_related("by", "period"), wanted, after, limit)]


def _files(wanted: LogFilter, after: Mapping[str, int], limit: int) -> list[_Stream]:
    """Files are written in another order than they came in: here the moment leads, then the id."""
    return [
        _files_by(WRITTEN, "committed", wanted, after, limit),
        _files_by(UNDONE, "undone", wanted, after, limit),
    ]


def _files_by(name: str, step: str, wanted: LogFilter, after: Mapping[str, int], limit: int) -> _Stream:
    at, by = f"{step}_at", f"{step}_by"
    rows = Batch.objects.filter(
        state__in=[BatchState.COMMITTED, BatchState.UNDONE],
        province__in=wanted.reached,
        **{f"{at}__isnull": False},
    )
    if wanted.period_id is not None:
        rows = rows.filter(period=wanted.period_id)
    if name in after:
        last = Batch.objects.filter(pk=after[name]).values(at)
        rows = rows.alias(last=last[:1]).filter(
            Q(**{f"{at}__lt": F("last")}) | Q(**{at: F("last"), "pk__lt": after[name]})
        )
    rows = _common(rows, wanted, at=at, by=by).select_related(by, "period").order_by(f"-{at}", "-pk")
    return _Stream(name, [(getattr(row, at), row) for row in rows[:limit]])


def _plans(wanted: LogFilter, after: Mapping[str, int], limit: int) -> list[_Stream]:
    """Plans are for a year: under a period nothing of them is found."""
    if wanted.period_id is not None:
        return []
    rows = PlanEvent.objects.filter(plan__owner__in=wanted.reached)
    return [_by_id(PLANS, rows.select_related("by", "plan"), wanted, after, limit)]


def _publications(wanted: LogFilter, after: Mapping[str, int], limit: int) -> list[_Stream]:
    made = Publication.objects.filter(within__in=wanted.reached).select_related("by")
    taken_back = PublicationWithdrawal.objects.filter(publication__within__in=wanted.reached)
    if wanted.period_id is not None:
        made = made.filter(period=wanted.period_id)
        taken_back = taken_back.filter(publication__period=wanted.period_id)
    return [
        _by_id(PUBLICATIONS, made, wanted, after, limit),
        _by_id(WITHDRAWN, taken_back.select_related("by", "publication"), wanted, after, limit),
    ]


_READERS: Final = {
    FIGURES: _figures,
    REPORTS: _reports,
    EXTENSIONS: _extensions,
    FILES: _files,
    PLANS: _plans,
    PUBLICATIONS: _publications,
}


def periods_to_choose() -> Iterable[Period]:
    """Return the periods, latest first."""
    return Period.objects.order_by("-ends_on", "-starts_on", "code")
