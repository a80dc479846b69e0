"""A page's rows as a .csv file: one table under its headings, for programs; people take the workbook.

Commas between fields and points in numbers (RFC 4180), UTF-8 with a mark at its beginning, by which a
spreadsheet knows the letters.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any, Final

from dvctt.lib import numbers
from dvctt.lib.workbook_text import FORMULA_STARTS

BYTE_ORDER_MARK: Final = "\ufeff"


def plain_csv(*, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return the file. A text is never a formula; None leaves the field empty."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([_field(heading) for heading in headings])
    writer.writerows([_field(value) for value in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def _field(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # A file of texts cannot say what is a formula, so a mark before it does.
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return numbers.plain(value) or ""
