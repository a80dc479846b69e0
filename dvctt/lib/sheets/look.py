"""A second look at the XML of an .xlsx sheet, for what the fast parser does not say.

It finds how far the filled cells reach (the parser makes a dense table up to there, so this comes first),
errors, formulas saved without a value, percentage formats, bold, hidden rows and columns. Sheets as Excel,
LibreOffice and openpyxl write them are searched by patterns; any other spelling of the XML goes through an
XML parser.
"""

from __future__ import annotations

import itertools
import re
import xml.parsers.expat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dvctt.lib.sheets.guards import MAX_UNPACKED
from dvctt.lib.sheets.model import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, NotAWorkbook, TooMuchInside

# Where a cell stands: (row number from 1, column index from 0).
Place = tuple[int, int]

_BUILTIN_PERCENT: Final = {9: "0%", 10: "0.00%"}
_REF: Final = re.compile(rb"([A-Z]+)([0-9]+)")
_EMPTY_VALUE: Final = rb"(?:\s*<v\s*/>|\s*<v>\s*</v>)?\s*</c>"
_UNCACHED: Final = re.compile(rb"(?:</f>|<f\b[^>]*/>)" + _EMPTY_VALUE)
_ERROR: Final = re.compile(rb't="e"[^>]*>(?:\s*<f\b[^>]*/>|\s*<f\b[^>]*>[^<]*</f>)?\s*<v>([^<]{1,20})</v>')
_LETTERS: Final = re.compile(rb'<c r="([A-Z]+)')
_ROW_OR_COLUMN: Final = re.compile(rb"<(row|col)\b[^<>]*>")
_HIDDEN: Final = re.compile(rb'\shidden="(?:1|true)"')
_NUMBER_OF_ROW: Final = re.compile(rb'\sr="([0-9]{1,7})"')
_FROM_TO: Final = re.compile(rb'\s(min|max)="([0-9]{1,5})"')
_FAR_ROW: Final = re.compile(rb'<c r="[A-Z]+(?:[2-9][0-9]{5}|[0-9]{7,})"')
_FILLED: Final = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*(?<!/)>(?!</c>)')
_SHARED: Final = re.compile(rb't="s"[^>]*>\s*<v>([0-9]{1,9})</v>')
_PREFIXED_CELL: Final = re.compile(rb"<[^\s<>/]+:c[\s>/]")
_END_OF_SHARED: Final = re.compile(rb"</(?:\w+:)?si>")


@dataclass(frozen=True, slots=True)
class Styles:
    """Which cell styles (indexes) show a percentage, with their format, and which are bold."""

    percent: dict[int, str] = field(default_factory=dict)
    bold: frozenset[int] = frozenset()


@dataclass(slots=True)
class Look:
    """What one sheet's XML says beside its values."""

    rows: int = 0
    columns: int = 0
    errors: dict[Place, str] = field(default_factory=dict)
    uncached: set[Place] = field(default_factory=set)
    percent: dict[Place, str] = field(default_factory=dict)
    bold_rows: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def column_index(letters: bytes) -> int:
    """Return the index from 0 of a column's letters (A → 0, AA → 26)."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _parse(part: bytes, parser: xml.parsers.expat.XMLParserType) -> None:
    try:
        parser.Parse(part, True)
    except xml.parsers.expat.ExpatError:
        raise NotAWorkbook(
            "Trang tính trong tệp bị hỏng nên không đọc được. Hãy mở thử bằng Excel, lưu lại rồi tải lên."
        ) from None


def elements(part: bytes) -> Iterator[tuple[str, dict[str, str], tuple[str, ...]]]:
    """Return each element's local name, attributes (local names) and the local names above it."""
    found: list[tuple[str, dict[str, str], tuple[str, ...]]] = []
    above: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append(
            (_local(name), {_local(key): value for key, value in attributes.items()}, tuple(above[-3:]))
        )
        above.append(_local(name))

    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: above.pop()
    _parse(part, parser)
    return iter(found)


def read_styles(part: bytes) -> Styles:
    """Return the percent and bold styles of a styles part."""
    formats = dict(_BUILTIN_PERCENT)
    bold_fonts: set[int] = set()
    percent: dict[int, str] = {}
    bold: set[int] = set()
    font = style = -1
    for name, attributes, above in elements(part):
        parent = above[-1] if above else ""
        if name == "numFmt" and parent == "numFmts":
            code = attributes.get("formatCode", "")
            number = attributes.get("numFmtId", "")
            if "%" in re.sub(r'"[^"]*"|\\.', "", code) and number.isdigit():
                formats[int(number)] = code
        elif name == "font" and parent == "fonts":
            font += 1
        elif (
            name == "b"
            and above[-2:] == ("fonts", "font")
            and attributes.get("val", "1") not in ("0", "false")
        ):
            bold_fonts.add(font)
        elif name == "xf" and parent == "cellXfs":
            style += 1
            number, font_id = attributes.get("numFmtId", ""), attributes.get("fontId", "")
            if number.isdigit() and int(number) in formats:
                percent[style] = formats[int(number)]
            if font_id.isdigit() and int(font_id) in bold_fonts:
                bold.add(style)
    return Styles(percent, frozenset(bold))


def look_at(part: bytes, styles: Styles, shared: bytes | None) -> Look:
    """Return what a sheet's XML says beside its values.

    Raises TooMuchInside where its texts, shared once and repeated by reference, would unfold without bound.
    """
    if _is_regular(part):
        sizes = _shared_sizes(shared)
        if part.count(b't="s"') * max(sizes, default=0) > MAX_UNPACKED:
            _bound_shared_texts(Counter(map(int, _SHARED.findall(part))), sizes)
        return _look_by_patterns(part, styles)
    walker = _SheetParser(styles)
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = walker.start
    parser.CharacterDataHandler = walker.text
    parser.EndElementHandler = walker.end
    _parse(part, parser)
    _bound_shared_texts(walker.uses, _shared_sizes(shared))
    return walker.look


def _is_regular(part: bytes) -> bool:
    """Return whether every cell is spelt `<c r="…`, so that patterns see what a parser would see."""
    start, end = part.find(b"<sheetData"), part.rfind(b"</sheetData>")
    cells = part.count(b'<c r="')
    return (
        0 <= start < end
        and cells == part.count(b'<c r="', start, end) == part.count(b"<c", start, end)
        and not (b":c" in part and _PREFIXED_CELL.search(part))
        and b"<!" not in part
    )


def _shared_sizes(shared: bytes | None) -> list[int]:
    ends = [0, *(match.end() for match in _END_OF_SHARED.finditer(shared or b""))]
    return [end - start for start, end in itertools.pairwise(ends)]


def _bound_shared_texts(uses: Counter[int], sizes: list[int]) -> None:
    if sum(count * sizes[index] for index, count in uses.items() if index < len(sizes)) > MAX_UNPACKED:
        raise TooMuchInside(
            "Chữ trong các ô quá nhiều so với kích thước tệp nên không được mở, để bảo vệ hệ thống. "
            "Hãy chép phần số liệu cần dùng sang một tệp mới rồi tải lại."
        )


def _look_by_patterns(part: bytes, styles: Styles) -> Look:
    look = Look()
    look.columns = max((column_index(letters) + 1 for letters in set(_LETTERS.findall(part))), default=0)
    if look.columns > MAX_COLUMNS or MAX_ROWS * look.columns > MAX_CELLS or _FAR_ROW.search(part):
        # Only now is it worth telling filled cells from empty formatted ones, exactly.
        filled = _FILLED.findall(part)
        look.columns = max(
            (column_index(letters) + 1 for letters in {letters for letters, _ in filled}), default=0
        )
        look.rows = max((int(row) for row in {row for _, row in filled}), default=0)
    for match in _ERROR.finditer(part) if b't="e"' in part else ():
        if place := _place_before(part, match.start()):
            look.errors[place] = match[1].decode("ascii", "replace")
    for match in _UNCACHED.finditer(part) if b"<f" in part else ():
        opening = part.rfind(b"<c ", 0, match.start())
        # t="str" with no text is a formula whose value is an empty text.
        if (place := _place_before(part, match.start())) and b't="str"' not in part[opening : match.start()]:
            look.uncached.add(place)
    if b' hidden="' in part:
        # Tag by tag: one pattern over attributes in any order would try them all against each other.
        for match in _ROW_OR_COLUMN.finditer(part):
            tag = match[0]
            if b"hidden" not in tag or not _HIDDEN.search(tag):
                continue
            if match[1] == b"col":
                _hide_columns(look, {name.decode(): number for name, number in _FROM_TO.findall(tag)})
            elif (number := _NUMBER_OF_ROW.search(tag)) and int(number[1]) <= MAX_ROWS:
                look.hidden_rows.add(int(number[1]))
    wanted = {*styles.percent, *styles.bold}
    if wanted:
        numbers = b"|".join(str(style).encode() for style in sorted(wanted))
        styled = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*?\ss="(' + numbers + rb')"[^>]*(?<!/)>(?!</c>)')
        for letters, row, style in styled.findall(part):
            _style_cell(look, styles, int(style), (int(row), column_index(letters)))
    return look


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 8


def _hide_columns(look: Look, ends: Mapping[str, str | bytes]) -> None:
    first, last = int(ends.get("min", 1)), int(ends.get("max", 0))
    # Sheets often hide everything to the right of their table, out to the last column there is.
    look.hidden_columns.update(range(first - 1, min(last, MAX_COLUMNS)))


def _place_before(part: bytes, position: int) -> Place | None:
    opening = part.rfind(b'<c r="', 0, position)
    match = _REF.match(part, opening + 6) if opening >= 0 else None
    return (int(match[2]), column_index(match[1])) if match else None


def _style_cell(look: Look, styles: Styles, style: int, place: Place) -> None:
    if style in styles.percent:
        look.percent[place] = styles.percent[style]
    if style in styles.bold:
        look.bold_rows.add(place[0])


class _SheetParser:
    """Walks a sheet's XML cell by cell; rows and cells without a reference follow the one before."""

    def __init__(self, styles: Styles) -> None:
        self.look = Look()
        self.uses: Counter[int] = Counter()
        self._styles = styles
        self._row = self._column = 0
        self._attributes: dict[str, str] = {}
        self._in = ""
        self._text = ""
        self._has_formula = self._has_content = False

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        tag = _local(name)
        if tag == "row":
            self._row = int(attributes["r"]) if _is_number(attributes.get("r", "")) else self._row + 1
            self._column = 0
            if attributes.get("hidden") in ("1", "true") and self._row <= MAX_ROWS:
                self.look.hidden_rows.add(self._row)
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            ends = {name: attributes[name] for name in ("min", "max") if _is_number(attributes.get(name, ""))}
            _hide_columns(self.look, ends)
        elif tag == "c":
            match = _REF.fullmatch(attributes.get("r", "").encode())
            if match:
                self._row, self._column = int(match[2]), column_index(match[1]) + 1
            else:
                self._column += 1
            self._attributes, self._text = attributes, ""
            self._has_formula = self._has_content = False
        elif tag in ("v", "f", "is"):
            self._in = tag
            self._has_formula |= tag == "f"
            self._has_content = True

    def text(self, text: str) -> None:
        if self._in == "v":
            self._text += text

    def end(self, name: str) -> None:
        tag = _local(name)
        if tag in ("v", "f", "is"):
            self._in = ""
        elif tag == "c" and self._has_content:
            look, place, kind = self.look, (self._row, self._column - 1), self._attributes.get("t")
            look.rows, look.columns = max(look.rows, self._row), max(look.columns, self._column)
            if kind == "e":
                look.errors[place] = self._text[:20]
            if kind == "s" and self._text.strip().isdigit():
                self.uses[int(self._text)] += 1
            if self._has_formula and not self._text and kind != "str":
                look.uncached.add(place)
            style = self._attributes.get("s", "")
            if style.isdigit():
                _style_cell(look, self._styles, int(style), place)
