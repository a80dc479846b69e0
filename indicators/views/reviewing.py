"""Approving, giving back, opening again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from dvctt.lib import display
from indicators import services
from indicators.forms import ReturnForm
from indicators.forms_review import ReopenForm
from indicators.views import pages
from indicators.views.opening import opened_to_review, person, seen_revision


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    opened = opened_to_review(request, pk)
    report = opened.report
    try:
        recorded = services.approve_submission(
            submission=report, by=person(request), at=timezone.now(), seen_revision=seen_revision(request)
        )
    except services.EntryError as error:
        report.refresh_from_db()
        return pages.review_page(request, opened, ReturnForm(), errors=[("", str(error))], status=409)
    kept = recorded.written + recorded.unchanged
    messages.success(request, f"Đã duyệt {kept} số liệu; các số này là số của đơn vị báo cáo.")
    return redirect("submission", pk=report.pk)


@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    opened = opened_to_review(request, pk)
    report = opened.report
    form, lines = ReturnForm(request.POST), pages.review_lines(report, data=request.POST.dict())
    # A reason on a line says enough.
    form.fields["reason"].required = not lines.remarks
    if not form.is_valid() or lines.errors:
        errors = [*lines.errors, *display.errors_of(form)]
        return pages.review_page(request, opened, form, lines=lines, errors=errors)
    try:
        services.return_submission(
            submission=report,
            by=person(request),
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            remarks=lines.remarks,
            seen_revision=seen_revision(request),
        )
    except services.EntryError as error:
        report.refresh_from_db()
        lines = pages.review_lines(report, data=request.POST.dict())
        return pages.review_page(request, opened, form, lines=lines, errors=[("", str(error))], status=409)
    messages.success(request, "Đã trả lại báo cáo kèm lý do.")
    return redirect("submission", pk=report.pk)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    opened = opened_to_review(request, pk)
    report = opened.report
    form = ReopenForm(request.POST)
    if not form.is_valid():
        errors = display.errors_of(form)
        return pages.review_page(request, opened, ReturnForm(), reopen_form=form, errors=errors)
    try:
        services.reopen_submission(
            submission=report, by=person(request), at=timezone.now(), reason=form.cleaned_data["reason"]
        )
    except services.EntryError as error:
        report.refresh_from_db()
        told = [("", str(error))]
        return pages.review_page(request, opened, ReturnForm(), reopen_form=form, errors=told, status=409)
    messages.success(request, "Đã mở lại báo cáo; các số đã duyệt giữ nguyên cho đến khi duyệt lại.")
    return redirect("submission", pk=report.pk)
