"""The office uploads a file, watches it being read, decides, writes, and sees the league table change."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.budgets import open_within_budget, serious_faults
from tests.browser.people import log_in
from tests.browser.workbooks import progress_workbook, quang_ngai_workbook, quang_ninh_workbook
from tests.shots import unknown_table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROOT = Path(__file__).resolve().parents[2]
SON_TAY = [
    [None, "UBND huyện Sơn Tây", None, None, None],
    ["1", "Xã Sơn Bua", "12,5%", None, None],
    ["2", "Xã Sơn Dung", "99,9%", None, None],
    ["3", "Xã Sơn Liên", "Không có hồ sơ trực tuyến", None, None],
]
LEAGUE = "/xep-hang/?chi-tieu=HSTT&ky=2023-Q1&cap=xa"


def upload(page: Page, name: str, content: bytes) -> None:
    page.goto("/nhap-tep/moi/")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="Tải lên và kiểm tra").click()


def accept_all(page: Page) -> None:
    """Tick every kind of warning and go on to what would change."""
    expect(page.get_by_role("heading", name="Số liệu trong tệp có gì sai?")).to_be_visible(timeout=20_000)
    for summary in page.locator("details:not([open]):has(input[name=kind]) > summary").all():
        summary.click()
    for box in page.locator("input[name=kind]").all():
        box.check()
    page.get_by_role("button", name="Chấp nhận các cảnh báo đã đánh dấu").click()
    expect(page.get_by_role("heading", name="Xem thay đổi trước khi ghi")).to_be_visible(timeout=20_000)


def row_of(page: Page, unit: str) -> Locator:
    return page.locator("tbody tr").filter(has=page.get_by_role("link", name=unit, exact=True))


def quang_ngai_league(page: Page) -> None:
    page.goto(LEAGUE)
    page.get_by_label("Trong phạm vi").select_option(label="Tỉnh Quảng Ngãi")
    page.get_by_role("button", name="Áp dụng").click()


def test_a_file_is_uploaded_previewed_written_and_the_league_table_changes(office: Page) -> None:
    page = office
    quang_ngai_league(page)
    expect(row_of(page, "Xã Sơn Dung")).to_contain_text("Chưa có số liệu")

    upload(page, "so-lieu-bo-sung.xlsx", quang_ngai_workbook(SON_TAY))
    accept_all(page)
    expect(page.get_by_role("heading", name="Xem thay đổi trước khi ghi")).to_be_visible(timeout=20_000)
    expect(page.locator("main")).to_contain_text("CHƯA GHI GÌ VÀO HỆ THỐNG")
    page.get_by_label("Lý do").fill("Số liệu bổ sung của huyện Sơn Tây")
    page.get_by_role("button", name="Ghi 6 số liệu").click()
    expect(page.get_by_role("heading", name="Đã ghi xong")).to_be_visible(timeout=20_000)

    quang_ngai_league(page)
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("Xã Sơn Dung")
    expect(first).to_contain_text("99,90")
    expect(row_of(page, "Xã Sơn Liên")).to_contain_text("Không phát sinh")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải Excel").click()
    sheet = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes())).active
    assert sheet is not None
    assert any("Xã Sơn Dung" in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def test_the_same_file_again_is_recognised_and_changes_nothing(office: Page) -> None:
    page = office
    content = (ROOT / "fixtures/published/quang_nam_4872_phu_luc_II_quy_I_2023.xlsx").read_bytes()

    upload(page, "ten-khac.xlsx", content)
    accept_all(page)

    expect(page.locator("main")).to_contain_text("Tệp này đã nạp ngày", timeout=20_000)
    expect(page.get_by_role("button", name="Ghi nhận, không đổi số nào")).to_be_visible()


def test_swapped_columns_are_proposed_with_evidence_and_only_written_when_accepted(office: Page) -> None:
    page = office
    rows: list[list[str | int | None]] = [
        [None, "11. Huyện Đầm Hà:", None, None, None, None, None],
        [1, "Thị trấn Đầm Hà", 900, 810, "90%", "Duy trì kết quả đạt được", None],
        [2, "Xã Đầm Hà", 200, 400, "50%", "90%", None],
        [3, "Xã Tân Lập Mới", 100, 90, "90%", "90%", None],
    ]
    upload(page, "dam-ha.xlsx", quang_ninh_workbook(rows))
    expect(page.get_by_role("heading", name="Mỗi dòng là đơn vị nào?")).to_be_visible(timeout=20_000)
    page.get_by_label("Đơn vị của dòng 9, Xã Tân Lập Mới").select_option(label="Xã Tân Lập")
    page.get_by_role("button", name="Lưu lựa chọn").click()
    expect(page.get_by_role("heading", name="Số liệu trong tệp có gì sai?")).to_be_visible()
    swapped = page.locator("tr", has_text="Xã Đầm Hà").first
    expect(swapped).to_contain_text("đúng với tỷ lệ in 50%")

    swapped.get_by_role("button", name="Đồng ý đổi chỗ").click()
    expect(page.get_by_role("button", name="Không đổi chỗ nữa")).to_be_visible(timeout=20_000)
    accept_all(page)
    expect(page.get_by_role("button", name="Ghi 3 số liệu")).to_be_visible(timeout=20_000)
    page.get_by_label("Lý do").fill("Bổ sung huyện Đầm Hà")
    page.get_by_role("button", name="Ghi 3 số liệu").click()
    expect(page.get_by_role("heading", name="Đã ghi xong")).to_be_visible(timeout=20_000)


# Sở Y tế is as it should be; the next two have their counts exchanged and a part larger than its whole;
# "Xã Trà Đon" may be Trà Don or Trà Dơn; nobody knows "Xã Trà Thượng Mới".
FIVE_ROWS: list[list[str | int | None]] = [
    ["I", "Sở, Ban, ngành", *[None] * 13],
    [1, "Sở Y tế - Tỉnh Quảng Nam", 110, 10, 100, 60, 30, 10, 90, 50, 30, 10, 20, 15, 5],
    [2, "Sở Xây dựng - Tỉnh Quảng Nam", 210, 10, 120, 200, 70, 10, 190, 100, 80, 10, 20, 20, 0],
    [3, "Sở Tư pháp - Tỉnh Quảng Nam", 60, 10, 50, 70, 0, 0, 50, 30, 20, 0, 10, 10, 0],
    ["II", "UBND huyện Nam Trà My", *[None] * 13],
    [1, "UBND xã Trà Đon", 22, 2, 20, 12, 8, 0, 20, 10, 10, 0, 2, 2, 0],
    [2, "UBND xã Trà Thượng Mới", 11, 1, 10, 5, 5, 0, 10, 5, 5, 0, 1, 1, 0],
]


def walk_the_six_steps(
    page: Page, press: Callable[[Locator], None], *, quarter: str, doubtful_name: str = "UBND xã Trà Đon"
) -> None:
    """Settle everything about FIVE_ROWS and write it; `press` is how buttons are pressed."""
    rows = [[doubtful_name if cell == "UBND xã Trà Đon" else cell for cell in row] for row in FIVE_ROWS]
    upload(page, f"tien-do-quy-{quarter}.xlsx", progress_workbook(rows, quarter=quarter))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Mỗi dòng là đơn vị nào?", timeout=30_000)
    doubtful = page.get_by_label(f"Đơn vị của dòng 13, {doubtful_name}")
    near = doubtful.locator("optgroup[label='Gần giống'] option").all_text_contents()
    assert {"Xã Trà Don", "Xã Trà Dơn"} <= set(near)
    doubtful.select_option(label="Xã Trà Dơn")
    page.get_by_label("Đơn vị của dòng 14, UBND xã Trà Thượng Mới").select_option(label="Bỏ qua dòng này")
    page.get_by_label("Lý do bỏ dòng").fill("Không có xã này")
    press(page.get_by_role("button", name="Lưu lựa chọn"))

    expect(heading).to_have_text("Số liệu trong tệp có gì sai?")
    swapped = page.locator("tr", has_text="Sở Xây dựng")
    expect(swapped).to_contain_text("10 + 200 = 210")
    press(swapped.get_by_role("button", name="Đồng ý đổi chỗ"))
    expect(page.get_by_role("button", name="Không đổi chỗ nữa")).to_be_visible(timeout=20_000)
    page.get_by_label("Lý do bỏ 1 dòng").fill("Sở Tư pháp sẽ gửi lại")
    press(page.get_by_role("button", name="Bỏ 1 dòng này, ghi phần còn lại"))
    expect(page.locator("main")).to_contain_text("Đã bỏ 2 dòng")
    for summary in page.locator("details:not([open]):has(input[name=kind]) > summary").all():
        summary.click()
    for box in page.locator("input[name=kind]").all():
        box.check()
    press(page.get_by_role("button", name="Chấp nhận các cảnh báo đã đánh dấu"))

    expect(heading).to_have_text("Xem thay đổi trước khi ghi")
    expect(page.locator("tr", has_text="Sở Xây dựng")).to_contain_text("120/200 · 60,00 %")
    expect(page.locator("tr", has_text=doubtful_name)).to_contain_text("Xã Trà Dơn")
    page.get_by_label("Lý do").fill("Số liệu từ hệ thống của tỉnh")
    press(page.get_by_role("button", name="Ghi 6 số liệu"))
    expect(heading).to_have_text("Đã ghi xong", timeout=30_000)
    expect(page.locator("main")).to_contain_text("Lý do bỏ: Không có xã này; Sở Tư pháp sẽ gửi lại")


def test_six_steps_with_an_unknown_unit_a_doubtful_name_a_swap_and_a_refused_row_by_keyboard(
    office: Page,
) -> None:
    def press(button: Locator) -> None:
        button.focus()
        office.keyboard.press("Enter")

    walk_the_six_steps(office, press, quarter="II")
    # What was settled for the source is known the next time.
    upload(office, "tien-do-quy-3.xlsx", progress_workbook(FIVE_ROWS[:6], quarter="III"))
    expect(office.get_by_role("heading", level=1)).to_have_text(
        "Số liệu trong tệp có gì sai?", timeout=30_000
    )
    office.get_by_role("link", name="Khớp đơn vị").click()
    office.locator("summary", has_text="khớp không bằng đúng tên in").click()
    expect(office.locator("tr", has_text="UBND xã Trà Đon")).to_contain_text("khớp theo tên gọi khác")


def test_the_six_steps_work_without_javascript(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site, locale="vi-VN")
    page = context.new_page()
    log_in(page, "vanphong")
    walk_the_six_steps(page, lambda button: button.click(), quarter="I", doubtful_name="UBND xã Trà Đôn")
    context.close()


SIMULATED = sorted(path.name for path in (ROOT / "fixtures/exports").iterdir())
PUBLISHED = sorted(path.name for path in (ROOT / "fixtures/published").iterdir())


def settle_and_write(page: Page) -> str:
    """Do what each step asks: leave out what has no unit or an error, tick the warnings, write; return what
    the last page answers."""
    heading = page.get_by_role("heading", level=1)
    for _ in range(8):
        expect(heading).not_to_have_text(re.compile("^Đang "), timeout=60_000)
        match heading.inner_text():
            case "Mỗi dòng là đơn vị nào?":
                for choice in page.locator("select[name^=dong-]").all():
                    choice.select_option(label="Bỏ qua dòng này")
                page.get_by_label("Lý do bỏ dòng").fill("Không có trong cây đơn vị")
                page.get_by_role("button", name="Lưu lựa chọn").click()
            case "Số liệu trong tệp có gì sai?":
                refused = page.get_by_role("button", name=re.compile("^Bỏ .* dòng"))
                if refused.count():
                    page.get_by_label(re.compile("^Lý do bỏ")).fill("Chờ đơn vị gửi lại")
                    refused.click()
                else:
                    accept_all(page)
            case "Xem thay đổi trước khi ghi":
                page.get_by_label("Lý do").fill("Số liệu quý")
                page.get_by_role("button", name=re.compile("^Ghi (nhận|[0-9.]+ )")).click()
            case _:
                break
    expect(heading).to_have_text("Đã ghi xong", timeout=60_000)
    return page.locator(".answer").first.inner_text()


@pytest.mark.parametrize("name", [*SIMULATED, *PUBLISHED])
def test_every_file_that_we_have_goes_through_the_browser(office: Page, name: str) -> None:
    page = office
    folder = "exports" if name in SIMULATED else "published"
    page.goto("/nhap-tep/moi/")
    page.locator("input[type=file]").set_input_files(ROOT / "fixtures" / folder / name)
    if name in SIMULATED:
        page.locator("details:not([open]):has(select[name=source]) > summary").click()
        page.get_by_label("Nguồn").select_option(label="Số liệu mô phỏng")
        page.get_by_label("Tỉnh").select_option(label="Tỉnh Quảng Nam")
    if name.endswith(".csv"):
        page.get_by_label("Kỳ").fill("2023-Q4")
    page.get_by_role("button", name="Tải lên và kiểm tra").click()

    answer = settle_and_write(page)

    if name in PUBLISHED:
        # The demonstration holds these tables already, and simulated figures have not touched them.
        assert answer.startswith("Không số liệu nào thay đổi")
    elif name != "tong_hop_quy_4_2023.csv":  # it says again what tien_do_quy_4_2023.xlsx has said
        assert answer.startswith("Đã ghi ")


def test_every_page_of_bringing_files_in_is_accessible_and_light(office: Page) -> None:
    page = office
    slips = (ROOT / "fixtures/exports/tien_do_quy_2_2023.xlsx").read_bytes()
    upload(page, "tien_do_quy_2_2023.xlsx", slips)
    expect(page.get_by_role("heading", name="Số liệu trong tệp có gì sai?")).to_be_visible(timeout=30_000)
    batch = page.url.removesuffix("kiem-tra/")
    steps = [batch + step for step in ("nhan-dang/", "khop-don-vi/", "kiem-tra/", "thay-doi/")]
    upload(page, "bang-cua-don-vi.xlsx", unknown_table())
    expect(page.get_by_role("heading", name="Mỗi cột của tệp là gì?")).to_be_visible(timeout=30_000)
    others = [page.url, "/nhap-tep/mau/", "/nhap-tep/mau/bieu-ii-06/", "/nhap-tep/ten-goi-khac/"]
    page.goto("/nhap-tep/")
    written = page.get_by_role("link", name="quang_nam_4872_phu_luc_II_quy_I_2023.xlsx").first
    others.append(written.get_attribute("href") or "")
    for address in [*steps, *others]:
        open_within_budget(page, address)
        assert serious_faults(page) == [], address


def bomb() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 400_000_000)
    return buffer.getvalue()


def unknown_headers() -> bytes:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.active.append(["Họ tên", "Ngày sinh", "Điểm"])
    workbook.active.append(["A", "1/1/2000", 9])
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


BAD_FILES: dict[str, Any] = {
    "empty.xlsx": lambda: b"",
    "not-a-workbook.xlsx": lambda: b"day khong phai bang tinh" * 50,
    "document.pdf": lambda: b"%PDF-1.7\n" + b"x" * 2000,
    "unknown-headers.xlsx": unknown_headers,
    "bomb.xlsx": bomb,
    "sixty-megabytes.xlsx": lambda: b"PK\x03\x04" + b"0" * 60 * 1024 * 1024,
    "other-province.xlsx": lambda: quang_ngai_workbook(
        [[None, "UBND huyện Phú Bình", None, None, None], ["1", "Xã Kha Sơn", "10,0%", None, None]],
        province="Thái Nguyên",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_a_vietnamese_message_and_nothing_to_write(
    office: Page, name: str, tmp_path: Path
) -> None:
    page = office
    path = tmp_path / name
    path.write_bytes(BAD_FILES[name]())
    page.goto("/nhap-tep/moi/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()

    message = page.locator(".errors, .notice.error, .notice.warn, .panel.pad").filter(has_text="ệp").first
    expect(message.or_(page.get_by_role("heading", name="tệp")).first).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Ghi", exact=False)).to_have_count(0)


def test_a_district_officer_may_not_upload(witness: object, page: Page) -> None:
    log_in(page, "huyen")

    response = page.goto("/nhap-tep/moi/")

    assert response is not None
    assert response.status == 403


def test_the_progress_of_a_large_file_is_seen_while_it_is_read(office: Page) -> None:
    page = office
    rows: list[list[str | int | None]] = [[None, "UBND huyện Trà Bồng", None, None, None]]
    rows += [[str(n), f"Xã Không Có Tên {n}", "1,0%", None, None] for n in range(1, 6001)]
    seen: list[str] = []
    page.on("response", lambda response: seen.append(response.url) if "tien-do" in response.url else None)

    upload(page, "rat-nhieu-dong.xlsx", quang_ngai_workbook(rows))

    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="Mỗi dòng là đơn vị nào?")).to_be_visible(timeout=60_000)
    assert seen
