"""Files as offices really send them, put out of shape: the same figures, or a word; never silently others."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from openpyxl.cell import Cell

from indicators.models import Measurement, PublishedTarget
from tests.imports.conftest import named
from tests.imports.run import Json, refused, run

pytestmark = pytest.mark.django_db
FIXTURES = settings.FIXTURES_DIR
PROGRESS = "exports/tien_do_quy_1_2023.xlsx"
REPORT = "exports/II_06a_so_cong_thuong_quy_1_2023.xlsx"
QUANG_NGAI = "published/quang_ngai_96_phu_luc_2_quy_I_2023.xlsx"
OF_QUANG_NGAI = ("--source", "mo_phong", "--province", "Tỉnh Quảng Ngãi")
Grid = list[list[Any]]


def grid(name: str, sheet: int = 0) -> Grid:
    rows = openpyxl.load_workbook(FIXTURES / name).worksheets[sheet].iter_rows(values_only=True)
    return [list(row) for row in rows]


def saved(tmp_path: Path, rows: Grid) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "tep.xlsx")


def imported(tmp_path: Path, rows: Grid, *options: str) -> Json:
    saved(tmp_path, rows)
    return run(tmp_path / "tep.xlsx", "--source", "mo_phong", *options)


def refusal(tmp_path: Path, rows: Grid, *options: str) -> str:
    saved(tmp_path, rows)
    return refused(tmp_path / "tep.xlsx", "--source", "mo_phong", *options)


def kinds(answer: Json) -> set[str]:
    return {problem["kind"] for problem in answer["problems"]}


def figures() -> set[tuple[int, str, Any, Any, Any]]:
    return set(
        Measurement.objects.filter(source="mo_phong").values_list(
            "unit_id", "indicator__code", "numerator", "denominator", "value"
        )
    )


def plain(tmp_path: Path, name: str = PROGRESS) -> set[tuple[int, str, Any, Any, Any]]:
    """The figures of a file as it is, which then are taken back."""
    from imports import services
    from tests.builders import make_person
    from tests.imports.conftest import AT

    answer = imported(tmp_path, grid(name))
    found = figures()
    services.undo_batch(batch_id=answer["batch"], by=make_person("hoan-tac"), at=AT, reason="để so")
    return found


# --- Reports of one unit --------------------------------------------------------------------------------
def test_two_reports_stacked_in_one_sheet_are_refused(real: None, tmp_path: Path) -> None:
    second = [
        [cell.replace("Sở Công Thương", "Sở Y tế") if isinstance(cell, str) else cell for cell in row]
        for row in grid(REPORT)
    ]
    for row in second[8:]:
        for column in range(2, 13):
            row[column] = (row[column] or 0) * 2
    told = refusal(tmp_path, [*grid(REPORT), [None], *second])
    assert "nhiều dòng tổng khác nhau" in told
    assert not figures()


def test_the_total_of_a_report_is_the_row_that_all_others_add_up_to(real: None, tmp_path: Path) -> None:
    rows = grid(REPORT)
    subtotal = [None, "Cộng", *(sum(row[column] for row in rows[12:15]) for column in range(2, 13))]
    imported(tmp_path, [*rows[:8], rows[-1], *rows[8:15], subtotal])
    unit = named("Sở Công Thương", "Tỉnh Quảng Nam").pk
    assert {(found[0], found[2], found[3]) for found in figures() if found[1] == "HSTT"} == {
        (unit, 589, 1273)
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: rows[:-1], "không có dòng “Tổng số”"),
        (
            lambda rows: [
                [c if "Đơn vị báo cáo" not in str(c) else "- Đơn vị báo cáo:" for c in row] for row in rows
            ],
            "Biểu không ghi đơn vị báo cáo",
        ),
    ],
)
def test_what_a_report_lacks_is_named(
    real: None, tmp_path: Path, change: Callable[[Grid], Grid], told: str
) -> None:
    assert told in refusal(tmp_path, change(grid(REPORT)), "--province", "Tỉnh Quảng Nam")


# --- Fractions ------------------------------------------------------------------------------------------
def as_fraction(cell: Any, places: int = 6) -> Any:
    if isinstance(cell, str) and cell.endswith("%"):
        return round(float(cell[:-1].replace(",", ".")) / 100, places)
    return cell


def test_fractions_in_text_are_asked_like_fractions_in_numbers(real: None, tmp_path: Path) -> None:
    rows = [
        [str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in map(as_fraction, row)]
        for row in grid(QUANG_NGAI, 1)
    ]
    with (tmp_path / "tep.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    assert "là phần trăm hay phân số" in refused(
        tmp_path / "tep.csv", "--source", "mo_phong", "--province", "Tỉnh Quảng Ngãi"
    )


def test_one_number_above_one_does_not_make_fractions_percentages(real: None, tmp_path: Path) -> None:
    rows = [[as_fraction(cell) for cell in row] for row in grid(QUANG_NGAI, 1)]
    rows[5][2], rows[5][3] = 70.8, 4.17
    assert "là phần trăm hay phân số" in refusal(tmp_path, rows)


def test_targets_that_lost_their_form_with_the_rates_are_read_as_the_rates_are(
    real: None, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(FIXTURES / "published/quang_ninh_269_phu_luc_III_2023.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell, Cell) and cell.column > 2:
                    cell.value = as_fraction(cell.value)
    book.save(tmp_path / "tep.xlsx")
    run(tmp_path / "tep.xlsx", "--accept-swaps")
    values = [target.value for target in PublishedTarget.objects.exclude(value=None) if target.value]
    assert (len(values), min(values)) == (31, 30)
    again = run(FIXTURES / "published/quang_ninh_269_phu_luc_III_2023.xlsx", "--accept-swaps")
    assert (again["published_targets"]["unchanged"], again["published_targets"]["new"]) == (137, 0)
    assert "target_differs" not in kinds(again)


# --- Rows that are no units -----------------------------------------------------------------------------
def test_a_second_table_that_names_another_quarter_is_refused(real: None, tmp_path: Path) -> None:
    rows = grid(PROGRESS)
    first = next(at for at, row in enumerate(rows) if row[0] == "II")
    second = next(at for at, row in enumerate(rows) if row[0] == "III")
    told = refusal(tmp_path, [*rows[:first], ["Kết quả Quý II năm 2023"], *rows[4:8], *rows[first:second]])
    assert "nhiều kỳ" in told


@pytest.mark.parametrize("position", [None, "1.1"])
def test_districts_without_a_number_of_their_own_are_units(
    real: None, tmp_path: Path, position: str | None
) -> None:
    expected = plain(tmp_path)
    rows = grid(PROGRESS)
    listed = [[position if isinstance(row[0], int) else row[0], *row[1:]] for row in rows[8:-3]]
    answer = imported(tmp_path, [*rows[:8], *listed, *rows[-2:]])
    assert answer["rows"] == 278
    assert figures() == expected


CLOSINGS: dict[str, Grid] = {
    "addressees": [["Nơi nhận:"], ["- Như trên;"], ["- Sở Nội vụ;"], ["- Lưu: VT."]],
    "signatures": [
        [None, "Người lập biểu", *[None] * 9, "Thủ trưởng đơn vị"],
        [None, "Nguyễn Văn A", *[None] * 9, "Trần Văn B"],
    ],
    "a page total": [[None, "Cộng trang"], [None, "Lũy kế"]],
}


@pytest.mark.parametrize("name", CLOSINGS)
def test_what_closes_a_table_is_no_row_of_it(real: None, tmp_path: Path, name: str) -> None:
    expected = plain(tmp_path)
    answer = imported(tmp_path, [*grid(PROGRESS), *CLOSINGS[name]])
    assert (answer["refused"], figures() == expected) == (0, True)
    assert not {"unmatched_unit", "repeated_unit"} & kinds(answer)


@pytest.mark.parametrize("line", ["Trang 2/5", "Page 2 of 5", "(Tiếp theo)", "Chuyển trang sau"])
def test_a_line_of_the_page_does_not_end_a_group(real: None, tmp_path: Path, line: str) -> None:
    expected = plain(tmp_path)
    rows = grid(PROGRESS)
    answer = imported(tmp_path, [*rows[:48], [line], *rows[48:]])
    assert (answer["refused"], figures() == expected) == (0, True)


def test_a_row_without_figures_does_not_contradict_the_unit_that_has_them(real: None, tmp_path: Path) -> None:
    rows = grid(PROGRESS)
    named_again = [None, rows[9][1], *[None] * (len(rows[9]) - 2)]
    answer = imported(tmp_path, [*rows[:12], [99, *named_again[1:]], *rows[12:]])
    assert answer["refused"] == 0
    assert answer["written"] == 556
    assert "repeated_unit" in kinds(answer)


def test_a_total_that_carries_a_number_is_a_total(real: None, tmp_path: Path) -> None:
    rows = grid(PROGRESS)
    at = next(n for n, row in enumerate(rows) if "Tổng cộng" in (row[0], row[1]))
    rows[at][:2] = [279, "Tổng cộng:"]
    answer = imported(tmp_path, rows)
    assert (answer["refused"], answer["rows"]) == (0, 278)
    assert "total_agrees" in kinds(answer)


# --- Days, columns, names -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "cells",
    [["Ngày trích xuất:", "17/04/2023"], ["Ngày trích xuất: 2023-04-17"], ["Ngày kết xuất: 17/04/23"]],
)
@pytest.mark.parametrize("shift", [0, 1])
def test_the_day_of_extraction_is_read_in_each_form(
    real: None, tmp_path: Path, cells: list[str], shift: int
) -> None:
    rows = [row for row in grid(PROGRESS) if "xuất" not in str(row)]
    answer = imported(tmp_path, [*rows, [*[None] * shift, *cells]])
    assert (answer["extracted_on"], answer["refused"]) == ("2023-04-17", 0)


def test_a_day_of_extraction_that_is_none_is_told(real: None, tmp_path: Path) -> None:
    rows = [row for row in grid(PROGRESS) if "xuất" not in str(row)]
    answer = imported(tmp_path, [*rows, ["Ngày trích xuất: 31/02/2023"]])
    assert answer["extracted_on"] is None
    assert "extraction_unread" in kinds(answer)


def test_decimal_commas_that_cut_the_columns_of_a_csv_are_refused(real: None, tmp_path: Path) -> None:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in grid(QUANG_NGAI, 1)]
    (tmp_path / "tep.csv").write_text("\n".join(lines), encoding="utf-8")
    assert "dấu phẩy thập phân" in refused(
        tmp_path / "tep.csv", "--source", "mo_phong", "--province", "Tỉnh Quảng Ngãi"
    )


def test_a_column_beyond_the_headers_is_told(real: None, tmp_path: Path) -> None:
    rows = [[*row, "thừa" if isinstance(row[0], int) else None] for row in grid(PROGRESS)]
    answer = imported(tmp_path, rows)
    assert (answer["written"], "cells_beyond_header" in kinds(answer)) == (556, True)


def test_a_table_on_a_hidden_sheet_is_said_to_be_hidden(real: None, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(FIXTURES / PROGRESS)
    book.create_sheet("x")["A1"] = "bìa"
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    book.save(tmp_path / "tep.xlsx")
    assert "ở sheet đang bị ẩn" in refused(tmp_path / "tep.xlsx", "--source", "mo_phong")


def test_a_full_stop_behind_a_name_is_no_part_of_it(real: None, tmp_path: Path) -> None:
    expected = plain(tmp_path)
    rows = grid(PROGRESS)
    imported(
        tmp_path, [[row[0], f"{row[1]}." if isinstance(row[0], int) else row[1], *row[2:]] for row in rows]
    )
    assert figures() == expected


def test_a_name_that_is_a_formula_without_a_result_is_told_so(real: None, tmp_path: Path) -> None:
    rows = grid(PROGRESS)
    rows[10][1] = "=cmd|' /C calc'!A0"
    answer = imported(tmp_path, rows)
    assert "công thức chưa có kết quả" in " ".join(problem["message"] for problem in answer["problems"])


def test_a_cell_may_hold_a_character_that_no_database_takes(real: None, tmp_path: Path) -> None:
    rows = grid(PROGRESS)
    rows[10][3] = "12_x0000_3 hồ sơ gì đó"
    answer = imported(tmp_path, rows)
    assert answer["rows"] == 278
