"""The page `don-vi/`: the tree on a day, a province, a search."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests.units.trees import FROM, QUANG_NAM, QUANG_NGAI, draft, plant
from units import services
from units.models import Role, Unit

pytestmark = pytest.mark.django_db
PAGE = "/don-vi/"


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel("2023-12-20 09:00+07:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def units() -> dict[str, Unit]:
    return plant({**QUANG_NAM, **QUANG_NGAI})


@pytest.fixture
def officer(client: Client, units: dict[str, Unit]) -> Client:
    person = User.objects.create_user("xa")
    services.grant_role(
        user=person, unit=units["Huyện Ba Tơ/Xã Ba Tô"], role=Role.OFFICER, valid_from=FROM, by=None
    )
    client.force_login(person)
    return client


def page(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_stranger_is_sent_to_the_log_in(client: Client) -> None:
    assert client.get(PAGE).headers["Location"].startswith(reverse("login"))


def test_the_tree_of_the_persons_own_province_opens_on_todays_date(officer: Client) -> None:
    html = page(officer)
    assert "<h1>Đơn vị của Tỉnh Quảng Ngãi</h1>" in html
    assert "Ngày 20/12/2023 Tỉnh Quảng Ngãi có <b>4</b> đơn vị cấp huyện, <b>7</b> đơn vị cấp xã." in html
    assert "Xã Trà Don" not in html
    assert html.index("Huyện Ba Tơ") < html.index("Thị xã Đức Phổ") < html.index("Huyện Lý Sơn")


def test_each_unit_leads_to_its_page(officer: Client, units: dict[str, Unit]) -> None:
    html = page(officer)
    for name in ("Tỉnh Quảng Ngãi", "Huyện Lý Sơn", "Huyện Ba Tơ", "Huyện Ba Tơ/Thị trấn Ba Tơ"):
        assert f'href="{reverse("unit", args=[units[name].pk])}"' in html


def test_another_province_is_chosen_by_the_address(officer: Client, units: dict[str, Unit]) -> None:
    html = page(officer, f"{PAGE}?tinh={units['Tỉnh Quảng Nam'].pk}")
    assert "<h1>Đơn vị của Tỉnh Quảng Nam</h1>" in html
    assert "<b>2</b> sở, ban, ngành, <b>2</b> đơn vị cấp huyện, <b>7</b> đơn vị cấp xã" in html


def test_the_tree_is_that_of_the_chosen_day(officer: Client, units: dict[str, Unit]) -> None:
    services.change_unit(unit=units["Huyện Ba Tơ"], on=date(2023, 7, 1), by=None, kind="thi_xa")
    assert "Huyện Ba Tơ" in page(officer, f"{PAGE}?ngay=2023-06-30")
    later = page(officer, f"{PAGE}?ngay=01/07/2023")
    assert "Thị xã Ba Tơ" in later
    assert 'value="1/7/2023"' in later


@pytest.mark.parametrize("typed", ["2023-02-30", "hôm qua", "2023"])
def test_a_day_that_cannot_be_read_is_said_and_today_is_shown(officer: Client, typed: str) -> None:
    html = page(officer, f"{PAGE}?ngay={typed}")
    assert "<title>Lỗi: Cây đơn vị Tỉnh Quảng Ngãi ngày 20/12/2023" in html
    assert "Ngày không đọc được. Ghi ngày dạng 30/06/2023 hoặc 2023-06-30; đang theo hôm nay." in html
    assert 'href="#id_ngay"' in html
    assert f'value="{typed}"' in html


@pytest.mark.parametrize("typed", ["999999", "-1", "x"])
def test_an_unknown_province_is_said_and_the_own_one_shown(officer: Client, typed: str) -> None:
    html = page(officer, f"{PAGE}?tinh={typed}")
    assert "Lỗi: " in html
    assert "<h1>Đơn vị của Tỉnh Quảng Ngãi</h1>" in html


def test_before_any_unit_the_page_says_so(officer: Client) -> None:
    assert "Ngày 1/1/1990 chưa có đơn vị nào trong cây." in page(officer, f"{PAGE}?ngay=1990-01-01&tim=ba")


def test_a_search_lists_what_was_meant_with_its_district(officer: Client, units: dict[str, Unit]) -> None:
    nam = units["Tỉnh Quảng Nam"].pk

    def found(typed: str) -> str:
        return (
            page(officer, f"{PAGE}?tinh={nam}&tim={typed}")
            .split('id="found-title"')[1]
            .split("</section>")[0]
        )

    folded, exact = found("tra don"), found("Trà Dơn")
    assert "2 đơn vị có tên “tra don”" in folded
    assert ">Xã Trà Don<" in folded
    assert ">Xã Trà Dơn<" in folded
    assert "Huyện Nam Trà My" in folded
    assert ">Xã Trà Dơn<" in exact
    assert ">Xã Trà Don<" not in exact
    assert "Không có đơn vị nào tên “xyz” trong Tỉnh Quảng Nam" in found("xyz")


def test_what_was_typed_is_shown_as_text(officer: Client) -> None:
    html = page(officer, f"{PAGE}?tim=<script>alert(1)</script>&ngay=<b>")
    assert "<script>alert(1)" not in html


def test_thirty_more_units_cost_no_more_queries(officer: Client, units: dict[str, Unit]) -> None:
    address = f"{PAGE}?tim=xa"
    page(officer, address)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(officer, address)
        return len(captured)

    before = queries()
    top = units["Tỉnh Quảng Ngãi"].key
    drafts = [draft(f"Huyện Mới {n}", parent_key=top) for n in range(5)]
    drafts += [draft(f"Xã Mới {n}", parent_key=drafts[n % 5].key) for n in range(30)]
    services.add_units(drafts=drafts)
    # Session, person, provinces, own province, tree, search; then the rights of
    # this page and of the menu (5) and the place's name.
    assert queries() == before == 12
