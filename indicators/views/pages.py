"""The pages of one report: its form, its check, its review."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from indicators import selectors
from indicators.forms import EntryForm, ReturnForm
from indicators.forms_review import ReopenForm, ReviewForm
from indicators.models import OPEN_STATUSES, Submission, SubmissionStatus
from indicators.selectors import Comparison
from indicators.views.opening import Opened
from units import selectors as unit_selectors


def form_page(
    request: HttpRequest,
    report: Submission,
    form: EntryForm,
    *,
    errors: list[tuple[str, str]],
    status: int = 200,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    context = (context or report_context(report)) | {
        "form": form,
        "errors": errors,
        "revision": report.revision,
    }
    form.doubt(selectors.doubts_of_report(submission=report))
    form.remark(context["returned"].remarks if context["returned"] else ())
    context["filled"] = sum(row.is_filled for row in form.rows)
    context["locked"] = sum(row.locked is not None for row in form.rows)
    if not form.rows:
        raise Http404
    return render(request, "indicators/entry.html", context, status=status)


def checked_form(report: Submission) -> tuple[EntryForm, Comparison]:
    """Return the report's figures and what they give to look at."""
    form = entry_form(report)
    comparison = selectors.compare_report(submission=report)
    form.compare(comparison)
    return form, comparison


def check_page(
    request: HttpRequest,
    report: Submission,
    form: EntryForm,
    comparison: Comparison,
    *,
    errors: list[tuple[str, str]],
    status: int = 200,
) -> HttpResponse:
    context = report_context(report) | {
        "form": form,
        "errors": errors,
        "revision": report.revision,
        "missing": sum(not row.is_filled for row in form.rows),
        "unexplained": sum(row.needs_words and not row.note for row in form.rows),
        "is_repeated": comparison.is_repeated,
        "says_same": "giong-ky-truoc" in request.POST,
    }
    return render(request, "indicators/check.html", context, status=status)


def review_page(
    request: HttpRequest,
    opened: Opened,
    return_form: ReturnForm,
    *,
    lines: ReviewForm | None = None,
    reopen_form: ReopenForm | None = None,
    errors: list[tuple[str, str]] | None = None,
    status: int = 200,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    report, today = opened.report, timezone.localdate()
    context = (context or report_context(report)) | {
        "review": lines or review_lines(report),
        "return_form": return_form,
        "reopen_form": reopen_form or ReopenForm(),
        "may_reopen": opened.may_review and report.may_be_reopened,
        "errors": errors or [],
        "revision": report.revision,
        "may_enter": opened.may_enter,
        "has_ended": opened.may_review and unit_selectors.version_on(unit=report.unit, on=today) is None,
        "waits_for_review": opened.may_review and report.status == SubmissionStatus.SENT,
    }
    return render(request, "indicators/review.html", context, status=status)


def report_context(report: Submission) -> dict[str, Any]:
    name = unit_selectors.names_on(unit_ids=[report.unit_id], on=report.period.ends_on).get(report.unit_id)
    levels = {name.unit_id: name.level} if name else {}
    deadlines = selectors.deadlines_for(levels=levels, period=report.period)
    events = selectors.steps_of(submission=report) if report.pk else []
    returned = report.status == SubmissionStatus.RETURNED
    return {
        "menu": "submissions",
        "report": report,
        "period": report.period,
        "unit_name": name.name_and_place if name else str(report.unit),
        "events": events,
        "corrected": selectors.corrected_cells(submission=report, steps=events),
        "deadline": deadlines.get(report.unit_id),
        "sent_at": None
        if report.status in OPEN_STATUSES
        else next((one.at for one in events if one.status == SubmissionStatus.SENT), None),
        "today": timezone.localdate(),
        "returned": next((one for one in events if one.status == report.status), None) if returned else None,
    }


def entry_form(report: Submission, *, data: dict[str, str] | None = None) -> EntryForm:
    indicators = selectors.asked_indicators(submission=report)
    form = EntryForm(
        indicators=indicators,
        entries=report.entries.all() if report.pk else (),
        earlier=selectors.earlier_figures(unit=report.unit, period=report.period),
        locked=selectors.locked_in_report(submission=report, indicators=indicators),
        data=data,
    )
    if report.pk:
        form.attach(selectors.evidence_of(submission=report))
    return form


def review_lines(report: Submission, *, data: dict[str, str] | None = None) -> ReviewForm:
    comparison = selectors.compare_report(submission=report)
    cells = comparison.cells.values()
    form = EntryForm(
        indicators=[one.indicator for one in cells],
        entries=[one.entry for one in cells if one.entry is not None],
        earlier={},
        locked={one.indicator.pk: one.locked for one in cells if one.locked is not None},
    )
    form.doubt(selectors.doubts_of_report(submission=report))
    form.attach(selectors.evidence_of(submission=report))
    return ReviewForm(rows=form.rows, comparison=comparison, data=data)
