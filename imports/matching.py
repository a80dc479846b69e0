"""The names of a file as a page shows them: those to be settled, and how the others were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dvctt.lib import names as name_rules
from imports.models import Batch, Row
from imports.previews import anchor_of
from imports.rules import places
from units import selectors as unit_selectors
from units.models import Kind
from units.selectors import NameAt

_NEAREST: Final = 3


@dataclass(frozen=True, slots=True)
class OpenName:
    """A row or heading whose unit is not known."""

    position: int
    anchor: str
    sheet: str
    number: int
    printed: str
    is_group: bool
    parent_name: str
    reason: str
    near: tuple[tuple[int, str], ...]
    """Units that come nearest, best first."""
    others: tuple[tuple[int, str], ...]
    """The rest of the same parent and level that the file does not name."""
    is_aside: bool
    new_name: str
    """The unit that could be added to the tree for it, or ""."""

    @property
    def is_lost(self) -> bool:
        """Whether its heading has to be settled first."""
        return self.reason.startswith(places.LOST)


@dataclass(frozen=True, slots=True)
class FoundName:
    """A row that matched by more than its exact name."""

    number: int
    sheet: str
    printed: str
    unit_name: str
    parent_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Matching:
    open: tuple[OpenName, ...]
    found: tuple[FoundName, ...]
    counts: tuple[tuple[str, int], ...]
    """How many rows matched for which reason."""
    has_choices: bool
    new: tuple[OpenName, ...]
    """Those of the open ones that could be added to the tree."""


def make_matching(*, batch: Batch) -> Matching:
    """Return the names of a batch that has been read. Three statements."""
    if batch.province is None or batch.period is None:
        return Matching((), (), (), False, ())
    rows = list(batch.rows.all())
    on = batch.period.ends_on
    known = unit_selectors.below(ancestor=batch.province, on=on)
    known |= unit_selectors.names_on(unit_ids=[batch.province.pk], on=on)
    taken = {row.unit_id for row in rows if row.unit_id is not None and not row.is_group}
    aside = {(sheet, number) for sheet, number in batch.options.get("set_aside", {}).get("rows", ())}
    unknown = [
        _open(row, known, taken, is_aside=(row.sheet, row.number) in aside)
        for row in rows
        if row.unit_id is None and _needs_a_unit(row)
    ]
    reasons: Counter[str] = Counter()
    found = []
    for row in rows:
        if row.unit_id is None:
            continue
        exact = row.match_reason.startswith("khớp đúng tên")
        reasons["khớp đúng tên" if exact else row.match_reason.split(",")[0]] += 1
        unit = known.get(row.unit_id)
        if not exact and unit is not None:
            found.append(
                FoundName(
                    row.number, row.sheet, row.printed, unit.full_name, unit.parent_name, row.match_reason
                )
            )
    return Matching(
        tuple(unknown),
        tuple(found),
        tuple(reasons.most_common()),
        bool(batch.options.get("choices")),
        tuple(one for one in unknown if one.new_name and not one.is_aside),
    )


def _needs_a_unit(row: Row) -> bool:
    return not row.is_group or any(problem["kind"] == "unmatched_group" for problem in row.problems)


def _open(row: Row, known: Mapping[int, NameAt], taken: set[int], *, is_aside: bool) -> OpenName:
    near, others = _options(row, known, taken)
    parent = known.get(row.parent_id or 0)
    return OpenName(
        row.position,
        anchor_of(sheet=row.sheet, number=row.number),
        row.sheet,
        row.number,
        row.printed,
        row.is_group,
        parent.full_name if parent else "",
        row.match_reason,
        near,
        others,
        is_aside,
        _new_name(row, parent),
    )


def _options(
    row: Row, known: Mapping[int, NameAt], taken: set[int]
) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
    """The nearest units, then the units of the same parent and level that the file does not name."""
    near = [s["unit_id"] for s in row.suggestions if s["unit_id"] in known]
    rest: list[NameAt] = []
    if row.parent_id is not None:
        near = [unit_id for unit_id in near if known[unit_id].parent_id == row.parent_id]
        level = places.DISTRICT if row.is_group else places.level_of(row.printed)
        rest = [
            name
            for name in known.values()
            if name.parent_id == row.parent_id
            and name.unit_id not in near
            and (row.is_group or name.unit_id not in taken)
            and level in ("", name.level)
        ]
    elif row.match_reason.startswith(places.LOST):
        return (), ()
    near, more = near[:_NEAREST], near[_NEAREST:]

    def words(unit_id: int) -> tuple[int, str]:
        return unit_id, known[unit_id].full_name if row.parent_id else known[unit_id].name_and_place

    others = [words(unit_id) for unit_id in more]
    others += [words(name.unit_id) for name in sorted(rest, key=lambda name: name.reading_order)]
    return tuple(map(words, near)), tuple(others)


def _new_name(row: Row, parent: NameAt | None) -> str:
    """The full name of the unit that a row may truly bring: its type is printed, and nothing comes near."""
    parts = name_rules.split_unit_name(row.printed)
    if row.is_group or row.suggestions or parent is None or parts.kind not in Kind.values:
        return ""
    if row.match_reason.startswith(places.LOST) or not parts.name:
        return ""
    kind = Kind(parts.kind)
    return parts.name if kind == Kind.SO else f"{kind.label} {parts.name}".strip()
