"""What a person decides on a preview: exchange two counts, settle a name, give the file up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from imports.models import Batch, BatchState
from imports.rules import places
from imports.rules.checks import Place
from imports.services.options import BatchNotReady
from imports.services.planning import check_choice
from imports.services.reading import replan_batch
from units import selectors as unit_selectors
from units.models import Unit

if TYPE_CHECKING:
    from accounts.models import User


def accept_swap(*, batch_id: int, row_id: int, accepted: bool, by: User, at: datetime) -> Batch:
    """Agree, or no longer agree, to exchange the two counts of a row, and make the preview anew.

    Raises BatchNotReady, Row.DoesNotExist.
    """
    with transaction.atomic():
        batch = _in_preview(batch_id)
        row = batch.rows.get(pk=row_id, is_group=False)
        key = [row.sheet, row.number]
        swaps = [swap for swap in batch.options.get("swaps", []) if swap != key]
        _keep(batch, "swaps", [*swaps, key] if accepted else swaps, by, at)
    return replan_batch(batch_id=batch_id, at=at)


def choose_unit(*, batch_id: int, row_id: int, unit: Unit, by: User, at: datetime) -> Batch:
    """Settle which unit a row or group heading means, and make the preview anew.

    The choice becomes an alias of the batch's source when the batch is written.
    Raises BatchNotReady, ChoiceInvalid (a unit of another parent), Row.DoesNotExist.
    """
    with transaction.atomic():
        batch = _in_preview(batch_id)
        row = batch.rows.get(pk=row_id)
        if batch.period is None or row.unit_id is not None:
            raise BatchNotReady(f"Dòng {row.number} đã khớp với một đơn vị nên không cần chọn.")
        on = batch.period.ends_on
        name = unit_selectors.names_on(unit_ids=[unit.pk], on=on).get(unit.pk)
        place = name and Place(name.unit_id, name.full_name, name.level, name.parent_id, name.parent_name)
        check_choice(place or None, row.parent_id, row.printed)
        key = places.printed_key(row.printed)
        choice = {"unit_id": unit.pk, "parent_id": row.parent_id, "printed_key": key}
        others = [
            c
            for c in batch.options.get("choices", [])
            if (c["parent_id"], c["printed_key"]) != (row.parent_id, key)
        ]
        _keep(batch, "choices", [*others, choice], by, at)
    return replan_batch(batch_id=batch_id, at=at)


def forget_choices(*, batch_id: int, by: User, at: datetime) -> Batch:
    """Take back every unit settled by hand in this batch, and make the preview anew. Raises BatchNotReady."""
    with transaction.atomic():
        _keep(_in_preview(batch_id), "choices", [], by, at)
    return replan_batch(batch_id=batch_id, at=at)


def cancel_batch(*, batch_id: int, by: User, at: datetime) -> None:
    """Give a batch up before it is written; its file stays for the record. Raises BatchNotReady."""
    cancelled = Batch.objects.filter(
        pk=batch_id,
        state__in=[BatchState.UPLOADED, BatchState.READING, BatchState.PREVIEW, BatchState.FAILED],
    ).update(
        state=BatchState.CANCELLED,
        message=f"{by} huỷ lúc {at:%H:%M %d/%m/%Y}"[:500],
        heartbeat_at=None,
    )
    if not cancelled:
        raise BatchNotReady("Lần nhập này đã ghi hoặc đang ghi nên không huỷ được.")


def _in_preview(batch_id: int) -> Batch:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("period").get(pk=batch_id)
    if batch.state != BatchState.PREVIEW:
        raise BatchNotReady(
            f"Lần nhập này đang ở trạng thái “{batch.get_state_display()}” nên không sửa được nữa."
        )
    return batch


def _keep(batch: Batch, name: str, value: list[Any], by: User, at: datetime) -> None:
    log = [*batch.options.get("decisions", []), {"what": name, "by": by.pk, "at": at.isoformat()}]
    batch.options = batch.options | {name: value, "decisions": log}
    batch.save(update_fields=["options"])
