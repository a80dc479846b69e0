"""The office adds a document, attaches its file, says what replaces it: by keyboard, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FileChooser, Page, expect

from tests.browser.budgets import serious_faults
from tests.browser.people import log_in
from tests.documents.files import PDF

# The parts of a date field and its calendar show the focus themselves.
SHOWS_FOCUS = (
    """(e => e.type === "date" || getComputedStyle(e).outlineStyle !== "none")(document.activeElement)"""
)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, which every stop on the way shows."""
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab never comes to {selector}")


def test_a_document_is_added_given_its_file_and_superseded_by_the_keyboard(
    office: Page, tmp_path: Path
) -> None:
    page = office
    chosen: list[FileChooser] = []  # listened for from the start: to begin at the key press is a race
    page.on("filechooser", lambda chooser: chosen.append(chooser))
    page.goto("/chi-tieu-giao/")
    tab_to(page, "a[href='/van-ban/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/")
    tab_to(page, "a[href='/van-ban/moi/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/moi/")

    for name, text in {
        "number": "12/KH-UBND",
        "issued_on": "",
        "issuer": "UBND tỉnh Quảng Ninh",
        "signer": "Cao Tường Huy",
        "abstract": "Kế hoạch cung cấp dịch vụ công trực tuyến năm 2024",
    }.items():
        tab_to(page, f"[name={name}]")
        page.keyboard.type(text)
    page.locator("[name=issued_on]").fill(
        "2024-01-15"
    )  # a date field is typed as the machine's language has it
    page.locator("[name=number]").focus()
    tab_to(page, "button.btn[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/12-kh-ubnd-2024/")
    expect(page.locator(".answer")).to_contain_text("Còn hiệu lực. Chưa có gì dựa vào văn bản này.")

    tab_to(page, "a[href$='/sua/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sua/")
    scan = tmp_path / "Kế hoạch 12 (ký số).pdf"
    scan.write_bytes(PDF)
    tab_to(page, "input[type=file]")
    with page.expect_event("filechooser"):
        page.keyboard.press("Space")
    chosen[0].set_files(scan)
    tab_to(page, "[name=reason]")
    page.keyboard.type("Bản ký số")
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/12-kh-ubnd-2024/")
    expect(page.locator("main")).to_contain_text("Kế hoạch 12 (ký số).pdf")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp").press("Enter")
    assert download.value.suggested_filename == scan.name
    assert download.value.path().read_bytes() == PDF

    page.goto("/van-ban/QNinh23/sua/")
    tab_to(page, "[name=superseded_by]")
    page.keyboard.type("12/KH")  # a select jumps to what is typed
    tab_to(page, "[name=reason]")
    page.keyboard.type("Kế hoạch năm 2024 thay kế hoạch năm 2023")
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/QNinh23/")
    expect(page.locator(".answer")).to_contain_text("Đã được thay bằng 12/KH-UBND ngày 15/1/2024.")
    assert serious_faults(page) == []
    page.goto("/van-ban/?hieu-luc=het")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Thay bằng 12/KH-UBND")


def test_errors_take_the_focus_and_lead_to_their_field(office: Page) -> None:
    page = office
    page.goto("/van-ban/moi/")
    page.get_by_role("button", name="Lưu văn bản").click()

    expect(page).to_have_title("Lỗi: Thêm văn bản · Theo dõi dịch vụ công trực tuyến")
    expect(page.locator(".errors")).to_be_focused()
    page.get_by_role("link", name="Nhập số, ký hiệu").click()
    expect(page.locator("[name=number]")).to_be_focused()
    assert serious_faults(page) == []


@pytest.fixture
def plain_page(browser: Browser, site: str) -> Iterator[Page]:
    """A page without JavaScript."""
    context = browser.new_context(java_script_enabled=False, base_url=site, locale="vi-VN")
    yield context.new_page()
    context.close()


def test_without_javascript_a_document_is_added_found_and_changed(plain_page: Page, tmp_path: Path) -> None:
    page = plain_page
    log_in(page, "vanphong")
    page.goto("/van-ban/moi/")
    page.get_by_label("Số, ký hiệu").fill("77/QĐ-UBND")
    page.get_by_label("Ngày ban hành").fill("2024-02-01")
    page.get_by_label("Cơ quan ban hành").fill("UBND tỉnh Quảng Nam")
    wrong = tmp_path / "77.pdf"
    wrong.write_bytes(b"<html>")
    page.locator("input[type=file]").set_input_files(wrong)
    page.get_by_role("button", name="Lưu văn bản").click()
    expect(page.locator(".errors")).to_contain_text("nội dung không phải là tệp .pdf")
    expect(page.get_by_label("Số, ký hiệu")).to_have_value("77/QĐ-UBND")
    wrong.write_bytes(PDF)
    page.locator("input[type=file]").set_input_files(wrong)
    page.get_by_role("button", name="Lưu văn bản").click()
    expect(page.locator("h1")).to_have_text("Văn bản 77/QĐ-UBND")

    page.goto("/van-ban/")
    page.get_by_label("Tìm số").fill("quang nam")
    page.get_by_label("Năm").select_option("2024")
    page.get_by_role("button", name="Áp dụng").click()
    page.get_by_role("link", name="77/QĐ-UBND", exact=True).click()
    page.get_by_role("link", name="Sửa, đính tệp, thay thế").click()
    page.get_by_label("Người ký").fill("Lê Văn Dũng")
    page.get_by_label("Lý do sửa").fill("Thiếu người ký")
    page.get_by_role("button", name="Lưu văn bản").click()
    expect(page.locator(".history").first).to_contain_text("Người ký: Lê Văn Dũng")
