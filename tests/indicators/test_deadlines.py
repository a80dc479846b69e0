"""Deadlines of units: who has until when, and what is refused once a period is locked."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from indicators import selectors, services
from indicators.models import CalendarRule, Extension, Holiday, Submission, SubmissionStatus
from indicators.rules import Deadline
from tests.builders import make_units
from tests.indicators.builders import AT, day, make_period
from tests.indicators.conftest import Place
from units.models import Kind

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    """Midday in Viet Nam."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC).replace(hour=5)


def make_rule(**fields: Any) -> CalendarRule:
    defaults = {"level": "xa", "period_kind": "quarter", "day": 17, "valid_from": day("2023-01-01")}
    return CalendarRule.objects.create(**(defaults | fields))


def extend(place: Place, until: str, *, on: str = "2023-12-18") -> Extension:
    return services.grant_extension(
        unit=place.ha_tu,
        period=place.quarter,
        until=day(until),
        reason="Mất điện",
        by=place.district,
        at=at(on),
    )


def test_a_deadline_is_that_of_the_level_moved_off_holidays_with_the_latest_extension(place: Place) -> None:
    make_rule()
    make_rule(level="huyen", day=19, grace_days=2)
    Holiday.objects.create(day=day("2023-12-18"), name="Nghỉ bù")
    Holiday.objects.create(day=day("2023-12-19"), name="Bỏ", removed_by=place.office, removed_at=AT)
    extend(place, "2023-12-29")
    extend(place, "2023-12-22", on="2023-12-19")
    levels = {
        place.ha_tu.pk: "xa",
        place.ha_lam.pk: "xa",
        place.ha_long.pk: "huyen",
        place.province.pk: "tinh",
    }
    found = selectors.deadlines_for(levels=levels, period=place.quarter)
    assert found == {
        # 17/12/2023 is a Sunday, the 18th a holiday.
        place.ha_tu.pk: Deadline(day("2023-12-22"), day("2023-12-22"), None, day("2023-12-22")),
        place.ha_lam.pk: Deadline(day("2023-12-19"), day("2023-12-19")),
        place.ha_long.pk: Deadline(day("2023-12-19"), day("2023-12-21")),
    }
    assert selectors.deadline_of_unit(unit=place.ha_tu, period=place.quarter) == found[place.ha_tu.pk]
    assert selectors.deadline_of_unit(unit=place.ha_tu, period=make_period("2023-T10")) is None


def test_a_changed_rule_leaves_past_periods_their_deadline(place: Place) -> None:
    make_rule(valid_to=day("2024-01-01"))
    make_rule(day=10, valid_from=day("2024-01-01"))
    due = {
        code: selectors.deadlines_by_level(period=make_period(code))["xa"].due_on
        for code in ("2023-Q4", "2024-Q1")
    }
    assert due == {"2023-Q4": day("2023-12-18"), "2024-Q1": day("2024-03-11")}  # the 10th is a Sunday


def test_deadlines_of_thirty_units_take_three_queries(
    place: Place, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_rule()
    units = make_units([f"Số {number:02}" for number in range(30)], kind=Kind.PHUONG, parent=place.ha_long)
    extend(place, "2023-12-22")
    with django_assert_num_queries(3):
        found = selectors.deadlines_for(levels={unit.pk: "xa" for unit in units}, period=place.quarter)
    assert len(found) == 30


def save(place: Place, report: Submission, *, on: str) -> None:
    services.save_entries(
        submission=report, values=place.cells(), by=place.officer, at=at(on), seen_revision=report.revision
    )


def test_after_the_lock_day_nothing_is_saved_or_sent_until_the_reviewer_gives_time(place: Place) -> None:
    make_rule(lock_days=5)  # due on Monday 18/12/2023, locked after the 23rd
    report = place.report()
    save(place, report, on="2023-12-23")
    report.refresh_from_db()
    told = r"Đã khoá nhập số liệu Quý IV/2023 của đơn vị từ sau ngày 23/12/2023; đề nghị người duyệt gia hạn"
    with pytest.raises(services.DeadlinePassed, match=told):
        save(place, report, on="2023-12-24")
    with pytest.raises(services.DeadlinePassed, match=told):
        services.send_submission(submission=report, by=place.officer, at=at("2023-12-24"))
    extend(place, "2023-12-26", on="2023-12-24")
    save(place, report, on="2023-12-24")
    with pytest.raises(services.DeadlinePassed, match="sau ngày 26/12/2023"):
        services.send_submission(submission=report, by=place.officer, at=at("2023-12-27"))
    services.send_submission(submission=report, by=place.officer, at=at("2023-12-26"))
    report.refresh_from_db()
    assert report.status == SubmissionStatus.SENT


def test_a_rule_without_lock_days_never_locks(place: Place) -> None:
    make_rule()
    report = place.report()
    save(place, report, on="2026-11-28")
    services.send_submission(submission=report, by=place.officer, at=at("2026-11-28"))


def test_a_day_before_the_deadline_gives_no_time_and_only_ends_an_extension_that_stands(place: Place) -> None:
    make_rule()
    deadline = selectors.deadline_of_unit(unit=place.ha_tu, period=place.quarter)
    assert deadline is not None
    for until in ("2023-12-12", deadline.due_on.isoformat()):
        with pytest.raises(services.ExtensionRefused, match="hãy chọn ngày sau đó"):
            extend(place, until, on="2023-12-10")
    extend(place, "2023-12-28", on="2023-12-10")
    extend(place, "2023-12-12", on="2023-12-10")
    assert selectors.deadline_of_unit(unit=place.ha_tu, period=place.quarter) == deadline
    with pytest.raises(services.ExtensionRefused):
        extend(place, "2023-12-13", on="2023-12-10")
