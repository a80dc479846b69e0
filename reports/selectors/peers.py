"""Who is compared with whom, and in which periods: the units of one level inside an area, on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from dvctt.lib import periods
from dvctt.lib.names import reading_order
from indicators import selectors as indicator_selectors
from indicators.models import OFFICIAL_SOURCES, Indicator, Measurement, Period, Scope
from indicators.rules import STATES, official_place
from units.models import Unit, UnitPath, UnitVersion, in_force


def periods_with_figures(
    *, indicator: Indicator | None, within: Unit | None = None, source: str | None = None
) -> QuerySet[Period]:
    """Return periods with figures, latest first, inside the unit if given.

    By any version of the indicator; of whatever indicator without one.
    """
    figures = Measurement.objects.filter(
        period=OuterRef("pk"), source__in=[source] if source else OFFICIAL_SOURCES
    )
    if indicator is not None:
        figures = figures.filter(indicator__in=indicator_selectors.versions_of(indicator))
    if within is not None:
        figures = figures.filter(unit__paths_up__ancestor=within)
    return Period.objects.filter(Exists(figures)).order_by("-ends_on", "code")


def telling_period(
    *, indicator: Indicator | None, within: Unit | None = None, source: str | None = None
) -> Period | None:
    """Return the latest period with figures of at least half as many units as the fullest one; None of none.

    A page opens on it: the first approved report of a new quarter says nothing about a province yet. Figures
    are of the indicator, or of whatever indicator without one. Two queries.
    """
    figures = Measurement.objects.filter(source__in=[source] if source else OFFICIAL_SOURCES)
    if indicator is not None:
        figures = figures.filter(indicator__in=indicator_selectors.versions_of(indicator))
    if within is not None:
        figures = figures.filter(unit__paths_up__ancestor=within)
    # Counted from the figures' side: from the periods' side every figure of the nation would be read.
    reporting = dict(
        figures.values("period").annotate(units=Count("unit", distinct=True)).values_list("period", "units")
    )
    fullest = max(reporting.values(), default=0)
    found = Period.objects.filter(pk__in=[pk for pk, units in reporting.items() if 2 * units >= fullest])
    return found.order_by("-ends_on", "code").first()


def earlier_period(period: Period) -> Period | None:
    """Return the period before of the same kind, if the system knows it."""
    span = periods.parse_period(period.code).previous()
    return None if span is None else Period.objects.filter(code=span.code).first()


def province_of(*, unit: Unit, on: date) -> Unit | None:
    """Return the province above the unit on the day, itself if it is one; None where it is not there."""
    path = (
        UnitPath.objects.filter(in_force(on), descendant=unit)
        .select_related("ancestor")
        .order_by("-depth")
        .first()
    )
    return None if path is None else path.ancestor


def first_province(*, on: date) -> Unit | None:
    """Return the province that comes first by name, for a person who belongs to none."""
    roots = list(UnitVersion.objects.filter(in_force(on), parent=None).select_related("unit"))
    roots.sort(key=lambda version: reading_order(version.full_name))
    return roots[0].unit if roots else None


class Area(NamedTuple):
    """A unit inside which is ranked, with its name of the day."""

    unit_id: int
    full_name: str
    parent_id: int | None


# Written out for the same reason as PEERS: there is one for each league table.
AREA: Final = """
SELECT unit_id, full_name, parent_id FROM units_unitversion
WHERE unit_id = %(unit)s AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)
"""


def area_of(*, within: Unit | None, period: Period, on: date, source: str | None) -> tuple[Area, ...]:
    """Return the unit inside which is ranked, or the provinces with any figure in the period. One query."""
    if within is not None:
        with connection.cursor() as cursor:
            day = connection.ops.adapt_datefield_value(on)
            cursor.execute(AREA, {"unit": within.pk, "on": day})
            return tuple(Area(*row) for row in cursor.fetchall())
    figures = Measurement.objects.filter(
        in_force(on, "unit__paths_up__"),
        unit__paths_up__ancestor=OuterRef("unit"),
        period=period,
        source__in=[source] if source else OFFICIAL_SOURCES,
    )
    versions = UnitVersion.objects.filter(in_force(on), Exists(figures), parent=None)
    found = [Area(*row) for row in versions.values_list("unit_id", "full_name", "parent_id")]
    return tuple(sorted(found, key=lambda area: reading_order(area.full_name)))


class Peer(NamedTuple):
    """A unit of the level with its official figures of both periods and its target, None where none."""

    unit_id: int
    unit: str
    parent_id: int | None
    parent: str | None
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    state: str | None
    source: str | None
    printed: str | None
    extracted_on: date | None
    document_id: int | None
    earlier_value: Decimal | None
    earlier_denominator: int | None
    earlier_state: str | None
    earlier_source: str | None
    target: Decimal | None
    maintain: bool | None
    is_strict: bool | None
    plan_id: int | None


NOW, BEFORE, GOAL = 4, 12, 16
"""Where the figures of the two periods and the target begin in a Peer."""

# The one statement of a league table, written out: the ORM takes longer to compile its five joins than the
# database to answer for a province. The official figure is chosen as indicators.selectors does it.
# Sources are chosen after reading: a list of them in a join costs a look-up each. Only numbered placeholders
# are put in; every value is a parameter.
PEERS: Final = """
SELECT version.unit_id, version.full_name, version.parent_id, above.full_name,
       now.numerator, now.denominator, now.value, now.state, now.source, now.printed, now.extracted_on,
       now.document_id, before.value, before.denominator, before.state, before.source,
       goal.scored, goal.maintain, goal.is_strict, goal.plan_id
FROM units_unitpath path
JOIN units_unitversion version ON version.unit_id = path.descendant_id AND version.level = %(level)s
     AND version.valid_from <= %(on)s AND (version.valid_to IS NULL OR version.valid_to > %(on)s)
LEFT JOIN units_unitversion above ON above.unit_id = version.parent_id
     AND above.valid_from <= %(on)s AND (above.valid_to IS NULL OR above.valid_to > %(on)s)
LEFT JOIN indicators_measurement now ON now.unit_id = version.unit_id AND now.indicator_id = %(indicator)s
     AND now.period_id = %(period)s AND now.scope = %(scope)s
LEFT JOIN indicators_measurement before ON before.unit_id = version.unit_id
     AND before.indicator_id = %(indicator)s AND before.period_id = %(earlier)s AND before.scope = %(scope)s
LEFT JOIN targets_assignment goal ON goal.unit_id = version.unit_id AND goal.plan_id IN ({plans})
     AND goal.indicator_id IN (SELECT id FROM indicators_indicator WHERE code = %(code)s)
WHERE path.ancestor_id IN ({area})
  AND path.valid_from <= %(on)s AND (path.valid_to IS NULL OR path.valid_to > %(on)s)
"""


def peers_of(
    *,
    indicator: Indicator,
    period: Period,
    earlier: Period | None,
    level: str,
    area: Sequence[int],
    on: date,
    sources: Sequence[str],
    plans: Sequence[int],
) -> list[Peer]:
    """Return the units of the level in the area (unit ids, each with all below it), in one query.

    Each comes with the figure of the first of `sources` that has one, for both periods, and with what the
    plans (ids) assign to it for the indicator, whatever its version.
    """
    given: dict[str, Any] = {
        "level": level,
        "on": connection.ops.adapt_datefield_value(on),
        "indicator": indicator.pk,
        "code": indicator.code,
        "period": period.pk,
        "earlier": earlier.pk if earlier else None,
        "scope": Scope.OWN.value,
    }
    lists = {"plans": plans, "area": area}
    holes = {}
    for name, values in lists.items():
        given |= {f"{name}{number}": value for number, value in enumerate(values)}
        # An empty list matches nothing, as NULL does.
        holes[name] = ", ".join(f"%({name}{number})s" for number in range(len(values))) or "NULL"
    with connection.cursor() as cursor:
        cursor.execute(PEERS.format(**holes), given)
        rows = cursor.fetchall()
    return _read(_first_sources(rows, sources))


def _first_sources(rows: Iterable[tuple[Any, ...]], sources: Sequence[str]) -> Collection[tuple[Any, ...]]:
    """Return one row a unit, with the figures of the first of the sources that has one, in both periods.

    The statement gives a row for each pair of sources that the two periods have; other sources are left out.
    """
    place = {
        (source, state): official_place(sources, source=source, state=state)
        for source in sources
        for state in STATES
    }
    nobody = (True, len(sources))
    found: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        now = place.get((row[NOW + 4], row[NOW + 3]), nobody)
        before = place.get((row[BEFORE + 3], row[BEFORE + 2]), nobody)
        if now is nobody:
            row = row[:NOW] + (None,) * (BEFORE - NOW) + row[BEFORE:]
        if before is nobody:
            row = row[:BEFORE] + (None,) * (GOAL - BEFORE) + row[GOAL:]
        standing = found.get(row[0])
        if standing is None:
            found[row[0]] = row
            continue
        if now < place.get((standing[NOW + 4], standing[NOW + 3]), nobody):
            standing = standing[:NOW] + row[NOW:BEFORE] + standing[BEFORE:]
        if before < place.get((standing[BEFORE + 3], standing[BEFORE + 2]), nobody):
            standing = standing[:BEFORE] + row[BEFORE:GOAL] + standing[GOAL:]
        found[row[0]] = standing
    return found.values()


def _read(rows: Collection[tuple[Any, ...]]) -> list[Peer]:
    """Return the rows with decimals and days as the models read them: SQLite gives floats and texts."""
    read = {"value": "value", "earlier_value": "value", "target": "value", "extracted_on": "extracted_on"}
    places = {Peer._fields.index(name): field for name, field in read.items()}
    meant = [(place, _values(rows, place, field)) for place, field in places.items()]
    peers = []
    for row in rows:
        fields = list(row)
        for place, values in meant:
            fields[place] = values[fields[place]]
        peers.append(Peer._make(fields))
    return peers


def _values(rows: Collection[tuple[Any, ...]], place: int, field: str) -> dict[Any, Any]:
    """Return what each raw value of a column is, read as that field of a figure; once for each value."""
    column = Measurement._meta.get_field(field).get_col(Measurement._meta.db_table)  # type: ignore[union-attr]
    converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
    found = {row[place]: row[place] for row in rows}
    for convert in converters:
        found = {raw: convert(value, column, connection) for raw, value in found.items()}
    return found
