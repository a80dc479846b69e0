"""Many rows into a table at once: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from django.db import connection

_AT_ONCE: Final = 500
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
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", _Lines(rows))


class _Lines:
    """The rows as COPY reads them, made as it asks for them: the server works meanwhile."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = iter(rows)

    def read(self, _size: int = -1) -> str:
        """Return the next lines, whatever their size; "" at the end."""
        return "".join(
            ["\t".join([_copied(cell) for cell in row]) + "\n" for row in islice(self._rows, _AT_ONCE)]
        )


def _copied(cell: Any) -> str:
    if cell is None:
        return r"\N"
    return cell.translate(_ESCAPES) if isinstance(cell, str) else str(cell)
