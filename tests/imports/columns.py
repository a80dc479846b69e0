"""Tables told column by column, so that a test can put them in any order: header rows and merges follow."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl

HeaderPath = tuple[str, ...]
Merge = tuple[int, int, int, int]
"""First row from 1, first column from 0, last row, last column: as in dvctt.lib.sheets."""


@dataclass(frozen=True)
class Table:
    """Columns by their header path, and rows of cells in the order of the columns."""

    paths: tuple[HeaderPath, ...]
    rows: tuple[tuple[Any, ...], ...]

    def in_order(self, order: Sequence[int]) -> Table:
        """The same table with its columns in another order; -1 is a blank column."""
        return Table(
            tuple(self.paths[at] if at >= 0 else () for at in order),
            tuple(tuple(row[at] if at >= 0 else None for at in order) for row in self.rows),
        )


def paths_of(*columns: str) -> tuple[HeaderPath, ...]:
    """Header paths from "STT" or "Tiếp nhận > Trong kỳ > {Trực tuyến, Trực tiếp}"; ";" parts the names."""
    found: list[HeaderPath] = []
    for column in columns:
        *above, last = column.split(" > ")
        leaves = last[1:-1].split(";") if last.startswith("{") else [last]
        found += [(*above, leaf.strip()) for leaf in leaves]
    return tuple(found)


def header_of(paths: Sequence[HeaderPath]) -> tuple[list[list[str | None]], list[Merge]]:
    """The header rows over these columns, with the merges that a system declares (rows from 1)."""
    depth = max(len(path) for path in paths)
    rows: list[list[str | None]] = []
    merges: list[Merge] = []
    for level in range(depth):
        row: list[str | None] = [None] * len(paths)
        starts = [
            at
            for at, path in enumerate(paths)
            if len(path) > level and not (at and _shared(paths[at - 1], path, level))
        ]
        for at in starts:
            row[at] = paths[at][level]
            last = at
            while last + 1 < len(paths) and _shared(paths[last], paths[last + 1], level):
                last += 1
            bottom = depth if len(paths[at]) == level + 1 else level + 1
            if (bottom, last) != (level + 1, at):
                merges.append((level + 1, at, bottom, last))
        rows.append(row)
    return rows, merges


def _shared(left: HeaderPath, right: HeaderPath, level: int) -> bool:
    """Whether one cell of the level stands over both columns."""
    return len(right) > level + 1 and len(left) > level + 1 and left[: level + 1] == right[: level + 1]


def workbook(table: Table, *, titles: Sequence[str] = (), footers: Sequence[str] = ()) -> bytes:
    """An .xlsx with title lines, the header with its merges, the rows, and lines below."""
    header, merges = header_of(table.paths)
    above = [[title] for title in titles]
    return workbook_of(
        {
            "Sheet1": (
                [*above, *header, *table.rows, *[[None, line] for line in footers]],
                [(top + len(above), left, low + len(above), right) for top, left, low, right in merges],
            )
        }
    )


def workbook_of(sheets: Mapping[str, tuple[Sequence[Sequence[Any]], Sequence[Merge]]]) -> bytes:
    """An .xlsx of these sheets: rows, and merged ranges."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, (rows, merges) in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for top, left, low, right in merges:
            sheet.merge_cells(start_row=top, start_column=left + 1, end_row=low, end_column=right + 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
