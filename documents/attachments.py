"""Files that are attached to documents: looked at before they are kept, never opened and never unpacked.

The content says the kind; the extension must agree with it, since it decides with what an office opens the
file later.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from documents.rules import DocumentError
from dvctt.lib import names

ACCEPTED: Final = (".pdf", ".docx", ".xlsx", ".doc", ".xls", ".odt")
EVIDENCE: Final = (".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png")
"""What stands behind a figure: papers, tables, pictures of a screen."""
CONTENT_TYPES: Final = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
LONGEST_NAME: Final = 200
_MIB: Final = 1024 * 1024
_PDF: Final = b"%PDF-"
_ZIP: Final = b"PK\x03\x04"
_PICTURES: Final = {
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n\x1a\n",
}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_PART: Final = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}
_STREAMS: Final = {".doc": ("WordDocument",), ".xls": ("Workbook", "Book")}
# In an .odt the two lists of libraries say nothing: LibreOffice writes them without a macro as well.
_MACROS: Final = re.compile(r"(?:^|/)vbaproject\.bin$|^scripts/|^basic/(?!.*script-l[bc]\.xml$).+\.xml$")
_ENOUGH: Final = 64 * 1024  # of a member that is only looked into


class FileRefused(DocumentError):
    """A file that is not attached; str() says why and how to mend it."""

    field = "file"


def kept_name(filename: str) -> str:
    """Return the person's own name for the file as data: no folders, nothing invisible, not too long."""
    last = re.split(r"[\\/]", filename)[-1]
    name = names.nfc("".join(sign for sign in last if sign.isprintable()))
    suffix = PurePath(name).suffix
    return name[: LONGEST_NAME - len(suffix)].removesuffix(suffix).rstrip() + suffix if name else ""


def kind_of(filename: str) -> str:
    """Return the extension of a file's name, in small letters, or ""."""
    return PurePath(filename).suffix.lower()


def check_file(content: bytes, *, filename: str, max_bytes: int, accepted: Sequence[str] = ACCEPTED) -> None:
    """Refuse what is no file of the kind that its name says, or of none that is accepted here.

    Raises FileRefused.
    """
    suffix = kind_of(filename)
    if suffix not in accepted:
        shown = f"Tệp đuôi {suffix[:20]}" if suffix else "Tệp không có đuôi nên"
        raise FileRefused(f"{shown} không được nhận. Hãy chọn một trong các loại: {', '.join(accepted)}.")
    if len(content) > max_bytes:
        raise FileRefused(
            f"Tệp nặng {len(content) / _MIB:.1f} MB, ".replace(".", ",")
            + f"mức tối đa là {max_bytes // _MIB} MB. Hãy quét lại ở độ phân giải thấp hơn hoặc bỏ bớt hình."
        )
    if not content.strip(b"\0 \t\r\n"):
        raise FileRefused("Tệp rỗng, không có nội dung. Hãy chọn lại tệp.")
    if suffix == ".pdf":
        is_right = content.startswith(_PDF)
    elif suffix in _PICTURES:
        is_right = content.startswith(_PICTURES[suffix])
    elif suffix in _STREAMS:
        is_right = _is_ole(content, suffix)
    else:
        is_right = _is_package(content, suffix)
    if not is_right:
        raise FileRefused(
            f"Tệp đuôi {suffix} nhưng nội dung không phải là tệp {suffix}. "
            "Hãy mở tệp bằng đúng phần mềm, lưu lại dạng PDF rồi tải lên."
        )


def _is_ole(content: bytes, suffix: str) -> bool:
    if not content.startswith(_OLE):
        return False
    if _has_stream(content, "_VBA_PROJECT"):
        raise _macro()
    return any(_has_stream(content, stream) for stream in _STREAMS[suffix])


def _has_stream(content: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in content


def _is_package(content: bytes, suffix: str) -> bool:
    if content.startswith(_OLE) and _has_stream(content, "EncryptedPackage"):
        raise _locked()
    if not content.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name.lower() for name in archive.namelist()}
            if any(_MACROS.search(name) for name in members):
                raise _macro()
            if suffix in _MAIN_PART:
                return _MAIN_PART[suffix] in members
            if _beginning(archive, "mimetype").strip() != CONTENT_TYPES[suffix].encode():
                return False
            if b"encryption-data" in _beginning(archive, "META-INF/manifest.xml"):
                raise _locked()
            return "content.xml" in members
    except FileRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, OSError, EOFError):
        raise FileRefused(
            "Tệp bị hỏng hoặc chưa tải xong. Hãy mở thử trên máy của bạn, lưu lại rồi tải lên."
        ) from None


def _beginning(archive: zipfile.ZipFile, member: str) -> bytes:
    """Return the first part of a member, empty where there is none: a bomb is never let off."""
    if member not in archive.namelist():
        return b""
    with archive.open(member) as stream:
        return stream.read(_ENOUGH)


def _macro() -> FileRefused:
    return FileRefused(
        "Tệp có chứa macro nên không được nhận. Hãy lưu tệp thành PDF hoặc .docx, .xlsx không có macro "
        "rồi tải lên."
    )


def _locked() -> FileRefused:
    return FileRefused(
        "Tệp được đặt mật khẩu nên người khác không mở được. Hãy bỏ mật khẩu, lưu lại rồi tải lên."
    )
