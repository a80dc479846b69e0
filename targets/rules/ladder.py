"""A level that rises by the same step each year up to a cap (domain §3, kind 9).

"+20% mỗi năm đến 100%": Nghị quyết 76/NQ-CP begins 2021 with 30/20/15 by level, so 2023 is 70/60/55.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from dvctt.lib import numbers
from targets.rules.base import (
    RESULT_UNUSED,
    Baseline,
    Clause,
    Decision,
    Measure,
    NoTarget,
    RuleKind,
    as_json,
    bound_of_rate,
    no_cliffs,
    unused_result,
)
from targets.rules.reading import Reader

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """`start` stands in `start_year`; each year later it is `step` better, in the indicator's unit.

    `year` is the year of the plan. `cap` bounds it where higher is better; where lower is better 0 does.
    """

    start: Decimal
    start_year: int
    step: Decimal
    year: int
    cap: Decimal | None

    @property
    def years(self) -> int:
        return self.year - self.start_year


def read(reader: Reader, measure: Measure) -> Ladder | None:
    before = len(reader.problems)
    highest = bound_of_rate(measure)
    start = reader.number("start", low=Decimal(0), high=highest)
    start_year = reader.whole("start_year", low=_FIRST_YEAR, high=_LAST_YEAR)
    step = reader.number("step", low=Decimal(0), high=highest)
    year = reader.whole("year", low=_FIRST_YEAR, high=_LAST_YEAR)
    cap = reader.number("cap", low=Decimal(0), high=highest, default=highest, may_be_null=True)
    reader.finish()
    if year < start_year:
        reader.problem(f"năm {year} trước năm bắt đầu {start_year}", key="year")
    if start is not None and cap is not None and measure.higher_is_better and cap < start:
        reader.problem(f"trần {cap} thấp hơn mức bắt đầu {start}", key="cap")
    if len(reader.problems) > before or start is None or step is None:
        return None
    return Ladder(start=start, start_year=start_year, step=step, year=year, cap=cap)


def plain(parameters: Ladder, measure: Measure) -> dict[str, Any]:
    return {
        "start": as_json(parameters.start),
        "start_year": parameters.start_year,
        "step": as_json(parameters.step),
        "year": parameters.year,
        "cap": as_json(parameters.cap),
    }


def _climbed(parameters: Ladder, measure: Measure) -> Decimal:
    """The level of the year before any bound."""
    gained = parameters.step * parameters.years
    return parameters.start + gained if measure.higher_is_better else parameters.start - gained


def _level(parameters: Ladder, measure: Measure) -> Decimal:
    climbed = _climbed(parameters, measure)
    if not measure.higher_is_better:
        return max(climbed, Decimal(0))
    return climbed if parameters.cap is None else min(climbed, parameters.cap)


def decide(parameters: Ladder, baseline: Baseline, measure: Measure) -> Decision | NoTarget:
    """Assign the year's level, whatever the result was."""
    value = _level(parameters, measure)
    return Decision(value, None, value, False, measure.official(value), "fixed")


def _step(parameters: Ladder, measure: Measure) -> str:
    verb = "tăng" if measure.higher_is_better else "giảm"
    unit = "điểm %" if measure.is_rate else measure.unit
    return f"mỗi năm {verb} {numbers.vi_number(parameters.step)} {unit}"


def _bound(parameters: Ladder, measure: Measure) -> str:
    if not measure.higher_is_better:
        return "không dưới 0"
    return "không có" if parameters.cap is None else f"không quá {numbers.vi_number(parameters.cap)}"


def because(parameters: Ladder, baseline: Baseline, measure: Measure) -> str:
    return f"mức năm {parameters.year} theo lộ trình là {measure.figure(_level(parameters, measure))}"


def sentence(parameters: Ladder, baseline: Baseline, measure: Measure, group: str, label: str) -> str:
    sign = "+" if measure.higher_is_better else "−"
    climbed, level = _climbed(parameters, measure), _level(parameters, measure)
    reckoned = (
        f"{numbers.vi_number(parameters.start)} {sign} {parameters.years} × "
        f"{numbers.vi_number(parameters.step)} = {numbers.vi_number(climbed)}"
    )
    if climbed != level:
        reckoned += f", {_bound(parameters, measure)}"
    return (
        f"Năm {parameters.start_year} giao {measure.figure(parameters.start)}, {_step(parameters, measure)} "
        f"({group}): năm {parameters.year} ({reckoned}) giao {measure.figure(level)}; "
        f"{unused_result(baseline, measure, label, level)}."
    )


def clauses(parameters: Ladder, measure: Measure) -> list[Clause]:
    return [
        Clause(f"Mức năm {parameters.start_year}", measure.figure(parameters.start)),
        Clause("Lộ trình", _step(parameters, measure)),
        Clause("Giới hạn", _bound(parameters, measure)),
        Clause(f"Mức năm {parameters.year}", measure.figure(_level(parameters, measure))),
        RESULT_UNUSED,
    ]


KIND: Final = RuleKind(
    code="ladder",
    label="Lộ trình theo năm",
    read=read,
    plain=plain,
    decide=decide,
    sentence=sentence,
    because=because,
    clauses=clauses,
    cliffs=no_cliffs,
)
