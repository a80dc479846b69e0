"""What single rows say: states, swaps, slips, and what is refused. No database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from dvctt.lib.sheets import Cell, Sheet, SheetRow
from imports.rules import cells, headers, layouts, tables
from imports.rules.figures import IndicatorFacts, ReadRow
from tests.imports.workbooks import COUNTS, NOT_EXTRACTED, RATES

UNKNOWN = [*RATES[:3], NOT_EXTRACTED, "Ghi chú"]
NEITHER = {"HSTT": "out_of_scope", "TTTT": "out_of_scope"}
LAYOUTS = [
    layouts.read_layout(code=entry["code"], name=entry["name"], definition=entry)
    for entry in json.loads((settings.FIXTURES_DIR / "layouts.json").read_text(encoding="utf-8"))
]
INDICATORS = {code: IndicatorFacts(code, True, "not_arising") for code in ("HSTT", "TTTT")}


def read(
    row: Sequence[Any],
    header: Sequence[str],
    *,
    level: str = "so",
    accept_swap: bool = False,
    zero_denominator: str = "not_arising",
) -> ReadRow:
    sheet = Sheet("a", [SheetRow(1, list(header)), SheetRow(2, list(row))], [])
    found = tables.read_tables([sheet], LAYOUTS)
    indicators = {code: IndicatorFacts(code, True, zero_denominator) for code in INDICATORS}
    return cells.read_row(
        found.rows[0], layout=found.layout, indicators=indicators, level=level, accept_swap=accept_swap
    )


def said(result: ReadRow) -> dict[str, Any]:
    return {f.indicator: f.value if f.state == "number" else f.state for f in result.figures}


def kinds(result: ReadRow) -> list[tuple[str, str]]:
    return [(problem.kind, problem.severity) for problem in result.problems]


NO_FEES = "Không có TTHC yêu cầu nghĩa vụ tài chính; ngoài ra tiếp nhận 405 HSTT tại địa chỉ: https://mstt.mof.gov.vn"
NO_PAYMENTS = "Không có hồ sơ thanh toán trực tuyến"


@pytest.mark.parametrize(
    ("online", "payment", "note", "header", "expected", "problems"),
    [
        ("85,3%", "2.54%", None, RATES, {"HSTT": Decimal("85.3"), "TTTT": Decimal("2.54")}, []),
        ("0.0%", "1%", None, RATES, {"HSTT": 0, "TTTT": 1}, []),
        ("Không có hồ sơ trực tuyến", "1%", None, RATES, {"HSTT": "not_arising", "TTTT": 1}, []),
        ("1%", "0%", NO_FEES, RATES, {"HSTT": 1, "TTTT": "out_of_scope"}, []),
        ("1%", None, NO_FEES, RATES, {"HSTT": 1, "TTTT": "out_of_scope"}, []),
        ("1%", "5%", NO_FEES, RATES, {"HSTT": 1, "TTTT": 5}, ["number_against_note"]),
        ("1%", "0%", NO_PAYMENTS, RATES, {"HSTT": 1, "TTTT": 0}, []),
        ("1%", NO_PAYMENTS, None, RATES, {"HSTT": 1, "TTTT": 0}, []),
        ("1%", "0%", None, RATES, {"HSTT": 1, "TTTT": 0}, ["zero_without_note"]),
        ("1%", "0%", "Tỉ lệ rất thấp", RATES, {"HSTT": 1, "TTTT": 0}, ["zero_without_note"]),
        ("1%", None, None, RATES, {"HSTT": 1}, ["missing_value"]),
        ("1%", "-", None, RATES, {"HSTT": 1}, ["missing_value"]),
        ("1%", "Chưa có số liệu", None, RATES, {"HSTT": 1}, []),
        ("không phát sinh", "1%", None, RATES, {"HSTT": "not_arising", "TTTT": 1}, []),
        ("1%", "không thuộc phạm vi", None, RATES, {"HSTT": 1, "TTTT": "out_of_scope"}, []),
        ("0,00%", "0%", "Thực hiện tại Công Bộ Kế hoạch và Đầu tư", RATES, NEITHER, []),
        ("1%", "0%", None, UNKNOWN, {"HSTT": 1, "TTTT": "not_published"}, []),
        ("1%", None, None, UNKNOWN, {"HSTT": 1, "TTTT": "not_published"}, []),
        ("1%", "7%", None, UNKNOWN, {"HSTT": 1, "TTTT": 7}, ["number_under_missing_header"]),
    ],
)  # fmt: skip
def test_a_rate_cell_is_a_number_or_the_reason_for_having_none(
    online: str,
    payment: str | None,
    note: str | None,
    header: list[str],
    expected: dict[str, Any],
    problems: list[str],
) -> None:
    result = read(["1", "Sở Y tế", online, payment, note], header)
    assert said(result) == expected
    assert [kind for kind, _ in kinds(result)] == problems
    assert not result.refused


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("120%", "rate_over_100"),
        ("khoảng 90", "number_unclear"),
        ("1.234", "number_unclear"),
        ("-5%", "number_unclear"),
    ],
)
def test_a_rate_that_cannot_be_refuses_the_row(cell: str, kind: str) -> None:
    result = read(["1", "Sở Y tế", cell, "1%", None], RATES)
    assert kinds(result) == [(kind, "error")]
    assert result.refused


def test_a_payment_zero_of_a_commune_needs_no_note() -> None:
    assert kinds(read(["1", "Xã Ba", "1%", "0%", None], RATES, level="xa")) == []


@pytest.mark.parametrize(
    ("total", "online", "rate", "value", "problems"),
    [
        (1030, 1017, "99%", "98.7378640777", []),
        (372, 373, "100%", None, ["swap"]),
        ("2.657", "20.605", "12%", None, ["swap"]),
        ("2.657", "20.605", "13%", None, ["swap"]),
        ("2.657", "20.605", "14%", None, ["numerator_exceeds_denominator"]),
        (100, 120, None, None, ["numerator_exceeds_denominator"]),
        (1992, 1990, "100%", "99.8995983936", []),
        (200, 100, "50%", "50", []),
        (200, 100, "51%", "50", ["rate_differs"]),
        (200, 100, "khoảng 50", "50", ["rate_unclear"]),
        (200, 100, None, "50", []),
        (None, 100, "50%", "50", ["missing_counts"]),
        (None, None, None, None, ["missing_value"]),
    ],
)
def test_counts_are_held_against_each_other_and_against_the_printed_rate(
    total: Any, online: Any, rate: str | None, value: str | None, problems: list[str]
) -> None:
    result = read([1, "Sở Y tế", total, online, rate, None, None], COUNTS)
    assert said(result) == ({"HSTT": Decimal(value)} if value else {})
    assert [kind for kind, _ in kinds(result)] == problems
    assert result.refused == (problems in (["swap"], ["numerator_exceeds_denominator"]))


def test_the_evidence_of_a_swap_says_how_the_printed_rate_confirms_it() -> None:
    cut = read([1, "Sở Y tế", "2.657", "20.605", "12%", None, None], COUNTS)
    assert cut.swap is not None
    assert cut.swap.evidence == "Đổi chỗ thì 2.657/20.605 = 12,89 %, đúng với tỷ lệ in 12% (cắt phần lẻ)."
    rounded = read([1, "Sở Y tế", "2.657", "20.605", "12.9%", None, None], COUNTS)
    assert rounded.swap is not None
    assert rounded.swap.evidence.endswith("đúng với tỷ lệ in 12.9% (làm tròn).")


def test_an_accepted_swap_exchanges_the_counts_and_keeps_the_printed_rate() -> None:
    result = read([1, "Sở Y tế", "2.657", "20.605", "12%", "30%", None], COUNTS, accept_swap=True)
    (figure,) = result.figures
    assert (figure.numerator, figure.denominator, figure.printed, figure.is_swapped) == (
        2657,
        20605,
        "12%",
        True,
    )
    assert kinds(result) == [("swap", "warning")]
    assert result.target is not None


@pytest.mark.parametrize(
    ("rule", "state"),
    [("not_arising", "not_arising"), ("not_applicable", "out_of_scope"), ("full_marks", Decimal(100))],
)
def test_nothing_out_of_nothing_goes_by_the_indicators_own_rule(rule: str, state: Any) -> None:
    result = read([1, "Sở Y tế", 0, 0, "0%", None, None], COUNTS, zero_denominator=rule)
    assert said(result) == {"HSTT": state}
    assert (result.figures[0].numerator, result.figures[0].denominator) == (0, 0)


def test_a_percent_form_of_the_sheet_is_told_from_a_printed_sign() -> None:
    assert tables.is_fraction("0.0%")
    assert tables.is_fraction("#,##0.00%")
    assert not tables.is_fraction('0.0"%"')
    assert not tables.is_fraction(r"0.0\%")
    assert not tables.is_fraction(None)


@pytest.mark.parametrize(
    ("header", "core"),
    [
        ("Tỷ lệ hồ sơ trực tuyến\nQuý I/2023", "ty le ho so truc tuyen"),
        ("Tỷ lệ hồ sơ trực tuyến (%)", "ty le ho so truc tuyen"),
        ("Tỷ lệ hồ sơ trực tuyến 6 tháng đầu năm 2023", "ty le ho so truc tuyen"),
        ("Tỷ lệ hồ sơ trực tuyến tính đến hết ngày 23/8/2023", "ty le ho so truc tuyen"),
        ("Chỉ tiêu giao đạt được đến hết tháng 31/12/2023", "chi tieu giao dat duoc"),
        (NOT_EXTRACTED, "ty le thanh toan truc tuyen"),
        ("Tỷ lệ hồ sơ trực tuyến từ xa", "ty le ho so truc tuyen tu xa"),
        ("Tổng số hồ sơ trực tuyến", "tong so ho so truc tuyen"),
    ],
)
def test_a_header_is_known_by_its_words_without_period_and_remarks(header: str, core: str) -> None:
    assert headers.header_core(header) == core


def test_a_layout_without_a_unit_column_is_refused() -> None:
    with pytest.raises(layouts.LayoutInvalid):
        layouts.read_layout(
            code="x", name="x", definition={"columns": [{"role": "note", "headers": ["Ghi chú"]}]}
        )
    with pytest.raises(layouts.LayoutInvalid):
        layouts.read_layout(
            code="x", name="x", definition={"columns": [{"role": "lạ", "headers": ["Ghi chú"]}]}
        )


@pytest.mark.parametrize(("total", "online", "state"), [(0, 0, "not_arising"), (200, 50, "number")])
def test_a_rate_formula_that_failed_gives_way_to_the_two_counts(total: int, online: int, state: str) -> None:
    notes = {4: Cell(None, error="#DIV/0!")}
    header = SheetRow(1, COUNTS)
    sheet = Sheet("a", [header, SheetRow(2, [1, "Phường Hà Tu", total, online, None], notes=notes)], [])
    found = tables.read_tables([sheet], LAYOUTS)
    result = cells.read_row(found.rows[0], layout=found.layout, indicators=INDICATORS, level="xa")
    assert [figure.state for figure in result.figures] == [state]
    assert [(problem.kind, problem.severity) for problem in result.problems] == [("rate_unclear", "warning")]
