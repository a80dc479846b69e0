"""A file against the figures of earlier periods: unlikely jumps, and what was carried over."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from dvctt.lib.numbers import vi_number, vi_percent
from imports.models import BatchState, Row
from imports.rules.problems import WARNING
from imports.services.comparing import BatchPlan
from indicators.models import Measurement, Period
from indicators.rules.jumps import FEWEST_PERIODS, MOST_PERIODS, jump_score


def check_history(*, result: BatchPlan) -> None:
    """Warn of figures that the units' own history makes unlikely and of counts not carried over."""
    _check_jumps(result)
    _check_carried_over(result)


def _check_jumps(result: BatchPlan) -> None:
    span = result.facts.period
    earlier = list(
        Period.objects.filter(kind=span.kind, ends_on__lt=span.starts_on).order_by("-ends_on")[:MOST_PERIODS]
    )
    if len(earlier) < FEWEST_PERIODS:
        return
    units = {row.placed.unit_id for row in result.rows_to_write}
    past: dict[tuple[int, int], list[Decimal]] = defaultdict(list)
    earlier_figures = Measurement.objects.filter(
        source=result.facts.source,
        scope="own",
        indicator__in=result.indicators.values(),
        period__in=earlier,
        unit__in=units,
        value__isnull=False,
    ).values_list("unit_id", "indicator_id", "value")
    for unit_id, indicator_id, value in earlier_figures:
        if value is not None:
            past[unit_id, indicator_id].append(value)
    for row, figure in result.figures():
        values = past.get((row.placed.unit_id or 0, result.indicators[figure.indicator].pk), ())
        if figure.value is None or len(values) < FEWEST_PERIODS:
            continue
        jump = jump_score(figure.value, values)
        if jump is not None:
            show = vi_percent if result.indicators[figure.indicator].is_rate else vi_number
            row.add(
                "jump",
                WARNING,
                f"“{figure.column}” {show(figure.value, 2)} khác hẳn {len(values)} kỳ trước của đơn vị "
                f"(giữa {show(min(values), 2)} và {show(max(values), 2)}, trung vị {show(jump.median, 2)}); "
                "hãy kiểm tra lại.",
                figure.column,
            )


def _check_carried_over(result: BatchPlan) -> None:
    """Hold what is carried over from the period before against what that period left pending."""
    layout, span = result.tables.layout, result.facts.period
    if not layout.opening:
        return
    closing = dict(
        Row.objects.filter(
            batch__state=BatchState.COMMITTED,
            batch__source=result.facts.source,
            batch__period__kind=span.kind,
            batch__period__ends_on=span.starts_on - timedelta(days=1),
            closing__isnull=False,
            refused=False,
            unit__in={row.placed.unit_id for row in result.file.unit_rows if row.placed.unit_id is not None},
        )
        .order_by("batch_id")
        .values_list("unit_id", "closing")
    )
    for row in result.file.unit_rows:
        opened = row.read.counts.get(layout.opening)
        left = closing.get(row.placed.unit_id or 0)
        header = row.placed.row.header.cell(layout.opening)
        if opened is None or left is None or opened == left or header is None:
            continue
        row.add(
            "carried_over_differs",
            WARNING,
            f"“{header.label}” {vi_number(opened)} nhưng kỳ trước còn lại {vi_number(left)} "
            f"(chênh {vi_number(abs(opened - left))}): giữ số đã in.",
            header.label,
        )
