"""Pictures of every page for each demo person, wide and narrow (`python3 run.py shots`).

Needs a site that is being served with the demo's people. Writes <person>-<page>-<width>.png, and leaves
with 1 when a page answered with an error, broke the content security policy or is wider than its window.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin

import openpyxl
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests import services
from tests.pages import PAGES, STRANGER, UNKNOWN, Shot

ROOT = Path(__file__).resolve().parents[1]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {1366: 768, 390: 844}
LOGIN = "tai-khoan/dang-nhap/"


@contextmanager
def logged_in(browser: Browser, *, url: str, person: str, password: str, width: int) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        base_url=url,
    )
    page = context.new_page()
    if person == STRANGER:
        yield page
        context.close()
        return
    page.goto(f"/{LOGIN}")
    page.locator("input[name=username]").fill(person)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: LOGIN not in address)
    yield page
    context.close()


def bring_in(page: Page, upload: str) -> str:
    """Bring a file in; return the address of what became of it, once it waits for a person."""
    content = unknown_table() if upload == UNKNOWN else (ROOT / upload).read_bytes()
    name = "bang-cua-don-vi.xlsx" if upload == UNKNOWN else Path(upload).name
    page.goto("/nhap-tep/moi/")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="Tải lên và kiểm tra").click()
    page.wait_for_url(re.compile(r"/nhap-tep/\d+/[a-z-]+/"), timeout=60_000)
    return re.sub(r"(/nhap-tep/\d+/).*", r"\1", page.url)


def give_up(page: Page, batch: str) -> None:
    page.goto(batch)
    page.get_by_role("button", name="Huỷ lần nhập").first.click()


def unknown_table() -> bytes:
    """A table of units under headers that no layout knows."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["UBND TỈNH QUẢNG NAM"],
        ["BÁO CÁO HỒ SƠ QUÝ I NĂM 2023"],
        ["TT", "Cơ quan", "Hồ sơ nhận", None, "Hồ sơ xong", None],
        [None, None, "Cộng", "Qua Cổng", "Cộng", "Đúng hẹn"],
        [1, "Sở Y tế", 1200, 900, 1100, 1000],
        [2, "Sở Nội vụ", 50, 40, 45, 45],
    ):
        sheet.append(row)
    sheet.merge_cells("C3:D3")
    sheet.merge_cells("E3:F3")
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def take(page: Page, shot: Shot, *, url: str, batches: Mapping[str, str], out: Path, width: int) -> list[str]:
    """Take one picture; return what was wrong with the page."""
    complaints: list[str] = []
    where = f"{shot.person} {shot.path} ({width} px)"

    def listen(message: ConsoleMessage) -> None:
        if "Content Security" in message.text:
            complaints.append(f"{where}: {message.text}")

    page.on("console", listen)
    response = page.goto(urljoin(batches[shot.upload] if shot.upload else url, shot.path))
    for text in shot.follow:
        with page.expect_navigation() as navigation:
            page.get_by_role("link", name=text).first.click()
        response = navigation.value
    if response is None or response.status >= 400:
        complaints.append(f"{where}: {response.status if response else 'no answer'}")
    page.wait_for_load_state("networkidle")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if overflow > 0:
        complaints.append(f"{where}: {overflow} px wider than the window")
    page.screenshot(path=out / f"{shot.person}-{shot.name}-{width}.png", full_page=True)
    page.remove_listener("console", listen)
    return complaints


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="a part of the page's name")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in PAGES if options.only in shot.name]
    complaints: list[str] = []
    try:
        executable = services.chromium()
    except services.ServiceMissing as error:
        sys.stdout.write(f"{error}\n")
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=services.CHROMIUM_ARGS)
        for person in dict.fromkeys(shot.person for shot in shots):
            for width in WIDTHS:
                with logged_in(
                    browser, url=options.url, person=person, password=options.password, width=width
                ) as page:
                    own = [shot for shot in shots if shot.person == person]
                    uploads = dict.fromkeys(shot.upload for shot in own if shot.upload)
                    batches = {upload: bring_in(page, upload) for upload in uploads}
                    for shot in own:
                        complaints += take(
                            page, shot, url=options.url, batches=batches, out=options.out, width=width
                        )
                    for batch in batches.values():
                        give_up(page, batch)
        browser.close()
    for complaint in complaints:
        sys.stdout.write(f"{complaint}\n")
    sys.stdout.write(f"{len(shots) * len(WIDTHS)} pictures in {options.out}, {len(complaints)} complaints\n")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
