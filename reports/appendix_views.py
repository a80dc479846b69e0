"""Downloads of the official appendices."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports import appendices, exports

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def appendix(request: HttpRequest, code: str) -> HttpResponse:
    """Published figures and issued targets: any person who is logged in may download them."""
    try:
        content = appendices.appendix(
            code=code,
            request=appendices.Request(
                province=_said(request, "tinh"),
                period=_said(request, "ky"),
                plan=_said(request, "ke-hoach"),
            ),
        )
    except appendices.AppendixRefused as refused:
        status = 404 if code not in appendices.FORMS else 409
        context = {"message": str(refused), "menu": ""}
        return render(request, "reports/appendix_refused.html", context, status=status)
    response = HttpResponse(exports.appendix_workbook(appendix=content), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{content.filename}"'
    return response


def _said(request: HttpRequest, name: str) -> str:
    # PostgreSQL takes no NUL character, not even to look for it.
    return request.GET.get(name, "").replace("\0", "")
