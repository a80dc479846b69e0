"""manage.py league: one JSON object, or one error in Vietnamese."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indicators.models import State
from reports.management.commands.league import Command
from tests.reports.tables import Scene, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = make_scene(3)
    made.record({made.communes[0]: (8621, 8664), made.communes[1]: State.NOT_ARISING})
    return made


def run(*words: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("league", *words, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_the_object_has_the_agreed_keys_with_numbers_as_texts_and_missing_as_null(scene: Scene) -> None:
    answer = run("HSTT", "2023-Q1", "--level", "xa", "--within", "Tỉnh Quảng Ninh")

    assert (answer["indicator"], answer["period"], answer["level"]) == ("HSTT", "2023-Q1", "xa")
    [row] = answer["rows"]
    wanted = {
        "rank": 1, "unit": "Xã Một", "parent": "Huyện Ba Chẽ", "value": "99.5036934441", "numerator": "8621",
        "denominator": "8664", "state": "có số liệu", "target": None, "gap": None, "change": None,
    }  # fmt: skip
    assert {key: row[key] for key in wanted} == wanted
    assert [(row["unit"], row["parent"], row["state"]) for row in answer["unranked"]] == [
        ("Xã Ba", "Huyện Ba Chẽ", "chưa có số liệu"),
        ("Xã Hai", "Huyện Ba Chẽ", "không phát sinh"),
    ]
    assert answer["coverage"] == {"ranked": 1, "units": 3}


def test_an_area_is_named_in_full(scene: Scene) -> None:
    assert run("HSTT", "2023-Q1", "--level", "xa", "--within", "Huyện Ba Chẽ")["coverage"]["units"] == 3
    assert run("hstt", "2023-Q1", "--level", "xa")["within"] == ["Tỉnh Quảng Ninh"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["XYZ", "2023-Q1", "--level", "xa"], "Không có chỉ tiêu"),
        (["HSTT", "2023-Q9", "--level", "xa"], "Không có kỳ"),
        (["HSTT", "2022-Q1", "--level", "xa"], "Quý I/2022"),
        (["HSTT", "2023-Q1", "--level", "thon"], "Không có cấp “thon”"),
        (["HSTT", "2023-Q1", "--level", "xa", "--within", "Tỉnh Cà Mau"], "Tỉnh Cà Mau"),
        (["HSTT", "2023-Q1", "--level", "xa", "--source", "x"], "Không có nguồn “x”"),
    ],
)
def test_what_cannot_be_is_an_error_object_and_exit_code_one(
    scene: Scene, words: list[str], message: str
) -> None:
    out = io.StringIO()

    with pytest.raises(SystemExit) as stop:
        call_command("league", *words, "--json", stdout=out)

    assert stop.value.code == 1
    answer = json.loads(out.getvalue())
    assert list(answer) == ["error"]
    assert message in answer["error"]
    with pytest.raises(CommandError):
        call_command("league", *words)


def test_a_mistyped_command_line_is_an_error_object_too(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["HSTT", "2023-Q1"], ["HSTT", "2023-Q1", "--level", "xa", "--xlsx", "a.xlsx"], ["--la"]):
        with pytest.raises(SystemExit) as stop:
            Command().run_from_argv(["manage.py", "league", *words, "--json"])
        assert stop.value.code == 1
        assert "manage.py league --help" in json.loads(capsys.readouterr().out)["error"]


def test_a_folder_that_is_not_there_is_told_in_vietnamese(scene: Scene, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "khong-co" / "bang.xlsx")
    with pytest.raises(CommandError, match="Không ghi được tệp"):
        call_command("league", "HSTT", "2023-Q1", "--level", "xa", "--xlsx", nowhere)


def test_the_table_is_written_as_a_workbook(scene: Scene, tmp_path: Path) -> None:
    target = tmp_path / "bang.xlsx"

    call_command("league", "HSTT", "2023-Q1", "--level", "xa", "--xlsx", str(target))

    values = [cell for row in openpyxl.load_workbook(target).worksheets[0].values for cell in row]
    assert "Xã Một" in values


def test_without_json_a_person_reads_it(scene: Scene) -> None:
    out = io.StringIO()

    call_command("league", "HSTT", "2023-Q1", "--level", "xa", stdout=out)

    assert "Xã Một dẫn đầu (99,50\N{NO-BREAK SPACE}%)." in out.getvalue()
    assert "không phát sinh" in out.getvalue()
