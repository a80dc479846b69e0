"""Exports of a provincial system, in the layouts that offices receive; the figures are simulated."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.conf import settings

from indicators.models import Measurement
from tests.imports.conftest import named
from tests.imports.run import message, run

pytestmark = pytest.mark.django_db
EXPORTS = settings.FIXTURES_DIR / "exports"
SIMULATED = ("--source", "mo_phong")
QUANG_NAM = ("--province", "Tỉnh Quảng Nam")


@pytest.mark.parametrize(
    ("name", "options", "period", "rows", "written"),
    [
        *((f"tien_do_quy_{n}_2023.xlsx", (), f"2023-Q{n}", 278, 556) for n in (1, 3, 4)),
        *((f"so_hoa_quy_{n}_2023.xlsx", (), f"2023-Q{n}", 278, 556) for n in (1, 2, 3, 4)),
        *((f"thanh_toan_quy_{n}_2023.xls", QUANG_NAM, f"2023-Q{n}", 278, 556) for n in (1, 2, 3, 4)),
        ("tong_hop_quy_4_2023.csv", (*QUANG_NAM, "--period", "2023-Q4"), "2023-Q4", 278, 556),
        ("II_06a_so_cong_thuong_quy_1_2023.xlsx", (), "2023-Q1-bc", 1, 2),
    ],
)
def test_an_export_is_known_by_its_header_paths_and_its_rows_add_up_to_its_total(
    real: None, name: str, options: tuple[str, ...], period: str, rows: int, written: int
) -> None:
    answer = run(EXPORTS / name, *SIMULATED, *options)
    assert (answer["period"], answer["rows"], answer["matched"]) == (period, rows, rows)
    assert (answer["written"], answer["refused"]) == (written, 0)
    assert "total_agrees" in {problem["kind"] for problem in answer["problems"]}
    again = run(EXPORTS / name, *SIMULATED, *options)
    assert (again["written"], again["unchanged"]) == (0, written)


def test_the_planted_slips_of_quarter_two_are_each_found_and_named(real: None) -> None:
    answer = run(EXPORTS / "tien_do_quy_2_2023.xlsx", *SIMULATED)
    found = {(p["kind"], p["row"], p["severity"]) for p in answer["problems"] if p["severity"] != "info"}
    assert found == {
        ("swap", 23, "error"),
        ("sum_differs", 36, "warning"),
        ("repeated_unit", 74, "warning"),
        ("missing_unit", 119, "warning"),
        ("total_differs", 307, "warning"),
    }
    assert "161 + 4.590 = 4.751" in message(answer, "swap")
    assert "Các phép cộng cùng cho 2.564" in message(answer, "sum_differs")
    assert "Xã Điện Minh" in message(answer, "missing_unit")
    assert answer["written"] == 552  # neither the swapped unit nor the missing one


def test_a_swap_that_identities_confirm_is_read_the_other_way_round_once_accepted(real: None) -> None:
    run(EXPORTS / "tien_do_quy_2_2023.xlsx", *SIMULATED, "--accept-swaps")
    figure = Measurement.objects.get(
        unit=named("Sở Giao thông vận tải", "Tỉnh Quảng Nam"), indicator__code="HSTT", period__code="2023-Q2"
    )
    assert (figure.numerator, figure.denominator) == (2818, 4590)


def test_simulated_figures_never_meet_the_published_ones(real: None) -> None:
    from tests.imports.conftest import published

    run(published("quang_nam"))
    before = list(Measurement.objects.order_by("pk").values())
    run(EXPORTS / "tien_do_quy_1_2023.xlsx", *SIMULATED)
    assert list(Measurement.objects.exclude(source="mo_phong").order_by("pk").values()) == before


def test_the_report_of_one_unit_gives_its_total_row_alone(real: None) -> None:
    run(EXPORTS / "II_06a_so_cong_thuong_quy_1_2023.xlsx", *SIMULATED)
    figures = {m.indicator.code: m for m in Measurement.objects.filter(source="mo_phong")}
    assert {m.unit for m in figures.values()} == {named("Sở Công Thương", "Tỉnh Quảng Nam")}
    assert (figures["HSTT"].numerator, figures["HSTT"].denominator) == (589, 1273)
    assert figures["DUNGHAN"].value == Decimal("97.9044425817")
