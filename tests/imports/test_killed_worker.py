"""A worker that is killed in the middle leaves nothing half done; the sweeper brings its batch to the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from dvctt.lib.periods import parse_period
from imports import services, tasks
from imports.models import Batch, BatchState
from indicators import services as indicator_services
from indicators.models import Indicator, Measurement, MeasurementRevision
from indicators.rules import FigureDraft
from tests.builders import make_person, make_province, make_units
from tests.imports.workbooks import QUANG_NINH, book
from units.models import Kind, UnitVersion

pytestmark = pytest.mark.django_db(transaction=True)

# The worker's own code; it stops at the named place, inside whatever transaction it is in by then.
WORKER = """
import sys, time
from pathlib import Path
import django
django.setup()
from django.utils import timezone
from accounts.models import User
from imports import services, tasks
from imports.models import Batch
from imports.services import committing, keeping, reading, undoing

def stop(*args, **kwargs):
    Path(sys.argv[1]).touch()
    time.sleep(60)

def stop_after(done):
    return lambda *args, **kwargs: (done(*args, **kwargs), stop())

module, name = {
    "before the preview is stored": (reading, "store_plan"),
    "before its rows are stored": (keeping, "copy_rows"),
    "while figures are locked": (committing, "_check_preview_holds"),
    "after the figures are written": (committing, "_write_targets"),
    "before choices are remembered": (committing, "_remember_choices"),
    "before the renewed preview": (committing, "read_batch"),
    "after figures are taken back": (undoing.indicator_services, "undo_cells"),
}[sys.argv[3]]
old = getattr(module, name)
setattr(module, name, stop_after(old) if sys.argv[3].startswith("after") else stop)
pk = int(sys.argv[4])
if sys.argv[2] == "read":
    tasks.read_batch(pk)
elif sys.argv[2] == "commit":
    tasks.commit_batch(pk, 0)
else:
    services.undo_batch(batch_id=pk, by=User.objects.get(), at=timezone.now(), reason="Nhầm quý")
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


def kill_a_worker_at(place: str, job: str, batch: Batch, tmp_path: Path) -> None:
    """Start a worker on the job in a process of its own, and kill it (SIGKILL) once it is at the place."""
    connection.close()
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
            [sys.executable, "-c", WORKER, str(reached), job, place, str(batch.pk)],
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


@pytest.mark.parametrize(
    "place", ["while figures are locked", "after the figures are written", "before choices are remembered"]
)
def test_a_commit_killed_in_the_middle_wrote_nothing_and_is_finished_by_the_next(
    place: str, batch: Batch, person: User, tmp_path: Path
) -> None:
    tasks.read_batch(batch.pk)
    services.begin_commit(batch_id=batch.pk, by=person, at=timezone.now(), reason="Số liệu quý")
    kill_a_worker_at(place, "commit", batch, tmp_path)
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


@pytest.mark.parametrize("place", ["before the preview is stored", "before its rows are stored"])
def test_a_reading_killed_in_the_middle_is_begun_anew(place: str, batch: Batch, tmp_path: Path) -> None:
    kill_a_worker_at(place, "read", batch, tmp_path)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == (BatchState.READING, 0)
    assert services.sweep_batches(at=timezone.now() + timedelta(seconds=61)).to_read == [batch.pk]
    tasks.read_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), batch.attempts) == (BatchState.PREVIEW, 2, 2)


@pytest.mark.parametrize("place", ["before the preview is stored", "before its rows are stored"])
def test_a_decision_outlives_the_worker_that_is_killed_over_it(
    place: str, batch: Batch, person: User, tmp_path: Path
) -> None:
    stored(person)
    tasks.read_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.counts["changed"], batch.counts["kept"]) == (1, 0)
    row = batch.rows.get(printed="Sở Y tế")
    services.keep_cell(
        batch_id=batch.pk,
        row_position=row.position,
        indicator="HSTT",
        keep=True,
        by=person,
        at=timezone.now(),
    )
    kill_a_worker_at(place, "read", batch, tmp_path)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["changed"], batch.rows.count()) == (BatchState.READING, 1, 2)
    with pytest.raises(services.BatchNotReady, match="đang được lập lại"):
        services.accept_warnings(batch_id=batch.pk, kinds=["x"], reason="", by=person, at=timezone.now())
    assert services.sweep_batches(at=timezone.now() + timedelta(seconds=61)).to_read == [batch.pk]
    tasks.read_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["changed"], batch.counts["kept"]) == (BatchState.PREVIEW, 0, 1)


def test_an_outdated_preview_outlives_the_worker_that_is_killed_over_it(
    batch: Batch, person: User, tmp_path: Path
) -> None:
    tasks.read_batch(batch.pk)
    stored(person)
    services.begin_commit(batch_id=batch.pk, by=person, at=timezone.now(), reason="Số liệu quý")
    kill_a_worker_at("before the renewed preview", "commit", batch, tmp_path)
    batch.refresh_from_db()
    assert (batch.state, batch.committed_by, batch.counts["new"]) == (BatchState.UPLOADED, None, 4)
    assert "đã thay đổi từ lúc xem thử" in batch.message
    assert services.sweep_batches(at=timezone.now() + timedelta(seconds=61)).to_read == [batch.pk]
    tasks.read_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEW
    assert (batch.counts["new"], batch.counts["changed"], Measurement.objects.count()) == (3, 1, 1)


def test_an_undo_killed_in_the_middle_took_nothing_back(batch: Batch, person: User, tmp_path: Path) -> None:
    tasks.read_batch(batch.pk)
    services.commit_batch(batch_id=batch.pk, by=person, at=timezone.now())
    kill_a_worker_at("after figures are taken back", "undo", batch, tmp_path)
    batch.refresh_from_db()
    assert (batch.state, Measurement.objects.count()) == (BatchState.COMMITTED, 4)
    assert MeasurementRevision.objects.count() == 4
    services.undo_batch(batch_id=batch.pk, by=person, at=timezone.now(), reason="Nhầm quý")
    assert (Measurement.objects.count(), MeasurementRevision.objects.count()) == (0, 8)


def stored(person: User) -> None:
    """Sở Y tế has 15 % in HSTT already, from the same source."""
    figure = FigureDraft(
        unit_id=UnitVersion.objects.get(name="Sở Y tế").unit_id,
        indicator_id=Indicator.objects.get(code="HSTT").pk,
        period_id=indicator_services.ensure_period(span=parse_period("2023-Q1")).pk,
        source="van_ban", origin="tay", is_rate=True, state="number", value=Decimal(15), printed="15%",
    )  # fmt: skip
    indicator_services.record_measurements(drafts=[figure], by=person, at=timezone.now(), reason="Nhập tay")
