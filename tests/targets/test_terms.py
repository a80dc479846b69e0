"""What every kind of rule may be told besides its own parameters: what must hold for all results."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dvctt.lib import numbers
from targets import rules
from targets.rules import Baseline, Decision, Floor, Measure, NoTarget, ParametersWrong, ReadyRule
from tests.targets.builders import MINUTES, baseline, catch_up, changed, decided, formal, recomputed

RATE = Measure()
CASES = Measure(is_rate=False, unit="hồ sơ/người")
OVERDUE = Measure(higher_is_better=False)
"""A rate of which less is better."""
MEASURES = {"rate": RATE, "overdue": OVERDUE, "minutes": MINUTES, "cases": CASES}
KINDS = ["formal", "growth", "fixed", "ladder", "cascade", "catch_up_or_maintain"]
ABOVE = "467/QĐ-UBND"


def highest(measure: Measure) -> int:
    return 100 if measure.is_rate else 2000


def levels(measure: Measure) -> st.SearchStrategy[Decimal]:
    return st.decimals(0, highest(measure), places=2)


def results(measure: Measure) -> st.SearchStrategy[Decimal]:
    """Results as divisions give them, and those that stand on a round number, where rules turn."""
    whole = st.integers(0, highest(measure)).map(Decimal)
    return st.one_of(st.decimals(0, highest(measure), places=10), levels(measure), whole)


@st.composite
def parameters(draw: st.DrawFn, kind: str, measure: Measure) -> dict[str, Any]:
    """Parameters that the kind takes; of a rate nothing beyond 100 is asked."""
    some = levels(measure).map(str)
    growth = {"growth": str(draw(st.decimals(0, 40, places=2))), "growth_kind": draw(GROWTH_KINDS)}
    comparing = {"compare": draw(st.sampled_from(["raw", "printed"])), "decimals": draw(st.integers(0, 2))}
    match kind:
        case "formal":
            central = draw(levels(measure))
            cap = draw(st.decimals(central, 100, places=2).map(str)) if measure.is_rate else None
            scored = draw(st.sampled_from(["stretch", "assigned"]))
            return {"central": str(central), "cap": cap, "scored": scored} | growth | comparing
        case "growth":
            without = draw(st.one_of(st.none(), some))
            return {"cap": draw(some) if measure.is_rate else None, "without": without} | growth | comparing
        case "fixed":
            return {"value": draw(some), "bound": "minimum" if measure.higher_is_better else "maximum"}
        case "ladder":
            step, year = draw(some), draw(st.integers(2021, 2030))
            return {"start": draw(some), "start_year": 2021, "step": step, "year": year}
        case "cascade":
            return {"more": draw(some), "cap": draw(some) if measure.is_rate else None}
        case _:
            limits = draw(st.lists(levels(measure), min_size=1, max_size=3, unique=True))
            limits.sort(reverse=not measure.higher_is_better)
            key = "below" if measure.higher_is_better else "above"
            last = limits[-1]
            hardest = Decimal(highest(measure)) if measure.higher_is_better else Decimal(0)
            target = draw(st.decimals(min(last, hardest), max(last, hardest), places=2))
            bands = [{key: str(limit), "target": str(limit)} for limit in limits[:-1]]
            return {"bands": [*bands, {key: str(last), "target": str(target)}]} | comparing


PLAIN: dict[str, dict[str, Any]] = {
    "formal": {"central": 50},
    "growth": {"growth": 10},
    "fixed": {"value": 80},
    "ladder": {"start": 20, "start_year": 2021, "step": 20, "year": 2023},
    "cascade": {},
    "catch_up_or_maintain": {"bands": [{"below": 90, "target": 90}]},
}
"""The least that each kind has to be told, for a rate."""
GROWTH_KINDS = st.sampled_from(["relative", "points"])
ROUNDING = st.fixed_dictionaries(
    {
        "rounding": st.sampled_from([None, "1", "5", "0.5", "10", "30"]),
        "rounding_way": st.sampled_from(["harder", "nearest"]),
    }
)


def ready(kind: str, measure: Measure, **told: Any) -> ReadyRule:
    return rules.ready_rule(kind=kind, parameters=told, measure=measure, group="Mọi đơn vị")


@st.composite
def ready_rules(draw: st.DrawFn, *kinds: str) -> ReadyRule:
    """A rule of one of the kinds, with some rounding, for some measure."""
    measure = draw(st.sampled_from(list(MEASURES.values())))
    kind = draw(st.sampled_from(kinds or KINDS))
    return ready(kind, measure, **draw(parameters(kind, measure)), **draw(ROUNDING))


@st.composite
def baselines(draw: st.DrawFn, measure: Measure) -> Baseline:
    """A unit's figure with counts, or why there is none; perhaps with what was assigned from above."""
    floor = draw(st.one_of(st.none(), levels(measure).map(lambda value: Floor(value, ABOVE))))
    if draw(st.integers(0, 4)) == 0:
        state = draw(st.sampled_from(["", "không phát sinh"]))
        return Baseline(None, state=state, floor=floor)
    return Baseline(draw(results(measure)), numerator=500, denominator=1000, floor=floor)


def asked(decision: Decision) -> list[Decimal]:
    """All levels of a decision."""
    found = [decision.assigned, decision.scored]
    return found if decision.stretch is None else [*found, decision.stretch]


@given(st.data())
def test_what_was_assigned_from_above_is_never_undercut_whatever_the_kind(data: st.DataObject) -> None:
    rule = data.draw(ready_rules())
    one = data.draw(baselines(rule.measure))
    assume(one.floor is not None)
    assert one.floor is not None
    decision = rule.decide(one)
    if isinstance(decision, Decision):
        assert not any(rule.measure.lacks(level, one.floor.value) for level in asked(decision))


@given(st.data())
def test_a_target_of_a_rate_is_a_rate_whatever_the_kind_and_the_rounding(data: st.DataObject) -> None:
    rule = data.draw(ready_rules())
    decision = rule.decide(data.draw(baselines(rule.measure)))
    if isinstance(decision, Decision):
        top = 100 if rule.measure.is_rate else 10**9
        assert all(0 <= level <= top for level in asked(decision))


@given(st.data())
def test_the_sentence_of_any_rule_gives_its_target_by_its_own_numbers(data: st.DataObject) -> None:
    rule = data.draw(ready_rules())
    one = data.draw(baselines(rule.measure))
    if rule.kind.code == "catch_up_or_maintain" and one.value is not None:
        # A kept result is shown with two decimals.
        one = changed(one, value=numbers.round_half_up(one.value, 2), numerator=None)
    decision = rule.decide(one)
    told = recomputed(rule.kind.code, rule.sentence(one, label="năm 2023"))
    assert told == (None if isinstance(decision, NoTarget) else (decision.assigned, decision.stretch))


@given(st.data())
def test_the_formal_rule_is_never_easier_than_central_nor_beyond_its_cap_however_it_rounds(
    data: st.DataObject,
) -> None:
    rule = data.draw(ready_rules("formal"))
    one = changed(data.draw(baselines(rule.measure)), floor=None)
    decision = decided(rule, one)
    assert decision.stretch is not None
    for level in asked(decision):
        assert not rule.measure.lacks(level, rule.parameters.central)
        if rule.parameters.cap is not None and rule.measure.higher_is_better:
            assert level <= rule.parameters.cap
    assert not rule.measure.lacks(decision.stretch, decision.assigned)
    assert decision.scored in {decision.assigned, decision.stretch}


@given(st.data())
def test_rounding_to_the_harder_side_never_eases_and_moves_less_than_a_step(data: st.DataObject) -> None:
    rule = data.draw(ready_rules())
    step = data.draw(st.sampled_from(["1", "5", "0.5", "30"]))
    harder = replace(rule, terms=rules.Terms(rounding=Decimal(step)))
    plain = replace(rule, terms=rules.Terms())
    one = data.draw(baselines(rule.measure))
    before, after = plain.decide(one), harder.decide(one)
    assert isinstance(before, Decision) == isinstance(after, Decision)
    if isinstance(before, Decision) and isinstance(after, Decision):
        for was, now in zip(asked(before), asked(after), strict=True):
            assert not rule.measure.lacks(now, was)
            assert abs(now - was) < Decimal(step)


@given(st.data())
def test_rounding_to_the_nearest_moves_at_most_half_a_step(data: st.DataObject) -> None:
    rule = data.draw(ready_rules("growth", "formal"))
    nearest = replace(rule, terms=rules.Terms(rounding=Decimal(5), rounding_way="nearest"))
    plain = replace(rule, terms=rules.Terms())
    one = changed(data.draw(baselines(rule.measure)), floor=None)
    before, after = plain.decide(one), nearest.decide(one)
    if isinstance(before, Decision) and isinstance(after, Decision):
        moved = [abs(now - was) for was, now in zip(asked(before), asked(after), strict=True)]
        assert max(moved) <= Decimal("2.5")


@given(st.data())
def test_kept_results_and_levels_that_the_rule_states_are_never_rounded(data: st.DataObject) -> None:
    rule = data.draw(ready_rules("catch_up_or_maintain", "fixed", "ladder", "cascade"))
    one = data.draw(baselines(rule.measure))
    rounded = replace(rule, terms=rules.Terms(rounding=Decimal(30)))
    assert rounded.decide(one) == replace(rule, terms=rules.Terms()).decide(one)


def test_rounding_says_its_way_its_step_and_the_bound_that_stopped_it() -> None:
    one = formal(rounding=5)
    assert one.sentence(baseline("84.3"), label="năm 2023") == (
        "Kết quả năm 2023 là 84,3 %, bằng hoặc lớn hơn chỉ tiêu Trung ương 50 %: giao 84,3 %; phấn đấu tăng "
        "thêm 10 % (84,3 × 1,10 = 92,73) là 92,73 %; làm tròn lên bội số của 5: giao 85 %, phấn đấu 95 %."
    )
    assert (decided(one, baseline("84.3")).assigned, decided(one, baseline("84.3")).scored) == (85, 95)
    capped = ready("growth", RATE, growth=10, rounding=30)
    assert capped.sentence(baseline("84"), label="năm 2022").endswith(
        "(84 × 1,10 = 92,4), giao 92,4 %; làm tròn lên bội số của 30, không quá 100: giao 100 %."
    )
    central = formal(central=52, rounding=5, rounding_way="nearest")
    assert central.sentence(baseline("52"), label="").endswith(
        "; làm tròn đến bội số gần nhất của 5, không dưới 52: giao 52 %, phấn đấu 55 %."
    )


def test_yen_hais_kept_89_86_is_not_rounded_to_90() -> None:
    kept = decided(catch_up(rounding=5), baseline("89.8617511521", "90%"))
    assert (kept.maintain, kept.assigned) == (True, Decimal("89.8617511521"))


# --- Few cases, out of scope, waivers ----------------------------------------------------------------------


@given(st.sampled_from(KINDS), st.integers(1, 50), st.integers(1, 50))
def test_a_unit_under_the_fewest_cases_gets_nothing_and_is_told_so(kind: str, cases: int, few: int) -> None:
    told = PLAIN[kind]
    one = baseline("60", numerator=0, denominator=cases, floor=Floor(Decimal(10), ABOVE))
    plain, strict = ready(kind, RATE, **told), ready(kind, RATE, **told, fewest=few)
    found = strict.decide(one)
    if cases >= few:
        assert found == plain.decide(one)
    else:
        assert found == NoTarget(f"ít hồ sơ (0/{cases}, dưới {few})")
        assert recomputed(kind, strict.sentence(one, label="năm 2023")) is None
        like = ready(kind, RATE, **told, fewest=few, few_cases="no_baseline")
        without = changed(one, value=None, state=f"ít hồ sơ (0/{cases}, dưới {few})")
        assert like.decide(one) == plain.decide(without)


def test_a_few_cases_unit_may_be_treated_as_one_without_a_baseline() -> None:
    one = formal(fewest=10, few_cases="no_baseline")
    few = baseline("75", numerator=3, denominator=4)
    assert (decided(one, few).assigned, decided(one, few).case) == (50, "no_baseline")
    assert one.sentence(few, label="năm 2023") == (
        "Kết quả năm 2023: ít hồ sơ (3/4, dưới 10), không có số liệu gốc; giao bằng chỉ tiêu Trung ương 50 %."
    )


def test_a_unit_out_of_the_indicators_scope_gets_nothing_unless_the_plan_says_otherwise() -> None:
    out = baseline(None, state="không thuộc phạm vi", is_out_of_scope=True)
    assert formal().decide(out) == NoTarget("không thuộc phạm vi", is_settled=True)
    assert formal().sentence(out, label="năm 2023") == (
        "Kết quả năm 2023: không thuộc phạm vi; kế hoạch không giao."
    )
    assert decided(formal(not_applicable="no_baseline"), out).assigned == 50


@given(st.integers(0, 4000), st.integers(1, 10), levels(CASES))
def test_a_waiver_leaves_out_exactly_the_units_with_fewer_cases_than_the_target(
    cases: int, people: int, value: Decimal
) -> None:
    told = {"value": str(value), "bound": "minimum"}
    one = baseline(str(Decimal(cases) / people), numerator=cases, denominator=people)
    found = ready("fixed", CASES, **told, waiver=True).decide(one)
    assert isinstance(found, NoTarget) == (cases < value)
    assert isinstance(ready("fixed", CASES, **told).decide(one), Decision)
    if isinstance(found, NoTarget):
        assert found.is_settled
        told_why = ready("fixed", CASES, **told, waiver=True).sentence(one, label="năm 2024")
        assert recomputed("fixed", told_why) is None


def test_a_rate_cannot_be_waived_and_wrong_terms_are_told() -> None:
    with pytest.raises(ParametersWrong) as caught:
        ready("fixed", RATE, value=80, waiver=True, rounding=0, few_cases="x", fewest=-1)
    assert caught.value.problems == [
        "parameters.rounding: bước làm tròn 0 phải lớn hơn 0 và không quá 100",
        "parameters.fewest: -1 phải từ 0 đến 1000000",
        "parameters.few_cases: “x” không có; chỉ nhận none, no_baseline",
        "parameters.waiver: chỉ tiêu tỷ lệ không có mức tính bằng số hồ sơ để miễn",
    ]


# --- Passing on --------------------------------------------------------------------------------------------


@given(st.data())
def test_a_district_passes_on_at_least_what_it_got_and_nothing_where_nothing_came(
    data: st.DataObject,
) -> None:
    rule = data.draw(ready_rules("cascade"))
    one = data.draw(baselines(rule.measure))
    found = rule.decide(one)
    if one.floor is None:
        assert found == NoTarget("cấp trên chưa giao chỉ tiêu này")
        return
    assert isinstance(found, Decision)
    assert not rule.measure.lacks(found.assigned, one.floor.value)
    assert abs(found.assigned - one.floor.value) <= rule.parameters.more
    assert found.assigned == decided(rule, changed(one, value=Decimal(1), state="")).assigned


@pytest.mark.parametrize(
    ("told", "measure", "floor", "assigned", "sentence"),
    [
        ({}, RATE, "85", "85", "467/QĐ-UBND giao 85 % (Mọi đơn vị): giao lại 85 %; "),
        (
            {"more": 5}, RATE, "98", "100",
            "467/QĐ-UBND giao 98 % (Mọi đơn vị): giao lại (98 + 5 = 103, không quá 100) 100 %; ",
        ),
        (
            {"more": 5, "cap": 80}, RATE, "90", "90",
            "467/QĐ-UBND giao 90 % (Mọi đơn vị): giao lại (90 + 5 = 95, không quá 80) 90 %; ",
        ),
        (
            {"more": 5}, MINUTES, "30", "25",
            "467/QĐ-UBND giao 30 phút (Mọi đơn vị): giao lại (30 − 5 = 25) 25 phút; ",
        ),
    ],
)  # fmt: skip
def test_passing_on_says_from_where_it_came_and_the_sum(
    told: dict[str, Any], measure: Measure, floor: str, assigned: str, sentence: str
) -> None:
    rule = ready("cascade", measure, **told)
    one = baseline("43", floor=Floor(Decimal(floor), ABOVE))
    assert decided(rule, one).assigned == Decimal(assigned)
    assert rule.sentence(one, label="năm 2023") == (
        f"{sentence}kết quả năm 2023: 43 {measure.unit}, không dùng để tính."
    )
    assert recomputed("cascade", rule.sentence(one, label="năm 2023")) == (Decimal(assigned), None)


def test_a_floor_lifts_a_target_and_the_sentence_says_so() -> None:
    one = baseline("43", floor=Floor(Decimal(60), ABOVE))
    decision = decided(formal(), one)
    assert (decision.assigned, decision.stretch, decision.case) == (60, 60, "floored")
    assert (
        formal()
        .sentence(one, label="năm 2023")
        .endswith(
            "phấn đấu bằng 50 %; không thấp hơn mức 60 % mà 467/QĐ-UBND giao: giao 60 %, phấn đấu 60 %."
        )
    )
    kept = decided(catch_up(), baseline("92", floor=Floor(Decimal(95), ABOVE)))
    assert (kept.assigned, kept.maintain, kept.wording) == (95, False, "95%")


# --- Strict levels -----------------------------------------------------------------------------------------


@given(levels(RATE), st.booleans())
def test_a_strict_level_is_one_that_must_be_passed(value: Decimal, is_upward: bool) -> None:
    measure = RATE if is_upward else OVERDUE
    end = 100 if is_upward else 0
    bound, word = ("above", "Trên") if is_upward else ("under", "Dưới")
    if value == end:
        with pytest.raises(ParametersWrong, match="không kết quả nào"):
            ready("fixed", measure, value=str(value), bound=bound)
        return
    rule = ready("fixed", measure, value=str(value), bound=bound)
    decision = decided(rule, baseline(None))
    assert (decision.assigned, decision.scored, decision.is_strict) == (value, value, True)
    assert decision.wording.startswith(f"{word} ")
    assert not decided(ready("fixed", measure, value=str(value)), baseline(None)).is_strict


# --- Better results ----------------------------------------------------------------------------------------


@given(st.data())
def test_a_better_result_never_gets_an_easier_target_but_over_a_stated_cliff(data: st.DataObject) -> None:
    rule = data.draw(ready_rules())
    measure = rule.measure
    one = data.draw(baselines(measure))
    pair = [data.draw(results(measure)) for _ in range(2)]
    worse, better = sorted(pair, reverse=not measure.higher_is_better)
    first = rule.decide(changed(one, value=worse, state=""))
    second = rule.decide(changed(one, value=better, state=""))
    if isinstance(first, NoTarget) or isinstance(second, NoTarget):
        assert isinstance(first, NoTarget)
        assert isinstance(second, NoTarget)
        return
    if measure.lacks(second.scored, first.scored):
        assert rule.kind.code == "catch_up_or_maintain"
        (last,) = rule.parameters.bands[-1:]
        crosses = first.case == "catch_up" and second.case in {"maintain", "floored"}
        # A kept result keeps its decimals, which a comparison of printed results rounds away.
        rounds = rule.parameters.compare == "printed" and abs(better - last.limit) <= Decimal("0.5")
        assert crosses
        assert rounds or last.target != last.limit
        assert rounds or rule.cliffs() or measure.lacks(last.limit, Decimal(1))


@given(st.data())
def test_a_decision_depends_on_nothing_but_the_unit_itself(data: st.DataObject) -> None:
    rule = data.draw(ready_rules())
    some = [data.draw(baselines(rule.measure)) for _ in range(3)]
    forward = [rule.decide(one) for one in some]
    assert [rule.decide(one) for one in reversed(some)] == forward[::-1]


@given(st.data())
def test_any_rule_comes_back_from_its_json_and_tells_each_parameter(data: st.DataObject) -> None:
    rule = data.draw(ready_rules())
    again = ready(rule.kind.code, rule.measure, **rule.plain())
    assert again.plain() == rule.plain()
    one = data.draw(baselines(rule.measure))
    assert again.decide(one) == rule.decide(one)
    assert all(clause.term and clause.text for clause in rule.clauses())
