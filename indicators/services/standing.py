"""The figures that stand in one period from one source, as a file is held against them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

_FROM: Final = """
FROM indicators_measurement m
WHERE m.period_id = %s AND m.source = %s AND m.scope = 'own' AND m.indicator_id IN ({indicators})
"""
_OF_UNITS: Final = {
    "postgresql": " AND m.unit_id = ANY(%s::bigint[])",
    "sqlite": " AND m.unit_id IN (SELECT value FROM json_each(%s))",
}
_NEARLY_ALL: Final = 2_000
"""So many units are nearly all that there are: looking each up would cost more than it saves."""
# As text SQLite gives days and moments as it keeps them; else each would be parsed first.
_DAY: Final = {"postgresql": "m.extracted_on", "sqlite": "m.extracted_on || ''"}
_MOMENT: Final = {"postgresql": "m.updated_at", "sqlite": "m.updated_at || ''"}
_PLAIN: Final = """
 AND m.state = 'number' AND m.note = '' AND m.over_bound_reason = '' AND m.extracted_on {same} %s
 AND m.document_id {same} %s
"""
_SAME: Final = {"postgresql": "IS NOT DISTINCT FROM", "sqlite": "IS"}


def standing(
    *, indicator_ids: Collection[int], period_id: int, source: str, unit_ids: Collection[int]
) -> dict[tuple[int, int], tuple[Sequence[Any], Any]]:
    """Return the units' own figures by (unit, indicator), and perhaps others'; one statement.

    Each is what `stored_figure` reads, and when it was written, as the database says it.
    """
    vendor = connection.vendor
    columns = (
        "m.unit_id, m.indicator_id, m.id, m.numerator, m.denominator, m.value, m.state, m.printed, m.note, "
        f"{_DAY[vendor]}, m.document_id, m.origin, m.over_bound_reason, {_MOMENT[vendor]}"
    )
    rows = _select(columns, "", [], indicator_ids, period_id, source, unit_ids)
    return {(row[0], row[1]): (row[2:-1], row[-1]) for row in rows}


class PlainFigures:
    """Those figures that are plain numbers of the same paper and day as a file: one statement.

    Nearly all that a file brings again is one of them and the same, and is told so without a closer look.
    """

    def __init__(
        self,
        *,
        indicator_ids: Collection[int],
        period_id: int,
        source: str,
        unit_ids: Collection[int],
        extracted_on: date | None,
        document_id: int | None,
    ) -> None:
        vendor = connection.vendor
        # SQLite keeps decimals as numbers of its own.
        self._is_sqlite = vendor == "sqlite"
        columns = (
            "m.unit_id, m.indicator_id, m.numerator, m.denominator, m.value, m.printed, " + _MOMENT[vendor]
        )
        of_file = [extracted_on, document_id]
        plain = _PLAIN.format(same=_SAME[vendor])
        rows = _select(columns, plain, of_file, indicator_ids, period_id, source, unit_ids)
        self._figures = {(row[0], row[1]): row for row in rows}

    def same_since(
        self,
        unit_id: int,
        indicator_id: int,
        numerator: int | None,
        denominator: int | None,
        value: Decimal | None,
        printed: str,
    ) -> Any:
        """Return when the very same figure was written; None where another stands, or none that is plain."""
        row = self._figures.get((unit_id, indicator_id))
        if row is None:
            return None
        kept = float(value) if self._is_sqlite and value is not None else value
        return row[6] if row[2:6] == (numerator, denominator, kept, printed) else None


def _select(
    columns: str,
    plain: str,
    of_file: Sequence[Any],
    indicator_ids: Collection[int],
    period_id: int,
    source: str,
    unit_ids: Collection[int],
) -> list[Sequence[Any]]:
    if not indicator_ids or not unit_ids:
        return []
    statement = f"SELECT {columns}" + _FROM.format(indicators=", ".join(["%s"] * len(indicator_ids))) + plain
    params: list[Any] = [period_id, source, *indicator_ids, *of_file]
    if len(unit_ids) < _NEARLY_ALL:
        ids = sorted(unit_ids)
        statement += _OF_UNITS[connection.vendor]
        params.append(ids if connection.vendor == "postgresql" else json.dumps(ids))
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[Sequence[Any]] = cursor.fetchall()
        return found
