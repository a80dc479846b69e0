"""Reading reports as a reviewer does: each figure beside those of other times and sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from dvctt.lib.periods import PeriodSpan, parse_period
from indicators import rules
from indicators.models import Entry, Indicator, Measurement, Period, Scope, Source, State, Submission
from indicators.rules import risk
from indicators.rules.jumps import MOST_PERIODS
from indicators.rules.risk import Flag, Known
from indicators.selectors.figures import current_indicators
from indicators.selectors.locking import LockedFigure, locked_figures
from units import selectors as unit_selectors

SHORT_NAMES: Final = {
    Source.NATIONAL.value: "Cổng",
    Source.PROVINCE.value: "hệ thống tỉnh",
    Source.DOCUMENT.value: "văn bản",
}
BySource = dict[str, Known]


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """One figure of a report beside the unit's earlier ones and the official one of the same period."""

    indicator: Indicator
    entry: Entry | None
    now: Known
    previous: Known | None
    year_before: Known | None
    official: Known | None
    source: str
    """The short name of the source that the official figure is from, "" for none."""
    flags: tuple[Flag, ...]
    locked: LockedFigure | None = None
    """The official figure that stands in place of the unit's; it is then what `now` says."""

    @property
    def measure(self) -> risk.Measure:
        return _measure(self.indicator)

    @property
    def needs_words(self) -> bool:
        return any(flag.needs_words for flag in self.flags)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A report's cells by indicator id, what its cells and the whole of it give to look at."""

    previous: PeriodSpan | None
    year_before: PeriodSpan | None
    cells: dict[int, ComparedCell]
    of_report: tuple[Flag, ...]

    @property
    def is_repeated(self) -> bool:
        """Whether all its cells say what the period before said."""
        return bool(self.of_report)

    @property
    def flags(self) -> tuple[Flag, ...]:
        return self.of_report + tuple(flag for cell in self.cells.values() for flag in cell.flags)


def compare_reports(*, units: Mapping[int, int], period: Period) -> dict[int, Comparison]:
    """Return by submission id the figures of reports of one period beside earlier and official ones.

    `units` gives by submission id the unit that reports.
    The first of an indicator's sources that has a figure counts, as everywhere; whether a report repeats the
    one before is asked of what the unit itself reported, where it did. A constant number of queries.
    """
    span = parse_period(period.code)
    previous, year_before = span.previous(), span.year_before()
    earlier_spans = list(islice(_before(span), MOST_PERIODS))
    spans = {one.code for one in (span, *earlier_spans, year_before) if one is not None}
    unit_ids = list(units.values())
    names = unit_selectors.names_on(unit_ids=unit_ids, on=period.ends_on)
    indicators = current_indicators(on=period.ends_on)
    entries: dict[int, dict[int, Entry]] = defaultdict(dict)
    for one in Entry.objects.filter(submission__in=list(units)):
        entries[one.submission_id][one.indicator_id] = one
    figures = _figures(unit_ids, spans)
    locked = locked_figures(unit_ids=unit_ids, period=period, indicators=indicators)
    found = {}
    for submission_id, unit_id in units.items():
        name = names.get(unit_id)
        asked = [one for one in indicators if name is not None and name.level in one.levels]
        cells: dict[int, ComparedCell] = {}
        repeats = []
        for indicator in asked:
            entry = entries[submission_id].get(indicator.pk)
            then, earlier, *history = (
                figures.get((unit_id, indicator.code, one.code), {}) if one else {}
                for one in (span, year_before, *earlier_spans)
            )
            cell = _compared(indicator, entry, then, earlier, history)
            if figure := locked.get(unit_id, {}).get(indicator.pk):
                cells[indicator.pk] = _with_lock(cell, figure)
                continue
            cells[indicator.pk] = cell
            before = history[0] if history else {}
            repeats.append((cell.now, before.get(Source.UNIT.value) or cell.previous))
        repeated = risk.repeated(repeats)
        found[submission_id] = Comparison(previous, year_before, cells, (repeated,) if repeated else ())
    return found


def compare_report(*, submission: Submission) -> Comparison:
    """Return one report's figures beside earlier and official ones; see compare_reports."""
    units = {submission.pk: submission.unit_id}
    return compare_reports(units=units, period=submission.period)[submission.pk]


def _compared(
    indicator: Indicator, entry: Entry | None, then: BySource, earlier: BySource, history: Sequence[BySource]
) -> ComparedCell:
    """`earlier` is of the year before; `history` of the periods before this one, latest first."""
    now = _known(entry)
    source = _official(indicator, [one for one in then if one != Source.UNIT.value], then)
    official = then.get(source)
    told = [_first(figures, indicator) for figures in history]
    previous = told[0] if told else None
    name = SHORT_NAMES.get(source, "")
    flags = risk.judge_risk(
        now,
        previous=previous,
        past=[one.value for one in told if one is not None and one.value is not None],
        official=official,
        source=name,
        measure=_measure(indicator),
    )
    return ComparedCell(indicator, entry, now, previous, _first(earlier, indicator), official, name, flags)


def _with_lock(cell: ComparedCell, figure: LockedFigure) -> ComparedCell:
    """Show the official figure; all there is to look at is that the unit once typed another."""
    flag = risk.differs(cell.now, figure.known, cell.measure, source=SHORT_NAMES.get(figure.source, ""))
    flags = () if flag is None else (flag,)
    return replace(cell, now=figure.known, official=None, source="", flags=flags, locked=figure)


def _before(span: PeriodSpan) -> Iterator[PeriodSpan]:
    """The periods of the same kind before this one, latest first."""
    while (earlier := span.previous()) is not None:
        yield earlier
        span = earlier


def _figures(unit_ids: Sequence[int], codes: Collection[str]) -> Mapping[tuple[int, str, str], BySource]:
    """Return by unit, indicator code and period code what each source but simulation says."""
    found: dict[tuple[int, str, str], BySource] = defaultdict(dict)
    for unit_id, code, period, source, numerator, denominator, value, state in (
        Measurement.objects.filter(unit__in=unit_ids, period__code__in=codes, scope=Scope.OWN)
        .exclude(source=Source.SIMULATED)
        .order_by("indicator__version")
        .values_list(
            "unit_id", "indicator__code", "period__code", "source",
            "numerator", "denominator", "value", "state",
        )
    ):  # fmt: skip
        found[unit_id, code, period][source] = Known(numerator, denominator, value, state)
    return found


def _known(entry: Entry | None) -> Known:
    if entry is None:
        return Known(None, None, None, State.NUMBER.value)
    return Known(entry.numerator, entry.denominator, entry.value, entry.state)


def _first(figures: BySource, indicator: Indicator) -> Known | None:
    return figures.get(_official(indicator, figures, figures))


def _official(indicator: Indicator, sources: Iterable[str], figures: BySource) -> str:
    """Return which of the sources has the official figure, "" where none counts."""
    order = indicator.sources
    return min(
        (one for one in sources if one in order),
        key=lambda one: rules.official_place(order, source=one, state=figures[one].state),
        default="",
    )


def _measure(indicator: Indicator) -> risk.Measure:
    return risk.Measure(indicator.is_rate, indicator.unit_of_measure, indicator.min_cases)
