"""What a line of a sheet is by its words and its number: a unit's row, a title, a footer, a page line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from dvctt.lib import names, periods
from imports.rules.headings import named_district
from imports.rules.layouts import NOTE, POSITION, UNIT, fold

if TYPE_CHECKING:
    from imports.rules.tables import TableRow

_ARABIC: Final = re.compile(r"'?0*(\d{1,6})\s?[.)]?")
_ROMAN: Final = re.compile(r"[IVXLC]+\s?[.)]?|[A-HĐ]\s?[.)]?")


def is_unit_position(text: str) -> bool:
    """Whether the number column counts the row as one of its list: 1, 12., 241."""
    return bool(_ARABIC.fullmatch(text))


def may_name(text: str) -> bool:
    """Whether words in the number column may be a name: letters, and no group's number."""
    return any(c.isalpha() for c in text) and not is_group_position(text)


def is_group_position(text: str) -> bool:
    """Whether the number column marks a group: I, XVIII, A."""
    return bool(_ROMAN.fullmatch(text))


_FOOTER: Final = re.compile(
    r"(?:ngay|thoi diem) (?:trich|ket|xuat|lap|in)\b.*|nguoi (?:lap|tong hop|bao cao)\b.*|ghi chu\b.*"
    r"|nguon(?: so lieu)?\b.*"
)


def is_footer(row: TableRow) -> bool:
    """Whether a line closes a table instead of naming a unit or a group of it; its words may fill cells."""
    if is_unit_position(row.position):
        return False
    own = row.header.layout.looks.footers
    return any(
        bool(_FOOTER.fullmatch(words)) or words.startswith(own)
        for words in map(fold, (row.name, row.position))
        if words
    )


_PAGE_LINE: Final = re.compile(
    r"(?:trang|page)(?: so)? \d+(?: (?:of |tren )?\d+)?|(?:bang )?tiep theo(?: trang (?:truoc|\d+))?"
    r"|(?:chuyen|mang sang|xem tiep) (?:trang )?(?:sau|\d+)|(?:nguoi in|in luc|ngay in)\b.*"
)


def is_page_line(row: TableRow) -> bool:
    """Whether a line only numbers or continues a printed page."""
    return row.spans and not row.has_figures and bool(_PAGE_LINE.fullmatch(names.fold(row.name)))


_CLOSING: Final = re.compile(
    r"noi nhan\b.*|thu truong\b.*"
    r"|(?:nguoi|can bo|chuyen vien) (?:lap|tong hop|bao cao|kiem tra|phu trach)\b.*"
    r"|(?:kt|tm|tl|tuq) (?:chu tich|giam doc|uy ban|ubnd|thu truong|chanh).*"
    r"|(?:pho )?(?:chu tich|giam doc|chanh van phong|truong phong|cuc truong)\b.*"
)


def closes(row: TableRow) -> bool:
    """Whether addressees or signatures begin here."""
    if is_unit_position(row.position) or holds_numbers(row):
        return False
    return any(_CLOSING.fullmatch(fold(words)) for words in (row.name, row.position) if words)


def holds_numbers(row: TableRow) -> bool:
    """Whether one of the row's figures is a number, written as a text or not."""
    if not row.has_figures:
        return False
    header = row.header
    apart = {header.column(POSITION), header.column(UNIT), header.column(NOTE)}
    return any(
        isinstance(value, int | float) or (isinstance(value, str) and value[:1].isdigit())
        for column in header.columns
        if column not in apart and (value := row.row.value(column)) is not None
    )


_TITLE: Final = re.compile(
    r"(?:phu luc|bieu|mau)\b.*"
    r"|.*\bkem theo (?:ke hoach|quyet dinh|cong van|bao cao|nghi quyet|thong bao)\b.*"
)
_LONGEST_NAME: Final = 7
"""More words than this are a sentence (a title, a footnote), not the name of a group."""


def is_title(row: TableRow) -> bool:
    """Whether a line without figures is words about a table, and not a group or a unit."""
    if not row.spans or row.has_figures or named_district(row.name):
        return False
    if _TITLE.fullmatch(names.fold(row.name)):
        return True
    if periods.find_periods(row.name) or periods.find_partial_quarters(row.name):
        return True
    is_sentence = len(row.name.split()) > _LONGEST_NAME or row.name.isupper()
    return is_sentence and names.split_unit_name(row.name).kind is None
