"""Files that come in: the list, the upload, and the batch's own address that leads to where it stands."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from dvctt.lib import sheets
from dvctt.uploads import max_megabytes
from imports import selectors, services, tasks
from imports.forms import UploadForm
from imports.matters import matters_of
from imports.models import Batch, BatchState
from imports.views.access import (
    IMPORT,
    PAGES,
    RUNNING,
    STEPS,
    WAITING,
    batch_for,
    person_of,
    provinces_of,
    settled,
    step_address,
)
from units import permissions

BATCHES_A_PAGE: Final = 50


@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """What was brought in, by whom and when, and what still waits."""
    user = person_of(request)
    units = permissions.units_for(user=user, permission=IMPORT, today=timezone.localdate())
    batches = selectors.batches_for(user=user, provinces=units)
    page = Paginator(batches, BATCHES_A_PAGE).get_page(request.GET.get("trang"))
    waiting = batches.filter(state__in=[BatchState.PREVIEW, BatchState.MAPPING]).count()
    return render(request, "imports/list.html", {"menu": "import_list", "page": page, "waiting": waiting})


@require_http_methods(["GET", "POST"])
def import_upload(request: HttpRequest) -> HttpResponse:
    """Take a file in; what can be told at once is told at once."""
    user = person_of(request)
    provinces = provinces_of(user)
    form = UploadForm(request.POST or None, request.FILES or None, provinces=provinces)
    if request.method == "POST":
        # Without a file neither dictionary need hold anything; the form must be bound all the same.
        form = UploadForm(request.POST, request.FILES, provinces=provinces)
        if form.is_valid():
            batch = _receive(form, user)
            if batch is not None:
                return redirect("import_batch", batch.pk)
    context = {
        "menu": "import_list",
        "form": form,
        "steps": STEPS,
        "max_mb": max_megabytes(),
        "is_detailed": any(form[name].value() for name in ("province", "period", "source", "extracted_on")),
    }
    return render(request, "imports/upload.html", context, status=200)


def _receive(form: UploadForm, user: User) -> Batch | None:
    file: UploadedFile = form.cleaned_data["file"]
    day: date | None = form.cleaned_data["extracted_on"]
    try:
        batch = services.receive_file(
            content=file.read(),
            filename=file.name or "",
            by=user,
            at=timezone.now(),
            options=services.ImportOptions(
                province=form.cleaned_data["province"],
                period=form.cleaned_data["period"],
                source=form.cleaned_data["source"],
                extracted_on=day,
                check_rights=True,
                # Else a layout stayed behind for everybody, of a file that is refused for its province.
                may_map=user.has_perm(permissions.EDITING_LAYOUTS),
            ),
        )
    except (sheets.FileRefused, services.ImportRefused) as error:
        form.add_error("file", str(error))
        return None
    transaction.on_commit(lambda: tasks.read_batch.delay(batch.pk))
    return batch


@require_GET
@never_cache
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch where it stands: on its way, at the step that waits for a person, written, or refused."""
    batch = batch_for(request, pk)
    if WAITING in request.GET:
        batch = settled(batch)
    if batch.state in RUNNING:
        return _running(request, batch)
    if batch.state in (BatchState.COMMITTED, BatchState.UNDONE):
        return redirect("import_result", batch.pk)
    if batch.state == BatchState.MAPPING:
        return redirect("import_mapping", batch.pk)
    if batch.state == BatchState.PREVIEW and batch.period is not None:
        return redirect(step_address(batch, _wanted(request) or matters_of(batch=batch).first_open_step))
    return render(
        request, "imports/stopped.html", {"menu": "import_list", "batch": batch, "steps": STEPS, "step": 2}
    )


def _wanted(request: HttpRequest) -> int | None:
    """The step to which the person wants to be led back, where they say one."""
    said = request.GET.get(WAITING, "")
    return int(said) if said in map(str, PAGES) else None


def _step(batch: Batch) -> int:
    if batch.state == BatchState.COMMITTING:
        return 6
    return 2 if batch.progress < 30 else 3 if batch.progress < 50 else 4


def _running(request: HttpRequest, batch: Batch) -> HttpResponse:
    return render(
        request,
        "imports/running.html",
        {
            "menu": "import_list",
            "batch": batch,
            "steps": STEPS,
            "step": _step(batch),
            "progress_url": _with_wanted(request, reverse("import_progress", args=[batch.pk])),
        },
    )


def _with_wanted(request: HttpRequest, address: str) -> str:
    return f"{address}?{urlencode({WAITING: request.GET[WAITING]})}" if WAITING in request.GET else address


@require_GET
@never_cache
def import_progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the job is; `done_url` once there is something to look at."""
    batch = batch_for(request, pk)
    address = _with_wanted(request, reverse("import_batch", args=[batch.pk]))
    done = None if batch.state in RUNNING else address
    return JsonResponse(
        {"state": batch.state, "percent": batch.progress, "message": batch.message, "done_url": done}
    )


@require_GET
def import_original(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it was uploaded."""
    batch = batch_for(request, pk)
    try:
        file = batch.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404("Không còn tệp gốc trong kho lưu trữ.") from error
    return FileResponse(file, as_attachment=True, filename=batch.filename)
