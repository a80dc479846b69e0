"""Tình hình nộp: who has sent and who has not, and more time for one unit."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from dvctt.lib import display
from indicators import deadline_wording, selectors, services
from indicators.deadline_forms import ExtensionForm
from indicators.models import Extension, Period
from indicators.sending_filters import sending_page
from units import selectors as unit_selectors
from units.models import Unit
from units.permissions import REVIEWING

ROWS_A_PAGE = 100


@require_safe
def sending(request: HttpRequest) -> HttpResponse:
    """The reports that the person reviews, for one period: by state, by area, and how punctual of late."""
    user, today = request.user, timezone.localdate()
    if not isinstance(user, User) or not user.has_perm(REVIEWING):
        raise PermissionDenied
    page = sending_page(user=user, data=request.GET.dict(), today=today)
    rows = Paginator(page.chosen, ROWS_A_PAGE).get_page(request.GET.get("trang"))
    reminded: dict[int, datetime] = {}
    to_remind = 0
    if page.period is not None:
        waiting = [row.board.unit_id for row in rows if not row.is_sent]
        reminded = selectors.last_reminded(unit_ids=waiting, period=page.period)
        if page.period.open_for_entry:
            to_remind = sum(not row.is_sent for row in page.chosen)
    return render(
        request,
        "indicators/sending.html",
        {
            "menu": "submissions",
            "page": page,
            "answer": deadline_wording.sending_answer(page.counts),
            "chips": [
                (state == page.state, page.query(trang_thai=state.value), label, page.counts[state])
                for state, label in deadline_wording.STATES.items()
                if page.counts.get(state) or state == page.state
            ],
            "all_query": page.query(trang_thai=""),
            "areas": [(page.query(khu_vuc=str(one.area_id), trang_thai=""), one) for one in page.areas],
            "rows": rows,
            "reminded": reminded,
            "to_remind": to_remind,
            "query": page.query(),
            "today": today,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, unit_id: int, period_code: str) -> HttpResponse:
    """More time for a unit's report, with a reason; what was given before stays to be read."""
    user, unit = request.user, get_object_or_404(Unit, pk=unit_id)
    if not isinstance(user, User) or not user.has_perm(REVIEWING, unit):
        raise PermissionDenied
    period = get_object_or_404(Period, code=period_code)
    back = f"{reverse('sending')}?ky={period.code}"
    form = ExtensionForm(request.POST if request.method == "POST" else None)
    try:
        services.check_open(period=period)
        if form.is_valid():
            given = services.grant_extension(
                unit=unit,
                period=period,
                until=form.cleaned_data["until"],
                reason=form.cleaned_data["reason"],
                by=user,
                at=timezone.now(),
            )
            name = unit_selectors.name_and_place_on(unit=unit, on=period.ends_on)
            deadline = selectors.deadline_of_unit(unit=unit, period=period)
            if deadline is not None and given.until < deadline.due_on:
                told = f"Đã bỏ gia hạn cho {name}: hạn là ngày {display.vi_date(deadline.due_on)}."
            else:
                told = f"Đã gia hạn cho {name} đến hết ngày {display.vi_date(given.until)}."
            messages.success(request, told)
            return redirect(back)
    except services.PeriodClosed as error:
        messages.error(request, str(error))
        return redirect(back)
    except services.ExtensionRefused as error:
        form.add_error(None, str(error))
    return render(
        request,
        "indicators/extend.html",
        {
            "menu": "submissions",
            "unit_name": unit_selectors.name_and_place_on(unit=unit, on=period.ends_on),
            "period": period,
            "form": form,
            "errors": display.errors_of(form),
            "deadline": selectors.deadline_of_unit(unit=unit, period=period),
            "extensions": list(Extension.objects.filter(unit=unit, period=period).select_related("by")),
            "today": timezone.localdate(),
            "back": back,
        },
    )
