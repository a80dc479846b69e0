"""Reading the tree of units as it stood on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, FilteredRelation, Q, QuerySet

from accounts.models import User
from dvctt.lib import names
from dvctt.lib.numbers import vi_date
from units.models import Alias, Level, Unit, UnitPath, UnitVersion, in_force
from units.rules import Candidate, KnownAlias, Matcher, kind_fits

MOST_FOUND: Final = 60
LEVEL_ORDER: Final = {level: place for place, level in enumerate(Level.values)}


class UnitUnknown(LookupError):
    """No unit of that name stands in the tree on that day; the message is Vietnamese."""


class UnitAmbiguous(LookupError):
    """Several units have that name on that day; the message names them with what is above them."""


@dataclass(frozen=True, slots=True)
class NameAt:
    """What a unit was called on a day, and below what it stood."""

    unit_id: int
    full_name: str
    level: str
    kind: str
    parent_id: int | None
    parent_name: str
    area_class: str
    code: str

    @property
    def level_label(self) -> str:
        return Level(self.level).label

    @property
    def name_and_place(self) -> str:
        """ "Phường Nguyễn Nghiêm, Thị xã Đức Phổ": enough to tell two units of one name apart."""
        return f"{self.full_name}, {self.parent_name}" if self.parent_name else self.full_name

    @property
    def reading_order(self) -> tuple[int, str, str]:
        """Where the unit stands in a list: by level, by what is above it, by name."""
        above, own = names.reading_order(self.parent_name), names.reading_order(self.full_name)
        return (LEVEL_ORDER.get(self.level, 99), above, own)


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A unit with what stands below it, in reading order."""

    unit: NameAt
    children: tuple[TreeNode, ...]

    @property
    def departments(self) -> tuple[TreeNode, ...]:
        return tuple(child for child in self.children if child.unit.level == Level.SO)

    @property
    def territories(self) -> tuple[TreeNode, ...]:
        return tuple(child for child in self.children if child.unit.level != Level.SO)

    @property
    def counts(self) -> dict[str, int]:
        """How many units of each level stand below, in the order of the levels."""
        counts: dict[str, int] = defaultdict(int)
        for child in self.children:
            counts[child.unit.level] += 1
            for level, count in child.counts.items():
                counts[level] += count
        return {level: counts[level] for level in LEVEL_ORDER if counts[level]}


_NAMES = ("unit_id", "full_name", "level", "kind", "parent_id", "parent_full_name", "area_class", "code")


def _with_parent_name(versions: QuerySet[UnitVersion], on: date) -> QuerySet[UnitVersion]:
    return versions.annotate(
        parent_on=FilteredRelation("parent__versions", condition=in_force(on, "parent__versions__")),
        parent_full_name=F("parent_on__full_name"),
    )


def _names(versions: QuerySet[UnitVersion], on: date) -> list[NameAt]:
    return [_name_at(*row) for row in _with_parent_name(versions, on).values_list(*_NAMES)]


def _name_at(
    unit_id: int,
    full_name: str,
    level: str,
    kind: str,
    parent_id: int | None,
    parent_name: str | None,
    area_class: str,
    code: str,
) -> NameAt:
    return NameAt(unit_id, full_name, level, kind, parent_id, parent_name or "", area_class, code)


def version_on(*, unit: Unit, on: date) -> UnitVersion | None:
    """The unit's version on the day, or None where it did not exist then."""
    return UnitVersion.objects.filter(in_force(on), unit=unit).first()


def versions_below(*, ancestor: Unit, on: date, level: str | None = None) -> QuerySet[UnitVersion]:
    """Versions of the units below the ancestor on the day, without the ancestor itself."""
    versions = UnitVersion.objects.filter(
        in_force(on),
        in_force(on, "unit__paths_up__"),
        unit__paths_up__ancestor=ancestor,
        unit__paths_up__depth__gt=0,
    )
    return versions if level is None else versions.filter(level=level)


def names_on(*, unit_ids: Collection[int], on: date) -> dict[int, NameAt]:
    """Names of these units on the day, by unit id; a unit that did not exist then is absent. One query."""
    return {
        name.unit_id: name for name in _names(UnitVersion.objects.filter(in_force(on), unit__in=unit_ids), on)
    }


def name_and_place_on(*, unit: Unit, on: date) -> str:
    """The unit's name with its place on the day; else what it is called at all. One query."""
    name = names_on(unit_ids=[unit.pk], on=on).get(unit.pk)
    return name.name_and_place if name else str(unit)


def below(*, ancestor: Unit, on: date, level: str | None = None) -> dict[int, NameAt]:
    """Names of the units below the ancestor on the day, by unit id. One query."""
    return {name.unit_id: name for name in _names(versions_below(ancestor=ancestor, on=on, level=level), on)}


def inside(*, ancestor: Unit, on: date) -> dict[int, NameAt]:
    """Names of the ancestor and of all below it on the day, by unit id. One query."""
    versions = UnitVersion.objects.filter(
        in_force(on), in_force(on, "unit__paths_up__"), unit__paths_up__ancestor=ancestor
    )
    return {name.unit_id: name for name in _names(versions, on)}


def roots(*, on: date) -> list[NameAt]:
    """The units that stand below none on the day (provinces), by name. One query."""
    return sorted(_names(UnitVersion.objects.filter(in_force(on), parent=None), on), key=_reading_order)


def root_of_person(*, user: User | AnonymousUser, today: date, on: date) -> int | None:
    """The id of the province in which the person's first grant of today stands on the day `on`, or None."""
    if not isinstance(user, User):
        return None
    return (
        UnitPath.objects.filter(
            in_force(on),
            in_force(today, "descendant__grants__"),
            in_force(on, "ancestor__versions__"),
            descendant__grants__user=user,
            ancestor__versions__parent=None,
        )
        .order_by("descendant__grants__pk")
        .values_list("ancestor_id", flat=True)
        .first()
    )


def tree_on(*, root: Unit, on: date) -> TreeNode | None:
    """The tree under a unit on the day, or None where the unit did not exist then. One query."""
    by_parent: dict[int | None, list[NameAt]] = defaultdict(list)
    top: NameAt | None = None
    for name in inside(ancestor=root, on=on).values():
        if name.unit_id == root.pk:
            top = name
        else:
            by_parent[name.parent_id].append(name)

    def grow(name: NameAt) -> TreeNode:
        return TreeNode(
            name, tuple(grow(child) for child in sorted(by_parent[name.unit_id], key=_reading_order))
        )

    return None if top is None else grow(top)


def _reading_order(name: NameAt) -> tuple[int, str, str]:
    bare = names.reading_order(names.split_unit_name(name.full_name).name)
    return (LEVEL_ORDER.get(name.level, 99), bare, name.full_name)


def province_named(*, name: str, on: date) -> Unit | None:
    """The province of that name ("Tỉnh Quảng Ninh", "UBND tỉnh Quảng Ninh", "Quảng Ninh"), or None."""
    parts = names.split_unit_name(name)
    versions = UnitVersion.objects.filter(in_force(on), level=Level.TINH, name_key=parts.key).select_related(
        "unit"
    )
    fitting = [version for version in versions if kind_fits(parts.kind, version.kind)]
    return fitting[0].unit if len(fitting) == 1 else None


def unit_by_full_name(*, full_name: str, on: date, within: Unit | None = None) -> Unit:
    """The unit of that name on the day: "Phường Hải Hòa", "Phường Hải Hòa, Thành phố Móng Cái", "Hải Hòa".

    Raises UnitUnknown or UnitAmbiguous. Accents must be right; the message of UnitUnknown lists near names.
    """
    parts = names.split_unit_name(full_name)
    stated = names.stated_parents(full_name)
    versions = UnitVersion.objects.filter(in_force(on), name_key=parts.key)
    if within is not None:
        versions = versions.filter(in_force(on, "unit__paths_up__"), unit__paths_up__ancestor=within)
    found = [name for name in _names(versions, on) if kind_fits(parts.kind, name.kind)]
    if stated:
        parent = stated[0]
        found = [
            name
            for name in found
            if (above := names.split_unit_name(name.parent_name)).key == parent.key
            and (parent.kind is None or above.kind == parent.kind)
        ]
    if len(found) == 1:
        return Unit.objects.get(pk=found[0].unit_id)
    if found:
        listed = "; ".join(sorted(name.name_and_place for name in found))
        raise UnitAmbiguous(
            f"Có nhiều đơn vị tên “{full_name}” ngày {vi_date(on)}: {listed}. Ghi rõ cấp trên."
        )
    near = [name.name_and_place for name in search_units(text=parts.name, on=on)[:5]]
    hint = f" Tên gần giống: {'; '.join(near)}." if near else ""
    raise UnitUnknown(f"Không có đơn vị “{full_name}” trong cây đơn vị ngày {vi_date(on)}.{hint}")


def search_units(*, text: str, on: date, within: Unit | None = None) -> list[NameAt]:
    """Units whose name has words beginning as the typed ones do, best first, at most MOST_FOUND. One query.

    Typed without accents, Trà Don and Trà Dơn both come. Typed with accents, only names with those very
    accents come; where there is none, names that agree with the marks that were typed, then all folded.
    """
    folded = names.fold(text)
    if not folded:
        return []
    versions = UnitVersion.objects.filter(in_force(on))
    for word in folded.split():
        versions = versions.filter(Q(folded__startswith=word) | Q(folded__contains=f" {word}"))
    if within is not None:
        versions = versions.filter(in_force(on, "unit__paths_up__"), unit__paths_up__ancestor=within)
    found = [
        name for name in _names(versions, on) if _words_stand_in_order(folded, names.fold(name.full_name))
    ]
    typed = names.settle_tones(names.nfc(text)).casefold()
    if names.fold(typed) != typed:
        exact = [name for name in found if _words_stand_in_order(typed, _plain(name.full_name))]
        found = (
            exact or [name for name in found if _agrees_with_marks(typed, _plain(name.full_name))] or found
        )
    return sorted(found, key=lambda name: _closeness(name, typed, folded))[:MOST_FOUND]


def _plain(name: str) -> str:
    return names.settle_tones(names.nfc(name)).casefold()


def _words_stand_in_order(typed: str, name: str) -> bool:
    """Whether the typed words stand together in the name, the last one perhaps unfinished."""
    return f" {' '.join(typed.split())}" in f" {name}"


def _agrees_with_marks(typed: str, name: str) -> bool:
    """Whether each typed word that carries a mark begins a word of the name, mark and all."""
    words = name.split()
    return all(any(word.startswith(t) for word in words) for t in typed.split() if names.fold(t) != t)


def _closeness(name: NameAt, typed: str, folded: str) -> tuple[bool, bool, int, str, str]:
    bare = names.split_unit_name(name.full_name)
    return (
        typed not in (_plain(bare.name), _plain(name.full_name)),
        folded not in (names.fold(bare.name), names.fold(name.full_name)),
        LEVEL_ORDER.get(name.level, 99),
        names.fold(bare.name),
        name.name_and_place,
    )


def matcher(*, province: Unit, on: date) -> Matcher:
    """The matcher of printed names for one province on the day of the figures. Two queries."""
    return names_and_matcher(province=province, on=on)[1]


def names_and_matcher(*, province: Unit, on: date) -> tuple[dict[int, NameAt], Matcher]:
    """`below` and `matcher` of one province on one day. Two queries."""
    versions = UnitVersion.objects.filter(
        in_force(on), in_force(on, "unit__paths_up__"), unit__paths_up__ancestor=province
    )
    standing: dict[int, NameAt] = {}
    candidates: list[Candidate] = []
    for *row, name, key in _with_parent_name(versions, on).values_list(*_NAMES, "name", "name_key"):
        at = _name_at(*row)
        if at.unit_id != province.pk:
            standing[at.unit_id] = at
        folded = names.without_marks_of_key(key)
        candidates.append(
            Candidate(at.unit_id, at.parent_id, at.level, at.kind, name, at.full_name, key, folded)
        )
    known = Alias.objects.filter(
        in_force(on, "unit__paths_up__"), revoked_at=None, unit__paths_up__ancestor=province
    )
    return standing, Matcher(candidates, _known(known))


def _known(aliases: Iterable[Alias]) -> list[KnownAlias]:
    return [KnownAlias(a.unit_id, a.parent_id, a.source, a.kind, a.name_key) for a in aliases]
