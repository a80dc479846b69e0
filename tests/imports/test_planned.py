"""The figures that a row keeps until they are written: in short, by SELECT, and held against what stands."""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from imports import services
from imports.models import Batch, BatchState, Row
from imports.planned import PlannedCell, as_kept, cells_of, select_cells
from indicators import services as indicator_services
from indicators.models import Measurement
from tests.imports.conftest import AT, named
from tests.imports.test_problems import stored
from tests.imports.workbooks import book

MO_DUC = ["1", "UBND huyện Mộ Đức", "45,80%", "2,34%"]
COUNT = st.none() | st.integers(0, 10**12)
CELLS = st.builds(
    PlannedCell,
    st.integers(1, 10**6),
    st.none() | st.sampled_from(["0", "98.75", "1E+2"]),
    st.sampled_from(["new", "changed", "unchanged", "kept"]),
    st.none() | st.text(max_size=20),
    st.none() | st.just("2023-07-20 01:02:03.000004"),
    COUNT,
    COUNT,
    st.sampled_from(["number", "not_arising"]),
    st.text(max_size=20),
    st.booleans(),
    st.none() | st.fixed_dictionaries({"value": st.none() | st.just("5.5"), "origin": st.text(max_size=5)}),
)


@given(st.lists(CELLS, max_size=4))
def test_what_is_left_out_comes_back_by_itself(cells: list[PlannedCell]) -> None:
    kept = json.loads(json.dumps([as_kept(astuple(cell)) for cell in cells]))
    assert cells_of(kept) == cells


def test_a_new_printed_rate_keeps_two_values_and_the_same_again_three() -> None:
    assert as_kept(astuple(PlannedCell(7, "98.75"))) == (7, "98.75")
    assert as_kept(astuple(PlannedCell(7, "98.75", "unchanged"))) == (7, "98.75", "unchanged")


@pytest.mark.django_db
def test_a_select_says_of_each_figure_what_the_row_keeps(office: User) -> None:
    batch = services.receive_file(content=book([MO_DUC]), filename="a.xlsx", by=office, at=AT)
    services.read_batch(batch_id=batch.pk, at=AT)
    moment = datetime(2023, 7, 20, 1, 2, 3, 4, tzinfo=UTC)
    Row.objects.filter(batch=batch).update(
        figures=[
            [1, "98.75"],
            [2, "5", "unchanged", "5,0 %"],
            [3, None, "changed", None, None, 4, 5, "not_arising", "ghi chú “=1”", True, {"value": "1.5"}],
        ],
        seen_at=moment,
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({select_cells()}) c ORDER BY indicator_id", [batch.pk])  # noqa: S608
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    unit = named("Huyện Mộ Đức").pk
    assert [(row["unit_id"], row["source"], row["outcome"], row["state"]) for row in found] == [
        (unit, "van_ban", "new", "number"),
        (unit, "van_ban", "unchanged", "number"),
        (unit, "van_ban", "changed", "not_arising"),
    ]
    assert [row["printed"] for row in found] == ["98.75", "5,0 %", ""]
    assert [(row["numerator"], row["denominator"]) for row in found] == [(None, None), (None, None), (4, 5)]
    assert [bool(row["swapped"]) for row in found] == [False, False, True]
    assert [row["note"] for row in found] == ["", "", "ghi chú “=1”"]
    # What would be new has seen nothing; the others were seen when the row's figures were written.
    assert [row["seen_at"] is None for row in found] == [True, False, False]
    assert [_json(row["before"]) for row in found] == [None, None, {"value": "1.5"}]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


@pytest.mark.django_db
def test_a_figure_that_changed_elsewhere_does_not_stop_a_commit(office: User) -> None:
    batch = services.receive_file(content=book([MO_DUC]), filename="a.xlsx", by=office, at=AT)
    services.read_batch(batch_id=batch.pk, at=AT)
    before = Batch.objects.get(pk=batch.pk).seen_revision
    stored("Huyện Sơn Hà", origin="tay")
    assert before != indicator_services.newest_revision()
    done = services.commit_batch(batch_id=batch.pk, by=office, at=AT)
    assert (done.state, done.counts["written"]) == (BatchState.COMMITTED, 2)
    assert Measurement.objects.filter(unit=named("Huyện Mộ Đức")).count() == 2
