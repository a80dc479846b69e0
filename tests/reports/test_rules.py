"""How a figure stands beside its peers."""

from decimal import Decimal

from reports import rules


def d(text: str) -> Decimal:
    return Decimal(text)


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
