"""Who asks for which report, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from indicators.models import Period, Submission
from units.models import Unit
from units.permissions import ENTERING, REVIEWING


@dataclass(frozen=True, slots=True)
class Opened:
    """A report and what the person may do with it."""

    report: Submission
    may_enter: bool
    may_review: bool


def person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def rights_on(request: HttpRequest, unit: Unit) -> tuple[bool, bool]:
    """Whether the person enters, and whether he reviews, the unit's figures; who does neither is refused."""
    may_enter, may_review = request.user.has_perm(ENTERING, unit), request.user.has_perm(REVIEWING, unit)
    if not (may_enter or may_review):
        raise PermissionDenied
    return may_enter, may_review


def opened_report(request: HttpRequest, pk: int) -> Opened:
    """The report, for those who enter or review its unit; others are refused."""
    report = get_object_or_404(Submission.objects.select_related("unit", "period"), pk=pk)
    return Opened(report, *rights_on(request, report.unit))


def opened_report_of(request: HttpRequest, unit_id: int, period_code: str) -> Opened:
    """The unit's report for the period, an unsaved one before the first figure; others are refused."""
    unit = get_object_or_404(Unit, pk=unit_id)
    rights = rights_on(request, unit)
    period = get_object_or_404(Period, code=period_code)
    found = Submission.objects.filter(unit=unit, period=period).select_related("unit", "period").first()
    return Opened(found or Submission(unit=unit, period=period), *rights)


def opened_to_review(request: HttpRequest, pk: int) -> Opened:
    opened = opened_report(request, pk)
    if not opened.may_review:
        raise PermissionDenied
    return opened


def seen_revision(request: HttpRequest) -> int | None:
    text = request.POST.get("seen_revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
