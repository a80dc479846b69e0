"""Making the plan of a batch: the file against the tree, the catalogue and the figures that stand."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from dvctt.lib import names
from imports.models import Batch
from imports.rules import places, plan
from imports.rules.checks import Place
from imports.rules.figures import IndicatorFacts
from imports.rules.places import Choice, Placement
from imports.rules.problems import INFO, WARNING, ImportRefused, Problem
from imports.rules.tables import FileTables
from imports.rules.titles import FileFacts
from imports.services import comparing, history, receiving
from imports.services.comparing import BatchPlan
from imports.services.options import ChoiceInvalid, ImportOptions, Resolution, options_of
from imports.services.papers import find_document
from indicators import selectors as indicator_selectors
from indicators import services as indicator_services
from indicators.models import Indicator, Measurement, Period
from units import permissions
from units import selectors as unit_selectors
from units.models import Unit

Progress = Callable[[int, str], None]
_SAMPLE = 300
"""Rows that are enough to tell whose province a file is."""


def no_progress(percent: int, message: str) -> None:
    """Nobody is looking."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the cycle collector rest: what a plan is made of lives until it is kept, and holds no cycles.

    Walking a hundred thousand live figures again and again took a fifth of the time of a large file.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@uncollected()
def plan_batch(*, batch: Batch, at: datetime, progress: Progress = no_progress) -> BatchPlan:
    """Return what the batch's file would write. Raises sheets.FileRefused or ImportRefused."""
    options = options_of(batch.options)
    seen_revision = indicator_services.newest_revision()
    progress(5, "Đang mở tệp")
    content = receiving.content_of(batch)
    progress(15, "Đang nhận dạng mẫu, kỳ và văn bản")
    tables, facts = receiving.look_into(content=content, filename=batch.filename, options=options)
    on = facts.period.ends_on
    province = _province(batch, facts, options, at)
    progress(30, f"Đang khớp tên đơn vị: {len(tables.rows)} dòng")
    named, matcher = unit_selectors.names_and_matcher(province=province, on=on)
    standing = {
        name.unit_id: Place(name.unit_id, name.full_name, name.level, name.parent_id, name.parent_name)
        for name in named.values()
    }
    # A person may have said "Quảng Nam"; from here on it has its full name.
    full_names = (p.parent_name for p in standing.values() if p.parent_id == province.pk)
    facts = replace(facts, province=next(full_names, facts.province))
    notes: list[Problem] = [Problem("", None, "", kind, WARNING, words) for kind, words in facts.notes]
    choices = _choices(batch, options, province, facts, standing, notes)
    placement = places.place_rows(
        tables.rows,
        matcher=matcher,
        province_id=province.pk,
        source=facts.source,
        choices=choices,
        subjects=facts.subjects,
    )
    _check_choices(placement, standing)
    notes += _unused(choices, placement)
    _check_belongs(tables, placement, province, facts, options)
    progress(50, "Đang đọc số liệu từng ô")
    indicator_services.ensure_catalogue()
    indicators = {
        code: indicator_selectors.indicator_by_code(code, on=facts.period.ends_on)
        for code in tables.layout.indicators
    }
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
    result = BatchPlan(tables, facts, province, period, document, indicators, planned, seen_revision)
    comparing.compare_figures(result=result, choices=comparing.choices_of(batch.options))
    history.check_history(result=result)
    comparing.compare_targets(result=result)
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
        user=User.objects.get(pk=batch.options.get("asked_by", batch.created_by_id)),
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
                tables.rows[:_SAMPLE],
                matcher=unit_selectors.matcher(province=unit, on=on),
                province_id=unit.pk,
                source=facts.source,
                subjects=facts.subjects,
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
