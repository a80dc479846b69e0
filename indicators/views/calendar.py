"""The calendar of the office: by when each level reports, and the days on which nobody works."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from dvctt.lib import display
from indicators import services
from indicators.deadline_forms import CalendarRuleForm, HolidayForm
from indicators.models import CalendarRule, Holiday, ReminderStep
from units.permissions import EDITING, EDITING_CATALOGUE


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """All rules and holidays with who set them; POST adds a holiday."""
    user = _editor(request) if request.method == "POST" else _reader(request)
    form = HolidayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        day, name = form.cleaned_data["day"], form.cleaned_data["name"]
        try:
            services.add_holiday(day=day, name=name, by=user, at=timezone.now())
        except services.CalendarRefused as error:
            form.add_error("day", str(error))
        else:
            messages.success(request, f"Đã thêm ngày nghỉ {display.vi_date(day)}: {name}.")
            return redirect("calendar")
    rules = list(CalendarRule.objects.select_related("document", "by"))
    holidays = Holiday.objects.select_related("by", "removed_by").order_by("-day", "-pk")
    return render(
        request,
        "indicators/calendar.html",
        {
            "menu": "submissions",
            "form": form,
            "may_edit": request.method == "POST" or user.has_perm(EDITING_CATALOGUE),
            "errors": display.errors_of(form),
            "in_force": [one for one in rules if one.valid_to is None],
            "former": [one for one in rules if one.valid_to is not None],
            "steps": list(ReminderStep.objects.all()),
            "holidays": [one for one in holidays if one.removed_at is None],
            "removed": [one for one in holidays if one.removed_at is not None],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_rule(request: HttpRequest) -> HttpResponse:
    """A new rule from a day on; the address names the one that it starts from."""
    user = _editor(request)
    if request.method == "POST":
        form = CalendarRuleForm(request.POST)
        if form.is_valid():
            try:
                made = services.change_rule(
                    rule=form.terms,
                    valid_from=form.cleaned_data["valid_from"],
                    basis=form.cleaned_data["basis"],
                    by=user,
                    at=timezone.now(),
                )
            except services.CalendarRefused as error:
                form.add_error(None, str(error))
            else:
                since = display.vi_date(made.valid_from)
                messages.success(request, f"Đã đặt hạn nộp ({made}) cho các kỳ kết thúc từ {since}.")
                return redirect("calendar")
    else:
        form = CalendarRuleForm(initial=_standing(request.GET.dict()))
    return render(
        request,
        "indicators/calendar_rule.html",
        {"menu": "submissions", "form": form, "errors": display.errors_of(form)},
    )


@require_POST
def remove_holiday(request: HttpRequest, pk: int) -> HttpResponse:
    user = _editor(request)
    holiday = get_object_or_404(Holiday, pk=pk)
    try:
        services.remove_holiday(holiday=holiday, by=user, at=timezone.now())
    except services.CalendarRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Đã bỏ ngày nghỉ {display.vi_date(holiday.day)}: {holiday.name}.")
    return redirect("calendar")


def _standing(data: dict[str, str]) -> dict[str, object]:
    """What the rule in force says, as the form starts from it."""
    rule = CalendarRule.objects.filter(
        level=data.get("cap", ""), period_kind=data.get("loai", ""), valid_to=None
    ).first()
    if rule is None:
        return {}
    names = ("level", "period_kind", "month_offset", "day", "move", "grace_days", "lock_days")
    return {name: getattr(rule, name) for name in names}


def _reader(request: HttpRequest) -> User:
    """Return the person, who looks after units somewhere. Raises PermissionDenied."""
    if not isinstance(request.user, User) or not request.user.has_perm(EDITING):
        raise PermissionDenied("Chỉ Văn phòng UBND và quản trị mới xem lịch hạn nộp.")
    return request.user


def _editor(request: HttpRequest) -> User:
    """Return the person, who changes what all provinces share. Raises PermissionDenied."""
    user = _reader(request)
    if not user.has_perm(EDITING_CATALOGUE):
        raise PermissionDenied(
            "Lịch hạn nộp dùng chung cho mọi tỉnh: chỉ Văn phòng UBND và quản trị cấp tỉnh mới đổi."
        )
    return user
