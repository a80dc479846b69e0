"""From placed rows to planned rows: what each would write, and all that is wrong with the file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from imports.rules import checks, totals
from imports.rules.cells import read_part, read_row
from imports.rules.checks import Place, PlannedRow
from imports.rules.figures import IndicatorFacts, ReadRow
from imports.rules.layouts import ROWS, SHEET, LayoutDef
from imports.rules.places import Placement, unmatched_problem
from imports.rules.problems import ERROR, ImportRefused, Problem


@dataclass(slots=True)
class FilePlan:
    rows: list[PlannedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """Those of no row of a unit or group."""

    @property
    def unit_rows(self) -> list[PlannedRow]:
        return [row for row in self.rows if not row.placed.is_group]


def plan_rows(
    placement: Placement,
    *,
    layout: LayoutDef,
    indicators: Mapping[str, IndicatorFacts],
    places: Mapping[int, Place],
    province_id: int,
    stored: Mapping[tuple[int, str], Decimal],
    swaps: Collection[tuple[str, int]],
    accept_all_swaps: bool,
) -> FilePlan:
    """Return the plan of a file whose rows have their places.

    `stored` holds rates of districts as they stand now; `swaps` the rows (sheet, number) where a person
    agreed to exchange the counts.
    """
    plan = FilePlan(problems=list(placement.problems))
    heads = {(p.group.sheet, p.group.number) for p in placement.rows if p.group is not None}
    for placed in placement.rows:
        if placed.is_group:
            planned = PlannedRow(placed, ReadRow(), [])
        else:
            place = places.get(placed.unit_id) if placed.unit_id is not None else None
            accepts = accept_all_swaps or (placed.row.sheet, placed.row.number) in swaps
            read = read_row(
                placed.row,
                layout=layout,
                indicators=indicators,
                level=place.level if place else placed.level,
                accept_swap=accepts,
            )
            planned = PlannedRow(placed, read, read.problems, read.refused)
        heads_none = placed.is_group and (placed.row.sheet, placed.row.number) not in heads
        if placed.unit_id is None and not heads_none:
            planned.problems.insert(0, unmatched_problem(placed))
            planned.refused = not placed.is_group
        plan.rows.append(planned)
    parts = [(row, read_part(row, layout)) for row in placement.parts]
    plan.problems += [problem for _, read in parts for problem in read.problems]
    checks.check_repeated(plan.rows)
    checks.check_order(plan.rows, layout)
    checks.check_headings(plan.rows, layout, stored)
    if layout.subject == ROWS:
        plan.problems += checks.check_missing(plan.rows, places, province_id)
        totals.check_group_counts(plan.rows, layout)
    plan.problems += totals.check_sums(plan.rows, placement.sums, parts, layout)
    return plan


def check_belongs(placement: Placement, *, province: str, better: str = "") -> None:
    """Refuse a file whose units are not the province's.

    `better` names a province that the units fit better, where one was found. Raises ImportRefused.
    """
    if better:
        raise ImportRefused(
            f"Các đơn vị trong tệp thuộc {better}, không thuộc {province}. "
            "Hãy chọn đúng tỉnh hoặc đúng tệp; chưa ghi gì vào hệ thống."
        )
    units = [placed for placed in placement.rows if not placed.is_group]
    is_nameless = units and not any(placed.row.name for placed in units)
    if is_nameless and units[0].row.header.layout.subject == SHEET:
        raise ImportRefused(
            "Biểu không ghi đơn vị báo cáo. Hãy điền tên đơn vị vào dòng “Đơn vị báo cáo:” rồi tải lại."
        )
    if not units:
        blocking = next((problem for problem in placement.problems if problem.severity == ERROR), None)
        if blocking is not None:
            raise ImportRefused(f"Sheet “{blocking.sheet}”: {blocking.message}")
        raise ImportRefused(
            "Tệp có dòng tiêu đề nhưng không có dòng đơn vị nào bên dưới. Hãy kiểm tra lại tệp."
        )
    if all(placed.unit_id is None for placed in placement.rows):
        shown = ", ".join(f"“{placed.row.name}”" for placed in units[:3])
        near = [p for p in placement.rows if p.is_group and p.match.suggestions]
        for group in near[:3]:
            shown += f"; dòng nhóm “{group.row.name}” gần giống {group.match.suggestions[0].full_name}"
        raise ImportRefused(
            f"Không dòng nào trong tệp khớp với đơn vị của {province} (ví dụ: {shown}). "
            "Có thể đây là tệp của tỉnh khác; hãy kiểm tra tỉnh và tệp. Chưa ghi gì vào hệ thống."
        )


def share_matched(placement: Placement) -> Decimal:
    """Return how many of the rows below province level that name a district or commune found theirs, 0 to 1.

    Departments carry the same names everywhere, so they say nothing of the province.
    """
    telling = [placed for placed in placement.rows if placed.level != "so"] or placement.rows
    matched = sum(1 for placed in telling if placed.unit_id is not None)
    return Decimal(matched) / Decimal(len(telling)) if telling else Decimal(1)
