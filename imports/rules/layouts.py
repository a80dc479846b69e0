"""Layouts: recognising a table by the words of its headers, whatever its sheet, place or column order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from dvctt.lib import names
from imports.rules.phrases import Phrase, read_phrases

POSITION: Final = "position"
UNIT: Final = "unit"
RATE: Final = "rate"
NUMERATOR: Final = "numerator"
DENOMINATOR: Final = "denominator"
TARGET: Final = "target"
NOTE: Final = "note"
ROLES: Final = frozenset({POSITION, UNIT, RATE, NUMERATOR, DENOMINATOR, TARGET, NOTE})
FIGURES: Final = frozenset({RATE, NUMERATOR, DENOMINATOR, TARGET})

fold = lru_cache(maxsize=8_192)(names.fold)


class LayoutInvalid(ValueError):
    """The definition of a layout cannot be used; str() says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ColumnDef:
    """One column of a layout: what it holds and the headers it goes by, without marks or case."""

    role: str
    indicator: str
    headers: frozenset[str]
    required: bool
    printed: str
    """How the header is named to a person."""


@dataclass(frozen=True, slots=True)
class LayoutDef:
    code: str
    name: str
    columns: tuple[ColumnDef, ...]
    phrases: tuple[Phrase, ...]
    sorted_by: str = ""
    """The indicator that such lists are printed in descending order of, or ""."""
    doubtful_zero: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Indicator → levels at which a bare 0 may as well mean that there was nothing to pay."""

    @property
    def indicators(self) -> list[str]:
        return list(dict.fromkeys(c.indicator for c in self.columns if c.indicator))

    @property
    def unit_headers(self) -> frozenset[str]:
        return frozenset().union(*(c.headers for c in self.columns if c.role == UNIT))


def read_layout(*, code: str, name: str, definition: Mapping[str, Any]) -> LayoutDef:
    """Return the layout of a stored definition. Raises LayoutInvalid."""
    columns: list[ColumnDef] = []
    for column in definition.get("columns", ()):
        role, headers = column.get("role", ""), column.get("headers", ())
        indicator = column.get("indicator", "")
        if role not in ROLES or not headers or (role in FIGURES) != bool(indicator):
            raise LayoutInvalid(f"Mẫu {code}: cột {column!r} không hợp lệ.")
        columns.append(
            ColumnDef(
                role,
                indicator,
                frozenset(names.fold(header) for header in headers),
                bool(column.get("required", False)),
                headers[0],
            )
        )
    if not any(c.role == UNIT and c.required for c in columns):
        raise LayoutInvalid(f"Mẫu {code}: cần một cột đơn vị bắt buộc.")
    zero = {key: frozenset(levels) for key, levels in definition.get("doubtful_zero", {}).items()}
    return LayoutDef(
        code,
        name,
        tuple(columns),
        read_phrases(definition.get("phrases", ())),
        definition.get("sorted_by", ""),
        zero,
    )


# --- Headers -----------------------------------------------------------------------------------------------
_NUMBER: Final = r"\d{1,2}"
_DAY: Final = rf"(?:ngay )?{_NUMBER} (?:thang )?{_NUMBER} (?:nam )?\d{{4}}"
# What a header may say besides its name: the day or period of the figures, and that they could not be had.
_TAILS: Final = re.compile(
    r" (?:"
    rf"(?:tinh )?(?:den|toi)(?: het)?(?: ngay| thang)? {_DAY}"
    r"|(?:trong |cua )?(?:ky )?(?:quy|qui) (?:i{1,3}|iv|[1-4])(?: nam)?(?: \d{4})?"
    rf"|(?:trong )?(?:{_NUMBER}|sau|chin) thang(?: dau)?(?: nam)?(?: \d{{4}})?"
    rf"|(?:trong )?thang {_NUMBER}(?: nam)?(?: \d{{4}})?"
    r"|(?:trong |ca )?nam \d{4}"
    r"|\d{4}"
    r"|chua (?:trich xuat|cong bo|co so lieu|tong hop|thong ke)\b.*"
    r")$"
)


def header_core(text: str) -> str:
    """Return the header without marks, case and what it says of period or absence of figures."""
    core = fold(text)
    while (shorter := _TAILS.sub("", core)) != core:
        core = shorter
    return core


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One recognised header: which column of the sheet, what it is, and its words."""

    column: int
    definition: ColumnDef
    text: str

    @property
    def label(self) -> str:
        return names.nfc(self.text)


@dataclass(frozen=True, slots=True)
class Header:
    """A recognised header row."""

    number: int
    layout: LayoutDef
    cells: tuple[HeaderCell, ...]
    unknown: tuple[tuple[int, str], ...]
    """Columns with a header that the layout does not know."""

    def cell(self, role: str, indicator: str = "") -> HeaderCell | None:
        for cell in self.cells:
            if cell.definition.role == role and cell.definition.indicator == indicator:
                return cell
        return None

    def column(self, role: str, indicator: str = "") -> int | None:
        cell = self.cell(role, indicator)
        return None if cell is None else cell.column

    @property
    def columns(self) -> frozenset[int]:
        return frozenset(cell.column for cell in self.cells)


class HeaderAmbiguous(ValueError):
    """Two columns carry the same header; str() names it."""


def match_header(number: int, texts: Mapping[int, str], layout: LayoutDef) -> Header | None:
    """Return the header that a row is under this layout, or None. `texts` are its cells that hold text.

    Raises HeaderAmbiguous where a required column stands twice.
    """
    cells: list[HeaderCell] = []
    unknown: list[tuple[int, str]] = []
    taken: dict[int, str] = {}
    for column, text in sorted(texts.items()):
        core = header_core(text)
        for place, definition in enumerate(layout.columns):
            if core in definition.headers:
                if place in taken:
                    raise HeaderAmbiguous(
                        f"Dòng {number} có hai cột cùng tên “{definition.printed}”; hãy đổi tên một cột."
                    )
                taken[place] = text
                cells.append(HeaderCell(column, definition, text))
                break
        else:
            unknown.append((column, names.nfc(text)))
    if any(definition.required and place not in taken for place, definition in enumerate(layout.columns)):
        return None
    return Header(number, layout, tuple(cells), tuple(unknown))


def recognise_header(number: int, texts: Mapping[int, str], layouts: Sequence[LayoutDef]) -> Header | None:
    """Return the header by the layout that explains most of the row's columns, or None.

    Raises HeaderAmbiguous where two layouts explain it equally well.
    """
    if len(texts) < 2 or not any(
        len(text) <= 40 and fold(text) in layout.unit_headers for text in texts.values() for layout in layouts
    ):
        return None
    found = [header for layout in layouts if (header := match_header(number, texts, layout)) is not None]
    if not found:
        return None
    best = max(found, key=lambda header: len(header.cells))
    equal = [header for header in found if len(header.cells) == len(best.cells)]
    if len(equal) > 1:
        listed = ", ".join(f"“{header.layout.name}”" for header in equal)
        raise HeaderAmbiguous(f"Dòng {number} khớp với nhiều mẫu như nhau: {listed}; hãy báo quản trị.")
    return best


def expected_headers(layouts: Iterable[LayoutDef]) -> str:
    """Return what a person should find in the header row, for a message."""
    listed = []
    for layout in layouts:
        headers = " | ".join(column.printed for column in layout.columns if column.required)
        listed.append(f"“{headers}”")
    return " hoặc ".join(listed)
