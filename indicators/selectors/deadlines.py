"""Reading when figures are due: rules, holidays and extensions, for many units at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from indicators import rules
from indicators.models import CalendarRule, Extension, Holiday, Period
from units import selectors as unit_selectors
from units.models import in_force

if TYPE_CHECKING:
    from units.models import Unit

AROUND: Final = timedelta(days=800)
"""Holidays that can touch a deadline: a rule names a day at most 24 months after its period."""


def deadlines_by_level(*, period: Period) -> dict[str, rules.Deadline]:
    """Return each level's deadline for the period, by the rules of its last day; two queries."""
    in_use = list(CalendarRule.objects.filter(in_force(period.ends_on), period_kind=period.kind))
    if not in_use:
        return {}
    holidays = holidays_around(day=period.ends_on)
    return {one.level: rules.deadline_of(one.rule, period.ends_on, holidays) for one in in_use}


def holidays_around(*, day: date) -> frozenset[date]:
    """Return the holidays that stand and can touch a deadline near the day; one query."""
    return frozenset(
        Holiday.objects.filter(removed_at=None, day__range=(day - AROUND, day + AROUND)).values_list(
            "day", flat=True
        )
    )


def latest_extensions(*, unit_ids: Collection[int], period: Period) -> dict[int, Extension]:
    """Return the extension that counts, by unit id, with who gave it; one query."""
    latest: dict[int, Extension] = {}
    extensions = Extension.objects.filter(period=period, unit__in=unit_ids).select_related("by")
    for extension in extensions.order_by("at", "pk"):
        latest[extension.unit_id] = extension
    return latest


def deadlines_for(*, levels: Mapping[int, str], period: Period) -> dict[int, rules.Deadline]:
    """Return the deadlines of units, extensions counted in, by unit id; three queries.

    `levels` holds the level of each unit on the period's last day. A unit whose level has no rule is absent.
    """
    of_levels = deadlines_by_level(period=period)
    if not of_levels:
        return {}
    extensions = latest_extensions(unit_ids=list(levels), period=period)
    return {
        unit_id: rules.extended(
            of_levels[level], extensions[unit_id].until if unit_id in extensions else None
        )
        for unit_id, level in levels.items()
        if level in of_levels
    }


def deadline_of_unit(*, unit: Unit, period: Period) -> rules.Deadline | None:
    """Return the unit's deadline, its extension counted in, or None where no rule sets one."""
    version = unit_selectors.version_on(unit=unit, on=period.ends_on)
    if version is None:
        return None
    return deadlines_for(levels={unit.pk: version.level}, period=period).get(unit.pk)


def may_lock(*, kind: str, on: date) -> bool:
    """Whether any rule in force on a day locks periods of this kind: usually none does. One query."""
    return CalendarRule.objects.filter(in_force(on), period_kind=kind, lock_days__isnull=False).exists()
