"""Logging in and out as the demonstration's people."""

from playwright.sync_api import Page

PASSWORD = "dvctt-demo-2023"


def log_in(page: Page, username: str, *, password: str = PASSWORD, site: str = "", then: str = "") -> Page:
    """Log in by the page; `site` is the address of one that is not the context's own, `then` where to go."""
    page.goto(f"{site}/tai-khoan/dang-nhap/{f'?next={then}' if then else ''}")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda address: "dang-nhap" not in address)
    return page


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/dang-nhap/**")
