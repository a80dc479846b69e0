"""Bringing a workbook in, step by step; nothing is written before the last."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from dvctt.lib import sheets
from imports import previews, selectors, services, tasks
from imports.forms import ChooseUnitForm, CommitForm, UploadForm, max_megabytes
from imports.models import Batch, BatchState, Row
from units import permissions
from units import selectors as unit_selectors
from units.models import Level, Unit, UnitVersion
from units.selectors import NameAt

IMPORT: Final = "imports.import_file"
STEPS: Final = ["Tải tệp", "Nhận dạng", "Khớp đơn vị", "Kiểm tra", "Xem thay đổi", "Ghi"]
RUNNING: Final = (BatchState.UPLOADED, BatchState.READING, BatchState.COMMITTING)
BATCHES_A_PAGE: Final = 50
ROWS_A_PAGE: Final = 500


def _person(request: HttpRequest) -> User:
    """The person, who may import somewhere."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(IMPORT):
        raise PermissionDenied("Tài khoản của bạn không có quyền nhập tệp.")
    return user


def _batch(request: HttpRequest, pk: int) -> Batch:
    """The batch, if the person may import for its province; before that is known, their own."""
    user = _person(request)
    batch = get_object_or_404(
        Batch.objects.select_related(
            "layout", "province", "period", "document", "created_by", "committed_by"
        ),
        pk=pk,
    )
    allowed = user.has_perm(IMPORT, batch.province) if batch.province else batch.created_by_id == user.pk
    if not (allowed or user.is_superuser):
        raise PermissionDenied("Lần nhập này thuộc tỉnh mà bạn không có quyền nhập tệp.")
    return batch


def _provinces(user: User) -> list[NameAt]:
    today = timezone.localdate()
    mine = set(permissions.units_for(user=user, permission=IMPORT, today=today).values_list("pk", flat=True))
    return [name for name in unit_selectors.roots(on=today) if name.unit_id in mine]


@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """What was brought in, by whom and when, and what still waits."""
    user = _person(request)
    units = permissions.units_for(user=user, permission=IMPORT, today=timezone.localdate())
    batches = selectors.batches_for(user=user, provinces=units)
    page = Paginator(batches, BATCHES_A_PAGE).get_page(request.GET.get("trang"))
    waiting = batches.filter(state=BatchState.PREVIEW).count()
    return render(request, "imports/list.html", {"menu": "import_list", "page": page, "waiting": waiting})


@require_http_methods(["GET", "POST"])
def import_upload(request: HttpRequest) -> HttpResponse:
    """Take a file in; what can be told at once is told at once."""
    user = _person(request)
    provinces = _provinces(user)
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
    """The batch where it stands: on its way, waiting to be looked at, written, or refused."""
    batch = _batch(request, pk)
    if batch.state in RUNNING:
        return _running(request, batch)
    if batch.state in (BatchState.FAILED, BatchState.CANCELLED) or batch.period is None:
        return render(
            request,
            "imports/stopped.html",
            {"menu": "import_list", "batch": batch, "steps": STEPS, "step": 2},
        )
    if batch.state == BatchState.COMMITTED:
        return _committed(request, batch)
    return _preview(request, batch, None)


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
            "progress_url": reverse("import_progress", args=[batch.pk]),
        },
    )


def _preview(request: HttpRequest, batch: Batch, form: CommitForm | None) -> HttpResponse:
    chosen = request.GET.get("loc", "")
    preview = previews.make_preview(batch=batch, chosen=chosen)
    if form is None:
        form = CommitForm(initial={"reason": _usual_reason(batch)}, refused=preview.refused)
    page = Paginator(preview.lines, ROWS_A_PAGE).get_page(request.GET.get("trang"))
    return render(
        request,
        "imports/preview.html",
        {
            "menu": "import_list",
            "batch": batch,
            "preview": preview,
            "page": page,
            "page_query": f"{urlencode({'loc': chosen})}&" if chosen else "",
            "form": form,
            "steps": STEPS,
            "earlier": selectors.earlier_commit(batch=batch),
            "facts": previews.facts_of(batch=batch),
            "has_choices": bool(batch.options.get("choices")),
        },
    )


def _usual_reason(batch: Batch) -> str:
    period = batch.period.label.replace("Đến", "đến", 1) if batch.period else ""
    paper = batch.counts.get("paper") or {}
    return f"Số liệu {period}" + (f" theo {paper['number']}" if paper.get("number") else "")


def _committed(request: HttpRequest, batch: Batch) -> HttpResponse:
    preview = previews.make_preview(batch=batch, chosen=request.GET.get("loc", "khong-ghi"))
    levels = _levels(batch)
    links = [
        (
            f"{indicator.short_name}, {label.lower()}",
            reverse("league")
            + "?"
            + urlencode(
                {
                    "chi-tieu": indicator.code,
                    "ky": batch.period.code if batch.period else "",
                    "cap": level,
                    "trong": batch.province_id or "",
                }
            ),
        )
        for indicator in preview.indicators
        for level, label in levels
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
        },
    )


def _levels(batch: Batch) -> list[tuple[str, str]]:
    """The levels of the batch's units, for links to their league tables."""
    units = batch.rows.filter(is_group=False, refused=False).values("unit")
    found = set(UnitVersion.objects.filter(unit__in=units).values_list("level", flat=True))
    return [(level.value, str(level.label)) for level in Level if level.value in found]


@require_GET
@never_cache
def import_progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the job is; `done_url` once there is something to look at."""
    batch = _batch(request, pk)
    done = None if batch.state in RUNNING else reverse("import_batch", args=[batch.pk])
    return JsonResponse(
        {"state": batch.state, "percent": batch.progress, "message": batch.message, "done_url": done}
    )


@require_GET
def import_original(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it was uploaded."""
    batch = _batch(request, pk)
    try:
        file = batch.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Không còn tệp gốc trong kho lưu trữ.") from error
    return FileResponse(file, as_attachment=True, filename=batch.filename)


@require_POST
def import_commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the batch on its way to being written."""
    batch = _batch(request, pk)
    user = _person(request)
    if batch.state != BatchState.PREVIEW:
        messages.error(request, services.why_not_ready(batch_id=batch.pk))
        return redirect("import_batch", batch.pk)
    form = CommitForm(request.POST, refused=batch.counts.get("refused", 0))
    if not form.is_valid():
        return _preview(request, batch, form)
    try:
        services.begin_commit(
            batch_id=batch.pk, by=user, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
    except services.BatchNotReady as error:
        messages.error(request, str(error))
        return redirect("import_batch", batch.pk)
    transaction.on_commit(lambda: tasks.commit_batch.delay(batch.pk, user.pk))
    return redirect("import_batch", batch.pk)


@require_POST
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    try:
        services.cancel_batch(batch_id=batch.pk, by=_person(request), at=timezone.now())
    except services.BatchNotReady as error:
        messages.error(request, str(error))
        return redirect("import_batch", batch.pk)
    messages.success(request, f"Đã huỷ lần nhập tệp “{batch.filename}”. Chưa có gì được ghi.")
    return redirect("import_list")


@require_POST
def import_swap(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """Agree to exchange two counts, or take that back."""
    batch = _batch(request, pk)
    row = get_object_or_404(Row, pk=row_pk, batch=batch)
    accepted = request.POST.get("accept") != "0"
    try:
        services.accept_swap(
            batch_id=batch.pk, row_id=row.pk, accepted=accepted, by=_person(request), at=timezone.now()
        )
    except (services.BatchNotReady, services.ImportRefused, sheets.FileRefused) as error:
        messages.error(request, str(error))
    return _back_to_row(batch, row)


@require_POST
def import_choose(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """Settle which unit a row means."""
    batch = _batch(request, pk)
    row = get_object_or_404(Row, pk=row_pk, batch=batch)
    form = ChooseUnitForm(request.POST)
    unit = Unit.objects.filter(pk=form.cleaned_data["unit"]).first() if form.is_valid() else None
    if unit is None:
        messages.error(request, f"Dòng {row.number}: chưa chọn đơn vị.")
        return _back_to_row(batch, row)
    try:
        services.choose_unit(
            batch_id=batch.pk, row_id=row.pk, unit=unit, by=_person(request), at=timezone.now()
        )
    except (services.BatchNotReady, services.ImportRefused, sheets.FileRefused) as error:
        messages.error(request, str(error))
    return _back_to_row(batch, row)


@require_POST
def import_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the units chosen by hand."""
    batch = _batch(request, pk)
    try:
        services.forget_choices(batch_id=batch.pk, by=_person(request), at=timezone.now())
    except (services.BatchNotReady, services.ImportRefused, sheets.FileRefused) as error:
        messages.error(request, str(error))
    return redirect("import_batch", batch.pk)


def _back_to_row(batch: Batch, row: Row) -> HttpResponse:
    # Rows are made anew with each preview; their place in the sheet stays.
    anchor = previews.anchor_of(sheet=row.sheet, number=row.number)
    return redirect(f"{reverse('import_batch', args=[batch.pk])}#{anchor}")
