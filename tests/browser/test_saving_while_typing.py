"""The grid as an officer uses it: cells saved as they are left, keys that move, blocks pasted and undone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.budgets import serious_faults
from tests.browser.clipboard import paste
from tests.browser.people import log_in, log_out

DRAFTS = "Object.keys(localStorage).filter(key => key.startsWith('dvctt:nhap:')).length"
ONLINE, TOTAL = "Tử số Hồ sơ trực tuyến", "Mẫu số Hồ sơ trực tuyến"


def open_form(page: Page, person: str = "huyen", unit: str = "Thành phố Hạ Long") -> Page:
    log_in(page, person)
    page.goto("/so-lieu/")
    page.get_by_role("link", name=f"Nhập số liệu {unit}").click()
    page.wait_for_url(re.compile("/so-lieu/(nhap/)?[0-9]+"))
    return page


@pytest.fixture
def form(witness: object, page: Page) -> Page:
    return open_form(page)


@pytest.fixture
def second(browser: Browser, site: str) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=site)
    yield context
    context.close()


def state(page: Page, label: str = ONLINE) -> Locator:
    return page.locator("tr[data-row]", has=page.get_by_label(label, exact=True)).locator("[data-state]")


def test_a_cell_is_saved_as_it_is_left_and_stands_after_loading_anew(form: Page) -> None:
    form.get_by_label(ONLINE, exact=True).fill("585")
    expect(state(form)).to_have_text("Chưa lưu")
    form.get_by_label(TOTAL, exact=True).fill("651")
    form.keyboard.press("Tab")
    expect(state(form)).to_have_text(re.compile(r"● Đã lưu \d\d:\d\d"))
    expect(form.locator("[data-save-told]")).to_have_text(re.compile(r"Đã lưu \d\d:\d\d"))

    form.reload()

    expect(form.get_by_label(ONLINE, exact=True)).to_have_value("585")
    expect(form.locator("tr", has_text="Hồ sơ trực tuyến").first.locator("[data-rate]")).to_have_text("89,86")
    assert serious_faults(form) == []


def test_enter_and_arrows_move_down_a_column_and_ctrl_enter_opens_the_note(form: Page) -> None:
    inputs = form.locator("[data-numerator]")
    inputs.first.focus()
    for key, at in (("Enter", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("Shift+Enter", 0)):
        form.keyboard.press(key)
        expect(inputs.nth(at)).to_be_focused()
    form.keyboard.press("Control+Enter")
    expect(form.locator("tr[data-row] input.say").first).to_be_focused()
    for _ in range(inputs.count()):
        form.keyboard.press("Enter")
    hidden = form.evaluate(
        """() => { const box = document.activeElement.getBoundingClientRect();
        return document.elementFromPoint(box.left + 5, box.top + 5) !== document.activeElement; }"""
    )
    assert not hidden, "the focus is behind the bar of buttons"


def test_a_pasted_block_fills_what_can_be_read_tells_the_rest_and_is_undone_at_once(form: Page) -> None:
    first = form.locator("[data-numerator]").nth(1)
    before = form.locator("[data-numerator]").evaluate_all("all => all.map(one => one.value)")
    first.focus()
    paste(form, "31\t402\nabc\t98,5\n1.190\t1.200\n")

    told = form.locator("[data-paste-told]")
    expect(told).to_contain_text("Đã dán 4 ô. 2 ô không nhận: dòng 2, cột 1 (Tử số): “abc” không phải là số")
    expect(told).to_contain_text("dòng 2, cột 2 (Mẫu số): “98,5”")
    expect(first).to_have_value("31")
    expect(form.locator("[data-save-told]")).to_have_text(re.compile("Đã lưu"))

    form.locator("[data-numerator]").nth(1).focus()
    form.keyboard.press("Control+z")

    expect(told).to_have_text("Đã hoàn tác lần dán.")
    expect(form.locator("[data-save-told]")).to_have_text(re.compile("Đã lưu"))
    form.reload()
    assert form.locator("[data-numerator]").evaluate_all("all => all.map(one => one.value)") == before


def test_without_a_line_the_state_says_so_and_the_value_is_saved_when_it_is_back(form: Page) -> None:
    form.context.set_offline(True)
    form.get_by_label(ONLINE, exact=True).fill("590")
    form.keyboard.press("Tab")
    expect(state(form)).to_have_text("✕ Chưa lưu")
    expect(form.locator("[data-save-told]")).to_contain_text("Chưa lưu 1 dòng: mất kết nối")

    form.context.set_offline(False)

    expect(state(form)).to_have_text(re.compile("● Đã lưu"))
    form.reload()
    expect(form.get_by_label(ONLINE, exact=True)).to_have_value("590")


def test_what_an_expired_session_could_not_save_comes_back_after_logging_in(form: Page) -> None:
    form.context.clear_cookies()
    form.get_by_label(ONLINE, exact=True).fill("595")
    form.keyboard.press("Tab")
    expect(form.locator("[data-save-told]")).to_contain_text("phiên đăng nhập đã hết")

    open_form(form)

    expect(form.get_by_label(ONLINE, exact=True)).to_have_value("595")
    expect(state(form)).to_have_text(re.compile("● Đã lưu"))


def test_logging_out_leaves_nothing_of_what_was_typed_on_the_machine(form: Page) -> None:
    form.context.set_offline(True)
    form.get_by_label(ONLINE, exact=True).fill("601")
    assert form.evaluate(DRAFTS) == 1
    form.context.set_offline(False)
    form.route("**/o/", lambda route: route.abort())
    log_out(form)
    assert form.evaluate(DRAFTS) == 0


def test_the_later_of_two_officers_sees_the_earlier_value_and_decides(
    form: Page, second: BrowserContext
) -> None:
    other = open_form(second.new_page())
    for page, count in ((other, "611"), (form, "612")):
        page.get_by_label(ONLINE, exact=True).fill(count)
        page.keyboard.press("Tab")
        if page is other:
            expect(state(other)).to_have_text(re.compile("● Đã lưu"))
    row = form.locator("tr[data-row]", has=form.get_by_label(ONLINE, exact=True))
    expect(row).to_contain_text(re.compile(r"vừa lưu 611"))
    expect(state(form)).to_have_text("✕ Chưa lưu")

    row.get_by_role("button", name="Giữ số của tôi").click()

    expect(state(form)).to_have_text(re.compile("● Đã lưu"))
    other.reload()
    expect(other.get_by_label(ONLINE, exact=True)).to_have_value("612")


def test_a_button_pressed_at_once_waits_for_the_cells_on_their_way(form: Page) -> None:
    def slowly(route: Route) -> None:
        form.wait_for_timeout(300)
        route.continue_()

    form.route("**/o/", slowly)
    form.get_by_label(ONLINE, exact=True).fill("620")
    form.get_by_role("button", name="Lưu nháp").click()

    expect(form.locator(".notice")).to_contain_text("Mọi ô đã lưu từ trước, không có gì thay đổi")
    expect(form.locator(".errors")).to_have_count(0)


def test_what_was_typed_before_the_script_came_is_saved_when_it_comes(form: Page) -> None:
    waiting: list[Route] = []
    form.route("**/entry*.js", lambda route: waiting.append(route))
    form.reload(wait_until="commit")
    form.get_by_label(ONLINE, exact=True).fill("630")
    choice = form.get_by_label("Có số liệu hay lý do không có số, Thanh toán trực tuyến", exact=True)
    choice.select_option(label="Không thuộc phạm vi")
    expect(form.locator("[data-save-told]")).to_have_text("")

    waiting[0].continue_()

    expect(form.locator("[data-save-told]")).to_have_text(re.compile(r"^Đã lưu \d\d:\d\d"))
    form.unroute("**/entry*.js")
    form.reload()
    expect(form.get_by_label(ONLINE, exact=True)).to_have_value("630")
    expect(choice.locator("option:checked")).to_have_text("Không thuộc phạm vi")


def test_an_answer_that_was_cut_off_is_asked_for_again_and_the_buttons_stay_alive(form: Page) -> None:
    cut: list[Route] = []

    def once(route: Route) -> None:
        if cut:
            return route.continue_()
        cut.append(route)
        route.fetch()
        return route.fulfill(status=200, content_type="application/json", body='{"before": 0, "rev')

    form.route("**/o/", once)
    form.get_by_label(ONLINE, exact=True).fill("641")
    form.keyboard.press("Tab")
    expect(form.locator("[data-save-told]")).to_contain_text("Chưa lưu 1 dòng")

    expect(state(form)).to_have_text(re.compile("● Đã lưu"), timeout=10_000)
    form.get_by_label(TOTAL, exact=True).fill("652")
    form.get_by_role("button", name="Lưu nháp").click()
    expect(form.locator(".notice")).to_contain_text("Mọi ô đã lưu")
    expect(form.get_by_label(ONLINE, exact=True)).to_have_value("641")
    expect(form.get_by_label(TOTAL, exact=True)).to_have_value("652")
