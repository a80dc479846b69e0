"""Figures made of counts, with the printed rate beside them where there is one."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from dvctt.lib import numbers
from dvctt.lib.numbers import NumberUnclear, Rate, vi_number
from dvctt.lib.sheets import Cell
from imports.rules import counts as counting
from imports.rules import phrases, tables
from imports.rules.figures import (
    LARGEST_RATE,
    NUMBER,
    IndicatorFacts,
    PlannedFigure,
    Swap,
    agrees,
    swap_evidence,
)
from imports.rules.headers import HeaderCell
from imports.rules.layouts import FigureDef
from imports.rules.problems import ERROR, WARNING
from imports.rules.row_reader import RowReader
from imports.rules.tables import cell_text

# What a stored zero_denominator makes of 0 out of 0 (indicators.models.ZeroDenominator).
_OF_ZERO: Final = {
    "not_arising": phrases.NOT_ARISING,
    "not_applicable": phrases.OUT_OF_SCOPE,
    "none": phrases.NOT_ARISING,
}


def read_counts(
    reader: RowReader, figure: FigureDef, indicator: IndicatorFacts, keys: tuple[str, ...]
) -> None:
    """Read the figure from its count columns `keys` and hold a rate printed beside them against it."""
    code, counts = indicator.code, reader.counts
    numerator = counting.total_of(counts.values, figure.numerator)
    denominator = counting.total_of(counts.values, figure.denominator)
    rate_at = reader.row.cell(figure.rate) if figure.rate else None
    if rate_at and rate_at[1].value is None and (rate_at[1].error or rate_at[1].is_formula_without_value):
        if numerator is None or denominator is None:
            reader.unreadable(*rate_at)
            return
        # A formula of the two counts says no more than they do: 0 of 0 shows #DIV/0!.
        message = "Ô tỷ lệ là công thức không có kết quả. Tỷ lệ được tính từ hai số lượng."
        reader.problem(rate_at[0], "rate_unclear", WARNING, message)
        rate_at = None
    if _tell_without_value(reader, keys):
        return
    meaning, said_at, said = _words(reader, keys, rate_at, code)
    if _tell_unclear(reader, keys, code):
        return
    rate, printed, is_rendered = _printed_rate(reader, rate_at, said_at)
    at = rate_at[0] if rate_at else reader.header(figure.numerator[0])
    if at is None:
        return
    if numerator is None or (figure.denominator and denominator is None):
        if meaning and said_at:
            reader.add_meaning(meaning, code, said_at, said)
        else:
            _read_without_counts(reader, figure, indicator, at, rate, printed, is_rendered)
        return
    if not figure.denominator:
        reader.add(PlannedFigure(code, at.label, NUMBER, Decimal(numerator), numerator, None, printed))
        return
    if denominator is None:
        return
    if indicator.is_rate and numerator > denominator:
        if not _settle_excess(reader, figure, numerator, denominator, rate):
            return
        numerator, denominator = denominator, numerator
    if denominator == 0:
        _read_zero_of_zero(reader, indicator, at, printed, is_rendered)
        return
    value = numbers.rate(numerator=numerator, denominator=denominator)
    if value is not None and not indicator.is_rate:
        value = numbers.round_half_up(value / LARGEST_RATE, numbers.RATE_DECIMALS)
    elif value is not None and rate is not None and not agrees(rate, value):
        reader.problem(
            at,
            "rate_differs",
            WARNING,
            f"In {rate.printed} nhưng {vi_number(numerator)}/{vi_number(denominator)} = "
            f"{vi_number(value, 2)} %: ghi theo số lượng; hãy kiểm tra lại.",
        )
    reader.add(
        PlannedFigure(
            code,
            at.label,
            NUMBER,
            value,
            numerator,
            denominator,
            printed,
            is_rendered=is_rendered,
            is_swapped=bool(reader.swapped.intersection(keys)),
        )
    )


def _tell_without_value(reader: RowReader, keys: tuple[str, ...]) -> bool:
    found = [key for key in keys if key in reader.counts.without_value]
    for key in found:
        if key not in reader.told:
            reader.told.add(key)
            reader.unreadable(reader.header(key), reader.counts.without_value[key])
    return bool(found)


def _words(
    reader: RowReader, keys: tuple[str, ...], rate_at: tuple[HeaderCell, Cell] | None, code: str
) -> tuple[str | None, HeaderCell | None, str]:
    """What the first cell with words for a state means, its column and its words."""
    places = [reader.row.cell(key) for key in keys if key in reader.counts.unclear]
    if rate_at is not None and isinstance(rate_at[1].value, str):
        places.append(rate_at)
    for found in places:
        if found is not None and (meaning := reader.says(text := cell_text(found[1]), phrases.CELL, code)):
            return meaning, found[0], text
    return None, None, ""


def _tell_unclear(reader: RowReader, keys: tuple[str, ...], code: str) -> bool:
    """Say which counts are neither numbers nor words for a state."""
    found = False
    for key in keys:
        error = reader.counts.unclear.get(key)
        at = reader.row.cell(key)
        if error is None or at is None or reader.says(cell_text(at[1]), phrases.CELL, code):
            continue
        found = True
        if key not in reader.told:
            reader.told.add(key)
            reader.problem(at[0], "number_unclear", ERROR, str(error))
    return found


def _printed_rate(
    reader: RowReader, rate_at: tuple[HeaderCell, Cell] | None, said_at: HeaderCell | None
) -> tuple[Rate | None, str, bool]:
    """The rate printed beside the counts, its text, and whether the text is how the sheet shows a number."""
    if rate_at is None:
        return None, "", False
    header, cell = rate_at
    rate = None
    if header is not said_at:
        try:
            rate = tables.read_rate(cell)
        except NumberUnclear as error:
            reader.problem(header, "rate_unclear", WARNING, f"{error} Tỷ lệ được tính từ hai số lượng.")
    printed = cell_text(cell) if rate is None else rate.printed
    return rate, printed, not isinstance(cell.value, str)


def _read_without_counts(
    reader: RowReader,
    figure: FigureDef,
    indicator: IndicatorFacts,
    at: HeaderCell,
    rate: Rate | None,
    printed: str,
    is_rendered: bool,
) -> None:
    code = indicator.code
    if rate is not None and rate.value > LARGEST_RATE:
        reader.problem(at, "rate_over_100", ERROR, f"Tỷ lệ {printed} lớn hơn 100 %; hãy kiểm tra lại.")
        return
    if rate is None:
        if meaning := reader.says(reader.row.note, phrases.REMARK, code, is_blank=True):
            reader.add_meaning(meaning, code, at, reader.row.note)
            return
        reader.problem(
            at,
            "missing_value",
            WARNING,
            "Dòng không có đủ số lượng để tính nên không ghi số liệu nào cho chỉ tiêu này; nếu có số, "
            "hãy điền rồi tải lại.",
        )
        return
    labels = [
        f"“{cell.label}”" for key in (*figure.denominator, *figure.numerator) if (cell := reader.header(key))
    ]
    reader.problem(
        reader.header(figure.denominator[0]) if figure.denominator else at,
        "missing_counts",
        WARNING,
        f"Thiếu {' hoặc '.join(labels)}: chỉ ghi tỷ lệ đã in {printed}, không cộng được vào số chung.",
    )
    reader.add(PlannedFigure(code, at.label, NUMBER, rate.value, printed=printed, is_rendered=is_rendered))


def _read_zero_of_zero(
    reader: RowReader, indicator: IndicatorFacts, header: HeaderCell, printed: str, is_rendered: bool
) -> None:
    if meaning := reader.says(reader.row.note, phrases.REMARK, indicator.code, is_blank=True):
        reader.add_meaning(meaning, indicator.code, header, printed)
        return
    if indicator.zero_denominator == "full_marks":
        figure = PlannedFigure(indicator.code, header.label, NUMBER, LARGEST_RATE, 0, 0, printed)
    else:
        state = _OF_ZERO.get(indicator.zero_denominator, phrases.NOT_ARISING)
        figure = PlannedFigure(indicator.code, header.label, state, None, 0, 0, printed)
    figure.is_rendered = is_rendered
    reader.add(figure)


def _settle_excess(reader: RowReader, figure: FigureDef, part: int, whole: int, rate: Rate | None) -> bool:
    """Say that a part is larger than its whole; whether to read the two counts the other way round."""
    part_label = " + ".join(f"“{h.label}”" for key in figure.numerator if (h := reader.header(key)))
    whole_label = " + ".join(f"“{h.label}”" for key in figure.denominator if (h := reader.header(key)))
    told = f"{part_label} {vi_number(part)} lớn hơn {whole_label} {vi_number(whole)}"
    at = reader.header(figure.denominator[0])
    is_pair = len(figure.numerator) == len(figure.denominator) == 1
    evidence = swap_evidence(total=whole, online=part, rate=rate) if is_pair else ""
    if evidence:
        return settle_swap(reader, Swap(figure.denominator[0], figure.numerator[0], evidence), told)
    printed = f" Tỷ lệ in {rate.printed} cũng không khớp khi đổi chỗ hai số." if rate else ""
    reader.problem(
        at,
        "numerator_exceeds_denominator",
        ERROR,
        f"{told}.{printed} Hãy kiểm tra và sửa hai số này trong tệp.",
    )
    return False


def settle_swap(reader: RowReader, swap: Swap, told: str) -> bool:
    """Say that two counts stand in each other's column; whether to read them the other way round."""
    reader.result.swap = swap
    header = reader.header(swap.first)
    labels = [cell.label for key in (swap.first, swap.second) if (cell := reader.header(key))]
    proposal = {"action": "swap", "columns": labels, "evidence": swap.evidence}
    if reader.accept_swap:
        reader.counts.values = reader.counts.exchanged(swap.first, swap.second)
        reader.result.counts = reader.counts.values
        reader.swapped = frozenset((swap.first, swap.second))
        message = f"{told}. {swap.evidence} Đã đổi chỗ hai cột theo đồng ý của người nhập."
        reader.problem(header, "swap", WARNING, message, proposal)
        return True
    message = f"{told}. {swap.evidence} Có vẻ hai cột bị đổi chỗ: hãy đồng ý đổi chỗ hoặc sửa tệp."
    reader.problem(header, "swap", ERROR, message, proposal)
    return False
