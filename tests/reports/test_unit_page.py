"""A unit's page: names through time, figures with source, origin and history, targets, rank."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from imports.models import Batch, BatchState
from indicators.models import PublishedTarget, Source, State
from targets.models import Plan
from tests.builders import make_person
from tests.indicators.builders import make_indicator, make_period
from tests.reports.tables import AT, Scene, make_scene
from units import services as unit_services
from units.models import Role, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(3)


@pytest.fixture
def office(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=scene.province))
    return client


def page(client: Client, unit: Unit) -> str:
    response = client.get(reverse("unit", args=[unit.pk]))
    assert response.status_code == 200
    return response.content.decode()


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_sentence_says_figure_rank_and_target(office: Client, scene: Scene) -> None:
    a, b, _ = scene.communes
    scene.record({a: (89, 100), b: (99, 100)})
    scene.assign({a: "90", b: "90"})

    said = text(page(office, a))

    assert (
        "Hồ sơ trực tuyến 89,00 %, Quý I/2023: hạng 2 trong 2 xã, phường, thị trấn "
        "đã xếp hạng của Tỉnh Quảng Ninh." in said
    )
    assert "Chưa đạt chỉ tiêu 90 %, còn thiếu 1,00 điểm % (1 hồ sơ)." in said


def test_a_figure_leads_to_its_file_sheet_and_row(office: Client, scene: Scene) -> None:
    person = make_person("nguoi-nhap")
    batch = Batch.objects.create(
        filename="phu_luc.xlsx", sha256="0" * 64, size=1, created_by=person, created_at=AT,
        state=BatchState.PREVIEW,
    )  # fmt: skip
    scene.record({scene.communes[0]: "89.9"}, printed="89,9%", origin=f"batch:{batch.pk};II. Cap xa;15")

    html = page(office, scene.communes[0])

    assert "Tệp phu_luc.xlsx, sheet “II. Cap xa”, dòng 15" in html
    assert reverse("import_batch", args=[batch.pk]) in html
    said = text(html)
    for words in ("89,9%", "Cổng Dịch vụ công quốc gia", "trích xuất 17/7/2023"):
        assert words in said


def test_the_history_says_who_when_why_and_what_it_was(office: Client, scene: Scene) -> None:
    unit = scene.communes[0]
    scene.record({unit: (50, 100)})
    scene.record({unit: State.NOT_ARISING}, extracted_on=date(2023, 8, 1))

    html = page(office, unit)

    assert "Lịch sử (2)" in html
    said = text(html)
    assert "50,00 % (50/100) → Không phát sinh 10:00 20/7/2023 , Dòng lệnh: kiểm thử" in said


def test_figures_that_another_source_overrides_say_so(office: Client, scene: Scene) -> None:
    unit = scene.communes[0]
    scene.record({unit: "50"})
    scene.record({unit: "60"}, source=Source.UNIT.value)

    assert page(office, unit).count("không dùng để xếp hạng: đã có nguồn đứng trước") == 1


def test_simulated_figures_stand_apart_under_their_label(office: Client, scene: Scene) -> None:
    unit = scene.communes[0]
    scene.record({unit: "12"}, source=Source.SIMULATED.value)

    html = page(office, unit)

    assert "Chưa có số liệu chính thức nào của đơn vị này." in html
    assert "12,00 %" in html[html.index("<h2>Số liệu mô phỏng</h2>") :]
    assert "chưa có số liệu nào trong hệ thống" in text(html)  # nothing of it reaches the sentence


def test_targets_of_plans_and_of_documents_are_listed(office: Client, scene: Scene) -> None:
    unit = scene.communes[0]
    scene.record({unit: (95, 100)})
    plan = scene.assign({unit: "95"}, maintain=(unit,))
    assert plan.document is not None
    PublishedTarget.objects.create(
        document=plan.document,
        unit=unit,
        indicator=scene.indicator,
        printed="95 %",
        value=95,
        origin="kiểm thử",
    )

    said = text(page(office, unit))

    assert "Duy trì kết quả đạt được" in said
    assert "in trong 269/KH-UBND" in said


def test_names_through_time_and_the_units_below_are_shown(office: Client, scene: Scene) -> None:
    unit_services.change_unit(unit=scene.district, on=date(2022, 1, 1), by=None, name="Ba Chẽ Mới")

    said = text(page(office, scene.district))

    assert "Huyện Ba Chẽ Mới, Tỉnh Quảng Ninh (từ 1/1/2022)" in said
    assert "Huyện Ba Chẽ, Tỉnh Quảng Ninh (từ 1/1/2020 đến trước 1/1/2022)" in said
    assert "3 đơn vị" in said


def test_a_unit_that_is_no_more_keeps_its_page(office: Client, scene: Scene) -> None:
    unit = scene.communes[2]
    scene.record({unit: "70"})
    unit_services.abolish_unit(unit=unit, on=date(2024, 1, 1), by=None)

    said = text(page(office, unit))

    assert "Đơn vị này đã thôi tồn tại" in said
    assert "70,00 %" in said


def test_an_unknown_unit_is_not_found(office: Client) -> None:
    assert office.get(reverse("unit", args=[999999])).status_code == 404
    nameless = Unit.objects.create(key="trong", origin="kiểm thử")
    assert office.get(reverse("unit", args=[nameless.pk])).status_code == 404


def test_many_figures_and_changes_ask_the_database_no_more_often(office: Client, scene: Scene) -> None:
    unit = scene.communes[0]
    others = [make_indicator(f"CT{n}", short_name=f"Chỉ tiêu {n}") for n in range(5)]
    for n, code in enumerate(["2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4", "2023-Q1", "2023-Q2"]):
        period = make_period(code)
        for indicator in [scene.indicator, *others]:
            for step in range(2):
                scene.record(
                    {unit: (n + step, 100)}, period=period, indicator=indicator, origin=f"batch:{n};S;{step}",
                    extracted_on=date(2023, 7, 17 + step),
                )  # fmt: skip
    scene.assign({unit: "90"})
    page(office, unit)

    with CaptureQueriesContext(connection) as captured:
        html = page(office, unit)

    assert html.count("Lịch sử (2)") == 36
    assert len(captured) <= 30, [query["sql"][:120] for query in captured]
    assert Plan.objects.count() == 1
