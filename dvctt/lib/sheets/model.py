"""What the reader hands out: workbooks, sheets, rows, cells, and the refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from dvctt.lib.numbers import vi_number

CellValue = str | int | float | Decimal | bool | date | datetime | None

MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 300
# A sheet is a dense table in memory, so its corners are bounded together and not only one by one.
MAX_CELLS: Final = 5_000_000
MAX_SHEETS: Final = 200


class FileRefused(Exception):
    """A file that cannot be taken in; str() says in Vietnamese what is wrong and how to mend it."""


class EmptyFile(FileRefused):
    """Nothing in it."""


class NotAWorkbook(FileRefused):
    """The content is not what the name says, or it is broken."""


class WrongExtension(FileRefused):
    """A kind of file that is not read, or a name of another kind than the content."""


class FileTooLarge(FileRefused):
    """More bytes than are accepted."""


class TooMuchInside(FileRefused):
    """Small outside, too large inside: more rows, columns or unpacked bytes than are accepted."""


class PasswordProtected(FileRefused):
    """Encrypted with a password."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with what its bare value cannot say.

    `number_format` is given where it shows a percentage; `error` is the sheet's own, such as "#N/A".
    """

    value: CellValue
    number_format: str | None = None
    error: str | None = None
    is_formula_without_value: bool = False


_NO_NOTES: Final[Mapping[int, Cell]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that has something in it.

    `number` is the sheet's own, from 1. `cells` are bare values, None where empty or an error; the few
    cells with more to say (percent format, error, formula without a value) stand in `notes` by index.
    `bold` is true when a cell with content is bold.
    """

    number: int
    cells: Sequence[CellValue]
    bold: bool = False
    notes: Mapping[int, Cell] = field(default_factory=lambda: _NO_NOTES)

    def value(self, index: int) -> CellValue:
        """Return the value at a column index from 0; None past the row's end."""
        return self.cells[index] if index < len(self.cells) else None

    def cell(self, index: int) -> Cell:
        """Return the cell at a column index from 0, with its notes."""
        return self.notes.get(index) or Cell(self.value(index))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows with content in order, and merged ranges.

    A merged range is (first row number, first column index, last row number, last column index): rows as
    in `SheetRow.number`, columns as indexes of `SheetRow.cells`.
    """

    name: str
    rows: list[SheetRow]
    merged: list[tuple[int, int, int, int]]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    """Numbers of rows that are hidden or filtered away; .xls and .xlsb do not tell."""
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that was read; `kind` is what its content is: xlsx, xls, xlsb, ods, text or html."""

    filename: str
    kind: str
    sheets: list[Sheet]


def check_extent(rows: int, columns: int) -> None:
    """Refuse a sheet whose last filled row or column lies too far out."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise TooMuchInside(
            f"Trang tính quá lớn: nội dung kéo đến dòng {vi_number(rows)} và cột thứ {vi_number(columns)}; "
            f"mức tối đa là {vi_number(MAX_ROWS)} dòng, {MAX_COLUMNS} cột và {vi_number(MAX_CELLS)} ô. "
            "Hãy xóa phần thừa hoặc chia thành nhiều tệp."
        )
