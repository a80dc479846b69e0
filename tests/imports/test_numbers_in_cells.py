"""Numbers as cells hold them: compound, as fractions, too large, too fine, negative, broken. No database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dvctt.lib.sheets import Cell
from imports.rules import cells
from imports.rules.figures import IndicatorFacts
from imports.rules.problems import ImportRefused
from tests.imports.layouts import kinds, read_rows, said, table_rows
from tests.imports.workbooks import COUNTS, RATES

PAYMENTS = (
    "TT | Đơn vị | Tổng HS có nghĩa vụ tài chính | Thanh toán trực tuyến | | | Đã đồng bộ | Tổng số hồ sơ",
    " | | | Số HS | Tỷ lệ TTTT % | Tỷ lệ TT trực tiếp %",
)
JUDGED = (
    "TT | Tên đơn vị | Tổng số hồ sơ | Trong đó | | | Đánh giá |",
    " | | | Trực tuyến | Trực tiếp | BCCI | Tỷ lệ | Đạt/Không đạt",
)


def only(*rows: Any, **options: Any) -> Any:
    """The one row that was read."""
    (row,) = read_rows(*rows, **options)
    return row


# --- Compound cells ----------------------------------------------------------------------------------------
COMPOUND = "Số lượng: 12 / Tỷ lệ: 80% / Điểm số: 2"


@pytest.mark.parametrize(
    "cell",
    [
        COMPOUND,
        "Số lượng: 12\nTỷ lệ: 80 %\nĐiểm số: 2",
        "Tỷ lệ: 80%; Số lượng: 12 hồ sơ",
        "Số hồ sơ: 12 / Tỉ lệ (%): 80,0",
    ],
)
def test_a_compound_cell_gives_a_count_column_its_count_and_a_rate_column_its_rate(cell: str) -> None:
    row = only(COUNTS, [1, "Sở Y tế", 15, cell, cell, None, None])
    assert (said(row), kinds(row)) == ({"HSTT": Decimal(80)}, [])
    (figure,) = row.figures
    assert (figure.numerator, figure.denominator) == (12, 15)
    assert figure.printed.startswith("80")
    alone = only(RATES, [1, "Sở Y tế", cell, "1%", None])
    assert (said(alone)["HSTT"], kinds(alone)) == (Decimal(80), [])


def test_a_compound_rate_is_held_against_the_counts_beside_it() -> None:
    row = only(COUNTS, [1, "Sở Y tế", 15, COMPOUND, "Số lượng: 12 / Tỷ lệ: 70%", None, None])
    assert kinds(row) == [("rate_differs", "warning")]
    assert "In 70% nhưng 12/15 = 80,00 %" in row.problems[0].message


def test_a_compound_cell_of_the_columns_that_feed_nothing_is_read_as_well() -> None:
    row = only(*PAYMENTS, [1, "Sở Y tế", 50, COMPOUND, "24%", "x", COMPOUND, 100])
    assert {f.indicator: (f.numerator, f.denominator) for f in row.figures} == {
        "TTTT": (12, 50),
        "DONGBO": (12, 100),
    }


def test_a_compound_cell_that_lacks_the_columns_own_part_is_unclear() -> None:
    count = only(COUNTS, [1, "Sở Y tế", 15, "Tỷ lệ: 80% / Điểm số: 2", "80%", None, None])
    assert kinds(count) == [("number_unclear", "error")]
    rate = only(RATES, [1, "Sở Y tế", "Số lượng: 12 / Điểm số: 2", "1%", None])
    assert kinds(rate) == [("number_unclear", "error")]
    assert "Số lượng: 12" in rate.problems[0].message


def test_a_target_may_stand_in_a_compound_cell() -> None:
    row = only(COUNTS, [1, "Sở Y tế", 15, 12, "80%", "Tỷ lệ: 85% / Điểm số: 2", None])
    assert row.target is not None
    assert (row.target.value, row.target.printed) == (Decimal(85), "85%")


# --- Percent forms and fractions ---------------------------------------------------------------------------
def test_a_rate_by_formula_is_shown_with_fewer_decimals_than_it_has() -> None:
    shown = Cell(12 / 17, number_format="0.00%")
    row = only(COUNTS, [1, "Sở Y tế", 17, 12, shown, None, None])
    assert kinds(row) == []
    assert row.figures[0].printed == "70.59%"


@pytest.mark.parametrize(("shown", "value"), [("0%", "71%"), ("0.0%", "70.6%"), ("#,##0.000%", "70.588%")])
def test_a_rate_alone_keeps_its_value_and_prints_what_the_sheet_shows(shown: str, value: str) -> None:
    row = only(RATES, [1, "Sở Y tế", Cell(12 / 17, number_format=shown), "1%", None])
    assert row.figures[0].printed == value
    assert row.figures[0].value == Decimal("70.5882352941")


def test_fractions_that_lost_their_form_are_told_by_the_counts_beside_them() -> None:
    rows = read_rows(
        COUNTS,
        [1, "Sở Y tế", 17, 12, 12 / 17, None, None],
        [2, "Sở Nội vụ", 10, 10, 1, None, None],
        [3, "Sở Xây dựng", 400, 2, 0.005, None, None],
        [4, "Sở Tài chính", 10, 0, 0, None, None],
        [5, "Sở Tư pháp", None, None, 0.5, None, None],
    )
    assert [kinds(row) for row in rows] == [[], [], [], [], [("missing_counts", "warning")]]
    assert [said(row)["HSTT"] for row in rows][-1] == 50
    assert rows[0].figures[0].printed == "70.59%"


def test_small_percentages_are_told_from_fractions_by_the_counts_beside_them() -> None:
    rows = read_rows(
        COUNTS, [1, "Sở Y tế", 200, 1, 0.5, None, None], [2, "Sở Nội vụ", 400, 1, 0.25, None, None]
    )
    assert [kinds(row) for row in rows] == [[], []]
    assert [said(row)["HSTT"] for row in rows] == [Decimal("0.5"), Decimal("0.25")]


def test_fractions_that_agree_with_no_counts_are_only_held_against_them() -> None:
    row = only(COUNTS, [1, "Sở Y tế", 200, 100, 0.75, None, None])
    assert (said(row), kinds(row)) == ({"HSTT": Decimal(50)}, [("rate_differs", "warning")])


def test_fractions_without_counts_in_their_row_are_asked_where_no_other_row_tells() -> None:
    with pytest.raises(ImportRefused, match="phần trăm hay phân số"):
        read_rows(COUNTS, [1, "Sở Y tế", None, None, 0.75, None, None])


@pytest.mark.parametrize("values", [[0.853], [0.853, 1], [0.5, 0.25, 0.125], [0.004, 0]])
def test_bare_fractions_that_nothing_explains_are_asked(values: list[float]) -> None:
    rows = [[n, f"Sở {n}", value, "1%", None] for n, value in enumerate(values)]
    with pytest.raises(ImportRefused, match="phần trăm hay phân số"):
        read_rows(RATES, *rows)


@pytest.mark.parametrize("values", [[0, 1], [45.8, 0.5], [1, 1, 1], [0]])
def test_whole_numbers_and_columns_that_pass_one_are_percentages(values: list[float]) -> None:
    rows = [[n, f"Sở {n}", value, "1%", None] for n, value in enumerate(values)]
    assert [said(row)["HSTT"] for row in read_rows(RATES, *rows)] == [Decimal(str(v)) for v in values]


# --- Too fine, too large, negative, broken -----------------------------------------------------------------
def test_a_rate_finer_than_ten_decimals_is_rounded_half_up_and_keeps_its_print() -> None:
    row = only(RATES, [1, "Sở Y tế", "98,123456789055%", 33.333333333333336, None])
    assert said(row) == {"HSTT": Decimal("98.1234567891"), "TTTT": Decimal("33.3333333333")}
    assert row.figures[0].printed == "98,123456789055%"


@pytest.mark.parametrize("count", [10**11, 10**12, 10**17, 1e12, "1.000.000.000.000", "999999999999999999"])
def test_a_count_beyond_all_reason_is_refused_in_words(count: Any) -> None:
    row = only(COUNTS, [1, "Sở Y tế", count, 12, "80%", None, None])
    assert kinds(row) == [("number_unclear", "error")]
    assert "quá lớn" in row.problems[0].message


def test_the_largest_count_that_is_taken_still_fits_every_sum() -> None:
    most = 10**11 - 1
    row = only(*JUDGED, [1, "Sở Y tế", most, most, 0, 0, "100%", None])
    assert (said(row), kinds(row)) == ({"HSTT": Decimal(100)}, [])


def test_a_number_that_is_no_rate_has_a_bound_as_well() -> None:
    layout, (found,) = table_rows(RATES, [1, "Sở Y tế", 250, 10**12, None])
    facts = {code: IndicatorFacts(code, False, "none") for code in ("HSTT", "TTTT")}
    row = cells.read_row(found, layout=layout, indicators=facts, level="so")
    assert (said(row), kinds(row)) == ({"HSTT": Decimal(250)}, [("value_too_large", "error")])


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (-5, "số âm"),
        ("-5", "số âm"),
        ("−5", "số âm"),
        (12.5, "phần thập phân"),
        ("12,5", "phần thập phân"),
        ("80%", "là tỷ lệ trong cột số lượng"),
        ("mười hai", "Không đọc được số lượng"),
        (True, "không phải là số lượng"),
        (Cell(None, error="#REF!"), "#REF!"),
        (Cell(None, is_formula_without_value=True), "công thức chưa có kết quả"),
    ],
)  # fmt: skip
def test_a_count_that_cannot_be_says_what_is_wrong_and_refuses_the_row(cell: Any, words: str) -> None:
    row = only(COUNTS, [1, "Sở Y tế", 15, cell, "80%", None, None])
    assert [severity for _, severity in kinds(row)] == ["error"]
    assert words in row.problems[0].message
    assert row.problems[0].column == "Tổng số hồ sơ trực tuyến"
    assert row.refused


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (120, "lớn hơn 100"),
        (Cell(1.2, number_format="0%"), "120%"),
        ("100,01%", "lớn hơn 100"),
        (-1, "số âm"),
        (10**14, "lớn hơn 100"),
        (1e300, "quá lớn"),
        (Cell(None, error="#DIV/0!"), "#DIV/0!"),
    ],
)
def test_a_rate_outside_its_range_refuses_the_row(cell: Any, words: str) -> None:
    row = only(RATES, [1, "Sở Y tế", cell, "1%", None])
    assert [severity for _, severity in kinds(row)] == ["error"]
    assert words in row.problems[0].message


def test_a_slip_in_a_column_that_feeds_nothing_is_only_worth_a_warning() -> None:
    row = only(*JUDGED, [1, "Sở Y tế", 100, 60, "ba mươi", Cell(None, error="#N/A"), "60%", "Đạt"])
    assert kinds(row) == [("number_unclear", "warning"), ("cell_error", "warning")]
    assert said(row) == {"HSTT": Decimal(60)}
