"""The first page of the catalogue: what is in force, and since when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.catalogue import wording
from reports.catalogue.access import MENU, editor_of
from reports.selectors import catalogue as selectors
from units import catalogue_selectors


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    editor_of(request)
    today = timezone.localdate()
    words = wording.hub_words(catalogue_selectors.tree_state(on=today), selectors.catalogue_state())
    return render(request, "catalogue/hub.html", {"menu": MENU, "answer": words})
