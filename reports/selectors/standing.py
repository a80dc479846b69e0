"""How one figure stands, for league tables and the heat map alike: does it count, and how near is its target.

Also what both say of all figures together: their total, their sources, and by whose plans they are judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Protocol, TypeVar

from documents.models import Document
from dvctt.lib import names
from indicators import rules as indicator_rules
from indicators.models import NO_FIGURE, Direction, Indicator, Source, State
from reports.selectors.peers import Area, province_of
from targets.rules import judging
from targets.rules.judging import Bands
from units.models import Unit

STATE_LABELS: Final[dict[str, str]] = {state.value: str(state.label) for state in State}
RANKED_STATE: Final = STATE_LABELS[State.NUMBER]


class Told(Protocol):
    """A unit's official figure with where it comes from; None where there is none."""

    @property
    def numerator(self) -> int | None: ...
    @property
    def denominator(self) -> int | None: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def state(self) -> str | None: ...
    @property
    def source(self) -> str | None: ...
    @property
    def extracted_on(self) -> date | None: ...
    @property
    def document_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source that a table draws on: for how many figures, extracted when, published in which documents."""

    source: str
    label: str
    units: int
    extracted_on: tuple[date, ...]
    documents: tuple[Document, ...]


def why_unranked(
    state: str | None, value: Decimal | None, denominator: int | None, indicator: Indicator
) -> str:
    """Return why a figure is neither ranked nor judged, "" for one that is; no state at all is no figure."""
    if state is None:
        return NO_FIGURE
    if state != State.NUMBER or value is None:
        return STATE_LABELS[state]
    if denominator is not None and denominator < indicator.min_cases:
        return judging.TOO_FEW
    return ""


def status_of(
    value: Decimal | None,
    scored: Decimal | None,
    indicator: Indicator,
    *,
    bands: Bands,
    is_strict: bool,
    maintain: bool,
) -> str:
    """Return the band of a ranked figure against what the unit was assigned; NONE without a target."""
    return judging.band(
        value=value,
        target=scored,
        higher_is_better=indicator.direction == Direction.UP,
        bands=bands,
        is_strict=is_strict,
        maintain=maintain,
    )


def total_of(figures: Iterable[Told], indicator: Indicator) -> indicator_rules.Total | None:
    """Return the figures added up, or None ("không quy đổi được") where a number came without counts.

    A unit in which nothing arose adds nothing; one without a figure is missing from the sum, and the coverage
    beside it says so.
    """
    return indicator_rules.total(
        (
            indicator_rules.Counted(one.numerator, one.denominator, one.value)
            for one in figures
            if one.state == State.NUMBER
        ),
        is_rate=indicator.is_rate,
        has_denominator=bool(indicator.denominator),
    )


def sources_used(figures: Iterable[Told]) -> tuple[SourceUse, ...]:
    """Return the sources of these figures, the most used first, with their documents. One query at most."""
    by_source: dict[str, list[Told]] = defaultdict(list)
    for one in figures:
        if one.source:
            by_source[one.source].append(one)
    rests_on = {name: {one.document_id for one in group} - {None} for name, group in by_source.items()}
    documents = Document.objects.in_bulk(set().union(*rests_on.values())) if any(rests_on.values()) else {}
    return tuple(
        SourceUse(
            source=name,
            label=str(Source(name).label),
            units=len(group),
            extracted_on=tuple(sorted({one.extracted_on for one in group if one.extracted_on})),
            documents=tuple(document for pk, document in sorted(documents.items()) if pk in rests_on[name]),
        )
        for name, group in sorted(by_source.items(), key=lambda item: -len(item[1]))
    )


def owners_of_plans(area: Sequence[Area], on: date) -> list[Unit]:
    """Return the provinces of the area that may have a plan; of several only those that have one."""
    if len(area) > 1:
        ids = [name.unit_id for name in area]
        return list(Unit.objects.filter(pk__in=ids, plans__isnull=False).distinct())
    owners = []
    for name in area:
        unit = Unit(pk=name.unit_id)
        owner = unit if name.parent_id is None else province_of(unit=unit, on=on)
        if owner is not None:
            owners.append(owner)
    return owners


class Named(Protocol):
    """A line of a table that a search may find."""

    @property
    def unit(self) -> str: ...
    @property
    def parent(self) -> str: ...


Line = TypeVar("Line", bound=Named)


def matching(rows: Sequence[Line], search: str) -> tuple[Line, ...]:
    """Return the rows whose unit, or what is above it, has the words."""
    return tuple(names.matching(search, rows, name=lambda row: f"{row.unit} {row.parent}"))
