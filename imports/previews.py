"""The preview of a batch as a page shows it: what each row would change, and what a person may choose."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.template.defaultfilters import filesizeformat

from dvctt.lib.numbers import vi_date, vi_number
from imports.models import Batch, Layout, Outcome, Row
from imports.planned import PlannedCell, cells_of
from imports.rules.layouts import COUNT, IGNORED, NOTE, POSITION, RATE, UNIT
from indicators import selectors as indicator_selectors
from indicators.models import Indicator, Source, State
from units import selectors as unit_selectors
from units.selectors import NameAt

OUTCOMES: Final = {**{one.value: str(one.label) for one in Outcome}, "differs": "giữ chỉ tiêu đã ghi"}
_READ_AS: Final = {
    UNIT: "Tên đơn vị",
    POSITION: "Số thứ tự",
    NOTE: "Ghi chú",
    COUNT: "Số đếm để đối chiếu",
    RATE: "Tỷ lệ in, để đối chiếu",
    IGNORED: "bỏ qua theo mẫu",
    "": "không có trong mẫu nên không nạp",
}
"""What a column that feeds no figure was read as, by its role; "" is a column that the layout lacks."""
_CLASSES: Final = {"error": "error", "warning": "warn", "info": "info"}


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure of a row: what stands now ("" for nothing), what the file says, and what becomes of it."""

    before: str
    after: str
    outcome: str
    word: str
    indicator: str = ""

    @property
    def may_keep(self) -> bool:
        """Whether a person may keep the figure that stands."""
        return self.outcome == Outcome.CHANGED

    @property
    def may_write(self) -> bool:
        """Whether a person may write the file's figure over the one that is kept."""
        return self.outcome in (Outcome.KEPT, Outcome.KEPT_APPROVED)


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of the file and what it was read as."""

    label: str
    read_as: str
    is_left_out: bool


@dataclass(frozen=True, slots=True)
class ProblemView:
    css: str
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One row of the preview."""

    position: int
    sheet: str
    number: int
    is_group: bool
    printed: str
    unit_id: int | None
    unit_name: str
    parent_name: str
    reason: str
    figures: tuple[FigureView | None, ...]
    target: FigureView | None
    problems: tuple[ProblemView, ...]
    cells: str
    """What the file prints in a row that cannot be written."""
    refused: bool

    @property
    def anchor(self) -> str:
        return anchor_of(sheet=self.sheet, number=self.number)

    @property
    def css(self) -> str:
        if self.refused or any(problem.css == "error" for problem in self.problems):
            return "problem-error"
        return "problem-warn" if any(problem.css == "warn" for problem in self.problems) else ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A counter that filters the rows; its words and count are of the same kind as the link shows."""

    value: str
    label: str
    count: int
    css: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Preview:
    indicators: tuple[Indicator, ...]
    has_targets: bool
    chips: tuple[Chip, ...]
    lines: tuple[LineView, ...]
    problems: tuple[ProblemView, ...]
    refused: int
    to_write: int
    targets_to_write: int


def anchor_of(*, sheet: str, number: int) -> str:
    """Return the id of a row on the page; the row itself is made anew with each preview."""
    return f"dong-{zlib.crc32(sheet.encode()):x}-{number}"


def facts_of(*, batch: Batch) -> list[tuple[str, str]]:
    """Return what the file says of itself, as label and words."""
    paper = batch.counts.get("paper") or {}
    issued = paper.get("issued_on")
    words = paper.get("number", "")
    if issued:
        words += f" ngày {vi_date(date.fromisoformat(issued))}"
    if paper.get("issuer"):
        words += f" của {paper['issuer']}"
    if words and batch.document is None:
        words += " (chưa có trong hệ thống, sẽ được thêm khi ghi)"
    return [
        ("Tỉnh, thành phố", batch.counts.get("province") or ""),
        ("Kỳ", batch.period.label if batch.period else ""),
        ("Văn bản", words or "không ghi"),
        ("Nguồn", Source(batch.source).label if batch.source else ""),
        ("Ngày trích xuất", vi_date(batch.extracted_on) if batch.extracted_on else "không ghi"),
        ("Mẫu", f"{batch.layout.name} (nhận theo tên cột)" if batch.layout else ""),
        ("Tệp", f"{batch.filename}, {filesizeformat(batch.size)}"),
    ]


def usual_reason(*, batch: Batch) -> str:
    """Return the reason that most imports give, for a person to complete."""
    period = batch.period.label.replace("Đến", "đến", 1) if batch.period else ""
    paper = batch.counts.get("paper") or {}
    return f"Số liệu {period}" + (f" theo {paper['number']}" if paper.get("number") else "")


@dataclass(frozen=True, slots=True)
class SwapView:
    """Two counts that seem to stand in each other's column, with the evidence."""

    pk: int
    anchor: str
    sheet: str
    number: int
    printed: str
    columns: str
    evidence: str
    accepted: bool


def swaps_of(*, batch: Batch) -> list[SwapView]:
    """Return the exchanges of counts that are proposed, agreed to or not."""
    found = []
    for row in batch.rows.all():
        for problem in row.problems:
            proposal = problem.get("proposal") or {}
            if problem["kind"] == "swap" and proposal:
                found.append(
                    SwapView(
                        row.pk,
                        anchor_of(sheet=row.sheet, number=row.number),
                        row.sheet,
                        row.number,
                        row.printed,
                        " ↔ ".join(f"“{label}”" for label in proposal["columns"]),
                        proposal["evidence"],
                        row.swap_accepted,
                    )
                )
    return found


def make_preview(*, batch: Batch, chosen: str) -> Preview:
    """Return the preview of a batch that has been read, filtered by the chosen chip. Constant queries."""
    if batch.province is None or batch.period is None or batch.layout is None:
        return Preview((), False, (), (), (), 0, 0, 0)
    rows = list(batch.rows.all())
    on = batch.period.ends_on
    names = unit_selectors.below(ancestor=batch.province, on=on)
    names |= unit_selectors.names_on(unit_ids=[batch.province.pk], on=on)
    indicators = _indicators(batch.layout, on)
    lines = [_line(row, names, indicators) for row in rows]
    counts = batch.counts
    return Preview(
        indicators,
        any(row.target for row in rows),
        _chips(lines, chosen),
        tuple(line for line in lines if _behind(line, chosen)),
        tuple(_problem(problem) for problem in batch.problems),
        counts.get("refused", 0),
        counts.get("new", 0) + counts.get("changed", 0),
        counts.get("targets", {}).get("new", 0),
    )


def columns_of(*, batch: Batch) -> list[ColumnView]:
    """Return what each column of the file was read as, in the order of the sheet."""
    return [
        ColumnView(
            column["label"],
            column["feeds"] or _READ_AS[column["role"]],
            not column["feeds"] and column["role"] in ("", IGNORED),
        )
        for column in batch.counts.get("columns", ())
    ]


def figure_text(figure: Mapping[str, Any], indicator: Indicator) -> str:
    """Return a planned or stored figure in words: "1.017/1.030 · 98,74 %", "84,3 %", "không phát sinh"."""
    if figure["state"] != State.NUMBER.value or figure["value"] is None:
        return State(figure["state"]).label
    value, measure = Decimal(figure["value"]), indicator.unit_of_measure
    if figure["numerator"] is None or figure["denominator"] is None:
        return f"{vi_number(value)} {measure}"
    counts = f"{vi_number(figure['numerator'])}/{vi_number(figure['denominator'])}"
    return f"{counts} · {vi_number(value, 2)} {measure}"


def _indicators(layout: Layout, on: date) -> tuple[Indicator, ...]:
    """The indicators that the layout feeds, in its order, as they are defined for the period's last day."""
    stored = {one.code: one for one in indicator_selectors.current_indicators(on=on)}
    return tuple(stored[code] for code in layout.indicator_codes if code in stored)


def _line(
    row: Row,
    names: Mapping[int, NameAt],
    indicators: Sequence[Indicator],
) -> LineView:
    cells = {cell.indicator_id: cell for cell in cells_of(row.figures)}
    unit = names.get(row.unit_id or 0)
    parent = names.get((unit.parent_id if unit else row.parent_id) or 0)
    return LineView(
        row.position,
        row.sheet,
        row.number,
        row.is_group,
        row.printed,
        row.unit_id,
        unit.full_name if unit else "",
        parent.full_name if parent else "",
        row.match_reason,
        tuple(_figure(cells[one.pk], one) if one.pk in cells else None for one in indicators),
        _target(row.target) if row.target else None,
        tuple(_problem(problem) for problem in row.problems),
        _cells(row) if row.refused else "",
        row.refused,
    )


def _cells(row: Row) -> str:
    return " · ".join(f"{label}: {text}" for label, text in row.cells.items() if text != row.printed)


def _figure(cell: PlannedCell, indicator: Indicator) -> FigureView:
    after = {
        "state": cell.state,
        "value": cell.value,
        "numerator": cell.numerator,
        "denominator": cell.denominator,
    }
    return FigureView(
        figure_text(cell.before, indicator) if cell.before else "",
        figure_text(after, indicator),
        cell.outcome,
        OUTCOMES.get(cell.outcome, ""),
        indicator.code,
    )


def _target(target: Mapping[str, Any]) -> FigureView:
    return FigureView("", target["printed"], target["outcome"], OUTCOMES.get(target["outcome"], ""))


def _problem(problem: Mapping[str, Any]) -> ProblemView:
    where = f"{problem['sheet']}: " if problem["sheet"] and problem["row"] is None else ""
    return ProblemView(_CLASSES[problem["severity"]], problem["column"], f"{where}{problem['message']}")


# --- Chips -------------------------------------------------------------------------------------------------
_CHIPS: Final = (
    ("", "Tất cả", ""),
    ("moi", "Mới", ""),
    ("thay-doi", "Thay đổi", ""),
    ("khong-doi", "Không đổi", ""),
    ("canh-bao", "Cảnh báo", "doubt"),
    ("khong-ghi", "Không ghi được", "bad"),
)


def _behind(line: LineView, chosen: str) -> bool:
    """Whether the row stands behind the chip; an unknown chip hides nothing."""
    outcomes = {figure.outcome for figure in line.figures if figure is not None}
    match chosen:
        case "moi":
            return "new" in outcomes
        case "thay-doi":
            return "changed" in outcomes
        case "khong-doi":
            return bool(outcomes) and not outcomes & {"new", "changed"}
        case "canh-bao":
            return line.css == "problem-warn"
        case "khong-ghi":
            return line.css == "problem-error"
        case _:
            return True


def _chips(lines: Sequence[LineView], chosen: str) -> tuple[Chip, ...]:
    known = chosen if chosen in {value for value, _, _ in _CHIPS} else ""
    return tuple(
        Chip(value, label, sum(_behind(line, value) for line in lines), css, value == known)
        for value, label, css in _CHIPS
    )
