"""Reading what the office keeps of a unit: its versions, what it follows, what was done to it and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Exists, Max, OuterRef, Q

from documents.models import Document
from units import people_selectors, selectors
from units.models import Alias, AreaClass, Grant, Level, Succession, Unit, UnitChange, UnitVersion, in_force
from units.selectors import NameAt

LABELS: Final[Mapping[str, str]] = {
    "full_name": "Tên",
    "kind": "Loại",
    "parent": "Cấp trên",
    "code": "Mã Tổng cục Thống kê",
    "identifier": "Mã định danh điện tử",
    "area_class": "Khu vực",
}
"""What a history of units shows, in its order."""

PARENT_LEVELS: Final = (Level.TINH.value, Level.HUYEN.value)
"""Levels below which other units may stand."""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a unit with the name that its parent had on its first day, and what it rests on."""

    version: UnitVersion
    parent_name: str
    is_in_force: bool
    document: Document | None

    @property
    def area_label(self) -> str:
        return area_label(self.version.area_class)


@dataclass(frozen=True, slots=True)
class SuccessionLine:
    """A unit that this one follows, or that follows this one."""

    unit_id: int
    name: str
    effective_on: date
    document: str
    document_code: str


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One act of the office with all that it changed."""

    kind: str
    effective_on: date
    changes: tuple[Change, ...]
    document: str
    document_code: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """All that is kept of a unit."""

    unit: Unit
    name: str
    current: VersionLine | None
    versions: tuple[VersionLine, ...]
    follows: tuple[SuccessionLine, ...]
    followed_by: tuple[SuccessionLine, ...]
    changes: tuple[ChangeLine, ...]

    @property
    def ends_on(self) -> date | None:
        """The first day without the unit, where it has ended or will."""
        return self.versions[0].version.valid_to if self.versions else None


@dataclass(frozen=True, slots=True)
class TreeState:
    """What the tree holds on a day and when it last changed."""

    units: int
    since: date | None
    aliases: int
    alias_at: datetime | None


def area_label(area_class: str) -> str:
    """The class in words; a province's own one as it was written."""
    return AreaClass(area_class).label if area_class in AreaClass.values else area_class


def tree_state(*, on: date) -> TreeState:
    """Return how many units stand on the day, since when unchanged; and the names. Two queries."""
    standing = UnitVersion.objects.aggregate(
        units=Count("pk", filter=in_force(on)),
        began=Max("valid_from", filter=Q(valid_from__lte=on)),
        ended=Max("valid_to", filter=Q(valid_to__lte=on)),
    )
    known = Alias.objects.filter(revoked_at=None).aggregate(count=Count("pk"), at=Max("created_at"))
    days = [day for day in (standing["began"], standing["ended"]) if day is not None]
    return TreeState(standing["units"], max(days, default=None), known["count"], known["at"])


def unit_record(*, unit: Unit, on: date) -> UnitRecord:
    """Return the unit's versions, latest first, with its history. A constant number of queries."""
    versions = list(UnitVersion.objects.filter(unit=unit).order_by("-valid_from"))
    above = {one.parent_id for one in versions if one.parent_id is not None}
    parents: dict[int, list[UnitVersion]] = {pk: [] for pk in above}
    for one in UnitVersion.objects.filter(unit__in=above):
        parents[one.unit_id].append(one)
    changes = list(UnitChange.objects.filter(unit=unit).select_related("document", "by"))
    # The latest act that began or corrected a version comes first.
    rests_on = {one.effective_on: one.document for one in reversed(changes) if one.document is not None}
    lines = tuple(
        VersionLine(
            one,
            _called_on(parents.get(one.parent_id or 0, []), one.valid_from),
            _holds(one, on),
            rests_on.get(one.valid_from),
        )
        for one in versions
    )
    # A unit whose end was taken back is followed by none.
    standing = UnitVersion.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("effective_on")), unit=OuterRef("old")
    )
    holding = Succession.objects.exclude(Exists(standing)).select_related("document")
    follows, followed_by = list(holding.filter(new=unit)), list(holding.filter(old=unit))
    called = people_selectors.last_names(
        unit_ids={one.old_id for one in follows} | {one.new_id for one in followed_by}, on=on
    )
    current = next((line for line in lines if line.is_in_force), None)
    return UnitRecord(
        unit=unit,
        name=(current or lines[0]).version.full_name if lines else str(unit),
        current=current,
        versions=lines,
        follows=tuple(_succession(one, one.old_id, called) for one in follows),
        followed_by=tuple(_succession(one, one.new_id, called) for one in followed_by),
        changes=tuple(_change(one) for one in changes),
    )


def possible_parents(*, unit_ids: Collection[int], on: date) -> list[NameAt]:
    """Return those of the units that others may stand below on the day, larger ones first. One query."""
    found = people_selectors.units_by_place(unit_ids=unit_ids, on=on)
    return [one for one in found if one.level in PARENT_LEVELS]


def mergeable(*, unit: Unit, on: date, everywhere: bool) -> list[NameAt]:
    """Return units of the same level, by place: those of the same parent, or of the whole province.

    Empty where the unit did not exist on the day. Three queries.
    """
    own = selectors.names_on(unit_ids=[unit.pk], on=on).get(unit.pk)
    if own is None or own.parent_id is None:
        return []
    inside = Unit(pk=own.parent_id)
    if everywhere:
        path = unit.paths_up.filter(in_force(on)).order_by("-depth").first()
        inside = inside if path is None else Unit(pk=path.ancestor_id)
    found = selectors.below(ancestor=inside, on=on, level=own.level).values()
    return sorted(found, key=lambda one: one.reading_order)


def directly_below(*, unit: Unit, on: date) -> list[NameAt]:
    """Return the unit itself and those that stand directly below it on the day, larger first. Two queries."""
    below = UnitVersion.objects.filter(in_force(on), parent=unit).values_list("unit_id", flat=True)
    return people_selectors.units_by_place(unit_ids=[unit.pk, *below], on=on)


def latest_changes(*, on: date, most: int) -> list[tuple[int, str, ChangeLine]]:
    """Return the latest acts of the office, each with its unit's id and name. At most three queries."""
    found = list(UnitChange.objects.select_related("document", "by")[:most])
    called = people_selectors.last_names(unit_ids={one.unit_id for one in found}, on=on)
    return [(one.unit_id, called.get(one.unit_id, "–"), _change(one)) for one in found]


def people_on(*, unit_ids: Collection[int], on: date) -> int:
    """Return how many people hold a role on one of these units on the day. One query."""
    return Grant.objects.filter(in_force(on), unit__in=unit_ids).values("user").distinct().count()


def _called_on(versions: Collection[UnitVersion], on: date) -> str:
    return next((one.full_name for one in versions if _holds(one, on)), "")


def _holds(version: UnitVersion, on: date) -> bool:
    return version.valid_from <= on and (version.valid_to is None or on < version.valid_to)


def _succession(one: Succession, unit_id: int, called: Mapping[int, str]) -> SuccessionLine:
    number, code = (one.document.number, one.document.code) if one.document else ("", "")
    return SuccessionLine(unit_id, called.get(unit_id, "–"), one.effective_on, number, code)


def _change(one: UnitChange) -> ChangeLine:
    return ChangeLine(
        kind=one.get_kind_display(),
        effective_on=one.effective_on,
        changes=changes_in_words(one),
        document=one.document.number if one.document else "",
        document_code=one.document.code if one.document else "",
        reason=one.reason,
        by=str(one.by),
        at=one.at,
    )


def changes_in_words(one: UnitChange) -> tuple[Change, ...]:
    """Return what an act changed, in the order of the labels."""
    told = []
    for name, label in LABELS.items():
        was, became = one.changes.get(name, ("", ""))
        if name == "area_class":
            was, became = area_label(was), area_label(became)
        if was or became:
            told.append(Change(label, was, became))
    return tuple(told)
