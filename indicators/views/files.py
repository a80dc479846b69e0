"""The entry form by file: its workbook to take away, and what comes back filled."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dvctt.downloads import workbook_response
from dvctt.lib import display, numbers
from dvctt.lib.sheets import FileRefused
from indicators import entry_files, services
from indicators.forms import FillForm
from indicators.models import Submission
from indicators.views import pages
from indicators.views.opening import opened_report_of
from units import selectors as unit_selectors


@require_GET
def template(request: HttpRequest, unit_id: int, period_code: str) -> HttpResponse:
    """The form as a workbook, with what is kept so far."""
    report = _report(request, unit_id, period_code)
    name = unit_selectors.name_and_place_on(unit=report.unit, on=report.period.ends_on)
    content = entry_files.template(
        unit=report.unit, unit_name=name, period=report.period, rows=pages.entry_form(report).rows
    )
    filename = entry_files.template_name(unit_name=name, period=report.period)
    return workbook_response(content, filename=filename)


@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest, unit_id: int, period_code: str) -> HttpResponse:
    """Fill the form from a workbook or a pasted block; the form is then shown, and nothing is saved yet."""
    report = _report(request, unit_id, period_code)
    try:
        services.check_open(period=report.period)
        services.check_deadline(unit=report.unit, period=report.period, today=timezone.localdate())
    except services.EntryError as error:
        messages.error(request, str(error))
        return redirect("submissions")
    if not report.takes_figures:
        messages.error(request, "Báo cáo này không nhận số nữa.")
        return redirect("submission", pk=report.pk)
    if request.method != "POST":
        return _fill_page(request, report, FillForm())
    form = FillForm(request.POST, request.FILES)
    if not form.is_valid():
        return _fill_page(request, report, form)
    standing = pages.entry_form(report)
    try:
        file = form.cleaned_data["file"]
        if file is not None:
            brought = entry_files.read_file(
                file.read(),
                filename=file.name,
                unit=report.unit,
                period=report.period,
                rows=standing.rows,
            )
        else:
            brought = entry_files.read_block(form.cleaned_data["block"], rows=standing.rows)
    except (FileRefused, entry_files.NotThisForm) as error:
        form.add_error("file", str(error))
        return _fill_page(request, report, form)
    filled = pages.entry_form(report, data=standing.inputs | brought.inputs)
    told = f"Đã điền {numbers.vi_number(brought.rows)} dòng từ {'tệp' if file else 'bảng dán'}; "
    messages.info(request, f"{told}chưa lưu. Hãy kiểm tra rồi bấm “Lưu nháp”.")
    errors = [("", problem) for problem in brought.problems]
    return pages.form_page(request, report, filled, errors=[*errors, *filled.errors])


def _fill_page(request: HttpRequest, report: Submission, form: FillForm) -> HttpResponse:
    context = {
        "menu": "submissions",
        "report": report,
        "period": report.period,
        "unit_name": unit_selectors.name_and_place_on(unit=report.unit, on=report.period.ends_on),
        "form": form,
        "errors": display.errors_of(form),
    }
    return render(request, "indicators/fill.html", context)


def _report(request: HttpRequest, unit_id: int, period_code: str) -> Submission:
    opened = opened_report_of(request, unit_id, period_code)
    if not opened.may_enter:
        raise PermissionDenied
    return opened.report
