"""Sentences that a person can check by hand: their own numbers give the target."""

from __future__ import annotations

import json
from decimal import Decimal

import openpyxl
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from dvctt.lib import numbers
from tests.targets.builders import (
    MINUTES,
    SO_BANDS,
    baseline,
    catch_up,
    decided,
    formal,
    recomputed_catch_up,
    recomputed_formal,
)

LABEL = "Quý I/2023 (minh hoạ)"


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (
            "43",
            "Kết quả Quý I/2023 (minh hoạ) là 43 %, nhỏ hơn chỉ tiêu Trung ương 50 %: phấn đấu bằng 50 %.",
        ),
        (
            "96",
            (
                "Kết quả Quý I/2023 (minh hoạ) là 96 %, bằng hoặc lớn hơn chỉ tiêu Trung ương 50 %: "
                "giao 96 %; phấn đấu tăng thêm 10 % (96 × 1,10 = 105,6, không quá 100) là 100 %."
            ),
        ),
        (
            "49.9999",
            (
                "Kết quả Quý I/2023 (minh hoạ) là 49,9999 %, nhỏ hơn chỉ tiêu Trung ương 50 %: "
                "phấn đấu bằng 50 %."
            ),
        ),
    ],
)
def test_a_formal_sentence_says_the_result_the_comparison_and_the_sum(result: str, sentence: str) -> None:
    assert formal().sentence(baseline(result), label=LABEL) == sentence


def test_points_are_added_in_the_sentence() -> None:
    told = formal(growth_kind="points").sentence(baseline("50"), label=LABEL)
    assert told.endswith("giao 50 %; phấn đấu tăng thêm 10 điểm % (50 + 10 = 60) là 60 %.")


def test_a_printed_and_a_rounded_result_are_told_apart() -> None:
    rule = formal(compare="printed")
    assert "Quý I in là 50 %, bằng hoặc lớn hơn" in rule.sentence(baseline("49.96", "50%"), label="Quý I")
    assert "Quý I là 49,96 %, làm tròn 50 %, bằng" in rule.sentence(baseline("49.96"), label="Quý I")


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("không phát sinh", "không phát sinh, không có số liệu gốc"),
        ("chưa trích xuất được", "chưa trích xuất được, không có số liệu gốc"),
        ("", "chưa có số liệu gốc"),
    ],
)
def test_a_unit_without_a_number_is_told_why_it_gets_the_central_target(state: str, reason: str) -> None:
    assert formal().sentence(baseline(None, state=state), label="Quý I/2023") == (
        f"Kết quả Quý I/2023: {reason}; giao bằng chỉ tiêu Trung ương 50 %."
    )


@pytest.mark.parametrize(
    ("raw", "printed", "sentence"),
    [
        ("85.57", "86%", "Kết quả in 86 %, dưới 90 % (Thị xã Quảng Yên): giao 90 %."),
        (
            "89.8617511521",
            "90%",
            (
                "Kết quả in 90 %, không dưới 90 % (Thị xã Quảng Yên): "
                "duy trì kết quả đạt được (89,86 %, tức 585/651)."
            ),
        ),
        ("89.4999", "", "Kết quả 89,4999 %, làm tròn 89 %, dưới 90 % (Thị xã Quảng Yên): giao 90 %."),
    ],
)
def test_a_catch_up_sentence_says_the_printed_result_and_the_groups_threshold(
    raw: str, printed: str, sentence: str
) -> None:
    assert catch_up().sentence(baseline(raw, printed, numerator=585, denominator=651), label="") == sentence


def test_a_middle_band_says_both_of_its_ends() -> None:
    told = catch_up(*SO_BANDS, group="Sở").sentence(baseline("72.13", "72%"), label="")
    assert told == "Kết quả in 72 %, từ 50 đến dưới 80 % (Sở): giao 85 %."


def test_where_lower_is_better_the_words_turn_round() -> None:
    rule = formal(central=30, measure=MINUTES)
    assert rule.sentence(baseline("40"), label="năm 2023") == (
        "Kết quả năm 2023 là 40 phút, lớn hơn chỉ tiêu Trung ương 30 phút: phấn đấu bằng 30 phút."
    )
    assert rule.sentence(baseline("20"), label="năm 2023").endswith(
        "phấn đấu giảm thêm 10 % (20 × 0,90 = 18) là 18 phút."
    )


@given(result=st.decimals(min_value=0, max_value=100, places=10))
def test_the_numbers_of_any_formal_sentence_give_its_decision(result: Decimal) -> None:
    rule = formal(central="62.5", growth="12.5")
    decision = decided(rule, baseline(result))
    assigned, stretch = recomputed_formal(rule.sentence(baseline(result), label="Quý I/2023"))
    assert assigned == decision.assigned
    assert numbers.round_half_up(stretch, 10) == decision.stretch


def published(name: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(settings.FIXTURES_DIR / "published" / name)


def test_every_row_of_quang_nams_table_can_be_recomputed_from_its_sentence() -> None:
    definition = json.loads((settings.FIXTURES_DIR / "plans" / "quang-nam-2024.json").read_text("utf-8"))
    rule = formal(**definition["rules"][0]["parameters"])
    checked = 0
    for sheet in published("quang_nam_4872_phu_luc_II_quy_I_2023.xlsx"):
        for cells in sheet.iter_rows(values_only=True):
            if not str(cells[0]).isdigit():
                continue
            try:
                printed = numbers.parse_rate(cells[2])
            except numbers.NumberUnclear:
                printed = None
            result = baseline(printed.value if printed else None, state="" if printed else "không phát sinh")
            decision = decided(rule, result)
            told = rule.sentence(result, label=LABEL)
            assert recomputed_formal(told) == (decision.assigned, decision.stretch)
            checked += 1
    assert checked == 19 + 18 + 241


def test_136_of_137_rows_of_quang_ninhs_table_are_reproduced_and_recomputed_from_their_sentences() -> None:
    plan = json.loads((settings.FIXTURES_DIR / "plans" / "quang-ninh-2023.json").read_text("utf-8"))
    by_label = {
        rule["label"]: catch_up(*rule["parameters"].pop("bands"), group=rule["label"], **rule["parameters"])
        for rule in plan["rules"]
    }
    groups = {0: "Sở, ban, ngành", 1: "Cấp huyện"}
    differing, checked = [], 0
    for place, sheet in enumerate(published("quang_ninh_269_phu_luc_III_2023.xlsx")):
        group = groups.get(place, "")
        for cells in sheet.iter_rows(values_only=True):
            if place == 2 and isinstance(cells[0], str) and cells[0][0].isdigit():
                group = cells[0].split(". ", 1)[1].rstrip(":")
            if not isinstance(cells[0], int):
                continue
            # Two departments are printed with their counts swapped; online cannot exceed the total.
            online, total = sorted(numbers.parse_count(cell) or 0 for cell in cells[2:4])
            raw = numbers.rate(numerator=online, denominator=total)
            result = baseline(raw, str(cells[4]), numerator=online, denominator=total)
            decision = decided(by_label[group], result)
            told = recomputed_catch_up(by_label[group].sentence(result, label=""))
            assert told == (None if decision.maintain else decision.assigned)
            kept = str(cells[5]).startswith("Duy trì")
            same = decision.maintain if kept else f"{decision.assigned}%" == cells[5]
            if not same:
                differing.append((group, cells[1]))
            checked += 1
    assert checked == 137
    assert differing == [("Thị xã Quảng Yên", "Xã Cẩm La")]
