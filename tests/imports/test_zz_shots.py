import pytest
from pathlib import Path
from tests.imports.conftest import *
from tests.imports.workbooks import *
from imports import services
from imports.services import ImportOptions
from units.models import Grant


@pytest.mark.django_db(transaction=True)
def test_shots(live_server, page, embedded_worker):
    call_command("load_units", *PROVINCES, stdout=io.StringIO())
    call_command("load_aliases", stdout=io.StringIO())
    catalogue = settings.FIXTURES_DIR / "catalogue"
    indicator_services.load_catalogue(
        indicators=catalogue / "indicators.csv", documents=catalogue / "documents.csv"
    )
    user = User.objects.create_user("can-bo", password="mat-khau-can-bo", full_name="Cán bộ văn phòng")
    for name in PROVINCES:
        province = unit_selectors.province_named(name=name, on=date(2023, 3, 31))
        unit_services.grant_role(
            user=user, unit=province, role="office", valid_from=date(2023, 1, 1), by=None
        )
    violations = []
    page.on("console", lambda m: violations.append(m.text) if m.type in ("error", "warning") else None)
    page.goto(live_server.url + "/tai-khoan/dang-nhap/") if False else page.goto(
        live_server.url + "/nhap-tep/"
    )
    page.fill("input[name=username]", "can-bo")
    page.fill("input[name=password]", "mat-khau-can-bo")
    page.click("button[type=submit].btn")
    out = Path("/tmp/c/shots")
    out.mkdir(exist_ok=True)

    def shot(n):
        for w in (1366, 390):
            page.set_viewport_size({"width": w, "height": 768 if w > 400 else 844})
            page.wait_for_timeout(150)
            page.screenshot(path=str(out / f"{n}-{w}.png"), full_page=True)
        page.set_viewport_size({"width": 1366, "height": 768})

    page.goto(live_server.url + "/nhap-tep/")
    shot("list0")
    page.goto(live_server.url + "/nhap-tep/moi/")
    shot("upload")
    page.click("button:has-text('Tải lên')")
    shot("upload-error")
    page.set_input_files("input[type=file]", str(published("quang_ninh")))
    page.click("button:has-text('Tải lên')")
    page.wait_for_selector("h1:has-text('Xem thay đổi')")
    shot("preview-qninh")
    page.goto(page.url + "?loc=khong-ghi")
    shot("preview-qninh-bad")
    page.click("button:has-text('Đồng ý đổi chỗ')")
    page.wait_for_selector("text=Không đổi chỗ nữa")
    page.click("button:has-text('Đồng ý đổi chỗ')")
    page.goto(page.url.split("#")[0])
    page.click("button:has-text('Ghi 137')")
    page.wait_for_selector("text=Đã ghi xong")
    shot("committed")
    rows = [
        [None, "UBND huyện Trà Bồng", "24,5%"],
        ["1", "Xã Trà Bửu", "9,2%", "1%"],
        ["2", "Xã Trà Tân", "1%", "1%"],
        ["3", "Xã Trà Giang", "120%", "1%"],
        [None, "UBND huyện Tư Mỹ"],
        ["1", "Xã Nghĩa Thắng", "1%", "2%"],
    ]
    p = Path("/tmp/c/shots/mot-tep.xlsx")
    p.write_bytes(book(rows))
    page.goto(live_server.url + "/nhap-tep/moi/")
    page.set_input_files("input[type=file]", str(p))
    page.click("button:has-text('Tải lên')")
    page.wait_for_selector("h1:has-text('Xem thay đổi')")
    shot("preview-bad")
    page.click("button:has-text('Ghi 2')")
    shot("preview-bad-error")
    page.goto(live_server.url + "/nhap-tep/")
    shot("list")
    Path("/tmp/c/shots/console.txt").write_text(repr(violations))
