"""A quarter from empty to published figures, by five people in Chromium, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from indicators.models import Measurement, MeasurementRevision, Source
from tests.browser.people import log_in
from tests.builders import make_person
from tests.indicators.conftest import Place
from tests.indicators.test_deadlines import make_rule
from units.models import Role

pytestmark = pytest.mark.both_databases

FIGURES = {
    "Thanh toán trực tuyến": ("31", "402"),
    "Hồ sơ quá hạn": ("2", ""),
    "Thời gian chờ đợi": ("9", "2"),
}


@pytest.fixture
def people(place: Place, live_server: LiveServer, browser: Browser) -> People:
    make_person("xa2", role=Role.OFFICER, unit=place.ha_lam)
    make_rule(lock_days=3)  # due on Monday 18/12/2023, the 17th being a Sunday; locked after the 21st
    return People(browser, live_server.url)


class People:
    """Each person has a browser of his own and comes anew on each day."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address

    @contextmanager
    def at_work(self, username: str, day: str) -> Iterator[Page]:
        """`username` logged in on a day, at nine in the morning; what a page threw fails the test."""
        with self.passing_by(day) as page:
            log_in(page, username, password="matkhau-kiem-thu")
            page.wait_for_url(f"{self._address}/")
            yield page

    @contextmanager
    def passing_by(self, day: str) -> Iterator[Page]:
        """A private window on that day, nobody logged in."""
        thrown: list[str] = []
        with time_machine.travel(f"{day} 09:00+07:00"):
            context = self._browser.new_context(base_url=self._address, locale="vi-VN")
            context.on("weberror", lambda error: thrown.append(str(error.error)))
            yield context.new_page()
            context.close()
        assert thrown == []


def fill(page: Page, name: str, numerator: str, denominator: str = "") -> None:
    """Type a line's figures as an officer does and wait until the page calls them saved."""
    row = page.locator("tr[data-row]", has=page.get_by_label(f"Ghi chú {name}", exact=True))
    row.locator("[data-numerator]").fill(numerator)
    if denominator:
        row.locator("[data-denominator]").fill(denominator)
    row.locator("input.say").focus()
    page.get_by_role("button", name="Xem lại và gửi").focus()
    expect(row.locator("[data-state]")).to_have_text(re.compile(r"● Đã lưu \d\d:\d\d"))


def fill_report(page: Page, *, online: str) -> None:
    page.get_by_role("link", name="Nhập số liệu Quý IV/2023").click()
    fill(page, "Hồ sơ trực tuyến", online, "3.000")
    for name, (numerator, denominator) in FIGURES.items():
        fill(page, name, numerator, denominator)


def send(page: Page) -> None:
    page.get_by_role("button", name="Xem lại và gửi").click()
    page.get_by_role("button", name="Gửi số liệu Quý IV/2023").click()
    expect(page.locator(".notice")).to_contain_text("Đã gửi số liệu Quý IV/2023")


def approve(page: Page, unit: str) -> None:
    page.get_by_role("link", name=unit).first.click()
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.locator(".notice")).to_contain_text("Đã duyệt 4 số liệu")


def test_from_empty_to_published_with_a_return_an_extension_a_late_unit_and_a_reopening(
    people: People, place: Place
) -> None:
    with people.at_work("xa", "2023-12-15") as officer:
        fill_report(officer, online="2.900")
        send(officer)
    with people.at_work("huyen", "2023-12-15") as district:
        district.get_by_role("link", name="Phường Hà Tu").first.click()
        district.get_by_label("Trả lại Thanh toán trực tuyến", exact=True).check()
        district.get_by_label("Lý do trả lại Thanh toán trực tuyến").fill("Mẫu số thiếu tháng 12")
        district.get_by_role("button", name="Trả lại").click()
        expect(district.locator("main")).to_contain_text("Bị trả lại")

    with people.at_work("xa", "2023-12-18") as officer:
        expect(officer.locator(".notice.warn")).to_contain_text("Mẫu số thiếu tháng 12")
        officer.get_by_role("link", name="Sửa và gửi lại").click()
        fill(officer, "Thanh toán trực tuyến", "31", "450")
        send(officer)
    with people.at_work("huyen", "2023-12-18") as district:
        approve(district, "Phường Hà Tu")

    late_form = f"/so-lieu/nhap/{place.ha_lam.pk}/2023-Q4/"
    with people.at_work("xa2", "2023-12-22") as other:
        other.goto(late_form)
        expect(other.locator(".notice")).to_contain_text("gia hạn")
        assert other.locator("[data-numerator]").count() == 0
    with people.at_work("huyen", "2023-12-22") as district:
        district.goto("/so-lieu/tinh-hinh/?ky=2023-Q4")
        late = district.locator("tr", has_text="Phường Hà Lầm")
        expect(late).to_contain_text("Quá hạn chưa gửi")
        late.get_by_role("link", name="Gia hạn").click()
        district.get_by_label("Gia hạn đến hết ngày").fill("2023-12-27")
        district.get_by_label("Lý do").fill("Mất điện cả tuần")
        district.get_by_role("button", name="Gia hạn").click()
        expect(district.locator(".notice")).to_contain_text("đến hết ngày 27/12/2023")

    with people.at_work("xa2", "2023-12-26") as other:
        fill_report(other, online="1.500")
        send(other)
    with people.at_work("huyen", "2023-12-26") as district:
        approve(district, "Phường Hà Lầm")

    with people.at_work("vanphong", "2023-12-28") as office:
        office.goto("/so-lieu/tinh-hinh/?ky=2023-Q4")
        expect(office.locator("tr", has_text="Phường Hà Lầm")).to_contain_text("Mất điện cả tuần")
        office.get_by_role("link", name="Phường Hà Tu").click()
        office.get_by_text("Mở lại báo cáo đã duyệt").click()
        office.get_by_label("Lý do mở lại").fill("Đối soát: thiếu 50 hồ sơ trực tuyến")
        office.get_by_role("button", name="Mở lại").click()
        expect(office.locator(".notice").first).to_contain_text("giữ nguyên cho đến khi duyệt lại")
    assert Measurement.objects.get(unit=place.ha_tu, indicator=place.hstt).numerator == 2900
    with people.at_work("huyen", "2023-12-28") as district:
        district.goto(f"/so-lieu/gia-han/{place.ha_tu.pk}/2023-Q4/")
        district.get_by_label("Gia hạn đến hết ngày").fill("2023-12-29")
        district.get_by_label("Lý do").fill("Mở lại để sửa")
        district.get_by_role("button", name="Gia hạn").click()
        expect(district.locator(".notice")).to_contain_text("đến hết ngày 29/12/2023")
    with people.at_work("xa", "2023-12-28") as officer:
        expect(officer.locator(".notice.warn")).to_contain_text("Đối soát: thiếu 50 hồ sơ trực tuyến")
        officer.get_by_role("link", name="Sửa và gửi lại").click()
        fill(officer, "Hồ sơ trực tuyến", "2.950", "3.000")
        send(officer)
    with people.at_work("huyen", "2023-12-28") as district:
        approve(district, "Phường Hà Tu")
        expect(district.locator("main")).to_contain_text("Sửa sau khi duyệt: 1 ô")

    with people.at_work("lanhdao", "2023-12-29") as leader:
        leader.goto("/xep-hang/?chi-tieu=HSTT&ky=2023-Q4&cap=xa")
        expect(leader.locator("tbody tr").first).to_contain_text(re.compile("^1Phường Hà Tu.*98,33$"))
        expect(leader.locator("tbody tr").nth(1)).to_contain_text(re.compile("^2Phường Hà Lầm.*50,00$"))

    with people.at_work("vanphong", "2023-12-30") as office:
        office.goto("/xep-hang/?chi-tieu=HSTT&ky=2023-Q4&cap=xa")
        office.get_by_role("link", name="Công bố", exact=True).click()
        office.get_by_role("button", name="Công bố").click()
        expect(office.locator(".messages")).to_contain_text("Đã công bố lần 1.")
    with people.passing_by("2023-12-31") as stranger:
        stranger.goto("/cong-khai/")
        stranger.get_by_role("link", name="Hồ sơ trực tuyến, cấp xã, Quý IV/2023", exact=True).click()
        expect(stranger.locator("tbody tr").first).to_contain_text(re.compile("^1Phường Hà Tu.*98,33$"))
        expect(stranger.locator(".source").first).to_contain_text("công bố ngày 30/12/2023")

    figures = Measurement.objects.filter(indicator=place.hstt, source=Source.UNIT).order_by("-value")
    assert [(one.unit, one.numerator) for one in figures] == [(place.ha_tu, 2950), (place.ha_lam, 1500)]
    history = MeasurementRevision.objects.filter(measurement=figures[0]).order_by("number")
    assert [(one.numerator, one.by, one.at.date()) for one in history] == [
        (2900, place.district, date(2023, 12, 18)),
        (2950, place.district, date(2023, 12, 28)),
    ]
