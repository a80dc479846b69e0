"""Reporting periods: codes, neighbours, and what titles and headers say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvctt.lib.periods import (
    PeriodUnknown,
    find_dates,
    find_extraction_date,
    find_partial_quarters,
    find_periods,
    parse_period,
    quarter,
    settled,
    span_of_dates,
    to_date,
)

CODES = st.builds(
    lambda year, part, bc: f"{year}{part}{bc}",
    st.integers(1995, 2099),
    st.sampled_from(
        ["", "-6T", "-9T", *(f"-Q{n}" for n in range(1, 5)), *(f"-T{n:02d}" for n in range(1, 13))]
    ),
    st.sampled_from(["", "-bc"]),
)


@pytest.mark.parametrize(
    ("code", "kind", "first", "last", "label"),
    [
        ("2023-Q1", "quarter", date(2023, 1, 1), date(2023, 3, 31), "Quý I/2023"),
        ("2023-Q1-bc", "quarter_statutory", date(2022, 12, 15), date(2023, 3, 14), "Quý I/2023 (kỳ báo cáo)"),
        ("2023-Q2-bc", "quarter_statutory", date(2023, 3, 15), date(2023, 6, 14), "Quý II/2023 (kỳ báo cáo)"),
        (
            "2023-Q4-bc",
            "quarter_statutory",
            date(2023, 9, 15),
            date(2023, 12, 14),
            "Quý IV/2023 (kỳ báo cáo)",
        ),
        ("2023-den-08-23", "to_date", date(2023, 1, 1), date(2023, 8, 23), "Đến 23/8/2023"),
        ("2024-T02", "month", date(2024, 2, 1), date(2024, 2, 29), "Tháng 2/2024"),
        (
            "2023-T01-bc",
            "month_statutory",
            date(2022, 12, 15),
            date(2023, 1, 14),
            "Tháng 1/2023 (kỳ báo cáo)",
        ),
        ("2023-6T", "half", date(2023, 1, 1), date(2023, 6, 30), "6 tháng đầu năm 2023"),
        ("2023-9T", "nine", date(2023, 1, 1), date(2023, 9, 30), "9 tháng năm 2023"),
        ("2023", "year", date(2023, 1, 1), date(2023, 12, 31), "Năm 2023"),
        ("2023-bc", "year_statutory", date(2022, 12, 15), date(2023, 12, 14), "Năm 2023 (kỳ báo cáo)"),
    ],
)
def test_a_code_names_its_days(code: str, kind: str, first: date, last: date, label: str) -> None:
    span = parse_period(code)
    assert (span.code, span.kind, span.starts_on, span.ends_on, span.label) == (
        code,
        kind,
        first,
        last,
        label,
    )
    assert span.year == int(code[:4])
    assert span.is_statutory is code.endswith("-bc")
    assert len(span.kind) <= 20


@pytest.mark.parametrize(
    "code", ["", "2023-Q5", "2023-T13", "2023-den-02-30", "23-Q1", "2023-q1", "0000", "2023-Q1-BC", "quý 1"]
)
def test_an_unknown_code_is_refused_with_the_codes_that_there_are(code: str) -> None:
    with pytest.raises(PeriodUnknown, match="2023-Q1"):
        parse_period(code)


def test_the_period_before_is_of_the_same_kind() -> None:
    before = {
        code: parse_period(code).previous()
        for code in ("2023-Q1", "2023-Q1-bc", "2023-T01", "2023-6T", "2023")
    }
    assert {code: span and span.code for code, span in before.items()} == {
        "2023-Q1": "2022-Q4",
        "2023-Q1-bc": "2022-Q4-bc",
        "2023-T01": "2022-T12",
        "2023-6T": "2022-6T",
        "2023": "2022",
    }
    assert parse_period("2023-den-08-23").previous() is None
    assert parse_period("2023-den-08-23").following() is None


@pytest.mark.parametrize(
    ("code", "quarters"),
    [
        ("2023", ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]),
        ("2023-bc", ["2023-Q1-bc", "2023-Q2-bc", "2023-Q3-bc", "2023-Q4-bc"]),
        ("2023-6T", ["2023-Q1", "2023-Q2"]),
        ("2023-9T-bc", ["2023-Q1-bc", "2023-Q2-bc", "2023-Q3-bc"]),
        ("2023-den-08-23", ["2023-Q1", "2023-Q2"]),
        ("2023-den-09-30", ["2023-Q1", "2023-Q2", "2023-Q3"]),
        ("2023-Q3", ["2023-Q3"]),
        ("2023-T03", []),
    ],
)
def test_quarters_lie_wholly_inside_and_keep_the_reckoning(code: str, quarters: list[str]) -> None:
    assert [span.code for span in parse_period(code).quarters()] == quarters


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("THỐNG KÊ HỒ SƠ TRỰC TUYẾN, THANH TOÁN TRỰC TUYẾN QUÝ I NĂM 2023", ["2023-Q1"]),
        ("Tỷ lệ hồ sơ trực tuyến\nQuý I/2023", ["2023-Q1"]),
        ("quý 1-2023", ["2023-Q1"]),
        ("Qúy IV, năm 2023", ["2023-Q4"]),
        ("Quý I\nnăm 2023", ["2023-Q1"]),
        ("(từ ngày 15/12/2022 đến ngày 14/3/2023)", ["2023-Q1-bc"]),
        ("(Từ ngày 01/01/2023 đến ngày 31/03/2023)", ["2023-Q1"]),
        ("từ ngày 15 tháng 12 năm 2022 đến hết ngày 14 tháng 3 năm 2023", ["2023-Q1-bc"]),
        ("01/04/2023 - 30/06/2023", ["2023-Q2"]),
        ("Từ 01/01/2023 đến 23/8/2023", ["2023-den-08-23"]),
        ("Kỳ báo cáo: Quý I/2023 (Từ ngày 15/12/2022 đến ngày 14/3/2023)", ["2023-Q1-bc"]),
        ("Tỷ lệ hồ sơ trực tuyến đạt được đến 23/8/2023", ["2023-den-08-23"]),
        ("Tính đến ngày 23 tháng 8 năm 2023", ["2023-den-08-23"]),
        ("6 tháng đầu năm 2023", ["2023-6T"]),
        ("Kết quả 9 tháng năm 2023", ["2023-9T"]),
        ("Tháng 3 năm 2023", ["2023-T03"]),
        ("Quý I/2023 so với Quý IV/2022", ["2023-Q1", "2022-Q4"]),
        ("Chỉ tiêu giao đạt được đến hết tháng 31/12/2023", []),
        ("Chỉ tiêu giao đến 31/12/2023", []),
        ("(Kèm theo Kế hoạch số 4872/KH-UBND ngày 25 tháng 7 năm 2023 của Chủ tịch UBND tỉnh)", []),
        ("Ban hành theo Thông tư số 01/2020/TT-VPCP ngày 21/10/2020", []),
        ("so với năm 2022", []),
        ("Tỷ lệ hồ sơ trực tuyến Quý I", []),
        ("từ ngày 31/02/2023 đến ngày 14/3/2023", []),
        ("", []),
    ],
)
def test_a_text_says_its_periods(text: str, codes: list[str]) -> None:
    assert [span.code for span in find_periods(text)] == codes


def test_a_quarter_without_a_year_is_found_apart() -> None:
    assert find_partial_quarters("Tỷ lệ hồ sơ trực tuyến Quý I") == [1]
    assert find_partial_quarters("Quý II, quý III và Quý IV/2023") == [2, 3]
    assert find_partial_quarters("Quý I năm 2023; quý khách") == []


def test_the_extraction_date_is_found_beside_other_dates() -> None:
    text = (
        "Kế hoạch ngày 25/7/2023. Số liệu Quý I năm 2023 được trích xuất từ Cổng DVC quốc gia ngày 17/7/2023"
    )
    assert find_extraction_date(text) == date(2023, 7, 17)
    assert find_extraction_date("Chưa trích xuất được tỷ lệ trên Cổng ngày 17/7/2023") is None
    assert find_extraction_date("Ngày xuất: 05/10/2023 08:30") == date(2023, 10, 5)
    assert find_extraction_date("Kế hoạch ngày 25/7/2023") is None


def test_dates_are_found_in_both_forms() -> None:
    assert find_dates("ngày 28/4/2023 và ngày 25 tháng 7 năm 2023, 5.1.2023, 99/99/2023") == [
        date(2023, 4, 28),
        date(2023, 7, 25),
        date(2023, 1, 5),
    ]


def test_printed_dates_settle_which_quarter_is_meant() -> None:
    assert settled([quarter(2023, 1), quarter(2023, 1, statutory=True)]) == [quarter(2023, 1, statutory=True)]


@given(CODES)
def test_codes_labels_days_and_neighbours_agree(code: str) -> None:
    span = parse_period(code)
    assert span.code == code
    assert find_periods(span.label) == [span]
    before = span.previous()
    assert before is not None
    assert before.kind == span.kind
    assert before.following() == span
    if span.kind.removesuffix("_statutory") in ("month", "quarter", "year"):
        assert before.ends_on + timedelta(days=1) == span.starts_on
    found = span_of_dates(span.starts_on, span.ends_on)
    assert found is not None
    assert (found.starts_on, found.ends_on) == (span.starts_on, span.ends_on)


@given(st.dates(date(2000, 1, 2), date(2099, 12, 31)))
def test_a_to_date_period_is_read_back_from_its_code_and_label(day: date) -> None:
    span = to_date(day)
    assert parse_period(span.code) == span
    assert find_periods(span.label) == [span]


@given(st.text(max_size=200))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    find_periods(text)
    find_partial_quarters(text)
    find_extraction_date(text)
    find_dates(text)
