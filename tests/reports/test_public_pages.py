"""The pages that everybody reads without logging in."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from documents.models import Document
from indicators.models import State
from reports import services
from reports.models import Publication
from reports.selectors import publications
from tests.builders import make_person, make_units
from tests.indicators.builders import make_period
from tests.reports.publishing import (
    AT,
    make_judged_scene,
    make_public,
    public_page,
    publish,
    rows_of_file,
    said_of,
    text,
)
from tests.reports.tables import Scene, make_scene
from units.models import Kind, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_judged_scene()


@pytest.fixture
def office(scene: Scene) -> User:
    return make_person("Trần Minh Hà", role=Role.OFFICE, unit=scene.province)


@pytest.fixture
def stranger() -> Client:
    return Client()


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
    second = make_public(scene, by=office, seen_steps=1, reason="Xã Bốn nộp muộn")
    services.withdraw_publication(publication=second, reason="Nhầm kỳ", by=office, at=AT)
    third = make_public(scene, by=office, seen_steps=3, reason="Đã đối soát")

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
    assert "Xã Hai xếp thứ 2 trong 3 xã, phường, thị trấn của Tỉnh Quảng Ninh: 89,00 %." in page
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


def test_a_papers_later_number_does_not_change_what_a_public_page_cites(scene: Scene) -> None:
    paper = Document.objects.get(code="KH1")
    publication = make_public(scene, document=paper)
    Document.objects.update(number="99/KH-UBND")
    assert "Kế hoạch 269/KH-UBND ngày 30/10/2023" in public_page(publication)
    assert "99/KH-UBND" not in public_page(publication)
    assert "99/KH-UBND" not in str(rows_of_file(publication))


def test_a_strict_target_a_kept_one_and_one_with_decimals_are_said_as_they_are() -> None:
    scene = make_scene(3, decimals=0)
    a, b, c = scene.communes
    scene.record({a: (90, 100), b: (95, 100), c: (88, 100)})
    scene.assign({a: "90", b: "95", c: "90.5"}, strict=(a,), maintain=(b,))
    make_public(scene)
    assert "chỉ tiêu trên 90 %: gần đạt" in said_of(a)
    assert "chỉ tiêu 95 %: duy trì" in said_of(b)
    assert "chỉ tiêu 90,5 %: gần đạt, còn thiếu 3 hồ sơ" in said_of(c)


def test_a_unit_without_a_rank_reads_why() -> None:
    scene = make_scene(3, min_cases=10)
    a, b, c = scene.communes
    scene.record({a: (2, 3), b: State.NOT_ARISING, c: (91, 100)})
    earlier = make_period("2022-Q4")
    scene.record({a: (90, 100)}, period=earlier)
    make_public(scene)
    publish(
        publications.league_to_publish(
            indicator=scene.indicator, period=earlier, level="xa", within=scene.province
        ),
        within=scene.province,
    )
    page = said_of(a)
    # Its latest figure leads, though an earlier one has a rank.
    assert "Xã Một chưa được xếp hạng." in page
    assert "Hồ sơ trực tuyến, Quý I/2023: ít hồ sơ (2/3); dưới 10 hồ sơ thì không xếp hạng." in page
    assert "không phát sinh." in said_of(b)


def test_the_headline_is_of_the_widest_table_and_names_its_area(scene: Scene) -> None:
    [other] = make_units(["Khác"], kind=Kind.HUYEN, parent=scene.province)
    others = make_units(["Bảy", "Tám"], parent=other)
    scene.record(dict.fromkeys(others, (99, 100)))
    publish(
        publications.league_to_publish(
            indicator=scene.indicator, period=scene.period, level="xa", within=scene.district
        ),
        within=scene.district,
    )
    make_public(scene)
    assert "Xã Một xếp thứ 3 trong 5 xã, phường, thị trấn của Tỉnh Quảng Ninh: 95,00 %." in said_of(
        scene.communes[0]
    )


def test_what_is_counted_is_named_as_the_catalogue_names_it() -> None:
    scene = make_scene(
        2, numerator="TTHC có phát sinh", denominator="Lượt đánh giá của người dân", min_cases=10
    )
    scene.record({scene.communes[0]: (9, 10)})
    publication = make_public(scene)
    assert "9 trên 10 (TTHC có phát sinh trên lượt đánh giá của người dân)" in said_of(scene.communes[0])
    assert "Dưới 10 lượt thì không xếp hạng" in public_page(publication)


def test_the_footer_promises_nothing_that_a_public_page_does_not_keep(scene: Scene) -> None:
    assert "người nhập và thời điểm" not in public_page(make_public(scene))


@pytest.mark.parametrize("name", ["public_league", "public_league_xlsx", "public_unit"])
@pytest.mark.parametrize("pk", [0, 2**63, 10**30])
def test_an_address_of_nothing_is_not_found(stranger: Client, name: str, pk: int) -> None:
    assert stranger.get(reverse(name, args=[pk])).status_code == 404


def test_strangers_ask_anew_each_time_so_that_nothing_taken_back_lingers(
    scene: Scene, stranger: Client
) -> None:
    publication = make_public(scene)
    for name in ("public_league", "public_league_xlsx"):
        answer = stranger.get(reverse(name, args=[publication.pk]))
        assert answer.headers["Cache-Control"] == "no-cache"


def test_a_search_says_how_many_it_found_and_other_pages_keep_it(scene: Scene, stranger: Client) -> None:
    publication = make_public(scene)
    found = stranger.get(reverse("public_league", args=[publication.pk]), {"tim": "xa hai"})
    assert "1 đơn vị được xếp hạng và 0 đơn vị không xếp hạng khớp tên" in text(found)
    Publication.objects.bulk_create(
        Publication(
            code=publication.code,
            indicator=publication.indicator,
            period=make_period(f"{2000 + number // 4}-Q{number % 4 + 1}"),
            level="xa",
            within=publication.within,
            revision=1,
            content=publication.content,
            at=AT,
        )
        for number in range(1, 102)
        if f"{2000 + number // 4}-Q{number % 4 + 1}" != publication.period.code
    )
    listed = stranger.get(reverse("public"), {"tim": "xa hai"}).content.decode()
    assert re.search(r'href="\?tim=xa\+hai&amp;trang=2"', listed)


@pytest.mark.parametrize("communes", [3, 60])
def test_a_public_table_takes_the_same_queries_however_many_units_it_has(
    communes: int, stranger: Client
) -> None:
    scene = make_scene(communes)
    scene.record({unit: (number, 100) for number, unit in enumerate(scene.communes, 1)})
    publication = make_public(scene)
    with CaptureQueriesContext(connection) as queries:
        stranger.get(reverse("public_league", args=[publication.pk]))
    assert len(queries) == 3, [query["sql"][:80] for query in queries]
