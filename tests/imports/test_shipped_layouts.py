"""The layouts that come with the product: each reads its own form, and none mistakes another's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imports.rules import headers, layouts
from indicators.models import Measurement
from tests.imports.columns import HeaderPath, Table, header_of, paths_of, workbook
from tests.imports.conftest import named
from tests.imports.layouts import BY_CODE, LAYOUTS, SHIPPED, sheet_of
from tests.imports.run import kinds, run
from tests.imports.workbooks import saved

TITLES = ["UBND TỈNH QUẢNG NAM", "KẾT QUẢ GIẢI QUYẾT TTHC QUÝ II NĂM 2023"]

# The five kinds of exports of domain.md §10, each with one row of a commune and its figures.
TWO_ROWS = (
    paths_of(
        "STT", "Đơn vị", "Tiếp nhận > {Tổng số; Kỳ trước; Trong kỳ; Qua mạng; Qua BCCI}",
        "Đã xử lý > {Trước hạn; Đúng hạn; Quá hạn; Tỷ lệ}", "Đang xử lý > {Trong hạn; Quá hạn}", "Bổ sung",
        "Trả lại/Rút HS",
    ),
    [110, 10, 100, 60, 5, 40, 45, 5, "94,44%", 12, 8, 3, 1],
    {"HSTT": (60, 100), "DUNGHAN": (85, 90)},
)  # fmt: skip
THREE_ROWS = (
    paths_of(
        "STT", "Đơn vị", "Tiếp nhận > {Tổng số; Kỳ trước chuyển sang}",
        "Tiếp nhận > Trong kỳ > {Tổng số; Trực tuyến; Trực tiếp; BCCI}",
        "Đã xử lý > {Tổng số; Trước hạn; Trong hạn; Quá hạn}", "Đang xử lý > {Tổng số; Trong hạn; Quá hạn}",
    ),
    [110, 10, 100, 60, 35, 5, 90, 40, 45, 5, 20, 12, 8],
    {"HSTT": (60, 100), "DUNGHAN": (85, 90)},
)  # fmt: skip
WITH_CODES = (
    paths_of(
        "STT", "Mã định danh", "Tên đơn vị", "Số hồ sơ nhận giải quyết > {Trực tuyến; Trực tiếp; BCCI}",
        "Tỷ lệ > {Trực tuyến; Trực tiếp; BCCI}", "Kết quả > {Trước hạn; Đúng hạn; Quá hạn; Tỷ lệ}",
        "Đã đồng bộ", "Tổng HS có nghĩa vụ tài chính",
        "Thanh toán trực tuyến > {Số HS; Tỷ lệ TTTT %; Tỷ lệ trực tiếp %}",
    ),
    [60, 35, 5, "60%", "35%", "5%", 40, 45, 5, "94,44%", 99, 50, 20, "40%", "60%"],
    {"HSTT": (60, 100), "DUNGHAN": (85, 90), "DONGBO": (99, 100), "TTTT": (20, 50)},
)  # fmt: skip
DIGITISED = (
    paths_of(
        "STT", "Đơn vị", "Tiếp nhận", "Số hóa khi tiếp nhận > {Chưa; Có; Tái sử dụng; Từ cổng DVCQG; Tỷ lệ}",
        "Đã giải quyết", "Số hóa kết quả > {Chưa; Đã; Tỷ lệ}",
    ),
    [100, 30, 70, 20, 5, "70%", 90, 45, 45, "50%"],
    {"SOHOA": (45, 90), "TAISUDUNG": (20, 100)},
)  # fmt: skip
JUDGED = (
    paths_of(
        "TT", "Tên đơn vị", "Tổng số hồ sơ", "Trong đó > {Trực tuyến; Trực tiếp; BCCI}",
        "Đánh giá > {Tỷ lệ; Đạt/Không đạt}",
    ),
    [100, 60, 35, 5, "60%", "Đạt"],
    {"HSTT": (60, 100)},
)  # fmt: skip
# Two more that provinces send.
PAYMENTS = (
    paths_of(
        "STT", "Đơn vị", "Tổng HS có nghĩa vụ tài chính",
        "Thanh toán trực tuyến trên Cổng DVC Quốc gia > {Số HS đã TTTT; Tỷ lệ TTTT %; Tỷ lệ TT trực tiếp %}",
        "Số lượng hồ sơ đã đồng bộ", "Tổng số hồ sơ",
    ),
    [50, 20, "40%", "60%", 99, 100],
    {"TTTT": (20, 50), "DONGBO": (99, 100)},
)  # fmt: skip
ONE_ROW = (
    paths_of(
        "STT", "Đơn vị", "Tổng số tiếp nhận", "Qua mạng", "Trực tiếp", "Qua BCCI", "Trước hạn", "Đúng hạn",
        "Trễ hạn", "Tỷ lệ trước hạn, đúng hạn",
    ),
    [100, 60, 35, 5, 40, 45, 5, "94,44%"],
    {"HSTT": (60, 100), "DUNGHAN": (85, 90)},
)  # fmt: skip
Form = tuple[tuple[HeaderPath, ...], list[Any], dict[str, tuple[int, int]]]
"""Columns, the cells of a commune behind its name, and what they must become."""
FORMS: dict[str, Form] = {
    "tien-do-hai-tang": TWO_ROWS,
    "tien-do-ba-tang": THREE_ROWS,
    "ket-qua-dong-bo-thanh-toan": WITH_CODES,
    "so-hoa": DIGITISED,
    "danh-gia-kenh": JUDGED,
    "thanh-toan-truc-tuyen": PAYMENTS,
    "tong-hop-kenh-han": ONE_ROW,
}  # fmt: skip

RECEIVED = "Số hồ sơ nhận giải quyết"
FORM_06 = paths_of(
    "TT", "Lĩnh vực, công việc giải quyết theo cấp", f"{RECEIVED} > Tổng số",
    f"{RECEIVED} > Trong đó > {{Trực tuyến; Trực tiếp, dịch vụ bưu chính}}", f"{RECEIVED} > Từ kỳ trước",
    "Số hồ sơ đã giải quyết > {Tổng số; Trước hạn; Đúng hạn; Quá hạn}",
    "Số hồ sơ đang giải quyết > {Tổng số; Trong hạn; Quá hạn}",
)  # fmt: skip
FORM_06_ROW = [179, 122, 50, 7, 159, 50, 106, 3, 20, 19, 1]


def written() -> dict[tuple[int, str], tuple[int | None, int | None]]:
    """Every stored figure's numerator and denominator, by unit and indicator."""
    rows = Measurement.objects.select_related("indicator")
    return {(m.unit_id, m.indicator.code): (m.numerator, m.denominator) for m in rows}


@pytest.mark.django_db
@pytest.mark.parametrize("code", FORMS)
def test_an_export_in_the_layout_is_read_to_the_figure(real: None, tmp_path: Path, code: str) -> None:
    paths, cells, figures = FORMS[code]
    is_coded = len(paths) > len(cells) + 2
    rows = [
        ("I", *[None] * is_coded, "Huyện Nam Trà My", *[None] * len(cells)),
        (1, *["H47.48.1"] * is_coded, "UBND xã Trà Don", *cells),
        (2, *["H47.48.2"] * is_coded, "UBND xã Trà Dơn", *[_doubled(cell) for cell in cells]),
    ]
    answer = run(saved(tmp_path, workbook(Table(paths, tuple(rows)), titles=TITLES)))
    assert (answer["layout"], answer["matched"], answer["refused"]) == (code, 2, 0)
    assert kinds(answer, "missing_unit") == []
    one, other = named("Xã Trà Don").pk, named("Xã Trà Dơn").pk
    assert written() == {(one, indicator): counts for indicator, counts in figures.items()} | {
        (other, indicator): (part * 2, whole * 2) for indicator, (part, whole) in figures.items()
    }


def _doubled(cell: Any) -> Any:
    return cell * 2 if isinstance(cell, int) else cell


@pytest.mark.django_db
@pytest.mark.parametrize(
    "paths",
    [
        pytest.param(FORM_06, id="as issued"),
        pytest.param(
            paths_of(
                "STT", "Lĩnh vực giải quyết", "Số lượng hồ sơ tiếp nhận > Tổng số",
                "Số lượng hồ sơ tiếp nhận > Trong kỳ > {Trực tuyến; Trực tiếp, dịch vụ bưu chính}",
                "Số lượng hồ sơ tiếp nhận > Từ kỳ trước",
                "Số lượng hồ sơ đã giải quyết > {Tổng số; Trước hạn; Đúng hạn; Quá hạn}",
                "Số lượng hồ sơ đang giải quyết > {Tổng số; Trong hạn; Quá hạn}",
            ),
            id="in the period, carried over",
        ),
        pytest.param(
            paths_of(
                "TT", "Lĩnh vực", f"{RECEIVED} > Tổng số",
                f"{RECEIVED} > Trong đó > {{Trực tuyến; Trực tiếp, dịch vụ bưu chính; Từ kỳ trước}}",
                "Số hồ sơ đã giải quyết > Tổng số",
                "Số hồ sơ đã giải quyết > Trong đó > {Trước hạn; Đúng hạn; Quá hạn}",
                "Số hồ sơ đang giải quyết > Tổng số",
                "Số hồ sơ đang giải quyết > Trong đó > {Trong hạn; Quá hạn}",
            ),
            id="“Trong đó” over all parts",
        ),
        pytest.param(
            paths_of(
                "TT", "Lĩnh vực, công việc giải quyết theo cấp (2)", f"{RECEIVED} > Tổng số (3)=(4)+(5)+(6)",
                f"{RECEIVED} > Trong kỳ > {{Trực tuyến (4); Trực tiếp hoặc dịch vụ bưu chính (5)}}",
                f"{RECEIVED} > Từ kỳ trước (6)",
                "Số hồ sơ đã giải quyết > {Tổng số (7)=(8)+(9)+(10); Trước hạn (8); Đúng hạn (9)}",
                "Số hồ sơ đã giải quyết > Quá hạn (10)",
                "Số hồ sơ đang giải quyết > {Tổng số (11)=(12)+(13); Trong hạn (12); Quá hạn (13)}",
            ),
            id="numbered in the cells",
        ),
    ],
)  # fmt: skip
def test_form_06_is_read_in_each_of_its_printings(real: None, tmp_path: Path, paths: Any) -> None:
    rows = ((1, "Điện", *FORM_06_ROW), (None, "Tổng số", *FORM_06_ROW))
    titles = ["Đơn vị báo cáo: UBND huyện Núi Thành, tỉnh Quảng Nam", "Kỳ báo cáo: Quý I/2023"]
    answer = run(saved(tmp_path, workbook(Table(paths, rows), titles=titles)))
    assert (answer["layout"], answer["matched"], answer["refused"]) == ("bieu-ii-06", 1, 0)
    assert [kind for kind, _ in kinds(answer)] == ["total_agrees"]
    unit = named("Huyện Núi Thành").pk
    assert written() == {(unit, "HSTT"): (122, 172), (unit, "DUNGHAN"): (156, 159)}


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry["code"])
def test_a_shipped_layout_is_valid_and_says_what_people_need(entry: dict[str, Any]) -> None:
    layout = layouts.read_layout(code=entry["code"], name=entry["name"], definition=entry)
    assert layout.figures
    assert not {figure.indicator for figure in layout.figures} - KNOWN_INDICATORS
    for phrase in ("sub_rows", "phrases", "doubtful_zero"):
        assert isinstance(entry.get(phrase, []), (list, dict))


KNOWN_INDICATORS = {"HSTT", "TTTT", "DUNGHAN", "DONGBO", "SOHOA", "TAISUDUNG"}


def _own_header(entry: dict[str, Any], *, required_only: bool) -> Any:
    """The layout's own header, by the first name of each column."""
    paths = []
    for column in entry["columns"]:
        if required_only and not (column.get("required") or column["role"] == "position"):
            continue
        levels = column["headers"][0].split(" > ")
        paths.append(tuple(level.split(" | ")[0] for level in levels))
    return header_of(paths)


@pytest.mark.parametrize("required_only", [True, False], ids=["required columns", "all columns"])
@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry["code"])
def test_no_two_shipped_layouts_tie_on_each_others_header(entry: dict[str, Any], required_only: bool) -> None:
    rows, merges = _own_header(entry, required_only=required_only)
    sheet = sheet_of(*rows, merged=merges)
    found = [headers.find_header(sheet.rows, at, sheet, LAYOUTS) for at in range(len(sheet.rows))]
    known = [header for header in found if header is not None]
    assert known
    assert {header.layout.code for header in known} == {entry["code"]}
    assert all(not header.unknown for header in known)
    expected = [column for column in BY_CODE[entry["code"]].columns if not required_only or column.required]
    assert {column.key for column in expected} <= {cell.definition.key for cell in known[0].cells}
