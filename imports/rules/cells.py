"""Reading one row: its cells by their columns, its note, its header, and what that makes of each figure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from dvctt.lib import numbers
from dvctt.lib.numbers import NumberUnclear, vi_number
from imports.rules import counts as counting
from imports.rules import tables
from imports.rules.count_figures import read_counts, settle_swap
from imports.rules.figures import IndicatorFacts, ReadRow, agrees
from imports.rules.layouts import FigureDef, LayoutDef
from imports.rules.problems import WARNING
from imports.rules.rate_figures import read_rate, read_target, take_plain_rates
from imports.rules.row_reader import RowReader
from imports.rules.tables import TableRow


def read_row(
    row: TableRow,
    *,
    layout: LayoutDef,
    indicators: Mapping[str, IndicatorFacts],
    level: str,
    accept_swap: bool = False,
) -> ReadRow:
    """Return the figures, the target and the problems of one row."""
    reader = RowReader(row, layout, level, accept_swap)
    _settle_counts(reader)
    taken = take_plain_rates(reader) if reader.is_settled else set()
    for figure in layout.figures:
        if reader.is_settled and figure.indicator not in taken:
            _read(reader, figure, indicators[figure.indicator])
        if figure.target and row.header.cell(figure.target) is not None:
            read_target(reader, figure)
    if taken and len(taken) < len(layout.figures):
        order = layout.indicators
        reader.result.figures.sort(key=lambda figure: order.index(figure.indicator))
    _check_printed_rates(reader)
    _tell_unread(reader)
    return reader.result


def read_part(row: TableRow, layout: LayoutDef) -> ReadRow:
    """Return the counts of a row that is no unit's (a field of work, a total) and what is wrong with them."""
    reader = RowReader(row, layout, "", accept_swap=False)
    _settle_counts(reader)
    _check_printed_rates(reader)
    _tell_unread(reader, all_columns=True)
    return reader.result


def plain_value(row: TableRow, figure: FigureDef) -> Decimal | None:
    """Return the number that a heading carries for a figure, or None; it is only held against others."""
    keys = (*figure.numerator, *figure.denominator)
    if figure.numerator and all(row.header.cell(key) is not None for key in keys):
        values = counting.read_counts(row, row.header.count_columns).values
        return numbers.rate(
            numerator=counting.total_of(values, figure.numerator),
            denominator=counting.total_of(values, figure.denominator),
        )
    found = row.cell(figure.rate) if figure.rate else None
    try:
        rate = tables.read_rate(found[1]) if found else None
    except NumberUnclear:
        return None
    return rate.value if rate else None


def _settle_counts(reader: RowReader) -> None:
    """Hold the counts against the sums that the form prints; propose an exchange that mends them all."""
    if not reader.layout.identities or not reader.counts.values:
        return
    broken = counting.broken_identities(reader.counts.values, reader.layout)
    if not broken:
        return
    header = reader.row.header
    told = "; ".join(counting.words_of(one, reader.counts.values, header) for one in broken)
    swap = counting.swap_by_identities(reader.counts, reader.layout, header)
    if swap is not None:
        reader.is_settled = settle_swap(reader, swap, told)
        return
    # Sums that miss the same whole in the same way are one slip: the whole itself.
    for whole in dict.fromkeys(one.identity.whole for one in broken):
        mine = [one for one in broken if one.identity.whole == whole]
        told = "; ".join(counting.words_of(one, reader.counts.values, header) for one in mine)
        likely = {one.sum_of_parts for one in mine}
        hint = (
            f" Các phép cộng cùng cho {vi_number(likely.pop())}, có thể ô này ghi sai."
            if len(mine) > 1 and len(likely) == 1
            else ""
        )
        reader.problem(
            reader.header(whole),
            "sum_differs",
            WARNING,
            f"Không cộng khớp: {told}.{hint} Giữ số đã in; hãy kiểm tra lại.",
        )


def _check_printed_rates(reader: RowReader) -> None:
    """Hold the rates that the table prints of its own counts against them."""
    for one in reader.layout.rates:
        found = reader.row.cell(one.rate)
        if found is None:
            continue
        value = numbers.rate(
            numerator=counting.total_of(reader.counts.values, one.numerator),
            denominator=counting.total_of(reader.counts.values, one.denominator),
        )
        try:
            rate = tables.read_rate(found[1])
        except NumberUnclear:
            continue
        if value is not None and rate is not None and not agrees(rate, value):
            reader.problem(
                found[0],
                "rate_differs",
                WARNING,
                f"In {rate.printed} nhưng tính lại từ số lượng là {vi_number(value, 2)} %; hãy kiểm tra lại.",
            )


def _tell_unread(reader: RowReader, *, all_columns: bool = False) -> None:
    """Warn of count columns that hold no number and that no figure has spoken of yet."""
    for key, error in reader.counts.unclear.items():
        if key not in reader.told and (all_columns or key not in reader.layout.feeding):
            reader.problem(reader.header(key), "number_unclear", WARNING, str(error))
    for key, cell in reader.counts.without_value.items():
        if key not in reader.told and (all_columns or key not in reader.layout.feeding):
            reader.unreadable(reader.header(key), cell, WARNING)


def _read(reader: RowReader, figure: FigureDef, indicator: IndicatorFacts) -> None:
    """Read the figure by counts where the table has them, else by its printed rate."""
    keys = (*figure.denominator, *figure.numerator)
    if figure.numerator and all(reader.header(key) is not None for key in keys):
        read_counts(reader, figure, indicator, keys)
    elif figure.rate and reader.header(figure.rate) is not None:
        read_rate(reader, figure, indicator)
