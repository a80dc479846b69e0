"""The three published workbooks through the command that an office runs."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from documents.models import Document
from imports.models import Batch
from indicators.models import Measurement, MeasurementRevision, PublishedTarget, State
from tests.imports.conftest import named, published
from tests.imports.run import kinds, run
from units.models import Alias, Unit

pytestmark = pytest.mark.django_db

KEYS = [
    "file",
    "sha256",
    "layout",
    "period",
    "extracted_on",
    "rows",
    "matched",
    "unmatched",
    "problems",
    "new",
    "changed",
    "unchanged",
    "refused",
    "written",
    "batch",
]


def figure(unit: str, indicator: str, parent: str | None = None) -> Measurement:
    return Measurement.objects.get(unit=named(unit, parent), indicator__code=indicator)


def test_quang_nam_is_read_to_the_last_row(real: None) -> None:
    answer = run(published("quang_nam"))
    assert [key for key in KEYS if key not in answer] == []
    assert (answer["layout"], answer["period"], answer["extracted_on"]) == (
        "ty-le-hstt-tttt",
        "2023-Q1",
        "2023-07-17",
    )
    assert (answer["rows"], answer["matched"], answer["unmatched"]) == (278, 278, [])
    assert (answer["new"], answer["changed"], answer["unchanged"], answer["written"]) == (556, 0, 0, 556)
    assert answer["refused"] == 0
    # The four communes that the printed list misplaces, and the four payment zeros that no note explains.
    assert kinds(answer, "zero_without_note") == [
        ("order_slip", 114),
        ("order_slip", 186),
        ("order_slip", 209),
        ("order_slip", 221),
    ]
    assert [row for kind, row in kinds(answer) if kind == "zero_without_note"] == [11, 17, 23, 24]
    assert {m.source for m in Measurement.objects.all()} == {"cong_dvcqg"}
    batch = Batch.objects.get(pk=answer["batch"])
    assert (batch.document, batch.reason) == (Document.objects.get(code="QNam23"), "")


def test_quang_nams_words_become_states_and_its_payment_column_is_not_zero(real: None) -> None:
    run(published("quang_nam"))
    communes = Measurement.objects.filter(unit__versions__level="xa")
    counted = Counter(communes.values_list("indicator__code", "state"))
    assert counted == {
        ("HSTT", State.NUMBER.value): 235,
        ("HSTT", State.NOT_ARISING.value): 6,
        ("TTTT", State.NOT_PUBLISHED.value): 241,
    }
    tu = figure("Xã Tư", "HSTT")
    assert (tu.value, tu.printed) == (Decimal("96.8"), "96.8%")
    assert figure("Xã Trà Don", "HSTT").value == Decimal("98.9")
    assert figure("Xã Trà Dơn", "HSTT").value == Decimal("74.1")
    assert figure("Xã Tam Trà", "HSTT").value == 0
    scope = figure("Sở Ngoại vụ", "TTTT", "Tỉnh Quảng Nam")
    assert (scope.state, scope.printed) == (State.OUT_OF_SCOPE.value, "0%")
    assert scope.note == "Không có TTHC yêu cầu nghĩa vụ tài chính"
    district = figure("Huyện Tây Giang", "TTTT")
    assert (district.state, district.value) == (State.NUMBER.value, 0)


def test_quang_ngai_holds_its_group_values_against_the_districts(real: None) -> None:
    answer = run(published("quang_ngai"))
    assert (answer["rows"], answer["matched"], answer["new"], answer["written"]) == (106, 106, 212, 212)
    # Ba Tơ 23,3 %, Trà Bồng 23,6 %, Lý Sơn 7,7 % in group rows equal the districts' own rows: no warning.
    assert kinds(answer, "zero_without_note") == [("order_slip", 23)]
    assert {m.source for m in Measurement.objects.all()} == {"van_ban"}
    planning = Measurement.objects.filter(unit=named("Sở Kế hoạch và Đầu tư", "Tỉnh Quảng Ngãi"))
    assert {m.state for m in planning} == {State.OUT_OF_SCOPE.value}
    assert figure("Huyện Lý Sơn", "HSTT").value == Decimal("7.7")
    assert figure("Thị trấn Ba Tơ", "HSTT").value == Decimal("13.9")
    assert figure("Xã Ba Tô", "HSTT").value == Decimal("17.1")
    assert figure("Xã Trà Bùi", "HSTT").printed == "9,2%"


def test_quang_ninh_refuses_two_swapped_rows_and_writes_the_rest(real: None) -> None:
    answer = run(published("quang_ninh"))
    assert (answer["period"], answer["extracted_on"]) == ("2023-den-08-23", "2023-08-23")
    assert (answer["rows"], answer["matched"], answer["refused"]) == (137, 137, 2)
    assert (answer["new"], answer["written"]) == (135, 135)
    assert answer["published_targets"] == {
        "new": 135,
        "changed": 0,
        "unchanged": 0,
        "differs": 0,
        "written": 135,
    }
    assert kinds(answer) == [("swap", 10), ("swap", 20)]
    swaps = [p for p in answer["problems"] if p["kind"] == "swap"]
    assert {p["severity"] for p in swaps} == {"error"}
    assert "2.657/20.605 = 12,89 %" in swaps[0]["message"]
    assert "12% (cắt phần lẻ)" in swaps[0]["message"]
    assert "3.233/9.052 = 35,72 %" in swaps[1]["message"]
    assert "35.7% (làm tròn)" in swaps[1]["message"]


def test_accepted_swaps_are_exchanged_and_the_history_says_so(real: None) -> None:
    answer = run(published("quang_ninh"), "--accept-swaps")
    assert (answer["refused"], answer["written"]) == (0, 137)
    transport = figure("Sở Giao thông vận tải", "HSTT", "Tỉnh Quảng Ninh")
    assert (transport.numerator, transport.denominator, transport.printed) == (2657, 20605, "12%")
    assert "Đổi chỗ hai cột" in MeasurementRevision.objects.get(measurement=transport).reason
    other = figure("Sở Công Thương", "HSTT", "Tỉnh Quảng Ninh")
    assert "Đổi chỗ" not in MeasurementRevision.objects.get(measurement=other).reason
    assert other.origin.startswith(f"batch:{answer['batch']};I. Cap So;")
    assert PublishedTarget.objects.count() == 137
    kept = PublishedTarget.objects.get(unit=named("Xã Cẩm La"))
    assert (kept.maintain, kept.value, kept.due_on) == (True, None, date(2023, 12, 31))
    sic = PublishedTarget.objects.get(unit=named("Sở Tài chính", "Tỉnh Quảng Ninh"))
    assert sic.printed == "Duy trì kết quả đạt dược"


@pytest.mark.parametrize("part", ["quang_nam", "quang_ngai", "quang_ninh"])
def test_the_same_workbook_again_writes_nothing_and_leaves_nothing(real: None, part: str) -> None:
    first = run(published(part), "--accept-swaps")
    before = [
        m.objects.count() for m in (Measurement, MeasurementRevision, PublishedTarget, Unit, Alias, Batch)
    ]
    again = run(published(part), "--accept-swaps")
    after = [
        m.objects.count() for m in (Measurement, MeasurementRevision, PublishedTarget, Unit, Alias, Batch)
    ]
    assert (again["new"], again["changed"], again["written"]) == (0, 0, 0)
    assert again["unchanged"] == first["new"]
    assert again["batch"] == first["batch"]
    assert again["message"].startswith("Tệp này đã nạp ngày ")
    assert again["message"].endswith(" bởi Hệ thống.")
    assert after == before


def test_a_dry_run_tells_everything_and_keeps_nothing(real: None, media_root: Path) -> None:
    answer = run(published("quang_ninh"), "--accept-swaps", "--dry-run")
    assert (answer["new"], answer["written"], answer["batch"]) == (137, 0, None)
    assert Batch.objects.count() == Measurement.objects.count() == PublishedTarget.objects.count() == 0
    assert [path for path in media_root.rglob("*") if path.is_file()] == []
