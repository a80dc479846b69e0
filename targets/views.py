"""The pages of plans: the list, one plan with all that it assigns, and assigning anew."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from dvctt.lib import numbers
from targets import selectors, services
from targets.filters import read_plan_filter
from targets.models import Plan, PlanState

ASSIGN = "targets.assign_targets"


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    lines = selectors.plan_lines(user=request.user, today=timezone.localdate())
    return render(request, "targets/plans.html", {"menu": "plans", "lines": lines})


@require_safe
def plan(request: HttpRequest, code: str) -> HttpResponse:
    found = _plan(code)
    names = selectors.names_of(found)
    lines = selectors.assignment_lines(plan=found, names=names)
    waiting = selectors.uncovered(plan=found, names=names)
    chosen = read_plan_filter(request.GET, units=names)
    in_units = chosen.units(lines)
    waiting_shown = chosen.units(waiting)
    return render(
        request,
        "targets/plan.html",
        {
            "menu": "plans",
            "plan": found,
            "owner": selectors.owner_name(found),
            "baseline": selectors.baseline_label(found),
            "totals": selectors.totals(lines),
            "lines": chosen.kinds(in_units),
            "all_lines": len(lines),
            "several_indicators": len({line.assignment.indicator_id for line in lines}) > 1,
            "chosen": chosen,
            "chips": chosen.chips(in_units, len(waiting_shown)),
            "levels": chosen.level_options([*lines, *waiting]),
            "districts": chosen.district_options(names),
            "comparison": selectors.comparison(plan=found, names=names),
            "waiting": waiting_shown,
            "all_waiting": len(waiting),
            "has_stretch": any(line.assignment.stretch is not None for line in lines),
            "rule_groups": selectors.rule_groups(plan=found, names=names, lines=lines),
            "may_assign": found.state == PlanState.DRAFT and request.user.has_perm(ASSIGN, found.owner),
        },
    )


@require_POST
def assign(request: HttpRequest, code: str) -> HttpResponse:
    found = _plan(code)
    if not isinstance(request.user, User) or not request.user.has_perm(ASSIGN, found.owner):
        raise PermissionDenied("Chỉ Văn phòng UBND của đơn vị giao mới được giao lại chỉ tiêu.")
    try:
        assigned = services.assign_targets(plan=found, by=request.user, at=timezone.now())
    except (services.PlanIssued, services.RulesTie) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Đã giao lại {numbers.vi_number(len(assigned))} chỉ tiêu.")
    return redirect("plan", code=found.code)


def _plan(code: str) -> Plan:
    try:
        return selectors.plan_by_code(code)
    except selectors.PlanUnknown as error:
        raise Http404(str(error)) from error
