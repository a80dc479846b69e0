"""Pictures of every page for each demo person, wide and narrow (`python3 run.py shots`).

Needs a site that is being served with the demo's people. Writes <person>-<page>-<width>.png, and leaves
with 1 when a page answered with an error, broke the content security policy or is wider than its window.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests import services
from tests.pages import PAGES, Shot

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
    page.goto(f"/{LOGIN}")
    page.locator("input[name=username]").fill(person)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: LOGIN not in address)
    yield page
    context.close()


def take(page: Page, shot: Shot, *, url: str, out: Path, width: int) -> list[str]:
    """Take one picture; return what was wrong with the page."""
    complaints: list[str] = []
    where = f"{shot.person} {shot.path} ({width} px)"

    def listen(message: ConsoleMessage) -> None:
        if "Content Security" in message.text:
            complaints.append(f"{where}: {message.text}")

    page.on("console", listen)
    response = page.goto(urljoin(url, shot.path))
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
                    for shot in shots:
                        if shot.person == person:
                            complaints += take(page, shot, url=options.url, out=options.out, width=width)
        browser.close()
    for complaint in complaints:
        sys.stdout.write(f"{complaint}\n")
    sys.stdout.write(f"{len(shots) * len(WIDTHS)} pictures in {options.out}, {len(complaints)} complaints\n")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
