"""Plans from their JSON form: what is refused, what is replaced, what changes nothing."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.models import Document
from targets import services
from targets.models import Assignment, Plan, PlanState, Rule
from targets.services import PlanIssued, PlanRefused
from tests.builders import make_province, make_unit, make_units
from tests.indicators.builders import make_indicator
from tests.targets.builders import plan_json, rule_json
from units.models import Kind, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Unit:
    make_indicator()
    found = make_province()
    ha_long = make_unit("Hạ Long", kind=Kind.THANH_PHO, parent=found)
    make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=found)
    make_units(["Thống Nhất", "Lê Lợi"], parent=ha_long)
    return found


def slips(definition: Any) -> list[str]:
    with pytest.raises(PlanRefused) as caught:
        services.load_plan(definition=definition)
    return caught.value.problems


def test_a_plan_is_stored_with_its_names_resolved_and_every_default_written_out(province: Unit) -> None:
    group = rule_json(label="Hạ Long", scope={"levels": ["xa"], "within": ["Thành phố Hạ Long"]})
    named = rule_json(label="Lê Lợi", scope={"units": ["Xã Lê Lợi"]})
    plan = services.load_plan(definition=plan_json(rule_json(), group, named, due_on="2023-12-31"))

    ha_long = Unit.objects.get(versions__name="Hạ Long")
    le_loi = Unit.objects.get(versions__name="Lê Lợi")
    assert (plan.owner, plan.units_on, plan.due_on) == (province, date(2023, 3, 31), date(2023, 12, 31))
    assert [(rule.position, rule.precedence, rule.scope) for rule in plan.rules.order_by("position")] == [
        (1, 1, {"levels": ["xa"]}),
        (2, 2, {"levels": ["xa"], "within": [ha_long.pk]}),
        (3, 4, {"units": [le_loi.pk]}),
    ]
    assert plan.rules.order_by("position")[0].parameters == {
        "bands": [{"below": "90", "target": "90"}],
        "compare": "printed",
        "decimals": 0,
        "no_baseline": "none",
        "rounding": None,
        "rounding_way": "harder",
        "fewest": 0,
        "few_cases": "none",
        "not_applicable": "none",
        "waiver": False,
    }


def test_an_equal_definition_changes_nothing(province: Unit) -> None:
    first = services.load_plan(definition=plan_json())
    rule = first.rules.get()
    Assignment.objects.create(
        plan=first, unit=Unit.objects.get(versions__name="Lê Lợi"), indicator=rule.indicator, rule=rule,
        assigned=90, scored=90, wording="90%",
    )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        again = services.load_plan(definition=plan_json())
    assert (again.pk, again.rules.get().pk, again.assignments.count()) == (first.pk, rule.pk, 1)
    assert not [q for q in queries.captured_queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_changed_rules_replace_the_drafts_and_drop_what_they_had_assigned(province: Unit) -> None:
    plan = services.load_plan(definition=plan_json())
    rule = plan.rules.get()
    Assignment.objects.create(
        plan=plan, unit=Unit.objects.get(versions__name="Lê Lợi"), indicator=rule.indicator, rule=rule,
        assigned=90, scored=90, wording="90%",
    )  # fmt: skip
    changed = rule_json(parameters={"bands": [{"below": 95, "target": 95}]})
    again = services.load_plan(definition=plan_json(changed))
    assert again.pk == plan.pk
    assert again.rules.get().parameters["bands"] == [{"below": "95", "target": "95"}]
    assert again.assignments.count() == 0


def test_a_new_name_keeps_what_was_assigned_and_a_new_baseline_does_not(province: Unit) -> None:
    plan = services.load_plan(definition=plan_json())
    rule = plan.rules.get()
    Assignment.objects.create(
        plan=plan, unit=Unit.objects.get(versions__name="Lê Lợi"), indicator=rule.indicator, rule=rule,
        assigned=90, scored=90, wording="90%",
    )  # fmt: skip
    assert services.load_plan(definition=plan_json(name="Tên mới")).assignments.count() == 1
    moved = services.load_plan(definition=plan_json(name="Tên mới", baseline={"period": "2023-Q2"}))
    assert moved.assignments.count() == 0


def test_an_issued_plan_is_not_changed_but_may_be_loaded_as_it_is(province: Unit) -> None:
    plan = services.load_plan(definition=plan_json())
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.ISSUED)
    assert services.load_plan(definition=plan_json()).pk == plan.pk
    with pytest.raises(PlanIssued, match="đã ban hành"):
        services.load_plan(definition=plan_json(name="Tên khác"))


def test_a_document_is_named_by_code_or_number_or_told_in_full(province: Unit) -> None:
    Document.objects.create(code="QNinh23", number="269/KH-UBND", issuer="UBND tỉnh Quảng Ninh")
    for told in ("QNinh23", "269/KH-UBND"):
        plan = services.load_plan(definition=plan_json(document=told))
        assert plan.document is not None
        assert plan.document.code == "QNinh23"
    new = {"code": "QNinh24", "number": "1/KH-UBND", "issuer": "UBND tỉnh", "issued_on": "2024-01-05"}
    plan = services.load_plan(definition=plan_json(document=new))
    assert plan.document is not None
    assert plan.document.issued_on == date(2024, 1, 5)
    (told,) = slips(plan_json(document="QNinh99"))
    assert told.startswith("document: chưa có văn bản mã hay số “QNinh99” (đang có: QNinh23, QNinh24)")
    assert slips(plan_json(document=new | {"number": "2/KH-UBND"})) == [
        "document.number: văn bản mã “QNinh24” đã có với số 1/KH-UBND"
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"nam": 2023}, "khoá lạ “nam”; các khoá được dùng: bands, baseline, code"),
        ({"code": "kế hoạch"}, "code: chỉ gồm chữ không dấu, số, gạch nối và gạch dưới"),
        ({"year": "2023"}, "year: phải là một số nguyên, không phải “2023”"),
        ({"name": " "}, "name: không được để trống"),
        ({"owner": "Tỉnh Quảng Bình"}, "owner: Không có đơn vị “Tỉnh Quảng Bình”"),
        ({"baseline": {"period": "Quý I"}}, "baseline.period: Không có kỳ “Quý I”"),
        ({"baseline": {"period": "2023-Q1", "source": "cổng"}}, "baseline.source: “cổng” không có"),
        ({"baseline": {}}, "baseline: thiếu “period”"),
        (
            {"baseline": {"period": "2023-T03", "by_quarters": True}},
            "baseline.by_quarters: kỳ Tháng 3/2023 không có quý nào nằm trọn trong kỳ để cộng",
        ),
        ({"units_on": "31/3/2023"}, "units_on: ngày “31/3/2023” phải có dạng 2023-12-31"),
        ({"rules": []}, "rules: phải là danh sách có ít nhất một mục"),
    ],
)
def test_a_slip_of_the_plan_is_told_with_its_place(
    province: Unit, changes: dict[str, Any], told: str
) -> None:
    (problem,) = slips(plan_json() | changes)
    assert problem.startswith(told)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"indicator": "KHONG-CO"}, "rules[1].indicator: Không có chỉ tiêu mã “KHONG-CO”."),
        ({"kind": "bac-thang"}, "loại quy tắc “bac-thang” không có; chỉ nhận formal"),
        ({"scope": {"cap": ["xa"]}}, "rules[1].scope: khoá lạ “cap”"),
        ({"scope": {"levels": ["thon"]}}, "rules[1].scope.levels: “thon” không có; chỉ nhận tinh, so"),
        ({"scope": {"levels": "xa"}}, "rules[1].scope.levels: phải là danh sách chữ, không phải “xa”"),
        ({"scope": {"within": ["Huyện Ba Tơ"]}}, "rules[1].scope.within: Không có đơn vị “Huyện Ba Tơ”"),
        ({"scope": {"units": ["Xã A", "Xã A"]}}, "rules[1].scope.units: “Xã A” ghi hai lần"),
        ({"precedence": -1}, "rules[1].precedence: -1 phải từ 0 đến 99"),
        (
            {"parameters": {"bands": [{"below": "chín mươi", "target": 90}]}},
            "rules[1].parameters.bands[1].below: phải là một số, không phải “chín mươi”",
        ),
    ],
)
def test_a_slip_of_a_rule_is_told_with_its_place(province: Unit, changes: dict[str, Any], told: str) -> None:
    assert slips(plan_json(rule_json(**changes)))[0].startswith(told)


def test_a_missing_key_of_a_rule_is_told_and_all_slips_come_at_once(province: Unit) -> None:
    found = slips(plan_json({"label": "x"}, rule_json(kind="khac")))
    assert {"rules[1]: thiếu “indicator”", "rules[1]: thiếu “kind”", "rules[1]: thiếu “parameters”"} <= set(
        found
    )
    assert any("“khac”" in one for one in found)
    assert not Plan.objects.exists()


def test_two_rules_for_one_unit_are_refused_naming_both_unless_the_plan_orders_them(province: Unit) -> None:
    one = rule_json(label="Hạ Long", scope={"within": ["Thành phố Hạ Long"]})
    two = rule_json(label="Thành phố", scope={"within": ["Thành phố Hạ Long", "Thành phố Cẩm Phả"]})
    (told,) = slips(plan_json(one, two))
    assert "quy tắc 1 “Hạ Long” và quy tắc 2 “Thành phố”" in told
    plan = services.load_plan(definition=plan_json(one | {"precedence": 3}, two))
    assert plan.rules.count() == 2


def test_something_that_is_no_object_is_refused(province: Unit) -> None:
    assert slips(["kế hoạch"])[0] == "phải là một đối tượng { … }"


def test_a_refused_definition_leaves_the_standing_plan_as_it_was(province: Unit) -> None:
    services.load_plan(definition=plan_json())
    slips(plan_json(rule_json(kind="khac"), name="Tên khác"))
    assert Plan.objects.get().name == "Kế hoạch thử"
    assert Rule.objects.count() == 1


def test_the_two_plans_of_the_repository_state_every_parameter() -> None:
    for code, rules in (("quang-ninh-2023", 15), ("quang-nam-2024", 1)):
        text = (settings.FIXTURES_DIR / "plans" / f"{code}.json").read_text(encoding="utf-8")
        definition = json.loads(text)
        assert (definition["code"], len(definition["rules"])) == (code, rules)
        for rule in definition["rules"]:
            stated = {"compare", "decimals", "no_baseline"}
            assert stated <= set(rule["parameters"])
