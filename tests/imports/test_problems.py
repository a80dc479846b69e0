"""What is wrong or worth knowing of a file, told with its place: each kind with the data that shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from documents.models import Document
from imports.models import Batch, Outcome
from imports.selectors import planned_cell
from indicators import selectors as indicator_selectors
from indicators import services as indicator_services
from indicators.models import Measurement
from indicators.rules import FigureDraft
from indicators.rules.jumps import jump_score
from tests.imports.conftest import named
from tests.imports.exports import SOUND, export, imported, progress, unit, units
from tests.imports.layouts import read_rows
from tests.imports.run import Json, kinds, message
from tests.imports.workbooks import COUNTS, QUANG_NINH, book

pytestmark = pytest.mark.django_db
AT = datetime(2023, 11, 1, tzinfo=UTC)
DON = "Xã Trà Don"
GROUP = ["I", "Huyện Nam Trà My"]


def told(answer: Json) -> list[tuple[str, int | None]]:
    return kinds(answer, "missing_unit", "ignored_row", "total_agrees")


def with_cells(**changes: int | None) -> list[Any]:
    """A row of a progress report that is sound but for these cells."""
    keys = [
        "total", "opening", "received", "online", "direct", "postal", "resolved", "early", "on_time",
        "overdue", "pending", "pending_in_time", "pending_overdue",
    ]  # fmt: skip
    return [1, DON, *[changes.get(key, cell) for key, cell in zip(keys, SOUND, strict=True)]]


# --- Swaps, and sums inside a row --------------------------------------------------------------------------
def test_a_sound_row_of_a_progress_report_says_nothing(real: None, tmp_path: Path) -> None:
    assert told(imported(tmp_path, progress(GROUP, with_cells()))) == []


@pytest.mark.parametrize(
    ("swapped", "columns"),
    [
        (
            {"received": 60, "online": 100},
            ["Tiếp nhận › Trong kỳ › Tổng số", "Tiếp nhận › Trong kỳ › Trực tuyến"],
        ),
        ({"resolved": 20, "pending": 90}, ["Đã xử lý › Tổng số", "Đang xử lý › Tổng số"]),
        ({"overdue": 12, "pending_in_time": 5}, ["Đã xử lý › Quá hạn", "Đang xử lý › Trong hạn"]),
    ],
)  # fmt: skip
def test_a_swap_after_which_every_sum_holds_is_proposed_and_never_made_by_itself(
    real: None, tmp_path: Path, swapped: dict[str, int], columns: list[str]
) -> None:
    answer = imported(tmp_path, progress(GROUP, with_cells(**swapped)))
    assert (told(answer), answer["written"]) == ([("swap", 8)], 0)
    row = Batch.objects.get(pk=answer["batch"]).rows.get(number=8)
    assert sorted(row.problems[0]["proposal"]["columns"]) == sorted(columns)
    agreed = imported(tmp_path, progress(GROUP, with_cells(**swapped)), "--accept-swaps")
    counts = dict(Measurement.objects.values_list("indicator__code", "numerator"))
    assert (agreed["written"], counts) == (2, {"HSTT": 60, "DUNGHAN": 85})


def test_where_two_swaps_would_do_none_is_proposed(real: None, tmp_path: Path) -> None:
    sound = {"total": 135, "opening": 35, "pending": 45, "pending_overdue": 33}
    assert told(imported(tmp_path, progress(GROUP, with_cells(**sound)))) == []
    # 12 and 5 were exchanged; exchanging 40 and 33 instead would mend the two sums as well.
    doubtful = with_cells(**sound, overdue=12, pending_in_time=5)
    answer = imported(tmp_path, progress(GROUP, doubtful))
    assert told(answer) == [("sum_differs", 8), ("sum_differs", 8)]


def test_sums_that_no_swap_mends_are_told_with_their_numbers_and_kept(real: None, tmp_path: Path) -> None:
    answer = imported(tmp_path, progress(GROUP, with_cells(total=117)))
    assert (told(answer), answer["written"]) == ([("sum_differs", 8)], 2)
    said = message(answer, "sum_differs")
    assert "“Tiếp nhận › Tổng số” 117 nhưng" in said
    assert "Các phép cộng cùng cho 110, có thể ô này ghi sai." in said


@pytest.mark.parametrize(
    ("cells", "rate", "kind"),
    [
        ((60, 100), "60%", "swap"),
        ((20605, 2657), None, "numerator_exceeds_denominator"),
        ((2657, 20605), "12%", "swap"),
        ((2657, 20605), "12,9%", "swap"),
        ((2657, 20605), "12,8%", "swap"),
        ((2657, 20605), "12,7%", "numerator_exceeds_denominator"),
    ],
)  # fmt: skip
def test_a_part_larger_than_its_whole_is_a_swap_only_where_the_printed_rate_says_so(
    cells: tuple[int, int], rate: str | None, kind: str
) -> None:
    small, large = sorted(cells)
    (row,) = read_rows(COUNTS, [1, "Sở Y tế", small, large, rate, None, None])
    assert [problem.kind for problem in row.problems] == [kind]
    assert row.refused


# --- Rows of the file --------------------------------------------------------------------------------------
def test_a_column_that_the_layout_does_not_know_is_told_once(real: None, tmp_path: Path) -> None:
    header = [*COUNTS, "Điểm thưởng"]
    rows = [
        [1, "Sở Y tế", 100, 60, "60%", None, None, 5],
        header,
        [2, "Sở Nội vụ", 100, 60, "60%", None, None, 5],
    ]
    answer = imported(tmp_path, book(rows, titles=QUANG_NINH, header=header))
    assert told(answer) == [("unknown_column", 5)]
    assert "Cột “Điểm thưởng” không có trong mẫu" in message(answer, "unknown_column")


def test_a_heading_that_means_no_district_is_told_and_its_rows_are_kept_out(
    real: None, tmp_path: Path
) -> None:
    rows = [["I", "Huyện Nam Trà Mi"], unit(1, DON), ["II", "Thành phố Tam Kỳ"], unit(1, "Phường An Mỹ")]
    answer = imported(tmp_path, export(*rows))
    assert told(answer) == [("unmatched_group", 5), ("unmatched_unit", 6)]
    assert "Gần giống: Huyện Nam Trà My" in message(answer, "unmatched_group")
    assert (answer["matched"], answer["written"]) == (1, 2)


def test_targets_of_no_paper_are_left_out_with_a_word(real: None, tmp_path: Path) -> None:
    titles = ["CHỈ TIÊU QUÝ III/2023", "tỉnh Quảng Ninh"]
    answer = imported(
        tmp_path,
        book(
            [[1, "Sở Y tế", 100, 60, "60%", "85%"]],
            titles=titles,
            header=[*COUNTS[:4], "Tỷ lệ HSTT", "Chỉ tiêu giao"],
        ),
    )
    assert told(answer) == [("target_without_document", None)]
    assert answer["published_targets"]["new"] == 0


def test_a_source_that_the_title_contradicts_is_told(real: None, tmp_path: Path) -> None:
    quarter = "Quý II năm 2023, trích xuất từ Cổng Dịch vụ công quốc gia"
    answer = imported(tmp_path, export(*units("Sở Y tế"), quarter=quarter), "--source", "he_thong_tinh")
    assert told(answer) == [("source_chosen", None)]
    assert answer["source"] == "he_thong_tinh"


# --- Against figures that stand ----------------------------------------------------------------------------
def stored(
    unit_name: str,
    *,
    value: str = "50",
    origin: str = "batch:1",
    document: Document | None = None,
    period: str = "2023-Q2",
    source: str = "he_thong_tinh",
    day: date | None = None,
) -> None:
    """A figure of the online rate that stands already."""
    indicator = indicator_selectors.indicator_by_code("HSTT")
    span = indicator_services.ensure_period(span=_span(period))
    indicator_services.record_measurements(
        drafts=[
            FigureDraft(
                unit_id=named(unit_name).pk, indicator_id=indicator.pk, period_id=span.pk, source=source,
                origin=origin, is_rate=True, value=Decimal(value), state="number", extracted_on=day,
                document_id=document.pk if document else None,
            )
        ],
        by=None, reason="kiểm thử", at=AT,
    )  # fmt: skip


def _span(code: str) -> Any:
    from dvctt.lib.periods import parse_period

    return parse_period(code)


def test_an_approved_figure_is_kept_unless_a_person_says_otherwise(real: None, tmp_path: Path) -> None:
    stored("Huyện Đại Lộc", origin="submission:1")
    answer = imported(tmp_path, export(*units("Huyện Đại Lộc")))
    assert (told(answer), answer["written"], answer["changed"]) == ([("overwrites_approved", 5)], 1, 0)
    assert "Giữ số đã duyệt" in message(answer, "overwrites_approved")
    (row,) = Batch.objects.get(pk=answer["batch"]).rows.exclude(figures=[])
    cell = planned_cell(row=row, code="HSTT")
    assert cell is not None
    assert cell.outcome == Outcome.KEPT_APPROVED
    assert Measurement.objects.get(indicator__code="HSTT").value == 50


def test_a_units_approved_report_is_kept_from_a_file_of_the_units_own_source(
    real: None, tmp_path: Path
) -> None:
    stored("Huyện Đại Lộc", origin="submission:1", source="don_vi")
    answer = imported(tmp_path, export(*units("Huyện Đại Lộc")), "--source", "don_vi")
    assert ("overwrites_approved", 5) in told(answer)
    assert "số đang có đã được duyệt. Giữ số đã duyệt" in message(answer, "overwrites_approved")
    kept = Measurement.objects.get(indicator__code="HSTT", source="don_vi")
    assert (kept.value, kept.origin) == (50, "submission:1")
    # A portal's file stands beside the report, whoever approved it.
    imported(tmp_path, export(*units("Huyện Đại Lộc")), "--source", "cong_dvcqg")
    figures = Measurement.objects.filter(indicator__code="HSTT").values_list("source", "value")
    assert dict(figures) == {"don_vi": 50, "cong_dvcqg": 60}


def test_a_published_figure_is_replaced_with_a_warning(real: None, tmp_path: Path) -> None:
    stored("Huyện Đại Lộc", document=Document.objects.get(code="QNam23"))
    answer = imported(tmp_path, export(*units("Huyện Đại Lộc")))
    assert (told(answer), answer["written"], answer["changed"]) == ([("overwrites_published", 5)], 2, 1)
    assert Measurement.objects.get(indicator__code="HSTT").value == 60


def test_a_published_figure_that_stays_the_same_is_not_worth_a_word(real: None, tmp_path: Path) -> None:
    imported(tmp_path, export(*units("Huyện Đại Lộc")))
    Measurement.objects.update(document=Document.objects.get(code="QNam23"))
    assert told(imported(tmp_path, export(*units("Huyện Đại Lộc")))) == []


def test_a_later_extraction_that_stands_is_kept(real: None, tmp_path: Path) -> None:
    stored("Huyện Đại Lộc", day=date(2023, 7, 20))
    answer = imported(tmp_path, export(*units("Huyện Đại Lộc")), "--extracted-on", "2023-07-17")
    assert (told(answer), answer["written"]) == ([("kept_later", 5)], 1)
    assert "(20/07/2023)" in message(answer, "kept_later")


# --- Jumps -------------------------------------------------------------------------------------------------
QUARTERS = ["2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4", "2023-Q1"]


def jumped(folder: Path, past: dict[str, str], *rows: Any) -> Json:
    for period, value in past.items():
        stored("Huyện Đại Lộc", value=value, period=period)
    return imported(folder, export(*(rows or units("Huyện Đại Lộc"))))


def test_a_figure_far_from_the_units_own_history_is_told_with_its_range(real: None, tmp_path: Path) -> None:
    answer = jumped(tmp_path, dict(zip(QUARTERS, ("20", "21", "22", "23", "24"), strict=True)))
    assert told(answer) == [("jump", 5)]
    assert "60,00 % khác hẳn 5 kỳ trước của đơn vị (giữa 20,00 % và 24,00 %, trung vị 22,00 %)" in message(
        answer, "jump"
    )
    assert answer["written"] == 2


def test_a_fall_is_a_jump_as_well(real: None, tmp_path: Path) -> None:
    answer = jumped(tmp_path, dict.fromkeys(QUARTERS[:4], "98"))
    assert told(answer) == [("jump", 5)]


@pytest.mark.parametrize(
    "past",
    [
        pytest.param(dict(zip(QUARTERS, ("40", "80", "55", "70", "45"), strict=True)), id="it always moves"),
        pytest.param(dict.fromkeys(QUARTERS[2:], "20"), id="only three periods"),
        pytest.param(dict.fromkeys(QUARTERS, "58.5"), id="it never moves, and this is near"),
        pytest.param(dict.fromkeys([*QUARTERS[2:], "2022-T04"], "20"), id="the fourth is no quarter"),
        pytest.param(dict.fromkeys([*QUARTERS[2:], "2023-Q3"], "20"), id="the fourth is later"),
    ],
)  # fmt: skip
def test_what_is_no_jump_is_not_told(real: None, tmp_path: Path, past: dict[str, str]) -> None:
    assert told(jumped(tmp_path, past)) == []


def test_figures_of_another_source_are_no_history(real: None, tmp_path: Path) -> None:
    for period in QUARTERS:
        stored("Huyện Đại Lộc", value="20", period=period, source="cong_dvcqg")
    assert told(imported(tmp_path, export(*units("Huyện Đại Lộc")))) == []


def test_a_unit_that_never_moved_is_told_from_the_first_real_move() -> None:
    flat = [Decimal(20)] * 4
    assert jump_score(Decimal(30), flat) is None
    jump = jump_score(Decimal(31), flat)
    assert jump is not None
    assert jump.median == 20
    assert jump_score(Decimal(90), flat[:3]) is None


# --- Carried over ------------------------------------------------------------------------------------------
def test_what_the_last_period_left_must_be_what_this_one_carries_over(real: None, tmp_path: Path) -> None:
    imported(tmp_path, progress(GROUP, with_cells(), quarter="Quý I năm 2023"))
    answer = imported(tmp_path, progress(GROUP, with_cells()))
    assert (told(answer), answer["written"]) == ([("carried_over_differs", 8)], 2)
    assert "10 nhưng kỳ trước còn lại 20 (chênh 10): giữ số đã in" in message(answer, "carried_over_differs")
    right = with_cells(opening=20, total=120, resolved=100, on_time=55)
    assert told(imported(tmp_path, progress(GROUP, right))) == []


@pytest.mark.parametrize("quarter", ["Quý IV năm 2022", "Quý III năm 2023"])
def test_only_the_period_right_before_is_carried_over(real: None, tmp_path: Path, quarter: str) -> None:
    imported(tmp_path, progress(GROUP, with_cells(), quarter=quarter))
    assert told(imported(tmp_path, progress(GROUP, with_cells()))) == []


def test_the_latest_file_of_the_period_before_says_what_was_left(real: None, tmp_path: Path) -> None:
    imported(tmp_path, progress(GROUP, with_cells(), quarter="Quý I năm 2023"))
    corrected = with_cells(pending=10, pending_in_time=2, resolved=100, on_time=55)
    imported(tmp_path, progress(GROUP, corrected, quarter="Quý I năm 2023"))
    assert told(imported(tmp_path, progress(GROUP, with_cells()))) == []
