"""Taking figures back: what one writing changed becomes as it was, in one transaction or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from dvctt.copying import copy_rows
from indicators.rules import WITHDRAWN, FigureDraft
from indicators.services.measurements import before_json
from indicators.services.staging import lock_figures, staged, stored_figure, typed_for

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class LaterFigure:
    """A cell on which something later stands; `origin` says what, "" where the cell is empty now."""

    unit_id: int
    indicator_id: int
    origin: str
    at: datetime | None


class LaterFigures(ValueError):
    """Something later stands on cells that were to be taken back; nothing was changed."""

    def __init__(self, cells: Sequence[LaterFigure]) -> None:
        super().__init__(
            f"{len(cells)} ô đã có số liệu ghi sau đó nên không hoàn tác được; chưa có gì thay đổi."
        )
        self.cells = list(cells)


@dataclass(frozen=True, slots=True)
class Undone:
    """How many cells got their earlier figure back, and how many are empty again."""

    restored: int
    withdrawn: int


# A figure's own origin says which writing it is from. The first revision of that origin holds what stood
# before; a later one of the same origin is a figure that an undo gave back.
_FIND: Final = """
SELECT c.unit_id, c.indicator_id, m.period_id, m.source, m.scope, m.is_rate, r.before, m.updated_at,
       m.id, m.numerator, m.denominator, m.value, m.state, m.printed, m.note, m.extracted_on, m.document_id,
       m.origin, m.over_bound_reason
FROM ({cells}) c
LEFT JOIN indicators_measurement m
    ON m.unit_id = c.unit_id AND m.indicator_id = c.indicator_id AND m.period_id = c.period_id
    AND m.source = c.source AND m.scope = c.scope
LEFT JOIN indicators_measurementrevision r
    ON r.measurement_id = m.id AND r.number = (
        SELECT min(o.number) FROM indicators_measurementrevision o
        WHERE o.measurement_id = m.id AND o.origin = m.origin
    )
"""
_CELL_COLUMNS: Final = ("id", "unit_id", "indicator_id", "period_id", "source", "scope")
_WITHDRAW_HISTORY: Final = """
INSERT INTO indicators_measurementrevision (
    measurement_id, number, before, numerator, denominator, value, state, printed, note, extracted_on, origin,
    reason, by_id, at
)
SELECT w.position,
       1 + coalesce(
           (SELECT max(r.number) FROM indicators_measurementrevision r WHERE r.measurement_id = w.position), 0
       ),
       w.before, NULL, NULL, NULL, %s, '', '', NULL, %s, %s, {by}, {at}
FROM figure_writes w
"""


def undo_cells(
    *, cells: str, params: Sequence[Any], prefix: str, by: User | None, at: datetime, reason: str, origin: str
) -> Undone:
    """Make the cells of a SELECT (unit_id, indicator_id, period_id, source, scope) as they were before.

    `prefix` is how the origin of what is to be taken back begins, `origin` what the history says of this.
    A handful of statements for any number of cells. Raises LaterFigures.
    """
    said = f"Hoàn tác {reason}"[:300]
    with transaction.atomic(), connection.cursor() as cursor:
        lock_figures(cursor)
        cursor.execute(_FIND.format(cells=cells), params)
        found = cursor.fetchall()
        later = [
            LaterFigure(row[0], row[1], row[17] or "", _moment(row[7]))
            for row in found
            if row[8] is None or not str(row[17]).startswith(prefix)
        ]
        if later:
            raise LaterFigures(later)
        restored = [row for row in found if row[6] is not None]
        _restore(restored, by=by, at=at, reason=said)
        fresh = [row for row in found if row[6] is None]
        _withdraw(cursor, fresh, by=by, at=at, reason=said, origin=origin)
    return Undone(len(restored), len(fresh))


def _restore(rows: Sequence[Sequence[Any]], *, by: User | None, at: datetime, reason: str) -> None:
    if not rows:
        return
    drafts = [_draft(row, json.loads(row[6]) if isinstance(row[6], str) else row[6]) for row in rows]
    with staged(drafts, to_write=True) as staging:
        staging.write(
            [(position, before_json(stored_figure(row[8:]))) for position, row in enumerate(rows)],
            by_id=by.pk if by else None,
            at=at,
            reason=reason,
        )


def _draft(row: Sequence[Any], before: Mapping[str, Any]) -> FigureDraft:
    day = before["extracted_on"]
    return FigureDraft(
        unit_id=row[0],
        indicator_id=row[1],
        period_id=row[2],
        source=row[3],
        scope=row[4],
        is_rate=bool(row[5]),
        origin=before["origin"],
        state=before["state"],
        numerator=before["numerator"],
        denominator=before["denominator"],
        value=None if before["value"] is None else Decimal(before["value"]),
        printed=before["printed"],
        note=before["note"],
        extracted_on=date.fromisoformat(day) if day else None,
        document_id=before["document"],
        over_bound_reason=before["over_bound_reason"],
    )


def _withdraw(
    cursor: Any, rows: Sequence[Sequence[Any]], *, by: User | None, at: datetime, reason: str, origin: str
) -> None:
    if not rows:
        return
    kind = "jsonb" if connection.vendor == "postgresql" else "text"
    cursor.execute(f"CREATE TEMPORARY TABLE figure_writes (position bigint PRIMARY KEY, before {kind})")
    copy_rows(
        cursor,
        "figure_writes",
        ("position", "before"),
        ((row[8], before_json(stored_figure(row[8:]))) for row in rows),
    )
    typed, moment = typed_for(at)
    cursor.execute(
        _WITHDRAW_HISTORY.format(**typed), [WITHDRAWN, origin[:200], reason, by.pk if by else None, moment]
    )
    columns = ", ".join(_CELL_COLUMNS)
    cursor.execute(
        f"INSERT INTO indicators_withdrawnfigure ({columns}) "  # noqa: S608 - our own names
        f"SELECT {columns} FROM indicators_measurement WHERE id IN (SELECT position FROM figure_writes) "
        "ON CONFLICT (id) DO NOTHING"
    )
    cursor.execute("DELETE FROM indicators_measurement WHERE id IN (SELECT position FROM figure_writes)")
    cursor.execute("DROP TABLE figure_writes")


def _moment(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)  # SQLite keeps moments as text, in UTC
