"""What a layout says in words of its office: where facts stand, how other rows look, what numbers are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from imports.rules import cells, fractions, layouts, places, tables, titles
from imports.rules.figures import IndicatorFacts
from imports.rules.layouts import LayoutInvalid
from imports.rules.problems import ImportRefused
from imports.rules.titles import SheetFacts
from tests.imports.layouts import sheet_of

COLUMNS: list[dict[str, Any]] = [
    {"role": "position", "headers": ["STT"]},
    {"role": "unit", "required": True, "headers": ["Tên cơ quan"]},
    {"role": "rate", "indicator": "HSTT", "required": True, "headers": ["Mức độ"]},
]
HEADER = "STT | Tên cơ quan | Mức độ"


def layout(**said: Any) -> layouts.LayoutDef:
    return layouts.read_layout(code="rieng", name="Riêng", definition={"columns": COLUMNS} | said)


def tables_of(one: layouts.LayoutDef, *rows: Any) -> tables.FileTables:
    return fractions.settle_fractions(tables.read_tables([sheet_of(*rows)], [one]))


def facts(one: layouts.LayoutDef, *rows: Any) -> SheetFacts:
    (sheet,) = tables_of(one, *rows).sheets
    return titles.read_facts(sheet, {})


COMPARED = ["Kỳ báo cáo: | Quý II/2023", "Kỳ so sánh: | Quý I/2023"]


def test_the_period_is_the_one_behind_the_label_of_the_layout() -> None:
    rows = [*COMPARED, HEADER, "1 | Sở Y tế | 85,3%"]
    assert [span.code for span in facts(layout(), *rows).title_periods] == ["2023-Q2", "2023-Q1"]
    said = facts(layout(labels={"period": ["Kỳ báo cáo"]}), *rows)
    assert [span.code for span in said.title_periods] == ["2023-Q2"]


def test_the_day_of_extraction_stands_behind_its_label_above_or_below_the_table() -> None:
    one = layout(labels={"extracted_on": ["Số liệu tính đến hết"]})
    above = ["Số liệu tính đến hết ngày 15/7/2023", HEADER, "1 | Sở Y tế | 85,3%"]
    below = [HEADER, "1 | Sở Y tế | 85,3%", "Nguồn: | hệ thống một cửa", "Số liệu tính đến hết: 15/7/2023"]
    assert facts(one, *above).extracted_on == date(2023, 7, 15)
    assert facts(layout(footers=["Số liệu"], labels={"extracted_on": ["Số liệu tính đến hết"]}), *below) == (
        SheetFacts("Sheet1", extracted_on=date(2023, 7, 15))
    )
    assert facts(layout(), *above).extracted_on is None


def test_the_unit_of_a_report_stands_behind_its_label() -> None:
    one = layout(labels={"unit": ["Cơ quan lập biểu"]})
    said = facts(one, "Cơ quan lập biểu: UBND huyện Đại Lộc.", HEADER, "1 | Đất đai | 85,3%")
    assert said.subject == "UBND huyện Đại Lộc"


def test_a_label_alone_at_the_end_says_nothing() -> None:
    said = facts(layout(labels={"unit": ["Cơ quan lập biểu"]}), "Cơ quan lập biểu:", HEADER, "1 | A | 5%")
    assert said.subject == ""


def test_rows_that_the_layout_names_are_totals_captions_and_footers_and_no_units() -> None:
    rows = [
        HEADER,
        " | Các ngành trực thuộc | ",
        "1 | Sở Y tế | 85,3%",
        " | Số chung | 85,3%",
        " | Số liệu lấy từ hệ thống một cửa | ",
    ]
    one = layout(totals=["Số chung"], captions=["Các ngành trực thuộc"], footers=["Số liệu lấy từ"])
    found = tables_of(one, *rows)
    assert found.sheets[0].footers == ("Số liệu lấy từ hệ thống một cửa",)
    caption, unit, total = found.rows
    assert [places.is_caption(row) for row in (caption, unit, total)] == [True, False, False]
    assert [places.is_total(row) for row in (caption, unit, total)] == [False, False, True]
    plain = tables_of(layout(), *rows)
    assert not any(places.is_total(row) or places.is_caption(row) for row in plain.rows)


@pytest.mark.parametrize(
    ("numbers", "value", "printed"),
    [("fraction", Decimal("85.3"), "85.3%"), ("percent", Decimal("0.853"), "0.853")],
)
def test_bare_numbers_up_to_one_are_what_the_layout_says_they_are(
    numbers: str, value: Decimal, printed: str
) -> None:
    columns = [*COLUMNS[:2], COLUMNS[2] | {"numbers": numbers}]
    one = layout(columns=columns)
    (row,) = tables_of(one, HEADER, [1, "Sở Y tế", 0.853]).rows
    read = cells.read_row(row, layout=one, indicators={"HSTT": IndicatorFacts("HSTT", True, "x")}, level="so")
    assert [(figure.value, figure.printed) for figure in read.figures] == [(value, printed)]


def test_where_the_layout_says_nothing_of_bare_numbers_it_is_asked() -> None:
    with pytest.raises(ImportRefused, match="là phần trăm hay phân số"):
        tables_of(layout(), HEADER, [1, "Sở Y tế", 0.853])


def test_only_rates_say_what_their_bare_numbers_are() -> None:
    columns = [COLUMNS[0], COLUMNS[1] | {"numbers": "fraction"}, COLUMNS[2]]
    with pytest.raises(LayoutInvalid, match="chỉ cột tỷ lệ"):
        layout(columns=columns)
