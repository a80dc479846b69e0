"""The plan of a batch against what stands: what would be new, changed, the same, or kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documents.models import Document
from imports.rules.checks import PlannedRow
from imports.rules.figures import NUMBER, PlannedFigure
from imports.rules.plan import FilePlan
from imports.rules.problems import WARNING, Problem
from imports.rules.tables import FileTables
from imports.rules.titles import FileFacts
from indicators import rules as figure_rules
from indicators import services as indicator_services
from indicators.models import Indicator, Period, PublishedTarget
from indicators.rules import FigureDraft, StoredFigure
from units.models import Unit

NOWHERE = -1
"""The id of a period or paper that is not stored yet: nothing can stand under it."""


@dataclass(slots=True)
class BatchPlan:
    """Everything that reading a batch found out; nothing of it is stored yet."""

    tables: FileTables
    facts: FileFacts
    province: Unit
    period: Period | None
    document: Document | None
    indicators: dict[str, Indicator]
    file: FilePlan
    seen_revision: int
    """The newest revision of any figure when this began: while there is no newer one, all of it holds."""
    targets: dict[tuple[str, int], str] = field(default_factory=dict)
    """What recording each row's printed target would do: new, changed, unchanged."""

    @property
    def rows_to_write(self) -> list[PlannedRow]:
        return [row for row in self.file.unit_rows if not row.refused and row.placed.unit_id is not None]

    def figures(self) -> Iterator[tuple[PlannedRow, PlannedFigure]]:
        """Give the figures that writing the batch is about, with their rows, in the order of the file."""
        for row in self.rows_to_write:
            for figure in row.read.figures:
                yield row, figure


@dataclass(frozen=True, slots=True)
class CellChoices:
    """Cells (sheet, row, indicator) where a person decided against what writing would do by itself."""

    kept: frozenset[tuple[str, int, str]] = frozenset()
    """The figure that stands is kept."""
    overwritten: frozenset[tuple[str, int, str]] = frozenset()
    """A figure that a reviewer approved is replaced all the same."""


def choices_of(stored: Mapping[str, Any]) -> CellChoices:
    """Return the choices kept in a batch's options."""

    def cells(name: str) -> frozenset[tuple[str, int, str]]:
        return frozenset((sheet, row, code) for sheet, row, code in stored.get(name, ()))

    return CellChoices(cells("kept"), cells("overwritten"))


def _document_id(result: BatchPlan) -> int | None:
    if result.facts.paper is None:
        return None
    return result.document.pk if result.document else NOWHERE


def compare_figures(*, result: BatchPlan, choices: CellChoices) -> None:
    """Hold the planned figures against those that stand. Two statements at most."""
    if result.period is None:
        return  # nothing stands in a period that is not there
    document_id = _document_id(result)
    differing = _not_plainly_the_same(result, document_id)
    if not differing:
        return
    standing = indicator_services.standing(
        indicator_ids=[one.pk for one in result.indicators.values()],
        period_id=result.period.pk,
        source=result.facts.source,
        unit_ids={row.placed.unit_id or NOWHERE for row, _ in differing},
    )
    if not standing:
        return
    for row, figure in differing:
        found = standing.get((row.placed.unit_id or NOWHERE, result.indicators[figure.indicator].pk))
        if found is None:
            continue
        now, figure.seen_at = found
        stored = figure.stored = indicator_services.stored_figure(now)
        _adopt_print(figure, stored)
        figure.outcome = _outcome(figure, stored, document_id, result, (*row.key, figure.indicator), choices)
    _tell_kept_later(result, differing)
    _tell_overwritten(differing)


def _not_plainly_the_same(
    result: BatchPlan, document_id: int | None
) -> list[tuple[PlannedRow, PlannedFigure]]:
    """Mark the figures that plainly stand already; return the others, which have to be looked at."""
    ids = {code: one.pk for code, one in result.indicators.items()}
    rows = result.rows_to_write
    plain = indicator_services.PlainFigures(
        indicator_ids=list(ids.values()),
        period_id=result.period.pk if result.period else NOWHERE,
        source=result.facts.source,
        unit_ids={row.placed.unit_id or NOWHERE for row in rows},
        extracted_on=result.facts.extracted_on,
        document_id=document_id,
    )
    others: list[tuple[PlannedRow, PlannedFigure]] = []
    for row in rows:
        unit_id = row.placed.unit_id or NOWHERE
        for figure in row.read.figures:
            since = None
            if figure.state == NUMBER and not figure.note:
                since = plain.same_since(
                    unit_id,
                    ids[figure.indicator],
                    figure.numerator,
                    figure.denominator,
                    figure.value,
                    figure.printed,
                )
            if since is None:
                others.append((row, figure))
            else:
                figure.outcome, figure.seen_at = "unchanged", since
    return others


def _adopt_print(figure: PlannedFigure, stored: StoredFigure) -> None:
    """The same figure in other words stays as its source printed it first.

    A number in a cell has no printed form of its own, and a reason for having none is the same reason
    whatever it is called.
    """
    if (
        (figure.is_rendered or figure.value is None or not figure.printed)
        and figure.printed != stored.printed
        and (figure.state, figure.value, figure.numerator, figure.denominator)
        == (stored.state, stored.value, stored.numerator, stored.denominator)
    ):
        figure.printed = stored.printed


def _outcome(
    figure: PlannedFigure,
    stored: StoredFigure,
    document_id: int | None,
    result: BatchPlan,
    cell: tuple[str, int, str],
    choices: CellChoices,
) -> str:
    indicator = result.indicators[figure.indicator]
    draft = FigureDraft(
        unit_id=0,
        indicator_id=indicator.pk,
        period_id=0,
        source=result.facts.source,
        origin="",
        is_rate=indicator.is_rate,
        state=figure.state,
        numerator=figure.numerator,
        denominator=figure.denominator,
        value=figure.value,
        printed=figure.printed,
        note=figure.note,
        extracted_on=result.facts.extracted_on,
        document_id=document_id,
    )
    outcome = figure_rules.outcome(draft, stored)
    if outcome != "changed":
        return outcome
    if cell in choices.kept:
        return "kept"
    # What a reviewer approved is opened again only where a person says so for this very cell.
    if stored.is_approved and cell not in choices.overwritten:
        return "kept_approved"
    return outcome


def _tell_kept_later(result: BatchPlan, figures: Sequence[tuple[PlannedRow, PlannedFigure]]) -> None:
    later = [(row, figure) for row, figure in figures if figure.outcome == "kept_later"]
    if not later:
        return
    row, day = later[0][0].placed.row, later[0][1].stored
    result.file.problems.append(
        Problem(
            row.sheet,
            row.number,
            later[0][1].column,
            "kept_later",
            WARNING,
            f"{len(later)} ô đã có số trích xuất sau ngày của tệp này"
            + (f" ({day.extracted_on:%d/%m/%Y})" if day and day.extracted_on else "")
            + ": giữ số mới hơn, không ghi đè.",
        )
    )


def _tell_overwritten(figures: Sequence[tuple[PlannedRow, PlannedFigure]]) -> None:
    """Warn where a figure that a reviewer approved or a paper published would become another."""
    for row, figure in figures:
        stored = figure.stored
        if stored is None or figure.outcome not in ("changed", "kept_approved"):
            continue
        if stored.is_approved:
            kept = figure.outcome == "kept_approved"
            row.add(
                "overwrites_approved",
                WARNING,
                f"“{figure.column}”: số đang có đã được duyệt. "
                + (
                    "Giữ số đã duyệt, trừ khi bạn chọn ghi đè."
                    if kept
                    else "Sẽ ghi đè theo lựa chọn của bạn."
                ),
                figure.column,
            )
        elif stored.document_id is not None and not _says_same(figure, stored):
            row.add(
                "overwrites_published",
                WARNING,
                f"“{figure.column}”: số đang có là số đã công bố trong văn bản; ghi tệp này sẽ thay bằng số "
                "mới, số cũ nằm trong lịch sử.",
                figure.column,
            )


def _says_same(figure: PlannedFigure, stored: StoredFigure) -> bool:
    return (figure.state, figure.value, figure.numerator, figure.denominator) == (
        stored.state,
        stored.value,
        stored.numerator,
        stored.denominator,
    )


def compare_targets(*, result: BatchPlan) -> None:
    """Hold the printed targets against those kept of the same paper; what a paper printed is never replaced.

    A target that differs from the one kept gets the outcome "differs" and a warning, and is not written.
    """
    rows = [row for row in result.file.unit_rows if row.read.target is not None and not row.refused]
    if not rows:
        return
    if result.facts.paper is None:
        result.file.problems.append(
            Problem(
                rows[0].placed.row.sheet,
                None,
                "",
                "target_without_document",
                WARNING,
                "Tệp có cột chỉ tiêu giao nhưng không ghi kèm theo văn bản nào nên không ghi chỉ tiêu; "
                "hãy thêm dòng “(Kèm theo Kế hoạch số … ngày … của …)” trên bảng.",
            )
        )
        for row in rows:
            row.read.target = None
        return
    standing: dict[tuple[int, int], PublishedTarget] = {}
    if result.document is not None:
        standing = {
            (target.unit_id, target.indicator_id): target
            for target in PublishedTarget.objects.filter(
                document=result.document, indicator__in=result.indicators.values()
            )
        }
    for row in rows:
        target = row.read.target
        if target is None or row.placed.unit_id is None:
            continue
        known = standing.get((row.placed.unit_id, result.indicators[target.indicator].pk))
        if known is None:
            result.targets[row.key] = "new"
        elif (known.maintain, known.value, known.due_on) == (
            target.maintain,
            target.value,
            result.facts.due_on,
        ):
            # The same target in other words ("đạt dược") stays as the paper printed it first.
            target.printed = known.printed
            result.targets[row.key] = "unchanged"
        else:
            result.targets[row.key] = "differs"
            row.add(
                "target_differs",
                WARNING,
                f"Chỉ tiêu đã ghi theo {result.facts.paper.number} là “{known.printed}”, tệp này in "
                f"“{target.printed}”: giữ chỉ tiêu đã ghi. Nếu tệp này mới đúng, hãy báo quản trị.",
            )
