"""Reviewing: lines given back with reasons, figures beside those of other times and sources, the queue."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from dvctt.history import HistoryIsKept
from indicators import selectors, services
from indicators.models import (
    CellRemark,
    Entry,
    Indicator,
    Measurement,
    Period,
    Source,
    Submission,
    SubmissionEvent,
    SubmissionStatus,
)
from indicators.rules import remarks_in_words
from indicators.services import Cell
from tests.builders import make_unit, make_units
from tests.indicators.builders import AT, draft, make_indicator, make_period
from tests.indicators.conftest import Place
from units.models import Kind, Unit

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def logged_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, report: Submission) -> str:
    response = client.get(reverse("submission", args=[report.pk]))
    assert response.status_code == 200
    return response.content.decode()


def give_back(place: Place, report: Submission, **fields: Any) -> Any:
    address = reverse("submission_return", args=[report.pk])
    return logged_in(place.district).post(address, {"seen_revision": str(report.revision), **fields})


# --- Giving lines back --------------------------------------------------------------------------------------
def test_a_line_is_given_back_with_its_own_reason_and_the_step_names_it(place: Place) -> None:
    report = place.sent()
    services.return_submission(
        submission=report, by=place.district, at=AT, remarks={place.tttt.pk: " Lệch với Cổng "}
    )
    step = report.events.get(status=SubmissionStatus.RETURNED)
    assert step.reason == "Xem lại 1 chỉ tiêu: Thanh toán trực tuyến"
    told = selectors.steps_of(submission=report)[0].remarks
    assert [(one.indicator, one.reason) for one in told] == [(place.tttt, "Lệch với Cổng")]
    assert remarks_in_words(["A", "B", "C", "D", "E"]) == "Xem lại 5 chỉ tiêu: A; B; C và 2 chỉ tiêu khác"


def test_lines_without_a_reason_or_of_another_level_are_not_given_back(place: Place) -> None:
    report = place.sent()
    other = make_indicator("DONGBO", levels=["huyen"])
    for remarks, refusal in (
        ({place.tttt.pk: " "}, services.ReasonMissing),
        ({place.tttt.pk: "x" * 301}, services.ReasonMissing),
        ({other.pk: "Sai"}, services.EntryInvalid),
        ({}, services.ReasonMissing),
    ):
        with pytest.raises(refusal):
            services.return_submission(submission=report, by=place.district, at=AT, remarks=remarks)
    with pytest.raises(services.SubmissionChanged):
        services.return_submission(
            submission=report, by=place.district, at=AT, reason="Sai", seen_revision=report.revision - 1
        )
    assert not CellRemark.objects.exists()


def test_what_was_said_of_a_line_is_never_rewritten(place: Place) -> None:
    report = place.sent()
    services.return_submission(
        submission=report, by=place.district, at=AT, remarks={place.tttt.pk: "Lệch với Cổng"}
    )
    remark = CellRemark.objects.get()
    for rewrite in (remark.save, remark.delete, lambda: CellRemark.objects.update(reason="Khác")):
        with pytest.raises(HistoryIsKept):
            rewrite()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE indicators_cellremark SET reason = 'Khác'")


def test_the_officer_sees_each_reason_first_beside_its_line_and_in_the_history(place: Place) -> None:
    report, line = place.sent(), place.tttt.pk
    html = page(logged_in(place.district), report)
    assert f'name="l-{line}" form="tra-lai"' in html
    response = give_back(place, report, **{"reason": "", f"x-{line}": "1", f"l-{line}": "Lệch với <Cổng>"})
    assert response.status_code == 302
    told = "<b>Thanh toán trực tuyến</b>: “Lệch với &lt;Cổng&gt;”"
    officer = logged_in(place.officer)
    listed = officer.get(reverse("submissions")).content.decode()
    assert told in listed
    form = page(officer, report)
    assert form.index(told) < form.index("<h1>")
    assert "⚠ Người duyệt: Lệch với &lt;Cổng&gt;</span>" in form
    assert told in page(logged_in(place.district), report)
    services.send_submission(submission=report, by=place.officer, at=LATER)
    assert "Người duyệt:" not in page(officer, report)
    assert told in page(officer, report)  # the history keeps it


def test_a_ticked_line_needs_its_reason_and_keeps_what_was_written_elsewhere(place: Place) -> None:
    report = place.sent()
    first, second = place.hstt.pk, place.tttt.pk
    html = give_back(place, report, **{f"x-{first}": "1", f"l-{second}": "Lệch"}).content.decode()
    assert "<title>Lỗi: " in html
    assert f'<a href="#l-{first}">Hồ sơ trực tuyến: đã chọn trả lại dòng này thì ghi lý do' in html
    assert 'value="Lệch"' in html
    assert give_back(place, report, reason="").content.decode().count('<a href="#id_reason">Nhập lý do') == 1
    report.refresh_from_db()
    assert report.status == SubmissionStatus.SENT
    assert give_back(place, report, reason="Sai", seen_revision="0").status_code == 409


def test_the_pages_of_a_returned_report_keep_their_budget_with_thirty_remarks(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    report = place.sent()
    more = [make_indicator(f"THEM-{number}", short_name=f"Chỉ tiêu {number}") for number in range(30)]
    services.return_submission(
        submission=report, by=place.district, at=AT, remarks={one.pk: "Lệch" for one in more}
    )
    officer, district = logged_in(place.officer), logged_in(place.district)
    with django_assert_max_num_queries(22):
        assert page(officer, report).count("⚠ Người duyệt") == 30
    with django_assert_max_num_queries(22):
        page(district, report)
    with django_assert_max_num_queries(22):
        officer.get(reverse("submissions"))


# --- Figures beside those of other times and sources --------------------------------------------------------
def record(place: Place, code: str, *figures: tuple[Indicator, str], source: str = Source.NATIONAL) -> None:
    services.record_measurements(
        drafts=[
            draft(place.ha_tu, one, make_period(code), value=value, source=source) for one, value in figures
        ],
        by=None,
        reason="kiểm thử",
        at=AT,
    )


def unit_comes_first() -> None:
    """Let the unit's own report count before the portal's figure, which then locks nothing."""
    Indicator.objects.update(sources=[Source.UNIT.value, Source.NATIONAL.value])


def compared(report: Submission) -> selectors.Comparison:
    return selectors.compare_report(submission=report)


def test_each_figure_stands_beside_the_period_before_the_year_before_and_the_portals(place: Place) -> None:
    unit_comes_first()
    record(place, "2023-Q3", (place.tttt, "41.2"), (place.quahan, "5"))
    record(place, "2022-Q4", (place.tttt, "6.71"))
    record(place, "2023-Q4", (place.hstt, "96.67"), (place.tttt, "7.9"), (place.quahan, "2"))
    record(place, "2023-Q4", (place.tttt, "50"), source=Source.SIMULATED)
    report = place.sent()
    cells = compared(report).cells
    told = {one.indicator.code: [flag.words for flag in one.flags] for one in cells.values()}
    assert told == {
        "HSTT": [],
        "TTTT": ["Giảm 33,49 điểm % so với kỳ trước", "Khác Cổng −0,19 điểm %"],
        "QUAHAN": [],
        "CHODOI": [],
    }
    html = page(logged_in(place.district), report)
    assert "<b>2</b> chỗ cần xem trước khi duyệt" in html
    assert ">Quý III/2023</th>" in html
    assert ">Quý IV/2022</th>" in html
    assert "41,20<br><small>−33,49 điểm %</small>" in html
    assert "6,71<br><small>+1,00 điểm %</small>" in html
    assert "7,90<br><small>−0,19 điểm %</small><br><small>Cổng</small>" in html
    assert "5<br><small>−3 hồ sơ</small>" in html
    assert '<li class="warn">Giảm 33,49 điểm % so với kỳ trước</li>' in html


def test_a_figure_of_another_time_is_not_the_period_before(place: Place) -> None:
    record(place, "2023-Q2", (place.tttt, "41.2"))
    record(place, "2023-den-08-23", (place.tttt, "41.2"))
    assert compared(place.sent()).flags == ()


def test_a_report_that_repeats_its_own_last_is_told_whatever_the_portal_had(place: Place) -> None:
    record(place, "2023-Q3", (place.tttt, "8"))
    record(
        place,
        "2023-Q3",
        (place.hstt, "96.67"), (place.tttt, "7.71"), (place.quahan, "2"), (place.chodoi, "4.5"),
        source=Source.UNIT,
    )  # fmt: skip
    report = place.sent()
    assert [flag.words for flag in compared(report).flags] == ["Mọi ô giống hệt kỳ trước"]
    assert "Mọi ô giống hệt kỳ trước" in page(logged_in(place.district), report)


def test_thirty_figures_are_compared_in_as_many_queries_as_four(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    record(place, "2023-Q3", (place.tttt, "41.2"))
    more = [make_indicator(f"THEM-{number}", short_name=f"Chỉ tiêu {number}") for number in range(26)]
    for code in ("2023-Q3", "2023-Q4", "2022-Q4"):
        record(place, code, *((one, "60") for one in more))
    unit_comes_first()
    report = place.saved()
    services.save_entries(
        submission=report,
        values={one.pk: Cell(1, 2) for one in more},
        by=place.officer,
        at=AT,
        seen_revision=report.revision,
    )
    place.send(report)
    client = logged_in(place.district)
    with django_assert_max_num_queries(19):
        html = page(client, report)
    assert html.count("Khác Cổng −10,00 điểm %") == 26


# --- The queue ----------------------------------------------------------------------------------------------
def bulk_sent(place: Place, units: list[Unit]) -> None:
    """Sent reports of many units at once, each with one figure."""
    reports = Submission.objects.bulk_create(
        Submission(unit=unit, period=place.quarter, status=SubmissionStatus.SENT, revision=1)
        for unit in units
    )
    SubmissionEvent.objects.bulk_create(
        SubmissionEvent(submission=one, status=SubmissionStatus.SENT, by=place.officer, at=AT)
        for one in reports
    )
    Entry.objects.bulk_create(
        Entry(
            submission=one, indicator=place.tttt, numerator=1, denominator=2, value=Decimal(50),
            state="number", revision=1, updated_by=place.officer, updated_at=AT,
        )
        for one in reports
    )  # fmt: skip


def names_in_order(html: str) -> list[str]:
    return re.findall(r'<th scope="row" class="unit">(.*?)<small>', html)


def test_the_queue_tells_what_to_look_at_and_puts_the_doubtful_first_then_the_longest_waiting(
    place: Place,
) -> None:
    third, fourth = make_units(["Hà Phong", "Hà Trung"], kind=Kind.PHUONG, parent=place.ha_long)
    for unit, days in ((place.ha_lam, 2), (third, 1), (place.ha_tu, 3), (fourth, 0)):
        report = place.saved(unit)
        services.send_submission(submission=report, by=place.officer, at=AT + timedelta(days=days))
    record(place, "2023-Q3", (place.tttt, "41.2"))
    record(place, "2023-Q4", (place.hstt, "96.6"))
    client = logged_in(place.district)
    html = client.get(reverse("submissions")).content.decode()
    assert names_in_order(html) == ["Phường Hà Tu", "Phường Hà Trung", "Phường Hà Phong", "Phường Hà Lầm"]
    assert "⚠ 2 chỗ: khác Cổng; giảm 33,49 điểm %" in html
    assert html.count("Không có gì lạ") == 3
    every = client.get(reverse("submissions"), {"trang_thai": "tat-ca"}).content.decode()
    assert names_in_order(every)[0] == "Phường Hà Tu"


def test_three_hundred_reports_take_as_many_queries_as_three(place: Place) -> None:
    units = make_units([f"Số {number:03}" for number in range(300)], kind=Kind.PHUONG, parent=place.ha_long)
    client = logged_in(place.district)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("submissions"))
        return len(asked)

    bulk_sent(place, units[:3])
    few = queries()
    bulk_sent(place, units[3:])
    assert queries() == few


# --- Approving what is clean --------------------------------------------------------------------------------
def approve_chosen(place: Place, *chosen: tuple[Submission, int], by: User | None = None) -> str:
    response = logged_in(by or place.district).post(
        reverse("submission_approve_chosen"),
        {"bao-cao": [f"{report.pk}-{revision}" for report, revision in chosen]},
        follow=True,
    )
    assert response.status_code == 200
    return response.content.decode()


def test_only_reports_without_flags_can_be_ticked_and_a_link_ticks_them_all(place: Place) -> None:
    clean, doubtful = place.sent(place.ha_lam), place.sent()
    record(place, "2023-Q3", (place.tttt, "41.2"))
    client = logged_in(place.district)
    html = client.get(reverse("submissions")).content.decode()
    assert f'name="bao-cao" value="{clean.pk}-1">' in html
    assert f'value="{doubtful.pk}-1"' not in html
    assert "Duyệt các báo cáo đã chọn</button>" in html
    ticked = client.get(reverse("submissions"), {"ky": "2023-Q4", "chon": "het"}).content.decode()
    assert f'name="bao-cao" value="{clean.pk}-1" checked>' in ticked
    drafts = client.get(reverse("submissions"), {"trang_thai": "draft"}).content.decode()
    assert "Duyệt các báo cáo đã chọn" not in drafts


def test_what_is_clean_is_approved_and_of_each_other_it_is_told_why_not(place: Place) -> None:
    names = ["Hà Phong", "Hà Trung", "Hà Khánh"]
    changed, own, done = make_units(names, kind=Kind.PHUONG, parent=place.ha_long)
    clean, doubtful = place.sent(place.ha_lam), place.sent()
    record(place, "2023-Q3", (place.tttt, "41.2"))
    again, by_reviewer, approved = place.sent(changed), place.saved(own), place.sent(done)
    services.return_submission(submission=again, by=place.district, at=AT, reason="Sai")
    services.save_entries(
        submission=again, values={place.tttt.pk: Cell(30, 402)}, by=place.officer, at=AT, seen_revision=1
    )
    services.send_submission(submission=again, by=place.officer, at=AT)
    services.send_submission(submission=by_reviewer, by=place.district, at=AT)
    services.approve_submission(submission=approved, by=place.office, at=AT)
    html = approve_chosen(place, *((one, 1) for one in (clean, doubtful, again, by_reviewer, approved)))
    assert "Đã duyệt 1 báo cáo: Phường Hà Lầm." in html
    assert "Chưa duyệt Phường Hà Tu: Có 1 chỗ: giảm 33,49 điểm %." in html
    assert "Chưa duyệt Phường Hà Phong: Báo cáo đã đổi sau khi bạn mở trang" in html
    assert "Chưa duyệt Phường Hà Trung: Bạn đã nhập hoặc gửi số" in html
    assert "Chưa duyệt Phường Hà Khánh: Báo cáo này đã duyệt" in html
    told = {one.pk: one.status for one in Submission.objects.all()}
    assert told[clean.pk] == told[approved.pk] == SubmissionStatus.APPROVED
    assert {told[one.pk] for one in (doubtful, again, by_reviewer)} == {SubmissionStatus.SENT}
    assert Measurement.objects.filter(origin=f"submission:{clean.pk}").count() == 4


def test_a_report_that_one_may_not_review_among_the_ticked_refuses_them_all(place: Place) -> None:
    cam_pha = make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=place.province)
    other = make_unit("Cẩm Tây", kind=Kind.PHUONG, parent=cam_pha)
    theirs, ours = place.sent(other), place.sent()
    address = reverse("submission_approve_chosen")
    both = {"bao-cao": [f"{theirs.pk}-1", f"{ours.pk}-1"]}
    assert logged_in(place.district).post(address, both).status_code == 403
    assert logged_in(place.officer).post(address, both).status_code == 403
    assert not Measurement.objects.exists()


def test_nothing_ticked_or_nothing_understood_is_told(place: Place) -> None:
    place.sent()
    for chosen in ([], ["x"], ["1-x"], ["9" * 30 + "-1"], ["999999-1"]):
        html = (
            logged_in(place.district)
            .post(reverse("submission_approve_chosen"), {"bao-cao": chosen}, follow=True)
            .content.decode()
        )
        assert "Hãy chọn từ 1 đến 100 báo cáo" in html


# --- Opening an approved report again -----------------------------------------------------------------------
def approved(place: Place) -> Submission:
    report = place.sent()
    services.approve_submission(submission=report, by=place.district, at=AT)
    report.refresh_from_db()
    return report


def corrected(place: Place, report: Submission, **changes: Cell) -> None:
    """Reopen, enter anew, send and approve, on the next day."""
    services.reopen_submission(submission=report, by=place.district, at=LATER, reason="Lệch với Cổng")
    report.refresh_from_db()
    services.save_entries(
        submission=report,
        values={getattr(place, name).pk: cell for name, cell in changes.items()},
        by=place.officer,
        at=LATER,
        seen_revision=report.revision,
    )
    services.send_submission(submission=report, by=place.officer, at=LATER)
    services.approve_submission(submission=report, by=place.district, at=LATER)


def test_a_reopened_report_keeps_its_approved_figures_until_it_is_approved_again(place: Place) -> None:
    report = approved(place)
    services.reopen_submission(submission=report, by=place.district, at=LATER, reason="Lệch với Cổng")
    report.refresh_from_db()
    assert (report.status, report.takes_figures) == (SubmissionStatus.RETURNED, True)
    figure = Measurement.objects.get(indicator=place.tttt)
    services.save_entries(
        submission=report, values={place.tttt.pk: Cell(40, 402)}, by=place.officer, at=LATER, seen_revision=1
    )
    services.send_submission(submission=report, by=place.officer, at=LATER)
    figure.refresh_from_db()
    assert figure.numerator == 31
    services.approve_submission(submission=report, by=place.district, at=LATER)
    figure.refresh_from_db()
    assert figure.numerator == 40
    told = [(one.number, one.numerator) for one in selectors.history_of(measurement=figure)]
    assert told == [(2, 40), (1, 31)]
    steps = [one.label for one in selectors.steps_of(submission=report)]
    assert steps == ["Đã duyệt", "Đã gửi", "Mở lại sau khi duyệt", "Đã duyệt", "Đã gửi", "Đang nhập"]


def test_only_figures_that_became_others_count_as_changed_after_approval(place: Place) -> None:
    report = approved(place)
    html = page(logged_in(place.district), report)
    assert "Sửa sau khi duyệt" not in html
    corrected(
        place,
        report,
        tttt=Cell(40, 402),
        quahan=Cell(2, note="đã rà"),
        chodoi=Cell(state="not_published", note="Cổng nâng cấp"),
    )
    for person in (place.district, place.officer):
        html = page(logged_in(person), report)
        assert "Sửa sau khi duyệt: 2 ô" in html
        assert "Mở lại sau khi duyệt: “Lệch với Cổng”" in html


def test_reopening_needs_an_approved_report_an_open_period_a_reason_and_another_person(place: Place) -> None:
    report = place.sent()

    def reopen(by: User = place.district, reason: str = "Sai") -> None:
        services.reopen_submission(submission=report, by=by, at=LATER, reason=reason)

    with pytest.raises(services.SubmissionClosed, match="đã gửi"):
        reopen()
    services.approve_submission(submission=report, by=place.district, at=AT)
    for reason in (" ", "x" * 501):
        with pytest.raises(services.ReasonMissing, match="ý do mở lại"):
            reopen(reason=reason)
    with pytest.raises(services.OwnEntry):
        reopen(by=place.officer)
    Period.objects.update(open_for_entry=False)
    with pytest.raises(services.PeriodClosed):
        reopen()
    assert "Mở lại báo cáo" not in page(logged_in(place.district), report)


def test_the_reviewer_reopens_on_the_page_and_the_officer_reads_why_first(place: Place) -> None:
    report = approved(place)
    client, address = logged_in(place.district), reverse("submission_reopen", args=[report.pk])
    assert "Mở lại báo cáo đã duyệt" in page(client, report)
    html = client.post(address, {"reason": " "}).content.decode()
    assert '<a href="#id_reason">Nhập lý do mở lại' in html
    assert client.post(address, {"reason": "Lệch với Cổng"}).status_code == 302
    assert client.post(address, {"reason": "Lệch với Cổng"}).status_code == 409
    officer = logged_in(place.officer)
    assert "</a> được mở lại sau khi duyệt" in officer.get(reverse("submissions")).content.decode()
    form = page(officer, report)
    assert form.index("Mở lại sau khi duyệt: “Lệch với Cổng”") < form.index("<h1>")
    assert "Các số đã duyệt giữ nguyên cho đến khi duyệt lại" in form
    assert officer.post(address, {"reason": "Tự mở"}).status_code == 403


def test_an_approved_report_takes_figures_by_neither_of_its_addresses(place: Place) -> None:
    report, officer = approved(place), logged_in(place.officer)
    typed = {"seen_revision": "1", f"n-{place.hstt.pk}": "1", f"d-{place.hstt.pk}": "2"}
    for address in (
        reverse("submission", args=[report.pk]),
        reverse("submission_enter", args=[place.ha_tu.pk, "2023-Q4"]),
    ):
        assert officer.post(address, typed).status_code == 409
    assert report.entries.get(indicator=place.hstt).numerator == 2900


def test_a_report_of_a_closed_period_is_not_returned_since_nobody_could_send_it_again(place: Place) -> None:
    report = place.sent()
    Period.objects.update(open_for_entry=False)
    report = Submission.objects.get(pk=report.pk)
    with pytest.raises(services.PeriodClosed):
        services.return_submission(submission=report, by=place.district, at=AT, reason="Sai mẫu số")
    assert Submission.objects.get().status == SubmissionStatus.SENT
