"""Who asks for which report, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from indicators.models import Submission

ENTER = "indicators.enter_figures"


REVIEW = "indicators.review_figures"


EDIT_CALENDAR = "units.edit_units"


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


def opened_report(request: HttpRequest, pk: int) -> Opened:
    """The report, for those who enter or review its unit; others are refused."""
    report = get_object_or_404(Submission.objects.select_related("unit", "period"), pk=pk)
    opened = Opened(
        report=report,
        may_enter=request.user.has_perm(ENTER, report.unit),
        may_review=request.user.has_perm(REVIEW, report.unit),
    )
    if not (opened.may_enter or opened.may_review):
        raise PermissionDenied
    return opened


def opened_to_review(request: HttpRequest, pk: int) -> Opened:
    opened = opened_report(request, pk)
    if not opened.may_review:
        raise PermissionDenied
    return opened


def seen_revision(request: HttpRequest) -> int | None:
    text = request.POST.get("seen_revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
