"""The official appendices, by code: what they say; reports.exports writes them as workbooks."""

from __future__ import annotations

from reports.appendices.content import (
    Amount,
    Appendix,
    AppendixRefused,
    AppendixRow,
    AppendixUnknown,
    CellValue,
    Column,
    Form,
    Rate,
    Request,
    SheetLink,
    Table,
)
from reports.appendices.phrases import no_such_plan, people_committee, rate_cell, reference_line, roman
from reports.appendices.plan_forms import (
    BY_LEVEL,
    BY_UNIT,
    CATALOGUE,
    PLAN_FORMS,
    SLIP,
    SLIPS,
    PlanForm,
    PlanRequest,
    plan_appendix,
)
from reports.appendices.plan_slips import MOST_SHEETS
from reports.appendices.quang_nam import quang_nam_annex_two
from reports.appendices.quang_ninh import quang_ninh_annex_three

__all__ = [
    "BY_LEVEL",
    "BY_UNIT",
    "CATALOGUE",
    "FORMS",
    "MOST_SHEETS",
    "PLAN_FORMS",
    "SLIP",
    "SLIPS",
    "Amount",
    "Appendix",
    "AppendixRefused",
    "AppendixRow",
    "AppendixUnknown",
    "CellValue",
    "Column",
    "Form",
    "PlanForm",
    "PlanRequest",
    "Rate",
    "Request",
    "SheetLink",
    "Table",
    "appendix",
    "no_such_plan",
    "people_committee",
    "plan_appendix",
    "rate_cell",
    "reference_line",
    "roman",
]

FORMS = {
    form.code: form
    for form in [
        Form(
            "qnam-pl2",
            "Phụ lục II – Thống kê hồ sơ trực tuyến, thanh toán trực tuyến",
            province="Tỉnh Quảng Nam",
            document="QNam23",
            period="2023-Q1",
            plan="",
            build=quang_nam_annex_two,
        ),
        Form(
            "qninh-pl3",
            "Phụ lục III – Giao chỉ tiêu tỷ lệ hồ sơ trực tuyến",
            province="Tỉnh Quảng Ninh",
            document="QNinh23",
            period="2023-den-08-23",
            plan="quang-ninh-2023",
            build=quang_ninh_annex_three,
        ),
    ]
}


def appendix(*, code: str, request: Request | None = None) -> Appendix:
    """Return the appendix's content. Raise AppendixRefused with a message in Vietnamese."""
    form = FORMS.get(code)
    if form is None:
        raise AppendixRefused(f"Không có phụ lục “{code}”. Các phụ lục có: {', '.join(FORMS)}.")
    return form.build(form, request or Request())
