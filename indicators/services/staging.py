"""Drafts in a temporary table: any number of them is compared and written by a handful of statements.

PostgreSQL takes them by COPY, SQLite by executemany; the statements are the same on both but for the word for
"is distinct from". The caller holds a transaction.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from dvctt.lib import numbers
from indicators.rules import FigureDraft, StoredFigure

# One writer of figures at a time: what was compared is still so when it is written. SQLite has but one.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('indicators.measurements'))"

_DRAFT_COLUMNS: Final = (
    "position", "unit_id", "indicator_id", "period_id", "source", "scope", "numerator", "denominator",
    "value", "state", "printed", "note", "extracted_on", "document_id", "origin", "is_rate",
    "over_bound_reason",
)  # fmt: skip

_CREATE_DRAFTS: Final = """
CREATE TEMPORARY TABLE figure_drafts (
    position integer PRIMARY KEY, unit_id bigint, indicator_id bigint, period_id bigint, source varchar(20),
    scope varchar(10), numerator bigint, denominator bigint, value decimal(22, 10), state varchar(20),
    printed varchar(200), note varchar(500), extracted_on date, document_id bigint, origin varchar(200),
    is_rate bool, over_bound_reason varchar(300)
)"""

_FIND: Final = """
SELECT d.position, m.id, m.numerator, m.denominator, m.value, m.state, m.printed, m.note, m.extracted_on,
       m.document_id, m.origin, m.over_bound_reason
FROM figure_drafts d
LEFT JOIN indicators_measurement m
    ON m.unit_id = d.unit_id AND m.indicator_id = d.indicator_id AND m.period_id = d.period_id
    AND m.source = d.source AND m.scope = d.scope
"""

# A state is the same state in whatever words a source says it: "0%" under "(Chưa trích xuất được …)" and
# "Chưa trích xuất được" are one figure, and only the first wording is kept.
_THAT_DIFFER: Final = """
WHERE m.id IS NULL
    OR d.numerator IS DISTINCT FROM m.numerator OR d.denominator IS DISTINCT FROM m.denominator
    OR d.value IS DISTINCT FROM m.value OR d.state <> m.state OR d.note <> m.note
    OR (d.printed <> m.printed AND d.state = 'number')
    OR d.extracted_on IS DISTINCT FROM m.extracted_on OR d.document_id IS DISTINCT FROM m.document_id
    OR d.over_bound_reason <> m.over_bound_reason
"""

_CREATE_WRITES: Final = {
    "postgresql": "CREATE TEMPORARY TABLE figure_writes (position integer PRIMARY KEY, before jsonb)",
    "sqlite": "CREATE TEMPORARY TABLE figure_writes (position integer PRIMARY KEY, before text)",
}

_WRITE: Final = """
INSERT INTO indicators_measurement (
    unit_id, indicator_id, period_id, source, scope, numerator, denominator, value, state, printed, note,
    extracted_on, document_id, origin, is_rate, over_bound_reason, updated_at
)
SELECT d.unit_id, d.indicator_id, d.period_id, d.source, d.scope, d.numerator, d.denominator, d.value,
       d.state, d.printed, d.note, d.extracted_on, d.document_id, d.origin, d.is_rate,
       d.over_bound_reason, {at}
FROM figure_writes w JOIN figure_drafts d ON d.position = w.position
WHERE true
ON CONFLICT (unit_id, indicator_id, period_id, source, scope) DO UPDATE SET
    numerator = excluded.numerator, denominator = excluded.denominator, value = excluded.value,
    state = excluded.state, printed = excluded.printed, note = excluded.note,
    extracted_on = excluded.extracted_on, document_id = excluded.document_id, origin = excluded.origin,
    is_rate = excluded.is_rate, over_bound_reason = excluded.over_bound_reason,
    updated_at = excluded.updated_at
"""

_WRITE_HISTORY: Final = """
INSERT INTO indicators_measurementrevision (
    measurement_id, number, before, numerator, denominator, value, state, printed, note, extracted_on, origin,
    reason, by_id, at
)
SELECT m.id,
       1 + coalesce(
           (SELECT max(r.number) FROM indicators_measurementrevision r WHERE r.measurement_id = m.id), 0
       ),
       w.before, m.numerator, m.denominator, m.value, m.state, m.printed, m.note, m.extracted_on, m.origin,
       %s, {by}, {at}
FROM figure_writes w
JOIN figure_drafts d ON d.position = w.position
JOIN indicators_measurement m
    ON m.unit_id = d.unit_id AND m.indicator_id = d.indicator_id AND m.period_id = d.period_id
    AND m.source = d.source AND m.scope = d.scope
"""

_COPY_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@contextmanager
def staged(drafts: Sequence[FigureDraft], *, to_write: bool) -> Iterator[Staging]:
    """Give the drafts as a table that lives until the block ends; must run inside a transaction."""
    with connection.cursor() as cursor:
        if to_write and connection.vendor == "postgresql":
            cursor.execute(_LOCK)
        cursor.execute(_CREATE_DRAFTS)
        _fill(cursor, "figure_drafts", _DRAFT_COLUMNS, (_row(at, draft) for at, draft in enumerate(drafts)))
        yield Staging(cursor)
        # After an error the transaction is rolled back, and the table with it.
        cursor.execute("DROP TABLE figure_drafts")


class Staging:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def found(self, *, only_different: bool) -> Iterator[tuple[int, StoredFigure | None]]:
        """Give each draft's position with what its cell holds, or None where it holds nothing."""
        self._cursor.execute(_FIND + (_dialect(_THAT_DIFFER) if only_different else ""))
        for row in self._cursor.fetchall():
            yield row[0], None if row[1] is None else _stored(row[1:])

    def write(
        self, writes: Iterable[tuple[int, str | None]], *, by_id: int | None, at: datetime, reason: str
    ) -> None:
        """Write the drafts at these positions, and a revision for each with the JSON of what stood before."""
        cursor = self._cursor
        cursor.execute(_CREATE_WRITES[connection.vendor])
        _fill(cursor, "figure_writes", ("position", "before"), writes)
        moment = connection.ops.adapt_datetimefield_value(at)
        typed = {"at": "%s", "by": "%s"}
        if connection.vendor == "postgresql":
            typed = {"at": "%s::timestamptz", "by": "%s::bigint"}
        cursor.execute(_WRITE.format(**typed), [moment])
        cursor.execute(_WRITE_HISTORY.format(**typed), [reason, by_id, moment])
        cursor.execute("DROP TABLE figure_writes")


def _dialect(statement: str) -> str:
    # SQLite knows "IS DISTINCT FROM" only since 3.39.
    return statement if connection.vendor == "postgresql" else statement.replace("IS DISTINCT FROM", "IS NOT")


def _row(position: int, draft: FigureDraft) -> tuple[Any, ...]:
    return (
        position,
        draft.unit_id,
        draft.indicator_id,
        draft.period_id,
        draft.source,
        draft.scope,
        draft.numerator,
        draft.denominator,
        None if draft.value is None else str(draft.value),
        draft.state,
        draft.printed,
        draft.note,
        None if draft.extracted_on is None else draft.extracted_on.isoformat(),
        draft.document_id,
        draft.origin,
        int(draft.is_rate),
        draft.over_bound_reason,
    )


def _fill(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    if connection.vendor == "sqlite":
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608 - our own names
        return
    text = io.StringIO()
    for row in rows:
        text.write("\t".join([_copied(cell) for cell in row]))
        text.write("\n")
    text.seek(0)
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", text)


def _copied(cell: Any) -> str:
    if cell is None:
        return r"\N"
    return cell.translate(_COPY_ESCAPES) if isinstance(cell, str) else str(cell)


def _stored(row: Sequence[Any]) -> StoredFigure:
    key, numerator, denominator, value, state, printed, note, extracted_on, document_id, origin, reason = row
    return StoredFigure(
        measurement_id=key,
        numerator=numerator,
        denominator=denominator,
        value=_decimal(value),
        state=state,
        printed=printed,
        note=note,
        extracted_on=date.fromisoformat(extracted_on) if isinstance(extracted_on, str) else extracted_on,
        document_id=document_id,
        origin=origin,
        over_bound_reason=reason,
    )


def _decimal(value: Any) -> Decimal | None:
    # SQLite keeps decimals as numbers of its own and hands out floats; repr gives back what was written.
    if value is None or isinstance(value, Decimal):
        return value
    return numbers.round_half_up(Decimal(repr(value)), numbers.RATE_DECIMALS)
