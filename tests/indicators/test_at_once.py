"""Two people on one report at the same moment: one is served, the other is told, nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core import mail

from accounts.models import User
from indicators import services
from indicators.models import (
    Entry,
    Measurement,
    MeasurementRevision,
    Notice,
    Reminder,
    ReminderRun,
    ReminderStep,
    Submission,
    SubmissionStatus,
)
from indicators.services import Cell
from tests.at_once import at_once
from tests.builders import make_person
from tests.indicators.builders import AT
from tests.indicators.conftest import Place
from tests.indicators.test_deadlines import at, make_rule
from units.models import Role

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_saves_one_is_kept_and_the_other_is_told(place: Place) -> None:
    report = place.report()
    colleague = make_person("dong-nghiep", role=Role.OFFICER, unit=place.ha_tu)

    def save(numerator: int, by: object) -> Callable[[], object]:
        return lambda: services.save_entries(
            submission=Submission.objects.get(pk=report.pk),
            values={place.hstt.pk: Cell(numerator, 3000)},
            by=by,  # type: ignore[arg-type]
            at=AT,
            seen_revision=0,
        )

    ended = at_once(save(1, place.officer), save(2, colleague))
    assert sorted(ended) == ["SubmissionChanged", "done"]
    entry = Entry.objects.get()
    assert (entry.numerator, entry.updated_by) == (
        (1, place.officer) if ended[0] == "done" else (2, colleague)
    )
    report.refresh_from_db()
    assert (report.revision, report.events.count()) == (1, 1)


def test_of_two_approvals_one_makes_the_figures(place: Place) -> None:
    report = place.sent()

    def approve(by: object) -> Callable[[], object]:
        return lambda: services.approve_submission(
            submission=Submission.objects.get(pk=report.pk),
            by=by,  # type: ignore[arg-type]
            at=AT,
            seen_revision=1,
        )

    assert sorted(at_once(approve(place.district), approve(place.office))) == ["SubmissionClosed", "done"]
    assert (Measurement.objects.count(), MeasurementRevision.objects.count()) == (4, 4)
    assert report.events.filter(status=SubmissionStatus.APPROVED).count() == 1


def test_an_approval_and_a_return_never_both_happen(place: Place) -> None:
    report = place.sent()
    ended = at_once(
        lambda: services.approve_submission(submission=report, by=place.district, at=AT, seen_revision=1),
        lambda: services.return_submission(
            submission=Submission.objects.get(pk=report.pk), by=place.office, at=AT, reason="Xem lại"
        ),
    )
    assert sorted(ended) == ["SubmissionClosed", "done"]
    report = Submission.objects.get(pk=report.pk)
    approved = ended[0] == "done"
    assert report.status == (SubmissionStatus.APPROVED if approved else SubmissionStatus.RETURNED)
    assert Measurement.objects.count() == (4 if approved else 0)


def test_two_who_open_a_report_get_the_same_one(place: Place) -> None:
    ended = at_once(*[lambda: services.open_submission(unit=place.ha_lam, period=place.quarter)] * 3)
    assert ended == ["done"] * 3
    assert Submission.objects.count() == 1


@pytest.fixture
def due(place: Place) -> Place:
    """The officer, who has e-mail, is to be reminded on 15/12/2023."""
    make_rule()
    ReminderStep.objects.create(code="truoc", name="Trước hạn", counted_from="due", days=-3, audience="unit")
    User.objects.filter(pk=place.officer.pk).update(email="xa@example.vn")
    return place


def test_of_timetables_that_run_at_once_one_reminds(due: Place) -> None:
    ended = at_once(*[lambda: services.remind_due(at=at("2023-12-15"))] * 3)
    assert ended == ["done"] * 3
    assert (ReminderRun.objects.count(), Notice.objects.count(), len(mail.outbox)) == (1, 1, 1)
    assert sorted(Reminder.objects.values_list("channel", flat=True)) == ["mail", "notice"]


def test_a_form_that_is_posted_twice_at_once_reminds_once(due: Place) -> None:
    token = uuid4()
    ended = at_once(
        *[
            lambda: services.remind_by_hand(
                unit_ids=[due.ha_tu.pk],
                period=due.quarter,
                token=token,
                note="",
                by=due.district,
                at=at("2023-12-15"),
            )
        ]
        * 2
    )
    assert sorted(ended) == ["AlreadyReminded", "done"]
    assert at_once(*[lambda: services.deliver_waiting(at=at("2023-12-15"))] * 3) == ["done"] * 3
    assert (Notice.objects.count(), len(mail.outbox)) == (1, 1)
