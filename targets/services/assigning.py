"""Assigning: the plan's rules over the official figures of its baseline period."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from dvctt.lib import numbers
from indicators import selectors as indicator_selectors
from targets import rules, selectors
from targets.models import Assignment, Plan, PlanState, Rule
from targets.rules import Decision, ReadyRule
from targets.selectors.ruling import baseline_of
from targets.services.errors import PlanIssued
from units import selectors as unit_selectors

if TYPE_CHECKING:
    from accounts.models import User

# Column → its type in the JSON that carries all rows in one statement, however many there are.
_COLUMNS: Final = {
    "unit_id": "bigint",
    "indicator_id": "bigint",
    "rule_id": "bigint",
    "baseline": "numeric",
    "baseline_numerator": "bigint",
    "baseline_denominator": "bigint",
    "baseline_printed": "text",
    "baseline_state": "text",
    "assigned": "numeric",
    "stretch": "numeric",
    "scored": "numeric",
    "maintain": "boolean",
    "wording": "text",
}


@transaction.atomic
def assign_targets(*, plan: Plan, by: User | None = None, at: datetime | None = None) -> list[Assignment]:
    """Assign the draft's targets anew and return them, with rule, unit and indicator.

    Units are those below the owner on `units_on`; baselines the official figures of the baseline period as
    they stand now, kept with each assignment. A unit without a number gets what its rule says of that; one
    that gets nothing is found by selectors.uncovered. The number of statements does not grow with the units.
    Raises PlanIssued, and RulesTie where two rules of one precedence cover a unit; nothing is written then.
    """
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if locked.state != PlanState.DRAFT:
        raise PlanIssued(f"Kế hoạch “{locked.code}” đã ban hành nên không giao lại được.")
    rows = _rows(locked)
    Assignment.objects.filter(plan=locked).delete()
    _store(locked, rows)
    plan.assigned_at, plan.assigned_by = at, by
    plan.save(update_fields=["assigned_at", "assigned_by"])
    return list(
        Assignment.objects.filter(plan=locked)
        .select_related("plan", "plan__baseline_period", "rule", "unit", "indicator")
        .order_by("pk")
    )


def _rows(plan: Plan) -> list[list[Any]]:
    members = selectors.members_of(unit_selectors.below(ancestor=plan.owner, on=plan.units_on))
    by_indicator: dict[int, list[Rule]] = defaultdict(list)
    for rule in plan.rules.select_related("indicator").order_by("position"):
        by_indicator[rule.indicator_id].append(rule)
    rows: list[list[Any]] = []
    for indicator_id, rules_of_one in by_indicator.items():
        figures = indicator_selectors.official_figures(
            indicator=rules_of_one[0].indicator,
            period=plan.baseline_period,
            within=plan.owner,
            on=plan.units_on,
            source=plan.baseline_source or None,
        )
        scoped_rules = [selectors.scoped(rule) for rule in rules_of_one]
        at_position: dict[int, tuple[Rule, ReadyRule]] = {
            rule.position: (rule, selectors.ready(rule)) for rule in rules_of_one
        }
        for member in members:
            chosen = rules.governing(scoped_rules, member)
            if chosen is None:
                continue
            rule, ready = at_position[chosen.position]
            figure = figures.get(member.unit_id)
            baseline = baseline_of(figure)
            decision = ready.decide(baseline)
            if not isinstance(decision, Decision):
                continue
            rows.append(
                [
                    member.unit_id,
                    indicator_id,
                    rule.pk,
                    numbers.plain(baseline.value),
                    baseline.numerator,
                    baseline.denominator,
                    baseline.printed,
                    figure.state if figure else "",
                    numbers.plain(decision.assigned),
                    numbers.plain(decision.stretch),
                    numbers.plain(decision.scored),
                    decision.maintain,
                    decision.wording,
                ]
            )
    return rows


def _store(plan: Plan, rows: list[list[Any]]) -> None:
    names = ", ".join(_COLUMNS)
    if connection.vendor == "postgresql":
        # The rows as a JSON array of arrays: ->> gives text, which the column's type reads exactly.
        values = ", ".join(f"(r.cells ->> {place})::{kind}" for place, kind in enumerate(_COLUMNS.values()))
        source = "jsonb_array_elements(%s::jsonb) AS r(cells)"
    else:
        values = ", ".join(f"json_extract(r.value, '$[{place}]')" for place in range(len(_COLUMNS)))
        source = "json_each(%s) AS r"
    statement = f"INSERT INTO targets_assignment (plan_id, {names}) SELECT %s, {values} FROM {source}"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute(statement, [plan.pk, json.dumps(rows)])
