"""Phụ lục II of Kế hoạch 4872/KH-UBND, Quảng Nam."""

from __future__ import annotations

from dvctt.lib import numbers, periods
from indicators import selectors as indicator_selectors
from indicators.models import Source, State
from reports.appendices.content import Appendix, AppendixRefused, AppendixRow, Column, Form, Request, Table
from reports.appendices.phrases import (
    LEVEL_SHEETS,
    descending,
    districts_in_order,
    people_committee,
    quarter_words,
    rate_cell,
    reference_line,
    roman,
    settle_request,
)
from units import selectors as unit_selectors
from units.selectors import NameAt


def quang_nam_annex_two(form: Form, request: Request) -> Appendix:
    """Phụ lục II of Quảng Nam's Kế hoạch 4872: two rates of each body, sorted by the online rate."""
    province, place, period, document = settle_request(form, request)
    span = periods.parse_period(period.code)
    online = indicator_selectors.official_figures(
        indicator=indicator_selectors.indicator_by_code("HSTT", on=period.ends_on),
        period=period,
        within=province,
        on=period.ends_on,
    )
    paid = indicator_selectors.official_figures(
        indicator=indicator_selectors.indicator_by_code("TTTT", on=period.ends_on),
        period=period,
        within=province,
        on=period.ends_on,
    )
    below = unit_selectors.below(ancestor=province, on=period.ends_on)
    if not any(unit_id in below for unit_id in online):
        raise AppendixRefused(f"{place.full_name} chưa có số liệu hồ sơ trực tuyến của {span.label}.")
    tables = []
    for level, sheet in LEVEL_SHEETS:
        members = [name for name in below.values() if name.level == level]
        unpublished = bool(members) and all(
            (figure := paid.get(name.unit_id)) is not None and figure.state == State.NOT_PUBLISHED.value
            for name in members
        )
        paid_header = "Tỷ lệ thanh toán trực tuyến"
        if unpublished:
            paid_header += "\n(Chưa trích xuất được tỷ lệ trên Cổng dịch vụ công quốc gia)"
        columns = (
            Column("STT", 6),
            Column("Đơn vị", 44, "left"),
            Column(f"Tỷ lệ hồ sơ trực tuyến {span.label}", 16),
            Column(paid_header, 25),
            Column("Ghi chú", 30, "left"),
        )

        def unit_row(number: int, name: NameAt) -> AppendixRow:
            figures = [figure for figure in (online.get(name.unit_id), paid.get(name.unit_id)) if figure]
            note = "; ".join(dict.fromkeys(figure.note for figure in figures if figure.note))
            return AppendixRow(
                (
                    number,
                    people_committee(name),
                    rate_cell(online.get(name.unit_id), not_arising="Không có hồ sơ trực tuyến"),
                    rate_cell(paid.get(name.unit_id)),
                    note,
                )
            )

        order = descending(online)
        rows: list[AppendixRow] = []
        if level != "xa":
            rows = [unit_row(i, name) for i, name in enumerate(sorted(members, key=order), start=1)]
        else:
            districts = districts_in_order(name for name in below.values() if name.level == "huyen")
            numbered = 0
            groups = [(d, [m for m in members if m.parent_id == d.unit_id]) for d in districts]
            for position, (district, communes) in enumerate([g for g in groups if g[1]], start=1):
                heading = people_committee(district)
                rows.append(AppendixRow((roman(position), heading, None, None, None), is_group=True))
                for name in sorted(communes, key=order):
                    numbered += 1
                    rows.append(unit_row(numbered, name))
        tables.append(Table(sheet, columns, rows))
    extracted = sorted({figure.extracted_on for figure in online.values() if figure.extracted_on})
    portal = any(figure.source == Source.NATIONAL.value for figure in online.values())
    remark = ""
    if extracted and portal:
        remark = (
            f"Số liệu “tỷ lệ hồ sơ trực tuyến” và “thanh toán trực tuyến” {span.label.replace('/', ' năm ')} "
            f"được trích xuất từ Cổng DVC quốc gia ngày {numbers.vi_date(extracted[-1])}"
        )
    return Appendix(
        code=form.code,
        label="PHỤ LỤC II",
        title=f"THỐNG KÊ HỒ SƠ TRỰC TUYẾN, THANH TOÁN TRỰC TUYẾN {quarter_words(span)}",
        reference=reference_line(document, issued="Kèm theo"),
        remark=remark,
        tables=tables,
    )
