"""Phiếu giao chỉ tiêu: all that a plan assigns to one unit, on a sheet of its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from dvctt.lib import numbers
from dvctt.lib.workbook_text import sheet_names
from indicators.models import Source
from reports.appendices.content import (
    Appendix,
    AppendixRefused,
    AppendixRow,
    CellValue,
    Column,
    SheetLink,
    Table,
)
from reports.appendices.phrases import people_committee
from reports.appendices.plan_words import (
    NOTHING,
    SIMULATED,
    baseline_cell,
    baseline_text,
    due_text,
    footnotes,
    paper_code,
    reference,
    stretch_cell,
    target_cell,
    title,
)
from reports.selectors.plan_book import IndicatorPart, PlanBook
from targets.selectors import AssignmentLine, Uncovered
from units.selectors import NameAt

MOST_SHEETS: Final = 400
INDEX: Final = "Danh sách"


@dataclass(frozen=True, slots=True)
class _OfUnit:
    """What the plan says to one unit, in its order of indicators."""

    lines: dict[int, AssignmentLine] = field(default_factory=dict)
    waiting: dict[int, Uncovered] = field(default_factory=dict)


def slip_of_unit(book: PlanBook, unit_id: int) -> Appendix:
    """The slip of one unit. Raises AppendixRefused where the plan assigns nothing to it, with the reasons."""
    of_unit = _by_unit(book)[unit_id]
    name = book.names[unit_id]
    if not of_unit.lines:
        reasons = "; ".join(dict.fromkeys(one.reason for one in of_unit.waiting.values()))
        raise AppendixRefused(
            f"Kế hoạch “{book.plan.name}” chưa giao chỉ tiêu nào cho {name.name_and_place}"
            + (f": {reasons}." if reasons else ".")
        )
    [sheet] = sheet_names([name.full_name])
    return Appendix(
        code=paper_code(book.plan, "phieu", name.full_name, str(unit_id)),
        label=title(book, f"PHIẾU GIAO CHỈ TIÊU NĂM {book.plan.year}"),
        title=_addressee(name),
        reference=reference(book),
        remark=_remark(book),
        tables=[_slip(book, name, of_unit, sheet)],
        landscape=True,
    )


def slips_below(book: PlanBook, unit_id: int) -> Appendix:
    """The slips of all units below one, behind a list that leads to each; at most MOST_SHEETS."""
    place = book.names[unit_id]
    by_unit = _by_unit(book)
    below = [name for name in book.names.values() if _stands_below(name, unit_id, book)]
    chosen = [name for name in below if by_unit[name.unit_id].lines]
    if not chosen:
        raise AppendixRefused(
            f"Kế hoạch “{book.plan.name}” chưa giao chỉ tiêu cho đơn vị nào bên dưới {place.full_name}; "
            "hãy chọn nơi khác hoặc giao chỉ tiêu trước."
        )
    if len(chosen) > MOST_SHEETS:
        raise AppendixRefused(
            f"Bên dưới {place.full_name} có {numbers.vi_number(len(chosen))} phiếu, một tệp chỉ chứa "
            f"{MOST_SHEETS} phiếu; hãy chọn từng địa bàn nhỏ hơn."
        )
    chosen.sort(key=lambda name: name.reading_order)
    index, *sheets = sheet_names([INDEX, *(name.full_name for name in chosen)])
    slips = [
        _slip(book, name, by_unit[name.unit_id], sheet) for name, sheet in zip(chosen, sheets, strict=True)
    ]
    listed = [
        AppendixRow(
            (
                number,
                name.full_name,
                name.parent_name,
                len(by_unit[name.unit_id].lines),
                SheetLink(sheet, sheet),
            )
        )
        for number, (name, sheet) in enumerate(zip(chosen, sheets, strict=True), start=1)
    ]
    left = sum(1 for name in below if by_unit[name.unit_id].waiting and not by_unit[name.unit_id].lines)
    notes = footnotes(book, book.parts)
    if left:
        notes.append(
            f"{len(notes)}. {numbers.vi_number(left)} đơn vị chưa được giao chỉ tiêu nào nên không có phiếu."
        )
    columns = (
        Column("TT", 6),
        Column("Đơn vị", 44, "left"),
        Column("Địa bàn", 30, "left"),
        Column("Số chỉ tiêu", 12),
        Column("Phiếu (bấm để mở)", 34, "left"),
    )
    heading = f"CỦA CÁC ĐƠN VỊ THUỘC {place.full_name.upper()}"
    return Appendix(
        code=paper_code(book.plan, "phieu-cap-duoi", place.full_name, str(unit_id)),
        label=title(book, f"PHIẾU GIAO CHỈ TIÊU NĂM {book.plan.year}"),
        title=heading,
        reference=reference(book),
        remark=_remark(book),
        tables=[
            Table(index, columns, listed, title=f"DANH SÁCH PHIẾU {heading}", footnotes=notes),
            *slips,
        ],
        landscape=True,
    )


def _by_unit(book: PlanBook) -> defaultdict[int, _OfUnit]:
    found: defaultdict[int, _OfUnit] = defaultdict(_OfUnit)
    for place, part in enumerate(book.parts):
        for line in part.lines:
            found[line.name.unit_id].lines[place] = line
        for one in part.waiting:
            found[one.name.unit_id].waiting[place] = one
    return found


def _stands_below(name: NameAt, unit_id: int, book: PlanBook) -> bool:
    above = name.parent_id if name.unit_id != book.plan.owner_id else None
    while above is not None and above != unit_id:
        standing = book.names.get(above)
        above = standing.parent_id if standing is not None and above != book.plan.owner_id else None
    return above is not None


def _addressee(name: NameAt) -> str:
    own = people_committee(name)
    place = f", {name.parent_name}" if name.level == "xa" and name.parent_name else ""
    return f"{own}{place}".upper()


def _remark(book: PlanBook) -> str:
    return f"{book.plan.name}. Hạn đạt: ngày {due_text(book.plan)}. Số gốc: kết quả {baseline_text(book)}"


def _slip(book: PlanBook, name: NameAt, of_unit: _OfUnit, sheet: str) -> Table:
    stretch = (Column("Chỉ tiêu phấn đấu", 14),) if book.has_stretch else ()
    columns = (
        Column("TT", 6),
        Column("Chỉ tiêu", 38, "left"),
        Column("Đơn vị tính", 10),
        Column(f"Kết quả {baseline_text(book)}", 16),
        Column("Chỉ tiêu giao", 18),
        *stretch,
        Column("Cách xác định", 62, "left"),
    )
    rows: list[AppendixRow] = []
    for place, part in enumerate(book.parts):
        line, left = of_unit.lines.get(place), of_unit.waiting.get(place)
        if line is not None:
            rows.append(_assigned(book, part, line, len(rows) + 1))
        elif left is not None:
            cells: tuple[CellValue, ...] = (
                len(rows) + 1,
                part.indicator.name,
                part.indicator.unit_of_measure,
                NOTHING,
                "Không giao" if left.is_settled else "Chưa giao",
                *((NOTHING,) if book.has_stretch else ()),
                f"{left.reason[:1].upper()}{left.reason[1:]}.",
            )
            rows.append(AppendixRow(cells))
    own = {line.assignment.rule_id for line in of_unit.lines.values()}
    applied = [
        group
        for part in book.parts
        for group in part.groups
        if any(line.rule.pk in own for line in group.rules)
    ]
    return Table(
        sheet,
        columns,
        rows,
        title=_addressee(name),
        footnotes=footnotes(book, book.parts, groups=applied),
    )


def _assigned(book: PlanBook, part: IndicatorPart, line: AssignmentLine, number: int) -> AppendixRow:
    one = line.assignment
    simulated = f" ({SIMULATED})" if one.baseline_source == Source.SIMULATED else ""
    return AppendixRow(
        (
            number,
            part.indicator.name,
            part.indicator.unit_of_measure,
            baseline_cell(one),
            target_cell(one),
            *((stretch_cell(one),) if book.has_stretch else ()),
            f"{line.sentence}{simulated}",
        )
    )
