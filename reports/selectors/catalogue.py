"""Reading for the catalogue's pages: periods with their reports, indicators with their versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Max, Q

from documents.models import Document
from dvctt.lib import numbers, periods
from dvctt.lib.periods import PeriodSpan
from indicators import selectors as indicator_selectors
from indicators.models import (
    OPEN_STATUSES,
    CalendarRule,
    Indicator,
    IndicatorChange,
    Measurement,
    Period,
    PeriodKind,
    Source,
)
from units.models import Level, Unit

QUARTERS: Final = (PeriodKind.QUARTER.value, PeriodKind.QUARTER_STATUTORY.value)

INDICATOR_LABELS: Final[Mapping[str, str]] = {
    "valid_from": "Cho kỳ kết thúc từ",
    "name": "Tên",
    "short_name": "Tên ngắn",
    "unit_of_measure": "Đơn vị tính",
    "direction": "Chiều",
    "numerator": "Tử số",
    "denominator": "Mẫu số",
    "zero_denominator": "Khi mẫu số bằng 0",
    "entered_as": "Cán bộ nhập",
    "levels": "Cấp báo cáo",
    "min_cases": "Số hồ sơ tối thiểu để xếp hạng",
    "decimals": "Số chữ số thập phân",
    "sources": "Thứ tự nguồn chính thức",
    "position": "Thứ tự",
    "documents": "Văn bản",
}
"""What a version says, in the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A period with how many reports were begun, and sent."""

    period: Period
    begun: int
    sent: int


@dataclass(frozen=True, slots=True)
class PeriodState:
    """Where the reports of a period stand."""

    asked: int
    sent: int

    @property
    def unsent(self) -> int:
        return self.asked - self.sent


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a version says; `was` is what the version before said, where it said something else."""

    name: str
    label: str
    text: str
    was: str | None


@dataclass(frozen=True, slots=True)
class VersionColumn:
    """One version of an indicator with all that it says, and how many figures stand by it."""

    indicator: Indicator
    said: tuple[Said, ...]
    figures: int
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class IndicatorChangeLine:
    """One act of the office on an indicator."""

    kind: str
    version: int
    changes: tuple[tuple[str, str, str], ...]
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator as it holds for periods that end on the day, and its next version if one is coming."""

    indicator: Indicator
    levels: str
    sources: str
    documents: tuple[Document, ...]
    coming: Indicator | None


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """How many indicators there are, when they last changed, which periods take figures."""

    indicators: int
    changed_at: datetime | None
    open_periods: tuple[Period, ...]
    rules_since: date | None


def period_lines() -> list[PeriodLine]:
    """Return all periods, latest first. One query."""
    begun = Count("submissions")
    sent = Count("submissions", filter=~Q(submissions__status__in=OPEN_STATUSES))
    found = Period.objects.annotate(begun=begun, sent=sent).order_by("-ends_on", "kind")
    return [PeriodLine(one, one.begun, one.sent) for one in found]


def period_state(*, period: Period) -> PeriodState:
    """Return how many reports the period asks for, and how many are sent. A constant number of queries."""
    board = indicator_selectors.submission_board(units=Unit.objects.all(), period=period)
    counts = Counter(row.status in OPEN_STATUSES for row in board)
    return PeriodState(asked=len(board), sent=counts[False])


def next_quarters(*, today: date) -> list[PeriodSpan]:
    """Return the quarter after the latest stored one, of each reckoning; the one of the day where none is."""
    offered = []
    for kind in QUARTERS:
        latest = Period.objects.filter(kind=kind).order_by("-ends_on").first()
        is_statutory = kind == PeriodKind.QUARTER_STATUTORY.value
        if latest is None:
            span: PeriodSpan | None = periods.quarter(
                today.year, (today.month + 2) // 3, statutory=is_statutory
            )
        else:
            span = periods.parse_period(latest.code).following()
        if span is not None:
            offered.append(span)
    return offered


def catalogue_state() -> CatalogueState:
    """Return what the hub says of indicators and periods. Four queries."""
    return CatalogueState(
        indicators=Indicator.objects.values("code").distinct().count(),
        changed_at=IndicatorChange.objects.aggregate(at=Max("at"))["at"],
        open_periods=tuple(Period.objects.filter(open_for_entry=True)),
        rules_since=CalendarRule.objects.filter(valid_to=None).aggregate(day=Max("valid_from"))["day"],
    )


def indicator_lines(*, on: date) -> list[IndicatorLine]:
    """Return the indicators in the order of the catalogue. Three queries."""
    latest = {one.code: one for one in indicator_selectors.current_indicators()}
    documents = _documents_of(list(latest.values()))
    found = []
    for one in indicator_selectors.current_indicators(on=on):
        last = latest[one.code]
        found.append(
            IndicatorLine(
                indicator=one,
                levels=_levels(one),
                sources=_sources(one),
                documents=documents.get(last.pk, ()),
                coming=last if last.pk != one.pk else None,
            )
        )
    return found


def version_columns(*, code: str) -> list[VersionColumn]:
    """Return all versions of an indicator, latest first, each against the one before. Three queries."""
    versions = list(Indicator.objects.filter(code=code).order_by("version"))
    documents = _documents_of(versions)
    figures = dict(
        Measurement.objects.filter(indicator__in=versions)
        .values_list("indicator")
        .annotate(count=Count("pk"))
        .order_by()
    )
    columns: list[VersionColumn] = []
    before: dict[str, str] = {}
    for one in versions:
        facts = _facts(one, documents.get(one.pk, ()))
        said = tuple(
            Said(name, label, facts[name], before[name] if before and before[name] != facts[name] else None)
            for name, label in INDICATOR_LABELS.items()
        )
        columns.append(VersionColumn(one, said, figures.get(one.pk, 0), documents.get(one.pk, ())))
        before = facts
    return columns[::-1]


def changes_of_indicator(*, code: str) -> list[IndicatorChangeLine]:
    """Return what the office did to the indicator, latest first. One query."""
    return [
        IndicatorChangeLine(
            kind=one.get_kind_display(),
            version=one.indicator.version,
            changes=tuple(
                (label, *one.changes[name]) for name, label in INDICATOR_LABELS.items() if name in one.changes
            ),
            reason=one.reason,
            by=str(one.by),
            at=one.at,
        )
        for one in IndicatorChange.objects.filter(indicator__code=code).select_related("indicator", "by")
    ]


def _documents_of(indicators: list[Indicator]) -> dict[int, tuple[Document, ...]]:
    through = Indicator.documents.through.objects.filter(indicator__in=indicators)
    found: dict[int, tuple[Document, ...]] = {}
    for link in through.select_related("document").order_by("document__issued_on", "document__code"):
        found[link.indicator_id] = (*found.get(link.indicator_id, ()), link.document)
    return found


def _facts(one: Indicator, documents: tuple[Document, ...]) -> dict[str, str]:
    return {
        "valid_from": numbers.vi_date(one.valid_from) if one.valid_from else "mọi kỳ",
        "name": one.name,
        "short_name": one.short_name,
        "unit_of_measure": one.unit_of_measure,
        "direction": one.get_direction_display(),
        "numerator": one.numerator,
        "denominator": one.denominator,
        "zero_denominator": one.get_zero_denominator_display(),
        "entered_as": one.get_entered_as_display(),
        "levels": _levels(one),
        "min_cases": numbers.vi_number(one.min_cases),
        "decimals": str(one.decimals),
        "sources": _sources(one),
        "position": str(one.position),
        "documents": ", ".join(document.number for document in documents),
    }


def _levels(one: Indicator) -> str:
    return "; ".join(Level(level).label for level in one.levels)


def _sources(one: Indicator) -> str:
    return "; ".join(Source(source).label for source in one.sources)
