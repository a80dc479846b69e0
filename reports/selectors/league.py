"""League tables: peers of one level ranked by one indicator, on the units of the period's last day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from dvctt.lib import numbers, ranking
from dvctt.lib.names import reading_order
from indicators import rules as indicator_rules
from indicators.models import Direction, Indicator, Period, Source
from reports import rules
from reports.selectors.peers import Area, Peer, area_of, earlier_period, peers_of
from reports.selectors.standing import (
    RANKED_STATE,
    SourceUse,
    matching,
    owners_of_plans,
    sources_used,
    status_of,
    total_of,
    why_unranked,
)
from targets import selectors as target_selectors
from targets.models import Plan
from targets.rules import judging
from targets.rules.judging import Bands
from units.models import Unit


class LeagueRow(NamedTuple):
    """One unit's line. `place` is the rank as shown ("2="); an unranked line has rank None and a reason.

    A tuple, since a table makes hundreds of them and a frozen dataclass takes four times as long to make.
    """

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
    is_strict: bool = False

    @property
    def rounded_target(self) -> Decimal | None:
        """The target as it is shown: a kept result has ten decimals, a table shows two."""
        return None if self.target is None else numbers.round_half_up(self.target, 2)


@dataclass(frozen=True, slots=True)
class League:
    """A league table. `rows` are ranked, best first; `unranked` are the rest, by state and name.

    A search narrows `rows` and `unranked` and nothing else: ranks, coverage and total are of all peers.
    """

    indicator: Indicator
    period: Period
    level: str
    on: date
    area: tuple[Area, ...]
    rows: tuple[LeagueRow, ...]
    unranked: tuple[LeagueRow, ...]
    ranked: int
    units: int
    total: indicator_rules.Total | None
    median: Decimal | None
    sources: tuple[SourceUse, ...]
    plans: tuple[Plan, ...]
    compare_with: Period | None
    states: Mapping[str, int]
    is_simulated: bool
    search: str
    all_rows: tuple[LeagueRow, ...]

    @property
    def bands(self) -> Bands:
        """The bands of the plan that judges; the usual ones where none does, or several each for its own."""
        return self.plans[0].bands if len(self.plans) == 1 else judging.USUAL

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
    earlier = earlier_period(period) if compare_with == "previous" else compare_with
    order = [source] if source else list(indicator.sources)
    plans = (plan,) if plan is not None else _plans(area, indicator, period, day)
    peers = peers_of(
        indicator=indicator,
        period=period,
        earlier=earlier,
        level=level,
        area=[name.unit_id for name in area],
        on=day,
        sources=order,
        plans=[one.pk for one in plans],
    )
    if not any(peer.earlier_value is not None for peer in peers):
        earlier = None  # better no column than a column of dashes
    ranked, unranked = _rows(peers, indicator, {one.pk: one.bands for one in plans})
    return League(
        indicator=indicator,
        period=period,
        level=level,
        on=day,
        area=area,
        rows=matching(ranked, search),
        unranked=matching(unranked, search),
        ranked=len(ranked),
        units=len(peers),
        total=total_of(peers, indicator),
        median=rules.median([row.value for row in ranked if row.value is not None]),
        sources=sources_used(peers),
        plans=plans,
        compare_with=earlier,
        states=Counter(row.state for row in unranked),
        is_simulated=source == Source.SIMULATED,
        search=search,
        all_rows=tuple(ranked),
    )


def _rows(
    peers: Sequence[Peer], indicator: Indicator, bands: Mapping[int, Bands]
) -> tuple[list[LeagueRow], list[LeagueRow]]:
    """Return the ranked rows, best first, and the others, by state and place."""
    upward = indicator.direction == Direction.UP
    numbered: list[Peer] = []
    unranked: list[LeagueRow] = []
    for peer in peers:
        state = why_unranked(peer.state, peer.value, peer.denominator, indicator)
        if state:
            unranked.append(_unranked_row(peer, state))
        else:
            numbered.append(peer)
    values = {peer.unit_id: peer.value for peer in numbered if peer.value is not None}
    ranks = ranking.competition_ranks(list(values.values()), higher_is_better=upward)
    shared = {rank for rank, count in Counter(ranks).items() if count > 1}
    before = {
        peer.unit_id: peer.earlier_value
        for peer in peers
        if peer.earlier_value is not None
        and not why_unranked(peer.earlier_state, peer.earlier_value, peer.earlier_denominator, indicator)
    }
    moves = rules.rank_changes(now=values, before=before, higher_is_better=upward) if before else {}
    ranked = [
        _ranked_row(peer, rank, rank in shared, indicator, before, moves, bands)
        for peer, rank in zip(numbered, ranks, strict=True)
    ]
    ranked.sort(key=lambda row: (row.rank or 0, reading_order(row.unit), row.parent))
    unranked.sort(key=lambda row: (row.state, reading_order(row.parent), reading_order(row.unit)))
    return ranked, unranked


def _ranked_row(
    peer: Peer,
    rank: int,
    tied: bool,
    indicator: Indicator,
    before: Mapping[int, Decimal],
    moves: Mapping[int, int],
    bands: Mapping[int, Bands],
) -> LeagueRow:
    upward = indicator.direction == Direction.UP
    value, scored = peer.value, peer.target
    earlier = before.get(peer.unit_id)
    gap, lacking, status = None, None, judging.NONE
    if scored is not None:
        gap = judging.gap(value=value, target=scored, higher_is_better=upward)
        status = status_of(
            value,
            scored,
            indicator,
            bands=bands.get(peer.plan_id or 0, judging.USUAL),
            is_strict=bool(peer.is_strict),
            maintain=bool(peer.maintain),
        )
        if indicator.is_rate:
            lacking = judging.missing_cases(
                value=value,
                target=scored,
                numerator=peer.numerator,
                denominator=peer.denominator,
                higher_is_better=upward,
                is_strict=bool(peer.is_strict),
            )
    return LeagueRow(
        rank,
        rules.place(rank, tied=tied),
        peer.unit_id,
        peer.unit,
        peer.parent_id,
        peer.parent or "",
        value,
        peer.numerator,
        peer.denominator,
        RANKED_STATE,
        "",
        scored,
        gap,
        lacking,
        status,
        None if earlier is None or value is None else value - earlier,
        moves.get(peer.unit_id),
        peer.source or "",
        peer.printed or "",
        bool(peer.is_strict),
    )


def _unranked_row(peer: Peer, state: str) -> LeagueRow:
    too_few = state == judging.TOO_FEW
    return LeagueRow(
        None,
        "",
        peer.unit_id,
        peer.unit,
        peer.parent_id,
        peer.parent or "",
        peer.value if too_few else None,
        peer.numerator,
        peer.denominator,
        state,
        f"{state} ({numbers.vi_counts(peer.numerator, peer.denominator)})" if too_few else state,
        peer.target,
        None,
        None,
        judging.NONE,
        None,
        None,
        peer.source or "",
        peer.printed or "",
        bool(peer.is_strict),
    )


def _plans(area: Sequence[Area], indicator: Indicator, period: Period, on: date) -> tuple[Plan, ...]:
    """Return the plans by which the provinces of the area judge the period."""
    judging = (
        target_selectors.plan_judging(province=owner, indicator=indicator, period=period)
        for owner in owners_of_plans(area, on)
    )
    return tuple(plan for plan in judging if plan is not None)
