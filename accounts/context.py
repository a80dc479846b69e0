"""What every page shows: whose page it is and which menu items the person may open."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from accounts.middleware import SLACK
from accounts.models import User

_CACHE = "_accounts_page"


def page(request: HttpRequest) -> dict[str, object]:
    """place_name, perms_menu, today, session_seconds, support_contact for templates; asked once a request."""
    known: dict[str, object] | None = vars(request).get(_CACHE)
    if known is not None:
        return known
    today = timezone.localdate()
    context: dict[str, object] = {"place_name": "", "perms_menu": {"imports": False}, "today": today}
    context |= {"session_seconds": 0, "support_contact": settings.SUPPORT_CONTACT}
    # A refused request may come here before the middleware that gives it a person.
    user = getattr(request, "user", None)
    if isinstance(user, User):
        context["place_name"] = place_name(user=user, today=today)
        context["perms_menu"] = {"imports": user.has_perm("imports.import_file")}
        context["session_seconds"] = session_seconds()
    vars(request)[_CACHE] = context
    return context


def session_seconds() -> int:
    """How long a session is sure to last after a page was asked for; its end may lag behind by SLACK."""
    return int(settings.SESSION_COOKIE_AGE - SLACK.total_seconds())


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
