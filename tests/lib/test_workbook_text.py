"""Text from other people's files stays text in the workbooks that we write."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from dvctt.lib.workbook_text import put_text, sheet_names


@pytest.mark.parametrize("text", ["=1+1", "+84", "-", "@SUM(A1)", "\t=1", "#N/A", "Sở Y tế"])
def test_text_that_could_run_comes_back_as_the_text_that_it_is(text: str) -> None:
    workbook = openpyxl.Workbook()
    put_text(workbook.worksheets[0].cell(1, 1), text)
    content = BytesIO()
    workbook.save(content)
    cell = openpyxl.load_workbook(content).worksheets[0].cell(1, 1)
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix == (text not in ("#N/A", "Sở Y tế"))


def test_what_a_cell_cannot_hold_is_left_out_and_the_rest_is_kept() -> None:
    cell = openpyxl.Workbook().worksheets[0].cell(1, 1)
    put_text(cell, "Sở\x00 Y tế\x0b" + "a" * 40_000)
    assert str(cell.value).startswith("Sở Y tếa")
    assert len(str(cell.value)) == 32_767


def test_names_of_sheets_are_legal_short_and_no_two_alike() -> None:
    wanted = [
        "Danh sách",
        "danh SÁCH",
        "Xã [Một]: a/b\\c?*",
        "'Tr'Hy'",
        "",
        "History",
        "Thị trấn có một cái tên dài hơn ba mươi mốt chữ cái",
        "Thị trấn có một cái tên dài hơn ba mươi mốt chữ cái",
        "🙂" * 20,
        "a\x00b\nc",
    ]

    found = sheet_names(wanted)

    assert found[:6] == ["Danh sách", "danh SÁCH (2)", "Xã Một a b c", "Tr'Hy", "Trang", "History (2)"]
    assert found[6:] == [
        "Thị trấn có một cái tên dài hơn",
        "Thị trấn có một cái tên dài (2)",
        "🙂" * 15,
        "a b c",
    ]
    workbook = openpyxl.Workbook()
    for name in found:
        assert len(name.encode("utf-16-le")) // 2 <= 31
        assert workbook.create_sheet(name).title == name
