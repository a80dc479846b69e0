"""Progress of a plan: what judges, what does not and why, sums, periods, and what it costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.models import Indicator, Measurement, Source, State
from targets import selectors
from targets.models import Assignment, Plan, PlanIndicator
from targets.progress_wording import answer, source_parts, total_text
from targets.selectors import Progress, ProgressRow
from tests.builders import make_units
from tests.indicators.builders import make_indicator, make_period
from tests.reports.tables import Scene, make_scene
from units.models import Unit

pytestmark = pytest.mark.django_db


def found_in(scene: Scene, plan: Plan, **more: Any) -> Progress:
    return selectors.progress(plan=plan, **({"period": scene.period} | more))


def row_of(found: Progress, unit: Unit) -> ProgressRow:
    [row] = [row for row in found.rows if row.name.unit_id == unit.pk]
    return row


def test_each_unit_is_judged_by_the_plans_bands_with_its_gap_and_its_missing_dossiers() -> None:
    scene = make_scene(4)
    a, b, c, e = scene.communes
    scene.record({a: (90, 100), b: (81, 100), c: (45, 100), e: (44, 100)})
    plan = scene.assign(
        dict.fromkeys(scene.communes, "90"), near_percent=Decimal(90), behind_percent=Decimal(50)
    )
    found = found_in(scene, plan)

    assert [(row.name.full_name, row.status, row.gap, row.missing) for row in found.rows] == [
        ("Xã Ba", "behind", -45, 45),
        ("Xã Bốn", "far", -46, 46),
        ("Xã Hai", "near", -9, 9),
        ("Xã Một", "met", 0, 0),
    ]
    assert [row.name.full_name for row in selectors.units_to_help(found.rows)] == [
        "Xã Bốn",
        "Xã Ba",
        "Xã Hai",
    ]
    assert str(answer(found)) == (
        "1 trong 4 đơn vị đã đạt. 1 gần đạt, 1 chưa đạt, 1 còn xa; cần thêm 100 hồ sơ để tất cả cùng đạt."
    )


def test_which_of_assigned_and_stretch_is_scored_is_the_plans_choice() -> None:
    scene = make_scene(2)
    a, b = scene.communes
    scene.record({a: (52, 100), b: (52, 100)})
    plan = scene.assign({a: "50", b: "50"}, is_issued=False)
    Assignment.objects.filter(unit=b).update(stretch=55, scored=55)
    found = found_in(scene, plan)

    assert (row_of(found, a).status, row_of(found, a).goal) == ("met", "50")
    assert (row_of(found, b).status, row_of(found, b).goal) == ("behind", "55")
    assert row_of(found, b).missing == 3


def test_a_target_that_must_be_exceeded_is_not_reached_by_its_equal() -> None:
    scene = make_scene(1)
    scene.record({scene.communes[0]: (80, 100)})
    plan = scene.assign({scene.communes[0]: "80"}, strict=(scene.communes[0],))
    [row] = found_in(scene, plan).rows

    assert (row.status, row.goal, row.lacking, row.missing) == ("near", "trên 80", 0, 1)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.NOT_ARISING, "không phát sinh"),
        (State.OUT_OF_SCOPE, "không thuộc phạm vi"),
        (State.NOT_SUBMITTED, "chưa nộp"),
        (State.NOT_PUBLISHED, "chưa trích xuất được"),
    ],
)
def test_a_unit_without_a_number_is_not_judged_and_the_reason_is_its_state(state: State, reason: str) -> None:
    scene = make_scene(2)
    a, b = scene.communes
    scene.record({a: (95, 100), b: state})
    found = found_in(scene, scene.assign({a: "90", b: "90"}))

    assert (row_of(found, b).status, row_of(found, b).reason) == ("none", reason)
    assert (row_of(found, b).gap, row_of(found, b).missing) == (None, None)
    assert str(answer(found)) == "Cả 1 đơn vị có số liệu đã đạt. 1 đơn vị chưa xét được."


def test_a_unit_that_no_source_mentions_and_one_with_too_few_dossiers_are_not_judged() -> None:
    scene = make_scene(2, min_cases=10)
    a, b = scene.communes
    scene.record({a: (3, 4)})
    found = found_in(scene, scene.assign({a: "90", b: "90"}))

    assert row_of(found, a).reason == "ít hồ sơ (3/4)"
    assert row_of(found, a).value == 75
    assert row_of(found, b).reason == "chưa có số liệu"
    assert str(answer(found)) == ("Chưa xét được đơn vị nào trong 2. 1 chưa có số liệu; 1 ít hồ sơ (3/4).")


def test_a_missing_unit_changes_no_other_row() -> None:
    scene = make_scene(5)
    scene.record({unit: (70 + 6 * place, 100) for place, unit in enumerate(scene.communes)})
    plan = scene.assign(dict.fromkeys(scene.communes, "90"))
    before = {row.name.unit_id: row for row in found_in(scene, plan).rows}
    for gone in scene.communes:
        Measurement.objects.filter(unit=gone).delete()
        after = {row.name.unit_id: row for row in found_in(scene, plan).rows}
        left = [unit.pk for unit in scene.communes if Measurement.objects.filter(unit=unit).exists()]
        assert [after[pk] for pk in left] == [before[pk] for pk in left]
        assert after[gone.pk].reason == "chưa có số liệu"


def test_the_whole_plan_adds_counts_and_never_averages_rates() -> None:
    scene = make_scene(3)
    a, b, c = scene.communes
    scene.record({a: (1, 10), b: (900, 1000), c: State.NOT_ARISING})
    plan = scene.assign({a: "50", b: "50", c: "50"}, is_issued=False)
    PlanIndicator.objects.create(plan=plan, indicator=scene.indicator, central=Decimal(90))
    [one] = found_in(scene, plan).of_indicators

    assert one.total is not None
    assert (one.total.numerator, one.total.denominator) == (901, 1010)
    assert total_text(one) == "89,21\N{NO-BREAK SPACE}% (901/1.010)"
    assert (one.units, one.judged, one.reached, one.missing) == (3, 2, 1, 4)
    assert (one.aim, one.status) == (90, "near")


def test_rates_alone_are_judged_but_neither_added_up_nor_counted_in_dossiers() -> None:
    scene = make_scene(3)
    a, b, c = scene.communes
    scene.record({a: "80", b: "95", c: (50, 100)})
    found = found_in(scene, scene.assign(dict.fromkeys(scene.communes, "90")))
    [one] = found.of_indicators

    assert one.total is None
    assert total_text(one) == "không quy đổi được (nguồn chỉ có tỷ lệ)"
    assert (one.missing, one.uncounted) == (40, 1)
    assert (row_of(found, a).missing, row_of(found, a).why_uncounted) == (None, "nguồn chỉ có tỷ lệ")
    assert [row.name.full_name for row in selectors.units_to_help(found.rows)] == ["Xã Ba", "Xã Một"]
    assert "cần thêm 40 hồ sơ để tất cả cùng đạt (chưa kể 1 nơi không tính được)" in str(answer(found))


def test_where_lower_is_better_a_unit_is_short_by_no_dossiers() -> None:
    scene = make_scene(
        2, code="CHO", is_rate=False, direction="down", denominator="", unit_of_measure="phút",
        zero_denominator="none",
    )  # fmt: skip
    a, b = scene.communes
    scene.record({a: "15", b: "40"})
    found = found_in(scene, scene.assign({a: "15", b: "15"}))

    assert row_of(found, a).status == "met"
    short = row_of(found, b)
    assert (short.status, short.gap, short.lacking, short.missing) == ("far", -25, 25, None)
    assert short.why_uncounted == "chỉ tiêu thấp là tốt"
    assert short.scale == 40


# --- Periods ------------------------------------------------------------------------------------------------


def test_periods_are_those_of_the_plans_year_with_figures_of_its_units_and_the_baseline() -> None:
    scene = make_scene(3, period="2022")
    a, b, c = scene.communes
    scene.record({a: (1, 2)})
    plan = scene.assign({a: "90", b: "90"})
    for code, unit in [("2023-Q1", a), ("2023-Q2", c), ("2022-Q4", a), ("2023-Q1-bc", b)]:
        scene.record({unit: (1, 2)}, period=make_period(code))
    make_period("2023-Q3")
    offered = selectors.progress_periods(plan, selectors.assigned_indicators(plan))

    assert [(one.period.code, one.units, one.is_baseline) for one in offered] == [
        ("2023-Q1", 1, False),
        ("2023-Q1-bc", 1, False),
        ("2022", 0, True),
    ]


def test_the_page_opens_on_the_latest_period_that_says_something() -> None:
    scene = make_scene(4)
    scene.record(dict.fromkeys(scene.communes, (1, 2)))
    plan = scene.assign(dict.fromkeys(scene.communes, "90"))
    scene.record({scene.communes[0]: (1, 2)}, period=make_period("2023-Q2"))
    offered = selectors.progress_periods(plan, [scene.indicator])
    assert selectors.telling_period(offered).code == "2023-Q1"
    scene.record({scene.communes[1]: (1, 2)}, period=make_period("2023-Q2"))
    offered = selectors.progress_periods(plan, [scene.indicator])
    assert selectors.telling_period(offered).code == "2023-Q2"


def test_quarters_up_to_the_chosen_one_are_added_up_and_one_that_is_lacking_is_said() -> None:
    scene = make_scene(3)
    a, b, c = scene.communes
    second = make_period("2023-Q2")
    scene.record({a: (10, 100), b: (50, 100), c: "40"})
    scene.record({a: (290, 300), c: (90, 100)}, period=second)
    scene.record({a: (1, 1000)}, period=make_period("2023-Q3"))
    plan = scene.assign({a: "75", b: "50", c: "50"})
    alone = found_in(scene, plan, period=second)
    added = found_in(scene, plan, period=second, cumulative=True)

    assert (row_of(alone, a).counts, row_of(alone, b).reason) == ("290/300", "chưa có số liệu")
    assert (row_of(added, a).counts, row_of(added, a).status) == ("300/400", "met")
    assert (row_of(added, b).status, row_of(added, b).note) == (
        "met",
        "cộng 1 trong 2 quý, thiếu Quý II/2023",
    )
    assert row_of(added, c).reason == "không cộng được: Quý I/2023 chỉ có tỷ lệ"
    assert source_parts(added)[0] == "luỹ kế đến hết Quý II/2023"


def test_a_year_to_date_figure_is_not_added_to_anything() -> None:
    scene = make_scene(1, period="2023-den-08-23")
    scene.record({scene.communes[0]: (50, 100)})
    found = found_in(scene, scene.assign({scene.communes[0]: "90"}), cumulative=True)

    assert (found.is_cumulative, found.is_baseline) == (False, True)
    assert found.rows[0].counts == "50/100"


# --- Sources ------------------------------------------------------------------------------------------------


def test_simulated_figures_judge_only_a_plan_that_was_made_on_them_and_are_labelled() -> None:
    scene = make_scene(2)
    a, b = scene.communes
    simulated = Source.SIMULATED.value
    scene.record({a: (80, 100), b: (95, 100)}, source=simulated)
    second = make_period("2023-Q2")
    scene.record({a: (90, 100)}, source=simulated, period=second)
    real = scene.assign({a: "90", b: "90"}, code="that")
    made_up = scene.assign({a: "90", b: "90"}, code="mo-phong", baseline_source=simulated)

    assert {row.reason for row in found_in(scene, real).rows} == {"chưa có số liệu"}
    assert [one.period.code for one in selectors.progress_periods(real, [scene.indicator])] == ["2023-Q1"]
    found = found_in(scene, made_up)
    assert [row.status for row in found.rows] == ["met", "behind"]
    assert found.is_simulated
    assert "số liệu mô phỏng (2)" in source_parts(found)
    offered = selectors.progress_periods(made_up, [scene.indicator])
    assert [one.period.code for one in offered] == ["2023-Q2", "2023-Q1"]


def test_official_and_simulated_figures_are_never_mixed() -> None:
    scene = make_scene(2)
    a, b = scene.communes
    second = make_period("2023-Q2")
    scene.record({a: (80, 100), b: (95, 100)}, source=Source.SIMULATED.value, period=second)
    scene.record({a: (91, 100)}, period=second)
    plan = scene.assign({a: "90", b: "90"}, baseline_source=Source.SIMULATED.value)
    found = found_in(scene, plan, period=second)

    assert not found.is_simulated
    assert (row_of(found, a).counts, row_of(found, b).reason) == ("91/100", "chưa có số liệu")


# --- Several indicators, and what it costs ------------------------------------------------------------------


def assign_too(plan: Plan, indicator: Indicator, units: list[Unit], target: str) -> None:
    first = plan.assignments.first()
    assert first is not None
    rule = first.rule
    rule.pk, rule.indicator, rule.position = None, indicator, 2
    rule._state.adding = True
    rule.save()
    Assignment.objects.bulk_create(
        Assignment(
            plan=plan, unit=unit, indicator=indicator, rule=rule, assigned=Decimal(target),
            scored=Decimal(target), wording=f"{target}%",
        )
        for unit in units
    )  # fmt: skip


def test_each_indicator_of_the_plan_is_summed_for_itself() -> None:
    scene = make_scene(2)
    a, b = scene.communes
    payment = make_indicator(
        "TTTT", short_name="Thanh toán trực tuyến", numerator="Giao dịch thanh toán trực tuyến"
    )
    scene.record({a: (80, 100), b: (95, 100)})
    scene.record({a: (1, 10)}, indicator=payment)
    plan = scene.assign({a: "90", b: "90"}, is_issued=False)
    assign_too(plan, payment, [a, b], "50")
    found = found_in(scene, plan)

    assert [one.indicator.code for one in found.of_indicators] == ["HSTT", "TTTT"]
    assert [(one.reached, one.judged, one.missing) for one in found.of_indicators] == [(1, 2, 10), (0, 1, 4)]
    assert str(answer(found)) == (
        "1 trong 3 chỉ tiêu đã giao có số liệu đã đạt. 1 chưa đạt, 1 còn xa; "
        "cần thêm 10 hồ sơ và 4 giao dịch để tất cả cùng đạt. 1 chỉ tiêu đã giao chưa xét được."
    )
    assert [row.indicator.code for row in found_in(scene, plan, indicator=payment).rows] == ["TTTT", "TTTT"]


def test_from_the_period_of_a_new_definition_the_old_targets_are_said_to_be_beyond_comparison() -> None:
    scene = make_scene(1)
    [unit] = scene.communes
    plan = scene.assign({unit: "90"})
    later = make_indicator(version=2, valid_from=date(2023, 4, 1))
    scene.record({unit: (95, 100)}, indicator=later, period=make_period("2023-Q2"))

    assert row_of(found_in(scene, plan, period=make_period("2023-Q2")), unit).reason == (
        "cách tính đã đổi (phiên bản 2), không so với mức giao theo phiên bản 1"
    )
    assert row_of(found_in(scene, plan), unit).reason == "chưa có số liệu"


def test_the_queries_do_not_grow_with_the_units() -> None:
    scene = make_scene(2)
    plan = scene.assign(dict.fromkeys(scene.communes, "90"), is_issued=False)
    scene.record(dict.fromkeys(scene.communes, (1, 2)))

    def queries(*, cumulative: bool) -> int:
        with CaptureQueriesContext(connection) as captured:
            found_in(scene, plan, cumulative=cumulative)
        return len(captured)

    few = [queries(cumulative=False), queries(cumulative=True)]
    units = make_units([f"Số {number}" for number in range(60)], parent=scene.district)
    scene.record(dict.fromkeys(units[:50], (1, 2)))
    first = plan.assignments.first()
    assert first is not None
    Assignment.objects.bulk_create(
        Assignment(
            plan=plan, unit=unit, indicator=scene.indicator, rule_id=first.rule_id, assigned=Decimal(90),
            scored=Decimal(90), wording="90%",
        )
        for unit in units
    )  # fmt: skip
    assert [queries(cumulative=False), queries(cumulative=True)] == few
    assert few == [5, 6]
