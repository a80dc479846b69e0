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
    value: str | None = None
    """In the indicator's unit, with a decimal point."""
    outcome: str = "new"
    """One of models.Outcome."""
    printed: str | None = None
    """As the source prints it; None where that is `value`, or where neither is there."""
    seen_at: str | None = None
    """When what its cell holds was written, as the database says it; None where that is the row's moment."""
    numerator: int | None = None
    denominator: int | None = None
    state: str = "number"
    note: str = ""
    swapped: bool = False
    """It is made of two counts that a person agreed to exchange."""
    before: Mapping[str, Any] | None = None
    """What the cell holds, where the figure would be another; as the history keeps it."""


_FIELDS: Final = fields(PlannedCell)
_USUAL: Final = tuple(one.default for one in _FIELDS)
_MOST_USUAL: Final = (2, 3)
"""How much is left of a printed rate that is new, and of one that is not: nearly all of a large file."""


def as_kept(cell: Sequence[Any]) -> Sequence[Any]:
    """Return a cell's values, in the order of PlannedCell, up to the last that is not as it usually is."""
    for length in _MOST_USUAL:
        if cell[length:] == _USUAL[length:]:
            return cell[:length]
    length = len(cell)
    while cell[length - 1] == _USUAL[length - 1]:
        length -= 1
    return cell[:length]


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
_USUAL_BY_SELECT: Final = {"": "''", "new": "'new'", "number": "'number'", False: "false"}


def _columns(read: str) -> str:
    values = {}
    for at, one in enumerate(_FIELDS):
        value = read.format(at=at, type=_TYPES.get(one.name, "text"))
        if one.default in _USUAL_BY_SELECT:
            value = f"coalesce({value}, {_USUAL_BY_SELECT[one.default]})"
        values[one.name] = value
    as_value = read.format(at=list(values).index("value"), type="text")
    values["printed"] = f"coalesce({values['printed']}, {as_value}, '')"
    values["seen_at"] = (
        f"CASE WHEN {values['outcome']} <> 'new' THEN coalesce({values['seen_at']}, r.seen_at) END"
    )
    return ", ".join(f"{value} AS {name}" for name, value in values.items())


_COLUMNS: Final = {
    "postgresql": _columns("CAST(f.one ->> {at} AS {type})"),
    "sqlite": _columns("json_extract(f.value, '$[{at}]')"),
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
