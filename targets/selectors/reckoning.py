"""What a plan's rules give its units: the one calculation that assigning, trying out and checking share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from dvctt.lib import periods
from indicators import selectors as indicator_selectors
from indicators.models import Indicator, Period
from indicators.selectors import Figure
from targets import rules
from targets.models import Assignment, Override, Plan, Rule
from targets.rules import Baseline, Decision, Floor, Member, NoTarget, ReadyRule, RulesTie, Scope, ScopedRule
from targets.selectors.ruling import baseline_of, measure_of, members_of, ready, scoped
from units import selectors as unit_selectors
from units.selectors import NameAt

_LONGEST_NOTE: Final = Assignment._meta.get_field("baseline_note").max_length
NO_RULE = "không có quy tắc nào của kế hoạch áp dụng cho đơn vị"


@dataclass(frozen=True, slots=True)
class RulesOfOne:
    """The plan's rules for one indicator, ready to choose from and to decide."""

    indicator: Indicator
    rules: tuple[Rule, ...]
    scoped: tuple[ScopedRule, ...]
    ready: Mapping[int, ReadyRule]

    @property
    def scopes(self) -> tuple[tuple[Scope, int], ...]:
        """What decides which rule governs a unit: the same for indicators with the same scopes."""
        return tuple((one.scope, one.precedence) for one in self.scoped)

    def concerns(self, member: Member) -> bool:
        """Whether the plan speaks about units such as this one, whether or not a rule covers it."""
        return rules.concerned(self.scoped, self.indicator.levels, member)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan stands on: its units on its day, and its rules by indicator."""

    plan: Plan
    names: Mapping[int, NameAt]
    members: tuple[Member, ...]
    by_indicator: tuple[RulesOfOne, ...]


class Outcome(NamedTuple):
    """What one unit gets for one indicator, and out of what; `rule` is None where none covers it.

    `decision` counts; `by_rule` is what the rule gave before a person set it otherwise.
    """

    indicator: Indicator
    member: Member
    rule: Rule | None
    figure: Figure | None
    baseline: Baseline
    by_rule: Decision | NoTarget
    override: Override | None
    decision: Decision | NoTarget


def ground_of(plan: Plan, names: Mapping[int, NameAt] | None = None) -> Ground:
    """Return the ground of the plan as its rules stand now. Two queries, one where names are given."""
    if names is None:
        names = unit_selectors.inside(ancestor=plan.owner, on=plan.units_on)
    found: dict[int, list[Rule]] = defaultdict(list)
    for rule in plan.rules.select_related("indicator").order_by("position"):
        found[rule.indicator_id].append(rule)
    return Ground(
        plan,
        names,
        tuple(members_of(names, owner_id=plan.owner_id)),
        tuple(rules_of_one(of_one) for of_one in found.values()),
    )


def rules_of_one(of_one: Collection[Rule]) -> RulesOfOne:
    """Return the rules of one indicator ready; their indicator is to be loaded with them."""
    first = next(iter(of_one))
    return RulesOfOne(
        first.indicator,
        tuple(of_one),
        tuple(scoped(rule) for rule in of_one),
        {rule.position: ready(rule) for rule in of_one},
    )


@dataclass(frozen=True, slots=True)
class Floors:
    """What the plan above assigned. A unit that it speaks about and left out has no floor; one of a kind that
    it does not speak about has that of the unit that passes it on.
    """

    given: Mapping[tuple[str, int], Floor]
    spoken_of: frozenset[tuple[str, int]]
    owner_id: int

    def of(self, indicator: Indicator, unit_id: int) -> Floor | None:
        own = self.given.get((indicator.code, unit_id))
        if own is not None or (indicator.code, unit_id) in self.spoken_of:
            return own
        owners = self.given.get((indicator.code, self.owner_id))
        return None if owners is None else replace(owners, is_owners=True)


def floors_of(plan: Plan) -> Floors | None:
    """Return what the plan above assigned; None without one. Three queries."""
    above = plan.parent
    if above is None:
        return None
    source = source_words(above)
    rows = Assignment.objects.filter(plan=above).values_list(
        "indicator__code", "unit_id", "assigned", "is_strict"
    )
    ground = ground_of(above)
    return Floors(
        {(code, unit_id): Floor(value, source, is_strict) for code, unit_id, value, is_strict in rows},
        frozenset(
            (of_one.indicator.code, member.unit_id)
            for of_one in ground.by_indicator
            for member in ground.members
            if of_one.concerns(member)
        ),
        plan.owner_id,
    )


def source_words(plan: Plan) -> str:
    """Return what a plan is called in a sentence: its document's number, else its name."""
    return plan.document.number if plan.document is not None else plan.name


def baseline_figures(
    plan: Plan, indicator: Indicator, *, unit_ids: Collection[int] | None = None
) -> dict[int, Figure]:
    """Return the figures that the plan takes as baseline, as they stand now.

    One query; two where the plan adds up the quarters of its baseline period. A quarter that nobody has told
    anything for yet is missing like one without the unit's figure, and the figure's note says so.
    """
    narrowed: dict[str, Any] = {
        "indicator": indicator,
        "unit_ids": unit_ids,
        "within": None if unit_ids is not None else plan.owner,
        "on": plan.units_on,
        "source": plan.baseline_source or None,
    }
    if not plan.baseline_by_quarters:
        return indicator_selectors.official_figures(period=plan.baseline_period, **narrowed)
    quarters = _quarters(plan.baseline_period)
    return indicator_selectors.official_figures_summed(periods=quarters, **narrowed)


def _quarters(period: Period) -> list[Period]:
    """Return the quarters inside the period, those not stored yet as unsaved ones."""
    stored = {one.code: one for one in indicator_selectors.quarters_of_year(period)}
    return [
        stored.get(span.code)
        or Period(code=span.code, kind=span.kind, starts_on=span.starts_on, ends_on=span.ends_on)
        for span in periods.parse_period(period.code).quarters()
    ]


def note_of_sum(figure: Figure | None) -> str:
    """Return what a summed baseline is made of, "" for a figure of its own."""
    return figure.note[:_LONGEST_NOTE] if figure is not None and figure.measurement_ids else ""


def outcomes(
    ground: Ground,
    *,
    members: Iterable[Member] | None = None,
    indicators: Collection[int] | None = None,
    tell_ties: bool = False,
) -> Iterator[Outcome]:
    """Reckon every unit that the plan concerns, by indicator, with the figures as they stand now.

    `members` and `indicators` (ids) narrow it. The queries of baseline_figures for each indicator, one for
    what stands above, one for what people set. Where two rules of one precedence cover a unit this raises
    RulesTie, or with `tell_ties` the unit gets nothing for that reason.
    """
    plan = ground.plan
    floors = floors_of(plan)
    set_by_hand = {
        (one.indicator_id, one.unit_id): one for one in plan.overrides.select_related("by").order_by("pk")
    }
    chosen = list(ground.members if members is None else members)
    ids = None if members is None else [member.unit_id for member in chosen]
    # Indicators mostly share their scopes: who is governed by which rule is then asked once.
    known: dict[tuple[tuple[Scope, int], ...], list[int | NoTarget | None]] = {}
    for of_one in ground.by_indicator:
        indicator = of_one.indicator
        if indicators is not None and indicator.pk not in indicators:
            continue
        places = known.get(of_one.scopes)
        if places is None or any(isinstance(place, NoTarget) for place in places):
            places = known[of_one.scopes] = [_governing(of_one, member, tell_ties) for member in chosen]
        figures = baseline_figures(plan, indicator, unit_ids=ids)
        key = indicator.pk
        ready_rules = [(rule, of_one.ready[rule.position].decide) for rule in of_one.rules]
        for member, place in zip(chosen, places, strict=True):
            figure = figures.get(member.unit_id)
            floor = floors.of(indicator, member.unit_id) if floors is not None else None
            baseline = baseline_of(figure, floor)
            if isinstance(place, int):
                rule, decide = ready_rules[place]
                by_rule = decide(baseline)
                override = set_by_hand.get((key, member.unit_id)) if set_by_hand else None
                decision = by_rule if override is None else overridden(override, indicator)
                yield Outcome(indicator, member, rule, figure, baseline, by_rule, override, decision)
                continue
            reason = place or _left_out(of_one, member)
            if reason is not None:
                yield Outcome(indicator, member, None, figure, baseline, reason, None, reason)


def _governing(of_one: RulesOfOne, member: Member, tell_ties: bool) -> int | NoTarget | None:
    """Return the place of the rule that governs the unit, None without one; raise RulesTie or tell it."""
    try:
        found = rules.governing(of_one.scoped, member)
    except RulesTie as tie:
        if not tell_ties:
            raise
        return NoTarget(str(tie))
    return None if found is None else of_one.scoped.index(found)


def _left_out(of_one: RulesOfOne, member: Member) -> NoTarget | None:
    """Return why no rule governs the unit, None where the plan does not speak about such units."""
    exempting = next((one for one in of_one.scoped if one.scope.exempts(member)), None)
    if exempting is not None:
        return NoTarget(f"được trừ trong phạm vi quy tắc “{exempting.label}”", is_settled=True)
    return NoTarget(NO_RULE) if of_one.concerns(member) else None


def outcome_of(
    *, plan: Plan, unit_id: int, indicator: Indicator, names: Mapping[int, NameAt]
) -> Outcome | None:
    """Return what one unit gets for one indicator as things stand now, None where the plan is silent."""
    ground = ground_of(plan, names)
    members = [member for member in ground.members if member.unit_id == unit_id]
    return next(iter(outcomes(ground, members=members, indicators={indicator.pk}, tell_ties=True)), None)


def overridden(override: Override, indicator: Indicator) -> Decision | NoTarget:
    """Return what a person set instead of the rule."""
    if override.value is None:
        return NoTarget(f"không giao theo ý kiến của {override.by}: {override.reason}", is_settled=True)
    wording = measure_of(indicator).official(override.value)
    return Decision(override.value, None, override.value, False, wording, "overridden")
