"""Who changed what of the figures, and when: the histories of several apps as one list, latest first.

A history grows by millions of rows, so nothing is counted and no page looks at more of it than its bound
says: each kind is read backwards along its ids, which grow with time, from where the last page ended.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice, takewhile
from typing import Any, Final

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from dvctt.lib import numbers
from imports.models import Batch, BatchState
from indicators.models import (
    Extension,
    Indicator,
    Measurement,
    MeasurementRevision,
    Period,
    Source,
    SubmissionEvent,
    WithdrawnFigure,
)
from reports.selectors.figure_history import Origin, as_kept, origins_of, said
from targets.models import PlanEvent
from units import people_selectors
from units.models import UnitPath

FIGURES, REPORTS, EXTENSIONS = "so-lieu", "bao-cao", "gia-han"
FILES, PLANS = "nhap-tep", "ke-hoach"
KINDS: Final = {
    FIGURES: "Số liệu",
    REPORTS: "Báo cáo",
    EXTENSIONS: "Gia hạn",
    FILES: "Nhập tệp",
    PLANS: "Kế hoạch",
}
WRITTEN, UNDONE = "ghi", "hoan-tac"
SCANNED: Final = 200_000
"""How many steps of figures one page looks at, at most, where few of them are what is looked for."""
FEW_FIGURES: Final = 2_000
"""Up to so many figures their histories are fetched by figure, however long ago they were written."""
BY_COMMAND: Final = "Dòng lệnh"


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
class LogLine:
    """One thing that was done: to what, what it became (and was), by whom, when and why."""

    stream: str
    pk: int
    kind: str
    at: datetime
    by: str
    unit_id: int | None
    unit_name: str
    subject: str
    before: str
    after: str
    reason: str
    origin: str = ""
    batch_id: int | None = None
    submission_id: int | None = None
    plan_code: str = ""

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]


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
        lines=_lines(shown, wanted.units, today),
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


_READERS: Final = {
    FIGURES: _figures,
    REPORTS: _reports,
    EXTENSIONS: _extensions,
    FILES: _files,
    PLANS: _plans,
}


# --- in words -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    unit_id: int
    indicator: Indicator
    period: Period
    source: str


def _cells_of(ids: Collection[int]) -> dict[int, _Cell]:
    """Return whose figures these ids are, or were before they were taken back. Two queries."""
    found: dict[int, _Cell] = {}
    for model in (WithdrawnFigure, Measurement):
        rows = model.objects.filter(pk__in=ids)
        for one in rows.select_related("indicator", "period"):
            found[one.pk] = _Cell(one.unit_id, one.indicator, one.period, str(Source(one.source).label))
    return found


def _lines(
    shown: Sequence[tuple[datetime, str, Any]], units: Collection[int], today: date
) -> tuple[LogLine, ...]:
    revisions = [row for _, name, row in shown if name == FIGURES]
    cells = _cells_of({row.measurement_id for row in revisions})
    origins = origins_of(row.origin for row in revisions)
    batches = Batch.objects.filter(province__in=units)
    opened = set(
        batches.filter(pk__in={one.batch_id for one in origins.values() if one.batch_id}).values_list(
            "pk", flat=True
        )
    )
    about = [_unit_of(name, row, cells) for _, name, row in shown]
    called = people_selectors.last_names(unit_ids={pk for pk in about if pk is not None}, on=today)
    return tuple(
        _line(at, name, row, unit_id, called.get(unit_id or 0, "–"), cells, origins, opened)
        for (at, name, row), unit_id in zip(shown, about, strict=True)
    )


def _unit_of(name: str, row: Any, cells: Mapping[int, _Cell]) -> int | None:
    found: int | None
    if name == FIGURES:
        found = cells[row.measurement_id].unit_id if row.measurement_id in cells else None
    elif name == REPORTS:
        found = row.submission.unit_id
    elif name == EXTENSIONS:
        found = row.unit_id
    elif name == PLANS:
        found = row.plan.owner_id
    else:
        found = row.province_id
    return found


def _line(
    at: datetime,
    name: str,
    row: Any,
    unit_id: int | None,
    unit_name: str,
    cells: Mapping[int, _Cell],
    origins: Mapping[str, Origin],
    opened: Collection[int],
) -> LogLine:
    told: dict[str, Any] = {"kind": FILES if name in (WRITTEN, UNDONE) else name, "before": ""}
    if name not in (WRITTEN, UNDONE):
        told |= {"by": row.by, "reason": row.reason}
    if name == FIGURES:
        told |= _figure_words(row, cells.get(row.measurement_id), origins[row.origin])
        if told.get("batch_id") is not None and told["batch_id"] not in opened:
            # A file's name is for those who may open it.
            told |= {"origin": f"Lần nhập {told['batch_id']} của cấp trên", "batch_id": None}
    elif name == REPORTS:
        told |= {
            "subject": f"Báo cáo {row.submission.period.label}",
            "after": row.get_status_display(),
            "submission_id": row.submission_id,
        }
    elif name == EXTENSIONS:
        told |= {
            "subject": f"Hạn nộp {row.period.label}",
            "after": f"Gia hạn đến hết ngày {numbers.vi_date(row.until)}",
        }
    elif name == PLANS:
        told |= {"subject": str(row.plan), "after": _plan_words(row), "plan_code": row.plan.code}
    elif name == WRITTEN:
        told |= _file_words(row, _written_words(row), row.committed_by, row.reason)
    else:
        told |= _file_words(row, "Đã hoàn tác", row.undone_by, row.undo_reason)
    told["by"] = str(told["by"]) if told["by"] else BY_COMMAND
    return LogLine(stream=name, pk=row.pk, at=at, unit_id=unit_id, unit_name=unit_name, **told)


def _figure_words(row: MeasurementRevision, cell: _Cell | None, origin: Origin) -> dict[str, Any]:
    if cell is None:
        # Its figure was deleted together with the period or unit that it was of.
        return {"subject": f"Số liệu {row.measurement_id}", "after": row.state, "origin": origin.text}
    return {
        "subject": f"{cell.indicator.short_name} · {cell.period.label} · {cell.source}",
        "before": said(row.before, cell.indicator) if row.before else "",
        "after": said(as_kept(row), cell.indicator),
        "origin": origin.text,
        "batch_id": origin.batch_id,
        "submission_id": origin.submission_id,
    }


def _file_words(batch: Batch, after: str, by: Any, reason: str) -> dict[str, Any]:
    period = f" · {batch.period.label}" if batch.period else ""
    return {
        "subject": f"Tệp {batch.filename}{period}",
        "after": after,
        "by": by,
        "reason": reason,
        "batch_id": batch.pk,
    }


def _written_words(batch: Batch) -> str:
    written = batch.counts.get("new", 0) + batch.counts.get("changed", 0)
    return f"Đã ghi {numbers.vi_number(written)} số liệu"


def _plan_words(row: PlanEvent) -> str:
    step = row.get_step_display()
    return row.text if not row.text or row.text.startswith(step) else f"{step}: {row.text}"


def periods_to_choose() -> Iterable[Period]:
    """Return the periods, latest first."""
    return Period.objects.order_by("-ends_on", "-starts_on", "code")
