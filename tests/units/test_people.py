"""Who looks after people: whom they see, which roles they give, and what an account begins with."""

from __future__ import annotations

import re
from datetime import date
from unittest import mock

import pytest
from django.contrib.auth import password_validation
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import passwords
from accounts import services as account_services
from accounts.models import User
from tests.builders import make_person
from tests.units.people import AT, Place
from units import permissions, services
from units.models import Grant, Role, Unit

pytestmark = pytest.mark.django_db
LIST, ADD = "/don-vi/nguoi-dung/", "/don-vi/nguoi-dung/them/"
TODAY = date(2023, 12, 20)


def added(by: User, unit: Unit, role: Role, username: str = "moi") -> tuple[User, str]:
    return services.add_person(
        username=username,
        full_name="Phạm Thị Mới",
        position="Chuyên viên",
        email="",
        unit=unit,
        role=role,
        valid_from=TODAY,
        by=by,
        at=AT,
        today=TODAY,
    )


def typed(chosen: Unit, **changes: object) -> dict[str, object]:
    return {
        "username": "Moi.HaTu",
        "full_name": "Phạm Thị Mới",
        "unit": chosen.pk,
        "role": "officer",
        "valid_from": "20/12/2023",
    } | changes


def page(client: Client, user: User, address: str = LIST) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_first_password_can_be_read_out_and_passes_the_rules() -> None:
    found = {passwords.first_password(person=User(username="an")) for _ in range(20)}
    assert len(found) == 20
    for password in found:
        assert re.fullmatch(r"(?:[a-hjkmnp-z2-9]{4}-){2}[a-hjkmnp-z2-9]{4}", password)
        password_validation.validate_password(password)


@pytest.mark.parametrize(
    ("who", "gives"),
    [
        ("district", {"officer"}),
        ("office", {"office", "reviewer", "officer", "leader"}),
        ("admin", {"office", "reviewer", "officer", "leader", "admin"}),
        ("officer", set()),
    ],
)
def test_nobody_gives_a_role_above_the_own(place: Place, who: str, gives: set[str]) -> None:
    given = set()
    for role in Role:
        try:
            added(getattr(place, who), place.ha_tu, role, username=f"moi-{role.value}")
        except services.GrantRefused:
            assert not User.objects.filter(username=f"moi-{role.value}").exists()
        else:
            given.add(role.value)
    assert given == gives


def test_a_district_gives_nothing_on_itself_nor_in_another_district(place: Place) -> None:
    for unit in (place.ha_long, place.cam_tay, place.province):
        with pytest.raises(services.GrantRefused, match="không được giao vai trò"):
            added(place.district, unit, Role.OFFICER)
    assert not User.objects.filter(username="moi").exists()


def test_a_new_person_has_a_role_and_a_password_that_must_be_changed(place: Place) -> None:
    person, password = added(place.district, place.ha_tu, Role.OFFICER)
    assert person.check_password(password)
    assert person.must_change_password
    assert list(person.grants.values_list("unit", "role", "valid_from", "valid_to")) == [
        (place.ha_tu.pk, "officer", TODAY, None)
    ]


def test_a_name_that_is_taken_is_told_even_where_two_add_it_at_once(place: Place) -> None:
    with pytest.raises(account_services.UsernameTaken, match="“XaHaTu” đã có người dùng"):
        added(place.office, place.ha_tu, Role.OFFICER, username="XaHaTu")
    with mock.patch("accounts.services.User.objects.filter") as seen:
        seen.return_value.exists.return_value = False  # the other one is written between look and write
        with pytest.raises(account_services.UsernameTaken):
            added(place.office, place.ha_tu, Role.OFFICER, username="xahatu")
    assert Grant.objects.filter(user__username="xahatu").count() == 1


def test_the_district_sees_its_communes_people_and_the_office_everyone(client: Client, place: Place) -> None:
    seen = page(client, place.district)
    assert "xahatu" in seen
    assert "xacamtay" not in seen
    assert "<td>huyen</td>" not in seen
    assert all(f"<td>{name}</td>" in page(client, place.office) for name in ("xahatu", "xacamtay", "huyen"))


def test_who_went_to_another_district_is_that_districts_alone_and_who_left_is_not_lost(
    client: Client, place: Place
) -> None:
    Grant.objects.filter(user=place.officer).update(valid_to=date(2023, 1, 1))
    assert "xahatu" in page(client, place.district)
    services.grant_role(
        user=place.officer, unit=place.cam_tay, role=Role.OFFICER, valid_from=date(2023, 1, 1), by=None
    )
    assert "xahatu" not in page(client, place.district)


def test_who_may_do_more_elsewhere_is_not_managed_here(place: Place) -> None:
    def may(user: User, person: User) -> bool:
        return permissions.may_manage(user=user, person=person, today=TODAY)

    assert may(place.district, place.officer)
    assert not may(place.district, place.other)
    assert not may(place.office, place.admin)
    assert not may(place.office, place.office)
    assert may(place.admin, place.office)
    services.grant_role(user=place.officer, unit=place.cam_tay, role=Role.OFFICER, valid_from=TODAY, by=None)
    assert not may(place.district, place.officer)
    assert may(place.office, place.officer)


def test_people_are_found_without_accents(client: Client, place: Place) -> None:
    User.objects.filter(pk=place.officer.pk).update(full_name="Nguyễn Đức Ổn")
    seen = page(client, place.office, f"{LIST}?tim=duc+on")
    assert "xahatu" in seen
    assert "xacamtay" not in seen


def test_the_first_password_stands_on_the_answer_and_opens_the_site(client: Client, place: Place) -> None:
    client.force_login(place.district)
    answer = client.post(ADD, typed(place.ha_tu))
    found = re.search(r"<b>([a-z2-9-]{14})</b>", answer.content.decode())
    assert found
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.login(username="moi.hatu", password=found[1])
    assert found[1] not in page(client, place.district)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"username": "xahatu"}, "Tên đăng nhập “xahatu” đã có người dùng."),
        ({"username": "có dấu"}, "Tên đăng nhập chỉ gồm chữ không dấu"),
        ({"role": "office"}, "Bạn không giao được vai trò này."),
        ({"valid_from": "hôm nay"}, "Ngày không đọc được."),
        ({"email": "ai đó"}, "Địa chỉ thư không đúng."),
        ({"unit": ""}, "Hãy chọn đơn vị."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    client: Client, place: Place, changes: dict[str, object], message: str
) -> None:
    client.force_login(place.district)
    before = User.objects.count(), Grant.objects.count()
    answer = client.post(ADD, typed(place.ha_tu, **changes))
    assert message in answer.content.decode()
    assert (User.objects.count(), Grant.objects.count()) == before


def test_the_form_offers_only_what_is_the_askers_to_give(client: Client, place: Place) -> None:
    seen = page(client, place.district, ADD)
    assert re.findall(r'<option value="([a-z]+)"', seen) == ["officer"]
    assert "Phường Hà Tu, Thành phố Hạ Long" in seen
    assert "Cẩm Tây" not in seen


def test_thirty_more_people_cost_no_more_queries(client: Client, place: Place) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, place.office)
        return len(captured)

    queries()
    before = queries()
    for number in range(30):
        make_person(f"them-{number}", role=Role.OFFICER, unit=place.cam_tay)
    assert queries() == before
