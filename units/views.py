"""The page of the tree on a day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dvctt.lib.numbers import vi_date
from units import selectors
from units.forms import TreeForm
from units.models import Level, Unit
from units.permissions import EDITING, MANAGING


@require_safe
def unit_tree(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = TreeForm(request.GET)
    form.is_valid()
    on = form.cleaned_data.get("ngay") or today
    text = form.cleaned_data.get("tim") or ""
    provinces = selectors.roots(on=on)
    asked = form.cleaned_data.get("tinh")
    chosen = next((p for p in provinces if p.unit_id == asked), None)
    if asked is not None and chosen is None:
        form.add_error("tinh", f"Tỉnh đã chọn không có trong cây đơn vị ngày {vi_date(on)}.")
    if chosen is None and provinces:
        home = selectors.root_of_person(user=request.user, today=today, on=on)
        chosen = next((p for p in provinces if p.unit_id == home), provinces[0])
    tree = None if chosen is None else selectors.tree_on(root=Unit(pk=chosen.unit_id), on=on)
    found = None
    if chosen is not None and text:
        found = selectors.search_units(text=text, on=on, within=Unit(pk=chosen.unit_id))
    return render(
        request,
        "units/tree.html",
        {
            "menu": "unit_tree",
            "form": form,
            "on": on,
            "text": text,
            "provinces": provinces,
            "province": chosen,
            "counts": [] if tree is None else [(_units_of(level), n) for level, n in tree.counts.items()],
            "tree": tree,
            "found": found,
            "most_found": selectors.MOST_FOUND,
            "manages_people": request.user.has_perm(MANAGING),
            "edits_catalogue": request.user.has_perm(EDITING),
        },
    )


def _units_of(level: str) -> str:
    """ "đơn vị cấp xã", "sở, ban, ngành": the word after a number."""
    label = Level(level).label
    return label.lower() if level == Level.SO else f"đơn vị {label[0].lower()}{label[1:]}"
