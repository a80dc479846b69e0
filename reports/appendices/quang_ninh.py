"""Phụ lục III of Kế hoạch 269/KH-UBND, Quảng Ninh."""

from __future__ import annotations

from dvctt.lib import names, numbers, periods
from indicators import selectors as indicator_selectors
from reports.appendices.content import (
    Appendix,
    AppendixRefused,
    AppendixRow,
    CellValue,
    Column,
    Form,
    Rate,
    Request,
    Table,
)
from reports.appendices.phrases import (
    LEVEL_SHEETS,
    districts_in_order,
    people_committee,
    rate_cell,
    reference_line,
    settle_request,
)
from targets import selectors as target_selectors
from targets.models import Plan
from units import selectors as unit_selectors
from units.selectors import NameAt


def quang_ninh_annex_three(form: Form, request: Request) -> Appendix:
    """Phụ lục III of Quảng Ninh's Kế hoạch 269: counts, rate, and the target or "duy trì"."""
    plan = (
        Plan.objects.filter(code=request.plan or form.plan)
        .select_related("baseline_period", "document")
        .first()
    )
    if plan is None:
        raise AppendixRefused(
            f"Chưa có kế hoạch “{request.plan or form.plan}”; hãy nạp kế hoạch rồi giao chỉ tiêu."
        )
    request = Request(
        province=request.province,
        period=request.period or plan.baseline_period.code,
        document=request.document or (plan.document.code if plan.document else form.document),
        plan=plan.code,
    )
    province, place, period, document = settle_request(form, request)
    span = periods.parse_period(period.code)
    indicator = indicator_selectors.indicator_by_code("HSTT")
    figures = indicator_selectors.official_figures(
        indicator=indicator, period=period, within=province, on=period.ends_on
    )
    below = unit_selectors.below(ancestor=province, on=period.ends_on)
    assigned = target_selectors.targets_for(indicator=indicator, plan=plan)
    if not any(unit_id in below for unit_id in assigned):
        raise AppendixRefused(
            f"Kế hoạch “{plan.name}” chưa giao chỉ tiêu cho đơn vị nào của {place.full_name}."
        )
    due = numbers.vi_date(plan.due_on) if plan.due_on else f"31/12/{plan.year}"
    columns = (
        Column("TT", 6),
        Column("Tên đơn vị", 44, "left"),
        Column("Tổng số hồ sơ", 12),
        Column("Tổng số hồ sơ trực tuyến", 14),
        Column(f"Tỷ lệ hồ sơ trực tuyến đạt được {span.label.lower()}", 17),
        Column(f"Chỉ tiêu giao đạt được đến hết ngày {due}", 28),
        Column("Ghi chú", 18, "left"),
    )

    def unit_row(number: int, name: NameAt) -> AppendixRow:
        figure = figures.get(name.unit_id)
        target = assigned[name.unit_id]
        goal: CellValue = target.wording
        if not target.maintain:
            goal = Rate(target.assigned, 0 if target.assigned == target.assigned.to_integral_value() else 2)
        words = "Ủy ban nhân dân" if name.level == "huyen" else ""
        return AppendixRow(
            (
                number,
                people_committee(name, words=words) if words else name.full_name,
                figure.denominator if figure else None,
                figure.numerator if figure else None,
                rate_cell(figure),
                goal,
                figure.note if figure else None,
            )
        )

    tables = []
    for level, sheet in LEVEL_SHEETS:
        members = [name for name in below.values() if name.level == level and name.unit_id in assigned]
        by_name = sorted(members, key=lambda name: names.fold(name.full_name))
        rows: list[AppendixRow] = []
        if level != "xa":
            rows = [unit_row(i, name) for i, name in enumerate(by_name, start=1)]
        else:
            districts = districts_in_order(name for name in below.values() if name.level == "huyen")
            groups = [(d, [m for m in by_name if m.parent_id == d.unit_id]) for d in districts]
            for position, (district, communes) in enumerate([g for g in groups if g[1]], start=1):
                heading = f"{position}. {district.full_name}:"
                rows.append(AppendixRow((heading, *([None] * 6)), is_group=True))
                rows.extend(unit_row(i, name) for i, name in enumerate(communes, start=1))
        if rows:
            tables.append(Table(sheet, columns, rows))
    footnotes = []
    waiting = target_selectors.uncovered(plan=plan)
    if waiting:
        footnotes.append(
            f"Ghi chú: {len(waiting)} đơn vị chưa có số liệu gốc nên chưa được giao trong phụ lục này."
        )
    return Appendix(
        code=form.code,
        label="PHỤ LỤC III",
        title="GIAO CHỈ TIÊU TỶ LỆ HỒ SƠ TRỰC TUYẾN CHO CÁC SỞ, NGÀNH, ĐỊA PHƯƠNG",
        reference=reference_line(document, issued="Ban hành kèm theo"),
        remark="",
        tables=tables,
        footnotes=footnotes,
        landscape=True,
    )
