"""The preview of a batch as a page shows it: what each row would change, and what a person may choose."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.template.defaultfilters import filesizeformat

from dvctt.lib.numbers import vi_date, vi_number
from imports.models import Batch, Layout, Outcome, PlannedCell, Row
from imports.rules import places
from indicators.models import Indicator, Source, State
from units import selectors as unit_selectors
from units.selectors import NameAt

OUTCOMES: Final = {**{one.value: str(one.label) for one in Outcome}, "differs": "giữ chỉ tiêu đã ghi"}
_CLASSES: Final = {"error": "error", "warning": "warn", "info": "info"}


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure of a row: what stands now ("" for nothing), what the file says, and what becomes of it."""

    before: str
    after: str
    outcome: str
    word: str


@dataclass(frozen=True, slots=True)
class ProblemView:
    css: str
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One row of the preview."""

    pk: int
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
    swap: str
    """The evidence that two counts stand in each other's column, or ""."""
    swap_accepted: bool
    cells: str
    """What the file prints in a row that cannot be written."""
    options: tuple[tuple[int, str], ...]
    """Units that a person may choose for a row that matched none."""
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


def make_preview(*, batch: Batch, chosen: str) -> Preview:
    """Return the preview of a batch that has been read, filtered by the chosen chip. Constant queries."""
    if batch.province is None or batch.period is None or batch.layout is None:
        return Preview((), False, (), (), (), 0, 0, 0)
    rows = list(batch.rows.all())
    cells: dict[int, dict[int, PlannedCell]] = defaultdict(dict)
    for cell in batch.planned_cells.all():
        cells[cell.row_position][cell.indicator_id] = cell
    on = batch.period.ends_on
    names = unit_selectors.below(ancestor=batch.province, on=on)
    names |= unit_selectors.names_on(unit_ids=[batch.province.pk], on=on)
    indicators = _indicators(batch.layout)
    taken = {row.unit_id for row in rows if row.unit_id is not None and not row.is_group}
    lines = [_line(row, cells[row.position], names, indicators, taken) for row in rows]
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


def figure_text(figure: Mapping[str, Any], indicator: Indicator) -> str:
    """Return a planned or stored figure in words: "1.017/1.030 · 98,74 %", "84,3 %", "không phát sinh"."""
    if figure["state"] != State.NUMBER.value or figure["value"] is None:
        return State(figure["state"]).label
    value, measure = Decimal(figure["value"]), indicator.unit_of_measure
    if figure["numerator"] is None or figure["denominator"] is None:
        return f"{vi_number(value)} {measure}"
    counts = f"{vi_number(figure['numerator'])}/{vi_number(figure['denominator'])}"
    return f"{counts} · {vi_number(value, 2)} {measure}"


def _indicators(layout: Layout) -> tuple[Indicator, ...]:
    """The newest versions of the indicators that the layout feeds, in its order."""
    codes = layout.indicator_codes
    stored = {one.code: one for one in Indicator.objects.filter(code__in=codes).order_by("version")}
    return tuple(stored[code] for code in codes if code in stored)


def _line(
    row: Row,
    cells: Mapping[int, PlannedCell],
    names: Mapping[int, NameAt],
    indicators: Sequence[Indicator],
    taken: set[int],
) -> LineView:
    unit = names.get(row.unit_id or 0)
    parent = names.get((unit.parent_id if unit else row.parent_id) or 0)
    swap = next((p["proposal"]["evidence"] for p in row.problems if p["kind"] == "swap"), "")
    return LineView(
        row.pk,
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
        swap,
        row.swap_accepted,
        _cells(row) if row.refused else "",
        _options(row, names, taken) if row.unit_id is None else (),
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
    )


def _target(target: Mapping[str, Any]) -> FigureView:
    return FigureView("", target["printed"], target["outcome"], OUTCOMES.get(target["outcome"], ""))


def _problem(problem: Mapping[str, Any]) -> ProblemView:
    where = f"{problem['sheet']}: " if problem["sheet"] and problem["row"] is None else ""
    return ProblemView(_CLASSES[problem["severity"]], problem["column"], f"{where}{problem['message']}")


def _options(row: Row, names: Mapping[int, NameAt], taken: set[int]) -> tuple[tuple[int, str], ...]:
    """Suggestions first, then the units of the same parent and level that the file does not name."""
    near = [s["unit_id"] for s in row.suggestions if s["unit_id"] in names]
    if row.parent_id is not None:
        near = [unit_id for unit_id in near if names[unit_id].parent_id == row.parent_id]
        level = places.DISTRICT if row.is_group else places.level_of(row.printed)
        rest = [
            name
            for name in names.values()
            if name.parent_id == row.parent_id
            and name.unit_id not in near
            and (row.is_group or name.unit_id not in taken)
            and level in ("", name.level)
        ]
        near += [name.unit_id for name in sorted(rest, key=lambda name: name.full_name)]
    elif row.match_reason.startswith(places.LOST):
        return ()
    return tuple(
        (unit_id, names[unit_id].full_name if row.parent_id else names[unit_id].name_and_place)
        for unit_id in dict.fromkeys(near)
    )


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
            return bool(outcomes) and outcomes <= {"unchanged", "kept_later"}
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
