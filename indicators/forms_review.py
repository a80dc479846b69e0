"""The reviewer's side of a report: its lines, each of which may be given back with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms

from indicators import rules
from indicators.forms import EntryRow, figure_words
from indicators.rules import risk
from indicators.rules.risk import Flag, Known
from indicators.selectors import ComparedCell, Comparison


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure to compare with, in words, and by how much the report's is higher."""

    figure: str
    change: str = ""
    source: str = ""


@dataclass(slots=True)
class ReviewLine:
    """One line of the report, with what the reviewer ticked and wrote of it."""

    row: EntryRow
    cell: ComparedCell | None
    ticked: bool = False
    reason: str = ""
    problem: str = ""

    @property
    def tick_id(self) -> str:
        return f"x-{self.row.indicator.pk}"

    @property
    def reason_id(self) -> str:
        return f"l-{self.row.indicator.pk}"

    @property
    def flags(self) -> tuple[Flag, ...]:
        return self.cell.flags if self.cell else ()

    @property
    def previous(self) -> Beside:
        return _beside(self.cell, self.cell.previous if self.cell else None)

    @property
    def year_before(self) -> Beside:
        return _beside(self.cell, self.cell.year_before if self.cell else None)

    @property
    def official(self) -> Beside:
        source = self.cell.source if self.cell else ""
        return _beside(self.cell, self.cell.official if self.cell else None, source)


class ReviewForm:
    """The lines of a report; bound to `data` it reads reasons for giving lines back into `remarks`.

    A line is marked by its tick or by its reason alone; a tick without a reason is a fault.
    """

    def __init__(
        self, *, rows: Sequence[EntryRow], comparison: Comparison, data: Mapping[str, str] | None = None
    ) -> None:
        self.comparison = comparison
        self.lines = [ReviewLine(row, comparison.cells.get(row.indicator.pk)) for row in rows]
        self.remarks: dict[int, str] = {}
        for line in self.lines if data is not None else ():
            self._read(line, data or {})

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The faults as (id of the input, message), from top to bottom."""
        return [
            (line.reason_id, f"{line.row.indicator.short_name}: {line.problem}")
            for line in self.lines
            if line.problem
        ]

    @property
    def doubted(self) -> int:
        """How many official figures beside the report are said to be wrong and wait for an answer."""
        return sum(line.row.doubt is not None and line.row.doubt.waits for line in self.lines)

    def _read(self, line: ReviewLine, data: Mapping[str, str]) -> None:
        # PostgreSQL keeps no NUL character.
        line.reason = " ".join(data.get(line.reason_id, "").replace("\0", "").split())
        line.ticked = bool(line.reason) or line.tick_id in data
        if not line.ticked:
            return
        self.remarks[line.row.indicator.pk] = line.reason
        if not line.reason:
            line.problem = "đã chọn trả lại dòng này thì ghi lý do; hoặc bỏ chọn"
        elif len(line.reason) > rules.REMARK_LENGTH:
            line.problem = f"lý do dài quá {rules.REMARK_LENGTH} ký tự; hãy rút gọn"


class ReopenForm(forms.Form):
    """Why an approved report is opened again."""

    reason = forms.CharField(
        label="Lý do mở lại",
        help_text="Cán bộ nhập số liệu thấy lý do này đầu tiên; lịch sử của báo cáo giữ lại.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Nhập lý do mở lại: số nào cần xem lại và vì sao."},
    )


def _beside(cell: ComparedCell | None, figure: Known | None, source: str = "") -> Beside:
    if cell is None or figure is None:
        return Beside("–")
    delta = risk.difference(cell.now, figure)
    return Beside(
        figure_words(cell.indicator, figure.value, figure.state, with_unit=False),
        "" if delta is None else risk.change_in_words(delta, cell.measure),
        source[:1].upper() + source[1:],
    )
