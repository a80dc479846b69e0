"""The heat map says of each cell what the league table of its indicator says, in few queries."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.models import Source, State
from reports import heat_map_wording as said
from reports import rules
from reports.heat_map_tables import HeatTable
from targets.models import PlanState
from tests.builders import make_units
from tests.indicators.builders import make_indicator, make_period
from tests.reports.heat import assert_as_the_leagues_say, assign_more, make_indicators, row_of, table
from tests.reports.tables import Scene, make_scene
from units.models import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """Four communes; HSTT is assigned to three, SOHOA to none, PAKN asks for ten cases, HAILONG is empty."""
    made = make_scene(4)
    a, b, c, e = made.communes
    sohoa = make_indicator("SOHOA", short_name="Số hóa")
    late = make_indicator("QUAHAN", short_name="Quá hạn", direction="down")
    pakn = make_indicator("PAKN", short_name="Phản ánh", min_cases=10)
    make_indicator("HAILONG", short_name="Hài lòng")
    make_indicator("TINH", short_name="Của tỉnh", levels=["tinh"])
    made.record({a: (95, 100), b: (89, 100), c: (0, 100)})
    made.record({a: (1, 2), b: "70", c: "60", e: "50"}, indicator=sohoa)
    made.record({a: (1, 100), b: (2, 100), c: (3, 100), e: (2, 100)}, indicator=late)
    made.record({a: (3, 4), b: (40, 40), c: State.NOT_ARISING, e: State.NOT_PUBLISHED}, indicator=pakn)
    made.assign({a: "90", b: "90", c: "90"}, maintain=(a,))
    return made


def test_every_cell_says_what_the_league_table_says(scene: Scene) -> None:
    for within in (scene.province, scene.district, None):
        assert_as_the_leagues_say(period=scene.period, level="xa", within=within, expected_columns=4)


def test_a_cell_is_judged_by_the_assigned_target_and_else_stands_beside_the_median(scene: Scene) -> None:
    a, b, c, e = scene.communes
    found = table(scene)

    assert [column.indicator.code for column in found.columns] == ["HSTT", "SOHOA", "QUAHAN", "PAKN"]
    assert [row.cells[0].status for row in found.rows] == [
        "far",
        "none",
        "near",
        "maintain",
    ]  # Ba, Bốn, Hai, Một
    assert [row_of(found, one).cells[1].beside for one in (a, b, c, e)] == [
        "worse",
        "better",
        "better",
        "worse",
    ]
    assert [row_of(found, one).cells[2].beside for one in (a, b, c, e)] == ["better", "even", "worse", "even"]
    assert all(row.cells[0].beside == "" for row in found.rows)
    assert (row_of(found, a).reached, row_of(found, a).judged) == (1, 1)
    assert (row_of(found, e).reached, row_of(found, e).judged) == (0, 0)


def test_of_two_figures_a_median_says_nothing(scene: Scene) -> None:
    third = make_indicator("IT", short_name="Ít đơn vị")
    a, b, *_ = scene.communes
    scene.record({a: "10", b: "20"}, indicator=third)

    assert [row.cells[-1].beside for row in table(scene).rows] == ["", "", "", ""]


def test_no_number_is_a_reason_and_a_true_zero_is_a_number(scene: Scene) -> None:
    a, _, c, e = scene.communes
    found = table(scene)

    assert (row_of(found, c).cells[0].value, row_of(found, c).cells[0].state) == (0, "có số liệu")
    assert row_of(found, e).cells[0].state == "chưa có số liệu"
    assert row_of(found, c).cells[3].state == "không phát sinh"
    assert row_of(found, e).cells[3].state == "chưa trích xuất được"
    few = row_of(found, a).cells[3]
    assert (few.value, few.state, few.status, few.beside) == (75, "ít hồ sơ", "none", "")
    assert found.columns[3].numbered == 2


def test_an_indicator_of_which_no_unit_has_anything_has_no_column_and_is_named(scene: Scene) -> None:
    found = table(scene)

    assert [one.code for one in found.left_out] == ["HAILONG"]  # TINH does not apply to communes
    assert said.left_out_text(found).endswith("có số liệu: Hài lòng.")


def test_rows_stand_by_the_unit_above_then_by_name() -> None:
    scene = make_scene(2)
    [other] = make_units(["An Dương"], kind=Kind.HUYEN, parent=scene.province)
    make_units(["Đông", "Dương"], parent=other)
    scene.record({scene.communes[0]: "1"})

    assert [row.unit for row in table(scene).rows] == ["Xã Dương", "Xã Đông", "Xã Hai", "Xã Một"]


def test_rates_are_added_from_counts_and_never_averaged(scene: Scene) -> None:
    hstt, sohoa, *_ = table(scene).columns

    assert (hstt.total.numerator, hstt.total.denominator) == (184, 300)  # type: ignore[union-attr]
    assert said.total_text(hstt) == "61,33"
    assert said.total_text(sohoa) == "không quy đổi được"


def test_simulated_figures_never_come_in(scene: Scene) -> None:
    before = table(scene)
    scene.record({scene.communes[3]: (99, 100)}, source=Source.SIMULATED.value)

    assert table(scene) == before
    other = make_period("2022-Q4")
    scene.record({scene.communes[3]: (99, 100)}, source=Source.SIMULATED.value, period=other)
    assert table(scene, period=other).columns == ()


def test_a_unit_without_figures_changes_no_other_cell(scene: Scene) -> None:
    before = {row.unit_id: row for row in table(scene).rows}
    make_units(["Mới Lập"], parent=scene.district)

    after = {row.unit_id: row for row in table(scene).rows}

    assert {unit: after[unit] for unit in before} == before
    [new] = [row for unit, row in after.items() if unit not in before]
    assert {cell.state for cell in new.cells} == {"chưa có số liệu"}


def test_a_search_narrows_the_rows_and_nothing_else(scene: Scene) -> None:
    whole, found = table(scene), table(scene, search="xa ba")

    assert [row.unit for row in found.rows] == ["Xã Ba"]
    assert (found.columns, found.units, found.spread) == (whole.columns, whole.units, whole.spread)
    assert said.answer(found) == said.answer(whole)


def queries(scene: Scene) -> int:
    with CaptureQueriesContext(connection) as captured:
        table(scene)
    return len(captured)


def test_the_queries_depend_neither_on_units_nor_on_indicators(scene: Scene) -> None:
    few = queries(scene)
    more = make_units([f"Thêm {number}" for number in range(40)], parent=scene.district)
    plan = scene.assign({}, code="nua", is_issued=False)
    for indicator in make_indicators(6):
        scene.record(dict.fromkeys(more, (1, 2)), indicator=indicator)
        assign_more(plan, indicator, dict.fromkeys(more, "90"))
    plan.state = PlanState.ISSUED
    plan.save()

    assert len(table(scene).columns) == 10
    assert queries(scene) == few


def test_each_indicator_is_judged_by_the_latest_plan_that_assigns_it(scene: Scene) -> None:
    a, b, *_ = scene.communes
    sohoa = table(scene).columns[1].indicator
    later = scene.assign({}, code="sau", is_issued=False)
    assign_more(later, sohoa, {a: "60", b: "60"})
    assert row_of(table(scene), b).cells[1].status == "none"  # a draft judges nothing

    later.state = PlanState.ISSUED
    later.save()

    found = assert_as_the_leagues_say(period=scene.period, level="xa", within=scene.province)
    assert [plan.code for plan in found.plans] == ["ke-hoach", "sau"]
    assert row_of(found, b).cells[1].status == "met"
    assert (row_of(found, b).reached, row_of(found, b).judged) == (1, 2)


# --- any scene ------------------------------------------------------------------------------------


@pytest.fixture
def bare() -> Scene:
    made = make_scene(3)
    make_indicator("SOHOA", short_name="Số hóa", min_cases=5)
    make_indicator("QUAHAN", short_name="Quá hạn", direction="down")
    return made


FIGURES = st.one_of(
    st.none(),
    st.sampled_from([State.NOT_ARISING, State.OUT_OF_SCOPE, State.NOT_PUBLISHED, State.NOT_SUBMITTED]),
    st.integers(1, 12).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))),
    st.sampled_from(["0", "33.3333333333", "50", "90", "100"]),
)
SOURCES = st.sampled_from([Source.NATIONAL.value, Source.DOCUMENT.value, Source.SIMULATED.value])
TARGETS = st.one_of(st.none(), st.sampled_from(["10", "50", "90"]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    figures=st.lists(st.tuples(SOURCES, st.lists(FIGURES, min_size=9, max_size=9)), min_size=1, max_size=2),
    targets=st.lists(TARGETS, min_size=9, max_size=9),
    strict=st.booleans(),
)
def test_whatever_the_figures_and_targets_the_leagues_say_the_same(
    bare: Scene, figures: list[tuple[str, list[Any]]], targets: list[str | None], strict: bool
) -> None:
    from indicators.selectors import current_indicators

    with rolled_back():
        ones = current_indicators(level="xa")
        for source, cells in dict(figures).items():
            for place, indicator in enumerate(ones):
                told = dict(zip(bare.communes, cells[place * 3 : place * 3 + 3], strict=True))
                bare.record(
                    {unit: value for unit, value in told.items() if value is not None},
                    indicator=indicator,
                    source=source,
                )
        given_hstt = {u: t for u, t in zip(bare.communes, targets[:3], strict=True) if t is not None}
        plan = bare.assign(given_hstt, strict=tuple(bare.communes) if strict else (), is_issued=False)
        for place in (1, 2):
            more = zip(bare.communes, targets[place * 3 : place * 3 + 3], strict=True)
            assign_more(plan, ones[place], {unit: target for unit, target in more if target is not None})
        plan.state = PlanState.ISSUED
        plan.save()

        found = assert_as_the_leagues_say(period=bare.period, level="xa", within=bare.province)

        assert found.spread.judged == sum(row.judged for row in found.rows)
        assert found.spread.short == sum(row.judged - row.reached for row in found.rows)
        assert str(said.answer(found))


class rolled_back:
    """A block whose writes are taken back: examples share one scene."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *failure: Any) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(*failure)


# --- the answer -----------------------------------------------------------------------------------


def misses(**cells: str) -> rules.Spread:
    """Where misses lie of units given as strings: "x" is short, "." reaches, " " is not judged."""
    return rules.spread(
        {
            (unit, indicator): mark == "x"
            for unit, marks in enumerate(cells.values())
            for indicator, mark in enumerate(marks)
            if mark != " "
        }
    )


def keys(ones: tuple[rules.Misses, ...]) -> list[int]:
    return [one.key for one in ones]


def test_an_indicator_that_most_units_miss_is_at_fault_and_blames_none_of_them() -> None:
    found = misses(a="x...", b="x...", c="x..x", e="....")

    assert (keys(found.indicators), keys(found.units)) == ([0], [])
    assert (found.in_indicators, found.in_units, found.short) == (3, 0, 4)


def test_a_unit_that_misses_most_of_the_other_indicators_is_at_fault() -> None:
    found = misses(a="xxx.", b="....", c="....", e="...x")

    assert (keys(found.indicators), keys(found.units)) == ([], [0])
    assert (found.in_units, found.short) == (3, 4)


def test_one_miss_of_one_indicator_is_no_fault_of_a_unit_and_half_is_not_most() -> None:
    assert keys(misses(a="x   ", b=".   ", c=".   ").units) == []
    assert keys(misses(a="xx..", b="....", c="....").units) == []
    assert keys(misses(a="x.", b="..").indicators) == []


def many(scene: Scene, rates: dict[str, list[int]]) -> Iterator[Any]:
    """Record whole rates by indicator for the scene's communes and assign 90 % to all."""
    plan = scene.assign({}, is_issued=False)
    for position, (name, values) in enumerate(rates.items(), start=1):
        indicator = make_indicator(f"N{position}", short_name=name)
        figures = {u: str(v) for u, v in zip(scene.communes, values, strict=False)}
        scene.record(figures, indicator=indicator)
        assign_more(plan, indicator, dict.fromkeys(figures, "90"))
    plan.state = PlanState.ISSUED
    plan.save()
    yield table(scene)


@pytest.mark.parametrize(
    ("rates", "verdict", "detail"),
    [
        (
            {"Thanh toán": [95, 10, 20, 30], "Số hóa": [99, 99, 99, 10], "Hài lòng": [99, 99, 99, 99]},
            "Vấn đề chủ yếu ở chỉ tiêu Thanh toán: 1 trong 4 xã, phường, thị trấn đạt.",
            "3 trong 4 kết quả chưa đạt nằm ở đó.",
        ),
        (
            {"Thanh toán": [10, 95, 95, 95], "Số hóa": [10, 95, 95, 95], "Hài lòng": [99, 99, 99, 10]},
            "Vấn đề chủ yếu ở đơn vị: Xã Một chưa đạt 2 trong 3 chỉ tiêu.",
            "2 trong 3 kết quả chưa đạt là của đơn vị ấy.",
        ),
        (
            {"Thanh toán": [10, 10, 10], "Số hóa": [10, 10, 10]},
            "Vấn đề ở cả hai phía: cả 2 chỉ tiêu đều có quá nửa số đơn vị chưa đạt.",
            (
                "Nặng nhất là Thanh toán: không xã, phường, thị trấn nào trong 3 đạt; "
                "Số hóa: không xã, phường, thị trấn nào trong 3 đạt."
            ),
        ),
        (
            {
                "Thanh toán": [10, 10, 10, 95],
                **{name: [95, 95, 95, 10] for name in ("Số hóa", "Hài lòng", "Đồng bộ")},
                "Phản ánh": [10, 95, 95, 95],
                "Đúng hạn": [95, 95, 95, 95],
            },
            (
                "Vấn đề ở cả hai phía: chỉ tiêu Thanh toán: 1 trong 4 xã, phường, thị trấn đạt; "
                "đơn vị Xã Bốn chưa đạt 3 trong 5 chỉ tiêu."
            ),
            "Trong 7 kết quả chưa đạt, 3 ở các chỉ tiêu ấy và 3 ở các đơn vị ấy.",
        ),
        (
            {
                **{f"Hỏng {number}": [10, 10, 10, 95] for number in range(1, 6)},
                "Tốt": [95, 95, 95, 95],
            },
            (
                "Vấn đề chủ yếu ở chỉ tiêu "
                + "; ".join(f"Hỏng {number}: 1 trong 4 xã, phường, thị trấn đạt" for number in (1, 2, 3))
                + "; và 2 chỉ tiêu khác."
            ),
            "15 trong 15 kết quả chưa đạt nằm ở đó.",
        ),
        (
            {"Thanh toán": [10, 95, 95, 95], "Số hóa": [95, 10, 95, 95]},
            "Vấn đề rải rác: 2 trong 8 kết quả chưa đạt, không dồn vào đơn vị hay chỉ tiêu nào.",
            "",
        ),
        (
            {"Thanh toán": [95, 95], "Số hóa": [95, 95]},
            "Không có vấn đề ở đơn vị hay chỉ tiêu nào.",
            "Cả 4 kết quả được đánh giá đều đạt chỉ tiêu giao.",
        ),
        (
            {"Thanh toán": [10, 95, 95]},
            "Mới có một chỉ tiêu được đánh giá, Thanh toán: 2 trong 3 xã, phường, thị trấn đạt.",
            "Chưa đủ để nói vấn đề ở đơn vị hay ở chỉ tiêu.",
        ),
        (
            {"Thanh toán": [10], "Số hóa": [95]},
            "Mới có Xã Một được đánh giá: chưa đạt 1 trong 2 chỉ tiêu.",
            "Chưa đủ để nói vấn đề ở đơn vị hay ở chỉ tiêu.",
        ),
    ],
)
def test_the_answer_names_the_side_on_which_most_misses_lie(
    rates: dict[str, list[int]], verdict: str, detail: str
) -> None:
    [found] = many(make_scene(4), rates)

    told = said.answer(found)
    assert (told.verdict, told.detail) == (verdict, detail)


def test_without_a_target_the_answer_says_so_and_what_is_compared_instead() -> None:
    scene = make_scene(3)
    scene.record(dict(zip(scene.communes, ["10", "20", "30"], strict=True)))

    told = said.answer(table(scene))
    assert told.verdict == "Chưa đơn vị nào được giao chỉ tiêu để đánh giá kỳ này."
    assert "trung vị" in told.detail
    assert said.answer(table(scene, level="so")).verdict.startswith("Không có đơn vị sở, ban, ngành nào")
    empty = table(scene, period=make_period("2022-Q4"))
    assert said.answer(empty).verdict == "Chưa có số liệu nào của 3 đơn vị trong kỳ này."


def test_the_legend_tells_what_occurs_and_nothing_else(scene: Scene) -> None:
    assert [mark for mark, _ in said.legend(table(scene))] == [
        *("▲", "≈", "▼▼", "↑", "=", "↓", "số không kèm dấu", "[kps]", "[ccb]", "[csl]", "[ith]")
    ]
    assert dict(said.legend(table(scene)))["▲"].startswith("Đạt, hoặc duy trì")


def test_a_figure_is_beside_the_middle_by_the_direction_of_its_indicator() -> None:
    assert rules.beside(Decimal(2), Decimal(1), higher_is_better=True) == "better"
    assert rules.beside(Decimal(2), Decimal(1), higher_is_better=False) == "worse"
    assert rules.beside(Decimal(1), Decimal("1.0"), higher_is_better=False) == "even"


def test_targets_without_a_figure_to_judge_are_not_said_to_be_missing() -> None:
    scene = make_scene(4, min_cases=10)
    a, b, c, _ = scene.communes
    few = make_indicator("PAKN", short_name="Phản ánh", min_cases=10)
    scene.record({a: (1, 2), b: State.NOT_SUBMITTED})
    scene.record({a: (1, 2)}, indicator=few)
    scene.assign({a: "90", b: "90"})
    found = table(scene)

    sentence = said.answer(found)
    assert sentence.verdict == "Chưa đánh giá được đơn vị nào."
    assert sentence.detail == "Có 2 ô được giao chỉ tiêu mà chưa có số để đánh giá."
    lines = {line.unit: line.reached for line in HeatTable(found).lines()}
    assert (lines["Xã Một"], lines["Xã Ba"]) == ("chưa có số", "chưa giao")
    [reach] = [one for one in HeatTable(found).summaries() if one.name == "Đạt chỉ tiêu"]
    assert "chưa có số" in reach.cells

    # One that reaches its target among many that say nothing is no reason to call all well.
    scene.record({c: (95, 100)})
    scene.assign({a: "90", b: "90", c: "90"}, code="ke-hoach-hai", year=2023)
    sentence = said.answer(table(scene))
    assert sentence.verdict == "Cả 1 kết quả được đánh giá đều đạt chỉ tiêu giao."
    assert sentence.detail == "Còn 2 ô được giao chỉ tiêu mà chưa có số để đánh giá."
