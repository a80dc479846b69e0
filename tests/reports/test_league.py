"""The league table: who is ranked, by what, and who is listed below with which reason."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators import selectors as indicator_selectors
from indicators.models import Source, State
from reports import wording
from reports.selectors import unit_profile
from reports.selectors.league import League, league
from tests.builders import make_province, make_units
from tests.indicators.builders import make_indicator, make_period
from tests.reports.tables import EXTRACTED, Scene, make_scene
from units import services as unit_services
from units.models import Kind

pytestmark = pytest.mark.django_db


def table(scene: Scene, **more: Any) -> League:
    options: dict[str, Any] = {"level": "xa", "within": scene.province, "period": scene.period} | more
    return league(indicator=scene.indicator, **options)


def places(found: League) -> list[tuple[str, str]]:
    return [(row.place, row.unit) for row in found.rows]


def test_equal_values_share_a_rank_and_the_next_one_is_skipped() -> None:
    scene = make_scene(4)
    a, b, c, e = scene.communes
    scene.record({a: (1, 2), b: (9, 10), c: (50, 100), e: (3, 10)})

    assert places(table(scene)) == [("1", "Xã Hai"), ("2=", "Xã Ba"), ("2=", "Xã Một"), ("4", "Xã Bốn")]


def test_ranks_are_taken_on_unrounded_values() -> None:
    scene = make_scene(2)
    a, b = scene.communes
    scene.record({a: (9000, 10001), b: (8999, 10000)})  # 89,99 % both, as shown

    assert places(table(scene)) == [("1", "Xã Một"), ("2", "Xã Hai")]


def test_the_four_communes_printed_out_of_order_stand_in_their_right_rank() -> None:
    # Quảng Nam's Phụ lục II prints these four below lower rates: STT 102, 168, 189, 200.
    printed = [
        ("Tà Lu", "6.4"), ("A Rooi", "14.5"),
        ("Tam Lãnh", "4.7"), ("Tam Dân", "5.5"),
        ("Quế Phú", "70.6"), ("Quế Xuân 2", "77.1"),
        ("Tiên Lộc", "99.6"), ("Tiên Hiệp", "99.8"),
    ]  # fmt: skip
    scene = make_scene(0)
    communes = make_units([name for name, _ in printed], parent=scene.district)
    scene.record({unit: value for unit, (_, value) in zip(communes, printed, strict=True)})

    assert [row.unit for row in table(scene).rows] == [
        "Xã Tiên Hiệp", "Xã Tiên Lộc", "Xã Quế Xuân 2", "Xã Quế Phú",
        "Xã A Rooi", "Xã Tà Lu", "Xã Tam Dân", "Xã Tam Lãnh",
    ]  # fmt: skip


def test_where_lower_is_better_the_least_is_first() -> None:
    scene = make_scene(
        2, code="QUAHAN", is_rate=False, direction="down", denominator="", unit_of_measure="hồ sơ",
        zero_denominator="none",
    )  # fmt: skip
    scene.record({scene.communes[0]: "12", scene.communes[1]: "0"})
    scene.assign({scene.communes[0]: "5"})

    found = table(scene)

    assert places(found) == [("1", "Xã Hai"), ("2", "Xã Một")]
    assert (found.rows[1].gap, found.rows[1].status, found.rows[1].lacking) == (Decimal(-7), "far", None)
    assert found.total is not None
    assert found.total.numerator == 12


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.NOT_ARISING, "không phát sinh"),
        (State.OUT_OF_SCOPE, "không thuộc phạm vi"),
        (State.NOT_PUBLISHED, "chưa trích xuất được"),
        (State.NOT_SUBMITTED, "chưa nộp"),
    ],
)
def test_a_unit_without_a_number_is_listed_below_with_its_state(state: State, words: str) -> None:
    scene = make_scene(2)
    scene.record({scene.communes[0]: "0", scene.communes[1]: state})

    found = table(scene)

    assert places(found) == [("1", "Xã Một")]  # 0 is a number
    assert [(row.unit, row.state, row.rank) for row in found.unranked] == [("Xã Hai", words, None)]
    assert (found.ranked, found.units) == (1, 2)


def test_what_the_portal_could_not_extract_does_not_hide_the_number_that_the_unit_reported() -> None:
    scene = make_scene(2)
    reported, silent = scene.communes
    for period in (scene.period, make_period("2023-Q2")):
        scene.record({reported: State.NOT_PUBLISHED, silent: State.NOT_PUBLISHED}, period=period)
        scene.record({reported: (9, 10)}, period=period, source=Source.UNIT.value)

    found = table(scene, period=make_period("2023-Q2"))

    assert [(row.unit, row.value, row.source) for row in found.rows] == [("Xã Một", Decimal(90), "don_vi")]
    assert found.rows[0].change == Decimal(0)
    assert [(row.unit, row.state) for row in found.unranked] == [("Xã Hai", "chưa trích xuất được")]
    lines = unit_profile.figure_lines(unit=reported)
    assert {(line.measurement.source, line.is_official) for line in lines} == {
        ("don_vi", True), ("cong_dvcqg", False),
    }  # fmt: skip
    earlier = indicator_selectors.earlier_figures(unit=reported, period=make_period("2023-Q3"))
    assert earlier[scene.indicator.code].value == Decimal(90)


def test_a_unit_that_no_source_mentions_is_listed_as_such() -> None:
    scene = make_scene(2)
    scene.record({scene.communes[0]: "50"})

    assert [(row.unit, row.reason) for row in table(scene).unranked] == [("Xã Hai", "chưa có số liệu")]


def test_a_unit_with_too_few_cases_is_listed_apart_with_its_counts() -> None:
    scene = make_scene(2, min_cases=10)
    scene.record({scene.communes[0]: (3, 4), scene.communes[1]: (5, 10)})

    found = table(scene)

    assert places(found) == [("1", "Xã Hai")]
    few = found.unranked[0]
    assert (few.state, few.reason, few.value) == ("ít hồ sơ", "ít hồ sơ (3/4)", Decimal(75))


def test_totals_add_counts_and_a_rate_without_counts_makes_them_impossible() -> None:
    scene = make_scene(3)
    a, b, c = scene.communes
    scene.record({a: (1, 1), b: (0, 99), c: State.NOT_ARISING})

    total = table(scene).total
    assert total is not None
    assert (total.numerator, total.denominator, total.value) == (1, 100, Decimal(1))
    assert table(scene).median == Decimal(50)

    scene.record({c: "80"})
    assert table(scene).total is None


def test_units_are_those_of_the_periods_last_day() -> None:
    scene = make_scene(2)
    scene.record(dict.fromkeys(scene.communes, "50"))
    unit_services.abolish_unit(unit=scene.communes[1], on=date(2023, 4, 1), by=None)

    later = make_period("2023-Q2")
    scene.record({scene.communes[0]: "60"}, period=later)

    assert table(scene).units == 2
    assert table(scene, period=later).units == 1


def test_inside_a_district_only_its_communes_are_ranked_among_themselves() -> None:
    scene = make_scene(2)
    [other] = make_units(["Tiên Yên"], kind=Kind.HUYEN, parent=scene.province)
    [better] = make_units(["Chín"], parent=other)
    scene.record({scene.communes[0]: "50", scene.communes[1]: "60", better: "99"})

    assert places(table(scene, within=scene.district)) == [("1", "Xã Hai"), ("2", "Xã Một")]
    assert places(table(scene, within=other)) == [("1", "Xã Chín")]


def test_without_an_area_the_provinces_that_have_figures_in_the_period_come_whole() -> None:
    scene = make_scene(2)
    other = make_province("Quảng Nam")
    [district] = make_units(["Đại Lộc"], kind=Kind.HUYEN, parent=other)
    make_units(["Ái Nghĩa", "Đại An"], parent=district)
    empty = make_province("Thái Nguyên")
    make_units(["Đại Từ"], kind=Kind.HUYEN, parent=empty)
    scene.record({scene.communes[0]: "50", district: "70"})

    found = table(scene, within=None)

    assert [name.full_name for name in found.area] == ["Tỉnh Quảng Nam", "Tỉnh Quảng Ninh"]
    assert (found.ranked, found.units) == (1, 4)


def test_the_first_of_the_indicators_sources_that_has_a_figure_is_the_official_one() -> None:
    scene = make_scene(2)
    a, b = scene.communes
    scene.record({a: "40", b: "10"}, source=Source.UNIT.value)
    scene.record({a: "50"}, source=Source.NATIONAL.value)

    found = table(scene)

    assert [(row.unit, row.value, row.source) for row in found.rows] == [
        ("Xã Một", Decimal(50), "cong_dvcqg"),
        ("Xã Hai", Decimal(10), "don_vi"),
    ]
    assert {use.source: use.units for use in found.sources} == {"cong_dvcqg": 1, "don_vi": 1}
    assert found.sources[0].extracted_on == (EXTRACTED,)


def test_simulated_figures_are_seen_only_when_they_are_asked_for_and_then_alone() -> None:
    scene = make_scene(2)
    a, b = scene.communes
    scene.record({a: "50"})
    scene.record({a: "1", b: "2"}, source=Source.SIMULATED.value)

    official = table(scene)
    assert [(row.unit, row.value) for row in official.rows] == [("Xã Một", Decimal(50))]
    assert not official.is_simulated
    simulated = table(scene, source="mo_phong")
    assert [(row.unit, row.value) for row in simulated.rows] == [
        ("Xã Hai", Decimal(2)),
        ("Xã Một", Decimal(1)),
    ]
    assert simulated.is_simulated


def test_the_period_before_gives_changes_over_units_ranked_in_both() -> None:
    scene = make_scene(4)
    a, b, c, new = scene.communes
    earlier = make_period("2022-Q4")
    scene.record({a: "90", b: "80", c: "70"}, period=earlier)
    scene.record({a: "60", c: "95", new: "99"})

    found = table(scene)

    assert found.compare_with == earlier
    by_unit = {row.unit_id: row for row in found.rows}
    assert (by_unit[a.pk].change, by_unit[a.pk].rank_change) == (Decimal(-30), -1)
    assert (by_unit[c.pk].change, by_unit[c.pk].rank_change) == (Decimal(25), 1)
    assert (by_unit[new.pk].change, by_unit[new.pk].rank_change) == (None, None)


def test_a_period_before_without_figures_and_no_comparison_asked_leave_changes_out() -> None:
    scene = make_scene(1)
    make_period("2022-Q4")
    scene.record({scene.communes[0]: "60"})

    assert table(scene).compare_with is None
    assert table(scene, compare_with=None).rows[0].rank_change is None


def test_targets_of_the_provinces_plan_judge_each_unit() -> None:
    scene = make_scene(4)
    a, b, c, free = scene.communes
    scene.record({a: (95, 100), b: (89, 100), c: (60, 100), free: (10, 100)})
    plan = scene.assign({a: "95", b: "90", c: "90"}, maintain=(a,))

    found = table(scene)

    judged = {row.unit_id: (row.target, row.gap, row.lacking, row.status) for row in found.rows}
    assert judged == {
        a.pk: (Decimal(95), Decimal(0), 0, "maintain"),
        b.pk: (Decimal(90), Decimal(-1), 1, "near"),
        c.pk: (Decimal(90), Decimal(-30), 30, "far"),
        free.pk: (None, None, None, "none"),
    }
    assert found.plans == (plan,)


def test_a_plans_own_bands_and_strictness_judge_its_league() -> None:
    scene = make_scene(3)
    a, b, c = scene.communes
    scene.record({a: (81, 100), b: (90, 100), c: (45, 100)})
    plan = scene.assign(
        {a: "90", b: "90", c: "90"}, strict=(b,), near_percent=Decimal(90), behind_percent=Decimal(50)
    )

    for found in (table(scene), table(scene, plan=plan)):
        assert [(row.unit, row.status, row.lacking) for row in found.rows] == [
            ("Xã Hai", "near", 1),
            ("Xã Một", "near", 9),
            ("Xã Ba", "behind", 45),
        ]
    assert "Chưa xã, phường, thị trấn nào trong 3 được giao đạt chỉ tiêu" in str(wording.answer(found))


def test_a_search_narrows_the_rows_and_keeps_the_ranks() -> None:
    scene = make_scene(0)
    trà_dơn, trà_don, other = make_units(["Trà Dơn", "Trà Don", "Phú Ninh"], parent=scene.district)
    scene.record({trà_dơn: "20", trà_don: "40", other: "90"})

    assert places(table(scene, search="tra don")) == [("2", "Xã Trà Don"), ("3", "Xã Trà Dơn")]
    assert places(table(scene, search="Trà Dơn")) == [("3", "Xã Trà Dơn")]
    found = table(scene, search="không có ai")
    assert (found.rows, found.ranked, len(found.all_rows)) == ((), 3, 3)


def test_the_provinces_own_level_ranks_provinces() -> None:
    scene = make_scene(1)
    scene.record({scene.province: "50"})

    assert places(table(scene, level="tinh", within=None)) == [("1", "Tỉnh Quảng Ninh")]


@pytest.mark.parametrize("rows", [30, 300])
def test_the_number_of_queries_does_not_grow_with_the_units(rows: int) -> None:
    scene = make_scene(rows)
    earlier = make_period("2022-Q4")
    scene.record({unit: (place, 1000) for place, unit in enumerate(scene.communes)})
    scene.record({unit: (place + 1, 1000) for place, unit in enumerate(scene.communes)}, period=earlier)
    scene.assign(dict.fromkeys(scene.communes, "90"))

    def queries(ask: Callable[[], League]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ask().ranked == rows
        return len(captured)

    assert queries(lambda: table(scene)) <= 10
    assert queries(lambda: table(scene, within=None)) <= 13


def test_two_indicators_never_mix() -> None:
    scene = make_scene(1)
    other = make_indicator("TTTT", short_name="Thanh toán trực tuyến")
    scene.record({scene.communes[0]: "60"})
    scene.record({scene.communes[0]: "5"}, indicator=other)

    assert [
        row.value for row in league(indicator=other, period=scene.period, level="xa", within=None).rows
    ] == [Decimal(5)]


def test_with_several_sources_in_both_periods_each_takes_its_own_first_one() -> None:
    scene = make_scene(2)
    a, b = scene.communes
    earlier = make_period("2022-Q4")
    for source, before, now in [
        (Source.SIMULATED, "99", "98"),
        (Source.UNIT, "10", "20"),
        (Source.PROVINCE, "30", "40"),
    ]:
        scene.record({a: before}, period=earlier, source=source.value)
        scene.record({a: now}, source=source.value)
    scene.record({b: "77"}, source=Source.SIMULATED.value)
    scene.record({b: "55"}, period=earlier, source=Source.NATIONAL.value)

    found = table(scene)

    assert [(row.unit, row.value, row.change, row.source) for row in found.rows] == [
        ("Xã Một", Decimal(40), Decimal(10), "he_thong_tinh")
    ]
    assert [row.reason for row in found.unranked] == ["chưa có số liệu"]
