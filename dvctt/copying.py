"""Many rows into a table at once: COPY on PostgreSQL, statements of many rows on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Final

from django.db import connection

_AT_ONCE: Final = 500
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def figure_cells() -> Callable[[Decimal], str | float]:
    """Return what makes a figure the cell of a decimal column: its digits, on SQLite a binary number.

    SQLite keeps such a number whatever it is given; to make it of digits costs more than to be given it.
    """
    return float if connection.vendor == "sqlite" else str


def copy_rows(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add the rows; cells are None, text, numbers or booleans. The caller holds a transaction.

    Table and columns are names of our own, never a person's words.
    """
    names = ", ".join(columns)
    if connection.vendor == "sqlite":
        _insert(table, columns, rows)
        return
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", _Lines(rows))


def _insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Many rows a statement, cells that all of them share told once.

    Each statement has its price, and a table with triggers makes it dear; so has each cell. SQLite itself is
    asked: Django would look for its own signs in every place.
    """
    raw: sqlite3.Connection = connection.connection
    at_once = max(1, min(_AT_ONCE, raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(columns)))
    source = iter(rows)
    with connection.wrap_database_errors:
        while taken := list(islice(source, at_once)):
            by_column = list(zip(*taken, strict=True))
            # The first is never shared, so that there are rows to give.
            shared = tuple(n > 0 and _is_one(cells) for n, cells in enumerate(by_column))
            constants = [cells[0] for cells, is_shared in zip(by_column, shared, strict=True) if is_shared]
            own = [cells for cells, is_shared in zip(by_column, shared, strict=True) if not is_shared]
            statement = _statement(table, tuple(columns), shared, len(taken))
            raw.execute(statement, [*constants, *chain.from_iterable(zip(*own, strict=True))])


def _is_one(cells: Sequence[Any]) -> bool:
    first = cells[0]
    # 1 equals True and 1.0, but is not kept as they are.
    return cells.count(first) == len(cells) and len(set(map(type, cells))) == 1


@lru_cache(maxsize=64)
def _statement(table: str, columns: tuple[str, ...], shared: tuple[bool, ...], count: int) -> str:
    constants = [name for name, is_shared in zip(columns, shared, strict=True) if is_shared]
    own = [name for name, is_shared in zip(columns, shared, strict=True) if not is_shared]
    cells = [*(["?"] * len(constants)), *(f"column{n}" for n in range(1, len(own) + 1))]
    values = ", ".join([f"({', '.join('?' * len(own))})"] * count)
    return (
        f"INSERT INTO {table} ({', '.join([*constants, *own])}) "  # noqa: S608 - our own names
        f"SELECT {', '.join(cells)} FROM (VALUES {values})"
    )


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
