"""What screens and files say of deadlines, in Vietnamese."""

from __future__ import annotations

from datetime import date
from typing import Final

from dvctt.lib.numbers import vi_date, vi_number
from indicators import rules
from indicators.rules import Deadline, Standing

NO_DEADLINE: Final = "chưa đặt hạn"
STANDINGS: Final = {
    Standing.ON_TIME: "Đúng hạn",
    Standing.IN_GRACE: "Trong ân hạn",
    Standing.LATE: "Muộn",
    Standing.NOT_DUE: "Chưa đến hạn",
    Standing.DUE: "Đến hạn",
    Standing.OVERDUE: "Quá hạn",
    Standing.NO_DEADLINE: "Chưa đặt hạn",
}
CLASSES: Final = {
    Standing.ON_TIME: "done",
    Standing.IN_GRACE: "done",
    Standing.LATE: "doing",
    Standing.NOT_DUE: "todo",
    Standing.DUE: "doing",
    Standing.OVERDUE: "returned",
    Standing.NO_DEADLINE: "todo",
}
"""How a standing looks: the classes of the status of a report."""


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
