"""The page, the chart and the file of a league table."""

import gzip
import json
import re
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.models import Source, State
from tests.builders import make_person, make_units
from tests.indicators.builders import make_indicator, make_period
from tests.reports.tables import Scene, make_scene
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = make_scene(4)
    a, b, c, _ = made.communes
    made.record({a: (95, 100), b: (89, 100), c: (6000, 10000)})
    return made


@pytest.fixture
def reader(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("lanhdao", role=Role.LEADER, unit=scene.province))
    return client


def page(client: Client, **query: Any) -> str:
    response = client.get(reverse("league"), query)
    assert response.status_code == 200
    return response.content.decode()


def units_in_order(html: str) -> list[str]:
    return re.findall(r'class="unit"><a href="/ho-so/\d+/">([^<]+)</a>', html)


def said(html: str, css: str) -> str:
    match = re.search(rf'<p class="{css}">(.*?)</p>', html, re.DOTALL)
    assert match, css
    return " ".join(re.sub(r"<[^>]+>", " ", match[1]).split())


def test_a_person_must_log_in_first(client: Client) -> None:
    response = client.get(reverse("league"))
    assert response.status_code == 302
    assert "/dang-nhap/" in response["Location"]


def test_without_any_choice_the_persons_province_and_the_latest_period_with_figures_show(
    reader: Client, scene: Scene
) -> None:
    make_period("2023-Q3")  # nothing recorded in it

    html = page(reader)

    assert "<h1>Hồ sơ trực tuyến, cấp xã, Quý I/2023</h1>" in html
    assert units_in_order(html) == ["Xã Một", "Xã Hai", "Xã Ba", "Xã Bốn"]
    assert "Tỉnh Quảng Ninh ·" in said(html, "source")
    assert "xếp hạng 3/4 đơn vị" in said(html, "source")
    assert "trích xuất 17/7/2023" in said(html, "source")


def test_the_sentence_counts_who_reached_the_target_and_names_the_plan(reader: Client, scene: Scene) -> None:
    a, b, c, _ = scene.communes
    scene.assign({a: "90", b: "90", c: "90"})

    html = page(reader)

    assert said(html, "answer") == (
        "1 trong 3 xã, phường, thị trấn đã đạt 90 %. Chưa đạt: Xã Ba, Xã Hai; "
        "thiếu nhiều hồ sơ nhất là Xã Ba (3.000)."
    )
    assert "so với chỉ tiêu giao năm 2023, Kế hoạch 269/KH-UBND" in said(html, "source")
    assert "chung cấp xã 60,63 % (6.184/10.200)" in said(html, "source")
    for mark in ("▲ Đạt", "≈ Gần đạt", "▼▼ Còn xa"):
        assert mark in html


def test_without_a_target_the_sentence_names_the_first_and_the_median(reader: Client) -> None:
    html = page(reader)

    assert said(html, "answer") == (
        "Xã Một dẫn đầu (95,00 %). Một nửa số đơn vị đạt từ 89,00 % trở lên (trung vị)."
    )
    assert "Chỉ tiêu</a>" not in html  # a column of dashes tells nothing


def test_a_total_that_cannot_be_had_is_said_not_averaged(reader: Client, scene: Scene) -> None:
    scene.record({scene.communes[3]: "10"})

    assert "không quy đổi được (nguồn chỉ có tỷ lệ)" in said(page(reader), "source")


def test_a_heading_sorts_by_link_says_so_to_screen_readers_and_leaves_the_ranks(reader: Client) -> None:
    html = page(reader, sap="-value")
    assert re.search(r'<th scope="col" class="rate" aria-sort="descending"><a href="\?[^"]*sap=value"', html)

    html = page(reader, sap="value", cap="xa")
    assert units_in_order(html) == ["Xã Ba", "Xã Hai", "Xã Một", "Xã Bốn"]
    assert re.findall(r'class="rank">(\d+)<', html) == ["3", "2", "1"]
    assert 'name="sap" value="value"' in html  # applying a filter keeps the order


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("unit", "Xã Ba"),
        ("-unit", "Xã Một"),
        ("-denominator", "Xã Ba"),
        ("numerator", "Xã Hai"),
        ("rank", "Xã Một"),
    ],
)
def test_other_columns_sort_as_well(reader: Client, order: str, first: str) -> None:
    assert units_in_order(page(reader, sap=order))[0] == first


def test_a_search_keeps_ranks_and_says_how_many_it_found(reader: Client) -> None:
    html = page(reader, tim="xa ba")

    assert units_in_order(html) == ["Xã Ba"]
    assert 'class="rank">3<' in html
    assert "1 đơn vị được xếp hạng và 0 đơn vị không xếp hạng" in html
    assert "Không có đơn vị nào khớp “zzz”" in page(reader, tim="zzz")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"chi-tieu": "XYZ"}, "Không có chỉ tiêu mã “XYZ”"),
        ({"ky": "2099-Q1"}, "Không có kỳ “2099-Q1” trong hệ thống; đang xem Quý I/2023"),
        ({"cap": "thon"}, "Không có cấp “thon”"),
        ({"trong": "999999"}, "Không có đơn vị số “999999”"),
        ({"trong": "abc"}, "Không có đơn vị số “abc”"),
        ({"so-sanh": "qua"}, "Không có kỳ “qua” để so sánh"),
        ({"sap": "tuổi"}, "Không sắp xếp được theo “tuổi”"),
        ({"nguon": "bịa"}, "Không có nguồn “bịa”"),
        ({"ky": "\0x", "tim": "\0\x08"}, "Không có kỳ “x”"),
    ],
)
def test_an_unknown_choice_gets_a_message_and_the_page_stays_usable(
    reader: Client, query: dict[str, str], message: str
) -> None:
    html = page(reader, **query)

    assert message in html
    assert units_in_order(html)[0] == "Xã Một"


def test_before_any_figure_the_page_says_what_to_do(client: Client) -> None:
    client.force_login(make_person("moi"))

    assert "Chưa có số liệu nào để xếp hạng" in page(client)
    assert client.get(reverse("league_chart")).status_code == 404
    assert client.get(reverse("league_xlsx")).status_code == 404


def test_units_without_a_figure_stand_at_the_end_with_the_reason(reader: Client, scene: Scene) -> None:
    scene.record({scene.communes[3]: State.NOT_PUBLISHED})

    html = page(reader)

    below = html[html.index('class="unranked"') :]
    assert "Không xếp hạng (1 đơn vị)" in below
    assert units_in_order(below) == ["Xã Bốn"]
    assert "Chưa trích xuất được" in below


def test_the_persons_own_unit_is_marked(client: Client, scene: Scene) -> None:
    client.force_login(make_person("xa", role=Role.OFFICER, unit=scene.communes[1]))

    html = page(client)

    [row] = re.findall(r'<tr class="mine">.*?</tr>', html)
    assert "Xã Hai" in row
    assert "★" in row


def test_simulated_figures_show_only_when_asked_for_and_are_labelled(reader: Client, scene: Scene) -> None:
    scene.record({scene.communes[3]: (1, 100)}, source=Source.SIMULATED.value)

    official = page(reader)
    assert "Số liệu mô phỏng.</b>" not in official
    assert 'class="rank">4<' not in official
    simulated = page(reader, nguon="mo_phong")
    assert "<b>Số liệu mô phỏng.</b>" in simulated
    assert 'class="rank">1</td>' in simulated
    assert 'class="rank">2</td>' not in simulated


def test_names_from_files_are_escaped(reader: Client, scene: Scene) -> None:
    [odd] = make_units(["<b>Lạ</b>"], parent=scene.district)
    scene.record({odd: "99"})

    assert "<b>Lạ" not in page(reader)
    chart = reader.get(reverse("league_chart"), {"loai": "muc-tieu"}).content.decode()
    assert "<b>" not in chart


class Nodes(HTMLParser):
    count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += 1


def test_a_province_of_241_communes_stays_within_its_page_budget(client: Client) -> None:
    big = make_scene(241)
    big.record({unit: f"{place % 100}.5" for place, unit in enumerate(big.communes)})
    big.assign(dict.fromkeys(big.communes, "50"))
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=big.province))

    html = page(client)

    assert len(units_in_order(html)) == 241
    assert len(gzip.compress(html.encode())) <= 40 * 1024
    nodes = Nodes()
    nodes.feed(html)
    assert nodes.count <= 3500


def test_a_page_of_many_units_asks_the_database_no_more_often(client: Client) -> None:
    big = make_scene(60)
    big.record({unit: (place, 100) for place, unit in enumerate(big.communes)})
    big.assign(dict.fromkeys(big.communes, "50"))
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=big.province))
    page(client)

    with CaptureQueriesContext(connection) as captured:
        page(client)

    assert len(captured) <= 30, [query["sql"][:120] for query in captured]


def test_more_units_than_a_province_has_come_by_pages_with_their_ranks(client: Client) -> None:
    big = make_scene(420)
    big.record({unit: f"{place / 10}" for place, unit in enumerate(big.communes[:415])})
    client.force_login(make_person("khach"))

    first = page(client)
    assert len(units_in_order(first)) == 50
    assert "Trang 1 / 9" in first
    assert 'class="unranked"' not in first
    last = page(client, trang="9")
    assert re.findall(r'class="rank">(\d+)<', last) == [str(rank) for rank in range(401, 416)]
    assert last.count("Chưa có số liệu") == 5
    assert "Trang 9 / 9" in page(client, trang="9999")
    assert "Trang 1 / 9" in page(client, trang="không")


# --- chart ----------------------------------------------------------------------------------------


def test_the_chart_is_a_plotly_figure_with_every_ranked_unit_in_it(reader: Client) -> None:
    response = reader.get(reverse("league_chart"))

    assert response["Content-Type"] == "application/json"
    figure = json.loads(response.content)
    assert sum(figure["data"][0]["y"]) == 3
    assert "template" not in figure["layout"]  # a few hundred bytes, not plotly's own 7 KB


def test_the_chart_against_targets_has_a_point_for_each_unit(reader: Client, scene: Scene) -> None:
    scene.assign(dict.fromkeys(scene.communes[:3], "90"))

    figure = json.loads(reader.get(reverse("league_chart"), {"loai": "muc-tieu"}).content)

    assert [trace["name"] for trace in figure["data"]] == ["Chỉ tiêu", "Đạt", "Gần đạt", "Còn xa"]
    assert figure["data"][1]["customdata"] == ["1. Xã Một (Huyện Ba Chẽ): 95,00, chỉ tiêu 90,00"]


def test_the_page_holds_the_chart_and_says_it_in_words(reader: Client) -> None:
    html = page(reader)

    assert f'data-chart-url="{reverse("league_chart")}?' in html
    assert "3 đơn vị được xếp hạng, từ 60,00 % đến 95,00 %" in html


# --- file -----------------------------------------------------------------------------------------


def workbook_rows(client: Client, **query: Any) -> list[tuple[Any, ...]]:
    response = client.get(reverse("league_xlsx"), query)
    assert response.status_code == 200
    assert 'filename="xep-hang-hstt-2023-q1-xa.xlsx"' in response["Content-Disposition"]
    return list(openpyxl.load_workbook(BytesIO(response.content)).worksheets[0].values)


def test_the_file_has_the_pages_rows_in_the_pages_order_with_numbers_as_numbers(
    reader: Client, scene: Scene
) -> None:
    scene.assign(dict.fromkeys(scene.communes[:3], "90"))

    rows = workbook_rows(reader, sap="value")

    header = next(place for place, row in enumerate(rows) if row[0] == "Hạng")
    table = [dict(zip(rows[header], row, strict=True)) for row in rows[header + 1 :]]
    assert [row["Đơn vị"] for row in table] == units_in_order(page(reader, sap="value"))
    assert (table[0]["Hạng"], table[0]["Tỷ lệ %"], table[0]["Chỉ tiêu"], table[0]["Chênh lệch"]) == (
        3,
        60,
        90,
        -30,
    )
    assert (table[0]["Hồ sơ trực tuyến"], table[0]["Tổng số hồ sơ"]) == (6000, 10000)
    assert table[0]["Mức"] == "Còn xa"
    assert (table[-1]["Hạng"], table[-1]["Trạng thái"], table[-1]["Tỷ lệ %"]) == (
        None,
        "chưa có số liệu",
        None,
    )
    printed = " ".join(str(row[0]) for row in rows[:header] if row[0])
    for words in ("Quý I/2023", "Tỉnh Quảng Ninh", "Cổng Dịch vụ công quốc gia", "trích xuất 17/7/2023"):
        assert words in printed
    assert "mô phỏng" not in printed.lower()


def test_a_file_of_simulated_figures_says_so(reader: Client, scene: Scene) -> None:
    scene.record({scene.communes[0]: (1, 100)}, source=Source.SIMULATED.value)

    assert workbook_rows(reader, nguon="mo_phong")[0][0] == "SỐ LIỆU MÔ PHỎNG"


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_text_that_begins_like_a_formula_stays_text(reader: Client, scene: Scene, start: str) -> None:
    scene.record({scene.communes[0]: "50"}, printed=f"{start}1+1")

    response = reader.get(reverse("league_xlsx"))

    [cell] = [
        cell
        for row in openpyxl.load_workbook(BytesIO(response.content)).worksheets[0].iter_rows()
        for cell in row
        if cell.value == f"{start}1+1"
    ]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_an_indicator_of_plain_numbers_has_no_percent(reader: Client, scene: Scene) -> None:
    overdue = make_indicator(
        "QUAHAN", short_name="Hồ sơ quá hạn", is_rate=False, direction="down", denominator="",
        unit_of_measure="hồ sơ", zero_denominator="none", numerator="Hồ sơ quá hạn",
    )  # fmt: skip
    scene.record({scene.communes[0]: "1200", scene.communes[1]: "3"}, indicator=overdue)

    html = page(reader, **{"chi-tieu": "QUAHAN"})

    assert said(html, "answer").startswith("Xã Hai dẫn đầu (3 hồ sơ).")
    assert "1.200" in html
