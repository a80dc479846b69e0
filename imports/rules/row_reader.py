"""What reading a row keeps at hand: its counts, its headers, the words that problems are told in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dvctt.lib.sheets import Cell
from imports.rules import counts as counting
from imports.rules import phrases
from imports.rules.counts import Counts
from imports.rules.figures import NOTE_LENGTH, NUMBER, PRINTED_LENGTH, ZERO_VALUE, PlannedFigure, ReadRow
from imports.rules.headers import HeaderCell
from imports.rules.layouts import LayoutDef
from imports.rules.problems import ERROR, Problem, Severity
from imports.rules.tables import TableRow


class RowReader:
    """One row on its way to figures; `result` gathers what it gives and what is wrong with it."""

    def __init__(self, row: TableRow, layout: LayoutDef, level: str, accept_swap: bool) -> None:
        self.row = row
        self.layout = layout
        self.level = level
        self.accept_swap = accept_swap
        columns = row.header.count_columns
        self.counts = counting.read_counts(row, columns) if columns else Counts()
        self.told: set[str] = set()
        """Count columns whose slip has been told."""
        self.swapped: frozenset[str] = frozenset()
        """Count columns that were exchanged, as a person agreed."""
        self.is_settled = True
        """False where two counts stand in each other's column and nobody has agreed to exchange them."""
        self.result = ReadRow(counts=self.counts.values)

    def problem(
        self,
        header: HeaderCell | None,
        kind: str,
        severity: Severity,
        message: str,
        proposal: Mapping[str, Any] | None = None,
    ) -> None:
        """Tell a problem of the row; an error refuses it."""
        label = header.label if header else ""
        self.result.problems.append(
            Problem(self.row.sheet, self.row.number, label, kind, severity, message, proposal)
        )
        if severity == ERROR:
            self.result.refused = True

    def add(self, figure: PlannedFigure) -> None:
        """Take a figure, with the row's note."""
        figure.printed = figure.printed[:PRINTED_LENGTH]
        figure.note = self.row.note[:NOTE_LENGTH]
        self.result.figures.append(figure)

    def header(self, key: str) -> HeaderCell | None:
        """Return the header of a column by its key."""
        return self.row.header.cell(key)

    def says(self, text: str, where: str, code: str, *, is_blank: bool = False) -> str | None:
        """Return what words mean at this place for the indicator, or None."""
        if not text:
            return None
        key = (text, where, code, is_blank)
        meanings = self.layout.meanings
        if key not in meanings:
            meanings[key] = phrases.meaning_of(
                text, self.layout.phrases, where=where, indicator=code, is_blank=is_blank
            )
        return meanings[key]

    def unreadable(self, header: HeaderCell | None, cell: Cell, severity: Severity = ERROR) -> bool:
        """Whether the sheet itself has no value in the cell; says so."""
        if cell.error:
            self.problem(
                header,
                "cell_error",
                severity,
                f"Ô báo lỗi {cell.error}; hãy sửa công thức hoặc nhập lại số rồi tải lại.",
            )
            return True
        if cell.is_formula_without_value:
            self.problem(
                header,
                "formula_without_value",
                severity,
                "Ô là công thức chưa có kết quả; hãy mở tệp bằng Excel, lưu lại rồi tải lên.",
            )
            return True
        return False

    def add_meaning(self, meaning: str, code: str, header: HeaderCell, text: str) -> None:
        """Take what words for a state mean as the figure."""
        if meaning == phrases.ZERO:
            self.add(PlannedFigure(code, header.label, NUMBER, ZERO_VALUE, printed=text))
        elif meaning != phrases.NO_FIGURE:
            self.add(PlannedFigure(code, header.label, meaning, printed=text))
