"""A league table written out as plain values, and read again as it stood: what a publication keeps.

Decimals are texts with all their digits, and nothing is computed anew: a rule, a name or a definition that
changes later changes nothing of what was made public.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from dvctt.lib import numbers
from indicators import rules as indicator_rules
from indicators.models import Indicator, Period
from reports import wording
from reports.selectors.league import League, LeagueRow
from reports.selectors.peers import Area
from reports.selectors.standing import matching
from reports.wording import Answer, LeagueWords

DEFINITION: Final = (
    "code",
    "version",
    "name",
    "short_name",
    "unit_of_measure",
    "is_rate",
    "direction",
    "numerator",
    "denominator",
    "zero_denominator",
    "decimals",
    "min_cases",
)
"""The fields of an indicator that say what its figures mean and how they are shown."""
DECIMALS: Final = frozenset({"value", "target", "gap", "change"})


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """One unit's line: its names, and everything else of it as JSON holds it."""

    unit_id: int
    name: str
    parent: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FrozenLeague:
    """A league table as JSON holds it: what it says beside its rows, and these, the ranked ones first."""

    content: Mapping[str, Any]
    rows: tuple[FrozenRow, ...]

    @property
    def digest(self) -> str:
        """A fingerprint of all of it: the same table, to the digit, has the same."""
        said = [
            self.content,
            *([row.unit_id, row.name, row.parent, row.figures] for row in self.rows),
        ]
        return hashlib.sha256(
            json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8")
        ).hexdigest()


def freeze(league: League, *, defined_in: Iterable[str]) -> FrozenLeague:
    """Write the whole table out, whatever is searched for; `defined_in` cites the definition's papers."""
    words = wording.words_of(league)
    total = league.total
    content = {
        "words": {
            "title": words.title,
            "verdict": words.answer.verdict,
            "detail": words.answer.detail,
            "area": words.area,
            "source_parts": list(words.source_parts),
            "judged_by": words.judged_by,
        },
        "indicator": {name: getattr(league.indicator, name) for name in DEFINITION},
        "defined_in": list(defined_in),
        "data_days": sorted({day.isoformat() for use in league.sources for day in use.extracted_on}),
        "on": league.on.isoformat(),
        "area": [list(area) for area in league.area],
        "ranked": league.ranked,
        "units": league.units,
        "median": numbers.plain(league.median),
        "total": None if total is None else [total.numerator, total.denominator, numbers.plain(total.value)],
    }
    return FrozenLeague(content, tuple(_freeze_row(row) for row in (*league.all_rows, *league.unranked)))


def cited(league: League) -> list[str]:
    """Return the papers in which the indicator is defined, as they are cited. One query."""
    return [wording.document_text(document) for document in league.indicator.documents.all()]


def _freeze_row(row: LeagueRow) -> FrozenRow:
    figures = row._asdict()
    unit_id, name, parent = figures.pop("unit_id"), figures.pop("unit"), figures.pop("parent")
    return FrozenRow(
        unit_id,
        name,
        parent,
        {key: numbers.plain(value) if key in DECIMALS else value for key, value in figures.items()},
    )


def thaw_row(row: FrozenRow) -> LeagueRow:
    """Read one line again, exactly as it was written out."""
    figures: dict[str, Any] = {
        key: _decimal(value) if key in DECIMALS else value for key, value in row.figures.items()
    }
    return LeagueRow(unit_id=row.unit_id, unit=row.name, parent=row.parent, **figures)


def thaw(
    *, content: Mapping[str, Any], rows: Sequence[FrozenRow], period: Period, level: str, search: str = ""
) -> League:
    """Read the table again, exactly as it was written out; a search narrows its rows.

    What it said of its sources and plans is in its words (`words_in`): they are not looked up again.
    """
    read = [thaw_row(row) for row in rows]
    ranked = tuple(row for row in read if row.rank is not None)
    unranked = tuple(row for row in read if row.rank is None)
    total = content["total"]
    return League(
        indicator=definition_in(content),
        period=period,
        level=level,
        on=date.fromisoformat(content["on"]),
        area=tuple(Area(*area) for area in content["area"]),
        rows=matching(ranked, search),
        unranked=matching(unranked, search),
        ranked=content["ranked"],
        units=content["units"],
        total=None if total is None else indicator_rules.Total(total[0], total[1], _decimal(total[2])),
        median=_decimal(content["median"]),
        sources=(),
        plans=(),
        compare_with=None,
        states=Counter(row.state for row in unranked),
        is_simulated=False,
        search=search,
        all_rows=ranked,
    )


def definition_in(content: Mapping[str, Any]) -> Indicator:
    """Return the indicator as it was defined on that day; it is not the catalogue's row."""
    return Indicator(**content["indicator"])


def words_in(content: Mapping[str, Any]) -> LeagueWords:
    said = content["words"]
    return LeagueWords(
        title=said["title"],
        answer=Answer(said["verdict"], said["detail"]),
        area=said["area"],
        source_parts=tuple(said["source_parts"]),
        judged_by=said["judged_by"],
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
