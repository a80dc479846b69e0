"""Undoing a batch: every cell that it wrote becomes as it was, or nothing changes and it is told why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from imports.models import Batch, BatchState, Outcome
from imports.planned import cells_of, select_cells
from imports.services.committing import STATE_WORDS
from imports.services.options import BatchNotReady, ReasonMissing
from indicators import services as indicator_services
from indicators.models import Indicator, PublishedTarget
from indicators.services import LaterFigure, LaterFigures
from units import selectors as unit_selectors

if TYPE_CHECKING:
    from accounts.models import User

_CELLS: Final = """
SELECT c.unit_id, c.indicator_id, c.period_id, c.source, 'own' AS scope
FROM ({cells}) c WHERE c.outcome IN ('new', 'changed')
"""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A cell on which something later stands, in words."""

    unit: str
    parent: str
    indicator: str
    since: datetime | None
    origin: str


class UndoRefused(BatchNotReady):
    """Something later stands on figures of the batch; `cells` says on which."""

    def __init__(self, cells: list[Hindrance]) -> None:
        super().__init__(
            f"Không hoàn tác được: {len(cells)} ô đã có số liệu ghi sau lần nhập này. Chưa có gì thay đổi. "
            "Hãy hoàn tác các lần ghi sau trước, hoặc sửa riêng từng ô."
        )
        self.cells = cells


def undo_batch(*, batch_id: int, by: User, at: datetime, reason: str) -> Batch:
    """Take back everything that the batch wrote; its file, its rows and the history stay.

    Figures that were new are withdrawn, changed ones get back what stood before; targets that it printed go.
    Raises BatchNotReady for a batch that is not written (a second undo too), ReasonMissing, UndoRefused.
    """
    if not reason.strip():
        raise ReasonMissing("Hãy ghi lý do hoàn tác; lý do được lưu trong lịch sử số liệu.")
    try:
        with transaction.atomic():
            # The row lock of this update makes a second undo wait, and then find nothing to do.
            taken = Batch.objects.filter(pk=batch_id, state=BatchState.COMMITTED).update(
                state=BatchState.UNDONE, undone_by=by, undone_at=at, undo_reason=reason.strip()[:300]
            )
            batch = Batch.objects.select_related("period").get(pk=batch_id)
            if not taken:
                raise BatchNotReady(_why_not(batch))
            confirmed = _confirmed(batch)
            if confirmed:
                raise LaterFigures(confirmed)
            undone = indicator_services.undo_cells(
                cells=_CELLS.format(cells=select_cells()),
                params=[batch_id],
                prefix=f"batch:{batch_id};",
                by=by,
                at=at,
                reason=f"lần nhập {batch_id}: {reason.strip()}",
                origin=f"Hoàn tác lần nhập {batch_id}",
            )
            targets, _ = PublishedTarget.objects.filter(origin__startswith=f"batch:{batch_id};").delete()
            batch.counts = batch.counts | {
                "undone": {"restored": undone.restored, "withdrawn": undone.withdrawn, "targets": targets}
            }
            batch.save(update_fields=["counts"])
            return batch
    except LaterFigures as error:
        raise UndoRefused(_hindrances(Batch.objects.get(pk=batch_id), error.cells)) from error


def _why_not(batch: Batch) -> str:
    if batch.state == BatchState.UNDONE:
        return f"Lần nhập tệp “{batch.filename}” đã được hoàn tác trước đó."
    words = STATE_WORDS.get(BatchState(batch.state), "chưa được ghi")
    return f"Lần nhập tệp “{batch.filename}” {words} nên không có gì để hoàn tác."


def _confirmed(batch: Batch) -> list[LaterFigure]:
    """The figures that another file, written later, found to be the same: it stands on them too."""
    later = Batch.objects.filter(
        period=batch.period,
        source=batch.source,
        state=BatchState.COMMITTED,
        committed_at__gte=batch.committed_at,
    ).exclude(pk=batch.pk)
    if not later:
        return []
    written = {Outcome.NEW.value, Outcome.CHANGED.value}
    mine = {
        (unit_id, cell.indicator_id)
        for unit_id, figures in batch.rows.values_list("unit_id", "figures")
        for cell in cells_of(figures)
        if cell.outcome in written
    }
    return [
        LaterFigure(unit_id or 0, cell.indicator_id, f"batch:{other.pk};", other.committed_at)
        for other in later
        for unit_id, figures in other.rows.values_list("unit_id", "figures")
        for cell in cells_of(figures)
        if cell.outcome == Outcome.UNCHANGED and (unit_id, cell.indicator_id) in mine
    ]


def _hindrances(batch: Batch, cells: list[LaterFigure]) -> list[Hindrance]:
    on = batch.period.ends_on if batch.period else batch.created_at.date()
    named = unit_selectors.names_on(unit_ids={cell.unit_id for cell in cells}, on=on)
    indicators = Indicator.objects.in_bulk({cell.indicator_id for cell in cells})
    found = []
    for cell in cells:
        name = named.get(cell.unit_id)
        found.append(
            Hindrance(
                name.full_name if name else str(cell.unit_id),
                name.parent_name if name else "",
                indicators[cell.indicator_id].short_name,
                cell.at,
                _origin_words(cell.origin),
            )
        )
    return sorted(found, key=lambda one: (one.parent, one.unit, one.indicator))


def _origin_words(origin: str) -> str:
    if origin.startswith("batch:"):
        return f"lần nhập {origin.removeprefix('batch:').split(';')[0]}"
    if origin.startswith("submission:"):
        return "báo cáo đã duyệt của đơn vị"
    return origin or "đã được rút lại"
