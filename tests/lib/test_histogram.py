"""Equal bins and what stands in each."""

from decimal import Decimal

from dvctt.lib import histogram


def test_a_distribution_counts_both_ends_once() -> None:
    values = [Decimal(text) for text in ("0", "9.99", "10", "100")]
    bins = histogram.distribution(values, low=Decimal(0), high=Decimal(100))

    assert [one.units for one in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]
