"""The office uploads a file, watches it being read, decides, writes, and sees the league table change."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import log_in
from tests.browser.workbooks import quang_ngai_workbook, quang_ninh_workbook

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
    expect(page.get_by_role("heading", name="Xem thay đổi trước khi ghi")).to_be_visible(timeout=20_000)
    swapped = page.locator("tr", has_text="Xã Đầm Hà").first
    expect(swapped).to_contain_text("50")
    expect(page.get_by_role("button", name="Ghi 1 số liệu")).to_be_visible()

    swapped.get_by_role("button", name="Đồng ý đổi chỗ").click()
    expect(page.get_by_role("button", name="Ghi 2 số liệu")).to_be_visible(timeout=20_000)
    unknown = page.locator("tr", has_text="Xã Tân Lập Mới").first
    unknown.get_by_role("combobox").select_option(label="Xã Tân Lập")
    unknown.get_by_role("button", name="Chọn").click()
    expect(page.get_by_role("button", name="Ghi 3 số liệu")).to_be_visible(timeout=20_000)
    page.get_by_label("Lý do").fill("Bổ sung huyện Đầm Hà")
    page.get_by_role("button", name="Ghi 3 số liệu").click()
    expect(page.get_by_role("heading", name="Đã ghi xong")).to_be_visible(timeout=20_000)


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
    expect(page.locator("main")).to_contain_text("CHƯA GHI GÌ VÀO HỆ THỐNG", timeout=60_000)
    assert seen
