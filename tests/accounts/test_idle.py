"""A session ends when nothing was asked for half an hour; each page moves its end, with little writing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import make_person

pytestmark = pytest.mark.django_db
PAGE, STAY = "/don-vi/", "/tai-khoan/o-lai/"


@pytest.fixture
def logged_in(client: Client) -> Client:
    client.force_login(make_person("an"))
    return client


def leave_minutes(minutes: float) -> None:
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=minutes))


def minutes_left() -> float:
    return (Session.objects.get().expire_date - timezone.now()).total_seconds() / 60


@pytest.mark.parametrize("address", [PAGE, STAY])
def test_asking_moves_the_end(logged_in: Client, address: str) -> None:
    leave_minutes(3)
    answer = logged_in.post(address) if address == STAY else logged_in.get(address)
    assert answer.status_code == 200
    assert 29 < minutes_left() <= 30


def test_within_a_minute_nothing_is_written(logged_in: Client) -> None:
    leave_minutes(29.5)
    with CaptureQueriesContext(connection) as captured:
        logged_in.get(PAGE)
    assert not [one["sql"] for one in captured if one["sql"].startswith("UPDATE")]
    assert minutes_left() < 29.6


def test_an_ended_session_leads_to_the_log_in_and_back_to_the_page(logged_in: Client) -> None:
    leave_minutes(-1)
    assert logged_in.get(PAGE).headers["Location"] == "/tai-khoan/dang-nhap/?next=/don-vi/"
    assert logged_in.post(STAY).status_code == 302


def test_the_cookie_goes_with_the_browser(client: Client) -> None:
    make_person("an")
    client.post("/tai-khoan/dang-nhap/", {"username": "an", "password": "matkhau-kiem-thu"})
    cookie = client.cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_a_page_tells_its_script_how_long_the_session_lasts_and_a_strangers_does_not(
    logged_in: Client,
) -> None:
    html = logged_in.get(PAGE).content.decode()
    assert 'data-session-seconds="1740"' in html
    assert 'role="alertdialog"' in html
    assert logged_in.post(STAY).json() == {"seconds": 1740}
    assert "data-session-seconds" not in Client().get("/tai-khoan/dang-nhap/").content.decode()
