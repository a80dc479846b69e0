"""Reminding by hand from "Tình hình nộp", its log, and the notices that people read on their first page."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from indicators import services, tasks
from indicators.models import Notice, Period, Reminder, ReminderRun, ReminderStep
from tests.builders import make_person, make_unit, make_units
from tests.indicators.conftest import Place
from tests.indicators.test_deadline_pages import on
from tests.indicators.test_deadlines import at
from tests.indicators.test_entry_pages import logged_in
from tests.indicators.test_reminding import scene, with_mail  # noqa: F401
from units.models import Kind, Role

pytestmark = pytest.mark.django_db


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def token_of(html: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f-]{36})"', html)
    assert found
    return found[1]


def test_the_preview_says_who_gets_it_how_and_when_last_and_sends_nothing(scene: Place) -> None:  # noqa: F811
    make_person("hai", role=Role.OFFICER, unit=scene.ha_tu)
    with on("2023-12-19"):
        client = logged_in(scene.district)
        listed = words(client.get(reverse("sending")))
        assert f'href="{reverse("sending_remind")}?ky=2023-Q4">Nhắc 2 đơn vị</a>' in listed
        html = words(client.get(reverse("sending_remind"), {"ky": "2023-Q4"}))
    assert "<b>2</b> đơn vị chưa gửi, <b>1</b> đơn vị có cán bộ nhập số liệu để nhắc." in html
    assert "xa <small>thông báo và thư</small>" in html
    assert "hai <small>thông báo, chưa có địa chỉ thư</small>" in html
    assert "<td> Chưa có cán bộ nhập </td>" in html
    assert (
        "Phường Hà Tu, Thành phố Hạ Long chưa gửi số liệu Quý IV/2023: hạn 18/12/2023, quá hạn 1 ngày" in html
    )
    assert html.count("chưa nhắc") == 2
    assert not Reminder.objects.exists()


def test_sending_the_preview_reminds_once_even_when_it_is_posted_twice(
    scene: Place,  # noqa: F811
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks.deliver_mail, "delay", tasks.deliver_mail)
    with on("2023-12-19"):
        client = logged_in(scene.district)
        preview = words(client.get(reverse("sending_remind"), {"ky": "2023-Q4", "trang_thai": "qua-han"}))
        data = {
            "ky": "2023-Q4",
            "trang_thai": "qua-han",
            "token": token_of(preview),
            "don-vi": [scene.ha_tu.pk, scene.ha_lam.pk],
            "note": "Gửi trước 16 giờ hôm nay.",
        }
        with django_capture_on_commit_callbacks(execute=True):
            first = client.post(reverse("reminders_send"), data, follow=True)
        with django_capture_on_commit_callbacks(execute=True):
            second = client.post(reverse("reminders_send"), data, follow=True)
    assert first.redirect_chain == [(f"{reverse('sending')}?ky=2023-Q4&trang_thai=qua-han", 302)]
    assert (
        "Đã nhắc 1/2 đơn vị: 1 người nhận thông báo, 1 người nhận thêm thư điện tử. "
        "Đơn vị còn lại vừa gửi báo cáo hoặc chưa có cán bộ nhập số liệu."
    ) in words(first)
    assert "Lần nhắc này đã được gửi lúc 09:00 19/12/2023; không gửi lại lần nữa." in words(second)
    assert (ReminderRun.objects.count(), len(mail.outbox)) == (1, 1)
    assert "Lời nhắn thêm: Gửi trước 16 giờ hôm nay." in mail.outbox[0].body
    assert "Nhắc lần cuối: 09:00 19/12/2023" in words(second)


def test_a_refused_reminder_keeps_what_was_typed_and_ticked(scene: Place) -> None:  # noqa: F811
    data = {"ky": "2023-Q4", "token": str(uuid4()), "note": "Gửi trước 16 giờ."}
    with on("2023-12-19"):
        client = logged_in(scene.district)
        none = words(client.post(reverse("reminders_send"), data))
        assert "Chọn ít nhất một đơn vị để nhắc." in none
        assert "Gửi trước 16 giờ.</textarea>" in none
        assert " checked" not in none
        assert token_of(none) == data["token"]
        ticked = data | {"don-vi": scene.ha_tu.pk}
        long = words(client.post(reverse("reminders_send"), ticked | {"note": "x" * 301}))
        assert "dài quá 300 ký tự" in long
        assert long.count(" checked") == 1
        stale = words(client.post(reverse("reminders_send"), ticked | {"token": "x"}))
        assert "Trang xem trước không còn dùng được" in stale
        assert client.post(reverse("reminders_send"), data | {"ky": "1999-Q9"}).status_code == 404
        scene.report()
        Period.objects.update(open_for_entry=False)
        closed = client.post(reverse("reminders_send"), ticked, follow=True)
        assert "không thu số liệu" in words(closed)
    assert not ReminderRun.objects.exists()


def test_a_unit_out_of_reach_is_refused_with_all_the_others(scene: Place) -> None:  # noqa: F811
    cam_pha = make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=scene.province)
    data = {"ky": "2023-Q4", "token": str(uuid4()), "don-vi": [scene.ha_tu.pk, cam_pha.pk]}
    with on("2023-12-19"):
        assert logged_in(scene.district).post(reverse("reminders_send"), data).status_code == 403
        assert logged_in(scene.officer).post(reverse("reminders_send"), data).status_code == 403
        for name in ("sending_remind", "reminder_log"):
            assert logged_in(scene.officer).get(reverse(name)).status_code == 403
    assert not ReminderRun.objects.exists()


def test_the_log_tells_step_person_and_outcome_and_is_narrowed_by_unit_and_outcome(scene: Place) -> None:  # noqa: F811
    services.remind_due(at=at("2023-12-15"))
    cam_pha = make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=scene.province)
    (quang_hanh,) = make_units(["Quang Hanh"], kind=Kind.PHUONG, parent=cam_pha)
    make_person("khac", role=Role.OFFICER, unit=quang_hanh)
    with on("2023-12-19"):
        services.remind_by_hand(
            unit_ids=[quang_hanh.pk],
            period=scene.quarter,
            token=uuid4(),
            note="Khẩn <b>",
            by=scene.office,
            at=at("2023-12-19"),
        )
        office, district = logged_in(scene.office), logged_in(scene.district)
        everything = words(office.get(reverse("reminder_log")))
        own = words(district.get(reverse("reminder_log")))
        sent = words(office.get(reverse("reminder_log"), {"ket_qua": "da-gui"}))
        one = words(office.get(reverse("reminder_log"), {"don_vi": str(quang_hanh.pk), "ket_qua": "x"}))
    assert "<b>3</b> lời nhắc, mới nhất trước." in everything
    assert "truoc-han-3 <small>hạn 18/12/2023</small>" in everything
    assert "vanphong nhắc <small>“Khẩn &lt;b&gt;”</small>" in everything
    assert "Quang Hanh" not in own
    assert "<b>2</b> lời nhắc" in own
    assert "<b>1</b> lời nhắc đúng với điều kiện lọc" in sent
    assert "Đã gửi thư</span>" in sent
    assert "<b>1</b> lời nhắc đúng với điều kiện lọc" in one


def test_a_person_reads_own_notices_on_the_first_page_and_marks_them(scene: Place) -> None:  # noqa: F811
    services.remind_due(at=at("2023-12-15"))
    notice = Notice.objects.get()
    with on("2023-12-15"):
        client, other = logged_in(scene.officer), logged_in(scene.district)
        assert f'<a href="{notice.link}">Nhắc nộp số liệu Quý IV/2023: Phường Hà Tu</a>' in words(
            client.get("/")
        )
        assert "Thông báo chưa xem" not in words(other.get("/"))
        assert "Chưa có thông báo nào cho bạn." in words(other.get(reverse("notices")))
        assert "còn 3 ngày" in words(client.get(reverse("notices")))
        for wrong in ({"thong-bao": notice.pk + 1}, {"thong-bao": "x"}):
            client.post(reverse("notices"), wrong)
        other.post(reverse("notices"), {"thong-bao": notice.pk})
        assert Notice.objects.filter(read_at=None).exists()
        client.post(reverse("notices"), {"thong-bao": notice.pk})
        assert not Notice.objects.filter(read_at=None).exists()
        assert "Thông báo chưa xem" not in words(client.get("/"))
        assert "Bạn đã xem mọi thông báo." in words(client.get(reverse("notices")))


def test_the_calendar_shows_the_steps_and_says_when_there_are_none(scene: Place) -> None:  # noqa: F811
    client = logged_in(scene.office)
    html = words(client.get(reverse("calendar")))
    assert "<td>trước hạn nộp 3 ngày</td><td>đơn vị phải nộp</td>" in html
    assert "<td>đúng hạn nộp</td>" in html
    assert "<td>sau ngày hết ân hạn 5 ngày</td><td>đơn vị cấp trên</td>" in html
    ReminderStep.objects.all().delete()
    assert "Chưa có bước nào: phần mềm không tự nhắc." in words(client.get(reverse("calendar")))


def test_marking_all_leaves_none_unread(scene: Place) -> None:  # noqa: F811
    services.remind_due(at=at("2023-12-15"))
    services.remind_due(at=at("2023-12-18"))
    client = logged_in(scene.officer)
    client.post(reverse("notices"))
    assert not Notice.objects.filter(read_at=None).exists()
    again = client.post(reverse("notices"), follow=True)
    assert "Không còn thông báo nào chưa xem." in words(again)


def test_the_pages_keep_their_query_budget_with_thirty_units(
    scene: Place,  # noqa: F811
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    units = make_units([f"Số {number:02}" for number in range(30)], kind=Kind.PHUONG, parent=scene.ha_long)
    for unit in units:
        with_mail(make_person(f"cb-{unit.pk}", role=Role.OFFICER, unit=unit))
    services.remind_due(at=at("2023-12-15"))
    with on("2023-12-19"):
        client = logged_in(scene.district)
        with django_assert_max_num_queries(26):
            preview = words(client.get(reverse("sending_remind")))
        with django_assert_max_num_queries(14):
            log = words(client.get(reverse("reminder_log")))
    for number in range(30):
        Notice.objects.create(
            recipient=scene.officer,
            subject="Nhắc nộp",
            text=f"Lần {number} <b>",
            link="/",
            at=at("2023-12-15"),
        )
    reader = logged_in(scene.officer)
    with django_assert_max_num_queries(9):
        notices = words(reader.get(reverse("notices")))
    assert notices.count("&lt;b&gt;") == 30
    assert preview.count("Nhắc Phường Số ") == 30
    assert log.count('<th scope="row"') == 62
