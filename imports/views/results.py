"""What came of a batch: the written figures, and the file with its problems beside its rows."""

from __future__ import annotations

from io import BytesIO
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dvctt.lib import sheets
from imports import previews, problem_files, services
from imports.models import Batch, BatchState
from imports.views.access import STEPS, batch_for
from units.models import Level, UnitVersion

MOST_HINDRANCES: Final = 200


@require_GET
@never_cache
def import_result(request: HttpRequest, pk: int) -> HttpResponse:
    """What was written, and where to see it."""
    batch = batch_for(request, pk)
    if batch.state not in (BatchState.COMMITTED, BatchState.UNDONE):
        return redirect("import_batch", batch.pk)
    return result_page(request, batch, None)


def result_page(request: HttpRequest, batch: Batch, refused: services.UndoRefused | None) -> HttpResponse:
    """Render step six, with the cells that hinder an undo where it was refused."""
    preview = previews.make_preview(batch=batch, chosen=request.GET.get("loc", "khong-ghi"))
    links = [
        (f"{indicator.short_name}, {label.lower()}", _league(batch, indicator.code, level))
        for indicator in preview.indicators
        for level, label in _levels(batch)
    ]
    return render(
        request,
        "imports/committed.html",
        {
            "menu": "import_list",
            "batch": batch,
            "preview": preview,
            "links": links,
            "steps": STEPS,
            "facts": previews.facts_of(batch=batch),
            "aside": batch.options.get("set_aside", {}),
            "hindrances": refused.cells[:MOST_HINDRANCES] if refused else [],
            "refused": str(refused) if refused else "",
            "is_undone": batch.state == BatchState.UNDONE,
        },
    )


def _league(batch: Batch, indicator: str, level: str) -> str:
    query = {
        "chi-tieu": indicator,
        "ky": batch.period.code if batch.period else "",
        "cap": level,
        "trong": batch.province_id or "",
    }
    return f"{reverse('league')}?{urlencode(query)}"


def _levels(batch: Batch) -> list[tuple[str, str]]:
    """The levels of the batch's units, for links to their league tables."""
    units = batch.rows.filter(is_group=False, refused=False).values("unit")
    found = set(UnitVersion.objects.filter(unit__in=units).values_list("level", flat=True))
    return [(level.value, str(level.label)) for level in Level if level.value in found]


@require_GET
def import_problems(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file's sheets as they were read, with a column that says what is wrong in each row."""
    batch = batch_for(request, pk)
    try:
        content = problem_files.problem_workbook(batch=batch)
    except sheets.FileRefused as error:
        messages.error(request, str(error))
        return redirect("import_batch", batch.pk)
    return FileResponse(BytesIO(content), as_attachment=True, filename=problem_files.filename_of(batch=batch))
