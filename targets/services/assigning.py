"""Assigning: the plan's rules over the official figures of its baseline period."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from dvctt.copying import copy_rows, figure_cells
from targets import selectors
from targets.models import Assignment, Plan
from targets.rules import Decision
from targets.services.locking import locked_draft

if TYPE_CHECKING:
    from accounts.models import User

_COLUMNS: Final = (
    "plan_id",
    "unit_id",
    "indicator_id",
    "rule_id",
    "override_id",
    "baseline",
    "baseline_numerator",
    "baseline_denominator",
    "baseline_printed",
    "baseline_state",
    "baseline_source",
    "baseline_note",
    "baseline_measurement",
    "floor",
    "floor_is_strict",
    "floor_is_owners",
    "proposed",
    "assigned",
    "stretch",
    "scored",
    "is_strict",
    "maintain",
    "wording",
)
_NO_FIGURE: Final = ("", "", "", None)
_NO_FLOOR: Final = (None, False, False)


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
    with _without_looking_for_cycles():
        # All are reckoned before any is stored: that reads from the database, which COPY would be using.
        rows = list(_rows(plan))
        Assignment.objects.filter(plan=plan).delete()
        with connection.cursor() as cursor:
            copy_rows(cursor, "targets_assignment", _COLUMNS, rows)
    plan.assigned_at, plan.assigned_by = at, by
    plan.save(update_fields=["assigned_at", "assigned_by"])
    return len(rows)


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """Hundreds of thousands of rows, none of them in a cycle: Python need not look through them again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _rows(plan: Plan) -> Iterator[tuple[Any, ...]]:
    plan_id, cell = plan.pk, figure_cells()
    for indicator, member, rule, figure, baseline, by_rule, override, decision in selectors.outcomes(
        selectors.ground_of(plan)
    ):
        if rule is None or not isinstance(decision, Decision):
            continue
        # A decision's levels are often one and the same number.
        assigned = cell(decision.assigned)
        scored = assigned if decision.scored is decision.assigned else cell(decision.scored)
        stretch: str | float | None = scored
        if decision.stretch is not decision.scored:
            stretch = None if decision.stretch is None else cell(decision.stretch)
        proposed: str | float | None = assigned
        if by_rule is not decision:
            proposed = cell(by_rule.assigned) if isinstance(by_rule, Decision) else None
        floor = baseline.floor
        given = _NO_FLOOR if floor is None else (cell(floor.value), floor.is_strict, floor.is_owners)
        # A sum is no stored figure; its note says which quarters it is made of.
        told = (
            _NO_FIGURE
            if figure is None
            else (figure.state, figure.source, selectors.note_of_sum(figure), figure.measurement_id or None)
        )
        yield (
            plan_id,
            member.unit_id,
            indicator.id,
            rule.id,
            override.pk if override else None,
            None if baseline.value is None else cell(baseline.value),
            baseline.numerator,
            baseline.denominator,
            baseline.printed,
            *told,
            *given,
            proposed,
            assigned,
            stretch,
            scored,
            decision.is_strict,
            decision.maintain,
            decision.wording,
        )
