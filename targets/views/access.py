"""Who may see, draft, approve and issue a plan; the plan of an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from targets import selectors
from targets.models import Plan, PlanState
from units import permissions
from units import selectors as unit_selectors

ASSIGN: Final = "targets.assign_targets"
APPROVE: Final = "targets.approve_plans"
ISSUE: Final = "targets.issue_plans"
REFUSALS: Final = {
    ASSIGN: "Chỉ Văn phòng UBND của đơn vị giao mới được soạn và sửa kế hoạch.",
    APPROVE: "Chỉ lãnh đạo của đơn vị giao mới được duyệt hoặc trả lại kế hoạch.",
    ISSUE: "Chỉ Văn phòng UBND của đơn vị giao mới được ban hành kế hoạch.",
}
STEPS: Final = (
    ("Thông tin", "plan_facts"),
    ("Quy tắc", "plan_rules"),
    ("Xem thử, điều chỉnh", "plan"),
    ("Duyệt, ban hành", "plan_review"),
    ("Xuất phụ lục", "plan_appendices"),
)


_DRAFTERS_OWN: Final = frozenset({"plan_facts"})


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps of making a plan, as a link."""

    number: int
    words: str
    address: str
    is_current: bool


def steps(request: HttpRequest, plan: Plan, current: int) -> list[Step]:
    """Return the steps of the plan with their addresses, those that the person may open."""
    drafts = request.user.has_perm(ASSIGN, plan.owner)
    return [
        Step(
            number,
            words,
            reverse(name, args=[plan.code]) if drafts or name not in _DRAFTERS_OWN else "",
            number == current,
        )
        for number, (words, name) in enumerate(STEPS, start=1)
    ]


def visible_plan(request: HttpRequest, code: str) -> Plan:
    """Return the plan; raise Http404 where there is none that this person may see."""
    today = timezone.localdate()
    try:
        return selectors.plan_by_code(code, among=Plan.objects.visible_to(request.user, today=today))
    except selectors.PlanUnknown as error:
        raise Http404(str(error)) from error


def plan_for(request: HttpRequest, code: str, permission: str) -> tuple[Plan, User]:
    """Return the plan and the person who may do that with it; raise Http404 or PermissionDenied."""
    plan = visible_plan(request, code)
    user = request.user
    if not isinstance(user, User) or not user.has_perm(permission, plan.owner):
        raise PermissionDenied(REFUSALS[permission])
    return plan, user


def may_draft(request: HttpRequest, plan: Plan) -> bool:
    """Whether the person may change the plan as it stands."""
    return plan.state == PlanState.DRAFT and request.user.has_perm(ASSIGN, plan.owner)


def owners_for(user: User) -> dict[int, str]:
    """Return the units whose plans the person may draft and that have units below them, by name."""
    today = timezone.localdate()
    allowed = permissions.units_for(user=user, permission=ASSIGN, today=today)
    above = allowed.filter(paths_down__depth=1, paths_down__valid_to=None).distinct()
    found = unit_selectors.names_on(unit_ids=above.values_list("pk", flat=True), on=today)
    named = sorted(found.values(), key=lambda one: one.reading_order)
    return {one.unit_id: one.name_and_place for one in named}
