"""Pure decisions about units: which unit a printed name means, and the closure of dated versions.

The ladder of matching: exact within the parent and the type → an alias that a person settled → without
accents, only where that is unique in the parent → suggestions for a person. Nothing is taken across
parents, and nothing where two units fit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from rapidfuzz import fuzz

from dvctt.lib import names
from dvctt.lib.names import UnitName
from dvctt.lib.numbers import vi_date

EXACT: Final = "exact"
ALIAS: Final = "alias"
FOLDED: Final = "folded"
NONE: Final = "none"

MOST_SUGGESTIONS: Final = 5
NEAR: Final = 70  # a likeness in 0..100 below this is noise inside one parent
NEAR_ELSEWHERE: Final = 90  # and below this in another parent

_KIND_LABELS: Final = {
    "tinh": "tỉnh",
    "ubnd_tinh": "tỉnh",
    "thanh_pho_tw": "thành phố",
    "thanh_pho": "thành phố",
    "so": "sở, ban, ngành",
    "quan": "quận",
    "huyen": "huyện",
    "thi_xa": "thị xã",
    "phuong": "phường",
    "xa": "xã",
    "thi_tran": "thị trấn",
    "dac_khu": "đặc khu",
}
# A printed type that stands for a stored one other than itself.
_PRINTED_FOR: Final = {("thanh_pho", "thanh_pho_tw"), ("ubnd_tinh", "tinh"), ("ubnd_tinh", "thanh_pho_tw")}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit as it stood on the day of the figures."""

    unit_id: int
    parent_id: int | None
    level: str
    kind: str
    name: str
    full_name: str
    name_key: str
    folded_key: str


@dataclass(frozen=True, slots=True)
class KnownAlias:
    """What a person settled: inside `parent_id`, this key means this unit. "" as source or kind is any."""

    unit_id: int
    parent_id: int
    source: str
    kind: str
    name_key: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit that a person may have meant; `score` in 0..100 only orders the list."""

    unit_id: int
    full_name: str
    score: int


@dataclass(frozen=True, slots=True)
class Match:
    """The unit a printed name means, by which step and why; `unit_id` is None at step "none"."""

    unit_id: int | None
    step: str
    reason: str
    suggestions: list[Suggestion] = field(default_factory=list)


def kind_fits(printed: str | None, kind: str) -> bool:
    """Whether a printed type can mean a unit of this type; no printed type contradicts nothing."""
    return printed is None or printed == kind or (printed, kind) in _PRINTED_FOR


class Matcher:
    """Matches printed names against the units of one province on one day."""

    def __init__(self, candidates: Iterable[Candidate], aliases: Iterable[KnownAlias] = ()) -> None:
        self._by_id = {candidate.unit_id: candidate for candidate in candidates}
        self._exact: dict[str, list[Candidate]] = defaultdict(list)
        self._folded: dict[str, list[Candidate]] = defaultdict(list)
        self._aliases: dict[str, list[KnownAlias]] = defaultdict(list)
        for candidate in self._by_id.values():
            for key in self._keys(candidate.level, candidate.name_key, candidate.parent_id):
                self._exact[key].append(candidate)
            for key in self._folded_keys(candidate.level, candidate.folded_key, candidate.parent_id):
                self._folded[key].append(candidate)
        for alias in aliases:
            self._aliases[alias.name_key].append(alias)

    def match(self, printed: str, *, parent_id: int | None, levels: Collection[str], source: str) -> Match:
        """Return the unit that `printed` means among the units of `levels` directly below `parent_id`.

        Without a parent the whole province is searched, and only a full name with its type that stands
        there once is taken. `source` chooses the aliases that hold besides those of every source.
        """
        parts = names.split_unit_name(printed)
        if not parts.key:
            return Match(None, NONE, "ô tên đơn vị để trống")
        stated = names.stated_parents(printed)
        scope = _Scope(self._by_id, parent_id, levels, stated)
        where = self._where(parent_id)
        if match := self._match_exact(parts, scope, where):
            return match
        if match := self._match_alias(parts, scope, source):
            return match
        if match := self._match_folded(parts, scope, where):
            return match
        return Match(None, NONE, self._why_not(parts, scope, where), self._suggest(parts, scope))

    # --- the steps ----------------------------------------------------------------------------------------
    def _match_exact(self, parts: UnitName, scope: _Scope, where: str) -> Match | None:
        hits = self._fitting(self._exact, self._printed_keys(parts), parts.kind, scope)
        hits = [hit for hit in hits if hit.name_key == parts.key] or hits
        if len(hits) != 1 or (parts.kind is None and not scope.is_one_parent(hits[0])):
            return None
        reason = "khớp đúng tên" if scope.parent_id is not None else f"khớp đúng tên, duy nhất {where}"
        return Match(hits[0].unit_id, EXACT, reason)

    def _match_alias(self, parts: UnitName, scope: _Scope, source: str) -> Match | None:
        known = [
            alias
            for alias in self._aliases.get(parts.key, ())
            if alias.source in ("", source)
            and kind_fits(parts.kind, alias.kind or parts.kind or "")
            and (candidate := self._by_id.get(alias.unit_id)) is not None
            and alias.parent_id == candidate.parent_id
            and candidate in scope
        ]
        # What was settled for this very source, and for this very type, is nearer than what holds for all.
        for nearest in (lambda a: a.source == source, lambda a: a.kind != ""):
            known = [alias for alias in known if nearest(alias)] or known
        units = {alias.unit_id for alias in known}
        if len(units) != 1:
            return None
        return Match(units.pop(), ALIAS, "khớp theo tên gọi khác")

    def _match_folded(self, parts: UnitName, scope: _Scope, where: str) -> Match | None:
        keys = self._folded_keys(_level_of(parts), parts.folded, scope.parent_id)
        hits = self._fitting(self._folded, keys, parts.kind, scope)
        if len(hits) != 1 or not scope.is_one_parent(hits[0]):
            return None
        if any(c in scope for c in self._exact.get(parts.key, ())):
            return None  # "Xã Ba Tơ" may be a slip for Thị trấn Ba Tơ as well as for Xã Ba Tô
        if parts.kind is None and any(c.level in scope.levels for c in self._exact.get(parts.key, ())):
            return None  # a bare "Sơn Hạ" is the commune of that name elsewhere before it is Huyện Sơn Hà
        if scope.parent_id is None:
            where = self._where(hits[0].parent_id)
        return Match(hits[0].unit_id, FOLDED, f"khớp không dấu, duy nhất {where}")

    def _fitting(
        self, index: dict[str, list[Candidate]], keys: Iterable[str], kind: str | None, scope: _Scope
    ) -> list[Candidate]:
        found = {
            c.unit_id: c for key in keys for c in index.get(key, ()) if c in scope and kind_fits(kind, c.kind)
        }
        return list(found.values())

    # --- keys: a sở may carry its province behind its name ---------------------------------------------
    def _keys(self, level: str, key: str, parent_id: int | None) -> set[str]:
        return self._with_short(level, key, parent_id, "tỉnh", "name_key")

    def _folded_keys(self, level: str, key: str, parent_id: int | None) -> set[str]:
        return self._with_short(level, key, parent_id, "tinh", "folded_key")

    def _printed_keys(self, parts: UnitName) -> set[str]:
        return self._keys(_level_of(parts), parts.key, None)

    def _with_short(self, level: str, key: str, parent_id: int | None, word: str, attribute: str) -> set[str]:
        """The key, and for a sở also the key without "tỉnh" and the province's name at its end.

        "Ban Quản lý Khu kinh tế Quảng Ninh", "… tỉnh Quảng Ninh" and "Ban Quản lý Khu kinh tế" are one
        body inside that province.
        """
        if level != "so":
            return {key}
        short = key
        roots = [c for c in self._by_id.values() if c.level == "tinh" and parent_id in (None, c.unit_id)]
        for root in roots:
            short = short.removesuffix(getattr(root, attribute))
        short = short.removesuffix(word)
        return {key, short} if len(short) > 4 else {key}

    # --- words for a person ----------------------------------------------------------------------------
    def _where(self, parent_id: int | None) -> str:
        parent = self._by_id.get(parent_id) if parent_id is not None else None
        if parent is not None:
            return f"trong {parent.full_name}"
        roots = [c.full_name for c in self._by_id.values() if c.parent_id is None]
        return f"trong {roots[0]}" if len(roots) == 1 else "trong cây đơn vị"

    def _why_not(self, parts: UnitName, scope: _Scope, where: str) -> str:
        exact = [c for key in self._printed_keys(parts) for c in self._exact.get(key, ())]
        here = _unique(c for c in exact if c in scope)
        if len([c for c in here if kind_fits(parts.kind, c.kind)]) > 1:
            return f"có nhiều đơn vị cùng tên {where}: {_listed(here)}"
        if here and not all(kind_fits(parts.kind, c.kind) for c in here):
            printed = _KIND_LABELS.get(parts.kind or "", "")
            return f"trùng tên nhưng khác loại: tệp ghi {printed}, có {_listed(here)}"
        if here:
            return f"tên không ghi loại đơn vị và chưa rõ cấp trên: {_listed(here)}"
        folded = _unique(c for c in self._folded.get(parts.folded, ()) if c in scope)
        if len(folded) > 1:
            return f"bỏ dấu thì có nhiều đơn vị cùng tên {where}: {_listed(folded)}"
        contradicted = _unique(c for c in exact if scope.is_contradicted(c))
        if contradicted:
            stated = ", ".join(f"{_KIND_LABELS.get(p.kind or '', '')} {p.name}".strip() for p in scope.stated)
            return (
                f"tên ghi thuộc {stated}, không thuộc {self._where(scope.parent_id).removeprefix('trong ')}"
            )
        elsewhere = _unique(c for c in exact if c.level in scope.levels and kind_fits(parts.kind, c.kind))
        if elsewhere:
            places = ", ".join(sorted({self._where(c.parent_id) for c in elsewhere}))
            return f"không có {where}; có đơn vị cùng tên {places}"
        return f"không tìm thấy {where}"

    def _suggest(self, parts: UnitName, scope: _Scope) -> list[Suggestion]:
        """Near names, those of the same parent first; what differs by type or accents alone stands on top."""
        scored: list[tuple[int, int, str, int]] = []
        for candidate in self._by_id.values():
            if candidate.level not in scope.levels:
                continue
            score = round(fuzz.ratio(parts.folded, candidate.folded_key))
            inside = candidate in scope
            if score < (NEAR if inside else NEAR_ELSEWHERE):
                continue
            if candidate.name_key != parts.key or not kind_fits(parts.kind, candidate.kind):
                score = min(score, 99)
            scored.append((0 if inside else 1, -score, candidate.full_name, candidate.unit_id))
        return [
            Suggestion(unit_id, full_name, -minus)
            for _, minus, full_name, unit_id in sorted(scored)[:MOST_SUGGESTIONS]
        ]


class _Scope:
    """The units that a row can mean: of its levels, below its parent, and not against what it says itself."""

    def __init__(
        self,
        units: Mapping[int, Candidate],
        parent_id: int | None,
        levels: Collection[str],
        stated: Sequence[UnitName],
    ) -> None:
        self._units = units
        self.parent_id = parent_id
        self.levels = frozenset(levels)
        self.stated = stated

    def __contains__(self, candidate: Candidate) -> bool:
        return self._stands_here(candidate) and self._agrees(candidate)

    def is_contradicted(self, candidate: Candidate) -> bool:
        return self._stands_here(candidate) and not self._agrees(candidate)

    def is_one_parent(self, candidate: Candidate) -> bool:
        """Whether the parent is known, or is the only one that any unit of these levels has."""
        if self.parent_id is not None:
            return True
        return all(c.parent_id == candidate.parent_id for c in self._units.values() if c in self)

    def _stands_here(self, candidate: Candidate) -> bool:
        return candidate.level in self.levels and self.parent_id in (None, candidate.parent_id)

    def _agrees(self, candidate: Candidate) -> bool:
        above = self._above(candidate)
        return all(
            any(parent.folded == a.folded_key and kind_fits(parent.kind, a.kind) for a in above)
            for parent in self.stated
        )

    def _above(self, candidate: Candidate) -> list[Candidate]:
        found: list[Candidate] = []
        step = candidate
        while step.parent_id is not None and (parent := self._units.get(step.parent_id)) is not None:
            found.append(parent)
            step = parent
        return found


def _level_of(parts: UnitName) -> str:
    return "so" if parts.kind == "so" else ""


def _unique(candidates: Iterable[Candidate]) -> list[Candidate]:
    return list({candidate.unit_id: candidate for candidate in candidates}.values())


def _listed(candidates: Iterable[Candidate]) -> str:
    return ", ".join(sorted((candidate.full_name for candidate in candidates), key=names.reading_order))


# --- the closure --------------------------------------------------------------------------------------------
class TreeCycle(ValueError):
    """On some day a unit would stand below itself."""

    def __init__(self, *, unit_id: int, on: date) -> None:
        super().__init__(f"Từ ngày {vi_date(on)} đơn vị sẽ nằm dưới chính nó.")
        self.unit_id = unit_id
        self.on = on


@dataclass(frozen=True, slots=True)
class Span:
    """A version reduced to where the unit stood: below `parent_id` from `starts` until before `ends`."""

    unit_id: int
    parent_id: int | None
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True, order=True)
class PathSpan:
    """A row of the closure: on these days the ancestor stands `depth` steps above the descendant."""

    ancestor_id: int
    descendant_id: int
    depth: int
    starts: date
    ends: date | None


def overlap(
    starts: date, ends: date | None, other_starts: date, other_ends: date | None
) -> tuple[date, date | None] | None:
    """Return the days that both intervals cover, or None. Ends are the first day no longer covered."""
    first = max(starts, other_starts)
    last = min((end for end in (ends, other_ends) if end is not None), default=None)
    return None if last is not None and last <= first else (first, last)


def first_gap(starts: date, ends: date | None, standing: Iterable[tuple[date, date | None]]) -> date | None:
    """Return the first day from `starts` until before `ends` that none of the intervals covers, or None."""
    day = starts
    for first, last in sorted(standing, key=lambda interval: interval[0]):
        if first > day or (ends is not None and day >= ends):
            break
        if last is None:
            return None
        day = max(day, last)
    return None if ends is not None and day >= ends else day


def closure(spans: Iterable[Span], *, of: Collection[int] | None = None) -> set[PathSpan]:
    """Return the closure rows of the units `of` (default: all), dates intersected along each path.

    Each unit is its own ancestor at depth 0. Neighbouring rows of the same depth are joined, so a unit's
    rename adds nothing. Raises TreeCycle. `spans` must hold every ancestor of the units asked for.
    """
    by_unit: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        by_unit[span.unit_id].append(span)
    pieces: dict[tuple[int, int, int], list[tuple[date, date | None]]] = defaultdict(list)

    def climb(descendant: int, span: Span, starts: date, ends: date | None, trail: tuple[int, ...]) -> None:
        if span.unit_id in trail:
            raise TreeCycle(unit_id=descendant, on=starts)
        pieces[(span.unit_id, descendant, len(trail))].append((starts, ends))
        if span.parent_id is None:
            return
        for above in by_unit.get(span.parent_id, ()):
            if common := overlap(starts, ends, above.starts, above.ends):
                climb(descendant, above, *common, (*trail, span.unit_id))

    for unit_id in by_unit if of is None else of:
        for span in by_unit.get(unit_id, ()):
            climb(unit_id, span, span.starts, span.ends, ())
    return {
        PathSpan(ancestor, descendant, depth, starts, ends)
        for (ancestor, descendant, depth), intervals in pieces.items()
        for starts, ends in _joined(intervals)
    }


def _joined(intervals: list[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    joined: list[tuple[date, date | None]] = []
    for starts, ends in sorted(intervals, key=lambda interval: interval[0]):
        if joined and joined[-1][1] == starts:
            joined[-1] = (joined[-1][0], ends)
        else:
            joined.append((starts, ends))
    return joined
