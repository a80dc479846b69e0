"""What an officer types, what it is worth, and what is refused on the way to review. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dvctt.lib import numbers
from indicators.rules.figures import (
    MAX_WHOLE_DIGITS,
    NOT_ARISING,
    NOT_PUBLISHED,
    NOTE_LENGTH,
    NUMBER,
    OUT_OF_SCOPE,
)

ENTRY_STATES: Final = (NUMBER, NOT_ARISING, OUT_OF_SCOPE, NOT_PUBLISHED)
"""What an officer may choose for a cell; "chưa nộp" is told by the deadline, never chosen."""

REMARK_LENGTH: Final = 300
"""How long the reason for giving one line back may be."""
NAMED_LINES: Final = 3
WHOLE: Final = Decimal(100)

AS_RATE: Final = "rate"
"""How an indicator is entered whose figures come as a rate, from a survey say, with how many were asked."""

STATE_OF_ZERO: Final = {
    "not_arising": NOT_ARISING,
    "full_marks": NOT_ARISING,  # the marks are the score's matter; the figure is that nothing arose
    "not_applicable": OUT_OF_SCOPE,
}


class EntryError(ValueError):
    """An expected refusal in entering or reviewing; str() says what to do."""


class PeriodClosed(EntryError):
    """The period takes no figures now."""


class SubmissionClosed(EntryError):
    """The submission is not in the status that the step needs."""


class SubmissionIncomplete(EntryError):
    """Figures are missing; `missing` holds the ids of their indicators."""

    def __init__(self, message: str, missing: list[int]) -> None:
        super().__init__(message)
        self.missing = missing


class SubmissionUnexplained(EntryError):
    """Figures that nobody believes unseen go without a word.

    `missing` holds the ids of the indicators whose note is empty; `is_repeated` that the whole report says
    what the period before said and that nobody confirmed it.
    """

    def __init__(self, message: str, missing: list[int], *, is_repeated: bool) -> None:
        super().__init__(message)
        self.missing = missing
        self.is_repeated = is_repeated


class SubmissionChanged(EntryError):
    """Somebody else saved in between."""


class EntryInvalid(EntryError):
    """Cells that may not be saved; `problems` by indicator id."""

    def __init__(self, message: str, problems: dict[int, EntryProblem]) -> None:
        super().__init__(message)
        self.problems = problems


class OwnEntry(EntryError):
    """Nobody reviews figures of their own."""


class EvidenceRefused(EntryError):
    """A file that is not put behind a figure, or not taken back."""


class ReasonMissing(EntryError):
    """A return needs a reason."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an indicator asks an officer for."""

    is_rate: bool
    has_denominator: bool
    zero_denominator: str
    takes_rate: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What an officer typed for one indicator; `rate`, in percent, stands in the numerator's place."""

    numerator: int | None = None
    denominator: int | None = None
    state: str = NUMBER
    note: str = ""
    rate: Decimal | None = None

    @property
    def is_blank(self) -> bool:
        """Whether there is neither a number nor a reason for having none."""
        return not self.has_number and self.state == NUMBER

    @property
    def has_number(self) -> bool:
        """Whether any of its inputs holds a number."""
        return (self.numerator, self.denominator, self.rate) != (None, None, None)

    @property
    def token(self) -> str:
        """The cell in one text: a page carries it to tell what stood there when it was opened."""
        first = self.numerator if self.rate is None else f"{numbers.plain(self.rate)}%"
        return f"{first}|{self.denominator}|{self.state}|{self.note}"


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """Why a cell may not be kept, and at which of its inputs: numerator, denominator, state or note."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class JudgedCell:
    """A cell as it would be kept: its value and state, whether it may be sent, or what is wrong with it."""

    state: str
    value: Decimal | None = None
    complete: bool = False
    problem: EntryProblem | None = None


def judge_cell(cell: Cell, asked: Asked) -> JudgedCell:
    """Say what a typed cell is worth.

    A denominator of 0 is the state that the catalogue gives it. An incomplete cell (one number of two) may be
    kept as a draft but not sent. A rate is in percent; a plain quotient or count is in the indicator's unit.
    """
    problem = _problem_of_state(cell, asked) if cell.state != NUMBER else _problem_of_numbers(cell, asked)
    if problem is None and len(cell.note) > NOTE_LENGTH:
        problem = EntryProblem("note", f"ghi chú dài quá {NOTE_LENGTH} ký tự; hãy rút gọn")
    if problem is not None:
        return JudgedCell(cell.state, problem=problem)
    if cell.state != NUMBER:
        return JudgedCell(cell.state, complete=True)
    if asked.takes_rate:
        return _judged_rate(cell, asked)
    if cell.numerator is None and not (asked.has_denominator and cell.denominator == 0):
        return JudgedCell(NUMBER)
    if not asked.has_denominator:
        return _kept(Decimal(cell.numerator or 0))
    if cell.denominator is None:
        return JudgedCell(NUMBER)
    if cell.denominator == 0:
        return JudgedCell(STATE_OF_ZERO.get(asked.zero_denominator, NOT_ARISING), complete=True)
    if asked.is_rate:
        return _kept(numbers.rate(numerator=cell.numerator, denominator=cell.denominator))
    quotient = Decimal(cell.numerator or 0) / Decimal(cell.denominator)
    return _kept(numbers.round_half_up(quotient, numbers.RATE_DECIMALS))


def _judged_rate(cell: Cell, asked: Asked) -> JudgedCell:
    if asked.has_denominator and cell.denominator == 0:
        return JudgedCell(STATE_OF_ZERO.get(asked.zero_denominator, NOT_ARISING), complete=True)
    # Of how many, a survey does not always say; a number of answers alone is no figure yet.
    return JudgedCell(NUMBER, value=cell.rate, complete=cell.rate is not None)


def remarks_in_words(names: Sequence[str]) -> str:
    """Return what a report is given back for, where only lines carry reasons; "" for no line."""
    if not names:
        return ""
    more = f" và {len(names) - NAMED_LINES} chỉ tiêu khác" if len(names) > NAMED_LINES else ""
    return f"Xem lại {len(names)} chỉ tiêu: {'; '.join(names[:NAMED_LINES])}{more}"


def _kept(value: Decimal | None) -> JudgedCell:
    if value is None or value.adjusted() >= MAX_WHOLE_DIGITS:
        return JudgedCell(NUMBER, problem=EntryProblem("numerator", "số quá lớn; hãy kiểm tra lại"))
    return JudgedCell(NUMBER, value=value, complete=True)


def _problem_of_state(cell: Cell, asked: Asked) -> EntryProblem | None:
    if cell.state not in ENTRY_STATES:
        return EntryProblem("state", "hãy chọn một lý do trong danh sách")
    if cell.state == NOT_ARISING and not asked.has_denominator:
        return EntryProblem("state", "chỉ tiêu này là một số đếm; nếu không có hồ sơ thì nhập 0")
    told = "numerator" if cell.numerator or cell.rate is not None else "denominator"
    if cell.state in (NOT_ARISING, STATE_OF_ZERO.get(asked.zero_denominator)):
        if cell.numerator or cell.denominator or cell.rate is not None:
            return EntryProblem(
                told, "đã chọn lý do này thì mẫu số là 0 hoặc để trống; hãy xoá số hoặc chọn “có số liệu”"
            )
    elif cell.has_number:
        return EntryProblem(
            told, "đã chọn lý do không có số thì để trống các số; hãy xoá số hoặc chọn “có số liệu”"
        )
    return None


def _problem_of_numbers(cell: Cell, asked: Asked) -> EntryProblem | None:
    if asked.takes_rate:
        return _problem_of_rate(cell)
    if cell.numerator is None or cell.denominator is None or not asked.has_denominator:
        return None
    if cell.denominator == 0 and cell.numerator > 0:
        return EntryProblem("denominator", "mẫu số là 0 thì tử số cũng phải là 0; hãy kiểm tra lại mẫu số")
    if asked.is_rate and cell.numerator > cell.denominator:
        limit = numbers.vi_number(cell.denominator)
        return EntryProblem("numerator", f"tử số là số nguyên từ 0 đến {limit} (không lớn hơn mẫu số)")
    return None


def _problem_of_rate(cell: Cell) -> EntryProblem | None:
    if cell.rate is not None and cell.rate > WHOLE:
        return EntryProblem("numerator", "tỷ lệ là một số từ 0 đến 100; hãy kiểm tra lại")
    if cell.rate is not None and cell.denominator == 0:
        return EntryProblem("denominator", "mẫu số là 0 thì không có tỷ lệ; hãy kiểm tra lại mẫu số")
    return None
