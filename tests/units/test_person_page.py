"""What is done to somebody's account and roles: by whom, with a reason, and kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts import services as account_services
from accounts.models import AccountEvent, User
from dvctt.history import HistoryIsKept
from tests.units.people import AT, Place
from units import services
from units.models import Grant, Role

pytestmark = pytest.mark.django_db
TODAY = date(2023, 12, 20)
REASON = "Quên mật khẩu"
LOGIN = "/tai-khoan/dang-nhap/"


def told(person: User) -> list[tuple[str, str, str, str]]:
    """Kind, author, reason and detail of the person's events, latest first."""
    return [(one.kind, str(one.by), one.reason, one.detail) for one in person.account_events.all()]


def act(place: Place, by: User, person: User) -> dict[str, Callable[[], Any]]:
    grant = person.grants.get()
    common: dict[str, Any] = {"reason": REASON, "by": by, "at": AT, "today": TODAY}
    return {
        "reset": lambda: services.reset_password(person=person, **common),
        "lock": lambda: services.set_active(person=person, active=False, **common),
        "give": lambda: services.give_role(
            person=person, unit=place.ha_tu, role=Role.OFFICER, valid_from=TODAY, **common
        ),
        "end": lambda: services.end_role(grant=grant, valid_to=TODAY, **common),
    }


@pytest.mark.parametrize("what", ["reset", "lock", "give", "end"])
@pytest.mark.parametrize(
    ("by", "person"), [("office", "office"), ("office", "admin"), ("district", "other"), ("officer", "other")]
)
def test_nobody_changes_the_own_account_nor_one_of_more_rights_or_of_elsewhere(
    place: Place, by: str, person: str, what: str
) -> None:
    before = list(Grant.objects.values()), list(User.objects.values())
    with pytest.raises(services.PersonOutOfReach):
        act(place, getattr(place, by), getattr(place, person))[what]()
    assert (list(Grant.objects.values()), list(User.objects.values())) == before
    assert not AccountEvent.objects.exists()


def test_a_reset_ends_sessions_and_the_lock_after_wrong_passwords(
    client: Client, place: Place, settings: Any
) -> None:
    client.force_login(place.officer, backend="django.contrib.auth.backends.ModelBackend")
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 2
    stranger = Client()
    for _ in range(2):
        stranger.post(LOGIN, {"username": "xahatu", "password": "sai"})
    assert stranger.post(LOGIN, {"username": "xahatu", "password": "sai"}).status_code == 429
    password = act(place, place.district, place.officer)["reset"]()
    assert client.get("/").headers["Location"].startswith(LOGIN)
    answer = stranger.post(LOGIN, {"username": "xahatu", "password": password}, follow=True)
    assert answer.redirect_chain[-1][0] == "/tai-khoan/doi-mat-khau/"


def test_a_role_ends_on_a_day_and_another_may_follow_it(place: Place) -> None:
    act(place, place.district, place.officer)["end"]()
    act(place, place.district, place.officer)["give"]()
    assert list(place.officer.grants.order_by("valid_from").values_list("valid_from", "valid_to")) == [
        (date(2020, 1, 1), TODAY),
        (TODAY, None),
    ]
    where = "Cán bộ nhập số liệu, Phường Hà Tu, Thành phố Hạ Long"
    assert told(place.officer) == [
        ("granted", "huyen", REASON, f"{where}, từ ngày 20/12/2023"),
        ("grant_ended", "huyen", REASON, f"{where}, từ ngày 1/1/2020 đến trước ngày 20/12/2023"),
    ]


def test_a_role_is_not_given_twice_nor_ended_before_it_began(place: Place) -> None:
    with pytest.raises(services.GrantStands, match="đã có vai trò “Cán bộ nhập số liệu”"):
        act(place, place.district, place.officer)["give"]()
    common: dict[str, Any] = {"reason": REASON, "by": place.district, "at": AT, "today": TODAY}
    with pytest.raises(services.DayRefused, match="bắt đầu ngày 1/1/2020"):
        services.end_role(grant=place.officer.grants.get(), valid_to=date(2020, 1, 1), **common)
    with pytest.raises(account_services.ReasonMissing):
        services.end_role(grant=place.officer.grants.get(), valid_to=TODAY, **common | {"reason": " "})
    assert place.officer.grants.get().valid_to is None


def test_a_locked_account_is_out_and_is_opened_again(client: Client, place: Place) -> None:
    client.force_login(place.officer)
    act(place, place.district, place.officer)["lock"]()
    assert client.get("/").headers["Location"].startswith(LOGIN)
    with pytest.raises(account_services.NothingToChange):
        act(place, place.district, place.officer)["lock"]()
    services.set_active(
        person=place.officer, active=True, reason="Trở lại", by=place.district, at=AT, today=TODAY
    )
    assert [kind for kind, *_ in told(place.officer)] == ["unlocked", "locked"]


def test_the_page_does_it_all_and_shows_who_did_what_and_why(client: Client, place: Place) -> None:
    client.force_login(place.district)
    pk, grant = place.officer.pk, place.officer.grants.get()
    page = reverse("person", args=[pk])
    answer = client.post(reverse("person_password", args=[pk]), {"reason": REASON})
    found = re.search(r"<b>([a-z2-9-]{14})</b>", answer.content.decode())
    assert found
    place.officer.refresh_from_db()
    assert place.officer.check_password(found[1])
    for name, sent in (
        ("person_active", {"active": "0", "reason": "Thôi việc"}),
        ("person_active", {"active": "1", "reason": "Trở lại"}),
    ):
        assert client.post(reverse(name, args=[pk]), sent).headers["Location"] == page
    end = reverse("person_grant_end", args=[pk, grant.pk])
    assert client.post(end, {"valid_to": "2030-01-01", "reason": "Nghỉ hưu"}).headers["Location"] == page
    more = {"unit": place.ha_tu.pk, "role": "officer", "valid_from": "2030-01-01", "reason": "Ở lại"}
    assert client.post(reverse("person_grant", args=[pk]), more).headers["Location"] == page
    html = client.get(page).content.decode()
    assert found[1] not in html
    for words in (REASON, "“Thôi việc”", "“Trở lại”", "“Nghỉ hưu”", "“Ở lại”", "đến trước ngày 1/1/2030"):
        assert words in html


@pytest.mark.parametrize(
    ("name", "sent", "message"),
    [
        ("person_password", {}, "Hãy ghi lý do"),
        ("person_active", {"active": "1", "reason": "x"}, "Tài khoản đang dùng."),
        ("person_grant", {"reason": "x"}, "Hãy chọn đơn vị."),
    ],
)
def test_what_is_wrong_is_said_on_the_page(
    client: Client, place: Place, name: str, sent: dict[str, str], message: str
) -> None:
    client.force_login(place.district)
    html = client.post(reverse(name, args=[place.officer.pk]), sent).content.decode()
    assert message in html
    assert "<title>Lỗi: " in html
    assert not AccountEvent.objects.exists()


def test_an_own_page_and_that_of_somebody_with_more_rights_are_only_to_look_at(
    client: Client, place: Place
) -> None:
    client.force_login(place.office)
    for person, words in ((place.office, "Không ai tự sửa quyền của mình"), (place.admin, "không sửa được")):
        html = client.get(reverse("person", args=[person.pk])).content.decode()
        assert words in html
        assert "Đặt lại mật khẩu</button>" not in html


def test_events_are_only_added(place: Place) -> None:
    act(place, place.district, place.officer)["lock"]()
    event = AccountEvent.objects.get()
    with pytest.raises(HistoryIsKept):
        event.save()
    with pytest.raises(HistoryIsKept):
        AccountEvent.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_accountevent SET reason = 'khác'")
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountEvent.objects.create(kind="locked", person=place.officer, at=AT)


def test_a_reviewer_reads_nothing_of_the_account_of_somebody_above_who_also_enters_below(
    client: Client, place: Place
) -> None:
    services.grant_role(
        user=place.admin, unit=place.ha_tu, role=Role.OFFICER, valid_from=date(2023, 1, 1), by=None
    )
    User.objects.filter(pk=place.admin.pk).update(email="quantri@example.vn")
    for person, sees in ((place.district, False), (place.office, True)):
        client.force_login(person)
        html = client.get(f"/don-vi/nguoi-dung/{place.admin.pk}/").content.decode()
        assert "quantri" in html
        assert ("quantri@example.vn" in html, "Nhật ký tài khoản" in html) == (sees, sees)
