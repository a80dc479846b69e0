"""Who is compared with whom, and in which periods: the units of one level inside an area, on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet

from dvctt.lib import names, periods
from indicators.models import OFFICIAL_SOURCES, Indicator, Measurement, Period, Scope
from targets.models import Assignment
from units import selectors as unit_selectors
from units.models import Unit, UnitPath, UnitVersion, in_force
from units.selectors import NameAt

reading_order: Final = lru_cache(maxsize=50_000)(names.fold)
"""Names sort as they are read, without marks; folding is slow and names are few and stay."""


def periods_with_figures(
    *, indicator: Indicator, within: Unit | None = None, source: str | None = None
) -> QuerySet[Period]:
    """Return the periods in which the indicator has figures, inside the unit if given, latest first."""
    figures = Measurement.objects.filter(
        indicator=indicator, period=OuterRef("pk"), source__in=[source] if source else OFFICIAL_SOURCES
    )
    if within is not None:
        figures = figures.filter(unit__paths_up__ancestor=within)
    return Period.objects.filter(Exists(figures)).order_by("-ends_on", "code")


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


def area_of(*, within: Unit | None, period: Period, on: date, source: str | None) -> tuple[NameAt, ...]:
    """Return the unit inside which is ranked, or the provinces that have any figure in the period."""
    if within is not None:
        return tuple(unit_selectors.names_on(unit_ids=[within.pk], on=on).values())
    figures = Measurement.objects.filter(
        in_force(on, "unit__paths_up__"),
        unit__paths_up__ancestor=OuterRef("unit"),
        period=period,
        source__in=[source] if source else OFFICIAL_SOURCES,
    )
    versions = UnitVersion.objects.filter(Exists(figures), in_force(on), parent=None)
    found = unit_selectors.names_on(unit_ids=versions.values_list("unit_id", flat=True), on=on)
    return tuple(sorted(found.values(), key=lambda name: names.fold(name.full_name)))


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


NOW, BEFORE, GOAL = 4, 12, 16
"""Where the figures of the two periods and the target begin in a Peer."""

# The one statement of a league table, written out: the ORM takes longer to compile its five joins than the
# database to answer for a province. The official figure is chosen as in indicators.selectors.official_figures.
# Only numbered placeholders are put in; every value is a parameter.
PEERS: Final = """
SELECT version.unit_id, version.full_name, version.parent_id, above.full_name,
       now.numerator, now.denominator, now.value, now.state, now.source, now.printed, now.extracted_on,
       now.document_id, before.value, before.denominator, before.state, before.source,
       goal.scored, goal.maintain
FROM units_unitpath path
JOIN units_unitversion version ON version.unit_id = path.descendant_id AND version.level = %(level)s
     AND version.valid_from <= %(on)s AND (version.valid_to IS NULL OR version.valid_to > %(on)s)
LEFT JOIN units_unitversion above ON above.unit_id = version.parent_id
     AND above.valid_from <= %(on)s AND (above.valid_to IS NULL OR above.valid_to > %(on)s)
LEFT JOIN indicators_measurement now ON now.unit_id = version.unit_id AND now.indicator_id = %(indicator)s
     AND now.period_id = %(period)s AND now.scope = %(scope)s AND now.source IN ({sources})
LEFT JOIN indicators_measurement before ON before.unit_id = version.unit_id
     AND before.indicator_id = %(indicator)s AND before.period_id = %(earlier)s AND before.scope = %(scope)s
     AND before.source IN ({sources})
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
    lists = {"sources": sources, "plans": plans, "area": area}
    holes = {}
    for name, values in lists.items():
        given |= {f"{name}{number}": value for number, value in enumerate(values)}
        # An empty list matches nothing, as NULL does.
        holes[name] = ", ".join(f"%({name}{number})s" for number in range(len(values))) or "NULL"
    with connection.cursor() as cursor:
        cursor.execute(PEERS.format(**holes), given)
        rows = cursor.fetchall()
    place: dict[str | None, int] = {name: number for number, name in enumerate(sources)} | {
        None: len(sources)
    }
    found: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        standing = found.get(row[0])
        if standing is None:
            found[row[0]] = row
            continue
        # A row for each pair of sources that the two periods have: the best of each is looked for on its own.
        if place[row[NOW + 4]] < place[standing[NOW + 4]]:
            standing = standing[:NOW] + row[NOW:BEFORE] + standing[BEFORE:]
        if place[row[BEFORE + 3]] < place[standing[BEFORE + 3]]:
            standing = standing[:BEFORE] + row[BEFORE:GOAL] + standing[GOAL:]
        found[row[0]] = standing
    return _read(found.values())


def _read(rows: Iterable[tuple[Any, ...]]) -> list[Peer]:
    """Return the rows with decimals and days as the models' own fields read them: SQLite gives floats, texts."""
    decimal, day = _reader(Measurement, "value"), _reader(Measurement, "extracted_on")
    flag = _reader(Assignment, "maintain")
    return [
        Peer._make(
            (*r[:6], decimal(r[6]), *r[7:10], day(r[10]), r[11], decimal(r[12]), *r[13:16], decimal(r[16]))
            + (flag(r[17]),)
        )
        for r in rows
    ]


def _reader(model: type[Model], field: str) -> Callable[[Any], Any]:
    column = model._meta.get_field(field).get_col(model._meta.db_table)  # type: ignore[union-attr]
    converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
    if not converters:
        return lambda value: value
    [convert] = converters
    return lambda value: None if value is None else convert(value, column, connection)
