"""Official figures that officers say are wrong: saying so, the list, the answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from documents.attachments import FileRefused
from documents.keeping import file_response
from dvctt.lib import display
from indicators import selectors, services
from indicators.forms_doubts import AnswerForm, DoubtFilterForm, DoubtForm, counts_told, figure_told
from indicators.models import DoubtStatus, Entry, FigureDoubt, Indicator, Period
from indicators.rules import IndicatorUnknown
from indicators.views.opening import person, rights_on
from units import permissions
from units import selectors as unit_selectors
from units.models import Unit
from units.permissions import ENTERING, REVIEWING

DOUBTS_A_PAGE = 50
ANY_STATUS = "tat-ca"


@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    """The doubts that the person raised for the own units or may answer."""
    user, today = person(request), timezone.localdate()
    if not (user.has_perm(ENTERING) or user.has_perm(REVIEWING)):
        raise PermissionDenied
    own = permissions.units_for(user=user, permission=ENTERING, today=today)
    below = permissions.units_for(user=user, permission=REVIEWING, today=today)
    found = selectors.doubts_on(units=own | below)
    chosen = DoubtFilterForm(request.GET.dict()).chosen
    shown = Paginator([one for one in found if chosen in (ANY_STATUS, one.status)], DOUBTS_A_PAGE).get_page(
        request.GET.get("trang")
    )
    return render(
        request,
        "indicators/doubts.html",
        {
            "menu": "submissions",
            "page": shown,
            "lines": selectors.listed(list(shown)),
            "waiting": sum(one.waits for one in found),
            "answers": user.has_perm(REVIEWING),
            "chips": [
                *((one.value, one.label, sum(view.status == one for view in found)) for one in DoubtStatus),
                (ANY_STATUS, "Tất cả", len(found)),
            ],
            "chosen": chosen,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, unit_id: int, period_code: str, code: str) -> HttpResponse:
    """Say what is wrong with an official figure of the unit."""
    unit = get_object_or_404(Unit, pk=unit_id)
    if not request.user.has_perm(ENTERING, unit):
        raise PermissionDenied
    period = get_object_or_404(Period, code=period_code)
    indicator = _indicator(code)
    standing = selectors.doubts_of_cell(unit=unit, indicator=indicator, period=period)
    if request.method != "POST":
        if standing and standing[0].is_unsettled:
            messages.info(request, "Số này đã được báo sai; không cần báo lần nữa.")
            return redirect("doubt", pk=standing[0].doubt.pk)
        return _raise_page(request, unit, period, _empty_form(unit, indicator, period))
    form = DoubtForm(request.POST, request.FILES, indicator=indicator)
    if form.is_valid():
        try:
            raised = services.raise_doubt(
                unit=unit,
                indicator=indicator,
                period=period,
                words=form.cleaned_data["words"],
                said=form.said,
                upload=form.cleaned_data["file"],
                by=person(request),
                at=timezone.now(),
            )
        except FileRefused as error:
            form.add_error("file", str(error))
        except services.EntryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Đã báo sai số liệu; người duyệt sẽ trả lời tại trang này.")
            return redirect("doubt", pk=raised.pk)
    return _raise_page(request, unit, period, form)


@require_http_methods(["GET", "HEAD", "POST"])
def doubt(request: HttpRequest, pk: int) -> HttpResponse:
    """One doubt with its steps; who may, answers it here."""
    found = _doubt(request, pk)
    user, view = person(request), selectors.view_of(found)
    may_answer = user.has_perm(REVIEWING, found.unit)
    if request.method != "POST":
        return _doubt_page(request, found, AnswerForm(), may_answer=may_answer)
    if not may_answer:
        raise PermissionDenied
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer_doubt(
                doubt=view.doubt,
                accepts=form.accepts,
                words=form.cleaned_data["words"],
                by=user,
                at=timezone.now(),
            )
        except services.EntryError as error:
            form.add_error(None, str(error))
            return _doubt_page(request, found, form, may_answer=may_answer, status=409)
        messages.success(request, "Đã trả lời; cán bộ báo sai thấy câu trả lời ở biểu mẫu của mình.")
        return redirect("doubt", pk=pk)
    return _doubt_page(request, found, form, may_answer=may_answer)


@require_safe
def doubt_file(request: HttpRequest, pk: int) -> FileResponse:
    """What the officer attached, always as a download."""
    return file_response(_doubt(request, pk))


def _doubt(request: HttpRequest, pk: int) -> FigureDoubt:
    """Return the doubt, for those who enter or review its unit; others are refused."""
    found = get_object_or_404(FigureDoubt.objects.select_related("unit", "indicator", "period"), pk=pk)
    rights_on(request, found.unit)
    return found


def _indicator(code: str) -> Indicator:
    try:
        return selectors.indicator_by_code(code)
    except IndicatorUnknown as error:
        raise Http404(str(error)) from error


def _empty_form(unit: Unit, indicator: Indicator, period: Period) -> DoubtForm:
    entry = Entry.objects.filter(
        submission__unit=unit, submission__period=period, indicator=indicator
    ).first()
    return DoubtForm(initial=DoubtForm.typed(entry), indicator=indicator)


def _raise_page(request: HttpRequest, unit: Unit, period: Period, form: DoubtForm) -> HttpResponse:
    indicator = form.indicator
    found = selectors.locked_figures(unit_ids=[unit.pk], period=period, indicators=[indicator])
    figure = found.get(unit.pk, {}).get(indicator.pk)
    context: dict[str, Any] = {
        "menu": "submissions",
        "unit": unit,
        "unit_name": unit_selectors.name_and_place_on(unit=unit, on=period.ends_on),
        "period": period,
        "figure": figure,
        "told": figure_told(indicator, figure.known) if figure else "",
        "form": form,
        "errors": display.errors_of(form),
    }
    return render(request, "indicators/doubt_raise.html", context)


def _doubt_page(
    request: HttpRequest, found: FigureDoubt, form: AnswerForm, *, may_answer: bool, status: int = 200
) -> HttpResponse:
    view = selectors.view_of(found)
    own = view.raised.by_id == person(request).pk
    context: dict[str, Any] = {
        "menu": "submissions",
        "view": view,
        "doubt": found,
        "unit_name": unit_selectors.name_and_place_on(unit=found.unit, on=found.period.ends_on),
        "doubted": figure_told(found.indicator, view.doubted),
        "said": counts_told(view.said),
        "now": figure_told(found.indicator, view.now.known) if view.now else "không còn số",
        "form": form,
        "errors": display.errors_of(form),
        "may_answer": may_answer and view.waits and not own,
        "is_own": may_answer and view.waits and own,
    }
    return render(request, "indicators/doubt.html", context, status=status)
