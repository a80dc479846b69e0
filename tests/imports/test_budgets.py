"""Reading and writing a province takes a bounded number of statements, however many its rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from imports import services
from imports.models import Batch
from tests.imports.conftest import AT, published

pytestmark = pytest.mark.django_db


def statements(context: CaptureQueriesContext) -> int:
    return len(context.captured_queries)


def test_reading_and_writing_278_rows_stays_within_its_budget(
    office: User, client: Client, django_assert_max_num_queries: Any
) -> None:
    content = published("quang_nam").read_bytes()
    services.load_layouts()
    with django_assert_max_num_queries(6):
        batch = services.receive_file(content=content, filename="a.xlsx", by=office, at=AT)
    with django_assert_max_num_queries(35):
        services.read_batch(batch_id=batch.pk, at=AT)
    client.force_login(office)
    for step in ("nhan-dang", "khop-don-vi", "kiem-tra", "thay-doi"):
        with django_assert_max_num_queries(22):
            assert client.get(f"/nhap-tep/{batch.pk}/{step}/").status_code == 200
    with django_assert_max_num_queries(45):
        services.commit_batch(batch_id=batch.pk, by=office, at=AT)
    assert Batch.objects.get().counts["written"] == 556
    with django_assert_max_num_queries(22):
        assert client.get(f"/nhap-tep/{batch.pk}/ket-qua/").status_code == 200


def test_the_list_of_batches_has_one_budget_for_one_and_for_thirty(office: User, client: Client) -> None:
    content = published("quang_ngai").read_bytes()
    services.receive_file(content=content, filename="a.xlsx", by=office, at=AT)
    client.force_login(office)
    client.get("/nhap-tep/")
    with CaptureQueriesContext(connection) as one:
        client.get("/nhap-tep/")
    for number in range(29):
        services.receive_file(content=content, filename=f"{number}.xlsx", by=office, at=AT)
    with CaptureQueriesContext(connection) as thirty:
        client.get("/nhap-tep/")
    assert statements(thirty) == statements(one)
    assert statements(one) <= 12
