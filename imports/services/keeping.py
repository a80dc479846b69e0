"""Keeping a plan: the rows of a file and the figures that they would write, in two statements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

from dvctt.copying import copy_rows
from imports.models import Batch
from imports.rules import places
from imports.rules.checks import PlannedRow
from imports.rules.tables import cell_text
from imports.services.comparing import BatchPlan
from indicators import services as indicator_services

_ROW: Final = (
    "batch_id", "position", "sheet", "number", "is_group", "printed", "parent_id", "unit_id", "match_reason",
    "chosen", "suggestions", "cells", "target", "problems", "swap_accepted", "refused", "closing",
)  # fmt: skip
_CELL: Final = (
    "batch_id", "position", "row_position", "unit_id", "indicator_id", "numerator", "denominator",
    "value", "state", "printed", "note", "swapped", "outcome", "before", "seen_at",
)  # fmt: skip


def keep_rows(*, batch: Batch, result: BatchPlan) -> None:
    """Put the plan's rows and cells in the place of those of an earlier plan."""
    batch.planned_cells.all().delete()
    batch.rows.all().delete()
    with connection.cursor() as cursor:
        copy_rows(cursor, "imports_row", _ROW, _rows(batch, result))
        copy_rows(cursor, "imports_plannedcell", _CELL, _cells(batch, result))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rows(batch: Batch, result: BatchPlan) -> Iterator[tuple[Any, ...]]:
    closing = result.tables.layout.closing
    for position, row in enumerate(result.file.rows):
        placed, swap = row.placed, row.read.swap
        source = placed.row
        yield (
            batch.pk,
            position,
            source.sheet[:100],
            source.number,
            placed.is_group,
            source.name[:300],
            placed.parent_id,
            placed.unit_id,
            placed.match.reason[:200],
            placed.match.step == places.CHOSEN,
            _json(
                [
                    {"unit_id": one.unit_id, "full_name": one.full_name, "score": one.score}
                    for one in placed.match.suggestions
                ]
            )
            if placed.match.suggestions
            else "[]",
            _json(_printed(row)) if row.problems else "{}",
            _target(row, result),
            _json([problem.as_json() for problem in row.problems]) if row.problems else "[]",
            swap is not None and not row.refused,
            row.refused,
            row.read.counts.get(closing) if closing else None,
        )


def _printed(row: PlannedRow) -> dict[str, str]:
    """What a row prints under each header, for a person who has to decide about it."""
    source = row.placed.row
    return {
        cell.label: text for cell in source.header.cells if (text := cell_text(source.row.cell(cell.column)))
    }


def _target(row: PlannedRow, result: BatchPlan) -> str | None:
    target = row.read.target
    if target is None or row.key not in result.targets:
        return None
    return _json(
        {
            "indicator": target.indicator,
            "printed": target.printed,
            "maintain": target.maintain,
            "value": None if target.value is None else str(target.value),
            "outcome": result.targets[row.key],
        }
    )


def _cells(batch: Batch, result: BatchPlan) -> Iterator[tuple[Any, ...]]:
    positions = {id(row): position for position, row in enumerate(result.file.rows)}
    ids = {code: indicator.pk for code, indicator in result.indicators.items()}
    for number, change in enumerate(result.figures):
        figure, stored, row = change.figure, change.stored, change.row
        yield (
            batch.pk,
            number,
            positions[id(row)],
            row.placed.unit_id,
            ids[figure.indicator],
            figure.numerator,
            figure.denominator,
            None if figure.value is None else str(figure.value),
            figure.state,
            figure.printed,
            figure.note,
            figure.is_swapped,
            change.outcome,
            indicator_services.before_json(stored) if stored and change.outcome != "unchanged" else None,
            change.seen_at,
        )
