"""A plan seen before it is signed: what it comes to, what is linted, what another parameter would move."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from indicators.models import State
from targets import selectors, services
from targets.models import Plan, PlanIndicator, Rule
from targets.rules import Measure
from targets.rules.reach import Share, reach
from tests.builders import make_person, make_units
from tests.indicators.builders import AT, make_indicator
from tests.reports.tables import Scene, make_scene
from tests.targets.builders import plan_json, rule_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = make_scene(4)
    a, b, c, d = made.communes
    made.record({a: (430, 1000), b: (96, 100), c: (70, 100), d: State.NOT_ARISING})
    return made


def formal(central: int = 80, **changes: Any) -> dict[str, Any]:
    return rule_json(kind="formal", parameters={"central": central, "no_baseline": "none"}, **changes)


def load(*rules: dict[str, Any], **changes: Any) -> Plan:
    plan = services.load_plan(definition=plan_json(*rules, **changes))
    services.assign_targets(plan=plan)
    return selectors.plan_by_code(plan.code)


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(one.weight, one.text) for one in selectors.findings(plan=plan)]


def view(plan: Plan) -> selectors.IndicatorView:
    names = selectors.names_of(plan)
    [found] = selectors.indicator_views(
        plan=plan,
        lines=selectors.assignment_lines(plan=plan, names=names),
        waiting=selectors.uncovered(plan=plan, names=names),
    )
    return found


def test_the_whole_is_weighed_by_cases_and_the_gap_is_in_dossiers(scene: Scene) -> None:
    goal = [{"indicator": "HSTT", "central": 80, "source": "NQ 01", "goal": 85}]
    found = view(load(formal(), indicators=goal)).reach
    # 1000 × 80 % + 100 × 100 % + 100 × 80 % = 980 of 1200; 85 % of 1200 are 1020.
    assert found.denominator == 1200
    assert found.now == Decimal("49.6666666667")
    assert found.expected == Decimal("81.6666666667")
    assert (found.goal, found.missing, found.is_reached) == (85, 40, False)


def test_units_without_counts_are_counted_apart_and_one_without_target_stays_where_it_is(
    scene: Scene,
) -> None:
    b = scene.communes[1]
    scene.record({b: "50"})
    plan = load(
        formal(),
        rule_json(label="Trừ", scope={"units": [full_name(scene, 2)]}, kind="cascade", parameters={}),
    )
    found = view(plan).reach
    # b has a rate alone; c gets nothing from above and stays at 70 of 100; d has no cases to weigh.
    assert (found.units, found.without_counts) == (2, 1)
    assert found.expected == Decimal("79.0909090909")


def full_name(scene: Scene, place: int) -> str:
    return str(scene.communes[place].versions.get().full_name)


def test_the_spread_of_targets_stands_in_ten_bins(scene: Scene) -> None:
    assert [one.units for one in view(load(formal())).bins] == [0, 0, 0, 0, 0, 0, 0, 0, 2, 1]


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(1, 500), st.integers(0, 100)), min_size=1, max_size=8
    ),
    st.integers(0, 100),
    st.randoms(),
)
def test_the_reach_is_the_sum_by_hand_in_any_order_and_a_unit_without_counts_moves_nothing(
    rows: list[tuple[int, int, int]], goal: int, random: Any
) -> None:
    shares = [Share(min(n, d), d, Decimal(target)) for n, d, target in rows]
    found = reach(shares, goal=Decimal(goal), measure=Measure())
    cases = sum(d for _, d, _ in rows)
    wanted = sum((max(Decimal(target) * d, Decimal(min(n, d)) * 100) for n, d, target in rows), Decimal(0))
    assert found.expected is not None
    assert abs(found.expected - wanted / cases) < Decimal("1e-9")
    random.shuffle(shares)
    others = [*shares, Share(None, None, Decimal(90))]
    again = reach(others, goal=Decimal(goal), measure=Measure())
    assert (again.expected, again.missing) == (found.expected, found.missing)
    assert again.without_counts == 1
    assert found.missing is not None
    reached = wanted / 100 + found.missing
    assert reached >= Decimal(goal) * cases / 100
    assert found.missing == 0 or reached - 1 < Decimal(goal) * cases / 100


def test_the_linter_tells_cliffs_and_who_is_pushed_past_the_goal(scene: Scene) -> None:
    plan = load(formal(), indicators=[{"indicator": "HSTT", "central": 80, "source": "NQ 01"}])
    assert told(plan) == [
        ("warn", "Hồ sơ trực tuyến: 1 đơn vị chưa được giao, cần quyết định."),
        (
            "info",
            "Hồ sơ trực tuyến: Quy tắc có bước nhảy ở 80 %: kết quả 79 → 80, nhưng 80 → 88. (Mọi xã)",
        ),
        (
            "info",
            (
                "Hồ sơ trực tuyến: 1 đơn vị đã vượt đích 80 % mà vẫn bị giao tăng; kết quả năm nay thành mức "
                "sàn của năm sau."
            ),
        ),
    ]


def test_the_linter_tells_targets_below_last_years_result_and_below_the_central_one(scene: Scene) -> None:
    fixed = rule_json(kind="fixed", parameters={"value": 60})
    plan = load(fixed, indicators=[{"indicator": "HSTT", "central": 80, "source": "NQ 01"}])
    assert told(plan)[:2] == [
        ("warn", "Hồ sơ trực tuyến: 2 đơn vị được giao kém kết quả đã đạt ở kỳ gốc."),
        ("warn", "Hồ sơ trực tuyến: 4 đơn vị được giao kém chỉ tiêu Trung ương 80 %."),
    ]


def test_the_linter_tells_units_without_a_rule_idle_rules_and_another_central_target(scene: Scene) -> None:
    plan = load(
        rule_json(label="Một xã", scope={"levels": ["xa"], "area_classes": ["nong_thon"]}, kind="formal",
                  parameters={"central": 75}),
        indicators=[{"indicator": "HSTT", "central": 80, "source": "NQ 01"}],
    )  # fmt: skip
    assert told(plan)[:3] == [
        ("warn", "Hồ sơ trực tuyến: 4 đơn vị không quy tắc nào áp dụng."),
        (
            "warn",
            "Quy tắc “Một xã” dùng chỉ tiêu Trung ương 75 %, kế hoạch ghi 80 % cho Hồ sơ trực tuyến.",
        ),
        ("warn", "Quy tắc “Một xã” (Hồ sơ trực tuyến) không áp dụng cho đơn vị nào."),
    ]


def test_the_linter_tells_a_tie_that_came_past_the_services_as_an_error(scene: Scene) -> None:
    plan = load(formal())
    rule = plan.rules.get()
    rule.pk, rule.position, rule.label = None, 2, "Trùng"
    rule.save()
    assert told(plan)[0][0] == "error"
    assert "“Mọi xã” và quy tắc 2 “Trùng”" in told(plan)[0][1]


def test_the_linter_tells_who_cannot_reach_a_number_of_cases(scene: Scene) -> None:
    a, b, *_ = scene.communes
    output = make_indicator(
        "NANGSUAT", short_name="Năng suất", is_rate=False, unit_of_measure="hồ sơ/người",
        numerator="Hồ sơ tiếp nhận", denominator="Nhân sự",
    )  # fmt: skip
    made = Scene(scene.province, scene.district, scene.communes, output, scene.period)
    made.record({a: (900, 1), b: (5000, 3)})
    asked = rule_json(indicator="NANGSUAT", kind="fixed", parameters={"value": 1600, "bound": "minimum"})
    assert (
        "warn",
        (
            "Năng suất: 1 đơn vị cả kỳ có ít hồ sơ tiếp nhận hơn mức giao nên không thể đạt; "
            "cân nhắc miễn trong quy tắc."
        ),
    ) in told(load(asked))
    waived = asked | {"parameters": asked["parameters"] | {"waiver": True}}
    plan = load(waived)
    left = {one.name.unit_id: one for one in selectors.uncovered(plan=plan)}
    assert left[a.pk].reason == "được miễn: cả kỳ có 900 hồ sơ, ít hơn mức 1.600 hồ sơ/người"
    assert left[a.pk].is_settled
    assert plan.assignments.filter(unit=b).get().assigned == 1600


def changed_rule(plan: Plan, **parameters: Any) -> Rule:
    rule = plan.rules.select_related("indicator").get()
    rule.parameters = rule.parameters | parameters
    return rule


def test_trying_out_tells_who_moves_by_how_much_and_whether_the_goal_is_reached(scene: Scene) -> None:
    a, _, c, _ = scene.communes
    plan = load(formal(), indicators=[{"indicator": "HSTT", "central": 80, "source": "NQ 01", "goal": 85}])
    before = selectors.report(plan=plan)

    trial = selectors.try_out(plan=plan, rule=changed_rule(plan, central="90"))

    assert {one.name.unit_id: one.change for one in trial.moved} == {a.pk: 10, c.pk: 10}
    assert (trial.up, trial.down, trial.newly, trial.no_longer, trial.largest) == (2, 0, 0, 0, 10)
    assert (trial.before.is_reached, trial.after.is_reached) == (False, True)
    assert trial.before.missing == 40
    assert "89 → 90, nhưng 90 → 99" in trial.cliffs[0]
    assert selectors.report(plan=selectors.plan_by_code(plan.code)) == before


def test_trying_out_a_new_rule_tells_who_gets_a_target_that_had_none(scene: Scene) -> None:
    *_, d = scene.communes
    plan = load(formal())
    rule = Rule(
        plan=plan, indicator=scene.indicator, label="Không có số gốc", scope={"units": [d.pk]}, kind="fixed",
        parameters={"value": "70"}, precedence=4, position=0,
    )  # fmt: skip
    trial = selectors.try_out(plan=plan, rule=rule)
    assert [(one.name.unit_id, one.before, one.after) for one in trial.moved] == [(d.pk, None, 70)]
    assert (trial.newly, plan.rules.count()) == (1, 1)


def test_a_target_set_by_hand_is_not_moved_by_another_parameter(scene: Scene) -> None:
    a, *_ = scene.communes
    plan = load(formal())
    services.override_target(
        plan=plan,
        unit=a,
        indicator=scene.indicator,
        value=Decimal(50),
        reason="Xã đảo",
        by=make_person("vanphong"),
        at=AT,
        seen_revision=plan.revision,
    )
    trial = selectors.try_out(plan=plan, rule=changed_rule(plan, central="90"))
    assert a.pk not in {one.name.unit_id for one in trial.moved}


def test_the_queries_of_checking_and_trying_do_not_grow_with_the_units(scene: Scene) -> None:
    plan = load(formal())

    def queries() -> int:
        found = selectors.plan_by_code(plan.code)
        with CaptureQueriesContext(connection) as captured:
            selectors.findings(plan=found)
            view(found)
            selectors.try_out(plan=found, rule=changed_rule(found, central="90"))
        return len(captured)

    few = queries()
    units = make_units([f"Số {number}" for number in range(40)], parent=scene.district)
    scene.record(dict.fromkeys(units[:30], (7, 10)))
    services.assign_targets(plan=plan)
    assert queries() == few


def test_what_the_plan_says_of_its_indicators_is_kept_with_its_source(scene: Scene) -> None:
    stated = [{"indicator": "HSTT", "central": 80, "source": "NQ 01/NQ-CP", "goal": 85, "lead": "Sở TTTT"}]
    load(formal(), indicators=stated)
    kept = PlanIndicator.objects.get()
    assert (kept.central, kept.central_source, kept.goal, kept.lead) == (80, "NQ 01/NQ-CP", 85, "Sở TTTT")


def test_the_linter_tells_targets_that_were_made_without_a_result(scene: Scene) -> None:
    plan = load(rule_json(kind="formal", parameters={"central": 80}))
    assert ("warn", "Hồ sơ trực tuyến: 1 đơn vị được giao khi không có số gốc.") in told(plan)
