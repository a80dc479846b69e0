"""What is wrong or worth knowing about a file, said so that a person can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Severity = Literal["error", "warning", "info"]

ERROR: Final[Severity] = "error"
WARNING: Final[Severity] = "warning"
INFO: Final[Severity] = "info"


class ImportRefused(ValueError):
    """The whole file cannot be taken in; str() says why and how to mend it, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `row` is the sheet's own row number, None for the sheet or file as a whole.

    `column` is the header as printed, or "" where the row as a whole is meant.
    """

    sheet: str
    row: int | None
    column: str
    kind: str
    severity: Severity
    message: str
    proposal: Mapping[str, Any] | None = None
    """What a person may accept to mend it: {"action": "swap", "columns": […], "evidence": …}."""

    def as_json(self) -> dict[str, Any]:
        """Return the problem as `import_file --json` prints it."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "kind": self.kind,
            "severity": self.severity,
            "message": self.message,
        } | ({"proposal": dict(self.proposal)} if self.proposal else {})
