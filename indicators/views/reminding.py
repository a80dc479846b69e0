"""Đôn đốc: reminding by hand what the page of who has sent shows, and the log of all reminders."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from dvctt.lib import display
from dvctt.lib.names import reading_order
from indicators import reminder_wording, selectors, services, tasks
from indicators.models import Audience
from indicators.reminder_forms import LogFilterForm, ReminderForm
from indicators.sending_filters import SendingPage, sending_page
from units import permissions
from units import selectors as unit_selectors
from units.permissions import REVIEWING

ROWS_A_PAGE = 100
UNIT_ID = re.compile(r"[0-9]{1,15}", re.ASCII)


@require_safe
def remind(request: HttpRequest) -> HttpResponse:
    """Who would be reminded, in which words, and when each was last; nothing is sent."""
    page = sending_page(user=_reviewer(request), data=request.GET.dict(), today=timezone.localdate())
    return _preview(request, page, ReminderForm(initial={"token": uuid4()}), chosen=None)


@require_POST
def send_reminders(request: HttpRequest) -> HttpResponse:
    """Send what the preview showed, to the units that are ticked; the same preview once only."""
    user, today = _reviewer(request), timezone.localdate()
    page = sending_page(user=user, data=request.POST.dict(), today=today)
    period = page.period
    if period is None or period.code != request.POST.get("ky"):
        raise Http404
    chosen = {int(text) for text in request.POST.getlist("don-vi") if UNIT_ID.fullmatch(text)}
    mine = permissions.units_for(user=user, permission=REVIEWING, today=today)
    if mine.filter(pk__in=chosen).count() != len(chosen):
        raise PermissionDenied
    form, back = ReminderForm(request.POST), f"{reverse('sending')}?{page.query()}"
    if form.is_valid():
        try:
            done = services.remind_by_hand(
                unit_ids=chosen,
                period=period,
                token=form.cleaned_data["token"],
                note=form.cleaned_data["note"],
                by=user,
                at=timezone.now(),
            )
        except (services.AlreadyReminded, services.PeriodClosed) as error:
            messages.warning(request, str(error))
            return redirect(back)
        except services.ReminderRefused as error:
            form.add_error(None, str(error))
        else:
            transaction.on_commit(lambda: tasks.deliver_mail.delay())
            messages.success(request, reminder_wording.reminded(done, chosen=len(chosen)))
            return redirect(back)
    return _preview(request, page, form, chosen=chosen)


@require_safe
def reminder_log(request: HttpRequest) -> HttpResponse:
    """Who was reminded of which report, by whom or by the timetable, and what became of it."""
    user, today = _reviewer(request), timezone.localdate()
    units = permissions.units_for(user=user, permission=REVIEWING, today=today)
    periods = selectors.entry_periods()
    by_code = {one.code: one for one in periods}
    opened = next((one for one in periods if one.open_for_entry), periods[0] if periods else None)
    period = by_code.get(request.GET.get("ky", ""), opened)
    names = {}
    if period is not None:
        reminded = selectors.units_in_log(units=units, period=period)
        names = unit_selectors.names_on(unit_ids=reminded, on=period.ends_on)
    listed = sorted(names.values(), key=lambda one: reading_order(one.name_and_place))
    form = LogFilterForm(request.GET.dict(), periods=periods, names=listed)
    chosen = {
        "ky": period.code if period else "",
        "don_vi": str(form.unit_id or ""),
        "ket_qua": form.outcome,
    }
    query = urlencode({name: value for name, value in chosen.items() if value})
    lines = (
        selectors.reminder_log(units=units, period=period, unit_id=form.unit_id, outcome=form.outcome)
        if period
        else ()
    )
    return render(
        request,
        "indicators/reminder_log.html",
        {
            "menu": "submissions",
            "period": period,
            "form": form,
            "lines": Paginator(lines, ROWS_A_PAGE).get_page(request.GET.get("trang")),
            "names": names,
            "query": f"{query}&",
            "is_filtered": bool(form.unit_id or form.outcome),
        },
    )


def _preview(
    request: HttpRequest, page: SendingPage, form: ReminderForm, *, chosen: Collection[int] | None
) -> HttpResponse:
    today, candidates, sample = timezone.localdate(), [], None
    if page.period is not None and page.period.open_for_entry:
        candidates = selectors.candidates(rows=page.chosen, period=page.period, today=today)
        first = next((one for one in candidates if one.officers), None)
        if first is not None:
            sample = reminder_wording.reminder(
                rows=[first.row],
                period=page.period,
                audience=Audience.UNIT.value,
                may_review=False,
                note="",
                today=today,
            )
    return render(
        request,
        "indicators/remind.html",
        {
            "menu": "submissions",
            "page": page,
            "candidates": candidates,
            "reachable": sum(bool(one.officers) for one in candidates),
            "ticked": {one.row.board.unit_id for one in candidates} if chosen is None else chosen,
            "sample": sample,
            "form": form,
            "errors": display.errors_of(form),
            "today": today,
            "back": f"{reverse('sending')}?{page.query()}",
        },
    )


def _reviewer(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not request.user.has_perm(REVIEWING):
        raise PermissionDenied
    return request.user
