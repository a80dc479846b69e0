"""The page and the files of the heat map."""

import csv
import gzip
import re
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.models import State
from targets.models import PlanState
from tests.builders import make_person, make_units
from tests.indicators.builders import make_indicator
from tests.reports.heat import assign_more, make_indicators
from tests.reports.tables import Scene, make_scene
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """HSTT is assigned to three of four communes; of SOHOA there are rates alone; PAKN asks for ten cases."""
    made = make_scene(4)
    a, b, c, e = made.communes
    sohoa = make_indicator("SOHOA", short_name="Số hóa")
    pakn = make_indicator("PAKN", short_name="Phản ánh", min_cases=10)
    make_indicator("HAILONG", short_name="Hài lòng")
    made.record({a: (95, 100), b: (89, 100), c: (0, 100)})
    made.record({a: "50", b: "70", c: "60"}, indicator=sohoa)
    made.record({a: (3, 4), c: State.NOT_ARISING, e: State.NOT_PUBLISHED}, indicator=pakn)
    made.assign({a: "90", b: "90", c: "90"})
    return made


@pytest.fixture
def reader(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("lanhdao", role=Role.LEADER, unit=scene.province))
    return client


def page(client: Client, **query: Any) -> str:
    response = client.get(reverse("heat_map"), query)
    assert response.status_code == 200
    return response.content.decode()


def units_in_order(html: str) -> list[str]:
    return re.findall(r'class="unit"><a href="/ho-so/\d+/">([^<]+)</a>', html)


def cells_of(html: str, unit: str) -> list[str]:
    """The unit's cells as they read, without markup."""
    row = next(row for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if f">{unit}</a>" in row)
    return [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row.split("</th>")[1].split("<td")[1:]
    ]


def text_of(html: str, unit: str) -> list[str]:
    return [cell.split(">", 1)[1].strip() for cell in cells_of(html, unit)]


def said(html: str, css: str) -> str:
    match = re.search(rf'<p class="{css}">(.*?)</p>', html, re.DOTALL)
    assert match, css
    return " ".join(re.sub(r"<[^>]+>", " ", match[1]).split())


def sheet_of(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_a_person_must_log_in_first(client: Client) -> None:
    for name in ("heat_map", "heat_map_xlsx", "heat_map_csv"):
        response = client.get(reverse(name))
        assert response.status_code == 302
        assert "/dang-nhap/" in response["Location"]


def test_each_cell_has_its_number_with_a_mark_or_the_code_of_its_reason(reader: Client) -> None:
    html = page(reader)

    assert text_of(html, "Xã Một") == ["1/1", "95,00 ▲", "50,00 ↓", "(75,00) [ith]"]
    assert text_of(html, "Xã Hai") == ["0/1", "89,00 ≈", "70,00 ↑", "[csl]"]
    assert text_of(html, "Xã Ba") == ["0/1", "0,00 ▼▼", "60,00 =", "[kps]"]
    assert text_of(html, "Xã Bốn") == ["chưa giao", "[csl]", "[csl]", "[ccb]"]
    for cell in (
        '<td class="met">95,00 ▲',
        '<td class="near">89,00 ≈',
        '<td class="far">0,00 ▼▼',
        "<td>70,00 ↑",  # beside the median: no ground, as if judged
        '<td class="few">(75,00) <abbr title="ít hồ sơ (3/4)">[ith]</abbr>',
        '<td class="no"><abbr title="không phát sinh">[kps]</abbr>',
    ):
        assert cell in html, cell


def test_the_rows_above_the_units_sum_the_columns_up(reader: Client) -> None:
    sums = re.findall(r'class="unit">([^<]+)</th>((?:<td>[^<]*(?:</td>)?)+)', page(reader))

    assert [(name, re.findall(r"<td>([^<]*)", cells)) for name, cells in sums] == [
        ("Đạt chỉ tiêu", ["1/3", "1/3", "chưa giao", "chưa giao"]),
        ("Trung vị", ["–", "–", "60,00", "–"]),
        ("Cả phạm vi", ["–", "61,33", "không quy đổi được", "75,00"]),
        ("Có số", ["–", "3/4", "3/4", "1/4"]),
    ]


def test_the_legend_and_the_indicators_left_out_stand_under_the_table(reader: Client) -> None:
    html = page(reader)
    below = html[html.index("</table>") :]

    assert "<b>[kps]</b> không phát sinh" in below
    assert "<b>↑</b> tốt hơn trung vị" in below
    assert "[cn]" not in below
    assert "chưa đơn vị nào trong phạm vi có số liệu: Hài lòng." in below


def test_the_sentence_and_the_line_of_sources(reader: Client) -> None:
    html = page(reader)

    assert "<h1>Bản đồ nhiệt cấp xã, Quý I/2023</h1>" in html
    assert said(html, "answer") == (
        "Mới có một chỉ tiêu được đánh giá, Hồ sơ trực tuyến: 1 trong 3 xã, phường, thị trấn đạt. "
        "Chưa đủ để nói vấn đề ở đơn vị hay ở chỉ tiêu."
    )
    assert said(html, "source") == (
        "Tỉnh Quảng Ninh · Cổng Dịch vụ công quốc gia, trích xuất 17/7/2023 · có số 7/12 ô "
        "· so với chỉ tiêu giao năm 2023, Kế hoạch 269/KH-UBND"
    )


def test_a_heading_leads_to_the_league_of_its_indicator_and_sorts_beside_it(
    reader: Client, scene: Scene
) -> None:
    html = page(reader, sap="-HSTT", cap="xa")

    place = f"ky=2023-Q1&amp;cap=xa&amp;trong={scene.province.pk}"
    assert (
        f'aria-sort="descending"><a href="/xep-hang/?{place}&amp;chi-tieu=HSTT">Hồ sơ trực tuyến</a>' in html
    )
    assert f'href="?{place}&amp;sap=HSTT" aria-label="Xếp theo Hồ sơ trực tuyến"' in html
    assert html.count("aria-sort=") == 1
    assert 'name="sap" value="-HSTT"' in html  # applying a filter keeps the order
    assert reader.get("/xep-hang/", {"ky": "2023-Q1", "chi-tieu": "HSTT"}).status_code == 200


@pytest.mark.parametrize(
    ("order", "units"),
    [
        ("", "Ba Bốn Hai Một"),
        ("-don-vi", "Một Hai Bốn Ba"),
        ("-HSTT", "Một Hai Ba Bốn"),
        ("HSTT", "Ba Hai Một Bốn"),
        ("-dat", "Một Ba Hai Bốn"),
        ("PAKN", "Ba Bốn Hai Một"),  # nobody is ranked in it
    ],
)
def test_rows_sort_by_name_by_indicator_and_by_targets_reached(
    reader: Client, order: str, units: str
) -> None:
    assert units_in_order(page(reader, sap=order)) == [f"Xã {name}" for name in units.split()]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"ky": "2099-Q1"}, "Không có kỳ “2099-Q1” trong hệ thống; đang xem Quý I/2023"),
        ({"cap": "thon"}, "Không có cấp “thon”"),
        ({"trong": "999999"}, "Không có đơn vị số “999999”"),
        ({"sap": "-HAILONG"}, "Không sắp xếp được theo “-HAILONG”"),
        ({"sap": "tuổi"}, "Không sắp xếp được theo “tuổi”"),
        ({"ky": "\0x", "tim": "\0\x08", "trang": "-1"}, "Không có kỳ “x”"),
    ],
)
def test_an_unknown_choice_gets_a_message_and_the_page_stays_usable(
    reader: Client, query: dict[str, str], message: str
) -> None:
    html = page(reader, **query)

    assert message in html
    assert units_in_order(html)[0] == "Xã Ba"


def test_a_search_finds_units_and_leaves_the_sums(reader: Client) -> None:
    html = page(reader, tim="xa ba")

    assert units_in_order(html) == ["Xã Ba"]
    assert "1 đơn vị khớp tên" in html
    assert "<td>61,33" in html
    assert "Không có đơn vị nào khớp “zzz”" in page(reader, tim="zzz")


def test_before_any_figure_the_page_says_what_to_do(client: Client) -> None:
    client.force_login(make_person("moi"))

    assert "Chưa có số liệu nào để so" in page(client)
    assert client.get(reverse("heat_map_xlsx")).status_code == 404
    assert client.get(reverse("heat_map_csv")).status_code == 404


def test_a_level_without_figures_offers_the_periods_that_have_some(reader: Client) -> None:
    html = page(reader, cap="huyen")

    assert "Không có số liệu nào của kỳ và cấp này" in html
    assert 'href="?ky=2023-Q1&amp;cap=huyen' in html


def test_the_persons_own_unit_is_marked(client: Client, scene: Scene) -> None:
    client.force_login(make_person("xa", role=Role.OFFICER, unit=scene.communes[1]))

    [row] = re.findall(r'<tr class="mine">.*?</tr>', page(client))
    assert "Xã Hai" in row
    assert "★" in row


def test_the_league_and_the_leaders_home_lead_here_with_their_period_and_place(
    reader: Client, scene: Scene
) -> None:
    league = reader.get(reverse("league"), {"ky": "2023-Q1", "cap": "huyen"}).content.decode()
    assert f'href="/ban-do-nhiet/?ky=2023-Q1&amp;cap=huyen&amp;trong={scene.province.pk}"' in league
    home = reader.get(reverse("home")).content.decode()
    assert f'href="/ban-do-nhiet/?ky=2023-Q1&amp;trong={scene.province.pk}"' in home


def test_the_help_of_the_page_is_its_own(reader: Client) -> None:
    assert 'href="/tro-giup/ban-do-nhiet/"' in page(reader)


# --- many units -----------------------------------------------------------------------------------


def fill(scene: Scene, *, units: int, indicators: int) -> None:
    """Give many units a figure or a reason for many indicators, all assigned."""
    more = make_units([f"Thêm {number}" for number in range(units)], parent=scene.district)
    plan = scene.assign({}, code="nua", is_issued=False)
    for place, indicator in enumerate(make_indicators(indicators)):
        told = {
            unit: State.NOT_ARISING if number % 4 == place % 4 else (number % 100, 101)
            for number, unit in enumerate(more)
        }
        scene.record(told, indicator=indicator)
        assign_more(plan, indicator, dict.fromkeys(more, "90"))
    plan.state = PlanState.ISSUED
    plan.save()


def elements(html: str) -> int:
    return len(re.findall(r"<[a-z]", html))


def test_fifty_units_of_thirty_indicators_stay_within_the_budget(reader: Client, scene: Scene) -> None:
    fill(scene, units=60, indicators=27)

    html = page(reader)

    assert len(units_in_order(html)) == 50
    assert "Trang 1 / 2" in html
    assert elements(html) <= 3_500
    assert len(gzip.compress(html.encode())) <= 40_000
    assert len(units_in_order(page(reader, trang="2"))) == 14
    assert "Xem tất cả 64 đơn vị" in html
    assert len(units_in_order(page(reader, **{"tat-ca": "1"}))) == 64


@pytest.mark.parametrize(("indicators", "on_first_page"), [(21, 300), (30, 256)])
def test_a_whole_province_stays_within_its_budget_and_codes_keep_their_words(
    reader: Client, scene: Scene, indicators: int, on_first_page: int
) -> None:
    fill(scene, units=296, indicators=indicators)

    html = page(reader, **{"tat-ca": "1"})

    assert len(units_in_order(html)) == on_first_page
    assert elements(html) <= 10_000
    assert len(gzip.compress(html.encode())) <= 150_000
    assert '<td class="no" title="không phát sinh">[kps]' in html
    assert "Xem tất cả" not in html


def test_the_page_costs_the_same_queries_with_many_units_and_indicators(reader: Client, scene: Scene) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(reader)
        return len(captured)

    few = queries()
    fill(scene, units=40, indicators=10)
    assert queries() == few


# --- files ----------------------------------------------------------------------------------------


def test_the_workbook_has_numbers_as_numbers_codes_as_text_and_every_level_in_words(reader: Client) -> None:
    rows = sheet_of(reader.get(reverse("heat_map_xlsx"), {"sap": "-HSTT"}).content)

    head = next(at for at, row in enumerate(rows) if row[0] == "Đơn vị")
    assert rows[head] == [
        *("Đơn vị", "Thuộc", "Số chỉ tiêu đạt", "Số chỉ tiêu được đánh giá"),
        *("Hồ sơ trực tuyến (%)", "Mức: Hồ sơ trực tuyến"),
        *("Số hóa (%)", "Mức: Số hóa", "Phản ánh (%)", "Mức: Phản ánh"),
    ]
    assert rows[head + 1 :] == [
        ["Xã Một", "Huyện Ba Chẽ", 1, 1, 95, "▲ Đạt", 50, "kém hơn trung vị", 75, "[ith] ít hồ sơ (3/4)"],
        [
            "Xã Hai",
            "Huyện Ba Chẽ",
            0,
            1,
            89,
            "≈ Gần đạt",
            70,
            "tốt hơn trung vị",
            "[csl]",
            "[csl] chưa có số liệu",
        ],
        [
            "Xã Ba",
            "Huyện Ba Chẽ",
            0,
            1,
            0,
            "▼▼ Còn xa",
            60,
            "bằng trung vị",
            "[kps]",
            "[kps] không phát sinh",
        ],
        [
            *("Xã Bốn", "Huyện Ba Chẽ", 0, 0, "[csl]", "[csl] chưa có số liệu"),
            *("[csl]", "[csl] chưa có số liệu", "[ccb]", "[ccb] chưa trích xuất được"),
        ],
    ]
    above = [row[0] for row in rows[:head] if row[0]]
    assert above[0] == "Bản đồ nhiệt cấp xã, Quý I/2023"
    [legend] = [line for line in above if line.startswith("Chú giải: ▲ Đạt")]
    assert "· [kps] không phát sinh ·" in legend
    assert len(above) == 7  # they stay in sight above the rows, so they are few
    assert "Phạm vi: Tỉnh Quảng Ninh" in above
    assert any(line.endswith("có số liệu: Hài lòng.") for line in above)


def test_what_sums_an_indicator_up_stands_on_a_sheet_of_its_own(reader: Client) -> None:
    book = openpyxl.load_workbook(BytesIO(reader.get(reverse("heat_map_xlsx")).content))

    assert book.sheetnames == ["Bản đồ nhiệt", "Theo chỉ tiêu"]
    rows = [list(row) for row in book.worksheets[1].iter_rows(min_row=3, values_only=True)]
    assert rows == [
        [
            *("Chỉ tiêu", "Đơn vị tính", "Số đơn vị đạt", "Số đơn vị được đánh giá", "Số đơn vị có số"),
            *("Số đơn vị", "Trung vị", "Cả phạm vi"),
        ],
        ["Hồ sơ trực tuyến", "%", 1, 3, 3, 4, 89, 61.33],
        ["Số hóa", "%", "chưa giao", 0, 3, 4, 60, "không quy đổi được"],
        ["Phản ánh", "%", "chưa giao", 0, 1, 4, "chưa có số", 75],
    ]


def test_the_csv_has_the_units_rows_for_programs(reader: Client) -> None:
    answer = reader.get(reverse("heat_map_csv"))

    assert answer["Content-Disposition"] == 'attachment; filename="ban-do-nhiet-2023-q1-xa.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:5] == [
        "Đơn vị",
        "Thuộc",
        "Số chỉ tiêu đạt",
        "Số chỉ tiêu được đánh giá",
        "Hồ sơ trực tuyến (%)",
    ]
    assert rows[1][4:] == ["0", "▼▼ Còn xa", "60", "bằng trung vị", "[kps]", "[kps] không phát sinh"]
    assert len(rows) == 5


def test_no_name_is_a_formula_in_either_file_nor_markup_on_the_page(reader: Client, scene: Scene) -> None:
    [unit] = make_units(["<b>"], parent=scene.district)
    unit.versions.update(full_name="=1+1<b>")

    csv_rows = list(csv.reader(StringIO(reader.get(reverse("heat_map_csv")).content.decode("utf-8-sig"))))
    assert "'=1+1<b>" in [row[0] for row in csv_rows]
    sheet = openpyxl.load_workbook(BytesIO(reader.get(reverse("heat_map_xlsx")).content)).worksheets[0]
    [cell] = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1<b>"]
    assert cell.data_type == "s"
    assert "=1+1&lt;b&gt;</a>" in page(reader)
