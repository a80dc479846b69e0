"""gunicorn: one process with threads unless WEB_CONCURRENCY says otherwise.

Without Redis it must stay one process: the queue and the worker live in it (dvctt.embedded).
"""

from pathlib import Path

worker_class = "gthread"
threads = 8
timeout = 120
graceful_timeout = 10
keepalive = 5
accesslog = None
loglevel = "warning"
control_socket_disable = True
if Path("/dev/shm").is_dir():  # noqa: S108 -- in a container the disk may stall the worker's sign of life
    worker_tmp_dir = "/dev/shm"  # noqa: S108
