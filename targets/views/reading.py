"""The pages that read plans: the list, one plan with what it assigns and comes to, and its JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from targets import selectors
from targets.filters import read_plan_filter
from targets.models import PlanState
from targets.views import access


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    lines = selectors.plan_lines(user=request.user, today=timezone.localdate())
    may_begin = isinstance(request.user, User) and request.user.has_perm(access.ASSIGN)
    return render(
        request,
        "targets/plans.html",
        {
            "menu": "plans",
            "lines": lines,
            "in_force": sum(1 for line in lines if line.plan.state == PlanState.ISSUED),
            "open": sum(1 for line in lines if not line.plan.is_frozen),
            "may_begin": may_begin,
        },
    )


@require_safe
def plan(request: HttpRequest, code: str) -> HttpResponse:
    found = access.visible_plan(request, code)
    names = selectors.names_of(found)
    listed = selectors.indicators_of(plan=found)
    chosen = read_plan_filter(request.GET, units=names, indicators=[one.code for one in listed])
    indicator = next((one for one in listed if one.code == chosen.indicator), listed[0] if listed else None)
    lines = selectors.assignment_lines(plan=found, names=names, indicator=indicator)
    waiting = selectors.uncovered(plan=found, names=names, indicator=indicator)
    in_units = chosen.units(lines)
    waiting_shown = chosen.units([one for one in waiting if not one.is_settled])
    settled_shown = chosen.units([one for one in waiting if one.is_settled])
    changed = selectors.changed_baselines(plan=found, lines=lines)
    shown = chosen.kinds(in_units)
    may_draft = access.may_draft(request, found)
    if may_draft:
        # What wants a decision stands first; an issued plan is read in its order.
        shown = sorted(shown, key=lambda line: not line.flags)
    return render(
        request,
        "targets/plan.html",
        {
            "menu": "plans",
            "plan": found,
            "steps": access.steps(request, found, 3) if may_draft or not found.is_frozen else [],
            "owner": selectors.owner_name(found),
            "baseline": selectors.baseline_label(found),
            "is_simulated": found.baseline_source == "mo_phong",
            "totals": selectors.totals(lines),
            "lines": shown,
            "all_lines": len(lines),
            "indicators": listed,
            "indicator": indicator,
            "view": selectors.indicator_view(plan=found, indicator=indicator, lines=lines, waiting=waiting),
            "chosen": chosen,
            "chips": chosen.chips(in_units, len(waiting_shown)),
            "levels": chosen.level_options([*lines, *waiting]),
            "districts": chosen.district_options(names),
            "comparison": selectors.comparison(plan=found, names=names),
            "waiting": waiting_shown,
            "all_waiting": sum(1 for one in waiting if not one.is_settled),
            "settled": settled_shown,
            "changed": changed,
            "has_stretch": any(line.assignment.stretch is not None for line in lines),
            "rule_groups": selectors.rule_groups(plan=found, names=names),
            "successor": found.successors.filter(state__in=["issued", "superseded"]).first(),
            "may_draft": may_draft,
            "may_supersede": found.state == PlanState.ISSUED
            and request.user.has_perm(access.ASSIGN, found.owner),
        },
    )


@require_safe
def plan_json(request: HttpRequest, code: str) -> HttpResponse:
    """The plan for other programs: the same rights, the same figures."""
    return JsonResponse(
        selectors.report(plan=access.visible_plan(request, code)), json_dumps_params={"ensure_ascii": False}
    )


@require_safe
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """What a plan changes against the one that it supersedes."""
    found = access.visible_plan(request, code)
    before = found.supersedes
    rows = []
    if before is not None:
        rows = selectors.changes_between(before=before, after=found, names=selectors.names_of(found))
    return render(
        request,
        "targets/changes.html",
        {"menu": "plans", "plan": found, "before": before, "rows": rows},
    )
