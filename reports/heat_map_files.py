"""The heat map as files: a workbook for people, and the same columns as .csv for programs.

Each indicator has two columns: its number, or the code of why there is none, and in words how that stands. So
a sheet can be filtered by both, and no colour is needed to read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from openpyxl.styles import Font

from dvctt.lib import numbers
from dvctt.lib.plain_csv import plain_csv
from dvctt.lib.plain_workbook import NOTE, TEXT, TITLE, Sheet, plain_workbook
from reports import heat_map_wording as said
from reports.heat_map_tables import reach_text
from reports.selectors.heat_map import HeatCell, HeatColumn, HeatMap, HeatRow

UNIT_WIDTH: Final = 34
ABOVE_WIDTH: Final = 26
LEVEL_WIDTH: Final = 20
INDICATOR_HEADINGS: Final = (
    "Chỉ tiêu",
    "Đơn vị tính",
    "Số đơn vị đạt",
    "Số đơn vị được đánh giá",
    "Số đơn vị có số",
    "Số đơn vị",
    "Trung vị",
    "Cả phạm vi",
)


def heat_map_workbook(*, table: HeatMap, rows: Sequence[HeatRow], made_on: date) -> bytes:
    """Return all rows, in the page's order, as an .xlsx file with its sources and legend above them.

    What sums the columns up stands on a sheet of its own: as a row, sorted, it would pass for a unit.
    """
    searched = f" · tìm “{table.search}”" if table.search else ""
    lines = [(said.title(table), TITLE), (str(said.answer(table)), TEXT)]
    notes = [
        f"Phạm vi: {said.area_text(table)}{searched}",
        f"Nguồn: {' · '.join(said.source_parts(table))}",
        f"Chú giải: {' · '.join(f'{mark} {words}' for mark, words in said.legend(table))}",
        said.left_out_text(table),
        f"Lập ngày {numbers.vi_date(made_on)}; mức tính trên số chưa làm tròn.",
    ]
    lines += [(note, NOTE) for note in notes if note]
    headings = _headings(table)
    widths = dict.fromkeys(headings[2:], LEVEL_WIDTH) | {"Đơn vị": UNIT_WIDTH, "Thuộc": ABOVE_WIDTH}
    return plain_workbook(
        sheet="Bản đồ nhiệt",
        lines=lines,
        headings=headings,
        rows=_rows(table, rows),
        widths=widths,
        more=[_by_indicator(table, lines[:1])],
    )


def _by_indicator(table: HeatMap, lines: Sequence[tuple[str, Font]]) -> Sheet:
    """Return the sheet that has a row for each indicator: who reaches it, who has a number, middle, total."""
    rows = []
    for column in table.columns:
        decimals = column.indicator.decimals
        total = column.total.value if column.total else None
        middle = column.median
        rows.append(
            [
                column.indicator.short_name,
                column.indicator.unit_of_measure,
                column.reached if column.judged else reach_text(0, 0, column.assigned),
                column.judged,
                column.numbered,
                table.units,
                said.NO_NUMBER if middle is None else numbers.round_half_up(middle, decimals),
                said.total_text(column) if total is None else numbers.round_half_up(total, decimals),
            ]
        )
    return Sheet("Theo chỉ tiêu", lines, INDICATOR_HEADINGS, rows, {"Chỉ tiêu": UNIT_WIDTH})


def heat_map_csv(*, table: HeatMap, rows: Sequence[HeatRow]) -> bytes:
    """Return the same table without anything above it."""
    return plain_csv(headings=_headings(table), rows=_rows(table, rows))


def _headings(table: HeatMap) -> list[str]:
    headings = ["Đơn vị", "Thuộc"]
    if table.has_targets:
        headings += ["Số chỉ tiêu đạt", "Số chỉ tiêu được đánh giá"]
    for column in table.columns:
        indicator = column.indicator
        headings += [f"{indicator.short_name} ({indicator.unit_of_measure})", f"Mức: {indicator.short_name}"]
    return headings


def _rows(table: HeatMap, rows: Sequence[HeatRow]) -> list[list[Any]]:
    made = []
    for row in rows:
        line: list[Any] = [row.unit, row.parent]
        if table.has_targets:
            line += [row.reached, row.judged]
        for cell, column in zip(row.cells, table.columns, strict=True):
            line += [_number(cell, column), said.level_word(cell)]
        made.append(line)
    return made


def _number(cell: HeatCell, column: HeatColumn) -> Any:
    """Return the number as the page rounds it, or the code; a number of few cases has its code beside it."""
    if cell.value is None:
        return said.CODES[cell.state]
    return numbers.round_half_up(cell.value, column.indicator.decimals)
