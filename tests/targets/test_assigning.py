"""Assigning: official figures in, one assignment a unit out, and what is left open."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from documents.models import Document
from indicators import services as indicator_services
from indicators.models import Indicator, Period, PublishedTarget, Source, State
from targets import selectors, services
from targets.models import Assignment, Plan, PlanState
from targets.services import PlanIssued, RulesTie
from tests.builders import make_person, make_unit, make_units
from tests.indicators.builders import AT, make_indicator, make_period
from tests.reports.tables import Scene, make_scene
from tests.targets.builders import plan_json, recomputed_formal, rule_json
from units.models import Kind, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(4)


def load(*rules: dict[str, Any], **changes: Any) -> Plan:
    return services.load_plan(definition=plan_json(*rules, **changes))


def formal_json(**changes: Any) -> dict[str, Any]:
    return rule_json(kind="formal", parameters={"central": 50}, **changes)


def by_unit(assignments: list[Assignment]) -> dict[Unit, Assignment]:
    return {one.unit: one for one in assignments}


def test_the_formal_rule_reads_the_official_figure_and_keeps_the_baseline_with_it(scene: Scene) -> None:
    a, b, c, d = scene.communes
    scene.record({a: "43", b: "96", c: State.NOT_ARISING}, printed="in")
    scene.record({a: "99", d: "60"}, source=Source.DOCUMENT.value)
    plan = load(formal_json(), baseline={"period": "2023-Q1", "label": "Quý I/2023 (minh hoạ)"})

    found = by_unit(services.assign_targets(plan=plan))

    assert {unit: (one.assigned, one.stretch, one.scored) for unit, one in found.items()} == {
        a: (50, 50, 50),
        b: (96, 100, 100),
        c: (50, 50, 50),
        d: (60, 66, 66),
    }
    assert (found[a].baseline, found[a].baseline_printed, found[a].baseline_state) == (43, "in", "number")
    assert (found[c].baseline, found[c].baseline_state) == (None, "not_arising")
    assert selectors.sentence(found[c]) == (
        "Kết quả Quý I/2023 (minh hoạ): không phát sinh, không có số liệu gốc; "
        "giao bằng chỉ tiêu Trung ương 50 %."
    )
    assert selectors.uncovered(plan=plan) == []


def test_catching_up_keeps_the_unrounded_result_with_its_counts(scene: Scene) -> None:
    a, b, *_ = scene.communes
    scene.record({a: (585, 651)}, printed="90%")
    scene.record({b: (421, 492)}, printed="86%")

    found = by_unit(services.assign_targets(plan=load()))

    assert found[a].maintain
    assert found[a].assigned == found[a].scored == Decimal("89.8617511521")
    assert found[a].stretch is None
    assert (found[b].assigned, found[b].maintain, found[b].wording) == (90, False, "90%")
    assert selectors.sentence(found[a]) == (
        "Kết quả in 90 %, không dưới 90 % (Mọi xã): duy trì kết quả đạt được (89,86 %, tức 585/651)."
    )


def test_a_named_source_is_read_alone_so_simulated_figures_never_slip_in(scene: Scene) -> None:
    a, *_ = scene.communes
    scene.record({a: "10"}, source=Source.SIMULATED.value)
    assert services.assign_targets(plan=load()) == []
    simulated = load(baseline={"period": "2023-Q1", "source": "mo_phong"})
    assert [one.assigned for one in services.assign_targets(plan=simulated)] == [90]


def test_the_most_specific_rule_assigns(scene: Scene) -> None:
    a, b, *_ = scene.communes
    scene.record({a: "10", b: "10"})
    district = scene.district.versions.get().full_name
    named = a.versions.get().full_name

    def target(value: int, label: str, **scope: list[str]) -> dict[str, Any]:
        return rule_json(label=label, scope=scope, parameters={"bands": [{"below": value, "target": value}]})

    plan = load(
        target(60, "Mọi đơn vị"),
        target(70, "Cấp xã", levels=["xa"]),
        target(80, "Trong huyện", within=[district]),
        target(90, "Nêu tên", units=[named]),
    )
    found = by_unit(services.assign_targets(plan=plan))
    assert {unit: (one.assigned, one.rule.label) for unit, one in found.items()} == {
        a: (90, "Nêu tên"),
        b: (80, "Trong huyện"),
    }


def test_a_tie_that_came_with_a_later_change_is_refused_and_writes_nothing(scene: Scene) -> None:
    scene.record(dict.fromkeys(scene.communes, "10"))
    plan = load()
    services.assign_targets(plan=plan)
    rule = plan.rules.get()
    rule.pk, rule.position, rule.label = None, 2, "Trùng"
    rule.save()
    with pytest.raises(RulesTie, match="“Mọi xã” và quy tắc 2 “Trùng”"):
        services.assign_targets(plan=plan)
    assert plan.assignments.count() == 4


def test_assigning_again_replaces_the_draft_and_says_who_and_when(scene: Scene) -> None:
    a, *_ = scene.communes
    scene.record({a: "10"})
    plan = load()
    services.assign_targets(plan=plan)
    scene.record({a: "97"}, extracted_on=None, source=Source.PROVINCE.value)
    scene.record({scene.communes[1]: "20"})
    person = make_person("vanphong")
    assert len(services.assign_targets(plan=plan, by=person, at=AT)) == 2
    plan.refresh_from_db()
    assert (plan.assigned_by, plan.assigned_at) == (person, AT)


def test_an_issued_plan_is_not_assigned_again(scene: Scene) -> None:
    plan = load()
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.ISSUED)
    with pytest.raises(PlanIssued):
        services.assign_targets(plan=plan)


def test_units_that_get_nothing_are_listed_with_the_reason(scene: Scene) -> None:
    a, b, c, d = scene.communes
    scene.record({a: "95", b: State.NOT_ARISING})
    plan = load(rule_json(scope={"levels": ["xa"]}))
    assert {one.reason for one in selectors.uncovered(plan=plan) if one.name.unit_id == a.pk} == {
        "kế hoạch chưa được giao lần nào"
    }
    services.assign_targets(plan=plan)
    reasons = {one.name.unit_id: one.reason for one in selectors.uncovered(plan=plan)}
    assert reasons == {
        b.pk: "chưa có số liệu gốc (không phát sinh)",
        c.pk: "chưa có số liệu gốc",
        d.pk: "chưa có số liệu gốc",
    }
    scene.record({c: "95"})
    later = {one.name.unit_id: one.reason for one in selectors.uncovered(plan=plan)}
    assert later[c.pk] == "số liệu gốc có sau lần giao gần nhất; giao lại để có chỉ tiêu"


def test_a_unit_of_the_plans_levels_that_no_rule_covers_is_listed(scene: Scene) -> None:
    other = make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=scene.province)
    (left_out,) = make_units(["Cẩm Hải"], parent=other)
    scene.record({left_out: "10"} | dict.fromkeys(scene.communes, "10"))
    district = scene.district.versions.get().full_name
    plan = load(rule_json(scope={"levels": ["xa"], "within": [district]}))
    services.assign_targets(plan=plan)
    (one,) = selectors.uncovered(plan=plan)
    assert (one.name.name_and_place, one.reason) == (
        "Xã Cẩm Hải, Thành phố Cẩm Phả",
        "không có quy tắc nào của kế hoạch áp dụng cho đơn vị",
    )


def test_a_year_is_its_quarters_added_up_and_one_that_nobody_told_anything_for_is_missing(
    scene: Scene,
) -> None:
    a, b, c, d = scene.communes
    scene.record({a: (10, 20), b: (30, 40), c: "70"})
    scene.record({a: (56, 60), b: State.NOT_ARISING, c: (9, 10)}, period=make_period("2023-Q3"))
    plan = load(formal_json(), baseline={"period": "2023", "by_quarters": True})

    found = by_unit(services.assign_targets(plan=plan))

    assert found[a].baseline == Decimal("82.5"), "66 of 80, not the mean of 50 % and 93,33 %"
    assert (found[a].baseline_numerator, found[a].baseline_denominator) == (66, 80)
    assert (found[a].assigned, found[a].stretch) == (Decimal("82.5"), Decimal("90.75"))
    assert (found[b].baseline, found[b].baseline_note) == (
        75, "cộng 2 trong 4 quý, thiếu Quý II/2023, Quý IV/2023",
    )  # fmt: skip
    # A rate without its counts cannot be added up.
    assert (found[c].baseline, found[c].assigned) == (None, 50)
    assert found[c].baseline_note.startswith("không cộng được: Quý I/2023 chỉ có tỷ lệ")
    assert (found[d].baseline, found[d].baseline_note) == (None, "")
    assert {one.baseline_measurement for one in found.values()} == {None}
    again = load(formal_json(), code="mot-quy")
    assert by_unit(services.assign_targets(plan=again))[a].baseline_note == ""


def test_a_corrected_quarter_is_told_on_a_plan_that_adds_them_up(scene: Scene) -> None:
    a, *_ = scene.communes
    scene.record({a: (10, 20)})
    plan = load(formal_json(), baseline={"period": "2023", "by_quarters": True})
    services.assign_targets(plan=plan)
    lines = selectors.assignment_lines(plan=plan, names=selectors.names_of(plan))
    assert selectors.changed_baselines(plan=plan, lines=lines) == []
    scene.record({a: (40, 80)}, period=make_period("2023-Q2"))
    (changed,) = selectors.changed_baselines(plan=plan, lines=lines)
    assert (changed.was, changed.now) == ("50 % (10/20)", "50 % (50/100)"), "few cases are counted too"
    scene.record({a: (80, 100)}, period=make_period("2023-Q4"))
    (changed,) = selectors.changed_baselines(plan=plan, lines=lines)
    assert (changed.was, changed.now) == ("50 %", "65 %")


@pytest.fixture
def published(scene: Scene) -> Callable[[dict[Unit, str]], Plan]:
    document = Document.objects.create(code="QNinh23", number="269/KH-UBND", issuer="UBND tỉnh")

    def publish(printed: dict[Unit, str]) -> Plan:
        indicator_services.record_published_targets(
            drafts=[
                indicator_services.PublishedTargetDraft(
                    document_id=document.pk,
                    unit_id=unit.pk,
                    indicator_id=scene.indicator.pk,
                    printed=text,
                    maintain=text.startswith("Duy trì"),
                    value=None if text.startswith("Duy trì") else Decimal(text.rstrip("%")),
                    origin="kiểm thử",
                )
                for unit, text in printed.items()
            ]
        )
        return load(document="QNinh23")

    return publish


def test_printed_targets_that_differ_are_told_with_what_the_rule_compared(
    scene: Scene, published: Callable[[dict[Unit, str]], Plan]
) -> None:
    a, b, c, d = scene.communes
    scene.record({a: (1869, 2137)}, printed="87%")
    scene.record({b: (95, 100)}, printed="95%")
    scene.record({c: (80, 100)}, printed="80%")
    plan = published({a: "Duy trì kết quả đạt dược", b: "98%", c: "90%", d: "90%", scene.province: "80%"})
    assert selectors.comparison(plan=plan).published == 0, "nothing to compare before it is assigned"
    services.assign_targets(plan=plan)

    found = selectors.comparison(plan=plan)
    assert (found.published, found.equal) == (4, 1), "the province's own target is not the plan's matter"
    told = {one.name.unit_id: one for one in selectors.differences(plan=plan)}
    assert told[a.pk].reason == (
        "Văn bản in “Duy trì kết quả đạt được” dù kết quả in 87 %, dưới ngưỡng 90 %; "
        "quy tắc của nhóm (Mọi xã) cho 90 %."
    )
    assert (told[a.pk].published_value, told[a.pk].assigned_value) == ("Duy trì kết quả đạt được", "90")
    assert told[b.pk].reason == (
        "Văn bản in 98 % dù kết quả in 95 %, không dưới ngưỡng 90 %; "
        "quy tắc của nhóm (Mọi xã) cho “Duy trì kết quả đạt được”."
    )
    assert (told[d.pk].published_value, told[d.pk].assigned_value) == ("90", None)
    assert PublishedTarget.objects.count() == 5


def test_targets_for_and_the_judging_plan(scene: Scene) -> None:
    a, *_ = scene.communes
    scene.record({a: "60"})
    other = make_indicator("TTTT", short_name="Thanh toán")

    def judging(indicator: Indicator = scene.indicator) -> Plan | None:
        return selectors.plan_judging(province=scene.province, indicator=indicator, period=scene.period)

    def issue(plan: Plan) -> Plan:
        services.assign_targets(plan=plan)
        Plan.objects.filter(pk=plan.pk).update(state=PlanState.ISSUED)
        return plan

    next_year = load(formal_json(), code="nam-sau", year=2024)
    services.assign_targets(plan=next_year)
    assert judging() is None, "a draft judges nobody"
    issue(next_year)
    assert judging() == next_year
    this_year = issue(load(code="nam-nay"))
    assert judging() == this_year
    issue(load(rule_json(scope={"levels": ["so"]}), code="khong-giao-cho-ai"))
    assert judging() == this_year
    assert judging(other) is None
    target = selectors.targets_for(indicator=scene.indicator, plan=next_year)[a.pk]
    assert (target.plan_code, target.plan_year) == ("nam-sau", 2024)
    assert (target.scored, target.maintain) == (66, False)


@pytest.mark.parametrize(
    ("baseline", "most"), [({"period": "2023-Q1"}, 13), ({"period": "2023", "by_quarters": True}, 14)]
)
def test_the_number_of_statements_does_not_grow_with_the_units(
    scene: Scene, baseline: dict[str, Any], most: int
) -> None:
    plan = load(formal_json(), baseline=baseline)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            services.assign_targets(plan=Plan.objects.get(pk=plan.pk))
        return len(queries)

    few = statements()
    units = make_units([f"Xã số {number}" for number in range(300)], parent=scene.district)
    scene.record(dict.fromkeys(units, "70"))
    assert statements() == few
    assert plan.assignments.count() == 304
    assert few <= most


@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(st.decimals(min_value=0, max_value=100, places=10), min_size=4, max_size=4))
def test_what_is_stored_is_what_the_rule_reckons_and_the_sentence_says(
    scene: Scene, values: list[Decimal]
) -> None:
    """The database gives back exact decimals; a sentence from stored numbers gives the stored target."""
    period: Period = make_period("2023-Q2")
    figures = dict(zip(scene.communes, map(str, values), strict=True))
    indicator_services.record_measurements(
        drafts=[
            indicator_services.FigureDraft(
                unit_id=unit.pk, indicator_id=scene.indicator.pk, period_id=period.pk,
                source=Source.DOCUMENT.value, origin="kiểm thử", is_rate=True, state="number",
                value=Decimal(value),
            )
            for unit, value in figures.items()
        ],
        by=None, reason="kiểm thử", at=AT,
    )  # fmt: skip
    plan = load(formal_json(), baseline={"period": "2023-Q2"})
    for one in services.assign_targets(plan=plan):
        assert one.baseline == Decimal(figures[one.unit])
        assigned, stretch = recomputed_formal(selectors.sentence(one))
        assert assigned == one.assigned
        assert one.stretch is not None
        assert abs(stretch - one.stretch) <= Decimal("5E-11")
