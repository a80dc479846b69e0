"""Jobs of the importer: each takes an id and calls one service; running twice does no harm."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from dvctt.lib import sheets
from imports import services

logger = logging.getLogger(__name__)


def _progress_of(batch_id: int) -> Callable[[int, str], None]:
    def progress(percent: int, message: str) -> None:
        services.report_progress(batch_id=batch_id, percent=percent, message=message, at=timezone.now())

    return progress


@shared_task
def read_batch(batch_id: int) -> None:
    """Read an uploaded file into its preview."""
    try:
        services.read_batch(batch_id=batch_id, at=timezone.now(), progress=_progress_of(batch_id))
    except (sheets.FileRefused, services.ImportRefused) as error:
        # The person reads it on the batch's page; the file, and not the program, is at fault.
        logger.info("batch %s refused: %s", batch_id, error)


@shared_task
def commit_batch(batch_id: int, user_id: int) -> None:
    """Write a batch whose commit a person has begun; `user_id` is who, for the log."""
    try:
        services.finish_commit(batch_id=batch_id, at=timezone.now(), progress=_progress_of(batch_id))
    except services.PreviewOutdated as error:
        logger.info("batch %s of user %s not written: %s", batch_id, user_id, error)


@shared_task
def sweep_batches() -> None:
    """Put jobs that died on the queue again, or give them up where a person sees it."""
    swept = services.sweep_batches(at=timezone.now())
    for batch_id in swept.to_read:
        read_batch.delay(batch_id)
    for batch_id in swept.to_commit:
        commit_batch.delay(batch_id, 0)
    if swept.given_up:
        logger.warning("batches given up: %s", swept.given_up)
