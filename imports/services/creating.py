"""Units that a file names and the tree lacks: made only when asked, and only where nothing comes near."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from dvctt.lib import names
from imports.models import Batch, BatchState
from imports.rules.places import PlacedRow
from imports.services import receiving
from imports.services.options import BatchNotReady, options_of
from imports.services.planning import plan_batch
from imports.services.reading import await_reading
from units import selectors as unit_selectors
from units import services as unit_services
from units.models import LEVEL_OF, Kind, Level, Unit
from units.services import UnitDraft

if TYPE_CHECKING:
    from accounts.models import User

_LONGEST_KEY: Final = 120


@transaction.atomic
def create_missing_units(*, batch: Batch, by: User | None, at: datetime) -> int:
    """Add the units that the batch's file names and the tree lacks; return how many.

    A row that resembles a unit which stood before is never created. The province itself is made where it is
    unknown, districts come from their own rows or from group headings, all from the first day of the period.
    Raises sheets.FileRefused or ImportRefused.
    """
    content = receiving.content_of(batch)
    _, facts = receiving.look_into(
        content=content, filename=batch.filename, options=options_of(batch.options)
    )
    on = facts.period.ends_on
    maker = _Maker(batch, facts.period.starts_on)
    created = 0
    if unit_selectors.province_named(name=facts.province, on=on) is None:
        created += unit_services.add_units(drafts=[maker.province(facts.province)], by=by)
    result = plan_batch(batch=batch, at=at)
    maker.take(result.province, [row.placed for row in result.file.rows])
    return created + unit_services.add_units(drafts=maker.drafts, by=by)


@transaction.atomic
def create_chosen_units(
    *, batch_id: int, positions: Collection[int], valid_from: date, by: User, at: datetime
) -> int:
    """Add the units that these rows (by position) of a batch in preview name, and match the file again.

    Only rows that resemble nothing in the tree bring new units, from `valid_from`, which must not lie after
    the period's end. Return how many. Raises BatchNotReady, sheets.FileRefused, ImportRefused.
    """
    batch = (
        Batch.objects.select_for_update(of=("self",)).select_related("period", "created_by").get(pk=batch_id)
    )
    if batch.state != BatchState.PREVIEW or batch.period is None:
        raise BatchNotReady("Lần nhập này không còn ở bước khớp đơn vị nên không thêm đơn vị được.")
    if valid_from > batch.period.ends_on:
        raise BatchNotReady(
            f"Đơn vị mới phải có trước khi kỳ kết thúc ({batch.period.ends_on:%d/%m/%Y}); hãy chọn ngày khác."
        )
    wanted = set(batch.rows.filter(position__in=positions).values_list("sheet", "number"))
    result = plan_batch(batch=batch, at=at)
    maker = _Maker(batch, valid_from)
    maker.take(
        result.province,
        [
            row.placed
            for row in result.file.rows
            if row.placed.is_group or (row.placed.row.sheet, row.placed.row.number) in wanted
        ],
    )
    if not maker.drafts:
        raise BatchNotReady(
            "Các dòng đã chọn giống đơn vị đã có nên không tạo đơn vị mới; hãy chọn đơn vị đúng."
        )
    made = unit_services.add_units(drafts=maker.drafts, by=by)
    await_reading(batch=batch, at=at)
    return made


class _Maker:
    def __init__(self, batch: Batch, valid_from: date) -> None:
        self._batch = batch
        self._prefix = f"nhap:{batch.sha256[:8]}"
        self._valid_from = valid_from
        self._by_key: dict[str, UnitDraft] = {}
        self._districts: set[tuple[str, str]] = set()

    @property
    def drafts(self) -> list[UnitDraft]:
        return list(self._by_key.values())

    def province(self, full_name: str) -> UnitDraft:
        parts = names.split_unit_name(full_name)
        kind = Kind.THANH_PHO_TW if parts.kind == Kind.THANH_PHO else Kind.TINH
        return self._draft(kind, parts.name, key=self._key("", parts.key))

    def take(self, province: Unit, rows: list[PlacedRow]) -> None:
        """Plan a draft for each row that matched nothing and resembles nothing."""
        # A district's own row gives its name before a heading, which is more often shortened or misprinted.
        for row in sorted(rows, key=lambda placed: placed.is_group):
            if self._is_new(row) and row.level in (Level.SO, Level.HUYEN):
                self._top(province, row)
        has_districts = any(row.level == Level.HUYEN for row in rows)
        headings = {(row.row.sheet, row.row.number): row for row in rows if row.is_group}
        for row in rows:
            if not self._is_new(row, lost_too=True) or row.is_group or row.level != Level.XA:
                continue
            if row.group is not None:
                self._commune(headings[row.group.sheet, row.group.number], row)
            elif not has_districts:
                self._top(province, row)

    @staticmethod
    def _is_new(row: PlacedRow, *, lost_too: bool = False) -> bool:
        parts = names.split_unit_name(row.row.name)
        return (
            row.unit_id is None
            and not row.match.suggestions
            and bool(parts.key)
            and LEVEL_OF.get(parts.kind or "", Level.TINH.value) != Level.TINH
            and (lost_too or not row.lost_group)
        )

    def _top(self, province: Unit, row: PlacedRow) -> None:
        parts = names.split_unit_name(row.row.name)
        same = (parts.kind or "", parts.folded)
        if row.is_group and same in self._districts:
            return
        self._districts.add(same)
        self._add(parts, parent=province, parent_key=None)

    def _commune(self, heading: PlacedRow, row: PlacedRow) -> None:
        parts = names.split_unit_name(row.row.name)
        if heading.unit_id is not None:
            self._add(parts, parent=Unit.objects.get(pk=heading.unit_id), parent_key=None)
            return
        above = names.split_unit_name(heading.row.name)
        key = self._key(above.kind or "", above.key)
        if key not in self._by_key:
            near = [k for k, d in self._by_key.items() if self._resembles(d, above)]
            if len(near) != 1:
                return
            key = near[0]
        self._add(parts, parent=None, parent_key=key)

    @staticmethod
    def _resembles(draft: UnitDraft, above: names.UnitName) -> bool:
        return draft.kind == above.kind and names.folded_key(draft.name) == above.folded

    def _add(self, parts: names.UnitName, *, parent: Unit | None, parent_key: str | None) -> None:
        kind = Kind(parts.kind or "")
        above = parent_key or (parent.key if parent else "")
        if LEVEL_OF[kind.value] == Level.XA:
            key = self._key(above, f"{kind.value}:{parts.key}")
        else:
            key = self._key(kind.value, parts.key)
        self._by_key.setdefault(
            key,
            self._draft(kind, parts.name, key=key, parent=parent, parent_key=parent_key),
        )

    def _key(self, above: str, name: str) -> str:
        key = f"{self._prefix}:{above.removeprefix(self._prefix + ':')}:{name}"
        if len(key) <= _LONGEST_KEY:
            return key
        return f"{self._prefix}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"

    def _draft(
        self,
        kind: Kind,
        name: str,
        *,
        key: str,
        parent: Unit | None = None,
        parent_key: str | None = None,
    ) -> UnitDraft:
        return UnitDraft(
            key=key,
            origin=f"tệp {self._batch.filename}"[:200],
            level=LEVEL_OF[kind.value].value,
            kind=kind.value,
            name=name,
            valid_from=self._valid_from,
            parent=parent,
            parent_key=parent_key,
        )
