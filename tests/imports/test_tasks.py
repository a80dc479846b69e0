"""The jobs themselves: each takes an id, calls its service, and leaves what a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from dvctt.celery import app
from imports import services, tasks
from imports.models import Batch, BatchState
from indicators.models import Measurement
from tests.imports.conftest import AT
from tests.imports.workbooks import book

pytestmark = pytest.mark.django_db
MO_DUC = ["1", "UBND huyện Mộ Đức", "45,80%", "2,34%", None]


@pytest.fixture
def batch(office: User) -> Batch:
    return services.receive_file(content=book([MO_DUC]), filename="a.xlsx", by=office, at=timezone.now())


@pytest.fixture
def queue() -> Iterator[None]:
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def test_a_file_is_read_and_written_by_its_two_jobs_and_twice_does_no_harm(batch: Batch) -> None:
    tasks.read_batch(batch.pk)
    tasks.read_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.attempts) == (BatchState.PREVIEW, 1)
    services.begin_commit(batch_id=batch.pk, by=batch.created_by, at=timezone.now(), reason="x")
    tasks.commit_batch(batch.pk, batch.created_by_id)
    tasks.commit_batch(batch.pk, batch.created_by_id)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["written"], Measurement.objects.count()) == (BatchState.COMMITTED, 2, 2)


def test_a_file_at_fault_ends_as_a_message_and_not_as_an_error(office: User) -> None:
    rows = [["I", "UBND thành phố Tam Kỳ"], ["1", "UBND xã Tam Ngọc", "99%", "0%"]]
    batch = services.receive_file(content=book(rows), filename="a.xlsx", by=office, at=AT)
    tasks.read_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED
    assert "Tỉnh Quảng Nam" in batch.message


def test_a_program_at_fault_is_logged_and_shown(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("đứt")

    monkeypatch.setattr("imports.services.reading.plan_batch", broken)
    with pytest.raises(RuntimeError):
        tasks.read_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED
    assert "Lỗi hệ thống" in batch.message


def test_the_sweeper_brings_dead_jobs_back_to_life(batch: Batch, queue: None) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.READING, heartbeat_at=long_ago, attempts=1)
    tasks.sweep_batches()
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEW
    services.begin_commit(batch_id=batch.pk, by=batch.created_by, at=long_ago, reason="x")
    tasks.sweep_batches()
    batch.refresh_from_db()
    assert (batch.state, Measurement.objects.count()) == (BatchState.COMMITTED, 2)


def test_figures_that_changed_meanwhile_are_told_on_the_renewed_preview(batch: Batch, office: User) -> None:
    tasks.read_batch(batch.pk)
    other = services.receive_file(content=book([MO_DUC]), filename="b.xlsx", by=office, at=AT)
    tasks.read_batch(other.pk)
    services.commit_batch(batch_id=other.pk, by=office, at=AT)
    services.begin_commit(batch_id=batch.pk, by=office, at=timezone.now(), reason="x")
    tasks.commit_batch(batch.pk, office.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["unchanged"]) == (BatchState.PREVIEW, 2)
    assert "đã thay đổi từ lúc xem thử" in batch.message
