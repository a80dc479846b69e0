"""An act on the tree in two steps: the form, then what it would write, beside what stands there already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from dvctt.fields import add_refusal
from indicators import selectors as indicator_selectors
from indicators.selectors import Touched, Unapproved
from reports.catalogue.access import MENU
from units import catalogue_selectors, services
from units.catalogue_forms import ActForm
from units.catalogue_selectors import Change
from units.models import ChangeKind, Unit
from units.rules import TreeCycle
from units.services import Rehearsal

CONFIRM: Final = "xac-nhan"
BACK: Final = "sua-lai"


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be done to the tree: what it is called, how, and where it leads."""

    title: str
    done: str
    do: Callable[[], object]
    goes_to: Callable[[], str]
    by: User
    at: datetime


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What would be written of one unit."""

    unit_name: str
    kind: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would write, and what it touches."""

    lines: tuple[PreviewLine, ...]
    touched: Touched
    unapproved: Unapproved
    """Reports of earlier periods, of units that end: nobody enters for those from that day on."""
    people: int
    """Holders of a role on a unit that ends."""


def answer(
    request: HttpRequest, form: ActForm, *, make: Callable[[], Act], page: Callable[[], HttpResponse]
) -> HttpResponse:
    """Answer a posted form: the form again, what it would do, or the act done.

    `make` is asked only for a valid form. A refusal is the form's, so nothing that was typed is lost.
    """
    if not form.is_valid() or BACK in request.POST:
        return page()
    act = make()
    try:
        if request.POST.get(CONFIRM) != "1":
            found = services.rehearse(act=act.do, by=act.by, at=act.at)
            return _confirm_page(request, act, _preview(found, form.cleaned_data["on"]))
        act.do()
    except services.ReformRefused as error:
        add_refusal(form, error)
    except (services.UnitError, TreeCycle) as error:
        form.add_error(None, str(error))
    else:
        messages.success(request, act.done)
        return redirect(act.goes_to())
    return page()


def _preview(found: list[Rehearsal], on: date) -> Preview:
    ended = {one.change.unit_id for one in found if one.change.kind in (ChangeKind.ENDED, ChangeKind.MERGED)}
    moves = any("parent" in one.change.changes for one in found)
    units = [Unit(pk=one.change.unit_id) for one in found]
    return Preview(
        lines=tuple(
            PreviewLine(
                one.unit_name,
                one.change.get_kind_display(),
                catalogue_selectors.changes_in_words(one.change),
            )
            for one in found
        ),
        touched=indicator_selectors.touched_from(units=units, on=on, with_those_below=moves),
        unapproved=indicator_selectors.unapproved_before(unit_ids=ended, on=on),
        people=catalogue_selectors.people_on(unit_ids=ended, on=on),
    )


def _confirm_page(request: HttpRequest, act: Act, preview: Preview) -> HttpResponse:
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", CONFIRM)
        for value in values
    ]
    return render(
        request,
        "catalogue/confirm.html",
        {"menu": MENU, "act": act, "preview": preview, "sent": sent, "day": request.POST.get("on", "")},
    )
