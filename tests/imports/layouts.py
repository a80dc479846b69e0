"""The layouts that the product brings along, and sheets made of plain rows, for tests without a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from dvctt.lib.sheets import Sheet, SheetRow
from imports.rules import layouts
from imports.rules.layouts import LayoutDef

SHIPPED: list[dict[str, Any]] = json.loads(
    (settings.FIXTURES_DIR / "layouts.json").read_text(encoding="utf-8")
)
LAYOUTS: list[LayoutDef] = [
    layouts.read_layout(code=entry["code"], name=entry["name"], definition=entry) for entry in SHIPPED
]
BY_CODE = {layout.code: layout for layout in LAYOUTS}

Merged = Sequence[tuple[int, int, int, int]]


def sheet_of(
    *rows: Sequence[Any] | str, merged: Merged = (), name: str = "Sheet1", hidden: bool = False
) -> Sheet:
    """A sheet of these rows, numbered from 1; a line of text is cut at "|", and blank rows are left out."""
    cut = [
        [text.strip() or None for text in row.split("|")] if isinstance(row, str) else list(row)
        for row in rows
    ]
    return Sheet(
        name,
        [
            SheetRow(number, cells)
            for number, cells in enumerate(cut, start=1)
            if any(cell is not None for cell in cells)
        ],
        list(merged),
        hidden,
    )
