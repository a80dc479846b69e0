"""The entry form: one row of inputs for each indicator, errors beside them and in a summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat

from dvctt.lib import numbers
from indicators import rules
from indicators.models import (
    CellRemark,
    Entry,
    EvidenceFile,
    Indicator,
    Period,
    State,
    SubmissionStatus,
)
from indicators.rules import Cell, EntryProblem
from indicators.rules.risk import Flag
from indicators.selectors import ComparedCell, Comparison, DoubtView, EarlierFigure, LockedFigure

STATE_CHOICES = [(state, State(state).label.capitalize()) for state in rules.ENTRY_STATES]
INPUTS = {"numerator": "n", "denominator": "d", "state": "s", "note": "g"}
MOST_BYTES = 2 * 1024 * 1024
"""Of a filled form: some twenty rows."""


@dataclass(slots=True)
class EntryRow:
    """One indicator's inputs, as typed, with what is kept and what was there before."""

    indicator: Indicator
    numerator: str
    denominator: str
    state: str
    note: str
    was: str
    earlier: EarlierFigure | None
    value: Decimal | None = None
    saved_at: datetime | None = None
    is_filled: bool = False
    problems: dict[str, str] = field(default_factory=dict)
    changed: str = ""
    compared: ComparedCell | None = None
    remark: str = ""
    locked: LockedFigure | None = None
    """The official figure that the row shows, read only, in place of inputs."""
    typed_before: str = ""
    evidence: Sequence[EvidenceFile] = ()
    doubt: DoubtView | None = None
    """What was said last of that figure being wrong."""
    """What the draft holds from before that figure came, in words."""

    @property
    def has_denominator(self) -> bool:
        return bool(self.indicator.denominator)

    @property
    def takes_rate(self) -> bool:
        return self.indicator.takes_rate

    @property
    def first_label(self) -> str:
        """What its first input takes."""
        if self.takes_rate:
            return "Tỷ lệ, %"
        return "Tử số" if self.has_denominator else "Số"

    @property
    def first_shown(self) -> str:
        """Its first input where it is only read; a rate stands in a column of its own there."""
        return "–" if self.takes_rate else self.numerator or "–"

    @property
    def ids(self) -> dict[str, str]:
        return {name: f"{letter}-{self.indicator.pk}" for name, letter in INPUTS.items()}

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [one for one in STATE_CHOICES if self.has_denominator or one[0] != rules.NOT_ARISING]

    @property
    def value_text(self) -> str:
        """The rate with two decimals, or the value with its unit; a dash where there is none."""
        return figure_words(self.indicator, self.value)

    @property
    def earlier_text(self) -> str:
        if self.earlier is None:
            return "–"
        return figure_words(self.indicator, self.earlier.value, self.earlier.state)

    @property
    def year_before_text(self) -> str:
        """The figure of the same period a year ago, "" where there is none or it is the one shown."""
        past = self.earlier.year_before if self.earlier else None
        if past is None or self.earlier is None or past.period == self.earlier.period:
            return ""
        return figure_words(self.indicator, past.value, past.state)

    @property
    def state_text(self) -> str:
        """Why there is no number, or ""."""
        return "" if self.state == rules.NUMBER else str(State(self.state).label).capitalize()

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What there is to look at before the figure is sent."""
        return self.compared.flags if self.compared else ()

    @property
    def needs_words(self) -> bool:
        return self.compared is not None and self.compared.needs_words

    def lock(self, figure: LockedFigure, cell: Cell) -> None:
        """Show the official figure; `cell` is what the draft holds."""
        self.locked, self.is_filled = figure, True
        self.show(Cell(figure.numerator, figure.denominator, figure.state))
        self.value = figure.value
        note = f" (ghi chú: {cell.note})" if cell.note else ""
        self.typed_before = "" if cell == Cell() else f"{cell_words(cell)}{note}"

    def show(self, cell: Cell) -> None:
        self.numerator, self.denominator = _inputs_of(cell)
        self.state, self.note = cell.state, cell.note

    def complain(self, problem: EntryProblem) -> None:
        self.problems[problem.field] = problem.message


class EntryForm:
    """Rows of the indicators asked for; bound to `data` it reads them into `cells`.

    Not a Django form: one fault refuses the whole draft, and each fault belongs to a row. Each row carries,
    hidden, what it showed when the page was opened: so a change by somebody else is told from one typed here.
    """

    def __init__(
        self,
        *,
        indicators: Sequence[Indicator],
        entries: Iterable[Entry],
        earlier: Mapping[str, EarlierFigure],
        locked: Mapping[int, LockedFigure],
        data: Mapping[str, str] | None = None,
    ) -> None:
        self.cells: dict[int, Cell] = {}
        self.rows: list[EntryRow] = []
        kept = {entry.indicator_id: entry for entry in entries}
        for indicator in indicators:
            entry = kept.get(indicator.pk)
            cell = entry.cell if entry else Cell()
            row = EntryRow(indicator, "", "", cell.state, "", cell.token, earlier.get(indicator.code))
            row.show(cell)
            if entry is not None:
                row.value = entry.value
                row.saved_at = None if cell.is_blank else entry.updated_at
                row.is_filled = entry.is_filled
            if indicator.pk in locked:
                row.lock(locked[indicator.pk], cell)
                self._refuse(row, cell, data or {})
            elif data is not None and row.ids["numerator"] in data:
                # A page opened while the row was locked has no input of it and says nothing of what is kept.
                self._read(row, data)
            self.rows.append(row)

    def is_valid(self) -> bool:
        return not any(row.problems for row in self.rows)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The faults as (id of the input, message), from top to bottom."""
        return [
            (row.ids[name], f"{row.indicator.short_name}: {message}")
            for row in self.rows
            for name, message in row.problems.items()
        ]

    @property
    def inputs(self) -> dict[str, str]:
        """What a browser would send of the form as it stands, by the names of the inputs."""
        return {
            name: text
            for row in self.rows
            if row.locked is None
            for name, text in (
                *((row.ids[part], getattr(row, part)) for part in INPUTS),
                (f"was-{row.indicator.pk}", row.was),
            )
        }

    @property
    def seen(self) -> dict[int, str]:
        """What each row that was read showed when the page was opened, by indicator id."""
        return {row.indicator.pk: row.was for row in self.rows if row.indicator.pk in self.cells}

    def compare(self, comparison: Comparison) -> None:
        """Show what the figures give to look at."""
        for row in self.rows:
            row.compared = comparison.cells.get(row.indicator.pk)

    def explain(self, notes: Mapping[str, str]) -> dict[int, str]:
        """Take over the notes that were typed for figures in need of them; return them by indicator id."""
        told = {}
        for row in self.rows:
            typed = notes.get(row.ids["note"])
            if row.needs_words and typed is not None:
                row.note = told[row.indicator.pk] = " ".join(typed.replace("\0", "").split())
        return told

    def complain(self, problems: Mapping[int, EntryProblem]) -> None:
        """Show faults that saving found."""
        for row in self.rows:
            if row.indicator.pk in problems:
                row.complain(problems[row.indicator.pk])

    def remark(self, remarks: Iterable[CellRemark]) -> None:
        """Show beside their lines why these were given back."""
        told = {remark.indicator_id: remark.reason for remark in remarks}
        for row in self.rows:
            row.remark = told.get(row.indicator.pk, "")

    def attach(self, files: Mapping[int, Sequence[EvidenceFile]]) -> None:
        """Show the files that stand behind the figures."""
        for row in self.rows:
            row.evidence = files.get(row.indicator.pk, ())

    def doubt(self, doubts: Mapping[int, DoubtView]) -> None:
        """Show beside the official figures that somebody says they are wrong, and what the answer was."""
        for row in self.rows:
            row.doubt = doubts.get(row.indicator.pk) if row.locked else None

    def told_of(self, keys: Iterable[int], message: str, *, at: str) -> list[tuple[str, str]]:
        """Return the message for each of these indicators, with the id that `at` makes of the indicator's."""
        names = {row.indicator.pk: row.indicator.short_name for row in self.rows}
        return [(at.format(key), f"{names[key]}: {message}") for key in keys]

    def take_over(self, entries: Iterable[Entry]) -> list[tuple[str, str]]:
        """Merge cells that somebody else changed; what was typed here stays. Return the changes to tell.

        `entries` are those that stand; one that is as the page showed it changed nothing.
        """
        changed = {entry.indicator_id: entry for entry in entries}
        told = []
        for row in self.rows:
            entry = changed.get(row.indicator.pk)
            if entry is None or row.locked is not None or entry.cell.token == row.was:
                continue
            if row.indicator.pk not in self.cells:
                continue
            typed_here = self.cells[row.indicator.pk].token != row.was
            row.was = entry.cell.token
            row.value, row.saved_at = entry.value, entry.updated_at
            who = f"{entry.updated_by} lưu {cell_words(entry.cell)}"
            if not typed_here:
                row.show(entry.cell)
                row.changed = f"{who}; trang này đã lấy số đó"
            elif entry.cell == self.cells[row.indicator.pk]:
                continue
            else:
                row.changed = f"{who}; ô này đang giữ số bạn nhập"
            told.append((row.ids["numerator"], f"{row.indicator.short_name}: {row.changed}"))
        return told

    def _refuse(self, row: EntryRow, kept: Cell, data: Mapping[str, str]) -> None:
        """Tell what a page that was opened before the official figure came brings for the row."""
        ids = row.ids
        if row.locked is None or ids["numerator"] not in data:
            return
        self.cells[row.indicator.pk] = kept
        counts = [data.get(ids[name], "").strip() for name in ("numerator", "denominator")]
        typed = [*counts, data.get(ids["state"], rules.NUMBER), data.get(ids["note"], "").strip()]
        if typed != [*_inputs_of(kept), kept.state, kept.note]:
            told = "/".join(text for text in counts if text) or "điều bạn vừa chọn"
            why = rules.locked_in_words(row.locked.source_label)
            row.complain(EntryProblem("numerator", f"{told} chưa được lưu: {why}"))

    def _read(self, row: EntryRow, data: Mapping[str, str]) -> None:
        ids = row.ids
        row.numerator = data.get(ids["numerator"], "").strip()
        row.denominator = data.get(ids["denominator"], "").strip() if row.has_denominator else ""
        row.state = data.get(ids["state"], rules.NUMBER)
        # PostgreSQL keeps no NUL character.
        row.note = " ".join(data.get(ids["note"], "").replace("\0", "").split())
        row.was = data.get(f"was-{row.indicator.pk}", row.was)
        numerator = rate = None
        try:
            if row.takes_rate:
                rate = _rate_of(row.numerator)
            else:
                numerator = numbers.parse_count(row.numerator)
        except numbers.NumberUnclear as error:
            told = "tỷ lệ" if row.takes_rate else "tử số"
            row.complain(EntryProblem("numerator", f"{told}: {_continued(error)}"))
        denominator = None
        try:
            denominator = numbers.parse_count(row.denominator)
        except numbers.NumberUnclear as error:
            row.complain(EntryProblem("denominator", f"mẫu số: {_continued(error)}"))
        cell = Cell(numerator, denominator, row.state, row.note, rate)
        self.cells[row.indicator.pk] = cell
        if not row.problems:
            judged = rules.judge_cell(cell, row.indicator.asked)
            row.value = judged.value
            if judged.problem is not None:
                row.complain(judged.problem)


def figure_words(
    indicator: Indicator, value: Decimal | None, state: str = rules.NUMBER, *, with_unit: bool = True
) -> str:
    """Return "98,56" for a rate, "2 hồ sơ" for another number; why there is none, or a dash."""
    if value is None:
        return "–" if state == rules.NUMBER else str(State(state).label)
    if indicator.is_rate:
        return numbers.vi_number(value, indicator.decimals)
    shown = numbers.vi_number(numbers.round_half_up(value, indicator.decimals))
    return f"{shown} {indicator.unit_of_measure}" if with_unit else shown


def _continued(error: numbers.NumberUnclear) -> str:
    """A sentence as it goes on after a colon, and ends without a stop in a list of faults."""
    text = str(error)
    return text[:1].lower() + text[1:].removesuffix(".")


def _rate_of(text: str) -> Decimal | None:
    read = numbers.parse_rate(text)
    # Ten decimals are what is kept; a rate typed with more would differ from itself when it is read again.
    return None if read is None else numbers.round_half_up(read.value, numbers.RATE_DECIMALS)


def typed_rate(rate: Decimal) -> str:
    """Return the rate as a person would type it, so that it is read as the same again."""
    text = numbers.vi_number(rate)
    # Without its sign "98,125" would be taken for thousands when it comes back.
    return f"{text}%" if len(text.partition(",")[2]) == 3 else text


def _inputs_of(cell: Cell) -> tuple[str, str]:
    first = count_text(cell.numerator) if cell.rate is None else typed_rate(cell.rate)
    return first, count_text(cell.denominator)


def count_text(count: int | None) -> str:
    """Return the count as an input shows it, "" for none."""
    return "" if count is None else numbers.vi_number(count, 0)


def cell_words(cell: Cell) -> str:
    """Return the cell as it is told of: "31/402", "“không phát sinh”", "ô trống"."""
    if cell.state != rules.NUMBER:
        return f"“{State(cell.state).label}”"
    first = None if cell.rate is None else numbers.vi_percent(cell.rate, None)
    told = [numbers.vi_number(count, 0) for count in (cell.numerator, cell.denominator) if count is not None]
    if first is not None:
        told.insert(0, first)
    return "/".join(told) if told else "ô trống"


class ReturnForm(forms.Form):
    """Why a report is given back."""

    reason = forms.CharField(
        label="Lý do trả lại",
        help_text="Cán bộ nhập số liệu thấy lý do này đầu tiên. Bắt buộc nếu không dòng nào ở bảng trên "
        "có lý do riêng.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Nhập lý do trả lại: số nào cần xem lại và vì sao."},
    )


class FillForm(forms.Form):
    """A filled workbook, or a block copied from a spreadsheet."""

    file = forms.FileField(
        label="Tệp mẫu đã điền",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods"}),
        error_messages={"invalid": "Không nhận được tệp. Hãy chọn lại tệp."},
    )
    block = forms.CharField(
        label="Hoặc dán bảng từ Excel",
        help_text="Hai cột tử số, mẫu số; mỗi dòng một chỉ tiêu, theo đúng thứ tự trong biểu mẫu.",
        required=False,
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                f"Tệp nặng {filesizeformat(file.size or 0)}, tối đa là {filesizeformat(MOST_BYTES)}. "
                "Hãy tải lại mẫu và chỉ điền số."
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("file") is None and not cleaned.get("block", "").strip():
            raise forms.ValidationError("Chọn tệp mẫu đã điền, hoặc dán bảng vào ô bên dưới.")
        return cleaned


class BoardFilterForm(forms.Form):
    """Period and status of the list, from the address; what is not understood is left out."""

    ky = forms.ChoiceField(required=False)
    trang_thai = forms.ChoiceField(required=False, choices=[("tat-ca", ""), *SubmissionStatus.choices])

    def __init__(self, data: Mapping[str, str], *, periods: Sequence[Period]) -> None:
        super().__init__(data)
        choices = [(period.code, period.label) for period in periods]
        self.fields["ky"] = forms.ChoiceField(required=False, choices=choices)
        self.is_valid()

    def chosen(self, name: str, default: str) -> str:
        """Return what the address says under this name, or the default."""
        return str(self.cleaned_data.get(name) or default)
