"""Reminding: who is told, in which words, once; and what becomes of the e-mails."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from indicators import selectors, services, tasks
from indicators.models import (
    Channel,
    MailEvent,
    MailOutcome,
    Notice,
    Period,
    Reminder,
    ReminderRun,
    ReminderStep,
)
from indicators.selectors import LogOutcome
from indicators.services import Reminded
from tests.builders import make_person, make_units
from tests.indicators.builders import day
from tests.indicators.conftest import Place
from tests.indicators.mail_server import mail_server
from tests.indicators.test_deadline_pages import on
from tests.indicators.test_deadlines import at, extend, make_rule, save
from units.models import Kind, Role, Unit

pytestmark = pytest.mark.django_db


def with_mail(person: User) -> User:
    person.email = f"{person.username}@example.vn"
    person.save(update_fields=["email"])
    return person


def make_steps() -> None:
    for code, counted_from, days, audience in (
        ("truoc-han-3", "due", -3, "unit"),
        ("den-han", "due", 0, "unit"),
        ("qua-han-1", "late", 1, "unit"),
        ("cap-tren", "late", 5, "above"),
    ):
        ReminderStep.objects.create(
            code=code, name=code, counted_from=counted_from, days=days, audience=audience
        )


@pytest.fixture
def scene(place: Place) -> Place:
    """Communes are due on Monday 18/12/2023; Hà Tu's officer and the district have e-mail, Hà Lầm nobody."""
    make_rule()
    make_steps()
    for person in (place.officer, place.district):
        with_mail(person)
    return place


def told() -> list[tuple[str, str | None, str, str]]:
    """Unit's name, step, recipient and way of every line of the log, as written."""
    rows = Reminder.objects.order_by("pk").select_related("unit", "step", "recipient")
    return [
        (str(one.unit), one.step.code if one.step else None, one.recipient.username, one.channel)
        for one in rows
    ]


def outcomes(period: Period) -> list[str]:
    log = selectors.reminder_log(units=Unit.objects.all(), period=period)
    return [one.outcome for one in log if one.channel == Channel.MAIL]


def by_hand(place: Place, *units: Unit, note: str = "", token: Any = None) -> Reminded:
    return services.remind_by_hand(
        unit_ids=[unit.pk for unit in units],
        period=place.quarter,
        token=token or uuid4(),
        note=note,
        by=place.district,
        at=at("2023-12-19"),
    )


def test_through_a_quarter_each_step_reaches_its_people_once(scene: Place) -> None:
    # Every day, and some days twice: what is written down keeps the second run from saying it again.
    for number in range(13):
        for _ in range(1 + number % 2):
            services.remind_due(at=at("2023-12-14") + timedelta(days=number))
    ha_tu, ha_lam = str(scene.ha_tu), str(scene.ha_lam)
    assert told() == [
        *(
            (ha_tu, step, "xa", way)
            for step in ("truoc-han-3", "den-han", "qua-han-1")
            for way in Channel.values
        ),
        *((unit, "cap-tren", "huyen", way) for unit in (ha_lam, ha_tu) for way in Channel.values),
    ]
    assert [message.to for message in mail.outbox] == [["xa@example.vn"]] * 3 + [["huyen@example.vn"]]
    assert [one.subject for one in Notice.objects.order_by("pk")] == [
        *["Nhắc nộp số liệu Quý IV/2023: Phường Hà Tu"] * 3,
        "Quá hạn nộp số liệu Quý IV/2023: 2 đơn vị",
    ]
    assert set(outcomes(scene.quarter)) == {LogOutcome.SENT}
    # Of Hà Lầm only the district was told.
    both = [scene.ha_tu.pk, scene.ha_lam.pk]
    last = selectors.last_reminded(unit_ids=both, period=scene.quarter)
    assert last == {scene.ha_tu.pk: at("2023-12-19")}


def test_the_words_name_units_days_and_counts_and_the_link_is_absolute(
    scene: Place, settings: Settings
) -> None:
    settings.SITE_URL = "https://chitieu.example.vn/"
    save(scene, scene.report(), on="2023-12-11")
    assert services.remind_due(at=at("2023-12-15")) == Reminded(units=1, people=1, mails=1)
    link = f"/so-lieu/nhap/{scene.ha_tu.pk}/2023-Q4/"
    assert Notice.objects.get().link == link
    assert mail.outbox[0].body.split("\n\n")[:3] == [
        (
            "Phường Hà Tu, Thành phố Hạ Long chưa gửi số liệu Quý IV/2023: "
            "hạn 18/12/2023, còn 3 ngày; đã nhập 4/4 chỉ tiêu."
        ),
        "Đề nghị đơn vị nhập đủ số liệu rồi bấm Gửi; số đã lưu mà chưa gửi vẫn tính là chưa nộp.",
        f"Mở trong phần mềm: https://chitieu.example.vn{link}",
    ]
    settings.SITE_URL = ""
    services.remind_due(at=at("2023-12-18"))
    assert "Mở trong phần mềm" not in mail.outbox[1].body
    assert "hạn hôm nay" in mail.outbox[1].body


def test_who_has_sent_hears_nothing_and_an_extension_begins_again(scene: Place) -> None:
    services.remind_due(at=at("2023-12-15"))
    services.remind_due(at=at("2023-12-18"))
    extend(scene, "2023-12-22")
    services.remind_due(at=at("2023-12-19"))
    assert [step for _, step, _, way in told() if way == Channel.NOTICE] == [
        "truoc-han-3",
        "den-han",
        "truoc-han-3",
    ]
    assert set(Reminder.objects.values_list("due_on", flat=True)) == {day("2023-12-18"), day("2023-12-22")}
    report = scene.report()
    save(scene, report, on="2023-12-20")
    services.send_submission(submission=report, by=scene.officer, at=at("2023-12-20"))
    before = len(told())
    for number in range(15):
        services.remind_due(at=at("2023-12-20") + timedelta(days=number))
    assert {unit for unit, *_ in told()[before:]} == {str(scene.ha_lam)}


def test_a_closed_or_an_old_period_is_left_in_peace_for_a_few_queries(
    scene: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        assert services.remind_due(at=at("2026-11-30")) == Reminded()
    Period.objects.update(open_for_entry=False)
    assert services.remind_due(at=at("2023-12-18")) == Reminded()
    assert not ReminderRun.objects.exists()


def test_only_active_people_who_act_for_the_unit_today_are_told(scene: Place) -> None:
    User.objects.filter(pk=scene.officer.pk).update(is_active=False)
    make_person("quan-tri", role=Role.ADMIN, unit=scene.ha_long)
    assert services.remind_due(at=at("2023-12-15")) == Reminded()
    make_person("moi", role=Role.OFFICER, unit=scene.ha_tu)
    # The step was not lost meanwhile: it waits for somebody to hear it.
    assert services.remind_due(at=at("2023-12-15")) == Reminded(units=1, people=1)


def test_above_those_who_enter_are_told_too_with_a_page_that_they_may_open(scene: Place) -> None:
    make_person("nhap-huyen", role=Role.OFFICER, unit=scene.ha_long)
    services.remind_due(at=at("2023-12-25"))
    assert {one.recipient.username: one.link for one in Notice.objects.all()} == {
        "huyen": "/so-lieu/tinh-hinh/?ky=2023-Q4",
        "nhap-huyen": "/so-lieu/?ky=2023-Q4",
    }


def test_a_district_without_a_reviewer_is_passed_over_for_the_province(scene: Place) -> None:
    scene.district.grants.update(valid_to=day("2023-12-01"))
    services.remind_due(at=at("2023-12-25"))
    assert {(step, who) for _, step, who, _ in told()} == {("cap-tren", "vanphong")}
    assert Notice.objects.get().link == "/so-lieu/tinh-hinh/?ky=2023-Q4"


def test_the_queries_of_a_run_do_not_grow_with_the_units(
    scene: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    units = make_units([f"Số {number:02}" for number in range(40)], kind=Kind.PHUONG, parent=scene.ha_long)
    assert len(units) == 40
    with django_assert_max_num_queries(52):
        assert services.remind_due(at=at("2023-12-25")).units == 42
    text = Notice.objects.get().text
    assert (
        "Đã quá hạn mà chưa gửi số liệu Quý IV/2023:\n- Phường Hà Lầm, Thành phố Hạ Long: hạn 18/12" in text
    )
    assert text.count("\n- Phường ") == 40
    assert "\n- và 2 đơn vị khác" in text


# By hand -------------------------------------------------------------------------------------------


def test_a_reminder_by_hand_goes_to_the_officers_with_the_added_words_once(scene: Place) -> None:
    token = uuid4()
    assert by_hand(scene, scene.ha_tu, scene.ha_lam, note="Gửi trước\n 16 giờ", token=token) == Reminded(
        1, 1, 1
    )
    with pytest.raises(services.AlreadyReminded, match="đã được gửi lúc"):
        by_hand(scene, scene.ha_tu, token=token)
    run = ReminderRun.objects.get()
    assert (run.by, run.note) == (scene.district, "Gửi trước 16 giờ")
    assert "Lời nhắn thêm: Gửi trước 16 giờ" in Notice.objects.get().text
    assert not mail.outbox
    tasks.deliver_mail()
    assert [message.to for message in mail.outbox] == []  # a day of 2023 is no news any more
    assert outcomes(scene.quarter) == [LogOutcome.FAILED]


@pytest.mark.parametrize(
    ("units", "note", "words"),
    [
        ([], "", "Chọn ít nhất một đơn vị"),
        (["ha_tu"], "x" * 301, "dài quá 300"),
        (["ha_lam"], "", "chưa có cán bộ nhập số liệu"),
    ],
)
def test_a_reminder_that_reaches_nobody_is_refused_and_leaves_nothing(
    scene: Place, units: list[str], note: str, words: str
) -> None:
    with pytest.raises(services.ReminderRefused, match=words):
        by_hand(scene, *[getattr(scene, name) for name in units], note=note)
    assert not ReminderRun.objects.exists()


def test_who_sent_meanwhile_is_not_reminded_and_a_closed_period_of_nothing(scene: Place) -> None:
    scene.sent()
    with pytest.raises(services.ReminderRefused, match="đều đã gửi"):
        by_hand(scene, scene.ha_tu)
    Period.objects.update(open_for_entry=False)
    scene.quarter.refresh_from_db()
    with pytest.raises(services.PeriodClosed):
        by_hand(scene, scene.ha_lam)


# E-mail --------------------------------------------------------------------------------------------


def served(monkeypatch: pytest.MonkeyPatch, **faults: BaseException) -> None:
    """Let the mail server fail: `opening`, or for an address by its name before the @."""

    class Server(locmem.EmailBackend):
        def open(self) -> bool:
            if "opening" in faults:
                raise faults["opening"]
            return True

        def send_messages(self, messages: Any) -> int:
            name = messages[0].to[0].partition("@")[0]
            if name in faults:
                raise faults[name]
            return super().send_messages(messages)

    monkeypatch.setattr(locmem, "EmailBackend", Server)


@pytest.fixture
def three(scene: Place) -> Place:
    """Three officers of one commune, with e-mail."""
    for name in ("hai", "ba"):
        with_mail(make_person(name, role=Role.OFFICER, unit=scene.ha_tu))
    return scene


def test_one_address_that_is_refused_does_not_stop_the_others(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(monkeypatch, hai=smtplib.SMTPRecipientsRefused({"hai@example.vn": (550, b"no such user")}))
    services.remind_due(at=at("2023-12-15"))
    assert [message.to[0] for message in mail.outbox] == ["xa@example.vn", "ba@example.vn"]
    log = selectors.reminder_log(units=Unit.objects.all(), period=three.quarter, outcome=LogOutcome.FAILED)
    assert [(one.recipient.username, "no such user" in one.words) for one in log] == [("hai", True)]


def test_a_server_that_does_not_answer_is_written_down_and_tried_again_for_a_day(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as down:
        served(down, opening=ConnectionRefusedError("Connection refused"))
        services.remind_due(at=at("2023-12-15"))
        services.deliver_waiting(at=at("2023-12-15"))
    log = list(
        selectors.reminder_log(units=Unit.objects.all(), period=three.quarter, outcome=LogOutcome.WAITING)
    )
    assert [one.words for one in log] == ["Connection refused"] * 3
    services.deliver_waiting(at=at("2023-12-15") + timedelta(hours=1))
    services.deliver_waiting(at=at("2023-12-15") + timedelta(hours=2))
    assert len(mail.outbox) == 3
    assert outcomes(three.quarter) == [LogOutcome.SENT] * 3


REFUSED_FOR_NOW = [
    smtplib.SMTPRecipientsRefused({"hai@example.vn": (450, b"greylisted")}),
    smtplib.SMTPSenderRefused(451, b"greylisted", "dvctt@example.vn"),
    smtplib.SMTPDataError(452, b"greylisted, no room"),
]


@pytest.mark.parametrize("refusal", REFUSED_FOR_NOW, ids=["450", "451", "452"])
def test_an_email_that_is_refused_for_now_waits_and_is_tried_again_until_it_is_taken_once(
    three: Place, monkeypatch: pytest.MonkeyPatch, refusal: smtplib.SMTPException
) -> None:
    start = at("2023-12-15")
    with monkeypatch.context() as greylisting:
        served(greylisting, hai=refusal)
        services.remind_due(at=start)
        services.deliver_waiting(at=start + timedelta(hours=1))
    log = selectors.reminder_log(units=Unit.objects.all(), period=three.quarter, outcome=LogOutcome.WAITING)
    assert [(one.recipient.username, "greylisted" in one.words) for one in log] == [("hai", True)]
    for hours in (2, 3, 30):
        services.deliver_waiting(at=start + timedelta(hours=hours))
    assert [message.to[0] for message in mail.outbox] == ["xa@example.vn", "ba@example.vn", "hai@example.vn"]
    assert outcomes(three.quarter) == [LogOutcome.SENT] * 3
    assert tried("hai") == [
        *((way, 1) for way in (MailOutcome.SENDING, MailOutcome.DEFERRED)),
        *((way, 2) for way in (MailOutcome.SENDING, MailOutcome.DEFERRED)),
        *((way, 3) for way in (MailOutcome.SENDING, MailOutcome.SENT)),
    ]


def tried(name: str) -> list[tuple[str, int]]:
    events = MailEvent.objects.filter(notice__recipient__username=name).order_by("pk")
    return list(events.values_list("outcome", "attempt"))


def test_an_email_that_is_refused_for_now_all_day_is_given_up_and_stays_so(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = at("2023-12-15")
    served(monkeypatch, hai=REFUSED_FOR_NOW[0])
    services.remind_due(at=start)
    for hours in (25, 26):
        services.deliver_waiting(at=start + timedelta(hours=hours))
    assert tried("hai") == [(MailOutcome.SENDING, 1), (MailOutcome.DEFERRED, 1), (MailOutcome.FAILED, 2)]
    log = selectors.reminder_log(units=Unit.objects.all(), period=three.quarter, outcome=LogOutcome.FAILED)
    assert [one.words for one in log] == ["Quá một ngày máy chủ thư chưa nhận; không gửi nữa."]


def test_one_refusal_for_good_among_those_for_now_is_for_good(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = {"hai@example.vn": (450, b"busy"), "hai@example.com": (550, b"no such user")}
    served(monkeypatch, hai=smtplib.SMTPRecipientsRefused(codes))
    services.remind_due(at=at("2023-12-15"))
    assert tried("hai") == [(MailOutcome.SENDING, 1), (MailOutcome.FAILED, 1)]


def test_a_server_that_hangs_up_with_its_refusal_is_asked_for_none_of_the_others_this_time(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as closing:
        served(closing, hai=smtplib.SMTPSenderRefused(421, b"closing", "dvctt@example.vn"))
        services.remind_due(at=at("2023-12-15"))
    assert sorted(outcomes(three.quarter)) == [LogOutcome.WAITING, LogOutcome.WAITING, LogOutcome.SENT]
    services.deliver_waiting(at=at("2023-12-15") + timedelta(hours=1))
    assert [message.to[0] for message in mail.outbox] == ["xa@example.vn", "hai@example.vn", "ba@example.vn"]


def test_an_email_that_was_deferred_and_then_cut_off_is_unknown_and_never_sent_again(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = at("2023-12-15")
    with monkeypatch.context() as greylisting:
        served(greylisting, hai=REFUSED_FOR_NOW[0])
        services.remind_due(at=start)
    with monkeypatch.context() as cut:
        served(cut, hai=smtplib.SMTPServerDisconnected("Connection unexpectedly closed"))
        services.deliver_waiting(at=start + timedelta(hours=1))
    services.deliver_waiting(at=start + timedelta(hours=2))
    assert sorted(outcomes(three.quarter)) == [LogOutcome.SENT, LogOutcome.SENT, LogOutcome.UNKNOWN]
    assert "hai@example.vn" not in [message.to[0] for message in mail.outbox]


def test_of_two_who_try_a_deferred_email_again_at_the_same_time_one_sends_it(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = at("2023-12-15")
    with monkeypatch.context() as greylisting:
        served(greylisting, hai=REFUSED_FOR_NOW[0])
        services.remind_due(at=start)

    class Slow(locmem.EmailBackend):
        def send_messages(self, messages: Any) -> int:
            # Another process comes by while this one is still sending.
            services.deliver_waiting(at=start + timedelta(hours=1))
            return super().send_messages(messages)

    monkeypatch.setattr(locmem, "EmailBackend", Slow)
    services.deliver_waiting(at=start + timedelta(hours=1))
    assert [message.to[0] for message in mail.outbox].count("hai@example.vn") == 1


def test_an_email_that_was_cut_off_is_shown_as_unknown_and_never_sent_again(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut:
        served(cut, hai=smtplib.SMTPServerDisconnected("Connection unexpectedly closed"))
        services.remind_due(at=at("2023-12-15"))
    assert sorted(outcomes(three.quarter)) == [LogOutcome.WAITING, LogOutcome.SENT, LogOutcome.UNKNOWN]
    services.deliver_waiting(at=at("2023-12-15") + timedelta(hours=1))
    assert sorted(outcomes(three.quarter)) == [LogOutcome.SENT, LogOutcome.SENT, LogOutcome.UNKNOWN]
    assert [message.to[0] for message in mail.outbox] == ["xa@example.vn", "ba@example.vn"]


def test_of_two_who_deliver_at_the_same_time_each_e_mail_is_sent_by_one(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(locmem.EmailBackend):
        def send_messages(self, messages: Any) -> int:
            # Another process comes by while this one is still sending.
            services.deliver_waiting(at=at("2023-12-15"))
            return super().send_messages(messages)

    monkeypatch.setattr(locmem, "EmailBackend", Slow)
    services.remind_due(at=at("2023-12-15"))
    assert sorted(message.to[0] for message in mail.outbox) == [
        "ba@example.vn",
        "hai@example.vn",
        "xa@example.vn",
    ]


class Killed(BaseException):
    """The process ends: nothing of the product catches this."""


def test_a_process_that_is_killed_while_sending_loses_none_and_doubles_none(
    three: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut:
        served(cut, hai=Killed())
        with pytest.raises(Killed):
            services.remind_due(at=at("2023-12-15"))
    services.remind_due(at=at("2023-12-15") + timedelta(hours=1))
    assert [message.to[0] for message in mail.outbox] == ["xa@example.vn", "ba@example.vn"]
    assert sorted(outcomes(three.quarter)) == [LogOutcome.SENT, LogOutcome.SENT, LogOutcome.UNKNOWN]


def test_an_email_that_nobody_could_send_for_a_day_is_given_up_with_words(scene: Place) -> None:
    by_hand(scene, scene.ha_tu)
    assert services.deliver_waiting(at=at("2023-12-21")) == 0
    assert not mail.outbox
    assert outcomes(scene.quarter) == [LogOutcome.FAILED]


# What the database holds ---------------------------------------------------------------------------


def test_the_database_holds_each_step_once_for_a_due_day_a_person_and_a_way(scene: Place) -> None:
    services.remind_due(at=at("2023-12-15"))
    first = Reminder.objects.filter(channel=Channel.MAIL).get()
    run = ReminderRun.objects.create(token=uuid4(), at=at("2023-12-16"))
    kept = {
        name: getattr(first, name)
        for name in ("unit", "period", "step", "due_on", "recipient", "channel", "notice")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(run=run, **kept)
    Reminder.objects.create(run=run, **(kept | {"due_on": day("2023-12-22")}))
    for table in ("reminder", "reminderrun", "mailevent"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE indicators_{table} SET id = id + 1000")  # noqa: S608
    assert first.notice.mail_events.filter(outcome=MailOutcome.SENT).count() == 1


def test_a_person_marks_own_notices_as_read_and_nobody_elses(scene: Place) -> None:
    services.remind_due(at=at("2023-12-15"))
    notice = Notice.objects.get()
    assert services.mark_read(by=scene.district, at=at("2023-12-16"), notice_ids=[notice.pk]) == 0
    assert services.mark_read(by=scene.officer, at=at("2023-12-16"), notice_ids=[notice.pk]) == 1
    assert services.mark_read(by=scene.officer, at=at("2023-12-17")) == 0
    notice.refresh_from_db()
    assert notice.read_at == at("2023-12-16")


def test_the_timetable_wakes_the_reminders_in_working_hours(scene: Place, settings: Settings) -> None:
    planned = settings.CELERY_BEAT_SCHEDULE["send-reminders"]
    assert planned["task"] == tasks.send_reminders.name
    assert planned["schedule"].hour == set(range(7, 18))
    with on("2023-12-15"):
        tasks.send_reminders()
    assert Notice.objects.count() == len(mail.outbox) == 1


# A mail server of flesh and blood ------------------------------------------------------------------


def test_a_real_mail_server_takes_all_e_mails_over_one_connection_and_refuses_one(
    three: Place, settings: Settings
) -> None:
    with mail_server(refuses="hai@example.vn") as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.address
        settings.EMAIL_USE_TLS = False
        services.remind_due(at=at("2023-12-15"))
    assert server.connections == 1
    assert [sorted(to) for to, _ in server.taken] == [["xa@example.vn"], ["ba@example.vn"]]
    read = message_from_bytes(server.taken[0][1], policy=policy.default)
    assert read["Subject"].strip() == "Nhắc nộp số liệu Quý IV/2023: Phường Hà Tu"
    assert "hạn 18/12/2023, còn 3 ngày" in read.get_content()
    assert sorted(outcomes(three.quarter)) == [LogOutcome.SENT, LogOutcome.SENT, LogOutcome.FAILED]


def test_a_real_mail_server_that_greylists_an_address_gets_that_email_an_hour_later(
    three: Place, settings: Settings
) -> None:
    with mail_server(greylisted="hai@example.vn") as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.address
        settings.EMAIL_USE_TLS = False
        services.remind_due(at=at("2023-12-15"))
        assert sorted(outcomes(three.quarter)) == [LogOutcome.WAITING, LogOutcome.SENT, LogOutcome.SENT]
        for hours in (1, 2):
            services.deliver_waiting(at=at("2023-12-15") + timedelta(hours=hours))
    assert [to for to, _ in server.taken] == [["xa@example.vn"], ["ba@example.vn"], ["hai@example.vn"]]
    assert outcomes(three.quarter) == [LogOutcome.SENT] * 3
