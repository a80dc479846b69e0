"""Every target of the catalogue as a rule of its document's plan: 57 lines, each found, read and reckoned."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from targets import selectors, services
from targets.models import Assignment, Plan, PlanState, Rule
from targets.rules import Baseline, NoTarget
from targets.services import PlanIssued, PlanRefused
from tests.targets.builders import recomputed

pytestmark = pytest.mark.django_db
TARGETS = settings.FIXTURES_DIR / "catalogue" / "targets.csv"
Files = dict[str, Any]

with TARGETS.open(encoding="utf-8", newline="") as _file:
    LINES = list(enumerate(csv.DictReader(_file), start=2))
CODES = {
    ("QNam23", "2023"): "qnam23-2023",
    ("QNgai23", "2023"): "qngai23-2023",
    ("QNinh23", "2023"): "qninh23-2023",
    ("QNam24", "2024"): "qnam24-2024",
    ("TNguyen21", "2022"): "tnguyen21-2022",
    ("TNguyen21", "2025"): "tnguyen21-2025",
}
KINDS = {
    "minimum": "fixed",
    "maximum": "fixed",
    "growth_min": "growth",
    "formal_rule": "formal",
    "ladder": "ladder",
}
FIGURE = {"fixed": "value", "growth": "growth", "formal": "central", "ladder": "step"}


@pytest.fixture
def loaded(provinces: None, catalogue_files: Files) -> list[Plan]:
    return list(services.load_targets(**catalogue_files).plans)


def scope_of_line(level: str) -> dict[str, list[str]]:
    """A scope in the words of the file, as this test reads it."""
    if level == "all":
        return {}
    if level.startswith("area:"):
        return {"area_classes": [level.removeprefix("area:")]}
    if level.startswith("unit:"):
        return {"units": [level.removeprefix("unit:")]}
    if level == "huyen;xa, trừ vùng đặc biệt khó khăn":
        return {"levels": ["huyen", "xa"], "exempt_area_classes": ["dac_biet_kho_khan"]}
    return {"levels": sorted(level.split(";"))}


def scope_of_rule(rule: Rule) -> dict[str, list[str]]:
    scope = dict(rule.scope)
    if "units" in scope:
        named = selectors.names_of(rule.plan)
        scope["units"] = [named[pk].full_name for pk in scope["units"]]
    return scope


def test_the_plans_are_one_for_each_document_and_year(loaded: list[Plan]) -> None:
    assert [plan.code for plan in loaded] == list(CODES.values())
    for plan in loaded:
        assert plan.document is not None
        assert CODES[plan.document.code, str(plan.year)] == plan.code
    assert sum(plan.rules.count() for plan in loaded) == len(LINES) == 57


def test_every_line_is_found_in_exactly_one_rule_with_its_figure(loaded: list[Plan]) -> None:
    standing = [
        rule
        for plan in loaded
        for rule in plan.rules.select_related("plan__owner", "indicator", "plan__document")
    ]
    for number, row in LINES:
        found = [
            rule
            for rule in standing
            if rule.plan.code == CODES[row["document"], row["year"]]
            and rule.indicator.code == row["indicator"]
            and scope_of_rule(rule) == scope_of_line(row["level"])
        ]
        assert len(found) == 1, (number, row)
        (rule,) = found
        assert rule.kind == KINDS[row["kind"]], number
        figure, _, cap = row["value"].partition(" mỗi năm đến ")
        assert Decimal(rule.parameters[FIGURE[rule.kind]]) == Decimal(figure), number
        if row["kind"] in {"minimum", "maximum"}:
            assert rule.parameters["bound"] == row["kind"], number
        if cap:
            assert (Decimal(rule.parameters["cap"]), rule.parameters["year"]) == (
                Decimal(cap), int(row["year"]),
            ), number  # fmt: skip
        assert rule.note.endswith(f"(targets.csv, dòng {number})")
        standing.remove(rule)
    assert standing == []


def test_what_the_central_government_set_and_the_provinces_own_goal_stand_in_the_plan(
    loaded: list[Plan],
) -> None:
    told: dict[tuple[str, str], tuple[Any, ...]] = {
        (one.plan.code, one.indicator.code): (one.central, one.central_source, one.goal)
        for plan in loaded
        for one in plan.indicators.select_related("plan", "indicator")
    }
    assert told["qninh23-2023", "HSTT"] == (50, "QĐ 17/QĐ-UBQGCĐS", 90)
    assert told["qninh23-2023", "TTTT"] == (30, "NQ 01/NQ-CP 2023", 35)
    assert told["qninh23-2023", "DUNGHAN"] == (None, "QĐ 876/QĐ-BNV", None)
    assert told["qnam24-2024", "TTTT"] == (45, "NQ 01/NQ-CP; NQ 02/NQ-CP 2024", None)
    assert told["qnam23-2023", "SOHOA-CONHIEULUC"] == (None, "NQ 76/NQ-CP", 70)
    assert len(told) == len({(row["document"], row["year"], row["indicator"]) for _, row in LINES})


def test_a_result_that_the_file_states_is_a_note_and_no_figure_of_anybody(loaded: list[Plan]) -> None:
    rule = Rule.objects.get(plan__code="qninh23-2023", indicator__code="HSTT", scope={"levels": ["tinh"]})
    assert rule.note == (
        "Kết quả khi giao: 85 %, không rõ kỳ và số đếm nên chỉ ghi lại, không phải số gốc. "
        "(targets.csv, dòng 20)"
    )


BASELINES = [
    Baseline(None),
    Baseline(None, state="không phát sinh"),
    Baseline(None, state="không thuộc phạm vi", is_out_of_scope=True),
    *(
        Baseline(Decimal(value), numerator=5_000, denominator=10_000)
        for value in ("0", "29.9999999999", "30", "44.4444444444", "50", "79.99", "84.3", "96", "100")
    ),
    Baseline(Decimal("12.5"), numerator=1, denominator=8),
]


@pytest.mark.parametrize(("number", "row"), LINES, ids=[f"line {number}" for number, _ in LINES])
def test_the_sentence_of_each_line_gives_its_target_by_its_own_numbers(
    loaded: list[Plan], number: int, row: dict[str, str]
) -> None:
    rule = Rule.objects.select_related("indicator").get(note__endswith=f"dòng {number})")
    ready = selectors.ready(rule)
    for baseline in BASELINES:
        decision = ready.decide(baseline)
        told = recomputed(rule.kind, ready.sentence(baseline, label="năm trước"))
        if isinstance(decision, NoTarget):
            assert told is None
            continue
        assert told == (decision.assigned, decision.stretch), (number, baseline)
        if row["kind"] in {"minimum", "maximum"}:
            assert decision.assigned == Decimal(row["value"])


def test_every_assignment_on_the_real_trees_is_reckoned_again_from_its_sentence(loaded: list[Plan]) -> None:
    assigned = Counter[str]()
    for plan in loaded:
        for one in services.assign_targets(plan=plan):
            told = recomputed(one.rule.kind, selectors.sentence(one))
            assert told == (one.assigned, one.stretch)
            assigned[plan.code] += 1
    # Of Thái Nguyên the tree knows 9 districts and 178 communes, no sở, no area classes; of 2022 no figures,
    # so that what grows over them waits.
    assert assigned == {
        "qnam23-2023": 4 + 18 + 241,
        "qngai23-2023": 4 + 13 + 173,
        "qninh23-2023": 8 + 2 * (18 + 13 + 177) + (18 + 13) + (13 + 177),
        "qnam24-2024": 7 * 278 + (18 + 241) + 2 * 19 + 1,
        "tnguyen21-2022": 3 * 9 + 178,
        "tnguyen21-2025": 3 * (9 + 178) + 5 * 9,
    }


def test_loading_again_changes_nothing_and_keeps_what_was_assigned(
    loaded: list[Plan], catalogue_files: Files
) -> None:
    plan = loaded[0]
    services.assign_targets(plan=plan)
    before = list(Rule.objects.order_by("pk").values()), Assignment.objects.count()
    again = services.load_targets(**catalogue_files)
    assert [one.pk for one in again.plans] == [one.pk for one in loaded]
    assert (list(Rule.objects.order_by("pk").values()), Assignment.objects.count()) == before


def test_an_issued_plan_is_not_changed_by_another_file(
    loaded: list[Plan], catalogue_files: Files, tmp_path: Path
) -> None:
    Plan.objects.filter(code="qnam24-2024").update(state=PlanState.ISSUED)
    services.load_targets(**catalogue_files)
    changed = tmp_path / "targets.csv"
    changed.write_text(TARGETS.read_text("utf-8").replace("formal_rule,45", "formal_rule,50"), "utf-8")
    with pytest.raises(PlanIssued, match="“qnam24-2024” đã ban hành"):
        services.load_targets(targets=changed, plans=catalogue_files["plans"])


# --- What the file leaves open ----------------------------------------------------------------------------


def test_the_ladders_say_where_they_begin_since_the_file_does_not(loaded: list[Plan]) -> None:
    ladders = {
        rule.indicator.code: rule for rule in Rule.objects.filter(kind="ladder").select_related("indicator")
    }
    digitised = ladders["SOHOA"]
    assert selectors.ready(digitised).sentence(Baseline(None), label="năm 2024") == (
        "Năm 2021 giao 20 %, mỗi năm tăng 20 điểm % (Mọi đơn vị): năm 2025 (20 + 4 × 20 = 100) giao 100 %; "
        "kết quả năm 2024: chưa có số liệu gốc, không dùng để tính."
    )
    assert "chọn bước đầu 20 ở năm ban hành văn bản, 2021" in digitised.note
    offices = ladders["BPMC-SOHOA"]
    assert "năm 2025 (30 + 3 × 30 = 120, không quá 100) giao 100 %" in selectors.ready(offices).sentence(
        Baseline(None), label=""
    )
    assert "chọn mức năm 2022 của cùng văn bản (Cấp huyện 50, Cấp xã 30), lấy mức thấp nhất" in offices.note


# --- Files that cannot be read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("QNam99,2023,HSTT,xa,minimum,80,,", "không có văn bản “QNam99”; danh mục có QNam23, QNam24"),
        ("QNam23,23,HSTT,xa,minimum,80,,", "năm “23” phải có bốn chữ số, ví dụ 2023"),
        ("QNam23,2031,HSTT,xa,minimum,80,,", "plans.json không có kế hoạch năm 2031 của QNam23"),
        ("QNam23,2023,HSTX,xa,minimum,80,,", "không có chỉ tiêu mã “HSTX” trong danh mục"),
        ("QNam23,2023,HSTT,thon,minimum,80,,", "không đọc được cấp “thon”; ghi all, các cấp tinh, so"),
        ("QNam23,2023,HSTT,xa;xa,minimum,80,,", "không đọc được cấp “xa;xa”"),
        ("QNam23,2023,HSTT,area:hai_dao,minimum,80,,", "không đọc được cấp “area:hai_dao”"),
        ("QNam23,2023,HSTT,unit:,minimum,80,,", "không đọc được cấp “unit:”"),
        (
            'QNam23,2023,HSTT,"xa, trừ hải đảo",minimum,80,,',
            "không đọc được “trừ hải đảo”; chỉ nhận vùng đặc biệt khó khăn",
        ),
        ("QNam23,2023,HSTT,xa, trừ hải đảo,minimum,80,,", "thừa ô; giá trị có dấu phẩy phải đặt trong"),
        ("QNam23,2023,HSTT,xa,least,80,,", "không có loại “least”; chỉ nhận minimum, maximum, growth_min"),
        ("QNam23,2023,HSTT,xa,minimum,tám mươi,,", "mức “tám mươi” phải là một số không âm"),
        ("QNam23,2023,HSTT,xa,minimum,-1,,", "mức “-1” phải là một số không âm"),
        ("QNam23,2023,HSTT,xa,minimum,120,,", "value: “120” lớn hơn 100"),
        ("QNam23,2023,HSTT,xa,maximum,80,,", "bound: chỉ tiêu cao là tốt thì không giao mức tối đa"),
        ("QNam23,2023,HSTT,xa,minimum,80,,tốt", "kết quả “tốt” phải là một số không âm"),
        ("QNam23,2023,HSTT,xa,growth_min,10,,", "so với năm “” nhưng số gốc của kế hoạch là kỳ 2022"),
        ("QNam23,2023,HSTT,xa,growth_min,10,,2021", "so với năm “2021” nhưng số gốc của kế hoạch là kỳ"),
        ("QNam23,2023,HSTT,xa,ladder,20,,", "lộ trình “20” phải có dạng “20 mỗi năm đến 100”"),
        ("QNam23,2023,HSTT,xa,minimum,80,NQ 1: 30: 40,", "không đọc được văn bản của Trung ương “NQ 1"),
        ("QNam23,2023,HSTT,xa,minimum,80,NQ 1: ba,", "chỉ tiêu Trung ương “ba” phải là một số không âm"),
        ("QNinh23,2023,HSTT,unit:Sở Y tế,minimum,80,NQ 1: 60,", "chỉ tiêu Trung ương 60 khác mức 50 ở dòng"),
        ("QNam23,2023,HSTT,all,minimum,80,,", "cùng văn bản, năm, chỉ tiêu và cấp với dòng 3"),
        ("QNam23,2023,HSTT,unit:Sở Phép thuật,minimum,80,,", "rules[9].scope.units: Không có đơn vị"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_number(
    provinces: None, catalogue_files: Files, tmp_path: Path, line: str, told: str
) -> None:
    path = tmp_path / "targets.csv"
    path.write_text(f"{TARGETS.read_text('utf-8').rstrip()}\n{line}\n", "utf-8")
    with pytest.raises(PlanRefused) as caught:
        services.load_targets(targets=path, plans=catalogue_files["plans"])
    (problem,) = caught.value.problems
    assert problem.startswith(f"targets.csv, dòng 59: {told}")


def test_a_ladder_whose_levels_would_end_apart_asks_for_a_line_each(
    provinces: None, catalogue_files: Files, tmp_path: Path
) -> None:
    path = tmp_path / "targets.csv"
    path.write_text(TARGETS.read_text("utf-8").replace("30 mỗi năm đến 100", "10 mỗi năm đến 100"), "utf-8")
    with pytest.raises(PlanRefused) as caught:
        services.load_targets(targets=path, plans=catalogue_files["plans"])
    (problem,) = caught.value.problems
    assert problem == (
        "targets.csv, dòng 48: các cấp bắt đầu khác nhau (Cấp huyện 50, Cấp xã 30) nên mỗi cấp phải có dòng "
        "riêng"
    )


def test_all_lines_that_cannot_be_read_are_told_at_once_and_nothing_is_written(
    provinces: None, catalogue_files: Files, tmp_path: Path
) -> None:
    path = tmp_path / "targets.csv"
    path.write_text(TARGETS.read_text("utf-8").replace("minimum", "least"), "utf-8")
    with pytest.raises(PlanRefused) as caught:
        services.load_targets(targets=path, plans=catalogue_files["plans"])
    assert len(caught.value.problems) == sum(row["kind"] == "minimum" for _, row in LINES)
    assert not Plan.objects.exists()
