"""The plan of a batch against what stands: what would be new, changed, the same, or kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from documents.models import Document
from imports.rules.checks import PlannedRow
from imports.rules.figures import PlannedFigure
from imports.rules.plan import FilePlan
from imports.rules.problems import WARNING, Problem
from imports.rules.tables import FileTables
from imports.rules.titles import FileFacts
from indicators import services as indicator_services
from indicators.models import Indicator, Period, PublishedTarget
from indicators.services import Compared, FigureDraft
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
    figures: list[tuple[PlannedRow, PlannedFigure, Compared]]
    targets: dict[tuple[str, int], str]
    """What recording each row's printed target would do: new, changed, unchanged."""


def draft_of(
    *,
    figure: PlannedFigure,
    unit_id: int,
    indicator: Indicator,
    period_id: int,
    source: str,
    document_id: int | None,
    extracted_on: date | None,
    origin: str,
) -> FigureDraft:
    """Return the figure as the indicators take it."""
    return FigureDraft(
        unit_id=unit_id,
        indicator_id=indicator.pk,
        period_id=period_id,
        source=source,
        origin=origin[:200],
        is_rate=indicator.is_rate,
        state=figure.state,
        numerator=figure.numerator,
        denominator=figure.denominator,
        value=figure.value,
        printed=figure.printed,
        note=figure.note,
        extracted_on=extracted_on,
        document_id=document_id,
    )


def _document_id(result: BatchPlan) -> int | None:
    if result.facts.paper is None:
        return None
    return result.document.pk if result.document else NOWHERE


def compare_figures(*, result: BatchPlan) -> None:
    """Hold the planned figures against those that stand. Two or four statements."""
    wanted: list[tuple[PlannedRow, PlannedFigure]] = [
        (row, figure)
        for row in result.file.unit_rows
        if not row.refused and row.placed.unit_id is not None
        for figure in row.read.figures
    ]

    def drafts() -> list[FigureDraft]:
        return [
            draft_of(
                figure=figure,
                unit_id=row.placed.unit_id or NOWHERE,
                indicator=result.indicators[figure.indicator],
                period_id=result.period.pk if result.period else NOWHERE,
                source=result.facts.source,
                document_id=_document_id(result),
                extracted_on=result.facts.extracted_on,
                origin=f"{row.placed.row.sheet}, dòng {row.placed.row.number}",
            )
            for row, figure in wanted
        ]

    compared = indicator_services.compare_measurements(drafts=drafts())
    # The same figure in other words stays as its source printed it: a number in a cell has no printed form of
    # its own, and a reason for having none is the same reason whatever it is called.
    renewed = False
    for (_, figure), outcome in zip(wanted, compared, strict=True):
        previous = outcome.previous
        if (
            previous is not None
            and (figure.is_rendered or figure.value is None)
            and (figure.state, figure.value, figure.numerator, figure.denominator)
            == (previous.state, previous.value, previous.numerator, previous.denominator)
            and figure.printed != previous.printed
        ):
            figure.printed, renewed = previous.printed, True
    if renewed:
        compared = indicator_services.compare_measurements(drafts=drafts())
    result.figures = [(row, figure, outcome) for (row, figure), outcome in zip(wanted, compared, strict=True)]
    later = [item for item in result.figures if item[2].outcome == "kept_later"]
    if later:
        row = later[0][0].placed.row
        day = later[0][2].previous
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
