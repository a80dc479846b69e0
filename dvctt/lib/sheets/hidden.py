"""Which rows and columns of an .ods sheet are hidden or filtered away, from its content.xml."""

from __future__ import annotations

import xml.parsers.expat
from collections import defaultdict

from dvctt.lib.sheets.model import MAX_COLUMNS, MAX_ROWS

_HIDDEN = ("collapse", "filter")


def read_hidden(content: bytes) -> dict[str, tuple[frozenset[int], frozenset[int]]]:
    """Return by sheet the numbers of its hidden rows, from 1, and the indexes of its hidden columns, from 0.

    Content that is no XML hides nothing here; the parser of the values says what is wrong with it.
    """
    finder = _Finder()
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = finder.start
    try:
        parser.Parse(content, True)
    except xml.parsers.expat.ExpatError:
        return {}
    names = {*finder.rows, *finder.columns}
    return {name: (frozenset(finder.rows[name]), frozenset(finder.columns[name])) for name in names}


class _Finder:
    def __init__(self) -> None:
        self.rows: dict[str, set[int]] = defaultdict(set)
        self.columns: dict[str, set[int]] = defaultdict(set)
        self._sheet = ""
        self._row = self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._sheet, self._row, self._column = attributes.get("table:name", ""), 0, 0
        elif name == "table:table-row":
            self._row = self._take(attributes, "rows", self._row, MAX_ROWS, self.rows[self._sheet], from_=1)
        elif name == "table:table-column":
            hidden = self.columns[self._sheet]
            self._column = self._take(attributes, "columns", self._column, MAX_COLUMNS, hidden, from_=0)

    @staticmethod
    def _take(
        attributes: dict[str, str], what: str, before: int, most: int, hidden: set[int], *, from_: int
    ) -> int:
        said = attributes.get(f"table:number-{what}-repeated", "1")
        # The last row of a sheet is repeated out to the end of the world.
        after = before + (int(said) if said.isascii() and said.isdecimal() and len(said) < 8 else 1)
        if attributes.get("table:visibility") in _HIDDEN:
            hidden.update(range(before + from_, min(after, most) + from_))
        return after
