"""What screens and files say of deadlines, in Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from dvctt.lib.numbers import vi_date, vi_number
from indicators import rules
from indicators.rules import CalendarRule, Deadline, ReportState, Standing

NO_DEADLINE: Final = "chưa đặt hạn"
LAST_DAY: Final = 31
MOVES_SAID: Final = dict(
    zip(
        rules.MOVES,
        (
            "trúng ngày nghỉ thì dời sang ngày làm việc sau",
            "trúng ngày nghỉ thì dời về ngày làm việc trước",
            "trúng ngày nghỉ vẫn giữ nguyên",
        ),
        strict=True,
    )
)


def due_parts(deadline: Deadline | None, *, sent_on: date | None, today: date) -> list[str]:
    """Return "Hạn: 17/12/2023" and "còn 2 ngày" as parts; for a sent report how it was sent."""
    if deadline is None:
        return [f"Hạn: {NO_DEADLINE}"]
    parts = [f"Hạn: {vi_date(deadline.due_on)}"]
    if deadline.extended_until is not None:
        parts = [f"Hạn: gia hạn đến {vi_date(deadline.extended_until)}"]
    parts.append(days_said(deadline, sent_on=sent_on, today=today))
    if sent_on is None and deadline.locks_on is not None:
        locked = rules.is_locked(deadline, today)
        parts.append("đã khoá" if locked else f"khoá sau ngày {vi_date(deadline.locks_on)}")
    return parts


def days_said(deadline: Deadline, *, sent_on: date | None, today: date) -> str:
    """Return "còn 2 ngày", "hạn hôm nay", "quá hạn 3 ngày", "gửi đúng hạn" or "gửi muộn 3 ngày"."""
    late = vi_number(rules.days_late(deadline, today if sent_on is None else sent_on))
    match rules.standing(sent_on, deadline, today):
        case Standing.ON_TIME:
            return "gửi đúng hạn"
        case Standing.IN_GRACE:
            return f"gửi sau hạn {late} ngày, trong thời gian ân hạn"
        case Standing.LATE:
            return f"gửi muộn {late} ngày"
        case Standing.NOT_DUE:
            return f"còn {vi_number(rules.days_left(deadline, today))} ngày"
        case Standing.DUE:
            return "hạn hôm nay" if today == deadline.due_on else f"sau hạn {late} ngày, còn ân hạn"
        case _:
            return f"quá hạn {late} ngày"


STATES: Final = {
    ReportState.ON_TIME: "Đã gửi đúng hạn",
    ReportState.IN_GRACE: "Đã gửi trong ân hạn",
    ReportState.LATE: "Đã gửi muộn",
    ReportState.SENT: "Đã gửi (chưa đặt hạn)",
    ReportState.RETURNED: "Bị trả lại",
    ReportState.OVERDUE: "Quá hạn chưa gửi",
    ReportState.WAITING: "Chưa gửi",
}
STATE_CLASSES: Final = {
    ReportState.ON_TIME: "done",
    ReportState.IN_GRACE: "done",
    ReportState.LATE: "late",
    ReportState.SENT: "sent",
    ReportState.RETURNED: "returned",
    ReportState.OVERDUE: "late",
    ReportState.WAITING: "todo",
}
"""How a state looks: the classes of the status of a report."""


def sending_answer(counts: Mapping[ReportState, int]) -> str:
    """Return what is still to be done, then how the others were sent: "3 quá hạn chưa gửi, 1 bị trả lại"."""
    told = (
        ReportState.OVERDUE,
        ReportState.RETURNED,
        ReportState.WAITING,
        ReportState.ON_TIME,
        ReportState.IN_GRACE,
        ReportState.LATE,
    )
    said = [f"{vi_number(counts[one])} {STATES[one].lower()}" for one in told if counts.get(one)]
    return ", ".join(said)


def month_said(offset: int) -> str:
    """Return which month a deadline falls in, counted from the period's last: "tháng liền sau kỳ" for 1."""
    near = {0: "tháng cuối kỳ", 1: "tháng liền sau kỳ", -1: "tháng liền trước tháng cuối kỳ"}
    side = "sau" if offset > 0 else "trước"
    return near.get(offset) or f"tháng thứ {abs(offset)} {side} tháng cuối kỳ"


def rule_said(rule: CalendarRule) -> str:
    """Return "ngày 17 tháng cuối kỳ, trúng ngày nghỉ thì dời sang ngày làm việc sau, ân hạn 2 ngày"."""
    day = "ngày cuối" if rule.day == LAST_DAY else f"ngày {rule.day}"
    parts = [f"{day} {month_said(rule.month_offset)}", MOVES_SAID[rule.move]]
    if rule.grace_days:
        parts.append(f"ân hạn {rule.grace_days} ngày")
    parts.append("không khoá" if rule.lock_days is None else f"khoá sau hạn {rule.lock_days} ngày")
    return ", ".join(parts)
