"""A plan in the browser, without JavaScript: drafted, tried out, set by hand, approved, issued, superseded.

The plan is Quảng Ninh's of 2023: its printed Phụ lục III comes out again, but for one commune.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import log_in

PLANS = "/chi-tieu-giao/"
LOW = ["Thị xã Quảng Yên", "Huyện Cô Tô", "Huyện Tiên Yên", "Huyện Ba Chẽ", "Huyện Bình Liêu", "Huyện Đầm Hà"]
HIGH = [
    "Thị xã Đông Triều",
    "Thành phố Uông Bí",
    "Thành phố Cẩm Phả",
    "Huyện Vân Đồn",
    "Huyện Hải Hà",
    "Thành phố Móng Cái",
]


@contextmanager
def opened(browser: Browser, site: str, *, javascript: bool) -> Iterator[Page]:
    context = browser.new_context(base_url=site, java_script_enabled=javascript, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def page_without_javascript(browser: Browser, site: str) -> Iterator[Page]:
    with opened(browser, site, javascript=False) as page:
        yield page


def begin(page: Page, name: str, *, owner: str = "Tỉnh Quảng Ninh") -> str:
    """Draft a plan; return its address."""
    page.goto(PLANS)
    page.get_by_role("link", name="Lập kế hoạch").click()
    page.get_by_label("Đơn vị giao", exact=True).select_option(label=owner)
    page.get_by_label("Tên kế hoạch").fill(name)
    page.get_by_label("Năm của chỉ tiêu").fill("2023")
    page.get_by_label("Văn bản làm căn cứ").select_option("QNinh23")
    page.get_by_label("Kỳ gốc", exact=True).fill("2023-den-08-23")
    page.get_by_label("Cách gọi số gốc").fill("đến 23/8/2023")
    page.get_by_role("button", name="Lập bản nháp").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Giao theo quy tắc nào?")
    return page.url.split("quy-tac/")[0]


def add_bands(
    page: Page, label: str, *, levels: list[str], within: list[str], bands: list[tuple[str, str]]
) -> None:
    page.locator("select[name=chi-tieu]").select_option("HSTT")
    page.get_by_label("Loại quy tắc").select_option("catch_up_or_maintain")
    page.get_by_role("button", name="Thêm quy tắc").click()
    page.get_by_label("Tên nhóm").fill(label)
    for level in levels:
        page.get_by_label(level, exact=True).check()
    if within:
        page.get_by_label("Trong địa bàn").select_option(label=within)
    for number, (limit, target) in enumerate(bands, start=1):
        page.get_by_label(f"Kết quả kém hơn, bậc {number}").fill(limit)
        page.get_by_label(f"Giao, bậc {number}").fill(target)
    page.get_by_role("button", name="Lưu quy tắc").click()
    expect(page.locator(".notice.success")).to_contain_text("Đã lưu quy tắc")


def test_the_printed_appendix_comes_out_of_a_plan_made_in_the_browser(
    page_without_javascript: Page,
) -> None:
    page = log_in(page_without_javascript, "vanphong")
    address = begin(page, "Quảng Ninh thử lại")
    add_bands(
        page,
        "Sở, ban, ngành",
        levels=["Sở, ban, ngành"],
        within=[],
        bands=[("20", "30"), ("50", "50"), ("80", "85"), ("90", "90")],
    )
    add_bands(page, "Cấp huyện", levels=["Cấp huyện"], within=[], bands=[("90", "90")])
    add_bands(page, "Nhóm 90", levels=["Cấp xã"], within=LOW, bands=[("90", "90")])
    add_bands(page, "Nhóm 95", levels=["Cấp xã"], within=HIGH, bands=[("95", "95")])
    add_bands(page, "Hạ Long", levels=["Cấp xã"], within=["Thành phố Hạ Long"], bands=[("96", "98")])

    page.goto(address)

    answer = page.locator(".answer")
    expect(answer).to_contain_text("137 chỉ tiêu đã giao")
    expect(answer).to_contain_text("136 trong 137 chỉ tiêu văn bản in trùng với quy tắc; 1 khác")
    difference = page.locator("section", has=page.get_by_role("heading", name="Khác văn bản đã in"))
    expect(difference).to_contain_text(
        "Xã Cẩm La, Thị xã Quảng Yên: Văn bản in “Duy trì kết quả đạt được” dù kết quả in 87 %, dưới ngưỡng "
        "90 %; quy tắc của nhóm (Nhóm 90) cho 90 %."
    )
    expect(page.locator("svg.histogram")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Nếu mọi đơn vị đạt mức được giao thì toàn bộ đạt")
