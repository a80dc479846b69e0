"""Text from other people's files stays text in the workbooks that we write."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from dvctt.lib.workbook_text import put_text


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
