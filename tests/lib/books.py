"""Workbooks built for the tests of the reader: honest ones and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

import openpyxl
from openpyxl.workbook import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(*rows: list[object], title: str = "Số liệu") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(book)


def xlsx_of_xml(
    sheet: str,
    *,
    shared: str = "",
    styles: str = "",
    others: Mapping[str, bytes] | None = None,
    name: str = "Trang 1",
) -> bytes:
    """Return an .xlsx around hand-written sheet XML (the whole document)."""
    kind = f"{_RELATIONS}/"
    parts: dict[str, bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{kind}officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>"
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{kind}worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{kind}sharedStrings" Target="sharedStrings.xml"/>'
            f'<Relationship Id="r3" Type="{kind}styles" Target="styles.xml"/></Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet.encode(),
    }
    if shared:
        parts["xl/sharedStrings.xml"] = shared.encode()
    if styles:
        parts["xl/styles.xml"] = styles.encode()
    return zipped(parts | dict(others or {}))


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def worksheet(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def with_declared_size(content: bytes, name: str, size: int) -> bytes:
    """Return the zip with a lie about one member's unpacked size, in its directory and its local header."""
    changed = bytearray(content)
    encoded = name.encode()
    # Offsets of the unpacked size and of the name from the start of each header.
    for signature, size_at, name_at in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        start = changed.find(signature)
        while start >= 0:
            if changed[start + name_at : start + name_at + len(encoded)] == encoded:
                struct.pack_into("<I", changed, start + size_at, size)
            start = changed.find(signature, start + 4)
    return bytes(changed)


def content_of(rows: str) -> bytes:
    """Return the content.xml of an .ods around hand-written table rows."""
    namespaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {namespaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="Bảng">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    return content.encode()


def ods_of(rows: str, *, others: Mapping[str, bytes] | None = None) -> bytes:
    """Return an .ods around hand-written table rows."""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content_of(rows),
        "META-INF/manifest.xml": manifest.encode(),
    }
    return zipped(parts | dict(others or {}))
