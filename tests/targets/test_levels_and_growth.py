"""Levels for everybody, ladders over the years, growth over a baseline; their sentences checked by hand."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets import rules
from targets.rules import Measure, NoTarget, ParametersWrong, ReadyRule
from tests.targets.builders import MINUTES, baseline, decided, said

LABEL = "năm 2022"
RATES = st.decimals(0, 100, places=2)


def rule(kind: str, *, measure: Measure | None = None, **parameters: Any) -> ReadyRule:
    return rules.ready_rule(
        kind=kind, parameters=parameters, measure=measure or Measure(), group="Mọi đơn vị"
    )


def slips(kind: str, *, measure: Measure | None = None, **parameters: Any) -> list[str]:
    with pytest.raises(ParametersWrong) as caught:
        rule(kind, measure=measure, **parameters)
    return caught.value.problems


# --- fixed ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("parameters", "measure", "wording"),
    [
        ({"value": 100}, None, "100%"),
        ({"value": "80.5", "bound": "minimum"}, None, "Tối thiểu 80,5%"),
        ({"value": 30, "bound": "maximum"}, MINUTES, "Tối đa 30 phút"),
        ({"value": 1600}, Measure(is_rate=False, unit="hồ sơ"), "1.600 hồ sơ"),
    ],
)
def test_a_level_is_assigned_whatever_the_result_was(
    parameters: dict[str, Any], measure: Measure | None, wording: str
) -> None:
    one = rule("fixed", measure=measure, **parameters)
    for result in ("3", "99", None):
        decision = decided(one, baseline(result))
        assert (decision.assigned, decision.scored, decision.wording) == (
            Decimal(str(parameters["value"])),
            Decimal(str(parameters["value"])),
            wording,
        )


def test_a_level_says_that_the_result_does_not_count() -> None:
    one = rule("fixed", value=80, bound="minimum")
    assert one.sentence(baseline("43"), label=LABEL) == (
        "Giao mức chung tối thiểu 80 % (Mọi đơn vị); kết quả năm 2022: 43 %, không dùng để tính."
    )
    assert "chưa có số liệu gốc, không dùng để tính" in one.sentence(baseline(None), label=LABEL)


def test_bounds_go_with_the_direction() -> None:
    assert slips("fixed", value=30, bound="maximum") == [
        "parameters.bound: chỉ tiêu cao là tốt thì không giao mức tối đa"
    ]
    assert slips("fixed", value=30, bound="minimum", measure=MINUTES) == [
        "parameters.bound: chỉ tiêu thấp là tốt thì không giao mức tối thiểu"
    ]
    assert slips("fixed", value=120) == ["parameters.value: 120 lớn hơn 100"]


# --- ladder -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("start", "level"), [(30, 70), (20, 60), (15, 55)])
def test_the_ladder_of_resolution_76_gives_2023(start: int, level: int) -> None:
    one = rule("ladder", start=start, start_year=2021, step=20, year=2023)
    assert decided(one, baseline(None)).assigned == level


def test_a_ladder_ends_at_its_cap_and_says_the_sum() -> None:
    one = rule("ladder", start=30, start_year=2021, step=20, year=2026)
    assert decided(one, baseline("43")).assigned == 100
    assert one.sentence(baseline("43"), label=LABEL) == (
        "Năm 2021 giao 30 %, mỗi năm tăng 20 điểm % (Mọi đơn vị): "
        "năm 2026 (30 + 5 × 20 = 130, không quá 100) giao 100 %; kết quả năm 2022: 43 %, không dùng để tính."
    )


def test_a_ladder_goes_down_where_lower_is_better_and_not_below_nothing() -> None:
    assert (
        decided(
            rule("ladder", start=30, start_year=2021, step=5, year=2023, measure=MINUTES), baseline(None)
        ).assigned
        == 20
    )
    assert (
        decided(
            rule("ladder", start=30, start_year=2021, step=20, year=2023, measure=MINUTES), baseline(None)
        ).assigned
        == 0
    )


def test_a_ladder_that_cannot_be_climbed_is_told() -> None:
    assert slips("ladder", start=30, start_year=2023, step=20, year=2021) == [
        "parameters.year: năm 2021 trước năm bắt đầu 2023"
    ]
    assert slips("ladder", start=90, start_year=2021, step=1, year=2023, cap=80) == [
        "parameters.cap: trần 80 thấp hơn mức bắt đầu 90"
    ]


@given(RATES, st.integers(0, 20), RATES)
def test_a_ladder_of_a_rate_stays_a_rate_and_never_falls(start: Decimal, years: int, step: Decimal) -> None:
    def level(more: int) -> Decimal:
        one = rule("ladder", start=str(start), start_year=2021, step=str(step), year=2021 + more)
        return decided(one, baseline(None)).assigned

    assert start <= level(years) <= level(years + 1) <= 100


# --- growth -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("result", "parameters", "assigned", "wording"),
    [
        ("43", {"growth": 10}, "47.3", "Tối thiểu 47,3%"),
        ("43", {"growth": 10, "growth_kind": "points"}, "53", "Tối thiểu 53%"),
        ("96", {"growth": 10}, "100", "Tối thiểu 100%"),
        ("0", {"growth": 10}, "0", "Tối thiểu 0%"),
    ],
)
def test_growth_multiplies_or_adds_up_to_the_cap(
    result: str, parameters: dict[str, Any], assigned: str, wording: str
) -> None:
    decision = decided(rule("growth", **parameters), baseline(result))
    assert (decision.assigned, decision.wording) == (Decimal(assigned), wording)


def test_growth_goes_down_where_lower_is_better() -> None:
    decision = decided(rule("growth", growth=10, measure=MINUTES), baseline("30"))
    assert (decision.assigned, decision.wording) == (Decimal(27), "Tối đa 27 phút")
    assert slips("growth", growth=101, measure=MINUTES) == [
        "parameters.growth: không giảm được quá 100 % (101)"
    ]


def test_without_a_baseline_or_with_few_cases_the_plan_decides() -> None:
    assert rule("growth", growth=10).decide(baseline(None)) == NoTarget("chưa có số liệu gốc")
    assert decided(rule("growth", growth=10, without=40), baseline(None)).assigned == 40
    few = baseline("75", numerator=3, denominator=4)
    assert rule("growth", growth=10, fewest=10).decide(few) == NoTarget("ít hồ sơ (3/4, dưới 10)")
    assert decided(rule("growth", growth=10, fewest=4), few).assigned == Decimal("82.5")


@given(RATES, RATES, st.sampled_from(["relative", "points"]))
def test_growth_never_asks_less_than_was_reached_nor_more_than_there_is(
    result: Decimal, growth: Decimal, kind: str
) -> None:
    one = rule("growth", growth=str(growth), growth_kind=kind)
    assert result <= decided(one, baseline(result)).assigned <= 100


@given(RATES, RATES, st.sampled_from(["relative", "points"]))
def test_the_sentence_of_growth_gives_its_target_by_its_own_numbers(
    result: Decimal, growth: Decimal, kind: str
) -> None:
    one = rule("growth", growth=str(growth), growth_kind=kind)
    told = one.sentence(baseline(result), label=LABEL)
    number = r"(\d[\d.]*(?:,\d+)?)"
    found = re.search(rf"\({number} ([×+]) {number} = {number}(, [^)]+)?\), giao {number} %", told)
    assert found, told
    first, second, total = said(found[1]), said(found[3]), said(found[4])
    assert first == result
    assert (first * second if found[2] == "×" else first + second) == total
    given_target = said(found[6])
    assert given_target == decided(one, baseline(result)).assigned
    assert given_target == min(total, Decimal(100))


@given(st.lists(RATES, min_size=2, max_size=2), RATES)
def test_growth_is_monotone_in_the_baseline(results: list[Decimal], growth: Decimal) -> None:
    one = rule("growth", growth=str(growth))
    low, high = (decided(one, baseline(result)).assigned for result in sorted(results))
    assert low <= high


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("fixed", {"value": "80", "bound": "minimum"}),
        ("ladder", {"start": "30", "start_year": 2021, "step": "20", "year": 2023, "cap": "100"}),
        (
            "growth",
            {
                "growth": "10", "growth_kind": "points", "cap": "100", "compare": "printed", "decimals": 1,
                "without": "40", "fewest": 10,
            },
        ),
    ],
)  # fmt: skip
def test_parameters_come_back_as_they_were_said_and_each_is_told_in_words(
    kind: str, parameters: dict[str, Any]
) -> None:
    one = rule(kind, **parameters)
    stated = one.plain()
    assert {name: stated[name] for name in parameters} == parameters
    assert rules.ready_rule(kind=kind, parameters=stated, measure=Measure()).plain() == stated
    assert one.clauses()
    assert one.cliffs() == []
    assert one.because(baseline("43"))
