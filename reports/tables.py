"""League tables for screens and files: django-tables2 declares columns, order and export.

Cells are not rendered by django-tables2 (about 0,1 ms each): the table's own template reads lines of plain
strings, so that a province of 300 rows costs what a plain loop costs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import django_tables2 as tables
from django.utils.safestring import SafeString, mark_safe
from django_tables2.data import TableListData
from django_tables2.utils import OrderBy

from dvctt.lib import display, numbers
from dvctt.lib.names import reading_order
from indicators.models import Direction, Source
from reports import wording
from reports.selectors.league import League, LeagueRow
from targets.rules import judging

DEFAULT_ORDER: Final = "rank"
WHOLE: Final = 400
"""Up to so many units stand on one page, so that Ctrl+F finds each; a province has fewer."""
PER_PAGE: Final = 50
SMALL_MOVE: Final = 5
MINE: Final = SafeString(' class="mine"')
BAND_WORDS: Final = {
    status: words.split(" ", 1)[1] for status, words in display.BAND_WORDS.items() if status != "none"
}
SOURCE_LABELS: Final = {value: str(label) for value, label in Source.choices}


@dataclass(slots=True)
class Line:
    """A row as the template prints it: strings only, the drawings and marks made already."""

    unit_id: str
    css: SafeString | str
    place: str
    move: str
    move_css: str
    unit: str
    where: str
    denominator: str
    numerator: str
    value: str
    bar: SafeString | str
    target: str
    gap: str
    lacking: str
    band: SafeString | str
    reason: str


class LeagueData(TableListData):
    """Rows ordered by the attribute that each column names; what has no figure stays at the end."""

    data: list[LeagueRow]

    def order_by(self, aliases: Sequence[str]) -> None:
        for alias in reversed(list(aliases)):
            column = self.table.columns[OrderBy(alias).bare]
            key = ORDER_KEYS.get(column.name) or _attribute(column.accessor)
            known = [row for row in self.data if key(row) is not None]
            known.sort(key=key, reverse=alias.startswith("-"))
            self.data = known + [row for row in self.data if key(row) is None]


def _attribute(name: str) -> Callable[[LeagueRow], Any]:
    return lambda row: getattr(row, name)


ORDER_KEYS: Final[dict[str, Callable[[LeagueRow], Any]]] = {
    "unit": lambda row: (reading_order(row.unit), reading_order(row.parent)),
}


class LeagueTable(tables.Table):
    """The table of one league. Columns that say nothing here (no counts, no targets) are left out."""

    rank = tables.Column("Hạng", attrs={"th": {"class": "rank"}})
    rank_change = tables.Column("Đổi hạng", attrs={"th": {"class": "mid"}}, initial_sort_descending=True)
    unit = tables.Column("Đơn vị", attrs={"th": {"class": "unit"}})
    parent = tables.Column("Thuộc", orderable=False, visible=False)
    denominator = tables.Column("Mẫu số", attrs={"th": {"class": "num wide"}}, initial_sort_descending=True)
    numerator = tables.Column("Tử số", attrs={"th": {"class": "num wide"}}, initial_sort_descending=True)
    value = tables.Column("Tỷ lệ %", attrs={"th": {"class": "rate"}}, initial_sort_descending=True)
    change = tables.Column("Thay đổi", visible=False, orderable=False)
    target = tables.Column("Chỉ tiêu", attrs={"th": {"class": "num mid"}}, initial_sort_descending=True)
    gap = tables.Column("Chênh lệch", attrs={"th": {"class": "num wide"}})
    lacking = tables.Column("Tương ứng", attrs={"th": {"class": "num wide"}}, initial_sort_descending=True)
    status = tables.Column("Mức", attrs={"th": {"class": "level"}}, orderable=False)
    reason = tables.Column("Trạng thái", orderable=False, visible=False)
    source = tables.Column("Nguồn", orderable=False, visible=False)
    printed = tables.Column("Như nguồn in", orderable=False, visible=False)

    class Meta:
        template_name = "reports/league_table.html"
        order_by = DEFAULT_ORDER
        order_by_field = "sap"

    def __init__(
        self,
        league: League,
        *,
        mine: Collection[int] = (),
        order: str = "",
        query: str = "",
        unit_url: str = "",
        page: int = 1,
        is_whole: bool = False,
        without: Sequence[str] = (),
    ) -> None:
        """`is_whole` puts all rows on one page, `without` names columns that not even a file has."""
        self.league = league
        self.without = tuple(without)
        self.mine = frozenset(mine)
        self.query = query
        """The address's filters without the order, to which a heading adds its own."""
        self.unit_url = unit_url
        self.caption = wording.caption(league)
        if self.mine:
            self.caption += " ★ là đơn vị của bạn."
        super().__init__(
            data=LeagueData(list(league.rows)),
            exclude=(*left_out(league), *without),
            order_by=order or DEFAULT_ORDER,
        )
        rows = len(league.rows) + len(league.unranked)
        self.pages = 1 if is_whole or rows <= WHOLE else -(-rows // PER_PAGE)
        self.page = min(max(page, 1), self.pages)
        indicator = league.indicator
        headings = {
            "value": "Tỷ lệ %" if indicator.is_rate else indicator.unit_of_measure.capitalize(),
            "numerator": indicator.numerator,
            "denominator": indicator.denominator,
            "lacking": f"Tương ứng ({judging.counted_thing(indicator.numerator)})",
        }
        kept = {column.name for column in self.columns.iterall()}
        for name, words in headings.items():
            if name in kept:
                self.columns[name].column.verbose_name = words

    # --- the page ---------------------------------------------------------------------------------

    @property
    def has_moves(self) -> bool:
        return "rank_change" not in self.exclude

    @property
    def has_counts(self) -> bool:
        return "numerator" not in self.exclude

    @property
    def has_denominators(self) -> bool:
        return "denominator" not in self.exclude

    @property
    def has_targets(self) -> bool:
        return "target" not in self.exclude

    @property
    def has_lacking(self) -> bool:
        return "lacking" not in self.exclude

    @property
    def column_count(self) -> int:
        return len(list(self.columns.itervisible()))

    @property
    def reason_span(self) -> int:
        """Columns to the right of the unit, over which an unranked unit's reason runs."""
        return self.column_count - (3 if self.has_moves else 2)

    def lines(self) -> Iterator[Line]:
        """The page's ranked rows in the table's order, ready to print."""
        return map(self._printer(), self.data.data[self._window()])

    def unranked_lines(self) -> Iterator[Line]:
        """The page's units without a rank, which stand after all others."""
        window, ranked = self._window(), len(self.data.data)
        shown = slice(max(window.start - ranked, 0), max(window.stop - ranked, 0))
        return map(self._printer(), self.league.unranked[shown])

    @property
    def has_unranked(self) -> bool:
        """Whether the page reaches the units without a rank."""
        return bool(self.league.unranked) and self._window().stop > len(self.data.data)

    def _window(self) -> slice:
        if self.pages == 1:
            return slice(0, len(self.data.data) + len(self.league.unranked))
        return slice((self.page - 1) * PER_PAGE, self.page * PER_PAGE)

    def _printer(self) -> Callable[[LeagueRow], Line]:
        league, mine = self.league, self.mine
        decimals = league.indicator.decimals if league.indicator.is_rate else None
        high = _scale(league)
        with_parent = len({row.parent_id for row in league.all_rows or league.unranked}) > 1
        with_moves, with_counts, with_targets = self.has_moves, self.has_counts, self.has_targets
        with_denominators = self.has_denominators
        upward = league.indicator.direction == Direction.UP
        vi = numbers.vi_number

        def show(row: LeagueRow) -> Line:
            value, target = row.value, row.target
            ranked = row.rank is not None
            shown = wording.number_text(value, league.indicator) if decimals is None else vi(value, decimals)
            return Line(
                str(row.unit_id),
                MINE if row.unit_id in mine else "",
                row.place,
                *(moved(row.rank_change) if with_moves and ranked else ("", "")),
                row.unit,
                (f" {row.parent}" if with_parent else "") + (" ★" if row.unit_id in mine else ""),
                vi(row.denominator) if with_denominators else "",
                vi(row.numerator) if with_counts else "",
                shown if ranked else f"({shown})" if value is not None else "",
                drawn_bar(value, target, row.status, high) if ranked and value is not None else "",
                _target_cell(row, upward) if with_targets else "",
                vi_signed(row.gap) if with_targets else "",
                vi(row.lacking) if row.lacking else "",
                display.band(row.status) if with_targets and ranked else "",
                row.reason,
            )

        return show

    # --- files ------------------------------------------------------------------------------------

    def export_rows(self) -> tuple[list[str], list[list[Any]]]:
        """Return headings and rows for a file: ranked ones in the table's order, then the unranked.

        Figures are numbers, percent as on the screen; a missing one is None and its reason stands beside it.
        """
        file = type(self)(self.league, without=self.without)
        file.data.data = [*self.data, *self.league.unranked]
        values = file.as_values()
        headings = [str(heading) for heading in next(values)]
        return headings, [list(row) for row in values]

    def value_rank(self, record: LeagueRow) -> int | None:
        return record.rank

    def value_status(self, value: str) -> str:
        return BAND_WORDS.get(value, "")

    def value_source(self, value: str) -> str:
        return SOURCE_LABELS.get(value, "")

    def value_reason(self, record: LeagueRow) -> str:
        return record.reason or record.state


def drawn_bar(value: Decimal, target: Decimal | None, status: str, high: Decimal) -> SafeString:
    """Return the in-cell bar from 0 to `high` with its target's tick, leaner than display.bar.

    The figure and its target stand as text beside it, so it is hidden from screen readers; its ground is the
    stylesheet's. That is half the elements, and a page has 300 of them.
    """
    tick = ""
    if target is not None and target <= high:
        at = f"{target / high * 100:.1f}"
        tick = f'<line class="tick" x1="{at}%" x2="{at}%" y1="0" y2="18"/>'
    width = f"{min(value / high * 100, Decimal(100)):.1f}"
    fill = display.BAND_CLASSES.get(status, "none")
    return mark_safe(  # noqa: S308 - built from numbers and known names only
        f'<svg class="bar" aria-hidden="true"><rect class="fill-{fill}" width="{width}%" y="4" height="10"/>'
        f"{tick}</svg>"
    )


def moved(places: int | None) -> tuple[str, str]:
    """Return a change of rank as (text, class); grey under five places, where it is noise."""
    if places is None:
        return "–", ""
    if places == 0:
        return "=", ""
    text = f"{'▲' if places > 0 else '▼'} {abs(places)}"
    return text, "" if abs(places) < SMALL_MOVE else " up" if places > 0 else " down"


def vi_signed(gap: Decimal | None) -> str:
    """Return a gap with its sign; nothing where there is none to tell."""
    return "" if gap is None else numbers.vi_points(gap)


def _target_cell(row: LeagueRow, upward: bool) -> str:
    target = row.rounded_target
    if target is None:
        return "–"
    # Whole targets as plans print them; a kept result with the decimals of the figure beside it.
    text = numbers.vi_number(target, None if target == target.to_integral_value() else 2)
    return f"{judging.bound_words(is_strict=row.is_strict, higher_is_better=upward)}{text}"


def _scale(league: League) -> Decimal:
    """The right end of the bars: 100 for rates, else the greatest figure or target."""
    if league.indicator.is_rate:
        return Decimal(100)
    figures = [figure for row in league.all_rows for figure in (row.value, row.target) if figure is not None]
    return max(figures, default=Decimal(1)) or Decimal(1)


def left_out(league: League) -> tuple[str, ...]:
    """Return the columns that would be empty from top to bottom."""
    rows = (*league.all_rows, *league.unranked)
    empty = []
    if league.compare_with is None:
        empty += ["rank_change", "change"]
    if not league.has_counts:
        empty += ["denominator", "numerator"]
    elif not league.indicator.denominator:
        empty += ["denominator"]
    if not league.has_targets:
        empty += ["target", "gap", "lacking", "status"]
    elif not any(row.lacking for row in rows):
        empty += ["lacking"]
    return tuple(empty)


def order_of(name: str) -> str | None:
    """Return the order if the table has such a column to order by ("value", "-gap"), else None."""
    column = LeagueTable.base_columns.get(OrderBy(name).bare)
    return name if column is not None and column.orderable is not False else None
