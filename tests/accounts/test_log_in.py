"""Logging in and out, and what every page says about the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts import context, services
from accounts.models import User
from tests import builders
from units import services as unit_services
from units.models import Kind, Role

pytestmark = pytest.mark.django_db
TODAY = date(2023, 12, 20)
PASSWORD = "mat-khau-thu-2023"


@pytest.fixture
def person() -> User:
    return services.create_person(
        username="vanphong", full_name="Trần Thị Vân", position="Chuyên viên", password=PASSWORD
    )


def test_a_person_is_made_with_a_password_that_works(person: User) -> None:
    assert (str(person), person.position) == ("Trần Thị Vân", "Chuyên viên")
    assert person.check_password(PASSWORD)
    assert not person.is_superuser


def test_a_user_name_is_given_once(person: User) -> None:
    with pytest.raises(IntegrityError):
        services.create_person(username="vanphong", full_name="", position="", password=PASSWORD)


def test_the_right_password_opens_the_page_that_was_asked_for(client: Client, person: User) -> None:
    asked = client.get(reverse("unit_tree"))
    answer = client.post(asked.headers["Location"], {"username": "vanphong", "password": PASSWORD})
    assert answer.headers["Location"] == reverse("unit_tree")


def test_a_wrong_password_is_said_in_vietnamese_and_the_name_is_kept(client: Client, person: User) -> None:
    answer = client.post(reverse("login"), {"username": "vanphong", "password": "sai"})
    html = answer.content.decode()
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in html
    assert 'value="vanphong"' in html
    assert "sai" not in html.split("<form")[1].split("</form>")[0]


def test_an_address_of_another_site_is_not_followed(client: Client, person: User) -> None:
    address = f"{reverse('login')}?next=https://example.org/"
    answer = client.post(address, {"username": "vanphong", "password": PASSWORD})
    assert answer.headers["Location"] == reverse("home")


def test_who_is_logged_in_is_not_asked_again(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get(reverse("login")).headers["Location"] == reverse("home")


def test_logging_out_leads_to_the_log_in_even_after_the_session_ended(client: Client, person: User) -> None:
    client.force_login(person)
    for _ in range(2):
        assert client.post(reverse("logout")).headers["Location"] == reverse("login")
    assert client.get(reverse("unit_tree")).status_code == 302


def test_logging_out_needs_a_post(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get(reverse("logout")).status_code == 405


def test_the_place_of_a_person_is_the_unit_of_the_first_grant_in_force_and_how_many_more(
    person: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    province = builders.make_province("Quảng Ninh")
    city = builders.make_unit("Hạ Long", kind=Kind.THANH_PHO, parent=province)
    assert context.place_name(user=person, today=TODAY) == ""
    for unit, starts, ends in (
        (province, date(2021, 1, 1), date(2023, 1, 1)),
        (city, date(2023, 1, 1), None),
        (province, date(2023, 1, 1), None),
    ):
        unit_services.grant_role(
            user=person, unit=unit, role=Role.OFFICE, valid_from=starts, valid_to=ends, by=None
        )
    unit_services.change_unit(unit=city, on=date(2023, 12, 1), by=None, name="Hạ Long Mới")
    with django_assert_num_queries(1):
        assert context.place_name(user=person, today=TODAY) == "Thành phố Hạ Long Mới và 1 nơi khác"
    assert context.place_name(user=person, today=date(2023, 11, 30)) == "Thành phố Hạ Long và 1 nơi khác"
    assert context.place_name(user=person, today=date(2022, 11, 30)) == "Tỉnh Quảng Ninh"


def test_the_page_context_is_asked_once_a_request(
    rf: RequestFactory, person: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    unit_services.grant_role(
        user=person,
        unit=builders.make_province("Quảng Ninh"),
        role=Role.OFFICE,
        valid_from=date(2021, 1, 1),
        by=None,
    )
    request = rf.get("/")
    request.user = person
    first = context.page(request)
    assert (first["place_name"], first["perms_menu"]) == ("Tỉnh Quảng Ninh", {"imports": True})
    with django_assert_num_queries(0):
        assert context.page(request) == first


def test_a_stranger_and_a_refused_request_have_no_place(rf: RequestFactory) -> None:
    request = rf.get("/")
    assert context.page(request)["place_name"] == ""
    stranger = rf.get("/")
    stranger.user = AnonymousUser()
    assert context.page(stranger)["perms_menu"] == {"imports": False}
