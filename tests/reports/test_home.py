"""Home answers each person's own question."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.models import Document
from imports.models import Batch, BatchState
from indicators.models import Entry, PublishedTarget, State, Submission, SubmissionStatus
from reports import home_wording
from tests.builders import make_person, make_unit, make_units
from tests.indicators.builders import make_indicator, make_period
from tests.reports.tables import AT, Scene, make_scene
from units.models import Kind, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(4, period="2023-den-08-23", levels=["so", "huyen", "xa"])


def home(client: Client) -> str:
    response = client.get(reverse("home"))
    assert response.status_code == 200
    return response.content.decode()


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def aim(scene: Scene, value: str) -> None:
    document, _ = Document.objects.get_or_create(
        code="KH1", number="269/KH-UBND", issuer="UBND tỉnh", defaults={"issued_on": date(2023, 10, 30)}
    )
    PublishedTarget.objects.create(
        document=document, unit=scene.province, indicator=scene.indicator, printed=f"{value}%",
        value=Decimal(value), origin="kiểm thử",
    )  # fmt: skip


# --- leader --------------------------------------------------------------------------------------


@pytest.fixture
def leader(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("lanhdao", role=Role.LEADER, unit=scene.province))
    return client


def test_the_leader_reads_whether_the_province_reaches_its_target(leader: Client, scene: Scene) -> None:
    department = make_unit("Sở Tư pháp", kind=Kind.SO, parent=scene.province)
    a, b, c, _ = scene.communes
    # Own figures of all levels are added: 872 of 1.000. A district's row is its own work.
    scene.record(
        {department: (300, 400), scene.district: (92, 100), a: (400, 400), b: (80, 100), c: State.NOT_ARISING}
    )
    scene.assign({department: "90", scene.district: "90", a: "90", b: "90"})
    aim(scene, "90")

    said = text(home(leader))

    assert "Tỉnh đạt 87,2 % hồ sơ trực tuyến, chưa đến chỉ tiêu 90 %." in said
    assert "2 trong 4 đơn vị được giao chưa đạt; thiếu nhiều hồ sơ nhất là Sở Tư pháp (60)." in said
    assert "Số liệu đến 23/8/2023" in said
    assert "5/6 đơn vị có số liệu" in said
    assert "Còn thiếu để tỉnh đạt 90 % 28 hồ sơ" in said
    assert "Chưa có số liệu 1 / 6 đơn vị" in said
    assert said.index("Sở Tư pháp 75,0 90 60 hồ sơ") < said.index("Xã Hai 80,0 90 10 hồ sơ")


def test_the_first_report_of_a_new_quarter_does_not_become_the_provinces_state(
    leader: Client, scene: Scene
) -> None:
    scene.record(dict.fromkeys(scene.communes, (9, 10)))
    later = make_period("2023-Q4")
    scene.record({scene.communes[0]: (1, 10)}, period=later)

    assert "Số liệu đến 23/8/2023" in text(home(leader))


def test_the_leader_downloads_the_provinces_own_appendix(leader: Client, scene: Scene) -> None:
    scene.record({scene.communes[0]: (1, 2)})

    assert f'href="{reverse("appendix", args=["qninh-pl3"])}">Tải phụ lục Excel</a>' in home(leader)


def test_a_few_units_give_no_verdict_on_the_whole_province(leader: Client, scene: Scene) -> None:
    scene.record({scene.communes[0]: (985, 1000)})
    aim(scene, "90")

    said = text(home(leader))

    assert "Mới có 1 trong 5 đơn vị có số liệu đến 23/8/2023, chưa kết luận được cho toàn tỉnh." in said
    assert "Tỉnh đạt" not in said
    assert "Hồ sơ trực tuyến, các đơn vị đã có số liệu 98,5 %" in said


def test_rates_without_counts_are_not_made_into_a_provinces_rate(leader: Client, scene: Scene) -> None:
    scene.record({scene.communes[0]: "99", scene.communes[1]: "10"})
    aim(scene, "90")

    said = text(home(leader))

    assert "Chưa cộng được tỷ lệ hồ sơ trực tuyến của toàn tỉnh" in said
    assert "không quy đổi được" in said


def test_targets_that_nobody_measured_are_named_not_hidden(leader: Client, scene: Scene) -> None:
    scene.record({scene.communes[0]: (1, 2)})
    aim(scene, "90")
    document = Document.objects.get(code="KH1")
    payment = make_indicator("TTTT", short_name="Thanh toán trực tuyến")
    PublishedTarget.objects.create(
        document=document, unit=scene.province, indicator=payment,
        printed="35%", value=Decimal(35), origin="kiểm thử",
    )  # fmt: skip

    assert "Chưa có số liệu để đo 1 chỉ tiêu khác của tỉnh: Thanh toán trực tuyến" in text(home(leader))


def test_before_any_figure_the_leader_is_told_so(leader: Client) -> None:
    assert "Tỉnh chưa có số liệu hồ sơ trực tuyến của kỳ nào" in home(leader)


@pytest.mark.parametrize(
    ("value", "target", "shown"),
    [("87.2", "90", "87,2 %"), ("89.97", "90", "89,97 %"), ("90", "90", "90 %"), ("87.25", None, "87,3 %")],
)
def test_a_headline_never_rounds_a_missed_target_into_a_reached_one(
    value: str, target: str | None, shown: str
) -> None:
    assert home_wording.headline_rate(Decimal(value), None if target is None else Decimal(target)) == shown


def test_the_leaders_page_asks_the_database_a_constant_number_of_times(leader: Client, scene: Scene) -> None:
    more = make_units([f"Thêm {n}" for n in range(40)], parent=scene.district)
    scene.record({unit: (n, 100) for n, unit in enumerate([*scene.communes, *more])})
    scene.assign(dict.fromkeys([*scene.communes, *more], "90"))
    aim(scene, "90")
    home(leader)

    with CaptureQueriesContext(connection) as captured:
        home(leader)

    assert len(captured) <= 45, [query["sql"][:100] for query in captured]


# --- office --------------------------------------------------------------------------------------


def test_the_office_sees_its_queue_the_last_imports_and_where_figures_are_missing(
    client: Client, scene: Scene
) -> None:
    office = make_person("vanphong", role=Role.OFFICE, unit=scene.province)
    client.force_login(office)
    scene.record({scene.communes[0]: (1, 2)})
    quarter = make_period("2023-Q4", open_for_entry=True)
    Submission.objects.create(unit=scene.communes[0], period=quarter, status=SubmissionStatus.SENT)
    Submission.objects.create(unit=scene.communes[1], period=quarter, status=SubmissionStatus.RETURNED)
    Batch.objects.create(
        filename="cho_ghi.xlsx", sha256="0" * 64, size=1, created_by=office, created_at=AT,
        state=BatchState.PREVIEW, province=scene.province, period=scene.period,
    )  # fmt: skip

    said = text(home(client))

    assert "Trước hết: 1 báo cáo chờ duyệt, 1 lần nhập chờ xem và ghi." in said
    assert "Tỉnh Quảng Ninh còn 3 trong 4 xã chưa có số liệu đến 23/8/2023." in said
    assert "cho_ghi.xlsx" in said
    assert "1 đã gửi, 1 bị trả lại" in said


def test_the_office_downloads_the_appendices_of_its_provinces(client: Client, scene: Scene) -> None:
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=scene.province))
    scene.record({scene.communes[0]: (1, 2)})

    html = home(client)

    assert reverse("appendix", args=["qninh-pl3"]) in html
    assert reverse("appendix", args=["qnam-pl2"]) not in html


def test_an_office_with_nothing_waiting_is_told_so(client: Client, scene: Scene) -> None:
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=scene.province))

    assert "Không có việc nào đang chờ." in home(client)


# --- reviewer and officer ------------------------------------------------------------------------


def test_the_district_sees_what_waits_for_review_and_who_has_not_sent(client: Client, scene: Scene) -> None:
    client.force_login(make_person("huyen", role=Role.REVIEWER, unit=scene.district))
    quarter = make_period("2023-Q4", open_for_entry=True)
    sent = Submission.objects.create(unit=scene.communes[1], period=quarter, status=SubmissionStatus.SENT)
    sent.events.create(status=SubmissionStatus.SENT, by=make_person("xa"), at=AT)

    html = home(client)

    assert "1 báo cáo chờ duyệt, 3/4 đơn vị cấp dưới chưa gửi." in text(html)
    assert reverse("submission", args=[sent.pk]) in html
    assert "Huyện Ba Chẽ" not in text(html).split("Duyệt số liệu")[1]  # never its own


def test_the_officer_sees_what_is_missing_with_a_link_to_entry(client: Client, scene: Scene) -> None:
    unit = scene.communes[0]
    officer = make_person("xa", role=Role.OFFICER, unit=unit)
    client.force_login(officer)
    scene.record({unit: (1, 2), scene.communes[1]: (2, 2)})
    payment = make_indicator("TTTT", short_name="Thanh toán trực tuyến")
    quarter = make_period("2023-Q4", open_for_entry=True)
    submission = Submission.objects.create(unit=unit, period=quarter, status=SubmissionStatus.DRAFT)
    Entry.objects.create(
        submission=submission,
        indicator=payment,
        state=State.NOT_ARISING,
        updated_by=officer,
        updated_at=AT,
        revision=1,
    )

    html = home(client)

    said = text(html)
    assert "Quý IV/2023 còn 1 trong 2 chỉ tiêu chưa nhập." in said
    assert "Hồ sơ trực tuyến Chưa nhập" in said
    assert reverse("submission_enter", args=[unit.pk, "2023-Q4"]) in html
    assert "hạng 2 trong 2 xã, phường, thị trấn đã xếp hạng của Tỉnh Quảng Ninh" in said
    assert "Nhập số liệu Quý IV/2023" in said


@pytest.mark.parametrize(
    ("status", "button"),
    [(SubmissionStatus.RETURNED, "Sửa"), (SubmissionStatus.SENT, "Xem"), (SubmissionStatus.APPROVED, "Xem")],
)
def test_the_officers_button_says_what_the_report_still_takes(
    client: Client, scene: Scene, status: SubmissionStatus, button: str
) -> None:
    unit = scene.communes[0]
    client.force_login(make_person("xa", role=Role.OFFICER, unit=unit))
    quarter = make_period("2023-Q4", open_for_entry=True)
    Submission.objects.create(unit=unit, period=quarter, status=status)

    assert f">{button} số liệu Quý IV/2023</a>" in home(client)


def test_a_returned_report_comes_first_with_its_reason(client: Client, scene: Scene) -> None:
    unit = scene.communes[0]
    client.force_login(make_person("xa", role=Role.OFFICER, unit=unit))
    quarter = make_period("2023-Q4", open_for_entry=True)
    submission = Submission.objects.create(unit=unit, period=quarter, status=SubmissionStatus.RETURNED)
    submission.events.create(
        status=SubmissionStatus.RETURNED, by=make_person("huyen"), at=AT, reason="Tử số lớn bất thường"
    )

    said = text(home(client))

    assert "Báo cáo Quý IV/2023 bị trả lại, cần sửa và gửi lại." in said
    assert "Tử số lớn bất thường" in said


def test_a_person_without_a_role_still_gets_the_way_to_the_tables(client: Client) -> None:
    client.force_login(make_person("khach"))

    html = home(client)

    assert "Hiện không có kỳ nào đang thu số liệu." in html
    assert f'href="{reverse("league")}">bảng xếp hạng</a>' in html


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OFFICER, Role.OFFICE])
def test_a_home_of_many_units_asks_the_database_no_more_often(
    client: Client, scene: Scene, role: Role
) -> None:
    make_units([f"Thêm {n}" for n in range(40)], parent=scene.district)
    make_period("2023-Q4", open_for_entry=True)
    client.force_login(make_person("ai", role=role, unit=scene.district))
    home(client)

    with CaptureQueriesContext(connection) as captured:
        home(client)

    assert len(captured) <= 30, [query["sql"][:100] for query in captured]
