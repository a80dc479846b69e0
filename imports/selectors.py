"""Reading batches for the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from imports.models import Batch, BatchState, Row
from imports.planned import PlannedCell, cells_of
from indicators.models import Indicator

if TYPE_CHECKING:
    from accounts.models import User
    from units.models import Unit


def earlier_commit(*, batch: Batch) -> Batch | None:
    """Return the latest other batch that wrote this very file (by its sha256), or None."""
    return (
        Batch.objects.filter(sha256=batch.sha256, state=BatchState.COMMITTED)
        .exclude(pk=batch.pk)
        .select_related("committed_by")
        .order_by("-committed_at")
        .first()
    )


def planned_cell(*, row: Row, code: str) -> PlannedCell | None:
    """Return the figure of the indicator that the row would write, or None where it plans none."""
    planned = {cell.indicator_id: cell for cell in cells_of(row.figures)}
    indicator = Indicator.objects.filter(pk__in=planned, code=code).first()
    return planned[indicator.pk] if indicator else None


def batches_for(*, user: User, provinces: QuerySet[Unit]) -> QuerySet[Batch]:
    """Return the batches a person may see: of provinces they import for, and their own; latest first."""
    return (
        Batch.objects.filter(Q(province__in=provinces) | Q(created_by=user))
        .select_related("layout", "period", "created_by", "committed_by")
        .order_by("-pk")
    )
