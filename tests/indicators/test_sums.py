"""Figures added up: those of several units, and one unit's over several periods."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvctt.lib import numbers
from dvctt.lib.periods import parse_period
from indicators import rules
from indicators.rules import Counted, PeriodFigure, PeriodsOverlap, PeriodSum

QUARTERS = ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4")
SPANS = [parse_period(code) for code in QUARTERS]
NOT_ARISING = PeriodFigure("not_arising", Counted(None, None, None))
OUT_OF_SCOPE = PeriodFigure("out_of_scope", Counted(None, None, None))
NOT_PUBLISHED = PeriodFigure("not_published", Counted(None, None, None))
NOT_SUBMITTED = PeriodFigure("not_submitted", Counted(None, None, None))


def counts(numerator: int, denominator: int) -> PeriodFigure:
    value = numbers.rate(numerator=numerator, denominator=denominator)
    return PeriodFigure("number", Counted(numerator, denominator, value))


def rate_alone(value: str) -> PeriodFigure:
    return PeriodFigure("number", Counted(None, None, Decimal(value)))


def year(
    figures: dict[str, PeriodFigure], *, periods: tuple[str, ...] = QUARTERS, has_denominator: bool = True
) -> PeriodSum:
    return rules.sum_over_periods(
        figures, periods=periods, is_rate=has_denominator, has_denominator=has_denominator
    )


def of_quarters(*figures: PeriodFigure | None) -> dict[str, PeriodFigure]:
    """The figures of Quý I, II, …; None where there is none."""
    return {code: one for code, one in zip(QUARTERS, figures, strict=False) if one is not None}


# --- Several units ------------------------------------------------------------------------------------------


def test_counts_are_added_and_then_divided_never_averaged() -> None:
    rows = [rules.Counted(1, 1, Decimal("100")), rules.Counted(0, 99, Decimal("0"))]

    total = rules.total(rows, is_rate=True, has_denominator=True)

    assert total == rules.Total(1, 100, Decimal("1"))


def test_one_figure_without_counts_makes_the_whole_not_convertible() -> None:
    rows = [rules.Counted(1, 2, Decimal("50")), rules.Counted(None, None, Decimal("99.6"))]

    assert rules.total(rows, is_rate=True, has_denominator=True) is None
    assert rules.total([], is_rate=True, has_denominator=True) is None


def test_plain_numbers_are_added_and_ratios_other_than_percent_divided() -> None:
    overdue = [rules.Counted(None, None, Decimal("3")), rules.Counted(4, None, Decimal("4"))]
    assert rules.total(overdue, is_rate=False, has_denominator=False) == rules.Total(7, None, Decimal("7"))
    per_head = [rules.Counted(1200, 1, Decimal("1200")), rules.Counted(3000, 2, Decimal("1500"))]
    total = rules.total(per_head, is_rate=False, has_denominator=True)
    assert total is not None
    assert (total.numerator, total.denominator, total.value) == (4200, 3, Decimal("1400"))


# --- One unit over several periods --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "state", "numerator", "denominator", "value", "wording"),
    [
        (
            (counts(1, 1), counts(0, 99), counts(50, 100), counts(49, 100)),
            "number", 100, 300, "33.3333333333",
            "cộng 4 quý: Quý I/2023, Quý II/2023, Quý III/2023, Quý IV/2023",
        ),
        (
            (counts(10, 20), counts(20, 20), None, counts(3, 10)),
            "number", 33, 50, "66", "cộng 3 trong 4 quý, thiếu Quý III/2023",
        ),
        (
            (counts(10, 20), NOT_PUBLISHED, NOT_SUBMITTED, counts(5, 10)),
            "number", 15, 30, "50", "cộng 2 trong 4 quý, thiếu Quý II/2023, Quý III/2023",
        ),
        (
            (counts(1, 2), NOT_ARISING, NOT_ARISING, counts(1, 2)),
            "number", 2, 4, "50", "cộng 4 quý: Quý I/2023, Quý II/2023, Quý III/2023, Quý IV/2023",
        ),
        (
            (OUT_OF_SCOPE, counts(1, 2), counts(1, 2), None),
            "number", 2, 4, "50", "cộng 2 trong 4 quý, Quý I/2023 không thuộc phạm vi, thiếu Quý IV/2023",
        ),
        (
            (rate_alone("99.6"), counts(1, 2), None, counts(1, 2)),
            "not_published", None, None, None, "không cộng được: Quý I/2023 chỉ có tỷ lệ, thiếu Quý III/2023",
        ),
        (
            (NOT_ARISING, NOT_ARISING, NOT_ARISING, NOT_ARISING),
            "not_arising", 0, 0, None, "cộng 4 quý: Quý I/2023, Quý II/2023, Quý III/2023, Quý IV/2023",
        ),
        (
            (OUT_OF_SCOPE, OUT_OF_SCOPE, OUT_OF_SCOPE, OUT_OF_SCOPE),
            "out_of_scope", None, None, None,
            "Quý I/2023, Quý II/2023, Quý III/2023, Quý IV/2023 không thuộc phạm vi",
        ),
        (
            (OUT_OF_SCOPE, NOT_ARISING, OUT_OF_SCOPE, None),
            "not_arising", 0, 0, None,
            "cộng 1 trong 4 quý, Quý I/2023, Quý III/2023 không thuộc phạm vi, thiếu Quý IV/2023",
        ),
        (
            (None, NOT_PUBLISHED, NOT_SUBMITTED, None),
            "not_published", None, None, None,
            "không có số liệu để cộng, thiếu Quý I/2023, Quý II/2023, Quý III/2023, Quý IV/2023",
        ),
        (
            (NOT_SUBMITTED, None, NOT_SUBMITTED, None),
            "not_submitted", None, None, None,
            "không có số liệu để cộng, thiếu Quý I/2023, Quý II/2023, Quý III/2023, Quý IV/2023",
        ),
        # An accepted excess over 100 % counts as it does in a single figure.
        (
            (counts(12, 10), counts(10, 10), None, None),
            "number", 22, 20, "110", "cộng 2 trong 4 quý, thiếu Quý III/2023, Quý IV/2023",
        ),
    ],
)  # fmt: skip
def test_a_year_is_what_its_quarters_add_up_to(
    figures: tuple[PeriodFigure | None, ...],
    state: str,
    numerator: int | None,
    denominator: int | None,
    value: str | None,
    wording: str,
) -> None:
    found = year(of_quarters(*figures))
    total = found.total or rules.Total(0, None, None)
    assert (found.state, found.value) == (state, None if value is None else Decimal(value))
    if numerator is None:
        assert found.total is None
    else:
        assert (total.numerator, total.denominator) == (numerator, denominator)
    assert rules.sum_wording(found, spans=SPANS, is_rate=True) == wording


def test_where_nothing_was_due_full_marks_are_not_a_rate() -> None:
    """Some sources print 100 % of 0/0; the sum says that nothing arose."""
    full = PeriodFigure("number", Counted(0, 0, Decimal(100)))
    assert year(of_quarters(full, full)).state == "not_arising"
    found = year(of_quarters(full, counts(1, 4)))
    assert found.total == rules.Total(1, 4, Decimal(25))


def test_counts_add_up_as_numerators_or_as_whole_values() -> None:
    two, three = (
        PeriodFigure("number", Counted(*c)) for c in ((2, None, Decimal(2)), (None, None, Decimal(3)))
    )
    found = year(of_quarters(two, three, NOT_ARISING), has_denominator=False)
    assert (found.state, found.total) == ("number", rules.Total(5, None, Decimal(5)))
    found = year(of_quarters(NOT_ARISING, NOT_ARISING), has_denominator=False)
    assert (found.state, found.value) == ("not_arising", None)
    found = year(of_quarters(two, rate_alone("2.5")), has_denominator=False)
    assert (found.state, found.total, found.uncounted) == ("not_published", None, ("2023-Q2",))
    told = rules.sum_wording(found, spans=SPANS, is_rate=False)
    assert told == "không cộng được: Quý II/2023 không có số đếm, thiếu Quý III/2023, Quý IV/2023"


@pytest.mark.parametrize(
    ("codes", "word"),
    [
        (("2023-T01", "2023-T02"), "cộng 1 trong 2 tháng, thiếu Tháng 2/2023"),
        (("2023-6T", "2023-Q3"), "cộng 1 trong 2 kỳ, thiếu Quý III/2023"),
        (("2023-Q1-bc", "2023-Q2-bc"), "cộng 1 trong 2 quý, thiếu Quý II/2023 (kỳ báo cáo)"),
    ],
)
def test_periods_are_called_by_their_kind(codes: tuple[str, ...], word: str) -> None:
    found = year({codes[0]: counts(1, 2)}, periods=codes)
    spans = [parse_period(code) for code in codes]
    assert rules.sum_wording(found, spans=spans, is_rate=True) == word


@pytest.mark.parametrize(
    ("one", "other"),
    [("2023-Q1", "2023-6T"), ("2023", "2023-Q4"), ("2023-Q1", "2023-Q1-bc"), ("2023-den-08-23", "2023-T08")],
)
def test_periods_that_share_days_are_not_added(one: str, other: str) -> None:
    with pytest.raises(PeriodsOverlap, match="có ngày trùng nhau; hãy chọn các kỳ rời nhau"):
        rules.check_periods([parse_period("2020"), parse_period(other), parse_period(one)])


# --- Whatever the figures are -----------------------------------------------------------------------------
COUNTS = st.integers(0, 10**9).flatmap(lambda whole: st.builds(counts, st.integers(0, whole), st.just(whole)))
STATES = st.sampled_from([NOT_ARISING, OUT_OF_SCOPE, NOT_PUBLISHED, NOT_SUBMITTED])
COUNTED = st.dictionaries(st.sampled_from(QUARTERS), COUNTS | STATES)
ANY = st.dictionaries(st.sampled_from(QUARTERS), COUNTS | STATES | st.just(rate_alone("45.8")))


@given(figures=COUNTED)
def test_a_sum_is_what_adding_by_hand_gives(figures: dict[str, PeriodFigure]) -> None:
    pairs = [one.counted for one in figures.values() if one.state == "number"]
    numerator, denominator = sum(c.numerator or 0 for c in pairs), sum(c.denominator or 0 for c in pairs)
    found = year(figures)
    assert (found.state == "number") == (denominator > 0)
    if denominator:
        value = numbers.round_half_up(Decimal(100 * numerator) / denominator, 10)
        assert found.total == rules.Total(numerator, denominator, value)


@given(figures=ANY)
def test_every_period_is_told_in_one_of_four_ways(figures: dict[str, PeriodFigure]) -> None:
    found = year(figures)
    told = [*found.added, *found.out_of_scope, *found.uncounted, *found.missing]
    assert sorted(told) == list(QUARTERS)
    assert set(QUARTERS) - figures.keys() <= set(found.missing)
    assert (found.state == "number") == (found.value is not None)


@given(figures=ANY, order=st.permutations(QUARTERS))
def test_the_order_of_periods_does_not_matter(figures: dict[str, PeriodFigure], order: list[str]) -> None:
    one, other = year(figures), year(figures, periods=tuple(order))
    assert (one.state, one.total) == (other.state, other.total)
    assert set(one.missing) == set(other.missing)


@given(figures=ANY, cut=st.integers(1, 3))
def test_the_sums_of_two_parts_add_up_to_the_sum_of_the_whole(
    figures: dict[str, PeriodFigure], cut: int
) -> None:
    whole = year(figures)
    parts = [year(figures, periods=part) for part in (QUARTERS[:cut], QUARTERS[cut:])]
    for name in ("added", "out_of_scope", "uncounted", "missing"):
        assert getattr(whole, name) == getattr(parts[0], name) + getattr(parts[1], name)
    merged = rules.sum_over_periods(
        {
            str(place): PeriodFigure(
                part.state,
                Counted(part.total.numerator, part.total.denominator, part.total.value)
                if part.total
                else Counted(None, None, None),
            )
            for place, part in enumerate(parts)
        },
        periods=["0", "1"],
        is_rate=True,
        has_denominator=True,
    )
    if not whole.uncounted:
        assert (merged.total, merged.state == "number") == (whole.total, whole.state == "number")
    else:
        assert whole.total is None
