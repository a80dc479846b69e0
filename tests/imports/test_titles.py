"""What lines above a table say of paper, province, period and extraction. No database."""

from __future__ import annotations

from datetime import date

import pytest

from imports.rules import titles
from imports.rules.titles import Paper

KNOWN = {"quảngngãi": "Tỉnh Quảng Ngãi", "quảngnam": "Tỉnh Quảng Nam", "đànẵng": "Thành phố Đà Nẵng"}


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        (
            "(Kèm theo Kế hoạch số 4872/KH-UBND ngày 25 tháng 7 năm 2023 của Chủ tịch UBND tỉnh Quảng Nam)",
            Paper("4872/KH-UBND", date(2023, 7, 25), "UBND tỉnh Quảng Nam"),
        ),
        (
            "(Ban hành kèm theo Quyết định số: 15/2023/QĐ-UBND ngày 05/01/2023 của UBND tỉnh Quảng Ngãi)",
            Paper("15/2023/QĐ-UBND", date(2023, 1, 5), "UBND tỉnh Quảng Ngãi"),
        ),
        ("Kèm theo Công văn số 123 /UBND-KSTT", Paper("123/UBND-KSTT", None, "")),
        ("(Kèm theo Quyết định số        /QĐ-UBND ngày   tháng   năm 2023 của UBND tỉnh)", None),
        ("Căn cứ Kế hoạch số 96/KH-UBND ngày 28/4/2023", None),
    ],
)
def test_the_paper_is_the_one_that_the_table_is_annexed_to(text: str, paper: Paper | None) -> None:
    assert titles.find_paper(text) == paper


@pytest.mark.parametrize(
    ("text", "provinces"),
    [
        ("ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI", ["Tỉnh Quảng Ngãi"]),
        ("Các huyện, thị xã, thành phố trên địa bàn tỉnh Quảng Ngãi Quý I", ["Tỉnh Quảng Ngãi"]),
        ("UBND thành phố Đà Nẵng", ["Thành phố Đà Nẵng"]),
        ("UBND thành phố Hội An - Tỉnh Quảng Nam", ["Tỉnh Quảng Nam"]),
        ("tỉnh nhà", []),
    ],
)
def test_only_known_provinces_are_read_from_a_title(text: str, provinces: list[str]) -> None:
    assert titles.find_provinces(text, KNOWN) == provinces
