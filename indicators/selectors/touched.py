"""What stands already on units for the time from a day on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from indicators.models import Measurement, Submission, SubmissionStatus
from units.models import Unit, UnitPath, in_force


@dataclass(frozen=True, slots=True)
class Touched:
    """How many figures and reports stand there."""

    figures: int
    reports: int


def touched_from(*, units: Collection[Unit], on: date, with_those_below: bool) -> Touched:
    """Return what periods that end on the day or later hold of the units, if asked also of all below them.

    A constant number of queries.
    """
    ids = {unit.pk for unit in units}
    if with_those_below:
        below = UnitPath.objects.filter(in_force(on), ancestor__in=ids)
        ids |= set(below.values_list("descendant_id", flat=True))
    return Touched(
        figures=Measurement.objects.filter(unit__in=ids, period__ends_on__gte=on).count(),
        reports=Submission.objects.filter(unit__in=ids, period__ends_on__gte=on).count(),
    )


@dataclass(frozen=True, slots=True)
class Unapproved:
    """How many reports wait for a reviewer, and how many for their officer: begun or given back."""

    sent: int
    unsent: int


def unapproved_before(*, unit_ids: Collection[int], on: date) -> Unapproved:
    """Return how many reports of the units, of periods ending before the day, nobody approved. One query."""
    unsent = (SubmissionStatus.DRAFT, SubmissionStatus.RETURNED)
    return Unapproved(
        **Submission.objects.filter(unit__in=unit_ids, period__ends_on__lt=on).aggregate(
            sent=Count("pk", filter=Q(status=SubmissionStatus.SENT)),
            unsent=Count("pk", filter=Q(status__in=unsent)),
        )
    )
