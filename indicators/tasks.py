"""Jobs of collecting figures: each calls one service; running twice does no harm."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from indicators import services

logger = logging.getLogger(__name__)


@shared_task
def send_reminders() -> None:
    """Remind of deadlines what is due by now, and send what e-mails wait."""
    done = services.remind_due(at=timezone.now())
    if done.units:
        logger.info("reminded of %s reports: %s people, %s by e-mail", done.units, done.people, done.mails)


@shared_task
def deliver_mail() -> None:
    """Send the e-mails that wait: a person has just reminded by hand."""
    services.deliver_waiting(at=timezone.now())
