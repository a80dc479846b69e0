"""What every test stands on: two databases, no outside network, no logged errors, word of skips."""

import logging
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from tests import services

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_setup", "live_server"}
SERVICE_FIXTURES = {"redis_url": "redis", "postgres_url": "postgres", "page": "browser", "context": "browser"}
SERVICE_FIXTURES |= {"browser": "browser", "new_context": "browser"}
TRANSACTIONAL_FIXTURES = {"transactional_db", "django_db_reset_sequences", "live_server"}


# --- Which tests run on which database ------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by what they use; on PostgreSQL keep those that use the database.

    The browser's look at pages, which are the same there, but for those that ask for both databases.
    """
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or names & DATABASE_FIXTURES:
            item.add_marker("database")
        for mark in {SERVICE_FIXTURES[name] for name in names & SERVICE_FIXTURES.keys()}:
            item.add_marker(mark)
    _refuse_mixed_modules(items)
    if services.ON_POSTGRESQL:
        kept = [
            item
            for item in items
            if "database" in (marks := _marks(item)) and ("browser" not in marks or "both_databases" in marks)
        ]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


def _refuse_mixed_modules(items: list[pytest.Item]) -> None:
    """Raise UsageError for a module whose shared data and transactional tests would meet.

    Rows that a module loads once stand in a transaction that stays open up to the module's last test. A test
    with transactions of its own comes last and would run inside it, but only where no other module's tests
    come between: it would fail alone and pass in its folder.
    """
    sharing: set[Path] = set()
    transactional: dict[Path, str] = {}
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        wide = [defs[-1] for defs in fixtures if defs[-1].scope in ("module", "package")]
        if any("django_db_blocker" in fixture.argnames for fixture in wide):
            sharing.add(item.path)
        mark = item.get_closest_marker("django_db")
        if TRANSACTIONAL_FIXTURES & set(item.fixturenames) or (mark and mark.kwargs.get("transaction")):
            transactional[item.path] = item.name
    for path in sorted(sharing & transactional.keys()):
        raise pytest.UsageError(
            f"{path.name}: {transactional[path]} needs transactions of its own, but its module loads data in "
            "one that stays open; move the test to a module without such data"
        )


def _marks(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite: a file, since the threads of a live server lock each other out of a shared memory database."""
    from django.db import connection

    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=NORMAL", "synchronous=OFF")


# --- A test that logs an error fails --------------------------------------------------------------


class ErrorCollector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    collector = ErrorCollector()
    logging.getLogger().addHandler(collector)
    try:
        result = yield
    finally:
        logging.getLogger().removeHandler(collector)
    if collector.lines and not item.get_closest_marker("logs_errors"):
        pytest.fail("The test logged an error:\n" + "\n".join(collector.lines), pytrace=False)
    return result


# --- Servers --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A private Redis, empty at first."""
    try:
        with services.private_redis() as url:
            yield url
    except services.ServiceMissing as error:
        services.lacking(error)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of its own, whatever the tests' own database is."""
    try:
        with services.fresh_postgres_database(f"dvctt_process_{os.getpid()}") as url:
            yield url
    except services.ServiceMissing as error:
        services.lacking(error)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, as root, without its calls home; skips where there is none."""
    try:
        path = services.chromium()
    except services.ServiceMissing as error:
        services.lacking(error)
    return {**browser_type_launch_args, "executable_path": path, "args": services.CHROMIUM_ARGS}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
        "viewport": {"width": 1366, "height": 768},
    }


@pytest.fixture
def embedded_worker(transactional_db: None) -> Iterator[None]:
    """A worker on the memory broker in this process, as the demo has it; jobs run while the test looks on."""
    from django.db import connections

    from dvctt.celery import app
    from dvctt.embedded import EmbeddedWorker

    app.control.purge()  # what other tests queued for nobody
    worker = EmbeddedWorker(app, concurrency=1, timetable=False)
    worker.start()
    yield
    worker.stop()
    connections.close_all()


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    """Uploads of a test go with it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


# --- What was skipped, and why --------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    reasons: dict[str, int] = defaultdict(int)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    if os.environ.get("TEST_WITHOUT_POSTGRESQL"):
        reasons[os.environ["TEST_WITHOUT_POSTGRESQL"]] += 0  # run.py could not begin the run on PostgreSQL
    where = "PostgreSQL" if services.ON_POSTGRESQL else "SQLite"
    terminalreporter.section(f"Cơ sở dữ liệu / database: {where}")
    if not reasons:
        terminalreporter.line("Không bỏ qua kiểm thử nào / nothing was skipped")
    for reason, count in sorted(reasons.items()):
        how_many = count or "mọi / every"
        terminalreporter.line(f"Bỏ qua / skipped {how_many}: {reason}")
