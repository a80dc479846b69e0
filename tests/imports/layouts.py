"""The layouts that the product brings along, and sheets made of plain rows, for tests without a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from dvctt.lib.sheets import Cell, Sheet, SheetRow
from imports.rules import cells, fractions, layouts, tables
from imports.rules.figures import IndicatorFacts, ReadRow
from imports.rules.layouts import LayoutDef
from imports.rules.tables import TableRow

SHIPPED: list[dict[str, Any]] = json.loads(
    (settings.FIXTURES_DIR / "layouts.json").read_text(encoding="utf-8")
)
LAYOUTS: list[LayoutDef] = [
    layouts.read_layout(code=entry["code"], name=entry["name"], definition=entry) for entry in SHIPPED
]
BY_CODE = {layout.code: layout for layout in LAYOUTS}

INDICATORS = {
    code: IndicatorFacts(code, True, "not_arising")
    for code in sorted({c for one in LAYOUTS for c in one.indicators})
}

Merged = Sequence[tuple[int, int, int, int]]


def sheet_of(
    *rows: Sequence[Any] | str, merged: Merged = (), name: str = "Sheet1", hidden: bool = False
) -> Sheet:
    """A sheet of these rows, numbered from 1; a line of text is cut at "|", and blank rows are left out.

    A Cell stands for one that has more to say than its value.
    """
    cut = [
        [text.strip() or None for text in row.split("|")] if isinstance(row, str) else list(row)
        for row in rows
    ]
    return Sheet(
        name,
        [
            SheetRow(
                number,
                [cell.value if isinstance(cell, Cell) else cell for cell in row],
                notes={at: cell for at, cell in enumerate(row) if isinstance(cell, Cell)},
            )
            for number, row in enumerate(cut, start=1)
            if any(cell is not None for cell in row)
        ],
        list(merged),
        hidden,
    )


def table_rows(*rows: Sequence[Any] | str, merged: Merged = ()) -> tuple[LayoutDef, list[TableRow]]:
    """The layout and the rows of a sheet's tables, as a file of it would be read."""
    found = fractions.settle_fractions(tables.read_tables([sheet_of(*rows, merged=merged)], LAYOUTS))
    return found.layout, found.rows


def read_rows(*rows: Sequence[Any] | str, level: str = "so", accept_swap: bool = False) -> list[ReadRow]:
    """What the rows below a header say."""
    layout, found = table_rows(*rows)
    return [
        cells.read_row(row, layout=layout, indicators=INDICATORS, level=level, accept_swap=accept_swap)
        for row in found
    ]


def said(row: ReadRow) -> dict[str, Any]:
    """Each figure of a row: its value, or the state that stands for one."""
    return {f.indicator: f.value if f.state == "number" else f.state for f in row.figures}


def kinds(row: ReadRow) -> list[tuple[str, str]]:
    return [(problem.kind, problem.severity) for problem in row.problems]
