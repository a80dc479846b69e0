"""From draft to issued: the fourth step, approving, returning, issuing and superseding."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents.models import Document
from documents.services import DocumentError
from dvctt.fields import add_refusal
from targets import selectors, services
from targets.forms import DecisionForm, IssueForm
from targets.models import PlanState
from targets.views import access
from targets.views.drafting import GET_POST, REFUSED


@require_safe
def review(request: HttpRequest, code: str) -> HttpResponse:
    """What the plan comes to, what may be wrong with it, and the buttons of those who decide."""
    plan = access.visible_plan(request, code)
    names = selectors.names_of(plan)
    lines = selectors.assignment_lines(plan=plan, names=names)
    waiting = selectors.uncovered(plan=plan, names=names)
    return render(
        request,
        "targets/review.html",
        {
            "menu": "plans",
            "plan": plan,
            "owner": selectors.owner_name(plan),
            "steps": access.steps(request, plan, 4),
            "totals": selectors.totals(lines),
            "findings": selectors.findings(plan=plan, names=names, lines=lines, waiting=waiting),
            "views": selectors.indicator_views(plan=plan, lines=lines, waiting=waiting),
            "changed": selectors.changed_baselines(plan=plan, lines=lines),
            "by_hand": [line for line in lines if line.assignment.override_id is not None],
            "events": plan.events.select_related("by").order_by("-number"),
            "may_draft": access.may_draft(request, plan),
            "may_approve": plan.state == PlanState.DRAFT
            and request.user.has_perm(access.APPROVE, plan.owner),
            "may_return": plan.state == PlanState.APPROVED
            and request.user.has_perm(access.APPROVE, plan.owner),
            "may_issue": plan.state == PlanState.APPROVED and request.user.has_perm(access.ISSUE, plan.owner),
        },
    )


@require_POST
def approve(request: HttpRequest, code: str) -> HttpResponse:
    plan, user = access.plan_for(request, code, access.APPROVE)
    form = DecisionForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else -1
    try:
        services.approve_plan(plan=plan, by=user, at=timezone.now(), seen_revision=seen)
    except services.PlanNotReady as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    except REFUSED as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Đã duyệt. Văn phòng ban hành khi có văn bản ký.")
    return redirect("plan_review", code=plan.code)


@require_POST
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    plan, user = access.plan_for(request, code, access.APPROVE)
    form = DecisionForm(request.POST)
    if "reason" in form.errors:
        messages.error(request, f"Lý do trả lại: {' '.join(map(str, form.errors['reason']))}")
        return redirect("plan_review", code=plan.code)
    seen, reason = -1, ""
    if form.is_valid():
        seen, reason = form.cleaned_data["seen"], form.cleaned_data["reason"]
    try:
        services.return_plan(plan=plan, reason=reason, by=user, at=timezone.now(), seen_revision=seen)
    except (services.ReasonMissing, *REFUSED) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Đã trả lại bản nháp cho người soạn.")
    return redirect("plan_review", code=plan.code)


@require_http_methods(GET_POST)
def issue(request: HttpRequest, code: str) -> HttpResponse:
    """The signed document, and the moment after which nothing changes."""
    plan, user = access.plan_for(request, code, access.ISSUE)
    documents = list(Document.objects.order_by("-issued_on", "number"))
    initial = {"seen": plan.revision, "document": plan.document.code if plan.document else ""}
    form = IssueForm(request.POST or None, initial=initial, documents=documents)
    if request.method == "POST" and form.is_valid():
        try:
            services.issue_plan(
                plan=plan,
                document=form.chosen(),
                by=user,
                at=timezone.now(),
                today=timezone.localdate(),
                seen_revision=form.cleaned_data["seen"],
            )
        except services.PlanNotReady as refused:
            for problem in refused.problems:
                form.add_error(None, problem)
        except DocumentError as error:
            add_refusal(form, error)
        except REFUSED as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Đã ban hành. Kế hoạch không sửa được nữa, chỉ thay bằng bản mới.")
            return redirect("plan", code=plan.code)
    return render(
        request,
        "targets/issue.html",
        {"menu": "plans", "plan": plan, "form": form, "steps": access.steps(request, plan, 4)},
    )


@require_POST
def supersede(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the draft that shall take the issued plan's place."""
    plan, user = access.plan_for(request, code, access.ASSIGN)
    try:
        successor = services.draft_successor(plan=plan, by=user, at=timezone.now())
    except (services.PlanNotDraft, services.RulesTie) as error:
        messages.error(request, str(error))
        return redirect("plan", code=plan.code)
    messages.success(request, f"Đang soạn bản thay thế “{plan.name}”.")
    return redirect("plan_facts", code=successor.code)
