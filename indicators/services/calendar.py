"""The calendar of deadlines: what comes with the product, what the office sets, and extensions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from documents.models import Document
from dvctt.lib.numbers import vi_date
from indicators import selectors
from indicators.models import CalendarRule, Extension, Holiday, Period, ReminderStep
from indicators.rules import CalendarRefused, CatalogueUnreadable, ExtensionRefused
from indicators.rules import CalendarRule as CalendarTerms
from units import selectors as unit_selectors

if TYPE_CHECKING:
    from accounts.models import User
    from units.models import Unit

RULE_COLUMNS: Final = (
    "period_kind", "level", "month_offset", "day", "move", "grace_days", "lock_days", "document", "basis",
    "valid_from",
)  # fmt: skip
HOLIDAY_COLUMNS: Final = ("day", "name")
STEP_COLUMNS: Final = ("code", "name", "counted_from", "days", "audience")
REASON_LENGTH: Final = 500
LONGEST_EXTENSION: Final = 366
"""Days from the day it is given: more is a slip of the year."""


@transaction.atomic
def load_calendar(*, rules: Path, holidays: Path, reminders: Path) -> int:
    """Take over deadlines, public holidays and steps of reminders of CSV files; return how many rows are new.

    What the office set itself stands: a level that has a rule for a kind of period, a day that was ever put
    down, even if it was taken back, or a step that is there is left alone. Raises CatalogueUnreadable.
    """
    known = {document.code: document for document in Document.objects.all()}
    set_already = set(CalendarRule.objects.values_list("period_kind", "level"))
    new_rules = [
        _rule(row, where, known)
        for where, row in _rows(rules, RULE_COLUMNS)
        if (row["period_kind"], row["level"]) not in set_already
    ]
    put_down = set(Holiday.objects.values_list("day", flat=True))
    new_holidays = [
        Holiday(day=day, name=row["name"])
        for where, row in _rows(holidays, HOLIDAY_COLUMNS)
        if (day := _day(row["day"], where)) not in put_down
    ]
    steps_already = set(ReminderStep.objects.values_list("code", flat=True))
    new_steps = [
        _step(row, where) for where, row in _rows(reminders, STEP_COLUMNS) if row["code"] not in steps_already
    ]
    CalendarRule.objects.bulk_create(new_rules)
    Holiday.objects.bulk_create(new_holidays)
    ReminderStep.objects.bulk_create(new_steps)
    return len(new_rules) + len(new_holidays) + len(new_steps)


@transaction.atomic
def grant_extension(
    *, unit: Unit, period: Period, until: date, reason: str, by: User, at: datetime
) -> Extension:
    """Give the unit time until the end of a day; the latest extension counts, also one that shortens another.

    It never takes away from the rule's own deadline: a day up to that ends an extension that stands, and is
    refused where there is none. Raises ExtensionRefused.
    """
    today, reason = timezone.localdate(at), reason.strip()
    if not reason:
        raise ExtensionRefused("Nhập lý do gia hạn: đơn vị và người kiểm tra sau này sẽ đọc lý do này.")
    if len(reason) > REASON_LENGTH:
        raise ExtensionRefused(f"Lý do gia hạn dài quá {REASON_LENGTH} ký tự; hãy rút gọn.")
    if until < today:
        raise ExtensionRefused(f"Ngày gia hạn đã qua; hãy chọn từ {vi_date(today)} trở đi.")
    if (until - today).days > LONGEST_EXTENSION:
        raise ExtensionRefused("Gia hạn không quá một năm kể từ hôm nay; hãy kiểm tra lại năm.")
    standing = Extension.objects.filter(unit=unit, period=period).first()
    due_on = _due_by_rule(unit, period)
    if due_on is not None and until <= due_on and (standing is None or standing.until <= due_on):
        raise ExtensionRefused(f"Hạn của đơn vị là ngày {vi_date(due_on)}; hãy chọn ngày sau đó.")
    return Extension.objects.create(unit=unit, period=period, until=until, reason=reason, by=by, at=at)


def _due_by_rule(unit: Unit, period: Period) -> date | None:
    version = unit_selectors.version_on(unit=unit, on=period.ends_on)
    deadline = selectors.deadlines_by_level(period=period).get(version.level) if version else None
    return deadline.due_on if deadline else None


def _rule(row: dict[str, str], where: str, known: dict[str, Document]) -> CalendarRule:
    if row["document"] and row["document"] not in known:
        raise CatalogueUnreadable(f"{where}: không có văn bản “{row['document']}” trong danh mục văn bản.")
    rule = CalendarRule(
        period_kind=row["period_kind"],
        level=row["level"],
        month_offset=_whole(row["month_offset"], where),
        day=_whole(row["day"], where),
        move=row["move"],
        grace_days=_whole(row["grace_days"], where),
        lock_days=_whole(row["lock_days"], where) if row["lock_days"] else None,
        document=known.get(row["document"]),
        basis=row["basis"],
        valid_from=_day(row["valid_from"], where),
    )
    _check(rule, where)
    return rule


def _step(row: dict[str, str], where: str) -> ReminderStep:
    step = ReminderStep(
        code=row["code"],
        name=row["name"],
        counted_from=row["counted_from"],
        days=_whole(row["days"], where),
        audience=row["audience"],
    )
    _check(step, where)
    return step


def _check(made: CalendarRule | ReminderStep, where: str) -> None:
    try:
        made.full_clean(validate_unique=False)
    except ValidationError as error:
        raise CatalogueUnreadable(f"{where}: {' '.join(error.messages)}") from error


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            raise CatalogueUnreadable(f"{path.name}: thiếu cột {', '.join(missing)}.")
        for row in reader:
            named: dict[str, Any] = {name: row[name] for name in columns}
            yield f"{path.name}, dòng {reader.line_num}", {k: (v or "").strip() for k, v in named.items()}


def _whole(text: str, where: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise CatalogueUnreadable(f"{where}: “{text}” phải là số nguyên.") from error


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CatalogueUnreadable(f"{where}: ngày “{text}” phải có dạng 2023-04-30.") from error


@transaction.atomic
def change_rule(*, rule: CalendarTerms, valid_from: date, basis: str, by: User, at: datetime) -> CalendarRule:
    """Set when a level reports on a kind of period, for periods that end on `valid_from` or later.

    The rule before it ends on the day before: earlier periods keep their deadline. Raises CalendarRefused.
    """
    basis = basis.strip()
    if not basis:
        raise CalendarRefused("Nhập căn cứ của quy định: văn bản nào, mục nào.")
    if rule.lock_days is not None and rule.lock_days < rule.grace_days:
        raise CalendarRefused("Số ngày khoá phải từ số ngày ân hạn trở lên, hoặc để trống nếu không khoá.")
    same = CalendarRule.objects.filter(level=rule.level, period_kind=rule.period_kind)
    latest = same.select_for_update().order_by("-valid_from").first()
    if latest is not None and latest.valid_from >= valid_from:
        raise CalendarRefused(
            f"Đã có quy định áp dụng từ {vi_date(latest.valid_from)}; hãy chọn ngày áp dụng sau ngày đó."
        )
    if latest is not None and latest.valid_to is None:
        latest.valid_to = valid_from
        latest.save(update_fields=["valid_to"])
    return CalendarRule.objects.create(
        level=rule.level,
        period_kind=rule.period_kind,
        month_offset=rule.month_offset,
        day=rule.day,
        move=rule.move,
        grace_days=rule.grace_days,
        lock_days=rule.lock_days,
        basis=basis,
        valid_from=valid_from,
        by=by,
        at=at,
    )


@transaction.atomic
def add_holiday(*, day: date, name: str, by: User, at: datetime) -> Holiday:
    """Put down a day on which nobody works; deadlines on it move. Raises CalendarRefused."""
    name = name.strip()
    if not name:
        raise CalendarRefused("Nhập tên ngày nghỉ, ví dụ Tết Nguyên đán.")
    standing = Holiday.objects.filter(day=day, removed_at=None).first()
    if standing is not None:
        raise CalendarRefused(f"Ngày {vi_date(day)} đã có trong lịch: {standing.name}.")
    return Holiday.objects.create(day=day, name=name, by=by, at=at)


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: User, at: datetime) -> None:
    """Take a holiday back; it stays to be read, with who did it. Raises CalendarRefused."""
    standing = Holiday.objects.select_for_update(of=("self",)).get(pk=holiday.pk)
    if standing.removed_at is not None:
        raise CalendarRefused(f"Ngày {vi_date(standing.day)} đã được bỏ khỏi lịch trước đó.")
    standing.removed_by, standing.removed_at = by, at
    standing.save(update_fields=["removed_by", "removed_at"])
