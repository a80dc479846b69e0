"""Two people who write one batch at the same moment: one is served, the other is told, nothing is doubled.

Apart from test_commit.py, whose provinces stand in a transaction that is open until its last test has run:
threads of their own see nothing of it, and here the same rows would be written twice.
"""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from accounts.models import User
from imports import services
from indicators.models import Indicator, MeasurementRevision
from tests.builders import make_province, make_units
from tests.imports.conftest import AT
from tests.imports.workbooks import QUANG_NINH, book
from units.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_that_commit_at_once_one_writes_and_the_other_is_told() -> None:
    province = make_province("Quảng Ninh")
    make_units(["Sở Y tế", "Sở Nội vụ"], kind=Kind.SO, parent=province)
    for code in ("HSTT", "TTTT"):
        Indicator.objects.create(
            code=code, name=code, short_name=code, unit_of_measure="%", is_rate=True, direction="up",
            levels=["so"], numerator="a", denominator="b", zero_denominator="not_arising",
        )  # fmt: skip
    user = User.objects.create_user("can-bo", password="mat-khau-can-bo")
    titles = [*QUANG_NINH, "QUÝ I/2023"]
    content = book([["1", "Sở Y tế", "10%", "1%"], ["2", "Sở Nội vụ", "20%", "2%"]], titles=titles)
    batch = services.receive_file(content=content, filename="tep.xlsx", by=user, at=AT)
    assert services.read_batch(batch_id=batch.pk, at=AT) is not None
    gate = threading.Barrier(2, timeout=20)
    ended: list[str] = []

    def commit() -> None:
        gate.wait()
        try:
            services.commit_batch(batch_id=batch.pk, by=user, at=AT)
            ended.append("written")
        except services.BatchNotReady:
            ended.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=commit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(ended) == ["told", "written"]
    assert MeasurementRevision.objects.count() == 4
