"""The officer's form, its check and the sending."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from indicators import rules, services
from indicators.forms import ReturnForm
from indicators.models import Period, Submission
from indicators.views import pages
from indicators.views.opening import Opened, opened_report, person, seen_revision
from units.models import Unit
from units.permissions import ENTERING


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, unit_id: int, period_code: str) -> HttpResponse:
    """The form of a unit without a report for the period: the first save opens one, looking does not."""
    unit = get_object_or_404(Unit, pk=unit_id)
    if not request.user.has_perm(ENTERING, unit):
        raise PermissionDenied
    period = get_object_or_404(Period, code=period_code)
    report = Submission.objects.filter(unit=unit, period=period).select_related("unit", "period").first()
    try:
        if report is None:
            services.check_open(period=period)
            services.check_deadline(unit=unit, period=period, today=timezone.localdate())
        if request.method == "POST":
            report = report or services.open_submission(unit=unit, period=period)
            return _save(request, Opened(report, may_enter=True, may_review=False))
    except (services.PeriodClosed, services.DeadlinePassed) as error:
        messages.error(request, str(error))
        return redirect("submissions")
    if report is not None:
        return redirect("submission", pk=report.pk)
    report = Submission(unit=unit, period=period)
    return pages.form_page(request, report, pages.entry_form(report), errors=[])


@require_http_methods(["GET", "HEAD", "POST"])
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """The officer's form while the report is open to him; else what was sent, for him and the reviewer."""
    opened = opened_report(request, pk)
    if request.method == "POST":
        if not opened.may_enter:
            raise PermissionDenied
        return _save(request, opened)
    context = pages.report_context(opened.report)
    locked = rules.is_locked(context["deadline"], context["today"])
    if opened.may_enter and opened.report.takes_figures and not locked:
        return pages.form_page(
            request, opened.report, pages.entry_form(opened.report), errors=[], context=context
        )
    return pages.review_page(request, opened, ReturnForm(), context=context)


def _save(request: HttpRequest, opened: Opened) -> HttpResponse:
    report = opened.report
    if not report.takes_figures:
        told = "Báo cáo này không nhận số nữa; các số vừa nhập chưa được lưu."
        return pages.review_page(request, opened, ReturnForm(), errors=[("", told)], status=409)
    form = pages.entry_form(report, data=request.POST.dict())
    if not form.is_valid():
        return pages.form_page(request, report, form, errors=form.errors)
    seen = seen_revision(request)
    try:
        saved = services.save_entries(
            submission=report,
            values=form.cells,
            by=person(request),
            at=timezone.now(),
            seen_revision=-1 if seen is None else seen,
            seen=form.seen,
        )
    except services.SubmissionChanged as error:
        report.refresh_from_db()
        changes = form.take_over(report.entries.select_related("updated_by"))
        told = f"{error} Hãy xem các ô dưới đây rồi lưu lại; số bạn nhập vẫn còn."
        return pages.form_page(request, report, form, errors=[("", told), *changes], status=409)
    except services.EntryInvalid as error:
        form.complain(error.problems)
        return pages.form_page(request, report, form, errors=form.errors or [("", str(error))])
    except services.EntryError as error:
        report.refresh_from_db()
        told = f"{error} Các số vừa nhập chưa được lưu."
        return pages.review_page(request, opened, ReturnForm(), errors=[("", told)], status=409)
    if request.POST.get("action") == "check":
        return redirect("submission_check", pk=report.pk)
    messages.success(
        request, "Đã lưu nháp." if saved.changed else "Mọi ô đã lưu từ trước, không có gì thay đổi."
    )
    return redirect("submission", pk=report.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """All values before they are sent, and the sending."""
    opened = opened_report(request, pk)
    report = opened.report
    if not opened.may_enter:
        raise PermissionDenied
    if not report.takes_figures:
        return redirect("submission", pk=report.pk)
    form, comparison = pages.checked_form(report)
    if request.method != "POST":
        return pages.check_page(request, report, form, comparison, errors=[])
    try:
        services.send_submission(
            submission=report,
            by=person(request),
            at=timezone.now(),
            seen_revision=seen_revision(request),
            notes=form.explain(request.POST.dict()),
            confirms_repeat="giong-ky-truoc" in request.POST,
        )
    except services.SubmissionIncomplete as error:
        told = "nhập đủ số hoặc chọn lý do không có số"
        errors = form.told_of(error.missing, told, at="chi-tieu-{}")
        return pages.check_page(request, report, form, comparison, errors=errors)
    except services.SubmissionUnexplained as error:
        errors = form.told_of(error.missing, "ghi giải trình cho số này", at="g-{}")
        if error.is_repeated:
            errors.append(("giong-ky-truoc", "Mọi ô giống hệt kỳ trước: xác nhận là đúng, hoặc sửa lại"))
        return pages.check_page(request, report, form, comparison, errors=errors)
    except services.EntryInvalid as error:
        form.complain(error.problems)
        return pages.check_page(request, report, form, comparison, errors=form.errors or [("", str(error))])
    except services.EntryError as error:
        report.refresh_from_db()
        form, comparison = pages.checked_form(report)
        return pages.check_page(request, report, form, comparison, errors=[("", str(error))], status=409)
    messages.success(request, f"Đã gửi số liệu {report.period.label}. Bạn vẫn xem được các số đã gửi.")
    return redirect("submission", pk=report.pk)
