"""The pages on which the office publishes a table, corrects it and takes it back."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from documents.models import Document
from indicators.models import Period, Source, State
from reports import services
from reports.models import Publication
from reports.selectors import publications
from tests.builders import make_person
from tests.indicators.builders import make_period
from tests.reports.publishing import (
    AT,
    address,
    choice_of,
    hidden,
    make_judged_scene,
    make_public,
    public_page,
    publish,
    rows_of_file,
    text,
)
from tests.reports.tables import Scene, make_scene
from units import services as unit_services
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_judged_scene()


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
    assert "công bố ngày" in page
    assert "Kế hoạch 269/KH-UBND ngày 30/10/2023" in page
    assert "Xã Bốn" in page
    assert "Chưa có số liệu" in page
    assert "Cao là tốt" in page  # the definition


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


def test_no_change_since_another_period_gives_that_periods_figures_away(desk: Client, scene: Scene) -> None:
    a, b, c, _ = scene.communes
    scene.record({a: (12, 100), b: (50, 100), c: (60, 100)}, period=make_period("2022-Q4"))
    compared = address(scene, **{"so-sanh": "2022-Q4"})
    desk.post(compared, hidden(desk.get(compared).content.decode()))

    publication = Publication.objects.get()

    assert "Quý IV/2022" not in public_page(publication)
    assert "Đổi hạng" not in public_page(publication)
    assert "Thay đổi" not in str(rows_of_file(publication))


def test_what_a_source_printed_does_not_reach_the_public(desk: Client, scene: Scene) -> None:
    scene.record({scene.communes[3]: State.NOT_PUBLISHED}, printed="chị Lan 0912 345 678 chưa gửi")
    desk.post(address(scene), hidden(desk.get(address(scene)).content.decode()))
    publication = Publication.objects.get()
    assert "0912" not in str(rows_of_file(publication))
    assert "0912" not in public_page(publication)


def test_the_table_of_a_district_that_ended_is_corrected_and_taken_back_by_the_province(
    desk: Client, scene: Scene
) -> None:
    table = publications.league_to_publish(
        indicator=scene.indicator, period=scene.period, level="xa", within=scene.district
    )
    publication = publish(table, within=scene.district)
    for one in scene.communes:
        unit_services.change_unit(unit=one, on=date(2025, 7, 1), by=None, parent=scene.province)
    unit_services.abolish_unit(unit=scene.district, on=date(2025, 7, 1), by=None)

    assert desk.get(address(scene, trong=str(scene.district.pk))).status_code == 200
    assert desk.get(reverse("publication_withdraw", args=[publication.pk])).status_code == 200


def test_the_whole_table_is_looked_at_before_it_is_published(client: Client) -> None:
    scene = make_scene(405)
    scene.record({unit: (number, 1000) for number, unit in enumerate(scene.communes, 1)})
    client.force_login(make_person("vp", role=Role.OFFICE, unit=scene.province))
    page = client.get(address(scene)).content.decode()
    assert page.count('<th scope="row" class="unit">') == 405


def test_before_publishing_the_office_reads_what_may_still_change(desk: Client, scene: Scene) -> None:
    Period.objects.update(open_for_entry=True)
    replaced = Document.objects.create(
        code="CU", number="1/QĐ-CU", issuer="UBND tỉnh", superseded_by=Document.objects.get(code="KH1")
    )
    page = desk.get(address(scene))
    assert "Kỳ này còn đang thu số liệu" in text(page)
    assert replaced.number not in text(page)


def test_what_was_taken_back_is_said_before_it_is_published_again_and_leads_nowhere(
    desk: Client, office: User, scene: Scene
) -> None:
    first = make_public(scene)
    scene.record({scene.communes[3]: (50, 100)})
    second = make_public(scene, seen_steps=1, reason="Xã Bốn nộp muộn")
    services.withdraw_publication(publication=second, reason="Đang rà soát", by=office, at=AT)
    page = text(desk.get(address(scene)))
    assert "Lần 2 đã thu hồi ngày 20/1/2024 (Đang rà soát)" in page
    assert "thay cho lần đó" not in page
    assert "Xem lần 2" not in public_page(first)


def test_taking_a_table_back_tells_which_others_show_the_same_figures(desk: Client, scene: Scene) -> None:
    publish(
        publications.league_to_publish(
            indicator=scene.indicator, period=scene.period, level="xa", within=scene.district
        ),
        within=scene.district,
    )
    publication = make_public(scene)
    page = text(desk.get(reverse("publication_withdraw", args=[publication.pk])))
    assert "Hồ sơ trực tuyến, cấp xã, Quý I/2023, Huyện Ba Chẽ" in page
