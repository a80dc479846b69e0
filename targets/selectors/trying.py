"""A plan held against another one: with other parameters, or the one that it supersedes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from indicators.models import Indicator
from targets.models import Assignment, Plan, Rule
from targets.rules import Decision
from targets.rules.reach import Reach, reach
from targets.selectors.page import names_of
from targets.selectors.preview import share_of
from targets.selectors.reckoning import Outcome, ground_of, outcomes, rules_of_one
from targets.selectors.ruling import measure_of
from units.selectors import NameAt

MOST_SHOWN: Final = 30
"""Units whose change a trial lists; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A unit whose target another choice of parameters would change."""

    name: NameAt
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Trial:
    """What the plan would give with a rule changed or added, with the figures as they stand now."""

    indicator: Indicator
    moved: tuple[Moved, ...]
    up: int
    down: int
    newly: int
    no_longer: int
    before: Reach
    after: Reach
    cliffs: tuple[str, ...]

    @property
    def largest(self) -> Decimal:
        return max((abs(one.change) for one in self.moved if one.change is not None), default=Decimal(0))

    @property
    def first(self) -> tuple[Moved, ...]:
        return self.moved[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.moved) - MOST_SHOWN)


def try_out(*, plan: Plan, rule: Rule) -> Trial:
    """Return what changes if the rule stood at its position, instead of the one there or as a new one.

    Nothing is written; `rule` may be unsaved, its indicator loaded. Raises RulesTie. The number of queries
    does not grow with the units.
    """
    ground = ground_of(plan)
    indicator = rule.indicator
    standing = [one for of_one in ground.by_indicator for one in of_one.rules if one.indicator == indicator]
    wanted = [*(one for one in standing if one.position != rule.position), rule]
    changed = rules_of_one(wanted)
    others = tuple(one for one in ground.by_indicator if one.indicator != indicator)
    after_ground = replace(ground, by_indicator=(*others, changed))
    levels: tuple[dict[int, Outcome], ...] = tuple(
        {one.member.unit_id: one for one in outcomes(each, indicators={indicator.pk})}
        for each in (ground, after_ground)
    )
    moved = []
    for unit_id in {*levels[0], *levels[1]}:
        before, after = (_scored(side.get(unit_id)) for side in levels)
        if before != after:
            moved.append(Moved(ground.names[unit_id], before, after))
    told = plan.indicators.filter(indicator=indicator).first()
    goal, measure = told.aim if told else None, measure_of(indicator)
    before_reach, after_reach = (
        reach(
            [
                share_of(
                    one.figure.state if one.figure else "",
                    one.baseline.numerator,
                    one.baseline.denominator,
                    _scored(one),
                )
                for unit_id, one in side.items()
                if unit_id != plan.owner_id
            ],
            goal=goal,
            measure=measure,
        )
        for side in levels
    )
    changes = [one.change for one in moved if one.change is not None]
    return Trial(
        indicator=indicator,
        moved=tuple(sorted(moved, key=lambda one: (-abs(one.change or Decimal(0)), one.name.reading_order))),
        up=sum(1 for change in changes if change > 0),
        down=sum(1 for change in changes if change < 0),
        newly=sum(1 for one in moved if one.before is None),
        no_longer=sum(1 for one in moved if one.after is None),
        before=before_reach,
        after=after_reach,
        cliffs=tuple(changed.ready[rule.position].cliffs()),
    )


def _scored(one: Outcome | None) -> Decimal | None:
    if one is None or not isinstance(one.decision, Decision):
        return None
    return one.decision.scored


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A target that differs between a plan and the one that it supersedes."""

    indicator: Indicator
    name: NameAt
    before: Assignment | None
    after: Assignment | None


def changes_between(*, before: Plan, after: Plan, names: Mapping[int, NameAt]) -> list[PlanChange]:
    """Return the targets that are new, gone or different, in reading order; names as the later plan has them.

    Two queries, and one for names that only the earlier plan knows.
    """

    def standing(plan: Plan) -> dict[tuple[str, int], Assignment]:
        rows = Assignment.objects.filter(plan=plan).select_related("indicator", "rule", "override__by")
        return {(one.indicator.code, one.unit_id): one for one in rows}

    old, new = standing(before), standing(after)
    known = {**names_of(before), **names} if any(key[1] not in names for key in old) else names
    found = []
    for key in {*old, *new}:
        earlier, later = old.get(key), new.get(key)
        standing_one = later or earlier
        if standing_one is not None and _levels(earlier) != _levels(later):
            found.append(PlanChange(standing_one.indicator, known[key[1]], earlier, later))
    return sorted(
        found,
        key=lambda one: (one.indicator.position, *one.name.reading_order),
    )


def _levels(one: Assignment | None) -> tuple[object, ...] | None:
    return None if one is None else (one.assigned, one.stretch, one.scored, one.is_strict, one.maintain)
