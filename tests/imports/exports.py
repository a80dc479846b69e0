"""Exports of a provincial system, small and built for a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.imports.columns import header_of, paths_of, workbook_of
from tests.imports.run import Json, run
from tests.imports.workbooks import saved

HEADER = ["STT", "Đơn vị", "Tổng số tiếp nhận", "Qua mạng", "Trực tiếp", "Trước hạn", "Đúng hạn", "Trễ hạn"]
"""Layout tong-hop-kenh-han: HSTT is online of received, DUNGHAN early and on time of the three."""

PROGRESS = paths_of(
    "STT", "Đơn vị", "Tiếp nhận > {Tổng số; Kỳ trước chuyển sang}",
    "Tiếp nhận > Trong kỳ > {Tổng số; Trực tuyến; Trực tiếp; BCCI}",
    "Đã xử lý > {Tổng số; Trước hạn; Trong hạn; Quá hạn}", "Đang xử lý > {Tổng số; Trong hạn; Quá hạn}",
)  # fmt: skip
"""Layout tien-do-ba-tang, with five sums that must hold in each row."""
SOUND = [110, 10, 100, 60, 35, 5, 90, 40, 45, 5, 20, 12, 8]
"""Cells of a progress report in which every sum holds."""


def titles(quarter: str = "Quý II năm 2023") -> list[list[str]]:
    return [["UBND TỈNH QUẢNG NAM"], [f"TỔNG HỢP {quarter.upper()}"], []]


def export(*rows: Any, quarter: str = "Quý II năm 2023", more: dict[str, Any] | None = None) -> bytes:
    """Counts by channel and deadline; the first row stands in row 5."""
    tables = {"Sheet1": [*titles(quarter), HEADER, *rows], **(more or {})}
    return workbook_of({name: (lines, []) for name, lines in tables.items()})


def progress(*rows: Any, quarter: str = "Quý II năm 2023") -> bytes:
    """A progress report under three header rows; the first row stands in row 7."""
    header, merges = header_of(PROGRESS)
    moved = [(top + 3, left, low + 3, right) for top, left, low, right in merges]
    return workbook_of({"Sheet1": ([*titles(quarter), *header, *rows], moved)})


def counts(times: int) -> list[int]:
    """Sound cells of an export: 60 % online, 90 % in time."""
    return [10 * times, 6 * times, 4 * times, 5 * times, 4 * times, times]


def unit(number: int, name: str) -> list[Any]:
    return [number, name, *counts(number)]


def units(*names: str) -> list[list[Any]]:
    return [unit(number, name) for number, name in enumerate(names, start=1)]


def imported(folder: Path, content: bytes, *options: str) -> Json:
    """Run the import command on the content."""
    return run(saved(folder, content), *options)
