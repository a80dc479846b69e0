"""Reading delimited text and HTML tables under the name .xls. All values stay text."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from typing import Final

import charset_normalizer
import lxml.etree
import lxml.html

from dvctt.lib.sheets.model import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    CellValue,
    NotAWorkbook,
    Sheet,
    SheetRow,
    check_extent,
)

_DELIMITERS: Final = ";\t,|"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET: Final = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def decode(content: bytes) -> str:
    """Return the text of UTF-8, UTF-16 or a Vietnamese code page, composed (NFC)."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _decoded(content, encoding)
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8"))
    except UnicodeDecodeError:
        # Windows' Vietnamese page first: it is what Excel in Vietnam writes, and short files deceive a guess.
        best = charset_normalizer.from_bytes(content, cp_isolation=["cp1258", "cp1252"]).best()
        return _decoded(
            content,
            "cp1258" if best is None or best.encoding == "cp1258" else _vietnamese_or(content, best.encoding),
        )


def _vietnamese_or(content: bytes, guess: str) -> str:
    """Return cp1258 where it reads the bytes as Vietnamese (its tone marks are combining), else the guess."""
    try:
        text = content.decode("cp1258")
    except UnicodeDecodeError:
        return guess
    return "cp1258" if any(unicodedata.combining(letter) for letter in text) else guess


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return unicodedata.normalize("NFC", content.decode(encoding))
    except (UnicodeDecodeError, LookupError):
        raise NotAWorkbook(
            "Không đọc được bảng mã chữ của tệp. "
            "Hãy mở bằng Excel, lưu thành .xlsx hoặc “CSV UTF-8” rồi tải lại."
        ) from None


def read_delimited(content: bytes, *, filename: str) -> list[Sheet]:
    """Return the one sheet of a csv or tsv file; row numbers are those that Excel would show."""
    text = decode(content).replace("\0", "")
    delimiter = "\t" if filename.lower().endswith(".tsv") else _delimiter(text)
    if text[:5].lower() == "sep=" + text[4:5] and text[5:6] in "\r\n":
        delimiter, text = text[4], text.split("\n", 1)[-1]
    rows = []
    number = widest = 0
    try:
        for number, fields in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1
        ):
            if number > MAX_ROWS or len(fields) > MAX_COLUMNS:
                check_extent(number, len(fields))
            widest = max(widest, len(fields))
            cells: list[CellValue] = [value if value.strip() else None for value in fields]
            if any(cells):
                rows.append(SheetRow(number, cells))
    except csv.Error:
        raise NotAWorkbook(
            f"Dòng {number + 1} của tệp có một ô quá dài hoặc thiếu dấu ngoặc kép đóng. "
            "Hãy mở bằng Excel, kiểm tra dòng này, lưu thành .xlsx rồi tải lại."
        ) from None
    check_extent(number, widest)
    return [Sheet(filename.rpartition(".")[0] or filename, rows, [])]


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first lines into the most columns, evenly."""
    sample = text[:20_000]

    def score(delimiter: str) -> int:
        try:
            widths = [
                len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row
            ][:30]
        except csv.Error:
            return 0
        # Lines of one cell are titles: they say nothing for or against a delimiter.
        return max((widths.count(width) * (width - 1) for width in set(widths)), default=0)

    return max(_DELIMITERS, key=score)


def read_html(content: bytes) -> list[Sheet]:
    """Return the tables of an HTML page, one sheet each; spans become merged ranges."""
    charset = _META_CHARSET.search(content[:4096])
    has_bom = content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        encoding = codecs.lookup(charset[1].decode("ascii")).name if charset and not has_bom else ""
        text = content.decode(encoding) if encoding else decode(content)
    except (LookupError, UnicodeDecodeError):
        text = decode(content)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", unicodedata.normalize("NFC", text).replace("\0", ""))
    try:
        page = lxml.html.document_fromstring(
            text, parser=lxml.html.HTMLParser(no_network=True, huge_tree=False)
        )
    except (lxml.etree.LxmlError, ValueError):
        raise NotAWorkbook(
            "Trang HTML trong tệp bị hỏng. Hãy mở bằng Excel, lưu thành .xlsx rồi tải lại."
        ) from None
    # What a browser would run or hide is no part of a cell; a line break in a header is a space.
    lxml.etree.strip_elements(page, "script", "style", "template", lxml.etree.Comment, with_tail=False)
    for line_break in page.iter("br"):
        line_break.tail = f" {line_break.tail or ''}"
    # A table that only holds other tables is a frame for the page, not data.
    tables = page.xpath("//table[not(.//table)]")[:MAX_SHEETS]
    if not tables:
        raise NotAWorkbook(
            "Tệp là trang web nhưng không có bảng nào. Hãy xuất lại số liệu ra .xlsx rồi tải lên."
        )
    return [_table(table, f"Bảng {number}") for number, table in enumerate(tables, start=1)]


def _span(cell: lxml.html.HtmlElement, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return max(1, int(text)) if text.isdigit() and len(text) < 8 else 1


def _table(table: lxml.html.HtmlElement, name: str) -> Sheet:
    rows: list[SheetRow] = []
    merged: list[tuple[int, int, int, int]] = []
    covered: dict[int, int] = {}  # column → how many rows below are still covered from above
    for number, row in enumerate(table.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr"), start=1):
        cells: list[CellValue] = []
        bold = False
        below: dict[int, int] = {column: left - 1 for column, left in covered.items() if left > 1}
        for cell in row.xpath("./td|./th"):
            while len(cells) in covered:
                cells.append(None)
            text = " ".join(cell.text_content().split())
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            check_extent(number, len(cells) + across)
            if across > 1 or down > 1:
                merged.append((number, len(cells), number + down - 1, len(cells) + across - 1))
            if down > 1:
                below.update({len(cells) + offset: down - 1 for offset in range(across)})
            bold = bold or bool(text and (cell.tag == "th" or cell.xpath(".//b|.//strong")))
            cells += [text or None] + [None] * (across - 1)
        covered = below
        check_extent(number, len(cells))
        if any(cells):
            rows.append(SheetRow(number, cells, bold))
    return Sheet(name, rows, merged)
