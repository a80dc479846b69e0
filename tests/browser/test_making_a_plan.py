"""A plan in the browser, without JavaScript: drafted, tried out, set by hand, approved, issued, superseded.

The plan is Quảng Ninh's of 2023: its printed Phụ lục III comes out again, but for one commune.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.budgets import serious_faults
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


def refused(page: Page, address: str, **fields: str) -> int:
    """Post to an address as another program would, with the person's own session; return the status."""
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    answer = page.request.post(
        address, form={"csrfmiddlewaretoken": token, **fields}, headers={"Referer": page.url}, max_redirects=0
    )
    return answer.status


def seen(page: Page) -> str:
    return page.locator("input[name=seen]").first.input_value()


def assigned_on(paper: bytes) -> dict[str, Decimal | str]:
    """Return what a paper assigns to each commune: a share of one, or the words for a kept result."""
    found: dict[str, Decimal | str] = {}
    for sheet in openpyxl.load_workbook(BytesIO(paper)):
        assert sheet["A1"].font.name == "Times New Roman"
        for cells in sheet.iter_rows(values_only=True):
            if isinstance(cells[0], int) and len(cells) >= 6:
                target = cells[5]
                found[str(cells[1])] = target if isinstance(target, str) else Decimal(str(target))
    return found


def test_a_plan_goes_from_draft_to_issued_and_is_superseded_by_the_right_people(
    browser: Browser, site: str
) -> None:
    with (
        opened(browser, site, javascript=False) as office,
        opened(browser, site, javascript=False) as leader,
        opened(browser, site, javascript=False) as officer,
    ):
        log_in(office, "vanphong")
        log_in(leader, "lanhdao")
        log_in(officer, "xa")
        address = begin(office, "Hạ Long và các huyện")
        add_bands(office, "Mọi xã", levels=["Cấp xã"], within=[], bands=[("90", "90")])

        # What if: nothing is written.
        office.get_by_role("link", name="Mọi xã").click()
        office.get_by_label("Kết quả kém hơn, bậc 1").fill("95")
        office.get_by_label("Giao, bậc 1").fill("95")
        office.get_by_role("button", name="Thử, chưa ghi").click()
        trial = office.locator("section", has=office.get_by_role("heading", name="Nếu dùng tham số này"))
        expect(trial).to_contain_text("đơn vị đổi mức giao")
        expect(trial).to_contain_text("cao lên, 0 thấp xuống")
        office.goto(address)
        expect(office.locator(".answer")).to_contain_text("106 chỉ tiêu đã giao")
        expect(office.locator("main")).to_contain_text("Từ 90 % trở lên")

        # By hand: not without a reason.
        row = office.locator("tbody tr", has_text="Xã Đồng Tiến")
        expect(row).to_contain_text("tăng hơn 15 điểm %")
        row.get_by_role("link", name="Sửa").click()
        office.get_by_label("Mức giao (%)").fill("80")
        office.get_by_role("button", name="Lưu mức sửa tay").click()
        expect(office.locator(".errors")).to_contain_text("Nhập lý do")
        expect(office).to_have_title(re.compile("^Lỗi: "))
        expect(office.get_by_label("Mức giao (%)")).to_have_value("80")
        office.get_by_label("Lý do").fill("Xã đảo, mạng yếu")
        office.get_by_role("button", name="Lưu mức sửa tay").click()
        row = office.locator("tbody tr", has_text="Xã Đồng Tiến")
        expect(row).to_contain_text(
            "Sửa tay: giao 80 % thay cho 90 %, lý do “Xã đảo, mạng yếu” (Trần Minh Hà"
        )

        # Nobody else sees the draft; nobody but the leader approves it; the office cannot issue it yet.
        assert officer.goto(address).status == 404  # type: ignore[union-attr]
        assert refused(officer, f"{address}duyet/dong-y/", seen="3") == 404
        assert officer.request.get(f"{address}json/").status == 404
        office.get_by_role("link", name="Sang bước duyệt").click()
        expect(office.get_by_role("button", name="Duyệt kế hoạch")).to_have_count(0)
        assert refused(office, f"{address}duyet/dong-y/", seen="3") == 403
        leader.goto(f"{address}duyet/")
        assert refused(leader, f"{address}ban-hanh/", seen=seen(leader), document="QNinh23") == 403
        assert refused(leader, f"{address}quy-tac/1/bo/", seen=seen(leader)) == 403
        expect(leader.locator("main")).to_contain_text("Sửa tay (1)")
        leader.get_by_role("button", name="Duyệt kế hoạch").click()
        expect(leader.locator(".notice.success")).to_contain_text("Đã duyệt")

        # Approved: it changes no more, by address or by form.
        office.goto(address)
        expect(office.get_by_role("button", name="Giao lại")).to_have_count(0)
        assert refused(office, f"{address}giao-lai/", seen="99") == 302
        office.goto(address)
        expect(office.locator(".notice.error")).to_contain_text(
            "đã duyệt; muốn sửa thì trả lại bản nháp trước"
        )

        # Issued by its document, then frozen.
        office.goto(f"{address}duyet/")
        office.get_by_role("link", name="Ban hành").click()
        office.get_by_label("Văn bản đã có").select_option("")
        office.get_by_role("button", name="Ban hành").click()
        expect(office.locator(".errors")).to_contain_text("Nhập số, ký hiệu của văn bản đã ký.")
        office.get_by_label("Số, ký hiệu").fill("300/KH-UBND")
        office.get_by_label("Ngày ban hành").fill("2023-11-20")
        office.get_by_label("Cơ quan ban hành").fill("UBND tỉnh Quảng Ninh")
        office.get_by_role("button", name="Ban hành").click()
        expect(office.locator(".notice.success")).to_contain_text("không sửa được nữa")
        assert officer.goto(address).status == 200  # type: ignore[union-attr]
        assert officer.request.get(f"{address}json/").json()["plan"] in address
        assert refused(officer, f"{address}thay-the/") == 403

        # Exported: the paper's targets are the page's, the one set by hand among them.
        office.get_by_role("link", name="Phụ lục Excel").click()
        assert refused(officer, f"{address}phu-luc/") == 405
        paper = office.request.get(f"{address}phu-luc/giao-chi-tieu/?chi-tieu=HSTT").body()
        told = assigned_on(paper)
        assert told["Xã Đồng Tiến"] == Decimal("0.8")
        assert told["Phường Nam Hòa"] == Decimal("0.9")
        assert len(told) == 106

        # Superseded: the successor says what it changes.
        office.goto(address)
        office.get_by_role("button", name="Soạn bản thay thế").click()
        successor = office.url.split("thong-tin/")[0]
        assert officer.goto(successor).status == 404  # type: ignore[union-attr]
        office.goto(f"{successor}quy-tac/1/")
        office.get_by_label("Giao, bậc 1").fill("92")
        office.get_by_role("button", name="Lưu quy tắc").click()
        office.goto(f"{successor}thay-doi/")
        expect(office.locator(".answer")).to_contain_text("chỉ tiêu đổi")
        expect(office.locator("tbody tr", has_text="Phường Nam Hòa")).to_contain_text("92,00")
        expect(office.locator("tbody tr", has_text="Xã Đồng Tiến")).to_have_count(0)
        leader.goto(f"{successor}duyet/")
        leader.get_by_role("button", name="Duyệt kế hoạch").click()
        office.goto(f"{successor}ban-hanh/")
        office.get_by_label("Số, ký hiệu").fill("301/KH-UBND")
        office.get_by_label("Ngày ban hành").fill("2023-12-20")
        office.get_by_label("Cơ quan ban hành").fill("UBND tỉnh Quảng Ninh")
        office.get_by_role("button", name="Ban hành").click()
        office.goto(address)
        expect(office.locator("main")).to_contain_text("Đã được thay bằng")
        expect(office.locator(".source").first).to_contain_text("đã thay thế")


def test_the_pages_of_a_draft_have_no_serious_fault(browser: Browser, site: str) -> None:
    with opened(browser, site, javascript=True) as page:
        log_in(page, "vanphong")
        address = begin(page, "Kế hoạch để rà")
        add_bands(page, "Mọi xã", levels=["Cấp xã"], within=[], bands=[("90", "90")])
        page.goto(address)
        by_hand = page.get_by_role("link", name="Sửa tay").first.get_attribute("href") or ""
        for step in (
            "",
            "thong-tin/",
            "quy-tac/",
            "quy-tac/1/",
            "quy-tac/moi/?chi-tieu=CHODOI&loai=fixed",
            "chi-tieu/HSTT/",
            "duyet/",
            "ban-hanh/",
            "thay-doi/",
        ):
            page.goto(f"{address}{step}")
            assert serious_faults(page) == [], step
        page.goto(by_hand)
        assert serious_faults(page) == []


def test_a_rule_is_tried_and_saved_by_the_keyboard_alone(browser: Browser, site: str) -> None:
    with opened(browser, site, javascript=True) as page:
        log_in(page, "vanphong")
        begin(page, "Kế hoạch bằng bàn phím")
        add_bands(page, "Mọi xã", levels=["Cấp xã"], within=[], bands=[("90", "90")])
        page.get_by_role("link", name="Mọi xã").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/quy-tac/1/")
        page.get_by_label("Kết quả kém hơn, bậc 1").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("91")
        page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type("91,5")
        page.get_by_role("button", name="Thử, chưa ghi").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Nếu dùng tham số này")).to_be_visible()
        assert page.evaluate("document.activeElement.tagName") == "SECTION"
        page.get_by_role("button", name="Lưu quy tắc").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".notice.success")).to_contain_text("Đã lưu quy tắc")


@pytest.mark.parametrize("typed", ["1.234", "abc", "120"])
def test_an_unclear_level_is_asked_back_and_nothing_is_lost(browser: Browser, site: str, typed: str) -> None:
    with opened(browser, site, javascript=False) as page:
        log_in(page, "vanphong")
        begin(page, f"Kế hoạch với {typed}")
        page.locator("select[name=chi-tieu]").select_option("HSTT")
        page.get_by_label("Loại quy tắc").select_option("formal")
        page.get_by_role("button", name="Thêm quy tắc").click()
        page.get_by_label("Tên nhóm").fill("Mọi đơn vị")
        page.get_by_label("Chỉ tiêu Trung ương (%)").fill(typed)
        page.get_by_role("button", name="Lưu quy tắc").click()
        expect(page.locator(".errors")).to_contain_text(typed)
        expect(page).to_have_title(re.compile("^Lỗi: "))
        expect(page.get_by_label("Chỉ tiêu Trung ương (%)")).to_have_value(typed)
        expect(page.get_by_label("Tên nhóm")).to_have_value("Mọi đơn vị")


def test_a_district_passes_its_targets_on_and_nobody_gets_less_than_the_province_assigned(
    browser: Browser, site: str
) -> None:
    with opened(browser, site, javascript=False) as page:
        log_in(page, "huyen")
        page.goto(f"{PLANS}lap/")
        page.get_by_label("Tên kế hoạch").fill("Hạ Long giao lại cho các phường, xã")
        page.get_by_label("Năm của chỉ tiêu").fill("2023")
        page.get_by_label("Kỳ gốc", exact=True).fill("2023-den-08-23")
        page.get_by_label("Giao lại theo kế hoạch của cấp trên").select_option("quang-ninh-2023")
        page.get_by_role("button", name="Lập bản nháp").click()
        address = page.url.split("quy-tac/")[0]
        page.locator("select[name=chi-tieu]").select_option("HSTT")
        page.get_by_label("Loại quy tắc").select_option("fixed")
        page.get_by_role("button", name="Thêm quy tắc").click()
        page.get_by_label("Tên nhóm").fill("Mọi phường, xã")
        page.get_by_label("Cấp xã", exact=True).check()
        page.get_by_label("Mức giao (%)").fill("97")
        page.get_by_role("button", name="Lưu quy tắc").click()
        page.goto(address)

        # Assigned 98 by the province (below 96): the district's 97 is lifted to it.
        row = page.locator("tbody tr", has_text="Xã Lê Lợi")
        expect(row).to_contain_text("không thấp hơn mức 98 % mà 269/KH-UBND giao: giao 98 %")
        row.get_by_role("link", name="Sửa").click()
        page.get_by_label("Mức giao (%)").fill("90")
        page.get_by_label("Lý do").fill("Xã khó khăn")
        page.get_by_role("button", name="Lưu mức sửa tay").click()
        expect(page.locator(".errors")).to_contain_text("thấp hơn mức 98 % mà 269/KH-UBND đã giao")
        # The district drafts for itself alone.
        page.goto(f"{PLANS}lap/")
        owners = page.get_by_label("Đơn vị giao", exact=True)
        expect(owners.locator("option")).to_have_text(["Thành phố Hạ Long, Tỉnh Quảng Ninh"])
