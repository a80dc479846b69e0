"""What the papers of a plan have in common: title block, cells of a target, and the footnotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from documents.models import Document
from dvctt.lib import names, numbers
from indicators.models import Indicator, Source
from reports.appendices.content import Amount, AppendixRefused, AppendixUnknown, CellValue, Rate
from reports.appendices.phrases import (
    NO_DAY,
    STATE_WORDING,
    people_committee,
    printed_rate,
    reference_line,
)
from reports.selectors.plan_book import IndicatorPart, OwnerUnknown, PlanBook, plan_book
from targets import selectors as target_selectors
from targets.models import Assignment, Override, Plan
from targets.rules import Clause, RulesTie
from targets.selectors import RuleGroup

DRAFT: Final = "DỰ THẢO"
SIMULATED: Final = "số liệu mô phỏng"
NO_FIGURE: Final = "Chưa có số liệu"
NOTHING: Final = "–"
MOST_REASONS: Final = 8
"""Reasons told one by one; the units of all others are counted together."""
_DECIMALS: Final = 2


def open_book(plan: Plan) -> PlanBook:
    """Read the plan; raise AppendixRefused where it cannot be read as it stands."""
    try:
        return plan_book(plan=plan)
    except (OwnerUnknown, RulesTie) as problem:
        raise AppendixRefused(str(problem)) from problem


def reference(book: PlanBook, *, document: Document | None = None) -> str:
    """Return the italic line under the title; while the plan is not issued it says that it is a draft."""
    document = document or book.plan.document
    if not book.is_draft:
        if document is None:
            return f"(Kèm theo kế hoạch “{book.plan.name}”)"
        return reference_line(document, issued="Ban hành kèm theo")
    if document is not None:
        return reference_line(document, issued=f"{DRAFT}, kèm theo")
    owner = people_committee(book.owner)
    return f"({DRAFT}, kèm theo văn bản số … {NO_DAY} của {owner})"


def title(book: PlanBook, words: str) -> str:
    return f"{words} ({DRAFT})" if book.is_draft else words


def baseline_text(book: PlanBook) -> str:
    """Return how the plan calls its baseline, and that it is simulated where it is."""
    return f"{book.baseline} ({SIMULATED})" if book.is_simulated else book.baseline


def due_text(plan: Plan) -> str:
    return numbers.vi_date(plan.due_on) if plan.due_on else f"31/12/{plan.year}"


def headed(indicator: Indicator) -> str:
    """Return the indicator as a column heads it: "Tỷ lệ hồ sơ trực tuyến"."""
    short = indicator.short_name
    if not indicator.is_rate or names.fold(short).startswith(("ty le", "muc do")):
        return short
    # "TTHC thanh toán …" keeps its capitals.
    return f"Tỷ lệ {short[:1].lower()}{short[1:]}" if short[1:2].islower() else f"Tỷ lệ {short}"


def number_cell(value: Decimal, indicator: Indicator) -> Rate | Amount:
    """Return a figure or a target as a number, shown whole or with two decimals."""
    if indicator.is_rate:
        return Rate(value, 0 if value == value.to_integral_value() else _DECIMALS)
    shown = numbers.round_half_up(value, _DECIMALS).normalize()
    return Amount(value, max(0, -int(shown.as_tuple().exponent)))


def target_cell(assignment: Assignment) -> CellValue:
    """Return what a unit is assigned: a number, "Trên 80%" where 80 is not enough, or "Duy trì …"."""
    if assignment.maintain:
        return assignment.wording
    if assignment.is_strict:
        measure = target_selectors.measure_of(assignment.indicator)
        return f"{'Trên' if measure.higher_is_better else 'Dưới'} {measure.official(assignment.assigned)}"
    return number_cell(assignment.assigned, assignment.indicator)


def stretch_cell(assignment: Assignment) -> CellValue:
    return NOTHING if assignment.stretch is None else number_cell(assignment.stretch, assignment.indicator)


def baseline_cell(assignment: Assignment) -> CellValue:
    """Return the result that the target was made from, as its source printed it, or its state in words."""
    if assignment.baseline is None:
        return STATE_WORDING.get(assignment.baseline_state, NO_FIGURE)
    if assignment.indicator.is_rate:
        return printed_rate(assignment.baseline, assignment.baseline_printed)
    return number_cell(assignment.baseline, assignment.indicator)


def central_of(part: IndicatorPart) -> Decimal | None:
    """Return what the central government assigned: as the plan says, else as all its rules that tell say."""
    if part.told is not None and part.told.central is not None:
        return part.told.central
    told = {
        Decimal(str(line.rule.parameters["central"]))
        for group in part.groups
        for line in group.rules
        if line.rule.parameters.get("central") is not None
    }
    return told.pop() if len(told) == 1 else None


def central_cells(part: IndicatorPart) -> tuple[CellValue, CellValue]:
    """Return the central target and the document that it stands in."""
    central = central_of(part)
    if central is None:
        return "Không nêu", NOTHING
    source = part.told.central_source if part.told else ""
    return number_cell(central, part.indicator), source or "Kế hoạch không nêu văn bản"


def clauses_text(clauses: Iterable[Clause]) -> str:
    return "; ".join(f"{clause.term}: {clause.text}" for clause in clauses)


def scopes_text(group: RuleGroup) -> str:
    return "; ".join(dict.fromkeys(line.scope for line in group.rules))


def chosen_part(book: PlanBook, code: str) -> IndicatorPart:
    """Return the plan's part of that indicator, the first without a code.

    Raises AppendixRefused where the plan has none, AppendixUnknown for a code that is not its own.
    """
    if not book.parts:
        raise AppendixRefused(f"Kế hoạch “{book.plan.name}” chưa có chỉ tiêu nào; hãy thêm quy tắc trước.")
    if not code:
        return book.parts[0]
    part = next((part for part in book.parts if part.indicator.code == code.strip().upper()), None)
    if part is None:
        known = ", ".join(part.indicator.code for part in book.parts)
        raise AppendixUnknown(f"Kế hoạch không có chỉ tiêu “{code[:40]}”. Các chỉ tiêu có: {known}.")
    return part


def footnotes(
    book: PlanBook, parts: Sequence[IndicatorPart], *, groups: Sequence[RuleGroup] | None = None
) -> list[str]:
    """Return what must be told to check the paper by hand: rules, baseline, units, what a person changed.

    `groups` narrows the rules to those that the paper applies; hand-set and missing targets are then told by
    its rows and not here.
    """
    several = len(parts) > 1
    notes = []
    for group in groups if groups is not None else [group for part in parts for group in part.groups]:
        notes += _rule_notes(group, several=several, counted=groups is None)
    notes.append(f"Số gốc: kết quả {baseline_text(book)}{_source(book.plan)}.")
    notes.append(f"Danh mục đơn vị: theo ngày {numbers.vi_date(book.plan.units_on)}.")
    if book.plan.parent is not None:
        above = target_selectors.source_words(book.plan.parent)
        notes.append(f"Không đơn vị nào được giao kém mức mà {above} đã giao.")
    if groups is None:
        for part in parts:
            about = f" về {part.indicator.short_name}" if several else ""
            notes += _override_notes(part, about)
            notes += _waiting_notes(part, about)
    if book.successor:
        notes.append(f"Kế hoạch này đã được thay bằng “{book.successor}”.")
    return ["Ghi chú:", *(f"{number}. {note}" for number, note in enumerate(notes, start=1))]


def _rule_notes(group: RuleGroup, *, several: bool, counted: bool) -> list[str]:
    about = f" về {group.indicator.short_name}" if several else ""
    reached = "; ".join(
        f"{line.rule.label} ({numbers.vi_number(line.units)} đơn vị)" if counted else line.rule.label
        for line in group.rules
    )
    bases = " ".join(dict.fromkeys(line.note for line in group.rules if line.note))
    told = f"Quy tắc “{group.kind}”{about}, áp dụng cho {reached}: {clauses_text(group.clauses)}."
    return [f"{told} {bases}".strip()]


def _source(plan: Plan) -> str:
    if not plan.baseline_source or plan.baseline_source == Source.SIMULATED:
        return ""
    return f", nguồn {Source(plan.baseline_source).label}"


def _override_notes(part: IndicatorPart, about: str) -> list[str]:
    if not part.overrides:
        return []
    told = _counted(_reason(override) for override in part.overrides)
    return [f"Sửa tay {numbers.vi_number(len(part.overrides))} đơn vị{about}, lý do: {told}."]


def _reason(override: Override) -> str:
    return f"“{override.reason}”" if override.value is not None else f"không giao, “{override.reason}”"


def _waiting_notes(part: IndicatorPart, about: str) -> list[str]:
    if not part.waiting:
        return []
    told = _counted(one.reason for one in part.waiting)
    return [f"{numbers.vi_number(len(part.waiting))} đơn vị không có chỉ tiêu{about}: {told}."]


def _counted(reasons: Iterable[str]) -> str:
    counts = Counter(reasons)
    if len(counts) == 1:
        return next(iter(counts))
    first = counts.most_common(MOST_REASONS)
    told = [f"{numbers.vi_number(count)} {reason}" for reason, count in first]
    left = counts.total() - sum(count for _, count in first)
    if left:
        told.append(f"{numbers.vi_number(left)} vì lý do khác")
    return "; ".join(told)


def paper_code(plan: Plan, *parts: str) -> str:
    """Return what the file of a paper is called, in letters that every system takes."""
    words = names.fold(" ".join([plan.code, *parts])).split()
    return "-".join(filter(None, ("".join(c for c in word if c.isascii()) for word in words)))[:120]
