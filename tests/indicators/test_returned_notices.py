"""A report that came back: its officers are told why, once each, here and by e-mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from indicators import selectors, services
from indicators.models import Notice, Period, Reminder, ReminderRun, Submission
from tests.builders import make_person
from tests.indicators.builders import AT
from tests.indicators.conftest import Place
from tests.indicators.test_deadlines import make_rule
from tests.indicators.test_entry_pages import logged_in
from tests.indicators.test_reminding import make_steps, with_mail
from units.models import Role, Unit

pytestmark = pytest.mark.django_db


def give_back(place: Place, report: Submission, *, by: User | None = None) -> None:
    services.return_submission(
        submission=report,
        by=by or place.district,
        at=AT,
        reason="Số lệch với Cổng",
        remarks={place.tttt.pk: "Mẫu số thiếu 12 hồ sơ"},
    )


def told() -> list[tuple[str, str]]:
    return [(one.recipient.username, one.subject) for one in Notice.objects.order_by("recipient__username")]


def test_long_after_the_deadline_the_officers_of_today_are_told_of_a_return_with_all_its_reasons(
    place: Place, settings: Settings
) -> None:
    settings.SITE_URL = "https://chitieu.example.vn"
    make_rule()
    make_steps()
    with_mail(place.officer)
    make_person("hai", role=Role.OFFICER, unit=place.ha_tu)
    make_person("lam", role=Role.OFFICER, unit=place.ha_lam)
    make_person("nghi", role=Role.OFFICER, unit=place.ha_tu).grants.update(valid_to=AT.date())
    give_back(place, place.sent())
    # Due on 18/12/2023, returned on 10/01/2024: the timetable says nothing of it any more.
    services.remind_due(at=AT + timedelta(hours=1))
    subject = "Báo cáo Quý IV/2023 bị trả lại: Phường Hà Tu, Thành phố Hạ Long"
    about = Notice.objects.filter(event__isnull=False)
    assert sorted((one.recipient.username, one.subject) for one in about) == [
        ("hai", subject),
        ("xa", subject),
    ]
    link = reverse("submission_enter", args=[place.ha_tu.pk, "2023-Q4"])
    text = [
        "Báo cáo số liệu Quý IV/2023 của Phường Hà Tu, Thành phố Hạ Long bị trả lại.",
        "Lý do: Số lệch với Cổng\n- Thanh toán trực tuyến: Mẫu số thiếu 12 hồ sơ",
        "Đề nghị đơn vị sửa số liệu rồi bấm Gửi; chưa gửi lại vẫn tính là chưa nộp.",
    ]
    assert {(one.link, one.text, one.at) for one in about} == {(link, "\n\n".join(text), AT)}
    assert [(message.to, message.subject) for message in mail.outbox] == [(["xa@example.vn"], subject)]
    assert mail.outbox[0].body.split("\n\n")[:4] == [
        *text,
        f"Mở trong phần mềm: https://chitieu.example.vn{link}",
    ]
    services.deliver_waiting(at=AT + timedelta(hours=2))
    assert len(mail.outbox) == 1


def test_a_reopened_report_is_told_of_with_its_reason_and_what_becomes_of_the_approved_figures(
    place: Place,
) -> None:
    report = place.sent()
    services.approve_submission(submission=report, by=place.district, at=AT)
    services.reopen_submission(submission=report, by=place.district, at=AT, reason="Nhầm cột")
    assert told() == [("xa", "Báo cáo Quý IV/2023 được mở lại: Phường Hà Tu, Thành phố Hạ Long")]
    text = Notice.objects.get().text
    assert "\n\nLý do: Nhầm cột\n\n" in text
    assert "Số đã duyệt giữ nguyên cho đến khi báo cáo gửi lại được duyệt." in text


def test_who_gave_the_report_back_is_not_told_of_it_and_each_return_is_told_of_once(place: Place) -> None:
    both = make_person("hai", role=Role.OFFICER, unit=place.ha_tu)
    report = place.sent()
    give_back(place, report, by=both)
    assert [name for name, _ in told()] == ["xa"]
    with pytest.raises(services.SubmissionClosed):
        give_back(place, report)
    first = Notice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            recipient=first.recipient, event=first.event, subject="Lại", text="Lại", link="/", at=AT
        )
    report.refresh_from_db()
    place.send(report)
    give_back(place, report)
    assert [name for name, _ in told()] == ["hai", "xa", "xa"]


def test_a_return_that_is_refused_or_undone_tells_nobody(place: Place) -> None:
    report = place.sent()
    with pytest.raises(services.ReasonMissing):
        services.return_submission(submission=report, by=place.district, at=AT, reason="")
    with transaction.atomic():
        give_back(place, report)
        transaction.set_rollback(True)
    assert told() == []
    Period.objects.update(open_for_entry=False)
    with pytest.raises(services.PeriodClosed):
        give_back(place, report)
    assert told() == []


def test_the_officer_reads_it_on_the_first_page_and_the_log_of_reminders_has_no_line_of_it(
    place: Place,
) -> None:
    with_mail(place.officer)
    give_back(place, place.sent())
    services.deliver_waiting(at=AT)
    client = logged_in(place.officer)
    subject = "Báo cáo Quý IV/2023 bị trả lại: Phường Hà Tu, Thành phố Hạ Long"
    link = reverse("submission_enter", args=[place.ha_tu.pk, "2023-Q4"])
    assert f'<a href="{link}">{subject}</a>' in client.get("/").content.decode()
    page = client.get(reverse("notices")).content.decode()
    assert subject in page
    assert "Thanh toán trực tuyến: Mẫu số thiếu 12 hồ sơ" in page
    assert not Reminder.objects.exists()
    assert not ReminderRun.objects.exists()
    assert not selectors.reminder_log(units=Unit.objects.all(), period=place.quarter).exists()
    assert not selectors.last_reminded(unit_ids=[place.ha_tu.pk], period=place.quarter)
