"""Files that somebody sends to do harm, or by accident: built small, as they would arrive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import openpyxl

MIB = 1024 * 1024
TITLES = ["UBND TỈNH QUẢNG NGÃI", "THỐNG KÊ HỒ SƠ TRỰC TUYẾN QUÝ I/2023"]
HEADER = ["STT", "Đơn vị", "Tỷ lệ hồ sơ trực tuyến", "Tỷ lệ thanh toán trực tuyến", "Ghi chú"]


def workbook(*rows: list[object]) -> bytes:
    """A published table with these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in TITLES:
        sheet.append([line])
    sheet.append(HEADER)
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(content: bytes, parts: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The workbook with these members made anew; a member that is not there is made of nothing."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts[name](old.read(name)) if name in parts else old.read(name))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name](b""))
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
GOOD = [1, "UBND huyện Mộ Đức", "45,8%", "2,3%", None]


def zip_bomb() -> bytes:
    return repacked(workbook(GOOD), {SHEET: lambda _: b" " * (400 * MIB)})


def many_bombs() -> bytes:
    """Each member small enough, all of them too much."""
    return repacked(
        workbook(GOOD), {f"xl/worksheets/sheet{n}.xml": lambda _: b"<a/>" * (5 * MIB) for n in range(2, 14)}
    )


def billion_laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    document = f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "ha">{levels}]><sst><si><t>&l9;</t></si></sst>'
    return repacked(workbook(GOOD), {"xl/sharedStrings.xml": lambda _: document.encode()})


def empty_formatted_rows(count: int = 1_000_000) -> bytes:
    """A good table and a million rows of empty cells with a border, as a dragged format leaves them."""

    def more(sheet: bytes) -> bytes:
        empty = '<row r="{0}"><c r="A{0}" s="1"/><c r="B{0}" s="1"/></row>'
        rows = "".join(empty.format(number) for number in range(10, count)).encode()
        return sheet.replace(b"</sheetData>", rows + b"</sheetData>")

    return repacked(workbook(GOOD), {SHEET: more})


def sixty_megabytes() -> bytes:
    return b"PK\x03\x04" + b"\0" * (60 * MIB)


def password_protected() -> bytes:
    """What Excel makes of a workbook with a password: an OLE container with an encrypted package."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 504
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 4096
    )


def password_protected_ods() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"\x8f\x01\x02")
        archive.writestr("META-INF/manifest.xml", b"<m><encryption-data/></m>")
    return buffer.getvalue()


def macro() -> bytes:
    return repacked(workbook(GOOD), {"xl/vbaProject.bin": lambda _: b"Sub Auto_Open()"})


def html_with_scripts() -> bytes:
    rows = "".join(f"<th>{text}</th>" for text in HEADER)
    return (
        "<html><head><script>alert(1)</script><meta http-equiv=refresh content='0;url=//x'></head>"
        "<body onload=alert(2)><iframe src='//x'></iframe><table>"
        f"<tr><td colspan=5>{TITLES[0]}</td></tr><tr><td colspan=5>{TITLES[1]}</td></tr><tr>{rows}</tr>"
        "<tr><td>1</td><td>UBND huyện Mộ Đức<script>alert(3)</script></td><td>45,8%</td><td>2,3%</td>"
        "<td><img src=x onerror=alert(4)>ghi chú</td></tr></table></body></html>"
    ).encode()


def deep_html() -> bytes:
    return b"<html><body>" + b"<div>" * 200_000 + b"<table><tr><td>1" + b"</td></tr></table>"


def wild_spans() -> bytes:
    return b"<table><tr><td colspan=1000000 rowspan=1000000>1</td></tr></table>"


def long_line() -> bytes:
    return b"STT;" + b"A" * (19 * MIB)


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip bomb": ("bom.xlsx", zip_bomb, "quá nhiều dữ liệu"),
    "many members that are too much together": ("bom.xlsx", many_bombs, "quá nhiều dữ liệu"),
    "XML entity bomb": ("bom.xlsx", billion_laughs, "khai báo XML"),
    "60 MB": ("lon.xlsx", sixty_megabytes, "mức tối đa là 20 MB"),
    "password": ("khoa.xlsx", password_protected, "mật khẩu"),
    "password, .ods": ("khoa.ods", password_protected_ods, "mật khẩu"),
    "macro": ("macro.xlsx", macro, "macro"),
    "macro by its name": ("macro.xlsm", lambda: workbook(GOOD), "macro"),
    "spans without end": ("bang.xls", wild_spans, "quá lớn"),
    "HTML nested without end": ("bang.xls", deep_html, "Tệp|Trang"),
    "one line of 19 MB": ("dong.csv", long_line, "Tệp|ô quá dài"),
}
"""What must be refused: name, content, and words of the message."""
