"""What makes a reported figure worth a second look before it is approved. Plain Python.

Each rule answers for itself and says nothing where what it compares with is unknown. No rate is averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from dvctt.lib import numbers
from indicators.rules.figures import NOT_PUBLISHED, NUMBER
from indicators.rules.jumps import jump_score

JUMP: Final = Decimal(20)
"""Percentage points from one period to the next that nobody believes unseen."""
TOLERANCE: Final = Decimal("0.015")
"""What two roundings to two decimals may differ by."""
EXPLAINED: Final = frozenset({"jumped", "unusual", "lost_number", "not_extracted"})
"""Kinds of flags that are sent only with a note beside the figure."""
TOLD: Final = 3
"""As many reasons as fit a line of the queue."""


class Known(NamedTuple):
    """A figure as far as comparing needs it; `value` in percent for a rate, else in the indicator's unit."""

    numerator: int | None
    denominator: int | None
    value: Decimal | None
    state: str


class Measure(NamedTuple):
    """What an indicator says of its figures."""

    is_rate: bool
    unit_of_measure: str
    min_cases: int = 0


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason to look: its kind, a sentence for the report's page, few words for the queue.

    `is_error` tells what cannot be right from what is only unlikely.
    """

    kind: str
    words: str
    brief: str
    is_error: bool = False

    @property
    def needs_words(self) -> bool:
        """Whether whoever sends the figure has to say why it is so."""
        return self.kind in EXPLAINED


def difference(now: Known, than: Known | None) -> Decimal | None:
    """Return by how much the figure is higher, None where either is no number."""
    if than is None or now.value is None or than.value is None:
        return None
    return now.value - than.value


def change_in_words(delta: Decimal, measure: Measure) -> str:
    """Return "+35,20 điểm %" or "−3 hồ sơ": a difference with its sign."""
    if measure.is_rate:
        return f"{numbers.vi_points(delta)} điểm %"
    rounded = numbers.round_half_up(delta, 2)
    sign = "+" if rounded > 0 else ""
    return f"{sign}{numbers.vi_number(rounded)} {measure.unit_of_measure}"


def above_denominator(now: Known, measure: Measure) -> Flag | None:
    """A part larger than its whole."""
    if not measure.is_rate or now.numerator is None or now.denominator is None:
        return None
    if now.numerator <= now.denominator:
        return None
    told = f"{numbers.vi_number(now.numerator)} > {numbers.vi_number(now.denominator)}"
    return Flag("above_denominator", f"Tử số lớn hơn mẫu số ({told})", "tử số lớn hơn mẫu số", is_error=True)


def jumped(now: Known, previous: Known | None, measure: Measure) -> Flag | None:
    """A rate more than 20 percentage points away from the period before."""
    delta = difference(now, previous)
    if delta is None or not measure.is_rate or abs(delta) <= JUMP:
        return None
    size = numbers.vi_number(numbers.round_half_up(abs(delta), 2))
    told = f"{'tăng' if delta > 0 else 'giảm'} {size} điểm %"
    return Flag("jumped", f"{told.capitalize()} so với kỳ trước", told)


def unusual(now: Known, past: Sequence[Decimal], measure: Measure) -> Flag | None:
    """A number far from what the unit's own earlier periods make usual; see jump_score."""
    jump = None if now.value is None else jump_score(now.value, past)
    if jump is None:
        return None
    middle = numbers.vi_number(numbers.round_half_up(jump.median, 2))
    unit = "%" if measure.is_rate else measure.unit_of_measure
    words = f"Khác hẳn {len(past)} kỳ trước của đơn vị (trung vị {middle} {unit})"
    return Flag("unusual", words, f"khác hẳn {len(past)} kỳ trước")


def lost_number(now: Known, previous: Known | None) -> Flag | None:
    """A reason for having no number where the period before had one."""
    if previous is None or previous.value is None or now.state == NUMBER:
        return None
    return Flag("lost_number", "Kỳ trước có số, kỳ này không có số", "kỳ này không còn số")


def not_extracted(now: Known) -> Flag | None:
    """A figure that there is and that nobody has yet: who waits for it wants to know why and until when."""
    if now.state != NOT_PUBLISHED:
        return None
    return Flag(
        "not_extracted",
        "Chưa trích xuất được: ghi rõ vì sao và bao giờ có số",
        "chưa trích xuất được",
    )


def few_cases(now: Known, measure: Measure) -> Flag | None:
    """A rate of fewer cases than the catalogue ranks."""
    if now.value is None or now.denominator is None or now.denominator >= measure.min_cases:
        return None
    told = f"mẫu số {numbers.vi_number(now.denominator)}, dưới {numbers.vi_number(measure.min_cases)}"
    return Flag("few_cases", f"Ít hồ sơ: {told}", "ít hồ sơ")


def differs(now: Known, official: Known | None, measure: Measure, *, source: str) -> Flag | None:
    """A figure other than an official source has it; `source` is that source's short name."""
    if official is None or official.value is None:
        return None
    if now.value is None:
        if now.state == NUMBER:
            return None
        return Flag("differs", f"{source} có số, báo cáo không có số", f"{source} có số")
    delta = now.value - official.value
    if abs(delta) <= TOLERANCE:
        return None
    return Flag("differs", f"Khác {source} {change_in_words(delta, measure)}", f"khác {source}")


def repeated(cells: Sequence[tuple[Known, Known | None]]) -> Flag | None:
    """A report that says in all its cells what the period before said."""
    if not any(now.value is not None for now, _ in cells):
        return None
    if not all(previous is not None and _is_same(now, previous) for now, previous in cells):
        return None
    return Flag("repeated", "Mọi ô giống hệt kỳ trước", "mọi ô giống kỳ trước")


def judge_risk(
    now: Known,
    *,
    previous: Known | None,
    past: Sequence[Decimal] = (),
    official: Known | None,
    source: str,
    measure: Measure,
) -> tuple[Flag, ...]:
    """Return all that one cell gives to look at; `past` are the numbers of earlier periods."""
    found = (
        above_denominator(now, measure),
        jumped(now, previous, measure) or unusual(now, past, measure),
        not_extracted(now) or lost_number(now, previous),
        differs(now, official, measure, source=source),
        few_cases(now, measure),
    )
    return tuple(flag for flag in found if flag is not None)


def flags_in_words(flags: Sequence[Flag]) -> str:
    """Return "2 chỗ: tăng 35,2 điểm %; khác Cổng", or "" for nothing to look at."""
    if not flags:
        return ""
    told = _each_once(flag.brief for flag in flags)
    more = "; …" if len(told) > TOLD else ""
    return f"{len(flags)} chỗ: {'; '.join(told[:TOLD])}{more}"


def _each_once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _is_same(now: Known, previous: Known) -> bool:
    if now.state != previous.state:
        return False
    if now.numerator is not None and previous.numerator is not None:
        return (now.numerator, now.denominator) == (previous.numerator, previous.denominator)
    # A source that printed the rate alone.
    return _printed(now.value) == _printed(previous.value)


def _printed(value: Decimal | None) -> Decimal | None:
    return None if value is None else numbers.round_half_up(value, 2)
