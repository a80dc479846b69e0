"""What stands between a person who is logged in and the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import User

CHANGE_FIRST: Final = "Hãy đổi mật khẩu đầu trước khi làm việc khác. Chưa có gì được ghi."


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
        if not user.must_change_password or request.path == reverse("password_change"):
            return None
        if not request.accepts("text/html"):
            return JsonResponse({"message": CHANGE_FIRST}, status=403)
        if request.method not in ("GET", "HEAD"):
            return render(request, "accounts/change_first.html", {"message": CHANGE_FIRST}, status=403)
        return redirect("password_change")
