"""Making a league table public, in a line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from reports import services
from reports.frozen_league import cited, freeze
from reports.models import Publication
from reports.selectors.league import League
from units.models import Unit

AT = datetime(2024, 1, 20, 3, 0, tzinfo=UTC)


def publish(league: League, *, within: Unit, **said: Any) -> Publication:
    """Make the table public as it is now, at the next revision."""
    facts: dict[str, Any] = {"document": None, "reason": "", "by": None, "at": AT, "seen_revision": 0}
    return services.publish_league(
        table=freeze(league, defined_in=cited(league)),
        period=league.period,
        level=league.level,
        within=within,
        **(facts | said),
    )
