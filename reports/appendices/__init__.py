"""The official appendices, by code: what they say; reports.exports writes them as workbooks."""

from __future__ import annotations

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
from reports.appendices.phrases import people_committee, rate_cell, reference_line, roman
from reports.appendices.quang_nam import quang_nam_annex_two
from reports.appendices.quang_ninh import quang_ninh_annex_three

__all__ = [
    "FORMS",
    "Appendix",
    "AppendixRefused",
    "AppendixRow",
    "CellValue",
    "Column",
    "Form",
    "Rate",
    "Request",
    "Table",
    "appendix",
    "people_committee",
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
