"""What a figure may be, and which of two figures for one cell stands. Plain Python.

The words of states are those of `indicators.models.State`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

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


def tells_otherwise(
    before: Mapping[str, Any] | None,
    *,
    numerator: int | None,
    denominator: int | None,
    value: Decimal | None,
    state: str,
) -> bool:
    """Say whether a figure became another than its history kept (None: there was none), whatever its day."""
    if before is None:
        return True
    kept = (before["numerator"], before["denominator"], before["value"], before["state"])
    return kept != (numerator, denominator, numbers.plain(value), state)


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
