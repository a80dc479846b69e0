"""What every page shows: whose page it is and which menu items the person may open."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

_CACHE = "_accounts_page"


def page(request: HttpRequest) -> dict[str, object]:
    """place_name, perms_menu and today for templates/base.html; asked once a request, whatever it renders."""
    known: dict[str, object] | None = vars(request).get(_CACHE)
    if known is not None:
        return known
    today = timezone.localdate()
    context: dict[str, object] = {"place_name": "", "perms_menu": {"imports": False}, "today": today}
    # A refused request may come here before the middleware that gives it a person.
    user = getattr(request, "user", None)
    if isinstance(user, User):
        context["place_name"] = place_name(user=user, today=today)
        context["perms_menu"] = {"imports": user.has_perm("imports.import_file")}
    vars(request)[_CACHE] = context
    return context


def place_name(*, user: User, today: date) -> str:
    """The full name of the unit of the person's first grant in force today, and of how many others; or "".

    One query.
    """
    granted = user.grants.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=today),
        Q(unit__versions__valid_to__isnull=True) | Q(unit__versions__valid_to__gt=today),
        valid_from__lte=today,
        unit__versions__valid_from__lte=today,
    )
    names = list(dict.fromkeys(granted.order_by("pk").values_list("unit__versions__full_name", flat=True)))
    if not names:
        return ""
    return names[0] if len(names) == 1 else f"{names[0]} và {len(names) - 1} nơi khác"
