"""A Celery worker and its timetable as threads of the one web process: the mode without Redis.

The jobs live in this process's memory. A job that dies with it is found again by the sweeper, since the
job's database row, and not the queue, is the truth.
"""

import logging
import threading
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService, Scheduler
from celery.signals import worker_init
from celery.worker import WorkController

logger = logging.getLogger(__name__)


class EmbeddedWorker:
    """A worker of a few threads on the `memory://` broker, with or without the timetable."""

    def __init__(self, app: Celery, *, concurrency: int = 2, timetable: bool = True) -> None:
        self._app = app
        self._concurrency = concurrency
        self._timetable = timetable
        self._controller: Any = None
        self._thread: threading.Thread | None = None
        self._beat: Any = None
        self._lock = threading.Lock()

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start once; calling again does nothing."""
        with self._lock:
            if self.is_running:
                return
            self._app.loader.import_default_modules()
            self._controller = WorkController(
                app=self._app,
                hostname="embedded@localhost",
                pool="threads",
                concurrency=self._concurrency,
                without_heartbeat=True,
                without_mingle=True,
                without_gossip=True,
            )
            # A worker begun on the command line announces itself so that Django's connections are closed
            # around every task; this one has to say it.
            worker_init.send(sender=self._controller)
            self._thread = threading.Thread(
                target=self._controller.start, name="embedded-worker", daemon=True
            )
            self._thread.start()
            if self._timetable:
                self._beat = EmbeddedService(self._app, thread=True, scheduler_cls=Scheduler)
                self._beat.start()
        logger.info("embedded worker started, %s threads", self._concurrency)

    def stop(self) -> None:
        """Finish what is running, then end the threads."""
        with self._lock:
            if self._beat is not None:
                self._beat.stop()
                self._beat = None
            if self._thread is not None:
                self._controller.stop()
                self._thread.join(timeout=30)
                self._thread = None
