"""Text that goes into a workbook: it stays text, whatever it begins with.

Names, notes and headers come from other people's files; a spreadsheet would run "=…" as a formula.
"""

from __future__ import annotations

from typing import Any, Final

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
LONGEST: Final = 32_767
"""Characters that a cell holds."""


def put_text(cell: Any, text: str) -> None:
    """Put text in a cell of openpyxl, without what a workbook cannot hold; it stays text also when edited."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True
