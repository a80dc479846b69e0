"""Công bố and the public page: the office publishes, a stranger in a private window reads just that."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from reports.management.commands.load_demo import PEOPLE
from tests.browser.budgets import open_within_budget, serious_faults
from tests.browser.conftest import Witness
from tests.browser.people import log_in

PAYMENTS = "/xep-hang/?chi-tieu=TTTT&ky=2023-Q1&cap=huyen"
OFFICERS = [full_name for _, full_name, _ in PEOPLE]


@pytest.fixture
def stranger(browser: Browser, site: str) -> Iterator[Page]:
    """A private window: nobody is logged in, nothing is remembered."""
    context = browser.new_context(base_url=site, locale="vi-VN")
    yield context.new_page()
    context.close()


def test_a_private_window_shows_published_periods_with_their_day_and_names_no_officer(
    witness: Witness, page: Page, stranger: Page
) -> None:
    stranger.goto("/tai-khoan/dang-nhap/")
    stranger.get_by_role("link", name="Bảng xếp hạng công khai").click()
    expect(stranger.locator("h1")).to_have_text("Xã, phường tôi xếp thứ mấy?")
    listed = stranger.get_by_role("region", name="Các bảng đang công khai")
    expect(listed).to_contain_text("Hồ sơ trực tuyến, cấp huyện, Quý I/2023")
    expect(listed).to_contain_text("17/7/2023")
    # The figures of payments are in the system, and approved: nobody has published them.
    expect(stranger.locator("main")).not_to_contain_text("Thanh toán trực tuyến")
    expect(stranger.locator("main")).not_to_contain_text("Quý IV/2023")

    log_in(page, "vanphong")
    page.goto(PAYMENTS)
    page.get_by_label("Trong phạm vi").select_option(label="Tỉnh Quảng Nam")
    page.get_by_role("button", name="Áp dụng").click()
    page.get_by_role("link", name="Công bố", exact=True).click()
    expect(page.locator(".answer").first).to_contain_text("Chưa công bố lần nào.")
    page.get_by_role("button", name="Công bố").click()
    expect(page.locator(".messages")).to_contain_text("Đã công bố lần 1.")

    stranger.reload()
    listed.get_by_role("link", name="Thanh toán trực tuyến, cấp huyện, Quý I/2023", exact=True).click()
    expect(stranger.locator(".source").first).to_contain_text("số liệu ngày: 17/7/2023")
    expect(stranger.locator("tbody tr").first).to_contain_text("Thành phố Tam Kỳ")
    seen = stranger.content()
    for address in ("/cong-khai/", "/cong-khai/?tim=ha+tu"):
        stranger.goto(address)
        seen += stranger.content()
    stranger.get_by_role("link", name="Phường Hà Tu").click()
    expect(stranger.locator(".answer")).to_contain_text(
        "Phường Hà Tu xếp thứ 1 (đồng hạng) trong 106 xã, phường, thị trấn của Tỉnh Quảng Ninh"
    )
    seen += stranger.content()
    assert [name for name in OFFICERS if name in seen] == []
    assert {cookie.get("name") for cookie in stranger.context.cookies()} == {
        "csrftoken"
    }  # of the log-in page

    # Nothing else opens to a stranger.
    stranger.goto(PAYMENTS)
    assert "/dang-nhap/" in stranger.url


def test_the_file_of_a_stranger_is_the_table_of_the_page(witness: Witness, stranger: Page) -> None:
    stranger.goto("/cong-khai/")
    stranger.get_by_role("link", name="Hồ sơ trực tuyến, cấp xã, Quý I/2023", exact=True).last.click()
    expect(stranger.locator("tbody").first.locator("tr")).to_have_count(235)
    with stranger.expect_download() as download:
        stranger.get_by_role("link", name="Tải Excel").click()
    sheet = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes())).worksheets[0]
    names = {cell.value for row in sheet.iter_rows() for cell in row}
    shown = stranger.locator("tbody th.unit a").all_text_contents()
    assert len(shown) == 241
    assert set(shown) <= names


def test_the_public_pages_are_light_accessible_and_whole_at_360_pixels(
    browser: Browser, site: str, stranger: Page
) -> None:
    stranger.goto("/cong-khai/")
    tables = stranger.locator("tbody th a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    stranger.goto("/cong-khai/?tim=ha+tu")
    unit = stranger.get_by_role("link", name="Phường Hà Tu").get_attribute("href") or ""
    addresses = ["/cong-khai/", "/cong-khai/?tim=ha+tu", *tables[:2], tables[-1], unit]
    for address in addresses:
        open_within_budget(stranger, address)
        assert serious_faults(stranger) == [], address
    narrow = browser.new_context(base_url=site, viewport={"width": 360, "height": 740})
    page = narrow.new_page()
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= 360"), address
    narrow.close()


def test_publishing_needs_neither_a_mouse_nor_javascript(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site, locale="vi-VN")
    page = context.new_page()
    log_in(page, "vanphong")
    page.goto(PAYMENTS.replace("huyen", "so"))
    page.get_by_label("Trong phạm vi").select_option(label="Tỉnh Quảng Nam")
    page.get_by_role("button", name="Áp dụng").click()
    page.get_by_role("link", name="Công bố", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Văn bản công bố").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Đã công bố lần 1.")

    page.get_by_role("link", name="Thu hồi").click()
    page.get_by_role("button", name="Thu hồi").click()
    expect(page.locator(".errors")).to_contain_text("Hãy ghi lý do")
    page.get_by_label("Lý do").fill("Công bố thử")
    page.get_by_role("button", name="Thu hồi").click()
    expect(page.locator(".answer")).to_contain_text("Bảng này đã được thu hồi")
    expect(page.locator(".answer")).to_contain_text("Công bố thử")
    context.close()
