"""The pages of plans: what they answer, filter, allow, and how many queries they cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.models import Document
from indicators.models import Period, PublishedTarget, State
from targets import services
from targets.models import Plan, PlanState
from tests.builders import make_person, make_unit, make_units
from tests.reports.tables import Scene, make_scene
from tests.targets.builders import plan_json, rule_json
from units.models import Kind, Role, UnitVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = make_scene(4)
    a, b, c, _ = made.communes
    made.record({a: (585, 651)}, printed="90%")
    made.record({b: "43", c: State.NOT_ARISING})
    return made


@pytest.fixture
def plan(scene: Scene) -> Plan:
    Document.objects.create(code="QNinh23", number="269/KH-UBND", issuer="UBND tỉnh Quảng Ninh")
    found = services.load_plan(definition=plan_json(document="QNinh23", description="Lời dẫn của kế hoạch."))
    services.assign_targets(plan=found)
    return found


@pytest.fixture
def reader(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("xa", role=Role.OFFICER, unit=scene.communes[0]))
    return client


@pytest.fixture
def office(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=scene.province))
    return client


def test_each_kind_of_rule_is_told_on_the_page_with_its_targets(office: Client, scene: Scene) -> None:
    first, second = (UnitVersion.objects.get(unit=unit).full_name for unit in scene.communes[:2])
    ladder = {"start": 30, "start_year": 2021, "step": 20, "year": 2023}
    stacked = [
        rule_json(label="Mọi xã", kind="ladder", parameters=ladder),
        rule_json(label="Nêu tên", scope={"units": [first]}, kind="growth", parameters={"growth": 10}),
        rule_json(
            label="Nêu tên khác",
            scope={"units": [second]},
            kind="fixed",
            parameters={"value": 80, "bound": "minimum"},
        ),
    ]
    services.assign_targets(plan=services.load_plan(definition=plan_json(*stacked)))
    told = page(office)
    for words in (
        "Mức năm 2023",
        "(30 + 2 × 20 = 70) giao 70 %",
        "mức chung tối thiểu 80 %",
        "98,85",
        "80,00",
    ):
        assert words in told, words


def page(client: Client, code: str = "ke-hoach", **query: Any) -> str:
    response = client.get(reverse("plan", args=[code]), query)
    assert response.status_code == 200
    return response.content.decode()


def listed(html: str) -> list[str]:
    return re.findall(r'class="unit"><a href="[^"]+">([^<]+)</a>', html)


def test_a_person_must_log_in_first(client: Client, plan: Plan) -> None:
    for address in (reverse("plans"), reverse("plan", args=[plan.code])):
        assert client.get(address).status_code == 302


def test_the_list_names_each_plan_with_document_year_and_numbers(office: Client, plan: Plan) -> None:
    html = office.get(reverse("plans")).content.decode()
    assert listed(html) == ["Kế hoạch thử"]
    assert "269/KH-UBND" in html
    assert "Bản nháp" in html
    assert "<small>Tỉnh Quảng Ninh</small>" in html


def test_an_empty_list_says_how_a_plan_comes_in(office: Client) -> None:
    assert "manage.py load_plan" in office.get(reverse("plans")).content.decode()


def test_the_page_answers_then_explains_every_assignment(office: Client, plan: Plan) -> None:
    html = page(office)
    answer = re.search(r'<p class="answer">(.*?)</p>', html, re.DOTALL)
    assert answer
    words = " ".join(re.sub(r"<[^>]+>", "", answer[1]).split())
    assert words == "2 chỉ tiêu đã giao: 1 cần tăng, 1 duy trì. 2 đơn vị chưa giao được."
    assert "duy trì kết quả đạt được (89,86 %, tức 585/651)." in html
    assert "Kết quả 43 %, làm tròn 43 %, dưới 90 % (Mọi xã): giao 90 %." in html
    assert "Chưa giao được (2 đơn vị)" in html
    assert "Lời dẫn của kế hoạch." in html


def test_the_rules_stand_in_words_with_their_cliff(office: Client, scene: Scene) -> None:
    rule = rule_json(kind="formal", parameters={"central": 80})
    services.load_plan(definition=plan_json(rule, code="nam-sau"))
    html = page(office, "nam-sau")
    assert "kết quả 79 → 80, nhưng 80 → 88." in html
    assert "nhân 1,10, không phải cộng điểm" in html
    assert "Chưa giao chỉ tiêu nào." in html


def test_rules_with_the_same_parameters_are_said_once_with_all_their_groups(
    office: Client, scene: Scene
) -> None:
    make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=scene.province)
    groups = [
        rule_json(label=f"Nhóm {number}", scope={"levels": ["xa"], "within": [name]}, note="Căn cứ bảng in.")
        for number, name in enumerate(["Huyện Ba Chẽ", "Thành phố Cẩm Phả"], start=1)
    ]
    services.load_plan(definition=plan_json(*groups, code="hai-nhom"))
    html = page(office, "hai-nhom")
    assert html.count("Từ 90 % trở lên") == 1
    assert html.count("Căn cứ bảng in.") == 2
    assert "Cấp xã · trong Thành phố Cẩm Phả · ưu tiên theo nhóm, địa bàn" in html


def test_a_difference_with_the_document_is_told(office: Client, plan: Plan, scene: Scene) -> None:
    document = Document.objects.get(code="QNinh23")
    PublishedTarget.objects.create(
        document=document, unit=scene.communes[1], indicator=scene.indicator, printed="95%",
        value=95, origin="kiểm thử",
    )  # fmt: skip
    html = page(office)
    assert "0 trong 1 chỉ tiêu văn bản in trùng với quy tắc; 1 khác" in html
    assert "Văn bản in 95 % dù kết quả 43 %, làm tròn 43 %, dưới ngưỡng 90 %" in html


def test_the_address_filters_by_kind_level_district_and_words(
    office: Client, plan: Plan, scene: Scene
) -> None:
    a, b, *_ = (unit.versions.get().full_name for unit in scene.communes)
    assert listed(page(office)) == [b, a], "the large rise wants a look first"
    assert listed(page(office, loai="tang")) == [b]
    assert listed(page(office, loai="duy-tri")) == [a]
    assert listed(page(office, loai="khong-co-so-goc")) == []
    assert listed(page(office, cap="huyen")) == []
    assert sorted(listed(page(office, trong=scene.district.pk))) == sorted([a, b])
    assert listed(page(office, tim=b)) == [b]
    other = make_unit("Cẩm Phả", kind=Kind.THANH_PHO, parent=scene.province)
    make_units(["Cẩm Hải"], parent=other)
    assert listed(page(office, trong=other.pk)) == []


@pytest.mark.parametrize("query", [{"cap": "thon"}, {"loai": "x"}, {"trong": "9" * 30}, {"tim": "\x00"}])
def test_an_unknown_choice_of_the_address_counts_as_none(
    office: Client, plan: Plan, query: dict[str, str]
) -> None:
    assert len(listed(page(office, **query))) == 2


def test_the_kinds_are_counted_and_keep_the_other_choices(office: Client, plan: Plan) -> None:
    html = page(office, cap="xa")
    chips = re.findall(r'<a class="chip" href="([^"]+)"[^>]*>([^<]+) <b>(\d+)</b>', html)
    assert [(label, count) for _, label, count in chips] == [
        ("Tất cả", "2"),
        ("Cần tăng", "1"),
        ("Duy trì", "1"),
        ("Không có số gốc", "2"),
        ("Cần xem trước khi ký", "1"),
    ]
    assert all("cap=xa" in address for address, _, _ in chips)


def test_names_are_escaped(office: Client, scene: Scene) -> None:
    services.load_plan(definition=plan_json(name="<b>Kế hoạch</b>", code="thoat"))
    assert "<b>Kế hoạch</b>" not in page(office, "thoat")


def test_an_unknown_plan_is_a_page_not_found(office: Client) -> None:
    assert office.get(reverse("plan", args=["khong-co"])).status_code == 404


def test_the_office_assigns_again_and_is_told_how_many(office: Client, plan: Plan, scene: Scene) -> None:
    scene.record({scene.communes[3]: "20"})
    assert "Giao lại" in page(office)
    response = office.post(reverse("plan_assign", args=[plan.code]), {"seen": plan.revision}, follow=True)
    assert response.redirect_chain == [(reverse("plan", args=[plan.code]), 302)]
    assert "Đã giao lại 3 chỉ tiêu." in response.content.decode()
    plan.refresh_from_db()
    assert plan.assigned_by is not None
    assert plan.assigned_by.username == "vanphong"


def test_a_draft_is_not_there_for_who_neither_prepares_nor_decides_it(reader: Client, plan: Plan) -> None:
    for name in ("plan", "plan_review", "plan_json", "plan_changes"):
        assert reader.get(reverse(name, args=[plan.code])).status_code == 404
    assert listed(reader.get(reverse("plans")).content.decode()) == []
    assert reader.post(reverse("plan_assign", args=[plan.code])).status_code == 404


def test_who_is_not_the_office_reads_an_issued_plan_without_buttons(reader: Client, plan: Plan) -> None:
    Plan.objects.update(state=PlanState.ISSUED)
    html = page(reader)
    for words in ("Giao lại", "Soạn bản thay thế", "Chép sang năm sau", "sửa tay"):
        assert words not in html
    assert reader.post(reverse("plan_assign", args=[plan.code]), {"seen": 0}).status_code == 403
    assert reader.get(reverse("plan_assign", args=[plan.code])).status_code == 405


def test_the_office_of_another_province_may_not_assign(client: Client, plan: Plan) -> None:
    elsewhere = make_unit("Quảng Ngãi", kind=Kind.TINH, parent=None)
    client.force_login(make_person("khac", role=Role.OFFICE, unit=elsewhere))
    assert client.post(reverse("plan_assign", args=[plan.code]), {"seen": 0}).status_code == 404
    Plan.objects.update(state=PlanState.ISSUED)
    assert client.post(reverse("plan_assign", args=[plan.code]), {"seen": 0}).status_code == 403


def test_an_issued_plan_has_no_button_and_a_post_only_tells_why(office: Client, plan: Plan) -> None:
    Plan.objects.update(state=PlanState.ISSUED)
    assert "Giao lại" not in page(office)
    response = office.post(reverse("plan_assign", args=[plan.code]), {"seen": plan.revision}, follow=True)
    assert "đã ban hành nên không giao lại được" in response.content.decode()
    assert plan.assignments.count() == 2


def test_the_queries_of_both_pages_do_not_grow_with_units_or_plans(
    office: Client, plan: Plan, scene: Scene
) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert office.get(address).status_code == 200
        return len(captured)

    addresses = [reverse("plans"), reverse("plan", args=[plan.code])]
    few = [queries(address) for address in addresses]
    units = make_units([f"Số {number}" for number in range(40)], parent=scene.district)
    scene.record(dict.fromkeys(units[:35], "70"))
    services.assign_targets(plan=plan)
    for number in range(30):
        services.load_plan(definition=plan_json(code=f"ke-hoach-{number}"))
    assert [queries(address) for address in addresses] == few
    # Both carry the frame's own: session, person, place, rights.
    assert few[0] <= 9
    assert few[1] <= 26


def test_the_page_of_one_target_tells_which_rule_counts_and_which_writing_the_baseline_is(
    office: Client, scene: Scene
) -> None:
    first = UnitVersion.objects.get(unit=scene.communes[0]).full_name
    rules = [rule_json(), rule_json(label="Riêng xã này", scope={"units": [first]})]
    plan = services.load_plan(definition=plan_json(*rules, code="hai-quy-tac"))
    services.assign_targets(plan=plan, at=timezone.now())
    address = reverse("plan_override", args=[plan.code, scene.communes[0].pk, "HSTT"])
    html = " ".join(office.get(address).content.decode().split())
    covering = re.findall(r"<li><a href=[^>]+>([^<]+)</a> <span[^>]*>([^<]+)</span>([^/]*)", html)
    assert [(label, scope.split(" · ")[-1], "được dùng" in rest) for label, scope, rest in covering] == [
        ("Riêng xã này", "ưu tiên đơn vị nêu tên", True),
        ("Mọi xã", "ưu tiên theo cấp", False),
    ]
    assert "số lấy ở lần ghi 1" in html


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("9" * 14, "quá lớn hoặc có quá mười chữ số thập phân"),
        ("1,123456789012%", "quá lớn hoặc có quá mười chữ số thập phân"),
        ("101", "phải từ 0 đến 100"),
        ("-5", "là số âm"),
        ("", "Nhập mức giao, hoặc đánh dấu ô không giao."),
    ],
)
def test_a_level_that_cannot_be_is_told_and_nothing_is_written(
    office: Client, plan: Plan, scene: Scene, typed: str, told: str
) -> None:
    address = reverse("plan_override", args=[plan.code, scene.communes[0].pk, "HSTT"])
    answer = office.post(address, {"value": typed, "reason": "Xã đảo", "seen": plan.revision})
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not plan.overrides.exists()


def test_a_plan_stands_only_below_a_plan_of_a_unit_above_its_owner(
    office: Client, plan: Plan, scene: Scene
) -> None:
    elsewhere = make_unit("Quảng Ngãi", kind=Kind.TINH, parent=None)
    Plan.objects.create(
        code="noi-khac", name="Nơi khác", year=2023, owner=elsewhere, units_on=plan.units_on,
        baseline_period=plan.baseline_period, state=PlanState.ISSUED,
    )  # fmt: skip
    typed = {
        "owner": scene.province.pk,
        "name": "Kế hoạch",
        "year": "2023",
        "baseline_period": "2023-Q1",
        "near_percent": "95",
        "behind_percent": "80",
        "parent": "noi-khac",
    }
    answer = office.post(reverse("plan_new"), typed)
    assert "Đơn vị giao không thuộc đơn vị đã ban hành kế hoạch này." in answer.content.decode()


def test_a_district_drafts_from_periods_that_are_there_and_adds_none(
    office: Client, plan: Plan, scene: Scene
) -> None:
    district = Client()
    district.force_login(make_person("cán bộ huyện", role=Role.REVIEWER, unit=scene.district))
    typed = {
        "owner": scene.district.pk,
        "name": "Kế hoạch huyện",
        "year": "2050",
        "baseline_period": "2049-Q1",
        "near_percent": "95",
        "behind_percent": "80",
    }
    refused = district.post(reverse("plan_new"), typed)
    assert "Quý I/2049 chưa có trong danh mục kỳ." in refused.content.decode()
    assert not Period.objects.filter(code="2049-Q1").exists()
    assert district.post(reverse("plan_new"), typed | {"baseline_period": "2023-Q1"}).status_code == 302
    assert office.post(reverse("plan_new"), typed | {"owner": scene.province.pk}).status_code == 302
    assert Period.objects.filter(code="2049-Q1").exists()


def posted_rule(html: str) -> dict[str, list[str]]:
    """Return what a browser would send of the rule's form, unchanged."""
    form = re.findall(r'<form class="form wide-form".*?</form>', html, re.DOTALL)[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name is None or ('type="checkbox"' in tag and "checked" not in tag):
            continue
        sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, body in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = [body.strip()]
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        sent[name] = re.findall(r'<option value="([^"]*)" selected', body)
    return sent


def test_a_rule_that_is_saved_unchanged_stays_the_same_whatever_its_bands_and_lost_units(
    office: Client, plan: Plan, scene: Scene
) -> None:
    bands = [{"below": limit, "target": limit} for limit in range(10, 90, 10)]
    rule = rule_json(parameters={"bands": bands}, scope={"levels": ["xa"], "within": ["Huyện Ba Chẽ"]})
    found = services.load_plan(definition=plan_json(rule, code="tam-bac"))
    stored = found.rules.get()
    stored.scope = {"levels": ["xa"], "within": [scene.district.pk, 999_999], "exempt_units": [999_998]}
    stored.save()
    address = reverse("plan_rule", args=[found.code, 1])
    html = office.get(address).content.decode()
    assert "Bỏ 2 đơn vị không còn trong danh mục của kế hoạch khỏi phạm vi" in html
    assert office.post(address, posted_rule(html)).status_code == 302
    again = found.rules.get()
    assert (again.scope, again.parameters["bands"][7]) == (stored.scope, {"below": "80", "target": "80"})
    html = office.get(address).content.decode()
    assert office.post(address, posted_rule(html) | {"drop_gone": "on"}).status_code == 302
    assert found.rules.get().scope == {"levels": ["xa"], "within": [scene.district.pk]}
    assert "phạm vi" in found.events.order_by("-number")[0].text


def test_a_plan_above_that_has_left_force_is_not_lost_by_saving_the_form(
    office: Client, plan: Plan, scene: Scene
) -> None:
    above = Plan.objects.create(
        code="cap-tren", name="Cấp trên", year=2023, owner=scene.province, units_on=plan.units_on,
        baseline_period=plan.baseline_period, state=PlanState.SUPERSEDED,
    )  # fmt: skip
    Plan.objects.filter(pk=plan.pk).update(parent=above, owner=scene.district)
    typed = {
        "owner": scene.district.pk, "name": "Tên mới", "year": "2023", "baseline_period": "2023-Q1",
        "near_percent": "-", "behind_percent": "80", "parent": "cap-tren", "seen": plan.revision,
    }  # fmt: skip
    answer = office.post(reverse("plan_facts", args=[plan.code]), typed).content.decode()
    assert "Kế hoạch này đã thay thế; chọn kế hoạch thay nó." in answer
    assert "“-” không phải là số; hãy nhập một số." in answer
    plan.refresh_from_db()
    assert (plan.parent, plan.name) == (above, "Kế hoạch thử")
