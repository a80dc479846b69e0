"""From draft to issued: approving, returning, issuing and superseding, each by those who may."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from documents import services as document_services
from documents.models import Document
from documents.services import Facts
from dvctt.lib import numbers
from targets import selectors
from targets.models import Plan, PlanState, PlanStep
from targets.services.errors import PlanIssued, PlanNotDraft, PlanNotReady, ReasonMissing
from targets.services.locking import check_seen, locked, locked_draft, record_step

if TYPE_CHECKING:
    from accounts.models import User


_CHANGING: Final = (
    PlanStep.CREATED,
    PlanStep.EDITED,
    PlanStep.RULES,
    PlanStep.OVERRIDDEN,
    PlanStep.ASSIGNED,
)
"""Steps that change what a plan says; whoever took the last of them does not approve it."""


@transaction.atomic
def approve_plan(*, plan: Plan, by: User, at: datetime, seen_revision: int) -> Plan:
    """Approve a draft that is ready; from now on it changes no more unless it is returned.

    Raises PlanNotReady with what is open: no targets, rules that assign over a bound, or the approver being
    the one who changed it last. Raises PlanIssued, PlanNotDraft, PlanChanged.
    """
    standing = locked_draft(plan, seen_revision=seen_revision)
    problems = selectors.open_problems(plan=standing)
    last = standing.events.filter(step__in=_CHANGING).order_by("-number").first()
    if last is not None and last.by_id == by.pk:
        problems.append("Người duyệt phải khác người sửa kế hoạch lần cuối.")
    if problems:
        raise PlanNotReady(problems)
    standing.state = PlanState.APPROVED
    standing.save(update_fields=["state"])
    count = numbers.vi_number(standing.assignments.count())
    record_step(standing, PlanStep.APPROVED, f"Duyệt {count} chỉ tiêu", by=by, at=at)
    return standing


@transaction.atomic
def return_plan(*, plan: Plan, reason: str, by: User, at: datetime, seen_revision: int) -> Plan:
    """Give an approved plan back to those who draft it, with a reason.

    Raises ReasonMissing, PlanNotDraft where it is not approved, PlanChanged.
    """
    standing = _approved(plan, seen_revision)
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing("Nhập lý do trả lại để người soạn biết phải sửa gì.")
    standing.state = PlanState.DRAFT
    standing.save(update_fields=["state"])
    record_step(standing, PlanStep.RETURNED, "Trả lại bản nháp", by=by, at=at, reason=reason[:300])
    return standing


@transaction.atomic
def issue_plan(
    *, plan: Plan, document: Document | Facts, by: User, at: datetime, today: date, seen_revision: int
) -> Plan:
    """Issue an approved plan by its signed document: it never changes again, in the database either.

    The plan that it supersedes leaves force at the same moment. Raises PlanNotDraft where it is not approved
    or the superseded plan is no longer in force, PlanNotReady for what stops an approval too and for a
    document without number or date or of a day to come, PlanChanged; with the facts of a new document what
    documents.services.add_document raises.
    """
    standing = _approved(plan, seen_revision)
    problems = selectors.open_problems(plan=standing)
    if not document.number or document.issued_on is None:
        problems.append("Văn bản ban hành phải có số, ký hiệu và ngày ban hành.")
    elif document.issued_on > today:
        problems.append(f"Ngày ban hành {numbers.vi_date(document.issued_on)} chưa đến; ban hành từ ngày đó.")
    if problems:
        raise PlanNotReady(problems)
    if isinstance(document, Facts):
        document = document_services.add_document(facts=document, by=by, at=at)
    standing.document = document
    before = standing.supersedes
    if before is not None:
        _leave_force(before, standing, by=by, at=at)
    standing.save(update_fields=["document"])
    record_step(standing, PlanStep.ISSUED, f"Ban hành theo {document.number}", by=by, at=at)
    standing.state = PlanState.ISSUED
    standing.save(update_fields=["state"])
    return standing


def _approved(plan: Plan, seen_revision: int) -> Plan:
    standing = locked(plan)
    if standing.is_frozen:
        raise PlanIssued(f"Kế hoạch “{standing.code}” đã ban hành.")
    if standing.state != PlanState.APPROVED:
        raise PlanNotDraft(f"Kế hoạch “{standing.code}” chưa duyệt.")
    check_seen(standing, seen_revision)
    return standing


def _leave_force(before: Plan, successor: Plan, *, by: User, at: datetime) -> None:
    standing = locked(before)
    if standing.state != PlanState.ISSUED:
        raise PlanNotDraft(f"Kế hoạch bị thay “{standing.code}” không còn hiệu lực.")
    standing.state = PlanState.SUPERSEDED
    standing.save(update_fields=["state"])
    # The revision of a frozen plan stays: its history goes on beside it.
    last = standing.events.order_by("-number").values_list("number", flat=True).first() or 0
    standing.events.create(
        number=last + 1, step=PlanStep.SUPERSEDED, text=f"Được thay bằng “{successor.name}”", by=by, at=at
    )
