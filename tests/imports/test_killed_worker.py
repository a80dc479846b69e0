"""A worker that is killed in the middle leaves nothing half done; the sweeper brings its batch to the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from imports import services, tasks
from imports.models import Batch, BatchState
from indicators.models import Indicator, Measurement, MeasurementRevision
from tests.builders import make_person, make_province, make_units
from tests.imports.workbooks import QUANG_NINH, book
from units.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)

# The worker's own code; it stops at the named function, inside whatever transaction it is in by then.
WORKER = """
import sys, time
from pathlib import Path
import django
django.setup()
from imports import tasks
from imports.services import committing, reading

def stop(*args, **kwargs):
    Path(sys.argv[1]).touch()
    time.sleep(60)

module, name = {"commit": (committing, "_remember_choices"), "read": (reading, "store_plan")}[sys.argv[2]]
setattr(module, name, stop)
job = {"commit": lambda pk: tasks.commit_batch(pk, 0), "read": tasks.read_batch}[sys.argv[2]]
job(int(sys.argv[3]))
"""


def database_address() -> str:
    """Return the address of the tests' own database."""
    said = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{said['NAME']}"
    login = f"{said['USER']}:{said['PASSWORD']}@" if said["PASSWORD"] else f"{said['USER']}@"
    host = str(said["OPTIONS"].get("host") or said["HOST"])  # a socket's folder stands among the options
    if host.startswith("/"):
        return f"postgresql://{login}/{said['NAME']}?host={host}"
    return f"postgresql://{login}{host}:{said['PORT'] or 5432}/{said['NAME']}"


@pytest.fixture
def person() -> User:
    return make_person("can-bo")


@pytest.fixture
def batch(person: User) -> Batch:
    province = make_province("Quảng Ninh")
    make_units(["Sở Y tế", "Sở Nội vụ"], kind=Kind.SO, parent=province)
    for code in ("HSTT", "TTTT"):
        Indicator.objects.create(
            code=code, name=code, short_name=code, unit_of_measure="%", is_rate=True, direction="up",
            levels=["so"], numerator="a", denominator="b", zero_denominator="not_arising",
        )  # fmt: skip
    content = book(
        [["1", "Sở Y tế", "10%", "1%"], ["2", "Sở Nội vụ", "20%", "2%"]], titles=[*QUANG_NINH, "QUÝ I/2023"]
    )
    made = services.receive_file(content=content, filename="tep.xlsx", by=person, at=timezone.now())
    connection.close()  # on SQLite an open connection would keep the worker waiting
    return made


def kill_a_worker_at(job: str, batch: Batch, tmp_path: Path) -> None:
    """Start a worker on the job in a process of its own, and kill it once it is in the middle."""
    reached = tmp_path / "reached"
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "dvctt.settings",
        "DJANGO_SECRET_KEY": "only-for-tests",
        "DATABASE_URL": database_address(),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    log = tmp_path / "worker.log"
    with log.open("wb") as file:
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(reached), job, str(batch.pk)],
            env=env,
            cwd=settings.BASE_DIR,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + 30
            while not reached.exists() and worker.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            assert reached.exists(), log.read_text()
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(timeout=10)


def test_a_commit_killed_in_the_middle_wrote_nothing_and_is_finished_by_the_next(
    batch: Batch, person: User, tmp_path: Path
) -> None:
    tasks.read_batch(batch.pk)
    begun = timezone.now()
    services.begin_commit(batch_id=batch.pk, by=person, at=begun, reason="Số liệu quý")
    kill_a_worker_at("commit", batch, tmp_path)
    batch.refresh_from_db()
    assert (batch.state, Measurement.objects.count()) == (BatchState.COMMITTING, 0)
    assert services.sweep_batches(at=timezone.now()).to_commit == []  # it may still be at work
    later = timezone.now() + timedelta(seconds=61)
    assert services.sweep_batches(at=later).to_commit == [batch.pk]
    tasks.commit_batch(batch.pk, 0)
    batch.refresh_from_db()
    assert (batch.state, batch.committed_by, batch.counts["written"]) == (BatchState.COMMITTED, person, 4)
    assert (Measurement.objects.count(), MeasurementRevision.objects.count()) == (4, 4)
    assert services.sweep_batches(at=later + timedelta(hours=1)) == services.Swept()


def test_a_reading_killed_in_the_middle_is_begun_anew(batch: Batch, tmp_path: Path) -> None:
    kill_a_worker_at("read", batch, tmp_path)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == (BatchState.READING, 0)
    assert services.sweep_batches(at=timezone.now() + timedelta(seconds=61)).to_read == [batch.pk]
    tasks.read_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), batch.attempts) == (BatchState.PREVIEW, 2, 2)
