"""The history of accounts: log-ins and acts, of the people below the asker's units, by person and by day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import services as account_services
from accounts.models import AccountEvent, EventKind
from tests.builders import make_person, make_province
from tests.units.people import Place
from units.models import Role

pytestmark = pytest.mark.django_db
PAGE, LOGIN = "/don-vi/nhat-ky/", "/tai-khoan/dang-nhap/"
# 23:30 on the 19th and 0:30 on the 20th in Việt Nam.
LATE, EARLY = (datetime(2023, 12, 19, hour, 30, tzinfo=UTC) for hour in (16, 17))


def page(client: Client, place: Place, query: str = "") -> str:
    client.force_login(place.office)
    return client.get(f"{PAGE}{query}").content.decode()


def kinds() -> list[tuple[str, str]]:
    return [(one.kind, str(one.person)) for one in AccountEvent.objects.all()]


def test_log_ins_that_succeed_and_fail_are_kept(client: Client, place: Place) -> None:
    client.post(LOGIN, {"username": "xahatu", "password": "sai"})
    client.post(LOGIN, {"username": "xahatu", "password": ""})
    client.post(LOGIN, {"username": "xahatu", "password": "matkhau-kiem-thu"})
    assert kinds() == [("logged_in", "xahatu"), ("log_in_failed", "xahatu")]


def test_a_name_that_is_nobodys_is_not_written_down_since_it_may_be_a_password(
    client: Client, place: Place
) -> None:
    client.post(LOGIN, {"username": "mat-khau-cua-toi", "password": "sai"})
    assert kinds() == [("log_in_failed", "None")]
    html = page(client, place)
    assert "tên không có trong hệ thống" in html
    assert "mat-khau-cua-toi" not in html


def test_while_a_name_is_closed_nothing_more_is_written(client: Client, place: Place, settings: Any) -> None:
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 2
    for _ in range(6):
        client.post(LOGIN, {"username": "xahatu", "password": "sai"})
    assert 1 <= AccountEvent.objects.count() <= 2


def test_events_are_found_by_person_and_by_day_of_viet_nam(client: Client, place: Place) -> None:
    for person, at in ((place.officer, LATE), (place.other, EARLY)):
        account_services.record_log_in(person=person, at=at)
    both = page(client, place)
    assert both.index("xacamtay") < both.index("xahatu")
    for query, there, gone in (
        ("?tim=xahatu", "<small>xahatu</small>", "<small>xacamtay</small>"),
        ("?ngay=2023-12-19", "<small>xahatu</small>", "<small>xacamtay</small>"),
        ("?ngay=20/12/2023", "<small>xacamtay</small>", "<small>xahatu</small>"),
    ):
        html = page(client, place, query)
        assert there in html
        assert gone not in html
    assert "Ngày không đọc được" in page(client, place, "?ngay=hôm")


def test_another_provinces_people_and_a_district_are_kept_apart(client: Client, place: Place) -> None:
    stranger = make_person("nguoi-tinh-khac", role=Role.OFFICE, unit=make_province("Quảng Nam"))
    account_services.record_log_in(person=stranger, at=LATE)
    assert "nguoi-tinh-khac" not in page(client, place)
    client.force_login(place.district)
    assert client.get(PAGE).status_code == 403


def test_thirty_more_events_cost_no_more_queries(client: Client, place: Place) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, place)
        return len(captured)

    account_services.record_log_in(person=place.officer, at=LATE)
    queries()
    before = queries()
    for number in range(30):
        account_services.record(
            kind=EventKind.LOCKED,
            person=make_person(f"them-{number}", role=Role.OFFICER, unit=place.cam_tay),
            by=place.district,
            at=LATE + timedelta(minutes=number),
            reason="Thôi việc",
        )
    assert queries() == before
