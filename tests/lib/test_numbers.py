"""Numbers as offices print them: reading by the column's type, rates, rounding, showing."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvctt.lib.numbers import (
    NumberUnclear,
    Rate,
    official_date,
    parse_count,
    parse_rate,
    plain,
    rate,
    round_half_up,
    shown_decimals,
    truncate,
    vi_date,
    vi_number,
    vi_percent,
    vi_points,
)


@pytest.mark.parametrize(
    ("printed", "count"),
    [
        (2657, 2657),
        (2657.0, 2657),
        (Decimal("12"), 12),
        ("2.657", 2657),
        ("20.605", 20605),
        ("1.600 hồ sơ", 1600),
        ("1.600 hồ sơ/người/năm", 1600),
        ("1\u00a0234", 1234),
        ("'85", 85),
        ("1,234", 1234),
        ("1.234.567", 1234567),
        ("2657.0", 2657),
        ("1.234,00", 1234),
        ("1,234.0", 1234),
        ("1.000", 1000),
        ("2,000", 2000),
        ("10.000.000", 10_000_000),
        ("1.000,0", 1000),
        ("0", 0),
        (0, 0),
        (None, None),
        ("", None),
        (" - ", None),
        ("–", None),
    ],
)
def test_a_count_is_read_whatever_separates_its_thousands(printed: object, count: int | None) -> None:
    assert parse_count(printed) == count


@pytest.mark.parametrize(
    "printed",
    ["12,5", "1.23", "1.234,5", "0.123", "12 34", "1.2345", "85%", "Duy trì", -3, "-3", "−5", 1.5,
     float("nan"), float("inf"), True, date(2023, 1, 1), "9" * 40, 10**18, "1.234,567", "٣"],
)  # fmt: skip
def test_an_unclear_count_is_refused_with_a_way_out(printed: object) -> None:
    with pytest.raises(NumberUnclear, match=r"hãy|Hãy"):
        parse_count(printed)


@pytest.mark.parametrize(
    ("printed", "value", "decimals"),
    [
        ("100.0%", "100.0", 1),
        ("53.30%", "53.30", 2),
        ("35,7%", "35.7", 1),
        ("100,00%", "100.00", 2),
        ("12%", "12", 0),
        ("12 %", "12", 0),
        ("85", "85", 0),
        ("98.5", "98.5", 1),
        ("1.234,5%", "1234.5", 1),
        ("12.345%", "12.345", 3),
        ("0.0%", "0.0", 1),
    ],
)
def test_a_printed_rate_keeps_its_decimals_and_text(printed: str, value: str, decimals: int) -> None:
    assert parse_rate(printed) == Rate(Decimal(value), decimals, printed)


@pytest.mark.parametrize(
    "printed", ["1.234", "1,234", "0.853", "Duy trì kết quả đạt được", "-5%", True, -0.1, "1.2.3"]
)
def test_an_unclear_rate_is_refused_with_a_way_out(printed: object) -> None:
    with pytest.raises(NumberUnclear, match=r"hãy|Hãy"):
        parse_rate(printed)


def test_a_cell_formatted_as_a_percentage_is_a_hundred_times_its_number() -> None:
    assert parse_rate(0.853, percent_format=True) == Rate(Decimal("85.3"), 1, "85.3%")
    assert parse_rate(0.8986, percent_format=True, decimals=0) == Rate(Decimal("89.86"), 0, "90%")
    assert parse_rate(1, percent_format=True) == Rate(Decimal("100"), 0, "100%")
    assert parse_rate(35.7) == Rate(Decimal("35.7"), 1, "35.7")
    assert parse_rate(None) is None
    assert parse_rate("-") is None


@pytest.mark.parametrize(
    ("number_format", "decimals"),
    [("0%", 0), ("0.00%", 2), ("#,##0.0%;[Red]-0.0%", 1), ("0.00", None), (None, None)],
)
def test_a_percent_format_says_how_many_decimals_it_shows(
    number_format: str | None, decimals: int | None
) -> None:
    assert shown_decimals(number_format) == decimals


def test_a_rate_is_none_when_nothing_was_due() -> None:
    assert rate(numerator=5, denominator=0) is None
    assert rate(numerator=None, denominator=5) is None
    assert rate(numerator=5, denominator=None) is None
    assert rate(numerator=0, denominator=5) == 0
    assert rate(numerator=309_367, denominator=354_714) == Decimal("87.2158978783")
    assert rate(numerator=2, denominator=3) == Decimal("66.6666666667")


def test_halves_are_rounded_up_and_cutting_only_cuts() -> None:
    assert round_half_up(Decimal("89.865"), 2) == Decimal("89.87")
    assert round_half_up(Decimal("89.5"), 0) == 90
    assert truncate(Decimal("12.89"), 0) == 12
    assert truncate(Decimal("-1.99"), 1) == Decimal("-1.9")


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (vi_number(Decimal("1234.5")), "1.234,5"),
        (vi_number(1234567), "1.234.567"),
        (vi_number(Decimal("1234.50"), 2), "1.234,50"),
        (vi_number(Decimal("1E+3")), "1.000"),
        (vi_number(-1234), "−1.234"),
        (vi_number(Decimal("-0.001"), 2), "0,00"),
        (vi_number(None), "–"),
        (vi_percent(Decimal("98.75")), "98,75 %"),
        (vi_percent(None), "–"),
        (vi_points(Decimal("1.2")), "+1,20"),
        (vi_points(Decimal("-0.91")), "−0,91"),
        (vi_points(Decimal("0.001")), "0,00"),
        (vi_points(None), "–"),
        (vi_date(date(2023, 8, 23)), "23/8/2023"),
        (vi_date(None), "–"),
        (official_date(date(2023, 1, 5)), "ngày 05 tháng 01 năm 2023"),
        (official_date(date(2023, 6, 29)), "ngày 29 tháng 6 năm 2023"),
        (official_date(date(2023, 10, 30)), "ngày 30 tháng 10 năm 2023"),
    ],
)
def test_numbers_and_dates_are_shown_as_in_vietnam(shown: str, text: str) -> None:
    assert shown == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("99.60", "99.6"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0.0", "0"),
        ("-0", "0"),
        ("0E-10", "0"),
        ("66.6666666667", "66.6666666667"),
    ],
)
def test_json_gets_plain_numbers(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
    assert plain(None) is None


@given(
    st.one_of(st.integers(0, 10**6), st.integers(0, 10**17), st.integers(0, 10**6).map(lambda n: n * 1000))
)
def test_a_shown_count_is_read_back(count: int) -> None:
    assert parse_count(vi_number(count)) == count
    assert parse_count(str(count)) == count
    assert parse_count(f"{count} hồ sơ") == count


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_shown_rate_is_read_back(value: Decimal) -> None:
    read = parse_rate(vi_percent(value))
    assert read is not None
    assert read.value == value
    assert read.decimals == 2


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_rate_lies_within_half_a_unit_of_the_exact_quotient(numerator: int, denominator: int) -> None:
    result = rate(numerator=numerator, denominator=denominator)
    assert result is not None
    assert abs(result * denominator - 100 * numerator) * 2 <= Decimal("1E-10") * denominator


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_count, parse_rate):
        with contextlib.suppress(NumberUnclear):
            parse(text)
