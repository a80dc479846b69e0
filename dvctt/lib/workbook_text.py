"""Text that goes into a workbook: it stays text, whatever it begins with.

Names, notes and headers come from other people's files; a spreadsheet would run "=…" as a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
LONGEST: Final = 32_767
"""Characters that a cell holds."""
LONGEST_SHEET: Final = 31
"""Characters that the name of a sheet holds, as Excel counts them: in halves of UTF-16."""
_NOT_IN_SHEETS: Final = re.compile(r"[\\*?:/\[\]\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_RESERVED: Final = "history"


def put_text(cell: Any, text: str) -> None:
    """Put text in a cell of openpyxl, without what a workbook cannot hold; it stays text also when edited."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Return a name for each sheet that Excel takes: legal, 31 characters at most, no two alike in any case.

    The second one of a name gets " (2)", the third " (3)".
    """
    taken = {_RESERVED}
    found = []
    for text in wanted:
        plain = " ".join(_NOT_IN_SHEETS.sub(" ", text).split()).strip("' ") or "Trang"
        name, number = _cut(plain, LONGEST_SHEET), 1
        while name.casefold() in taken:
            number += 1
            ending = f" ({number})"
            name = _cut(plain, LONGEST_SHEET - len(ending)) + ending
        taken.add(name.casefold())
        found.append(name)
    return found


def _cut(text: str, longest: int) -> str:
    while len(text.encode("utf-16-le")) // 2 > longest:
        text = text[:-1]
    return text.rstrip("' ") or "Trang"
