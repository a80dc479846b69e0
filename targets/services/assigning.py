"""Assigning: the plan's rules over the official figures of its baseline period."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from dvctt.lib import numbers
from targets import selectors
from targets.models import Assignment, Plan
from targets.rules import Decision
from targets.services.locking import locked_draft

if TYPE_CHECKING:
    from accounts.models import User

# Column → its type in the JSON that carries all rows in one statement, however many there are.
_COLUMNS: Final = {
    "unit_id": "bigint",
    "indicator_id": "bigint",
    "rule_id": "bigint",
    "override_id": "bigint",
    "baseline": "numeric",
    "baseline_numerator": "bigint",
    "baseline_denominator": "bigint",
    "baseline_printed": "text",
    "baseline_state": "text",
    "baseline_source": "text",
    "baseline_note": "text",
    "baseline_measurement": "bigint",
    "floor": "numeric",
    "proposed": "numeric",
    "assigned": "numeric",
    "stretch": "numeric",
    "scored": "numeric",
    "is_strict": "boolean",
    "maintain": "boolean",
    "wording": "text",
}


@transaction.atomic
def assign_targets(*, plan: Plan, by: User | None = None, at: datetime | None = None) -> list[Assignment]:
    """Assign the draft's targets anew and return them, with rule, unit and indicator.

    Units are the owner and those below it on `units_on`; baselines the official figures of the baseline
    period as they stand now, kept with each assignment. A unit without a number gets what its rule says of
    that; one that gets nothing is found by selectors.uncovered.
    Raises PlanIssued, and RulesTie where two rules of one precedence cover a unit; nothing is written then.
    """
    store_targets(plan=locked_draft(plan), by=by, at=at)
    plan.refresh_from_db(fields=["assigned_at", "assigned_by"])
    return list(
        Assignment.objects.filter(plan=plan)
        .select_related("plan__baseline_period", "plan__parent__document", "rule", "unit", "indicator")
        .select_related("override__by")
        .order_by("pk")
    )


def store_targets(*, plan: Plan, by: User | None, at: datetime | None) -> int:
    """Replace the assignments of a locked draft and return how many there are now.

    The number of statements does not grow with the units. Raises RulesTie.
    """
    rows = _rows(plan)
    Assignment.objects.filter(plan=plan).delete()
    _store(plan, rows)
    plan.assigned_at, plan.assigned_by = at, by
    plan.save(update_fields=["assigned_at", "assigned_by"])
    return len(rows)


def _rows(plan: Plan) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for one in selectors.outcomes(selectors.ground_of(plan)):
        decision, baseline, figure = one.decision, one.baseline, one.figure
        if one.rule is None or not isinstance(decision, Decision):
            continue
        by_rule = one.by_rule.assigned if isinstance(one.by_rule, Decision) else None
        rows.append(
            [
                one.member.unit_id,
                one.indicator.pk,
                one.rule.pk,
                one.override.pk if one.override else None,
                numbers.plain(baseline.value),
                baseline.numerator,
                baseline.denominator,
                baseline.printed,
                figure.state if figure else "",
                figure.source if figure else "",
                selectors.note_of_sum(figure),
                # A sum is no stored figure; its note says which quarters it is made of.
                (figure.measurement_id or None) if figure else None,
                numbers.plain(baseline.floor.value) if baseline.floor else None,
                numbers.plain(by_rule),
                numbers.plain(decision.assigned),
                numbers.plain(decision.stretch),
                numbers.plain(decision.scored),
                decision.is_strict,
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
