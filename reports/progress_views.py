"""The file of a plan's progress."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dvctt.downloads import workbook_response
from reports.progress_files import progress_workbook
from targets import selectors
from targets.progress_filters import progress_page


@require_safe
def progress_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """The page's rows, all that its filters choose, as a workbook."""
    today = timezone.localdate()
    try:
        page = progress_page(code=code, user=request.user, today=today, data=request.GET)
    except selectors.PlanUnknown as error:
        raise Http404(str(error)) from error
    name = f"tien-do-{page.plan.code}-{page.choice.period.code}.xlsx".lower()
    return workbook_response(progress_workbook(page=page, made_on=today), filename=name)
