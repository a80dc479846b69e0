"""Deadlines as data: what is loaded, what the database holds, and what an extension needs."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from indicators import services
from indicators.models import CalendarRule, Extension, Holiday, ReminderStep
from tests.indicators.builders import AT
from tests.indicators.conftest import Place

pytestmark = pytest.mark.django_db
CATALOGUE = settings.FIXTURES_DIR / "catalogue"


def load(
    *,
    rules: Path = CATALOGUE / "calendar.csv",
    holidays: Path = CATALOGUE / "holidays.csv",
    reminders: Path = CATALOGUE / "reminders.csv",
) -> int:
    return services.load_calendar(rules=rules, holidays=holidays, reminders=reminders)


def test_the_product_brings_the_deadlines_of_the_documents_and_the_fixed_holidays(place: Place) -> None:
    call_command("load_catalogue", stdout=io.StringIO())
    days = {
        (one.period_kind, one.level): (one.month_offset, one.day, one.lock_days)
        for one in CalendarRule.objects.all()
    }
    assert {level: days["quarter", level] for level in ("xa", "so", "huyen", "tinh")} == {
        "xa": (0, 17, None),
        "so": (0, 19, None),
        "huyen": (0, 19, None),
        "tinh": (0, 22, None),
    }
    assert (days["month", "huyen"], days["month", "xa"]) == ((1, 10, None), (1, 15, None))
    assert Holiday.objects.filter(day=date(2026, 4, 30)).exists()
    assert Holiday.objects.count() == 20
    assert load() == 0


def test_loading_again_leaves_alone_what_the_office_set(place: Place) -> None:
    call_command("load_catalogue", stdout=io.StringIO())
    CalendarRule.objects.filter(level="xa", period_kind="quarter").update(day=16)
    Holiday.objects.filter(day=date(2023, 9, 2)).update(removed_by=place.office, removed_at=AT)
    assert load() == 0
    assert CalendarRule.objects.get(level="xa", period_kind="quarter").day == 16
    assert not Holiday.objects.filter(day=date(2023, 9, 2), removed_at=None).exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("week,xa,0,17,next,0,,,,2023-01-01", "dòng 2"),
        ("quarter,xa,0,32,next,0,,,,2023-01-01", "dòng 2"),
        ("quarter,xa,0,17,next,5,2,,,2023-01-01", "dòng 2"),
        ("quarter,xa,0,mười bảy,next,0,,,,2023-01-01", "“mười bảy” phải là số nguyên"),
        ("quarter,xa,0,17,next,0,,QNam99,,2023-01-01", "không có văn bản “QNam99”"),
        ("quarter,xa,0,17,next,0,,,,1/1/2023", "ngày “1/1/2023” phải có dạng"),
    ],
)
def test_a_wrong_line_of_the_calendar_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "calendar.csv"
    headings = (CATALOGUE / "calendar.csv").read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{headings}\n{line}\n", encoding="utf-8")
    with pytest.raises(services.CatalogueUnreadable, match=message):
        load(rules=path)
    assert not CalendarRule.objects.exists()
    assert not Holiday.objects.exists()


def test_the_product_brings_the_steps_of_reminders_and_leaves_alone_what_is_there(place: Place) -> None:
    call_command("load_catalogue", stdout=io.StringIO())
    assert list(ReminderStep.objects.values_list("counted_from", "days", "audience")) == [
        ("due", -3, "unit"),
        ("due", 0, "unit"),
        ("late", 1, "unit"),
        ("late", 5, "above"),
    ]
    ReminderStep.objects.filter(days=-3).update(days=-5)
    assert load() == 0
    assert ReminderStep.objects.filter(days=-5).exists()


@pytest.mark.parametrize("line", ["x,X,heute,1,unit", "x,X,due,90,unit", "x,X,due,1,all", "x,,due,1,unit"])
def test_a_wrong_step_of_reminders_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "reminders.csv"
    path.write_text(f"code,name,counted_from,days,audience\n{line}\n", encoding="utf-8")
    with pytest.raises(services.CatalogueUnreadable, match="dòng 2"):
        load(reminders=path)
    assert not ReminderStep.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": 0},
        {"day": 32},
        {"month_offset": 25},
        {"level": "thon"},
        {"period_kind": "to_date"},
        {"move": "sideways"},
        {"grace_days": 3, "lock_days": 2},
        {"valid_to": date(2023, 1, 1)},
    ],
)
def test_the_database_refuses_a_rule_that_makes_no_sense(wrong: dict[str, Any]) -> None:
    fields = {"level": "xa", "period_kind": "quarter", "day": 17, "valid_from": date(2023, 1, 1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarRule.objects.create(**(fields | wrong))


def test_one_rule_is_open_for_a_level_and_kind_and_a_day_is_one_holiday(place: Place) -> None:
    fields = {"level": "xa", "period_kind": "quarter", "day": 17}
    CalendarRule.objects.create(**fields, valid_from=date(2023, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarRule.objects.create(**fields, valid_from=date(2024, 1, 1))
    tet = {"day": date(2024, 2, 10), "name": "Tết Nguyên đán"}
    Holiday.objects.create(**tet, removed_by=place.office, removed_at=AT)
    Holiday.objects.create(**tet)
    with pytest.raises(IntegrityError), transaction.atomic():
        Holiday.objects.create(**tet)


def grant(place: Place, *, until: str = "2024-01-20", reason: str = "Mất điện") -> Extension:
    return services.grant_extension(
        unit=place.ha_tu,
        period=place.quarter,
        until=date.fromisoformat(until),
        reason=reason,
        by=place.district,
        at=AT,
    )


def test_an_extension_says_until_when_why_and_by_whom_and_is_written_once(place: Place) -> None:
    given = grant(place, reason="  Mất điện ba ngày  ")
    assert (given.until, given.reason, given.by) == (date(2024, 1, 20), "Mất điện ba ngày", place.district)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE indicators_extension SET reason = 'khác'")


@pytest.mark.parametrize(
    ("until", "reason", "told"),
    [
        ("2024-01-20", "  ", "Nhập lý do"),
        ("2024-01-20", "x" * 501, "dài quá 500"),
        ("2024-01-09", "Mất điện", "chọn từ 10/1/2024 trở đi"),
        ("2042-01-20", "Mất điện", "kiểm tra lại năm"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused(
    place: Place, until: str, reason: str, told: str
) -> None:
    with pytest.raises(services.ExtensionRefused, match=told):
        grant(place, until=until, reason=reason)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.create(
            unit=place.ha_tu,
            period=place.quarter,
            until=timedelta(days=1) + date(2024, 1, 20),
            reason="",
            by=place.district,
            at=AT,
        )
