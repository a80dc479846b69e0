"""Tình hình nộp: each unit in exactly one state, counted by area, and how punctual units were."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from indicators import rules, selectors, services
from indicators.models import Extension, Period, Submission
from indicators.rules import ReportState
from tests.builders import make_person, make_unit, make_units
from tests.indicators.builders import day, make_period
from tests.indicators.conftest import Place
from tests.indicators.test_deadline_pages import on
from tests.indicators.test_deadlines import at, extend, make_rule, save
from tests.indicators.test_entry_pages import logged_in
from units.models import Kind, Role, Unit

pytestmark = pytest.mark.django_db


def send(place: Place, unit: Unit, *, on: str, period: Period | None = None) -> Submission:
    report = services.open_submission(unit=unit, period=period or place.quarter)
    if not report.revision:
        save(place, report, on=on)
    services.send_submission(submission=report, by=place.officer, at=at(on))
    return report


@pytest.fixture
def scene(place: Place) -> Place:
    """Due on 18/12/2023 for communes, 19/12 with two days of grace for districts; Cẩm Phả has one commune."""
    make_rule()
    make_rule(level="huyen", day=19, grace_days=2)
    cam_pha = make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=place.province)
    (quang_hanh,) = make_units(["Quang Hanh"], kind=Kind.PHUONG, parent=cam_pha)
    send(place, place.ha_tu, on="2023-12-18")
    send(place, quang_hanh, on="2023-12-20")
    return place


def page(person: Any, **query: str) -> str:
    response = logged_in(person).get(reverse("sending"), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@given(st.sampled_from(rules.Standing), st.booleans(), st.booleans())
def test_a_report_is_called_sent_exactly_when_it_is(
    how: rules.Standing, is_sent: bool, is_returned: bool
) -> None:
    state = rules.report_state(how, is_sent=is_sent, is_returned=is_returned and not is_sent)
    assert (state in rules.SENT_STATES) == is_sent


def test_each_unit_of_the_reviewer_is_told_with_its_state_and_days(scene: Place) -> None:
    report = Submission.objects.get(unit=scene.ha_tu)
    services.return_submission(submission=report, by=scene.district, at=at("2023-12-19"), reason="Xem lại")
    with on("2023-12-20"):
        rows = selectors.sending_rows(units=Unit.objects.all(), period=scene.quarter, today=day("2023-12-20"))
        html = page(scene.office)
    assert {row.board.full_name: (row.area_name, row.state) for row in rows} == {
        "Thành phố Cẩm Phả": ("Thành phố Cẩm Phả", ReportState.WAITING),
        "Phường Quang Hanh": ("Thành phố Cẩm Phả", ReportState.LATE),
        "Thành phố Hạ Long": ("Thành phố Hạ Long", ReportState.WAITING),
        "Phường Hà Lầm": ("Thành phố Hạ Long", ReportState.OVERDUE),
        "Phường Hà Tu": ("Thành phố Hạ Long", ReportState.RETURNED),
        "Tỉnh Quảng Ninh": ("Tỉnh Quảng Ninh", ReportState.WAITING),
    }
    assert (
        "<b>1/6</b> đơn vị đã gửi: 1 quá hạn chưa gửi, 1 bị trả lại, 3 chưa gửi, 1 đã gửi muộn. "
        "<b>2</b> đơn vị đã nhập đủ số." in html
    )
    assert "gửi muộn 2 ngày" in html
    assert "Hạn: 19/12/2023 · sau hạn 1 ngày, còn ân hạn" in html
    assert "4/4 <small>đủ</small>" in html
    assert "0/4</td>" in html


def test_a_chip_and_an_area_narrow_the_list_and_a_wrong_choice_counts_as_none(scene: Place) -> None:
    with on("2023-12-20"):
        late = page(scene.office, trang_thai="muon")
        area = page(scene.office, khu_vuc=str(scene.ha_long.pk))
        wrong = page(scene.office, trang_thai="x", khu_vuc="0", ky="1999-Q9", trang="99")
    assert "Phường Quang Hanh" in late
    assert "Phường Hà Lầm" not in late
    assert "Phường Hà Lầm" in area
    assert "Phường Quang Hanh" not in area
    assert "<b>1/3</b> đơn vị đã gửi" in area
    assert "<b>2/6</b> đơn vị đã gửi" in wrong


def test_a_reviewer_sees_what_stands_below_and_an_officer_nothing(scene: Place) -> None:
    with on("2023-12-20"):
        html = page(scene.district)
        assert "Phường Hà Lầm" in html
        assert "Cẩm Phả" not in html
        assert logged_in(scene.officer).get(reverse("sending")).status_code == 403
        listed = logged_in(scene.district).get(reverse("submissions")).content.decode()
        assert f'href="{reverse("sending")}?ky=2023-Q4"' in listed
        listed = logged_in(scene.officer).get(reverse("submissions")).content.decode()
        assert reverse("sending") not in listed


def test_without_a_period_the_page_says_so(place: Place) -> None:
    Period.objects.update(open_for_entry=False)
    assert "Chưa có đơn vị nào phải nộp số liệu." in page(place.office)


def test_how_punctual_units_were_counts_only_what_was_due(scene: Place) -> None:
    earlier = make_period("2023-Q3", open_for_entry=True)
    send(scene, scene.ha_tu, on="2023-09-18", period=earlier)
    monthly = make_period("2023-T11", open_for_entry=True)
    send(scene, scene.ha_tu, on="2023-12-01", period=monthly)

    def rates(today: str) -> list[tuple[int, int]]:
        found = selectors.on_time_rates(
            units=Unit.objects.filter(pk__in=[scene.ha_tu.pk, scene.ha_lam.pk]),
            periods=[scene.quarter, earlier, monthly],
            today=day(today),
        )
        return [(one.on_time, one.due) for one in found]

    assert rates("2023-12-18") == [(1, 1), (1, 2), (0, 0)]
    assert rates("2023-12-19") == [(1, 2), (1, 2), (0, 0)]
    extend(scene, "2023-12-30")
    assert rates("2023-12-19") == [(1, 2), (1, 2), (0, 0)]
    with on("2023-12-19"):
        html = page(scene.office, khu_vuc=str(scene.ha_long.pk))
    assert 'Quý IV/2023</th><td class="num">1/2</td><td class="num">50,00</td>' in html
    assert "Quý III/2023</th>" in html
    assert "Tháng 11/2023</th>" not in html


def test_a_reviewer_gives_time_with_a_reason_and_it_stays_to_be_read(scene: Place) -> None:
    address = reverse("submission_extend", args=[scene.ha_lam.pk, "2023-Q4"])
    with on("2023-12-20"):
        client: Client = logged_in(scene.district)
        assert f'href="{address}"' in page(scene.district)
        assert "Hạn: 18/12/2023 · quá hạn 2 ngày." in client.get(address).content.decode()
        bad = client.post(address, {"until": "2023-12-01", "reason": "Mất điện"})
        assert "Ngày gia hạn đã qua; hãy chọn từ 20/12/2023 trở đi." in bad.content.decode()
        empty = client.post(address, {"until": "hôm qua", "reason": ""}).content.decode()
        assert "phải là một ngày có thật" in empty
        assert "Nhập lý do gia hạn" in empty
        assert not Extension.objects.exists()
        done = client.post(address, {"until": "2023-12-22", "reason": "Mất điện"}, follow=True)
        assert (
            "Đã gia hạn cho Phường Hà Lầm, Thành phố Hạ Long đến hết ngày 22/12/2023."
            in done.content.decode()
        )
        html = page(scene.district)
        assert "Hạn: gia hạn đến 22/12/2023 · còn 2 ngày <small>Lý do gia hạn: Mất điện (" in html
        assert "“Mất điện”" in client.get(address).content.decode()
        assert logged_in(scene.officer).get(address).status_code == 403
        Period.objects.update(open_for_entry=False)
        closed = client.post(address, {"until": "2023-12-25", "reason": "Mất điện"}, follow=True)
        assert "không thu số liệu" in closed.content.decode()
    assert Extension.objects.count() == 1


def test_the_page_keeps_its_query_budget_with_thirty_units(
    scene: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    units = make_units([f"Số {number:02}" for number in range(30)], kind=Kind.PHUONG, parent=scene.ha_long)
    for unit in units[:10]:
        send(scene, unit, on="2023-12-18")
    reviewer = make_person("duyet", role=Role.REVIEWER, unit=scene.province)
    with on("2023-12-20"):
        client = logged_in(reviewer)
        with django_assert_max_num_queries(26):
            html = client.get(reverse("sending")).content.decode()
    assert html.count("Phường Số ") >= 30


def test_the_file_holds_the_chosen_rows(scene: Place) -> None:
    with on("2023-12-20"):
        extend(scene, "2023-12-22", on="2023-12-20")
        client = logged_in(scene.office)
        response = client.get(reverse("sending_xlsx"), {"khu_vuc": scene.ha_long.pk})
        late = client.get(reverse("sending_xlsx"), {"trang_thai": "muon"})
        assert logged_in(scene.officer).get(reverse("sending_xlsx")).status_code == 403
    assert response["Content-Disposition"] == 'attachment; filename="tinh-hinh-nop-2023-q4.xlsx"'
    rows = list(openpyxl.load_workbook(BytesIO(response.content)).worksheets[0].iter_rows(values_only=True))
    top = next(number for number, row in enumerate(rows) if row[0] == "Đơn vị")
    table = [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]]
    assert [(row["Đơn vị"], row["Tình trạng"], row["Số ngày sau hạn"]) for row in table] == [
        ("Thành phố Hạ Long", "Chưa gửi", 1),
        ("Phường Hà Lầm", "Quá hạn chưa gửi", 2),
        ("Phường Hà Tu", "Đã gửi đúng hạn", 0),
    ]
    assert (table[2]["Đã nhập"], table[2]["Phải nhập"], table[2]["Gia hạn đến"]) == (4, 4, "22/12/2023")
    assert "1/3 đơn vị đã gửi" in str(rows[1][0])
    names = {row[0] for row in openpyxl.load_workbook(BytesIO(late.content)).worksheets[0].values}
    assert "Phường Quang Hanh" in names
    assert "Phường Hà Lầm" not in names


def test_no_reason_becomes_a_formula_in_the_file(scene: Place) -> None:
    with on("2023-12-20"):
        services.grant_extension(
            unit=scene.ha_lam,
            period=scene.quarter,
            until=day("2023-12-22"),
            reason="=1+1",
            by=scene.district,
            at=at("2023-12-20"),
        )
        content = logged_in(scene.office).get(reverse("sending_xlsx")).content
    cells = [cell for row in openpyxl.load_workbook(BytesIO(content)).worksheets[0].rows for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f"]
