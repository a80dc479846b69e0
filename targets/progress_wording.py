"""What a plan's progress says in words: the sentence that answers, its period and its sources."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dvctt.lib import numbers
from indicators.models import Indicator, Period, Source
from targets.models import Plan
from targets.rules import judging
from targets.selectors import Progress, ProgressOfOne

SIMULATED: Final = "số liệu mô phỏng"
BASELINE: Final = "kỳ gốc"
NOT_CONVERTIBLE: Final = "không quy đổi được (nguồn chỉ có tỷ lệ)"
SHORT_WORDS: Final = {judging.NEAR: "gần đạt", judging.BEHIND: "chưa đạt", judging.FAR: "còn xa"}
NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence at the top: the verdict in bold, and what it rests on."""

    verdict: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.verdict} {self.detail}".strip()


def answer(found: Progress) -> Answer:
    """Return how many units reached their target, how far the others are, and how many cases that takes."""
    what = "đơn vị" if len(found.of_indicators) == 1 else "chỉ tiêu đã giao"
    by_band = found.by_band
    judged = len(found.rows) - by_band[judging.NONE]
    unjudged = by_band[judging.NONE]
    if not found.rows:
        return Answer("Kế hoạch chưa giao chỉ tiêu nào nên chưa có tiến độ để xét.")
    if not judged:
        return Answer(
            f"Chưa xét được {what} nào trong {numbers.vi_number(len(found.rows))}.", _unjudged_reasons(found)
        )
    reached = sum(by_band[status] for status in judging.REACHED)
    others = [
        f"{numbers.vi_number(by_band[status])} {SHORT_WORDS[status]}"
        for status in judging.SHORT
        if by_band[status]
    ]
    counted = f"{numbers.vi_number(reached)} trong {numbers.vi_number(judged)} {what}"
    if reached == judged:
        counted = f"Cả {numbers.vi_number(judged)} {what}"
    measured = " có số liệu" if unjudged else ""
    parts = [", ".join(others)] if others else []
    needed = _needed(found)
    if needed:
        parts.append(needed)
    detail = "; ".join(parts)
    detail = f"{detail[:1].upper()}{detail[1:]}." if detail else ""
    if unjudged:
        detail += f" {numbers.vi_number(unjudged)} {what} chưa xét được."
    return Answer(f"{counted}{measured} đã đạt.", detail.strip())


def _needed(found: Progress) -> str:
    """Return how many cases more bring every unit to its target, by what is counted; "" for none."""
    by_thing: Counter[str] = Counter()
    for one in found.of_indicators:
        by_thing[one.thing] += one.missing
    needed = " và ".join(f"{numbers.vi_number(cases)} {thing}" for thing, cases in by_thing.items() if cases)
    uncounted = sum(one.uncounted for one in found.of_indicators)
    if not needed:
        return ""
    aside = f" (chưa kể {numbers.vi_number(uncounted)} nơi không tính được)" if uncounted else ""
    return f"cần thêm {needed} để tất cả cùng đạt{aside}"


def _unjudged_reasons(found: Progress) -> str:
    reasons = Counter(row.reason for row in found.rows if row.reason)
    told = "; ".join(f"{numbers.vi_number(units)} {reason}" for reason, units in reasons.most_common(3))
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def period_text(period: Period, *, is_cumulative: bool = False) -> str:
    """Return the period inside a sentence: "Quý II/2023", "luỹ kế đến hết Quý II/2023"."""
    label = period.label
    label = label[:1].lower() + label[1:] if label.startswith(("Đến", "Tháng", "Năm")) else label
    return f"luỹ kế đến hết {label}" if is_cumulative else label


def source_parts(found: Progress) -> list[str]:
    """Return what stands in the line of sources: period, sources with their days, and how it was judged."""
    told = period_text(found.period, is_cumulative=found.is_cumulative)
    parts = [f"{told} ({BASELINE})" if found.is_baseline else told]
    figures = [row.figure for row in found.rows if row.figure is not None]
    days = sorted({figure.extracted_on for figure in figures if figure.extracted_on})
    for source, units in Counter(figure.source for figure in figures).most_common():
        name = str(Source(source).label) if source else "nhiều nguồn"
        shown = SIMULATED if source == Source.SIMULATED else name
        parts.append(f"{shown} ({numbers.vi_number(units)})")
    if days:
        span = numbers.vi_date(days[0])
        if len(days) > 1:
            span += f" đến {numbers.vi_date(days[-1])}"
        parts.append(f"số liệu ngày {span}")
    parts.append(bands_text(found.plan))
    return parts


def bands_text(plan: Plan) -> str:
    """Return from where the plan's bands begin: "gần đạt từ 95 % mức giao, còn xa khi dưới 80 %"."""
    near, behind = (numbers.vi_number(one) for one in (plan.bands.near, plan.bands.behind))
    return f"gần đạt từ {near}{NO_BREAK_SPACE}% mức giao, còn xa khi dưới {behind}{NO_BREAK_SPACE}% mức giao"


def figure_text(value: Decimal | None, indicator: Indicator) -> str:
    """Return a value with its unit: "87,22 %", "30 phút"; a dash for None."""
    if value is None:
        return "–"
    decimals = indicator.decimals if indicator.is_rate else None
    shown = value if indicator.is_rate else numbers.round_half_up(value, 2)
    return f"{numbers.vi_number(shown, decimals)}{NO_BREAK_SPACE}{indicator.unit_of_measure}"


def total_text(one: ProgressOfOne) -> str:
    """Return the whole plan's figure with its counts, or why there is none; rates are never averaged."""
    if not one.judged and one.total is None:
        return "chưa có số liệu"
    if one.total is None or one.total.value is None:
        return NOT_CONVERTIBLE
    value = figure_text(one.total.value, one.indicator)
    if one.total.denominator is None:
        return value
    return f"{value} ({numbers.vi_number(one.total.numerator)}/{numbers.vi_number(one.total.denominator)})"


def gap_heading(indicator: Indicator | None) -> str:
    """Return what a column of gaps is called: in points for a rate, else in the indicator's own unit."""
    if indicator is None:
        return "Còn thiếu"
    unit = f"điểm{NO_BREAK_SPACE}%" if indicator.is_rate else indicator.unit_of_measure
    return f"Còn thiếu ({unit})"


def missing_heading(indicator: Indicator | None) -> str:
    """Return what a column of missing cases is called: "Cần thêm (hồ sơ)", "Cần thêm (giao dịch)"."""
    thing = judging.counted_thing(indicator.numerator) if indicator else "hồ sơ, giao dịch …"
    return f"Cần thêm ({thing.replace(' ', NO_BREAK_SPACE)})"
