"""What the office does to indicators: settings in place, a changed definition as the next version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from documents.models import Document
from dvctt.lib import names
from dvctt.lib.numbers import vi_date, vi_number
from indicators.models import (
    OFFICIAL_SOURCES,
    Direction,
    EnteredAs,
    Entry,
    Indicator,
    IndicatorChange,
    IndicatorChangeKind,
    Measurement,
    Source,
    ZeroDenominator,
)
from indicators.rules import Definition, DefinitionRefused, Settings, check_definition, check_settings
from units.models import Level

if TYPE_CHECKING:
    from accounts.models import User

KEPT: Final = ("name", "short_name", "levels", "min_cases", "decimals", "sources", "position")
"""What a new version takes over from the one before."""


@transaction.atomic
def change_settings(
    *,
    indicator: Indicator,
    settings: Settings,
    documents: Sequence[Document],
    seen: int,
    reason: str,
    by: User,
    at: datetime,
) -> IndicatorChange:
    """Change how the indicator is called, asked for and shown; its figures keep their meaning.

    Only the latest version has settings to change; `seen` is how many changes of it the person knew of.
    Raises DefinitionRefused.
    """
    standing = _latest(indicator)
    since = IndicatorChange.objects.filter(indicator=standing).select_related("by")
    if since.count() != seen:
        last = since[0]
        raise DefinitionRefused(
            f"{last.by} đã sửa chỉ tiêu này lúc {timezone.localtime(last.at):%H:%M %d/%m/%Y}: {last.reason}. "
            "Điều bạn nhập còn ở dưới; hãy mở trang chỉ tiêu để so rồi sửa lại từ đầu."
        )
    check_settings(settings, levels=Level.values, sources=OFFICIAL_SOURCES)
    fields = asdict(settings) | {"levels": list(settings.levels), "sources": list(settings.sources)}
    changed = {name: value for name, value in fields.items() if getattr(standing, name) != value}
    told = {name: [_told(name, getattr(standing, name)), _told(name, changed[name])] for name in changed}
    before = sorted(standing.documents.values_list("number", flat=True))
    after = sorted(one.number for one in documents)
    if before != after:
        told["documents"] = [", ".join(before), ", ".join(after)]
        standing.documents.set(documents)
    if not told:
        raise DefinitionRefused("Chưa có gì khác với điều đang ghi; hãy sửa ít nhất một ô.")
    for name, value in changed.items():
        setattr(standing, name, value)
    if changed:
        standing.save(update_fields=sorted(changed))
    return _write(standing, IndicatorChangeKind.EDITED, told, reason, by=by, at=at)


@transaction.atomic
def add_version(
    *,
    indicator: Indicator,
    definition: Definition,
    valid_from: date,
    documents: Sequence[Document],
    reason: str,
    by: User,
    at: datetime,
) -> Indicator:
    """Define the indicator anew for periods that end on a day or later; earlier ones keep their version.

    Refused where such a period holds figures by the version before: they would be figures of nothing.
    Raises DefinitionRefused.
    """
    before = _latest(indicator)
    check_definition(definition)
    fields = asdict(definition) | {"is_rate": definition.is_rate}
    changed = [name for name, value in fields.items() if getattr(before, name) != value]
    if not changed:
        raise DefinitionRefused(
            "Định nghĩa giống phiên bản đang dùng; hãy sửa ít nhất một ô. Chỉ đổi tên, cấp, nguồn thì dùng "
            "“Sửa cách gọi, cách hiện”."
        )
    if before.valid_from is not None and valid_from <= before.valid_from:
        raise DefinitionRefused(
            f"Phiên bản {before.version} áp dụng từ {vi_date(before.valid_from)}; hãy chọn ngày sau đó.",
            field="valid_from",
        )
    _refuse_figures(before, valid_from)
    made = Indicator.objects.create(
        code=before.code,
        version=before.version + 1,
        valid_from=valid_from,
        **fields,
        **{name: getattr(before, name) for name in KEPT},
    )
    made.documents.set(documents)
    told = {name: [_told(name, getattr(before, name)), _told(name, fields[name])] for name in changed}
    told.pop("is_rate", None)
    told["valid_from"] = ["", vi_date(valid_from)]
    _write(made, IndicatorChangeKind.VERSION, told, reason, by=by, at=at)
    return made


def _latest(indicator: Indicator) -> Indicator:
    """The indicator, held; only its latest version may be worked on."""
    versions = Indicator.objects.select_for_update(of=("self",)).filter(code=indicator.code)
    latest = versions.order_by("-version").first()
    if latest is None or latest.pk != indicator.pk:
        raise DefinitionRefused(
            f"Chỉ tiêu {indicator.code} đã có phiên bản mới hơn; hãy tải lại trang và sửa phiên bản ấy."
        )
    return latest


def _refuse_figures(before: Indicator, valid_from: date) -> None:
    figures = Measurement.objects.filter(indicator=before, period__ends_on__gte=valid_from)
    entries = Entry.objects.filter(indicator=before, submission__period__ends_on__gte=valid_from)
    last = max(
        filter(
            None,
            (
                figures.aggregate(last=Max("period__ends_on"))["last"],
                entries.aggregate(last=Max("submission__period__ends_on"))["last"],
            ),
        ),
        default=None,
    )
    if last is not None:
        raise DefinitionRefused(
            f"Các kỳ kết thúc từ {vi_date(valid_from)} đã có {vi_number(figures.count())} số liệu và "
            f"{vi_number(entries.count())} ô đang nhập theo phiên bản {before.version}. Hãy chọn ngày sau "
            f"{vi_date(last)}.",
            field="valid_from",
        )


def _told(name: str, value: Any) -> str:
    """A field as a reader sees it."""
    if name == "levels":
        return "; ".join(Level(one).label for one in value)
    if name == "sources":
        return "; ".join(Source(one).label if one in Source.values else str(one) for one in value)
    if name == "direction":
        return Direction(value).label
    if name == "entered_as":
        return EnteredAs(value).label
    if name == "zero_denominator":
        return ZeroDenominator(value).label
    return str(value)


def _write(
    indicator: Indicator,
    kind: IndicatorChangeKind,
    changes: dict[str, list[str]],
    reason: str,
    *,
    by: User,
    at: datetime,
) -> IndicatorChange:
    reason = names.nfc(reason).strip()
    if not reason:
        raise DefinitionRefused("Hãy ghi lý do; lý do được lưu trong lịch sử của chỉ tiêu.", field="reason")
    return IndicatorChange.objects.create(
        indicator=indicator, kind=kind.value, changes=changes, reason=reason[:300], by=by, at=at
    )
