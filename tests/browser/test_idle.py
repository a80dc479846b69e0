"""Half an hour without a sign of life, as the browser sees it, with the browser's clock put forward."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Witness
from tests.browser.people import log_in


def test_a_warning_comes_and_staying_puts_off_the_end_which_then_leads_to_the_log_in(
    witness: Witness, page: Page
) -> None:
    page.clock.install()
    log_in(page, "xa")
    page.goto("/don-vi/?tim=ha")
    warning = page.get_by_role("alertdialog", name="Bạn còn ở đây không?")
    page.clock.fast_forward("23:00")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("02:00")
    expect(warning).to_be_visible()
    expect(warning.get_by_role("button", name="Ở lại")).to_be_focused()
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("23:00")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("07:00")
    page.wait_for_url("**/tai-khoan/dang-nhap/?next=%2Fdon-vi%2F%3Ftim%3Dha")
    page.goto("/so-lieu/")
    expect(page).to_have_url("/tai-khoan/dang-nhap/?next=/so-lieu/")


def test_a_cell_that_is_saved_is_a_sign_of_life(witness: Witness, page: Page) -> None:
    page.clock.install()
    log_in(page, "huyen")
    page.goto("/so-lieu/")
    page.get_by_role("link", name="Nhập số liệu Thành phố Hạ Long").click()
    page.clock.fast_forward("20:00")
    page.get_by_label("Tử số Hồ sơ trực tuyến", exact=True).fill("585")
    page.keyboard.press("Tab")
    expect(page.locator("[data-save-told]")).to_contain_text("Đã lưu")
    page.clock.fast_forward("10:00")
    expect(page.get_by_role("alertdialog", name="Bạn còn ở đây không?")).to_be_hidden()
