"""Files as an office attaches them, built small."""

from __future__ import annotations

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
ODT = "application/vnd.oasis.opendocument.text"


def package(members: dict[str, bytes | str]) -> bytes:
    """A zip container with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def ole(*streams: str) -> bytes:
    """A container of Office 97 with these streams in its directory."""
    return OLE + b"\0\0".join(stream.encode("utf-16-le") for stream in streams)


GOOD: dict[str, bytes] = {
    "kế hoạch.pdf": PDF,
    "KE HOACH.PDF": PDF,
    "kế hoạch.docx": package({"word/document.xml": "<w/>"}),
    "phụ lục.xlsx": package({"xl/workbook.xml": "<x/>"}),
    "kế hoạch.doc": ole("WordDocument"),
    "phụ lục.xls": ole("Workbook"),
    "phụ lục 5.0.xls": ole("Book"),
    "kế hoạch.odt": package({"mimetype": ODT, "content.xml": "<o/>", "Basic/script-lc.xml": "<l/>"}),
}

REFUSED: dict[str, tuple[str, bytes, str]] = {
    "a program named .pdf": ("a.pdf", b"MZ\x90\0" + b"\0" * 60, "nội dung không phải là tệp .pdf"),
    "a page named .pdf": ("a.pdf", b"<html><script>alert(1)</script>", "nội dung không phải là tệp .pdf"),
    "a page that mentions PDF further on": ("a.pdf", b"<html>%PDF-1.7", "nội dung không phải là tệp .pdf"),
    "an HTML table named .xls": ("a.xls", b"<table><tr><td>1</td></tr></table>", "không phải là tệp .xls"),
    "a Word document named .xls": ("a.xls", ole("WordDocument"), "không phải là tệp .xls"),
    "a workbook named .docx": ("a.docx", package({"xl/workbook.xml": "<x/>"}), "không phải là tệp .docx"),
    "a zip of anything named .docx": ("a.docx", package({"a.exe": b"MZ"}), "không phải là tệp .docx"),
    "a spreadsheet named .odt": (
        "a.odt",
        package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<o/>"}),
        "không phải là tệp .odt",
    ),
    "a page before a package": (
        "a.docx",
        b"<html><script>" + package({"word/document.xml": "<w/>"}),
        "không phải là tệp .docx",
    ),
    "half a package": ("a.docx", package({"word/document.xml": "<w/>" * 99})[:90], "bị hỏng"),
    "a macro, .docx": (
        "a.docx",
        package({"word/document.xml": "<w/>", "word/vbaProject.bin": b"Sub Auto_Open()"}),
        "có chứa macro",
    ),
    "a macro, .doc": ("a.doc", ole("WordDocument", "_VBA_PROJECT"), "có chứa macro"),
    "a macro, .odt": (
        "a.odt",
        package({"mimetype": ODT, "content.xml": "<o/>", "Basic/Standard/Module1.xml": "Sub"}),
        "có chứa macro",
    ),
    "a password, .docx": ("a.docx", ole("EncryptedPackage"), "đặt mật khẩu"),
    "a password, .odt": (
        "a.odt",
        package(
            {"mimetype": ODT, "content.xml": b"\x8f", "META-INF/manifest.xml": "<m><encryption-data/></m>"}
        ),
        "đặt mật khẩu",
    ),
    "nothing": ("a.pdf", b"", "Tệp rỗng"),
    "only zeros": ("a.pdf", b"\0" * 4096, "Tệp rỗng"),
    "21 MB": ("a.pdf", PDF + b"\0" * (21 * 1024 * 1024), "mức tối đa là 20 MB"),
    "a page": ("a.html", b"<html>", "Tệp đuôi .html không được nhận"),
    "a picture with a script": ("a.svg", b"<svg onload=alert(1)>", "Tệp đuôi .svg không được nhận"),
    "a macro by its name": ("a.docm", package({"word/document.xml": "<w/>"}), ".docm không được nhận"),
    "two extensions": ("a.pdf.exe", PDF, "Tệp đuôi .exe không được nhận"),
    "no extension": ("a", PDF, "Tệp không có đuôi"),
    "an extension alone": (".pdf", PDF, "Tệp không có đuôi"),
    "a dot at the end": ("a.pdf.", PDF, "Tệp không có đuôi"),
}
"""What must be refused: name, content, and words of the message."""

NAMES: dict[str, str] = {
    "../../../etc/cron.d/x.pdf": "x.pdf",
    "..\\..\\windows\\x.pdf": "x.pdf",
    "/etc/passwd.pdf": "passwd.pdf",
    'x"; filename="lừa.html.pdf': 'x"; filename="lừa.html.pdf',
    "x\r\nSet-Cookie: a=b\r\n.pdf": "xSet-Cookie: a=b.pdf",
    "<img src=x onerror=alert(1)>.pdf": "<img src=x onerror=alert(1)>.pdf",
    "\u202efdp.exe.pdf": "fdp.exe.pdf",
    "x\x00.pdf": "x.pdf",
    "a" * 300 + ".pdf": "a" * 196 + ".pdf",
    "....pdf": "....pdf",
    "CON.pdf": "CON.pdf",
    "K\u00ea\u0301 hoa\u0323ch.pdf": "K\u1ebf ho\u1ea1ch.pdf",
}
"""Names of uploads written to do harm, and what each becomes: data, never a place or a header."""
