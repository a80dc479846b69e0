"""What the page of a layout sends."""

from __future__ import annotations

from typing import Any

from imports.forms_layout import initial_of
from imports.models import Layout


def posted(layout: Layout, *, seen: int = 0, **changes: Any) -> dict[str, Any]:
    """Return the form of a layout as it stands, with these changes."""
    shown = initial_of(layout.definition)
    data: dict[str, Any] = {"name": layout.name, "seen": seen, **shown["form"]}
    for prefix, rows in (("cot", shown["columns"]), ("so-lieu", shown["figures"])):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for number, row in enumerate(rows):
            data |= {
                f"{prefix}-{number}-{name}": "on" if value is True else value
                for name, value in row.items()
                if isinstance(value, str) or value is True
            }
    return data | changes
