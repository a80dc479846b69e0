"""The page of one person: roles, password, lock; each act asks for a reason."""

from __future__ import annotations

from datetime import date
from typing import Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts import services as account_services
from accounts.models import AccountEvent, User
from units import people_selectors, permissions, services
from units.models import Grant, Unit
from units.people_forms import EndForm, MoreRoleForm, ReasonForm
from units.people_views import givable, is_out_of_reach, manager_of
from units.permissions import AUDITING, MANAGING

LATEST_EVENTS: Final = 50
REFUSALS: Final = (
    services.GrantRefused,
    services.GrantStands,
    services.DayRefused,
    services.PersonOutOfReach,
    account_services.AccountError,
)


@require_safe
@never_cache
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    user, today = manager_of(request), timezone.localdate()
    return _page(request, user, _reached(user, person_id, today), today)


@require_POST
@never_cache
@sensitive_variables("password")
def person_password(request: HttpRequest, person_id: int) -> HttpResponse:
    """A new first password, shown on the answer and never again."""
    user, today = manager_of(request), timezone.localdate()
    found = _managed(user, person_id, today)
    form = ReasonForm(request.POST, auto_id="password_%s")
    if form.is_valid():
        try:
            password = services.reset_password(
                person=found, reason=form.cleaned_data["reason"], by=user, at=timezone.now(), today=today
            )
        except REFUSALS as error:
            form.add_error(error.field or None, str(error))
        else:
            return render(
                request,
                "units/first_password.html",
                {"menu": "unit_tree", "person": found, "password": password, "is_new": False},
            )
    return _page(request, user, found, today, password=form)


@require_POST
@never_cache
def person_active(request: HttpRequest, person_id: int) -> HttpResponse:
    """Lock the account, or open it again with active=1."""
    user, today = manager_of(request), timezone.localdate()
    found = _managed(user, person_id, today)
    form = ReasonForm(request.POST, auto_id="active_%s")
    if form.is_valid():
        active = request.POST.get("active") == "1"
        try:
            services.set_active(
                person=found,
                active=active,
                reason=form.cleaned_data["reason"],
                by=user,
                at=timezone.now(),
                today=today,
            )
        except REFUSALS as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"Đã {'mở lại' if active else 'khoá'} tài khoản của {found}.")
            return redirect("person", person_id=found.pk)
    return _page(request, user, found, today, active=form)


@require_POST
@never_cache
def person_grant(request: HttpRequest, person_id: int) -> HttpResponse:
    """One more role."""
    user, today = manager_of(request), timezone.localdate()
    found = _managed(user, person_id, today)
    units, roles = givable(user, today)
    if is_out_of_reach(request.POST.get("unit", ""), units):
        raise PermissionDenied
    form = MoreRoleForm(request.POST, units=units, roles=roles, auto_id="grant_%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.give_role(
                person=found,
                unit=Unit(pk=said["unit"]),
                role=said["role"],
                valid_from=said["valid_from"],
                reason=said["reason"],
                by=user,
                at=timezone.now(),
                today=today,
            )
        except REFUSALS as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"Đã giao thêm vai trò cho {found}.")
            return redirect("person", person_id=found.pk)
    return _page(request, user, found, today, grant=form)


@require_POST
@never_cache
def person_grant_end(request: HttpRequest, person_id: int, grant_id: int) -> HttpResponse:
    """A day from which the person no longer has the role."""
    user, today = manager_of(request), timezone.localdate()
    found = _managed(user, person_id, today)
    grant = get_object_or_404(Grant, pk=grant_id, user=found)
    form = EndForm(request.POST, auto_id=f"end_{grant.pk}_%s")
    if form.is_valid():
        try:
            services.end_role(
                grant=grant,
                valid_to=form.cleaned_data["valid_to"],
                reason=form.cleaned_data["reason"],
                by=user,
                at=timezone.now(),
                today=today,
            )
        except REFUSALS as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"Đã ghi ngày kết thúc vai trò của {found}.")
            return redirect("person", person_id=found.pk)
    return _page(request, user, found, today, **{f"end_{grant.pk}": form})


def _page(request: HttpRequest, user: User, found: User, today: date, **bound: forms.Form) -> HttpResponse:
    """The page with its forms; `bound` holds the one that was sent and not taken."""
    may_manage = permissions.may_manage(user=user, person=found, today=today)
    (line,) = people_selectors.person_lines(person_ids=[found.pk], today=today)
    if may_manage:
        units, roles = givable(user, today)
        offered: dict[str, forms.Form] = {
            "password": ReasonForm(auto_id="password_%s"),
            "active": ReasonForm(auto_id="active_%s"),
            "grant": MoreRoleForm(
                units=units, roles=roles, auto_id="grant_%s", initial={"valid_from": today}
            ),
        }
        ends = [
            (one, bound.get(f"end_{one.grant.pk}") or EndForm(auto_id=f"end_{one.grant.pk}_%s"))
            for one in line.grants
            if not one.is_over
        ]
    else:
        offered, ends = {}, []
    sees_account = may_manage or found.pk == user.pk or _audits(user, found, today)
    events = (
        AccountEvent.objects.filter(person=found).select_related("by")[:LATEST_EVENTS] if sees_account else ()
    )
    return render(
        request,
        "units/person.html",
        {
            "menu": "unit_tree",
            "line": line,
            "is_self": found.pk == user.pk,
            "may_manage": may_manage,
            "sees_account": sees_account,
            "ends": ends,
            "wrong": next(iter(bound.values()), None),
            "events": events,
            "forms": offered | {name: form for name, form in bound.items() if name in offered},
        },
    )


def _audits(user: User, found: User, today: date) -> bool:
    people = permissions.people_of(user=user, permission=AUDITING, today=today)
    return user.has_perm(AUDITING) and people.filter(pk=found.pk).exists()


def _reached(user: User, person_id: int, today: date) -> User:
    """The person, if one of those that the user may see: whether others exist is not told."""
    people = permissions.people_of(user=user, permission=MANAGING, today=today)
    return get_object_or_404(people, pk=person_id)


def _managed(user: User, person_id: int, today: date) -> User:
    found = _reached(user, person_id, today)
    if not permissions.may_manage(user=user, person=found, today=today):
        raise PermissionDenied
    return found
