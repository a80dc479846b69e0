"""What tests of the heat map share: scenes of several indicators, and the league table as its oracle."""

from __future__ import annotations

from typing import Any

from indicators.models import Indicator, Period
from reports.selectors.heat_map import HeatMap, HeatRow, heat_map
from reports.selectors.league import LeagueRow, league
from targets.models import Assignment, Plan, Rule
from tests.indicators.builders import make_indicator
from tests.reports.tables import Scene
from units.models import Unit


def table(scene: Scene, **more: Any) -> HeatMap:
    options: dict[str, Any] = {"period": scene.period, "level": "xa", "within": scene.province} | more
    return heat_map(**options)


def row_of(found: HeatMap, unit: Unit) -> HeatRow:
    return next(row for row in found.rows if row.unit_id == unit.pk)


def make_indicators(count: int) -> list[Indicator]:
    return [make_indicator(f"CT{number}", short_name=f"Chỉ tiêu {number}") for number in range(1, count + 1)]


def assign_more(plan: Plan, indicator: Indicator, targets: dict[Unit, str]) -> None:
    """Let a plan that is a draft still assign another indicator too."""
    rule = Rule.objects.create(
        plan=plan,
        indicator=indicator,
        label="mọi đơn vị",
        scope={},
        kind="fixed",
        parameters={"value": 90},
        precedence=1,
        position=plan.rules.count() + 1,
    )
    Assignment.objects.bulk_create(
        Assignment(
            plan=plan,
            unit=unit,
            indicator=indicator,
            rule=rule,
            assigned=target,
            scored=target,
            wording=f"{target}%",
        )
        for unit, target in targets.items()
    )


def assert_as_the_leagues_say(
    *, period: Period, level: str, within: Unit | None, expected_columns: int | None = None
) -> HeatMap:
    """Each cell has the value, state, target and band of the unit's row in its indicator's league table."""
    found = heat_map(period=period, level=level, within=within)
    assert expected_columns is None or len(found.columns) == expected_columns
    for place, column in enumerate(found.columns):
        one = league(indicator=column.indicator, period=period, level=level, within=within, compare_with=None)
        rows: dict[int, LeagueRow] = {row.unit_id: row for row in (*one.all_rows, *one.unranked)}
        assert {row.unit_id: told(row.cells[place]) for row in found.rows} == {
            unit_id: told(row) for unit_id, row in rows.items()
        }, column.indicator.code
        assert (column.total, column.median) == (one.total, one.median)
        ranked = [row for row in one.all_rows if row.target is not None]
        assert column.judged == len(ranked)
        assert column.reached == sum(1 for row in ranked if row.status in {"met", "maintain"})
        if ranked:
            assert {plan.pk for plan in one.plans} & {plan.pk for plan in found.plans}
    return found


def told(one: Any) -> tuple[Any, ...]:
    return (one.value, one.numerator, one.denominator, one.state, one.target, one.status)
