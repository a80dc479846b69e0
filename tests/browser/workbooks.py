"""Workbooks of the provinces' forms, with the rows of a test."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl

Row = Sequence[str | int | None]
QUANG_NINH_REFERENCE = (
    "(Ban hành kèm theo Kế hoạch số 269/KH-UBND ngày 30 tháng 10 năm 2023 của UBND tỉnh Quảng Ninh)"
)


def _workbook(rows: Sequence[Row]) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def quang_ngai_workbook(rows: Sequence[Row], *, province: str = "Quảng Ngãi") -> bytes:
    """More communes in the form of Quảng Ngãi's Phụ lục 2."""
    issuer = f"Chủ tịch UBND tỉnh {province}"
    unpublished = "(Chưa trích xuất được tỷ lệ trên Cổng dịch vụ công quốc gia)"
    return _workbook(
        [
            ["PHỤ LỤC 2"],
            ["THỐNG KÊ HỒ SƠ TRỰC TUYẾN, THANH TOÁN TRỰC TUYẾN QUÝ I/2023"],
            [f"(Ban hành kèm theo Kế hoạch số 96/KH-UBND ngày 28/4/2023 của {issuer})"],
            [],
            [
                "Stt",
                "Đơn vị",
                "Tỷ lệ hồ sơ trực tuyến",
                f"Tỷ lệ thanh toán trực tuyến {unpublished}",
                "Ghi chú",
            ],
            *rows,
        ]
    )


def quang_ninh_workbook(rows: Sequence[Row]) -> bytes:
    """More communes in the form of Quảng Ninh's Phụ lục III."""
    return _workbook(
        [
            ["PHỤ LỤC III"],
            ["GIAO CHỈ TIÊU TỶ LỆ HỒ SƠ TRỰC TUYẾN CHO CÁC SỞ, NGÀNH, ĐỊA PHƯƠNG"],
            [QUANG_NINH_REFERENCE],
            [],
            [
                "TT",
                "Tên đơn vị",
                "Tổng số hồ sơ",
                "Tổng số hồ sơ trực tuyến",
                "Tỷ lệ hồ sơ trực tuyến đạt được đến 23/8/2023",
                "Chỉ tiêu giao đạt được đến hết tháng 31/12/2023",
                "Ghi chú",
            ],
            *rows,
        ]
    )


def progress_workbook(rows: Sequence[Row], *, quarter: str = "II") -> bytes:
    """An export of Quảng Nam's system: three header rows, numbers, the rows, the day of extraction."""
    return _workbook(
        [
            ["UBND TỈNH QUẢNG NAM"],
            [f"TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC QUÝ {quarter} NĂM 2023"],
            [],
            ["STT", "Đơn vị", "Tiếp nhận", *[None] * 5, "Đã xử lý", *[None] * 3, "Đang xử lý"],
            [
                None, None, "Tổng số", "Kỳ trước chuyển sang", "Trong kỳ", None, None, None,
                "Tổng số", "Trước hạn", "Trong hạn", "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn",
            ],
            [None, None, None, None, "Tổng số", "Trực tuyến", "Trực tiếp", "BCCI"],
            [f"({number})" for number in range(1, 16)],
            *rows,
            [],
            [None, "Ngày trích xuất: 17/07/2023"],
        ]
    )  # fmt: skip
