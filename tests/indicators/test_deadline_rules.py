"""When figures are due: the day of the rule, moved off days on which nobody works."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.rules import CalendarRule, Deadline, Standing
from indicators.rules import deadlines as rules

COMMUNE = CalendarRule("xa", "quarter", 0, 17)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
moves = st.sampled_from(rules.MOVES)
calendar_rules = st.builds(
    CalendarRule,
    level=st.just("xa"),
    period_kind=st.just("month"),
    month_offset=st.integers(-12, 24),
    day=st.integers(1, 31),
    move=moves,
    grace_days=st.integers(0, 30),
    lock_days=st.none() | st.integers(0, 60),
)


@st.composite
def days_with_holidays(draw: st.DrawFn) -> tuple[date, frozenset[date]]:
    """A day and holidays around it, long runs among them."""
    day = draw(days)
    return day, frozenset(day + timedelta(days=n) for n in draw(st.frozensets(st.integers(-40, 40))))


@pytest.mark.parametrize(
    ("rule", "ends_on", "due_on"),
    [
        (COMMUNE, "2023-06-30", "2023-06-19"),  # 17/6/2023 is a Saturday
        (replace(COMMUNE, move="previous"), "2023-06-30", "2023-06-16"),
        (replace(COMMUNE, move="none"), "2023-06-30", "2023-06-17"),
        (replace(COMMUNE, day=19), "2023-12-31", "2023-12-19"),
        (COMMUNE, "2023-12-14", "2023-12-18"),  # the statutory quarter ends in the same month; 17 is a Sunday
        (replace(COMMUNE, month_offset=1, day=10), "2023-12-31", "2024-01-10"),
        (replace(COMMUNE, day=31), "2023-02-28", "2023-02-28"),
        (replace(COMMUNE, day=31), "2024-02-29", "2024-02-29"),
        (replace(COMMUNE, day=31, month_offset=-1), "2023-01-31", "2023-01-02"),  # 31/12/2022: Saturday
    ],
)
def test_the_day_that_a_rule_names(rule: CalendarRule, ends_on: str, due_on: str) -> None:
    holidays = {date(2023, 1, 1)}
    assert rules.deadline_of(rule, date.fromisoformat(ends_on), holidays).due_on == date.fromisoformat(due_on)


@given(calendar_rules, days)
def test_the_named_day_stands_in_its_month(rule: CalendarRule, ends_on: date) -> None:
    day = rules.nominal_day(rule, ends_on)
    months = (day.year - ends_on.year) * 12 + day.month - ends_on.month
    assert months == rule.month_offset
    assert day.day == min(rule.day, monthrange(day.year, day.month)[1])


@given(days_with_holidays(), moves)
def test_a_moved_day_is_the_nearest_working_day_on_its_side(
    around: tuple[date, frozenset[date]], move: str
) -> None:
    day, holidays = around
    moved = rules.moved_day(day, move, holidays)
    if move == "none":
        assert moved == day
        return
    assert rules.is_working_day(moved, holidays)
    assert moved >= day if move == "next" else moved <= day
    first, last = sorted((day, moved))
    passed = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert [one for one in passed if rules.is_working_day(one, holidays)] == [moved]


@given(days_with_holidays(), moves, st.integers(-40, 40))
def test_one_more_holiday_moves_a_deadline_only_outward(
    around: tuple[date, frozenset[date]], move: str, added: int
) -> None:
    day, holidays = around
    before = rules.moved_day(day, move, holidays)
    after = rules.moved_day(day, move, holidays | {day + timedelta(days=added)})
    assert {"next": after >= before, "previous": after <= before, "none": after == before}[move]


@given(calendar_rules, days, st.none() | st.integers(-90, 90), st.integers(-90, 200))
def test_due_grace_and_lock_follow_each_other_and_an_extension_takes_no_time_away(
    rule: CalendarRule, ends_on: date, until: int | None, today: int
) -> None:
    plain = rules.deadline_of(rule, ends_on, ())
    longer = rules.extended(plain, None if until is None else plain.due_on + timedelta(days=until))
    for one in (plain, longer):
        assert one.due_on <= one.late_after
        assert one.locks_on is None or one.late_after <= one.locks_on
    assert (longer.due_on, longer.late_after) >= (plain.due_on, plain.late_after)
    assert longer.late_after >= plain.late_after
    assert (longer.locks_on is None) == (plain.locks_on is None)
    day = plain.due_on + timedelta(days=today)
    assert rules.is_locked(plain, day) or not rules.is_locked(longer, day)
    if rules.is_locked(longer, day):
        assert rules.standing(None, longer, day) == Standing.OVERDUE


@pytest.mark.parametrize(
    ("sent_on", "today", "told"),
    [
        (17, 30, Standing.ON_TIME),
        (18, 30, Standing.IN_GRACE),
        (19, 30, Standing.IN_GRACE),
        (20, 30, Standing.LATE),
        (None, 16, Standing.NOT_DUE),
        (None, 17, Standing.DUE),
        (None, 19, Standing.DUE),
        (None, 20, Standing.OVERDUE),
    ],
)
def test_how_a_report_stands_that_is_due_on_the_17th_with_two_days_of_grace(
    sent_on: int | None, today: int, told: Standing
) -> None:
    deadline = Deadline(date(2023, 11, 17), date(2023, 11, 19))
    sent = None if sent_on is None else date(2023, 11, sent_on)
    assert rules.standing(sent, deadline, date(2023, 11, today)) == told
    assert rules.standing(sent, None, date(2023, 11, today)) == Standing.NO_DEADLINE


def test_the_days_before_and_after_are_counted_from_the_due_day() -> None:
    deadline = Deadline(date(2023, 11, 17), date(2023, 11, 19))
    counted = [
        (rules.days_left(deadline, day), rules.days_late(deadline, day))
        for day in (date(2023, 11, 15), date(2023, 11, 17), date(2023, 11, 20))
    ]
    assert counted == [(2, 0), (0, 0), (0, 3)]
