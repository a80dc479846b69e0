"""One writer at a time: a plan is locked before it changes, and only a draft changes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from dvctt.lib import numbers
from targets.models import Plan, PlanEvent, PlanState, PlanStep
from targets.services.errors import PlanChanged, PlanIssued, PlanNotDraft

if TYPE_CHECKING:
    from accounts.models import User

_WITH = ("owner", "document", "baseline_period", "parent__document")


def locked(plan: Plan) -> Plan:
    """Return the plan as it stands now, locked until the transaction ends."""
    return Plan.objects.select_for_update(of=("self",)).select_related(*_WITH).get(pk=plan.pk)


def locked_draft(plan: Plan, *, seen_revision: int | None = None) -> Plan:
    """Return the draft, locked; raise PlanIssued, PlanNotDraft, or PlanChanged since `seen_revision`."""
    standing = locked(plan)
    if standing.is_frozen:
        raise PlanIssued(f"Kế hoạch “{standing.code}” đã ban hành nên không giao lại được.")
    if standing.state != PlanState.DRAFT:
        raise PlanNotDraft(f"Kế hoạch “{standing.code}” đã duyệt; muốn sửa thì trả lại bản nháp trước.")
    check_seen(standing, seen_revision)
    return standing


def check_seen(standing: Plan, seen_revision: int | None) -> None:
    """Raise PlanChanged where somebody changed the plan since the page was opened."""
    if seen_revision is None or seen_revision == standing.revision:
        return
    last = standing.events.select_related("by").order_by("-number").first()
    who = ""
    if last is not None:
        day = timezone.localtime(last.at)
        who = (
            f" {last.by or 'Lệnh quản trị'} vừa làm: {last.text} ({day:%H:%M} {numbers.vi_date(day.date())})."
        )
    raise PlanChanged(
        f"Có người sửa kế hoạch sau khi bạn mở trang.{who} Xem lại rồi làm lại việc của bạn; chưa ghi gì."
    )


def record_step(
    plan: Plan, step: PlanStep, text: str, *, by: User | None, at: datetime, reason: str = ""
) -> PlanEvent:
    """Write one line of the plan's history and count its revision up; the plan is locked by the caller."""
    plan.revision += 1
    plan.save(update_fields=["revision"])
    return PlanEvent.objects.create(
        plan=plan, number=plan.revision, step=step, text=text[:1000], reason=reason, by=by, at=at
    )
