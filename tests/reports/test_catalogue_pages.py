"""Danh mục, chỉ tiêu và kỳ: versions side by side, what an earlier period reads, periods turned."""

from __future__ import annotations

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from indicators import services as indicator_services
from indicators.models import Indicator, IndicatorChange, Period
from reports import filters
from tests.builders import make_person
from tests.indicators.builders import AT, draft, make_period
from tests.indicators.conftest import Place, place
from tests.indicators.test_deadlines import make_rule
from tests.indicators.test_entry_pages import logged_in
from units.models import Role

__all__ = ["place"]

pytestmark = pytest.mark.django_db
VERSION = {
    "unit_of_measure": "%",
    "direction": "up",
    "numerator": "Hồ sơ trực tuyến",
    "denominator": "Hồ sơ trực tuyến và trực tiếp",
    "zero_denominator": "not_arising",
    "valid_from": "2024-01-01",
    "reason": "QĐ 12/QĐ-UBND",
}
SETTINGS = {
    "name": "Hồ sơ trực tuyến",
    "short_name": "Hồ sơ trực tuyến",
    "levels": ["so", "huyen", "xa"],
    "min_cases": "10",
    "decimals": "2",
    "sources": "Hệ thống của tỉnh\r\nđơn vị báo cáo\r\n",
    "position": "1",
    "seen": "0",
    "reason": "Ít hồ sơ thì không xếp",
}


def text(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def post(client: Client, page: str, /, *args: Any, **data: Any) -> str:
    return unescape(client.post(reverse(page, args=args), data, follow=True).content.decode())


def test_a_new_version_stands_beside_the_old_one_with_what_changed(place: Place) -> None:
    client = logged_in(place.office)
    form = text(client, "catalogue_indicator_version", "HSTT")
    assert 'value="Tổng số hồ sơ"' in form
    html = post(client, "catalogue_indicator_version", "HSTT", **VERSION)
    assert "Đã ghi phiên bản 2 của HSTT cho các kỳ kết thúc từ 1/1/2024." in html
    assert "<ins>Hồ sơ trực tuyến và trực tiếp</ins>" in html
    assert "đổi từ: <del>Tổng số hồ sơ</del>" in html
    assert "vanphong: QĐ 12/QĐ-UBND" in html
    assert "Đang tính theo phiên bản <b>2</b>" in html
    assert "Hồ sơ trực tuyến và trực tiếp" in text(client, "catalogue_indicators")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"denominator": ""}, "Chỉ tiêu tính bằng % phải có mẫu số"),
        ({"valid_from": ""}, "Hãy ghi ngày"),
        ({"valid_from": "2023-12-31"}, "đã có 0 số liệu và 1 ô đang nhập theo phiên bản 1"),
        ({"direction": "ngang"}, "ngang"),
    ],
)
def test_a_refused_version_says_why_and_keeps_what_was_typed(
    place: Place, changes: dict[str, str], told: str
) -> None:
    place.saved()
    html = post(logged_in(place.office), "catalogue_indicator_version", "HSTT", **(VERSION | changes))
    assert "<title>Lỗi: " in html
    assert told in html
    assert 'value="QĐ 12/QĐ-UBND"' in html
    assert not Indicator.objects.filter(version=2).exists()


def test_settings_are_saved_by_name_and_an_unknown_source_is_told_with_those_there_are(place: Place) -> None:
    client = logged_in(place.office)
    wrong = post(client, "catalogue_indicator_edit", "HSTT", **(SETTINGS | {"sources": "Báo chí"}))
    assert "Không có nguồn “Báo chí”. Các nguồn là: Cổng Dịch vụ công quốc gia;" in wrong
    html = post(client, "catalogue_indicator_edit", "HSTT", **SETTINGS)
    assert "Đã lưu cách gọi, cách hiện của chỉ tiêu HSTT." in html
    place.hstt.refresh_from_db()
    assert (place.hstt.sources, place.hstt.min_cases) == (["he_thong_tinh", "don_vi"], 10)
    assert IndicatorChange.objects.get().changes["min_cases"] == ["0", "10"]
    late = post(client, "catalogue_indicator_edit", "HSTT", **(SETTINGS | {"min_cases": "5"}))
    assert "vanphong đã sửa chỉ tiêu này lúc" in late
    assert client.get(reverse("catalogue_indicator", args=["KHONG-CO"])).status_code == 404


def test_a_table_of_an_earlier_period_reads_the_version_of_that_period(place: Place) -> None:
    def record(indicator: Indicator, code: str) -> None:
        indicator_services.record_measurements(
            drafts=[draft(place.ha_tu, indicator, make_period(code), counts=(1, 2))],
            by=None,
            reason="kiểm thử",
            at=AT,
        )

    record(place.hstt, "2023-Q3")
    post(logged_in(place.office), "catalogue_indicator_version", "HSTT", **VERSION)
    new = Indicator.objects.get(code="HSTT", version=2)
    opened = filters.read_league_choice(data={"chi-tieu": "HSTT"}, home=place.province)
    assert (opened.indicator, opened.period and opened.period.code) == (place.hstt, "2023-Q3")
    record(new, "2024-Q1")
    latest = filters.read_league_choice(data={"chi-tieu": "HSTT"}, home=place.province)
    assert (latest.indicator, latest.period and latest.period.code) == (new, "2024-Q1")
    earlier = filters.read_league_choice(data={"chi-tieu": "HSTT", "ky": "2023-Q3"}, home=place.province)
    assert earlier.indicator == place.hstt
    options = filters.league_options(choice=earlier, on=date(2023, 9, 30))
    assert [(one.value, one.chosen) for one in options.indicators] == [("HSTT", True)]


def test_the_office_adds_the_next_quarter_opens_it_and_closing_tells_who_has_not_sent(place: Place) -> None:
    make_rule()
    client = logged_in(place.office)
    place.sent()
    listed = text(client, "catalogue_periods")
    assert "Quý I/2024: 1/1/2024 đến 31/3/2024" in listed
    assert "Kỳ này không phải kỳ tiếp theo" in post(client, "catalogue_periods", code="2024-Q3", reason="a")
    html = post(client, "catalogue_periods", code="2024-Q1", reason="Quý mới")
    assert "Kỳ chưa thu số liệu cho đến khi được mở." in html
    assert "Mở thu số liệu" in html
    assert "Hãy ghi lý do" in post(client, "catalogue_period", "2024-Q1", turn="mo", reason="")
    assert "Đã mở thu số liệu Quý I/2024." in post(
        client, "catalogue_period", "2024-Q1", turn="mo", reason="Đến hạn"
    )
    page = text(client, "catalogue_period", "2023-Q4")
    assert "<b>1</b> trong 4 báo cáo đã gửi" in page
    assert "Đóng bây giờ thì 3 đơn vị chưa gửi không nhập, không gửi được nữa" in page
    closed = post(client, "catalogue_period", "2023-Q4", turn="dong", reason="Hết hạn")
    assert "vanphong: Hết hạn" in closed
    assert list(Period.objects.filter(open_for_entry=True).values_list("code", flat=True)) == ["2024-Q1"]
    assert "đã đóng trước đó" in post(client, "catalogue_period", "2023-Q4", turn="dong", reason="Lại")


def test_the_office_of_a_district_reads_indicators_and_periods_and_changes_only_its_units(
    place: Place,
) -> None:
    make_rule()
    client = logged_in(make_person("vphuyen", role=Role.OFFICE, unit=place.ha_long))
    assert "Văn phòng UBND và quản trị cấp tỉnh sửa." in text(client, "catalogue")
    for name, args in (
        ("catalogue_indicators", ()),
        ("catalogue_indicator", ("HSTT",)),
        ("catalogue_periods", ()),
        ("catalogue_period", ("2023-Q4",)),
    ):
        shown = text(client, name, *args).partition("<main")[2]
        assert "<form" not in shown, name
        for offered in ("catalogue_indicator_edit", "catalogue_indicator_version"):
            assert reverse(offered, args=["HSTT"]) not in shown, name
        assert reverse("calendar_rule") not in shown, name
    for name, args in (
        ("catalogue_indicator_edit", ("HSTT",)),
        ("catalogue_indicator_version", ("HSTT",)),
        ("catalogue_periods", ()),
        ("catalogue_period", ("2023-Q4",)),
    ):
        refused = client.post(reverse(name, args=args), VERSION | SETTINGS | {"turn": "dong"})
        assert refused.status_code == 403, name
        assert "Chỉ tiêu và kỳ dùng chung cho mọi tỉnh" in unescape(refused.content.decode()), name
    assert client.get(reverse("catalogue_unit_edit", args=[place.ha_tu.pk])).status_code == 200
    assert "Văn phòng UBND và quản trị cấp tỉnh sửa." not in text(logged_in(place.office), "catalogue")


def test_the_lists_cost_the_same_however_much_there_is(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for year in range(2010, 2020):
        make_period(f"{year}-Q1")
    client = logged_in(place.office)
    for name, most in (("catalogue_indicators", 11), ("catalogue_periods", 12)):
        with django_assert_max_num_queries(most):
            text(client, name)
    with django_assert_max_num_queries(14):
        text(client, "catalogue_indicator", "HSTT")
    with django_assert_max_num_queries(19):
        text(client, "catalogue_period", "2023-Q4")
