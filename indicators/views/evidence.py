"""Files behind one figure: seen, put there, taken back, downloaded."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents.attachments import FileRefused
from documents.keeping import file_response
from dvctt.lib import display
from indicators import selectors, services
from indicators.forms_evidence import EvidenceForm
from indicators.models import EvidenceFile, Indicator
from indicators.views.opening import Opened, opened_report_of, person, rights_on
from units import selectors as unit_selectors
from units.permissions import ENTERING


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, unit_id: int, period_code: str, code: str) -> HttpResponse:
    """The files behind one figure of a unit's report; the first of them opens the report."""
    opened, indicator = _opened(request, unit_id, period_code, code)
    if request.method != "POST":
        return _page(request, opened, indicator, EvidenceForm())
    if not opened.may_enter:
        raise PermissionDenied
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        report = opened.report
        try:
            services.add_evidence(
                submission=services.open_submission(unit=report.unit, period=report.period),
                indicator=indicator,
                upload=form.cleaned_data["file"],
                by=person(request),
                at=timezone.now(),
            )
        except FileRefused as error:
            form.add_error("file", str(error))
        except services.EntryError as error:
            form.add_error(None, str(error))
            return _page(request, opened, indicator, form, status=409)
        else:
            messages.success(request, "Đã thêm tệp minh chứng.")
            return redirect("evidence", unit_id, period_code, code)
    return _page(request, opened, indicator, form)


@require_safe
def evidence_file(request: HttpRequest, pk: int) -> FileResponse:
    """One file, always as a download; one that was taken back is nobody's any more."""
    found = _evidence(request, pk)
    if hasattr(found, "removal"):
        raise Http404("Tệp này đã được bỏ khỏi báo cáo.")
    return file_response(found)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file back."""
    found = _evidence(request, pk)
    report = found.submission
    if not request.user.has_perm(ENTERING, report.unit):
        raise PermissionDenied
    try:
        services.remove_evidence(evidence=found, by=person(request), at=timezone.now())
    except services.EntryError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, f"Đã bỏ tệp “{found.filename}”; lịch sử của trang này giữ lại ai bỏ, lúc nào."
        )
    return redirect("evidence", report.unit_id, report.period.code, found.indicator.code)


def _opened(request: HttpRequest, unit_id: int, period_code: str, code: str) -> tuple[Opened, Indicator]:
    """Return the unit's report (an unsaved one before the first figure) and what it is asked there."""
    opened = opened_report_of(request, unit_id, period_code)
    asked = {one.code: one for one in selectors.asked_indicators(submission=opened.report)}
    if code not in asked:
        raise Http404("Chỉ tiêu này không giao cho đơn vị nhập.")
    return opened, asked[code]


def _evidence(request: HttpRequest, pk: int) -> EvidenceFile:
    """Return the file, for those who enter or review its unit; others are refused."""
    found = get_object_or_404(
        EvidenceFile.objects.select_related("submission__unit", "submission__period", "indicator", "removal"),
        pk=pk,
    )
    rights_on(request, found.submission.unit)
    return found


def _page(
    request: HttpRequest, opened: Opened, indicator: Indicator, form: EvidenceForm, *, status: int = 200
) -> HttpResponse:
    report = opened.report
    context = {
        "menu": "submissions",
        "report": report,
        "period": report.period,
        "unit_name": unit_selectors.name_and_place_on(unit=report.unit, on=report.period.ends_on),
        "indicator": indicator,
        "files": selectors.evidence_of(submission=report).get(indicator.pk, []) if report.pk else [],
        "steps": selectors.evidence_steps(submission=report, indicator=indicator) if report.pk else [],
        "form": form,
        "errors": display.errors_of(form),
        "is_open": opened.may_enter and services.takes_figures(submission=report, today=timezone.localdate()),
    }
    return render(request, "indicators/evidence.html", context, status=status)
