"""Figures and targets that a table prints as a rate alone."""

from __future__ import annotations

from typing import Final

from dvctt.lib import numbers
from dvctt.lib.numbers import NumberUnclear, Rate
from imports.rules import phrases, tables
from imports.rules.figures import (
    LARGEST_RATE,
    LARGEST_VALUE,
    NUMBER,
    PRINTED_LENGTH,
    ZERO_VALUE,
    IndicatorFacts,
    PlannedFigure,
    PlannedTarget,
    is_maintain,
)
from imports.rules.headers import HeaderCell
from imports.rules.layouts import FigureDef
from imports.rules.problems import ERROR, WARNING
from imports.rules.row_reader import RowReader
from imports.rules.tables import cell_text

_NUMBERS: Final = (int, float)


def read_rate(reader: RowReader, figure: FigureDef, indicator: IndicatorFacts) -> None:
    """Read a figure that is printed as a rate alone."""
    code = indicator.code
    found = reader.row.cell(figure.rate)
    if found is None:
        return
    header, cell = found
    if reader.unreadable(header, cell):
        return
    is_rendered = not isinstance(cell.value, str)
    text = "" if is_rendered else cell_text(cell)
    if meaning := reader.says(text, phrases.CELL, code):
        reader.add_meaning(meaning, code, header, text)
        return
    try:
        rate = tables.read_rate(cell)
    except NumberUnclear as error:
        reader.problem(header, "number_unclear", ERROR, str(error))
        return
    if rate is None or rate.value == 0:
        text = text or cell_text(cell)
        _read_zero_or_blank(reader, rate, code, header, text, is_rendered=is_rendered)
        return
    if indicator.is_rate and rate.value > LARGEST_RATE:
        reader.problem(
            header,
            "rate_over_100",
            ERROR,
            f"Tỷ lệ {rate.printed} lớn hơn 100 %; hãy kiểm tra lại số trong tệp.",
        )
        return
    if rate.value >= LARGEST_VALUE:
        message = f"Số {rate.printed} quá lớn; hãy kiểm tra lại số trong tệp."
        reader.problem(header, "value_too_large", ERROR, message)
        return
    _warn_of_contradiction(reader, rate, code, header)
    reader.add(
        PlannedFigure(code, header.label, NUMBER, rate.value, printed=rate.printed, is_rendered=is_rendered)
    )


def take_plain_rates(reader: RowReader) -> set[str]:
    """Take the bare numbers that nothing contradicts, as nearly all are; return their indicators."""
    row = reader.row.row
    cells, notes, width = row.cells, row.notes, len(row.cells)
    take = reader.result.figures.append
    taken: set[str] = set()
    if reader.row.note:
        return taken
    for code, column, label in reader.row.header.plain_rates:
        value = cells[column] if column < width else None
        if type(value) in _NUMBERS and 0 < value <= 100 and not (notes and column in notes):  # type: ignore[operator]
            rate = numbers.plain_rate(value)
            if rate is not None:
                take(PlannedFigure(code, label, NUMBER, rate.value, None, None, rate.printed, "", True))
                taken.add(code)
    return taken


def _read_zero_or_blank(
    reader: RowReader, rate: Rate | None, code: str, header: HeaderCell, text: str, *, is_rendered: bool
) -> None:
    """0 and nothing are told apart by the header and the note, never by themselves."""
    is_blank = rate is None
    meaning = reader.says(header.text, phrases.HEADER, code) or reader.says(
        reader.row.note, phrases.REMARK, code, is_blank=is_blank
    )
    if meaning and meaning != phrases.ZERO:
        reader.add(PlannedFigure(code, header.label, meaning, printed=text, is_rendered=is_rendered))
        return
    if meaning == phrases.ZERO:
        reader.add(
            PlannedFigure(code, header.label, NUMBER, ZERO_VALUE, printed=text, is_rendered=is_rendered)
        )
        return
    if is_blank:
        reader.problem(
            header,
            "missing_value",
            WARNING,
            "Ô để trống và không có ghi chú nên không ghi số liệu nào; nếu có số, hãy điền rồi tải lại.",
        )
        return
    if reader.level in reader.layout.doubtful_zero.get(code, ()):
        reader.problem(
            header,
            "zero_without_note",
            WARNING,
            f"In {text} mà không ghi chú lý do: ghi là số 0. Nếu đơn vị không có khoản phải thu, "
            "hãy ghi rõ trong cột Ghi chú rồi tải lại.",
        )
    reader.add(PlannedFigure(code, header.label, NUMBER, ZERO_VALUE, printed=text, is_rendered=is_rendered))


def _warn_of_contradiction(reader: RowReader, rate: Rate, code: str, header: HeaderCell) -> None:
    if reader.says(header.text, phrases.HEADER, code):
        reader.problem(
            header,
            "number_under_missing_header",
            WARNING,
            f"Tên cột ghi chưa có số nhưng ô in {rate.printed}: giữ số đã in; hãy kiểm tra lại.",
        )
    elif reader.says(reader.row.note, phrases.REMARK, code):
        reader.problem(
            header,
            "number_against_note",
            WARNING,
            f"Ghi chú “{reader.row.note[:80]}” nhưng ô in {rate.printed}: giữ số đã in; hãy kiểm tra lại.",
        )


def read_target(reader: RowReader, figure: FigureDef) -> None:
    """Read what the file prints as the unit's target."""
    found = reader.row.cell(figure.target)
    if found is None:
        return
    header, cell = found
    code = figure.indicator
    if cell.error or cell.is_formula_without_value:
        reader.problem(
            header, "target_unclear", WARNING, "Không đọc được chỉ tiêu giao; không ghi chỉ tiêu này."
        )
        return
    text = cell_text(cell)[:PRINTED_LENGTH]
    if not text:
        return
    if is_maintain(text):
        reader.result.target = PlannedTarget(code, text, True, None)
        return
    try:
        rate = tables.read_rate(cell)
    except NumberUnclear as error:
        reader.problem(header, "target_unclear", WARNING, f"Không đọc được chỉ tiêu giao: {error}")
        return
    if rate is None:
        return
    if rate.value > LARGEST_RATE:
        reader.problem(
            header,
            "target_unclear",
            WARNING,
            f"Chỉ tiêu giao {text} lớn hơn 100 %; không ghi chỉ tiêu này.",
        )
        return
    reader.result.target = PlannedTarget(
        code, rate.printed, False, rate.value, not isinstance(cell.value, str)
    )
