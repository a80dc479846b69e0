"""Writing a batch: all that the preview showed, in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from documents.models import Document
from imports import matters
from imports.models import Batch, BatchState, Outcome, Row
from imports.planned import select_cells
from imports.services import planning
from imports.services.options import BatchNotReady, NotSettled, PreviewOutdated
from imports.services.papers import keep_document
from imports.services.reading import await_reading, read_batch
from indicators import selectors as indicator_selectors
from indicators import services as indicator_services
from indicators.models import Indicator
from indicators.services import PublishedTargetDraft, Recorded
from units import selectors as unit_selectors
from units import services as unit_services
from units.models import Unit

if TYPE_CHECKING:
    from accounts.models import User

STATE_WORDS = {
    BatchState.COMMITTED: "đã được ghi",
    BatchState.COMMITTING: "đang được ghi",
    BatchState.CANCELLED: "đã bị huỷ",
    BatchState.FAILED: "không đọc được",
}


def commit_batch(*, batch_id: int, by: User, at: datetime, reason: str = "") -> Batch:
    """Write a batch in preview and return it with its totals.

    Raises BatchNotReady where it is not in preview (a second commit, a cancelled batch), PreviewOutdated
    where figures have changed since the preview; nothing is written then.
    """
    begin_commit(batch_id=batch_id, by=by, at=at, reason=reason)
    batch = finish_commit(batch_id=batch_id, at=at)
    if batch is None:
        raise BatchNotReady(why_not_ready(batch_id=batch_id))
    return batch


def begin_commit(*, batch_id: int, by: User, at: datetime, reason: str = "", settled: bool = False) -> None:
    """Set a batch in preview on its way to being written: of two that press at once, one gets it.

    Raises BatchNotReady for the other. With `settled`, as pages ask it, everything left to a person must have
    been settled first: NotSettled says what is not.
    """
    if settled:
        check_settled(batch=Batch.objects.get(pk=batch_id))
    begun = Batch.objects.filter(pk=batch_id, state=BatchState.PREVIEW).update(
        state=BatchState.COMMITTING,
        committed_by=by,
        reason=reason.strip()[:300],
        heartbeat_at=at,
        attempts=0,
        progress=0,
        message="Đang chờ ghi",
    )
    if not begun:
        raise BatchNotReady(why_not_ready(batch_id=batch_id))


def check_settled(*, batch: Batch) -> None:
    """Raise NotSettled where names, errors or warnings of the batch are left to a person."""
    left = matters.matters_of(batch=batch)
    told = []
    if left.unmatched:
        told.append(f"{left.unmatched} dòng chưa khớp đơn vị")
    if left.refused_open:
        told.append(f"{left.refused_open} dòng có lỗi chưa được sửa hoặc bỏ ra")
    if left.warnings_open:
        told.append(f"{left.warnings_open} cảnh báo chưa được xem")
    if told:
        raise NotSettled(f"Chưa ghi được: còn {', '.join(told)}. Hãy xử lý ở bước Khớp đơn vị và Kiểm tra.")


def finish_commit(
    *, batch_id: int, at: datetime, progress: planning.Progress = planning.no_progress
) -> Batch | None:
    """Write a batch whose commit has begun; None where that is done already or was never begun.

    Running twice does no harm: the state change is the lock, and it commits with the figures. Raises
    PreviewOutdated, with the preview made anew, where figures have changed since it was shown.
    """
    progress(20, "Đang kiểm tra lại trước khi ghi")
    try:
        with transaction.atomic():
            # The row lock of this update makes a second worker wait, and then find nothing to do.
            taken = Batch.objects.filter(pk=batch_id, state=BatchState.COMMITTING).update(
                state=BatchState.COMMITTED,
                committed_at=at,
                progress=100,
                message="Đã ghi xong",
                heartbeat_at=None,
                attempts=F("attempts") + 1,
            )
            if not taken:
                return None
            batch = Batch.objects.select_related("committed_by", "period", "province").get(pk=batch_id)
            _write(batch, at)
            return batch
    except PreviewOutdated as error:
        with transaction.atomic():
            outdated = Batch.objects.select_for_update().get(pk=batch_id)
            await_reading(batch=outdated, at=at, message=str(error), committed_by=None)
        read_batch(batch_id=batch_id, at=at, progress=progress, notice=str(error))
        raise
    except Exception:
        # Inside a transaction that the database has broken off this cannot be said any more.
        with suppress(DatabaseError):
            _back_to_preview(
                batch_id, "Ghi không thành do lỗi hệ thống; chưa ghi gì. Hãy thử lại hoặc báo quản trị."
            )
        raise


def _back_to_preview(batch_id: int, message: str) -> None:
    Batch.objects.filter(pk=batch_id, state=BatchState.COMMITTING).update(
        state=BatchState.PREVIEW, message=message[:500], heartbeat_at=None, committed_by=None
    )


def why_not_ready(*, batch_id: int) -> str:
    """Return why the batch cannot be written, for a person."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        return "Không có lần nhập này."
    words = STATE_WORDS.get(BatchState(batch.state), "chưa đọc xong")
    when = f" ngày {timezone.localdate(batch.committed_at):%d/%m/%Y}" if batch.committed_at else ""
    return f"Lần nhập tệp “{batch.filename}” {words}{when} nên không ghi được nữa."


# --- Inside the one transaction ----------------------------------------------------------------------------
_OUTDATED = (
    "Số liệu trong hệ thống đã thay đổi từ lúc xem thử nên chưa ghi gì. "
    "Bản xem thử đã được lập lại; hãy xem lại rồi ghi."
)
_SWAPPED = " · Đổi chỗ hai cột số lượng theo đồng ý của người nhập"
# Every cell holds what the preview showed, or nothing where it showed nothing.
_COUNT_OUTDATED = """
SELECT count(*)
FROM ({cells}) c
LEFT JOIN indicators_measurement m
    ON m.unit_id = c.unit_id AND m.indicator_id = c.indicator_id AND m.period_id = c.period_id
    AND m.source = c.source AND m.scope = 'own'
WHERE (m.id IS NULL AND c.seen_at IS NOT NULL) OR (m.id IS NOT NULL AND c.seen_at IS NULL)
    OR m.updated_at <> c.seen_at
"""
_REDEFINED = (
    "Định nghĩa của một chỉ tiêu trong tệp đã có phiên bản mới cho kỳ này từ lúc xem thử nên chưa ghi gì. "
    "Bản xem thử đã được lập lại theo phiên bản mới; hãy xem lại rồi ghi."
)
_COUNT_REDEFINED = "SELECT count(*) FROM ({cells}) c WHERE c.indicator_id NOT IN ({holding})"
# The columns of indicators' DRAFT_COLUMNS by their names, and `before`.
_SELECT_DRAFTS = """
SELECT c.unit_id, c.indicator_id, c.period_id, c.source, 'own' AS scope, c.numerator, c.denominator, c.value,
       c.state, c.printed, c.note, c.extracted_on, CAST(%s AS bigint) AS document_id,
       substr(%s || c.sheet || ';' || c.number, 1, 200) AS origin,
       c.indicator_id IN (SELECT i.id FROM indicators_indicator i WHERE i.is_rate) AS is_rate,
       '' AS over_bound_reason, c.before
FROM ({cells}) c
WHERE c.outcome = %s AND c.swapped = %s
"""


def _write(batch: Batch, at: datetime) -> None:
    document = keep_document(batch=batch)
    reason = batch.reason or f"Nạp tệp {batch.filename}"
    written = 0
    with connection.cursor() as cursor:
        indicator_services.lock_figures(cursor)
        _check_preview_holds(cursor, batch)
        select = _SELECT_DRAFTS.format(cells=select_cells())
        params = [document.pk if document else None, f"batch:{batch.pk};", batch.pk]
        for outcome, is_swapped, write in _writings(batch):
            written += write(
                cursor,
                select=select,
                params=[*params, outcome, is_swapped],
                by_id=batch.committed_by_id,
                at=at,
                reason=f"{reason[:200]}{_SWAPPED}" if is_swapped else reason,
            )
    if written != batch.counts["new"] + batch.counts["changed"]:
        raise PreviewOutdated(_OUTDATED)
    targets = _write_targets(batch, document)
    _remember_choices(batch)
    batch.document = document
    batch.counts = batch.counts | {
        "written": written,
        "targets": batch.counts["targets"] | {"new": targets.new, "unchanged": targets.unchanged},
        "targets_written": targets.written,
    }
    Batch.objects.filter(pk=batch.pk).update(counts=batch.counts, document=document)


def _check_preview_holds(cursor: Any, batch: Batch) -> None:
    """Raise PreviewOutdated where a cell of the batch holds something else than when the preview was made."""
    _check_definitions_hold(cursor, batch)
    if batch.seen_revision == indicator_services.newest_revision():
        return  # no figure at all has changed since
    cursor.execute(_COUNT_OUTDATED.format(cells=select_cells()), [batch.pk])
    if cursor.fetchone()[0]:
        raise PreviewOutdated(_OUTDATED)


def _check_definitions_hold(cursor: Any, batch: Batch) -> None:
    """Raise PreviewOutdated where an indicator has been defined anew for the batch's period meanwhile."""
    if batch.period is None or not Indicator.objects.filter(valid_from__lte=batch.period.ends_on).exists():
        return
    holding = [one.pk for one in indicator_selectors.current_indicators(on=batch.period.ends_on)]
    marks = ", ".join(["%s"] * len(holding))
    cursor.execute(_COUNT_REDEFINED.format(cells=select_cells(), holding=marks), [batch.pk, *holding])
    if cursor.fetchone()[0]:
        raise PreviewOutdated(_REDEFINED)


def _writings(batch: Batch) -> Iterator[tuple[Outcome, bool, Callable[..., int]]]:
    """Give what is to be written: which outcome, of exchanged counts or not, and by which statements."""
    services = indicator_services
    may_be_withdrawn = services.have_withdrawn(period_id=batch.period_id or 0, source=batch.source)
    write_new = services.write_selected if may_be_withdrawn else services.write_new
    # Exchanged counts carry their own reason in the history; what the source prints stays as it is.
    has_swapped = batch.rows.filter(swap_accepted=True).exists()
    for is_swapped in (False, True) if has_swapped else (False,):
        if batch.counts["new"]:
            yield Outcome.NEW, is_swapped, write_new
        if batch.counts["changed"]:
            yield Outcome.CHANGED, is_swapped, services.write_selected


def _write_targets(batch: Batch, document: Document | None) -> Recorded:
    rows = list(batch.rows.filter(is_group=False, refused=False, unit__isnull=False, target__isnull=False))
    if document is None or not rows:
        return Recorded()
    indicators = {
        code: indicator_selectors.indicator_by_code(code, on=batch.period.ends_on if batch.period else None)
        for code in sorted({row.target["indicator"] for row in rows if row.target})
    }
    targets = indicator_services.record_published_targets(
        drafts=[
            _target(batch, row, indicators, document)
            for row in rows
            if row.target and row.target["outcome"] != "differs"
        ]
    )
    if targets.written != [row.target["outcome"] for row in rows if row.target].count("new"):
        raise PreviewOutdated(_OUTDATED)
    return targets


def _origin(batch: Batch, row: Row) -> str:
    return f"batch:{batch.pk};{row.sheet};{row.number}"[:200]


def _target(
    batch: Batch, row: Row, indicators: dict[str, Indicator], document: Document | None
) -> PublishedTargetDraft:
    target: dict[str, Any] = row.target or {}
    due_on = batch.counts.get("due_on")
    return PublishedTargetDraft(
        document_id=document.pk if document else 0,
        unit_id=row.unit_id or 0,
        indicator_id=indicators[target["indicator"]].pk,
        printed=target["printed"],
        origin=_origin(batch, row),
        maintain=target["maintain"],
        value=None if target["value"] is None else Decimal(target["value"]),
        due_on=None if due_on is None else datetime.fromisoformat(due_on).date(),
    )


def _remember_choices(batch: Batch) -> None:
    """What a person settled in this file holds for the next file of this source."""
    chosen = list(batch.rows.filter(chosen=True, unit__isnull=False).select_related("unit"))
    if not chosen or batch.period is None or batch.province is None:
        return
    found = unit_selectors.names_on(
        unit_ids={row.unit_id for row in chosen if row.unit_id}, on=batch.period.ends_on
    )
    names = {unit_id: name.parent_id for unit_id, name in found.items()}
    parents = Unit.objects.in_bulk({parent for parent in names.values() if parent is not None})
    for row in chosen:
        parent_id = names.get(row.unit_id or 0)
        if row.unit is None or parent_id is None:
            continue
        try:
            unit_services.settle_alias(
                unit=row.unit,
                parent=parents[parent_id],
                source=batch.source,
                name=row.printed,
                kind="",
                evidence=f"Tệp {batch.filename[:120]}, sheet {row.sheet}, dòng {row.number}; người nhập chọn",
                by=batch.committed_by,
            )
        except unit_services.UnitError as error:
            raise PreviewOutdated(f"Dòng {row.number}: {error}") from error
