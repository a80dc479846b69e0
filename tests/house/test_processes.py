"""The processes of docker-compose.yml, started natively with its own commands on PostgreSQL and Redis."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import compose, services

SERVICES = compose.read()["services"]


@contextmanager
def started(command: list[str], *, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=compose.ROOT, env=env, stdout=file, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def environment(tmp_path: Path, **variables: str) -> dict[str, str]:
    """Return an environment as a container has it: PATH and what the compose file sets."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "HOSTNAME": "may-thu",
        "DJANGO_SECRET_KEY": "only-for-tests",
        "MEDIA_ROOT": str(tmp_path / "media"),
        "CELERY_BEAT_SCHEDULE_FILENAME": str(tmp_path / "schedule"),
        **variables,
    }


def command_of(service: str, *, bind: str = "") -> list[str]:
    """Return the compose file's command; `bind` takes the place of the container's own address."""
    words = [str(word) for word in SERVICES[service]["command"]]
    return [word.replace("0.0.0.0:8000", bind) for word in words]


def health(address: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"http://{address}/healthz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except urllib.error.URLError:
        return 0, {}


def wait_for(
    address: str, wanted: Callable[[int, dict[str, Any]], bool], *, logs: Path, timeout_s: float
) -> None:
    deadline = time.monotonic() + timeout_s
    status: int = 0
    body: dict[str, Any] = {}
    while time.monotonic() < deadline:
        status, body = health(address)
        if wanted(status, body):
            return
        time.sleep(0.2)
    told = "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in sorted(logs.glob("*.log")))
    pytest.fail(f"{address}/healthz answers {status} {body} after {timeout_s} s\n{told}", pytrace=False)


def test_web_worker_and_beat_work_together_on_postgresql_and_redis(
    tmp_path: Path, redis_url: str, postgres_url: str
) -> None:
    env = environment(tmp_path, DATABASE_URL=postgres_url, REDIS_URL=redis_url)
    address = f"127.0.0.1:{services.free_port()}"
    with ExitStack() as stack:
        stack.enter_context(started(command_of("web", bind=address), env=env, log=tmp_path / "web.log"))
        wait_for(address, lambda status, _: status == 200, logs=tmp_path, timeout_s=120)
        _, body = health(address)
        assert body == {"ok": True, "database": True, "broker": True, "mode": "redis", "worker_seen_s": None}
        for name in ("worker", "beat"):
            stack.enter_context(started(command_of(name), env=env, log=tmp_path / f"{name}.log"))
        # Beat sends the heartbeat through Redis, the worker runs it, the web process reads what it left.
        wait_for(address, lambda _, body: body["worker_seen_s"] is not None, logs=tmp_path, timeout_s=120)

        ping = ["celery", "-A", "dvctt", "inspect", "ping", "--timeout", "5"]
        assert (
            subprocess.run(ping, env=env, cwd=compose.ROOT, capture_output=True, check=False).returncode == 0
        )
        beat = SERVICES["beat"]["healthcheck"]["test"][1].replace("/srv/beat", str(tmp_path))
        assert subprocess.run(["sh", "-c", beat], check=False).returncode == 0


def test_one_process_with_sqlite_is_enough_and_runs_its_own_tasks(tmp_path: Path) -> None:
    env = environment(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/one.sqlite3")
    address = f"127.0.0.1:{services.free_port()}"
    with started(command_of("web", bind=address), env=env, log=tmp_path / "web.log"):
        wait_for(address, lambda _, body: body.get("worker_seen_s") is not None, logs=tmp_path, timeout_s=120)
        status, body = health(address)
        assert (status, body["mode"]) == (200, "embedded")
        with urllib.request.urlopen(f"http://{address}/", timeout=10) as page:
            assert page.url.startswith(f"http://{address}/tai-khoan/dang-nhap/")
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_redis_that_is_gone_is_told_by_healthz(tmp_path: Path) -> None:
    env = environment(
        tmp_path,
        DATABASE_URL=f"sqlite:///{tmp_path}/one.sqlite3",
        REDIS_URL=f"redis://127.0.0.1:{services.free_port()}/0",
    )
    address = f"127.0.0.1:{services.free_port()}"
    with started(command_of("web", bind=address), env=env, log=tmp_path / "web.log"):
        wait_for(address, lambda status, _: status == 503, logs=tmp_path, timeout_s=120)
        _, body = health(address)
        assert (body["ok"], body["database"], body["broker"]) == (False, True, False)
