"""Which reminder is due on a day: at most one, never twice, on working days, and none to who has sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import rules
from indicators.rules import CalendarRule, Deadline, ReminderStep

BEFORE = ReminderStep("truoc-han-3", "due", -3, "unit")
ON_THE_DAY = ReminderStep("den-han", "due", 0, "unit")
AFTER = ReminderStep("qua-han-1", "late", 1, "unit")
ABOVE = ReminderStep("cap-tren", "late", 5, "above")
STEPS = [BEFORE, ON_THE_DAY, AFTER, ABOVE]
DAY = timedelta(days=1)
# Monday; nobody works on Saturdays, Sundays, and here on the 20th.
DEADLINE = Deadline(date(2023, 12, 18), date(2023, 12, 18))
HOLIDAYS = frozenset({date(2023, 12, 20)})


def due_on(
    day: str,
    *,
    deadline: Deadline | None = DEADLINE,
    done: tuple[str, ...] = (),
    is_sent: bool = False,
    returned_on: str | None = None,
) -> str | None:
    step = rules.step_due(
        STEPS,
        deadline,
        is_sent=is_sent,
        returned_on=None if returned_on is None else date.fromisoformat(returned_on),
        done=done,
        today=date.fromisoformat(day),
        holidays=HOLIDAYS,
    )
    return step.code if step else None


@pytest.mark.parametrize(
    ("day", "done", "step"),
    [
        ("2023-12-14", (), None),
        # Three days before is a Friday, and the Friday reminder is not made up for on a Sunday.
        ("2023-12-15", (), "truoc-han-3"),
        ("2023-12-17", (), None),
        ("2023-12-18", ("truoc-han-3",), "den-han"),
        ("2023-12-19", ("truoc-han-3", "den-han"), "qua-han-1"),
        ("2023-12-20", (), None),
        # Five days after is a Saturday: told on the Monday.
        ("2023-12-22", ("qua-han-1",), None),
        ("2023-12-25", ("qua-han-1",), "cap-tren"),
        # After a missed week only the last one goes out, and none weeks later.
        ("2023-12-22", (), "qua-han-1"),
        ("2023-12-26", (), "cap-tren"),
        ("2024-01-08", (), "cap-tren"),
        ("2024-01-09", (), None),
        # A clock that was set back brings no earlier one.
        ("2023-12-18", ("qua-han-1",), None),
    ],
)
def test_the_step_of_a_report_that_was_due_on_monday_the_18th(
    day: str, done: tuple[str, ...], step: str | None
) -> None:
    assert due_on(day, done=done) == step


def test_nothing_is_due_for_a_sent_report_or_without_a_deadline() -> None:
    assert due_on("2023-12-19", is_sent=True) is None
    assert due_on("2023-12-19", deadline=None) is None


def test_a_report_that_came_back_is_reminded_only_of_what_follows() -> None:
    assert due_on("2023-12-21", returned_on="2023-12-21") is None
    assert due_on("2023-12-25", returned_on="2023-12-21") == "cap-tren"


def test_a_locked_unit_is_not_asked_any_more_but_told_of_above() -> None:
    locked = Deadline(DEADLINE.due_on, DEADLINE.late_after, DEADLINE.due_on)
    assert due_on("2023-12-19", deadline=locked) is None
    assert due_on("2023-12-25", deadline=locked) == "cap-tren"


def test_grace_moves_what_follows_it() -> None:
    with_grace = Deadline(date(2023, 12, 18), date(2023, 12, 21))
    assert due_on("2023-12-19", deadline=with_grace) == "den-han"
    assert due_on("2023-12-22", deadline=with_grace) == "qua-han-1"


# Year ends, leap days, 31sts; long runs of holidays as at Tết.
ends = st.one_of(
    st.dates(date(2022, 1, 1), date(2032, 12, 31)),
    st.sampled_from([date(2023, 12, 31), date(2024, 2, 29), date(2025, 1, 31), date(2026, 12, 31)]),
)
steps_of_an_office = st.lists(
    st.builds(
        ReminderStep,
        code=st.just(""),
        counted_from=st.sampled_from(rules.COUNTED_FROM),
        days=st.integers(-10, 10),
        audience=st.sampled_from(rules.AUDIENCES),
    ),
    min_size=1,
    max_size=5,
).map(lambda some: [ReminderStep(str(n), s.counted_from, s.days, s.audience) for n, s in enumerate(some)])


@dataclass(frozen=True)
class Case:
    deadline: Deadline
    holidays: frozenset[date]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    ends_on = draw(ends)
    first = draw(st.integers(-20, 20))
    holidays = frozenset(ends_on + DAY * (first + n) for n in range(draw(st.integers(0, 9))))
    rule = CalendarRule(
        "xa", "quarter", 0, draw(st.sampled_from([17, 28, 30, 31])), grace_days=draw(st.integers(0, 4))
    )
    return Case(rules.deadline_of(rule, ends_on, holidays), holidays)


def run(
    case: Case,
    steps: list[ReminderStep],
    days: list[date],
    *,
    extended: Deadline | None = None,
    from_run: int = 0,
) -> list[tuple[date, date, ReminderStep]]:
    """Let the timetable run on those days in that order; return when what went out, of which due day."""
    out: list[tuple[date, date, ReminderStep]] = []
    for number, day in enumerate(days):
        deadline = extended if extended and number >= from_run else case.deadline
        step = rules.step_due(
            steps,
            deadline,
            is_sent=False,
            returned_on=None,
            done={step.code for _, due, step in out if due == deadline.due_on},
            today=day,
            holidays=case.holidays,
        )
        if step is not None:
            out.append((day, deadline.due_on, step))
    return out


@given(cases(), steps_of_an_office, st.lists(st.integers(-25, 45), max_size=30))
def test_on_whatever_days_the_timetable_runs_no_step_goes_out_twice_nor_on_a_day_off(
    case: Case, steps: list[ReminderStep], days: list[int]
) -> None:
    out = run(case, steps, [case.deadline.due_on + DAY * n for n in days])
    told = [step.code for _, _, step in out]
    assert len(told) == len(set(told))
    assert all(rules.is_working_day(day, case.holidays) for day, _, _ in out)


@given(cases(), st.integers(0, 12), st.integers(1, 25))
def test_an_extension_begins_again_and_repeats_nothing(case: Case, given_after: int, longer: int) -> None:
    until = case.deadline.due_on + DAY * longer
    days = [case.deadline.due_on + DAY * n for n in range(-10, 60)]
    out = run(case, STEPS, days, extended=rules.extended(case.deadline, until), from_run=given_after)
    pairs = [(due, step.code) for _, due, step in out]
    assert len(pairs) == len(set(pairs))
    if given_after < 10:
        assert [step.code for _, due, step in out if due == until][-1] == "cap-tren"


@given(cases(), st.sets(st.integers(-15, 60)))
def test_who_never_sends_is_told_of_above_once_and_only_after_the_deadline(
    case: Case, missed: set[int]
) -> None:
    days = [case.deadline.due_on + DAY * n for n in range(-15, 61)]
    everyday = run(case, STEPS, days)
    assert [step.code for _, _, step in everyday].count("cap-tren") == 1
    some = run(case, STEPS, [case.deadline.due_on + DAY * n for n in range(-15, 61) if n not in missed])
    above = [day for day, _, step in some if step.audience == "above"]
    assert len(above) <= 1
    assert all(day > case.deadline.late_after for day in above)


@given(cases(), st.integers(-30, 60))
def test_what_is_due_is_near_so_that_far_periods_need_not_be_read(case: Case, days: int) -> None:
    today = case.deadline.due_on + DAY * days
    step = rules.step_due(
        STEPS, case.deadline, is_sent=False, returned_on=None, done=(), today=today, holidays=case.holidays
    )
    assert step is None or rules.is_near(STEPS, case.deadline, today, case.holidays)
