"""What only the whole file shows: repeated and missing units, broken order, headings that disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from dvctt.lib.names import reading_order
from dvctt.lib.numbers import NumberUnclear, parse_rate, round_half_up, vi_number, vi_percent
from imports.rules import phrases
from imports.rules.cells import plain_value
from imports.rules.figures import PlannedFigure, ReadRow
from imports.rules.headers import HeaderCell
from imports.rules.layouts import UNIT, FigureDef, LayoutDef
from imports.rules.places import COMMUNE, PlacedRow
from imports.rules.problems import ERROR, INFO, WARNING, Problem, Severity

_MOST_NAMED: Final = 12
_SHORTEST_LIST: Final = 6
"""Shorter lists can stand in falling order by chance."""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of the province on the period's day."""

    unit_id: int
    full_name: str
    level: str
    parent_id: int | None
    parent_name: str


@dataclass(slots=True)
class PlannedRow:
    """A row with its place and what its cells gave."""

    placed: PlacedRow
    read: ReadRow
    problems: list[Problem]
    refused: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return self.placed.row.sheet, self.placed.row.number

    def add(self, kind: str, severity: Severity, message: str, column: str = "") -> None:
        row = self.placed.row
        self.problems.append(Problem(row.sheet, row.number, column, kind, severity, message))
        if severity == ERROR:
            self.refused = True


def _where(row: PlannedRow) -> str:
    return f"dòng {row.placed.row.number} sheet “{row.placed.row.sheet}”"


def check_repeated(rows: Iterable[PlannedRow]) -> None:
    """Refuse both rows of a unit that stands twice, unless they say the same; then the second is left out."""
    by_unit: dict[int, list[PlannedRow]] = defaultdict(list)
    for row in rows:
        if row.placed.unit_id is not None and not row.placed.is_group:
            by_unit[row.placed.unit_id].append(row)
    for listed in by_unit.values():
        if len(listed) < 2:
            continue
        same = [row for row in listed if row.placed.row.has_figures] or listed[:1]
        for row in listed:
            if row not in same:
                row.add(
                    "repeated_unit",
                    WARNING,
                    f"“{row.placed.row.name}” đứng lại ở đây mà không có số nào: chỉ ghi {_where(same[0])}.",
                )
                row.read.figures, row.read.target = [], None
        if len(same) < 2:
            continue
        first, *others = same
        if all(_same(first, other) for other in others):
            for other in others:
                other.add(
                    "repeated_unit",
                    WARNING,
                    f"“{other.placed.row.name}” lặp lại {_where(first)} với cùng số liệu: chỉ ghi một lần.",
                )
                other.read.figures, other.read.target = [], None
            continue
        for row in same:
            elsewhere = ", ".join(_where(other) for other in same if other is not row)
            row.add(
                "repeated_unit",
                ERROR,
                f"“{row.placed.row.name}” đứng nhiều lần trong tệp với số liệu khác nhau ({elsewhere}): "
                "không ghi dòng nào; hãy giữ lại dòng đúng.",
            )


def _same(one: PlannedRow, other: PlannedRow) -> bool:
    def said(row: PlannedRow) -> list[object]:
        target = row.read.target
        return [(f.indicator, f.says()) for f in row.read.figures] + [
            target and (target.maintain, target.value)
        ]

    return said(one) == said(other) and one.refused == other.refused


def check_order(rows: Sequence[PlannedRow], layout: LayoutDef) -> None:
    """Point at values that break a list printed in falling order; what was printed is kept.

    Printed values count whatever they mean: a 0,00% that stands for "not here" is still in its place.
    """
    if not layout.sorted_by:
        return
    lists: dict[tuple[str, int, int], list[tuple[PlannedRow, PlannedFigure, Decimal]]] = defaultdict(list)
    for row in rows:
        if row.placed.is_group:
            continue
        source, group = row.placed.row, row.placed.group
        for figure in row.read.figures:
            value = figure.value if figure.value is not None else _printed(figure)
            if figure.indicator == layout.sorted_by and value is not None:
                key = source.sheet, source.table, group.number if group else 0
                lists[key].append((row, figure, value))
    for listed in lists.values():
        slips = [(after, before) for before, after in pairwise(listed) if after[2] > before[2]]
        if len(listed) < _SHORTEST_LIST or not slips or len(slips) * 5 > len(listed) - 1:
            continue
        for (row, figure, _), (_, before, _) in slips:
            row.add(
                "order_slip",
                INFO,
                f"Bảng xếp giảm dần nhưng {figure.printed} đứng sau {before.printed}: giữ số đã in, "
                "thứ hạng do hệ thống tính.",
                figure.column,
            )


def _printed(figure: PlannedFigure) -> Decimal | None:
    try:
        rate = parse_rate(figure.printed)
    except NumberUnclear:
        return None
    return rate.value if rate else None


def check_headings(
    rows: Sequence[PlannedRow], layout: LayoutDef, stored: Mapping[tuple[int, str], Decimal]
) -> None:
    """Hold the value of a heading against the district's own row, or against what is stored for it."""
    headings = [
        row
        for row in rows
        if row.placed.is_group and row.placed.unit_id is not None and row.placed.row.has_figures
    ]
    if not headings:
        return
    heads = {row.placed.unit_id for row in headings}
    own = {
        (row.placed.unit_id, figure.indicator): figure.value
        for row in rows
        if row.placed.unit_id in heads and not row.placed.is_group
        for figure in row.read.figures
        if figure.value is not None
    }
    for row in headings:
        for part in layout.figures:
            header = _header_of(row, part)
            value = plain_value(row.placed.row, part)
            if value is None or header is None or _is_missing_column(row, part, layout):
                continue
            key = row.placed.unit_id or 0, part.indicator
            other, whose = (
                (own[key], "dòng của huyện trong tệp") if key in own else (stored.get(key), "số đã có")
            )
            if other is None:
                row.add(
                    "group_value_unchecked",
                    INFO,
                    f"Dòng nhóm in {vi_percent(value)}; chưa có số của “{row.placed.row.name}” để đối chiếu. "
                    "Không ghi số của dòng nhóm.",
                    header.label,
                )
            elif round_half_up(other, 2) != round_half_up(value, 2):
                row.add(
                    "group_value_differs",
                    WARNING,
                    f"Dòng nhóm “{row.placed.row.name}” in {vi_percent(value)} nhưng {whose} là "
                    f"{vi_percent(other)}: giữ {whose}; hãy kiểm tra lại.",
                    header.label,
                )


def _header_of(row: PlannedRow, part: FigureDef) -> HeaderCell | None:
    header = row.placed.row.header
    return header.cell(part.rate) or (header.cell(part.numerator[0]) if part.numerator else None)


def _is_missing_column(row: PlannedRow, part: FigureDef, layout: LayoutDef) -> bool:
    header = _header_of(row, part)
    return header is not None and bool(
        phrases.meaning_of(header.text, layout.phrases, where=phrases.HEADER, indicator=part.indicator)
    )


def check_missing(rows: Sequence[PlannedRow], places: Mapping[int, Place], province_id: int) -> list[Problem]:
    """Return a warning for each list of the file that lacks units of its level or its district."""
    present = {row.placed.unit_id for row in rows if row.placed.unit_id is not None}
    seen: dict[tuple[str, int | None], PlannedRow] = {}
    listed: set[int] = set()
    for row in rows:
        unit_id = row.placed.unit_id
        place = places.get(unit_id) if unit_id is not None else None
        if place is None:
            continue
        if row.placed.is_group:
            seen.setdefault((COMMUNE, place.unit_id), row)
        else:
            listed.add(place.unit_id)
            seen.setdefault((place.level, place.parent_id), row)
    members: dict[tuple[str, int | None], list[Place]] = defaultdict(list)
    for place in places.values():
        members[place.level, place.parent_id].append(place)
    problems: list[Problem] = []
    named_units = listed & present
    for (level, parent_id), row in seen.items():
        absent = (one for one in members[level, parent_id] if one.unit_id not in named_units)
        missing = sorted((one.full_name for one in absent), key=reading_order)
        if missing:
            where = f"của {members[level, parent_id][0].parent_name}"
            more = len(missing) - _MOST_NAMED
            named = ", ".join(missing[:_MOST_NAMED]) + (f" và {more} đơn vị khác" if more > 0 else "")
            source = row.placed.row
            label = cell.label if (cell := source.header.cell(UNIT)) else ""
            problems.append(
                Problem(
                    source.sheet,
                    source.number,
                    label,
                    "missing_unit",
                    WARNING,
                    f"Thiếu {vi_number(len(missing))} đơn vị {where}: {named}. "
                    "Đơn vị không có trong tệp thì số liệu cũ được giữ nguyên.",
                )
            )
    return problems
