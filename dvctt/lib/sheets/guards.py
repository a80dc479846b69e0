"""What is looked at before a file is read: its size, its name, its content, what it unpacks to."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePath
from typing import Final

from dvctt.lib.sheets.model import (
    EmptyFile,
    FileTooLarge,
    NotAWorkbook,
    PasswordProtected,
    TooMuchInside,
    WrongExtension,
)

_MIB: Final = 1024 * 1024
MAX_BYTES: Final = 20 * _MIB
MAX_UNPACKED: Final = 200 * _MIB
MAX_MEMBERS: Final = 2_000
MAX_RATIO: Final = 200
# Below this a high ratio is only a repetitive sheet.
_RATIO_MATTERS_FROM: Final = 10 * _MIB
_CHUNK: Final = _MIB

ACCEPTED: Final = (".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".tsv")
_ACCEPTED_TEXT: Final = ", ".join(ACCEPTED)

# Which contents each extension may hold. Portals send HTML tables under the name .xls.
_KINDS_OF_EXTENSION: Final = {
    ".xlsx": ("xlsx",),
    ".xls": ("xls", "html"),
    ".xlsb": ("xlsb",),
    ".ods": ("ods",),
    ".csv": ("text",),
    ".tsv": ("text",),
}
_EXTENSION_OF_KIND: Final = {
    "xlsx": ".xlsx",
    "xls": ".xls",
    "xlsb": ".xlsb",
    "ods": ".ods",
    "text": ".csv",
    "html": ".xls",
}
_FOREIGN: Final = (
    (b"%PDF", "PDF"),
    (b"MZ", "chương trình"),
    (b"\x7fELF", "chương trình"),
    (b"\x89PNG", "ảnh"),
    (b"\xff\xd8\xff", "ảnh"),
    (b"GIF8", "ảnh"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén gzip"),
    (b"{\\rtf", "văn bản RTF"),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|style|body|table|div|center)\b",
    re.IGNORECASE | re.DOTALL,
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def sniff(content: bytes, *, filename: str) -> str:
    """Return what the content is (xlsx, xls, xlsb, ods, html, text), or refuse the file.

    The extension must agree with the content; nothing is unpacked here.
    """
    extension = PurePath(filename).suffix.lower()
    if extension == ".xlsm":
        raise WrongExtension(
            "Tệp .xlsm có chứa macro nên không được nhận. Hãy mở bằng Excel, chọn Lưu thành (Save As) "
            "“Excel Workbook (.xlsx)” rồi tải lại."
        )
    if extension not in _KINDS_OF_EXTENSION:
        shown = f"Tệp đuôi {extension[:20]}" if extension else "Tệp không có đuôi nên"
        raise WrongExtension(f"{shown} không được nhận. Hãy tải lên một trong các loại: {_ACCEPTED_TEXT}.")
    if len(content) > MAX_BYTES:
        raise FileTooLarge(
            f"Tệp nặng {len(content) / _MIB:.1f} MB, mức tối đa là {MAX_BYTES // _MIB} MB. ".replace(
                ".", ",", 1
            )
            + "Hãy xóa các trang tính, hình ảnh không cần hoặc chia thành nhiều tệp."
        )
    if not content.strip(b"\0 \t\r\n"):
        raise EmptyFile("Tệp rỗng, không có nội dung. Hãy xuất lại tệp từ hệ thống rồi tải lại.")
    kind, what = _kind_of(content)
    if kind in _KINDS_OF_EXTENSION[extension]:
        return kind
    if kind == "" or extension == ".xlsx":
        raise NotAWorkbook(
            f"Tệp đuôi {extension} nhưng nội dung là {what}, không phải bảng tính {extension}. "
            f"Hãy mở tệp bằng Excel hoặc LibreOffice, lưu thành .xlsx rồi tải lại."
        )
    raise WrongExtension(
        f"Tệp đuôi {extension} nhưng nội dung là {what}. Hãy đổi đuôi tệp thành {_EXTENSION_OF_KIND[kind]} "
        "hoặc mở bằng Excel, lưu thành .xlsx rồi tải lại."
    )


def _kind_of(content: bytes) -> tuple[str, str]:
    """Return the kind ("" where it is none that is read) and its Vietnamese name."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(content)
    if content.startswith(_OLE):
        if _utf16("EncryptedPackage") in content:
            raise PasswordProtected(
                "Tệp được đặt mật khẩu nên không đọc được. Hãy mở bằng Excel, bỏ mật khẩu "
                "(Tệp › Thông tin › Bảo vệ sổ làm việc), lưu lại rồi tải lên."
            )
        if _utf16("WordDocument") in content:
            return "", "văn bản Word"
        if _utf16("Workbook") in content or _utf16("Book") in content:
            return "xls", "bảng tính .xls"
        return "", "tệp Office kiểu cũ không phải bảng tính"
    for start, what in _FOREIGN:
        if content.startswith(start):
            return "", what
    head = content[:8192]
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    readable = head.decode("utf-16" if is_utf16 else "utf-8-sig", "replace")
    if "urn:schemas-microsoft-com:office:spreadsheet" in readable:
        return "", "bảng tính XML 2003"
    if _HTML_START.match(readable):
        return "html", "trang web (HTML)"
    if readable.lstrip().startswith("<?xml"):
        return "", "tệp XML"
    if not is_utf16 and _CONTROL.search(content):
        return "", "dữ liệu nhị phân không rõ loại"
    return "text", "văn bản thuần"


def _kind_of_zip(content: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise _broken() from None
    if any(name.endswith("vbaproject.bin") for name in names):
        raise WrongExtension(
            "Tệp có chứa macro nên không được nhận. Hãy mở bằng Excel, chọn Lưu thành (Save As) "
            "“Excel Workbook (.xlsx)” rồi tải lại."
        )
    if "xl/workbook.xml" in names:
        return "xlsx", "bảng tính .xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb", "bảng tính .xlsb"
    if "word/document.xml" in names:
        return "", "văn bản Word (.docx)"
    if any(name.startswith("ppt/") for name in names):
        return "", "bài trình chiếu"
    if "content.xml" in names and "mimetype" in names:
        return "ods", "bảng tính .ods"
    return "", "tệp nén ZIP không chứa bảng tính"


def _broken() -> NotAWorkbook:
    return NotAWorkbook(
        "Tệp bị hỏng hoặc chưa tải xong nên không đọc được. Hãy mở thử bằng Excel, lưu lại rồi tải lên."
    )


def _too_much() -> TooMuchInside:
    return TooMuchInside(
        "Tệp nén quá nhiều dữ liệu so với kích thước của nó nên không được mở, để bảo vệ hệ thống. "
        "Hãy mở bằng Excel, chép phần số liệu cần dùng sang một tệp mới rồi tải lại."
    )


def unpack(content: bytes, *, wanted: re.Pattern[str]) -> dict[str, bytes]:
    """Return the wanted members of a zip container, each bounded while it is unpacked.

    The directory is checked first (members, sizes, ratios), then what really comes out is counted: a header
    that lies is caught by zipfile, which stops at the declared size and then finds the checksum wrong.
    XML with a document type or entities is refused.
    """
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise _too_much()
            for member in members:
                if member.flag_bits & 1:
                    raise PasswordProtected(
                        "Tệp được đặt mật khẩu nên không đọc được. Hãy bỏ mật khẩu, lưu lại rồi tải lên."
                    )
                if member.file_size > _RATIO_MATTERS_FROM and (
                    member.file_size > MAX_RATIO * max(member.compress_size, 1)
                ):
                    raise _too_much()
            left = MAX_UNPACKED
            for member in members:
                if member.is_dir() or not wanted.search(member.filename):
                    continue
                if member.filename in parts:
                    raise _broken()
                parts[member.filename] = _read_member(archive, member, left)
                left -= len(parts[member.filename])
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError):
        raise _broken() from None
    for part in parts.values():
        refuse_entities(part)
    return parts


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    out = bytearray()
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            out += chunk
            if len(out) > left:
                raise _too_much()
            if len(out) > _RATIO_MATTERS_FROM and len(out) > MAX_RATIO * max(member.compress_size, 1):
                raise _too_much()
    return bytes(out)


def refuse_entities(part: bytes) -> None:
    """Refuse XML that declares a document type or entities, or hides in another encoding than UTF-8."""
    head = part[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_wide = part.startswith((b"\xff\xfe", b"\xfe\xff")) or (head[:1] == b"<" and b"\0" in head)
    is_xml = head[:1] == b"<"
    if is_wide or (is_xml and (b"<!DOCTYPE" in part or b"<!ENTITY" in part)):
        raise NotAWorkbook(
            "Tệp có khai báo XML (DTD, ENTITY) mà bảng tính không bao giờ cần nên không được mở. "
            "Hãy mở bằng Excel, lưu thành tệp .xlsx mới rồi tải lại."
        )
    encoding = re.match(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']+)", head) if is_xml else None
    if encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise _broken()


def repack(parts: dict[str, bytes]) -> io.BytesIO:
    """Return a plain container of the checked parts, so that the parser sees only what was checked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    out.seek(0)
    return out
