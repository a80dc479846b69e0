"""Other ways of writing a unit's name: settled by a person, and taken back by one."""

from __future__ import annotations

import csv
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from accounts.models import User
from dvctt.lib import names
from units.models import Alias, Kind, Unit, UnitVersion, in_force
from units.rules import kind_fits
from units.services.errors import AliasFileWrong, AliasRevoked, AliasTaken, UnitError


@transaction.atomic
def settle_alias(
    *, unit: Unit, parent: Unit, source: str, name: str, kind: str, evidence: str, by: User | None
) -> Alias:
    """Remember that inside `parent` the printed name means the unit; "" as source or kind is any.

    The same again gives the standing alias. Raises AliasTaken where the name means another unit there,
    UnitError where the name or its evidence is missing.
    """
    parts = names.split_unit_name(name)
    if not parts.key or not evidence.strip():
        raise UnitError("Cần có cách viết và căn cứ.")
    printed = kind or parts.kind or ""
    stored = printed if printed in Kind.values else Kind.TINH if printed == "ubnd_tinh" else ""
    standing = Alias.objects.filter(
        revoked_at=None, parent=parent, source=source, kind=stored, name_key=parts.key
    ).first()
    if standing is not None:
        if standing.unit_id != unit.pk:
            raise AliasTaken(
                f"“{name}” đã được ghi nhận là đơn vị khác: {_last_name(standing.unit)} "
                f"(căn cứ: {standing.evidence}). Hãy thu hồi cách viết ấy trước."
            )
        return standing
    return Alias.objects.create(
        unit=unit,
        parent=parent,
        source=source,
        name=names.nfc(name),
        kind=stored,
        name_key=parts.key,
        evidence=names.nfc(evidence),
        created_by=by,
    )


@transaction.atomic
def add_alias(*, unit: Unit, source: str, name: str, evidence: str, by: User, today: date) -> Alias:
    """Remember another way of writing a unit of today's tree, in the place where it stands today.

    Raises AliasTaken where the name is another unit's there, by an alias or officially; UnitError.
    """
    version = UnitVersion.objects.filter(in_force(today), unit=unit).select_related("parent").first()
    if version is None:
        raise UnitError("Đơn vị không còn trong cây hôm nay nên không có tệp nào ghi tên ấy nữa.")
    parts = names.split_unit_name(name)
    # An official name is matched before any alias: what an alias says of it would never be heard.
    for other in UnitVersion.objects.filter(in_force(today), parent=version.parent, name_key=parts.key):
        if kind_fits(parts.kind, other.kind):
            if other.unit_id == unit.pk:
                raise UnitError(f"“{name}” là tên chính thức của đơn vị này; không cần ghi.")
            raise AliasTaken(f"“{name}” là tên chính thức của {other.full_name}; hãy ghi cách viết khác.")
    return settle_alias(
        unit=unit, parent=version.parent or unit, source=source, name=name, kind="", evidence=evidence, by=by
    )


def _last_name(unit: Unit) -> str:
    return str(UnitVersion.objects.filter(unit=unit).order_by("-valid_from").first() or unit)


@transaction.atomic
def load_aliases(*, path: Path, by: User | None, only: Collection[str] | None = None) -> int:
    """Settle the aliases of a file and return how many were new.

    Columns: province, parent, printed, unit, source (empty: any), evidence. Rows of provinces that are not
    loaded, or not among `only` (full names), are left out. Raises AliasFileWrong, AliasTaken.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    before = Alias.objects.filter(revoked_at=None).count()
    for line, row in enumerate(rows, start=2):
        province = _ever_named(row["province"], level="tinh")
        if province is None or (only is not None and row["province"] not in only):
            continue
        try:
            parent = (
                province if row["parent"] == row["province"] else _ever_named(row["parent"], parent=province)
            )
            unit = parent and _ever_named(row["unit"], parent=parent)
        except UnitVersion.MultipleObjectsReturned:
            unit = None
        if parent is None or unit is None:
            raise AliasFileWrong(
                f"{path.name}, dòng {line}: không có “{row['unit']}” trong “{row['parent']}”."
            )
        settle_alias(
            unit=unit,
            parent=parent,
            source=row["source"],
            name=row["printed"],
            kind="",
            evidence=row["evidence"],
            by=by,
        )
    return Alias.objects.filter(revoked_at=None).count() - before


def _ever_named(printed: str, *, level: str | None = None, parent: Unit | None = None) -> Unit | None:
    """The one unit that ever had this name there; a file of aliases gives no days."""
    parts = names.split_unit_name(printed)
    versions = UnitVersion.objects.filter(name_key=parts.key).select_related("unit")
    if level is not None:
        versions = versions.filter(level=level)
    if parent is not None:
        versions = versions.filter(parent=parent)
    found = {version.unit for version in versions if kind_fits(parts.kind, version.kind)}
    return found.pop() if len(found) == 1 else None


def revoke_alias(*, alias: Alias, by: User, at: datetime, reason: str) -> None:
    """Take a settled name back: files name nothing by it any more, and it can be settled anew.

    What was written by it stays. Raises UnitError without a reason, AliasRevoked for the second of two.
    """
    if not reason.strip():
        raise UnitError("Hãy ghi lý do thu hồi cách viết này.")
    revoked = Alias.objects.filter(pk=alias.pk, revoked_at=None).update(
        revoked_at=at, revoked_by=by, revoke_reason=names.nfc(reason)[:300]
    )
    if not revoked:
        raise AliasRevoked(f"“{alias.name}” đã được thu hồi trước đó.")
