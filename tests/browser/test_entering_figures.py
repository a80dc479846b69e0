"""A commune officer enters and sends; the district returns, then approves; the figures show."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.people import log_in, log_out


def fill_everything(page: Page, *, online: str, total: str) -> None:
    """HSTT as given; every other indicator gets a reason from the closed list."""
    for select in page.locator("tr select").all():
        label = select.get_attribute("aria-label") or ""
        if not label.endswith(", Hồ sơ trực tuyến"):
            select.select_option(label="Không thuộc phạm vi")
    page.get_by_label("Tử số Hồ sơ trực tuyến", exact=True).fill(online)
    page.get_by_label("Mẫu số Hồ sơ trực tuyến", exact=True).fill(total)


def test_enter_send_return_mend_approve_and_the_figure_is_ranked(witness: object, page: Page) -> None:
    log_in(page, "xa")
    page.get_by_role("link", name="Nhập số liệu Quý IV/2023").first.click()
    fill_everything(page, online="1.190", total="1.200")
    expect(page.locator("tr", has_text="Hồ sơ trực tuyến").first.locator("[data-rate]")).to_contain_text(
        "99,17"
    )
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.locator(".notice")).to_contain_text("Mọi ô đã lưu")
    page.get_by_role("link", name="Tệp minh chứng (0) Hồ sơ trực tuyến").click()
    file = {"name": "sổ tiếp nhận.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 ..."}
    page.get_by_label("Tệp minh chứng").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Thêm tệp").click()
    page.get_by_role("link", name="Quay lại biểu mẫu").click()
    expect(page.locator("main")).to_contain_text("Tệp minh chứng (1)")
    page.get_by_role("button", name="Xem lại và gửi").click()
    page.get_by_role("button", name="Gửi số liệu Quý IV/2023").click()
    expect(page.locator(".notice")).to_contain_text("Đã gửi")
    log_out(page)

    log_in(page, "huyen")
    page.get_by_role("link", name="Phường Hà Tu").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="sổ tiếp nhận.pdf").click()
    assert download.value.suggested_filename == "sổ tiếp nhận.pdf"
    page.get_by_role("button", name="Trả lại").click()
    expect(page).to_have_title(re.compile("^Lỗi: "))
    page.get_by_label("Lý do trả lại Hồ sơ trực tuyến", exact=True).fill("Mẫu số thiếu hồ sơ tháng 12")
    page.get_by_label("Trả lại Hồ sơ trực tuyến", exact=True).check()
    page.get_by_role("button", name="Trả lại").click()
    expect(page.locator("main")).to_contain_text("Bị trả lại")
    log_out(page)

    log_in(page, "xa")
    expect(page.locator(".notice.warn").first).to_contain_text("Mẫu số thiếu hồ sơ tháng 12")
    page.get_by_role("link", name="Sửa và gửi lại").click()
    page.get_by_label("Mẫu số Hồ sơ trực tuyến", exact=True).fill("1.250")
    page.get_by_role("button", name="Xem lại và gửi").click()
    page.get_by_role("button", name="Gửi số liệu Quý IV/2023").click()
    expect(page.locator(".notice")).to_contain_text("Đã gửi")
    log_out(page)

    log_in(page, "huyen")
    page.get_by_role("link", name="Phường Hà Tu").first.click()
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.locator("main")).to_contain_text("Đã duyệt")

    page.goto("/xep-hang/?chi-tieu=HSTT&ky=2023-Q4&cap=xa")
    expect(page.locator("tbody tr").first).to_contain_text("Phường Hà Tu")
    expect(page.locator("tbody tr").first).to_contain_text("95,20")


def test_a_numerator_above_its_denominator_is_refused_and_what_was_typed_stays(
    witness: object, page: Page
) -> None:
    log_in(page, "huyen")
    page.goto("/so-lieu/")
    page.get_by_role("link", name="Nhập số liệu Thành phố Hạ Long").click()
    page.get_by_label("Tử số Hồ sơ trực tuyến", exact=True).fill("4.120")
    page.get_by_label("Mẫu số Hồ sơ trực tuyến", exact=True).fill("412")
    page.get_by_role("button", name="Xem lại và gửi").click()

    summary = page.locator(".errors")
    expect(summary).to_be_focused()
    assert page.title().startswith("Lỗi: ")
    summary.get_by_role("link").first.click()
    expect(page.locator(":focus")).to_have_value("4.120")
    expect(page.get_by_label("Mẫu số Hồ sơ trực tuyến", exact=True)).to_have_value("412")


def test_an_officer_opens_no_other_units_entry(witness: object, page: Page, browser: Browser) -> None:
    log_in(page, "huyen")
    page.goto("/so-lieu/")
    page.get_by_role("link", name="Nhập số liệu Thành phố Hạ Long").click()
    address = page.url
    log_out(page)
    log_in(page, "xa")

    response = page.goto(address)

    assert response is not None
    assert response.status == 403


def test_the_keyboard_alone_enters_and_saves(witness: object, page: Page) -> None:
    log_in(page, "huyen")
    page.goto("/so-lieu/")
    page.get_by_role("link", name="Nhập số liệu Thành phố Hạ Long").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/so-lieu/(nhap/)?[0-9]+"))
    page.get_by_label("Tử số Thanh toán trực tuyến", exact=True).focus()
    page.keyboard.type("31")
    page.keyboard.press("Tab")
    page.keyboard.type("402")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Lưu nháp":
            break
    page.keyboard.press("Enter")

    row = page.locator("tr", has_text="Thanh toán trực tuyến").first
    expect(row).to_contain_text("7,71")
    expect(row).to_contain_text("Đã lưu")
