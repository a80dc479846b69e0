"""A table of no known layout: what its columns may be, and the layout that a person's answers make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openpyxl.utils import get_column_letter
from rapidfuzz import fuzz

from dvctt.lib.sheets import Sheet
from imports.rules.headers import UnknownHeader, header_core, label_of
from imports.rules.layouts import (
    ALIASES,
    COUNT,
    DENOMINATOR,
    IGNORED,
    LEVELS,
    NOTE,
    NUMERATOR,
    POSITION,
    RATE,
    UNIT,
    LayoutDef,
)
from imports.rules.tables import cell_text

SAMPLES: Final = 3
NEAR: Final = 88
PLAIN: Final = (IGNORED, POSITION, UNIT, NOTE, COUNT)
PARTS: Final = (NUMERATOR, DENOMINATOR, RATE)


class MappingWrong(ValueError):
    """What a person said of the columns makes no layout; `faults` are told one by one."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class ColumnAsked:
    """A column of the table as a person is asked about it."""

    column: int
    letter: str
    path: tuple[str, ...]
    samples: tuple[str, ...]
    suggestion: str
    """What it may be: one of PLAIN, or "HSTT.numerator"; "" where nothing comes near."""

    @property
    def label(self) -> str:
        return label_of(self.path)


def ask_columns(sheet: Sheet, header: UnknownHeader, known: Sequence[LayoutDef]) -> list[ColumnAsked]:
    """Return the columns in the order of the sheet, each with samples and what known layouts suggest."""
    rows = [row for row in sheet.rows if row.number > header.last_number]
    named = [row for row in rows if _is_unit_row(row.value(header.unit_column or 0))] or rows
    asked = []
    for column, path in sorted(header.paths.items()):
        samples = [text for row in named[:SAMPLES] if (text := cell_text(row.cell(column)))]
        suggestion = UNIT if column == header.unit_column else _suggest(path, known)
        asked.append(ColumnAsked(column, get_column_letter(column + 1), path, tuple(samples), suggestion))
    return asked


def _is_unit_row(value: object) -> bool:
    return isinstance(value, str) and bool(re.search(r"(?i)\b(?:sở|ubnd|xã|phường|huyện|thị|thành)\b", value))


def _suggest(path: Sequence[str], known: Sequence[LayoutDef]) -> str:
    """What known layouts make of the same path, else of a leaf that comes near."""
    core = tuple(header_core(text) for text in path)
    best, nearest = "", 0.0
    for layout in known:
        for column in layout.columns:
            if column.role == UNIT:
                continue
            meaning = _meaning(column.key, column.role, layout)
            if core in column.paths:
                return meaning
            for other in column.paths:
                score = fuzz.ratio(" ".join(core), " ".join(other))
                if score >= NEAR and score > nearest:
                    best, nearest = meaning, score
    return best


def _meaning(key: str, role: str, layout: LayoutDef) -> str:
    for figure in layout.figures:
        if key in figure.numerator:
            return f"{figure.indicator}.{NUMERATOR}"
        if key in figure.denominator:
            return f"{figure.indicator}.{DENOMINATOR}"
        if key == figure.rate:
            return f"{figure.indicator}.{RATE}"
    return role if role in PLAIN else IGNORED


def make_definition(
    asked: Sequence[ColumnAsked],
    answers: Mapping[int, str],
    *,
    without_denominator: Sequence[str],
    source: str,
) -> dict[str, Any]:
    """Return the layout's definition that the answers make.

    `without_denominator` are indicators that are a count alone. Raises MappingWrong with every fault.
    """
    faults = [
        f"Cột {one.letter} “{one.label}”: hãy chọn ý nghĩa, hoặc chọn “Bỏ qua”."
        for one in asked
        if not answers.get(one.column)
    ]
    units = [one for one in asked if answers.get(one.column) == UNIT]
    if len(units) != 1:
        faults.append(
            "Chưa chọn cột nào là “Đơn vị”." if not units else "Chỉ một cột được là “Đơn vị”; hãy chọn lại."
        )
    for role, words in ((POSITION, "STT"), (NOTE, "Ghi chú")):
        if sum(answers.get(one.column) == role for one in asked) > 1:
            faults.append(f"Chỉ một cột được là “{words}”; hãy chọn lại.")
    figures: dict[str, dict[str, list[str]]] = {}
    columns = []
    for one in asked:
        answer = answers.get(one.column, "")
        indicator, _, part = answer.rpartition(".")
        headers = [LEVELS.join(_plain(text) for text in one.path)]
        column: dict[str, Any] = {"role": answer, "headers": headers}
        if part in PARTS and indicator:
            key = f"c{one.column + 1}"
            column = {
                "key": key,
                "role": RATE if part == RATE else COUNT,
                "headers": headers,
                "required": True,
            }
            figures.setdefault(indicator, {}).setdefault(part, []).append(key)
        elif answer == COUNT:
            column = {"key": f"c{one.column + 1}", "role": COUNT, "headers": headers}
        elif answer == UNIT:
            column["required"] = True
        columns.append(column)
    if not figures:
        faults.append(
            "Chưa cột nào cho số liệu của một chỉ tiêu; hãy chọn ít nhất một tỷ lệ, hoặc tử số và mẫu số."
        )
    for indicator, parts in figures.items():
        faults += _faults_of(indicator, parts, without_denominator)
    if faults:
        raise MappingWrong(faults)
    return {
        "source": source,
        "columns": columns,
        "figures": [
            {
                "indicator": indicator,
                "numerator": parts.get(NUMERATOR, []),
                "denominator": parts.get(DENOMINATOR, []),
                "rate": parts.get(RATE, [""])[0],
            }
            for indicator, parts in figures.items()
        ],
    }


def _faults_of(
    indicator: str, parts: Mapping[str, list[str]], without_denominator: Sequence[str]
) -> list[str]:
    faults = []
    if len(parts.get(RATE, ())) > 1:
        faults.append(f"{indicator}: chỉ một cột được là tỷ lệ in; hãy chọn lại.")
    if DENOMINATOR in parts and NUMERATOR not in parts:
        faults.append(f"{indicator}: có mẫu số nhưng thiếu tử số.")
    if NUMERATOR in parts and DENOMINATOR not in parts and indicator not in without_denominator:
        faults.append(f"{indicator}: có tử số nhưng thiếu mẫu số.")
    return faults


def _plain(text: str) -> str:
    """The words of a header without the two signs by which a definition parts levels and names."""
    return " ".join(text.replace(ALIASES.strip(), " ").replace(LEVELS.strip(), " ").split())
