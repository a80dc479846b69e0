"""Danh mục chỉ tiêu of a plan, in the form of the appendix of Quyết định 467/QĐ-UBND (Quảng Nam)."""

from __future__ import annotations

from reports.appendices.content import Appendix, AppendixRefused, AppendixRow, Column, Table
from reports.appendices.plan_words import (
    NOTHING,
    baseline_text,
    central_cells,
    clauses_text,
    footnotes,
    paper_code,
    reference,
    scopes_text,
    title,
)
from reports.selectors.plan_book import IndicatorPart, PlanBook
from targets.selectors import RuleGroup
from units.models import Level

COLUMNS = (
    Column("TT", 6),
    Column("Chỉ tiêu", 34, "left"),
    Column("Đơn vị tính", 9),
    Column("Trung ương giao", 10),
    Column("Văn bản Trung ương giao", 20, "left"),
    Column("Chỉ tiêu, quy tắc giao", 52, "left"),
    Column("Đối tượng", 30, "left"),
    Column("Đơn vị chủ trì", 24, "left"),
)


def catalogue_of_targets(book: PlanBook) -> Appendix:
    """One row for each indicator and each set of rule parameters; every row can be read alone."""
    rows = [row for number, part in enumerate(book.parts, start=1) for row in _rows(number, part)]
    if not rows:
        raise AppendixRefused(f"Kế hoạch “{book.plan.name}” chưa có chỉ tiêu nào; hãy thêm quy tắc trước.")
    return Appendix(
        code=paper_code(book.plan, "danh-muc"),
        label="PHỤ LỤC I",
        title=title(book, f"DANH MỤC CHỈ TIÊU NĂM {book.plan.year}"),
        reference=reference(book),
        remark=f"Số gốc: kết quả {baseline_text(book)}",
        tables=[Table("Danh mục chỉ tiêu", COLUMNS, rows)],
        footnotes=footnotes(book, book.parts),
        landscape=True,
    )


def _rows(number: int, part: IndicatorPart) -> list[AppendixRow]:
    indicator, lead = part.indicator, part.told.lead if part.told else ""
    fixed = (indicator.name, indicator.unit_of_measure, *central_cells(part))
    if not part.groups:
        return [AppendixRow((number, *fixed, "Kế hoạch chưa có quy tắc", NOTHING, lead or NOTHING))]
    return [
        AppendixRow(
            (
                f"{number}.{place}" if len(part.groups) > 1 else number,
                *fixed,
                f"{group.kind}. {clauses_text(group.clauses)}",
                scopes_text(group),
                lead or carried_out_by(group, part),
            )
        )
        for place, group in enumerate(part.groups, start=1)
    ]


def carried_out_by(group: RuleGroup, part: IndicatorPart) -> str:
    """Return by level who carries the rule out, where the plan names no lead."""
    own = {line.rule.pk for line in group.rules}
    scoped = {level for line in group.rules for level in line.rule.scope.get("levels", [])}
    reached = {line.name.level for line in part.lines if line.assignment.rule_id in own}
    # Rules of named units or of a place say no level: then the units that they reached do.
    levels = scoped or reached or set(part.indicator.levels)
    return "; ".join(str(level.label) for level in Level if level.value in levels) or NOTHING
