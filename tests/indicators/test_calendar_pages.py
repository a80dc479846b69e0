"""The office's calendar: rules from a day on, holidays put down and taken back, all with who and when."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from indicators import deadline_wording, rules, selectors, services
from indicators.models import CalendarRule, Holiday
from tests.builders import make_person
from tests.indicators.builders import AT, day, make_period
from tests.indicators.conftest import Place
from tests.indicators.test_deadlines import make_rule
from tests.indicators.test_entry_pages import logged_in
from units.models import Role

pytestmark = pytest.mark.django_db
FORM = {
    "period_kind": "quarter",
    "level": "xa",
    "day": "15",
    "month_offset": "0",
    "move": "next",
    "grace_days": "2",
    "lock_days": "5",
    "basis": "QĐ 12/QĐ-UBND",
    "valid_from": "2024-01-01",
}


def text(client: Client, name: str = "calendar", **query: str) -> str:
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return response.content.decode()


@given(st.integers(-12, 24), st.integers(1, 31), st.sampled_from(rules.MOVES))
def test_every_rule_is_said_in_words(month_offset: int, day: int, move: str) -> None:
    said = deadline_wording.rule_said(rules.CalendarRule("xa", "quarter", month_offset, day, move))
    assert said.startswith("ngày ")
    assert said.endswith(", không khoá")


def test_a_changed_rule_holds_from_its_day_and_the_old_one_stays_to_be_read(place: Place) -> None:
    make_rule()
    client = logged_in(place.office)
    of_communes = text(client, "calendar_rule", loai="quarter", cap="xa")
    assert 'name="day" value="17"' in of_communes
    assert '<option value="0" selected>tháng cuối kỳ</option>' in of_communes
    assert 'name="day" value="17"' not in text(client, "calendar_rule", loai="tuan", cap="xa")
    html = client.post(reverse("calendar_rule"), FORM, follow=True).content.decode()
    assert "Đã đặt hạn nộp (Quý, Cấp xã) cho các kỳ kết thúc từ 1/1/2024." in html
    assert (
        "ngày 15 tháng cuối kỳ, trúng ngày nghỉ thì dời sang ngày làm việc sau, ân hạn 2 ngày, khoá sau"
        in html
    )
    assert "từ 1/1/2023 đến trước 1/1/2024" in html
    due = {
        code: selectors.deadlines_by_level(period=make_period(code))["xa"].due_on
        for code in ("2023-Q4", "2024-Q1")
    }
    assert due == {"2023-Q4": day("2023-12-18"), "2024-Q1": day("2024-03-15")}
    made = CalendarRule.objects.get(valid_to=None)
    assert (made.by, made.basis) == (place.office, "QĐ 12/QĐ-UBND")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"valid_from": "2023-01-01"},
            "Đã có quy định áp dụng từ 1/1/2023; hãy chọn",
        ),
        ({"lock_days": "1"}, "Số ngày khoá phải từ số ngày ân hạn trở lên"),
        ({"basis": ""}, "Căn cứ"),
        ({"day": "32"}, "31"),
        ({"level": "thon"}, "Lỗi: "),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_and_nothing_changes(
    place: Place, changed: dict[str, str], told: str
) -> None:
    make_rule()
    response = logged_in(place.office).post(reverse("calendar_rule"), FORM | changed)
    assert response.status_code == 200
    assert told in response.content.decode()
    assert CalendarRule.objects.get().valid_to is None


def test_a_holiday_is_put_down_once_and_taken_back_with_who_did_it(place: Place) -> None:
    make_rule()
    client = logged_in(place.office)
    tet = {"day": "2023-12-18", "name": "Nghỉ bù"}
    assert (
        "Đã thêm ngày nghỉ 18/12/2023: Nghỉ bù."
        in client.post(reverse("calendar"), tet, follow=True).content.decode()
    )
    again = client.post(reverse("calendar"), tet).content.decode()
    assert "Ngày 18/12/2023 đã có trong lịch: Nghỉ bù." in again
    assert selectors.deadlines_by_level(period=place.quarter)["xa"].due_on == day("2023-12-19")
    remove = reverse("holiday_remove", args=[Holiday.objects.get().pk])
    assert "Đã bỏ ngày nghỉ 18/12/2023" in client.post(remove, follow=True).content.decode()
    assert "đã được bỏ khỏi lịch trước đó" in client.post(remove, follow=True).content.decode()
    assert "Bỏ ngày nghỉ 18/12/2023: Nghỉ bù" in text(client)
    assert Holiday.objects.get().removed_by == place.office
    assert selectors.deadlines_by_level(period=place.quarter)["xa"].due_on == day("2023-12-18")
    assert client.post(reverse("calendar"), tet).status_code == 302


def test_the_office_finds_the_calendar_and_others_do_not(place: Place) -> None:
    address = reverse("calendar")
    for person, status in ((place.office, 200), (place.district, 403), (place.officer, 403)):
        client = logged_in(person)
        assert client.get(address).status_code == status
        assert (f'href="{address}"' in text(client, "submissions")) == (status == 200)


def test_the_office_of_a_district_reads_the_calendar_and_changes_nothing_in_it(place: Place) -> None:
    make_rule()
    services.add_holiday(day=day("2024-02-10"), name="Tết", by=place.office, at=AT)
    client = logged_in(make_person("vphuyen", role=Role.OFFICE, unit=place.ha_long))
    html = text(client)
    assert f'href="{reverse("calendar")}"' in text(client, "submissions")
    assert "Tết" in html
    assert "ngày 17 tháng cuối kỳ" in html
    assert reverse("calendar_rule") not in html
    # The one form left is that of logging out.
    assert html.partition("<main")[2].count("<form") == 0
    for answer in (
        client.post(reverse("calendar"), {"day": "2024-02-11", "name": "Tết"}),
        client.get(reverse("calendar_rule")),
        client.post(reverse("calendar_rule"), FORM),
        client.post(reverse("holiday_remove", args=[Holiday.objects.get().pk])),
    ):
        assert answer.status_code == 403
        assert "chỉ Văn phòng UBND và quản trị cấp tỉnh mới đổi. Chưa có gì được ghi." in unescape(
            answer.content.decode()
        )
    assert Holiday.objects.get().removed_at is None
    assert CalendarRule.objects.get().valid_to is None


def test_the_calendar_keeps_its_query_budget_with_thirty_holidays(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_rule()
    for number in range(30):
        services.add_holiday(
            day=day("2024-01-01") + timedelta(days=number), name="Nghỉ", by=place.office, at=AT
        )
    client = logged_in(place.office)
    with django_assert_max_num_queries(11):
        html = text(client)
    assert html.count("Nghỉ</td>") == 30
