"""Reading a batch: from the file to stored rows that a person looks at. No figure is touched."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Q

from dvctt.lib import sheets
from imports.models import Batch, BatchState, Layout
from imports.rules import tables
from imports.rules.personal import PersonalData
from imports.rules.problems import ImportRefused
from imports.services import keeping
from imports.services.comparing import BatchPlan
from imports.services.planning import Progress, no_progress, plan_batch, uncollected
from imports.services.receiving import MAPPING_MESSAGE
from indicators import services as indicator_services
from indicators.rules import IndicatorUnknown

LEASE = timedelta(seconds=40)
"""A job whose heartbeat is older has died; with the sweeper's 15 seconds it is taken up within a minute."""
MOST_ATTEMPTS = 3


@uncollected()
def read_batch(
    *, batch_id: int, at: datetime, progress: Progress = no_progress, notice: str = ""
) -> Batch | None:
    """Read a waiting batch and store its rows for the preview; return it, or None where it is not waiting.

    A batch that another worker is reading (its heartbeat is fresh), or that is past reading, is left alone,
    so running twice does no harm. What refuses the file is kept on the batch (state "failed") and raised:
    sheets.FileRefused or ImportRefused. A list of dossiers is not kept: its file goes from the storage.
    `notice` is shown above the preview.
    """
    waiting = Q(state=BatchState.UPLOADED) | Q(state=BatchState.READING, heartbeat_at__lt=at - LEASE)
    claimed = Batch.objects.filter(waiting, pk=batch_id).update(
        state=BatchState.READING,
        heartbeat_at=at,
        attempts=F("attempts") + 1,
        progress=1,
        message="Đang đọc tệp",
    )
    if not claimed:
        return None
    batch = Batch.objects.select_related("created_by").get(pk=batch_id)
    try:
        result = plan_batch(batch=batch, at=at, progress=progress)
    except PersonalData as error:
        forget_file(batch=batch, message=str(error))
        raise
    except tables.LayoutUnknown as error:
        if not (error.header and batch.options.get("may_map")):
            _fail(batch, str(error))
            raise
        Batch.objects.filter(pk=batch_id, state=BatchState.READING).update(
            state=BatchState.MAPPING, message=MAPPING_MESSAGE, progress=100, heartbeat_at=None
        )
        return batch
    except (sheets.FileRefused, ImportRefused, IndicatorUnknown) as error:
        _fail(batch, str(error))
        raise
    except Exception:
        # Inside a transaction that the database has broken off this cannot be said any more.
        with suppress(DatabaseError):
            _fail(batch, "Lỗi hệ thống khi đọc tệp; chưa ghi gì. Hãy tải lại hoặc báo quản trị.")
        raise
    progress(90, "Đang lưu bản xem thử")
    store_plan(batch=batch, result=result, notice=notice)
    return batch


def await_reading(
    *, batch: Batch, at: datetime, message: str = "Đang chờ lập lại bản xem thử", **changes: Any
) -> None:
    """Set a batch whose row the caller has locked on its way to be read again, with these changes of it.

    A worker reads it; where that is lost or dies, the sweeper sees that another does. Until the new preview
    is stored the old one stays, and nobody decides on it.
    """
    Batch.objects.filter(pk=batch.pk).update(
        state=BatchState.UPLOADED,
        progress=0,
        attempts=0,
        readings=F("readings") + 1,
        message=message,
        heartbeat_at=at,
        **changes,
    )


def forget_file(*, batch: Batch, message: str) -> None:
    """Refuse a batch whose file must not be kept: it goes from the store, and its name from the record.

    The file first: a worker that dies in between leaves no names of citizens behind.
    """
    batch.file.delete(save=False)
    _fail(batch, message, file="", filename="(tệp đã xoá)")


def _fail(batch: Batch, message: str, **more: str) -> None:
    Batch.objects.filter(pk=batch.pk, state=BatchState.READING).update(
        state=BatchState.FAILED, message=message[:500], progress=100, **more
    )


@transaction.atomic
def store_plan(*, batch: Batch, result: BatchPlan, notice: str = "") -> None:
    """Store the plan as the batch's rows and bring it to preview.

    Nothing where it is being read no more, or has been asked to be read again since it was planned.
    """
    period = indicator_services.ensure_period(span=result.facts.period)
    batch.layout = Layout.objects.get(code=result.tables.layout.code)
    batch.province = result.province
    batch.period = period
    batch.document = result.document
    batch.source = result.facts.source
    batch.extracted_on = result.facts.extracted_on
    batch.problems = [problem.as_json() for problem in result.file.problems]
    batch.counts = counts_of(result)
    # A worker that was thought dead may come late: a plan made before somebody's newer decision is not kept.
    taken = Batch.objects.filter(pk=batch.pk, state=BatchState.READING, readings=batch.readings).update(
        state=BatchState.PREVIEW,
        layout=batch.layout,
        province=batch.province,
        period=batch.period,
        document=batch.document,
        source=batch.source,
        extracted_on=batch.extracted_on,
        problems=batch.problems,
        counts=batch.counts,
        seen_revision=result.seen_revision,
        progress=100,
        message=notice,
        heartbeat_at=None,
    )
    if not taken:
        batch.refresh_from_db()
        return
    batch.state = BatchState.PREVIEW
    keeping.keep_rows(batch=batch, result=result)


def columns_of(result: BatchPlan) -> list[dict[str, str]]:
    """Return what each column of the file was read as, in the order of the sheet."""
    layout = result.tables.layout
    header = next(header for sheet in result.tables.sheets for header in sheet.headers)
    feeds: dict[str, list[str]] = {}
    for figure in layout.figures:
        for what, keys in (("tử số", figure.numerator), ("mẫu số", figure.denominator)):
            for key in keys:
                feeds.setdefault(key, []).append(f"{figure.indicator}: {what}")
        if figure.rate:
            feeds.setdefault(figure.rate, []).append(f"{figure.indicator}: tỷ lệ in")
        if figure.target:
            feeds.setdefault(figure.target, []).append(f"{figure.indicator}: chỉ tiêu giao")
    known = [
        (
            cell.column,
            {
                "label": cell.label,
                "role": cell.definition.role,
                "feeds": "; ".join(feeds.get(cell.definition.key, ())),
            },
        )
        for cell in header.cells
    ]
    unknown = [(column, {"label": label, "role": "", "feeds": ""}) for column, label in header.unknown]
    return [column for _, column in sorted([*known, *unknown], key=lambda item: item[0])]


def counts_of(result: BatchPlan) -> dict[str, Any]:
    """Return the totals of a plan, as the preview and the command show them."""
    unit_rows = result.file.unit_rows
    outcomes = Counter([figure.outcome for row in result.rows_to_write for figure in row.read.figures])
    targets = Counter(result.targets.values())
    paper = result.facts.paper
    return {
        "rows": len(unit_rows),
        "matched": sum(1 for row in unit_rows if row.placed.unit_id is not None),
        "refused": sum(1 for row in unit_rows if row.refused),
        "warned": sum(
            1
            for row in result.file.rows
            if not row.refused and any(problem.severity == "warning" for problem in row.problems)
        ),
        "new": outcomes["new"],
        "changed": outcomes["changed"],
        "unchanged": outcomes["unchanged"],
        "kept_later": outcomes["kept_later"],
        "kept": outcomes["kept"] + outcomes["kept_approved"],
        "written": 0,
        "targets": {
            "new": targets["new"],
            "changed": 0,
            "unchanged": targets["unchanged"],
            "differs": targets["differs"],
        },
        "targets_written": 0,
        "columns": columns_of(result),
        "due_on": result.facts.due_on.isoformat() if result.facts.due_on else None,
        "province": result.facts.province,
        "paper": None
        if paper is None
        else {
            "number": paper.number,
            "issued_on": paper.issued_on.isoformat() if paper.issued_on else None,
            "issuer": paper.issuer,
        },
    }
