"""What stands between a person who is logged in and the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User

CHANGE_FIRST: Final = "Hãy đổi mật khẩu đầu trước khi làm việc khác. Chưa có gì được ghi."

SLACK: Final = timedelta(minutes=1)
"""A session's end moves at most once in this time: reading a page does not write each time."""


class IdleMiddleware:
    """A session ends when nothing was asked for a while (SESSION_IDLE_MINUTES): computers are shared.

    Stands after AuthenticationMiddleware; the session is saved by SessionMiddleware further out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        ends_at = getattr(request.session, "ends_at", None)
        if ends_at is not None and isinstance(request.user, User):
            whole = timedelta(seconds=settings.SESSION_COOKIE_AGE)
            if ends_at - timezone.now() < whole - SLACK:
                request.session.modified = True
        return response


class PrivateMiddleware:
    """What a person who is logged in was shown stays in no cache: after logging out, Back shows none of it.

    What strangers were shown is asked for anew: a table that was taken back is gone at once. Stands after
    AuthenticationMiddleware; a view that says itself how its answer is kept is left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response.headers:
            known = isinstance(request.user, User)
            response.headers["Cache-Control"] = "private, no-store" if known else "no-cache"
        return response


class FirstPasswordMiddleware:
    """Who logs in with a password that somebody else gave changes it before anything else.

    Stands after LoginRequiredMiddleware; pages that are open to strangers stay open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user = request.user
        if not getattr(view, "login_required", True) or not isinstance(user, User):
            return None
        if not user.must_change_password or request.path in (
            reverse("password_change"),
            reverse("session_stay"),
        ):
            return None
        if not request.accepts("text/html"):
            return JsonResponse({"message": CHANGE_FIRST}, status=403)
        if request.method not in ("GET", "HEAD"):
            return render(request, "accounts/change_first.html", {"message": CHANGE_FIRST}, status=403)
        return redirect("password_change")
