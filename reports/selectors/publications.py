"""What was made public: the tables that stand, one with its rows, and the units in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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
from reports.selectors.league import League, LeagueRow, league
from reports.wording import LeagueWords
from units.models import Unit

MOST_UNITS: Final = 50
"""So many units a search names; of more the first, and that there are more."""
MOST_PLACES: Final = 100
"""So many of a unit's lines stand on its page."""
LOOKED_AT: Final = 5_000
"""So many names that match without accents are looked at, in their order, for those that match with them."""


def league_to_publish(*, indicator: Indicator, period: Period, level: str, within: Unit) -> League:
    """Return the league table as it would be made public: by official sources, beside no other period.

    A change tells the figure of the other period, which nobody may have published.
    """
    return league(indicator=indicator, period=period, level=level, within=within, compare_with=None)


def indicator_of(table: FrozenLeague) -> Indicator:
    """Return the catalogue's version of the indicator that the table is of."""
    said = table.content["indicator"]
    return Indicator.objects.get(code=said["code"], version=said["version"])


def revisions(*, code: str, period: Period, level: str, within: Unit) -> QuerySet[Publication]:
    """Return all that was ever published of one table, by any version of its indicator, latest first."""
    return (
        Publication.objects.filter(code=code, period=period, level=level, within=within)
        .select_related("withdrawal__by", "by")
        .order_by("-revision")
    )


def revisions_of(publication: Publication) -> QuerySet[Publication]:
    """Return all that was ever published of the publication's table, latest first."""
    return revisions(
        code=publication.code,
        period=publication.period,
        level=publication.level,
        within=publication.within,
    )


def withdrawal_of(publication: Publication) -> PublicationWithdrawal | None:
    """Return how it was taken back, None where it was not. No query for one that `revisions` gave."""
    found: PublicationWithdrawal | None = getattr(publication, "withdrawal", None)
    return found


def steps_of(history: Sequence[Publication]) -> int:
    """Return how often a table was published and taken back, given its revisions."""
    return sum(1 if withdrawal_of(one) is None else 2 for one in history)


def standing() -> QuerySet[Publication]:
    """Return what the public may read: of each table the last revision, unless it was taken back.

    The earlier revision of one that was taken back does not come again: it had been corrected.
    """
    later = Publication.objects.filter(
        code=OuterRef("code"),
        period=OuterRef("period"),
        level=OuterRef("level"),
        within=OuterRef("within"),
        revision__gt=OuterRef("revision"),
    )
    return Publication.objects.filter(~Exists(later), withdrawal=None).select_related("period")


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
    """Return the publication with its rows, as they were published. Two queries.

    Taking a revision back takes back what it had corrected as well, but not what came after it.
    """
    since = list(revisions_of(publication).filter(revision__gte=publication.revision))
    withdrawal = next(filter(None, map(withdrawal_of, reversed(since))), None)
    successor = since[0] if since[0] != publication and withdrawal_of(since[0]) is None else None
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
    """Return the units of standing publications whose name has the words, accents aside. Three queries.

    A unit that was renamed is found by each of its names and listed by the latest.
    """
    wanted = names.fold(search)
    if not wanted:
        return Found((), has_more=False)
    public_rows = PublishedRow.objects.filter(publication__in=standing())
    matched = (
        public_rows.filter(folded__contains=wanted)
        .order_by("folded", "unit_id")
        .values_list("unit_id", "name", "parent")
        .distinct()[:LOOKED_AT]
    )
    named = names.matching(search, matched, name=lambda one: f"{one[1]} {one[2]}")
    ids = list(dict.fromkeys(unit_id for unit_id, _, _ in named))
    lines: dict[int, list[tuple[int, str, str, int]]] = defaultdict(list)
    for line in (
        public_rows.filter(unit__in=ids[:MOST_UNITS])
        .order_by("-publication_id")
        .values_list("unit_id", "name", "parent", "publication_id")
    ):
        lines[line[0]].append(line)
    latest = Publication.objects.in_bulk({one[0][3] for one in lines.values()})
    found = [
        FoundUnit(unit_id, name, parent, latest[publication_id].content["words"]["area"], tables=len(of_unit))
        for of_unit in lines.values()
        for unit_id, name, parent, publication_id in of_unit[:1]
    ]
    found.sort(key=lambda one: (reading_order(one.name), one.area, reading_order(one.parent)))
    return Found(tuple(found), has_more=len(ids) > MOST_UNITS)


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
        PublishedRow.objects.filter(unit__id=unit_id, publication__in=standing()).select_related(
            "publication__period"
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


def _latest_first(row: PublishedRow) -> tuple[int, int, str, int]:
    """The latest period first, of it the widest table."""
    publication = row.publication
    return (
        -publication.period.ends_on.toordinal(),
        -publication.content["units"],
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


SHOWN_OF_ROW: Final = (
    "rank", "place", "value", "numerator", "denominator", "state", "target", "is_strict", "status", "source",
)  # fmt: skip


def changes(*, before: FrozenLeague, after: FrozenLeague) -> Sequence[RowChange]:
    """Return the units whose line or name differs, in the new order, then those gone."""
    old = {row.unit_id: row for row in before.rows}
    new = {row.unit_id: row for row in after.rows}
    found = []
    for unit_id, row in new.items():
        was = old.get(unit_id)
        if (
            was is None
            or (was.name, was.parent) != (row.name, row.parent)
            or any(was.figures[key] != row.figures[key] for key in SHOWN_OF_ROW)
        ):
            earlier = None if was is None else frozen_league.thaw_row(was)
            found.append(RowChange(row.name, earlier, frozen_league.thaw_row(row)))
    found += [
        RowChange(row.name, frozen_league.thaw_row(row), None)
        for unit_id, row in old.items()
        if unit_id not in new
    ]
    return found


def shared_with(publication: Publication) -> QuerySet[Publication]:
    """Return other tables that stand and show the same indicator and period of any of its units."""
    units = PublishedRow.objects.filter(publication=publication).values("unit")
    rows = PublishedRow.objects.filter(publication=OuterRef("pk"), unit__in=units)
    others = standing().filter(code=publication.code, period=publication.period)
    return others.filter(Exists(rows)).exclude(pk=publication.pk).order_by("-pk")
