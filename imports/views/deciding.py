"""What a person decides about a batch: each a POST that calls one service and leads back to its step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from dvctt.fields import DayField, read_id
from dvctt.lib import sheets
from imports import previews, services, tasks
from imports.forms import CommitForm
from imports.matters import CHECK, MATCH, PREVIEW, matters_of
from imports.models import Batch, BatchState, Row
from imports.selectors import planned_cell
from imports.views.access import RUNNING, batch_for, person_of, step_address, waiting_address
from imports.views.results import result_page
from imports.views.steps import preview_page
from units.models import Unit
from units.permissions import EDITING
from units.services import UnitError


def _decide(request: HttpRequest, batch: Batch, decide: Callable[[], object]) -> bool:
    """Do it, and have the worker make the preview anew that follows from it."""
    done = _try(request, decide)
    if done:
        transaction.on_commit(lambda: tasks.read_batch.delay(batch.pk))
    return done


def _try(request: HttpRequest, decide: Callable[[], object]) -> bool:
    """Do it, and tell the person why not where it can't be done."""
    try:
        decide()
    except (services.BatchNotReady, services.ImportRefused, sheets.FileRefused, UnitError) as error:
        messages.error(request, str(error))
        return False
    return True


@require_POST
def import_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle which units rows mean, and which rows are left out; all of one page at once."""
    batch = batch_for(request, pk)
    user, at = person_of(request), timezone.now()
    chosen: dict[int, int] = {}
    aside: list[tuple[str, int]] = []
    rows = {row.position: row for row in batch.rows.filter(unit__isnull=True)}
    for name in request.POST:
        value, position = request.POST.get(name, ""), name.removeprefix("dong-")
        number = read_id(position)
        row = None if number is None or name == position else rows.get(number)
        if row is None:
            continue
        unit_id = read_id(value)
        if value == "bo-qua":
            aside.append((row.sheet, row.number))
        elif unit_id is not None:
            chosen[row.position] = unit_id
    units = Unit.objects.in_bulk(list(chosen.values()))
    if set(chosen.values()) - units.keys():
        messages.error(request, "Có đơn vị được chọn không còn trong cây; hãy chọn lại.")
        return redirect(step_address(batch, MATCH))
    if aside and not _try(
        request,
        lambda: services.set_rows_aside(
            batch_id=batch.pk, rows=aside, reason=request.POST.get("reason", ""), by=user, at=at
        ),
    ):
        return redirect(step_address(batch, MATCH))
    if chosen:
        picked = {position: units[unit] for position, unit in chosen.items()}
        choose = partial(services.choose_units, batch_id=batch.pk, chosen=picked, by=user, at=at)
        _decide(request, batch, choose)
    elif not aside:
        messages.error(request, "Chưa chọn đơn vị nào. Hãy chọn đơn vị cho ít nhất một dòng.")
    return _onward(batch)


@require_POST
def import_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the units chosen by hand."""
    batch = batch_for(request, pk)
    user = person_of(request)
    forget = partial(services.forget_choices, batch_id=batch.pk, by=user, at=timezone.now())
    _decide(request, batch, forget)
    return redirect(step_address(batch, MATCH))


@require_POST
def import_create_units(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the ticked units, which are new, to the tree, and match the file again."""
    batch = batch_for(request, pk)
    user = person_of(request)
    if not user.has_perm(EDITING, batch.province):
        raise PermissionDenied("Tài khoản của bạn không có quyền thêm đơn vị vào cây.")
    ticked = map(read_id, request.POST.getlist("new"))
    positions = {position for position in ticked if position is not None}
    try:
        day = DayField().clean(request.POST.get("valid_from", ""))
    except ValidationError:
        messages.error(request, "Ngày bắt đầu của đơn vị mới không đọc được; hãy ghi dạng 17/07/2023.")
        return redirect(step_address(batch, MATCH))
    if not positions:
        messages.error(request, "Chưa đánh dấu đơn vị mới nào.")
        return redirect(step_address(batch, MATCH))

    def create() -> None:
        made = services.create_chosen_units(
            batch_id=batch.pk, positions=positions, valid_from=day, by=user, at=timezone.now()
        )
        messages.success(request, f"Đã thêm {made} đơn vị vào cây, từ ngày {day:%d/%m/%Y}.")

    _decide(request, batch, create)
    return _onward(batch)


@require_POST
def import_swap(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """Agree to exchange two counts, or take that back."""
    batch = batch_for(request, pk)
    user = person_of(request)
    row = get_object_or_404(Row, pk=row_pk, batch=batch)
    accepted = request.POST.get("accept") != "0"
    _decide(
        request,
        batch,
        lambda: services.accept_swap(
            batch_id=batch.pk, row_id=row.pk, accepted=accepted, by=user, at=timezone.now()
        ),
    )
    # Rows are made anew with each preview; their place in the sheet stays.
    return redirect(f"{step_address(batch, CHECK)}#{previews.anchor_of(sheet=row.sheet, number=row.number)}")


@require_POST
def import_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept warnings, all of a kind or one by one."""
    batch = batch_for(request, pk)
    user = person_of(request)
    kinds, keys = request.POST.getlist("kind"), request.POST.getlist("matter")
    if not kinds and not keys:
        messages.error(request, "Chưa đánh dấu cảnh báo nào. Hãy đánh dấu những cảnh báo bạn đã xem.")
        return redirect(step_address(batch, CHECK))
    _try(
        request,
        lambda: services.accept_warnings(
            batch_id=batch.pk,
            kinds=kinds,
            keys=keys,
            reason=request.POST.get("reason", ""),
            by=user,
            at=timezone.now(),
        ),
    )
    return _onward(batch)


@require_POST
def import_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave every row that cannot be written out of the batch, with a reason."""
    batch = batch_for(request, pk)
    user = person_of(request)
    rows = [(sheet, number) for sheet, number, _ in matters_of(batch=batch).refused]
    _try(
        request,
        lambda: services.set_rows_aside(
            batch_id=batch.pk, rows=rows, reason=request.POST.get("reason", ""), by=user, at=timezone.now()
        ),
    )
    return _onward(batch)


@require_POST
def import_keep(request: HttpRequest, pk: int, position: int, code: str) -> HttpResponse:
    """Keep the figure that stands in a cell, or write the file's after all."""
    batch = batch_for(request, pk)
    user = person_of(request)
    row = get_object_or_404(Row, batch=batch, position=position)
    if planned_cell(row=row, code=code) is None:
        raise Http404
    keep = request.POST.get("keep") != "0"
    _decide(
        request,
        batch,
        lambda: services.keep_cell(
            batch_id=batch.pk, row_position=position, indicator=code, keep=keep, by=user, at=timezone.now()
        ),
    )
    anchor = previews.anchor_of(sheet=row.sheet, number=row.number)
    return redirect(f"{step_address(batch, PREVIEW)}#{anchor}")


@require_POST
def import_commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the batch on its way to being written."""
    batch = batch_for(request, pk)
    user = person_of(request)
    if batch.state != BatchState.PREVIEW:
        messages.error(request, services.why_not_ready(batch_id=batch.pk))
        return redirect("import_batch", batch.pk)
    form = CommitForm(request.POST)
    if not form.is_valid():
        return preview_page(request, batch, form)
    begun = _try(
        request,
        lambda: services.begin_commit(
            batch_id=batch.pk,
            by=user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            settled=True,
        ),
    )
    if begun:
        transaction.on_commit(lambda: tasks.commit_batch.delay(batch.pk, user.pk))
    return redirect("import_batch", batch.pk)


@require_POST
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the batch up before it is written."""
    batch = batch_for(request, pk)
    user = person_of(request)
    if not _try(request, lambda: services.cancel_batch(batch_id=batch.pk, by=user, at=timezone.now())):
        return redirect("import_batch", batch.pk)
    messages.success(request, f"Đã huỷ lần nhập tệp “{batch.filename}”. Chưa có gì được ghi.")
    return redirect("import_list")


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back everything that a batch wrote, or tell on which cells something later stands."""
    batch = batch_for(request, pk)
    user = person_of(request)
    try:
        services.undo_batch(
            batch_id=batch.pk, by=user, at=timezone.now(), reason=request.POST.get("reason", "")
        )
    except services.UndoRefused as error:
        return result_page(request, batch, error)
    except services.BatchNotReady as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Đã hoàn tác lần nhập tệp “{batch.filename}”.")
    return redirect("import_batch", batch.pk)


def _onward(batch: Batch) -> HttpResponse:
    """To the first step that still needs a person, once what follows from a decision is done."""
    batch.refresh_from_db()
    if batch.state in RUNNING:
        return redirect(waiting_address(batch))
    if batch.state != BatchState.PREVIEW:
        return redirect("import_batch", batch.pk)
    return redirect(step_address(batch, matters_of(batch=batch).first_open_step))
