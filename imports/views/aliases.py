"""Names settled by people, listed and taken back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from imports.aliases import aliases_within
from imports.views.access import IMPORT, person_of
from indicators.models import Source
from units import permissions
from units import services as unit_services
from units.models import Alias


@require_GET
def import_aliases(request: HttpRequest) -> HttpResponse:
    """What other ways of writing a name the system takes, by source and by who settled them."""
    user = person_of(request)
    today = timezone.localdate()
    source, text = request.GET.get("nguon", ""), request.GET.get("tim", "")[:100]
    revoked = request.GET.get("loc") == "thu-hoi"
    units = permissions.units_for(user=user, permission=IMPORT, today=today)
    lines = aliases_within(units=units, on=today, source=source, text=text, revoked=revoked)
    return render(
        request,
        "imports/aliases.html",
        {
            "menu": "import_list",
            "lines": lines,
            "sources": Source.choices,
            "source": source,
            "text": text,
            "revoked": revoked,
        },
    )


@require_POST
def import_alias_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a settled name back, with a reason."""
    user = person_of(request)
    alias = get_object_or_404(Alias.objects.select_related("parent"), pk=pk)
    if not user.has_perm(IMPORT, alias.parent):
        raise PermissionDenied("Tên gọi này thuộc nơi mà bạn không có quyền nhập tệp.")
    try:
        unit_services.revoke_alias(
            alias=alias, by=user, at=timezone.now(), reason=request.POST.get("reason", "")
        )
    except unit_services.UnitError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Đã thu hồi “{alias.name}”. Số liệu đã ghi theo tên này không đổi.")
    return redirect("import_aliases")
