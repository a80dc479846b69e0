"""Drafts in a temporary table: any number of them is compared and written by a handful of statements.

PostgreSQL takes them by COPY, SQLite by executemany; the statements are the same on both but for the word for
"is distinct from". The caller holds a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from dvctt.copying import copy_rows
from dvctt.lib import numbers
from indicators.models import WithdrawnFigure
from indicators.rules import FigureDraft, StoredFigure

# One writer of figures at a time: what was compared is still so when it is written. SQLite has but one.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('indicators.measurements'))"

DRAFT_COLUMNS: Final = (
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

_CELL: Final = ", ".join(DRAFT_COLUMNS[1:])
_INSERT_NEW: Final = f"""
INSERT INTO indicators_measurement ({_CELL}, updated_at)
SELECT {", ".join(f"d.{column}" for column in DRAFT_COLUMNS[1:])}, {{at}}
FROM ({{select}}) d
"""  # noqa: S608 -- our own names
_OF_HISTORY: Final = "id, numerator, denominator, value, state, printed, note, extracted_on, origin"
_INSERT_FIRST_HISTORY: Final = """
INSERT INTO indicators_measurementrevision (
    measurement_id, number, numerator, denominator, value, state, printed, note, extracted_on, origin,
    reason, by_id, at
)
SELECT m.id, 1, m.numerator, m.denominator, m.value, m.state, m.printed, m.note, m.extracted_on, m.origin,
       %s, {by}, {at}
FROM {written}
"""

_WRITE: Final = """
INSERT INTO indicators_measurement (
    id, unit_id, indicator_id, period_id, source, scope, numerator, denominator, value, state, printed, note,
    extracted_on, document_id, origin, is_rate, over_bound_reason, updated_at
)
SELECT {id}, d.unit_id, d.indicator_id, d.period_id, d.source, d.scope, d.numerator, d.denominator, d.value,
       d.state, d.printed, d.note, d.extracted_on, d.document_id, d.origin, d.is_rate,
       d.over_bound_reason, {at}
FROM {drafts} d
LEFT JOIN indicators_withdrawnfigure x
    ON x.unit_id = d.unit_id AND x.indicator_id = d.indicator_id AND x.period_id = d.period_id
    AND x.source = d.source AND x.scope = d.scope
WHERE true
ON CONFLICT (unit_id, indicator_id, period_id, source, scope) DO UPDATE SET
    numerator = excluded.numerator, denominator = excluded.denominator, value = excluded.value,
    state = excluded.state, printed = excluded.printed, note = excluded.note,
    extracted_on = excluded.extracted_on, document_id = excluded.document_id, origin = excluded.origin,
    is_rate = excluded.is_rate, over_bound_reason = excluded.over_bound_reason,
    updated_at = excluded.updated_at
"""

# A figure that was withdrawn goes on under the id that its history has.
_ID: Final = {
    "postgresql": "coalesce(x.id, nextval((SELECT pg_get_serial_sequence('indicators_measurement', 'id'))))",
    "sqlite": "x.id",
}

_WRITE_HISTORY: Final = """
INSERT INTO indicators_measurementrevision (
    measurement_id, number, before, numerator, denominator, value, state, printed, note, extracted_on, origin,
    reason, by_id, at
)
SELECT m.id,
       -- What stood nowhere and was never withdrawn has no history yet.
       CASE WHEN d.before IS NULL AND x.id IS NULL THEN 1 ELSE 1 + coalesce(
           (SELECT max(r.number) FROM indicators_measurementrevision r WHERE r.measurement_id = m.id), 0
       ) END,
       d.before, m.numerator, m.denominator, m.value, m.state, m.printed, m.note, m.extracted_on, m.origin,
       %s, {by}, {at}
FROM {drafts} d
JOIN indicators_measurement m
    ON m.unit_id = d.unit_id AND m.indicator_id = d.indicator_id AND m.period_id = d.period_id
    AND m.source = d.source AND m.scope = d.scope
LEFT JOIN indicators_withdrawnfigure x ON x.id = m.id
"""


def newest_revision() -> int:
    """Return the id of the newest revision of any figure, 0 before the first.

    Whatever changes a figure writes a revision, one writer at a time: while this is the same, no figure has
    changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM indicators_measurementrevision")
        return int(cursor.fetchone()[0])


def have_withdrawn(*, period_id: int, source: str) -> bool:
    """Whether figures of the period and source wait withdrawn: written again, they go on under their ids."""
    return WithdrawnFigure.objects.filter(period=period_id, source=source).exists()


def write_new(
    cursor: Any, *, select: str, params: Sequence[Any], by_id: int | None, at: datetime, reason: str
) -> int:
    """Write figures that a SELECT gives into cells that hold nothing; return how many.

    As `write_selected`, without looking for what stands there: the caller has made sure that nothing does
    and that none of them is withdrawn.
    """
    typed, moment = typed_for(at)
    insert = _INSERT_NEW.format(select=select, **typed)
    if connection.vendor == "postgresql":
        history = _INSERT_FIRST_HISTORY.format(written="written m", **typed)
        cursor.execute(
            f"WITH written AS ({insert} RETURNING {_OF_HISTORY}) {history}",
            [moment, *params, reason, by_id, moment],
        )
        return int(cursor.rowcount)
    # SQLite has one writer, and ids that only grow.
    cursor.execute("SELECT coalesce(max(id), 0) FROM indicators_measurement")
    newest = cursor.fetchone()[0]
    cursor.execute(insert, [moment, *params])
    history = _INSERT_FIRST_HISTORY.format(written="indicators_measurement m WHERE m.id > %s", **typed)
    cursor.execute(history, [reason, by_id, moment, newest])
    return int(cursor.rowcount)


def write_selected(
    cursor: Any, *, select: str, params: Sequence[Any], by_id: int | None, at: datetime, reason: str
) -> int:
    """Write the figures that a SELECT gives, with their revisions; return how many.

    The SELECT gives, by their names, the columns of DRAFT_COLUMNS and `before`, the JSON of what stood there
    or NULL; it is asked twice and must not read the figures themselves. The caller holds a transaction and
    the lock, and has made sure that what stood there still does.
    """
    return _write(cursor, drafts=f"({select})", params=params, by_id=by_id, at=at, reason=reason)


def lock_figures(cursor: Any) -> None:
    """Wait until no other transaction writes figures; held until the transaction ends."""
    if connection.vendor == "postgresql":
        cursor.execute(_LOCK)


@contextmanager
def staged(drafts: Sequence[FigureDraft], *, to_write: bool) -> Iterator[Staging]:
    """Give the drafts as a table that lives until the block ends; must run inside a transaction."""
    with connection.cursor() as cursor:
        if to_write:
            lock_figures(cursor)
        cursor.execute(_CREATE_DRAFTS)
        copy_rows(
            cursor, "figure_drafts", DRAFT_COLUMNS, (_row(at, draft) for at, draft in enumerate(drafts))
        )
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
            yield row[0], None if row[1] is None else stored_figure(row[1:])

    def write(
        self, writes: Iterable[tuple[int, str | None]], *, by_id: int | None, at: datetime, reason: str
    ) -> None:
        """Write the drafts at these positions, and a revision for each with the JSON of what stood before."""
        cursor = self._cursor
        cursor.execute(_CREATE_WRITES[connection.vendor])
        copy_rows(cursor, "figure_writes", ("position", "before"), writes)
        _write(cursor, drafts=_STAGED, params=[], by_id=by_id, at=at, reason=reason)
        cursor.execute("DROP TABLE figure_writes")


# What a SELECT of drafts gives, with the JSON of what stood before.
_STAGED: Final = "(SELECT f.*, w.before FROM figure_writes w JOIN figure_drafts f ON f.position = w.position)"


def _write(
    cursor: Any, *, drafts: str, params: Sequence[Any], by_id: int | None, at: datetime, reason: str
) -> int:
    """Write the drafts of a SELECT and their history; return how many."""
    typed, moment = typed_for(at)
    cursor.execute(_WRITE.format(**typed, id=_ID[connection.vendor], drafts=drafts), [moment, *params])
    written = int(cursor.rowcount)
    cursor.execute(_WRITE_HISTORY.format(**typed, drafts=drafts), [reason, by_id, moment, *params])
    return written


def typed_for(at: datetime) -> tuple[dict[str, str], Any]:
    """The places of a moment and an author in a SELECT, and the moment as the database takes it."""
    typed = {"at": "%s", "by": "%s"}
    if connection.vendor == "postgresql":
        typed = {"at": "%s::timestamptz", "by": "%s::bigint"}
    return typed, connection.ops.adapt_datetimefield_value(at)


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


def stored_figure(row: Sequence[Any]) -> StoredFigure:
    """Return the figure in a row that begins with a measurement's id; see the statements for the order."""
    key, numerator, denominator, value, state, printed, note, extracted_on, document_id, origin, reason = row[
        :11
    ]
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
