"""Writing a batch: all that the preview showed, in one transaction, or nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from documents.models import Document
from dvctt.lib import numbers
from imports.models import Batch, BatchState, Row
from imports.rules.places import CHOSEN_REASON
from imports.services import planning
from imports.services.options import BatchNotReady, PreviewOutdated
from imports.services.papers import keep_document
from imports.services.reading import replan_batch
from indicators import selectors as indicator_selectors
from indicators import services as indicator_services
from indicators.models import Indicator
from indicators.services import FigureDraft, PublishedTargetDraft, Recorded
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


def begin_commit(*, batch_id: int, by: User, at: datetime, reason: str = "") -> None:
    """Set a batch in preview on its way to being written: of two that press at once, one gets it.

    Raises BatchNotReady for the other.
    """
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
        _back_to_preview(batch_id, str(error))
        replan_batch(batch_id=batch_id, at=at, message=str(error))
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
def _write(batch: Batch, at: datetime) -> None:
    rows = list(batch.rows.filter(is_group=False, refused=False, unit__isnull=False))
    indicators = {
        code: indicator_selectors.indicator_by_code(code)
        for code in sorted(
            {figure["indicator"] for row in rows for figure in row.planned}
            | {row.target["indicator"] for row in rows if row.target}
        )
    }
    document = keep_document(batch=batch)
    # Swapped counts carry their own reason in the history; what the source prints stays as it is.
    straight: list[FigureDraft] = []
    swapped: list[FigureDraft] = []
    shown: list[tuple[str, dict[str, Any] | None]] = []
    for row in rows:
        for figure in row.planned:
            draft = _draft(batch, row, figure, indicators[figure["indicator"]], document)
            (swapped if figure["swapped"] else straight).append(draft)
    for is_swapped in (False, True):
        shown += [
            (figure["outcome"], figure["previous"])
            for row in rows
            for figure in row.planned
            if figure["swapped"] == is_swapped
        ]
    drafts = [*straight, *swapped]
    _check_as_shown(drafts, shown)
    reason = batch.reason or f"Nạp tệp {batch.filename}"
    recorded = Recorded()
    for part, why in (
        (straight, reason),
        (swapped, f"{reason[:150]} · Đổi chỗ hai cột số lượng theo đồng ý của người nhập, tỷ lệ in xác nhận"),
    ):
        done = indicator_services.record_measurements(drafts=part, by=batch.committed_by, reason=why, at=at)
        recorded.new += done.new
        recorded.changed += done.changed
        recorded.unchanged += done.unchanged
        recorded.kept_later += done.kept_later
    expected = [outcome for outcome, _ in shown]
    if (recorded.new, recorded.changed) != (expected.count("new"), expected.count("changed")):
        raise PreviewOutdated(_OUTDATED)
    targets = indicator_services.record_published_targets(
        drafts=[
            _target(batch, row, indicators, document)
            for row in rows
            if row.target and row.target["outcome"] != "differs" and document is not None
        ]
    )
    shown_targets = [row.target["outcome"] for row in rows if row.target]
    expected_targets = shown_targets.count("new")
    if document is not None and targets.written != expected_targets:
        raise PreviewOutdated(_OUTDATED)
    _remember_choices(batch)
    batch.document = document
    batch.counts = batch.counts | {
        "new": recorded.new,
        "changed": recorded.changed,
        "unchanged": recorded.unchanged,
        "kept_later": len(recorded.kept_later),
        "written": recorded.written,
        "targets": batch.counts["targets"] | {"new": targets.new, "unchanged": targets.unchanged},
        "targets_written": targets.written,
    }
    Batch.objects.filter(pk=batch.pk).update(counts=batch.counts, document=document)


_OUTDATED = (
    "Số liệu trong hệ thống đã thay đổi từ lúc xem thử nên chưa ghi gì. "
    "Bản xem thử đã được lập lại; hãy xem lại rồi ghi."
)


def _check_as_shown(drafts: list[FigureDraft], shown: list[tuple[str, dict[str, Any] | None]]) -> None:
    for compared, (outcome, previous) in zip(
        indicator_services.compare_measurements(drafts=drafts), shown, strict=True
    ):
        now = compared.previous
        before = (
            None if now is None else (now.state, numbers.plain(now.value), now.numerator, now.denominator)
        )
        seen = (
            None
            if previous is None
            else (previous["state"], previous["value"], previous["numerator"], previous["denominator"])
        )
        if compared.outcome != outcome or before != seen:
            raise PreviewOutdated(_OUTDATED)


def _origin(batch: Batch, row: Row) -> str:
    return f"batch:{batch.pk};{row.sheet};{row.number}"[:200]


def _draft(
    batch: Batch, row: Row, figure: dict[str, Any], indicator: Indicator, document: Document | None
) -> FigureDraft:
    return FigureDraft(
        unit_id=row.unit_id or 0,
        indicator_id=indicator.pk,
        period_id=batch.period_id or 0,
        source=batch.source,
        origin=_origin(batch, row),
        is_rate=indicator.is_rate,
        state=figure["state"],
        numerator=figure["numerator"],
        denominator=figure["denominator"],
        value=None if figure["value"] is None else Decimal(figure["value"]),
        printed=figure["printed"],
        note=figure["note"],
        extracted_on=batch.extracted_on,
        document_id=document.pk if document else None,
    )


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
    chosen = list(batch.rows.filter(match_reason=CHOSEN_REASON, unit__isnull=False).select_related("unit"))
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
