"""Stored rules, indicators, units and figures as the pure rules see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from indicators.models import Direction, Indicator, State
from indicators.selectors import Figure
from targets import rules
from targets.models import Rule
from targets.rules import Baseline, Floor, Measure, Member, ReadyRule, Scope, ScopedRule
from units.selectors import NameAt

_NUMBER: Final = State.NUMBER.value


def measure_of(indicator: Indicator) -> Measure:
    return Measure(
        higher_is_better=indicator.direction == Direction.UP,
        is_rate=indicator.is_rate,
        unit=indicator.unit_of_measure,
    )


def ready(rule: Rule) -> ReadyRule:
    """Return the stored rule ready to decide; its indicator is to be loaded with it."""
    return rules.ready_rule(
        kind=rule.kind, parameters=rule.parameters, measure=measure_of(rule.indicator), group=rule.label
    )


def scope_as_json(scope: Scope) -> dict[str, Any]:
    """Return the scope as stored: sorted lists, empty conditions left out."""
    lists = {
        "levels": sorted(scope.levels),
        "within": sorted(scope.within),
        "area_classes": sorted(scope.area_classes),
        "units": sorted(scope.units),
        "exempt_area_classes": sorted(scope.exempt_area_classes),
        "exempt_within": sorted(scope.exempt_within),
        "exempt_units": sorted(scope.exempt_units),
    }
    return {name: found for name, found in lists.items() if found}


def scope_of(rule: Rule) -> Scope:
    return Scope(**{name: frozenset(found) for name, found in rule.scope.items()})


def scoped(rule: Rule) -> ScopedRule:
    return ScopedRule(rule.position, rule.label, rule.indicator_id, scope_of(rule), rule.precedence)


def members_of(names: Mapping[int, NameAt], *, owner_id: int | None = None) -> list[Member]:
    """Return an owner and the units below it as scopes see them, in the order of their ids."""
    lines: dict[int, frozenset[int]] = {}

    def line(unit_id: int) -> frozenset[int]:
        if unit_id not in lines:
            name = names.get(unit_id)
            above = line(name.parent_id) if name is not None and name.parent_id is not None else frozenset()
            lines[unit_id] = above | {unit_id}
        return lines[unit_id]

    return [
        Member(unit_id, name.name_and_place, name.level, name.area_class, line(unit_id), unit_id == owner_id)
        for unit_id, name in sorted(names.items())
    ]


def baseline_of(figure: Figure | None, floor: Floor | None = None) -> Baseline:
    """Return a unit's figure as a baseline; without one there is no state either."""
    if figure is None:
        return Baseline(None, floor=floor)
    if figure.state == _NUMBER:
        return Baseline(figure.value, figure.printed, "", figure.numerator, figure.denominator, False, floor)
    return Baseline(
        figure.value,
        figure.printed,
        state_words(figure.state),
        figure.numerator,
        figure.denominator,
        figure.state == State.OUT_OF_SCOPE,
        floor,
    )


def state_words(state: str) -> str:
    """Return the reason for having no number; "" for a number, and where there was no figure at all."""
    return str(State(state).label) if state and state != State.NUMBER else ""
