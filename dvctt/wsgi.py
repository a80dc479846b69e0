"""WSGI entry point. Only a web server imports it, so it is where the embedded worker starts."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvctt.settings")
application = get_wsgi_application()


def _start_embedded_worker() -> None:
    from django.conf import settings

    from dvctt.celery import app
    from dvctt.embedded import EmbeddedWorker

    if settings.EMBEDDED_WORKER:
        EmbeddedWorker(app).start()


_start_embedded_worker()
