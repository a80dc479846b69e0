"""Tình hình nộp as a file: the page's rows in a plain workbook, and the address that gives it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from dvctt.downloads import workbook_response
from dvctt.lib import display, numbers
from dvctt.lib.plain_workbook import NOTE, TEXT, TITLE, plain_workbook
from indicators import deadline_wording
from indicators.models import Period
from indicators.rules import days_late
from indicators.selectors import SendingRow
from indicators.sending_filters import SendingPage, sending_page
from units.models import Level
from units.permissions import REVIEWING

WIDTHS: Final = {
    "Đơn vị": 34,
    "Khu vực": 28,
    "Cấp": 18,
    "Tình trạng": 24,
    "Gửi lúc": 18,
    "Lý do gia hạn": 40,
}
HEADINGS: Final = (
    "Đơn vị",
    "Khu vực",
    "Cấp",
    "Tình trạng",
    "Đã nhập",
    "Phải nhập",
    "Đủ số",
    "Gửi lúc",
    "Hạn",
    "Số ngày sau hạn",
    "Gia hạn đến",
    "Lý do gia hạn",
)


@require_safe
def sending_xlsx(request: HttpRequest) -> HttpResponse:
    """The page's rows, all that its filters choose, as a workbook."""
    user, today = request.user, timezone.localdate()
    if not isinstance(user, User) or not user.has_perm(REVIEWING):
        raise PermissionDenied
    page = sending_page(user=user, data=request.GET.dict(), today=today)
    if page.period is None:
        raise Http404("Chưa có kỳ nào thu số liệu.")
    content = sending_workbook(page=page, period=page.period, made_on=today)
    return workbook_response(content, filename=f"tinh-hinh-nop-{page.period.code}.xlsx".lower())


def sending_workbook(*, page: SendingPage, period: Period, made_on: date) -> bytes:
    """Return every row that the filters choose, pages or not; days after the due day until `made_on`."""
    answer = (
        f"{numbers.vi_number(page.sent)}/{numbers.vi_number(len(page.in_area))} đơn vị đã gửi: "
        f"{deadline_wording.sending_answer(page.counts)}; "
        f"{numbers.vi_number(page.complete)} đơn vị đã nhập đủ số."
    )
    state = deadline_wording.STATES[page.state].lower() if page.state else "mọi trạng thái"
    scope = page.area.name if page.area else "mọi khu vực bạn duyệt"
    return plain_workbook(
        sheet="Tình hình nộp",
        lines=[
            (f"Tình hình nộp {period.label}", TITLE),
            (answer, TEXT),
            (f"Phạm vi: {scope} · {state} · {numbers.vi_number(len(page.chosen))} dòng", NOTE),
            (f"Lập ngày {numbers.vi_date(made_on)}.", NOTE),
        ],
        headings=HEADINGS,
        rows=[_values(row, made_on) for row in page.chosen],
        widths=WIDTHS,
    )


def _values(row: SendingRow, made_on: date) -> list[Any]:
    deadline, extension = row.deadline, row.extension
    return [
        row.board.full_name,
        row.area_name,
        str(Level(row.board.level).label),
        deadline_wording.STATES[row.state],
        row.board.filled,
        row.board.asked,
        "đủ" if row.is_complete else "chưa đủ",
        display.vi_datetime(row.board.sent_at) if row.board.sent_at else "",
        numbers.vi_date(deadline.due_on) if deadline else deadline_wording.NO_DEADLINE,
        days_late(deadline, row.sent_on or made_on) if deadline else None,
        numbers.vi_date(deadline.extended_until) if deadline and deadline.extended_until else "",
        extension.reason if extension else "",
    ]
