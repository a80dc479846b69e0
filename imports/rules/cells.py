"""Reading one row: its cells by their columns, its note, its header, and what that makes of each figure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from dvctt.lib import numbers
from dvctt.lib.numbers import NumberUnclear, Rate, vi_number
from dvctt.lib.sheets import Cell
from imports.rules import phrases, tables
from imports.rules.figures import (
    NUMBER,
    IndicatorFacts,
    PlannedFigure,
    PlannedTarget,
    ReadRow,
    agrees,
    is_maintain,
    swap_of,
)
from imports.rules.layouts import DENOMINATOR, NUMERATOR, RATE, TARGET, HeaderCell, LayoutDef
from imports.rules.problems import ERROR, WARNING, Problem, Severity
from imports.rules.tables import TableRow, cell_text

_HUNDRED: Final = Decimal(100)
_ZERO: Final = Decimal(0)
_PRINTED: Final = 200
_NOTE: Final = 500
# What a stored zero_denominator makes of 0 out of 0 (indicators.models.ZeroDenominator).
_OF_ZERO: Final = {
    "not_arising": phrases.NOT_ARISING,
    "not_applicable": phrases.OUT_OF_SCOPE,
    "none": phrases.NOT_ARISING,
}


def read_row(
    row: TableRow,
    *,
    layout: LayoutDef,
    indicators: Mapping[str, IndicatorFacts],
    level: str,
    accept_swap: bool = False,
) -> ReadRow:
    """Return the figures, the target and the problems of one row."""
    reader = _Reader(row, layout, level, accept_swap)
    for code in layout.indicators:
        if row.header.cell(NUMERATOR, code) is not None:
            reader.read_counts(indicators[code])
        elif row.header.cell(RATE, code) is not None:
            reader.read_rate(indicators[code])
        if row.header.cell(TARGET, code) is not None:
            reader.read_target(code)
    return reader.result


class _Reader:
    def __init__(self, row: TableRow, layout: LayoutDef, level: str, accept_swap: bool) -> None:
        self._row = row
        self._layout = layout
        self._level = level
        self._accept_swap = accept_swap
        self.result = ReadRow()

    # --- words ---------------------------------------------------------------------------------------------
    def _problem(self, header: HeaderCell | None, kind: str, severity: Severity, message: str) -> None:
        label = header.label if header else ""
        self.result.problems.append(
            Problem(self._row.sheet, self._row.number, label, kind, severity, message)
        )
        if severity == ERROR:
            self.result.refused = True

    def _add(self, figure: PlannedFigure) -> None:
        figure.printed = figure.printed[:_PRINTED]
        figure.note = self._row.note[:_NOTE]
        self.result.figures.append(figure)

    def _cell(self, role: str, code: str) -> tuple[HeaderCell, Cell]:
        found = self._row.cell(role, code)
        return found if found is not None else (self._row.header.cells[0], Cell(None))

    def _says(self, text: str, where: str, code: str, *, is_blank: bool = False) -> str | None:
        return phrases.meaning_of(text, self._layout.phrases, where=where, indicator=code, is_blank=is_blank)

    def _unreadable(self, header: HeaderCell, cell: Cell, code: str) -> bool:
        """Whether the sheet itself has no value in the cell; says so."""
        if cell.error:
            self._problem(
                header,
                "cell_error",
                ERROR,
                f"Ô báo lỗi {cell.error}; hãy sửa công thức hoặc nhập lại số rồi tải lại.",
            )
            return True
        if cell.is_formula_without_value:
            self._problem(
                header,
                "formula_without_value",
                ERROR,
                "Ô là công thức chưa có kết quả; hãy mở tệp bằng Excel, lưu lại rồi tải lên.",
            )
            return True
        return False

    # --- a rate alone --------------------------------------------------------------------------------------
    def read_rate(self, indicator: IndicatorFacts) -> None:
        code = indicator.code
        header, cell = self._cell(RATE, code)
        if self._unreadable(header, cell, code):
            return
        text = cell_text(cell)
        if meaning := self._says(text, phrases.CELL, code):
            self._add_meaning(meaning, code, header, text)
            return
        try:
            rate = tables.read_rate(cell)
        except NumberUnclear as error:
            self._problem(header, "number_unclear", ERROR, str(error))
            return
        is_rendered = not isinstance(cell.value, str)
        if rate is None or rate.value == 0:
            self._read_zero_or_blank(rate, code, header, text, is_rendered=is_rendered)
            return
        if indicator.is_rate and rate.value > _HUNDRED:
            self._problem(
                header,
                "rate_over_100",
                ERROR,
                f"Tỷ lệ {rate.printed} lớn hơn 100 %; hãy kiểm tra lại số trong tệp.",
            )
            return
        self._warn_of_contradiction(rate, code, header)
        self._add(
            PlannedFigure(
                code, header.label, NUMBER, rate.value, printed=rate.printed, is_rendered=is_rendered
            )
        )

    def _add_meaning(self, meaning: str, code: str, header: HeaderCell, text: str) -> None:
        if meaning == phrases.ZERO:
            self._add(PlannedFigure(code, header.label, NUMBER, _ZERO, printed=text))
        elif meaning != phrases.NO_FIGURE:
            self._add(PlannedFigure(code, header.label, meaning, printed=text))

    def _read_zero_or_blank(
        self, rate: Rate | None, code: str, header: HeaderCell, text: str, *, is_rendered: bool
    ) -> None:
        """0 and nothing are told apart by the header and the note, never by themselves."""
        is_blank = rate is None
        meaning = self._says(header.text, phrases.HEADER, code) or self._says(
            self._row.note, phrases.REMARK, code, is_blank=is_blank
        )
        if meaning and meaning != phrases.ZERO:
            self._add(PlannedFigure(code, header.label, meaning, printed=text, is_rendered=is_rendered))
            return
        if meaning == phrases.ZERO:
            self._add(PlannedFigure(code, header.label, NUMBER, _ZERO, printed=text, is_rendered=is_rendered))
            return
        if is_blank:
            self._problem(
                header,
                "missing_value",
                WARNING,
                "Ô để trống và không có ghi chú nên không ghi số liệu nào; nếu có số, hãy điền rồi tải lại.",
            )
            return
        if self._level in self._layout.doubtful_zero.get(code, ()):
            self._problem(
                header,
                "zero_without_note",
                WARNING,
                f"In {text} mà không ghi chú lý do: ghi là số 0. Nếu đơn vị không có khoản phải thu, "
                "hãy ghi rõ trong cột Ghi chú rồi tải lại.",
            )
        self._add(PlannedFigure(code, header.label, NUMBER, _ZERO, printed=text, is_rendered=is_rendered))

    def _warn_of_contradiction(self, rate: Rate, code: str, header: HeaderCell) -> None:
        if self._says(header.text, phrases.HEADER, code):
            self._problem(
                header,
                "number_under_missing_header",
                WARNING,
                f"Tên cột ghi chưa có số nhưng ô in {rate.printed}: giữ số đã in; hãy kiểm tra lại.",
            )
        elif self._says(self._row.note, phrases.REMARK, code):
            self._problem(
                header,
                "number_against_note",
                WARNING,
                f"Ghi chú “{self._row.note[:80]}” nhưng ô in {rate.printed}: giữ số đã in; hãy kiểm tra lại.",
            )

    # --- counts with the printed rate ----------------------------------------------------------------------
    def read_counts(self, indicator: IndicatorFacts) -> None:
        code = indicator.code
        total_at, online_at, rate_at = (self._cell(role, code) for role in (DENOMINATOR, NUMERATOR, RATE))
        cells = (total_at, online_at, rate_at)
        has_counts = total_at[1].value is not None and online_at[1].value is not None
        if has_counts and (rate_at[1].error or rate_at[1].is_formula_without_value):
            # A formula of the two counts says no more than they do: 0 of 0 shows #DIV/0!.
            rate_at = (rate_at[0], Cell(None))
            cells = (total_at, online_at, rate_at)
            message = "Ô tỷ lệ là công thức không có kết quả. Tỷ lệ được tính từ hai số lượng."
            self._problem(rate_at[0], "rate_unclear", WARNING, message)
        if sum(self._unreadable(header, cell, code) for header, cell in cells):
            return
        words = [
            (header, text)
            for header, cell in cells
            if self._says(text := cell_text(cell), phrases.CELL, code)
        ]
        try:
            header = total_at[0]
            total = None if any(h is header for h, _ in words) else numbers.parse_count(total_at[1].value)
            header = online_at[0]
            online = None if any(h is header for h, _ in words) else numbers.parse_count(online_at[1].value)
        except NumberUnclear as error:
            self._problem(header, "number_unclear", ERROR, str(error))
            return
        header = rate_at[0]
        try:
            rate = None if any(h is header for h, _ in words) else tables.read_rate(rate_at[1])
        except NumberUnclear as error:
            rate = None
            self._problem(header, "rate_unclear", WARNING, f"{error} Tỷ lệ được tính từ hai số lượng.")
        printed = cell_text(rate_at[1])
        is_rendered = not isinstance(rate_at[1].value, str)
        if total is None or online is None:
            self._read_without_counts(
                code, total_at[0], online_at[0], rate_at[0], rate, words, printed, is_rendered
            )
            return
        swapped = False
        if online > total:
            if not self._settle_swap(total_at[0], online_at[0], total, online, rate):
                return
            total, online, swapped = online, total, True
        if total == 0:
            self._read_zero_of_zero(indicator, rate_at[0], printed, is_rendered)
            return
        value = numbers.rate(numerator=online, denominator=total)
        if value is not None and rate is not None and not agrees(rate, value):
            self._problem(
                rate_at[0],
                "rate_differs",
                WARNING,
                f"In {rate.printed} nhưng {vi_number(online)}/{vi_number(total)} = {vi_number(value, 2)} %: "
                "ghi theo số lượng; hãy kiểm tra lại.",
            )
        self._add(
            PlannedFigure(
                code,
                rate_at[0].label,
                NUMBER,
                value,
                online,
                total,
                printed,
                is_rendered=is_rendered,
                is_swapped=swapped,
            )
        )

    def _read_without_counts(
        self,
        code: str,
        total_header: HeaderCell,
        online_header: HeaderCell,
        rate_header: HeaderCell,
        rate: Rate | None,
        words: list[tuple[HeaderCell, str]],
        printed: str,
        is_rendered: bool,
    ) -> None:
        if words:
            header, text = words[0]
            self._add_meaning(self._says(text, phrases.CELL, code) or phrases.NO_FIGURE, code, header, text)
            return
        if rate is not None and rate.value > _HUNDRED:
            self._problem(
                rate_header, "rate_over_100", ERROR, f"Tỷ lệ {printed} lớn hơn 100 %; hãy kiểm tra lại."
            )
            return
        if rate is None:
            if meaning := self._says(self._row.note, phrases.REMARK, code, is_blank=True):
                self._add_meaning(meaning, code, rate_header, self._row.note)
                return
            self._problem(
                total_header,
                "missing_value",
                WARNING,
                "Dòng không có số hồ sơ và tỷ lệ nên không ghi số liệu nào; nếu có số, hãy điền rồi tải lại.",
            )
            return
        self._problem(
            total_header,
            "missing_counts",
            WARNING,
            f"Thiếu “{total_header.label}” hoặc “{online_header.label}”: chỉ ghi tỷ lệ đã in {printed}, "
            "không cộng được vào số chung.",
        )
        self._add(
            PlannedFigure(
                code, rate_header.label, NUMBER, rate.value, printed=printed, is_rendered=is_rendered
            )
        )

    def _read_zero_of_zero(
        self, indicator: IndicatorFacts, header: HeaderCell, printed: str, is_rendered: bool
    ) -> None:
        if meaning := self._says(self._row.note, phrases.REMARK, indicator.code, is_blank=True):
            self._add_meaning(meaning, indicator.code, header, printed)
            return
        if indicator.zero_denominator == "full_marks":
            figure = PlannedFigure(indicator.code, header.label, NUMBER, _HUNDRED, 0, 0, printed)
        else:
            state = _OF_ZERO.get(indicator.zero_denominator, phrases.NOT_ARISING)
            figure = PlannedFigure(indicator.code, header.label, state, None, 0, 0, printed)
        figure.is_rendered = is_rendered
        self._add(figure)

    def _settle_swap(
        self, total_header: HeaderCell, online_header: HeaderCell, total: int, online: int, rate: Rate | None
    ) -> bool:
        """Say that more came online than came at all; whether to read the two counts the other way round."""
        swap = swap_of(total=total, online=online, rate=rate)
        columns = (
            f"“{online_header.label}” {vi_number(online)} lớn hơn “{total_header.label}” {vi_number(total)}"
        )
        if swap is None:
            printed = f" Tỷ lệ in {rate.printed} cũng không khớp khi đổi chỗ hai số." if rate else ""
            self._problem(
                total_header,
                "numerator_exceeds_denominator",
                ERROR,
                f"{columns}.{printed} Hãy kiểm tra và sửa hai số này trong tệp.",
            )
            return False
        self.result.swap = swap
        if self._accept_swap:
            self._problem(
                total_header,
                "swap",
                WARNING,
                f"{columns}. {swap.evidence} Đã đổi chỗ hai cột theo đồng ý của người nhập.",
            )
            return True
        self._problem(
            total_header,
            "swap",
            ERROR,
            f"{columns}. {swap.evidence} Có vẻ hai cột bị đổi chỗ: hãy đồng ý đổi chỗ hoặc sửa tệp.",
        )
        return False

    # --- the target column ---------------------------------------------------------------------------------
    def read_target(self, code: str) -> None:
        header, cell = self._cell(TARGET, code)
        if cell.error or cell.is_formula_without_value:
            self._problem(
                header, "target_unclear", WARNING, "Không đọc được chỉ tiêu giao; không ghi chỉ tiêu này."
            )
            return
        text = cell_text(cell)[:_PRINTED]
        if not text:
            return
        if is_maintain(text):
            self.result.target = PlannedTarget(code, text, True, None)
            return
        try:
            rate = tables.read_rate(cell)
        except NumberUnclear as error:
            self._problem(header, "target_unclear", WARNING, f"Không đọc được chỉ tiêu giao: {error}")
            return
        if rate is None:
            return
        if rate.value > _HUNDRED:
            self._problem(
                header,
                "target_unclear",
                WARNING,
                f"Chỉ tiêu giao {text} lớn hơn 100 %; không ghi chỉ tiêu này.",
            )
            return
        self.result.target = PlannedTarget(
            code, rate.printed, False, rate.value, not isinstance(cell.value, str)
        )
