"""A first password is changed before anything else; everybody changes the own, with the old one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.builders import make_person

pytestmark = pytest.mark.django_db
CHANGE = "/tai-khoan/doi-mat-khau/"
OLD, NEW = "matkhau-kiem-thu", "cau-long-xanh-88"


@pytest.fixture
def person() -> User:
    return make_person("an")


@pytest.fixture
def fresh(person: User) -> User:
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    return person


def typed(old: str = OLD, new: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}


def test_every_page_leads_to_the_change_until_it_is_done(client: Client, fresh: User) -> None:
    client.force_login(fresh)
    for address in ("/", "/don-vi/", "/so-lieu/"):
        assert client.get(address).headers["Location"] == CHANGE
    html = client.get(CHANGE).content.decode()
    assert "do người khác cấp" in html
    assert "main-nav" in html
    assert 'href="/xep-hang/"' not in html
    assert client.post(CHANGE, typed()).headers["Location"] == "/"
    assert "Đã đổi mật khẩu." in client.get("/don-vi/").content.decode()
    fresh.refresh_from_db()
    assert (fresh.must_change_password, fresh.check_password(NEW)) == (False, True)


def test_what_a_first_password_sends_is_refused_in_words(client: Client, fresh: User) -> None:
    client.force_login(fresh)
    page = client.post("/nhap-tep/moi/")
    assert (page.status_code, "Hãy đổi mật khẩu" in page.content.decode()) == (403, True)
    told = client.get("/", headers={"accept": "application/json"})
    assert (told.status_code, "Hãy đổi mật khẩu" in told.json()["message"]) == (403, True)


def test_a_first_password_still_logs_out_and_the_site_answers_its_checks(client: Client, fresh: User) -> None:
    client.force_login(fresh)
    assert client.get("/healthz").status_code == 200
    assert client.post("/tai-khoan/dang-xuat/").headers["Location"] == "/tai-khoan/dang-nhap/"


def test_this_session_goes_on_and_the_others_end(client: Client, person: User) -> None:
    elsewhere = Client()
    for one in (client, elsewhere):
        one.force_login(person)
    client.post(CHANGE, typed())
    assert client.get("/don-vi/").status_code == 200
    assert elsewhere.get("/don-vi/").status_code == 302


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (typed(old="sai"), "Mật khẩu đang dùng không đúng."),
        (typed(again="khác"), "Hai lần nhập mật khẩu mới không giống nhau."),
        (typed(new=OLD), "Mật khẩu mới phải khác mật khẩu đang dùng."),
        (typed(new="ngan"), "Mật khẩu quá ngắn: cần ít nhất 10 ký tự."),
        (typed(new="0912345678901"), "Mật khẩu này hoàn toàn là số."),
        (typed(new="qwertyuiop"), "Mật khẩu này quá phổ biến."),
        (typed(new="nguyen-van-an"), "Mật khẩu quá giống với họ và tên."),
        (typed(old="", new=""), "Nhập mật khẩu đang dùng"),
    ],
)
def test_what_is_wrong_is_said_in_vietnamese(
    client: Client, person: User, sent: dict[str, Any], message: str
) -> None:
    User.objects.filter(pk=person.pk).update(full_name="nguyen van an")
    client.force_login(person)
    html = client.post(CHANGE, sent).content.decode()
    assert message in html
    assert "This password" not in html
    assert (
        not User.objects.get(pk=person.pk).check_password(sent["new_password1"] or "x")
        or sent["new_password1"] == OLD
    )


def test_the_page_lists_the_rules(client: Client, person: User) -> None:
    client.force_login(person)
    html = client.get(CHANGE).content.decode()
    assert "<li>Mật khẩu có ít nhất 10 ký tự.</li>" in html
    assert html.count("Mật khẩu của bạn không được") == 3
