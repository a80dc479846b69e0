"""Saving while typing: the rows that a page sends, each for itself, and what it is told of them as JSON."""

from __future__ import annotations

import re
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from accounts.models import User
from indicators import services
from indicators.forms import EntryForm, EntryRow, cell_words
from indicators.models import Entry, Indicator, Period
from indicators.rules import Cell
from units.models import Unit
from units.permissions import ENTERING

ROW: Final = re.compile(r"was-([0-9]{1,15})", re.ASCII)
"""The hidden input by which a row is known."""


@require_POST
def save_cells(request: HttpRequest, unit_id: int, period_code: str) -> JsonResponse:
    """Keep the posted rows of a unit's report, which the first of them opens.

    The body is the row's part of the entry form. 200 tells each row's fate; 409 that the report takes no
    figures now, and why; 400 that a row is none of this report.
    """
    unit = get_object_or_404(Unit, pk=unit_id)
    person = request.user
    if not (isinstance(person, User) and person.has_perm(ENTERING, unit)):
        raise PermissionDenied
    period = get_object_or_404(Period, code=period_code)
    try:
        report = services.open_submission(unit=unit, period=period)
        form = _form(request.POST.dict())
        # What cannot be read never comes to the service.
        read = {row.indicator.pk: row for row in form.rows if not row.problems}
        saved = services.save_cells(
            submission=report,
            edits={key: services.CellEdit(form.cells[key], row.was) for key, row in read.items()},
            by=person,
            at=timezone.now(),
        )
    except services.EntryInvalid as error:
        return JsonResponse({"message": str(error)}, status=400)
    except services.EntryError as error:
        return JsonResponse({"message": str(error)}, status=409)
    form.complain(saved.problems)
    entries = saved.kept | saved.conflicts
    return JsonResponse(
        {
            "before": saved.before,
            "revision": saved.revision,
            "filled": saved.filled,
            "rows": {
                row.indicator.pk: _told(
                    row, entries.get(row.indicator.pk), row.indicator.pk in saved.conflicts
                )
                for row in form.rows
            },
        }
    )


def _form(data: dict[str, str]) -> EntryForm:
    """Return the form of the posted rows alone; raise EntryInvalid where a row is no indicator's.

    It only reads what was typed: what is asked of the unit, filled by an official source or saved by somebody
    else is looked up once, by the service, while it holds the report.
    """
    ids = [match[1] for name in data if (match := ROW.fullmatch(name))]
    found = Indicator.objects.in_bulk(ids)
    if not ids or len(found) != len(ids) or not all(f"n-{one}" in data for one in ids):
        raise services.EntryInvalid("Có chỉ tiêu không giao cho đơn vị này nhập; hãy tải lại trang.", {})
    return EntryForm(indicators=list(found.values()), entries=(), earlier={}, locked={}, data=data)


def _told(row: EntryRow, entry: Entry | None, is_conflict: bool) -> dict[str, Any]:
    if row.problems:
        field, message = next(iter(row.problems.items()))
        return {"fate": "invalid", "field": row.ids[field], "message": f"{capfirst(message)}."}
    cell = entry.cell if entry else Cell()
    row.show(cell)
    row.value = entry.value if entry else None
    told: dict[str, Any] = {
        "fate": "conflict" if is_conflict else "saved",
        "was": cell.token,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "choice": row.state,
        "note": row.note,
        "value": row.value_text,
        "at": timezone.localtime(entry.updated_at).strftime("%H:%M") if entry else "",
    }
    if is_conflict and entry is not None:
        told["message"] = f"{entry.updated_by} vừa lưu {cell_words(cell)} lúc {told['at']}."
    return told
