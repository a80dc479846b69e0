"""The names that files are known by besides the official ones, as a page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from dvctt.lib import names
from indicators.models import Source
from units import selectors as unit_selectors
from units.models import Alias, Unit


@dataclass(frozen=True, slots=True)
class AliasLine:
    """One settled name with what it means and who said so."""

    pk: int
    name: str
    unit_id: int
    unit_name: str
    parent_name: str
    source: str
    evidence: str
    by: str
    at: datetime
    revoked_at: datetime | None
    revoked_by: str
    revoke_reason: str


def aliases_within(
    *, units: QuerySet[Unit], on: date, source: str = "", text: str = "", revoked: bool = False
) -> list[AliasLine]:
    """Return the settled names of these units, newest first. Two statements.

    `source` "" gives those of every source; `text` is looked for without marks, in both names.
    """
    found = Alias.objects.filter(parent__in=units, revoked_at__isnull=not revoked)
    if source:
        found = found.filter(source=source)
    wanted = names.fold(text)
    return [
        line
        for line in _lines(found, on)
        if wanted in names.fold(line.name) or wanted in names.fold(line.unit_name)
    ]


def aliases_of(*, unit: Unit, on: date) -> list[AliasLine]:
    """Return every settled name of the unit, also those taken back, newest first. Two statements."""
    return _lines(Alias.objects.filter(unit=unit), on)


def _lines(found: QuerySet[Alias], on: date) -> list[AliasLine]:
    aliases = list(found.select_related("created_by", "revoked_by").order_by("-pk"))
    ids = {alias.unit_id for alias in aliases} | {alias.parent_id for alias in aliases}
    named = unit_selectors.names_on(unit_ids=ids, on=on)
    lines = []
    for alias in aliases:
        unit, parent = named.get(alias.unit_id), named.get(alias.parent_id)
        lines.append(
            AliasLine(
                alias.pk,
                alias.name,
                alias.unit_id,
                unit.full_name if unit else str(alias.unit),
                parent.full_name if parent else "",
                Source(alias.source).label if alias.source in Source.values else alias.source or "mọi nguồn",
                alias.evidence,
                str(alias.created_by or "nạp cùng danh mục"),
                alias.created_at,
                alias.revoked_at,
                str(alias.revoked_by or ""),
                alias.revoke_reason,
            )
        )
    return lines
