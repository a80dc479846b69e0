"""manage.py load_plan and assign_targets: what they print, and how they fail."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from indicators.models import State
from targets.models import Plan, PlanState
from tests.reports.tables import Scene, make_scene
from tests.targets.builders import plan_json, rule_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = make_scene(4)
    a, b, c, _ = made.communes
    made.record({a: "84.3", b: "43", c: State.NOT_ARISING})
    return made


@pytest.fixture
def plan_file(tmp_path: Path, scene: Scene) -> Path:
    path = tmp_path / "ke-hoach.json"
    rule = rule_json(kind="formal", parameters={"central": 50, "no_baseline": "none"})
    path.write_text(json.dumps(plan_json(rule), ensure_ascii=False), encoding="utf-8")
    return path


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_plan_is_loaded_and_summed_up(plan_file: Path) -> None:
    assert run("load_plan", str(plan_file)).splitlines() == [
        "Kế hoạch “Kế hoạch thử” (ke-hoach, năm 2023).",
        "  Số gốc: Quý I/2023; 1 quy tắc; đã giao 0 chỉ tiêu.",
    ]


def test_the_json_has_the_stated_keys_with_numbers_as_text_and_missing_as_null(
    plan_file: Path, scene: Scene
) -> None:
    run("load_plan", str(plan_file))
    answer = json.loads(run("assign_targets", "ke-hoach", "--json"))
    assert list(answer) == ["plan", "year", "assignments", "differences", "uncovered"]
    first = next(one for one in answer["assignments"] if one["baseline"] == "84.3")
    stated = "indicator unit parent baseline assigned stretch wording rule reason"
    assert set(stated.split()) <= set(first)
    assert (first["assigned"], first["stretch"], first["rule"], first["label"]) == (
        "84.3",
        "92.73",
        "formal",
        "Mọi xã",
    )
    assert first["baseline_printed"] is None
    assert answer["differences"] == []
    assert sorted(one["reason"] for one in answer["uncovered"]) == [
        "chưa có số liệu gốc",
        "chưa có số liệu gốc (không phát sinh)",
    ]


def test_an_unknown_plan_is_one_json_object_with_an_error_and_exit_1(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("load_plan", str(plan_file))
    with pytest.raises(SystemExit) as caught:
        call_command("assign_targets", "khong-co", "--json")
    assert caught.value.code == 1
    assert json.loads(capsys.readouterr().out) == {
        "error": "Không có kế hoạch “khong-co”. Các kế hoạch đang có: ke-hoach."
    }
    with pytest.raises(CommandError, match="Không có kế hoạch"):
        call_command("assign_targets", "khong-co")


def test_an_issued_plan_is_read_and_not_assigned_again(plan_file: Path, scene: Scene) -> None:
    run("load_plan", str(plan_file))
    before = json.loads(run("assign_targets", "ke-hoach", "--json"))
    Plan.objects.update(state=PlanState.ISSUED)
    scene.record({scene.communes[3]: "99"})
    after = json.loads(run("assign_targets", "ke-hoach", "--json"))
    assert after["assignments"] == before["assignments"]


def test_without_json_a_person_reads_a_summary(plan_file: Path) -> None:
    run("load_plan", str(plan_file))
    told = run("assign_targets", "ke-hoach").splitlines()
    assert told[0].startswith("Kế hoạch thử: giao 2 chỉ tiêu")
    assert told[-1] == "Chưa giao được: 2 đơn vị."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "không phải là JSON"),
        (b"\xff\xfe\x00", "không phải là JSON"),
        (b"{}", "có 6 lỗi"),
        (None, "Không đọc được tệp"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_vietnamese(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=told):
        call_command("load_plan", str(path))
    assert not Plan.objects.exists()


def test_the_command_says_what_it_loaded_and_which_province_is_not_in_the_tree(db: None) -> None:
    call_command("load_units", "Quảng Nam", stdout=io.StringIO())
    out = io.StringIO()
    call_command("load_targets", stdout=out)
    told = out.getvalue().splitlines()
    assert told[0] == (
        "Kế hoạch “Quảng Nam: chỉ tiêu dịch vụ công trực tuyến năm 2023” (qnam23-2023): 8 quy tắc; "
        "đã giao 0 chỉ tiêu."
    )
    assert (
        "Bỏ qua tnguyen21-2025: chưa có Tỉnh Thái Nguyên trong cây đơn vị; chạy load_units “Thái Nguyên” rồi "
        "nạp lại."
    ) in told
    assert set(Plan.objects.values_list("code", flat=True)) == {"qnam23-2023", "qnam24-2024"}


@pytest.mark.parametrize(
    ("option", "content", "told"),
    [
        ("targets", "code,year\n", "thiếu cột document, indicator, level, kind, value"),
        ("plans", "[{}]", "phải là danh sách kế hoạch, mỗi kế hoạch có document và year"),
        ("plans", "{", "phải là danh sách kế hoạch"),
        ("targets", None, "Không đọc được tệp"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_the_command(
    db: None, tmp_path: Path, option: str, content: str | None, told: str
) -> None:
    path = tmp_path / "tep"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(CommandError, match=told):
        call_command("load_targets", **{option: path}, stdout=io.StringIO())
