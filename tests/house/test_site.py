"""What holds for every page: the policy, the lock after wrong passwords, health, too large a form."""

from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client, RequestFactory

from dvctt import errors
from dvctt.celery import heartbeat

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
LOGIN = "/tai-khoan/dang-nhap/"


@pytest.mark.django_db
def test_healthz_answers_whoever_asks_and_tells_when_a_worker_was_last_seen(client: Client) -> None:
    cache.clear()
    assert client.get("/healthz").json() == {
        "ok": True,
        "database": True,
        "broker": True,
        "mode": "embedded",
        "worker_seen_s": None,
    }
    heartbeat()
    assert client.get("/healthz").json()["worker_seen_s"] in {0, 1}


@pytest.mark.django_db
def test_a_page_carries_the_strict_policy_and_may_not_be_framed(client: Client) -> None:
    headers = client.get(LOGIN).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_who_is_not_logged_in_is_sent_to_the_login_page(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == HTTPStatus.FOUND
    assert response.headers["Location"].startswith(LOGIN)


@pytest.mark.django_db
def test_eight_wrong_passwords_close_the_name_for_a_while(client: Client, settings: Any) -> None:
    settings.AXES_ENABLED = True
    get_user_model().objects.create_user(username="an", password="dung-mat-khau-1")
    answers = [
        client.post(LOGIN, {"username": "an", "password": f"sai-{number}"}).status_code for number in range(8)
    ]
    assert answers == [HTTPStatus.OK] * 7 + [HTTPStatus.TOO_MANY_REQUESTS]
    refused = client.post(LOGIN, {"username": "an", "password": "dung-mat-khau-1"})
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Tạm khoá đăng nhập" in refused.content.decode()
    get_user_model().objects.create_user(username="binh", password="dung-mat-khau-2")
    other = client.post(LOGIN, {"username": "binh", "password": "dung-mat-khau-2"})
    assert other.status_code == HTTPStatus.FOUND


@pytest.mark.django_db
@pytest.mark.logs_errors
def test_a_form_that_is_too_large_is_refused_in_vietnamese(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client.post(LOGIN, {"username": "a" * 2000, "password": "b"})
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "quá lớn" in response.content.decode()


def test_any_other_bad_request_gets_the_plain_page(rf: RequestFactory) -> None:
    response = errors.bad_request(rf.get("/"), ValueError("x"))
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert "Yêu cầu không đúng" in response.content.decode()
