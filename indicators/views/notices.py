"""Thông báo: what the product said to a person; each sees only the own ones."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from indicators import selectors, services
from indicators.views.opening import person
from indicators.views.reminding import UNIT_ID as NUMBER

ROWS_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """The person's notices, latest first; POST marks one (`thong-bao`) or all of them as read."""
    user = person(request)
    if request.method == "POST":
        chosen = request.POST.getlist("thong-bao")
        ids = [int(one) for one in chosen if NUMBER.fullmatch(one)] if chosen else None
        if not services.mark_read(by=user, at=timezone.now(), notice_ids=ids):
            messages.info(request, "Không còn thông báo nào chưa xem.")
        return redirect("notices")
    found = selectors.notices_of(user=user)
    return render(
        request,
        "indicators/notices.html",
        {
            "menu": "home",
            "unread": selectors.unread_notices(user=user).count(),
            "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("trang")),
        },
    )
