"""The lines of the log of figures in words: what was done to what, by whom and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from dvctt.lib import numbers
from imports.models import Batch
from indicators.models import (
    Indicator,
    Measurement,
    MeasurementRevision,
    Period,
    Source,
    WithdrawnFigure,
)
from reports.models import Publication
from reports.selectors.figure_history import Origin, as_kept, origins_of, said
from targets.models import PlanEvent
from units import people_selectors

FIGURES, REPORTS, EXTENSIONS = "so-lieu", "bao-cao", "gia-han"
FILES, PLANS = "nhap-tep", "ke-hoach"
PUBLICATIONS = "cong-bo"
KINDS: Final = {
    FIGURES: "Số liệu",
    REPORTS: "Báo cáo",
    EXTENSIONS: "Gia hạn",
    FILES: "Nhập tệp",
    PLANS: "Kế hoạch",
    PUBLICATIONS: "Công bố",
}
WRITTEN, UNDONE = "ghi", "hoan-tac"
WITHDRAWN = "thu-hoi"
KIND_OF: Final = {WRITTEN: FILES, UNDONE: FILES, WITHDRAWN: PUBLICATIONS}
"""The kind of the steps that have a list of their own."""
BY_COMMAND: Final = "Dòng lệnh"


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
    publication_id: int | None = None

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]


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


def lines_of(
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
    elif name == PUBLICATIONS:
        found = row.within_id
    elif name == WITHDRAWN:
        found = row.publication.within_id
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
    told: dict[str, Any] = {"kind": KIND_OF.get(name, name), "before": ""}
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
    elif name == PUBLICATIONS:
        told |= _publication_words(row, f"Công bố lần {row.revision}")
    elif name == WITHDRAWN:
        told |= _publication_words(row.publication, f"Thu hồi lần {row.publication.revision}")
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


def _publication_words(publication: Publication, after: str) -> dict[str, Any]:
    said = publication.content["words"]
    return {
        "subject": f"Bảng {said['title']}, {said['area']}",
        "after": after,
        "publication_id": publication.pk,
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
