"""What a reminder says, in Vietnamese: names of units, deadlines and counts, and nothing of any person.

The notice of a report that came back has the reviewer's reasons too: they are what its officer acts on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse

from dvctt.lib.numbers import vi_number
from indicators import deadline_wording
from indicators.models import Period
from indicators.rules import ReportState
from indicators.rules.reminding import ABOVE
from indicators.selectors import SendingRow

if TYPE_CHECKING:
    from indicators.models import CellRemark, ReminderStep, SubmissionEvent
    from indicators.services import Reminded

FOOTER: Final = (
    "Thư gửi tự động từ phần mềm Theo dõi dịch vụ công trực tuyến; xin không trả lời thư này. "
    "Nếu đơn vị vừa gửi số liệu thì bỏ qua thư này."
)
LISTED: Final = 40
"""So many units a message names; the page that it leads to has them all."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one person reads; `link` is the address inside the product."""

    subject: str
    text: str
    link: str


def reminder(
    *, rows: Sequence[SendingRow], period: Period, audience: str, may_review: bool, note: str, today: date
) -> Message:
    """Return the message about these units' reports, to who enters them or to the unit above."""
    about = rows[0].board.full_name if len(rows) == 1 else f"{vi_number(len(rows))} đơn vị"
    is_above = audience == ABOVE
    subject = f"{'Quá hạn nộp' if is_above else 'Nhắc nộp'} số liệu {period.label}: {about}"
    parts = [_listed(rows, period, is_above=is_above, today=today)]
    if note:
        parts.append(f"Lời nhắn thêm: {note}")
    parts.append(
        "Đề nghị đôn đốc các đơn vị nhập đủ và gửi báo cáo."
        if is_above
        else "Đề nghị đơn vị nhập đủ số liệu rồi bấm Gửi; số đã lưu mà chưa gửi vẫn tính là chưa nộp."
    )
    return Message(subject, "\n\n".join(parts), _link(rows, period, is_above, may_review))


def returned(
    *, event: SubmissionEvent, remarks: Sequence[CellRemark], unit_name: str, is_reopened: bool
) -> Message:
    """Return what the officers read of a report that came back: why, line by line, and what to do now."""
    report = event.submission
    what = "được mở lại" if is_reopened else "bị trả lại"
    reasons = [f"Lý do: {event.reason}", *(f"- {one.indicator.short_name}: {one.reason}" for one in remarks)]
    todo = "Đề nghị đơn vị sửa số liệu rồi bấm Gửi; chưa gửi lại vẫn tính là chưa nộp."
    if is_reopened:
        todo += " Số đã duyệt giữ nguyên cho đến khi báo cáo gửi lại được duyệt."
    return Message(
        f"Báo cáo {report.period.label} {what}: {unit_name}",
        "\n\n".join(
            [f"Báo cáo số liệu {report.period.label} của {unit_name} {what}.", "\n".join(reasons), todo]
        ),
        reverse("submission_enter", args=[report.unit_id, report.period.code]),
    )


def row_said(row: SendingRow, today: date) -> str:
    """Return "hạn 18/12/2023, còn 3 ngày; đã nhập 2/4 chỉ tiêu"."""
    first, *others = deadline_wording.due_parts(row.deadline, sent_on=None, today=today)
    due = first.removeprefix("Hạn: ")
    if row.deadline is not None and row.deadline.extended_until is None:
        due = f"hạn {due}"
    said = ", ".join([due, *others])
    if row.state == ReportState.RETURNED:
        said += "; báo cáo bị trả lại, chưa gửi lại"
    return f"{said}; đã nhập {vi_number(row.board.filled)}/{vi_number(row.board.asked)} chỉ tiêu"


def reminded(done: Reminded, *, chosen: int) -> str:
    """Return "Đã nhắc 10/12 đơn vị: 11 người nhận thông báo, 9 người nhận thêm thư điện tử"."""
    of = "" if done.units == chosen else f"/{vi_number(chosen)}"
    said = f"Đã nhắc {vi_number(done.units)}{of} đơn vị: {vi_number(done.people)} người nhận thông báo"
    if done.mails:
        said += f", {vi_number(done.mails)} người nhận thêm thư điện tử"
    if of:
        said += ". Đơn vị còn lại vừa gửi báo cáo hoặc chưa có cán bộ nhập số liệu"
    return f"{said}."


def step_said(step: ReminderStep) -> str:
    """Return "trước hạn nộp 3 ngày", "đúng hạn nộp", "sau ngày hết ân hạn 5 ngày"."""
    start = step.get_counted_from_display()
    if step.days == 0:
        return f"đúng {start}"
    return f"{'sau' if step.days > 0 else 'trước'} {start} {vi_number(abs(step.days))} ngày"


def mail_body(*, text: str, link: str, site_url: str) -> str:
    """Return the words of the e-mail; without the site's address it has no link."""
    parts = [text]
    if site_url:
        parts.append(f"Mở trong phần mềm: {site_url.rstrip('/')}{link}")
    return "\n\n".join([*parts, FOOTER])


def _listed(rows: Sequence[SendingRow], period: Period, *, is_above: bool, today: date) -> str:
    lacking = f"chưa gửi số liệu {period.label}:"
    if len(rows) == 1:
        return f"{rows[0].name_and_place} {lacking} {row_said(rows[0], today)}."
    lead = f"Đã quá hạn mà {lacking}" if is_above else f"Các đơn vị dưới đây {lacking}"
    lines = [f"- {row.name_and_place}: {row_said(row, today)}" for row in rows[:LISTED]]
    if len(rows) > LISTED:
        lines.append(f"- và {vi_number(len(rows) - LISTED)} đơn vị khác")
    return "\n".join([lead, *lines])


def _link(rows: Sequence[SendingRow], period: Period, is_above: bool, may_review: bool) -> str:
    if not is_above and len(rows) == 1:
        return reverse("submission_enter", args=[rows[0].board.unit_id, period.code])
    page = "sending" if is_above and may_review else "submissions"
    return f"{reverse(page)}?{urlencode({'ky': period.code})}"
