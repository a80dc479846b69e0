"""Nhật ký số liệu: who changed which figure, report, deadline, file or plan, as a page and as a file."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from dvctt.downloads import workbook_response
from dvctt.lib import display, numbers
from dvctt.lib.plain_workbook import NOTE, TITLE, WARNING, plain_workbook
from reports.change_log_filters import LogChoice, read_log_choice, write_position
from reports.selectors.change_log import LogPage, change_log
from units.permissions import AUDITING

ROWS_A_PAGE: Final = 50
ROWS_IN_FILE: Final = 5_000
HEADINGS: Final = (
    "Lúc",
    "Loại",
    "Đơn vị",
    "Việc",
    "Trước",
    "Sau",
    "Người làm",
    "Lý do",
    "Xuất xứ",
)
WIDTHS: Final = {
    "Lúc": 18,
    "Đơn vị": 34,
    "Việc": 44,
    "Trước": 26,
    "Sau": 30,
    "Người làm": 24,
    "Lý do": 40,
    "Xuất xứ": 40,
}


FILES_SUMMED: Final = "Mỗi lần nhập tệp là một dòng; từng số của tệp ở loại “Số liệu”."


@require_safe
def data_log(request: HttpRequest) -> HttpResponse:
    """What happened to the figures below the asker's units, latest first."""
    today = timezone.localdate()
    choice = read_log_choice(data=request.GET.dict(), user=_auditor(request), today=today)
    page = change_log(wanted=choice.wanted, after=choice.after, limit=ROWS_A_PAGE, today=today)
    return render(
        request,
        "reports/change_log.html",
        {
            "menu": "submissions",
            "choice": choice,
            "page": page,
            "files_summed": FILES_SUMMED if page.sums_files else "",
            "query": choice.query(),
            "is_filtered": any(choice.said.values()),
            "is_first": not choice.after,
            "next": None if page.after is None else choice.query(sau=write_position(page.after)),
        },
    )


@require_safe
def data_log_xlsx(request: HttpRequest) -> HttpResponse:
    """What the page's filters choose, from the latest on, as a workbook; it says where it was cut."""
    today = timezone.localdate()
    choice = read_log_choice(data=request.GET.dict(), user=_auditor(request), today=today)
    page = change_log(wanted=choice.wanted, after={}, limit=ROWS_IN_FILE, today=today)
    content = log_workbook(choice=choice, page=page, made_on=today)
    return workbook_response(content, filename=f"nhat-ky-so-lieu-{today.isoformat()}.xlsx")


def log_workbook(*, choice: LogChoice, page: LogPage, made_on: date) -> bytes:
    """Return the lines as a sheet, with what was chosen above them."""
    lines = [
        ("Nhật ký số liệu", TITLE),
        (f"{numbers.vi_number(len(page.lines))} việc, mới nhất trước. {_chosen(choice)}", NOTE),
        (f"Lập ngày {numbers.vi_date(made_on)}.", NOTE),
    ]
    if page.sums_files:
        lines.append((FILES_SUMMED, NOTE))
    if page.after is not None:
        lines.append(
            (
                "Còn việc cũ hơn chưa có trong tệp này. Hãy lọc theo kỳ, đơn vị hoặc ngày để lấy phần ấy.",
                WARNING,
            )
        )
    return plain_workbook(
        sheet="Nhật ký số liệu",
        lines=lines,
        headings=HEADINGS,
        rows=[
            [
                display.vi_datetime(line.at),
                line.kind_label,
                line.unit_name,
                line.subject,
                line.before,
                line.after,
                line.by,
                line.reason,
                line.origin,
            ]
            for line in page.lines
        ],
        widths=WIDTHS,
    )


def _chosen(choice: LogChoice) -> str:
    unit = next((one.label for one in choice.units if one.chosen), "mọi đơn vị bạn quản lý")
    period = next((one.label for one in choice.periods if one.chosen), "mọi kỳ")
    kind = next(one.label for one in choice.kinds if one.chosen)
    words = [f"Loại: {kind.lower()}", f"đơn vị: {unit}", f"kỳ: {period}"]
    if choice.said["nguoi"]:
        words.append(f"người làm: {choice.said['nguoi']}")
    for name, said in (("tu_ngay", "từ"), ("den_ngay", "đến")):
        if choice.said[name]:
            words.append(f"{said} {choice.said[name]}")
    return f"{' · '.join(words)}."


def _auditor(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(AUDITING):
        raise PermissionDenied
    return user
