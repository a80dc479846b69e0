"""The history of accounts: log-ins, and what was done to whose account."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from units import people_selectors, permissions
from units.people_forms import AuditFilterForm
from units.permissions import AUDITING

ROWS_A_PAGE: Final = 100


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """What happened to the accounts of people below the asker's units, latest first."""
    if not request.user.has_perm(AUDITING):
        raise PermissionDenied
    form = AuditFilterForm(request.GET)
    form.is_valid()
    text, day = form.cleaned_data.get("tim") or "", form.cleaned_data.get("ngay")
    since = None if day is None else timezone.make_aware(datetime.combine(day, time.min))
    events = people_selectors.account_events(
        people=permissions.people_of(user=request.user, permission=AUDITING, today=timezone.localdate()),
        text=text,
        since=since,
        until=None if since is None else since + timedelta(days=1),
    )
    chosen = {"tim": text, "ngay": "" if day is None else day.isoformat()}
    query = urlencode({name: value for name, value in chosen.items() if value})
    return render(
        request,
        "units/audit.html",
        {
            "menu": "unit_tree",
            "form": form,
            "text": text,
            "day": day,
            "page": Paginator(events, ROWS_A_PAGE).get_page(request.GET.get("trang")),
            "page_query": f"{query}&" if query else "",
        },
    )
