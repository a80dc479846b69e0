"""Chỉ tiêu cấp tỉnh: Phụ lục I of Kế hoạch 269/KH-UBND (Quảng Ninh), for any plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dvctt.lib import numbers
from indicators.models import State
from reports.appendices.content import Appendix, AppendixRefused, AppendixRow, CellValue, Column, Table
from reports.appendices.phrases import STATE_WORDING, printed_rate
from reports.appendices.plan_words import (
    NO_FIGURE,
    NOTHING,
    baseline_cell,
    baseline_text,
    central_cells,
    due_text,
    footnotes,
    number_cell,
    paper_code,
    reference,
    target_cell,
    title,
)
from reports.selectors.plan_book import IndicatorPart, PlanBook
from reports.wording import NOT_CONVERTIBLE
from targets import selectors as target_selectors
from targets.models import Assignment
from units.models import Level

LEVELS: Final = (Level.SO, Level.HUYEN, Level.XA)


@dataclass(frozen=True, slots=True)
class _Counts:
    """One unit's figure of the baseline period: its counts where the source told them."""

    has_number: bool
    numerator: int | None
    denominator: int | None


def targets_by_level(book: PlanBook) -> Appendix:
    """For each indicator: the result of the whole, what was assigned from above, and what each level gets."""
    if not any(part.lines for part in book.parts):
        raise AppendixRefused(f"Kế hoạch “{book.plan.name}” chưa giao chỉ tiêu nào; hãy giao chỉ tiêu trước.")
    due = due_text(book.plan)
    columns = (
        Column("TT", 6),
        Column("Chỉ tiêu", 36, "left"),
        Column("Đơn vị tính", 9),
        Column(f"Kết quả {baseline_text(book)}", 14),
        Column("Trung ương giao", 10),
        Column("Văn bản Trung ương giao", 20, "left"),
        Column(f"Chỉ tiêu giao {book.owner.full_name} đến {due}", 16),
        *(Column(f"Chỉ tiêu giao {_lower(str(level.label))} đến {due}", 20) for level in LEVELS),
        Column("Ghi chú", 30, "left"),
    )
    rows = []
    for number, part in enumerate(book.parts, start=1):
        result, note = _result(book, part)
        rows.append(
            AppendixRow(
                (
                    number,
                    part.indicator.name,
                    part.indicator.unit_of_measure,
                    result,
                    *central_cells(part),
                    _own_target(book, part),
                    *(_of_level(book, part, level.value) for level in LEVELS),
                    note,
                )
            )
        )
    return Appendix(
        code=paper_code(book.plan, "cap-tinh"),
        label="PHỤ LỤC II",
        title=title(book, f"CHỈ TIÊU NĂM {book.plan.year} CỦA {book.owner.full_name.upper()}"),
        reference=reference(book),
        remark="",
        tables=[Table("Chỉ tiêu theo cấp", columns, rows)],
        footnotes=footnotes(book, book.parts),
        landscape=True,
    )


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _own(book: PlanBook, part: IndicatorPart) -> Assignment | None:
    return next(
        (line.assignment for line in part.lines if line.name.unit_id == book.plan.owner_id),
        None,
    )


def _result(book: PlanBook, part: IndicatorPart) -> tuple[CellValue, str]:
    """Return the result of the whole and how it was found: the owner's own figure, else the units' sum.

    Targets keep the figures that they were made from; only units without a target are read as they stand now.
    """
    indicator, own = part.indicator, _own(book, part)
    if own is not None and own.baseline is not None:
        return baseline_cell(own), f"Số của {book.owner.full_name}"
    left = [one.name.unit_id for one in part.waiting]
    figures = target_selectors.baseline_figures(book.plan, indicator, unit_ids={*left, book.plan.owner_id})
    standing = figures.get(book.plan.owner_id)
    if own is None and standing is not None and standing.value is not None:
        shown = number_cell(standing.value, indicator)
        if indicator.is_rate:
            shown = printed_rate(standing.value, standing.printed)
        return shown, f"Số của {book.owner.full_name}"
    units = [
        _Counts(one.baseline is not None, one.baseline_numerator, one.baseline_denominator)
        for one in (line.assignment for line in part.lines)
        if one.unit_id != book.plan.owner_id
    ]
    units += [
        _Counts(figures[key].value is not None, figures[key].numerator, figures[key].denominator)
        if key in figures
        else _Counts(False, None, None)
        for key in left
        if key != book.plan.owner_id
    ]
    with_number = [one for one in units if one.has_number]
    if not with_number:
        state = standing.state if standing is not None else ""
        return STATE_WORDING.get(State(state), NO_FIGURE) if state else NO_FIGURE, ""
    return _sum(part, with_number, units)


def _sum(part: IndicatorPart, counted: Sequence[_Counts], units: Sequence[_Counts]) -> tuple[CellValue, str]:
    """Add the counts of units; rates are never averaged, nor is a part of them told as the whole."""
    indicator = part.indicator
    covered = f"{numbers.vi_number(len(counted))}/{numbers.vi_number(len(units))} đơn vị có số liệu"
    numerators = [one.numerator for one in counted if one.numerator is not None]
    if len(numerators) < len(counted):
        return NOT_CONVERTIBLE, f"Có đơn vị chỉ có tỷ lệ, không có số hồ sơ ({covered})"
    top = sum(numerators)
    if not indicator.denominator:
        return top, f"Cộng {covered}"
    denominators = [one.denominator for one in counted if one.denominator is not None]
    bottom = sum(denominators)
    if len(denominators) < len(counted) or not bottom:
        return NOT_CONVERTIBLE, f"Có đơn vị chỉ có tỷ lệ, không có số hồ sơ ({covered})"
    value = numbers.rate(numerator=top, denominator=bottom)
    assert value is not None  # noqa: S101  the denominator is not 0
    if not indicator.is_rate:
        value = value / 100
    told = f"{numbers.vi_number(top)}/{numbers.vi_number(bottom)}"
    return number_cell(numbers.round_half_up(value, 2), indicator), f"Cộng {covered}: {told}"


def _own_target(book: PlanBook, part: IndicatorPart) -> CellValue:
    """Return what the owner itself is to reach: its own target, else the plan's goal for the whole."""
    own = _own(book, part)
    if own is not None:
        return target_cell(own)
    if part.told is not None and part.told.goal is not None:
        return number_cell(part.told.goal, part.indicator)
    return "Không giao"


def _of_level(book: PlanBook, part: IndicatorPart, level: str) -> CellValue:
    """Return what a level is assigned: the one target of its units, or the range and how many keep theirs."""
    own = [
        line.assignment
        for line in part.lines
        if line.name.level == level and line.name.unit_id != book.plan.owner_id
    ]
    waiting = sum(
        1 for one in part.waiting if one.name.level == level and one.name.unit_id != book.plan.owner_id
    )
    if not own:
        return f"Chưa giao ({numbers.vi_number(waiting)} đơn vị)" if waiting else "Không giao"
    kept = sum(1 for one in own if one.maintain)
    raised = [one for one in own if not one.maintain]
    levels = {(one.assigned, one.is_strict) for one in raised}
    if len(levels) == 1 and not kept and not waiting:
        return target_cell(raised[0])
    parts = []
    measure = target_selectors.measure_of(part.indicator)
    count = numbers.vi_number(len(raised))
    if len(levels) == 1:
        one = target_cell(raised[0])
        told = one if isinstance(one, str) else measure.official(raised[0].assigned)
        parts.append(f"{told} ({count} đơn vị)")
    elif raised:
        low, high = (measure.official(pick(one.assigned for one in raised)) for pick in (min, max))
        parts.append(f"Từ {low} đến {high} ({count} đơn vị)")
    if kept:
        parts.append(f"duy trì kết quả đạt được ({numbers.vi_number(kept)} đơn vị)")
    if waiting:
        parts.append(f"không có chỉ tiêu ({numbers.vi_number(waiting)} đơn vị)")
    told = "; ".join(parts)
    return told[:1].upper() + told[1:] if told else NOTHING
