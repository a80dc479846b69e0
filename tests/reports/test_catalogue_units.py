"""Danh mục, đơn vị: what the office sees of a unit, and how a change is looked at before it is written."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from documents.models import Document
from indicators import services as indicator_services
from indicators.models import Submission
from tests.builders import make_person, make_units
from tests.indicators.builders import AT as EARLIER
from tests.indicators.builders import draft, make_indicator, make_period
from tests.indicators.test_entry_pages import logged_in
from tests.units.people import Place, make_place
from units import selectors, services
from units.catalogue_forms import initial_of
from units.models import Kind, Role, Unit, UnitChange, UnitVersion

pytestmark = pytest.mark.django_db
ACT = {"on": "2025-07-01", "reason": "Sắp xếp đơn vị"}


@pytest.fixture
def place(db: None) -> Place:
    return make_place()


def text(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def sent(unit: Unit, **changes: Any) -> dict[str, Any]:
    stands = initial_of(UnitVersion.objects.filter(unit=unit).latest("valid_from"))
    return {name: value for name, value in stands.items() if value is not None} | ACT | changes


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))


def test_a_change_is_shown_with_the_figures_it_touches_and_written_only_when_confirmed(place: Place) -> None:
    indicator_services.record_measurements(
        drafts=[draft(place.ha_tu, make_indicator(), make_period("2025-Q3"), counts=(1, 2))],
        by=None,
        reason="kiểm thử",
        at=EARLIER,
    )
    Document.objects.create(code="NQ1656", number="1656/NQ-UBTVQH15", issuer="UBTVQH")
    client, address = logged_in(place.office), reverse("catalogue_unit_edit", args=[place.ha_tu.pk])
    assert 'value="Hà Tu"' in text(client, "catalogue_unit_edit", place.ha_tu.pk)
    form = sent(place.ha_tu, name="Hà Tu Mới", document="NQ1656")
    looked = unescape(client.post(address, form).content.decode())
    assert "<del>Phường Hà Tu</del> → <ins>Phường Hà Tu Mới</ins>" in looked
    assert "Đã có 1 số liệu và 0 báo cáo" in looked
    assert not UnitChange.objects.exists()
    again = unescape(client.post(address, hidden(looked) | {"sua-lai": "1"}).content.decode())
    assert 'value="Hà Tu Mới"' in again
    done = unescape(client.post(address, hidden(looked) | {"xac-nhan": "1"}, follow=True).content.decode())
    assert "Đã ghi thay đổi của Phường Hà Tu từ ngày 1/7/2025." in done
    assert "từ 1/1/2020 đến trước 1/7/2025" in done
    assert done.count('/van-ban/NQ1656/">1656/NQ-UBTVQH15</a>') == 2, "at the version and in the history"
    assert "vanphong: Sắp xếp đơn vị" in done


def test_only_what_was_changed_on_the_form_is_changed_whatever_day_is_written(place: Place) -> None:
    """A form filled by today's version does not carry today's name into the past."""
    services.change_unit(unit=place.ha_tu, on=date(2024, 1, 1), by=None, name="Hà Tu Mới")
    form = sent(place.ha_tu, code="06658", on="2022-01-01") | {"xac-nhan": "1"}
    logged_in(place.office).post(reverse("catalogue_unit_edit", args=[place.ha_tu.pk]), form)
    rows = UnitVersion.objects.filter(unit=place.ha_tu).order_by("valid_from").values_list("name", "code")
    assert list(rows) == [("Hà Tu", ""), ("Hà Tu", "06658"), ("Hà Tu Mới", "")]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Hà Lầm"}, "Cùng cấp trên đã có Phường Hà Lầm"),
        ({"name": "Hà Tu Mới", "reason": ""}, "Hãy ghi lý do"),
        ({"name": "Hà Tu Mới", "on": "2019-01-01"}, "không tồn tại vào ngày 1/1/2019"),
        ({}, "Chưa có gì khác"),
        ({"kind": "huyen"}, "không thể nằm dưới Thành phố Hạ Long"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    place: Place, changes: dict[str, str], told: str
) -> None:
    make_units(["Hà Lầm"], kind=Kind.PHUONG, parent=place.ha_long)
    form = sent(place.ha_tu, **{"code": ""} | changes)
    response = logged_in(place.office).post(reverse("catalogue_unit_edit", args=[place.ha_tu.pk]), form)
    html = unescape(response.content.decode())
    assert response.status_code == 200
    assert "<title>Lỗi: " in html
    assert told in html
    assert f'value="{form["name"]}"' in html
    assert not UnitChange.objects.exists()


def test_a_unit_that_begins_later_is_edited_by_whoever_added_it_and_by_nobody_elsewhere(place: Place) -> None:
    form = {"kind": "phuong", "name": "Vân Đồm", "parent": place.ha_long.pk, **ACT, "on": "2100-01-01"}
    logged_in(place.office).post(reverse("catalogue_unit_add"), form | {"xac-nhan": "1"})
    added = Unit.objects.latest("pk")
    address = reverse("catalogue_unit_edit", args=[added.pk])
    right = sent(added, name="Vân Đồn", on="2100-01-01") | {"xac-nhan": "1"}
    elsewhere = make_person("cp", role=Role.OFFICE, unit=place.cam_pha)
    assert logged_in(elsewhere).post(address, right).status_code == 403
    assert logged_in(place.office).post(address, right).status_code == 302
    assert [one.full_name for one in UnitVersion.objects.filter(unit=added)] == ["Phường Vân Đồn"]


def test_the_office_of_a_district_cannot_make_a_province_of_it(place: Place) -> None:
    """It would have the rights of a province's office from that day on."""
    client = logged_in(make_person("vphuyen", role=Role.OFFICE, unit=place.ha_long))
    address = reverse("catalogue_unit_edit", args=[place.ha_long.pk])
    assert "Không có cấp trên" not in unescape(client.get(address).content.decode())
    for kind in ("tinh", "thanh_pho"):
        form = sent(place.ha_long, kind=kind, parent="") | {"xac-nhan": "1"}
        assert "Hãy chọn cấp trên." in unescape(client.post(address, form).content.decode())
    assert not UnitChange.objects.exists()
    top = reverse("catalogue_unit_edit", args=[place.province.pk])
    form = sent(place.province, name="Quảng Ninh mới") | {"xac-nhan": "1"}
    assert logged_in(place.office).post(top, form).status_code == 302


def test_a_new_unit_is_added_below_a_unit_of_ones_own_and_nowhere_else(place: Place) -> None:
    client, address = logged_in(place.office), reverse("catalogue_unit_add")
    form = {"kind": "dac_khu", "name": "Vân Đồn", "parent": place.province.pk, **ACT, "xac-nhan": "1"}
    done = unescape(client.post(address, form, follow=True).content.decode())
    assert "Đặc khu thuộc Tỉnh Quảng Ninh" in done
    refused = unescape(client.post(address, form).content.decode())
    assert "đã được thêm từ ngày 1/7/2025" in refused
    assert client.post(address, form | {"parent": place.ha_tu.pk}).status_code == 403


def test_communes_of_two_districts_merge_into_a_new_one_below_the_province(place: Place) -> None:
    client = logged_in(place.office)
    neighbours = text(client, "catalogue_merge", place.ha_tu.pk)
    assert "Phường Cẩm Tây" not in neighbours
    everywhere = f"{reverse('catalogue_merge', args=[place.ha_tu.pk])}?pham-vi=ca-tinh"
    form = {
        "olds": [place.ha_tu.pk, place.cam_tay.pk],
        "into": "moi",
        "kind": "phuong",
        "name": "Hà Tu",
        "parent": place.province.pk,
        **ACT,
    }
    looked = unescape(client.post(everywhere, form).content.decode())
    assert "2 người đang giữ vai trò" in looked
    assert looked.count("<del>") == 2
    assert looked.count('name="olds"') == 2
    client.post(everywhere, form | {"xac-nhan": "1"})
    assert {
        one.full_name for one in selectors.below(ancestor=place.province, on=date(2025, 7, 1)).values()
    } == {"Phường Hà Tu", "Thành phố Hạ Long", "Thành phố Cẩm Phả"}
    gone = text(client, "catalogue_unit", place.cam_tay.pk)
    assert "Từ 1/7/2025 nhập vào" in gone


def test_a_unit_with_communes_does_not_end(place: Place) -> None:
    address = reverse("catalogue_unit_end", args=[place.ha_long.pk])
    html = unescape(logged_in(place.office).post(address, ACT).content.decode())
    assert "Còn đơn vị trực thuộc Thành phố Hạ Long: Phường Hà Tu." in html


def test_an_end_warns_of_reports_of_earlier_periods_that_nobody_approved_yet(place: Place) -> None:
    client, address = logged_in(place.office), reverse("catalogue_unit_end", args=[place.cam_tay.pk])
    assert "chưa duyệt hết" not in unescape(client.post(address, ACT).content.decode())
    for code, status in (
        ("2025-Q1", "sent"),
        ("2025-Q2", "returned"),
        ("2024-Q4", "draft"),
        ("2024-Q3", "approved"),
        ("2024-Q2", "empty"),
        ("2025-Q3", "sent"),
    ):
        Submission.objects.create(unit=place.cam_tay, period=make_period(code), status=status)
    Submission.objects.create(unit=place.ha_tu, period=make_period("2025-Q1"), status="sent")
    looked = unescape(client.post(address, ACT).content.decode())
    assert "Đã có 0 số liệu và 1 báo cáo" in looked, "of the quarter that ends after the day"
    assert "<b>1</b> báo cáo chờ duyệt: hãy duyệt, hoặc trả lại" in looked
    assert "<b>2</b> báo cáo đang nhập hoặc bị trả lại: hãy nhắc đơn vị gửi" in looked


def test_a_rename_warns_of_no_report_that_waits(place: Place) -> None:
    Submission.objects.create(unit=place.ha_tu, period=make_period("2025-Q1"), status="sent")
    address = reverse("catalogue_unit_edit", args=[place.ha_tu.pk])
    looked = unescape(logged_in(place.office).post(address, sent(place.ha_tu, name="Mới")).content.decode())
    assert "<ins>Phường Mới</ins>" in looked
    assert "chưa duyệt hết" not in looked


def test_an_end_is_taken_back_on_the_units_page_by_whoever_had_it(place: Place) -> None:
    client = logged_in(place.office)
    services.abolish_unit(unit=place.cam_tay, on=date(2025, 7, 1), by=None)
    page = text(client, "catalogue_unit", place.cam_tay.pk)
    assert "Ghi nhầm kết thúc từ 1/7/2025: khôi phục" in page
    address = reverse("catalogue_unit_restore", args=[place.cam_tay.pk])
    assert "Hãy ghi lý do" in client.post(address, {"reason": ""}).content.decode()
    done = unescape(client.post(address, {"reason": "Ghi nhầm"}, follow=True).content.decode())
    assert "Phường thuộc Thành phố Cẩm Phả, đang tính như vậy" in done
    assert "vanphong: Ghi nhầm" in done


def test_another_name_is_added_refused_to_a_neighbour_and_taken_back(place: Place) -> None:
    client = logged_in(place.office)
    (ha_lam,) = make_units(["Hà Lầm"], kind=Kind.PHUONG, parent=place.ha_long)
    alias = {"name": "P. Hà Tư", "source": "cong_dvcqg", "evidence": "Tệp quý II"}
    add = [reverse("catalogue_alias_add", args=[one.pk]) for one in (place.ha_tu, ha_lam)]
    html = unescape(client.post(add[0], alias, follow=True).content.decode())
    assert "Đã ghi cách viết “P. Hà Tư”." in html
    refused = unescape(client.post(add[1], alias).content.decode())
    assert "đã được ghi nhận là đơn vị khác: Phường Hà Tu" in refused
    assert 'value="P. Hà Tư"' in refused
    revoke = reverse("catalogue_alias_revoke", args=[place.ha_tu.pk, place.ha_tu.aliases.get().pk])
    assert "Hãy ghi lý do" in client.post(revoke, {"reason": " "}, follow=True).content.decode()
    html = unescape(client.post(revoke, {"reason": "Nhầm"}, follow=True).content.decode())
    assert "<del>P. Hà Tư</del>" in html


def test_the_list_and_a_units_page_cost_the_same_however_much_there_is(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(1, 9):
        services.edit_unit(
            unit=place.ha_tu,
            on=date(2024, 1, day),
            changes={"code": str(day)},
            basis=services.Basis("Sửa mã", None),
            by=place.office,
            at=EARLIER,
        )
    make_units([f"Xã {n}" for n in range(30)], parent=place.ha_long)
    client = logged_in(place.office)
    with django_assert_max_num_queries(17):
        text(client, "catalogue_unit", place.ha_tu.pk)
    with django_assert_max_num_queries(13):
        html = text(client, "catalogue_units", tim="xã")
    assert html.count('class="unit"') == 30


def test_the_first_page_says_what_is_in_force_and_since_when(place: Place) -> None:
    make_period("2023-Q4", open_for_entry=True)
    html = text(logged_in(place.office), "catalogue")
    assert "5 đơn vị trong cây hôm nay; thay đổi gần nhất có hiệu lực từ 1/1/2020." in html
    assert "Đang thu số liệu Quý IV/2023" in html
    assert logged_in(place.officer).get(reverse("catalogue")).status_code == 403
    assert reverse("catalogue") in text(logged_in(place.office), "unit_tree")
    assert reverse("catalogue") not in text(logged_in(place.officer), "unit_tree")
