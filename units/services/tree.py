"""Writing the tree: units with their versions, the closure derived from them, aliases, grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from dvctt.lib import names
from dvctt.lib.numbers import vi_date
from units.models import Grant, Kind, Role, Unit, UnitPath, UnitVersion, in_force
from units.rules import PathSpan, Span, closure, overlap
from units.services.errors import ParentMissing, UnitError, VersionsOverlap

BATCH: Final = 1000
CHANGEABLE: Final = frozenset(
    {"parent", "level", "kind", "name", "full_name", "code", "identifier", "area_class"}
)


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """A unit to add, with its first version; its parent is a unit or the key of one, there or drafted."""

    key: str
    origin: str
    level: str
    kind: str
    name: str
    valid_from: date
    full_name: str = ""
    parent: Unit | None = None
    parent_key: str | None = None
    code: str = ""
    identifier: str = ""
    area_class: str = ""


def full_name_of(*, kind: str, name: str) -> str:
    """The name with its type: "Phường Hải Hòa"; for a sở its name alone."""
    if kind == Kind.SO:
        return name
    return f"{'Thành phố' if kind == Kind.THANH_PHO_TW else Kind(kind).label} {name}"


@transaction.atomic
def add_units(*, drafts: Sequence[UnitDraft], by: User | None = None) -> int:
    """Add the units whose key is new, with versions and paths, and return how many.

    A key that is there already is left as it stands, so loading twice changes nothing. Raises
    ParentMissing where a parent is unknown or does not stand in the tree on the draft's first day.
    `by` is None for a load from the command line.
    """
    wanted = {draft.key for draft in drafts} | {draft.parent_key for draft in drafts if draft.parent_key}
    ids = _ids_of_keys(wanted)
    new = list({draft.key: draft for draft in drafts if draft.key not in ids}.values())
    if not new:
        return 0
    created = Unit.objects.bulk_create([Unit(key=d.key, origin=d.origin) for d in new], batch_size=BATCH)
    ids |= {unit.key: unit.pk for unit in created}
    versions = []
    for draft in new:
        parent_id = draft.parent.pk if draft.parent else None
        if draft.parent_key:
            parent_id = ids.get(draft.parent_key)
            if parent_id is None:
                raise ParentMissing(f"{draft.name}: không có đơn vị cấp trên “{draft.parent_key}”.")
        versions.append(
            _version(
                unit_id=ids[draft.key],
                parent_id=parent_id,
                level=draft.level,
                kind=draft.kind,
                name=draft.name,
                full_name=draft.full_name,
                code=draft.code,
                identifier=draft.identifier,
                area_class=draft.area_class,
                valid_from=draft.valid_from,
            )
        )
    UnitVersion.objects.bulk_create(versions, batch_size=BATCH)
    _check_parents(versions)
    _write_paths({version.unit_id for version in versions})
    return len(new)


def _ids_of_keys(keys: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), BATCH):
        found |= dict(Unit.objects.filter(key__in=ordered[start : start + BATCH]).values_list("key", "pk"))
    return found


def _version(*, name: str, full_name: str = "", **fields: Any) -> UnitVersion:
    """A version with its derived columns, in one position of the tone mark: nothing else fills them."""
    name = names.settle_tones(names.nfc(name))
    full_name = names.settle_tones(names.nfc(full_name)) or full_name_of(kind=fields["kind"], name=name)
    version = UnitVersion(
        name=name, full_name=full_name, name_key=names.name_key(name), folded=names.fold(full_name), **fields
    )
    if version.parent_id is not None and version.parent_id == version.unit_id:
        raise UnitError(f"{full_name} không thể nằm dưới chính nó.")
    return version


def _check_parents(versions: Iterable[UnitVersion]) -> None:
    """Each version's parent stands in the tree on the version's first day."""
    by_parent: dict[int, list[UnitVersion]] = defaultdict(list)
    for version in versions:
        if version.parent_id is not None:
            by_parent[version.parent_id].append(version)
    standing: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    rows = UnitVersion.objects.filter(unit__in=list(by_parent)).values_list(
        "unit_id", "valid_from", "valid_to"
    )
    for unit_id, starts, ends in rows:
        standing[unit_id].append((starts, ends))
    for parent_id, children in by_parent.items():
        for child in children:
            if not any(
                s <= child.valid_from and (e is None or child.valid_from < e) for s, e in standing[parent_id]
            ):
                raise ParentMissing(
                    f"{child.full_name}: cấp trên không tồn tại vào ngày {vi_date(child.valid_from)}."
                )


@transaction.atomic
def add_version(
    *, unit: Unit, valid_from: date, valid_to: date | None, by: User | None, **fields: Any
) -> UnitVersion:
    """Add one dated version to a unit (a part of its past, say) and rebuild the paths.

    Raises VersionsOverlap, ParentMissing, rules.TreeCycle.
    """
    version = _version(unit=unit, valid_from=valid_from, valid_to=valid_to, **fields)
    if valid_to is not None and valid_to <= valid_from:
        raise UnitError("Ngày kết thúc phải sau ngày bắt đầu.")
    for other in UnitVersion.objects.select_for_update().filter(unit=unit):
        if common := overlap(valid_from, valid_to, other.valid_from, other.valid_to):
            raise VersionsOverlap(
                f"{version.full_name}: ngày {vi_date(common[0])} đã có phiên bản “{other.full_name}”."
            )
    version.save()
    _check_parents([version])
    rebuild_paths(units=[unit])
    return version


@transaction.atomic
def change_unit(*, unit: Unit, on: date, by: User | None, **changes: Any) -> UnitVersion:
    """Close the version in force before the day, open the next with the changes, and rebuild the paths.

    `changes` are fields of UnitVersion (parent, level, kind, name, full_name, code, identifier, area_class);
    a new name or type gives the full name unless that is said too. Raises UnitError (nothing in force on
    that day, or a version begins on it), ParentMissing, rules.TreeCycle, TypeError for an unknown field.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise TypeError(f"not fields of a version that may change: {sorted(unknown)}")
    current = _current(unit, on)
    fields: dict[str, Any] = {
        name: getattr(current, name)
        for name in ("level", "kind", "name", "full_name", "code", "identifier", "area_class", "parent")
    }
    if {"name", "kind"} & set(changes):
        fields["full_name"] = ""
    fields |= changes
    following = current.valid_to
    current.valid_to = on
    current.save(update_fields=["valid_to"])
    version = _version(unit=unit, valid_from=on, valid_to=following, **fields)
    version.save()
    _check_parents([version])
    rebuild_paths(units=[unit])
    return version


@transaction.atomic
def correct_version(*, version: UnitVersion, by: User | None, **changes: Any) -> UnitVersion:
    """Write over facts of a version that was wrong from its first day; its days stay, paths are rebuilt.

    `changes` as for change_unit. Raises ParentMissing, rules.TreeCycle, TypeError for an unknown field.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise TypeError(f"not fields of a version that may change: {sorted(unknown)}")
    fields: dict[str, Any] = {name: getattr(version, name) for name in CHANGEABLE}
    if {"name", "kind"} & set(changes):
        fields["full_name"] = ""
    fields |= changes | {"valid_from": version.valid_from, "valid_to": version.valid_to}
    right = _version(unit=version.unit, **fields)
    right.pk = version.pk
    right.save(force_update=True)
    _check_parents([right])
    rebuild_paths(units=[right.unit])
    return right


@transaction.atomic
def abolish_unit(*, unit: Unit, on: date, by: User | None) -> UnitVersion:
    """Close the unit's version: from that day it is no more. Raises UnitError while units stand below it."""
    current = _current(unit, on)
    if current.valid_to is not None:
        raise UnitError(f"{current.full_name} đã có ngày kết thúc {vi_date(current.valid_to)}.")
    children = UnitVersion.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), parent=unit)
    if listed := list(children.order_by("folded").values_list("full_name", flat=True)[:5]):
        raise UnitError(f"Còn đơn vị trực thuộc {current.full_name}: {', '.join(listed)}.")
    current.valid_to = on
    current.save(update_fields=["valid_to"])
    rebuild_paths(units=[unit])
    return current


def _current(unit: Unit, on: date) -> UnitVersion:
    current = UnitVersion.objects.select_for_update().filter(in_force(on), unit=unit).first()
    if current is None:
        raise UnitError(f"Đơn vị không tồn tại vào ngày {vi_date(on)}.")
    if current.valid_from == on:
        raise UnitError(f"{current.full_name}: đã có phiên bản bắt đầu đúng ngày {vi_date(on)}.")
    return current


@transaction.atomic
def rebuild_paths(*, units: Iterable[Unit] | None = None) -> None:
    """Derive the closure again for these units and all that ever stood below them (default: for all).

    Only rows that differ are written. Raises rules.TreeCycle.
    """
    if units is None:
        affected = set(Unit.objects.values_list("pk", flat=True))
    else:
        children: dict[int, set[int]] = defaultdict(set)
        for unit_id, parent_id in UnitVersion.objects.exclude(parent=None).values_list(
            "unit_id", "parent_id"
        ):
            children[parent_id].add(unit_id)
        affected = {unit.pk for unit in units}
        waiting = list(affected)
        while waiting:
            found = children[waiting.pop()] - affected
            affected |= found
            waiting.extend(found)
    _write_paths(affected)


def _write_paths(affected: Collection[int]) -> None:
    spans = [
        Span(*row)
        for row in UnitVersion.objects.values_list("unit_id", "parent_id", "valid_from", "valid_to")
    ]
    wanted = closure(spans, of=affected)
    standing: dict[PathSpan, int] = {}
    # One row more per unit is nothing beside reading them all, and a long list of ids overflows SQLite.
    rows = UnitPath.objects.values_list(
        "ancestor_id", "descendant_id", "depth", "valid_from", "valid_to", "pk"
    )
    if len(affected) <= BATCH:
        rows = rows.filter(descendant__in=affected)
    for ancestor_id, descendant_id, depth, starts, ends, pk in rows:
        if descendant_id in affected:
            standing[PathSpan(ancestor_id, descendant_id, depth, starts, ends)] = pk
    stale = sorted(pk for span, pk in standing.items() if span not in wanted)
    for start in range(0, len(stale), BATCH):
        UnitPath.objects.filter(pk__in=stale[start : start + BATCH]).delete()
    UnitPath.objects.bulk_create(
        [
            UnitPath(
                ancestor_id=span.ancestor_id,
                descendant_id=span.descendant_id,
                depth=span.depth,
                valid_from=span.starts,
                valid_to=span.ends,
            )
            for span in sorted(wanted - standing.keys(), key=_path_order)
        ],
        batch_size=BATCH,
    )


def _path_order(span: PathSpan) -> tuple[int, int, date]:
    return (span.descendant_id, span.depth, span.starts)


# --- grants -------------------------------------------------------------------------------------------------
def grant_role(
    *,
    user: User,
    unit: Unit,
    role: Role | str,
    valid_from: date,
    valid_to: date | None = None,
    by: User | None,
) -> Grant:
    """Let the person act in the role for the unit and all below it; the same again changes nothing."""
    grant, _ = Grant.objects.get_or_create(
        user=user, unit=unit, role=Role(role).value, valid_from=valid_from, defaults={"valid_to": valid_to}
    )
    return grant
