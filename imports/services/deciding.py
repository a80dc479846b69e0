"""What a person decides on a preview: exchange two counts, settle a name, give the file up.

A decision that changes the plan sets the batch on its way to be read again, by the worker, in the same
transaction: a decision is never kept without the preview that follows from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from imports import matters, selectors
from imports.models import Batch, BatchState, Outcome, Row
from imports.rules import places
from imports.rules.checks import Place
from imports.services.options import BatchNotReady, ReasonMissing, decided, facts_said
from imports.services.planning import check_choice
from imports.services.reading import await_reading
from units import selectors as unit_selectors
from units.models import Unit

if TYPE_CHECKING:
    from accounts.models import User


def accept_swap(*, batch_id: int, row_id: int, accepted: bool, by: User, at: datetime) -> None:
    """Agree, or no longer agree, to exchange the two counts of a row; the batch waits to be read again.

    Raises BatchNotReady, Row.DoesNotExist.
    """
    with transaction.atomic():
        batch = _in_preview(batch_id)
        row = batch.rows.get(pk=row_id, is_group=False)
        key = [row.sheet, row.number]
        swaps = [swap for swap in batch.options.get("swaps", []) if swap != key]
        _keep(batch, "swaps", [*swaps, key] if accepted else swaps, by, at)
        await_reading(batch=batch, at=at)


def choose_units(*, batch_id: int, chosen: Mapping[int, Unit], by: User, at: datetime) -> None:
    """Settle which unit each of these rows (by position) means; the batch waits to be read again.

    A choice becomes an alias of the batch's source when the batch is written.
    Raises BatchNotReady, ChoiceInvalid (a unit of another parent), Row.DoesNotExist.
    """
    with transaction.atomic():
        batch = _in_preview(batch_id)
        if batch.period is None:
            raise BatchNotReady("Chưa rõ kỳ của tệp nên chưa chọn đơn vị được.")
        on = batch.period.ends_on
        found = unit_selectors.names_on(unit_ids=[unit.pk for unit in chosen.values()], on=on)
        choices = list(batch.options.get("choices", []))
        rows = {row.position: row for row in batch.rows.filter(position__in=list(chosen))}
        for position, unit in chosen.items():
            if position not in rows:
                raise Row.DoesNotExist
            row = rows[position]
            if row.unit_id is not None:
                raise BatchNotReady(f"Dòng {row.number} đã khớp với một đơn vị nên không cần chọn.")
            name = found.get(unit.pk)
            place = name and Place(name.unit_id, name.full_name, name.level, name.parent_id, name.parent_name)
            check_choice(place or None, row.parent_id, row.printed)
            key = places.printed_key(row.printed)
            choices = [c for c in choices if (c["parent_id"], c["printed_key"]) != (row.parent_id, key)]
            choices.append({"unit_id": unit.pk, "parent_id": row.parent_id, "printed_key": key})
        _keep(batch, "choices", choices, by, at)
        await_reading(batch=batch, at=at)


def forget_choices(*, batch_id: int, by: User, at: datetime) -> None:
    """Take back every unit settled by hand in this batch, which waits to be read again.

    Raises BatchNotReady.
    """
    with transaction.atomic():
        batch = _in_preview(batch_id)
        _keep(batch, "choices", [], by, at)
        await_reading(batch=batch, at=at)


def set_rows_aside(
    *, batch_id: int, rows: Collection[tuple[str, int]], reason: str, by: User, at: datetime
) -> None:
    """Leave rows that cannot be written (sheet, number) out of the batch, with a reason; others stay as set.

    Raises BatchNotReady, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing("Hãy ghi lý do bỏ dòng; lý do được lưu cùng lần nhập.")
    with transaction.atomic():
        batch = _in_preview(batch_id)
        standing = batch.options.get("set_aside", {})
        listed = dict.fromkeys([*map(tuple, standing.get("rows", ())), *sorted(rows)])
        reasons = [text for text in (standing.get("reason", ""), reason.strip()[:300]) if text]
        value = {"rows": [list(row) for row in listed], "reason": "; ".join(dict.fromkeys(reasons))[:600]}
        _keep(batch, "set_aside", value, by, at)


def accept_warnings(
    *, batch_id: int, kinds: Sequence[str] = (), keys: Sequence[str] = (), reason: str, by: User, at: datetime
) -> int:
    """Accept warnings, all of a kind or one by one (by key); return how many. What comes later is not meant.

    Raises BatchNotReady.
    """
    with transaction.atomic():
        batch = _in_preview(batch_id)
        accepted = dict.fromkeys(batch.options.get("accepted", ()))
        before = len(accepted)
        accepted |= dict.fromkeys(matters.keys_of(matters.matters_of(batch=batch), kinds=kinds, keys=keys))
        _keep(
            batch, "accepted", list(accepted), by, at, reason=reason.strip()[:300], how=[*kinds, *keys][:50]
        )
        return len(accepted) - before


def keep_cell(
    *, batch_id: int, row_position: int, indicator: str, keep: bool, by: User, at: datetime
) -> None:
    """Keep the figure that stands in a cell, or write the file's after all; the batch is read again.

    A figure that a reviewer approved stays by itself: writing over it is what has to be said.
    Raises BatchNotReady, Row.DoesNotExist.
    """
    with transaction.atomic():
        batch = _in_preview(batch_id)
        row = batch.rows.get(position=row_position)
        cell = selectors.planned_cell(row=row, code=indicator)
        if cell is None or cell.outcome not in (Outcome.CHANGED, Outcome.KEPT, Outcome.KEPT_APPROVED):
            raise BatchNotReady("Ô này không thay số nào đang có nên không có gì để giữ.")
        key = [row.sheet, row.number, indicator]
        is_approved = cell.outcome == Outcome.KEPT_APPROVED or key in batch.options.get("overwritten", [])
        name, wanted = ("overwritten", not keep) if is_approved else ("kept", keep)
        others = [one for one in batch.options.get(name, []) if one != key]
        _keep(batch, name, [*others, key] if wanted else others, by, at)
        await_reading(batch=batch, at=at)


def restate_facts(
    *,
    batch_id: int,
    province: str,
    period: str,
    source: str,
    extracted_on: date | None,
    by: User,
    at: datetime,
) -> None:
    """Say anew what the file is of, and set it on its way to be read again. Raises BatchNotReady."""
    with transaction.atomic():
        batch = (
            Batch.objects.select_for_update(of=("self",))
            .filter(pk=batch_id, state__in=[BatchState.PREVIEW, BatchState.FAILED])
            .first()
        )
        if batch is None:
            raise BatchNotReady("Lần nhập này không còn ở bước nhận dạng nên không đổi được.")
        said = facts_said(
            province=province, period=period, source=source, extracted_on=extracted_on, by_id=by.pk
        )
        options = decided(batch.options, "facts", said, by_id=by.pk, at=at)
        await_reading(batch=batch, at=at, message="Đang chờ đọc lại tệp", options=options)


def cancel_batch(*, batch_id: int, by: User, at: datetime) -> None:
    """Give a batch up before it is written; its file stays for the record. Raises BatchNotReady."""
    cancelled = Batch.objects.filter(
        pk=batch_id,
        state__in=[
            BatchState.UPLOADED,
            BatchState.READING,
            BatchState.MAPPING,
            BatchState.PREVIEW,
            BatchState.FAILED,
        ],
    ).update(
        state=BatchState.CANCELLED,
        message=f"{by} huỷ lúc {at:%H:%M %d/%m/%Y}"[:500],
        heartbeat_at=None,
    )
    if not cancelled:
        raise BatchNotReady("Lần nhập này đã ghi hoặc đang ghi nên không huỷ được.")


def _in_preview(batch_id: int) -> Batch:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("period").get(pk=batch_id)
    if batch.state in (BatchState.UPLOADED, BatchState.READING):
        raise BatchNotReady(
            "Bản xem thử đang được lập lại theo một quyết định vừa có; hãy xem lại rồi quyết định."
        )
    if batch.state != BatchState.PREVIEW:
        raise BatchNotReady(
            f"Lần nhập này đang ở trạng thái “{batch.get_state_display()}” nên không sửa được nữa."
        )
    return batch


def _keep(batch: Batch, name: str, value: Any, by: User, at: datetime, **more: Any) -> None:
    batch.options = decided(batch.options, name, {name: value}, by_id=by.pk, at=at, **more)
    batch.save(update_fields=["options"])
