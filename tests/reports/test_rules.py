"""How a figure is judged and shown beside its peers."""

from decimal import Decimal

import pytest

from dvctt.lib import display, numbers
from reports import rules


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
    assert rules.band(value=d(value), target=d("90"), higher_is_better=True) == status


@pytest.mark.parametrize(
    ("minutes", "status"), [("15", "met"), ("15.5", "near"), ("18", "behind"), ("40", "far"), ("0", "met")]
)
def test_where_lower_is_better_the_bands_turn_round(minutes: str, status: str) -> None:
    assert rules.band(value=d(minutes), target=d("15"), higher_is_better=False) == status


def test_a_single_overdue_dossier_against_a_target_of_none_is_far() -> None:
    assert rules.band(value=d("1"), target=d("0"), higher_is_better=False) == "far"


def test_a_kept_result_is_maintained_and_judged_like_any_other_once_it_is_lost() -> None:
    assert rules.band(value=d("96"), target=d("96"), higher_is_better=True, maintain=True) == "maintain"
    assert rules.band(value=d("92"), target=d("96"), higher_is_better=True, maintain=True) == "near"


def test_without_a_figure_or_a_target_nothing_is_judged() -> None:
    assert rules.band(value=None, target=d("90"), higher_is_better=True) == "none"
    assert rules.band(value=d("90"), target=None, higher_is_better=True) == "none"
    assert rules.gap(value=d("90"), target=None, higher_is_better=True) is None


def test_every_band_has_its_words() -> None:
    bands = {name for name, _ in rules.BANDS} | {rules.MAINTAIN, rules.NONE}
    assert bands == set(display.BAND_WORDS)


def test_a_gap_is_negative_when_it_is_lacking_in_both_directions() -> None:
    assert rules.gap(value=d("75.68"), target=d("90"), higher_is_better=True) == d("-14.32")
    assert rules.gap(value=d("40"), target=d("15"), higher_is_better=False) == d("-25")


@pytest.mark.parametrize(
    ("numerator", "denominator", "lacking"),
    [(6231, 6994, 64), (9434, 12466, 1786), (15854, 19576, 1765), (2181, 3009, 528), (9, 10, 0), (10, 10, 0)],
)
def test_quang_ninh_districts_lack_so_many_dossiers_to_90_percent(
    numerator: int, denominator: int, lacking: int
) -> None:
    found = rules.lacking_cases(
        value=numbers.rate(numerator=numerator, denominator=denominator),
        target=d("90"),
        numerator=numerator,
        denominator=denominator,
        higher_is_better=True,
    )
    assert found == lacking


def test_a_kept_result_lacks_nothing_though_its_last_digit_was_rounded_up() -> None:
    kept = d("99.5036934442")  # 8621/8664 is 99.50369344413…
    found = rules.lacking_cases(
        value=kept, target=kept, numerator=8621, denominator=8664, higher_is_better=True
    )
    assert found == 0


def test_cases_are_counted_only_where_counts_exist() -> None:
    for numerator, denominator in [(None, 10), (5, None), (0, 0)]:
        found = rules.lacking_cases(
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
    assert rules.counted_thing(words) == thing


def test_ranks_move_among_the_units_ranked_in_both_periods_only() -> None:
    before = {1: d("90"), 2: d("80"), 3: d("70")}
    now = {1: d("60"), 3: d("95"), 4: d("99")}  # 2 is gone, 4 is new and stands above all

    assert rules.rank_changes(now=now, before=before, higher_is_better=True) == {1: -1, 3: 1}


def test_quantiles_lie_between_neighbours_and_a_shared_rank_is_marked() -> None:
    assert rules.median([d("1"), d("2"), d("10")]) == d("2")
    assert rules.median([d("1"), d("2")]) == d("1.5")
    assert rules.median([]) is None
    assert rules.quantile([d("0"), d("10")], d("0.25")) == d("2.5")
    assert (rules.place(2, tied=True), rules.place(4, tied=False)) == ("2=", "4")
