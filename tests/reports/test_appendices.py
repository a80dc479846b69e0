"""Official appendices: wording, order, numbers that are numbers, and the form of Nghị định 30/2020."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from openpyxl.worksheet.worksheet import Worksheet

from documents.models import Document
from indicators.selectors import Figure
from reports import appendices, exports
from reports.appendices import Appendix, AppendixRow, Column, Rate, Table
from tests.builders import make_province
from tests.indicators.builders import make_period
from units.selectors import NameAt


def figure(state: str = "number", value: str | None = "99.6", printed: str = "99.6%") -> Figure:
    return Figure(
        unit_id=1,
        numerator=None,
        denominator=None,
        value=Decimal(value) if value else None,
        state=state,
        source="van_ban",
        printed=printed,
        note="",
        extracted_on=None,
        origin="",
        measurement_id=1,
    )


def name(full_name: str, *, kind: str, level: str) -> NameAt:
    return NameAt(1, full_name, level, kind, 2, "Tỉnh Quảng Nam", "", "")


@pytest.mark.parametrize(("number", "letters"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (18, "XVIII")])
def test_groups_are_numbered_in_roman(number: int, letters: str) -> None:
    assert appendices.roman(number) == letters


@pytest.mark.parametrize(
    ("full_name", "kind", "level", "authority"),
    [
        ("Xã Tam Ngọc", "xa", "xa", "UBND xã Tam Ngọc"),
        ("Thị trấn Trà My", "thi_tran", "xa", "UBND thị trấn Trà My"),
        ("Thành phố Tam Kỳ", "thanh_pho", "huyen", "UBND thành phố Tam Kỳ"),
        ("Thị xã Điện Bàn", "thi_xa", "huyen", "UBND thị xã Điện Bàn"),
        ("Sở Công Thương", "so", "so", "Sở Công Thương"),
    ],
)
def test_an_authority_is_named_as_appendices_name_it(
    full_name: str, kind: str, level: str, authority: str
) -> None:
    assert appendices.people_committee(name(full_name, kind=kind, level=level)) == authority


def test_a_rate_keeps_the_decimals_that_its_source_printed() -> None:
    assert appendices.rate_cell(figure(value="100", printed="100.0%")) == Rate(Decimal("100.0"), 1)
    assert appendices.rate_cell(figure(value="12.8949284154", printed="12%")) == Rate(Decimal(12), 0)


def test_a_rate_that_was_never_printed_is_shown_with_two_decimals() -> None:
    assert appendices.rate_cell(figure(value="87.2156789", printed="")) == Rate(Decimal("87.22"), 2)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("not_published", "Chưa trích xuất được"),
        ("out_of_scope", "Không thuộc phạm vi"),
        ("not_arising", "Không phát sinh"),
    ],
)
def test_a_state_is_printed_in_words_and_never_as_zero(state: str, words: str) -> None:
    assert appendices.rate_cell(figure(state=state, value=None, printed="0%")) == words


def test_a_unit_that_no_source_mentions_is_printed_so() -> None:
    assert appendices.rate_cell(None) == "Chưa có số liệu"


def test_the_reference_line_follows_the_decree() -> None:
    document = Document(number="467/QĐ-UBND", issued_on=date(2024, 3, 5), issuer="UBND tỉnh Quảng Nam")

    line = appendices.reference_line(document, issued="Kèm theo")

    assert line == "(Kèm theo Quyết định số 467/QĐ-UBND ngày 05 tháng 3 năm 2024 của UBND tỉnh Quảng Nam)"


@pytest.fixture
def sheet() -> Worksheet:
    columns = (
        Column("STT", 6),
        Column("Đơn vị", 30, "left"),
        Column("Tỷ lệ", 12),
        Column("Ghi chú", 20, "left"),
    )
    rows = [
        AppendixRow(("I", "UBND thành phố Tam Kỳ", None, None), is_group=True),
        AppendixRow((1, "UBND xã Tam Ngọc", Rate(Decimal("99.6"), 1), '=HYPERLINK("http://x")')),
        AppendixRow((2, "UBND xã Tam Phú", "Không có hồ sơ trực tuyến", None)),
        AppendixRow((1030, "UBND xã Tam Thanh", Rate(Decimal(12), 0), None)),
    ]
    appendix = Appendix(
        "thu", "PHỤ LỤC II", "THỐNG KÊ", "(Kèm theo Kế hoạch số 1)", "", [Table("Cấp xã", columns, rows)]
    )
    workbook = openpyxl.load_workbook(BytesIO(exports.appendix_workbook(appendix=appendix)))
    return workbook["Cấp xã"]


def test_rates_and_counts_are_numbers_that_show_as_they_were_printed(sheet: Worksheet) -> None:
    assert (sheet["C7"].value, sheet["C7"].number_format) == (0.996, "[$-42A]0.0%")
    assert (sheet["C9"].value, sheet["C9"].number_format) == (0.12, "[$-42A]0%")
    assert (sheet["A9"].value, sheet["A9"].number_format) == (1030, "[$-42A]#,##0")


def test_a_note_that_begins_like_a_formula_stays_text(sheet: Worksheet) -> None:
    assert sheet["D7"].data_type == "s"


def test_the_sheet_is_a4_in_times_new_roman_with_repeated_headings(sheet: Worksheet) -> None:
    assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
    assert sheet.print_title_rows == "$5:$5"
    fonts = {cell.font.name for row in sheet.iter_rows(max_row=9) for cell in row if cell.value is not None}
    assert fonts == {"Times New Roman"}
    assert sheet["A3"].font.italic
    assert sheet["A5"].border.left.style == "thin"
    page_number = sheet.oddHeader.center if sheet.oddHeader is not None else None
    assert page_number is not None
    assert "&P" in str(page_number.text)


@pytest.mark.django_db
def test_an_unknown_appendix_is_refused_with_those_there_are() -> None:
    with pytest.raises(appendices.AppendixRefused, match="qnam-pl2, qninh-pl3"):
        appendices.appendix(code="phu-luc-9")


@pytest.mark.django_db
def test_an_appendix_never_cites_another_provinces_plan() -> None:
    make_province("Quảng Nam")
    make_province("Quảng Ngãi")
    make_period("2023-Q1")
    Document.objects.create(code="QNam23", number="4872/KH-UBND", issuer="UBND tỉnh Quảng Nam")
    with pytest.raises(appendices.AppendixRefused, match="là của UBND tỉnh Quảng Nam, không phải của Tỉnh"):
        appendices.appendix(code="qnam-pl2", request=appendices.Request(province="Tỉnh Quảng Ngãi"))


@pytest.mark.django_db
def test_an_appendix_of_a_period_without_figures_says_what_to_do() -> None:
    with pytest.raises(appendices.AppendixRefused, match="hãy nhập tệp trước"):
        appendices.appendix(code="qnam-pl2", request=appendices.Request(period="2022-Q1"))


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_told_in_vietnamese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = appendices.Appendix("qnam-pl2", "Phụ lục II", "Bảng", "(Kèm theo)", "", [])
    monkeypatch.setattr(appendices, "appendix", lambda **_: made)
    monkeypatch.setattr(exports, "appendix_workbook", lambda **_: b"")
    with pytest.raises(CommandError, match="Không ghi được tệp"):
        call_command("appendix", "qnam-pl2", "-o", str(tmp_path / "khong-co" / "a.xlsx"))
