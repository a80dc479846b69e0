"""What a figure may be, and which of two figures for one cell stands. Plain Python.

The words of states are those of `indicators.models.State`; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from dvctt.lib import numbers

NUMBER: Final = "number"
NOT_ARISING: Final = "not_arising"
OUT_OF_SCOPE: Final = "out_of_scope"
NOT_PUBLISHED: Final = "not_published"
NOT_SUBMITTED: Final = "not_submitted"
WITHDRAWN: Final = "withdrawn"
"""Only in a history: the figure was taken back, and its cell is empty again."""
STATES: Final = (NUMBER, NOT_ARISING, OUT_OF_SCOPE, NOT_PUBLISHED, NOT_SUBMITTED)

PRINTED_LENGTH: Final = 200
NOTE_LENGTH: Final = 500
MAX_WHOLE_DIGITS: Final = 12
"""Values are kept with twelve digits before the decimal point and ten behind it."""

Outcome = Literal["new", "changed", "unchanged", "kept_later"]


class FigureRefused(ValueError):
    """A figure that may not be stored; str() says why."""


class IndicatorUnknown(LookupError):
    """No indicator has this code; str() says so."""


class CatalogueUnreadable(ValueError):
    """A file of the catalogue that does not say what it must; str() names the line."""


@dataclass(slots=True, kw_only=True)
class FigureDraft:
    """One unit's figure on its way into the table; `value` in percent, or in the indicator's unit.

    `printed` is the source's own text, `origin` where it came from ("batch:12 Sheet!B7", "submission:3").
    """

    unit_id: int
    indicator_id: int
    period_id: int
    source: str
    origin: str
    is_rate: bool
    state: str
    numerator: int | None = None
    denominator: int | None = None
    value: Decimal | None = None
    printed: str = ""
    note: str = ""
    scope: str = "own"
    extracted_on: date | None = None
    document_id: int | None = None
    over_bound_reason: str = ""


@dataclass(frozen=True, slots=True)
class StoredFigure:
    """What a cell holds now."""

    measurement_id: int
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    state: str
    printed: str
    note: str
    extracted_on: date | None
    document_id: int | None
    origin: str
    over_bound_reason: str

    @property
    def is_approved(self) -> bool:
        """Whether it stands because a reviewer approved an officer's report."""
        return self.origin.startswith("submission:")


def check_figure(draft: FigureDraft) -> None:
    """Raise FigureRefused for a figure that contradicts itself; the database holds the same invariants."""
    numerator, denominator, value = draft.numerator, draft.denominator, draft.value
    if draft.state not in STATES:
        raise FigureRefused(f"Không có trạng thái “{draft.state}” trong danh mục trạng thái.")
    if (draft.state == NUMBER) != (value is not None):
        if value is None:
            raise FigureRefused("Ô ghi “có số liệu” nhưng không có giá trị.")
        raise FigureRefused(
            f"Ô có giá trị {numbers.vi_number(value)} nhưng trạng thái lại là không có số liệu; "
            "hãy chọn một trong hai."
        )
    if (
        (numerator is not None and numerator < 0)
        or (denominator is not None and denominator < 0)
        or (value is not None and value < 0)
    ):
        raise FigureRefused("Số liệu không được là số âm.")
    if value is not None and (not value.is_finite() or value.adjusted() >= MAX_WHOLE_DIGITS):
        raise FigureRefused("Giá trị quá lớn; hãy kiểm tra lại.")
    if draft.is_rate and not draft.over_bound_reason:
        if numerator is not None and denominator is not None and numerator > denominator:
            raise FigureRefused(
                f"Tử số {numbers.vi_number(numerator)} lớn hơn mẫu số {numbers.vi_number(denominator)}."
            )
        if value is not None and value > 100:
            raise FigureRefused(f"Tỷ lệ {numbers.vi_number(value)} % lớn hơn 100 %.")
    if len(draft.printed) > PRINTED_LENGTH or len(draft.note) > NOTE_LENGTH:
        raise FigureRefused(
            f"Nội dung ô dài quá {PRINTED_LENGTH} ký tự hoặc ghi chú dài quá {NOTE_LENGTH} ký tự; "
            "hãy rút gọn."
        )


def is_earlier(extracted_on: date | None, than: date | None) -> bool:
    """Say whether an extraction came before another; one without a date counts as the earliest."""
    return than is not None and (extracted_on is None or extracted_on < than)


def same_figure(draft: FigureDraft, stored: StoredFigure) -> bool:
    """Say whether the two tell the same, whatever day they were extracted on.

    A state is the same state in whatever words a source says it: "0%" under "(Chưa trích xuất được …)" and
    "Chưa trích xuất được" are one figure.
    """
    same_words = draft.printed == stored.printed or draft.state != NUMBER
    return (
        draft.numerator == stored.numerator
        and draft.denominator == stored.denominator
        and draft.value == stored.value
        and draft.state == stored.state
        and same_words
        and draft.note == stored.note
        and draft.document_id == stored.document_id
        and draft.over_bound_reason == stored.over_bound_reason
    )


def outcome(draft: FigureDraft, stored: StoredFigure | None, *, replace_later: bool = False) -> Outcome:
    """Say what recording the draft does to its cell.

    A later extraction of the same source replaces an earlier one; an earlier one never replaces a later one
    ("kept_later") unless told to. An equal figure of an earlier day, or of no day, changes nothing.
    """
    if stored is None:
        return "new"
    earlier = is_earlier(draft.extracted_on, stored.extracted_on)
    if same_figure(draft, stored) and (earlier or draft.extracted_on == stored.extracted_on):
        return "unchanged"
    if earlier and not replace_later:
        return "kept_later"
    return "changed"


# --- Entering -----------------------------------------------------------------------------------------------

ENTRY_STATES: Final = (NUMBER, NOT_ARISING, OUT_OF_SCOPE, NOT_PUBLISHED)
"""What an officer may choose for a cell; "chưa nộp" is told by the deadline, never chosen."""

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


class SubmissionChanged(EntryError):
    """Somebody else saved in between."""


class EntryInvalid(EntryError):
    """Cells that may not be saved; `problems` by indicator id."""

    def __init__(self, message: str, problems: dict[int, EntryProblem]) -> None:
        super().__init__(message)
        self.problems = problems


class OwnEntry(EntryError):
    """Nobody reviews figures of their own."""


class ReasonMissing(EntryError):
    """A return needs a reason."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an indicator asks an officer for."""

    is_rate: bool
    has_denominator: bool
    zero_denominator: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What an officer typed for one indicator."""

    numerator: int | None = None
    denominator: int | None = None
    state: str = NUMBER
    note: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether there is neither a number nor a reason for having none."""
        return self.numerator is None and self.denominator is None and self.state == NUMBER


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


def _kept(value: Decimal | None) -> JudgedCell:
    if value is None or value.adjusted() >= MAX_WHOLE_DIGITS:
        return JudgedCell(NUMBER, problem=EntryProblem("numerator", "số quá lớn; hãy kiểm tra lại"))
    return JudgedCell(NUMBER, value=value, complete=True)


def _problem_of_state(cell: Cell, asked: Asked) -> EntryProblem | None:
    if cell.state not in ENTRY_STATES:
        return EntryProblem("state", "hãy chọn một lý do trong danh sách")
    if cell.state == NOT_ARISING and not asked.has_denominator:
        return EntryProblem("state", "chỉ tiêu này là một số đếm; nếu không có hồ sơ thì nhập 0")
    told = "numerator" if cell.numerator else "denominator"
    if cell.state in (NOT_ARISING, STATE_OF_ZERO.get(asked.zero_denominator)):
        if cell.numerator or cell.denominator:
            return EntryProblem(
                told, "đã chọn lý do này thì mẫu số là 0 hoặc để trống; hãy xoá số hoặc chọn “có số liệu”"
            )
    elif cell.numerator is not None or cell.denominator is not None:
        return EntryProblem(
            told, "đã chọn lý do không có số thì để trống các số; hãy xoá số hoặc chọn “có số liệu”"
        )
    return None


def _problem_of_numbers(cell: Cell, asked: Asked) -> EntryProblem | None:
    if cell.numerator is None or cell.denominator is None or not asked.has_denominator:
        return None
    if cell.denominator == 0 and cell.numerator > 0:
        return EntryProblem("denominator", "mẫu số là 0 thì tử số cũng phải là 0; hãy kiểm tra lại mẫu số")
    if asked.is_rate and cell.numerator > cell.denominator:
        limit = numbers.vi_number(cell.denominator)
        return EntryProblem("numerator", f"tử số là số nguyên từ 0 đến {limit} (không lớn hơn mẫu số)")
    return None
