"""Layouts in the browser: declaring the columns of an unknown table, listing and editing layouts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from dvctt.lib import sheets
from imports import services, tasks
from imports.forms_layout import (
    ColumnFormSet,
    FigureFormSet,
    LayoutForm,
    MappingForm,
    definition_of,
    initial_of,
)
from imports.models import Batch, BatchState, Layout
from imports.rules import mapping
from imports.rules.layouts import LayoutInvalid
from imports.views.access import STEPS, batch_for, layout_editor_of, person_of, provinces_of
from indicators import selectors as indicator_selectors
from indicators import services as indicator_services
from indicators.models import Indicator, Source
from units.permissions import EDITING_LAYOUTS


@require_http_methods(["GET", "POST"])
@never_cache
def import_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what each column of a table of no known layout is."""
    batch = batch_for(request, pk)
    user = layout_editor_of(request)
    if batch.state != BatchState.MAPPING:
        return redirect("import_batch", batch.pk)
    try:
        found = services.table_of(batch=batch)
    except sheets.FileRefused as error:
        messages.error(request, str(error))
        return redirect("import_list")
    asked = [] if found is None else mapping.ask_columns(*found, services.known_layouts())
    indicator_services.ensure_catalogue()
    indicators = indicator_selectors.current_indicators()
    said: dict[str, Any] = {
        "asked": asked,
        "indicators": indicators,
        "provinces": provinces_of(user),
        "initial": {name: batch.options.get(name) or "" for name in ("province", "period", "source")},
    }
    form = MappingForm(request.POST, **said) if request.method == "POST" else MappingForm(**said)
    if form.is_bound and form.is_valid() and _map(request, batch, form, asked, indicators, user):
        return redirect("import_batch", batch.pk)
    context = {
        "menu": "import_list",
        "batch": batch,
        "steps": STEPS,
        "form": form,
        "columns": [(one, form[f"cot-{one.column}"]) for one in asked],
        "header": found[1] if found else None,
    }
    return render(request, "imports/mapping.html", context)


def _map(
    request: HttpRequest,
    batch: Batch,
    form: MappingForm,
    asked: list[mapping.ColumnAsked],
    indicators: list[Indicator],
    user: User,
) -> bool:
    """Store what the person said and have the file read; tell what is missing where it makes no layout."""
    try:
        definition = mapping.make_definition(
            asked,
            form.answers(),
            without_denominator=[one.code for one in indicators if not one.denominator],
            source=form.cleaned_data["source"],
        )
        services.map_batch(
            batch_id=batch.pk,
            name=form.cleaned_data["name"],
            definition=definition,
            province=form.cleaned_data["province"],
            period=form.cleaned_data["period"],
            source=form.cleaned_data["source"],
            extracted_on=form.cleaned_data["extracted_on"],
            by=user,
            at=timezone.now(),
        )
    except mapping.MappingWrong as error:
        for fault in error.faults:
            form.add_error(None, fault)
        return False
    except LayoutInvalid as error:
        form.add_error(None, str(error))
        return False
    except services.BatchNotReady as error:
        messages.error(request, str(error))
        return True
    transaction.on_commit(lambda: tasks.read_batch.delay(batch.pk))
    messages.success(request, "Đã lưu mẫu; lần sau tệp cùng mẫu được nhận ngay.")
    return True


@require_GET
def import_layouts(request: HttpRequest) -> HttpResponse:
    """The layouts that files are recognised by."""
    user = person_of(request)
    services.known_layouts()
    stored = Layout.objects.annotate(
        used=Count("batch", distinct=True), last=Max("revisions__at"), changes=Max("revisions__number")
    ).order_by("retired_at", "name")
    lines = [
        (
            layout,
            ", ".join(layout.indicator_codes),
            Source(layout.definition["source"]).label if layout.definition.get("source") else "theo tệp",
            len(layout.definition.get("columns", ())),
        )
        for layout in stored
    ]
    return render(
        request,
        "imports/layouts.html",
        {"menu": "import_list", "lines": lines, "may_edit": user.has_perm(EDITING_LAYOUTS)},
    )


@require_http_methods(["GET", "POST"])
@never_cache
def import_layout_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Every part of a layout, and its history."""
    user = layout_editor_of(request)
    layout = get_object_or_404(Layout, code=code)
    shown = initial_of(layout.definition)
    seen = services.latest_revision(layout=layout)
    data = request.POST if request.method == "POST" else None
    form = LayoutForm(
        data,
        initial=shown["form"] | {"name": layout.name, "seen": seen, "retired": layout.retired_at is not None},
    )
    columns = ColumnFormSet(data, initial=shown["columns"], prefix="cot")
    figures = FigureFormSet(data, initial=shown["figures"], prefix="so-lieu")
    is_valid = data is not None and form.is_valid() and columns.is_valid() and figures.is_valid()
    if is_valid and _change(layout, form, columns.cleaned_data, figures.cleaned_data, user):
        messages.success(request, f"Đã lưu mẫu “{layout.name}”. Lần nhập đã đọc theo bản trước không đổi.")
        return redirect("import_layouts")
    return render(
        request,
        "imports/layout_edit.html",
        {
            "menu": "import_list",
            "layout": layout,
            "form": form,
            "columns": columns,
            "figures": figures,
            "revisions": layout.revisions.select_related("by")[:50],
        },
    )


def _change(
    layout: Layout, form: Form, columns: list[dict[str, Any]], figures: list[dict[str, Any]], user: User
) -> bool:
    said = form.cleaned_data
    try:
        services.change_layout(
            layout=layout,
            name=said["name"],
            definition=definition_of(layout.definition, said, columns, figures),
            retired=said["retired"],
            seen=said["seen"],
            reason=said["reason"],
            by=user,
            at=timezone.now(),
        )
    except (ValueError, services.LayoutChanged) as error:
        form.add_error(None, str(error))
        return False
    return True
