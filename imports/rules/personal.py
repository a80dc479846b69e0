"""Lists of dossiers carry the names and addresses of citizens; they are refused before anything is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dvctt.lib import names
from dvctt.lib.sheets import Sheet, SheetRow
from imports.rules.headers import texts_of
from imports.rules.problems import ImportRefused

_LOOKED_AT: Final = 100
"""Rows of a sheet that are looked at whatever they hold; further down only those of words alone."""
_LONGEST: Final = 60


def _headers(*starts: str) -> re.Pattern[str]:
    """Headers, without marks, that begin with one of these words."""
    return re.compile(rf"(?:{'|'.join(names.fold(start) for start in starts)})\b.*")


_PERSON: Final = _headers(
    "Họ và tên", "Họ tên", "Người nộp", "Tên người nộp", "Chủ hồ sơ", "Tên chủ hồ sơ", "Tên công dân",
    "Người yêu cầu", "Tên người yêu cầu", "Người nhận kết quả", "Cá nhân, tổ chức nộp",
    "Tổ chức, cá nhân nộp", "Tên cá nhân, tổ chức", "Tên tổ chức, cá nhân", "Người được giải quyết",
)  # fmt: skip
_IDENTITY: Final = _headers(
    "CCCD", "CMND", "CMT", "Số CCCD", "Số CMND", "Số CMT", "Căn cước công dân", "Số căn cước", "Số giấy tờ",
    "Số định danh cá nhân", "Hộ chiếu", "Số hộ chiếu",
)  # fmt: skip
_CONTACT: Final = _headers(
    "Ngày sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Năm sinh", "Giới tính", "Số điện thoại",
    "Điện thoại", "SĐT", "Địa chỉ", "Nơi ở", "Nơi thường trú", "Email", "Thư điện tử",
)  # fmt: skip
_DOSSIER: Final = re.compile(
    r"so ho so|"
    + _headers(
        "Mã hồ sơ", "Mã số hồ sơ", "Số biên nhận", "Mã biên nhận", "Tên thủ tục", "Thủ tục hành chính",
        "Ngày tiếp nhận", "Ngày nộp", "Ngày hẹn trả",
    ).pattern
)  # fmt: skip


class PersonalData(ImportRefused):
    """The file lists dossiers of citizens; it must not be kept either."""


def refuse_personal_data(sheets: Sequence[Sheet]) -> None:
    """Raise PersonalData where a row of headers, hidden sheets included, is that of a list of dossiers."""
    for sheet in sheets:
        for at, row in enumerate(sheet.rows):
            if at >= _LOOKED_AT and not _is_words(row):
                continue
            headers = [names.fold(text) for text in texts_of(row).values() if len(text) <= _LONGEST]
            people, identity, contacts, dossiers = (
                any(kind.fullmatch(header) for header in headers)
                for kind in (_PERSON, _IDENTITY, _CONTACT, _DOSSIER)
            )
            if len(headers) > 1 and (
                identity or (people and (dossiers or contacts)) or (dossiers and contacts)
            ):
                raise PersonalData(
                    f"Sheet “{sheet.name}”, dòng {row.number}: tệp là danh sách hồ sơ có thông tin cá nhân "
                    "của người dân (họ tên, giấy tờ, địa chỉ) nên không được nhận và không được lưu. "
                    "Hãy xuất báo cáo tổng hợp theo đơn vị, chỉ có số lượng, rồi tải lại."
                )


def _is_words(row: SheetRow) -> bool:
    """Whether the row may be a header: no number in it, written as a text or not."""
    return all(value is None or (isinstance(value, str) and not value[:1].isdigit()) for value in row.cells)
