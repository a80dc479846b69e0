"""Whom a rule leaves out, and what all units come to together when each just meets its target."""

from __future__ import annotations

import math
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from targets.rules import Measure, Member, Scope, ScopedRule
from targets.rules.reach import Reach, Share, reach
from targets.rules.scope import concerned, governing
from tests.targets.builders import MINUTES

RATE = Measure()

# --- Scope -------------------------------------------------------------------------------------------------

LEVELS = st.sampled_from(["tinh", "so", "huyen", "xa"])
AREAS = st.sampled_from(["", "thuong", "nong_thon", "dac_biet_kho_khan"])
IDS = st.frozensets(st.integers(1, 6), max_size=3)
MEMBERS = st.builds(
    lambda unit_id, level, area, above, is_owner: Member(
        unit_id, f"Đơn vị {unit_id}", level, area, above | {unit_id}, is_owner
    ),
    st.integers(1, 6), LEVELS, AREAS, IDS, st.booleans(),
)  # fmt: skip
SCOPES = st.builds(
    Scope,
    levels=st.frozensets(LEVELS, max_size=2),
    within=IDS,
    area_classes=st.frozensets(AREAS.filter(bool), max_size=2),
    units=IDS,
    exempt_area_classes=st.frozensets(AREAS.filter(bool), max_size=2),
    exempt_within=IDS,
    exempt_units=IDS,
)


@given(SCOPES, MEMBERS)
def test_a_unit_is_covered_or_exempted_or_neither_never_both(scope: Scope, member: Member) -> None:
    without = Scope(
        levels=scope.levels, within=scope.within, area_classes=scope.area_classes, units=scope.units
    )
    assert not (scope.covers(member) and scope.exempts(member))
    assert (scope.covers(member) or scope.exempts(member)) == without.covers(member)
    named_as_left_out = (
        member.unit_id in scope.exempt_units
        or bool(scope.exempt_within & member.line)
        or member.area_class in scope.exempt_area_classes
    )
    assert scope.exempts(member) == (without.covers(member) and named_as_left_out)


@given(SCOPES, MEMBERS)
def test_exempting_somebody_makes_no_rule_more_specific(scope: Scope, member: Member) -> None:
    more = Scope(levels=scope.levels, within=scope.within, area_classes=scope.area_classes, units=scope.units)
    assert more.precedence == scope.precedence


@given(MEMBERS)
def test_the_owner_itself_is_covered_only_where_its_level_or_its_name_is_given(member: Member) -> None:
    assert Scope().covers(member) == (not member.is_owner)
    assert Scope(levels=frozenset({member.level})).covers(member)
    assert Scope(units=frozenset({member.unit_id})).covers(member)
    assert Scope(within=member.line).covers(member) == (not member.is_owner)


def test_communes_of_hard_areas_are_left_out_and_the_others_are_not() -> None:
    """“Trừ các xã vùng sâu, vùng xa”: a unit whose class nobody stated is not exempted."""
    scope = Scope(levels=frozenset({"xa"}), exempt_area_classes=frozenset({"dac_biet_kho_khan"}))
    remote, unknown = (
        Member(unit_id, "Xã", "xa", area, frozenset({unit_id}))
        for unit_id, area in ((1, "dac_biet_kho_khan"), (2, ""))
    )
    assert (scope.covers(remote), scope.exempts(remote)) == (False, True)
    assert (scope.covers(unknown), scope.exempts(unknown)) == (True, False)
    general = ScopedRule(1, "Mọi đơn vị", 1, Scope(), 0)
    rule = ScopedRule(2, "Cấp xã", 1, scope, scope.precedence)
    assert governing([general, rule], remote) == general, "a more general rule still counts for it"
    assert governing([rule], remote) is None
    assert concerned([rule], ["xa"], remote), "the plan speaks of it, if only to leave it out"


@given(st.lists(SCOPES, max_size=5), MEMBERS)
def test_the_rule_that_counts_covers_the_unit_and_none_above_it_does(
    scopes: list[Scope], member: Member
) -> None:
    # Precedence by place, so that no two tie.
    ruled = [ScopedRule(place, f"Nhóm {place}", 1, scope, place) for place, scope in enumerate(scopes)]
    chosen = governing(ruled, member)
    covering = [one.position for one in ruled if one.scope.covers(member)]
    assert (chosen.position if chosen else None) == (max(covering) if covering else None)


# --- Reach -------------------------------------------------------------------------------------------------


def counts() -> st.SearchStrategy[tuple[int, int]]:
    return st.integers(1, 50_000).flatmap(lambda all_: st.tuples(st.integers(0, all_), st.just(all_)))


SHARES = st.builds(
    lambda pair, target: Share(pair[0], pair[1], target),
    counts(),
    st.one_of(st.none(), st.decimals(0, 100, places=2)),
)
GOALS = st.one_of(st.none(), st.decimals(0, 100, places=2))


def by_hand(shares: list[Share], goal: Decimal | None) -> tuple[Decimal, Decimal, int | None]:
    """(now, expected, missing cases) of a rate, in exact fractions of the counts."""
    cases = sum(share.denominator or 0 for share in shares)
    done = sum(share.numerator or 0 for share in shares)
    wanted = sum(
        (
            Decimal(share.numerator or 0) * 100
            if share.target is None
            else max(share.target * (share.denominator or 0), Decimal(share.numerator or 0) * 100)
        )
        for share in shares
    )
    missing = None if goal is None else max(0, math.ceil((goal * cases - wanted) / 100))
    return Decimal(done) * 100 / cases, Decimal(wanted) / cases, missing


@given(st.lists(SHARES, min_size=1, max_size=8), GOALS)
def test_the_whole_is_the_sum_of_cases_never_a_mean_of_rates(
    shares: list[Share], goal: Decimal | None
) -> None:
    now, expected, missing = by_hand(shares, goal)
    found = reach(shares, goal=goal, measure=RATE)
    assert found.now is not None
    assert found.expected is not None
    assert abs(found.now - now) <= Decimal("5E-11")
    assert abs(found.expected - expected) <= Decimal("5E-11")
    assert found.missing == missing
    assert (found.units, found.without_counts) == (len(shares), 0)
    assert 0 <= found.expected <= 100


@given(
    st.lists(SHARES, min_size=1, max_size=6).flatmap(
        lambda some: st.tuples(st.just(some), st.permutations(some))
    ),
    GOALS,
)
def test_the_order_of_the_units_does_not_matter(
    orders: tuple[list[Share], list[Share]], goal: Decimal | None
) -> None:
    first, second = (reach(order, goal=goal, measure=RATE) for order in orders)
    assert first == second


@given(st.lists(SHARES, max_size=6), st.integers(0, 4), st.integers(0, 4), GOALS)
def test_a_unit_without_counts_or_without_cases_changes_no_sum(
    shares: list[Share], unknown: int, idle: int, goal: Decimal | None
) -> None:
    more = [*shares, *[Share(None, None, Decimal(90))] * unknown, *[Share(0, 0, Decimal(90))] * idle]
    plain, found = (reach(some, goal=goal, measure=RATE) for some in (shares, more))
    assert found.without_counts == unknown, "no cases weigh nothing; unknown ones cannot be weighed"
    assert found == Reach(
        plain.units, unknown, plain.denominator, plain.now, plain.expected, goal, plain.missing
    )


@given(st.lists(SHARES, min_size=1, max_size=6), GOALS)
def test_when_every_unit_is_asked_for_the_goal_the_goal_is_reached(
    shares: list[Share], goal: Decimal | None
) -> None:
    asked = [Share(share.numerator, share.denominator, goal) for share in shares]
    found = reach(asked, goal=goal, measure=RATE)
    assert found.missing in ({0} if goal is not None else {None})
    assert found.is_reached == (None if goal is None else True)


def test_three_units_by_hand() -> None:
    """600/1.000 kept, 10/100 asked for 50 %, one without counts: 650 of 1.100, 10 short of 60 %."""
    shares = [Share(600, 1000, None), Share(10, 100, Decimal(50)), Share(None, None, Decimal(100))]
    found = reach(shares, goal=Decimal(60), measure=RATE)
    assert (found.now, found.expected) == (Decimal("55.4545454545"), Decimal("59.0909090909"))
    assert (found.units, found.without_counts, found.missing, found.is_reached) == (2, 1, 10, False)


def test_where_lower_is_better_more_minutes_than_the_goal_are_what_is_missing() -> None:
    """100 visits of 40 minutes, asked for 30; the goal is 25: 500 minutes too many."""
    found = reach([Share(4000, 100, Decimal(30))], goal=Decimal(25), measure=MINUTES)
    assert (found.now, found.expected, found.missing) == (40, 30, 500)
    assert reach([Share(4000, 100, Decimal(20))], goal=Decimal(25), measure=MINUTES).missing == 0
