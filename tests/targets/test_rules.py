"""The two kinds of rules against hand calculation, and what must hold for every result."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.rules import MAINTAIN_WORDING, Decision, Measure, Member, NoTarget, RulesTie, Scope, ScopedRule
from targets.rules.scope import concerned, governing
from tests.targets.builders import MINUTES, SO_BANDS, baseline, catch_up, decided, formal

percents = st.decimals(min_value=0, max_value=100, places=10)
centrals = st.decimals(min_value=0, max_value=100, places=2)

# --- The formal rule (Quyết định 467/QĐ-UBND) ------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "growth_kind", "assigned", "stretch"),
    [
        ("43", "relative", "50", "50"),
        ("49.9999999999", "relative", "50", "50"),
        ("50", "relative", "50", "55"),
        ("50", "points", "50", "60"),
        ("84.3", "relative", "84.3", "92.73"),
        ("84.3", "points", "84.3", "94.3"),
        ("96", "relative", "96", "100"),
        ("96", "points", "96", "100"),
        ("100", "relative", "100", "100"),
        ("0", "relative", "50", "50"),
    ],
)
def test_with_central_50_the_formal_rule_gives_what_a_hand_calculation_gives(
    result: str, growth_kind: str, assigned: str, stretch: str
) -> None:
    decision = decided(formal(growth_kind=growth_kind), baseline(result))
    assert (decision.assigned, decision.stretch) == (Decimal(assigned), Decimal(stretch))
    assert decision.scored == decision.stretch
    assert not decision.maintain


def test_a_result_of_60_is_scored_by_60_when_the_plan_scores_what_is_assigned() -> None:
    decision = decided(formal(scored="assigned"), baseline("60"))
    assert (decision.stretch, decision.scored) == (66, 60)


def test_49_96_printed_as_50_counts_as_50_throughout_when_printed_results_are_compared() -> None:
    decision = decided(formal(compare="printed"), baseline("49.96", "50%"))
    assert (decision.assigned, decision.stretch) == (50, 55)
    assert decided(formal(), baseline("49.96", "50%")).stretch == 50


@pytest.mark.parametrize("state", ["không phát sinh", "không thuộc phạm vi", "chưa trích xuất được", ""])
def test_a_unit_without_a_number_gets_the_central_target_or_nothing_as_the_plan_says(state: str) -> None:
    decision = decided(formal(), baseline(None, state=state))
    assert (decision.assigned, decision.stretch, decision.scored) == (50, 50, 50)
    nothing = formal(no_baseline="none").decide(baseline(None, state=state))
    assert isinstance(nothing, NoTarget)
    assert nothing.reason == ("chưa có số liệu gốc" + (f" ({state})" if state else ""))


def test_an_indicator_that_is_no_rate_has_no_cap_unless_the_plan_sets_one() -> None:
    cases = Measure(is_rate=False, unit="hồ sơ/người")
    assert decided(formal(central=1200, measure=cases), baseline("1500")).stretch == 1650
    assert decided(formal(central=1200, cap=1600, measure=cases), baseline("1500")).stretch == 1600


def test_where_lower_is_better_40_minutes_come_down_to_30_and_20_to_18() -> None:
    rule = formal(central=30, measure=MINUTES)
    slow, fast = decided(rule, baseline("40")), decided(rule, baseline("20"))
    assert (slow.assigned, slow.stretch) == (30, 30)
    assert (fast.assigned, fast.stretch) == (20, 18)
    points = formal(central=30, growth=25, growth_kind="points", measure=MINUTES)
    assert decided(points, baseline("20")).stretch == 0


@given(result=percents, central=centrals, points=st.booleans())
def test_the_formal_rule_never_assigns_below_central_nor_outside_0_to_100(
    result: Decimal, central: Decimal, points: bool
) -> None:
    rule = formal(central=str(central), growth_kind="points" if points else "relative")
    decision = decided(rule, baseline(result))
    assert decision.stretch is not None
    assert central <= decision.assigned <= decision.stretch <= 100
    assert decision.assigned >= result
    exact = result + 10 if points else result * Decimal("1.1")
    if result >= central:
        assert abs(min(exact, Decimal(100)) - decision.stretch) <= Decimal("5E-11")


@given(one=percents, other=percents, central=centrals)
def test_a_better_result_never_gets_a_lower_formal_target(
    one: Decimal, other: Decimal, central: Decimal
) -> None:
    low, high = sorted((one, other))
    rule = formal(central=str(central))
    assert decided(rule, baseline(low)).scored <= decided(rule, baseline(high)).scored


# --- Catch up or maintain (Kế hoạch 269/KH-UBND) -----------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "raw", "assigned"),
    [
        ("12%", "12.8949283181", "30"),
        ("35.7%", "35.7158638975", "50"),
        ("72%", "72.1260541500", "85"),
        ("80%", "79.8449612403", "90"),
        ("89%", "89.3550893551", "90"),
        ("19.9%", "19.9", "30"),
        ("20%", "20", "50"),
    ],
)
def test_a_department_below_a_band_gets_the_bands_target(printed: str, raw: str, assigned: str) -> None:
    decision = decided(catch_up(*SO_BANDS), baseline(raw, printed))
    assert (decision.assigned, decision.stretch, decision.maintain) == (Decimal(assigned), None, False)
    assert decision.wording == f"{assigned}%"


def test_yen_hai_printed_90_keeps_its_unrounded_89_86() -> None:
    decision = decided(catch_up(), baseline("89.8617511521", "90%"))
    assert decision.maintain
    assert decision.assigned == decision.scored == Decimal("89.8617511521")
    assert decision.wording == MAINTAIN_WORDING


def test_raw_89_86_must_catch_up_when_raw_results_are_compared() -> None:
    assert decided(catch_up(compare="raw"), baseline("89.8617511521", "90%")).assigned == 90


def test_a_rate_that_was_not_printed_is_rounded_to_the_plans_decimals() -> None:
    ha_long = {"below": 96, "target": 98}
    assert decided(catch_up(ha_long, decimals=1), baseline("95.94")).assigned == 98
    assert decided(catch_up(ha_long, decimals=1), baseline("95.95")).maintain
    assert decided(catch_up(ha_long, decimals=0), baseline("95.5")).maintain


def test_a_text_that_is_no_number_counts_as_not_printed() -> None:
    assert decided(catch_up(), baseline("0", "Không có hồ sơ thanh toán trực tuyến")).assigned == 90


def test_without_a_baseline_nothing_is_caught_up_with() -> None:
    nothing = catch_up().decide(baseline(None, state="không phát sinh"))
    assert nothing == NoTarget("chưa có số liệu gốc (không phát sinh)")


def test_where_lower_is_better_bands_say_above() -> None:
    rule = catch_up({"above": 60, "target": 45}, {"above": 30, "target": 30}, measure=MINUTES, compare="raw")
    assert decided(rule, baseline("61")).assigned == 45
    assert decided(rule, baseline("60")).assigned == 30
    assert decided(rule, baseline("30")).maintain


@given(result=percents, compare=st.sampled_from(["raw", "printed"]))
def test_catching_up_never_asks_less_than_what_was_compared_and_stays_in_0_to_100(
    result: Decimal, compare: str
) -> None:
    decision = decided(catch_up(*SO_BANDS, compare=compare), baseline(result))
    assert 0 <= decision.assigned <= 100
    assert decision.assigned >= (result if compare == "raw" else min(result, Decimal(90)))
    assert decision.maintain == (decision.case == "maintain")


@given(one=percents, other=percents)
def test_a_better_result_never_gets_an_easier_target_where_threshold_and_target_are_one(
    one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    rule = catch_up(compare="raw")
    assert decided(rule, baseline(low)).scored <= decided(rule, baseline(high)).scored


def test_the_cliffs_are_told_79_to_80_but_80_to_88_and_95_to_98_but_96_kept() -> None:
    assert formal(central=80).cliffs() == ["Quy tắc có bước nhảy ở 80 %: kết quả 79 → 80, nhưng 80 → 88."]
    assert formal(central=100).cliffs() == []
    assert catch_up({"below": 96, "target": 98}).cliffs() == [
        "Quy tắc có bước nhảy ở 96 %: kết quả 95 → 98, nhưng 96 → duy trì 96."
    ]
    assert catch_up().cliffs() == []


def test_every_choice_that_the_document_leaves_open_is_told_in_words() -> None:
    told = " | ".join(f"{clause.term}: {clause.text}" for clause in formal().clauses())
    for words in (
        "nhân 1,10, không phải cộng điểm",
        "không quá 100 %",
        "số chưa làm tròn",
        "Không có số liệu gốc: giao bằng chỉ tiêu Trung ương 50 %",
        "Chấm theo: mức phấn đấu",
    ):
        assert words in told
    assert "cộng điểm, không phải nhân" in formal(growth_kind="points").clauses()[1].text


# --- Which rule counts -------------------------------------------------------------------------------------


def member(unit_id: int = 7, level: str = "xa", area_class: str = "") -> Member:
    return Member(unit_id, "Phường Hà Tu, Thành phố Hạ Long", level, area_class, frozenset({unit_id, 3, 1}))


def scoped(position: int, **scope: frozenset[str] | frozenset[int]) -> ScopedRule:
    found = Scope(**scope)  # type: ignore[arg-type]
    return ScopedRule(position, f"Nhóm {position}", 1, found, found.precedence)


LADDER = [
    scoped(1),
    scoped(2, levels=frozenset({"xa"})),
    scoped(3, levels=frozenset({"xa"}), within=frozenset({3})),
    scoped(4, area_classes=frozenset({"nông thôn"})),
    scoped(5, units=frozenset({7})),
]


def test_the_most_specific_rule_counts_all_level_group_area_class_named_unit() -> None:
    assert [rule.precedence for rule in LADDER] == [0, 1, 2, 3, 4]

    def winner(upto: int, one: Member) -> int | None:
        rule = governing(LADDER[:upto], one)
        return rule.position if rule else None

    rural = member(area_class="nông thôn")
    assert [winner(upto, rural) for upto in range(6)] == [None, 1, 2, 3, 4, 5]
    assert winner(5, member(8)) == 3
    assert winner(5, member(8, level="huyen")) == 1


@given(st.permutations(LADDER))
def test_the_order_of_the_rules_does_not_matter(order: list[ScopedRule]) -> None:
    chosen = governing(order, member(area_class="nông thôn"))
    assert chosen is not None
    assert chosen.position == 5


def test_two_rules_of_one_precedence_on_one_unit_are_an_error_that_names_both() -> None:
    with pytest.raises(RulesTie, match=r"Phường Hà Tu.*“Nhóm 3”.*“Nhóm 6”"):
        governing([*LADDER[:3], scoped(6, within=frozenset({1}))], member())


def test_a_plan_speaks_about_its_rules_levels_or_the_named_units_only() -> None:
    assert concerned(LADDER[1:3], ["so", "xa"], member())
    assert not concerned(LADDER[1:3], ["so", "xa"], member(level="so"))
    assert concerned(LADDER[:1], ["so", "xa"], member(level="so"))
    assert not concerned(LADDER[:1], ["so", "xa"], member(level="huyen"))
    assert concerned(LADDER[4:], ["xa"], member())
    assert not concerned(LADDER[4:], ["xa"], member(8))


def test_a_decision_is_the_same_whatever_the_order_of_the_units() -> None:
    results = [baseline(str(value)) for value in (12, 95, 50, 0, 100)]
    rule = formal()
    forward = [rule.decide(one) for one in results]
    assert [rule.decide(one) for one in reversed(results)] == forward[::-1]
    assert all(isinstance(one, Decision) for one in forward)
