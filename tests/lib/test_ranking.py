"""Competition ranks."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from dvctt.lib.ranking import competition_ranks

VALUES = st.lists(st.decimals(min_value=0, max_value=20, places=1), max_size=40)


def test_equal_values_share_a_rank_and_the_next_is_skipped() -> None:
    values = [Decimal(value) for value in ("96.4", "99.6", "96.4", "95")]
    assert competition_ranks(values, higher_is_better=True) == [2, 1, 2, 4]
    assert competition_ranks(values, higher_is_better=False) == [2, 4, 2, 1]
    assert competition_ranks([], higher_is_better=True) == []


def test_trailing_zeros_make_no_difference() -> None:
    assert competition_ranks([Decimal("100.0"), Decimal("100")], higher_is_better=True) == [1, 1]


@given(VALUES, st.booleans())
def test_a_rank_is_one_more_than_the_number_of_better_values(values: list[Decimal], higher: bool) -> None:
    ranks = competition_ranks(values, higher_is_better=higher)
    for value, rank in zip(values, ranks, strict=True):
        better = [other for other in values if (other > value if higher else other < value)]
        assert rank == len(better) + 1


@given(VALUES, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_irrelevant(values: list[Decimal], higher: bool, random: Random) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    ranks = competition_ranks(values, higher_is_better=higher)
    assert competition_ranks([values[i] for i in order], higher_is_better=higher) == [ranks[i] for i in order]


@given(VALUES.filter(bool), st.booleans(), st.data())
def test_a_missing_unit_changes_no_relation_between_the_others(
    values: list[Decimal], higher: bool, data: st.DataObject
) -> None:
    missing = data.draw(st.integers(0, len(values) - 1))
    ranks = competition_ranks(values, higher_is_better=higher)
    rest = values[:missing] + values[missing + 1 :]
    before = ranks[:missing] + ranks[missing + 1 :]
    after = competition_ranks(rest, higher_is_better=higher)
    for i in range(len(rest)):
        for j in range(len(rest)):
            assert (before[i] < before[j]) == (after[i] < after[j])
