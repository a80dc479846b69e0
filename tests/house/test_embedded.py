"""The embedded worker: requests return at once, and the work goes on beside them."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from dvctt.celery import app
from dvctt.embedded import EmbeddedWorker

Register = Callable[[str, Callable[[], None]], None]


@pytest.fixture
def register() -> Iterator[Register]:
    """Make a function a task of the application for the time of one test."""
    names = []

    def make(name: str, work: Callable[[], None]) -> None:
        app.task(name=name)(work)
        app.tasks[name].name  # noqa: B018 -- finalised now, so that it can be taken away again
        names.append(name)

    app.control.purge()
    yield make
    for name in names:
        del app.tasks[name]


def test_a_task_is_queued_in_no_time_and_runs_beside_the_request(register: Register) -> None:
    done = threading.Event()

    def slow() -> None:
        time.sleep(0.2)
        done.set()

    register("tests.slow", slow)
    worker = EmbeddedWorker(app, concurrency=1, timetable=False)
    worker.start()
    worker.start()  # a second call changes nothing
    try:
        started = time.monotonic()
        app.send_task("tests.slow")
        assert time.monotonic() - started < 0.15
        assert not done.is_set()
        assert done.wait(timeout=15)
    finally:
        worker.stop()
    assert not worker.is_running


def test_the_timetable_sends_its_tasks_without_a_beat_process(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = threading.Event()

    def tick() -> None:
        seen.set()

    register("tests.tick", tick)
    monkeypatch.setitem(app.conf, "beat_schedule", {"tick": {"task": "tests.tick", "schedule": 0.2}})
    worker = EmbeddedWorker(app, concurrency=1)
    worker.start()
    try:
        assert seen.wait(timeout=15)
    finally:
        worker.stop()


def test_tests_and_commands_start_no_worker_of_themselves() -> None:
    assert not [thread for thread in threading.enumerate() if thread.name == "embedded-worker"]
