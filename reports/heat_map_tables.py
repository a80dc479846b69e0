"""The heat map as a page prints it: lean strings, all made here, everything from data escaped.

A page has thousands of cells, so a row's cells are one string and no template is rendered for them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from dvctt.lib import display, numbers
from reports import heat_map_wording as said
from reports import wording
from reports.heat_map_filters import BY_REACHED, BY_UNIT
from reports.selectors.heat_map import HeatCell, HeatColumn, HeatMap, HeatRow
from targets.rules import judging

PER_PAGE: Final = 50
WHOLE: Final = 400
MOST_CELLS: Final = 9_500
"""What one page holds when all units are asked for: a province of any level by all of today's indicators. Of
more there is a second page, so that an old computer can still show the first."""
MOST_ABBREVIATED: Final = 4_000
"""Cells up to which each code carries its words in an element of its own; beyond, the cell carries them, so
that the page of a whole province stays within its budget of elements."""
NOBODY_GIVEN: Final = "chưa giao"
NOBODY_JUDGED: Final = "chưa có số"
"""Targets were assigned, and no figure yet that can be judged."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: where its words lead, how to sort by it, how it is sorted now."""

    words: str
    url: str
    sort_query: str
    aria_sort: str


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's row as the template prints it."""

    css: SafeString | str
    unit_id: str
    unit: str
    where: str
    reached: str
    cells: SafeString


@dataclass(frozen=True, slots=True)
class Summary:
    """A row about the columns: its name, what stands under "Đạt", and its cells."""

    name: str
    reached: str
    cells: SafeString


class HeatTable:
    """One page of a heat map, its rows in the order asked for."""

    def __init__(
        self,
        table: HeatMap,
        *,
        order: str = "",
        page: int = 1,
        whole: bool = False,
        mine: Collection[int] = (),
        query: Callable[..., str] | None = None,
        league_url: Callable[[HeatColumn], str] | None = None,
    ) -> None:
        self.table = table
        self.order = order
        self.is_whole = whole
        self.mine = frozenset(mine)
        self.rows = in_order(table, order)
        # Beside its cells a row has itself, its heading with a link, and how many targets are reached.
        most = min(WHOLE, MOST_CELLS // (len(table.columns) + 4))
        per_page = most if whole else PER_PAGE
        self.pages = max(-(-len(self.rows) // per_page), 1)
        self.page = min(max(page, 1), self.pages)
        self.shown = self.rows[(self.page - 1) * per_page : self.page * per_page]
        self.has_targets = table.has_targets
        self._query = query or (lambda **_: "")
        self._league_url = league_url or (lambda _: "")

    @property
    def is_part(self) -> bool:
        """Whether asking for all units would show more of them at once."""
        return not self.is_whole and len(self.shown) < len(self.rows)

    # --- headings ---------------------------------------------------------------------------------

    def unit_heading(self) -> Heading:
        return self._heading("Đơn vị", "", BY_UNIT, first="")

    def reached_heading(self) -> Heading:
        return self._heading("Đạt chỉ tiêu", "", BY_REACHED, first="-")

    def headings(self) -> list[Heading]:
        return [
            self._heading(
                column.indicator.short_name, self._league_url(column), column.indicator.code, first="-"
            )
            for column in self.table.columns
        ]

    def _heading(self, words: str, url: str, name: str, *, first: str) -> Heading:
        present = self.order or BY_UNIT
        following, aria = f"{first}{name}", ""
        if present.removeprefix("-") == name:
            falling = present.startswith("-")
            aria = "descending" if falling else "ascending"
            following = name if falling else f"-{name}"
        return Heading(words, url, self._query(sap="" if following == BY_UNIT else following), aria)

    # --- rows -------------------------------------------------------------------------------------

    def lines(self) -> Iterator[Line]:
        """The page's units, ready to print."""
        cell_of = _printer(
            self.table.columns,
            in_full=len(self.shown) * len(self.table.columns) <= MOST_ABBREVIATED,
        )
        with_parent = len({row.parent for row in self.rows}) > 1
        for row in self.shown:
            is_mine = row.unit_id in self.mine
            yield Line(
                SafeString(' class="mine"') if is_mine else "",
                str(row.unit_id),
                row.unit,
                (f" {row.parent}" if with_parent else "") + (" ★" if is_mine else ""),
                reach_text(row.reached, row.judged, row.assigned),
                mark_safe("".join(map(cell_of, range(len(row.cells)), row.cells))),  # noqa: S308 - escaped there
            )

    def summaries(self) -> list[Summary]:
        """What the columns say as a whole, over all units of the area: a search changes nothing of it."""
        columns = self.table.columns
        made = []
        if self.has_targets:
            reached = sum(column.reached for column in columns)
            judged = sum(column.judged for column in columns)
            assigned = sum(column.assigned for column in columns)
            told = [reach_text(column.reached, column.judged, column.assigned) for column in columns]
            made.append(Summary("Đạt chỉ tiêu", reach_text(reached, judged, assigned), _cells(told)))
        if any(column.compared for column in columns):
            told = [
                wording.number_text(column.median, column.indicator) if column.compared else display.DASH
                for column in columns
            ]
            made.append(Summary("Trung vị", display.DASH, _cells(told)))
        made.append(Summary("Cả phạm vi", display.DASH, _cells([said.total_text(one) for one in columns])))
        units = numbers.vi_number(self.table.units)
        told = [f"{numbers.vi_number(column.numbered)}/{units}" for column in columns]
        made.append(Summary("Có số", display.DASH, _cells(told)))
        return made


def in_order(table: HeatMap, order: str) -> tuple[HeatRow, ...]:
    """Return the rows as asked for: by name, by how many targets are reached, or by an indicator.

    What is not ranked in that indicator, or not judged at all, stands at the end.
    """
    name, falling = order.removeprefix("-"), order.startswith("-")
    if name in {"", BY_UNIT}:
        return tuple(reversed(table.rows)) if falling else table.rows
    key = _reached if name == BY_REACHED else _value_in(table, name)
    known = [row for row in table.rows if key(row) is not None]
    known.sort(key=key, reverse=falling)
    return (*known, *(row for row in table.rows if key(row) is None))


def _value_in(table: HeatMap, code: str) -> Callable[[HeatRow], Any]:
    place = [column.indicator.code for column in table.columns].index(code)
    return lambda row: row.cells[place].value if row.cells[place].is_ranked else None


def _reached(row: HeatRow) -> Any:
    return (row.reached, Decimal(row.reached) / row.judged) if row.judged else None


def reach_text(reached: int, judged: int, assigned: int) -> str:
    """Return how many of those judged reach their target: "3/5"; why nothing was judged."""
    if judged:
        return f"{numbers.vi_number(reached)}/{numbers.vi_number(judged)}"
    return NOBODY_JUDGED if assigned else NOBODY_GIVEN


def _cells(texts: Sequence[str]) -> SafeString:
    return mark_safe("".join(f"<td>{escape(text)}" for text in texts))  # noqa: S308 - escaped here


def _printer(columns: Sequence[HeatColumn], *, in_full: bool) -> Callable[[int, HeatCell], str]:
    """Return what prints a cell of a column. `</td>` is left out, as HTML allows: a fifth of the bytes."""
    decimals = [one.indicator.decimals if one.indicator.is_rate else None for one in columns]
    codes = {state: escape(code) for state, code in said.CODES.items()}
    marks = {status: said.mark_of(status) for status in judging.BANDS if status != judging.NONE}

    def code_of(cell: HeatCell) -> tuple[str, str]:
        """Return the code as text or element, and the attribute of a cell that carries its words."""
        words = cell.state
        if cell.state == judging.TOO_FEW:
            words += f" ({numbers.vi_counts(cell.numerator, cell.denominator)})"
        title = f' title="{escape(words)}"'
        code = codes[cell.state]
        return (f"<abbr{title}>{code}</abbr>", "") if in_full else (code, title)

    def show(place: int, cell: HeatCell) -> str:
        if cell.value is None:
            code, title = code_of(cell)
            return f'<td class="no"{title}>{code}'
        places = decimals[place]
        number = (
            wording.number_text(cell.value, columns[place].indicator)
            if places is None
            else numbers.vi_number(cell.value, places)
        )
        if not cell.is_ranked:
            code, title = code_of(cell)
            return f'<td class="few"{title}>({number}) {code}'
        if cell.is_judged:
            return f'<td class="{display.BAND_CLASSES[cell.status]}">{number} {marks[cell.status]}'
        return f"<td>{number} {said.BESIDE_MARKS[cell.beside]}" if cell.beside else f"<td>{number}"

    return show
