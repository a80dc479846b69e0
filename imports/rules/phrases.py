"""Words that stand where a number should: which state they mean (domain words of the published tables)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dvctt.lib import names

# States as indicators.models.State has them, and two that are not states: the number 0, and no figure at all.
ZERO: Final = "zero"
NO_FIGURE: Final = "no_figure"
NOT_ARISING: Final = "not_arising"
OUT_OF_SCOPE: Final = "out_of_scope"
NOT_PUBLISHED: Final = "not_published"
NOT_SUBMITTED: Final = "not_submitted"
MEANINGS: Final = frozenset({ZERO, NO_FIGURE, NOT_ARISING, OUT_OF_SCOPE, NOT_PUBLISHED, NOT_SUBMITTED})

HEADER: Final = "header"
CELL: Final = "cell"
REMARK: Final = "note"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words, without marks and case, and what they mean in a header, a cell or the row's note."""

    says: str
    means: str
    where: frozenset[str]
    indicators: frozenset[str] = frozenset()
    """Empty: every indicator of the row."""
    blanks_only: bool = False
    """In a note: explains a blank cell, but not a printed 0."""


def _phrase(
    says: str, means: str, *where: str, indicators: Iterable[str] = (), blanks_only: bool = False
) -> Phrase:
    return Phrase(names.fold(says), means, frozenset(where), frozenset(indicators), blanks_only)


# As printed in Kế hoạch 4872/KH-UBND, 96/KH-UBND and 269/KH-UBND of 2023, then as this product prints states.
KNOWN: Final = (
    _phrase("Chưa trích xuất được", NOT_PUBLISHED, HEADER, CELL),
    _phrase("Chưa trích xuất được", NOT_PUBLISHED, REMARK, blanks_only=True),
    _phrase("Chưa công bố", NOT_PUBLISHED, HEADER, CELL),
    _phrase("Không có TTHC yêu cầu nghĩa vụ tài chính", OUT_OF_SCOPE, CELL, REMARK, indicators=["TTTT"]),
    _phrase(
        "Không có thủ tục hành chính yêu cầu nghĩa vụ tài chính",
        OUT_OF_SCOPE,
        CELL,
        REMARK,
        indicators=["TTTT"],
    ),
    # "Công Bộ" is how the 2023 table prints it; without marks the two are one.
    _phrase("Thực hiện tại Cổng Bộ", OUT_OF_SCOPE, CELL, REMARK),
    _phrase("Thực hiện trên Cổng Bộ", OUT_OF_SCOPE, CELL, REMARK),
    _phrase("Thực hiện tại Cổng của Bộ", OUT_OF_SCOPE, CELL, REMARK),
    _phrase("Không thuộc phạm vi", OUT_OF_SCOPE, CELL),
    _phrase("Không có hồ sơ thanh toán trực tuyến", ZERO, CELL, REMARK, indicators=["TTTT"]),
    _phrase("Không có hồ sơ trực tuyến", NOT_ARISING, CELL, indicators=["HSTT"]),
    _phrase("Không có hồ sơ trực tuyến", NOT_ARISING, REMARK, indicators=["HSTT"], blanks_only=True),
    _phrase("Không phát sinh", NOT_ARISING, CELL),
    _phrase("Không phát sinh hồ sơ", NOT_ARISING, REMARK, blanks_only=True),
    _phrase("Chưa nộp", NOT_SUBMITTED, CELL),
    _phrase("Chưa có số liệu", NO_FIGURE, CELL),
)


def read_phrases(more: Iterable[Mapping[str, Any]]) -> tuple[Phrase, ...]:
    """Return the known phrases and those that a layout adds ({"says", "means", "where", "indicators"})."""
    added = [
        _phrase(
            item["says"],
            item["means"],
            *item.get("where", [CELL]),
            indicators=item.get("indicators", ()),
            blanks_only=bool(item.get("blanks_only", False)),
        )
        for item in more
        if item.get("means") in MEANINGS
    ]
    return (*KNOWN, *added)


def meaning_of(
    text: str, phrases: Iterable[Phrase], *, where: str, indicator: str, is_blank: bool = False
) -> str | None:
    """Return what the text means for the indicator at that place, or None; the longest phrase decides."""
    folded = names.fold(text)
    if not folded:
        return None
    fitting = [
        phrase
        for phrase in phrases
        if where in phrase.where
        and (not phrase.indicators or indicator in phrase.indicators)
        and (is_blank or not phrase.blanks_only)
        and f" {phrase.says} " in f" {folded} "
    ]
    return max(fitting, key=lambda phrase: len(phrase.says)).means if fitting else None
