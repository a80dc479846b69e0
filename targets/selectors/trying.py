"""A plan held against another one: with other parameters, or the one that it supersedes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from indicators.models import Indicator
from targets import rules
from targets.models import Assignment, Plan, Rule
from targets.rules import Decision
from targets.rules.reach import Reach, Share, reach
from targets.selectors.page import names_of
from targets.selectors.reckoning import ground_of, outcomes
from targets.selectors.ruling import measure_of
from units.selectors import NameAt


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
    """What a rule with other parameters would give, with the figures as they stand now."""

    rule: Rule
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


def try_out(*, plan: Plan, rule: Rule, changed: rules.ReadyRule) -> Trial:
    """Return what changes if the rule had these parameters; nothing is written. Raises RulesTie.

    Four queries or five.
    """
    ground = ground_of(plan)
    indicator = rule.indicator
    measure = measure_of(indicator)
    told = plan.indicators.filter(indicator=indicator).first()
    moved: list[Moved] = []
    shares: tuple[list[Share], list[Share]] = ([], [])
    for one in outcomes(ground, indicators={indicator.pk}):
        before = one.decision
        after = before
        if one.rule is not None and one.rule.pk == rule.pk and one.override is None:
            after = changed.decide(one.baseline)
        levels = [d.scored if isinstance(d, Decision) else None for d in (before, after)]
        if one.member.unit_id != plan.owner_id:
            for side, level in zip(shares, levels, strict=True):
                side.append(Share(one.baseline.numerator, one.baseline.denominator, level))
        if levels[0] != levels[1]:
            moved.append(Moved(ground.names[one.member.unit_id], *levels))
    goal = told.aim if told else None
    changes = [one.change for one in moved if one.change is not None]
    return Trial(
        rule=rule,
        indicator=indicator,
        moved=tuple(sorted(moved, key=lambda one: (-abs(one.change or Decimal(0)), one.name.name_and_place))),
        up=sum(1 for change in changes if change > 0),
        down=sum(1 for change in changes if change < 0),
        newly=sum(1 for one in moved if one.before is None),
        no_longer=sum(1 for one in moved if one.after is None),
        before=reach(shares[0], goal=goal, measure=measure),
        after=reach(shares[1], goal=goal, measure=measure),
        cliffs=tuple(changed.cliffs()),
    )


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
        key=lambda one: (one.indicator.position, one.name.level, one.name.parent_name, one.name.full_name),
    )


def _levels(one: Assignment | None) -> tuple[object, ...] | None:
    return None if one is None else (one.assigned, one.stretch, one.scored, one.is_strict, one.maintain)
