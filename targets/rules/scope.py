"""Which units a rule covers, and which rule counts where several do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# The most specific rule counts.
ALL, OF_LEVEL, OF_GROUP, OF_AREA_CLASS, OF_NAMED_UNITS = range(5)
PRECEDENCE_WORDS: Final = {
    ALL: "mọi đơn vị",
    OF_LEVEL: "theo cấp",
    OF_GROUP: "theo nhóm, địa bàn",
    OF_AREA_CLASS: "theo khu vực",
    OF_NAMED_UNITS: "đơn vị nêu tên",
}


class RulesTie(Exception):
    """Two rules of one precedence cover one unit; the message names both. Vietnamese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Units that meet every condition given, but for the exempted; an empty one sets no condition.

    `within` holds units whose subtree counts, themselves included. The plan's owner itself is covered only
    where its level is given or its name.
    """

    levels: frozenset[str] = frozenset()
    within: frozenset[int] = frozenset()
    area_classes: frozenset[str] = frozenset()
    units: frozenset[int] = frozenset()
    exempt_area_classes: frozenset[str] = frozenset()
    exempt_within: frozenset[int] = frozenset()
    exempt_units: frozenset[int] = frozenset()

    def covers(self, member: Member) -> bool:
        return self._takes_in(member) and not self._leaves_out(member)

    def exempts(self, member: Member) -> bool:
        """Whether the scope would cover the unit, were it not exempted ("trừ các xã vùng sâu, vùng xa")."""
        return self._takes_in(member) and self._leaves_out(member)

    def _takes_in(self, member: Member) -> bool:
        return (
            (not self.levels or member.level in self.levels)
            and (not self.within or not self.within.isdisjoint(member.line))
            and (not self.area_classes or member.area_class in self.area_classes)
            and (not self.units or member.unit_id in self.units)
            and (not member.is_owner or member.level in self.levels or member.unit_id in self.units)
        )

    def _leaves_out(self, member: Member) -> bool:
        return (
            member.area_class in self.exempt_area_classes
            or not self.exempt_within.isdisjoint(member.line)
            or member.unit_id in self.exempt_units
        )

    @property
    def precedence(self) -> int:
        """How specific the scope is, 0 to 4."""
        if self.units:
            return OF_NAMED_UNITS
        if self.area_classes:
            return OF_AREA_CLASS
        if self.within:
            return OF_GROUP
        return OF_LEVEL if self.levels else ALL


@dataclass(frozen=True, slots=True)
class Member:
    """A unit as scopes see it; `line` is the unit with all that stands above it."""

    unit_id: int
    name: str
    level: str
    area_class: str
    line: frozenset[int]
    is_owner: bool = False


@dataclass(frozen=True, slots=True)
class ScopedRule:
    """A rule's scope with its place in the plan and its precedence, which the plan may set itself."""

    position: int
    label: str
    indicator_id: int
    scope: Scope
    precedence: int


def governing(rules: Sequence[ScopedRule], member: Member) -> ScopedRule | None:
    """Return the most specific rule that covers the unit, None where none does; raise RulesTie."""
    covering = [rule for rule in rules if rule.scope.covers(member)]
    if not covering:
        return None
    highest = max(rule.precedence for rule in covering)
    first, *others = [rule for rule in covering if rule.precedence == highest]
    if others:
        raise RulesTie(
            f"Hai quy tắc cùng mức ưu tiên {highest} áp dụng cho {member.name}: quy tắc {first.position} "
            f"“{first.label}” và quy tắc {others[0].position} “{others[0].label}”. "
            "Thu hẹp phạm vi hoặc đặt “precedence” khác nhau."
        )
    return first


def concerned(rules: Sequence[ScopedRule], indicator_levels: Sequence[str], member: Member) -> bool:
    """Whether the plan speaks about units such as this one, whether or not a rule covers it.

    A rule speaks about its levels, or, where it names none, about the indicator's levels; a rule of named
    units only about those.
    """
    for rule in rules:
        if rule.scope.units or member.is_owner:
            if rule.scope.covers(member):
                return True
        elif member.level in (rule.scope.levels or indicator_levels):
            return True
    return False
