"""The Celery application; broker and mode come from the settings.

Two modes, chosen by the environment alone: with REDIS_URL a Celery worker and beat are processes of their
own; without it the one web process runs both in threads (dvctt.embedded).
"""

import os

from celery import Celery
from django.core.cache import cache
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvctt.settings")
HEARTBEAT_KEY = "worker-heartbeat"

app = Celery("dvctt")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="dvctt.heartbeat")
def heartbeat() -> None:
    """Leave word that scheduled tasks reach a worker; /healthz tells how long ago."""
    cache.set(HEARTBEAT_KEY, timezone.now().isoformat(), timeout=None)
