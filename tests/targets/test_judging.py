"""How a figure is judged against its target: bands, the gap, and how many cases are missing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvctt.lib import display, numbers
from targets.rules import judging
from targets.rules.judging import Bands


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("90", "met"),
        ("89.09", "near"),
        ("85.5", "near"),
        ("85.4999", "behind"),
        ("72", "behind"),
        ("71.99", "far"),
    ],
)
def test_a_figure_is_near_from_95_percent_of_its_target_and_far_below_80(value: str, status: str) -> None:
    assert judging.band(value=d(value), target=d("90"), higher_is_better=True) == status


@pytest.mark.parametrize(
    ("minutes", "status"), [("15", "met"), ("15.5", "near"), ("18", "behind"), ("40", "far"), ("0", "met")]
)
def test_where_lower_is_better_the_bands_turn_round(minutes: str, status: str) -> None:
    assert judging.band(value=d(minutes), target=d("15"), higher_is_better=False) == status


def test_a_single_overdue_dossier_against_a_target_of_none_is_far() -> None:
    assert judging.band(value=d("1"), target=d("0"), higher_is_better=False) == "far"


def test_a_kept_result_is_maintained_and_judged_like_any_other_once_it_is_lost() -> None:
    assert judging.band(value=d("96"), target=d("96"), higher_is_better=True, maintain=True) == "maintain"
    assert judging.band(value=d("92"), target=d("96"), higher_is_better=True, maintain=True) == "near"


def test_without_a_figure_or_a_target_nothing_is_judged() -> None:
    assert judging.band(value=None, target=d("90"), higher_is_better=True) == "none"
    assert judging.band(value=d("90"), target=None, higher_is_better=True) == "none"
    assert judging.gap(value=d("90"), target=None, higher_is_better=True) is None


def test_every_band_has_its_words() -> None:
    assert set(judging.BANDS) == set(display.BAND_WORDS)


def test_a_gap_is_negative_when_it_is_lacking_in_both_directions() -> None:
    assert judging.gap(value=d("75.68"), target=d("90"), higher_is_better=True) == d("-14.32")
    assert judging.gap(value=d("40"), target=d("15"), higher_is_better=False) == d("-25")


@pytest.mark.parametrize(
    ("numerator", "denominator", "lacking"),
    [(6231, 6994, 64), (9434, 12466, 1786), (15854, 19576, 1765), (2181, 3009, 528), (9, 10, 0), (10, 10, 0)],
)
def test_quang_ninh_districts_lack_so_many_dossiers_to_90_percent(
    numerator: int, denominator: int, lacking: int
) -> None:
    found = judging.missing_cases(
        value=numbers.rate(numerator=numerator, denominator=denominator),
        target=d("90"),
        numerator=numerator,
        denominator=denominator,
        higher_is_better=True,
    )
    assert found == lacking


def test_a_kept_result_lacks_nothing_though_its_last_digit_was_rounded_up() -> None:
    kept = d("99.5036934442")  # 8621/8664 is 99.50369344413…
    found = judging.missing_cases(
        value=kept, target=kept, numerator=8621, denominator=8664, higher_is_better=True
    )
    assert found == 0


def test_cases_are_counted_only_where_counts_exist() -> None:
    for numerator, denominator in [(None, 10), (5, None), (0, 0)]:
        found = judging.missing_cases(
            value=d("50"), target=d("90"), numerator=numerator, denominator=denominator, higher_is_better=True
        )
        assert found is None


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        ("Hồ sơ tiếp nhận trực tuyến", "hồ sơ"),
        ("Giao dịch thanh toán trực tuyến", "giao dịch"),
        ("TTHC công bố đúng hạn", "TTHC"),
        ("Lượt đánh giá hài lòng", "lượt"),
        ("Người không đến", "trường hợp"),
    ],
)
def test_what_a_numerator_counts_is_read_from_its_words(words: str, thing: str) -> None:
    assert judging.counted_thing(words) == thing


@pytest.mark.parametrize(
    ("value", "status"),
    [("90", "met"), ("81", "near"), ("80.9", "behind"), ("45", "behind"), ("44.9", "far")],
)
def test_a_plans_own_bands_judge(value: str, status: str) -> None:
    bands = Bands(near=d("90"), behind=d("50"))
    assert judging.band(value=d(value), target=d("90"), higher_is_better=True, bands=bands) == status


def test_where_a_target_must_be_exceeded_equal_is_not_reached() -> None:
    for value, higher, status in [
        ("80", True, "near"), ("80.01", True, "met"), ("30", False, "near"), ("29.9", False, "met"),
    ]:  # fmt: skip
        target = d("80") if higher else d("30")
        found = judging.band(value=d(value), target=target, higher_is_better=higher, is_strict=True)
        assert found == status, (value, higher)
    missing = judging.missing_cases(
        value=d("80"), target=d("80"), numerator=80, denominator=100, higher_is_better=True, is_strict=True
    )
    assert missing == 1


def test_no_number_of_cases_exceeds_100_percent() -> None:
    found = judging.missing_cases(
        value=d("90"), target=d("100"), numerator=9, denominator=10, higher_is_better=True, is_strict=True
    )
    assert found is None


def test_a_kept_result_just_lost_lacks_the_one_case_that_brings_it_back() -> None:
    kept = d("66.6666666667")  # 4000/6000 rounded up: the exact product asks for 4000.000000002
    found = judging.missing_cases(
        value=numbers.rate(numerator=3999, denominator=6000),
        target=kept,
        numerator=3999,
        denominator=6000,
        higher_is_better=True,
    )
    assert found == 1


def test_where_lower_is_better_no_cases_are_asked_for() -> None:
    found = judging.missing_cases(
        value=d("40"), target=d("15"), numerator=4, denominator=10, higher_is_better=False
    )
    assert found is None


RATES = st.decimals(min_value=0, max_value=100, places=10)


@st.composite
def counted(draw: st.DrawFn) -> tuple[int, int]:
    denominator = draw(st.integers(min_value=1, max_value=10**7))
    return draw(st.integers(min_value=0, max_value=denominator)), denominator


@given(counts=counted(), target=RATES | st.integers(0, 100).map(Decimal), is_strict=st.booleans())
def test_the_missing_cases_are_the_least_whole_number_that_reaches_the_target(
    counts: tuple[int, int], target: Decimal, is_strict: bool
) -> None:
    numerator, denominator = counts

    def reaches(more: int) -> bool:
        value = numbers.rate(numerator=numerator + more, denominator=denominator)
        assert value is not None
        return judging.is_reached(value=value, target=target, higher_is_better=True, is_strict=is_strict)

    found = judging.missing_cases(
        value=numbers.rate(numerator=numerator, denominator=denominator),
        target=target,
        numerator=numerator,
        denominator=denominator,
        higher_is_better=True,
        is_strict=is_strict,
    )
    if found is None:
        assert not reaches(denominator - numerator)
    else:
        assert reaches(found)
        assert found == 0 or not reaches(found - 1)


@given(counts=counted(), is_strict=st.booleans())
def test_a_target_that_is_itself_a_rate_of_these_cases_is_reached_by_them(
    counts: tuple[int, int], is_strict: bool
) -> None:
    reached, denominator = counts
    target = numbers.rate(numerator=reached, denominator=denominator)
    found = judging.missing_cases(
        value=d("0"),
        target=target,
        numerator=0,
        denominator=denominator,
        higher_is_better=True,
        is_strict=is_strict,
    )
    enough = reached + is_strict
    assert found == (enough if enough <= denominator else None)


ORDER = {status: place for place, status in enumerate(["far", "behind", "near", "met"])}


@given(
    low=RATES,
    high=RATES,
    target=RATES,
    percents=st.tuples(st.integers(0, 100), st.integers(0, 100)),
    is_strict=st.booleans(),
    higher=st.booleans(),
)
def test_a_better_value_never_stands_in_a_worse_band(
    low: Decimal, high: Decimal, target: Decimal, percents: tuple[int, int], is_strict: bool, higher: bool
) -> None:
    low, high = sorted([low, high])
    bands = Bands(near=Decimal(max(percents)), behind=Decimal(min(percents)))

    def place(value: Decimal) -> int:
        return ORDER[
            judging.band(
                value=value, target=target, higher_is_better=higher, bands=bands, is_strict=is_strict
            )
        ]

    assert place(high) >= place(low) if higher else place(high) <= place(low)


@given(value=RATES, target=RATES, is_strict=st.booleans(), higher=st.booleans())
def test_a_gap_is_negative_exactly_where_the_value_lacks(
    value: Decimal, target: Decimal, is_strict: bool, higher: bool
) -> None:
    gap = judging.gap(value=value, target=target, higher_is_better=higher)
    status = judging.band(value=value, target=target, higher_is_better=higher, is_strict=is_strict)
    assert gap is not None
    assert (status == "met") == (gap > 0 or (gap == 0 and not is_strict))
