"""The page and the file of a plan's progress: what they say, show, filter, allow and cost."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.models import State
from targets import progress_filters
from targets.models import Assignment, Plan
from tests.builders import make_person, make_unit, make_units
from tests.indicators.builders import make_indicator, make_period
from tests.reports.tables import Scene, make_scene
from units.models import Kind, Role

pytestmark = pytest.mark.django_db
CODE = "ke-hoach"


@pytest.fixture
def scene() -> Scene:
    """Xã Một reached 90 %, Hai is near, Ba far; of Bốn nothing was sent."""
    made = make_scene(4)
    a, b, c, e = made.communes
    made.record({a: (95, 100), b: (89, 100), c: (6000, 10000), e: State.NOT_SUBMITTED})
    return made


@pytest.fixture
def plan(scene: Scene) -> Plan:
    return scene.assign(dict.fromkeys(scene.communes, "90"))


@pytest.fixture
def reader(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("xa", role=Role.OFFICER, unit=scene.communes[0]))
    return client


def page(client: Client, **query: Any) -> str:
    response = client.get(reverse("plan_progress", args=[CODE]), query)
    assert response.status_code == 200
    return response.content.decode()


def said(html: str, css: str) -> str:
    match = re.search(rf'<p class="{css}">(.*?)</p>', html, re.DOTALL)
    assert match, css
    return " ".join(re.sub(r"<[^>]+>", " ", match[1]).split())


def listed(html: str) -> list[str]:
    table = re.search(r'<table class="league">.*?</table>', html, re.DOTALL)
    return re.findall(r'class="unit"><a href="[^"]+">([^<]+)</a>', table[0]) if table else []


def helped(html: str) -> list[str]:
    section = re.search(r'id="help-title".*?</section>', html, re.DOTALL)
    return re.findall(r'class="unit"><a href="[^"]+">([^<]+)</a>', section[0]) if section else []


def test_the_sentence_answers_and_every_unit_stands_with_its_band_and_what_it_lacks(
    reader: Client, plan: Plan
) -> None:
    html = page(reader)

    assert said(html, "answer") == (
        "1 trong 3 đơn vị có số liệu đã đạt. 1 gần đạt, 1 còn xa; cần thêm 3.001 hồ sơ để tất cả cùng đạt. "
        "1 đơn vị chưa xét được."
    )
    assert "Quý I/2023 (kỳ gốc) · Cổng Dịch vụ công quốc gia (4)" in said(html, "source")
    assert "gần đạt từ 95 % mức giao, còn xa khi dưới 80 % mức giao" in said(html, "source")
    assert listed(html) == ["Xã Ba", "Xã Bốn", "Xã Hai", "Xã Một"]
    for words in ("▲ Đạt", "≈ Gần đạt", "▼▼ Còn xa", "Chưa nộp", 'aria-label="60,00 %, mức giao 90 %"'):
        assert words in html, words
    assert "91,05" not in html
    assert (
        "60,90\N{NO-BREAK SPACE}% (6.184/10.200)" in html or "60,63\N{NO-BREAK SPACE}% (6.184/10.200)" in html
    )


def test_units_that_need_help_come_by_missing_dossiers_with_a_link_to_all(reader: Client, plan: Plan) -> None:
    html = page(reader)

    assert helped(html) == ["Xã Ba", "Xã Hai"]
    assert "3.000 hồ sơ" in html
    link = re.search(r'<a href="\?([^"#]+)#bang">Xem cả 2 nơi còn thiếu</a>', html)
    assert link
    assert "muc=can-giup" in link[1]
    assert listed(page(reader, muc="can-giup")) == ["Xã Ba", "Xã Hai"]


def test_units_short_by_a_rate_alone_are_named_apart_with_the_reason(
    reader: Client, plan: Plan, scene: Scene
) -> None:
    scene.record({scene.communes[3]: "81"}, source="he_thong_tinh")
    scene.indicator.sources = ["he_thong_tinh", "cong_dvcqg"]
    scene.indicator.save()
    html = page(reader)

    assert helped(html) == ["Xã Ba", "Xã Hai"]
    told = "1 nơi còn thiếu nhưng không tính được bằng hồ sơ (nguồn chỉ có tỷ lệ), xa nhất trước: <a "
    assert told in html
    assert "Xã Bốn, Huyện Ba Chẽ</a> 9,00 điểm %." in html


def test_the_address_filters_by_band_level_district_and_words(
    reader: Client, plan: Plan, scene: Scene
) -> None:
    assert listed(page(reader, muc="dat")) == ["Xã Một"]
    assert listed(page(reader, muc="con-xa")) == ["Xã Ba"]
    assert listed(page(reader, muc="khong-xet")) == ["Xã Bốn"]
    assert listed(page(reader, cap="huyen")) == []
    assert len(listed(page(reader, trong=scene.district.pk))) == 4
    assert listed(page(reader, tim="hai")) == ["Xã Hai"]
    other = make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=scene.province)
    make_units(["Cẩm Hải"], parent=other)
    html = page(reader, trong=other.pk)
    assert listed(html) == []
    assert "Không có đơn vị nào hợp các điều kiện đã chọn." in html


def test_bands_are_counted_and_keep_the_other_choices(reader: Client, plan: Plan) -> None:
    chips = re.findall(r'<a class="chip" href="([^"]+)"[^>]*>([^<]+) <b>(\d+)</b>', page(reader, cap="xa"))
    assert [(label, count) for _, label, count in chips] == [
        ("Tất cả", "4"), ("Đạt", "1"), ("Gần đạt", "1"), ("Chưa đạt", "0"), ("Còn xa", "1"),
        ("Cần giúp", "2"), ("Chưa xét được", "1"),
    ]  # fmt: skip
    assert all("cap=xa" in address for address, _, _ in chips)


def test_a_period_is_chosen_and_the_quarters_up_to_it_are_added_up(
    reader: Client, plan: Plan, scene: Scene
) -> None:
    scene.record({scene.communes[2]: (9000, 10000)}, period=make_period("2023-Q2"))
    alone = page(reader, ky="2023-Q2")
    assert "9.000/10.000" in alone
    added = page(reader, ky="2023-Q2", **{"luy-ke": "1"})
    assert "15.000/20.000" in added
    assert "cộng 1 trong 2 quý, thiếu Quý II/2023" in added
    assert said(added, "source").startswith("Tỉnh Quảng Ninh · luỹ kế đến hết Quý II/2023")


@pytest.mark.parametrize(
    "query",
    [
        {"ky": "2019-Q1"}, {"chi-tieu": "X"}, {"muc": "x"}, {"trang": "9" * 30}, {"trang": "-1"},
        {"trang": "²"},
        {"luy-ke": "có"}, {"trong": "9" * 30}, {"tim": "\x00"}, {"cap": "thon"},
    ],
)  # fmt: skip
def test_an_unknown_choice_counts_as_none(reader: Client, plan: Plan, query: dict[str, str]) -> None:
    assert len(listed(page(reader, **query))) == 4


def test_several_indicators_are_shown_one_by_one_or_all_with_their_names(
    reader: Client, scene: Scene
) -> None:
    plan = scene.assign(dict.fromkeys(scene.communes, "90"), is_issued=False)
    payment = make_indicator(
        "TTTT", short_name="Thanh toán trực tuyến", numerator="Giao dịch thanh toán trực tuyến"
    )
    scene.record({scene.communes[0]: (1, 10)}, indicator=payment)
    rule = plan.rules.get()
    Assignment.objects.create(
        plan=plan, unit=scene.communes[0], indicator=payment, rule=rule, assigned=Decimal(50),
        stretch=Decimal(60), scored=Decimal(60), wording="50%",
    )  # fmt: skip
    Plan.objects.update(state="issued")

    assert len(listed(page(reader))) == 4
    one = page(reader, **{"chi-tieu": "TTTT"})
    assert listed(one) == ["Xã Một"]
    assert "Phấn đấu" in one
    assert "5 giao dịch" in one
    every = page(reader, **{"chi-tieu": "tat-ca"})
    assert len(listed(every)) == 5
    assert "1 trong 4 chỉ tiêu đã giao có số liệu đã đạt." in said(every, "answer")


def test_a_long_plan_comes_in_pages(
    reader: Client, plan: Plan, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_filters, "WHOLE", 3)
    monkeypatch.setattr(progress_filters, "PER_PAGE", 3)
    assert listed(page(reader)) == ["Xã Ba", "Xã Bốn", "Xã Hai"]
    second = page(reader, trang="2")
    assert listed(second) == ["Xã Một"]
    assert "Trang 2 / 2" in second
    assert helped(second) == ["Xã Ba", "Xã Hai"]
    assert listed(page(reader, trang="77")) == ["Xã Một"]


def test_a_plan_that_assigns_nothing_yet_says_so(client: Client, scene: Scene) -> None:
    scene.assign({}, is_issued=False)
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=scene.province))
    html = page(client)
    assert said(html, "answer") == "Kế hoạch chưa giao chỉ tiêu nào nên chưa có tiến độ để xét."
    assert "Tải Excel" not in html


def test_a_draft_is_seen_by_those_who_prepare_and_decide_it_and_an_issued_plan_by_all(
    client: Client, scene: Scene
) -> None:
    plan = scene.assign(dict.fromkeys(scene.communes, "90"), is_issued=False)
    addresses = [reverse(name, args=[CODE]) for name in ("plan_progress", "plan_progress_xlsx")]
    elsewhere = make_unit("Quảng Ngãi", kind=Kind.TINH, parent=None)
    people = {
        200: [make_person("vp", role=Role.OFFICE, unit=scene.province),
              make_person("ld", role=Role.LEADER, unit=scene.province)],
        404: [make_person("xa", role=Role.OFFICER, unit=scene.communes[0]),
              make_person("khac", role=Role.OFFICE, unit=elsewhere), make_person("trang")],
    }  # fmt: skip
    for status, some in people.items():
        for person in some:
            client.force_login(person)
            assert [client.get(one).status_code for one in addresses] == [status, status], person
    plan.state = "issued"
    plan.save()
    assert [client.get(one).status_code for one in addresses] == [200, 200]
    assert client.get(reverse("plan_progress", args=["khong-co"])).status_code == 404


def test_the_plans_page_leads_here(reader: Client, plan: Plan) -> None:
    html = reader.get(reverse("plan", args=[CODE])).content.decode()
    assert f'<a href="{reverse("plan_progress", args=[CODE])}">Tiến độ</a>' in html


def test_the_file_holds_the_chosen_rows_as_numbers(reader: Client, plan: Plan) -> None:
    response = reader.get(reverse("plan_progress_xlsx", args=[CODE]), {"muc": "can-giup"})
    assert response["Content-Disposition"] == 'attachment; filename="tien-do-ke-hoach-2023-q1.xlsx"'
    sheet = openpyxl.load_workbook(BytesIO(response.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    top = next(number for number, row in enumerate(rows) if row[0] == "Đơn vị")
    headings = rows[top]
    table = [dict(zip(headings, row, strict=True)) for row in rows[top + 1 :]]

    assert [row["Đơn vị"] for row in table] == ["Xã Ba", "Xã Hai"]
    first = table[0]
    assert (first["Tử số"], first["Mẫu số"], first["Kết quả"], first["Mức chấm"]) == (6000, 10000, 60, 90)
    assert (first["Mức"], first["Còn thiếu"], first["Còn thiếu hồ sơ"]) == ("Còn xa", 30, 3000)
    assert "cần giúp" in " ".join(str(row[0]) for row in rows[:top])
    assert rows[0][0] == "Tiến độ: Giao chỉ tiêu 2023"


def test_the_file_says_why_a_unit_is_not_judged_and_that_figures_are_simulated(
    reader: Client, scene: Scene
) -> None:
    scene.record({scene.communes[0]: (80, 100)}, source="mo_phong")
    scene.assign(dict.fromkeys(scene.communes[:2], "90"), baseline_source="mo_phong")
    html = page(reader)
    assert "<b>Số liệu mô phỏng.</b>" in html
    response = reader.get(reverse("plan_progress_xlsx", args=[CODE]))
    sheet = openpyxl.load_workbook(BytesIO(response.content)).worksheets[0]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert cells[0] == "SỐ LIỆU MÔ PHỎNG"
    assert "chưa có số liệu" in cells


def test_the_queries_of_the_page_do_not_grow_with_the_units(reader: Client, scene: Scene) -> None:
    plan = scene.assign(dict.fromkeys(scene.communes, "90"), is_issued=False)
    Plan.objects.update(owner=scene.province)
    reader.force_login(make_person("vp", role=Role.OFFICE, unit=scene.province))

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(reverse(name, args=[CODE])).status_code == 200
        return len(captured)

    few = [queries("plan_progress"), queries("plan_progress_xlsx")]
    units = make_units([f"Số {number}" for number in range(60)], parent=scene.district)
    scene.record(dict.fromkeys(units[:50], (1, 2)))
    rule = plan.rules.get()
    Assignment.objects.bulk_create(
        Assignment(
            plan=plan, unit=unit, indicator=scene.indicator, rule=rule, assigned=Decimal(90),
            scored=Decimal(90), wording="90%",
        )
        for unit in units
    )  # fmt: skip
    assert [queries("plan_progress"), queries("plan_progress_xlsx")] == few
    assert few[0] <= 16
