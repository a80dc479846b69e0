"""Reading .xlsx: values, and what values alone do not say."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from dvctt.lib.numbers import parse_rate, shown_decimals
from dvctt.lib.sheets import Cell, read_workbook
from tests.lib.books import MAIN, book_of, saved, worksheet, xlsx_of_xml


def test_a_published_table_is_read_with_its_own_row_numbers() -> None:
    content = book_of(
        ["PHỤ LỤC III"],
        [],
        ["TT", "Tên đơn vị", "Tổng số hồ sơ", "Tỷ lệ"],
        [1, "Sở Công Thương", 17626.0, "100%"],
        [None, None, None, None],
        [2, "Sở Giao thông - Vận tải", "2.657", "12%"],
    )
    workbook = read_workbook(content, filename="phụ lục.XLSX")
    assert (workbook.kind, workbook.filename) == ("xlsx", "phụ lục.XLSX")
    [sheet] = workbook.sheets
    assert (sheet.name, sheet.hidden, sheet.merged) == ("Số liệu", False, [])
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, ["PHỤ LỤC III", None, None, None]),
        (3, ["TT", "Tên đơn vị", "Tổng số hồ sơ", "Tỷ lệ"]),
        (4, [1, "Sở Công Thương", 17626, "100%"]),
        (6, [2, "Sở Giao thông - Vận tải", "2.657", "12%"]),
    ]
    assert type(sheet.rows[2].cells[2]) is int
    assert sheet.rows[0].value(99) is None
    assert sheet.rows[0].cell(0) == Cell("PHỤ LỤC III")


def test_errors_formulas_percent_formats_bold_merges_dates_and_hidden_sheets_are_told() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B3"] = "Đơn vị"
    sheet["B3"].font = Font(bold=True)
    sheet.merge_cells("B3:D4")
    sheet["B5"], sheet["C5"], sheet["D5"] = "Xã Ba", 0.853, 0.8986
    sheet["C5"].number_format = "0.0%"
    sheet["D5"].number_format = "0%"
    sheet["E5"] = "=C5/0"
    sheet["F5"] = "#N/A"
    sheet["G5"], sheet["H5"], sheet["I5"] = datetime(2023, 8, 23), True, "  \n "  # noqa: DTZ001
    sheet["A7"] = "=SUM(C5:D5)"
    book.create_sheet("Ẩn").append(["x"])
    book["Ẩn"].sheet_state = "hidden"
    first, second = read_workbook(saved(book), filename="a.xlsx").sheets
    assert first.merged == [(3, 1, 4, 3)]
    assert [(row.number, row.bold) for row in first.rows] == [(3, True), (5, False), (7, False)]
    row = first.rows[1]
    assert list(row.cells) == [None, "Xã Ba", 0.853, 0.8986, None, None, date(2023, 8, 23), True, None]
    assert row.cell(2) == Cell(0.853, "0.0%")
    assert row.cell(3).number_format == "0%"
    assert row.cell(4).is_formula_without_value
    assert row.cell(5).error == "#N/A"
    assert row.cell(1).number_format is None
    assert first.rows[2].cell(0).is_formula_without_value
    assert (second.hidden, second.name) == (True, "Ẩn")
    cell = row.cell(3)
    rate = parse_rate(cell.value, percent_format=True, decimals=shown_decimals(cell.number_format))
    assert rate is not None
    assert (rate.value, rate.printed) == (Decimal("89.86"), "90%")


STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts><font/><font><b/></font><font><b val="0"/></font></fonts><cellXfs>'
    '<xf numFmtId="0" fontId="0"/>'
    '<xf numFmtId="10" fontId="1"/><xf numFmtId="0" fontId="2"/></cellXfs></styleSheet>'
)


AS_EXCEL_WRITES_IT = (
    '<row r="2"><c r="B2" t="inlineStr"><is><t>Xã Ba</t></is></c><c r="C2" s="1"><v>0.5</v></c>'
    '<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="E2"><f>A1</f><v></v></c>'
    '<c r="F2" t="str"><f>A1</f><v></v></c><c r="G2" s="1"/></row>'
)
IN_ANOTHER_ORDER = (
    "<row r='2'><c t='inlineStr' r='B2'><is><t>Xã Ba</t></is></c><c s='1' r='C2'><v>0.5</v></c>"
    "<c t='e' r='D2'><f>1/0</f><v>#DIV/0!</v></c><c   r='E2'><f>A1</f><v/></c>"
    "<c t='str' r='F2'><f>A1</f><v></v></c></row>"
)
WITHOUT_REFERENCES = (
    '<row/><row><c/><c t="inlineStr"><is><t>Xã Ba</t></is></c><c s="1"><v>0.5</v></c>'
    '<c t="e"><f>1/0</f><v>#DIV/0!</v></c><c><f>A1</f></c><c t="str"><f>A1</f><v></v></c></row>'
)


@pytest.mark.parametrize("rows", [AS_EXCEL_WRITES_IT, IN_ANOTHER_ORDER, WITHOUT_REFERENCES])
def test_any_spelling_of_the_xml_says_the_same(rows: str) -> None:
    [sheet] = read_workbook(xlsx_of_xml(worksheet(rows), styles=STYLES), filename="a.xlsx").sheets
    [row] = sheet.rows
    assert (row.number, row.bold) == (2, True)
    assert [row.value(index) for index in range(6)] == [None, "Xã Ba", 0.5, None, None, None]
    assert row.cell(2) == Cell(0.5, "0.00%")
    assert row.cell(3).error == "#DIV/0!"
    assert row.cell(4).is_formula_without_value
    assert not row.cell(5).is_formula_without_value


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_hidden_rows_and_columns_are_told_and_read_all_the_same(prefix: str) -> None:
    marks = {1: "", 2: ' spans="1:3" hidden="1"', 3: ' hidden="0"', 4: ' hidden="true"'}
    rows = "".join(
        f'<{prefix}row r="{number}"{hidden}><{prefix}c r="A{number}"><{prefix}v>{number}</{prefix}v>'
        f"</{prefix}c></{prefix}row>"
        for number, hidden in marks.items()
    )
    columns = f'<{prefix}cols><{prefix}col min="2" max="3" width="9" hidden="1"/></{prefix}cols>'
    columns += f'<{prefix}cols><{prefix}col min="4" max="4" width="9"/></{prefix}cols>'
    name = f' xmlns:{prefix[:-1]}="{MAIN}"' if prefix else f' xmlns="{MAIN}"'
    part = (
        f"<{prefix}worksheet{name}>{columns}<{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>"
    )
    [sheet] = read_workbook(xlsx_of_xml(part), filename="a.xlsx").sheets
    assert [row.value(0) for row in sheet.rows] == [1, 2, 3, 4]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({2, 4}, {1, 2})


def test_prefixed_tags_are_read() -> None:
    rows = '<x:row r="1"><x:c r="A1" s="1"><x:v>0.5</x:v></x:c></x:row>'
    xml = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    [sheet] = read_workbook(xlsx_of_xml(xml, styles=STYLES), filename="a.xlsx").sheets
    assert sheet.rows[0].cell(0) == Cell(0.5, "0.00%")


def test_a_million_empty_formatted_rows_are_no_rows() -> None:
    rows = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(2, 1_000_000))
    content = xlsx_of_xml(worksheet('<row r="1"><c r="A1"><v>7</v></c></row>' + rows), styles=STYLES)
    [sheet] = read_workbook(content, filename="a.xlsx").sheets
    assert [(row.number, row.cells) for row in sheet.rows] == [(1, [7])]


def test_empty_cells_far_to_the_right_do_not_count() -> None:
    row = '<row r="1"><c r="A1"><v>7</v></c><c r="XFD1" s="1"/><c r="XFC1" s="1"></c></row>'
    [sheet] = read_workbook(xlsx_of_xml(worksheet(row), styles=STYLES), filename="a.xlsx").sheets
    assert list(sheet.rows[0].cells)[:1] == [7]


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**14), 10**14),
    st.integers(-(10**9), 10**9).map(lambda number: round(number / 10_000, 4)),
    st.booleans(),
    # Texts that begin with "=" would be formulas; control characters are not allowed in XML.
    st.text(alphabet="aAđƠ1.,%'-/ \u00a0", min_size=1, max_size=8).filter(lambda text: text.strip() != ""),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=6).filter(
        lambda rows: any(c is not None for r in rows for c in r)
    )
)
def test_what_is_written_is_read_back(rows: list[list[object]]) -> None:
    [sheet] = read_workbook(book_of(*rows), filename="a.xlsx").sheets
    read = {
        (row.number, index): value
        for row in sheet.rows
        for index, value in enumerate(row.cells)
        if value is not None
    }
    written = {
        (number, index): value
        for number, row in enumerate(rows, start=1)
        for index, value in enumerate(row)
        if value is not None
    }
    assert read == written
