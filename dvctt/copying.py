"""Many rows into a table at once: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add the rows; cells are None, text, numbers or booleans. The caller holds a transaction.

    Table and columns are names of our own, never a person's words.
    """
    names = ", ".join(columns)
    if connection.vendor == "sqlite":
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608
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
    return cell.translate(_ESCAPES) if isinstance(cell, str) else str(cell)
