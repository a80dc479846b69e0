"""What becomes of the reports of a unit that has ended: whoever it stood below still reviews them."""

from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from indicators.models import Measurement, Submission, SubmissionStatus
from indicators.sending_filters import sending_page
from tests.builders import make_units
from tests.indicators.builders import day
from tests.indicators.conftest import Place
from tests.indicators.test_deadline_pages import on
from tests.indicators.test_deadlines import make_rule
from tests.indicators.test_entry_pages import fields, logged_in, page
from tests.indicators.test_sending import send
from units import services as unit_services
from units.models import Kind

pytestmark = pytest.mark.django_db

ENDS = day("2024-01-01")
"""The day after Quý IV/2023, in which the units still stood."""
LATER = "2024-01-10"


def end(place: Place, *names: str) -> None:
    for name in names:
        unit_services.abolish_unit(unit=getattr(place, name), on=ENDS, by=None)


def test_a_sent_report_of_a_commune_that_has_ended_is_approved_and_becomes_figures(place: Place) -> None:
    report = place.sent()
    end(place, "ha_tu")
    with on(LATER):
        client = logged_in(place.district)
        assert "Phường Hà Tu" in client.get(reverse("submissions")).content.decode()
        form = fields(page(client, report))
        client.post(reverse("submission_approve", args=[report.pk]), form)
    report.refresh_from_db()
    assert report.status == SubmissionStatus.APPROVED
    assert Measurement.objects.filter(unit=place.ha_tu, period=place.quarter).count() == 4


def test_a_clean_report_of_a_commune_that_has_ended_is_approved_from_the_list(place: Place) -> None:
    report = place.sent()
    end(place, "ha_tu")
    with on(LATER):
        sent = {"bao-cao": f"{report.pk}-{report.revision}"}
        response = logged_in(place.district).post(reverse("submission_approve_chosen"), sent, follow=True)
    assert "Đã duyệt 1 báo cáo: Phường Hà Tu" in response.content.decode()


def test_a_returned_report_of_an_ended_commune_says_that_nobody_enters_for_it(place: Place) -> None:
    report = place.sent()
    end(place, "ha_tu")
    told = "không còn ai nhập, gửi thay được"
    with on(LATER):
        client = logged_in(place.district)
        assert told in page(client, report)
        form = {"seen_revision": report.revision, "reason": "Sai mẫu số"}
        assert client.post(reverse("submission_return", args=[report.pk]), form).status_code == 302
        report.refresh_from_db()
        assert report.status == SubmissionStatus.RETURNED
        assert told in page(client, report)
        assert logged_in(place.officer).get(reverse("submission", args=[report.pk])).status_code == 403


def test_a_report_of_a_standing_commune_says_nothing_of_the_kind(place: Place) -> None:
    assert "không còn ai nhập" not in page(logged_in(place.district), place.sent())


def test_when_the_district_ends_too_the_province_reviews_and_the_districts_reviewer_no_longer(
    place: Place,
) -> None:
    report = place.sent()
    end(place, "ha_tu", "ha_lam", "ha_long")
    address = reverse("submission", args=[report.pk])
    with on(LATER):
        assert logged_in(place.office).get(address).status_code == 200
        assert "Phường Hà Tu" in logged_in(place.office).get(reverse("submissions")).content.decode()
        assert logged_in(place.district).get(address).status_code == 403
        assert logged_in(place.leader).get(address).status_code == 403


def test_a_past_period_keeps_its_rows_and_rates_when_a_commune_ends(place: Place) -> None:
    make_rule()
    send(place, place.ha_tu, on="2023-12-18")

    def told(today: str) -> Any:
        found = sending_page(user=place.district, data={"ky": place.quarter.code}, today=day(today))
        rows = [(row.board.full_name, row.state) for row in found.chosen]
        return rows, [(one.on_time, one.due) for one in found.rates]

    before = told("2023-12-31")
    assert before[1] == [(1, 2)]
    end(place, "ha_tu")
    assert told(LATER) == before


def test_a_period_after_the_end_does_not_ask_the_commune(place: Place) -> None:
    end(place, "ha_tu")
    later = place.quarter
    type(later).objects.filter(pk=later.pk).update(starts_on=ENDS, ends_on=day("2024-03-31"))
    with on(LATER):
        html = (
            logged_in(place.district).get(reverse("submissions"), {"trang_thai": "tat-ca"}).content.decode()
        )
    assert "Phường Hà Lầm" in html
    assert "Phường Hà Tu" not in html


def test_the_list_keeps_its_query_budget_with_thirty_ended_communes(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    communes = make_units([f"Số {number:02}" for number in range(30)], kind=Kind.PHUONG, parent=place.ha_long)
    for one in communes:
        unit_services.abolish_unit(unit=one, on=ENDS, by=None)
    with on(LATER):
        client = logged_in(place.district)
        with django_assert_max_num_queries(22):
            html = client.get(reverse("submissions"), {"trang_thai": "tat-ca"}).content.decode()
    assert html.count("Phường Số") >= 30
    assert not Submission.objects.exists()
