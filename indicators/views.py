"""Pages of entering: the list, the form, its check, the review."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from dvctt.lib import display
from indicators import rules, selectors, services
from indicators.forms import BoardFilterForm, EntryForm, ReturnForm
from indicators.forms_review import ReopenForm, ReviewForm
from indicators.models import OPEN_STATUSES, Period, Submission, SubmissionStatus
from indicators.selectors import BoardRow, Comparison
from units import permissions
from units import selectors as unit_selectors
from units.models import Unit

ENTER = "indicators.enter_figures"
REVIEW = "indicators.review_figures"
EDIT_CALENDAR = "units.edit_units"
ROWS_A_PAGE = 100
ANY_STATUS = "tat-ca"
CHOICE = re.compile(r"([0-9]{1,15})-([0-9]{1,9})", re.ASCII)
"""A report and the revision that was seen of it."""
QUEUE = (
    SubmissionStatus.SENT,
    SubmissionStatus.RETURNED,
    SubmissionStatus.DRAFT,
    SubmissionStatus.EMPTY,
    SubmissionStatus.APPROVED,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A report and what the person may do with it."""

    report: Submission
    may_enter: bool
    may_review: bool


@require_GET
def submissions(request: HttpRequest) -> HttpResponse:
    """What the officer has to enter and what the reviewer has to look at, for one period."""
    user, today = _person(request), timezone.localdate()
    periods = selectors.entry_periods()
    form = BoardFilterForm(request.GET.dict(), periods=periods)
    default = next((one.code for one in periods if one.open_for_entry), periods[0].code if periods else "")
    code = form.chosen("ky", default)
    period = next((one for one in periods if one.code == code), None)
    own = _board(user, ENTER, period, today)
    queue = _board(user, REVIEW, period, today)
    chosen = form.chosen("trang_thai", SubmissionStatus.SENT.value)
    levels = {row.unit_id: row.level for row in (*own, *queue)}
    shown = [row for row in queue if chosen in (ANY_STATUS, row.status)]
    if period is not None:
        shown = selectors.queue_by_risk(rows=shown, period=period)
    on_page = Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("trang-duyet"))
    return render(
        request,
        "indicators/submissions.html",
        {
            "menu": "submissions",
            "period": period,
            "periods": periods,
            "own": Paginator(own, ROWS_A_PAGE).get_page(request.GET.get("trang")),
            "own_open": sum(row.status in OPEN_STATUSES for row in own),
            "returned": [row for row in own if row.status == SubmissionStatus.RETURNED],
            "reviews": bool(queue),
            "queue": on_page,
            "choosing": any(row.is_clean for row in on_page),
            "ticked": request.GET.get("chon") == "het",
            "waiting": sum(row.status == SubmissionStatus.SENT for row in queue),
            "chips": [
                *(
                    (status.value, status.label, sum(row.status == status for row in queue))
                    for status in QUEUE
                ),
                (ANY_STATUS, "Tất cả", len(queue)),
            ],
            "chosen": chosen,
            "deadlines": selectors.deadlines_for(levels=levels, period=period) if period else {},
            "today": today,
            "edits_calendar": user.has_perm(EDIT_CALENDAR),
        },
    )


def _board(user: User, permission: str, period: Period | None, today: date) -> list[BoardRow]:
    if period is None:
        return []
    units = permissions.units_for(user=user, permission=permission, today=today)
    return selectors.submission_board(units=units, period=period)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, unit_id: int, period_code: str) -> HttpResponse:
    """The form of a unit without a report for the period: the first save opens one, looking does not."""
    unit = get_object_or_404(Unit, pk=unit_id)
    if not request.user.has_perm(ENTER, unit):
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
    return form_page(request, report, entry_form(report), errors=[])


@require_http_methods(["GET", "HEAD", "POST"])
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """The officer's form while the report is open to him; else what was sent, for him and the reviewer."""
    opened = _opened(request, pk)
    if request.method == "POST":
        if not opened.may_enter:
            raise PermissionDenied
        return _save(request, opened)
    context = _context(opened.report)
    locked = rules.is_locked(context["deadline"], context["today"])
    if opened.may_enter and opened.report.takes_figures and not locked:
        return form_page(request, opened.report, entry_form(opened.report), errors=[], context=context)
    return _review_page(request, opened, ReturnForm(), context=context)


def _save(request: HttpRequest, opened: Opened) -> HttpResponse:
    report = opened.report
    if not report.takes_figures:
        told = "Báo cáo này không nhận số nữa; các số vừa nhập chưa được lưu."
        return _review_page(request, opened, ReturnForm(), errors=[("", told)], status=409)
    form = entry_form(report, data=request.POST.dict())
    if not form.is_valid():
        return form_page(request, report, form, errors=form.errors)
    seen = _seen(request)
    try:
        saved = services.save_entries(
            submission=report,
            values=form.cells,
            by=_person(request),
            at=timezone.now(),
            seen_revision=-1 if seen is None else seen,
        )
    except services.SubmissionChanged as error:
        report.refresh_from_db()
        changes = form.take_over(selectors.entries_since(submission=report, revision=seen or 0))
        told = f"{error} Hãy xem các ô dưới đây rồi lưu lại; số bạn nhập vẫn còn."
        return form_page(request, report, form, errors=[("", told), *changes], status=409)
    except services.EntryInvalid as error:
        form.complain(error.problems)
        return form_page(request, report, form, errors=form.errors or [("", str(error))])
    except services.EntryError as error:
        report.refresh_from_db()
        told = f"{error} Các số vừa nhập chưa được lưu."
        return _review_page(request, opened, ReturnForm(), errors=[("", told)], status=409)
    if request.POST.get("action") == "check":
        return redirect("submission_check", pk=report.pk)
    messages.success(
        request, "Đã lưu nháp." if saved.changed else "Không có gì thay đổi so với lần lưu trước."
    )
    return redirect("submission", pk=report.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """All values before they are sent, and the sending."""
    opened = _opened(request, pk)
    report = opened.report
    if not opened.may_enter:
        raise PermissionDenied
    if not report.takes_figures:
        return redirect("submission", pk=report.pk)
    form, comparison = _checked(report)
    if request.method != "POST":
        return _check_page(request, report, form, comparison, errors=[])
    try:
        services.send_submission(
            submission=report,
            by=_person(request),
            at=timezone.now(),
            seen_revision=_seen(request),
            notes=form.explain(request.POST.dict()),
            confirms_repeat="giong-ky-truoc" in request.POST,
        )
    except services.SubmissionIncomplete as error:
        told = "nhập đủ số hoặc chọn lý do không có số"
        errors = form.told_of(error.missing, told, at="chi-tieu-{}")
        return _check_page(request, report, form, comparison, errors=errors)
    except services.SubmissionUnexplained as error:
        errors = form.told_of(error.missing, "ghi giải trình cho số này", at="g-{}")
        if error.is_repeated:
            errors.append(("giong-ky-truoc", "Mọi ô giống hệt kỳ trước: xác nhận là đúng, hoặc sửa lại"))
        return _check_page(request, report, form, comparison, errors=errors)
    except services.EntryInvalid as error:
        form.complain(error.problems)
        return _check_page(request, report, form, comparison, errors=form.errors or [("", str(error))])
    except services.EntryError as error:
        report.refresh_from_db()
        form, comparison = _checked(report)
        return _check_page(request, report, form, comparison, errors=[("", str(error))], status=409)
    messages.success(request, f"Đã gửi số liệu {report.period.label}. Bạn vẫn xem được các số đã gửi.")
    return redirect("submission", pk=report.pk)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    opened = _opened_to_review(request, pk)
    report = opened.report
    try:
        recorded = services.approve_submission(
            submission=report, by=_person(request), at=timezone.now(), seen_revision=_seen(request)
        )
    except services.EntryError as error:
        report.refresh_from_db()
        return _review_page(request, opened, ReturnForm(), errors=[("", str(error))], status=409)
    kept = recorded.written + recorded.unchanged
    messages.success(request, f"Đã duyệt {kept} số liệu; các số này là số của đơn vị báo cáo.")
    return redirect("submission", pk=report.pk)


@require_POST
def approve_chosen(request: HttpRequest) -> HttpResponse:
    """Approve the ticked reports that give nothing to look at; tell of each what became of it."""
    user, chosen = _person(request), _chosen(request)
    reports = list(Submission.objects.filter(pk__in=chosen).select_related("unit", "period"))
    units = permissions.units_for(user=user, permission=REVIEW, today=timezone.localdate())
    if {report.unit_id for report in reports} - set(units.values_list("pk", flat=True)):
        raise PermissionDenied
    if not 0 < len(reports) <= ROWS_A_PAGE:
        messages.error(request, f"Hãy chọn từ 1 đến {ROWS_A_PAGE} báo cáo trong danh sách rồi duyệt.")
        return redirect("submissions")
    period = reports[0].period
    decided = services.approve_clean(
        chosen=[(report, chosen[report.pk]) for report in reports], by=user, at=timezone.now()
    )
    known = unit_selectors.names_on(unit_ids=[report.unit_id for report in reports], on=period.ends_on)
    names = {key: name.full_name for key, name in known.items()}
    told = [(names.get(one.submission.unit_id, str(one.submission.unit)), one.refused) for one in decided]
    if approved := [name for name, refused in told if not refused]:
        messages.success(request, f"Đã duyệt {len(approved)} báo cáo: {', '.join(sorted(approved))}.")
    for name, refused in told:
        if refused:
            messages.warning(request, f"Chưa duyệt {name}: {refused}")
    return redirect(f"{reverse('submissions')}?ky={period.code}")


@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    opened = _opened_to_review(request, pk)
    report = opened.report
    form, lines = ReturnForm(request.POST), _lines(report, data=request.POST.dict())
    # A reason on a line says enough.
    form.fields["reason"].required = not lines.remarks
    if not form.is_valid() or lines.errors:
        errors = [*lines.errors, *display.errors_of(form)]
        return _review_page(request, opened, form, lines=lines, errors=errors)
    try:
        services.return_submission(
            submission=report,
            by=_person(request),
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            remarks=lines.remarks,
            seen_revision=_seen(request),
        )
    except services.EntryError as error:
        report.refresh_from_db()
        lines = _lines(report, data=request.POST.dict())
        return _review_page(request, opened, form, lines=lines, errors=[("", str(error))], status=409)
    messages.success(request, "Đã trả lại báo cáo kèm lý do.")
    return redirect("submission", pk=report.pk)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    opened = _opened_to_review(request, pk)
    report = opened.report
    form = ReopenForm(request.POST)
    if not form.is_valid():
        errors = display.errors_of(form)
        return _review_page(request, opened, ReturnForm(), reopen_form=form, errors=errors)
    try:
        services.reopen_submission(
            submission=report, by=_person(request), at=timezone.now(), reason=form.cleaned_data["reason"]
        )
    except services.EntryError as error:
        report.refresh_from_db()
        told = [("", str(error))]
        return _review_page(request, opened, ReturnForm(), reopen_form=form, errors=told, status=409)
    messages.success(request, "Đã mở lại báo cáo; các số đã duyệt giữ nguyên cho đến khi duyệt lại.")
    return redirect("submission", pk=report.pk)


# --- Pages --------------------------------------------------------------------------------------------------


def form_page(
    request: HttpRequest,
    report: Submission,
    form: EntryForm,
    *,
    errors: list[tuple[str, str]],
    status: int = 200,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    context = (context or _context(report)) | {"form": form, "errors": errors, "revision": report.revision}
    form.remark(context["returned"].remarks if context["returned"] else ())
    context["filled"] = sum(row.is_filled for row in form.rows)
    if not form.rows:
        raise Http404
    return render(request, "indicators/entry.html", context, status=status)


def _checked(report: Submission) -> tuple[EntryForm, Comparison]:
    """Return the report's figures and what they give to look at."""
    form = entry_form(report)
    comparison = selectors.compare_report(submission=report)
    form.compare(comparison)
    return form, comparison


def _check_page(
    request: HttpRequest,
    report: Submission,
    form: EntryForm,
    comparison: Comparison,
    *,
    errors: list[tuple[str, str]],
    status: int = 200,
) -> HttpResponse:
    context = _context(report) | {
        "form": form,
        "errors": errors,
        "revision": report.revision,
        "missing": sum(not row.is_filled for row in form.rows),
        "unexplained": sum(row.needs_words and not row.note for row in form.rows),
        "is_repeated": comparison.is_repeated,
        "says_same": "giong-ky-truoc" in request.POST,
    }
    return render(request, "indicators/check.html", context, status=status)


def _review_page(
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
    report = opened.report
    context = (context or _context(report)) | {
        "review": lines or _lines(report),
        "return_form": return_form,
        "reopen_form": reopen_form or ReopenForm(),
        "may_reopen": opened.may_review and report.may_be_reopened,
        "errors": errors or [],
        "revision": report.revision,
        "waits_for_review": opened.may_review and report.status == SubmissionStatus.SENT,
    }
    return render(request, "indicators/review.html", context, status=status)


def _context(report: Submission) -> dict[str, Any]:
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
    return EntryForm(
        indicators=selectors.asked_indicators(submission=report),
        entries=report.entries.all() if report.pk else (),
        earlier=selectors.earlier_figures(unit=report.unit, period=report.period),
        data=data,
    )


def _lines(report: Submission, *, data: dict[str, str] | None = None) -> ReviewForm:
    comparison = selectors.compare_report(submission=report)
    cells = comparison.cells.values()
    form = EntryForm(
        indicators=[one.indicator for one in cells],
        entries=[one.entry for one in cells if one.entry is not None],
        earlier={},
    )
    return ReviewForm(rows=form.rows, comparison=comparison, data=data)


# --- Who asks for what --------------------------------------------------------------------------------------


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _opened(request: HttpRequest, pk: int) -> Opened:
    """The report, for those who enter or review its unit; others are refused."""
    report = get_object_or_404(Submission.objects.select_related("unit", "period"), pk=pk)
    opened = Opened(
        report=report,
        may_enter=request.user.has_perm(ENTER, report.unit),
        may_review=request.user.has_perm(REVIEW, report.unit),
    )
    if not (opened.may_enter or opened.may_review):
        raise PermissionDenied
    return opened


def _opened_to_review(request: HttpRequest, pk: int) -> Opened:
    opened = _opened(request, pk)
    if not opened.may_review:
        raise PermissionDenied
    return opened


def _chosen(request: HttpRequest) -> dict[int, int]:
    """The ticked reports by id with the revision that the page showed; what is not understood is left out."""
    found = {}
    for text in request.POST.getlist("bao-cao"):
        if match := CHOICE.fullmatch(text):
            found[int(match[1])] = int(match[2])
    return found


def _seen(request: HttpRequest) -> int | None:
    text = request.POST.get("seen_revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
