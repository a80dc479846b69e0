"""What every answer carries, pages and refusals alike: policy, no framing, no inline code; log-in, size."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.builders import make_person
from tests.house.test_site import POLICY
from tests.security.asking import ask, client_of
from tests.security.pages import PAGES, PEOPLE, is_allowed
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/dang-nhap/"
OFFICE, ADMIN, OFFICER, REVIEWER = (
    f"{role} của {seat}"
    for role, seat in (
        ("office", "Quảng Ninh"),
        ("admin", "Quảng Ninh"),
        ("officer", "Hạ Long"),
        ("reviewer", "Quảng Ninh"),
    )
)


def guarded(answer: Any) -> list[str]:
    """Return what an answer lacks of the headers that each must carry."""
    headers = answer.headers
    policy = set(headers.get("Content-Security-Policy", "").split("; "))
    return [
        name
        for name, there in {
            "Content-Security-Policy": policy == POLICY,
            "X-Frame-Options": headers.get("X-Frame-Options") == "DENY",
            "X-Content-Type-Options": headers.get("X-Content-Type-Options") == "nosniff",
            "Referrer-Policy": headers.get("Referrer-Policy") == "same-origin",
        }.items()
        if not there
    ]


def inline_code(html: str) -> list[str]:
    """Return tags that the policy would stop: inline scripts, styles and handlers, and other hosts."""
    scripts = [
        tag
        for tag in re.findall(r"<script[^>]*>", html)
        if "src=" not in tag and "application/json" not in tag
    ]
    inline = re.findall(r"<style[^>]*>|<[^>]+\sstyle=[^>]*>|<[^>]+\son[a-z]+=[^>]*>", html)
    elsewhere = re.findall(r"""<(?:script|link|img|iframe|form)[^>]*=["'](?:https?:)?//[^>]*>""", html)
    return scripts + inline + elsewhere + re.findall(r"javascript:", html)


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.get is not None])
@pytest.mark.parametrize("person", [OFFICE, ADMIN, OFFICER, REVIEWER])
def test_every_page_is_guarded_and_holds_no_inline_code(scene: Scene, name: str, person: str) -> None:
    page = PAGES[name]
    assert page.get is not None
    for place in page.places:
        answer, _ = ask(client_of(scene, person), scene, page, place, "GET")
        assert guarded(answer) == []
        if answer.headers["Content-Type"].startswith("text/html"):
            assert inline_code(answer.content.decode()) == []


@pytest.mark.logs_errors
def test_every_refusal_is_guarded_too(
    scene: Scene, settings: Any, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    officer = client_of(scene, OFFICER)
    strict = client_of(scene, OFFICER, enforce_csrf_checks=True)
    answers = {
        "log in": client.get("/"),
        "no such page": officer.get("/khong-co/"),
        "not allowed": officer.get("/nhap-tep/"),
        "wrong method": officer.post("/"),
        "no token": strict.post("/tai-khoan/dang-xuat/"),
        "wrong host": client.get("/", headers={"host": "example.org"}),
    }
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answers["too large"] = client.post(LOGIN, {"username": "a" * 2000})
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 1
    answers["locked"] = client.post(LOGIN, {"username": "an", "password": "sai"})

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("đứt")

    monkeypatch.setattr("reports.views.homes.acting_as", broken)
    officer.raise_request_exception = False
    answers["broken"] = officer.get("/")
    settings.SECURE_SSL_REDIRECT = True
    answers["wrong host on https"] = Client().get("/", headers={"host": "example.org"})
    assert {words: answer.status_code for words, answer in answers.items()} == {
        "log in": 302,
        "no such page": 404,
        "not allowed": 403,
        "wrong method": 405,
        "no token": 403,
        "wrong host": 400,
        "too large": 413,
        "locked": 429,
        "broken": 500,
        "wrong host on https": 400,
    }
    # A refused host never reaches Django's own header middleware; its page loads nothing.
    lacking = {words: guarded(answer) for words, answer in answers.items() if "host on" not in words}
    assert not any(lacking.values()), lacking
    assert "X-Frame-Options" not in guarded(answers["wrong host on https"])
    assert "Content-Security-Policy" not in guarded(answers["wrong host on https"])
    for words in ("no such page", "not allowed", "no token", "wrong host", "too large", "locked", "broken"):
        html = answers[words].content.decode()
        assert 'lang="vi"' in html, words
        assert inline_code(html) == [], words
        assert "Traceback" not in html
        assert "đứt" not in html


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.post is not None] + ["logout"])
def test_no_change_is_taken_without_the_token_of_the_form(scene: Scene, name: str) -> None:
    page = PAGES[name]
    for person in PEOPLE:
        for place in page.places:
            if page.post is None or is_allowed(person, page.post, place):
                client = client_of(scene, person, enforce_csrf_checks=True)
                answer, written = ask(client, scene, page, place, "POST")
                assert (answer.status_code, written) == (403, [])
                return
    pytest.fail(f"nobody may: {name}")


# --- Logging in ---------------------------------------------------------------------------------------------

PASSWORD = "matkhau-kiem-thu"


def test_cookies_are_kept_from_scripts_and_other_sites(client: Client, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    make_person("an")
    client.get(LOGIN)
    client.post(LOGIN, {"username": "an", "password": PASSWORD})
    session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"], session["secure"]) == (True, "Lax", True)
    assert (token["samesite"], token["secure"]) == ("Lax", True)


def test_a_session_begun_before_the_log_in_is_worth_nothing_after_it_nor_after_the_log_out(
    client: Client,
) -> None:
    make_person("an")
    session = client.session
    session["x"] = 1
    session.save()
    planted = session.session_key or ""
    client.post(LOGIN, {"username": "an", "password": PASSWORD})
    own = client.session.session_key or ""
    assert own != planted
    client.post("/tai-khoan/dang-xuat/")
    for key in (planted, own):
        thief = Client()
        thief.cookies["sessionid"] = key
        assert thief.get("/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/",
        "//example.org/",
        "///example.org/",
        "\\\\example.org/",
        "/\\example.org/",
        "http:///example.org/",
        "https:example.org",
        "javascript:alert(1)",
        "data:text/html,x",
        " //example.org",
        "/\t/example.org/",
        "http://testserver@example.org/",
        "/x\r\nSet-Cookie: a=b",
    ],
)
def test_the_log_in_sends_nobody_to_another_site(client: Client, address: str) -> None:
    make_person("an")
    for _ in range(2):  # the second time the person is logged in already
        answer = client.post(
            LOGIN, {"username": "an", "password": PASSWORD, "next": address}, query_params={"next": address}
        )
        place = answer.headers["Location"]
        assert place.startswith("/")
        assert not place.startswith(("//", "/\\"))
        assert "\r" not in place
        assert "\n" not in place
        assert "a" not in client.cookies


@pytest.mark.parametrize("typed", ["an", " an ", "ａｎ"])
def test_a_name_written_in_another_way_is_the_same_name_to_the_lock(
    client: Client, settings: Any, typed: str
) -> None:
    settings.AXES_ENABLED = True
    make_person("an")
    for number in range(8):
        client.post(LOGIN, {"username": typed, "password": f"sai-{number}"})
    assert client.post(LOGIN, {"username": "an", "password": PASSWORD}).status_code == 429
    assert client.post(LOGIN, {"username": typed, "password": PASSWORD}).status_code == 429


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: Client) -> None:
    make_person("an")
    pages = [
        re.sub(
            r'value="[^"]*"', "", client.post(LOGIN, {"username": name, "password": "sai"}).content.decode()
        )
        for name in ("an", "binh")
    ]
    assert pages[0] == pages[1]


# --- Size ---------------------------------------------------------------------------------------------------


@pytest.mark.logs_errors
def test_a_body_of_many_times_the_limit_is_refused_before_a_byte_is_kept(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.UPLOAD_BODY_MAX_BYTES = 200_000
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    path = tmp_path / "lon.xlsx"
    path.write_bytes(b"x" * 300_000)
    with path.open("rb") as file:
        answer = client.post(LOGIN, {"file": file})
    assert answer.status_code == 413
    assert "quá lớn" in answer.content.decode()
    assert [one.name for one in tmp_path.glob("*.upload*")] == []


@pytest.mark.logs_errors
def test_more_fields_than_any_form_has_are_refused(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    answer = client.post(LOGIN, {f"x{number}": "1" for number in range(11)})
    assert answer.status_code == 400


def test_what_a_person_was_shown_stays_in_no_cache(scene: Scene) -> None:
    office = client_of(scene, OFFICE)
    for address in ("/", "/don-vi/nguoi-dung/", "/so-lieu/nhat-ky/", "/so-lieu/nhat-ky/xlsx/", "/khong-co/"):
        assert "no-store" in office.get(address).headers["Cache-Control"], address


def test_behind_a_proxy_wrong_passwords_count_by_the_address_that_the_proxy_saw(settings: Any) -> None:
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT, settings.BEHIND_PROXY = True, 2, True
    make_person("an")
    client = Client()

    def log_in(password: str, forwarded: str) -> int:
        headers = {"x-forwarded-for": forwarded}
        return client.post(LOGIN, {"username": "an", "password": password}, headers=headers).status_code

    assert [log_in("sai", "198.51.100.7") for _ in range(2)] == [200, 429]
    # A stranger claims another address before the one that the proxy adds.
    assert log_in("sai", "203.0.113.9, 198.51.100.7") == 429
    assert log_in("matkhau-kiem-thu", "203.0.113.9") == 302


@pytest.mark.parametrize(
    "address",
    [
        f"/don-vi/nguoi-dung/them/?don-vi={'9' * 5000}",
        f"/danh-muc/don-vi/them/?cap-tren={'9' * 5000}",
        "/don-vi/nhat-ky/?ngay=9999-12-31",
        "/so-lieu/nhat-ky/?den_ngay=31/12/9999",
        "/so-lieu/nhat-ky/?tu_ngay=0001-01-01",
        f"/so-lieu/nhat-ky/?don_vi={'9' * 30}",
    ],
)
def test_a_crafted_address_is_answered_in_words(scene: Scene, address: str) -> None:
    assert client_of(scene, OFFICE).get(address).status_code in (200, 403)
