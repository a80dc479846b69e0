"""What the office does to periods: the next one is added, opened for figures, closed; each with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from dvctt.lib import names
from dvctt.lib.periods import PeriodSpan
from indicators.models import Period, PeriodChange, PeriodChangeKind, PeriodKind
from indicators.rules import PeriodRefused

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def add_period(*, span: PeriodSpan, reason: str, by: User, at: datetime) -> Period:
    """Store a period that nothing has been told for yet; it does not take figures until it is opened.

    Raises PeriodRefused.
    """
    period, is_new = Period.objects.get_or_create(
        code=span.code, defaults={"kind": span.kind, "starts_on": span.starts_on, "ends_on": span.ends_on}
    )
    if not is_new:
        raise PeriodRefused(f"Kỳ {period.label} đã có trong danh mục.", field="code")
    _write(period, PeriodChangeKind.ADDED, reason, by=by, at=at)
    return period


@transaction.atomic
def open_period(*, period: Period, reason: str, by: User, at: datetime) -> PeriodChange:
    """Let units enter and send figures of the period. Raises PeriodRefused."""
    held = Period.objects.select_for_update().get(pk=period.pk)
    if held.open_for_entry:
        raise PeriodRefused(f"Kỳ {held.label} đang thu số liệu rồi.")
    if held.kind not in PeriodKind.values:
        raise PeriodRefused(f"Kỳ {held.label} là số luỹ kế đến một ngày, chỉ nhận từ văn bản hoặc tệp.")
    return _turn(held, PeriodChangeKind.OPENED, reason, by=by, at=at)


@transaction.atomic
def close_period(*, period: Period, reason: str, by: User, at: datetime) -> PeriodChange:
    """Let nobody enter or send figures of the period any more; what was typed stays. Raises PeriodRefused."""
    held = Period.objects.select_for_update().get(pk=period.pk)
    if not held.open_for_entry:
        raise PeriodRefused(f"Kỳ {held.label} đã đóng trước đó.")
    return _turn(held, PeriodChangeKind.CLOSED, reason, by=by, at=at)


def _turn(period: Period, kind: PeriodChangeKind, reason: str, *, by: User, at: datetime) -> PeriodChange:
    period.open_for_entry = kind is PeriodChangeKind.OPENED
    period.save(update_fields=["open_for_entry"])
    return _write(period, kind, reason, by=by, at=at)


def _write(period: Period, kind: PeriodChangeKind, reason: str, *, by: User, at: datetime) -> PeriodChange:
    reason = names.nfc(reason).strip()
    if not reason:
        raise PeriodRefused("Hãy ghi lý do; lý do được lưu trong lịch sử của kỳ.", field="reason")
    return PeriodChange.objects.create(period=period, kind=kind.value, reason=reason[:300], by=by, at=at)
