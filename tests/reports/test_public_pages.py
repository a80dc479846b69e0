"""The pages of publishing, and those that everybody reads without logging in."""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from documents.models import Document
from indicators.models import Source
from reports import services
from reports.models import Publication
from reports.selectors import league as league_selectors
from tests.builders import make_person
from tests.indicators.builders import make_period
from tests.reports.publishing import AT, publish
from tests.reports.tables import Scene, make_scene
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = make_scene(4)
    a, b, c, _ = made.communes
    made.record({a: (95, 100), b: (89, 100), c: (6000, 10000)})
    made.assign({a: "90", b: "90", c: "90"})
    return made


@pytest.fixture
def office(scene: Scene) -> User:
    return make_person("Trần Minh Hà", role=Role.OFFICE, unit=scene.province)


@pytest.fixture
def desk(client: Client, office: User) -> Client:
    client.force_login(office)
    return client


@pytest.fixture
def stranger() -> Client:
    return Client()


def choice_of(scene: Scene) -> dict[str, str]:
    return {"chi-tieu": "HSTT", "ky": scene.period.code, "cap": "xa", "trong": str(scene.province.pk)}


def address(scene: Scene, **choice: str) -> str:
    return f"{reverse('league_publish')}?{urlencode(choice_of(scene) | choice)}"


def make_public(scene: Scene, **said: Any) -> Publication:
    table = league_selectors.league(
        indicator=scene.indicator, period=scene.period, level="xa", within=scene.province
    )
    return publish(table, within=scene.province, **said)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(seen\w*)" value="(\w*)"', page))


def text(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_the_office_looks_publishes_and_everybody_reads_the_same_table(
    desk: Client, scene: Scene, stranger: Client
) -> None:
    looked = desk.get(address(scene))
    assert "Chưa công bố lần nào." in text(looked)
    assert "1 trong 4 đơn vị không xếp hạng (1 chưa có số liệu)." in text(looked)
    assert not Publication.objects.exists()

    document = Document.objects.get(code="KH1")
    made = desk.post(address(scene), hidden(looked.content.decode()) | {"document": document.pk})

    publication = Publication.objects.get()
    assert made.headers["Location"] == reverse("public_league", args=[publication.pk])
    read = stranger.get(made.headers["Location"])
    assert read.status_code == 200
    page = text(read)
    assert "Hồ sơ trực tuyến, cấp xã, Quý I/2023" in page
    assert "1 trong 3 xã, phường, thị trấn đã đạt 90 %." in page
    assert "số liệu ngày: 17/7/2023" in page
    assert "văn bản 269/KH-UBND" in page
    assert "Xã Bốn" in page
    assert "Chưa có số liệu" in page
    assert "Cao là tốt" in page  # the definition


def test_what_was_not_published_is_nowhere_on_the_public_pages(scene: Scene, stranger: Client) -> None:
    later = make_period("2023-Q2")
    scene.record({scene.communes[0]: (12, 100)}, period=later)
    publication = make_public(scene)

    for url in (
        reverse("public"),
        reverse("public") + "?tim=xa",
        reverse("public_league", args=[publication.pk]),
        reverse("public_unit", args=[scene.communes[0].pk]),
    ):
        page = text(stranger.get(url))
        assert "Quý I/2023" in page
        assert "Quý II/2023" not in page
        assert "12,00" not in page


def test_no_officer_is_named_to_the_public_nor_is_a_telephone(
    scene: Scene, office: User, stranger: Client, settings: Any
) -> None:
    settings.SUPPORT_CONTACT = "điện thoại 0203 3838 000"
    first = make_public(scene, by=office)
    scene.record({scene.communes[3]: (50, 100)}, extracted_on=None)
    second = make_public(scene, by=office, seen_revision=1, reason="Xã Bốn nộp muộn")
    services.withdraw_publication(publication=second, reason="Nhầm kỳ", by=office, at=AT)
    third = make_public(scene, by=office, seen_revision=2, reason="Đã đối soát")

    asked = [
        reverse("public"),
        reverse("public") + "?tim=xa",
        reverse("public_unit", args=[scene.communes[0].pk]),
    ]
    asked += [reverse("public_league", args=[one.pk]) for one in (first, second, third)]
    for url in asked:
        page = stranger.get(url).content.decode()
        assert "Trần Minh Hà" not in page, url
        assert "0203" not in page, url


def test_a_stranger_is_given_no_cookie_and_no_session(scene: Scene, stranger: Client) -> None:
    publication = make_public(scene)
    for url in (reverse("public"), reverse("public_league", args=[publication.pk])):
        assert not stranger.get(url).cookies


def test_somebody_looks_for_the_own_commune_and_reads_where_it_stands_and_why(
    scene: Scene, stranger: Client
) -> None:
    make_public(scene)

    found = stranger.get(reverse("public"), {"tim": "xa hai"})
    assert f'href="/cong-khai/don-vi/{scene.communes[1].pk}/"' in found.content.decode()

    page = text(stranger.get(reverse("public_unit", args=[scene.communes[1].pk])))
    assert "Xã Hai xếp thứ 2 trong 3 xã, phường, thị trấn: 89,00 %." in page
    assert "89 trên 100" in page
    assert "gần đạt, còn thiếu 1 hồ sơ" in page
    unranked = text(stranger.get(reverse("public_unit", args=[scene.communes[3].pk])))
    assert "Xã Bốn chưa được xếp hạng." in unranked
    assert "Chưa có số liệu" in unranked


@pytest.mark.parametrize("search", ["\0", "%", "_", "'; DROP", "Đ" * 500, "   "])
def test_an_odd_search_finds_nothing_and_breaks_nothing(scene: Scene, stranger: Client, search: str) -> None:
    publication = make_public(scene)
    for url in (reverse("public"), reverse("public_league", args=[publication.pk])):
        assert stranger.get(url, {"tim": search, "sap": search, "trang": search}).status_code == 200


def test_the_file_holds_the_published_figures_as_numbers_with_their_day(
    scene: Scene, stranger: Client
) -> None:
    publication = make_public(scene)
    scene.record({scene.communes[0]: (1, 100)})  # a correction that nobody has published

    answer = stranger.get(reverse("public_league_xlsx", args=[publication.pk]))

    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    said = " ".join(str(value) for row in cells for value in row if value is not None)
    assert "Công bố lần 1 ngày 20/1/2024" in said
    assert "Số liệu ngày: 17/7/2023" in said
    [line] = [row for row in cells if "Xã Một" in row]
    assert 95 in line


def test_figures_that_change_between_looking_and_publishing_are_looked_at_again(
    desk: Client, scene: Scene
) -> None:
    seen = hidden(desk.get(address(scene)).content.decode())
    scene.record({scene.communes[0]: (50, 100)})

    answer = desk.post(address(scene), seen)

    assert not Publication.objects.exists()
    assert "Số liệu đã đổi sau khi bạn mở trang này." in text(answer)
    assert "<title>Lỗi: " in answer.content.decode()
    desk.post(address(scene), hidden(answer.content.decode()))
    assert Publication.objects.get().rows.get(name="Xã Một").figures["value"] == "50"


def test_a_correction_shows_what_differs_asks_why_and_leaves_the_earlier_one_readable(
    desk: Client, scene: Scene, stranger: Client
) -> None:
    first = make_public(scene)
    assert "không khác một chữ số nào" in text(desk.get(address(scene)))
    scene.record({scene.communes[1]: (91, 100)})

    looked = desk.get(address(scene))
    assert "1 đơn vị khác bản đang công khai" in text(looked)
    assert "Hạng 2, 89,00 % (89/100), chỉ tiêu 90" in text(looked)
    without = desk.post(address(scene), hidden(looked.content.decode()))
    assert "Hãy ghi lý do" in text(without)
    desk.post(address(scene), hidden(looked.content.decode()) | {"reason": "Đối soát lại với Cổng"})

    second = Publication.objects.get(revision=2)
    old = text(stranger.get(reverse("public_league", args=[first.pk])))
    assert "Bản này đã được thay." in old
    assert "Đối soát lại với Cổng" in old
    assert "89,00" in old
    assert "91,00" in text(stranger.get(reverse("public_league", args=[second.pk])))
    assert f'href="/cong-khai/{first.pk}/"' not in stranger.get(reverse("public")).content.decode()


def test_a_table_taken_back_is_gone_with_its_figures_and_says_why(
    desk: Client, scene: Scene, stranger: Client
) -> None:
    publication = make_public(scene)
    refused = desk.post(reverse("publication_withdraw", args=[publication.pk]), {"reason": " "})
    assert "Hãy ghi lý do" in text(refused)
    desk.post(reverse("publication_withdraw", args=[publication.pk]), {"reason": "Công bố nhầm kỳ"})

    gone = stranger.get(reverse("public_league", args=[publication.pk]))
    assert gone.status_code == 410
    assert "Công bố nhầm kỳ" in text(gone)
    assert "95,00" not in text(gone)
    assert stranger.get(reverse("public_league_xlsx", args=[publication.pk])).status_code == 404
    assert stranger.get(reverse("public_unit", args=[scene.communes[0].pk])).status_code == 404
    assert "Chưa công bố bảng xếp hạng nào." in text(stranger.get(reverse("public")))


def test_no_table_of_every_province_of_an_unknown_choice_or_of_simulated_figures_is_published(
    desk: Client, scene: Scene
) -> None:
    assert desk.get(address(scene, trong="tat-ca")).status_code == 403
    assert desk.get(address(scene, ky="2019-Q9")).status_code == 404
    scene.record({scene.communes[3]: (7, 100)}, source=Source.SIMULATED.value)
    asked = choice_of(scene)
    simulated = desk.get(reverse("league"), asked | {"nguon": "mo_phong"})
    assert reverse("league_publish") not in simulated.content.decode()
    assert "7,00" not in text(desk.get(address(scene, nguon="mo_phong")))


def test_the_league_page_leads_the_office_to_publishing_and_everybody_to_what_is_public(
    desk: Client, scene: Scene
) -> None:
    asked = choice_of(scene)
    page = desk.get(reverse("league"), asked).content.decode()
    assert reverse("league_publish") in page
    assert "Bản công khai" not in page
    publication = make_public(scene)
    leader = Client()
    leader.force_login(make_person("lanhdao", role=Role.LEADER, unit=scene.province))
    page = leader.get(reverse("league"), asked).content.decode()
    assert reverse("league_publish") not in page
    assert reverse("public_league", args=[publication.pk]) in page


def test_publishing_and_taking_back_stand_in_the_log_with_who_and_why(desk: Client, scene: Scene) -> None:
    looked = desk.get(address(scene))
    desk.post(address(scene), hidden(looked.content.decode()))
    publication = Publication.objects.get()
    desk.post(reverse("publication_withdraw", args=[publication.pk]), {"reason": "Công bố nhầm kỳ"})

    page = text(desk.get(reverse("data_log"), {"loai": "cong-bo"}))

    assert "Bảng Hồ sơ trực tuyến, cấp xã, Quý I/2023, Tỉnh Quảng Ninh" in page
    assert page.index("Thu hồi lần 1") < page.index("Công bố lần 1")
    assert "Công bố nhầm kỳ" in page
    assert page.count("Trần Minh Hà") >= 2


@pytest.mark.parametrize("communes", [3, 60])
def test_a_public_table_takes_the_same_queries_however_many_units_it_has(
    communes: int, stranger: Client
) -> None:
    scene = make_scene(communes)
    scene.record({unit: (number, 100) for number, unit in enumerate(scene.communes, 1)})
    publication = make_public(scene)
    with CaptureQueriesContext(connection) as queries:
        stranger.get(reverse("public_league", args=[publication.pk]))
    assert len(queries) == 4, [query["sql"][:80] for query in queries]
