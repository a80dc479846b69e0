"""Rows that are no unit's: totals, subtotals, groups that carry sums, parts of a row; and several tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from imports.rules import places, tables
from indicators.models import Measurement
from tests.imports.exports import HEADER, counts, export, titles, units
from tests.imports.layouts import LAYOUTS, sheet_of
from tests.imports.run import Json, kinds, message, run
from tests.imports.workbooks import books, saved

pytestmark = pytest.mark.django_db

TITLES = titles()
DISTRICT = ["Xã Trà Don", "Xã Trà Dơn", "Xã Trà Leng"]
CITY = ["Phường An Mỹ", "Phường Hoà Thuận"]


def total(name: str | None, times: int, *, position: Any = None, off: int = 0) -> list[Any]:
    """A row of sums; `off` is by how much its first column is wrong."""
    first, *others = counts(times)
    return [position, name, first + off, *others]


def imported(folder: Path, *rows: Any, sheets: dict[str, Any] | None = None) -> Json:
    return run(saved(folder, export(*rows, more=sheets)))


def told(answer: Json, *more: str) -> list[tuple[str, int | None]]:
    return kinds(answer, "missing_unit", "ignored_row", *more)


# --- Totals ------------------------------------------------------------------------------------------------
SONS = ["Sở Y tế", "Sở Nội vụ", "Sở Xây dựng"]


@pytest.mark.parametrize(
    "name", ["TỔNG CỘNG", "Tổng số", "Tổng", "Cộng", "Tổng số hồ sơ", "Toàn tỉnh", "Tổng cộng (I+II+III):"]
)
@pytest.mark.parametrize("position", [None, "", "A"])
def test_a_total_agrees_whatever_it_is_called(real: None, tmp_path: Path, name: str, position: Any) -> None:
    answer = imported(tmp_path, *units(*SONS), total(name, 6, position=position))
    assert (answer["rows"], answer["written"], told(answer)) == (3, 6, [("total_agrees", 8)])
    assert "cộng 3 dòng bằng số in ở cả 6 cột" in message(answer, "total_agrees")


def test_a_total_may_stand_above_its_rows(real: None, tmp_path: Path) -> None:
    answer = imported(tmp_path, total("Tổng cộng", 6), *units(*SONS))
    assert (answer["written"], told(answer)) == (6, [("total_agrees", 5)])


def test_a_total_wrong_in_one_column_is_told_with_that_column_alone(real: None, tmp_path: Path) -> None:
    answer = imported(tmp_path, *units(*SONS), total("Tổng cộng", 6, off=7))
    assert told(answer) == [("total_differs", 8)]
    said = message(answer, "total_differs")
    assert "“Tổng số tiếp nhận” in 67, cộng được 60 (chênh 7)" in said
    assert "Qua mạng" not in said
    assert answer["written"] == 6


def test_a_column_that_the_total_leaves_blank_is_not_held_against_it(real: None, tmp_path: Path) -> None:
    row = [None, "Tổng cộng", None, 36, 24, None, None, None]
    assert told(imported(tmp_path, *units(*SONS), row)) == [("total_agrees", 8)]


def test_a_missing_row_shows_in_the_total(real: None, tmp_path: Path) -> None:
    answer = imported(tmp_path, *units(*SONS)[:2], total("Tổng cộng", 6))
    assert told(answer) == [("total_differs", 7)]
    assert "không bằng tổng 2 dòng" in message(answer, "total_differs")


# --- Subtotals and groups ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["Cộng", "Cộng huyện Nam Trà My", "Tổng huyện Nam Trà My", "Cộng nhóm I", "Tổng cộng I", "Tổng I"]
)
def test_each_group_may_have_its_subtotal_and_the_file_its_total(
    real: None, tmp_path: Path, name: str
) -> None:
    answer = imported(
        tmp_path,
        ["I", "Huyện Nam Trà My"], *units(*DISTRICT), total(name, 6),
        ["II", "Thành phố Tam Kỳ"], *units(*CITY), total("Cộng", 3),
        total("Tổng cộng", 9),
    )  # fmt: skip
    assert (answer["rows"], answer["matched"], answer["refused"]) == (5, 5, 0)
    assert told(answer) == [("total_agrees", 9), ("total_agrees", 13), ("total_agrees", 14)]


def test_a_subtotal_that_is_wrong_is_told_and_the_others_agree(real: None, tmp_path: Path) -> None:
    answer = imported(
        tmp_path,
        ["I", "Huyện Nam Trà My"], *units(*DISTRICT), total("Cộng", 6, off=1),
        ["II", "Thành phố Tam Kỳ"], *units(*CITY), total("Cộng", 3),
        total("Tổng cộng", 9),
    )  # fmt: skip
    assert told(answer) == [("total_differs", 9), ("total_agrees", 13), ("total_agrees", 14)]


def test_captions_that_carry_sums_are_held_against_the_rows_below_them(real: None, tmp_path: Path) -> None:
    answer = imported(
        tmp_path,
        total("Sở, Ban, ngành", 3, position="I"), *units(*SONS[:2]),
        total("UBND các huyện, thị xã, thành phố", 3, position="II", off=5),
        *units("Huyện Đại Lộc", "Huyện Nông Sơn"),
        total("Tổng cộng", 6),
    )  # fmt: skip
    assert (answer["rows"], answer["written"]) == (4, 8)
    assert told(answer) == [("total_agrees", 5), ("total_differs", 8), ("total_agrees", 11)]


def test_a_district_heading_that_carries_the_sum_of_its_communes_is_no_row_of_its_own(
    real: None, tmp_path: Path
) -> None:
    answer = imported(
        tmp_path, total("Huyện Nam Trà My", 6, position="I"), *units(*DISTRICT), total("Tổng cộng", 6)
    )
    assert (answer["rows"], told(answer, "group_value_unchecked")) == (3, [("total_agrees", 9)])


def test_a_district_heading_that_differs_from_its_communes_is_told(real: None, tmp_path: Path) -> None:
    answer = imported(tmp_path, total("Huyện Nam Trà My", 6, position="I", off=40), *units(*DISTRICT))
    assert told(answer, "group_value_unchecked") == [("group_sum_differs", 5)]
    assert "“Tổng số tiếp nhận” in 100, cộng được 60 (chênh 40)" in message(answer, "group_sum_differs")
    assert not Measurement.objects.filter(unit__versions__full_name="Huyện Nam Trà My").exists()


def test_a_district_heading_may_carry_the_districts_own_figures(real: None, tmp_path: Path) -> None:
    answer = imported(
        tmp_path,
        ["I", "Cấp huyện"], *units("Huyện Nam Trà My", "Huyện Nông Sơn"),
        ["II", "Cấp xã"], total("Huyện Nam Trà My", 1, position="1"), *units(*DISTRICT),
    )  # fmt: skip
    assert told(answer) == []
    assert (answer["rows"], answer["matched"]) == (5, 5)


# --- Parts of a row ----------------------------------------------------------------------------------------
JUDGED = [
    ["TT", "Tên đơn vị", "Tổng số hồ sơ", "Trong đó", None, None, "Đánh giá", None],
    [None, None, None, "Trực tuyến", "Trực tiếp", "BCCI", "Tỷ lệ", "Đạt/Không đạt"],
]


@pytest.mark.parametrize("position", [None, "", "-", "+", "1.1", "a"])
@pytest.mark.parametrize("dash", ["", "- ", "+ "])
def test_rows_that_break_the_row_above_down_are_no_units(
    real: None, tmp_path: Path, position: str | None, dash: str
) -> None:
    rows: list[Any] = [*TITLES, *JUDGED]
    for number, name in enumerate(SONS[:2], start=1):
        rows += [
            [number, name, 100, 60, 35, 5, "60%", "Đạt"],
            [position, f"{dash}DVC trực tuyến một phần", 40, 20, 18, 2, "50%", "Đạt"],
            [position, f"{dash}DVC trực tuyến toàn trình", 60, 40, 17, 3, "66,67%", "Đạt"],
        ]
    rows.append([None, "Tổng cộng", 200, 120, 70, 10, "60%", None])
    answer = run(saved(tmp_path, books({"a": rows})))
    assert (answer["rows"], answer["matched"], answer["written"]) == (2, 2, 2)
    assert told(answer) == [("total_agrees", 12)]
    assert set(Measurement.objects.values_list("numerator", "denominator")) == {(60, 100)}


# --- Several tables, several sheets ------------------------------------------------------------------------
def test_several_tables_in_one_sheet_each_have_their_own_total(real: None, tmp_path: Path) -> None:
    answer = imported(
        tmp_path,
        *units(*SONS), total("Tổng cộng", 6), [],
        ["II. KẾT QUẢ CỦA UBND CÁC HUYỆN, THỊ XÃ, THÀNH PHỐ TRÊN ĐỊA BÀN"], HEADER,
        *units("Huyện Đại Lộc", "Huyện Nông Sơn"), total("Tổng cộng", 3), [],
        HEADER, ["I", "Huyện Nam Trà My"], *units(*DISTRICT), total("Tổng cộng", 6, off=3),
    )  # fmt: skip
    assert (answer["rows"], answer["matched"]) == (8, 8)
    assert told(answer) == [("total_agrees", 8), ("total_agrees", 14), ("total_differs", 21)]


def test_several_sheets_have_one_table_each(real: None, tmp_path: Path) -> None:
    second = [HEADER, *units("Huyện Đại Lộc", "Huyện Nông Sơn"), total("Tổng cộng", 3)]
    answer = imported(tmp_path, *units(*SONS), total("Tổng cộng", 6), sheets={"Cấp huyện": second})
    assert (answer["rows"], answer["written"]) == (5, 10)
    assert [(p["sheet"], p["kind"]) for p in answer["problems"] if p["kind"].startswith("total")] == [
        ("Sheet1", "total_agrees"),
        ("Cấp huyện", "total_agrees"),
    ]


def test_a_last_sheet_may_hold_the_total_of_all(real: None, tmp_path: Path) -> None:
    second = [HEADER, *units("Huyện Đại Lộc", "Huyện Nông Sơn"), total("Tổng cộng toàn tỉnh", 9)]
    answer = imported(tmp_path, *units(*SONS), sheets={"Cấp huyện": second})
    assert told(answer) == [("total_agrees", 4)]


def test_a_cover_page_and_a_hidden_sheet_are_told_and_left_out(real: None, tmp_path: Path) -> None:
    cover = [["BÁO CÁO"], ["Kết quả quý II năm 2023"], ["Người lập:", "Nguyễn Văn A"]]
    rows = [*TITLES, HEADER, *units(*SONS)]
    path = saved(tmp_path, books({"Bìa": cover, "Số liệu": rows, "Nháp": [HEADER, *units("Sở Y tế")]}))
    book = openpyxl.load_workbook(path)
    book["Nháp"].sheet_state = "veryHidden"
    book.save(path)
    answer = run(path)
    assert (answer["rows"], answer["written"]) == (3, 6)
    assert [(p["sheet"], p["kind"], p["severity"]) for p in answer["problems"] if p["row"] is None] == [
        ("Bìa", "sheet_without_table", "warning"),
        ("Nháp", "hidden_sheet", "warning"),
    ]


def test_hidden_rows_and_columns_are_read_and_told(real: None, tmp_path: Path) -> None:
    path = saved(tmp_path, books({"Số liệu": [*TITLES, HEADER, *units(*SONS)]}))
    book = openpyxl.load_workbook(path)
    sheet = book["Số liệu"]
    sheet.row_dimensions[len(TITLES) + 3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    book.save(path)
    answer = run(path)
    assert (answer["rows"], answer["written"]) == (3, 6)
    told = {p["kind"]: p["message"] for p in answer["problems"] if p["row"] is None}
    assert f"1 dòng bị ẩn hoặc lọc đi (dòng {len(TITLES) + 3})" in told["hidden_rows"]
    assert "có cột bị ẩn vẫn được đọc: “" in told["hidden_columns"]


def test_a_commune_whose_name_begins_like_a_sum_is_a_commune() -> None:
    named = ["Tổng Cọt", "Cộng Hòa", "Xã Cộng Hòa", "Công Chính", "Tổng cục Thuế", "Cống Vị"]
    header = sheet_of(HEADER, *[[None, name, 1, 1, 0, 1, 0, 0] for name in named])
    rows = tables.read_tables([header], LAYOUTS).rows
    assert [row.name for row in rows if places.is_total(row)] == []


def test_the_provinces_own_row_is_its_sum_and_no_unit_of_it(real: None, tmp_path: Path) -> None:
    answer = imported(tmp_path, *units(*SONS), total("UBND tỉnh Quảng Nam", 6))
    assert (answer["rows"], answer["written"], answer["refused"]) == (3, 6, 0)
