"""Workbooks built for a test, in the forms of the published appendices."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from units.models import UnitVersion

RATES = ["STT", "Đơn vị", "Tỷ lệ hồ sơ trực tuyến", "Tỷ lệ thanh toán trực tuyến", "Ghi chú"]
COUNTS = [
    "TT",
    "Tên đơn vị",
    "Tổng số hồ sơ",
    "Tổng số hồ sơ trực tuyến",
    "Tỷ lệ hồ sơ trực tuyến đạt được đến 23/8/2023",
    "Chỉ tiêu giao đạt được đến hết tháng 31/12/2023",
    "Ghi chú",
]
QUANG_NGAI = [
    "PHỤ LỤC 2",
    "THỐNG KÊ HỒ SƠ TRỰC TUYẾN, THANH TOÁN TRỰC TUYẾN QUÝ I/2023",
    "(Ban hành kèm theo Kế hoạch số 96/KH-UBND ngày 28/4/2023 của Chủ tịch UBND tỉnh Quảng Ngãi)",
]
QUANG_NAM = [
    "PHỤ LỤC II",
    "THỐNG KÊ HỒ SƠ TRỰC TUYẾN, THANH TOÁN TRỰC TUYẾN QUÝ I NĂM 2023",
    "(Kèm theo Kế hoạch số 4872/KH-UBND ngày 25 tháng 7 năm 2023 của Chủ tịch UBND tỉnh Quảng Nam)",
]
QUANG_NINH = [
    "PHỤ LỤC III",
    "GIAO CHỈ TIÊU TỶ LỆ HỒ SƠ TRỰC TUYẾN CHO CÁC SỞ, NGÀNH, ĐỊA PHƯƠNG",
    "(Ban hành kèm theo Kế hoạch số 269/KH-UBND ngày 30 tháng 10 năm 2023 của UBND tỉnh Quảng Ninh)",
]
NOT_EXTRACTED = "Tỷ lệ thanh toán trực tuyến (Chưa trích xuất được tỷ lệ trên Cổng dịch vụ công quốc gia)"


def book(
    rows: Iterable[Any],
    *,
    titles: Sequence[str] = QUANG_NGAI,
    header: Sequence[str] = RATES,
    sheet: str = "Sheet1",
) -> bytes:
    """A workbook of one sheet: title lines, a header, rows."""
    return books({sheet: [*[[title] for title in titles], [], list(header), *[list(row) for row in rows]]})


def books(sheets: Mapping[str, Sequence[Any]]) -> bytes:
    """A workbook of these sheets, row by row."""
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def saved(folder: Path, content: bytes, name: str = "tep.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def communes_of(district: str) -> list[str]:
    """Full names of the communes of a district of 2023."""
    versions = UnitVersion.objects.filter(parent__versions__full_name=district, level="xa")
    return sorted(versions.values_list("full_name", flat=True))


def districts_of(province: str) -> list[str]:
    versions = UnitVersion.objects.filter(parent__versions__full_name=province, level="huyen")
    return sorted(versions.values_list("full_name", flat=True))
