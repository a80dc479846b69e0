"""Quyết định 467/QĐ-UBND on the simulated exports of four quarters: each target against a sum made here."""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import lxml.html
import openpyxl
import pytest
from django.conf import settings
from django.db import transaction

from imports.models import Batch
from indicators.models import Measurement
from targets import selectors, services
from targets.models import Assignment, Plan
from tests.imports.run import run
from tests.targets.builders import recomputed_formal
from units.models import Unit, UnitVersion

pytestmark = pytest.mark.django_db
EXPORTS = settings.FIXTURES_DIR / "exports"
QUARTERS = ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4")
CARRIED = {"HSTT": 278, "TTTT": 278, "SOHOA": 278, "TAISUDUNG": 278, "DONGBO": 1}
"""Indicators of the plan that the exports carry, with how many units get a target for them."""


@dataclass
class Year:
    """What the files brought, added up by this test: counts by indicator and unit."""

    definition: dict[str, Any]
    counts: dict[tuple[str, int], tuple[int, int]]

    def assigned(self, growth_kind: str) -> list[Assignment]:
        definition = copy.deepcopy(self.definition)
        for rule in definition["rules"]:
            rule["parameters"]["growth_kind"] = growth_kind
        return services.assign_targets(plan=services.load_plan(definition=definition))


COLUMNS = {"HSTT": (6, 5), "SOHOA": (10, 8), "TAISUDUNG": (6, 3), "TTTT": (4, 3), "DONGBO": (7, 8)}
"""Where numerator and denominator stand in the file that carries the indicator, counted from 1."""


@cache
def rows_of(filename: str) -> list[list[Any]]:
    """The rows of an export as they stand in it, read here without the product."""
    path = EXPORTS / filename
    if path.suffix == ".xlsx":
        return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]
    table = lxml.html.fromstring(path.read_text("utf-8"))
    return [[cell.text_content() for cell in row.iterchildren()] for row in table.iter("tr")]


def counts_in_its_file(figure: Measurement) -> tuple[int, int]:
    """The counts in the row that the figure says it came from."""
    batch, _, row = figure.origin.removeprefix("batch:").split(";")
    cells = rows_of(Batch.objects.get(pk=batch).filename)[int(row) - 1]
    numerator, denominator = (
        int(str(cells[column - 1]).replace(".", "")) for column in COLUMNS[figure.indicator.code]
    )
    return numerator, denominator


@pytest.fixture(scope="module")
def imported(four_provinces: None, django_db_blocker: Any, catalogue_files: dict[str, Any]) -> Iterator[Year]:
    """All exports brought in by the command, as an office would, under their own source."""
    with django_db_blocker.unblock(), transaction.atomic():
        for path in sorted(EXPORTS.iterdir()):
            told = ("--period", "2023-Q4") if path.suffix == ".csv" else ()
            run(path, "--source", "mo_phong", "--province", "Tỉnh Quảng Nam", *told)
        counts: dict[tuple[str, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
        for figure in Measurement.objects.filter(
            period__code__in=QUARTERS, indicator__code__in=list(CARRIED)
        ).select_related("indicator"):
            assert figure.source == "mo_phong"
            key = (figure.indicator.code, figure.unit_id)
            numerator, denominator = counts_in_its_file(figure)
            counts[key] = counts[key][0] + numerator, counts[key][1] + denominator
        (definition,) = [
            one for one in services.target_definitions(**catalogue_files) if one["code"] == "qnam24-2024"
        ]
        yield Year(definition, dict(counts))
        transaction.set_rollback(True)


@pytest.fixture
def year(imported: Year, db: None) -> Year:
    return imported


def ten(value: Decimal) -> Decimal:
    return value.quantize(Decimal("1E-10"), rounding=ROUND_HALF_UP)


def by_hand(counts: tuple[int, int] | None, central: Decimal, growth_kind: str) -> tuple[Decimal, Decimal]:
    """The decision's words in Decimal: below central → central; else the result, and 10 % more up to 100."""
    if counts is None or counts[1] == 0:
        return central, central
    result = ten(Decimal(100 * counts[0]) / counts[1])
    if result < central:
        return central, central
    grown = result * Decimal("1.10") if growth_kind == "relative" else result + 10
    return result, min(Decimal(100), ten(grown))


@pytest.mark.parametrize("growth_kind", ["relative", "points"])
def test_every_target_is_what_the_counts_of_the_four_quarters_give(year: Year, growth_kind: str) -> None:
    found = Counter[str]()
    above = Counter[str]()
    for one in year.assigned(growth_kind):
        code = one.indicator.code
        counts = year.counts.get((code, one.unit_id)) if code in CARRIED else None
        expected = by_hand(counts, Decimal(one.rule.parameters["central"]), growth_kind)
        assert (one.assigned, one.stretch) == expected, (code, one.unit)
        assert one.scored == one.stretch
        assert recomputed_formal(selectors.sentence(one)) == expected
        assert (one.baseline is not None) == (code in CARRIED)
        if counts:
            assert (one.baseline_numerator, one.baseline_denominator) == counts
        found[code] += 1
        above[code] += one.baseline is not None and one.baseline >= Decimal(one.rule.parameters["central"])
    assert {code: found[code] for code in CARRIED} == CARRIED
    assert sum(found.values()) == 2244
    # Both sides of the rule are there, or the comparison above would show little.
    assert (above["HSTT"], above["SOHOA"]) == (222, 19)


def quang_nam(name: str) -> Unit:
    return UnitVersion.objects.get(full_name=name, parent__versions__full_name="Tỉnh Quảng Nam").unit


@pytest.mark.parametrize(
    ("growth_kind", "stretch", "sum_of_it"),
    [
        ("relative", "62.097380461", "tăng thêm 10 % (56,4521640091 × 1,10 = 62,09738041001, làm tròn"),
        ("points", "66.4521640091", "tăng thêm 10 điểm % (56,4521640091 + 10 = 66,4521640091) là"),
    ],
)
def test_hoi_an_of_19826_in_35120_is_asked_for_ten_per_cent_more(
    year: Year, growth_kind: str, stretch: str, sum_of_it: str
) -> None:
    found = {
        one.unit: one for one in year.assigned(growth_kind) if one.indicator.code == "HSTT"
    }  # the counts are those that test_year_of_exports adds by hand
    hoi_an, health = found[quang_nam("Thành phố Hội An")], found[quang_nam("Sở Y tế")]
    assert (hoi_an.baseline_numerator, hoi_an.baseline_denominator) == (19826, 35120)
    assert hoi_an.assigned == Decimal("56.4521640091")
    assert hoi_an.stretch is not None
    assert abs(hoi_an.stretch - Decimal(stretch)) < Decimal("1E-7")
    assert sum_of_it in selectors.sentence(hoi_an)
    assert (health.baseline_numerator, health.baseline_denominator) == (5392, 17839)
    assert (health.assigned, health.stretch) == (50, 50)


def test_a_baseline_says_which_quarters_it_is_made_of_and_that_it_is_simulated(year: Year) -> None:
    found = {one.unit: one for one in year.assigned("relative") if one.indicator.code == "HSTT"}
    whole, lacking = found[quang_nam("Sở Y tế")], found[quang_nam("Sở Giao thông vận tải")]
    assert whole.baseline_note == "cộng 4 quý: Quý I/2023, Quý II/2023, Quý III/2023, Quý IV/2023"
    # Quý II, with two columns swapped, was refused until a person accepts the proposal.
    assert lacking.baseline_note == "cộng 3 trong 4 quý, thiếu Quý II/2023"
    assert {one.baseline_source for one in found.values()} == {"mo_phong"}
    assert {one.baseline_measurement for one in found.values()} == {None}
    assert "năm 2023 (số liệu mô phỏng)" in selectors.sentence(whole)


def test_simulated_figures_are_no_baseline_of_a_plan_on_official_ones(year: Year) -> None:
    official = copy.deepcopy(year.definition)
    del official["baseline"]["source"]
    plan: Plan = services.load_plan(definition=official)
    assert {one.baseline for one in services.assign_targets(plan=plan)} == {None}
