"""The life of a batch as a job: progress in short transactions of its own, and what becomes of a dead one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from imports.models import Batch, BatchState
from imports.services.reading import LEASE, MOST_ATTEMPTS


@dataclass(slots=True)
class Swept:
    """What to put on the queue again; the rest is settled already."""

    to_read: list[int] = field(default_factory=list)
    to_commit: list[int] = field(default_factory=list)
    given_up: list[int] = field(default_factory=list)


def report_progress(*, batch_id: int, percent: int, message: str, at: datetime) -> None:
    """Show how far the job is; this is its heartbeat too."""
    Batch.objects.filter(pk=batch_id, state__in=[BatchState.READING, BatchState.COMMITTING]).update(
        progress=max(0, min(percent, 100)), message=message[:500], heartbeat_at=at
    )


def sweep_batches(*, at: datetime) -> Swept:
    """Find batches whose job died or was lost, and settle each: once more, or visibly given up.

    A batch that waits to be read since over a lease, and one whose heartbeat is older than a lease, goes on
    the queue again up to MOST_ATTEMPTS times. After that reading fails; a commit, of which nothing was
    written, goes back to its preview.
    """
    swept = Swept()
    expired = at - LEASE
    lost = Q(state=BatchState.UPLOADED, created_at__lt=expired, heartbeat_at__isnull=True)
    lost |= Q(state=BatchState.UPLOADED, heartbeat_at__lt=expired)
    died = Q(state__in=[BatchState.READING, BatchState.COMMITTING], heartbeat_at__lt=expired)
    for batch in Batch.objects.filter(lost | died).only("pk", "state", "attempts"):
        mine = Batch.objects.filter(lost | died, pk=batch.pk, state=batch.state)
        if batch.state == BatchState.COMMITTING:
            if batch.attempts >= MOST_ATTEMPTS:
                message = "Việc ghi bị ngắt nhiều lần; chưa ghi gì. Hãy thử ghi lại hoặc báo quản trị."
                if mine.update(
                    state=BatchState.PREVIEW, message=message, heartbeat_at=None, committed_by=None
                ):
                    swept.given_up.append(batch.pk)
            elif mine.update(heartbeat_at=at, attempts=batch.attempts + 1):
                swept.to_commit.append(batch.pk)
        elif batch.attempts >= MOST_ATTEMPTS:
            message = "Việc đọc tệp bị ngắt nhiều lần nên đã dừng; chưa ghi gì. Hãy tải tệp lên lại."
            if mine.update(state=BatchState.FAILED, message=message, progress=100, heartbeat_at=None):
                swept.given_up.append(batch.pk)
        # Waiting again, so that the worker that takes it need not wait for another lease to pass.
        elif mine.update(
            state=BatchState.UPLOADED, heartbeat_at=at, attempts=batch.attempts + (batch.state == "uploaded")
        ):
            swept.to_read.append(batch.pk)
    return swept
