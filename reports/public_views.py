"""Trang công khai: what was published, without logging in. Nothing here reads a figure that was not."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from dvctt.downloads import workbook_response
from reports import filters, publishing_wording, tables
from reports.league_files import league_workbook
from reports.models import Publication
from reports.selectors import publications
from reports.selectors.publications import PublishedTable
from reports.tables import LeagueTable
from units.permissions import PUBLISHING

TABLES_A_PAGE: Final = 100


@login_not_required
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """All tables that are public, and the units that somebody looks for in them."""
    search = _search(request)
    standing = publications.standing().order_by("-period__ends_on", "-at", "-pk")
    page = Paginator(standing, TABLES_A_PAGE).get_page(request.GET.get("trang"))
    return render(
        request,
        "public/index.html",
        {
            "search": search,
            "found": publications.units_found(search) if search else None,
            "answer": publishing_wording.list_answer(
                page.paginator.count, standing.order_by("-at", "-pk").first()
            ),
            "page": page,
            "page_query": f"{_query(search=search)}&" if search else "",
            "lines": [
                (one, publishing_wording.days_text(publications.data_days(one))) for one in page.object_list
            ],
        },
    )


@login_not_required
@require_safe
def public_league(request: HttpRequest, pk: int) -> HttpResponse:
    """One table as it was published; one that was taken back says so and shows no figure."""
    search = _search(request)
    published = _published(pk, search)
    order = _order(request)
    context: dict[str, object] = {
        "published": published,
        "publication": published.publication,
        "words": published.words,
        "days": publishing_wording.days_text(published.data_days),
        "search": search,
        "order": order,
        "query": _query(search=search, order=order),
        "few": publishing_wording.few_text(published.definition),
        "may_publish": isinstance(request.user, User)
        and request.user.has_perm(PUBLISHING, published.publication.within),
    }
    if published.league is not None:
        context["table"] = LeagueTable(
            published.league,
            order=order,
            query=f"{_query(search=search)}&" if search else "",
            unit_url=reverse("public_unit", args=[0]).removesuffix("0/"),
            page=filters.settle_page(request.GET.get("trang", "")),
        )
    return render(request, "public/league.html", context, status=410 if published.league is None else 200)


@login_not_required
@require_safe
def public_league_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The published rows as a workbook, in the page's order."""
    published = _published(pk, _search(request))
    if published.league is None:
        raise Http404("Bảng này đã được thu hồi.")
    publication = published.publication
    content = league_workbook(
        # What a source printed is not on the page either.
        table=LeagueTable(published.league, order=_order(request), without=["printed"]),
        words=published.words,
        remarks=publishing_wording.file_remarks(published),
        made_on=timezone.localdate(publication.at),
    )
    name = f"cong-khai-{publication.code}-{publication.period.code}-{pk}.xlsx"
    return workbook_response(content, filename=name.lower())


@login_not_required
@require_safe
def public_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one unit stands in every table that is public, and why."""
    unit = publications.published_unit(unit_id=pk)
    if unit is None:
        raise Http404("Đơn vị này không có trong bảng nào đang công khai.")
    return render(
        request,
        "public/unit.html",
        {
            "unit": unit,
            "answer": publishing_wording.unit_answer(unit),
            "lines": [
                (place, publishing_wording.place_line(place), publishing_wording.days_text(place.data_days))
                for place in unit.places
            ],
        },
    )


def _published(pk: int, search: str) -> PublishedTable:
    found = Publication.objects.select_related("period", "within")
    return publications.published_table(publication=get_object_or_404(found, pk=pk), search=search)


def _search(request: HttpRequest) -> str:
    return filters.settle_search(filters.without_nul(request.GET.dict()).get("tim", ""))


def _query(*, search: str, order: str = "") -> str:
    """Return the part of an address that keeps what is looked for and how it is sorted; "" for neither."""
    return urlencode({name: value for name, value in (("tim", search), ("sap", order)) if value})


def _order(request: HttpRequest) -> str:
    order = request.GET.get("sap", "")
    return order if order and tables.order_of(order) is not None else ""
