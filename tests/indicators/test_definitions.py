"""What the office does to indicators and periods, and which version a period is told by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dvctt.lib.periods import parse_period
from indicators import rules, selectors, services
from indicators.models import Indicator, IndicatorChange, Period, PeriodChange
from indicators.rules import Definition, DefinitionRefused, PeriodRefused, Settings
from tests.indicators.builders import AT, draft, make_period
from tests.indicators.conftest import Place
from tests.indicators.test_catalogue import FOLDER, change, load, own_catalogue

__all__ = ["own_catalogue"]

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2024, 1, 1)
RATE = Definition("%", "up", "Hồ sơ trực tuyến", "Hồ sơ trực tuyến và trực tiếp", "not_arising")


def define(place: Place, *, valid_from: date = NEW_YEAR, reason: str = "QĐ mới", **changes: str) -> Indicator:
    return services.add_version(
        indicator=place.hstt,
        definition=replace(RATE, **changes),
        valid_from=valid_from,
        documents=[],
        reason=reason,
        by=place.office,
        at=AT,
    )


def said(one: Indicator, **changes: Any) -> Settings:
    stands = Settings(
        one.name,
        one.short_name,
        tuple(one.levels),
        one.min_cases,
        one.decimals,
        tuple(one.sources),
        one.position,
    )
    return replace(stands, **changes)


def set_up(place: Place, one: Indicator, **changes: Any) -> IndicatorChange:
    return services.change_settings(
        indicator=one,
        settings=said(one, **changes),
        documents=[],
        seen=one.changes.count(),
        reason="Gọn hơn",
        by=place.office,
        at=AT,
    )


def test_a_new_version_is_asked_for_from_its_day_and_earlier_periods_keep_theirs(place: Place) -> None:
    place.saved()
    made = define(place)
    later = services.open_submission(unit=place.ha_tu, period=make_period("2024-Q1", open_for_entry=True))
    asked = {one.code: one.version for one in selectors.asked_indicators(submission=place.report())}
    then = {one.code: one.version for one in selectors.asked_indicators(submission=later)}
    assert (asked["HSTT"], then["HSTT"]) == (1, 2)
    assert [selectors.indicator_by_code("HSTT", on=on).version for on in (date(2023, 12, 31), NEW_YEAR)] == [
        1,
        2,
    ]
    assert (made.short_name, made.levels) == (place.hstt.short_name, place.hstt.levels)
    (kept,) = IndicatorChange.objects.all()
    assert (kept.indicator, kept.by, kept.reason) == (made, place.office, "QĐ mới")
    assert kept.changes == {
        "denominator": ["Tổng số hồ sơ", "Hồ sơ trực tuyến và trực tiếp"],
        "valid_from": ["", "1/1/2024"],
    }


def test_a_version_does_not_begin_before_figures_that_stand_by_the_one_before(place: Place) -> None:
    place.saved()
    services.record_measurements(
        drafts=[draft(place.ha_tu, place.hstt, make_period("2024-Q1"), counts=(1, 2))],
        by=None,
        reason="kiểm thử",
        at=AT,
    )
    told = r"đã có 1 số liệu và 1 ô đang nhập.*sau 31/3/2024"
    with pytest.raises(DefinitionRefused, match=told) as refused:
        define(place, valid_from=date(2023, 12, 31))
    assert refused.value.field == "valid_from"
    assert define(place, valid_from=date(2024, 4, 1)).version == 2


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"denominator": "", "zero_denominator": "none"}, "denominator", "phải có mẫu số"),
        ({"zero_denominator": "none"}, "zero_denominator", "khi mẫu số bằng 0"),
        ({"unit_of_measure": "phút", "entered_as": "rate"}, "entered_as", "đơn vị tính là %"),
        ({"unit_of_measure": "hồ sơ", "denominator": ""}, "zero_denominator", "không có mẫu số"),
        ({"numerator": ""}, "numerator", "Hãy ghi tử số"),
        ({"denominator": "Tổng số hồ sơ"}, "", "giống phiên bản đang dùng"),
        ({"reason": " "}, "reason", "Hãy ghi lý do"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(
    place: Place, changes: dict[str, Any], field: str, told: str
) -> None:
    with pytest.raises(DefinitionRefused, match=told) as refused:
        define(place, **changes)
    assert refused.value.field == field
    assert not Indicator.objects.filter(version=2).exists()


def test_only_the_latest_version_is_worked_on_and_a_later_one_begins_later(place: Place) -> None:
    made = define(place)
    with pytest.raises(DefinitionRefused, match="đã có phiên bản mới hơn"):
        define(place, denominator="Khác")
    place.hstt = made
    with pytest.raises(DefinitionRefused, match="áp dụng từ 1/1/2024; hãy chọn ngày sau đó"):
        define(place, denominator="Khác")


def test_settings_change_in_place_with_their_history(place: Place) -> None:
    kept = set_up(place, place.hstt, short_name="HSTT", min_cases=10, levels=("xa",))
    place.hstt.refresh_from_db()
    assert (place.hstt.version, place.hstt.min_cases, place.hstt.levels) == (1, 10, ["xa"])
    assert kept.changes == {
        "short_name": ["Hồ sơ trực tuyến", "HSTT"],
        "min_cases": ["0", "10"],
        "levels": ["Sở, ban, ngành; Cấp huyện; Cấp xã", "Cấp xã"],
    }
    for changes, told in (
        ({}, "Chưa có gì khác"),
        ({"levels": ("thon",)}, "Không có cấp “thon”"),
        ({"levels": ()}, "ít nhất một cấp"),
        ({"sources": ("mo_phong",)}, "Không có nguồn chính thức “mo_phong”"),
        ({"name": ""}, "Hãy ghi tên"),
    ):
        with pytest.raises(DefinitionRefused, match=told):
            set_up(place, place.hstt, **changes)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as raw:
        raw.execute("UPDATE indicators_indicatorchange SET reason = 'khác'")


def test_loading_the_catalogue_again_leaves_what_the_office_edited(place: Place, own_catalogue: Path) -> None:
    load()
    tttt, hstt = (selectors.indicator_by_code(code) for code in ("TTTT", "HSTT"))
    set_up(place, tttt, short_name="Trả tiền qua mạng")
    place.hstt = hstt
    define(place, valid_from=date(2030, 1, 1))
    before = list(Indicator.objects.order_by("pk").values())
    change(own_catalogue, "HSTT", denominator="Mẫu số khác")
    change(own_catalogue, "TTTT", name="Tên khác")
    assert load(own_catalogue) == 0
    assert list(Indicator.objects.order_by("pk").values()) == before
    assert FOLDER == settings.FIXTURES_DIR / "catalogue"


def test_a_period_is_added_opened_and_closed_with_a_reason_and_by_whom(place: Place) -> None:
    common: dict[str, Any] = {"reason": "Theo lịch", "by": place.office, "at": AT}
    span = parse_period("2024-Q1")
    period = services.add_period(span=span, **common)
    with pytest.raises(PeriodRefused, match="Kỳ Quý I/2024 đã có"):
        services.add_period(span=span, **common)
    services.open_period(period=period, **common)
    with pytest.raises(PeriodRefused, match="đang thu số liệu rồi"):
        services.open_period(period=period, **common)
    report = services.open_submission(unit=place.ha_tu, period=Period.objects.get(pk=period.pk))
    services.close_period(period=period, **common)
    with pytest.raises(PeriodRefused, match="đã đóng trước đó"):
        services.close_period(period=period, **common)
    with pytest.raises(services.PeriodClosed):
        services.save_entries(
            submission=report, values=place.cells(), by=place.officer, at=AT, seen_revision=0
        )
    assert [one.kind for one in PeriodChange.objects.order_by("pk")] == ["added", "opened", "closed"]
    with pytest.raises(PeriodRefused, match="luỹ kế"):
        services.open_period(period=make_period("2023-den-08-23"), **common)


VERSIONS = st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), max_size=5, unique=True).map(sorted)


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(days=VERSIONS, on=st.dates(date(2019, 1, 1), date(2031, 1, 1)))
def test_the_version_of_a_day_is_the_last_that_began_by_then(days: list[date], on: date) -> None:
    versions = [Indicator(version=n, valid_from=day) for n, day in enumerate([None, *days], start=1)]
    found = rules.version_for(versions[::-1], on)
    assert found is not None
    assert found.version == 1 + sum(day <= on for day in days)
