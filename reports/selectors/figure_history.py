"""A figure's history in words: what it said, and where that came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from dvctt.lib import numbers
from imports.models import Batch
from indicators.models import Indicator, Measurement, MeasurementRevision, State
from indicators.rules import WITHDRAWN
from reports.selectors import standing

ORIGIN: Final = re.compile(
    r"(?P<kind>batch|submission):(?P<pk>\d+)(?:;(?P<sheet>.*);(?P<row>\d+))?", re.DOTALL
)
"""As imports and entry write it: "batch:12;II. Cap huyen;15" (sheet and row), "submission:3"."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a figure came from: a file with sheet and cell, an officer's entry, or the words kept with it."""

    text: str
    batch_id: int | None = None
    submission_id: int | None = None


def origins_of(texts: Iterable[str]) -> dict[str, Origin]:
    """Return where figures came from, by the text kept with them. One query."""
    wanted = set(texts)
    parsed = {text: ORIGIN.fullmatch(text) for text in wanted}
    ids = {int(match["pk"]) for match in parsed.values() if match and match["kind"] == "batch"}
    files = dict(Batch.objects.filter(pk__in=ids).values_list("pk", "filename"))
    found = {}
    for text, match in parsed.items():
        if match is None:
            found[text] = Origin(text)
        elif match["kind"] == "batch":
            pk = int(match["pk"])
            said = f"Tệp {files[pk]}" if pk in files else f"Lần nhập {pk}"
            if match["row"]:
                said += f", sheet “{match['sheet']}”, dòng {match['row']}"
            found[text] = Origin(said, batch_id=pk if pk in files else None)
        else:
            found[text] = Origin(f"Đơn vị nhập (báo cáo số {match['pk']})", submission_id=int(match["pk"]))
    return found


def as_kept(measurement: Measurement | MeasurementRevision) -> dict[str, Any]:
    """Return what `said` reads, in the form in which a history keeps what a figure was before."""
    return {
        "numerator": measurement.numerator,
        "denominator": measurement.denominator,
        "value": measurement.value,
        "state": measurement.state,
    }


def said(figure: Mapping[str, Any], indicator: Indicator) -> str:
    """Return a figure in words: "99,50 % (8.621/8.664)", or its state."""
    if figure.get("state") == WITHDRAWN:
        return "Đã rút lại"
    if figure.get("state") != State.NUMBER:
        label = standing.STATE_LABELS.get(str(figure.get("state")), "")
        return label.capitalize()
    value = figure.get("value")
    number = None if value is None else Decimal(str(value))
    said = numbers.vi_percent(number, indicator.decimals)
    if not indicator.is_rate:
        said = f"{numbers.vi_number(number)} {indicator.unit_of_measure}"
    counts = numbers.vi_counts(figure.get("numerator"), figure.get("denominator"))
    return f"{said} ({counts})" if counts else said
