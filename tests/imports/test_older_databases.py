"""A database of an earlier version brought forward: what waited or was written keeps its planned figures."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from imports.models import Batch
from imports.planned import PlannedCell, cells_of

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("imports", "0007_lean_planned_cells"), ("accounts", "0001_initial")]
AT = datetime(2023, 7, 20, 1, 2, 3, 4, tzinfo=UTC)


def brought_to(wanted: list[tuple[str, str]] | None = None) -> Any:
    """Migrate to this state, or to the newest; return the models as they are there."""
    executor = MigrationExecutor(connection)
    wanted = wanted or executor.loader.graph.leaf_nodes()
    executor.migrate(wanted)
    return executor.loader.project_state(wanted).apps


def test_planned_cells_of_a_table_of_their_own_move_to_their_rows() -> None:
    try:
        apps = brought_to(BEFORE)
        author = apps.get_model("accounts", "User").objects.create(username="a")
        batch = apps.get_model("imports", "Batch").objects.create(
            filename="a.xlsx", sha256="0" * 64, size=1, created_by=author, created_at=AT
        )
        row = apps.get_model("imports", "Row").objects.create(
            batch=batch, position=3, sheet="S", number=9, printed="Xã A"
        )
        cells = apps.get_model("imports", "PlannedCell")
        said = {"batch": batch, "row_position": 3, "unit_id": 1, "indicator_id": 7, "state": "number"}
        cells.objects.create(
            **said, position=0, value=Decimal("98.75"), printed="98,75%", outcome="changed",
            before='{"value": "5"}', seen_at=AT,
        )  # fmt: skip
        cells.objects.create(
            **(said | {"indicator_id": 8, "state": "not_arising"}), position=1, numerator=0, denominator=0,
            outcome="new", note="ghi chú",
        )  # fmt: skip
    finally:
        brought_to()
    kept = Batch.objects.get(pk=batch.pk).rows.get(pk=row.pk)
    changed, new = cells_of(kept.figures)
    moment = connection.ops.adapt_datetimefield_value(AT)
    assert changed == PlannedCell(7, "98.75", "changed", "98,75%", str(moment), before={"value": "5"})
    assert new == PlannedCell(8, None, "new", "", None, 0, 0, "not_arising", "ghi chú")
