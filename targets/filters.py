"""What of a plan's assignments a reader chose in the address; an unknown choice counts as none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar
from urllib.parse import urlencode

from dvctt.fields import read_id
from dvctt.lib import names
from targets.selectors import AssignmentLine
from targets.selectors.page import LEVEL_LABELS, MAINTAINED, RAISED, WITHOUT_BASELINE
from units.selectors import NameAt

TO_LOOK_AT: Final = "can-xem"
KIND_LABELS: Final = {
    "": "Tất cả",
    RAISED: "Cần tăng",
    MAINTAINED: "Duy trì",
    WITHOUT_BASELINE: "Không có số gốc",
    TO_LOOK_AT: "Cần xem trước khi ký",
}
LONGEST_SEARCH: Final = 80


class Named(Protocol):
    @property
    def name(self) -> NameAt: ...


N = TypeVar("N", bound=Named)


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a select: its value in the address, its words, whether it is the present one."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A kind of assignment with how many there are under the other choices, and its address."""

    label: str
    count: int
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """`level` a level's code, `district` the id of a parent as text, `kind` a key of KIND_LABELS.

    `indicator` is the code of one of the plan's indicators; the first one is shown where none is chosen.
    """

    indicator: str = ""
    level: str = ""
    district: str = ""
    kind: str = ""
    search: str = ""

    @property
    def query(self) -> str:
        """The address of this choice, empty where everything is shown."""
        parts = {
            "chi-tieu": self.indicator,
            "cap": self.level,
            "trong": self.district,
            "loai": self.kind,
            "tim": self.search,
        }
        return urlencode({name: value for name, value in parts.items() if value})

    def units(self, rows: Sequence[N]) -> list[N]:
        """Return the rows whose unit is chosen by level, district and search, whatever its kind."""
        typed = names.settle_tones(names.nfc(self.search)).casefold()
        folded = names.fold(typed)
        has_marks = folded != typed

        def is_found(name: NameAt) -> bool:
            if not folded:
                return True
            # Typed with accents, only names with those accents: Trà Don is not Trà Dơn.
            if has_marks:
                return typed in names.settle_tones(names.nfc(name.name_and_place)).casefold()
            return folded in names.fold(name.name_and_place)

        return [
            row
            for row in rows
            if (not self.level or row.name.level == self.level)
            and (not self.district or self.district in (str(row.name.parent_id), str(row.name.unit_id)))
            and is_found(row.name)
        ]

    def kinds(self, rows: Sequence[AssignmentLine]) -> list[AssignmentLine]:
        if self.kind == TO_LOOK_AT:
            return [row for row in rows if row.flags]
        return [row for row in rows if not self.kind or row.kind == self.kind]

    def chips(self, rows: Sequence[AssignmentLine], waiting: int) -> list[Chip]:
        """Return the kinds with their numbers; units that wait for a baseline count to those without."""
        counts = Counter(row.kind for row in rows)
        counts[WITHOUT_BASELINE] += waiting
        counts[TO_LOOK_AT] = sum(1 for row in rows if row.flags)
        counts[""] = len(rows)
        return [
            Chip(
                label=label,
                count=counts[kind],
                query=replace(self, kind=kind).query,
                chosen=kind == self.kind,
            )
            for kind, label in KIND_LABELS.items()
        ]

    def level_options(self, rows: Sequence[Named]) -> list[Option]:
        present = {row.name.level for row in rows}
        return [
            Option(level, label, level == self.level)
            for level, label in LEVEL_LABELS.items()
            if level in present
        ]

    def district_options(self, units: Mapping[int, NameAt]) -> list[Option]:
        """Return the units that stand above others below the owner, by name without accents."""
        above = {name.parent_id for name in units.values()} & set(units)
        # The owner itself stands below none of the plan's units: that choice is the empty one.
        found = [
            units[unit_id] for unit_id in above if unit_id is not None and units[unit_id].parent_id in units
        ]
        return [
            Option(str(name.unit_id), name.full_name, str(name.unit_id) == self.district)
            for name in sorted(found, key=lambda name: names.reading_order(name.full_name))
        ]


def read_plan_filter(
    data: Mapping[str, str], *, units: Mapping[int, NameAt], indicators: Collection[str] = ()
) -> PlanFilter:
    """Return what the address chooses; `indicators` are the codes that there are."""
    level, kind, district = data.get("cap", ""), data.get("loai", ""), data.get("trong", "")
    known = read_id(district) in units
    indicator = data.get("chi-tieu", "")
    return PlanFilter(
        indicator=indicator if indicator in indicators else "",
        level=level if level in LEVEL_LABELS else "",
        district=district if known else "",
        kind=kind if kind in KIND_LABELS else "",
        search=data.get("tim", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
    )
