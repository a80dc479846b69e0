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
from units.permissions import EDITING_CATALOGUE


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    user = editor_of(request)
    today = timezone.localdate()
    words = wording.hub_words(catalogue_selectors.tree_state(on=today), selectors.catalogue_state())
    edits_shared = user.has_perm(EDITING_CATALOGUE)
    return render(
        request, "catalogue/hub.html", {"menu": MENU, "answer": words, "edits_shared": edits_shared}
    )
