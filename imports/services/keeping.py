"""Keeping a plan: the rows of a file with the figures that they would write, in one statement."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import connection

from dvctt.copying import copy_rows
from imports.models import Batch
from imports.planned import as_kept
from imports.rules import places
from imports.rules.checks import PlannedRow
from imports.rules.tables import cell_text
from imports.services.comparing import BatchPlan
from indicators import services as indicator_services

_ROW: Final = (
    "batch_id", "position", "sheet", "number", "is_group", "printed", "parent_id", "unit_id", "match_reason",
    "chosen", "suggestions", "cells", "figures", "seen_at", "target", "problems", "swap_accepted", "refused",
    "closing",
)  # fmt: skip


def keep_rows(*, batch: Batch, result: BatchPlan) -> None:
    """Put the plan's rows in the place of those of an earlier plan."""
    batch.rows.all().delete()
    with connection.cursor() as cursor:
        copy_rows(cursor, "imports_row", _ROW, _rows(batch, result))


_json: Final = json.JSONEncoder(ensure_ascii=False).encode


def _rows(batch: Batch, result: BatchPlan) -> Iterator[tuple[Any, ...]]:
    closing = result.tables.layout.closing
    ids = {code: indicator.pk for code, indicator in result.indicators.items()}
    for position, row in enumerate(result.file.rows):
        placed, swap = row.placed, row.read.swap
        source = placed.row
        is_written = not row.refused and placed.unit_id is not None
        figures = row.read.figures if is_written else ()
        seen_at = next((figure.seen_at for figure in figures if figure.seen_at is not None), None)
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
            _json(_figures(row, ids, seen_at)) if figures else "[]",
            None if seen_at is None else str(seen_at),
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


def _figures(row: PlannedRow, ids: Mapping[str, int], seen_at: Any) -> list[Sequence[Any]]:
    """The row's figures as they are kept; `seen_at` is what nearly all that stands of it says."""
    kept = []
    for figure in row.read.figures:
        value = None if figure.value is None else str(figure.value)
        before = None
        if figure.stored is not None and figure.outcome != "unchanged":
            before = indicator_services.before_of(figure.stored)
        kept.append(
            as_kept(
                (
                    ids[figure.indicator],
                    value,
                    figure.outcome,
                    None if figure.printed == (value or "") else figure.printed,
                    None if figure.seen_at == seen_at or figure.seen_at is None else str(figure.seen_at),
                    figure.numerator,
                    figure.denominator,
                    figure.state,
                    figure.note,
                    figure.is_swapped,
                    before,
                )
            )
        )
    return kept
