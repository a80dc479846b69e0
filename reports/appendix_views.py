"""Downloads of the official appendices."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dvctt.downloads import workbook_response
from dvctt.fields import read_id
from reports import appendices, exports
from reports.appendices import Appendix, AppendixRefused, AppendixUnknown, PlanRequest
from reports.selectors import plan_book
from targets import selectors as target_selectors
from targets.models import Plan


@require_safe
def appendix(request: HttpRequest, code: str) -> HttpResponse:
    """Published figures and issued targets: any person who is logged in may download them.

    Of a plan that is not issued only those who may see it get the appendix; for others there is none yet.
    """
    form = appendices.FORMS.get(code)
    plan = _said(request, "ke-hoach") or (form.plan if form else "")
    try:
        if form and form.plan and _visible(request, plan) is None:
            raise appendices.no_such_plan(plan)
        content = appendices.appendix(
            code=code,
            request=appendices.Request(
                province=_said(request, "tinh"),
                period=_said(request, "ky"),
                plan=_said(request, "ke-hoach"),
            ),
        )
    except AppendixRefused as refused:
        return _refused(request, refused, 404 if form is None else 409)
    return _workbook(content)


@require_safe
def plan_appendices(request: HttpRequest, code: str) -> HttpResponse:
    """What can be downloaded of a plan."""
    plan = _plan(request, code)
    papers = plan_book.plan_papers(plan=plan)
    # Before anything is assigned there is nothing but the catalogue to tell.
    whole = [appendices.CATALOGUE, appendices.BY_LEVEL] if papers.units else [appendices.CATALOGUE]
    return render(
        request,
        "reports/plan_appendices.html",
        {
            "menu": "plans",
            "plan": plan,
            "owner": target_selectors.owner_name(plan),
            "papers": papers,
            "whole": [appendices.PLAN_FORMS[kind] for kind in whole],
            "assigned_indicators": [one for one in papers.indicators if one[1]],
            "by_unit": appendices.PLAN_FORMS[appendices.BY_UNIT],
            "slip": appendices.PLAN_FORMS[appendices.SLIP],
            "slips": appendices.PLAN_FORMS[appendices.SLIPS],
            "most_sheets": appendices.MOST_SHEETS,
        },
    )


@require_safe
def plan_appendix(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    plan = _plan(request, code)
    unit = _said(request, "don-vi")
    try:
        unit_id = read_id(unit)
        if unit and unit_id is None:
            raise AppendixUnknown("Địa chỉ không nêu đúng một đơn vị; hãy chọn lại ở trang phụ lục.")
        content = appendices.plan_appendix(
            kind=kind,
            plan=plan,
            request=PlanRequest(indicator=_said(request, "chi-tieu"), unit_id=unit_id),
        )
    except AppendixUnknown as unknown:
        return _refused(request, unknown, 404)
    except AppendixRefused as refused:
        return _refused(request, refused, 409)
    return _workbook(content)


def _plan(request: HttpRequest, code: str) -> Plan:
    plan = _visible(request, code)
    if plan is None:
        raise Http404("Không có kế hoạch này, hoặc kế hoạch chưa ban hành.")
    return plan


def _visible(request: HttpRequest, code: str) -> Plan | None:
    return plan_book.visible_plan(code=code, user=request.user, today=timezone.localdate())


def _refused(request: HttpRequest, refused: AppendixRefused, status: int) -> HttpResponse:
    context = {"message": str(refused), "menu": ""}
    return render(request, "reports/appendix_refused.html", context, status=status)


def _workbook(content: Appendix) -> HttpResponse:
    return workbook_response(exports.appendix_workbook(appendix=content), filename=content.filename)


def _said(request: HttpRequest, name: str) -> str:
    # PostgreSQL takes no NUL character, not even to look for it.
    return request.GET.get(name, "").replace("\0", "")
