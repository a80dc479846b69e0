"""The papers of a plan: what they print is what the plan assigns, told so that it can be checked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from documents.models import Document
from indicators.models import Indicator, Source, State
from reports import appendices, exports
from reports.appendices import Appendix, AppendixRefused, AppendixUnknown, PlanRequest
from targets import services
from targets.models import Assignment, Plan, PlanState
from tests.builders import make_person, make_unit, make_units
from tests.indicators.builders import AT, make_indicator
from tests.reports.tables import Scene, make_scene
from tests.targets.builders import plan_json, rule_json
from units.models import Kind, Role, Unit, UnitVersion

pytestmark = pytest.mark.django_db
FORMULA = '=HYPERLINK("http://example.org","x")'


@pytest.fixture
def scene() -> Scene:
    made = make_scene(4)
    Document.objects.create(
        code="QNinh23", number="269/KH-UBND", issuer="UBND tỉnh Quảng Ninh", issued_on=date(2024, 1, 5)
    )
    return made


def load(*rules: dict[str, Any], assign: bool = True, **changes: Any) -> Plan:
    plan = services.load_plan(definition=plan_json(*rules, **({"document": "QNinh23"} | changes)))
    if assign:
        services.assign_targets(plan=plan)
    plan.refresh_from_db()
    return plan


def issue(plan: Plan) -> Plan:
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.ISSUED)
    plan.refresh_from_db()
    return plan


def formal_json(**changes: Any) -> dict[str, Any]:
    return rule_json(**({"kind": "formal", "parameters": {"central": 50}} | changes))


def paper(plan: Plan, kind: str, *, indicator: str = "", unit: Unit | None = None) -> Appendix:
    return appendices.plan_appendix(
        kind=kind, plan=plan, request=PlanRequest(indicator=indicator, unit_id=unit.pk if unit else None)
    )


def book_of(content: Appendix) -> Workbook:
    return openpyxl.load_workbook(BytesIO(exports.appendix_workbook(appendix=content)))


def rows(sheet: Worksheet) -> list[list[Any]]:
    """Return the rows of the table: below the heading in row 5, above the footnotes."""
    found = []
    for cells in sheet.iter_rows(min_row=6, values_only=True):
        if cells[0] == "Ghi chú:":
            break
        found.append(list(cells))
    return found


def header(sheet: Worksheet) -> list[Any]:
    return [cell.value for cell in sheet[5]]


def notes(sheet: Worksheet) -> list[str]:
    told = [str(row[0]) for row in sheet.iter_rows(min_row=6, max_col=1, values_only=True)]
    return told[told.index("Ghi chú:") + 1 :]


def written(value: Any, indicator: Indicator) -> Decimal:
    """Return the number that a cell holds, in the indicator's unit."""
    return Decimal(str(value)) * (100 if indicator.is_rate else 1)


def name_of(unit: Unit) -> str:
    return UnitVersion.objects.get(unit=unit).full_name


# --- For every unit -----------------------------------------------------------------------------------------


def test_every_printed_target_is_the_one_in_the_database(scene: Scene) -> None:
    departments = make_units(["Sở Y tế", "Sở Xây dựng"], kind=Kind.SO, parent=scene.province)
    other = make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=scene.province)
    more = make_units(["Cẩm Hải", "Cộng Hòa"], parent=other)
    alone = make_unit("Cô Tô", kind=Kind.DAC_KHU, parent=scene.province)
    units = [*departments, scene.district, other, *scene.communes, *more, alone]
    values = ["43", "50", "96", "84.3", "61.25", "12", "99.9", "77.777", "5", "49.99", "50.01"]
    scene.record(dict(zip(units, values, strict=True)))
    plan = load(formal_json(scope={"levels": ["so", "huyen", "xa"]}))
    assert plan.assignments.count() == len(units)

    book = book_of(paper(plan, "giao-chi-tieu"))

    printed: dict[str, tuple[Decimal, Decimal]] = {}
    for sheet in book.worksheets:
        for row in rows(sheet):
            if isinstance(row[0], int):
                printed[row[1]] = (written(row[3], scene.indicator), written(row[4], scene.indicator))
    told = {
        "Ủy ban nhân dân huyện Ba Chẽ": scene.district,
        "Ủy ban nhân dân thành phố Cẩm Phả": other,
    } | {name_of(unit): unit for unit in units if unit not in (scene.district, other)}
    stored = {one.unit_id: (one.assigned, one.stretch) for one in plan.assignments.all()}
    assert printed == {name: stored[unit.pk] for name, unit in told.items()}
    assert book.sheetnames == ["1. Sở, ban, ngành", "2. UBND cấp huyện", "3. UBND cấp xã"]
    groups = [row[0] for row in rows(book["3. UBND cấp xã"]) if isinstance(row[0], str)]
    assert groups == ["1. Thành phố Cẩm Phả:", "2. Huyện Ba Chẽ:"]
    assert rows(book["3. UBND cấp xã"])[0][1] == "Đặc khu Cô Tô"


def test_the_table_of_units_prints_counts_rate_target_or_kept_result(scene: Scene) -> None:
    a, b, *_ = scene.communes
    scene.record({a: (585, 651)}, printed="90%", note="Ghi ở nguồn")
    scene.record({b: (421, 492)}, printed="85,6%")
    sheet = book_of(paper(load(due_on="2023-12-31"), "giao-chi-tieu")).worksheets[0]

    assert header(sheet) == [
        "TT",
        "Tên đơn vị",
        "Tổng số hồ sơ",
        "Tổng số hồ sơ trực tuyến",
        "Tỷ lệ hồ sơ trực tuyến đạt được Quý I/2023",
        "Chỉ tiêu giao đạt được đến hết ngày 31/12/2023",
        "Ghi chú",
    ]
    assert rows(sheet) == [
        ["1. Huyện Ba Chẽ:", None, None, None, None, None, None],
        [1, "Xã Hai", 492, 421, 0.856, 0.9, None],
        [2, "Xã Một", 651, 585, 0.9, "Duy trì kết quả đạt được", "Ghi ở nguồn"],
    ]
    assert [sheet.cell(7, column).number_format for column in (3, 5, 6)] == [
        "[$-42A]#,##0",
        "[$-42A]0.0%",
        "[$-42A]0%",
    ]


def test_a_strict_target_a_number_of_minutes_and_an_override_are_told_as_they_are(scene: Scene) -> None:
    a, b, *_ = scene.communes
    waiting = make_indicator(
        "CHODOI",
        short_name="Thời gian chờ đợi",
        is_rate=False,
        direction="down",
        unit_of_measure="phút",
        numerator="Tổng thời gian chờ (phút)",
        denominator="Lượt giao dịch",
    )
    scene.record({a: "70", b: "81"})
    scene.record({a: "42.5"}, indicator=waiting)
    plan = load(
        rule_json(kind="fixed", parameters={"value": 80, "bound": "above"}),
        rule_json(indicator="CHODOI", kind="fixed", parameters={"value": 30, "bound": "maximum"}),
    )
    by = make_person("vanphong")
    services.override_target(
        plan=plan,
        unit=b,
        indicator=scene.indicator,
        value=Decimal("60.5"),
        reason="xã đảo, mạng yếu",
        by=by,
        at=AT,
        seen_revision=plan.revision,
    )
    plan.refresh_from_db()

    sheet = book_of(paper(plan, "giao-chi-tieu", indicator="HSTT")).worksheets[0]
    assert {row[1]: row[3:] for row in rows(sheet)[1:]} == {
        "Xã Ba": ["Trên 80%", None],
        "Xã Bốn": ["Trên 80%", None],
        "Xã Một": ["Trên 80%", None],
        "Xã Hai": [0.605, "Sửa tay: xã đảo, mạng yếu"],
    }
    assert "Sửa tay 1 đơn vị, lý do: “xã đảo, mạng yếu”." in " ".join(notes(sheet))
    minutes = book_of(paper(plan, "giao-chi-tieu", indicator="chodoi")).worksheets[0]
    [mine] = [number for number in range(6, 11) if minutes.cell(number, 2).value == "Xã Một"]
    assert minutes.cell(mine, 3).value == 42.5
    assert minutes.cell(mine, 3).number_format == "[$-42A]#,##0.0"
    assert (minutes.cell(mine, 4).value, minutes.cell(mine, 4).number_format) == (30, "[$-42A]#,##0")
    assert header(minutes)[3] == "Chỉ tiêu giao đạt được đến hết ngày 31/12/2023 (phút)"
    assert minutes["A1"].value == "PHỤ LỤC IV"


def test_a_state_is_printed_in_words_and_a_target_without_stretch_by_a_dash(scene: Scene) -> None:
    a, b, c, _ = scene.communes
    scene.record({a: State.NOT_ARISING, b: "96"})
    named = rule_json(
        label="Nêu tên", scope={"units": [name_of(c)]}, kind="fixed", parameters={"value": "84.3"}
    )
    sheet = book_of(paper(load(formal_json(), named), "giao-chi-tieu")).worksheets[0]
    assert {row[1]: row[2:5] for row in rows(sheet)[1:]} == {
        "Xã Một": ["Không phát sinh", 0.5, 0.5],
        "Xã Hai": [0.96, 0.96, 1],
        "Xã Ba": ["Chưa có số liệu", 0.843, "–"],
        "Xã Bốn": ["Chưa có số liệu", 0.5, 0.5],
    }


def test_an_appendix_keeps_the_figure_that_the_target_was_made_from(scene: Scene) -> None:
    a, *_ = scene.communes
    scene.record({a: (43, 100)}, printed="43%")
    plan = issue(load())
    scene.record({a: (99, 100)}, printed="99%", note="Số mới", extracted_on=date(2023, 8, 1))
    [row] = [row for row in rows(book_of(paper(plan, "giao-chi-tieu")).worksheets[0]) if row[0] == 1]
    assert row[2:6] == [100, 43, 0.43, 0.9]


# --- The whole plan -----------------------------------------------------------------------------------------


def central(**changes: Any) -> dict[str, Any]:
    return {"indicator": "HSTT", "central": 50, "source": "Nghị quyết 01/NQ-CP"} | changes


def test_the_catalogue_tells_rule_scope_and_lead_and_never_invents_a_lead(scene: Scene) -> None:
    make_indicator("TTTT", short_name="Thanh toán trực tuyến")
    plan = load(
        formal_json(scope={"levels": ["xa"], "within": ["Huyện Ba Chẽ"]}),
        rule_json(
            indicator="TTTT", label="Sở", scope={"levels": ["so"]}, kind="fixed", parameters={"value": 45}
        ),
        rule_json(
            indicator="TTTT",
            label="Huyện, xã",
            scope={"levels": ["huyen", "xa"]},
            kind="fixed",
            parameters={"value": 40, "bound": "minimum"},
        ),
        indicators=[
            central(),
            {"indicator": "TTTT", "lead": "Sở Tài chính"},
        ],
    )

    sheet = book_of(paper(plan, "danh-muc")).worksheets[0]

    assert header(sheet)[1:] == [
        "Chỉ tiêu",
        "Đơn vị tính",
        "Trung ương giao",
        "Văn bản Trung ương giao",
        "Chỉ tiêu, quy tắc giao",
        "Đối tượng",
        "Đơn vị chủ trì",
    ]
    first, second, third = rows(sheet)
    assert first[:5] == [1, "Hồ sơ trực tuyến", "%", 0.5, "Nghị quyết 01/NQ-CP"]
    assert "giao bằng kết quả, phấn đấu tăng thêm 10 % so với kết quả (nhân 1,10" in first[5]
    assert first[6:] == ["Cấp xã · trong Huyện Ba Chẽ", "Cấp xã"]
    assert second[0] == "2.1"
    assert second[3:5] == ["Không nêu", "–"]
    assert second[6:] == ["Sở, ban, ngành", "Sở Tài chính"]
    assert third[0] == "2.2"
    assert "tối thiểu 40 %" in third[5]


def test_the_table_by_level_adds_counts_and_tells_each_levels_target(scene: Scene) -> None:
    a, b, c, _ = scene.communes
    department = make_unit("Sở Y tế", kind=Kind.SO, parent=scene.province)
    scene.record({a: (10, 100), b: (90, 100), c: (99, 100), department: (1, 100)})
    plan = load(
        rule_json(scope={"levels": ["so"]}, kind="fixed", parameters={"value": 95}),
        rule_json(scope={"levels": ["xa"]}),
        indicators=[central(goal=80)],
    )

    sheet = book_of(paper(plan, "cap-tinh")).worksheets[0]

    [row] = rows(sheet)
    assert row[3:7] == [0.5, 0.5, "Nghị quyết 01/NQ-CP", 0.8]
    assert row[7:] == [
        0.95,
        "Không giao",
        "90% (1 đơn vị); duy trì kết quả đạt được (2 đơn vị); không có chỉ tiêu (1 đơn vị)",
        "Cộng 4/5 đơn vị có số liệu: 200/400",
    ]
    assert "1 đơn vị không có chỉ tiêu: chưa có số liệu gốc." in " ".join(notes(sheet))


def test_rates_without_counts_are_not_added_up_and_an_own_figure_needs_no_sum(scene: Scene) -> None:
    a, b, *_ = scene.communes
    scene.record({a: (10, 100), b: "50"})
    plan = load()
    [row] = rows(book_of(paper(plan, "cap-tinh")).worksheets[0])
    assert (row[3], row[10]) == (
        "không quy đổi được",
        "Có đơn vị chỉ có tỷ lệ, không có số hồ sơ (2/4 đơn vị có số liệu)",
    )
    scene.record({scene.province: "61.5"}, printed="61,5%")
    [row] = rows(book_of(paper(plan, "cap-tinh")).worksheets[0])
    assert (row[3], row[10]) == (0.615, "Số của Tỉnh Quảng Ninh")


# --- Slips --------------------------------------------------------------------------------------------------


def test_a_slip_tells_one_unit_every_indicator_with_the_sentence_why(scene: Scene) -> None:
    a, b, *_ = scene.communes
    paid = make_indicator("TTTT", short_name="Thanh toán trực tuyến")
    scene.record({a: "43", b: "43"})
    scene.record({b: "95"}, indicator=paid)
    plan = load(formal_json(), rule_json(indicator="TTTT"))

    sheet = book_of(paper(plan, "phieu", unit=a)).worksheets[0]

    assert (sheet["A1"].value, sheet["A2"].value) == (
        "PHIẾU GIAO CHỈ TIÊU NĂM 2023 (DỰ THẢO)",
        "UBND XÃ MỘT, HUYỆN BA CHẼ",
    )
    assert header(sheet)[3:] == ["Kết quả Quý I/2023", "Chỉ tiêu giao", "Chỉ tiêu phấn đấu", "Cách xác định"]
    assert [row[1:] for row in rows(sheet)] == [
        [
            "Hồ sơ trực tuyến",
            "%",
            0.43,
            0.5,
            0.5,
            "Kết quả Quý I/2023 là 43 %, nhỏ hơn chỉ tiêu Trung ương 50 %: phấn đấu bằng 50 %.",
        ],
        ["Thanh toán trực tuyến", "%", "–", "Chưa giao", "–", "Chưa có số liệu gốc."],
    ]
    told = " ".join(notes(sheet))
    assert "So với chỉ tiêu Trung ương" in told
    assert "Đuổi kịp ngưỡng" not in told, "a rule that gave this unit nothing"


def test_the_slips_below_a_place_stand_behind_a_list_that_leads_to_each(scene: Scene) -> None:
    other = make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=scene.province)
    [same, odd] = make_units(["Một", "Tr'Hy: [a/b] một tên rất dài không vừa"], parent=other)
    a, b, *_ = scene.communes
    scene.record({a: "10", b: "20", same: "30", odd: "40"})
    plan = load()

    book = book_of(paper(plan, "phieu-cap-duoi"))

    assert book.sheetnames == ["Danh sách", "Xã Hai", "Xã Một", "Xã Một (2)", book.sheetnames[4]]
    assert all(len(name) <= 31 for name in book.sheetnames)
    index = book.worksheets[0]
    leading = {
        index.cell(row, 2).value: (index.cell(row, 3).value, link.location)
        for row in range(6, 10)
        if (link := index.cell(row, 5).hyperlink) is not None
    }
    assert leading["Xã Hai"] == ("Huyện Ba Chẽ", "'Xã Hai'!A1")
    assert len(leading) == 3
    assert [link for _, link in leading.values() if link and "Tr''Hy" in link]
    assert "2 đơn vị chưa được giao chỉ tiêu nào nên không có phiếu." in notes(index)[-1]
    for sheet in book.worksheets[1:]:
        [row] = rows(sheet)
        unit = next(
            u for u in (a, b, same, odd) if f"UBND {name_of(u)[:6]}".upper() in str(sheet["A2"].value)
        )
        assert row[4] == 0.9, unit

    below = book_of(paper(plan, "phieu-cap-duoi", unit=other))
    assert len(below.sheetnames) == 3


def test_more_slips_than_a_file_holds_are_refused_with_what_to_do(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.record(dict.fromkeys(scene.communes, "10"))
    monkeypatch.setattr("reports.appendices.plan_slips.MOST_SHEETS", 3)
    with pytest.raises(AppendixRefused, match="có 4 phiếu, một tệp chỉ chứa 3 phiếu; hãy chọn từng địa bàn"):
        paper(load(), "phieu-cap-duoi")


# --- What every paper says ----------------------------------------------------------------------------------

KINDS = ("danh-muc", "cap-tinh", "giao-chi-tieu", "phieu", "phieu-cap-duoi")


@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_has_the_official_form_and_says_what_it_stands_on(scene: Scene, kind: str) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    plan = issue(load(formal_json(), description="Lời dẫn"))
    unit = scene.communes[0] if kind == "phieu" else None

    book = book_of(paper(plan, kind, unit=unit))

    for sheet in book.worksheets:
        fonts = {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value is not None}
        assert fonts == {"Times New Roman"}
        assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$5:$5"
        assert sheet["A3"].value == (
            "(Ban hành kèm theo Kế hoạch số 269/KH-UBND ngày 05 tháng 01 năm 2024 của UBND tỉnh Quảng Ninh)"
        )
        assert "DỰ THẢO" not in f"{sheet['A1'].value}{sheet['A2'].value}"
        told = " ".join(notes(sheet))
        assert "Kết quả nhỏ hơn chỉ tiêu Trung ương 50 %: phấn đấu bằng 50 %" in told
        assert "Chấm theo: mức phấn đấu" in told
        assert "Số gốc: kết quả Quý I/2023." in told
        assert "Danh mục đơn vị: theo ngày 31/3/2023." in told


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.APPROVED])
def test_every_paper_of_a_plan_that_is_not_issued_is_a_draft(scene: Scene, kind: str, state: str) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    plan = load(document=None)
    Plan.objects.filter(pk=plan.pk).update(state=state)
    plan.refresh_from_db()
    unit = scene.communes[0] if kind == "phieu" else None
    for sheet in book_of(paper(plan, kind, unit=unit)).worksheets:
        assert "DỰ THẢO" in f"{sheet['A1'].value}{sheet['A2'].value}"
        assert sheet["A3"].value == (
            "(DỰ THẢO, kèm theo văn bản số … ngày … tháng … năm … của UBND tỉnh Quảng Ninh)"
        )


@pytest.mark.parametrize("kind", KINDS)
def test_simulated_figures_are_called_simulated_on_every_sheet(scene: Scene, kind: str) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"), source=Source.SIMULATED.value)
    plan = load(baseline={"period": "2023-Q1", "source": "mo_phong"})
    unit = scene.communes[0] if kind == "phieu" else None
    for sheet in book_of(paper(plan, kind, unit=unit)).worksheets:
        assert "Số gốc: kết quả Quý I/2023 (số liệu mô phỏng)." in " ".join(notes(sheet))
    if kind == "giao-chi-tieu":
        assert "Quý I/2023 (số liệu mô phỏng)" in header(sheet)[2]
        assert rows(sheet)[1][-1] == "số liệu mô phỏng"


def test_a_unit_that_a_person_left_out_is_counted_with_the_reason(scene: Scene) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    plan = load()
    services.override_target(
        plan=plan,
        unit=scene.communes[0],
        indicator=scene.indicator,
        value=None,
        reason="đang sáp nhập",
        by=make_person("vanphong"),
        at=AT,
        seen_revision=plan.revision,
    )
    plan.refresh_from_db()
    told = " ".join(notes(book_of(paper(plan, "giao-chi-tieu")).worksheets[0]))
    assert "Sửa tay 1 đơn vị, lý do: không giao, “đang sáp nhập”." in told
    assert "1 đơn vị không có chỉ tiêu: không giao theo ý kiến của vanphong: đang sáp nhập." in told
    with pytest.raises(AppendixRefused, match="chưa giao chỉ tiêu nào cho Xã Một, Huyện Ba Chẽ: không giao"):
        paper(plan, "phieu", unit=scene.communes[0])


def test_no_cell_of_any_paper_is_a_formula_wherever_the_text_stands(scene: Scene) -> None:
    bad = make_unit("Xấu", parent=scene.district)
    UnitVersion.objects.filter(unit=bad).update(full_name=FORMULA)
    Indicator.objects.update(name=FORMULA, short_name=FORMULA, numerator=FORMULA, denominator=FORMULA)
    scene.record({bad: (1, 10), scene.communes[0]: (2, 10)}, note=FORMULA, printed=FORMULA)
    plan = load(
        rule_json(label=FORMULA, note=FORMULA),
        name=FORMULA,
        baseline={"period": "2023-Q1", "label": FORMULA},
        indicators=[central(source=FORMULA, lead=FORMULA)],
    )
    services.override_target(
        plan=plan,
        unit=scene.communes[0],
        indicator=scene.indicator,
        value=Decimal(60),
        reason=FORMULA,
        by=make_person("vanphong"),
        at=AT,
        seen_revision=plan.revision,
    )
    plan.refresh_from_db()
    for kind in KINDS:
        book = book_of(paper(plan, kind, unit=bad if kind == "phieu" else None))
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        assert [cell.coordinate for cell in cells if cell.data_type == "f"] == [], kind
        quoted = [cell for cell in cells if str(cell.value).startswith("=")]
        assert quoted, kind
        assert all(cell.data_type == "s" and cell.quotePrefix for cell in quoted), kind


@pytest.mark.parametrize("kind", ["cap-tinh", "giao-chi-tieu", "phieu-cap-duoi"])
def test_a_plan_that_assigns_nothing_yet_says_what_to_do(scene: Scene, kind: str) -> None:
    plan = load(assign=False)
    with pytest.raises(AppendixRefused, match="chưa giao chỉ tiêu"):
        paper(plan, kind)
    assert len(rows(book_of(paper(plan, "danh-muc")).worksheets[0])) == 1


def test_what_there_is_not_is_told_with_what_there_is(scene: Scene) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    plan = load()
    with pytest.raises(AppendixUnknown, match="Các phụ lục có: danh-muc, cap-tinh"):
        paper(plan, "phu-luc-9")
    with pytest.raises(AppendixUnknown, match="Các chỉ tiêu có: HSTT"):
        paper(plan, "giao-chi-tieu", indicator="TTTT")
    elsewhere = make_unit("Quảng Ngãi", kind=Kind.TINH, parent=None)
    with pytest.raises(AppendixUnknown, match="không có trong danh mục đơn vị"):
        paper(plan, "phieu", unit=elsewhere)


def test_a_districts_own_plan_has_its_papers_too(scene: Scene) -> None:
    scene.record({scene.district: "70"} | dict.fromkeys(scene.communes, "43"))
    plan = load(
        rule_json(scope={"levels": ["huyen", "xa"]}, kind="fixed", parameters={"value": 80}),
        owner="Huyện Ba Chẽ",
        code="ba-che",
    )
    book = book_of(paper(plan, "giao-chi-tieu"))
    assert book.sheetnames == ["Đơn vị giao", "3. UBND cấp xã"]
    assert [row[0] for row in rows(book["3. UBND cấp xã"])] == [1, 2, 3, 4]
    [row] = rows(book_of(paper(plan, "cap-tinh")).worksheets[0])
    assert (row[3], row[6], row[9]) == (0.7, 0.8, 0.8)
    assert len(book_of(paper(plan, "phieu-cap-duoi")).sheetnames) == 5


def test_a_district_that_passes_on_prints_from_where_the_floor_comes(scene: Scene) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    above = issue(load(rule_json(kind="fixed", parameters={"value": 80}), code="cap-tren"))
    below = load(
        rule_json(kind="fixed", parameters={"value": 60}),
        owner="Huyện Ba Chẽ",
        code="ba-che",
        parent=above.code,
    )
    sheet = book_of(paper(below, "giao-chi-tieu")).worksheets[0]
    assert {row[3] for row in rows(sheet)} == {0.8}
    assert "Không đơn vị nào được giao kém mức mà 269/KH-UBND đã giao." in " ".join(notes(sheet))


def test_a_superseded_plan_says_by_which_it_was_replaced(scene: Scene) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    plan = load()
    later = load(code="sau", name="Kế hoạch sau")
    Plan.objects.filter(pk=later.pk).update(state=PlanState.ISSUED, supersedes=plan)
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.SUPERSEDED)
    plan.refresh_from_db()
    told = notes(book_of(paper(plan, "giao-chi-tieu")).worksheets[0])
    assert told[-1].endswith("Kế hoạch này đã được thay bằng “Kế hoạch sau”.")


def test_an_owner_that_did_not_exist_on_the_day_is_told(scene: Scene) -> None:
    plan = load(assign=False)
    Plan.objects.filter(pk=plan.pk).update(units_on=date(1990, 1, 1))
    plan.refresh_from_db()
    with pytest.raises(AppendixRefused, match="không có trong cây đơn vị ngày 1/1/1990; hãy sửa ngày"):
        paper(plan, "danh-muc")


# --- Addresses ----------------------------------------------------------------------------------------------


@pytest.fixture
def reader(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("xa", role=Role.OFFICER, unit=scene.communes[0]))
    return client


@pytest.fixture
def office(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=scene.province))
    return client


def address(plan: Plan, kind: str) -> str:
    return reverse("plan_appendix", args=[plan.code, kind])


def test_the_page_offers_every_paper_and_each_link_gives_a_workbook(reader: Client, scene: Scene) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    plan = issue(load())
    html = reader.get(reverse("plan_appendices", args=[plan.code])).content.decode()
    assert "<b>4 đơn vị có chỉ tiêu</b>" in html
    assert "Huyện Ba Chẽ (4 phiếu)" in html
    assert '<optgroup label="Huyện Ba Chẽ">' in html
    asked: dict[str, dict[str, str | int]] = {
        "danh-muc": {},
        "cap-tinh": {},
        "giao-chi-tieu": {"chi-tieu": "HSTT"},
        "phieu": {"don-vi": scene.communes[0].pk},
        "phieu-cap-duoi": {"don-vi": scene.district.pk},
    }
    for kind, query in asked.items():
        assert f"/phu-luc/{kind}/" in html
        answer = reader.get(address(plan, kind), query)
        assert answer.status_code == 200, kind
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="ke-hoach-')
        openpyxl.load_workbook(BytesIO(answer.content))
    assert reverse("plan_appendices", args=[plan.code]) in reader.get(
        reverse("plan", args=[plan.code])
    ).content.decode().replace("&#x27;", "'")


def test_before_anything_is_assigned_only_the_catalogue_is_offered(office: Client, scene: Scene) -> None:
    plan = load(assign=False)
    html = office.get(reverse("plan_appendices", args=[plan.code])).content.decode()
    assert "<b>Kế hoạch chưa giao chỉ tiêu nào</b>" in html
    assert [kind for kind in KINDS if f"/phu-luc/{kind}/" in html] == ["danh-muc"]
    assert "mọi tệp ghi DỰ THẢO" in html


def test_the_papers_of_a_draft_are_for_those_who_may_see_drafts(client: Client, scene: Scene) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    plan = load(code="quang-ninh-2023")
    pages = [reverse("plan_appendices", args=[plan.code]), address(plan, "giao-chi-tieu")]
    told = {}
    for role in Role:
        client.force_login(make_person(f"người {role}", role=role, unit=scene.province))
        told[role] = [client.get(page).status_code for page in pages]
        told[role].append(client.get(reverse("appendix", args=["qninh-pl3"])).status_code)
    assert {role for role, statuses in told.items() if statuses == [200, 200, 200]} == {
        Role.OFFICE,
        Role.REVIEWER,
        Role.LEADER,
        Role.ADMIN,
    }
    assert told[Role.OFFICER] == [404, 404, 409]


def test_an_appendix_of_a_form_never_shows_a_draft_by_the_address(reader: Client, scene: Scene) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    load(code="nhap-kin")
    for code in ("nhap-kin", "khong-co"):
        answer = reader.get(reverse("appendix", args=["qninh-pl3"]), {"ke-hoach": code})
        assert answer.status_code == 409
        words = f"Chưa có kế hoạch “{code}”; hãy nạp kế hoạch rồi giao chỉ tiêu."
        assert f'<p class="answer">{words}</p>' in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"don-vi": "9" * 30}, 404),
        ({"don-vi": "१२"}, 404),
        ({"don-vi": "-1"}, 404),
        ({"don-vi": "<script>"}, 404),
        ({"don-vi": "\x00"}, 409),
        ({}, 409),
    ],
)
def test_a_unit_that_the_address_misspells_is_not_found(
    office: Client, scene: Scene, query: dict[str, str], status: int
) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    answer = office.get(address(load(), "phieu"), query)
    assert answer.status_code == status
    assert "<script>" not in answer.content.decode().split("<main", 1)[-1]


def test_the_queries_of_page_and_papers_do_not_grow_with_units(office: Client, scene: Scene) -> None:
    scene.record(dict.fromkeys(scene.communes[:3], "43"))
    plan = load()
    pages = [reverse("plan_appendices", args=[plan.code]), *(address(plan, kind) for kind in KINDS)]

    def queries() -> list[int]:
        counts = []
        for page in pages:
            query = {"don-vi": scene.communes[0].pk} if page.endswith("/phieu/") else {}
            with CaptureQueriesContext(connection) as captured:
                assert office.get(page, query).status_code == 200
            counts.append(len(captured))
        return counts

    few = queries()
    units = make_units([f"Số {number}" for number in range(40)], parent=scene.district)
    scene.record(dict.fromkeys(units[:35], "70"))
    services.assign_targets(plan=plan)
    assert Assignment.objects.filter(plan=plan).count() == 38
    assert queries() == few
    assert max(few) <= 20


# --- The command --------------------------------------------------------------------------------------------


def test_the_command_writes_the_papers_of_a_plan(scene: Scene, tmp_path: Path) -> None:
    scene.record(dict.fromkeys(scene.communes, "43"))
    load()
    path = tmp_path / "phieu.xlsx"
    call_command("appendix", "phieu", "--plan", "ke-hoach", "--unit", "Xã Một", "-o", str(path))
    assert openpyxl.load_workbook(path).worksheets[0]["A2"].value == "UBND XÃ MỘT, HUYỆN BA CHẼ"
    for arguments, message in [
        (["phieu"], "cần --plan"),
        (["phieu", "--plan", "khong-co"], "Không có kế hoạch “khong-co”"),
        (["phieu", "--plan", "ke-hoach", "--unit", "Xã Không"], "Không có đơn vị “Xã Không”"),
        (["giao-chi-tieu", "--plan", "ke-hoach", "--indicator", "TTTT"], "không có chỉ tiêu “TTTT”"),
    ]:
        with pytest.raises(CommandError, match=message):
            call_command("appendix", *arguments, "-o", str(path))
