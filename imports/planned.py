"""The figures that a row of a file would write, as the row keeps them until they are written.

A row keeps them together: a file of ten thousand rows and ten columns has a hundred thousand of them, and
rows of a table of their own took as long to keep as the figures themselves to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from django.db import connection


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """One figure that a row would write, and what its cell held when the preview was made."""

    indicator_id: int
    outcome: str
    """One of models.Outcome."""
    state: str
    value: str | None
    """In the indicator's unit, with a decimal point."""
    numerator: int | None
    denominator: int | None
    printed: str
    note: str
    swapped: bool
    """It is made of two counts that a person agreed to exchange."""
    before: Mapping[str, Any] | None
    """What the cell holds, where the figure would be another; as the history keeps it."""
    seen_at: str | None
    """When what it holds was written, as the database says it; None for an empty cell."""


def cells_of(figures: Iterable[Sequence[Any]]) -> list[PlannedCell]:
    """Return the planned figures in a row's `figures`."""
    return [PlannedCell(*figure) for figure in figures]


# --- The same by SELECT ------------------------------------------------------------------------------------
_TYPES: Final = {
    "indicator_id": "bigint",
    "value": "numeric",
    "numerator": "bigint",
    "denominator": "bigint",
    "swapped": "boolean",
    "before": "jsonb",
    "seen_at": "timestamptz",
}
_NAMES: Final = tuple(field.name for field in fields(PlannedCell))
_COLUMNS: Final = {
    "postgresql": ", ".join(
        f"CAST(f.one ->> {at} AS {_TYPES.get(name, 'text')}) AS {name}" for at, name in enumerate(_NAMES)
    ),
    "sqlite": ", ".join(f"json_extract(f.value, '$[{at}]') AS {name}" for at, name in enumerate(_NAMES)),
}
_FROM: Final = {
    "postgresql": "CROSS JOIN LATERAL jsonb_array_elements(r.figures) AS f(one)",
    "sqlite": "CROSS JOIN json_each(r.figures) AS f",
}


def select_cells() -> str:
    """Return a SELECT of a batch's planned figures; its one parameter is the batch's id.

    Its columns are those of PlannedCell by their names, the row's unit_id, sheet and number, and what is the
    batch's own: period_id, source, extracted_on.
    """
    vendor = connection.vendor
    return (
        "SELECT r.unit_id, r.sheet, r.number, b.period_id, b.source, b.extracted_on, "  # noqa: S608 -- our own names
        f"{_COLUMNS[vendor]} FROM imports_batch b CROSS JOIN imports_row r {_FROM[vendor]} "
        "WHERE b.id = %s AND r.batch_id = b.id"
    )
