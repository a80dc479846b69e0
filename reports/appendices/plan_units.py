"""Giao chỉ tiêu cho từng đơn vị: Phụ lục III of Kế hoạch 269/KH-UBND (Quảng Ninh), for any plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from dvctt.lib import names
from indicators.models import Source
from indicators.selectors import Figure
from reports.appendices.content import Appendix, AppendixRefused, AppendixRow, CellValue, Column, Table
from reports.appendices.phrases import LEVEL_SHEETS, districts_in_order, people_committee, roman
from reports.appendices.plan_words import (
    NOTHING,
    SIMULATED,
    baseline_cell,
    baseline_text,
    due_text,
    footnotes,
    headed,
    paper_code,
    reference,
    stretch_cell,
    target_cell,
    title,
)
from reports.selectors.plan_book import IndicatorPart, PlanBook
from targets import selectors as target_selectors
from targets.models import Assignment
from targets.selectors import AssignmentLine
from units.models import Level
from units.selectors import NameAt

# As Quảng Ninh's table heads the counts of this indicator; others are headed by their own numerator and
# denominator.
COUNT_HEADERS: Final = {"HSTT": ("Tổng số hồ sơ", "Tổng số hồ sơ trực tuyến")}
FIRST_NUMBER: Final = 3
"""Catalogue and table by level come before it; further indicators count on."""


def targets_of_units(book: PlanBook, part: IndicatorPart) -> Appendix:
    """Every target of one indicator, by level and district, each on the result that it was made from."""
    indicator = part.indicator
    if not part.lines:
        raise AppendixRefused(
            f"Kế hoạch “{book.plan.name}” chưa giao chỉ tiêu {indicator.short_name} cho đơn vị nào của "
            f"{book.owner.full_name}; hãy giao chỉ tiêu trước."
        )
    figures = target_selectors.baseline_figures(book.plan, indicator)
    has_counts = any(line.assignment.baseline_denominator is not None for line in part.lines)
    columns = _columns(book, part, has_counts=has_counts)

    def row(number: int, line: AssignmentLine) -> AppendixRow:
        one = line.assignment
        counts: tuple[CellValue, ...] = ()
        if has_counts:
            counts = (_count(one.baseline_denominator), _count(one.baseline_numerator))
        stretch = (stretch_cell(one),) if part.has_stretch else ()
        return AppendixRow(
            (
                number,
                _authority(line.name),
                *counts,
                baseline_cell(one),
                target_cell(one),
                *stretch,
                _note(one, figures),
            )
        )

    def tables() -> Iterable[Table]:
        own = [line for line in part.lines if line.name.unit_id == book.plan.owner_id]
        if own:
            yield Table("Đơn vị giao", columns, [row(1, own[0])])
        for level, sheet in LEVEL_SHEETS:
            members = [line for line in part.lines if line.name.level == level and line not in own]
            members.sort(key=lambda line: names.reading_order(line.name.full_name))
            if not members:
                continue
            rows: list[AppendixRow] = []
            for heading, group in _groups(book, members, level):
                if heading:
                    rows.append(AppendixRow((heading, *([None] * (len(columns) - 1))), is_group=True))
                rows.extend(row(number, line) for number, line in enumerate(group, start=1))
            yield Table(sheet, columns, rows)

    place = book.parts.index(part)
    # A plan of a province speaks to departments and districts; a district's to its own units.
    whom = "CÁC SỞ, NGÀNH, ĐỊA PHƯƠNG" if book.owner.level == Level.TINH else "CÁC ĐƠN VỊ"
    return Appendix(
        code=paper_code(book.plan, "giao-chi-tieu", indicator.code),
        label=f"PHỤ LỤC {roman(FIRST_NUMBER + place)}",
        title=title(book, f"GIAO CHỈ TIÊU {headed(indicator).upper()} CHO {whom}"),
        reference=reference(book),
        remark="",
        tables=list(tables()),
        footnotes=footnotes(book, [part]),
        landscape=True,
    )


def _columns(book: PlanBook, part: IndicatorPart, *, has_counts: bool) -> tuple[Column, ...]:
    indicator = part.indicator
    total, counted = COUNT_HEADERS.get(indicator.code, (indicator.denominator, indicator.numerator))
    # Words such as "hồ sơ" stand in the cells themselves only where the number is no percentage.
    unit = "" if indicator.is_rate else f" ({indicator.unit_of_measure})"
    counts = (Column(total, 12), Column(counted, 14)) if has_counts else ()
    stretch = (Column(f"Chỉ tiêu phấn đấu{unit}", 16),) if part.has_stretch else ()
    return (
        Column("TT", 6),
        Column("Tên đơn vị", 44, "left"),
        *counts,
        Column(f"{headed(indicator)} đạt được {baseline_text(book)}{unit}", 17),
        Column(f"Chỉ tiêu giao đạt được đến hết ngày {due_text(book.plan)}{unit}", 28),
        *stretch,
        Column("Ghi chú", 18, "left"),
    )


def _groups(
    book: PlanBook, members: list[AssignmentLine], level: str
) -> Iterable[tuple[str, list[AssignmentLine]]]:
    """Give communes under their district, those that stand below none first; other levels as one."""
    if level != Level.XA:
        yield "", members
        return
    districts = districts_in_order(
        name
        for name in book.names.values()
        if name.level == Level.HUYEN and name.unit_id != book.plan.owner_id
    )
    known = {district.unit_id for district in districts}
    alone = [line for line in members if line.name.parent_id not in known]
    if alone:
        yield "", alone
    grouped = [(d, [line for line in members if line.name.parent_id == d.unit_id]) for d in districts]
    for position, (district, communes) in enumerate([g for g in grouped if g[1]], start=1):
        yield f"{position}. {district.full_name}:", communes


def _authority(name: NameAt) -> str:
    """Return the unit as Quảng Ninh's table names it: districts by their committee, communes by name."""
    if name.level in (Level.HUYEN, Level.TINH):
        return people_committee(name, words="Ủy ban nhân dân")
    return name.full_name


def _count(value: int | None) -> CellValue:
    return NOTHING if value is None else value


def _note(one: Assignment, figures: Mapping[int, Figure]) -> str:
    figure = figures.get(one.unit_id)
    # What the source noted of this very figure: a later one may have another note.
    is_same = figure is not None and figure.measurement_id == one.baseline_measurement
    told = [
        figure.note if figure is not None and is_same else "",
        one.baseline_note,
        SIMULATED if one.baseline_source == Source.SIMULATED else "",
        f"Sửa tay: {one.override.reason}" if one.override is not None else "",
    ]
    return "; ".join(text for text in told if text)
