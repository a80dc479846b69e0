"""Bản đồ nhiệt: units by indicators, as a page, a workbook and a .csv file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from dvctt.downloads import csv_response, workbook_response
from reports import filters
from reports import heat_map_wording as said
from reports.heat_map_files import heat_map_csv, heat_map_workbook
from reports.heat_map_filters import HeatChoice, heat_options, read_heat_choice, settle_order
from reports.heat_map_tables import HeatTable, in_order
from reports.selectors import homes
from reports.selectors.heat_map import HeatColumn, HeatMap
from reports.selectors.heat_map import heat_map as read_heat_map


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, settled: the choice, its table if there is one, the person's own units."""

    choice: HeatChoice
    table: HeatMap | None
    order: str
    mine: frozenset[int]
    today: date


def _ask(request: HttpRequest) -> Asked:
    assert isinstance(request.user, User)  # noqa: S101  LoginRequiredMiddleware stands before every view
    today = timezone.localdate()
    acting = homes.acting_as(user=request.user, today=today)
    home = None if request.GET.get("trong") else homes.home_province(acting=acting, today=today)
    choice = read_heat_choice(data=request.GET, home=home)
    table, codes = None, set()
    if choice.period is not None:
        table = read_heat_map(
            period=choice.period, level=choice.level, within=choice.within, search=choice.search
        )
        codes = {column.indicator.code for column in table.columns}
    order = settle_order(choice.order, codes, choice.problems)
    return Asked(choice, table, order, frozenset(one.unit.pk for one in acting), today)


@require_safe
def heat_map(request: HttpRequest) -> HttpResponse:
    """The heat map that the address asks for; unknown choices become messages on a usable page."""
    asked = _ask(request)
    choice, table = asked.choice, asked.table
    context: dict[str, object] = {
        "menu": "league",
        "choice": choice,
        "order": asked.order,
        "options": heat_options(choice=choice, on=table.on if table else asked.today),
        "query": choice.query(sap=asked.order),
        "table": table,
    }
    if table is not None:
        context |= _table_context(asked, table)
    return render(request, "reports/heat_map.html", context)


def _table_context(asked: Asked, table: HeatMap) -> dict[str, object]:
    choice = asked.choice
    league = reverse("league")

    def league_url(column: HeatColumn) -> str:
        query = filters.place_query(
            period=choice.period,
            level=choice.level,
            within=choice.within,
            **{"chi-tieu": column.indicator.code},
        )
        return f"{league}?{query}"

    shown = HeatTable(
        table,
        order=asked.order,
        page=choice.page,
        whole=choice.whole,
        mine=asked.mine,
        query=choice.query,
        league_url=league_url,
    )
    return {
        "shown": shown,
        "previous_page": shown.page - 1,
        "next_page": shown.page + 1,
        "whole_query": choice.query(**{"sap": asked.order, "tat-ca": "1"}),
        "unit_url": reverse("unit", args=[0]).removesuffix("0/"),
        "title": said.title(table),
        "area": said.area_text(table),
        "answer": said.answer(table),
        "source_parts": said.source_parts(table),
        "legend": said.legend(table),
        "left_out": said.left_out_text(table),
        "caption": said.caption(table),
    }


@require_safe
def heat_map_xlsx(request: HttpRequest) -> HttpResponse:
    """All rows that the page's choice finds, as a workbook, in the page's order."""
    asked = _ask(request)
    table = _table(asked)
    content = heat_map_workbook(table=table, rows=in_order(table, asked.order), made_on=asked.today)
    return workbook_response(content, filename=f"{_name(table)}.xlsx")


@require_safe
def heat_map_csv_file(request: HttpRequest) -> HttpResponse:
    """The same rows and columns as .csv."""
    asked = _ask(request)
    table = _table(asked)
    return csv_response(
        heat_map_csv(table=table, rows=in_order(table, asked.order)), filename=f"{_name(table)}.csv"
    )


def _table(asked: Asked) -> HeatMap:
    if asked.table is None:
        raise Http404("Chưa có số liệu để tải.")
    return asked.table


def _name(table: HeatMap) -> str:
    return f"ban-do-nhiet-{table.period.code}-{table.level}".lower()
