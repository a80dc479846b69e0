"""The only reader of workbooks: bytes in, rows of plain values out, or a refusal that says how to mend it.

Nothing is believed before it is checked: the extension against the content, sizes before anything is
unpacked, and where the figures stand before a dense table of them is made.
"""

from __future__ import annotations

from dvctt.lib.sheets.guards import ACCEPTED, MAX_BYTES, sniff
from dvctt.lib.sheets.model import (
    Cell,
    CellValue,
    EmptyFile,
    FileRefused,
    FileTooLarge,
    NotAWorkbook,
    PasswordProtected,
    Sheet,
    SheetRow,
    TooMuchInside,
    Workbook,
    WrongExtension,
)
from dvctt.lib.sheets.older import read_older
from dvctt.lib.sheets.text import read_delimited, read_html
from dvctt.lib.sheets.xlsx import read_xlsx

__all__ = [
    "ACCEPTED",
    "MAX_BYTES",
    "Cell",
    "CellValue",
    "EmptyFile",
    "FileRefused",
    "FileTooLarge",
    "NotAWorkbook",
    "PasswordProtected",
    "Sheet",
    "SheetRow",
    "TooMuchInside",
    "Workbook",
    "WrongExtension",
    "read_workbook",
]


def read_workbook(content: bytes, *, filename: str) -> Workbook:
    """Return the sheets of a workbook in .xlsx, .xls, .xlsb, .ods, .csv, .tsv, or HTML named .xls.

    Rows without any value are left out; each row keeps its own number in the sheet. Raises a subclass of
    FileRefused whose text tells a person, in Vietnamese, what is wrong and how to mend it.
    """
    kind = sniff(content, filename=filename)
    if kind == "xlsx":
        sheets = read_xlsx(content)
    elif kind in ("xls", "xlsb", "ods"):
        sheets = read_older(content, kind=kind)
    elif kind == "html":
        sheets = read_html(content)
    else:
        sheets = read_delimited(content, filename=filename)
    if not any(sheet.rows for sheet in sheets):
        raise EmptyFile("Tệp không có ô nào có nội dung. Hãy kiểm tra xem đã chọn đúng tệp chưa rồi tải lại.")
    return Workbook(filename=filename, kind=kind, sheets=sheets)
