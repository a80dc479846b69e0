"""Saving, sending, returning and approving a unit's report."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from indicators import selectors, services
from indicators.models import Entry, Measurement, MeasurementRevision, Period, Submission, SubmissionStatus
from indicators.services import Cell
from tests.builders import make_person, make_units
from tests.indicators.builders import AT, day, make_indicator
from tests.indicators.conftest import Place
from units import permissions
from units.models import Kind, Role, Unit

pytestmark = pytest.mark.django_db


def test_a_draft_may_be_unfinished_and_makes_no_figure(place: Place) -> None:
    report = place.saved(tttt=Cell(31), quahan=Cell())
    assert (report.status, report.revision) == (SubmissionStatus.DRAFT, 1)
    kept = {entry.indicator_id: (entry.state, entry.value) for entry in report.entries.all()}
    assert kept == {
        place.hstt.pk: ("number", Decimal("96.6666666667")),
        place.tttt.pk: ("number", None),
        place.chodoi.pk: ("number", Decimal("4.5")),
    }
    assert not Measurement.objects.exists()


def test_saving_the_same_again_changes_nothing(place: Place) -> None:
    report = place.saved(tttt=Cell(None, 0))
    before = list(Entry.objects.values())
    saved = services.save_entries(
        submission=report, values=place.cells(tttt=Cell(None, 0)), by=place.officer, at=AT, seen_revision=0
    )
    assert (saved.changed, saved.revision) == (0, 1)
    assert list(Entry.objects.values()) == before
    assert Entry.objects.get(indicator=place.tttt).state == "not_arising"


def test_one_wrong_cell_refuses_the_whole_draft(place: Place) -> None:
    report = place.report()
    with pytest.raises(services.EntryInvalid) as refused:
        services.save_entries(
            submission=report,
            values=place.cells(tttt=Cell(4120, 412)),
            by=place.officer,
            at=AT,
            seen_revision=0,
        )
    assert refused.value.problems[place.tttt.pk].message.startswith("tử số là số nguyên từ 0 đến 412")
    assert not report.entries.exists()


def test_an_indicator_of_another_level_is_not_taken(place: Place) -> None:
    other = make_indicator("DONGBO", levels=["huyen"])
    with pytest.raises(services.EntryInvalid, match="không giao cho đơn vị này"):
        services.save_entries(
            submission=place.report(), values={other.pk: Cell(1, 2)}, by=place.officer, at=AT, seen_revision=0
        )


def test_a_save_on_an_older_revision_is_refused(place: Place) -> None:
    report = place.saved()
    other = make_person("dong-nghiep", role=Role.OFFICER, unit=place.ha_tu)
    services.save_entries(
        submission=report, values={place.tttt.pk: Cell(35, 402)}, by=other, at=AT, seen_revision=1
    )
    with pytest.raises(services.SubmissionChanged):
        services.save_entries(
            submission=report, values={place.tttt.pk: Cell(31, 400)}, by=place.officer, at=AT, seen_revision=1
        )
    stands = Entry.objects.get(indicator=place.tttt)
    assert (stands.numerator, stands.updated_by) == (35, other)


def test_a_cleared_cell_stays_as_a_blank_that_somebody_left(place: Place) -> None:
    report = place.saved()
    services.save_entries(
        submission=report, values={place.tttt.pk: Cell()}, by=place.officer, at=AT, seen_revision=1
    )
    entry = Entry.objects.get(indicator=place.tttt)
    assert (entry.cell.is_blank, entry.value, entry.revision) == (True, None, 2)


@pytest.mark.parametrize("unfinished", [Cell(), Cell(31), Cell(None, 402)])
def test_sending_needs_a_number_or_a_reason_for_each_indicator(place: Place, unfinished: Cell) -> None:
    report = place.saved(tttt=unfinished)
    with pytest.raises(services.SubmissionIncomplete, match="Còn 1 chỉ tiêu") as refused:
        services.send_submission(submission=report, by=place.officer, at=AT)
    assert refused.value.missing == [place.tttt.pk]
    services.save_entries(
        submission=report,
        values={place.tttt.pk: Cell(state="out_of_scope")},
        by=place.officer,
        at=AT,
        seen_revision=1,
    )
    services.send_submission(submission=report, by=place.officer, at=AT, seen_revision=2)
    report.refresh_from_db()
    assert report.status == SubmissionStatus.SENT


def test_approval_makes_the_figures_of_the_unit_and_names_their_origin(place: Place) -> None:
    report = place.sent()
    recorded = services.approve_submission(submission=report, by=place.district, at=AT)
    assert recorded.new == 4
    figures = {one.indicator_id: one for one in Measurement.objects.select_related("indicator")}
    assert figures[place.hstt.pk].value == Decimal("96.6666666667")
    assert (figures[place.quahan.pk].value, figures[place.chodoi.pk].value) == (2, Decimal("4.5"))
    assert {(one.source, one.origin, one.extracted_on) for one in figures.values()} == {
        ("don_vi", f"submission:{report.pk}", day("2024-01-10"))
    }
    revision = MeasurementRevision.objects.filter(measurement=figures[place.hstt.pk]).get()
    assert (revision.by, revision.reason) == (place.district, "Duyệt báo cáo Quý IV/2023")
    assert [event.status for event in report.events.all()] == ["approved", "sent", "draft"]


def test_nothing_is_saved_sent_or_decided_again_after_approval(place: Place) -> None:
    report = place.sent()
    services.approve_submission(submission=report, by=place.district, at=AT)
    for attempt in (
        lambda: services.save_entries(
            submission=report, values=place.cells(), by=place.officer, at=AT, seen_revision=1
        ),
        lambda: services.send_submission(submission=report, by=place.officer, at=AT),
        lambda: services.approve_submission(submission=report, by=place.district, at=AT),
        lambda: services.return_submission(submission=report, by=place.district, at=AT, reason="Sai"),
    ):
        with pytest.raises(services.SubmissionClosed, match="đã duyệt"):
            attempt()


def test_a_return_needs_a_reason_and_opens_the_report_again(place: Place) -> None:
    report = place.sent()
    for reason in ("", "  \n", "x" * 501):
        with pytest.raises(services.ReasonMissing):
            services.return_submission(submission=report, by=place.district, at=AT, reason=reason)
    services.return_submission(
        submission=report, by=place.district, at=AT, reason="Tử số thanh toán lệch với Cổng"
    )
    report.refresh_from_db()
    assert (report.status, report.takes_figures) == (SubmissionStatus.RETURNED, True)
    services.save_entries(
        submission=report, values={place.tttt.pk: Cell(30, 402)}, by=place.officer, at=AT, seen_revision=1
    )
    report.refresh_from_db()
    assert report.status == SubmissionStatus.RETURNED
    services.send_submission(submission=report, by=place.officer, at=AT)


def test_nobody_reviews_figures_of_their_own(place: Place) -> None:
    report = place.sent()
    for decide in (
        lambda person: services.approve_submission(submission=report, by=person, at=AT),
        lambda person: services.return_submission(submission=report, by=person, at=AT, reason="Sai"),
    ):
        with pytest.raises(services.OwnEntry):
            decide(place.officer)
    services.return_submission(submission=report, by=place.district, at=AT, reason="Sai")
    services.save_entries(
        submission=report, values={place.tttt.pk: Cell(1, 402)}, by=place.district, at=AT, seen_revision=1
    )
    services.send_submission(submission=report, by=place.officer, at=AT)
    with pytest.raises(services.OwnEntry):
        services.approve_submission(submission=report, by=place.district, at=AT)
    services.approve_submission(submission=report, by=place.office, at=AT)


def test_what_was_returned_and_sent_anew_is_not_approved_unseen(place: Place) -> None:
    report = place.sent()
    services.return_submission(submission=report, by=place.district, at=AT, reason="Sai")
    services.save_entries(
        submission=report, values={place.tttt.pk: Cell(1, 402)}, by=place.officer, at=AT, seen_revision=1
    )
    services.send_submission(submission=report, by=place.officer, at=AT)
    with pytest.raises(services.SubmissionChanged):
        services.approve_submission(submission=report, by=place.district, at=AT, seen_revision=1)
    assert not Measurement.objects.exists()


def test_a_closed_period_takes_no_figures_but_what_was_sent_may_be_approved(place: Place) -> None:
    sent, draft = place.sent(), place.saved(place.ha_lam)
    Period.objects.update(open_for_entry=False)
    for attempt in (
        lambda: services.save_entries(
            submission=draft, values=place.cells(tttt=Cell()), by=place.officer, at=AT, seen_revision=1
        ),
        lambda: services.send_submission(submission=draft, by=place.officer, at=AT),
        lambda: services.open_submission(unit=place.ha_long, period=Period.objects.get()),
    ):
        with pytest.raises(services.PeriodClosed, match="Quý IV/2023 không thu số liệu"):
            attempt()
    services.approve_submission(submission=sent, by=place.district, at=AT)


def test_saving_and_approving_thirty_indicators_takes_as_many_queries_as_four(place: Place) -> None:
    def run(unit: Unit) -> tuple[int, int]:
        report = place.report(unit)
        cells = {one.pk: Cell(1, 2) if one.denominator else Cell(1) for one in asked(report)}
        with CaptureQueriesContext(connection) as saving:
            services.save_entries(submission=report, values=cells, by=place.officer, at=AT, seen_revision=0)
        services.send_submission(submission=report, by=place.officer, at=AT)
        with CaptureQueriesContext(connection) as approving:
            services.approve_submission(submission=report, by=place.district, at=AT)
        return len(saving), len(approving)

    def asked(report: Submission) -> list:
        return selectors.asked_indicators(submission=report)

    few = run(place.ha_tu)
    for number in range(26):
        make_indicator(f"THEM-{number}", short_name=f"Chỉ tiêu {number}")
    assert len(asked(place.report(place.ha_lam))) == 30
    assert run(place.ha_lam) == few


def test_the_board_lists_every_unit_that_is_asked(
    place: Place, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_units([f"Xã {number:02}" for number in range(30)], kind=Kind.XA, parent=place.ha_long)
    place.sent()
    place.saved(place.ha_lam, tttt=Cell(31), quahan=Cell(state="out_of_scope"))
    units = permissions.units_for(
        user=place.district, permission="indicators.review_figures", today=day("2024-01-10")
    )
    with django_assert_num_queries(7):
        rows = selectors.submission_board(units=units, period=place.quarter)
    assert len(rows) == 32
    told = {row.full_name: (row.status, row.filled, row.asked, row.changed_by) for row in rows}
    assert told["Phường Hà Tu"] == ("sent", 4, 4, "xa")
    assert told["Phường Hà Lầm"] == ("draft", 3, 4, "xa")
    assert told["Xã Xã 00"] == ("empty", 0, 4, "")
