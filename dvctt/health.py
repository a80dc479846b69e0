"""/healthz: does this process reach its database and its broker, and when was a worker last heard of."""

import logging
from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from dvctt.celery import HEARTBEAT_KEY, app

logger = logging.getLogger(__name__)
PATIENCE_S = 3


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError as error:
        logger.warning("database does not answer: %s", error)
        return False


def broker_answers() -> bool:
    try:
        with app.connection_for_write(connect_timeout=PATIENCE_S) as broker:
            broker.ensure_connection(max_retries=1, timeout=PATIENCE_S)
    except (OperationalError, OSError) as error:
        logger.warning("broker does not answer: %s", error)
        return False
    return True


def seconds_since_heartbeat(*, now: datetime) -> int | None:
    """Return the age of the last heartbeat in seconds, or None when no worker has been heard of."""
    printed = cache.get(HEARTBEAT_KEY)
    return None if printed is None else int((now - datetime.fromisoformat(printed)).total_seconds())


@never_cache
@require_safe
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    database, broker = database_answers(), broker_answers()
    well = database and broker
    return JsonResponse(
        {
            "ok": well,
            "database": database,
            "broker": broker,
            "mode": "embedded" if settings.EMBEDDED_WORKER else "redis",
            "worker_seen_s": seconds_since_heartbeat(now=timezone.now()) if broker else None,
        },
        status=200 if well else 503,
    )
