"""What a heat map says in words: the sentence that answers, its sources, its marks and codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dvctt.lib import display, numbers
from indicators.models import NO_FIGURE, State
from reports import rules, wording
from reports.rules import Misses
from reports.selectors.heat_map import HeatCell, HeatColumn, HeatMap
from reports.selectors.standing import STATE_LABELS
from reports.wording import Answer
from targets.rules import judging

CODES: Final[dict[str, str]] = {
    STATE_LABELS[State.NOT_ARISING]: "[kps]",
    STATE_LABELS[State.OUT_OF_SCOPE]: "[kpv]",
    STATE_LABELS[State.NOT_SUBMITTED]: "[cn]",
    STATE_LABELS[State.NOT_PUBLISHED]: "[ccb]",
    NO_FIGURE: "[csl]",
    judging.TOO_FEW: "[ith]",
}
"""What stands in a cell for a reason, in brackets: letters, which a screen reader reads out."""
CODE_WORDS: Final[dict[str, str]] = {state: state for state in CODES} | {
    STATE_LABELS[State.NOT_PUBLISHED]: "chưa công bố, chưa trích xuất được",
    judging.TOO_FEW: "ít hồ sơ, dưới mức tối thiểu của chỉ tiêu nên không đánh giá",
}
BESIDE_MARKS: Final = {rules.BETTER: "↑", rules.EVEN: "=", rules.WORSE: "↓"}
BESIDE_WORDS: Final = {
    rules.BETTER: "tốt hơn trung vị",
    rules.EVEN: "bằng trung vị",
    rules.WORSE: "kém hơn trung vị",
}
NO_NUMBER: Final = "chưa có số"
NAMED: Final = 3
"""Up to so many units or indicators at fault are named in the sentence."""


def mark_of(status: str) -> str:
    """Return the mark of a band: "▲" of "▲ Đạt"."""
    return display.BAND_WORDS[status].split(" ", 1)[0]


def level_word(cell: HeatCell) -> str:
    """Return what a file says beside the cell's number: its band, how it stands to the median, its reason."""
    if cell.is_judged:
        return display.BAND_WORDS[cell.status]
    if cell.beside:
        return BESIDE_WORDS[cell.beside]
    if cell.is_ranked:
        return "chưa giao chỉ tiêu"
    if cell.state == judging.TOO_FEW:
        return f"{CODES[cell.state]} {cell.state} ({numbers.vi_counts(cell.numerator, cell.denominator)})"
    return f"{CODES[cell.state]} {cell.state}"


def title(table: HeatMap) -> str:
    """ "Bản đồ nhiệt cấp xã, Quý I/2023": of whom and when."""
    return f"Bản đồ nhiệt {wording.LEVELS[table.level]}, {wording.period_text(table.period)}"


def area_text(table: HeatMap) -> str:
    return ", ".join(name.full_name for name in table.area)


def answer(table: HeatMap) -> Answer:
    """Return whether the misses lie with units or with indicators; the rule is reports.rules.spread.

    The side with more than half of all misses is named; where there is nothing to compare, that is said.
    """
    level = wording.LEVELS[table.level]
    if not table.units:
        return Answer(
            f"Không có đơn vị {level} nào trong {area_text(table) or 'phạm vi này'} "
            f"vào ngày {numbers.vi_date(table.on)}."
        )
    if not table.columns:
        return Answer(f"Chưa có số liệu nào của {_many(table.units)} đơn vị trong kỳ này.")
    spread = table.spread
    if not spread.judged:
        return _unjudged(table)
    if not spread.short:
        reached = f"Cả {_many(spread.judged)} kết quả được đánh giá đều đạt chỉ tiêu giao."
        if table.waiting:
            # What was not judged may be where the problem is.
            return Answer(reached, f"Còn {_waiting(table)}.")
        return Answer("Không có vấn đề ở đơn vị hay chỉ tiêu nào.", reached)
    if len(spread.indicators_judged) == 1:
        column = table.columns[spread.indicators_judged[0]]
        return Answer(
            f"Mới có một chỉ tiêu được đánh giá, {column.indicator.short_name}: {_reach(column, table)}.",
            "Chưa đủ để nói vấn đề ở đơn vị hay ở chỉ tiêu.",
        )
    if len(spread.units_judged) == 1:
        name = table.names[spread.units_judged[0]]
        return Answer(
            f"Mới có {name} được đánh giá: chưa đạt {_of(spread.short, spread.judged)} chỉ tiêu.",
            "Chưa đủ để nói vấn đề ở đơn vị hay ở chỉ tiêu.",
        )
    return _where(table)


def _where(table: HeatMap) -> Answer:
    spread = table.spread
    whole = f"{_many(spread.short)} kết quả chưa đạt"
    if len(spread.indicators) == len(spread.indicators_judged):
        indicators = _many(len(spread.indicators_judged))
        return Answer(
            f"Vấn đề ở cả hai phía: cả {indicators} chỉ tiêu đều có quá nửa số đơn vị chưa đạt.",
            f"Nặng nhất là {_indicators(table, spread.indicators)}.",
        )
    if 2 * spread.in_indicators > spread.short:
        detail = f"{_of(spread.in_indicators, spread.short)} kết quả chưa đạt nằm ở đó."
        if spread.units:
            detail += f" Ở các chỉ tiêu còn lại, đơn vị chưa đạt quá nửa: {_units(table, spread.units)}."
        return Answer(f"Vấn đề chủ yếu ở chỉ tiêu {_indicators(table, spread.indicators)}.", detail)
    if 2 * spread.in_units > spread.short:
        detail = f"{_of(spread.in_units, spread.short)} kết quả chưa đạt là của "
        detail += "đơn vị ấy." if len(spread.units) == 1 else f"{_many(len(spread.units))} đơn vị ấy."
        if spread.indicators:
            detail += f" Chỉ tiêu có quá nửa số đơn vị chưa đạt: {_indicators(table, spread.indicators)}."
        return Answer(f"Vấn đề chủ yếu ở đơn vị: {_units(table, spread.units)}.", detail)
    if 2 * (spread.in_indicators + spread.in_units) > spread.short:
        return Answer(
            f"Vấn đề ở cả hai phía: chỉ tiêu {_indicators(table, spread.indicators)}; "
            f"đơn vị {_units(table, spread.units)}.",
            f"Trong {whole}, {_many(spread.in_indicators)} ở các chỉ tiêu ấy và "
            f"{_many(spread.in_units)} ở các đơn vị ấy.",
        )
    return Answer(
        f"Vấn đề rải rác: {_of(spread.short, spread.judged)} kết quả chưa đạt, không dồn vào đơn vị hay chỉ "
        "tiêu nào."
    )


def _unjudged(table: HeatMap) -> Answer:
    """Without one target there is no reaching: say so, and what the marks compare with instead."""
    if table.waiting:
        return Answer("Chưa đánh giá được đơn vị nào.", f"Có {_waiting(table)}.")
    verdict = "Chưa đơn vị nào được giao chỉ tiêu để đánh giá kỳ này."
    if any(column.compared for column in table.columns):
        return Answer(verdict, "Các số được so với trung vị của những đơn vị cùng cấp trong phạm vi.")
    return Answer(verdict)


def _waiting(table: HeatMap) -> str:
    return f"{_many(table.waiting)} ô được giao chỉ tiêu mà chưa có số để đánh giá"


def _indicators(table: HeatMap, ones: Sequence[Misses]) -> str:
    told = [
        f"{table.columns[one.key].indicator.short_name}: {_reach(table.columns[one.key], table)}"
        for one in ones[:NAMED]
    ]
    return "; ".join(told) + _more(ones, "chỉ tiêu")


def _units(table: HeatMap, ones: Sequence[Misses]) -> str:
    told = [f"{table.names[one.key]} chưa đạt {_of(one.short, one.judged)} chỉ tiêu" for one in ones[:NAMED]]
    return "; ".join(told) + _more(ones, "đơn vị")


def _more(ones: Sequence[Misses], thing: str) -> str:
    return f"; và {_many(len(ones) - NAMED)} {thing} khác" if len(ones) > NAMED else ""


def _reach(column: HeatColumn, table: HeatMap) -> str:
    if not column.reached:
        return f"không {wording.PEERS[table.level]} nào trong {_many(column.judged)} đạt"
    return f"{_of(column.reached, column.judged)} {wording.PEERS[table.level]} đạt"


def _of(part: int, whole: int) -> str:
    return f"{_many(part)} trong {_many(whole)}"


def _many(count: int) -> str:
    return numbers.vi_number(count)


def source_parts(table: HeatMap) -> list[str]:
    """Return what stands in the line of sources: sources with their days, coverage, documents, plans."""
    parts = wording.sources_text(table.sources, counted="ô")
    cells = table.units * len(table.columns)
    if cells:
        parts.append(f"có số {_many(table.numbered)}/{_many(cells)} ô")
    documents = {document.pk: document for use in table.sources for document in use.documents}
    parts.extend(wording.document_text(document) for document in documents.values())
    if table.has_targets:
        parts.extend(f"so với {wording.plan_text(plan)}" for plan in table.plans)
    return parts


def total_text(column: HeatColumn) -> str:
    """Return the figure of all units together, "không quy đổi được" where counts are missing."""
    total = column.total
    if total is None or total.value is None:
        return wording.NOT_CONVERTIBLE if column.numbered else NO_NUMBER
    return wording.number_text(total.value, column.indicator)


def left_out_text(table: HeatMap) -> str:
    """Return which indicators have no column, and why; "" where each has one."""
    if not table.left_out:
        return ""
    told = "; ".join(one.short_name for one in table.left_out)
    return f"Không có cột, vì chưa đơn vị nào trong phạm vi có số liệu: {told}."


def legend(table: HeatMap) -> list[tuple[str, str]]:
    """Return the marks and codes that occur in the table with their words, in a fixed order."""
    cells = [cell for row in table.rows for cell in row.cells]
    statuses = {cell.status for cell in cells}
    besides = {cell.beside for cell in cells}
    states = {cell.state for cell in cells}
    told = []
    for status in (judging.MET, judging.NEAR, judging.BEHIND, judging.FAR):
        if status in statuses or (status == judging.MET and judging.MAINTAIN in statuses):
            mark, word = display.BAND_WORDS[status].split(" ", 1)
            if status == judging.MET and judging.MAINTAIN in statuses:
                word = "Đạt, hoặc duy trì được kết quả"
            told.append((mark, f"{word} (so với chỉ tiêu giao)"))
    told += [
        (mark, f"{BESIDE_WORDS[beside]} các đơn vị cùng cấp trong phạm vi (ô chưa giao chỉ tiêu)")
        for beside, mark in BESIDE_MARKS.items()
        if beside in besides
    ]
    if any(cell.is_ranked and not cell.is_judged and not cell.beside for cell in cells):
        told.append(("số không kèm dấu", "chưa giao chỉ tiêu, quá ít đơn vị để so"))
    told += [(code, CODE_WORDS[state]) for state, code in CODES.items() if state in states]
    return told


def caption(table: HeatMap) -> str:
    """Return what stands under the table: what it is, how to read it."""
    rates = any(column.indicator.is_rate for column in table.columns)
    percent = " Tỷ lệ tính bằng %." if rates else ""
    added = " Hàng “Cả phạm vi” cộng tử số và mẫu số, không lấy trung bình tỷ lệ."
    return f"{title(table)}, {area_text(table)}.{percent}{added}"
