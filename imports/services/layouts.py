"""Layouts that an office declares and edits, each change with its author, time and reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from dvctt.lib import names, sheets
from dvctt.lib.sheets import Sheet
from imports.models import Batch, BatchState, Layout, LayoutRevision
from imports.rules import layouts, tables
from imports.rules.headers import UnknownHeader
from imports.rules.layouts import LayoutInvalid
from imports.rules.problems import ImportRefused
from imports.services import receiving
from imports.services.options import BatchNotReady, ReasonMissing, decided, facts_said

if TYPE_CHECKING:
    from accounts.models import User


class LayoutChanged(ValueError):
    """Somebody else changed the layout in between; str() says so."""


def table_of(*, batch: Batch) -> tuple[Sheet, UnknownHeader] | None:
    """Return the sheet and header of a batch's table of no known layout, or None where none is found.

    Raises sheets.FileRefused.
    """
    workbook = sheets.read_workbook(receiving.content_of(batch), filename=batch.filename)
    header = tables.unknown_header(workbook.sheets)
    if header is None:
        return None
    return next(sheet for sheet in workbook.sheets if sheet.name == header.sheet), header


def create_layout(*, name: str, definition: Mapping[str, Any], reason: str, by: User, at: datetime) -> Layout:
    """Store a new layout under a code of its own. Raises LayoutInvalid, ReasonMissing."""
    name = names.nfc(name)[:200]
    if not name:
        raise LayoutInvalid("Hãy đặt tên cho mẫu.")
    base = slugify(names.fold(name))[:50] or "mau"
    with transaction.atomic():
        code, number = base, 1
        while Layout.objects.filter(code=code).exists():
            number += 1
            code = f"{base}-{number}"
        layouts.read_layout(code=code, name=name, definition=definition)
        layout = Layout.objects.create(code=code, name=name, definition=dict(definition))
        _keep(layout, reason, by, at)
    return layout


def change_layout(
    *,
    layout: Layout,
    name: str,
    definition: Mapping[str, Any],
    retired: bool,
    seen: int,
    reason: str,
    by: User,
    at: datetime,
) -> Layout:
    """Change a layout whose last change was revision `seen`; batches that were read by it stay as they are.

    Raises LayoutInvalid, LayoutChanged, ReasonMissing.
    """
    layouts.read_layout(code=layout.code, name=name, definition=definition)
    with transaction.atomic():
        layout = Layout.objects.select_for_update().get(pk=layout.pk)
        if latest_revision(layout=layout) != seen:
            raise LayoutChanged(
                "Mẫu này vừa được người khác sửa. Điều bạn nhập còn ở dưới; hãy mở lại trang để xem."
            )
        layout.name = names.nfc(name)[:200] or layout.name
        layout.definition = dict(definition)
        layout.retired_at = (layout.retired_at or at) if retired else None
        layout.save(update_fields=["name", "definition", "retired_at"])
        _keep(layout, reason, by, at)
    return layout


def latest_revision(*, layout: Layout) -> int:
    """Return the number of the layout's last change; 0 for one as the product brought it."""
    return layout.revisions.aggregate(last=Max("number"))["last"] or 0


def _keep(layout: Layout, reason: str, by: User, at: datetime) -> None:
    if not reason.strip():
        raise ReasonMissing("Hãy ghi lý do; lý do được lưu trong lịch sử của mẫu.")
    LayoutRevision.objects.create(
        layout=layout,
        number=latest_revision(layout=layout) + 1,
        name=layout.name,
        definition=layout.definition,
        retired=layout.retired_at is not None,
        reason=names.nfc(reason)[:300],
        by=by,
        at=at,
    )


def map_batch(
    *,
    batch_id: int,
    name: str,
    definition: Mapping[str, Any],
    province: str,
    period: str,
    source: str,
    extracted_on: date | None,
    by: User,
    at: datetime,
) -> Layout:
    """Store the layout that a person declared for a batch that waits for it, and set the batch on its way.

    Raises LayoutInvalid (also where the file itself is not recognised by it), BatchNotReady for the second of
    two people.
    """
    with transaction.atomic():
        batch = Batch.objects.get(pk=batch_id)
        said = facts_said(
            province=province, period=period, source=source, extracted_on=extracted_on, by_id=by.pk
        )
        taken = Batch.objects.filter(pk=batch_id, state=BatchState.MAPPING).update(
            state=BatchState.UPLOADED,
            progress=0,
            attempts=0,
            message="Đang chờ đọc tệp",
            heartbeat_at=at,
            options=decided(batch.options, "layout", said, by_id=by.pk, at=at),
        )
        if not taken:
            raise BatchNotReady("Mẫu của tệp này đã được người khác khai; hãy xem lại lần nhập.")
        layout = create_layout(
            name=name, definition=definition, reason=f"Khai mẫu từ tệp {batch.filename[:150]}", by=by, at=at
        )
        _check_recognised(batch, layout)
    return layout


def _check_recognised(batch: Batch, layout: Layout) -> None:
    workbook = sheets.read_workbook(receiving.content_of(batch), filename=batch.filename)
    mine = layouts.read_layout(code=layout.code, name=layout.name, definition=layout.definition)
    try:
        tables.read_tables(workbook.sheets, [mine])
    except ImportRefused as error:
        raise LayoutInvalid(f"Mẫu vừa khai chưa nhận ra chính tệp này: {error}") from error
