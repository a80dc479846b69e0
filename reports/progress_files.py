"""A plan's progress as a file: the page's rows in a plain workbook."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from dvctt.lib import numbers
from dvctt.lib.plain_workbook import NOTE, TEXT, TITLE, WARNING, plain_workbook
from indicators.models import Source
from reports import wording as report_wording
from reports.tables import BAND_WORDS
from targets import progress_wording as wording
from targets.progress_filters import BAND_LABELS, ProgressPage
from targets.selectors import ProgressRow

WIDTHS: Final = {"Đơn vị": 34, "Thuộc": 26, "Chỉ tiêu": 26, "Mức": 14, "Trạng thái": 30, "Nguồn": 30}
HEADINGS: Final = (
    "Đơn vị",
    "Thuộc",
    "Cấp",
    "Chỉ tiêu",
    "Đơn vị tính",
    "Giao",
    "Phấn đấu",
    "Mức chấm",
    "Phải vượt",
    "Mẫu số",
    "Tử số",
    "Kết quả",
    "Mức",
    "Còn thiếu",
    "Còn thiếu hồ sơ",
    "Trạng thái",
    "Nguồn",
)


def progress_workbook(*, page: ProgressPage, made_on: date) -> bytes:
    """Return every row that the filters choose, pages or not; figures unrounded, missing ones empty.

    "Còn thiếu" is in points for a rate, else in the indicator's unit.
    """
    found, choice = page.progress, page.choice
    lines = [(f"Tiến độ: {page.plan.name}", TITLE), (str(wording.answer(found)), TEXT)]
    if found.is_simulated:
        lines.insert(0, (report_wording.SIMULATED.upper(), WARNING))
    searched = f" · tìm “{choice.units.search}”" if choice.units.search else ""
    shown = f"{numbers.vi_number(len(page.chosen))} trong {numbers.vi_number(len(found.rows))} dòng"
    notes = [
        f"Phạm vi: {page.owner} · {BAND_LABELS[choice.band].lower()}{searched} · {shown}",
        " · ".join(wording.source_parts(found)),
        f"Lập ngày {numbers.vi_date(made_on)}; so sánh trên số chưa làm tròn.",
    ]
    return plain_workbook(
        sheet="Tiến độ",
        lines=[*lines, *((note, NOTE) for note in notes)],
        headings=HEADINGS,
        rows=[_values(row) for row in page.chosen],
        widths=WIDTHS,
    )


def _values(row: ProgressRow) -> list[Any]:
    figure, target = row.figure, row.target
    source = str(Source(figure.source).label) if figure is not None and figure.source else ""
    return [
        row.name.full_name,
        row.name.parent_name,
        row.name.level_label,
        row.indicator.short_name,
        row.indicator.unit_of_measure,
        target.assigned,
        target.stretch,
        target.scored,
        "phải vượt" if target.is_strict else "",
        figure.denominator if figure else None,
        figure.numerator if figure else None,
        row.value,
        BAND_WORDS.get(row.status, ""),
        row.lacking,
        row.missing if row.is_short else None,
        row.reason or row.note or row.why_uncounted,
        source,
    ]
