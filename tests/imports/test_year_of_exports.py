"""The year 2023 from four quarterly exports; the figures are simulated. Counts are added here by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.conf import settings

from dvctt.lib.periods import parse_period
from indicators import selectors
from indicators.selectors import Figure
from tests.imports.conftest import named
from tests.imports.run import run
from units.models import Unit

pytestmark = pytest.mark.django_db


def year_of_hstt(*options: str) -> dict[int, Figure]:
    exports = settings.FIXTURES_DIR / "exports"
    for number in range(1, 5):
        run(exports / f"tien_do_quy_{number}_2023.xlsx", "--source", "mo_phong", *options)
    quarters = selectors.quarters_of_year(parse_period("2023"))
    assert [one.code for one in quarters] == ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    return selectors.official_figures_summed(
        indicator=selectors.indicator_by_code("HSTT"),
        periods=quarters,
        within=named("Tỉnh Quảng Nam"),
        source="mo_phong",
    )


def quang_nam(name: str) -> Unit:
    return named(name, "Tỉnh Quảng Nam")


def test_the_year_is_four_quarters_added_and_says_which_quarter_it_lacks(real: None) -> None:
    year = year_of_hstt()
    whole = "cộng 4 quý: Quý I/2023, Quý II/2023, Quý III/2023, Quý IV/2023"
    lacking = "cộng 3 trong 4 quý, thiếu Quý II/2023"
    expected = {
        # 1.005 + 1.727 + 1.505 + 1.155 of 3.857 + 5.129 + 4.793 + 4.060
        quang_nam("Sở Y tế"): (5392, 17839, "30.2259095241", whole),
        # 4.328 + 4.521 + 5.836 + 5.141 of 8.150 + 9.052 + 10.023 + 7.895
        quang_nam("Thành phố Hội An"): (19826, 35120, "56.4521640091", whole),
        # Quý II, with two columns swapped, was refused: 3.234 + 3.219 + 3.699 of 6.111 + 4.958 + 5.416
        quang_nam("Sở Giao thông vận tải"): (10152, 16485, "61.5832575068", lacking),
        # Quý II has no row of it: 129 + 152 + 134 of 439 + 428 + 449
        named("Xã Điện Minh"): (415, 1316, "31.5349544073", lacking),
    }
    for unit, (numerator, denominator, value, note) in expected.items():
        found = year[unit.pk]
        assert (found.numerator, found.denominator, found.value) == (numerator, denominator, Decimal(value))
        assert (found.state, found.source, found.note) == ("number", "mo_phong", note)
    assert len(year) == 278
    assert all(found.value is not None for found in year.values())


def test_an_accepted_swap_completes_the_year(real: None) -> None:
    found = year_of_hstt("--accept-swaps")[quang_nam("Sở Giao thông vận tải").pk]
    assert (found.numerator, found.denominator) == (10152 + 2818, 16485 + 4590)
    assert found.missing == ()
