"""Files that arrive later: the rest of two provinces' communes, other spellings, other forms."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from documents.models import Document
from indicators.models import Measurement, PublishedTarget
from tests.imports.conftest import named, published
from tests.imports.run import kinds, message, run
from tests.imports.workbooks import (
    COUNTS,
    NOT_EXTRACTED,
    QUANG_NAM,
    QUANG_NGAI,
    QUANG_NINH,
    RATES,
    book,
    books,
    communes_of,
    districts_of,
    saved,
)

pytestmark = pytest.mark.django_db


def test_all_communes_of_quang_ngai_come_in_under_their_groups(real: None, tmp_path: Path) -> None:
    rows: list[list[Any]] = []
    for district in districts_of("Tỉnh Quảng Ngãi"):
        rows.append([None, f"UBND {district[0].lower()}{district[1:]}", None, None, None])
        rows += [[str(n), name, "12,5%", None, None] for n, name in enumerate(communes_of(district), start=1)]
    header = [*RATES[:3], NOT_EXTRACTED, "Ghi chú"]
    answer = run(saved(tmp_path, book(rows, header=header, sheet="Cấp xã (2)")))
    assert (answer["rows"], answer["matched"], answer["refused"]) == (173, 173, 0)
    assert (answer["written"], kinds(answer)) == (346, [])


def test_all_communes_of_quang_ninh_come_in_under_numbered_groups_with_repeated_headers(
    real: None, tmp_path: Path
) -> None:
    rows: list[list[Any]] = []
    for place, district in enumerate(districts_of("Tỉnh Quảng Ninh"), start=1):
        rows += [[f"{place}. {district}:"], COUNTS]
        rows += [
            [n, name, 100 + n, 90 + n, None, "Duy trì kết quả đạt được", None]
            for n, name in enumerate(communes_of(district), start=1)
        ]
    answer = run(saved(tmp_path, book(rows, titles=QUANG_NINH, header=COUNTS)))
    assert (answer["rows"], answer["matched"], answer["refused"]) == (177, 177, 0)
    assert (answer["written"], answer["published_targets"]["written"], kinds(answer)) == (177, 177, [])
    town, commune = named("Thị trấn Đầm Hà"), named("Xã Đầm Hà")
    assert Measurement.objects.filter(unit__in=[town, commune]).count() == 2


@pytest.mark.parametrize(
    ("group", "commune", "unit"),
    [
        ("UBND huyện Sơn Tĩnh", "Xã Tịnh Bắc", "Xã Tịnh Bắc"),
        ("Thị xã Đức Phố", "UBND phường Nguyễn Nghiêm", "Phường Nguyễn Nghiêm"),
        ("Thị xã Đức Phổ", "P. Phổ Hoà", "Phường Phổ Hòa"),
        ("UBND thị xã Đức Phổ", "UBND Xã Phố Châu", "Xã Phổ Châu"),
        ("Đức Phổ", "Xã Phổ An", "Xã Phổ An"),
        ("UBND huyện Ba To", "TT. Ba Tơ", "Thị trấn Ba Tơ"),
        ("UBND huyện Sơn Hà", "1UBND xã Sơn Hạ", "Xã Sơn Hạ"),
        (
            "Huye\u0302\u0323n Mo\u0323\u0302 Đu\u031b\u0301c",
            "Xa\u0303 Đu\u031b\u0301c Phong",
            "Xã Đức Phong",
        ),
    ],
)
def test_the_usual_slips_of_spelling_still_find_their_unit(
    real: None, tmp_path: Path, group: str, commune: str, unit: str
) -> None:
    answer = run(saved(tmp_path, book([[None, group], ["1", commune, "35,7%", "1%", None]])))
    assert (answer["matched"], answer["refused"], answer["unmatched"]) == (1, 0, [])
    assert {m.unit_id for m in Measurement.objects.all()} == {Measurement.objects.first().unit_id}  # type: ignore[union-attr]
    names = set(Measurement.objects.values_list("unit__versions__full_name", flat=True))
    assert names == {unit}


def test_a_commune_that_a_district_has_twice_by_name_goes_by_its_group(real: None, tmp_path: Path) -> None:
    rows = [
        [None, "UBND thành phố Quảng Ngãi"],
        ["1", "Phường Nguyễn Nghiêm", "10%", "1%"],
        [None, "Thị xã Đức Phổ"],
        ["1", "Phường Nguyễn Nghiêm", "20%", "2%"],
    ]
    run(saved(tmp_path, book(rows)))
    city = named("Phường Nguyễn Nghiêm", "Thành phố Quảng Ngãi")
    town = named("Phường Nguyễn Nghiêm", "Thị xã Đức Phổ")
    values = dict(Measurement.objects.filter(indicator__code="HSTT").values_list("unit", "value"))
    assert (values[city.pk], values[town.pk]) == (10, 20)


def test_communes_without_their_type_stay_below_a_district_of_the_same_name(
    real: None, tmp_path: Path
) -> None:
    rows = [
        ["I", "Huyện Mộ Đức", "45,80%", "0%"],
        ["1", "Mộ Đức", "10,1%", "1%"],
        [None, "UBND huyện Sơn Hà"],
        ["1", "Sơn Hạ", "20,2%", "2%"],
    ]
    assert run(saved(tmp_path, book(rows)))["matched"] == 2
    town, commune = named("Thị trấn Mộ Đức"), named("Xã Sơn Hạ")
    values = dict(Measurement.objects.filter(indicator__code="HSTT").values_list("unit", "value"))
    assert values == {town.pk: Decimal("10.1"), commune.pk: Decimal("20.2")}


def test_a_bare_commune_without_a_group_is_never_taken_for_a_district(real: None, tmp_path: Path) -> None:
    rows = [["1", "Huyện Minh Long", "7%", "1%"], ["2", "Sơn Hạ", "20,2%", "2%"]]
    answer = run(saved(tmp_path, book(rows)))
    assert [row["printed"] for row in answer["unmatched"]] == ["Sơn Hạ"]


@pytest.mark.parametrize(
    "group",
    [
        "Địa bàn thị xã Đức Phổ",
        "II. Các xã, phường thuộc UBND thị xã Đức Phổ:",
        "Cấp xã của TX. Đức Phổ",
        "Thị xã: Đức Phổ",
    ],
)
def test_a_group_may_be_told_in_a_sentence(real: None, tmp_path: Path, group: str) -> None:
    rows = [
        [None, "Địa bàn thành phố Quảng Ngãi"],
        ["1", "Phường Nguyễn Nghiêm", "10%", "1%"],
        [None, group],
        ["1", "Phường Nguyễn Nghiêm", "20%", "2%"],
    ]
    answer = run(saved(tmp_path, book(rows)))
    assert (answer["rows"], answer["matched"], answer["unmatched_groups"]) == (2, 2, [])


def test_a_missing_commune_is_named_with_its_district(real: None, tmp_path: Path) -> None:
    communes = [name for name in communes_of("Huyện Sơn Hà") if name != "Thị trấn Di Lăng"]
    rows: list[list[Any]] = [[None, "UBND huyện Sơn Hà"]]
    rows += [[str(n), name, "5,0%", "0,1%"] for n, name in enumerate(communes, start=1)]
    answer = run(saved(tmp_path, book(rows)))
    assert kinds(answer) == [("missing_unit", 6)]
    assert "Thiếu 1 đơn vị của Huyện Sơn Hà: Thị trấn Di Lăng." in message(answer, "missing_unit")


def test_a_group_that_does_not_match_takes_its_rows_with_it(real: None, tmp_path: Path) -> None:
    rows = [
        [None, "UBND huyện Tư Mỹ"],
        ["1", "Xã Nghĩa Thắng", "10%", "1%"],
        [None, "UBND huyện Minh Long"],
        ["1", "Xã Thanh An", "20%", "2%"],
    ]
    answer = run(saved(tmp_path, book(rows)))
    assert (answer["rows"], answer["matched"], answer["refused"], answer["written"]) == (2, 1, 1, 2)
    assert [(u["row"], u["printed"]) for u in answer["unmatched"]] == [(7, "Xã Nghĩa Thắng")]
    assert [(u["row"], u["printed"]) for u in answer["unmatched_groups"]] == [(6, "UBND huyện Tư Mỹ")]
    assert "dòng nhóm “UBND huyện Tư Mỹ” (dòng 6) chưa khớp" in message(answer, "unmatched_unit")
    assert not Measurement.objects.filter(unit=named("Xã Nghĩa Thắng")).exists()


def test_a_group_value_that_differs_from_the_district_is_a_warning(real: None, tmp_path: Path) -> None:
    run(published("quang_ngai"))
    rows = [[None, "UBND huyện Ba Tơ", "24,0%"], ["1", "Xã Ba Xa", "0,0%", "0%"]]
    answer = run(saved(tmp_path, book(rows)))
    assert "24 %" in message(answer, "group_value_differs") or "24,00 %" in message(
        answer, "group_value_differs"
    )
    assert "số đã có là 23,30 %" in message(answer, "group_value_differs")


def test_columns_in_any_order_with_blank_ones_between_and_renamed_sheets(real: None, tmp_path: Path) -> None:
    header = [
        None,
        "Ghi chú",
        "Tỉ lệ thanh toán trực tuyến (%)",
        None,
        "ĐƠN VỊ",
        "Tỷ lệ hồ sơ trực tuyến\nQuý I",
        "TT",
    ]
    rows: list[list[Any]] = [
        header,
        [],
        [None, None, "0%", None, "UBND huyện Mộ Đức", "45,80%", "1"],
        [],
        header,
        [None, "Không có hồ sơ thanh toán trực tuyến", "0%", None, "UBND huyện Sơn Hà", "41,70%", "2"],
    ]
    sheets = {"abc": [[], *[[None, title] for title in QUANG_NGAI], [], *rows], "trống": []}
    answer = run(saved(tmp_path, books(sheets), "khong co dau.xlsx"))
    assert (answer["rows"], answer["matched"], answer["written"]) == (2, 2, 4)
    assert kinds(answer, "missing_unit") == [("zero_without_note", 8)] or kinds(answer, "missing_unit")[0][
        0
    ] == ("zero_without_note")


def test_three_tables_of_one_sheet_are_told_apart_by_their_rows(real: None, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["1", "Sở Công Thương - Tỉnh Quảng Nam", "100.0%", "100%", None],
        ["II. UBND CẤP HUYỆN"],
        RATES,
        ["1", "UBND thành phố Tam Kỳ - Tỉnh Quảng Nam", "64.8%", "0.66%", None],
        ["2", "UBND huyện Nông Sơn", "53.30%", "1.5%", None],
        RATES,
        ["I", "UBND huyện Nông Sơn", None, None, None],
        ["1", "UBND xã Quế Trung", "100.0%", "1%", None],
        [None, "Tổng cộng", "70%", "1%", None],
    ]
    answer = run(saved(tmp_path, book(rows, titles=QUANG_NAM)))
    assert (answer["rows"], answer["matched"], answer["written"]) == (4, 4, 8)
    assert [row for kind, row in kinds(answer) if kind == "ignored_row"] == [14]


@pytest.mark.parametrize("form", ['0.0"%"', "0.0%"])
def test_rates_that_are_numbers_with_a_percent_form_are_the_same_figures(
    real: None, tmp_path: Path, form: str
) -> None:
    titles = [*QUANG_NAM, "Số liệu Quý I năm 2023 được trích xuất từ Cổng DVC quốc gia ngày 17/7/2023"]
    run(published("quang_nam"))
    note = "Không có hồ sơ thanh toán trực tuyến"
    content = book([["1", "UBND huyện Nam Trà My", 0, 0, note]], titles=titles)
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook.worksheets[0]
    for cell, value in ((sheet["C7"], 84.3), (sheet["D7"], 12)):
        cell.value = value / 100 if form == "0.0%" else value
        cell.number_format = form
    out = io.BytesIO()
    workbook.save(out)
    answer = run(saved(tmp_path, out.getvalue()), "--dry-run")
    assert (answer["new"], answer["changed"], answer["unchanged"]) == (0, 1, 1)


def test_targets_are_kept_as_the_paper_prints_them(real: None, tmp_path: Path) -> None:
    rows = [
        [1, "Sở Nội vụ", 207, 207, "100%", "Duy trì kết quả đạt dược", None],
        [2, "Sở Y tế", 1970, 1500, "76%", "85%", None],
        [3, "Sở Tài chính", 164, 164, "100%", "xem sau", None],
        [4, "Sở Xây dựng", 1925, 1722, "89%", None, None],
    ]
    answer = run(saved(tmp_path, book(rows, titles=QUANG_NINH, header=COUNTS)))
    assert (answer["written"], answer["published_targets"]["written"]) == (4, 2)
    assert kinds(answer, "missing_unit") == [("target_unclear", 8)]
    assert list(PublishedTarget.objects.order_by("pk").values_list("printed", "maintain", "value")) == [
        ("Duy trì kết quả đạt dược", True, None),
        ("85%", False, 85),
    ]


def test_a_paper_that_is_not_known_is_kept_as_a_new_document(real: None, tmp_path: Path) -> None:

    titles = [
        QUANG_NINH[1],
        "(Kèm theo Kế hoạch số 12/KH-UBND ngày 05 tháng 01 năm 2024 của UBND tỉnh Quảng Ninh)",
    ]
    row = [1, "Sở Y tế", 1970, 1500, "76%", "85%", None]
    run(saved(tmp_path, book([row], titles=titles, header=COUNTS)))
    paper = Document.objects.get(number="12/KH-UBND")
    assert (str(paper.issued_on), paper.issuer) == ("2024-01-05", "UBND tỉnh Quảng Ninh")
    assert PublishedTarget.objects.get().document == paper


def test_what_a_paper_printed_as_a_target_is_not_replaced_by_another_file(real: None, tmp_path: Path) -> None:
    first = [
        [1, "Sở Y tế", 1970, 1952, "99%", "Duy trì kết quả đạt dược"],
        [2, "Sở Xây dựng", 10, 9, "90%", "95%"],
    ]
    run(saved(tmp_path, book(first, titles=QUANG_NINH, header=COUNTS)))
    again = [
        [1, "Sở Y tế", 1970, 1952, "99%", "Duy trì kết quả đạt được"],
        [2, "Sở Xây dựng", 10, 9, "90%", "98%"],
    ]
    answer = run(saved(tmp_path, book(again, titles=QUANG_NINH, header=COUNTS)))
    assert answer["published_targets"] == {"new": 0, "changed": 0, "unchanged": 1, "differs": 1, "written": 0}
    assert "“95%”, tệp này in “98%”: giữ chỉ tiêu đã ghi" in message(answer, "target_differs")
    assert list(PublishedTarget.objects.order_by("pk").values_list("printed", flat=True)) == [
        "Duy trì kết quả đạt dược",
        "95%",
    ]


def test_the_same_reason_in_other_words_is_the_same_figure(real: None, tmp_path: Path) -> None:
    header = [*RATES[:3], NOT_EXTRACTED, "Ghi chú"]
    group = [None, "UBND huyện Minh Long"]
    run(
        saved(tmp_path, book([group, ["1", "Xã Thanh An", "Không có hồ sơ trực tuyến", "0%"]], header=header))
    )
    rows = [group, ["1", "Xã Thanh An", "Không phát sinh", "Chưa trích xuất được"]]
    answer = run(saved(tmp_path, book(rows, header=header)))
    assert (answer["changed"], answer["unchanged"]) == (0, 2)
    assert set(Measurement.objects.values_list("printed", flat=True)) == {"Không có hồ sơ trực tuyến", "0%"}
