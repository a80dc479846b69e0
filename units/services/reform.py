"""What the office does to the tree: each act from a day on, with its reason, its document and its history.

The tree itself is written by units.services.tree; here stands what an office may ask of it, in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from documents.models import Document
from dvctt.lib import names
from dvctt.lib.numbers import vi_date
from units.models import (
    LEVEL_OF,
    ChangeKind,
    Kind,
    Level,
    Succession,
    Unit,
    UnitChange,
    UnitVersion,
    in_force,
)
from units.rules import first_gap
from units.services.errors import ReformRefused
from units.services.tree import (
    UnitDraft,
    abolish_unit,
    add_units,
    change_unit,
    correct_version,
    full_name_of,
    rebuild_paths,
)

ABOVE: Final[Mapping[str, tuple[str, ...]]] = {
    Level.TINH.value: (),
    Level.SO.value: (Level.TINH.value,),
    Level.HUYEN.value: (Level.TINH.value,),
    # Since 1/7/2025 communes stand directly below their province.
    Level.XA.value: (Level.HUYEN.value, Level.TINH.value),
}
FACTS: Final = ("kind", "name", "parent", "code", "identifier", "area_class")
"""What the office says of a unit; level and full name follow from it."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Why something is done to the tree: the reason in words, and the document if there is one."""

    reason: str
    document: Document | None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One change that an act would write, with the name that its unit would bear last."""

    change: UnitChange
    unit_name: str


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that the office adds."""

    parent: Unit
    kind: str
    name: str
    code: str = ""
    identifier: str = ""
    area_class: str = ""


@transaction.atomic
def add_unit(*, new: NewUnit, on: date, basis: Basis, by: User, at: datetime) -> Unit:
    """Add a unit from a day on. Raises ReformRefused or another UnitError."""
    unit, version = _plant(new, on)
    _refuse_misfit(version)
    _refuse_namesake(version)
    _write(unit, ChangeKind.ADDED, on, _told(version), basis, by=by, at=at)
    return unit


@transaction.atomic
def edit_unit(
    *, unit: Unit, on: date, changes: Mapping[str, Any], basis: Basis, by: User, at: datetime
) -> UnitChange:
    """Change facts of a unit from a day on; on a version's own first day that version is corrected.

    `changes` are some of FACTS. Later versions stay as they are. Raises ReformRefused or another UnitError.
    """
    if unknown := set(changes) - set(FACTS):
        raise TypeError(f"not facts of a unit: {sorted(unknown)}")
    before = _held(unit, on)
    if "name" in changes and not str(changes["name"]).strip():
        raise ReformRefused("Hãy ghi tên đơn vị.", field="name")
    fields = {name: value for name, value in changes.items() if value != getattr(before, name)}
    if not fields:
        raise ReformRefused("Chưa có gì khác với điều đang ghi; hãy sửa ít nhất một ô.")
    if "kind" in fields:
        fields["level"] = LEVEL_OF[fields["kind"]]
    was = _told(before)
    if before.valid_from == on:
        after, kind = correct_version(version=before, by=by, **fields), ChangeKind.CORRECTED
    else:
        after, kind = change_unit(unit=unit, on=on, by=by, **fields), ChangeKind.CHANGED
    if {"kind", "parent"} & set(fields):
        _refuse_misfit(after)
    if {"kind", "parent", "name"} & set(fields):
        _refuse_namesake(after)
    became = _told(after)
    told = {name: [was[name][1], pair[1]] for name, pair in became.items() if was[name][1] != pair[1]}
    if "parent" in fields and "parent" not in told:
        # The new one took over the name of the old.
        told["parent"] = [f"{was['parent'][1]} (cũ)", f"{became['parent'][1]} (mới)"]
    return _write(unit, kind, on, told, basis, by=by, at=at)


@transaction.atomic
def end_unit(*, unit: Unit, on: date, basis: Basis, by: User, at: datetime) -> UnitChange:
    """Let a unit end: `on` is the first day without it. Raises UnitError while units stand below it."""
    ended = abolish_unit(unit=unit, on=on, by=by)
    told = {"full_name": [ended.full_name, ""]}
    return _write(unit, ChangeKind.ENDED, on, told, basis, by=by, at=at)


@transaction.atomic
def restore_unit(*, unit: Unit, basis: Basis, by: User, at: datetime) -> UnitChange:
    """Take the end of a unit back, as if it had never ended; units that moved on from below it stay there.

    Raises ReformRefused, where its place is taken or gone.
    """
    Unit.objects.select_for_update().get(pk=unit.pk)
    last = UnitVersion.objects.filter(unit=unit).select_related("unit", "parent").latest("valid_from")
    ended_on = last.valid_to
    if ended_on is None:
        raise ReformRefused(f"{last.full_name} không có ngày kết thúc nên không cần khôi phục.")
    last.valid_to = None
    last.save(update_fields=["valid_to"])
    _refuse_misfit(last)
    _refuse_namesake(last)
    rebuild_paths(units=[unit])
    told = {"full_name": ["", last.full_name]}
    return _write(unit, ChangeKind.RESTORED, ended_on, told, basis, by=by, at=at)


@transaction.atomic
def merge_units(
    *, olds: Sequence[Unit], into: Unit | NewUnit, on: date, basis: Basis, by: User, at: datetime
) -> Unit:
    """Let several units become one, new or standing, and return it; what stood below them moves below it.

    `on` is the first day of the new order. Raises ReformRefused or another UnitError.
    """
    if isinstance(into, Unit):
        olds = [old for old in olds if old.pk != into.pk]
    if not olds or (len(olds) < 2 and isinstance(into, NewUnit)):
        raise ReformRefused(
            "Hãy chọn các đơn vị được sáp nhập: ít nhất hai nếu lập đơn vị mới, ít nhất một nếu nhập vào "
            "đơn vị đang có.",
            field="olds",
        )
    versions = [_held(old, on) for old in olds]
    if len({version.level for version in versions}) > 1:
        raise ReformRefused("Chỉ sáp nhập các đơn vị cùng cấp; hãy bỏ chọn đơn vị khác cấp.", field="olds")
    if isinstance(into, NewUnit):
        target, standing = _plant(into, on)
        _write(target, ChangeKind.ADDED, on, _told(standing), basis, by=by, at=at)
    else:
        target, standing = into, _held(into, on)
    if standing.level != versions[0].level:
        raise ReformRefused(
            f"{standing.full_name} không cùng cấp với các đơn vị được sáp nhập; hãy chọn lại.", field="into"
        )
    for version in versions:
        for child in _children(version.unit, on):
            edit_unit(unit=child, on=on, changes={"parent": target}, basis=basis, by=by, at=at)
        abolish_unit(unit=version.unit, on=on, by=by)
        told = {"full_name": [version.full_name, standing.full_name]}
        _write(version.unit, ChangeKind.MERGED, on, told, basis, by=by, at=at)
        Succession.objects.create(old=version.unit, new=target, effective_on=on, document=basis.document)
    _refuse_misfit(standing)
    # Only now: the new one may bear the name of one that it follows.
    _refuse_namesake(standing)
    return target


def _plant(new: NewUnit, on: date) -> tuple[Unit, UnitVersion]:
    name = names.settle_tones(names.nfc(new.name))
    if not name.strip():
        raise ReformRefused("Hãy ghi tên đơn vị.", field="name")
    # The key tells two units of one name apart by place and day.
    key = f"van-phong:{new.kind}:{new.parent.pk}:{names.name_key(name)}"[:108] + f":{on:%Y%m%d}"
    draft = UnitDraft(
        key=key,
        origin="Văn phòng thêm",
        level=LEVEL_OF[new.kind],
        kind=new.kind,
        name=name,
        valid_from=on,
        parent=new.parent,
        code=new.code,
        identifier=new.identifier,
        area_class=new.area_class,
    )
    if not add_units(drafts=[draft]):
        raise ReformRefused(
            f"{full_name_of(kind=new.kind, name=name)} đã được thêm từ ngày {vi_date(on)} ở đây rồi.",
            field="name",
        )
    version = UnitVersion.objects.select_related("unit", "parent").get(unit__key=key)
    return version.unit, version


def _held(unit: Unit, on: date) -> UnitVersion:
    """The version of the day; nobody else changes the unit until this is done."""
    Unit.objects.select_for_update().get(pk=unit.pk)
    version = UnitVersion.objects.filter(in_force(on), unit=unit).select_related("unit", "parent").first()
    if version is None:
        called = UnitVersion.objects.filter(unit=unit).order_by("-valid_from").first()
        raise ReformRefused(
            f"{called or unit} không tồn tại vào ngày {vi_date(on)}; hãy chọn ngày trong thời gian đơn vị "
            "tồn tại.",
            field="on",
        )
    return version


def _children(unit: Unit, on: date) -> list[Unit]:
    """Units that stand below the unit on the day or come to stand there later."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    below = UnitVersion.objects.filter(lasting, parent=unit)
    return list(Unit.objects.filter(pk__in=below.values("unit")).order_by("pk"))


def _refuse_misfit(version: UnitVersion) -> None:
    """A unit stands below one of the level above, on all its days; so do those below it."""
    if version.parent is None:
        if ABOVE[version.level]:
            raise ReformRefused(f"{version.full_name}: hãy chọn cấp trên.", field="parent")
    else:
        _refuse_parent(version, version.parent)
    misplaced = [
        child.full_name
        for child in UnitVersion.objects.filter(parent=version.unit).order_by("folded")
        if _meets(child, version) and version.level not in ABOVE[child.level]
    ]
    if misplaced:
        raise ReformRefused(
            f"{version.full_name} còn đơn vị trực thuộc không hợp cấp mới: {', '.join(misplaced[:5])}. "
            "Hãy chuyển các đơn vị ấy trước.",
            field="kind",
        )


def _refuse_parent(version: UnitVersion, parent: Unit) -> None:
    above = list(UnitVersion.objects.filter(unit=parent).order_by("valid_from"))
    gap = first_gap(version.valid_from, version.valid_to, [(one.valid_from, one.valid_to) for one in above])
    if gap is not None:
        called = above[-1].full_name if above else str(parent)
        raise ReformRefused(
            f"Ngày {vi_date(gap)} {called} không có trong cây đơn vị; hãy chọn cấp trên khác hoặc ngày khác.",
            field="parent",
        )
    for one in above:
        if _meets(one, version) and one.level not in ABOVE[version.level]:
            raise ReformRefused(
                f"{version.full_name} ({Level(version.level).label.lower()}) không thể nằm dưới "
                f"{one.full_name} ({Level(one.level).label.lower()}); hãy chọn cấp trên khác.",
                field="parent",
            )


def _refuse_namesake(version: UnitVersion) -> None:
    """Two units of one name and kind below one parent cannot be told apart in any file."""
    same = UnitVersion.objects.filter(
        parent=version.parent_id, kind=version.kind, name_key=version.name_key
    ).exclude(unit=version.unit_id)
    for other in same:
        if _meets(other, version):
            raise ReformRefused(
                f"Cùng cấp trên đã có {other.full_name} từ ngày {vi_date(other.valid_from)}; hãy kết thúc "
                "hoặc đổi tên đơn vị ấy trước.",
                field="name",
            )


def _meets(one: UnitVersion, other: UnitVersion) -> bool:
    """Whether two versions share a day."""
    return (one.valid_to is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from < other.valid_to
    )


def _told(version: UnitVersion) -> dict[str, list[str]]:
    """The facts of a version as a reader sees them, as if all of them were new."""
    parent = ""
    if version.parent_id is not None:
        above = UnitVersion.objects.filter(in_force(version.valid_from), unit=version.parent_id).first()
        parent = above.full_name if above else str(version.parent)
    facts = {
        "full_name": version.full_name,
        "kind": Kind(version.kind).label,
        "parent": parent,
        "code": version.code,
        "identifier": version.identifier,
        "area_class": version.area_class,
    }
    return {name: ["", fact] for name, fact in facts.items()}


def _write(
    unit: Unit,
    kind: ChangeKind,
    on: date,
    changes: Mapping[str, Sequence[str]],
    basis: Basis,
    *,
    by: User,
    at: datetime,
) -> UnitChange:
    reason = names.nfc(basis.reason).strip()
    if not reason:
        raise ReformRefused("Hãy ghi lý do; lý do được lưu trong lịch sử của đơn vị.", field="reason")
    return UnitChange.objects.create(
        unit=unit,
        kind=kind.value,
        effective_on=on,
        changes={name: list(pair) for name, pair in changes.items()},
        document=basis.document,
        reason=reason[:300],
        by=by,
        at=at,
    )


class _Rehearsed(Exception):
    pass


def rehearse(*, act: Callable[[], object], by: User, at: datetime) -> list[Rehearsal]:
    """Do the act, return what it would write, and take it all back. Raises what the act raises."""
    found: list[Rehearsal] = []
    try:
        with transaction.atomic():
            act()
            written = list(UnitChange.objects.filter(by=by, at=at).order_by("pk"))
            versions = UnitVersion.objects.filter(unit__in=[one.unit_id for one in written])
            called = dict(versions.order_by("valid_from").values_list("unit_id", "full_name"))
            found = [Rehearsal(one, called[one.unit_id]) for one in written]
            raise _Rehearsed
    except _Rehearsed:
        return found
