"""Pages of the people who act for units: who they are, and how one is added."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services as account_services
from accounts.models import User
from dvctt.fields import read_id
from units import people_selectors, permissions, services
from units.models import Role, Unit
from units.people_forms import PersonForm
from units.permissions import AUDITING, MANAGING
from units.selectors import NameAt

ROWS_A_PAGE: Final = 50


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """People whose roles stand on units that the asker looks after."""
    user, today = manager_of(request), timezone.localdate()
    text = request.GET.get("tim", "").strip()[:100]
    reached = permissions.people_of(user=user, permission=MANAGING, today=today)
    page = Paginator(people_selectors.people_named(people=reached, text=text), ROWS_A_PAGE).get_page(
        request.GET.get("trang")
    )
    return render(
        request,
        "units/people.html",
        {
            "menu": "unit_tree",
            "text": text,
            "page": page,
            "lines": people_selectors.person_lines(person_ids=list(page), today=today),
            "page_query": f"{urlencode({'tim': text})}&" if text else "",
            "sees_audit": user.has_perm(AUDITING),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables("password")
def person_add(request: HttpRequest) -> HttpResponse:
    """A new account with its first role; the first password is shown on the answer and never again."""
    user, today = manager_of(request), timezone.localdate()
    units, roles = givable(user, today)
    asked = request.POST.get("unit", "") if request.method == "POST" else request.GET.get("don-vi", "")
    if is_out_of_reach(asked, units):
        raise PermissionDenied
    if request.method != "POST":
        form = PersonForm(units=units, roles=roles, initial={"unit": asked, "valid_from": today})
        return _form_page(request, form)
    form = PersonForm(request.POST, units=units, roles=roles)
    if form.is_valid():
        said = form.cleaned_data
        try:
            person, password = services.add_person(
                username=said["username"],
                full_name=said["full_name"],
                position=said["position"],
                email=said["email"],
                unit=Unit(pk=said["unit"]),
                role=said["role"],
                valid_from=said["valid_from"],
                by=user,
                at=timezone.now(),
                today=today,
            )
        except (services.GrantRefused, account_services.AccountError) as error:
            form.add_error(error.field or None, str(error))
        else:
            return render(
                request,
                "units/first_password.html",
                {"menu": "unit_tree", "person": person, "password": password, "is_new": True},
            )
    return _form_page(request, form)


def _form_page(request: HttpRequest, form: PersonForm) -> HttpResponse:
    return render(request, "units/person_add.html", {"menu": "unit_tree", "form": form})


def givable(user: User, today: date) -> tuple[list[NameAt], frozenset[Role]]:
    """Units on which the person gives roles, and all the roles that the person gives on any of them."""
    managed = permissions.units_for(user=user, permission=MANAGING, today=today)
    ids = list(managed.values_list("pk", flat=True))
    gives = permissions.roles_to_give(user=user, units=ids, today=today)
    return people_selectors.units_by_place(unit_ids=ids, on=today), frozenset().union(*gives.values())


def is_out_of_reach(asked: str, units: list[NameAt]) -> bool:
    """Whether the address or the form names a unit that the person does not look after."""
    return asked.isdecimal() and read_id(asked) not in {one.unit_id for one in units}


def manager_of(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(MANAGING):
        raise PermissionDenied
    return user
