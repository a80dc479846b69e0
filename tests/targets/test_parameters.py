"""Parameters from JSON: every slip is told in Vietnamese with its place."""

import json
from decimal import Decimal
from typing import Any

import pytest

from targets import rules
from targets.rules import CatchUpOrMaintain, Formal, Measure, ParametersWrong
from tests.targets.builders import MINUTES, catch_up, formal


def slips(kind: str, parameters: object, measure: Measure | None = None) -> list[str]:
    with pytest.raises(ParametersWrong) as caught:
        rules.ready_rule(kind=kind, parameters=parameters, measure=measure or Measure())
    return caught.value.problems


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ([], ["parameters: phải là một đối tượng { … }", "parameters: thiếu “central”"]),
        ({}, ["parameters: thiếu “central”"]),
        ({"central": "năm mươi"}, ["parameters.central: phải là một số, không phải “năm mươi”"]),
        ({"central": True}, ["parameters.central: phải là một số, không phải true"]),
        ({"central": "NaN"}, ["parameters.central: phải là một số, không phải “NaN”"]),
        (
            {"central": 120},
            [
                "parameters.central: 120 lớn hơn 100",
                "parameters.cap: trần 100 thấp hơn chỉ tiêu Trung ương 120",
            ],
        ),
        ({"central": -1}, ["parameters.central: -1 nhỏ hơn 0"]),
        (
            {"central": 50, "growth_kind": "gấp"},
            ["parameters.growth_kind: “gấp” không có; chỉ nhận relative, points"],
        ),
        ({"central": 50, "compare": 1}, ["parameters.compare: 1 không có; chỉ nhận raw, printed"]),
        ({"central": 50, "decimals": 1.5}, ["parameters.decimals: phải là một số nguyên, không phải 1.5"]),
        ({"central": 50, "decimals": 11}, ["parameters.decimals: 11 phải từ 0 đến 10"]),
        ({"central": 50, "cap": 40}, ["parameters.cap: trần 40 thấp hơn chỉ tiêu Trung ương 50"]),
        (
            {"central": 50, "no_baseline": None},
            ["parameters.no_baseline: null không có; chỉ nhận central, none"],
        ),
    ],
)
def test_wrong_parameters_of_the_formal_rule_are_told(parameters: object, told: list[str]) -> None:
    assert slips("formal", parameters) == told


def test_an_unknown_parameter_is_told_with_the_known_ones() -> None:
    (told,) = slips("formal", {"central": 50, "tran": 90})
    assert told.startswith("parameters: khoá lạ “tran”; các khoá được dùng: cap, central, compare")


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        ([], "parameters.bands: phải là danh sách có ít nhất một mục, không phải danh sách trống"),
        ("90", "parameters.bands: phải là danh sách có ít nhất một mục, không phải “90”"),
        ([{"below": 90}], "parameters.bands[1]: thiếu “target”"),
        (
            [{"below": 90, "target": 80}],
            "parameters.bands[1]: chỉ tiêu 80 thấp hơn ngưỡng 90: có đơn vị bị giao kém kết quả đã đạt",
        ),
        (
            [{"below": 50, "target": 90}, {"below": 50, "target": 95}],
            "parameters.bands: ngưỡng phải tăng dần và chỉ tiêu không được kém đi theo ngưỡng",
        ),
    ],
)
def test_wrong_bands_are_told(bands: object, told: str) -> None:
    assert slips("catch_up_or_maintain", {"bands": bands}) == [told]


def test_all_slips_are_told_at_once() -> None:
    wrong = {"bands": [{"below": 90, "target": 95, "x": 1}], "compare": "in", "y": 2}
    assert len(slips("catch_up_or_maintain", wrong)) == 3


def test_a_band_of_a_lower_is_better_indicator_says_above() -> None:
    told = slips("catch_up_or_maintain", {"bands": [{"below": 30, "target": 30}]}, MINUTES)
    assert told[0] == "parameters.bands[1]: thiếu “above”"
    assert catch_up({"above": 30, "target": 30}, measure=MINUTES).plain()["bands"] == [
        {"above": "30", "target": "30"}
    ]


KINDS = ["formal", "catch_up_or_maintain", "fixed", "growth", "ladder", "cascade"]
TERMS = {
    "rounding": None,
    "rounding_way": "harder",
    "fewest": 0,
    "few_cases": "none",
    "not_applicable": "none",
    "waiver": False,
}
"""What every kind may be told, unless a plan says otherwise."""


def test_an_unknown_kind_is_told_with_the_known_ones() -> None:
    assert slips("thang-nam", {}) == [f"loại quy tắc “thang-nam” không có; chỉ nhận {', '.join(KINDS)}"]


def test_defaults_are_written_out_and_read_back_the_same() -> None:
    stated: dict[str, Any] = formal().plain()
    assert stated == {
        "central": "50",
        "growth": "10",
        "growth_kind": "relative",
        "cap": "100",
        "compare": "raw",
        "decimals": 0,
        "no_baseline": "central",
        "scored": "stretch",
        **TERMS,
    }
    assert formal(**json.loads(json.dumps(stated))).parameters == Formal(central=Decimal(50))
    again = catch_up(**catch_up().plain()).parameters
    assert isinstance(again, CatchUpOrMaintain)
    assert (again.compare, again.decimals) == ("printed", 0)


def test_a_json_fraction_is_taken_as_it_was_written() -> None:
    assert formal(central=62.1).parameters.central == Decimal("62.1")
