"""Indicators in the catalogue: the list, one with its versions side by side, and what the office changes."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from documents.models import Document
from dvctt.fields import add_refusal
from dvctt.lib.numbers import vi_date
from indicators import selectors as indicator_selectors
from indicators import services
from indicators.models import Indicator
from indicators.rules import IndicatorUnknown
from reports.catalogue.access import MENU, cataloguer_of, editor_of
from reports.catalogue.forms import (
    DocumentsForm,
    SettingsForm,
    VersionForm,
    settings_initial,
    version_initial,
)
from reports.selectors import catalogue as selectors
from units.permissions import EDITING_CATALOGUE


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """Every indicator as it is asked for today."""
    user = editor_of(request)
    lines = selectors.indicator_lines(on=timezone.localdate())
    may_edit = user.has_perm(EDITING_CATALOGUE)
    return render(request, "catalogue/indicators.html", {"menu": MENU, "lines": lines, "may_edit": may_edit})


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """All versions of an indicator side by side, and its history."""
    user = editor_of(request)
    latest = _latest(code)
    columns = selectors.version_columns(code=latest.code)
    now = indicator_selectors.indicator_by_code(latest.code, on=timezone.localdate())
    return render(
        request,
        "catalogue/indicator.html",
        {
            "menu": MENU,
            "latest": latest,
            "now": now,
            "columns": columns,
            "rows": list(zip(*(column.said for column in columns), strict=True)),
            "history": selectors.changes_of_indicator(code=latest.code),
            "may_edit": user.has_perm(EDITING_CATALOGUE),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_edit(request: HttpRequest, code: str) -> HttpResponse:
    """How the indicator is called, asked for and shown."""
    user, latest = cataloguer_of(request), _latest(code)
    documents = list(Document.objects.all())
    if request.method != "POST":
        return _form_page(
            request, SettingsForm(initial=settings_initial(latest), documents=documents), latest
        )
    form = SettingsForm(request.POST, documents=documents)
    if form.is_valid():
        try:
            services.change_settings(
                indicator=latest,
                settings=form.settings(),
                documents=form.rests_on(),
                seen=form.cleaned_data["seen"],
                reason=form.cleaned_data["reason"],
                by=user,
                at=timezone.now(),
            )
        except services.DefinitionRefused as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"Đã lưu cách gọi, cách hiện của chỉ tiêu {latest.code}.")
            return redirect("catalogue_indicator", code=latest.code)
    return _form_page(request, form, latest)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_version(request: HttpRequest, code: str) -> HttpResponse:
    """A new definition for periods that end on a day or later."""
    user, latest = cataloguer_of(request), _latest(code)
    documents = list(Document.objects.all())
    if request.method != "POST":
        return _form_page(request, VersionForm(initial=version_initial(latest), documents=documents), latest)
    form = VersionForm(request.POST, documents=documents)
    if form.is_valid():
        try:
            made = services.add_version(
                indicator=latest,
                definition=form.definition(),
                valid_from=form.cleaned_data["valid_from"],
                documents=form.rests_on(),
                reason=form.cleaned_data["reason"],
                by=user,
                at=timezone.now(),
            )
        except services.DefinitionRefused as error:
            add_refusal(form, error)
        else:
            since = vi_date(form.cleaned_data["valid_from"])
            messages.success(
                request, f"Đã ghi phiên bản {made.version} của {made.code} cho các kỳ kết thúc từ {since}."
            )
            return redirect("catalogue_indicator", code=latest.code)
    return _form_page(request, form, latest)


def _form_page(request: HttpRequest, form: DocumentsForm, latest: Indicator) -> HttpResponse:
    context = {"menu": MENU, "form": form, "latest": latest, "is_version": isinstance(form, VersionForm)}
    return render(request, "catalogue/indicator_form.html", context)


def _latest(code: str) -> Indicator:
    try:
        return indicator_selectors.indicator_by_code(code)
    except IndicatorUnknown as error:
        raise Http404(str(error)) from error
