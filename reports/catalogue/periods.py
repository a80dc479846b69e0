"""Periods in the catalogue: which take figures, by when, and who opened and closed them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dvctt.fields import add_refusal
from dvctt.lib import periods as spans
from indicators import selectors as indicator_selectors
from indicators import services
from indicators.models import CalendarRule, Period
from reports.catalogue.access import MENU, cataloguer_of, editor_of
from reports.catalogue.forms import NextPeriodForm, TurnForm
from reports.selectors import catalogue as selectors
from units.models import Level
from units.permissions import EDITING_CATALOGUE


@require_http_methods(["GET", "HEAD", "POST"])
def periods(request: HttpRequest) -> HttpResponse:
    """All periods, the rules of deadlines in force; POST adds the next quarter."""
    user = cataloguer_of(request) if request.method == "POST" else editor_of(request)
    today = timezone.localdate()
    offered = selectors.next_quarters(today=today)
    form = NextPeriodForm(request.POST if request.method == "POST" else None, offered=offered)
    if form.is_valid():
        try:
            added = services.add_period(
                span=spans.parse_period(form.cleaned_data["code"]),
                reason=form.cleaned_data["reason"],
                by=user,
                at=timezone.now(),
            )
        except services.PeriodRefused as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"Đã thêm {added.label}. Kỳ chưa thu số liệu cho đến khi được mở.")
            return redirect("catalogue_period", code=added.code)
    return render(
        request,
        "catalogue/periods.html",
        {
            "menu": MENU,
            "form": form,
            "may_edit": request.method == "POST" or user.has_perm(EDITING_CATALOGUE),
            "periods": selectors.period_lines(),
            "rules": list(CalendarRule.objects.filter(valid_to=None).select_related("document", "by")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def period(request: HttpRequest, code: str) -> HttpResponse:
    """One period: what stands of its reports, its deadlines, its history; POST opens or closes it."""
    user = cataloguer_of(request) if request.method == "POST" else editor_of(request)
    found = get_object_or_404(Period, code=code)
    form = TurnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        # What the person saw decides, so that two people do not undo each other unawares.
        turn = services.open_period if form.cleaned_data["turn"] == "mo" else services.close_period
        try:
            turn(period=found, reason=form.cleaned_data["reason"], by=user, at=timezone.now())
        except services.PeriodRefused as error:
            add_refusal(form, error)
        else:
            words = "mở thu" if form.cleaned_data["turn"] == "mo" else "đóng thu"
            messages.success(request, f"Đã {words} số liệu {found.label}.")
            return redirect("catalogue_period", code=found.code)
    return render(
        request,
        "catalogue/period.html",
        {
            "menu": MENU,
            "form": form,
            "may_edit": request.method == "POST" or user.has_perm(EDITING_CATALOGUE),
            "period": found,
            "state": selectors.period_state(period=found),
            "deadlines": [
                (Level(level).label, deadline)
                for level, deadline in indicator_selectors.deadlines_by_level(period=found).items()
            ],
            "history": found.changes.select_related("by"),
        },
    )
