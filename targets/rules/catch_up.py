"""Catch up or maintain: Phụ lục III of Kế hoạch 269/KH-UBND (Quảng Ninh, 30/10/2023).

A result below a band's threshold is assigned the band's target; any other unit keeps what it reached
("Duy trì kết quả đạt được").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, Literal

from dvctt.lib import numbers
from targets.rules.base import (
    MAINTAIN_WORDING,
    Baseline,
    Clause,
    Compare,
    Decision,
    Measure,
    NoTarget,
    RuleKind,
    as_json,
    bound_of_rate,
    compare_clause,
    compared,
    no_baseline_reason,
    read_compare,
    shown,
    shown_before_rounding,
)
from targets.rules.reading import Reader


@dataclass(frozen=True, slots=True)
class Band:
    """A result worse than `limit` is assigned `target`; worse is below, or above where lower is better."""

    limit: Decimal
    target: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpOrMaintain:
    """`bands` stand from the worst results to the best: the first one that a result falls short of counts."""

    bands: tuple[Band, ...]
    compare: Compare = "printed"
    decimals: int = 0
    no_baseline: Literal["none"] = "none"


def read(reader: Reader, measure: Measure) -> CatchUpOrMaintain | None:
    before = len(reader.problems)
    highest = bound_of_rate(measure)
    key = _limit_key(measure)
    bands: list[Band] = []
    for one in reader.children("bands"):
        limit = one.number(key, low=Decimal(0), high=highest)
        target = one.number("target", low=Decimal(0), high=highest)
        one.finish()
        if limit is None or target is None:
            continue
        if measure.lacks(target, limit):
            worse = "thấp hơn" if measure.higher_is_better else "cao hơn"
            one.problem(f"chỉ tiêu {target} {worse} ngưỡng {limit}: có đơn vị bị giao kém kết quả đã đạt")
        bands.append(Band(limit, target))
    for first, second in pairwise(bands):
        if not measure.lacks(first.limit, second.limit) or measure.lacks(second.target, first.target):
            order = "tăng dần" if measure.higher_is_better else "giảm dần"
            reader.problem(f"ngưỡng phải {order} và chỉ tiêu không được kém đi theo ngưỡng", key="bands")
            break
    compare, decimals = read_compare(reader, default="printed")
    reader.choice("no_baseline", {"none": "none"}, default="none")
    reader.finish()
    if len(reader.problems) > before:
        return None
    return CatchUpOrMaintain(bands=tuple(bands), compare=compare, decimals=decimals)


def plain(parameters: CatchUpOrMaintain, measure: Measure) -> dict[str, Any]:
    key = _limit_key(measure)
    return {
        "bands": [{key: as_json(band.limit), "target": as_json(band.target)} for band in parameters.bands],
        "compare": parameters.compare,
        "decimals": parameters.decimals,
        "no_baseline": parameters.no_baseline,
    }


def _limit_key(measure: Measure) -> str:
    return "below" if measure.higher_is_better else "above"


def decide(parameters: CatchUpOrMaintain, baseline: Baseline, measure: Measure) -> Decision | NoTarget:
    """Assign the band's target, or keep the unrounded result."""
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if result is None or baseline.value is None:
        return NoTarget(no_baseline_reason(baseline))
    place = _place(result.value, parameters, measure)
    if place is None:
        return Decision(baseline.value, None, baseline.value, True, MAINTAIN_WORDING, "maintain")
    target = parameters.bands[place].target
    return Decision(target, None, target, False, measure.official(target), "catch_up")


def _place(value: Decimal, parameters: CatchUpOrMaintain, measure: Measure) -> int | None:
    """Return which band the result falls into, None when it is maintained."""
    for place, band in enumerate(parameters.bands):
        if measure.lacks(value, band.limit):
            return place
    return None


def because(parameters: CatchUpOrMaintain, baseline: Baseline, measure: Measure) -> str:
    """ "kết quả in 87 %, dưới ngưỡng 90 %"."""
    return _because(parameters, baseline, measure, threshold="ngưỡng ")


def _because(
    parameters: CatchUpOrMaintain, baseline: Baseline, measure: Measure, *, threshold: str = ""
) -> str:
    result = compared(baseline, compare=parameters.compare, decimals=parameters.decimals)
    if result is None or baseline.value is None:
        return no_baseline_reason(baseline)
    limits = [band.limit for band in parameters.bands]
    match result.how:
        case "printed":
            found = f"kết quả in {measure.figure(result.value)}"
        case "rounded":
            exact = shown_before_rounding(baseline.value, result.value)
            found = f"kết quả {measure.figure(exact)}, làm tròn {measure.figure(result.value)}"
        case _:
            found = f"kết quả {measure.figure(shown(result.value, *limits))}"
    place = _place(result.value, parameters, measure)
    short, enough = ("dưới", "không dưới") if measure.higher_is_better else ("trên", "không quá")
    if place is None:
        return f"{found}, {enough} {threshold}{measure.figure(limits[-1])}"
    limit = measure.figure(limits[place])
    if place == 0:
        return f"{found}, {short} {threshold}{limit}"
    return f"{found}, từ {numbers.vi_number(limits[place - 1])} đến {short} {threshold}{limit}"


def sentence(
    parameters: CatchUpOrMaintain, baseline: Baseline, measure: Measure, group: str, label: str
) -> str:
    decision = decide(parameters, baseline, measure)
    if isinstance(decision, NoTarget):
        return f"Kết quả {label}: {decision.reason}; kế hoạch không giao."
    reason = _because(parameters, baseline, measure)
    given = f"giao {measure.figure(decision.assigned)}"
    if decision.maintain:
        kept = measure.figure(numbers.round_half_up(decision.assigned, 2))
        counts = f", tức {baseline.counts}" if baseline.counts else ""
        given = f"duy trì kết quả đạt được ({kept}{counts})"
    return f"{reason[0].upper()}{reason[1:]} ({group}): {given}."


def clauses(parameters: CatchUpOrMaintain, measure: Measure) -> list[Clause]:
    short, enough = ("Dưới", "Từ") if measure.higher_is_better else ("Trên", "Từ")
    found = []
    previous: Decimal | None = None
    for band in parameters.bands:
        term = f"{short} {measure.figure(band.limit)}"
        if previous is not None:
            term = f"Từ {numbers.vi_number(previous)} đến {short.lower()} {measure.figure(band.limit)}"
        found.append(Clause(term, f"giao {measure.figure(band.target)}"))
        previous = band.limit
    last = measure.figure(parameters.bands[-1].limit)
    upward = "trở lên" if measure.higher_is_better else "trở xuống"
    return [
        *found,
        Clause(f"{enough} {last} {upward}", "duy trì kết quả đạt được (giữ số chưa làm tròn)"),
        compare_clause(parameters.compare, parameters.decimals),
        Clause("Không có số liệu gốc", "không giao, liệt kê riêng"),
    ]


def cliffs(parameters: CatchUpOrMaintain, measure: Measure) -> list[str]:
    """Say where one point more in the baseline makes the target easier: with 96/98, 95 → 98 but 96 → 96."""
    step = Decimal(1) if measure.higher_is_better else Decimal(-1)
    last = parameters.bands[-1]
    if last.target == last.limit or last.limit < step:
        return []
    limit = numbers.vi_number(last.limit)
    short, target = numbers.vi_number(last.limit - step), numbers.vi_number(last.target)
    jump = f"{short} → {target}, nhưng {limit} → duy trì {limit}"
    return [f"Quy tắc có bước nhảy ở {measure.figure(last.limit)}: kết quả {jump}."]


KIND: Final = RuleKind(
    code="catch_up_or_maintain",
    label="Đuổi kịp ngưỡng hoặc duy trì",
    read=read,
    plain=plain,
    decide=decide,
    sentence=sentence,
    because=because,
    clauses=clauses,
    cliffs=cliffs,
    limit=lambda parameters: parameters.bands[-1].limit,
)
