"""The look in Chromium under the product's own policy: nothing refused, nothing serious to axe."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.look import gallery

NAMES = [*gallery.contexts(), "404", "axes/lockout"]
LISTEN = """document.addEventListener('securitypolicyviolation',
    event => (window.refused ??= []).push(event.violatedDirective))"""


@pytest.fixture
def site(settings: Any) -> Iterator[str]:
    settings.ROOT_URLCONF = "tests.look.addresses"
    with gallery.serve() as address:
        yield address


@pytest.fixture
def watched(page: Page) -> Page:
    page.add_init_script(LISTEN)
    return page


def refused(page: Page) -> list[str]:
    found: list[str] = page.evaluate("() => window.refused ?? []")
    return found


def test_the_policy_refuses_nothing_and_a_phone_never_scrolls_sideways(site: str, watched: Page) -> None:
    watched.set_viewport_size({"width": 390, "height": 844})
    for name in NAMES:
        watched.goto(f"{site}/{name}")
        assert refused(watched) == [], name
        assert watched.evaluate("document.documentElement.scrollWidth") <= 390, name


def test_the_watch_itself_sees_what_is_refused(site: str, watched: Page) -> None:
    watched.goto(f"{site}/login")
    watched.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">')")
    watched.wait_for_function("() => window.refused")
    assert set(refused(watched)) == {"style-src-attr"}


@pytest.mark.parametrize("width", [1366, 390])
def test_axe_finds_nothing_serious(site: str, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for name in [name for name in NAMES if name != "league300"]:
        page.goto(f"{site}/{name}")
        if name == "league":
            draw_chart(page)
        grave = [
            (rule["id"], [node["html"][:160] for node in rule["nodes"]])
            for rule in Axe().run(page).response["violations"]
            if rule["impact"] in ("serious", "critical")
        ]
        assert grave == [], name


def draw_chart(page: Page) -> None:
    page.locator(".chart").scroll_into_view_if_needed()
    page.wait_for_selector("[data-chart-state]")


def test_a_chart_is_fetched_after_the_table_from_this_host_and_sends_nothing_away(
    site: str, watched: Page
) -> None:
    asked: list[str] = []
    watched.on("request", lambda request: asked.append(request.url))
    watched.goto(f"{site}/league300")
    watched.wait_for_timeout(400)
    assert not [address for address in asked if "plotly" in address]
    draw_chart(watched)
    assert watched.locator("[data-chart-state=drawn] .main-svg").count() > 0
    watched.locator(".chart").hover()
    titles = watched.locator(".modebar-btn").evaluate_all(
        "all => all.map(one => one.dataset.title ?? one.ariaLabel)"
    )
    assert "Tải ảnh biểu đồ (PNG)" in titles
    assert not [title for title in titles if "cloud" in title.lower() or "share" in title.lower()]
    assert [address for address in asked if not address.startswith((site, "data:", "blob:"))] == []
    assert refused(watched) == []
    expect(watched.locator(".chart-box .source")).to_be_visible()


def test_progress_is_followed_to_its_end(site: str, watched: Page) -> None:
    watched.goto(f"{site}/progress")
    expect(watched.locator("[data-progress-message]")).to_have_text("Đã kiểm tra 120 trong 241 dòng")
    watched.wait_for_url(f"{site}/lists")


def test_the_rate_of_a_row_follows_the_typing(site: str, page: Page) -> None:
    page.goto(f"{site}/entry")
    row = page.locator("[data-entry-row]").first
    rate = row.locator("[data-rate]")
    expect(rate).to_have_text("98,56")
    for numerator, denominator, shown in [
        ("1.234", "2 000", "61,70"), ("57", "20.000", "0,29"), ("1,5", "10", "–"), ("1.23", "10", "–"),
        ("5", "0", "–"), ("11", "10", "–"), ("", "10", "–"), ("10", "10", "100,00"),
    ]:  # fmt: skip
        row.locator("[data-numerator]").fill(numerator)
        row.locator("[data-denominator]").fill(denominator)
        expect(rate).to_have_text(shown)


def test_a_password_can_be_seen_and_is_hidden_again_when_sent(site: str, page: Page) -> None:
    page.goto(f"{site}/login")
    password = page.locator("#id_password")
    password.fill("mật khẩu")
    page.get_by_role("button", name="Hiện mật khẩu").click()
    expect(password).to_have_attribute("type", "text")
    page.evaluate("document.forms[0].addEventListener('submit', event => event.preventDefault())")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(password).to_have_attribute("type", "password")


def test_the_summary_of_errors_has_the_focus_and_leads_to_the_field(site: str, page: Page) -> None:
    page.goto(f"{site}/login-refused")
    expect(page.locator(".errors")).to_be_focused()
    assert page.title().startswith("Lỗi: ")
    page.get_by_role("link", name="Nhập mật khẩu").click()
    expect(page.locator("#id_password")).to_be_focused()


def test_focus_is_always_seen_and_never_behind_the_sticky_heading(site: str, page: Page) -> None:
    page.goto(f"{site}/league300")
    page.locator(".unit a").nth(40).focus()
    for _ in range(15):
        page.keyboard.press("Shift+Tab")
        page.wait_for_timeout(20)
        link = page.evaluate("document.activeElement.getBoundingClientRect().top")
        heading = page.evaluate("document.querySelector('.scroll thead th').getBoundingClientRect().bottom")
        assert link >= heading - 1
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_without_javascript_every_page_says_the_same_and_a_job_renews_itself(
    site: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/progress")
    expect(page.locator("[data-progress-message]")).to_have_text("Đang chờ đến lượt")
    assert page.locator('meta[http-equiv="refresh"]').count() == 1
    page.goto(f"{site}/league")
    expect(page.locator(".chart noscript span")).to_have_text(
        "Biểu đồ hiện khi trình duyệt bật JavaScript; số liệu đủ ở bảng trên."
    )
    expect(page.locator(".chart noscript span")).to_be_visible()
    expect(page.get_by_role("button", name="In", exact=True)).to_be_hidden()
    context.close()


def test_touch_targets_on_a_phone_are_at_least_44_px_high(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("league", "entry", "upload", "lists", "login", "preview"):
        page.goto(f"{site}/{name}")
        small = page.locator(
            ".btn, .chip, .menu a, .who .link, select, input[type=text], input[type=password]"
        )
        heights = small.evaluate_all(
            "all => all.filter(one => one.offsetParent).map(one => [one.offsetHeight, one.outerHTML])"
        )
        assert [one for one in heights if one[0] < 44] == [], name


def test_on_a_phone_a_league_keeps_rank_unit_rate_and_band(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/league")
    shown = page.locator("thead th").evaluate_all(
        "all => all.filter(one => one.offsetParent).map(one => one.innerText)"
    )
    assert shown == ["Hạng", "Đơn vị", "Tỷ lệ, %", "Mức"]
