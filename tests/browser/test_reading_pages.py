"""Reading: the leader's half minute, league, chart, keyboard, no JavaScript, accessibility, budgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.budgets import open_within_budget, serious_faults
from tests.browser.conftest import Witness
from tests.browser.people import log_in

QUANG_NAM = "/xep-hang/?chi-tieu=HSTT&ky=2023-Q1&cap=xa"
HEAT_MAP = "/ban-do-nhiet/?ky=2023-Q1&cap=xa&trong=tat-ca"
PROGRESS = "/chi-tieu-giao/quang-ninh-2023/tien-do/"
PAGES = {
    "vanphong": [
        *("/", QUANG_NAM, HEAT_MAP, "/so-lieu/", "/nhap-tep/", "/nhap-tep/moi/", "/don-vi/"),
        *("/van-ban/", "/van-ban/QNinh23/", "/van-ban/QNinh23/sua/", "/van-ban/moi/"),
        *("/chi-tieu-giao/qninh23-2023/", "/chi-tieu-giao/qnam24-2024/", "/chi-tieu-giao/qnam24-2024/duyet/"),
    ],
    "lanhdao": [
        "/",
        "/xep-hang/",
        "/ban-do-nhiet/",
        "/chi-tieu-giao/",
        "/chi-tieu-giao/quang-ninh-2023/",
        "/chi-tieu-giao/quang-ninh-2023/phu-luc/",
        PROGRESS,
    ],
    "huyen": ["/", "/so-lieu/", "/so-lieu/tinh-hinh/nhac/", "/so-lieu/tinh-hinh/nhat-ky-nhac/"],
    "xa": ["/", "/so-lieu/", "/so-lieu/thong-bao/"],
}


def choose_quang_nam(page: Page) -> None:
    page.goto(QUANG_NAM)
    page.get_by_label("Trong phạm vi").select_option(label="Tỉnh Quảng Nam")
    page.get_by_role("button", name="Áp dụng").click()


def test_a_leader_reads_the_verdict_and_downloads_the_appendix_without_scrolling(
    witness: Witness, page: Page
) -> None:
    log_in(page, "lanhdao")

    expect(page.locator(".answer")).to_contain_text("Tỉnh đạt")
    expect(page.locator("dl.four dt")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải phụ lục Excel").click()
    workbook = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes()))
    assert workbook.worksheets[0]["A1"].value == "PHỤ LỤC III"
    assert workbook.worksheets[0]["A1"].font.name == "Times New Roman"


def test_quang_nams_communes_are_ranked_in_the_browser_as_the_commands_rank_them(
    witness: Witness, page: Page
) -> None:
    log_in(page, "vanphong")
    choose_quang_nam(page)

    expect(page.locator(".source").first).to_contain_text("235/241")
    row = page.locator("tbody tr", has_text="Xã A Rooi")
    expect(row).to_contain_text("14,50")
    page.get_by_label("Chỉ tiêu").first.select_option(label="Thanh toán trực tuyến")
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.locator(".source").first).to_contain_text("0/241")
    expect(page.locator("main")).to_contain_text("chưa trích xuất được")


def test_the_chart_is_drawn_after_the_table_and_offers_no_sharing(witness: Witness, page: Page) -> None:
    log_in(page, "lanhdao")
    page.goto("/xep-hang/")
    page.locator(".chart").first.scroll_into_view_if_needed()

    expect(page.locator(".chart .main-svg").first).to_be_visible(timeout=20_000)
    titles = page.locator(".modebar-btn").evaluate_all("all => all.map(b => b.dataset.title)")
    assert titles
    assert not [title for title in titles if re.search("share|cloud|chia sẻ", title or "", re.IGNORECASE)]


def test_the_table_sorts_by_links_and_says_so(witness: Witness, page: Page) -> None:
    log_in(page, "vanphong")
    choose_quang_nam(page)

    page.locator("thead a", has_text="Đơn vị").click()

    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Đơn vị")
    expect(page.locator("tbody th a").first).to_have_text(re.compile("^Phường An"))


def test_the_keyboard_alone_logs_in_and_filters_the_league(witness: Witness, page: Page) -> None:
    page.goto("/tai-khoan/dang-nhap/")
    page.locator("input[name=username]").focus()
    page.keyboard.type("lanhdao")
    page.keyboard.press("Tab")
    page.keyboard.type("dvctt-demo-2023")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "dang-nhap" not in address)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Đến nội dung")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Xếp hạng":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/xep-hang/**")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "tim":
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
    page.keyboard.type("tien lang")
    page.keyboard.press("Enter")
    page.wait_for_url("**tim=**")

    expect(page.locator("tbody th a", has_text="Xã Tiên Lãng")).to_be_visible()


@pytest.fixture
def plain_page(browser: Browser, site: str) -> Iterator[Page]:
    """A page without JavaScript."""
    context = browser.new_context(java_script_enabled=False, base_url=site, locale="vi-VN")
    yield context.new_page()
    context.close()


def test_without_javascript_everything_of_a_day_works(plain_page: Page) -> None:
    page = plain_page
    log_in(page, "vanphong")
    choose_quang_nam(page)
    page.locator("thead a", has_text="Tỷ lệ").first.click()
    expect(page.locator("th[aria-sort]")).to_have_count(1)
    page.locator("tbody th a").first.click()
    expect(page.locator("h1")).not_to_be_empty()

    page.goto(HEAT_MAP)
    page.get_by_role("link", name="Xếp theo Hồ sơ trực tuyến").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Hồ sơ trực tuyến")
    page.get_by_role("link", name=re.compile("^Xem tất cả 414 đơn vị")).click()
    page.get_by_label("Cấp").select_option(label="Cấp huyện")
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.locator("h1")).to_have_text("Bản đồ nhiệt cấp huyện, Quý I/2023")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Hồ sơ trực tuyến")

    page.goto(PROGRESS)
    page.get_by_label("Cấp").select_option(label="Cấp huyện")
    page.get_by_role("button", name="Áp dụng").click()
    page.get_by_role("link", name=re.compile("^Xem cả 4 nơi còn thiếu")).click()
    expect(page.locator("table.league tbody th a").first).to_have_text("Thành phố Cẩm Phả")
    expect(page.locator("table.league tbody tr")).to_have_count(4)

    page.goto("/nhap-tep/moi/")
    published = "fixtures/published/quang_ninh_269_phu_luc_III_2023.xlsx"
    page.locator("input[type=file]").set_input_files(published)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    expect(page.get_by_role("heading", name="Số liệu trong tệp có gì sai?")).to_be_visible(timeout=30_000)

    page.context.clear_cookies()
    log_in(page, "xa")
    page.get_by_role("link", name="Nhập số liệu Quý IV/2023").first.click()
    page.get_by_label("Tử số Hồ sơ trực tuyến", exact=True).fill("10")
    page.get_by_label("Mẫu số Hồ sơ trực tuyến", exact=True).fill("20")
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.locator("tr", has_text="Hồ sơ trực tuyến").first).to_contain_text("50,00")


@pytest.mark.parametrize("person", PAGES)
def test_axe_finds_nothing_serious(witness: Witness, page: Page, person: str) -> None:
    log_in(page, person)
    unit_link = "" if person != "vanphong" else _first_unit(page)
    for address in [*PAGES[person], *([unit_link] if unit_link else [])]:
        page.goto(address)
        assert serious_faults(page) == [], address


def _first_unit(page: Page) -> str:
    choose_quang_nam(page)
    return page.locator("tbody th a").first.get_attribute("href") or ""


@pytest.mark.parametrize("person", ["vanphong", "lanhdao"])
def test_a_first_visit_takes_at_most_100_kilobytes_and_8_requests(
    witness: Witness, context: BrowserContext, page: Page, person: str
) -> None:
    log_in(page, person)
    for address in PAGES[person]:
        open_within_budget(page, address)
