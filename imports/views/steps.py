"""The steps between upload and writing, each with its own address: recognise, match, check, preview."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from imports import previews, selectors, services, tasks
from imports.forms import CommitForm, FactsForm
from imports.matching import make_matching
from imports.matters import CHECK, MATCH, PREVIEW, Matters, by_kind, matters_of
from imports.models import Batch, BatchState
from imports.views.access import (
    RECOGNISE,
    RUNNING,
    batch_for,
    person_of,
    provinces_of,
    settled,
    steps_of,
    waiting_address,
)

CELLS_A_PAGE: Final = 3_000
"""A page stays light enough for an old office machine: about so many elements in its rows."""
_CELLS_OF_A_ROW: Final = 8


def _elsewhere(batch: Batch, step: int, *, also: BatchState | None = None) -> HttpResponse | None:
    """Where to go when the batch is not at a step that a person can work on.

    After a decision it is read again, which for most files is done at once; else the page that shows how far
    it is leads back to the step.
    """
    if settled(batch).state in (BatchState.PREVIEW, also):
        return None
    if batch.state in RUNNING:
        return redirect(waiting_address(batch, step))
    return redirect("import_batch", batch.pk)


def _context(batch: Batch, matters: Matters, current: int, **more: Any) -> dict[str, Any]:
    steps = steps_of(batch, current=current, first_open=matters.first_open_step)
    return {"menu": "import_list", "batch": batch, "matters": matters, "steps": steps} | more


@require_http_methods(["GET", "POST"])
@never_cache
def import_recognise(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file was taken for; a person may say otherwise, and it is read anew."""
    batch = batch_for(request, pk)
    away = _elsewhere(batch, RECOGNISE, also=BatchState.FAILED)
    if away is not None:
        return away
    user = person_of(request)
    initial = {name: batch.options.get(name) or "" for name in ("province", "period", "source")}
    initial["extracted_on"] = batch.options.get("extracted_on") or ""
    provinces = provinces_of(user)
    form = FactsForm(provinces=provinces, initial=initial)
    if request.method == "POST":
        form = FactsForm(request.POST, provinces=provinces)
    if form.is_bound and form.is_valid():
        try:
            services.restate_facts(batch_id=batch.pk, by=user, at=timezone.now(), **form.cleaned_data)
        except services.BatchNotReady as error:
            messages.error(request, str(error))
        else:
            transaction.on_commit(lambda: tasks.read_batch.delay(batch.pk))
        return redirect(waiting_address(batch))
    context = _context(
        batch,
        matters_of(batch=batch),
        RECOGNISE,
        form=form,
        facts=previews.facts_of(batch=batch),
        columns=previews.columns_of(batch=batch),
        is_known=batch.state == BatchState.PREVIEW,
    )
    return render(request, "imports/recognise.html", context)


@require_GET
@never_cache
def import_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Which unit each row means: those left open, on one page, and how the others were found."""
    batch = batch_for(request, pk)
    if away := _elsewhere(batch, MATCH):
        return away
    matching = make_matching(batch=batch)
    return render(
        request,
        "imports/match.html",
        _context(batch, matters_of(batch=batch), MATCH, matching=matching),
    )


@require_GET
@never_cache
def import_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What is wrong or doubtful, by kind; errors keep their rows out, warnings need a tick."""
    batch = batch_for(request, pk)
    if away := _elsewhere(batch, CHECK):
        return away
    matters = matters_of(batch=batch)
    context = _context(
        batch,
        matters,
        CHECK,
        errors=by_kind([one for one in matters.errors if one.kind != "swap"]),
        warnings=by_kind(matters.warnings),
        swaps=previews.swaps_of(batch=batch),
        refused=matters.refused,
        aside=batch.options.get("set_aside", {}),
    )
    return render(request, "imports/check.html", context)


@require_GET
@never_cache
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What writing would change, row by row."""
    batch = batch_for(request, pk)
    if away := _elsewhere(batch, PREVIEW):
        return away
    return preview_page(request, batch, None)


def preview_page(request: HttpRequest, batch: Batch, form: CommitForm | None) -> HttpResponse:
    """Render step five, with the form as it was sent where it has errors."""
    chosen = request.GET.get("loc", "")
    preview = previews.make_preview(batch=batch, chosen=chosen)
    matters = matters_of(batch=batch)
    if form is None:
        form = CommitForm(initial={"reason": previews.usual_reason(batch=batch)})
    rows_a_page = max(50, CELLS_A_PAGE // (_CELLS_OF_A_ROW + 2 * len(preview.indicators)))
    page = Paginator(preview.lines, rows_a_page).get_page(request.GET.get("trang"))
    context = _context(
        batch,
        matters,
        PREVIEW,
        preview=preview,
        page=page,
        page_query=f"{urlencode({'loc': chosen})}&" if chosen else "",
        form=form,
        earlier=selectors.earlier_commit(batch=batch),
        facts=previews.facts_of(batch=batch),
    )
    return render(request, "imports/preview.html", context)
