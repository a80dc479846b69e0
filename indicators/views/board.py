"""Số liệu: what there is to enter and to look at, and what is approved together."""

from __future__ import annotations

import re
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from indicators import selectors, services
from indicators.forms import BoardFilterForm
from indicators.models import OPEN_STATUSES, Period, Submission, SubmissionStatus
from indicators.selectors import BoardRow
from indicators.views.opening import person
from units import permissions
from units import selectors as unit_selectors
from units.permissions import EDITING, ENTERING, REVIEWING

ROWS_A_PAGE = 100


ANY_STATUS = "tat-ca"


CHOICE = re.compile(r"([0-9]{1,15})-([0-9]{1,9})", re.ASCII)
"""A report and the revision that was seen of it."""


QUEUE = (
    SubmissionStatus.SENT,
    SubmissionStatus.RETURNED,
    SubmissionStatus.DRAFT,
    SubmissionStatus.EMPTY,
    SubmissionStatus.APPROVED,
)


@require_GET
def submissions(request: HttpRequest) -> HttpResponse:
    """What the officer has to enter and what the reviewer has to look at, for one period."""
    user, today = person(request), timezone.localdate()
    periods = selectors.entry_periods()
    form = BoardFilterForm(request.GET.dict(), periods=periods)
    default = next((one.code for one in periods if one.open_for_entry), periods[0].code if periods else "")
    code = form.chosen("ky", default)
    period = next((one for one in periods if one.code == code), None)
    own = _board(user, ENTERING, period, today)
    queue = _board(user, REVIEWING, period, today)
    chosen = form.chosen("trang_thai", SubmissionStatus.SENT.value)
    levels = {row.unit_id: row.level for row in (*own, *queue)}
    shown = [row for row in queue if chosen in (ANY_STATUS, row.status)]
    if period is not None:
        shown = selectors.queue_by_risk(rows=shown, period=period)
    on_page = Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("trang-duyet"))
    return render(
        request,
        "indicators/submissions.html",
        {
            "menu": "submissions",
            "period": period,
            "periods": periods,
            "own": Paginator(own, ROWS_A_PAGE).get_page(request.GET.get("trang")),
            "own_open": sum(row.status in OPEN_STATUSES for row in own),
            "returned": [row for row in own if row.status == SubmissionStatus.RETURNED],
            "reviews": bool(queue),
            "queue": on_page,
            "choosing": any(row.is_clean for row in on_page),
            "ticked": request.GET.get("chon") == "het",
            "waiting": sum(row.status == SubmissionStatus.SENT for row in queue),
            "chips": [
                *(
                    (status.value, status.label, sum(row.status == status for row in queue))
                    for status in QUEUE
                ),
                (ANY_STATUS, "Tất cả", len(queue)),
            ],
            "chosen": chosen,
            "deadlines": selectors.deadlines_for(levels=levels, period=period) if period else {},
            "today": today,
            "doubts": selectors.waiting_doubts(
                units=permissions.units_for(user=user, permission=REVIEWING, today=today)
            ),
            "sees_calendar": user.has_perm(EDITING),
            "sees_log": user.has_perm(permissions.AUDITING),
        },
    )


def _board(user: User, permission: str, period: Period | None, today: date) -> list[BoardRow]:
    if period is None:
        return []
    units = permissions.units_for(user=user, permission=permission, today=today)
    return selectors.submission_board(units=units, period=period)


@require_POST
def approve_chosen(request: HttpRequest) -> HttpResponse:
    """Approve the ticked reports that give nothing to look at; tell of each what became of it."""
    user, chosen = person(request), _chosen(request)
    reports = list(Submission.objects.filter(pk__in=chosen).select_related("unit", "period"))
    units = permissions.units_for(user=user, permission=REVIEWING, today=timezone.localdate())
    if {report.unit_id for report in reports} - set(units.values_list("pk", flat=True)):
        raise PermissionDenied
    if not 0 < len(reports) <= ROWS_A_PAGE:
        messages.error(request, f"Hãy chọn từ 1 đến {ROWS_A_PAGE} báo cáo trong danh sách rồi duyệt.")
        return redirect("submissions")
    period = reports[0].period
    decided = services.approve_clean(
        chosen=[(report, chosen[report.pk]) for report in reports], by=user, at=timezone.now()
    )
    known = unit_selectors.names_on(unit_ids=[report.unit_id for report in reports], on=period.ends_on)
    names = {key: name.full_name for key, name in known.items()}
    told = [(names.get(one.submission.unit_id, str(one.submission.unit)), one.refused) for one in decided]
    if approved := [name for name, refused in told if not refused]:
        messages.success(request, f"Đã duyệt {len(approved)} báo cáo: {', '.join(sorted(approved))}.")
    for name, refused in told:
        if refused:
            messages.warning(request, f"Chưa duyệt {name}: {refused}")
    return redirect(f"{reverse('submissions')}?ky={period.code}")


def _chosen(request: HttpRequest) -> dict[int, int]:
    """The ticked reports by id with the revision that the page showed; what is not understood is left out."""
    found = {}
    for text in request.POST.getlist("bao-cao"):
        if match := CHOICE.fullmatch(text):
            found[int(match[1])] = int(match[2])
    return found
