"""The form as an officer uses it: keys alone, a pasted block, a percentage, an indicator without a figure."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from indicators import services
from indicators.models import Submission, SubmissionStatus
from tests.browser.clipboard import paste
from tests.browser.people import log_in
from tests.indicators.builders import AT, make_indicator
from tests.indicators.conftest import Place
from tests.indicators.test_entering_rates import make_survey

IS_COVERED = """
() => {
  const box = document.activeElement.getBoundingClientRect();
  const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return !document.activeElement.contains(seen);
}
"""


def opened(page: Page, live_server: LiveServer, address: str) -> Page:
    """The officer of Hà Tu at an address."""
    log_in(page, "xa", password="matkhau-kiem-thu", site=live_server.url, then=address)
    page.wait_for_url(f"{live_server.url}{address}")
    return page


@pytest.fixture
def form(place: Place, live_server: LiveServer, page: Page) -> Page:
    """Ten indicators are asked of Hà Tu, the survey of satisfaction among them."""
    make_survey()
    for at, name in enumerate(("Số hoá", "Đúng hạn", "Kết quả điện tử", "Chứng thực", "Đồng bộ")):
        make_indicator(f"CT{at}", short_name=name)
    return opened(page, live_server, reverse("submission_enter", args=[place.ha_tu.pk, "2023-Q4"]))


def press(page: Page, *keys: str) -> None:
    """Press the keys; after each the focus is somewhere, and nothing lies over it."""
    for key in keys:
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement !== document.body"), key
        assert not page.evaluate(IS_COVERED), f"{key}: the focus is behind something"


def press_until(page: Page, words: str) -> None:
    for _ in range(60):
        press(page, "Tab")
        if words in (page.evaluate("document.activeElement.textContent") or ""):
            return
    raise AssertionError(f"no way by Tab to {words}")


def test_the_keyboard_alone_fills_ten_lines_opens_a_note_and_sends(form: Page) -> None:
    form.locator("[data-numerator]").first.focus()
    for at in range(10):
        form.keyboard.type("98,5" if at == 4 else "7")
        if at < 9:
            press(form, "Enter" if at % 2 else "ArrowDown")
    assert form.evaluate("document.activeElement.id") == form.locator("[data-numerator]").last.get_attribute(
        "id"
    )
    press(form, "Control+Enter")
    form.keyboard.type("Đối chiếu sổ tiếp nhận")
    form.locator("[data-denominator]").first.focus()
    for _ in range(9):
        form.keyboard.type("9")
        press(form, "ArrowDown")
    expect(form.locator("[data-filled]")).to_contain_text("10/10")

    press_until(form, "Xem lại và gửi")
    form.keyboard.press("Enter")
    form.wait_for_url(re.compile("/xem-lai/$"))
    press_until(form, "Gửi số liệu Quý IV/2023")
    form.keyboard.press("Enter")
    expect(form.locator(".notice")).to_contain_text("Đã gửi số liệu Quý IV/2023")
    assert Submission.objects.get().entries.get(note="Đối chiếu sổ tiếp nhận").numerator == 7


def test_an_indicator_left_empty_is_asked_for_and_its_reason_shows_wherever_the_figure_would(
    place: Place, live_server: LiveServer, page: Page
) -> None:
    report = place.saved()
    report.entries.filter(indicator=place.hstt).delete()
    opened(page, live_server, reverse("submission_check", args=[report.pk]))
    page.get_by_role("button", name="Gửi số liệu Quý IV/2023").click()
    told = page.locator(".errors")
    expect(told).to_contain_text("Hồ sơ trực tuyến: nhập đủ số hoặc chọn lý do không có số")
    told.get_by_role("link").first.click()
    page.locator("tr:focus, :focus tr").get_by_role("link", name="Sửa").click()
    page.get_by_label("Có số liệu hay lý do không có số, Hồ sơ trực tuyến").select_option(
        label="Không phát sinh"
    )
    page.get_by_role("button", name="Xem lại và gửi").click()
    page.get_by_role("button", name="Gửi số liệu Quý IV/2023").click()
    expect(page.locator(".notice")).to_contain_text("Đã gửi")
    report.refresh_from_db()
    assert report.status == SubmissionStatus.SENT
    services.approve_submission(submission=report, by=place.district, at=AT)

    page.goto(f"{live_server.url}{reverse('unit', args=[place.ha_tu.pk])}?ky=2023-Q4")
    shown = page.locator("tr", has_text="Hồ sơ trực tuyến").first
    expect(shown).to_contain_text(re.compile("không phát sinh", re.IGNORECASE))
    league = f"{live_server.url}/xep-hang/?chi-tieu=HSTT&ky=2023-Q4&cap=xa"
    page.goto(league)
    expect(page.locator("main")).to_contain_text(re.compile("Phường Hà Tu.*không phát sinh", re.IGNORECASE))
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải Excel").click()
    book = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes()))
    rows = [[str(cell or "") for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    line = " ".join(next(row for row in rows if "Phường Hà Tu" in row))
    assert "không phát sinh" in line.lower()

    page.goto(league)
    page.get_by_role("link", name="Bản đồ nhiệt").click()
    of_unit = page.locator("table.heat tbody tr", has_text="Phường Hà Tu")
    column = page.locator("table.heat thead th").all_inner_texts()
    at = next(place for place, words in enumerate(column) if words.startswith("Hồ sơ trực tuyến"))
    cell = of_unit.locator("th, td").nth(at)
    expect(cell).to_have_text("[kps]")
    expect(cell.locator("abbr")).to_have_attribute("title", "không phát sinh")
    expect(page.get_by_role("list", name="Chú giải")).to_contain_text("[kps] không phát sinh")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải Excel").click()
    book = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes()))
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    heading = next(one for one in lines if one[0] == "Đơn vị")
    filed = dict(zip(heading, next(one for one in lines if one[0] == "Phường Hà Tu"), strict=True))
    assert filed["Hồ sơ trực tuyến (%)"] == "[kps]"
    assert filed["Mức: Hồ sơ trực tuyến"] == "[kps] không phát sinh"


def test_of_twelve_pasted_cells_eleven_are_filled_one_is_told_with_its_place_and_all_are_undone(
    form: Page,
) -> None:
    form.get_by_label("Tỷ lệ, % Mức độ hài lòng", exact=True).focus()
    paste(form, "98,5\t412\n31\t402\nabc\t7\n1.190\t1.200\n5\t6\n0\t9\n")

    told = form.locator("[data-paste-told]")
    expect(told).to_contain_text(
        "Đã dán 11 ô. 1 ô không nhận: dòng 3, cột 1 (Tử số): “abc” không phải là số nguyên."
    )
    survey = form.locator("tr", has_text="Mức độ hài lòng").first
    expect(survey.locator("[data-rate]")).to_have_text("98,50")
    expect(form.locator("[data-save-told]")).to_contain_text("Đã lưu")

    form.keyboard.press("Control+z")

    expect(told).to_have_text("Đã hoàn tác lần dán.")
    values = form.locator("[data-numerator], [data-denominator]").evaluate_all(
        "all => all.map(one => one.value)"
    )
    assert set(values) == {""}


def test_in_a_field_of_percent_a_doubtful_number_is_asked_and_a_point_is_a_comma(form: Page) -> None:
    rate = form.get_by_label("Tỷ lệ, % Mức độ hài lòng", exact=True)
    survey = form.locator("tr", has_text="Mức độ hài lòng").first
    rate.fill("1.234")
    form.keyboard.press("Tab")
    expect(survey.locator(".msg")).to_contain_text("Hãy nhập với một hoặc hai số lẻ, ví dụ 98,75%")
    expect(survey.locator("[data-state]")).to_have_text("✕ Chưa lưu")
    for typed in ("98.5", "98,5"):
        rate.fill(typed)
        form.keyboard.press("Tab")
        expect(survey.locator("[data-rate]")).to_have_text("98,50")
        expect(rate).to_have_value("98,5")
        rate.fill("")
        form.keyboard.press("Tab")
        expect(survey.locator("[data-rate]")).to_have_text("–")
