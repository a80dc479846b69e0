"""What was made public: the tables that stand, one with its rows, and the units in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from dvctt.lib import names
from dvctt.lib.names import reading_order
from indicators.models import Indicator, Period
from reports import frozen_league, wording
from reports.frozen_league import FrozenLeague, FrozenRow
from reports.models import Publication, PublicationWithdrawal, PublishedRow
from reports.selectors.league import League, LeagueRow
from reports.wording import LeagueWords
from units.models import Unit

MOST_UNITS: Final = 50
"""So many units a search names; of more the first, and that there are more."""
MOST_PLACES: Final = 100
"""So many of a unit's lines stand on its page."""
LOOKED_AT: Final = 200
"""So many units are read, in the order of their folded names, to choose them from."""


def indicator_of(table: FrozenLeague) -> Indicator:
    """Return the catalogue's version of the indicator that the table is of."""
    said = table.content["indicator"]
    return Indicator.objects.get(code=said["code"], version=said["version"])


def revisions(*, code: str, period: Period, level: str, within: Unit) -> QuerySet[Publication]:
    """Return all that was ever published of one table, by any version of its indicator, latest first."""
    return (
        Publication.objects.filter(indicator__code=code, period=period, level=level, within=within)
        .select_related("withdrawal__by", "by", "document")
        .order_by("-revision")
    )


def last_of(*, code: str, period: Period, level: str, within: Unit) -> Publication | None:
    return revisions(code=code, period=period, level=level, within=within).first()


def is_withdrawn(publication: Publication) -> bool:
    return PublicationWithdrawal.objects.filter(publication=publication).exists()


def standing() -> QuerySet[Publication]:
    """Return what the public may read: of each table the last revision, unless it was taken back.

    The earlier revision of one that was taken back does not come again: it had been corrected.
    """
    later = Publication.objects.filter(
        indicator__code=OuterRef("indicator__code"),
        period=OuterRef("period"),
        level=OuterRef("level"),
        within=OuterRef("within"),
        revision__gt=OuterRef("revision"),
    )
    return Publication.objects.filter(~Exists(later), withdrawal=None).select_related("period", "document")


def frozen(publication: Publication) -> FrozenLeague:
    """Return what was written down of the table. One query."""
    return FrozenLeague(publication.content, tuple(_frozen(row) for row in publication.rows.all()))


def _frozen(row: PublishedRow) -> FrozenRow:
    return FrozenRow(row.unit_id, row.name, row.parent, row.figures)


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A publication as its page shows it; `league` is None where it was taken back."""

    publication: Publication
    words: LeagueWords
    definition: Indicator
    defined_in: tuple[str, ...]
    data_days: tuple[date, ...]
    league: League | None
    withdrawal: PublicationWithdrawal | None
    successor: Publication | None


def data_days(publication: Publication) -> tuple[date, ...]:
    """Return the days on which its figures were extracted or approved, earliest first; maybe none."""
    return tuple(date.fromisoformat(day) for day in publication.content["data_days"])


def published_table(*, publication: Publication, search: str = "") -> PublishedTable:
    """Return the publication with its rows, as they were published. Three queries.

    Taking a revision back takes back what it had corrected as well.
    """
    since = list(
        revisions(
            code=publication.content["indicator"]["code"],
            period=publication.period,
            level=publication.level,
            within=publication.within,
        ).filter(revision__gte=publication.revision)
    )
    withdrawals = PublicationWithdrawal.objects.filter(publication__in=since)
    withdrawal = withdrawals.order_by("publication__revision").first()
    successor = since[0] if since[0] != publication else None
    table = frozen(publication) if withdrawal is None else None
    return PublishedTable(
        publication=publication,
        words=frozen_league.words_in(publication.content),
        definition=frozen_league.definition_in(publication.content),
        defined_in=tuple(publication.content["defined_in"]),
        data_days=data_days(publication),
        league=None
        if table is None
        else frozen_league.thaw(
            content=table.content,
            rows=table.rows,
            period=publication.period,
            level=publication.level,
            search=search,
        ),
        withdrawal=withdrawal,
        successor=successor,
    )


@dataclass(frozen=True, slots=True)
class FoundUnit:
    unit_id: int
    name: str
    parent: str
    area: str
    tables: int


@dataclass(frozen=True, slots=True)
class Found:
    units: tuple[FoundUnit, ...]
    has_more: bool


def units_found(search: str) -> Found:
    """Return the units of standing publications whose name has the words, accents aside. Two queries."""
    wanted = names.fold(search)
    if not wanted:
        return Found((), has_more=False)
    lines = (
        PublishedRow.objects.filter(publication__in=standing(), folded__contains=wanted)
        .order_by("folded", "unit_id", "-publication_id")
        .values_list("unit_id", "name", "parent", "publication_id")
    )
    by_unit: dict[int, list[tuple[int, str, str, int]]] = defaultdict(list)
    for line in lines.iterator():
        if line[0] not in by_unit and len(by_unit) > LOOKED_AT:
            break
        by_unit[line[0]].append(line)
    named = names.matching(search, by_unit.values(), name=lambda lines: f"{lines[0][1]} {lines[0][2]}")
    latest = Publication.objects.in_bulk({lines[0][3] for lines in named})
    found = [
        FoundUnit(unit_id, name, parent, latest[publication_id].content["words"]["area"], tables=len(lines))
        for lines in named
        for unit_id, name, parent, publication_id in lines[:1]
    ]
    found.sort(key=lambda one: (reading_order(one.name), one.area, reading_order(one.parent)))
    return Found(tuple(found[:MOST_UNITS]), has_more=len(found) > MOST_UNITS)


@dataclass(frozen=True, slots=True)
class PublishedPlace:
    """A unit's line in one publication."""

    publication: Publication
    words: LeagueWords
    indicator: Indicator
    row: LeagueRow
    ranked: int
    data_days: tuple[date, ...]

    @property
    def period(self) -> str:
        """The period inside a line: "đến 23/8/2023"."""
        return wording.period_text(self.publication.period)

    @property
    def result(self) -> str:
        """The figure with its unit; in brackets where too few cases stand behind it, a dash for none."""
        text = wording.figure_text(self.row.value, self.indicator)
        return text if self.row.rank is not None or self.row.value is None else f"({text})"


@dataclass(frozen=True, slots=True)
class PublishedUnit:
    """A unit with its lines in the standing publications, latest period first; `older` more are not shown."""

    name: str
    parent: str
    places: tuple[PublishedPlace, ...]
    older: int


def published_unit(*, unit_id: int) -> PublishedUnit | None:
    """Return the unit as publications show it, None where none that stands has it. One query."""
    rows = list(
        PublishedRow.objects.filter(unit=unit_id, publication__in=standing()).select_related(
            "publication__period", "publication__document"
        )
    )
    if not rows:
        return None
    rows.sort(key=_latest_first)
    return PublishedUnit(
        name=rows[0].name,
        parent=rows[0].parent,
        places=tuple(_place(row) for row in rows[:MOST_PLACES]),
        older=max(len(rows) - MOST_PLACES, 0),
    )


def _latest_first(row: PublishedRow) -> tuple[int, str, int]:
    publication = row.publication
    return (
        -publication.period.ends_on.toordinal(),
        publication.content["indicator"]["short_name"],
        publication.pk,
    )


def _place(row: PublishedRow) -> PublishedPlace:
    publication = row.publication
    return PublishedPlace(
        publication=publication,
        words=frozen_league.words_in(publication.content),
        indicator=frozen_league.definition_in(publication.content),
        row=frozen_league.thaw_row(_frozen(row)),
        ranked=publication.content["ranked"],
        data_days=data_days(publication),
    )


@dataclass(frozen=True, slots=True)
class RowChange:
    """A unit whose line differs between what is public and what would be."""

    name: str
    before: LeagueRow | None
    after: LeagueRow | None


def changes(*, before: FrozenLeague, after: FrozenLeague) -> Sequence[RowChange]:
    """Return the units whose rank, figure, target or state differ, in the new order, then those gone."""
    old = {row.unit_id: row for row in before.rows}
    new = {row.unit_id: row for row in after.rows}
    shown: Collection[str] = ("rank", "value", "numerator", "denominator", "state", "target", "status")
    found = []
    for unit_id, row in new.items():
        was = old.get(unit_id)
        if was is None or any(was.figures[key] != row.figures[key] for key in shown):
            earlier = None if was is None else frozen_league.thaw_row(was)
            found.append(RowChange(row.name, earlier, frozen_league.thaw_row(row)))
    found += [
        RowChange(row.name, frozen_league.thaw_row(row), None)
        for unit_id, row in old.items()
        if unit_id not in new
    ]
    return found
