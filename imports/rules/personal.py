"""Lists of dossiers carry the names and addresses of citizens; they are refused before anything is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dvctt.lib import names
from dvctt.lib.sheets import Sheet
from imports.rules.headers import texts_of
from imports.rules.problems import ImportRefused

_LOOKED_AT: Final = 100
_LONGEST: Final = 60
_PERSON: Final = frozenset(
    names.fold(header)
    for header in (
        "Họ và tên", "Họ tên", "Họ và tên người nộp", "Họ tên người nộp", "Người nộp", "Người nộp hồ sơ",
        "Chủ hồ sơ", "Tên chủ hồ sơ", "Họ tên chủ hồ sơ", "Tên công dân", "Họ tên công dân",
        "Người yêu cầu", "Cá nhân, tổ chức nộp hồ sơ", "Tổ chức, cá nhân nộp hồ sơ", "Người nhận kết quả",
    )
)  # fmt: skip
_IDENTITY: Final = frozenset(
    names.fold(header)
    for header in (
        "CCCD", "Số CCCD", "CMND", "Số CMND", "CMND/CCCD", "CCCD/CMND", "Số CMND/CCCD", "Số CCCD/CMND",
        "Căn cước công dân", "Số căn cước", "Số định danh cá nhân", "Số giấy tờ", "Hộ chiếu",
    )
)  # fmt: skip
_CONTACT: Final = frozenset(
    names.fold(header)
    for header in (
        "Ngày sinh", "Ngày tháng năm sinh", "Năm sinh", "Giới tính", "Số điện thoại", "Điện thoại", "SĐT",
        "Địa chỉ", "Địa chỉ thường trú", "Địa chỉ liên hệ", "Nơi ở", "Email", "Thư điện tử",
    )
)  # fmt: skip
_DOSSIER: Final = frozenset(
    names.fold(header)
    for header in (
        "Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Số biên nhận", "Mã biên nhận", "Tên thủ tục",
        "Tên thủ tục hành chính", "Thủ tục hành chính", "Ngày tiếp nhận", "Ngày nộp", "Ngày hẹn trả",
    )
)  # fmt: skip


class PersonalData(ImportRefused):
    """The file lists dossiers of citizens; it must not be kept either."""


def refuse_personal_data(sheets: Sequence[Sheet]) -> None:
    """Raise PersonalData where a row of headers, hidden sheets included, is that of a list of dossiers."""
    for sheet in sheets:
        for row in sheet.rows[:_LOOKED_AT]:
            headers = {names.fold(text) for text in texts_of(row).values() if len(text) <= _LONGEST}
            people, dossiers = headers & _PERSON, headers & _DOSSIER
            contacts = headers & _CONTACT
            if headers & _IDENTITY or (people and (dossiers or contacts)) or (dossiers and contacts):
                raise PersonalData(
                    f"Sheet “{sheet.name}”, dòng {row.number}: tệp là danh sách hồ sơ có thông tin cá nhân "
                    "của người dân (họ tên, giấy tờ, địa chỉ) nên không được nhận và không được lưu. "
                    "Hãy xuất báo cáo tổng hợp theo đơn vị, chỉ có số lượng, rồi tải lại."
                )
