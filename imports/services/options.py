"""What a person says with a file, and the refusals that a caller shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from imports.rules.problems import ImportRefused


class BatchNotReady(ValueError):
    """The batch is not in the state that this step needs; str() says so to a person."""


class NotSettled(BatchNotReady):
    """Something about the batch is left to a person; str() says what."""


class ReasonMissing(BatchNotReady):
    """The step needs a reason."""


class PreviewOutdated(ValueError):
    """Figures changed between preview and commit; nothing was written, and the preview is made anew."""


class ChoiceInvalid(ImportRefused):
    """A unit that cannot be what the row means; str() says why."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """One line of a --resolve file: the row as printed, and the unit's full name that it means."""

    unit: str
    printed: str = ""
    sheet: str = ""
    row: int | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the person chose; "" or None leaves it to the sheet."""

    province: str = ""
    period: str = ""
    source: str = ""
    extracted_on: date | None = None
    accept_swaps: bool = False
    create_units: bool = False
    check_rights: bool = False
    """The person's right over the province that the file turns out to be of is asked (uploads)."""
    may_map: bool = False
    """A table of no known layout is kept, for a person to say what its columns are (uploads)."""
    resolutions: Sequence[Resolution] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Any]:
        return {
            "province": self.province,
            "period": self.period,
            "source": self.source,
            "extracted_on": self.extracted_on.isoformat() if self.extracted_on else None,
            "accept_swaps": self.accept_swaps,
            "create_units": self.create_units,
            "check_rights": self.check_rights,
            "may_map": self.may_map,
            "resolutions": [
                {"sheet": r.sheet, "row": r.row, "printed": r.printed, "parent": r.parent, "unit": r.unit}
                for r in self.resolutions
            ],
        }


def facts_said(
    *, province: str, period: str, source: str, extracted_on: date | None, by_id: int
) -> dict[str, Any]:
    """Return as options what a person says in the browser that a file is of; their right to it is asked."""
    return {
        "province": province,
        "period": period,
        "source": source,
        "extracted_on": extracted_on.isoformat() if extracted_on else None,
        "check_rights": True,
        "asked_by": by_id,
    }


def decided(
    stored: Mapping[str, Any], what: str, options: Mapping[str, Any], *, by_id: int, at: datetime, **more: Any
) -> dict[str, Any]:
    """Return a batch's options with these, and who decided `what` and when."""
    entry = {"what": what, "by": by_id, "at": at.isoformat(), **more}
    return {**stored, **options, "decisions": [*stored.get("decisions", ()), entry]}


def options_of(stored: Mapping[str, Any]) -> ImportOptions:
    """Return the options kept in a batch."""
    day = stored.get("extracted_on")
    return ImportOptions(
        stored.get("province", ""),
        stored.get("period", ""),
        stored.get("source", ""),
        date.fromisoformat(day) if day else None,
        stored.get("accept_swaps", False),
        stored.get("create_units", False),
        stored.get("check_rights", False),
        stored.get("may_map", False),
        tuple(Resolution(**resolution) for resolution in stored.get("resolutions", ())),
    )
