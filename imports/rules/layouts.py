"""Layouts: what the columns of a kind of table are and what they feed. Data that an office can edit.

A column goes by the full path of its headers, from the merged parent down: "Trong hạn" under "Đã xử lý" and
"Trong hạn" under "Đang xử lý" are two columns. In a definition a path is one line of text, its levels parted
by " > " and the names that a level may carry by " | ": "Tiếp nhận > Trong kỳ > Trực tuyến | Qua mạng".
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final

from dvctt.lib import names
from imports.rules.phrases import Phrase, read_phrases

POSITION: Final = "position"
UNIT: Final = "unit"
RATE: Final = "rate"
COUNT: Final = "count"
NUMERATOR: Final = "numerator"
DENOMINATOR: Final = "denominator"
TARGET: Final = "target"
NOTE: Final = "note"
IGNORED: Final = "ignored"
SINGLE: Final = frozenset({POSITION, UNIT, NOTE})
"""Roles of which a table has one column; their key is the role's own name."""
SHORT: Final = frozenset({NUMERATOR, DENOMINATOR, TARGET})
"""Roles that say by themselves what they feed: a count, or a target, of the indicator beside them."""
ROLES: Final = frozenset({*SINGLE, *SHORT, RATE, COUNT, IGNORED})
FIGURES: Final = frozenset({RATE, COUNT, TARGET})
LEVELS: Final = " > "
ALIASES: Final = " | "
PERCENT: Final = "percent"
FRACTION: Final = "fraction"
ROWS: Final = "rows"
SHEET: Final = "sheet"

fold = lru_cache(maxsize=65_536)(names.fold)

Path = tuple[str, ...]


class LayoutInvalid(ValueError):
    """The definition of a layout cannot be used; str() says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ColumnDef:
    """One column of a layout: what it holds and the header paths it goes by, without marks or case."""

    key: str
    role: str
    paths: frozenset[Path]
    required: bool
    printed: str
    """How the header is named to a person."""
    numbers: str = ""
    """What a bare number of a rate column is: PERCENT, FRACTION, or "" where the file has to show it."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How rows look that are no units, besides those that every table may have; without marks or case."""

    totals: frozenset[str] = frozenset()
    """Names of rows that add others up."""
    captions: frozenset[str] = frozenset()
    """Names of rows that head a kind of units."""
    footers: tuple[str, ...] = ()
    """How lines begin that close a table."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The words behind which a sheet says what it is of, in the same cell or the next; without marks or case.

    Where they are there they decide; else the sheet is searched for what looks like a period, a day, a unit.
    """

    period: tuple[str, ...] = ()
    extracted_on: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureDef:
    """What an indicator's figure is made of: sums of count columns, or a printed rate alone."""

    indicator: str
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    rate: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """A count that its parts must add up to: (3) = (4) + (5) + (6) of form II.06."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedRate:
    """A rate that a table prints of its own counts; it feeds nothing and is only held against them."""

    rate: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]


@dataclass(frozen=True)
class LayoutDef:
    code: str
    name: str
    columns: tuple[ColumnDef, ...]
    figures: tuple[FigureDef, ...]
    phrases: tuple[Phrase, ...]
    identities: tuple[Identity, ...] = ()
    rates: tuple[PrintedRate, ...] = ()
    opening: str = ""
    closing: str = ""
    """Counts carried over: this period's opening is the previous period's closing."""
    subject: str = ROWS
    """Whether each row is a unit, or the whole sheet is one unit's and its total row is the figure."""
    source: str = ""
    """Where such files come from when neither file nor person says it."""
    sub_rows: frozenset[str] = frozenset()
    """Names of rows that only break the row above them down."""
    looks: Looks = Looks()
    labels: Labels = Labels()
    sorted_by: str = ""
    """The indicator that such lists are printed in descending order of, or ""."""
    doubtful_zero: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Indicator → levels at which a bare 0 may as well mean that there was nothing to pay."""

    @property
    def indicators(self) -> list[str]:
        return [figure.indicator for figure in self.figures]

    @cached_property
    def feeding(self) -> frozenset[str]:
        """Keys of the columns that a figure needs; a slip in any other is only worth a warning."""
        return frozenset(
            key for f in self.figures for key in (*f.numerator, *f.denominator, f.rate, f.target) if key
        )

    @cached_property
    def meanings(self) -> dict[tuple[str, str, str, bool], str | None]:
        """What words were found to mean so far; the same notes and headers come again in every row."""
        return {}

    @cached_property
    def by_path(self) -> Mapping[Path, ColumnDef]:
        """The column of each header path."""
        return {path: column for column in self.columns for path in column.paths}

    @cached_property
    def required(self) -> frozenset[str]:
        """Keys of the columns without which a table is not of this layout."""
        return frozenset(column.key for column in self.columns if column.required)

    @cached_property
    def unit_headers(self) -> frozenset[str]:
        return frozenset(path[-1] for c in self.columns if c.role == UNIT for path in c.paths)


def read_paths(lines: Iterable[str]) -> frozenset[Path]:
    """Return the header paths that lines of text stand for, one for each combination of names."""
    found: set[Path] = set()
    for line in lines:
        levels = [[fold(name) for name in level.split(ALIASES)] for level in line.split(LEVELS)]
        found.update(path for path in itertools.product(*levels) if all(path))
    return frozenset(found)


def read_layout(*, code: str, name: str, definition: Mapping[str, Any]) -> LayoutDef:
    """Return the layout of a stored definition. Raises LayoutInvalid."""
    reader = _DefinitionReader(code, name)
    return reader.read(definition)


class _DefinitionReader:
    def __init__(self, code: str, name: str) -> None:
        self._code = code
        self._name = name
        self._columns: dict[str, ColumnDef] = {}
        self._parts: dict[str, dict[str, str]] = {}

    def _wrong(self, what: str) -> LayoutInvalid:
        return LayoutInvalid(f"Mẫu {self._code}: {what}.")

    def read(self, definition: Mapping[str, Any]) -> LayoutDef:
        for column in definition.get("columns", ()):
            self._column(column)
        if not any(column.role == UNIT and column.required for column in self._columns.values()):
            raise self._wrong("cần một cột đơn vị bắt buộc")
        figures = self._figures(definition)
        if not figures:
            raise self._wrong("không có cột nào cho số liệu của một chỉ tiêu")
        if definition.get("subject", ROWS) not in (ROWS, SHEET):
            raise self._wrong("“subject” là rows hoặc sheet")
        zero = {key: frozenset(levels) for key, levels in definition.get("doubtful_zero", {}).items()}
        carried = definition.get("carried_over", {})
        return LayoutDef(
            self._code,
            self._name,
            tuple(self._columns.values()),
            figures,
            read_phrases(definition.get("phrases", ())),
            tuple(
                Identity(self._key(one["whole"], COUNT), self._keys(one["parts"], COUNT))
                for one in definition.get("identities", ())
            ),
            tuple(
                PrintedRate(
                    self._key(one["rate"], RATE),
                    self._keys(one["numerator"], COUNT),
                    self._keys(one["denominator"], COUNT),
                )
                for one in definition.get("rates", ())
            ),
            opening=self._key(carried.get("opening", ""), COUNT),
            closing=self._key(carried.get("closing", ""), COUNT),
            subject=definition.get("subject", ROWS),
            source=definition.get("source", ""),
            sub_rows=self._names(definition, "sub_rows"),
            looks=Looks(
                self._names(definition, "totals"),
                self._names(definition, "captions"),
                tuple(sorted(self._names(definition, "footers"))),
            ),
            labels=Labels(
                *(
                    tuple(sorted(self._names(definition.get("labels", {}), what), key=len, reverse=True))
                    for what in ("period", "extracted_on", "unit")
                )
            ),
            sorted_by=definition.get("sorted_by", ""),
            doubtful_zero=zero,
        )

    @staticmethod
    def _names(told: Mapping[str, Any], what: str) -> frozenset[str]:
        return frozenset(folded for name in told.get(what, ()) if (folded := fold(name)))

    def _column(self, column: Mapping[str, Any]) -> None:
        role, headers = column.get("role", ""), column.get("headers", ())
        indicator, key = column.get("indicator", ""), column.get("key", "")
        if role in SINGLE:
            key = key or role
        elif role in SHORT or (role == RATE and indicator):
            key = key or f"{indicator}.{role}"
            self._parts.setdefault(indicator, {})[role] = key
        elif role == IGNORED:
            key = key or f"{IGNORED}.{len(self._columns)}"
        paths = read_paths(headers) if role in ROLES else frozenset()
        is_short = role in SHORT or (role == RATE and bool(indicator))
        numbers = column.get("numbers", "")
        if numbers not in ("", PERCENT, FRACTION) or (numbers and role != RATE):
            raise self._wrong(f"cột {dict(column)!r}: chỉ cột tỷ lệ mới nói số là phần trăm hay phân số")
        if not paths or not key or is_short != bool(indicator) or key in self._columns:
            raise self._wrong(f"cột {dict(column)!r} không hợp lệ")
        twice = next((one.printed for one in self._columns.values() if one.paths & paths), None)
        if twice is not None:
            raise self._wrong(f"cột {dict(column)!r} trùng tên với cột “{twice}”")
        kind = COUNT if role in (NUMERATOR, DENOMINATOR) else role
        printed = headers[0].replace(LEVELS, " › ").split(ALIASES)[0]
        is_required = bool(column.get("required", False))
        self._columns[key] = ColumnDef(key, kind, paths, is_required, printed, numbers)

    def _figures(self, definition: Mapping[str, Any]) -> tuple[FigureDef, ...]:
        figures = [
            FigureDef(
                indicator,
                tuple(part[role] for role in [NUMERATOR] if role in part),
                tuple(part[role] for role in [DENOMINATOR] if role in part),
                part.get(RATE, ""),
                part.get(TARGET, ""),
            )
            for indicator, part in self._parts.items()
        ]
        for one in definition.get("figures", ()):
            figures.append(
                FigureDef(
                    one.get("indicator", ""),
                    self._keys(one.get("numerator", ()), COUNT),
                    self._keys(one.get("denominator", ()), COUNT),
                    self._key(one.get("rate", ""), RATE),
                    self._key(one.get("target", ""), TARGET),
                )
            )
        for figure in figures:
            if not figure.indicator or not (figure.numerator or figure.rate or figure.target):
                raise self._wrong(f"chỉ tiêu “{figure.indicator}” không có cột số liệu nào")
            if figure.denominator and not figure.numerator:
                raise self._wrong(f"chỉ tiêu “{figure.indicator}” có mẫu số nhưng thiếu tử số")
        if len({figure.indicator for figure in figures}) < len(figures):
            raise self._wrong("một chỉ tiêu được khai hai lần")
        return tuple(figures)

    def _key(self, key: str, role: str) -> str:
        return self._keys([key], role)[0] if key else ""

    def _keys(self, keys: Iterable[str], role: str) -> tuple[str, ...]:
        found = tuple(keys)
        for key in found:
            if key not in self._columns or self._columns[key].role != role:
                raise self._wrong(f"không có cột “{key}” đúng loại")
        return found


def expected_headers(layouts: Iterable[LayoutDef]) -> str:
    """Return what a person should find in the header row, for a message."""
    listed = []
    for layout in layouts:
        headers = " | ".join(column.printed for column in layout.columns if column.required)
        listed.append(f"“{headers}”")
    return " hoặc ".join(listed)
