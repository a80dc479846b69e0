"""Delimited text in its encodings, HTML named .xls, and .ods."""

from __future__ import annotations

import codecs
import unicodedata

import pytest

from dvctt.lib.sheets import NotAWorkbook, read_workbook
from dvctt.lib.sheets.hidden import read_hidden
from tests.lib.books import content_of, ods_of

ROWS = [
    ["STT", "Đơn vị", "Tỷ lệ"],
    ["1", "Xã Trà Dơn, huyện Nam Trà My", "94,86%"],
    ["2", "Phường Hoà Hương", "1.234"],
]


def lines(delimiter: str) -> str:
    return "\r\n".join(
        delimiter.join(f'"{value}"' if delimiter in value else value for value in row) for row in ROWS
    )


def cp1258(text: str) -> bytes:
    """Return the bytes as Windows writes them: a base letter, then its tone as a mark of its own."""
    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, mark = unicodedata.normalize("NFD", letter)[:-1], unicodedata.normalize("NFD", letter)[-1]
            try:
                out += unicodedata.normalize("NFC", base).encode("cp1258") + mark.encode("cp1258")
            except UnicodeEncodeError:  # ậ is a, dot below, circumflex: the circumflex belongs to the letter
                first, dot, hat = tuple(unicodedata.normalize("NFD", letter))
                out += unicodedata.normalize("NFC", first + hat).encode("cp1258") + dot.encode("cp1258")
    return out


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1258"])
def test_delimited_text_is_read_in_each_encoding(delimiter: str, encoding: str) -> None:
    text = lines(delimiter)
    content = cp1258(text) if encoding == "cp1258" else text.encode(encoding)
    if encoding == "utf-16-be":
        content = codecs.BOM_UTF16_BE + content
    [sheet] = read_workbook(content, filename="tong_hop.csv").sheets
    assert sheet.name == "tong_hop"
    assert [list(row.cells) for row in sheet.rows] == ROWS


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_title_lines_of_one_cell_do_not_hide_the_delimiter(delimiter: str) -> None:
    table = [["STT", "Đơn vị", "Tỷ lệ"], ["I", "Huyện Ba Tơ", ""], ["1", "Xã Ba Xa", '"3,5%"']]
    text = "\n".join(["PHỤ LỤC 2", "THỐNG KÊ", "QUÝ I", *(delimiter.join(row) for row in table)])
    [sheet] = read_workbook(text.encode(), filename="a.csv").sheets
    assert list(sheet.rows[-1].cells) == ["1", "Xã Ba Xa", "3,5%"]


def test_blank_lines_keep_their_number_and_a_sep_line_names_the_delimiter() -> None:
    [sheet] = read_workbook(b"a,b;c\n\n;;\nd;e\n", filename="a.csv").sheets
    assert [(row.number, list(row.cells)) for row in sheet.rows] == [(1, ["a,b", "c"]), (4, ["d", "e"])]
    [sheet] = read_workbook(b"sep=|\r\na|b\r\n", filename="a.csv").sheets
    assert [(row.number, list(row.cells)) for row in sheet.rows] == [
        (1, ["a", "b"])
    ]  # Excel shows no sep= line
    [sheet] = read_workbook(b"a;b\tc\n", filename="a.tsv").sheets
    assert list(sheet.rows[0].cells) == ["a;b", "c"]


def test_an_endless_quoted_cell_is_refused() -> None:
    with pytest.raises(NotAWorkbook, match="Dòng 1 "):
        read_workbook(b'"' + b"a" * 200_000, filename="a.csv")


def test_an_html_table_named_xls_is_read_with_its_spans() -> None:
    page = """<html><head><meta charset='utf-8'></head><body><table border='1'>
    <tr><td colspan='4'><b>THANH TOÁN TRỰC TUYẾN QUÝ I NĂM 2023</b></td></tr>
    <tr><th rowspan='2'>STT</th><th rowspan='2'>Đơn vị</th><th colspan='2'>Thanh toán</th></tr>
    <tr><th>Số HS</th><th>Tỷ lệ</th></tr>
    <tr><td>1</td><td>Sở Công&nbsp;Thương</td><td>1.305</td><td>5.98%</td></tr>
    <tr></tr>
    <tr><td>2</td><td>Xã&#32;Ba</td></tr></table></body></html>"""
    workbook = read_workbook(page.encode(), filename="a.xls")
    [sheet] = workbook.sheets
    assert workbook.kind == "html"
    assert [(row.number, list(row.cells), row.bold) for row in sheet.rows] == [
        (1, ["THANH TOÁN TRỰC TUYẾN QUÝ I NĂM 2023", None, None, None], True),
        (2, ["STT", "Đơn vị", "Thanh toán", None], True),
        (3, [None, None, "Số HS", "Tỷ lệ"], True),
        (4, ["1", "Sở Công Thương", "1.305", "5.98%"], False),
        (6, ["2", "Xã Ba"], False),
    ]
    assert sheet.merged == [(1, 0, 1, 3), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3)]


def test_an_html_frame_around_two_tables_gives_two_sheets() -> None:
    inner = "<td><table><tr><td>{}</td></tr></table></td>"
    page = f"<table><tr>{inner.format('a')}{inner.format('b')}</tr></table>"
    sheets = read_workbook(page.encode(), filename="a.xls").sheets
    assert [sheet.rows[0].value(0) for sheet in sheets] == ["a", "b"]


def test_html_in_utf16_and_with_a_wrong_charset_is_read() -> None:
    page = "<html><table><tr><td>Đơn vị</td></tr></table></html>"
    assert read_workbook(page.encode("utf-16"), filename="a.xls").sheets[0].rows[0].value(0) == "Đơn vị"
    wrong = page.replace("<html>", "<html><meta charset='klingon'>").encode()
    assert read_workbook(wrong, filename="a.xls").sheets[0].rows[0].value(0) == "Đơn vị"


def test_hidden_and_filtered_rows_and_hidden_columns_of_an_ods_are_told() -> None:
    columns = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/><table:table-column/>'
    )
    cell = (
        '<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>'
    )
    rows = (
        f"<table:table-row>{cell}</table:table-row>"
        f'<table:table-row table:visibility="filter" table:number-rows-repeated="2">{cell}</table:table-row>'
        f"<table:table-row>{cell}</table:table-row>"
        f'<table:table-row table:visibility="collapse">{cell}</table:table-row>'
        '<table:table-row table:visibility="collapse" table:number-rows-repeated="1048571"/>'
    )
    [sheet] = read_workbook(ods_of(columns + rows), filename="a.ods").sheets
    assert [row.number for row in sheet.rows] == [1, 2, 3, 4, 5]
    assert {2, 3, 5} <= sheet.hidden_rows
    assert not {1, 4} & sheet.hidden_rows
    assert max(sheet.hidden_rows) <= 200_000
    assert sheet.hidden_columns == {2}


def test_a_count_that_is_no_number_hides_nothing() -> None:
    row = '<table:table-row table:visibility="filter" table:number-rows-repeated="²"/>'
    assert read_hidden(content_of(row)) == {"Bảng": (frozenset({1}), frozenset())}
    assert read_hidden(b"<broken") == {}


def test_an_ods_is_read_in_its_own_process() -> None:
    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    row = (
        f'<table:table-row>{cell("Xã Ba")}<table:table-cell office:value-type="float" office:value="1030">'
        "<text:p>1.030</text:p></table:table-cell></table:table-row>"
    )
    blank = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    day = (
        '<table:table-row><table:table-cell office:value-type="percentage" office:value="0.5">'
        "<text:p>50%</text:p></table:table-cell></table:table-row>"
    )
    workbook = read_workbook(ods_of(row + blank + day), filename="a.ods")
    [sheet] = workbook.sheets
    assert (workbook.kind, sheet.name, sheet.hidden) == ("ods", "Bảng", False)
    assert [(line.number, line.value(0), line.value(1)) for line in sheet.rows] == [
        (1, "Xã Ba", 1030),
        (4, 0.5, None),
    ]
