"""A plan's way: drafted, set by hand, approved, issued, superseded; what is refused, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from documents.models import Document
from documents.services import Facts
from targets import selectors, services
from targets.models import Assignment, Override, Plan, PlanEvent, PlanIndicator, PlanState, Rule
from targets.rules import Scope
from targets.services import PlanFacts, RuleFacts
from tests.builders import make_person
from tests.indicators.builders import AT, make_indicator
from tests.reports.tables import Scene, make_scene
from tests.targets.builders import plan_json, rule_json
from units.models import Unit

pytestmark = pytest.mark.django_db
TODAY = date(2024, 1, 15)


@pytest.fixture
def scene() -> Scene:
    made = make_scene(4)
    a, b, c, _ = made.communes
    made.record({a: (43, 100), b: (96, 100), c: (70, 100)})
    return made


@pytest.fixture
def office() -> User:
    return make_person("vanphong")


@pytest.fixture
def leader() -> User:
    return make_person("lanhdao")


@pytest.fixture
def draft(scene: Scene, office: User) -> Plan:
    """A draft of the province with one rule: below 90 → 90, else maintain."""
    facts = PlanFacts(
        name="Kế hoạch 2024",
        year=2024,
        owner=scene.province,
        baseline_period=scene.period,
        units_on=scene.period.ends_on,
    )
    plan = services.create_plan(facts=facts, by=office, at=AT)
    put(plan, scene, office)
    plan.refresh_from_db()
    return plan


def put(plan: Plan, scene: Scene, by: User, *, seen: int | None = None, **changes: Any) -> Rule:
    facts: dict[str, Any] = {
        "indicator": scene.indicator,
        "label": "Mọi xã",
        "scope": Scope(levels=frozenset({"xa"})),
        "kind": "catch_up_or_maintain",
        "parameters": {"bands": [{"below": 90, "target": 90}]},
    } | changes
    plan.refresh_from_db()
    position = facts.pop("position", None)
    return services.put_rule(
        plan=plan,
        facts=RuleFacts(**facts),
        by=by,
        at=AT,
        seen_revision=plan.revision if seen is None else seen,
        position=position,
    )


def scored(plan: Plan) -> dict[Unit, Decimal]:
    return {one.unit: one.scored for one in plan.assignments.select_related("unit")}


def by_hand(plan: Plan, unit: Unit, value: str | None, by: User, reason: str = "Xã đảo") -> Override:
    plan.refresh_from_db()
    return services.override_target(
        plan=plan,
        unit=unit,
        indicator=plan.rules.get().indicator,
        value=None if value is None else Decimal(value),
        reason=reason,
        by=by,
        at=AT,
        seen_revision=plan.revision,
    )


def approve(plan: Plan, by: User) -> Plan:
    plan.refresh_from_db()
    return services.approve_plan(plan=plan, by=by, at=AT, seen_revision=plan.revision)


def issue(plan: Plan, by: User, number: str = "467/QĐ-UBND") -> Plan:
    plan.refresh_from_db()
    return services.issue_plan(
        plan=plan,
        document=Facts(number=number, issued_on=date(2024, 1, 5), issuer="UBND tỉnh Quảng Ninh"),
        by=by,
        at=AT,
        today=TODAY,
        seen_revision=plan.revision,
    )


def test_a_rule_that_is_put_reckons_the_targets_at_once(draft: Plan, scene: Scene) -> None:
    a, b, c, _ = scene.communes
    assert scored(draft) == {a: 90, b: 96, c: 90}
    assert draft.code == "quang-ninh-2024"
    assert draft.indicators.get().indicator == scene.indicator


def test_every_change_is_told_with_its_author_and_time(draft: Plan, scene: Scene, office: User) -> None:
    put(draft, scene, office, position=1, parameters={"bands": [{"below": 80, "target": 85}]})
    by_hand(draft, scene.communes[0], "60", office)
    told = [(one.number, one.step, one.text, one.reason) for one in draft.events.order_by("number")]
    assert told == [
        (1, "created", "Lập kế hoạch “Kế hoạch 2024”", ""),
        (2, "rules", "Thêm quy tắc “Mọi xã”: đuổi kịp ngưỡng hoặc duy trì", ""),
        (
            3,
            "rules",
            (
                "Sửa quy tắc “Mọi xã”: Dưới 80 %: giao 85 %; "
                "Từ 80 % trở lên: duy trì kết quả đạt được (giữ số chưa làm tròn)"
            ),
            "",
        ),
        (4, "overridden", "Xã Một, Huyện Ba Chẽ, Hồ sơ trực tuyến: giao 60 %", "Xã đảo"),
    ]
    assert {one.by for one in draft.events.all()} == {office}


def test_two_at_once_the_later_is_told_who_came_before_and_nothing_is_written(
    draft: Plan, scene: Scene, office: User
) -> None:
    before = draft.revision
    other = make_person("khac")
    put(draft, scene, other, position=1, parameters={"bands": [{"below": 80, "target": 85}]})
    with pytest.raises(services.PlanChanged, match=r"khac vừa làm: Sửa quy tắc “Mọi xã”.*chưa ghi gì"):
        put(draft, scene, office, position=1, seen=before)
    assert draft.rules.get().parameters["bands"] == [{"below": "80", "target": "85"}]


def test_a_rule_that_ties_with_another_is_refused_with_both_and_the_draft_stays(
    draft: Plan, scene: Scene, office: User
) -> None:
    with pytest.raises(services.RulesTie, match="“Mọi xã” và quy tắc 2 “Cũng mọi xã”"):
        put(draft, scene, office, label="Cũng mọi xã")
    assert draft.rules.count() == 1
    assert draft.assignments.count() == 3


def test_a_target_by_hand_needs_a_reason_a_rate_and_a_rule(draft: Plan, scene: Scene, office: User) -> None:
    a, *_ = scene.communes
    with pytest.raises(services.ReasonMissing, match="Nhập lý do sửa tay"):
        by_hand(draft, a, "60", office, reason="  ")
    with pytest.raises(services.OverrideRefused, match="phải từ 0 đến 100"):
        by_hand(draft, a, "101", office)
    with pytest.raises(services.OverrideRefused, match="Chưa quy tắc nào"):
        by_hand(draft, scene.district, "60", office)
    assert not Override.objects.exists()


def test_a_target_by_hand_stands_beside_the_rules_own_and_outlives_new_rules(
    draft: Plan, scene: Scene, office: User
) -> None:
    a, *_ = scene.communes
    by_hand(draft, a, "60", office)
    put(draft, scene, office, position=1, parameters={"bands": [{"below": 95, "target": 95}]})
    found = draft.assignments.select_related(
        "plan__baseline_period", "plan__parent", "rule", "indicator", "override__by"
    ).get(unit=a)
    assert (found.scored, found.proposed) == (60, 95)
    assert selectors.sentence(found) == (
        "Sửa tay: giao 60 % thay cho 95 %, lý do “Xã đảo” (vanphong, 10/1/2024). Theo quy tắc: "
        "Kết quả 43 %, làm tròn 43 %, dưới 95 % (Mọi xã): giao 95 %."
    )
    services.drop_override(
        plan=draft, unit=a, indicator=scene.indicator, by=office, at=AT, seen_revision=reread(draft).revision
    )
    assert scored(draft)[a] == 95


def test_a_person_may_decide_that_a_unit_gets_nothing(draft: Plan, scene: Scene, office: User) -> None:
    a, _, _, d = scene.communes
    by_hand(draft, a, None, office, reason="Sắp sáp nhập")
    assert a not in scored(draft)
    left = {one.name.unit_id: one for one in selectors.uncovered(plan=reread(draft))}
    assert left[a.pk].reason == "không giao theo ý kiến của vanphong: Sắp sáp nhập"
    assert (left[a.pk].is_settled, left[d.pk].is_settled) == (True, False)


def test_a_unit_without_a_baseline_may_be_given_a_target_by_hand(
    draft: Plan, scene: Scene, office: User
) -> None:
    *_, d = scene.communes
    by_hand(draft, d, "75", office)
    assert scored(draft)[d] == 75


def test_who_changed_it_last_does_not_approve_it(draft: Plan, office: User, leader: User) -> None:
    with pytest.raises(services.PlanNotReady, match="phải khác người sửa kế hoạch lần cuối"):
        approve(draft, office)
    assert approve(draft, leader).state == PlanState.APPROVED


def test_a_plan_that_assigns_nothing_is_not_approved(scene: Scene, office: User, leader: User) -> None:
    facts = PlanFacts(
        name="Trống", year=2024, owner=scene.province, baseline_period=scene.period,
        units_on=scene.period.ends_on,
    )  # fmt: skip
    plan = services.create_plan(facts=facts, by=office, at=AT)
    with pytest.raises(services.PlanNotReady, match="chưa giao chỉ tiêu nào"):
        approve(plan, leader)


def test_a_plan_that_asks_for_more_than_everything_is_not_approved(
    draft: Plan, scene: Scene, office: User, leader: User
) -> None:
    grown = {"growth": 10, "growth_kind": "points", "cap": None}
    put(draft, scene, office, position=1, kind="growth", parameters=grown)
    with pytest.raises(services.PlanNotReady, match="1 mức giao vượt 100 % nên không ai đạt được"):
        approve(draft, leader)


def test_approved_it_changes_only_after_it_was_returned_with_a_reason(
    draft: Plan, scene: Scene, office: User, leader: User
) -> None:
    approve(draft, leader)
    with pytest.raises(services.PlanNotDraft, match="trả lại bản nháp trước"):
        put(draft, scene, office, position=1)
    with pytest.raises(services.ReasonMissing):
        services.return_plan(plan=draft, reason=" ", by=leader, at=AT, seen_revision=reread(draft).revision)
    services.return_plan(
        plan=draft, reason="Xem lại ngưỡng", by=leader, at=AT, seen_revision=reread(draft).revision
    )
    put(draft, scene, office, position=1)
    assert draft.events.filter(step="returned").get().reason == "Xem lại ngưỡng"


def test_it_is_issued_once_by_a_document_with_number_and_date(
    draft: Plan, office: User, leader: User
) -> None:
    with pytest.raises(services.PlanNotDraft, match="chưa duyệt"):
        issue(draft, office)
    approve(draft, leader)
    undated = Document.objects.create(code="x", number="1/QĐ", issuer="UBND tỉnh")
    with pytest.raises(services.PlanNotReady, match="phải có số, ký hiệu và ngày ban hành"):
        services.issue_plan(
            plan=draft, document=undated, by=office, at=AT, today=TODAY, seen_revision=reread(draft).revision
        )
    issue(draft, office)
    reread(draft)
    assert draft.state == PlanState.ISSUED
    assert draft.document is not None
    assert (draft.document.number, draft.document.issued_on) == ("467/QĐ-UBND", date(2024, 1, 5))
    with pytest.raises(services.PlanIssued):
        issue(draft, office)


def reread(plan: Plan) -> Plan:
    plan.refresh_from_db()
    return plan


def changes_of(plan: Plan) -> list[Callable[[], object]]:
    """Every way in which somebody with the database in hand might change an issued plan."""
    rule = plan.rules.get()
    return [
        lambda: Plan.objects.filter(pk=plan.pk).update(year=2030),
        lambda: Plan.objects.filter(pk=plan.pk).update(state=PlanState.DRAFT),
        lambda: Assignment.objects.filter(plan=plan).update(scored=1),
        lambda: Rule.objects.filter(plan=plan).update(parameters={}),
        lambda: Override.objects.filter(plan=plan).update(value=1),
        lambda: PlanIndicator.objects.filter(plan=plan).update(central=1),
        lambda: Rule.objects.create(
            plan=plan,
            indicator=rule.indicator,
            label="x",
            scope={},
            kind="fixed",
            parameters={},
            precedence=0,
            position=9,
        ),
        lambda: PlanIndicator.objects.create(plan=plan, indicator=rule.indicator, position=9),
        lambda: (
            PlanEvent.objects.filter(plan=plan)._raw_delete("default")
            if connection.vendor == "postgresql"
            else connection.cursor().execute("UPDATE targets_planevent SET text = 'x'")
        ),
    ]


def test_an_issued_plan_is_frozen_in_the_database(
    draft: Plan, scene: Scene, office: User, leader: User
) -> None:
    by_hand(draft, scene.communes[0], "60", office)
    approve(draft, leader)
    issue(draft, office)
    before = report_of(draft)
    for number, change in enumerate(changes_of(draft)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
        assert report_of(draft) == before, number
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic():
            Assignment.objects.filter(plan=draft).delete()


def report_of(plan: Plan) -> dict[str, Any]:
    return selectors.report(plan=selectors.plan_by_code(plan.code))


def test_a_later_correction_of_a_figure_moves_no_issued_target_and_is_told(
    draft: Plan, scene: Scene, office: User, leader: User
) -> None:
    a, *_ = scene.communes
    approve(draft, leader)
    issue(draft, office)
    before = report_of(draft)["assignments"]
    scene.record({a: (95, 100)})
    assert report_of(draft)["assignments"] == before
    lines = selectors.assignment_lines(plan=draft, names=selectors.names_of(draft))
    [changed] = selectors.changed_baselines(plan=draft, lines=lines)
    assert (changed.line.name.unit_id, changed.was, changed.now) == (a.pk, "43 %", "95 %")
    with pytest.raises(services.PlanIssued):
        services.renew_targets(plan=draft, by=office, at=AT, seen_revision=draft.revision)


def test_a_draft_takes_the_corrected_baseline_when_it_is_asked_to(
    draft: Plan, scene: Scene, office: User
) -> None:
    a, *_ = scene.communes
    scene.record({a: (95, 100)})
    assert scored(draft)[a] == 90
    services.renew_targets(plan=draft, by=office, at=AT, seen_revision=draft.revision)
    assert scored(draft)[a] == 95


def test_a_successor_takes_the_place_of_the_plan_at_the_moment_it_is_issued(
    draft: Plan, scene: Scene, office: User, leader: User
) -> None:
    a, b, c, _ = scene.communes
    by_hand(draft, a, "60", office)
    approve(draft, leader)
    issue(draft, office)
    successor = services.draft_successor(plan=draft, by=office, at=AT)
    with pytest.raises(services.PlanNotDraft, match="Đã có bản thay thế đang soạn"):
        services.draft_successor(plan=draft, by=office, at=AT)
    assert scored(successor) == scored(draft) == {a: 60, b: 96, c: 90}
    put(successor, scene, office, position=1, parameters={"bands": [{"below": 95, "target": 95}]})
    rows = selectors.changes_between(before=draft, after=successor, names=selectors.names_of(successor))
    [changed] = rows
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.name.unit_id, changed.before.scored, changed.after.scored) == (c.pk, 90, 95)
    assert judging(scene) == draft
    approve(successor, leader)
    issue(successor, office, "500/QĐ-UBND")
    assert reread(draft).state == PlanState.SUPERSEDED
    assert judging(scene) == successor
    assert draft.events.order_by("number").last().text == "Được thay bằng “Kế hoạch 2024”"  # type: ignore[union-attr]
    with pytest.raises(services.PlanNotDraft, match="Chỉ thay được kế hoạch đang có hiệu lực"):
        services.draft_successor(plan=draft, by=office, at=AT)


def judging(scene: Scene) -> Plan | None:
    return selectors.plan_judging(province=scene.province, indicator=scene.indicator, period=scene.period)


def test_last_years_plan_is_copied_without_what_was_set_by_hand_and_its_ladder_climbs(
    draft: Plan, scene: Scene, office: User
) -> None:
    ladder = {"start": 30, "start_year": 2021, "step": 20, "year": 2024}
    put(draft, scene, office, position=1, kind="ladder", parameters=ladder)
    by_hand(draft, scene.communes[0], "60", office)
    facts = PlanFacts(
        name="Kế hoạch 2025", year=2025, owner=scene.province, baseline_period=scene.period,
        units_on=scene.period.ends_on,
    )  # fmt: skip
    copied = services.copy_plan(source=reread(draft), facts=facts, by=office, at=AT)
    assert copied.rules.get().parameters["year"] == 2025
    assert set(scored(copied).values()) == {Decimal(100)}
    assert not copied.overrides.exists()
    assert scored(draft)[scene.communes[1]] == 90


def test_a_discarded_draft_leaves_its_history(draft: Plan, scene: Scene, office: User) -> None:
    by_hand(draft, scene.communes[0], "60", office)
    key = draft.pk
    services.discard_draft(plan=draft, by=office, at=AT, seen_revision=reread(draft).revision)
    assert not Plan.objects.filter(pk=key).exists()
    assert PlanEvent.objects.filter(plan_id=key).count() == 4


def test_a_district_never_assigns_less_than_was_assigned_to_it_or_to_its_commune(
    draft: Plan, scene: Scene, office: User, leader: User
) -> None:
    a, b, c, d = scene.communes
    put(
        draft, scene, office, label="Huyện", scope=Scope(levels=frozenset({"huyen"})), kind="fixed",
        parameters={"value": 70},
    )  # fmt: skip
    approve(draft, leader)
    issue(draft, office)
    facts = PlanFacts(
        name="Huyện giao xã", year=2024, owner=scene.district, baseline_period=scene.period,
        units_on=scene.period.ends_on, parent=reread(draft),
    )  # fmt: skip
    cascade = services.create_plan(facts=facts, by=office, at=AT)
    put(cascade, scene, office, kind="fixed", parameters={"value": 92, "bound": "minimum"})
    assert scored(cascade) == {a: 92, b: 96, c: 92, d: 92}
    put(cascade, scene, office, position=1, kind="fixed", parameters={"value": 60})
    # The province speaks about communes and gave d nothing: it has no floor.
    assert scored(cascade) == {a: 90, b: 96, c: 90, d: 60}
    put(cascade, scene, office, position=1, kind="cascade", parameters={"more": 3})
    assert scored(cascade) == {a: 93, b: 99, c: 93}
    with pytest.raises(services.OverrideRefused, match="thấp hơn mức 90 % mà 467/QĐ-UBND đã giao"):
        by_hand(cascade, a, "89", office)


def test_communes_that_the_province_does_not_speak_about_have_the_districts_own_target_as_floor(
    draft: Plan, scene: Scene, office: User, leader: User
) -> None:
    a, *_ = scene.communes
    put(
        draft, scene, office, position=1, scope=Scope(levels=frozenset({"huyen"})), kind="fixed",
        parameters={"value": 80, "bound": "above"},
    )  # fmt: skip
    approve(draft, leader)
    issue(draft, office)
    facts = PlanFacts(
        name="Huyện giao xã", year=2024, owner=scene.district, baseline_period=scene.period,
        units_on=scene.period.ends_on, parent=reread(draft),
    )  # fmt: skip
    cascade = services.create_plan(facts=facts, by=office, at=AT)
    put(cascade, scene, office, kind="fixed", parameters={"value": 80, "bound": "minimum"})
    found = cascade.assignments.select_related(
        "plan__baseline_period", "plan__parent__document", "rule", "indicator", "override__by"
    ).get(unit=a)
    # "Trên 80%" above: exactly 80 below would be less.
    assert (found.scored, found.is_strict, found.wording) == (80, True, "Trên 80%")
    assert "mức trên 80 % mà 467/QĐ-UBND (cho chính đơn vị giao) giao" in selectors.sentence(found)


def test_a_target_set_by_hand_before_the_plan_above_was_chosen_stops_the_approval(
    draft: Plan, scene: Scene, office: User, leader: User
) -> None:
    a, *_ = scene.communes
    approve(draft, leader)
    issue(draft, office)
    facts = PlanFacts(
        name="Huyện giao xã", year=2024, owner=scene.district, baseline_period=scene.period,
        units_on=scene.period.ends_on,
    )  # fmt: skip
    cascade = services.create_plan(facts=facts, by=office, at=AT)
    put(cascade, scene, office, kind="fixed", parameters={"value": 95})
    by_hand(cascade, a, "50", office)
    services.edit_plan(
        plan=cascade, facts=replace(facts, parent=reread(draft)), by=office, at=AT,
        seen_revision=reread(cascade).revision,
    )  # fmt: skip
    with pytest.raises(services.PlanNotReady, match="1 đơn vị được giao kém mức cấp trên giao"):
        approve(cascade, leader)


def test_a_file_never_undoes_what_people_changed_on_the_pages(
    draft: Plan, scene: Scene, office: User
) -> None:
    loaded = services.load_plan(definition=plan_json(rule_json(), code="tu-tep"))
    services.load_plan(definition=plan_json(rule_json(), code="tu-tep", year=2024))
    put(loaded, scene, office, position=1, parameters={"bands": [{"below": 80, "target": 85}]})
    with pytest.raises(services.PlanRefused, match="đã được người soạn sửa trên trang"):
        services.load_plan(definition=plan_json(rule_json(), code="tu-tep"))
    assert loaded.rules.get().parameters["bands"] == [{"below": "80", "target": "85"}]


def test_a_leader_who_returned_it_by_mistake_may_approve_it_and_an_editor_may_not(
    draft: Plan, office: User, leader: User
) -> None:
    approve(draft, leader)
    services.return_plan(plan=draft, reason="Nhầm", by=leader, at=AT, seen_revision=reread(draft).revision)
    with pytest.raises(services.PlanNotReady, match="phải khác người sửa kế hoạch lần cuối"):
        approve(draft, office)
    assert approve(draft, leader).state == PlanState.APPROVED


def test_a_level_without_bound_is_left_out_and_told(draft: Plan, scene: Scene, office: User) -> None:
    minutes = make_indicator("NANGSUAT", is_rate=False, unit_of_measure="hồ sơ/người")
    ladder = {"start": 1, "start_year": 2000, "step": 999_999_999_999, "year": 2100}
    put(draft, scene, office, indicator=minutes, kind="ladder", parameters=ladder)
    left = {one.reason for one in selectors.uncovered(plan=reread(draft), indicator=minutes)}
    assert left == {"mức tính được quá lớn; xem lại tham số của quy tắc"}


def test_a_districts_plan_is_not_issued_below_a_plan_that_has_left_force(
    draft: Plan, scene: Scene, office: User, leader: User
) -> None:
    approve(draft, leader)
    issue(draft, office)
    facts = PlanFacts(
        name="Huyện giao xã", year=2024, owner=scene.district, baseline_period=scene.period,
        units_on=scene.period.ends_on, parent=reread(draft),
    )  # fmt: skip
    cascade = services.create_plan(facts=facts, by=office, at=AT)
    put(cascade, scene, office, kind="cascade", parameters={})
    approve(cascade, leader)
    successor = services.draft_successor(plan=draft, by=office, at=AT)
    approve(successor, leader)
    issue(successor, office, "500/QĐ-UBND")
    with pytest.raises(services.PlanNotReady, match="Kế hoạch cấp trên “Kế hoạch 2024” đã thay thế"):
        issue(cascade, office, "12/QĐ-UBND")


def test_a_plan_from_json_stands_below_an_issued_plan_only(scene: Scene, draft: Plan) -> None:
    with pytest.raises(services.PlanRefused, match="chỉ giao lại kế hoạch đã ban hành"):
        services.load_plan(definition=plan_json(rule_json(), code="giao-lai", parent=draft.code))
