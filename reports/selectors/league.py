"""League tables: peers of one level ranked by one indicator, on the units of the period's last day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from documents.models import Document
from dvctt.lib import names, numbers, ranking
from indicators import selectors as indicator_selectors
from indicators.models import (
    NO_FIGURE,
    Direction,
    Indicator,
    Measurement,
    Period,
    Source,
    State,
)
from indicators.selectors import Figure
from reports import rules
from reports.selectors.peers import area_of, earlier_period, peers_of, province_of, reading_order
from targets import selectors as target_selectors
from targets.models import Plan
from targets.selectors import TargetOf
from units.models import Unit, in_force
from units.selectors import NameAt

STATE_LABELS: Final[dict[str, str]] = {state.value: str(state.label) for state in State}


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """One unit's line. `place` is the rank as shown ("2="); an unranked line has rank None and a reason."""

    rank: int | None
    place: str
    unit_id: int
    unit: str
    parent_id: int | None
    parent: str
    value: Decimal | None
    numerator: int | None
    denominator: int | None
    state: str
    reason: str
    target: Decimal | None
    gap: Decimal | None
    lacking: int | None
    status: str
    change: Decimal | None
    rank_change: int | None
    source: str
    printed: str

    @property
    def rounded_target(self) -> Decimal | None:
        """The target as it is shown: a kept result has ten decimals, a table shows two."""
        return None if self.target is None else numbers.round_half_up(self.target, 2)


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source that the table draws on: for how many units, extracted when, published in which documents."""

    source: str
    label: str
    units: int
    extracted_on: tuple[date, ...]
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class League:
    """A league table. `rows` are ranked, best first; `unranked` are the rest, by state and name.

    A search narrows `rows` and `unranked` and nothing else: ranks, coverage and total are of all peers.
    """

    indicator: Indicator
    period: Period
    level: str
    on: date
    area: tuple[NameAt, ...]
    rows: tuple[LeagueRow, ...]
    unranked: tuple[LeagueRow, ...]
    ranked: int
    units: int
    total: rules.Total | None
    median: Decimal | None
    sources: tuple[SourceUse, ...]
    plans: tuple[Plan, ...]
    compare_with: Period | None
    states: Mapping[str, int]
    is_simulated: bool
    search: str
    all_rows: tuple[LeagueRow, ...]

    @property
    def has_targets(self) -> bool:
        return any(row.target is not None for row in self.all_rows)

    @property
    def has_counts(self) -> bool:
        return any(row.denominator is not None or row.numerator is not None for row in self.all_rows)


def league(
    *,
    indicator: Indicator,
    period: Period,
    level: str,
    within: Unit | None,
    on: date | None = None,
    compare_with: Period | Literal["previous"] | None = "previous",
    plan: Plan | None = None,
    source: str | None = None,
    search: str = "",
) -> League:
    """Return the league table of the units of one level inside `within` (None: every province with figures).

    Units are those of `on`, by default the period's last day. `compare_with` "previous" is the period before
    of the same kind, if it has figures. Without `plan` each province's own plan judges its units. With
    `source` only that source is read; simulated figures are seen in no other way. The number of queries does
    not depend on the number of units.
    """
    day = on or period.ends_on
    area = area_of(within=within, period=period, on=day, source=source)
    peers = peers_of(level=level, area=area, within=within, on=day)
    figures = _figures(indicator, period, peers, within, day, source)
    earlier, earlier_figures = _earlier(compare_with, indicator, period, peers, within, day, source)
    plans, targets = _targets(plan, area, indicator, period, within, day)
    upward = indicator.direction == Direction.UP

    values: dict[int, Decimal] = {}
    reasons: dict[int, tuple[str, str]] = {}
    for unit_id in peers:
        figure = figures.get(unit_id)
        state, reason = _unranked_because(figure, indicator)
        if state:
            reasons[unit_id] = (state, reason)
        elif figure is not None and figure.value is not None:
            values[unit_id] = figure.value
    ranks = dict(
        zip(values, ranking.competition_ranks(list(values.values()), higher_is_better=upward), strict=True)
    )
    shared = {rank for rank, count in Counter(ranks.values()).items() if count > 1}
    before = {
        unit_id: figure.value
        for unit_id, figure in earlier_figures.items()
        if figure.value is not None and not _unranked_because(figure, indicator)[0]
    }
    moves = rules.rank_changes(now=values, before=before, higher_is_better=upward) if before else {}
    number = STATE_LABELS[State.NUMBER]
    rows = [
        _ranked_row(
            peers[unit_id],
            figures[unit_id],
            rank=ranks[unit_id],
            place=rules.place(ranks[unit_id], tied=ranks[unit_id] in shared),
            state=number,
            target=targets.get(unit_id),
            before=before.get(unit_id),
            move=moves.get(unit_id),
            upward=upward,
            has_rate=indicator.is_rate,
        )
        for unit_id in values
    ]
    rows.sort(key=lambda row: (row.rank or 0, reading_order(row.unit), row.parent))
    unranked = [
        _unranked_row(peers[unit_id], figures.get(unit_id), state, reason, targets.get(unit_id))
        for unit_id, (state, reason) in reasons.items()
    ]
    unranked.sort(key=lambda row: (row.state, reading_order(row.parent), reading_order(row.unit)))
    used = [figures[unit_id] for unit_id in peers if unit_id in figures]
    return League(
        indicator=indicator,
        period=period,
        level=level,
        on=day,
        area=area,
        rows=_found(rows, search),
        unranked=_found(unranked, search),
        ranked=len(rows),
        units=len(peers),
        total=total_of(used, indicator),
        median=rules.median(list(values.values())),
        sources=sources_used(used, indicator=indicator, period=period, within=within, on=day),
        plans=plans,
        compare_with=earlier,
        states=Counter(row.state for row in unranked),
        is_simulated=any(figure.source == Source.SIMULATED for figure in used) or source == Source.SIMULATED,
        search=search,
        all_rows=tuple(rows),
    )


def total_of(figures: Iterable[Figure], indicator: Indicator) -> rules.Total | None:
    """Return the figures added up, or None ("không quy đổi được") where a number came without counts.

    A unit in which nothing arose adds nothing; one without a figure is missing from the sum, and the coverage
    beside it says so.
    """
    return rules.total(
        (
            rules.Counted(figure.numerator, figure.denominator, figure.value)
            for figure in figures
            if figure.state == State.NUMBER
        ),
        is_rate=indicator.is_rate,
        has_denominator=bool(indicator.denominator),
    )


def sources_used(
    figures: Collection[Figure], *, indicator: Indicator, period: Period, within: Unit | None, on: date
) -> tuple[SourceUse, ...]:
    """Return the sources of these figures, the most used first, with their documents. Two queries."""
    by_source: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        by_source[figure.source].append(figure)
    resting = Measurement.objects.filter(
        indicator=indicator, period=period, source__in=list(by_source), document__isnull=False
    )
    if within is not None:
        resting = resting.filter(in_force(on, "unit__paths_up__"), unit__paths_up__ancestor=within)
    pairs = set(resting.values_list("source", "document").distinct())
    documents = Document.objects.in_bulk([document for _, document in pairs if document is not None])
    labels = dict(Source.choices)
    return tuple(
        SourceUse(
            source=name,
            label=str(labels[Source(name)]),
            units=len(group),
            extracted_on=tuple(sorted({f.extracted_on for f in group if f.extracted_on})),
            documents=tuple(
                sorted(
                    (documents[pk] for source, pk in pairs if source == name and pk in documents),
                    key=lambda document: document.code,
                )
            ),
        )
        for name, group in sorted(by_source.items(), key=lambda item: -len(item[1]))
    )


def _figures(
    indicator: Indicator,
    period: Period,
    peers: Mapping[int, NameAt],
    within: Unit | None,
    on: date,
    source: str | None,
) -> dict[int, Figure]:
    found = indicator_selectors.official_figures(
        indicator=indicator, period=period, within=within, on=on, source=source
    )
    return {unit_id: figure for unit_id, figure in found.items() if unit_id in peers}


def _earlier(
    compare_with: Period | Literal["previous"] | None,
    indicator: Indicator,
    period: Period,
    peers: Mapping[int, NameAt],
    within: Unit | None,
    on: date,
    source: str | None,
) -> tuple[Period | None, dict[int, Figure]]:
    earlier = earlier_period(period) if compare_with == "previous" else compare_with
    if earlier is None:
        return None, {}
    found = _figures(indicator, earlier, peers, within, on, source)
    # A period without a single number tells nothing: better no column than a column of dashes.
    return (earlier, found) if any(figure.value is not None for figure in found.values()) else (None, {})


def _targets(
    plan: Plan | None,
    area: Sequence[NameAt],
    indicator: Indicator,
    period: Period,
    within: Unit | None,
    on: date,
) -> tuple[tuple[Plan, ...], dict[int, TargetOf]]:
    if plan is not None:
        return (plan,), target_selectors.targets_for(indicator=indicator, plan=plan)
    if within is not None:
        province = province_of(unit=within, on=on)
        owners = [] if province is None else [province]
    else:
        ids = [name.unit_id for name in area]
        owners = list(Unit.objects.filter(pk__in=ids, plans__isnull=False).distinct())
    plans: list[Plan] = []
    targets: dict[int, TargetOf] = {}
    for owner in owners:
        judging = target_selectors.plan_judging(province=owner, indicator=indicator, period=period)
        if judging is not None:
            plans.append(judging)
            targets |= target_selectors.targets_for(indicator=indicator, plan=judging)
    return tuple(plans), targets


def _unranked_because(figure: Figure | None, indicator: Indicator) -> tuple[str, str]:
    """Return (state, reason in words) of a figure that is not ranked, ("", "") of one that is."""
    if figure is None:
        return NO_FIGURE, NO_FIGURE
    if figure.state != State.NUMBER or figure.value is None:
        label = STATE_LABELS[figure.state]
        return label, label
    if figure.denominator is not None and figure.denominator < indicator.min_cases:
        return rules.TOO_FEW, f"{rules.TOO_FEW} ({figure.numerator}/{figure.denominator})"
    return "", ""


def _ranked_row(
    name: NameAt,
    figure: Figure,
    *,
    rank: int,
    place: str,
    state: str,
    target: TargetOf | None,
    before: Decimal | None,
    move: int | None,
    upward: bool,
    has_rate: bool,
) -> LeagueRow:
    value = figure.value
    scored = None if target is None else target.scored
    lacking = None
    if has_rate:
        lacking = rules.lacking_cases(
            target=scored,
            numerator=figure.numerator,
            denominator=figure.denominator,
            higher_is_better=upward,
        )
    return LeagueRow(
        rank,
        place,
        name.unit_id,
        name.full_name,
        name.parent_id,
        name.parent_name,
        value,
        figure.numerator,
        figure.denominator,
        state,
        "",
        scored,
        rules.gap(value=value, target=scored, higher_is_better=upward),
        lacking,
        rules.band(
            value=value,
            target=scored,
            higher_is_better=upward,
            maintain=target is not None and target.maintain,
        ),
        None if before is None or value is None else value - before,
        move,
        figure.source,
        figure.printed,
    )


def _unranked_row(
    name: NameAt, figure: Figure | None, state: str, reason: str, target: TargetOf | None
) -> LeagueRow:
    too_few = state == rules.TOO_FEW and figure is not None
    return LeagueRow(
        None,
        "",
        name.unit_id,
        name.full_name,
        name.parent_id,
        name.parent_name,
        figure.value if too_few and figure is not None else None,
        None if figure is None else figure.numerator,
        None if figure is None else figure.denominator,
        state,
        reason,
        None if target is None else target.scored,
        None,
        None,
        rules.NONE,
        None,
        None,
        "" if figure is None else figure.source,
        "" if figure is None else figure.printed,
    )


def _found(rows: Sequence[LeagueRow], search: str) -> tuple[LeagueRow, ...]:
    """Return the rows whose unit, or what is above it, has the words.

    Typed with accents, only names with those accents come, where there are any: Trà Don is not Trà Dơn.
    """
    wanted = names.fold(search)
    if not wanted:
        return tuple(rows)
    hits = [row for row in rows if wanted in f"{reading_order(row.unit)} {reading_order(row.parent)}"]
    typed = names.settle_tones(names.nfc(search)).casefold().strip()
    if typed != wanted:
        exact = [row for row in hits if typed in names.settle_tones(f"{row.unit} {row.parent}").casefold()]
        return tuple(exact or hits)
    return tuple(hits)
