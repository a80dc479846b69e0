"""An appendix as rows and words, before any workbook is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal


class AppendixRefused(Exception):
    """The appendix cannot be made; the message says why and what to do."""


class AppendixUnknown(AppendixRefused):
    """There is no such appendix, or no such unit or indicator in it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as its source printed it: percent, with the number of decimals to show."""

    percent: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in another unit than percent, with the number of decimals to show."""

    value: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class SheetLink:
    """Words that lead to another sheet of the workbook."""

    text: str
    sheet: str


CellValue = int | str | Rate | Amount | SheetLink | None


@dataclass(frozen=True, slots=True)
class AppendixRow:
    cells: tuple[CellValue, ...]
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    header: str
    width: float
    align: str = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an appendix, on a sheet of its own with the whole title block.

    `label`, `title` and `remark` stand instead of the appendix's own where a sheet is a paper by itself;
    `footnotes` stand under this table alone.
    """

    sheet: str
    columns: tuple[Column, ...]
    rows: list[AppendixRow]
    label: str = ""
    title: str = ""
    remark: str = ""
    footnotes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Appendix:
    code: str
    label: str
    title: str
    reference: str
    remark: str
    tables: list[Table]
    footnotes: list[str] = field(default_factory=list)
    landscape: bool = False

    @property
    def filename(self) -> str:
        return f"{self.code}.xlsx"


@dataclass(frozen=True, slots=True)
class Request:
    """What a person may choose of an appendix; empty means the form's own default."""

    province: str = ""
    period: str = ""
    document: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    code: str
    name: str
    province: str
    document: str
    period: str
    plan: str
    build: Callable[[Form, Request], Appendix]
