"""Pages of reading: home by role, league tables with their chart and file, unit pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from dvctt.downloads import workbook_response
from indicators import selectors as indicator_selectors
from indicators.models import Indicator
from indicators.rules import IndicatorUnknown
from reports import appendices, charts, filters, home_wording, wording
from reports.league_files import league_workbook
from reports.selectors import homes, overview, peers, publications, unit_profile
from reports.selectors import league as league_selectors
from reports.selectors.homes import Acting
from reports.selectors.league import League
from reports.tables import LeagueTable
from units import selectors as unit_selectors
from units.models import Role, Unit
from units.permissions import AUDITING, PUBLISHING

# --- home -----------------------------------------------------------------------------------------


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page that answers the person's question: leader, office, then reviewer and officer together."""
    assert isinstance(request.user, User)  # noqa: S101  LoginRequiredMiddleware stands before every view
    today = timezone.localdate()
    acting = homes.acting_as(user=request.user, today=today)
    roles = homes.roles_of(acting)
    if Role.LEADER in roles:
        return _leader_home(request, acting, today)
    if roles & {Role.OFFICE.value, Role.ADMIN.value}:
        return _office_home(request, acting, today)
    return _work_home(request, acting, today)


def _leader_home(request: HttpRequest, acting: list[Acting], today: date) -> HttpResponse:
    unit = homes.units_as(acting, Role.LEADER)[0]
    province = peers.province_of(unit=unit, on=today) or unit
    indicator = _main_indicator()
    found = None
    if indicator is not None:
        found = overview.overview(province=province, indicator=indicator, on=today)
    context: dict[str, object] = {
        "menu": "home",
        "overview": found,
        "answer": home_wording.province_answer(found) if found else None,
    }
    if found is not None:
        context["source_parts"] = home_wording.province_source_parts(found)
        context["speaks_for_all"] = home_wording.speaks_for_all(found)
    return render(request, "reports/home_leader.html", context)


def _office_home(request: HttpRequest, acting: list[Acting], today: date) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101
    provinces = homes.units_as(acting, Role.OFFICE, Role.ADMIN)
    desk = homes.office_desk(user=request.user, provinces=provinces, indicator=_main_indicator(), today=today)
    context = {
        "menu": "home",
        "desk": desk,
        "answer": home_wording.office_answer(desk),
        "notices": indicator_selectors.unread_notices(user=request.user)[: homes.LISTED],
        "entry_words": home_wording.entry_words(desk.entry_counts),
        "appendices": [
            form
            for form in appendices.FORMS.values()
            if form.province in {state.name.full_name for state in desk.missing}
        ],
    }
    return render(request, "reports/home_office.html", context)


def _work_home(request: HttpRequest, acting: list[Acting], today: date) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101
    review = homes.review_desk(user=request.user, today=today) if _has(acting, Role.REVIEWER) else None
    own = homes.own_desk(units=homes.units_as(acting, Role.OFFICER), today=today)
    context = {
        "menu": "home",
        "review": review,
        "own": own,
        "answer": home_wording.work_answer(review, own),
        "notices": indicator_selectors.unread_notices(user=request.user)[: homes.LISTED],
        "rank_line": home_wording.rank_line(own.standing) if own.standing else "",
        "listed": f":{homes.LISTED}",
    }
    return render(request, "reports/home_work.html", context)


def _has(acting: list[Acting], role: Role) -> bool:
    return role.value in homes.roles_of(acting)


def _main_indicator() -> Indicator | None:
    try:
        return indicator_selectors.indicator_by_code(filters.MAIN_INDICATOR)
    except IndicatorUnknown:
        return None


# --- league table ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A league page's request, settled: the choice, its table if there is one, the person's own units."""

    choice: filters.LeagueChoice
    league: League | None
    mine: frozenset[int]
    today: date


def _ask(request: HttpRequest) -> Asked:
    assert isinstance(request.user, User)  # noqa: S101
    today = timezone.localdate()
    acting = homes.acting_as(user=request.user, today=today)
    province = None if request.GET.get("trong") else homes.home_province(acting=acting, today=today)
    choice = filters.read_league_choice(data=request.GET, home=province)
    table = None
    if choice.indicator is not None and choice.period is not None:
        table = league_selectors.league(
            indicator=choice.indicator,
            period=choice.period,
            level=choice.level,
            within=choice.within,
            compare_with=choice.compare,
            source=choice.source or None,
            search=choice.search,
        )
    return Asked(choice, table, frozenset(one.unit.pk for one in acting), today)


@require_safe
def league(request: HttpRequest) -> HttpResponse:
    """The league table that the address asks for; unknown choices become messages on a usable page."""
    asked = _ask(request)
    choice = asked.choice
    on = asked.league.on if asked.league else asked.today
    context: dict[str, object] = {
        "menu": "league",
        "choice": choice,
        "options": filters.league_options(choice=choice, on=on),
        "query": choice.query(),
        "other_periods": f"{choice.query(ky='')}&",
        "heat_map_query": choice.heat_map_query(),
        "league": asked.league,
    }
    if asked.league is not None:
        context |= _league_context(asked, asked.league, request.GET.get("bieu-do", ""))
        context |= _publishing(request, asked.choice, asked.league)
    return render(request, "reports/league.html", context)


def _publishing(request: HttpRequest, choice: filters.LeagueChoice, table: League) -> dict[str, object]:
    """What was published of the very table, and whether the person may publish it. Two queries."""
    if choice.within is None or choice.source:
        return {"published": None, "may_publish": False}
    return {
        "published": publications.revisions(
            code=table.indicator.code, period=table.period, level=table.level, within=choice.within
        )
        .filter(pk__in=publications.standing())
        .first(),
        "may_publish": request.user.has_perm(PUBLISHING, choice.within),
        "publish_query": choice.query(ordered=False, tim=""),
    }


def _league_context(asked: Asked, table: League, kind: str) -> dict[str, object]:
    if kind != charts.AGAINST_TARGET or not table.has_targets:
        kind = charts.DISTRIBUTION
    choice = asked.choice
    shown = LeagueTable(
        table,
        mine=asked.mine,
        order=choice.order,
        query=f"{choice.query(ordered=False)}&",
        unit_url=reverse("unit", args=[0]).removesuffix("0/"),
        page=choice.page,
    )
    return {
        "table": shown,
        "previous_page": shown.page - 1,
        "next_page": shown.page + 1,
        "words": wording.words_of(table),
        "chart_kinds": [
            (one, words, one == kind)
            for one, words in charts.KINDS.items()
            if one == charts.DISTRIBUTION or table.has_targets
        ],
        "chart_url": f"{reverse('league_chart')}?{choice.query(ordered=False, loai=kind)}",
        "chart_title": charts.chart_title(table, kind),
        "chart_text": charts.chart_text(table, kind),
    }


@require_safe
def league_chart(request: HttpRequest) -> HttpResponse:
    """The chart below the table as a plotly figure."""
    asked = _ask(request)
    if asked.league is None:
        return JsonResponse({"error": "Chưa có số liệu để vẽ biểu đồ."}, status=404)
    figure = charts.chart(asked.league, request.GET.get("loai", ""))
    return HttpResponse(figure.to_json(), content_type="application/json")


@require_safe
def league_xlsx(request: HttpRequest) -> HttpResponse:
    """The page's rows as a workbook, in the page's order."""
    asked = _ask(request)
    if asked.league is None:
        raise Http404("Chưa có số liệu để tải.")
    table = LeagueTable(asked.league, order=asked.choice.order)
    name = f"xep-hang-{asked.league.indicator.code}-{asked.league.period.code}-{asked.league.level}.xlsx"
    return workbook_response(league_workbook(table=table, made_on=asked.today), filename=name.lower())


# --- a unit ---------------------------------------------------------------------------------------


@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's figures with source and history, its targets and its rank."""
    found = get_object_or_404(Unit, pk=pk)
    today = timezone.localdate()
    profile = unit_profile.unit_profile(unit=found, on=today)
    if profile is None:
        raise Http404("Đơn vị này chưa có tên trong cây đơn vị.")
    return render(
        request,
        "reports/unit.html",
        {
            "menu": "unit_tree",
            "profile": profile,
            "answer": home_wording.unit_answer(profile),
            "name_history": home_wording.name_history(profile),
            "sees_log": request.user.has_perm(AUDITING, found),
            "is_past": not unit_selectors.names_on(unit_ids=[pk], on=today),
        },
    )
