"""Reading .xls, .xlsb and .ods in a child process with bounded memory and time.

How far their filled cells reach cannot be told before they are parsed, so the parser is given a room of its
own: where it outgrows it, the child ends and the file is refused, and the server goes on.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from dvctt.lib.sheets.guards import repack, unpack
from dvctt.lib.sheets.hidden import read_hidden
from dvctt.lib.sheets.model import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    NotAWorkbook,
    PasswordProtected,
    Sheet,
    SheetRow,
    TooMuchInside,
)

_CHILD: Final = Path(__file__).with_name("child.py")
_NOTHING: Final[frozenset[int]] = frozenset()
_SECONDS: Final = 60
_EVERYTHING: Final = re.compile(r"(?:\.xml|\.bin|\.rels|mimetype)$", re.IGNORECASE)


def read_older(content: bytes, *, kind: str) -> list[Sheet]:
    """Return the sheets of an .xls, .xlsb or .ods file."""
    hidden: dict[str, tuple[frozenset[int], frozenset[int]]] = {}
    if kind != "xls":
        parts = unpack(content, wanted=_EVERYTHING)
        if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise _password()
        content = repack(parts).getvalue()
        hidden = read_hidden(parts.get("content.xml", b""))
    limits = f"{MAX_ROWS},{MAX_COLUMNS},{MAX_CELLS}"
    try:
        # The command is this interpreter and a file of this package; the upload goes in as bytes only.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(_CHILD), limits],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_much() from None
    answer: dict[str, Any] = {"error": "too_much"}
    if done.returncode == 0 and done.stdout:
        answer = json.loads(done.stdout)
    match answer.get("error"):
        case None:
            return [
                _sheet(sheet, *hidden.get(sheet["name"], (_NOTHING, _NOTHING))) for sheet in answer["sheets"]
            ]
        case "password":
            raise _password()
        case "broken":
            raise NotAWorkbook(
                f"Bảng tính .{kind} bị hỏng hoặc lặp ô quá nhiều nên không đọc được. "
                "Hãy mở bằng Excel, lưu thành .xlsx rồi tải lại."
            )
        case _:
            raise _too_much()


def _sheet(sheet: dict[str, Any], hidden_rows: frozenset[int], hidden_columns: frozenset[int]) -> Sheet:
    rows = [SheetRow(number, [_value(cell) for cell in cells]) for number, cells in sheet["rows"]]
    merged = [(first[0] + 1, first[1], last[0] + 1, last[1]) for first, last in sheet["merged"]]
    return Sheet(sheet["name"], rows, merged, sheet["hidden"], hidden_rows, hidden_columns)


def _value(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    text = cell["on"]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _password() -> PasswordProtected:
    return PasswordProtected(
        "Tệp được đặt mật khẩu nên không đọc được. Hãy bỏ mật khẩu, lưu lại rồi tải lên."
    )


def _too_much() -> TooMuchInside:
    return TooMuchInside(
        "Bảng tính quá lớn hoặc quá phức tạp nên không được mở, để bảo vệ hệ thống. "
        "Hãy chép phần số liệu cần dùng sang một tệp .xlsx mới rồi tải lại."
    )
