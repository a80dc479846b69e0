"""Making the plan of a batch: the file against the tree, the catalogue and the figures that stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from documents.models import Document
from dvctt.lib import names
from imports.models import Batch
from imports.rules import places, plan
from imports.rules.checks import Place, PlannedRow
from imports.rules.figures import IndicatorFacts, PlannedFigure
from imports.rules.places import Choice, Placement
from imports.rules.plan import FilePlan
from imports.rules.problems import INFO, WARNING, ImportRefused, Problem
from imports.rules.tables import FileTables
from imports.rules.titles import FileFacts
from imports.services import receiving
from imports.services.options import ChoiceInvalid, ImportOptions, Resolution, options_of
from imports.services.papers import find_document
from indicators import selectors as indicator_selectors
from indicators import services as indicator_services
from indicators.models import Indicator, Measurement, Period, PublishedTarget
from indicators.services import Compared, FigureDraft
from units import permissions
from units import selectors as unit_selectors
from units.models import Unit

Progress = Callable[[int, str], None]
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


def _no_progress(percent: int, message: str) -> None:
    """Nobody is looking."""


def plan_batch(*, batch: Batch, at: datetime, progress: Progress = _no_progress) -> BatchPlan:
    """Return what the batch's file would write. Raises sheets.FileRefused or ImportRefused."""
    options = options_of(batch.options)
    progress(5, "Đang mở tệp")
    content = receiving.content_of(batch)
    progress(15, "Đang nhận dạng mẫu, kỳ và văn bản")
    tables, facts = receiving.look_into(content=content, filename=batch.filename, options=options)
    on = facts.period.ends_on
    province = _province(batch, facts, options, at)
    progress(30, f"Đang khớp tên đơn vị: {len(tables.rows)} dòng")
    matcher = unit_selectors.matcher(province=province, on=on)
    standing = {
        name.unit_id: Place(name.unit_id, name.full_name, name.level, name.parent_id, name.parent_name)
        for name in unit_selectors.below(ancestor=province, on=on).values()
    }
    notes: list[Problem] = [Problem("", None, "", "source_chosen", WARNING, note) for note in facts.notes]
    choices = _choices(batch, options, province, facts, standing, notes)
    placement = places.place_rows(
        tables.rows, matcher=matcher, province_id=province.pk, source=facts.source, choices=choices
    )
    _check_choices(placement, standing)
    notes += _unused(choices, placement)
    _check_belongs(tables, placement, province, facts, options)
    progress(50, "Đang đọc số liệu từng ô")
    indicators = {code: indicator_selectors.indicator_by_code(code) for code in tables.layout.indicators}
    period = Period.objects.filter(code=facts.period.code).first()
    document = find_document(facts.paper) if facts.paper else None
    planned = plan.plan_rows(
        placement,
        layout=tables.layout,
        indicators={
            code: IndicatorFacts(code, one.is_rate, one.zero_denominator) for code, one in indicators.items()
        },
        places=standing,
        province_id=province.pk,
        stored=_stored(placement, indicators, period, facts.source),
        swaps={(sheet, row) for sheet, row in batch.options.get("swaps", ())},
        accept_all_swaps=options.accept_swaps,
    )
    planned.problems = [*notes, *tables.problems, *planned.problems]
    progress(70, "Đang so với số liệu đã có")
    result = BatchPlan(tables, facts, province, period, document, indicators, planned, [], {})
    _compare(result)
    _compare_targets(result)
    return result


# --- Province ----------------------------------------------------------------------------------------------
def _province(batch: Batch, facts: FileFacts, options: ImportOptions, at: datetime) -> Unit:
    on = facts.period.ends_on
    province = unit_selectors.province_named(name=facts.province, on=on)
    if province is None:
        raise ImportRefused(
            f"Chưa có {facts.province} trong cây đơn vị ngày {on:%d/%m/%Y}. Hãy nạp cây đơn vị trước: "
            f'python manage.py load_units "{names.split_unit_name(facts.province).name}".'
        )
    if options.check_rights and not permissions.may(
        user=batch.created_by,
        permission="imports.import_file",
        unit=province,
        today=timezone.localdate(at),
    ):
        raise ImportRefused(f"Tài khoản của bạn không được nạp số liệu của {facts.province}.")
    return province


def _check_belongs(
    tables: FileTables, placement: Placement, province: Unit, facts: FileFacts, options: ImportOptions
) -> None:
    """Refuse the file where another province of the tree explains its rows better."""
    on = facts.period.ends_on
    share = plan.share_matched(placement)
    better = ""
    if share < Decimal("0.5"):
        for other in unit_selectors.roots(on=on):
            if other.unit_id == province.pk:
                continue
            unit = Unit.objects.get(pk=other.unit_id)
            theirs = places.place_rows(
                tables.rows,
                matcher=unit_selectors.matcher(province=unit, on=on),
                province_id=unit.pk,
                source=facts.source,
            )
            if plan.share_matched(theirs) > max(share, Decimal("0.5")):
                better = other.full_name
                break
    if better or not options.create_units:
        plan.check_belongs(placement, province=facts.province, better=better)


# --- What a person settled ---------------------------------------------------------------------------------
def _choices(
    batch: Batch,
    options: ImportOptions,
    province: Unit,
    facts: FileFacts,
    standing: Mapping[int, Place],
    notes: list[Problem],
) -> list[Choice]:
    choices = [
        Choice(choice["unit_id"], parent_id=choice["parent_id"], printed_key=choice["printed_key"])
        for choice in batch.options.get("choices", ())
        if choice["unit_id"] in standing
    ]
    for resolution in options.resolutions:
        choice = _resolved(resolution, province, facts, standing, notes)
        if choice is not None:
            choices.append(choice)
    return choices


def _resolved(
    resolution: Resolution,
    province: Unit,
    facts: FileFacts,
    standing: Mapping[int, Place],
    notes: list[Problem],
) -> Choice | None:
    on = facts.period.ends_on
    try:
        within = province
        if resolution.parent and names.split_unit_name(resolution.parent).key != _key_of(facts.province):
            within = unit_selectors.unit_by_full_name(full_name=resolution.parent, on=on, within=province)
        unit = unit_selectors.unit_by_full_name(full_name=resolution.unit, on=on, within=within)
    except (unit_selectors.UnitUnknown, unit_selectors.UnitAmbiguous) as error:
        # One file of choices may serve several provinces; what is not of this one is left out, with a word.
        notes.append(Problem(resolution.sheet, resolution.row, "", "choice_unused", INFO, str(error)))
        return None
    if resolution.row is not None:
        key = places.printed_key(resolution.printed) if resolution.printed else ""
        return Choice(unit.pk, sheet=resolution.sheet, row=resolution.row, printed_key=key)
    return Choice(
        unit.pk, parent_id=standing[unit.pk].parent_id, printed_key=places.printed_key(resolution.printed)
    )


def _key_of(full_name: str) -> str:
    return names.split_unit_name(full_name).key


def _unused(choices: list[Choice], placement: Placement) -> list[Problem]:
    used = {placed.unit_id for placed in placement.rows}
    return [
        Problem(
            choice.sheet,
            choice.row,
            "",
            "choice_unused",
            INFO,
            "Một lựa chọn đơn vị không ứng với dòng nào trong tệp nên không dùng đến.",
        )
        for choice in choices
        if choice.unit_id not in used
    ]


def _check_choices(placement: Placement, standing: Mapping[int, Place]) -> None:
    for placed in placement.rows:
        if placed.match.step != places.CHOSEN or placed.unit_id is None:
            continue
        check_choice(standing.get(placed.unit_id), placed.parent_id, placed.row.name)


def check_choice(place: Place | None, parent_id: int | None, printed: str) -> None:
    """Raise ChoiceInvalid for a unit that does not stand where the row stands: nothing crosses parents."""
    if place is None or (parent_id is not None and place.parent_id != parent_id):
        whose = f" ({place.full_name}, {place.parent_name})" if place else ""
        raise ChoiceInvalid(
            f"Đơn vị được chọn{whose} không thuộc cùng cấp trên với dòng “{printed}”; hãy chọn lại."
        )


# --- Figures that stand ------------------------------------------------------------------------------------
def _stored(
    placement: Placement, indicators: Mapping[str, Indicator], period: Period | None, source: str
) -> dict[tuple[int, str], Decimal]:
    """Rates that stand for the districts that head groups, by unit and indicator."""
    heads = {row.unit_id for row in placement.rows if row.is_group and row.unit_id is not None}
    if not heads or period is None:
        return {}
    rows = Measurement.objects.filter(
        unit__in=heads, indicator__in=indicators.values(), period=period, source=source, value__isnull=False
    ).values_list("unit_id", "indicator__code", "value")
    return {(unit_id, code): value for unit_id, code, value in rows if value is not None}


def draft_of(
    *,
    figure: PlannedFigure,
    unit_id: int,
    indicator: Indicator,
    period_id: int,
    source: str,
    document_id: int | None,
    extracted_on: Any,
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


def _compare(result: BatchPlan) -> None:
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
    # A cell that holds a number has no printed form of its own: where the same figure stands, its text stays.
    renewed = False
    for (_, figure), outcome in zip(wanted, compared, strict=True):
        previous = outcome.previous
        if (
            figure.is_rendered
            and previous is not None
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


def _compare_targets(result: BatchPlan) -> None:
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
            outcome = "new"
        else:
            same = (known.maintain, known.value, known.due_on) == (
                target.maintain,
                target.value,
                result.facts.due_on,
            )
            if same and target.is_rendered:
                target.printed = known.printed
            outcome = "unchanged" if same and known.printed == target.printed else "changed"
        result.targets[row.key] = outcome
