"""Making a plan: its facts, its indicators, its rules with what they would change, a target by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from dvctt.lib import numbers
from indicators import selectors as indicator_selectors
from indicators.models import Indicator, MeasurementRevision
from indicators.rules import IndicatorUnknown
from targets import rules, selectors, services
from targets.forms import IndicatorForm, OverrideForm, PlanFactsForm, RuleForm
from targets.models import Plan, Rule
from targets.views import access
from units.models import Unit
from units.permissions import EDITING_CATALOGUE

GET_POST = ["GET", "HEAD", "POST"]
REFUSED = (services.PlanIssued, services.PlanNotDraft, services.PlanChanged)


@require_http_methods(GET_POST)
def new_plan(request: HttpRequest) -> HttpResponse:
    """The first step of a new plan, empty or after another one ("?chep="), for a unit ("?don-vi=")."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(access.ASSIGN):
        raise PermissionDenied(access.REFUSALS[access.ASSIGN])
    owners = access.owners_for(user)
    asked = request.POST.get("owner") or request.GET.get("don-vi")
    if asked and asked not in {str(pk) for pk in owners}:
        raise PermissionDenied(access.REFUSALS[access.ASSIGN])
    source = None
    if code := request.GET.get("chep", "").replace("\0", ""):
        source = access.visible_plan(request, code)
    initial: dict[str, Any] = {"year": timezone.localdate().year, "near_percent": 95, "behind_percent": 80}
    initial["owner"] = asked
    if source is not None:
        initial = PlanFactsForm.initial_of(source) | {
            "year": source.year + 1,
            "units_on": None,
            "due_on": None,
        }
    form = PlanFactsForm(
        request.POST or None,
        initial=initial,
        owners=owners,
        adds_periods=user.has_perm(EDITING_CATALOGUE),
    )
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            if source is None:
                plan = services.create_plan(facts=form.facts(), by=user, at=at)
            else:
                plan = services.copy_plan(source=source, facts=form.facts(), by=user, at=at)
        except services.RulesTie as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Đã lập bản nháp; chưa ai ngoài người soạn và lãnh đạo thấy.")
            return redirect("plan_rules", code=plan.code)
    return render(
        request,
        "targets/facts.html",
        {"menu": "plans", "form": form, "plan": None, "source": source, "steps": _words(1)},
    )


def _words(current: int) -> list[access.Step]:
    return [
        access.Step(number, words, "", number == current)
        for number, (words, _) in enumerate(access.STEPS, start=1)
    ]


@require_http_methods(GET_POST)
def facts(request: HttpRequest, code: str) -> HttpResponse:
    plan, user = access.plan_for(request, code, access.ASSIGN)
    owners = access.owners_for(user) | {plan.owner_id: selectors.owner_name(plan)}
    form = PlanFactsForm(
        request.POST or None,
        initial=PlanFactsForm.initial_of(plan),
        owners=owners,
        adds_periods=user.has_perm(EDITING_CATALOGUE),
        plan=plan,
    )
    if request.method == "POST" and form.is_valid():
        if int(form.cleaned_data["owner"]) not in access.owners_for(user):
            raise PermissionDenied(access.REFUSALS[access.ASSIGN])
        try:
            services.edit_plan(
                plan=plan,
                facts=form.facts(),
                by=user,
                at=timezone.now(),
                seen_revision=form.cleaned_data["seen"] or 0,
            )
        except (*REFUSED, services.RulesTie) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Đã lưu thông tin kế hoạch.")
            return redirect("plan_rules", code=plan.code)
    return render(
        request,
        "targets/facts.html",
        {
            "menu": "plans",
            "form": form,
            "plan": plan,
            "source": None,
            "steps": access.steps(request, plan, 1),
        },
    )


@require_safe
def plan_rules(request: HttpRequest, code: str) -> HttpResponse:
    """The second step: the plan's indicators, and for each the rules that it stacks."""
    plan = access.visible_plan(request, code)
    names = selectors.names_of(plan)
    return render(
        request,
        "targets/rules.html",
        {
            "menu": "plans",
            "plan": plan,
            "steps": access.steps(request, plan, 2),
            "may_draft": access.may_draft(request, plan),
            "may_open": request.user.has_perm(access.ASSIGN, plan.owner),
            "sections": selectors.rule_sections(plan=plan, names=names),
            "indicators": indicator_selectors.current_indicators(),
            "kinds": list(rules.KINDS.values()),
        },
    )


@require_http_methods(GET_POST)
def indicator(request: HttpRequest, code: str, indicator_code: str) -> HttpResponse:
    plan, user = access.plan_for(request, code, access.ASSIGN)
    found = _indicator(indicator_code)
    told = plan.indicators.filter(indicator=found).first()
    form = IndicatorForm(request.POST or None, initial=IndicatorForm.initial_of(told, plan), indicator=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.put_indicator(
                plan=plan,
                facts=form.facts(),
                by=user,
                at=timezone.now(),
                seen_revision=form.cleaned_data["seen"] or 0,
            )
        except REFUSED as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Đã lưu chỉ tiêu {found.short_name}.")
            return redirect("plan_rules", code=plan.code)
    return render(
        request,
        "targets/indicator.html",
        {
            "menu": "plans",
            "plan": plan,
            "indicator": found,
            "form": form,
            "steps": access.steps(request, plan, 2),
        },
    )


@require_http_methods(GET_POST)
def new_rule(request: HttpRequest, code: str) -> HttpResponse:
    """A new rule of the indicator and kind in the address."""
    plan, user = access.plan_for(request, code, access.ASSIGN)
    found, kind = _indicator(request.GET.get("chi-tieu", "")), request.GET.get("loai", "")
    if kind not in rules.KINDS:
        raise Http404(f"Không có loại quy tắc “{kind[:40]}”.")
    return _rule(request, plan, user, found, kind, None)


@require_http_methods(GET_POST)
def rule(request: HttpRequest, code: str, position: int) -> HttpResponse:
    """One rule: its form, what it would change, and saving it."""
    plan, user = access.plan_for(request, code, access.ASSIGN)
    found = get_object_or_404(plan.rules.select_related("indicator"), position=position)
    return _rule(request, plan, user, found.indicator, found.kind, found)


def _rule(
    request: HttpRequest, plan: Plan, user: User, found: Indicator, kind: str, standing: Rule | None
) -> HttpResponse:
    names = selectors.names_of(plan)
    form = RuleForm(
        request.POST or None,
        initial=RuleForm.initial_of(rule=standing, plan=plan, indicator=found, kind=kind, names=names),
        plan=plan,
        indicator=found,
        kind=kind,
        names=names,
        standing=standing,
    )
    trial = None
    if request.method == "POST" and form.is_valid():
        try:
            if "thu" in request.POST:
                trial = selectors.try_out(plan=plan, rule=_unsaved(form, plan, standing))
            else:
                services.put_rule(
                    plan=plan,
                    facts=form.facts(),
                    by=user,
                    at=timezone.now(),
                    seen_revision=form.cleaned_data["seen"],
                    position=standing.position if standing else None,
                )
                messages.success(request, "Đã lưu quy tắc và tính lại chỉ tiêu.")
                return redirect("plan_rules", code=plan.code)
        except (*REFUSED, services.RulesTie) as error:
            form.add_error(None, str(error))
    return render(
        request,
        "targets/rule.html",
        {
            "menu": "plans",
            "plan": plan,
            "rule": standing,
            "indicator": found,
            "form": form,
            "trial": trial,
            "steps": access.steps(request, plan, 2),
            "may_draft": access.may_draft(request, plan),
        },
    )


def _unsaved(form: RuleForm, plan: Plan, standing: Rule | None) -> Rule:
    """Return the typed rule as it would stand, not written."""
    facts = form.facts()
    return Rule(
        pk=standing.pk if standing else None,
        plan=plan,
        indicator=facts.indicator,
        label=facts.label,
        scope=selectors.scope_as_json(facts.scope),
        kind=facts.kind,
        parameters=facts.parameters,
        precedence=facts.scope.precedence if facts.precedence is None else facts.precedence,
        position=standing.position if standing else 0,
    )


@require_POST
def remove_rule(request: HttpRequest, code: str, position: int) -> HttpResponse:
    plan, user = access.plan_for(request, code, access.ASSIGN)
    get_object_or_404(plan.rules, position=position)
    try:
        services.remove_rule(
            plan=plan, position=position, by=user, at=timezone.now(), seen_revision=_seen(request)
        )
    except (*REFUSED, services.RulesTie) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Đã bỏ quy tắc và tính lại chỉ tiêu.")
    return redirect("plan_rules", code=plan.code)


@require_POST
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Take the baseline as it stands now."""
    plan, user = access.plan_for(request, code, access.ASSIGN)
    try:
        count = services.renew_targets(plan=plan, by=user, at=timezone.now(), seen_revision=_seen(request))
    except (*REFUSED, services.RulesTie) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Đã giao lại {numbers.vi_number(count)} chỉ tiêu.")
    return redirect("plan", code=plan.code)


@require_http_methods(GET_POST)
def override(request: HttpRequest, code: str, unit: int, indicator_code: str) -> HttpResponse:
    """One unit's target by hand, with the rule's own beside it."""
    plan, user = access.plan_for(request, code, access.ASSIGN)
    found = _indicator(indicator_code)
    names = selectors.names_of(plan)
    if unit not in names:
        raise Http404("Đơn vị không có trong danh mục của kế hoạch.")
    standing = plan.overrides.select_related("by").filter(unit_id=unit, indicator=found).first()
    line = selectors.line_of(plan=plan, unit_id=unit, indicator=found, names=names)
    initial: dict[str, Any] = {"seen": plan.revision}
    if standing is not None:
        initial |= {"value": standing.value, "nothing": standing.value is None, "reason": standing.reason}
    form = OverrideForm(request.POST or None, initial=initial, indicator=found)
    if request.method == "POST" and "bo" in request.POST:
        return _drop(request, plan, user, unit, found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.override_target(
                plan=plan,
                unit=Unit(pk=unit),
                indicator=found,
                value=data["value"],
                reason=data["reason"],
                by=user,
                at=timezone.now(),
                seen_revision=data["seen"],
            )
        except (services.OverrideRefused, services.ReasonMissing) as error:
            form.add_error("reason" if isinstance(error, services.ReasonMissing) else "value", str(error))
        except (*REFUSED, services.RulesTie) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Đã sửa tay chỉ tiêu của {names[unit].full_name}.")
            return redirect("plan", code=plan.code)
    return render(
        request,
        "targets/override.html",
        {
            "menu": "plans",
            "plan": plan,
            "indicator": found,
            "name": names[unit],
            "form": form,
            "standing": standing,
            "line": line,
            "outcome": selectors.outcome_of(plan=plan, unit_id=unit, indicator=found, names=names),
            "covering": selectors.covering_rules(plan=plan, unit_id=unit, indicator=found, names=names),
            "revision": _revision_of(line),
            "steps": access.steps(request, plan, 3),
        },
    )


def _revision_of(line: selectors.AssignmentLine | None) -> MeasurementRevision | None:
    """Return the writing of the figure that the target was made from; None for a sum, or without a figure."""
    if line is None or not line.assignment.baseline_measurement or line.assignment.plan.assigned_at is None:
        return None
    return indicator_selectors.revision_at(
        measurement_id=line.assignment.baseline_measurement, at=line.assignment.plan.assigned_at
    )


def _drop(request: HttpRequest, plan: Plan, user: User, unit: int, found: Indicator) -> HttpResponse:
    try:
        services.drop_override(
            plan=plan,
            unit=Unit(pk=unit),
            indicator=found,
            by=user,
            at=timezone.now(),
            seen_revision=_seen(request),
        )
    except (*REFUSED, services.RulesTie) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Đã bỏ sửa tay; đơn vị theo quy tắc.")
    return redirect("plan", code=plan.code)


@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    plan, user = access.plan_for(request, code, access.ASSIGN)
    try:
        services.discard_draft(plan=plan, by=user, at=timezone.now(), seen_revision=_seen(request))
    except REFUSED as error:
        messages.error(request, str(error))
        return redirect("plan", code=plan.code)
    messages.success(request, f"Đã xoá bản nháp “{plan.name}”.")
    return redirect("plans")


def _indicator(code: str) -> Indicator:
    try:
        return indicator_selectors.indicator_by_code(code.replace("\0", "")[:40])
    except IndicatorUnknown as error:
        raise Http404(str(error)) from error


def _seen(request: HttpRequest) -> int:
    """Return the revision that the person's page showed; a page without one has seen nothing."""
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else -1
