"""What the pages of entering say of deadlines."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from indicators import deadline_wording
from indicators.models import Submission
from indicators.rules import Deadline
from tests.builders import make_units
from tests.indicators.conftest import Place
from tests.indicators.test_deadlines import extend, make_rule
from tests.indicators.test_entry_pages import fields, logged_in, page
from units.models import Kind

pytestmark = pytest.mark.django_db


def on(day: str) -> Any:
    return time_machine.travel(f"{day} 09:00+07:00", tick=False)


@pytest.mark.parametrize(
    ("sent_on", "today", "said"),
    [
        (None, "2023-12-16", "Hạn: 18/12/2023 · còn 2 ngày · khoá sau ngày 30/12/2023"),
        (None, "2023-12-18", "Hạn: 18/12/2023 · hạn hôm nay · khoá sau ngày 30/12/2023"),
        (None, "2023-12-19", "Hạn: 18/12/2023 · sau hạn 1 ngày, còn ân hạn · khoá sau ngày 30/12/2023"),
        (None, "2023-12-21", "Hạn: 18/12/2023 · quá hạn 3 ngày · khoá sau ngày 30/12/2023"),
        (None, "2023-12-31", "Hạn: 18/12/2023 · quá hạn 13 ngày · đã khoá"),
        ("2023-12-18", "2023-12-31", "Hạn: 18/12/2023 · gửi đúng hạn"),
        ("2023-12-19", "2023-12-31", "Hạn: 18/12/2023 · gửi sau hạn 1 ngày, trong thời gian ân hạn"),
        ("2023-12-20", "2023-12-31", "Hạn: 18/12/2023 · gửi muộn 2 ngày"),
    ],
)
def test_a_deadline_is_said_in_one_line(sent_on: str | None, today: str, said: str) -> None:
    deadline = Deadline(date(2023, 12, 18), date(2023, 12, 19), date(2023, 12, 30))
    sent = None if sent_on is None else date.fromisoformat(sent_on)
    parts = deadline_wording.due_parts(deadline, sent_on=sent, today=date.fromisoformat(today))
    assert " · ".join(parts) == said


def test_the_form_says_until_when_and_how_long_that_is(place: Place) -> None:
    report, client = place.report(), logged_in(place.officer)
    assert "Hạn: chưa đặt hạn" in page(client, report)
    make_rule()
    with on("2023-12-16"):
        client = logged_in(place.officer)
        assert "Hạn: 18/12/2023 · còn 2 ngày" in page(client, report)
        assert "Hạn: 18/12/2023 · còn 2 ngày" in client.get(reverse("submissions")).content.decode()
    with on("2023-12-21"):
        client = logged_in(place.officer)
        assert "Hạn: 18/12/2023 · quá hạn 3 ngày" in page(client, report)
        extend(place, "2023-12-22", on="2023-12-21")
        assert "Hạn: gia hạn đến 22/12/2023 · còn 1 ngày" in page(client, report)


def test_a_locked_report_is_shown_and_not_offered_for_entry(place: Place) -> None:
    report, client = place.report(), logged_in(place.officer)
    sent = fields(page(client, report)) | {f"n-{place.quahan.pk}": "2", "action": "save"}
    make_rule(lock_days=1)
    with on("2023-12-21"):
        client = logged_in(place.officer)
        html = page(client, report)
        assert "quá hạn 3 ngày · đã khoá" in html
        assert "Lưu nháp" not in html
        response = client.post(reverse("submission", args=[report.pk]), sent)
        assert response.status_code == 409
        assert "Các số vừa nhập chưa được lưu" in response.content.decode()
        assert "đề nghị người duyệt gia hạn" in response.content.decode()
        Submission.objects.all().delete()
        enter = reverse("submission_enter", args=[place.ha_tu.pk, place.quarter.code])
        assert "Đã khoá nhập số liệu" in client.get(enter, follow=True).content.decode()


def test_the_list_keeps_its_query_budget_with_deadlines_of_thirty_units(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_units([f"Số {number:02}" for number in range(30)], kind=Kind.PHUONG, parent=place.ha_long)
    make_rule()
    extend(place, "2023-12-22")
    client = logged_in(place.district)
    with django_assert_max_num_queries(22):
        html = client.get(reverse("submissions"), {"trang_thai": "tat-ca"}).content.decode()
    assert html.count("Hạn: 18/12/2023") == 31
    assert html.count("Hạn: gia hạn đến") == 1
