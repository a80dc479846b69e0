"""The main job on the three published workbooks, through the commands an office would run."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command

from indicators import selectors as indicator_selectors
from indicators.models import Measurement, Source
from targets import selectors as target_selectors
from targets.models import Plan
from tests.reports.heat import assert_as_the_leagues_say
from units import selectors as unit_selectors
from units.models import Unit, UnitVersion

pytestmark = pytest.mark.django_db
RunJson = Callable[..., dict[str, Any]]

PUBLISHED = {
    "quang_nam_4872_phu_luc_II_quy_I_2023.xlsx": (278, 556),
    "quang_ngai_96_phu_luc_2_quy_I_2023.xlsx": (106, 212),
    "quang_ninh_269_phu_luc_III_2023.xlsx": (137, 137),
}


def published(name: str) -> str:
    return str(settings.FIXTURES_DIR / "published" / name)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_workbook_imported_again_writes_nothing(run_json: RunJson, name: str) -> None:
    units, versions, figures = Unit.objects.count(), UnitVersion.objects.count(), Measurement.objects.count()

    report = run_json("import_file", published(name), "--accept-swaps")

    rows, measurements = PUBLISHED[name]
    assert (report["rows"], report["matched"], report["unmatched"]) == (rows, rows, [])
    assert (report["written"], report["new"], report["changed"]) == (0, 0, 0)
    assert report["unchanged"] == measurements
    assert (Unit.objects.count(), UnitVersion.objects.count()) == (units, versions)
    assert Measurement.objects.count() == figures


def test_quang_nam_communes_235_of_241_are_ranked_and_six_did_not_arise(run_json: RunJson) -> None:
    table = run_json("league", "HSTT", "2023-Q1", "--level", "xa", "--within", "Tỉnh Quảng Nam")

    assert table["coverage"] == {"ranked": 235, "units": 241}
    assert Counter(row["state"] for row in table["unranked"]) == {"không phát sinh": 6}


@pytest.mark.parametrize(
    ("unit", "parent", "value", "above"),
    [
        ("Xã A Rooi", "Huyện Đông Giang", "14.5", "6.4"),  # printed 102nd, below 6,4 %
        ("Xã Tam Dân", "Huyện Phú Ninh", "5.5", "4.7"),  # printed 168th
        ("Xã Quế Xuân 2", "Huyện Quế Sơn", "77.1", "70.6"),  # printed 189th
        ("Xã Tiên Hiệp", "Huyện Tiên Phước", "99.8", "99.6"),  # printed 200th
    ],
)
def test_a_commune_printed_out_of_order_stands_in_its_right_rank(
    run_json: RunJson, unit: str, parent: str, value: str, above: str
) -> None:
    table = run_json("league", "HSTT", "2023-Q1", "--level", "xa", "--within", "Tỉnh Quảng Nam")

    rows = table["rows"]
    mine = next(row for row in rows if (row["unit"], row["parent"]) == (unit, parent))
    assert Decimal(mine["value"]) == Decimal(value)
    assert mine["rank"] == 1 + sum(1 for row in rows if Decimal(row["value"]) > Decimal(value))
    assert all(mine["rank"] < row["rank"] for row in rows if Decimal(row["value"]) <= Decimal(above))


def test_no_quang_nam_commune_is_ranked_by_payment_since_the_portal_gave_no_rate(run_json: RunJson) -> None:
    table = run_json("league", "TTTT", "2023-Q1", "--level", "xa", "--within", "Tỉnh Quảng Nam")

    assert table["rows"] == []
    assert Counter(row["state"] for row in table["unranked"]) == {"chưa trích xuất được": 241}


def test_136_of_137_printed_targets_of_quang_ninh_equal_ours_and_cam_la_is_explained(
    run_json: RunJson,
) -> None:
    plan = run_json("assign_targets", "quang-ninh-2023")

    assert len(plan["assignments"]) == 137
    assert [(d["unit"], d["parent"], d["assigned"]) for d in plan["differences"]] == [
        ("Xã Cẩm La", "Thị xã Quảng Yên", "90")
    ]
    assert "87" in plan["differences"][0]["reason"]


def test_quang_nam_2024_applies_the_formal_rule_to_every_unit(run_json: RunJson) -> None:
    plan = run_json("assign_targets", "quang-nam-2024")

    assert len(plan["assignments"]) == 19 + 18 + 241
    by_unit = {(a["unit"], a["parent"]): a for a in plan["assignments"]}
    below = by_unit["Huyện Đại Lộc", "Tỉnh Quảng Nam"]  # 45,8 % in Quý I/2023
    assert (below["baseline"], below["assigned"], below["stretch"]) == ("45.8", "50", "50")
    above = by_unit["Huyện Nam Trà My", "Tỉnh Quảng Nam"]  # 84,3 %
    assert (above["baseline"], above["assigned"], above["stretch"]) == ("84.3", "84.3", "92.73")


def test_the_demonstration_issues_the_catalogues_plans_but_for_the_one_on_simulated_figures(
    demo: None,
) -> None:
    assert dict(Plan.objects.order_by("pk").values_list("code", "state")) == {
        "qnam23-2023": "issued",
        "qngai23-2023": "issued",
        "qninh23-2023": "issued",
        "qnam24-2024": "draft",
        "tnguyen21-2022": "issued",
        "tnguyen21-2025": "issued",
        "quang-ninh-2023": "issued",
        "quang-nam-2024": "issued",
    }
    assert not Measurement.objects.filter(source=Source.SIMULATED).exists()


@pytest.mark.parametrize(
    ("province", "period", "plan"),
    [
        ("Tỉnh Quảng Ninh", "2023-den-08-23", "quang-ninh-2023"),
        ("Tỉnh Quảng Nam", "2023-Q1", "quang-nam-2024"),
        ("Tỉnh Quảng Ngãi", "2023-Q1", None),
    ],
)
def test_each_unit_is_judged_by_the_plan_that_assigns_it_a_target_of_its_own(
    demo: None, province: str, period: str, plan: str | None
) -> None:
    owner = unit_selectors.province_named(name=province, on=date(2023, 3, 31))
    assert owner is not None
    found = target_selectors.plan_judging(
        province=owner,
        indicator=indicator_selectors.indicator_by_code("HSTT"),
        period=indicator_selectors.period_by_code(period),
    )
    assert (found.code if found else None) == plan


def test_the_province_total_of_quang_ninh_is_added_from_counts(run_json: RunJson) -> None:
    added = {"numerator": 0, "denominator": 0}
    for level in ("so", "huyen", "xa"):
        table = run_json("league", "HSTT", "2023-den-08-23", "--level", level, "--within", "Tỉnh Quảng Ninh")
        for row in table["rows"]:
            assert int(row["numerator"]) <= int(row["denominator"])
            added["numerator"] += int(row["numerator"])
            added["denominator"] += int(row["denominator"])

    sheet_counts = [0, 0]
    for sheet in openpyxl.load_workbook(published("quang_ninh_269_phu_luc_III_2023.xlsx")):
        for cells in sheet.iter_rows(values_only=True):
            if isinstance(cells[0], int):
                pair = sorted(int(str(cell).replace(".", "")) for cell in cells[2:4])
                sheet_counts = [sheet_counts[0] + pair[0], sheet_counts[1] + pair[1]]
    assert [added["numerator"], added["denominator"]] == sheet_counts


@pytest.mark.parametrize(("code", "targets"), [("quang-ninh-2023", 137), ("quang-nam-2024", 278)])
def test_every_target_that_an_appendix_prints_is_the_one_assigned(
    demo: None, tmp_path: Path, code: str, targets: int
) -> None:
    path = tmp_path / "giao-chi-tieu.xlsx"
    call_command("appendix", "giao-chi-tieu", "--plan", code, "-o", str(path), stdout=io.StringIO())

    printed: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for sheet in openpyxl.load_workbook(path):
        header = [cell.value for cell in sheet[5]]
        column = next(n for n, words in enumerate(header) if str(words).startswith("Chỉ tiêu giao"))
        place = ""
        for cells in sheet.iter_rows(min_row=6, values_only=True):
            if isinstance(cells[0], int):
                stretch = cells[column + 1] if "Chỉ tiêu phấn đấu" in header else None
                name = str(cells[1]).casefold().removeprefix("ủy ban nhân dân ")
                printed[place, name] = _said(cells[column]), _said(stretch)
            else:
                place = str(cells[0]).partition(". ")[2].rstrip(":")
    plan = target_selectors.plan_by_code(code)
    names = target_selectors.names_of(plan)
    stored = {}
    for one in plan.assignments.all():
        unit = names[one.unit_id]
        key = (unit.parent_name if unit.level == "xa" else "", unit.full_name.casefold())
        goal = one.wording if one.maintain else str(one.assigned.normalize())
        stored[key] = goal, None if one.stretch is None else str(one.stretch.normalize())
    assert printed == stored
    assert len(printed) == targets


def _said(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str((Decimal(str(value)) * 100).normalize())


@pytest.mark.parametrize("code", ["qnam-pl2", "qninh-pl3"])
def test_an_exported_appendix_imported_again_gives_the_same_figures(
    run_json: RunJson, tmp_path: Path, code: str
) -> None:
    path = tmp_path / f"{code}.xlsx"
    call_command("appendix", code, "-o", str(path), stdout=io.StringIO())

    report = run_json("import_file", str(path))

    rows, measurements = {"qnam-pl2": (278, 556), "qninh-pl3": (137, 137)}[code]
    assert (report["rows"], report["matched"], report["refused"]) == (rows, rows, 0)
    assert (report["new"], report["changed"], report["unchanged"]) == (0, 0, measurements)
    assert [p for p in report["problems"] if p["severity"] == "error"] == []


@pytest.mark.parametrize(
    ("period", "level", "columns"),
    [
        *(("2023-Q1", level, 2) for level in ("so", "huyen", "xa")),
        *(("2023-den-08-23", level, 1) for level in ("so", "huyen", "xa")),
    ],
)
@pytest.mark.parametrize("province", [None, "Tỉnh Quảng Nam", "Tỉnh Quảng Ninh"])
def test_each_cell_of_the_heat_map_is_that_of_the_league_table(
    demo: None, province: str | None, period: str, level: str, columns: int
) -> None:
    found = indicator_selectors.period_by_code(period)
    within = unit_selectors.province_named(name=province, on=found.ends_on) if province else None
    is_elsewhere = province == ("Tỉnh Quảng Ninh" if period == "2023-Q1" else "Tỉnh Quảng Nam")

    table = assert_as_the_leagues_say(
        period=found, level=level, within=within, expected_columns=0 if is_elsewhere else columns
    )

    assert table.units > 0
