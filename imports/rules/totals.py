"""Sums that a file prints of its own rows, held against what its rows add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dvctt.lib.numbers import vi_number
from imports.rules.cells import read_part
from imports.rules.checks import PlannedRow
from imports.rules.figures import ReadRow
from imports.rules.layouts import LayoutDef
from imports.rules.places import SumRow
from imports.rules.problems import INFO, WARNING, Problem
from imports.rules.tables import TableRow

_MOST_TOLD: Final = 4


def check_sums(
    rows: Sequence[PlannedRow],
    sums: Sequence[SumRow],
    parts: Sequence[tuple[TableRow, ReadRow]],
    layout: LayoutDef,
) -> list[Problem]:
    """Return what each printed sum says of its rows: that it agrees, or in which columns it does not.

    A total may be of the file, of its sheet or table, or of the rows since the total or caption before; it
    agrees where it agrees with any of them. Rows count as they are printed, after the exchanges that a
    person has agreed to.
    """
    problems: list[Problem] = []
    for number, one in enumerate(sums):
        printed = read_part(one.row, layout).counts
        if not printed:
            continue
        groups = [group for group in _covered(rows, sums, number) if group]
        if parts:
            groups.append([read.counts for row, read in parts if row.sheet == one.row.sheet])
        if not groups:
            continue
        compared = [_differences(printed, group) for group in groups]
        best = min(range(len(groups)), key=lambda at: (len(compared[at]), -len(groups[at])))
        problems.append(_told(one.row, compared[best], len(groups[best]), len(printed)))
    return problems


def check_group_counts(rows: Sequence[PlannedRow], layout: LayoutDef) -> None:
    """Hold counts in the heading of a group against the rows below it and the district's own row."""
    own = {
        row.placed.unit_id: row.read.counts
        for row in rows
        if not row.placed.is_group and row.placed.unit_id is not None
    }
    for row in rows:
        if not row.placed.is_group:
            continue
        printed = read_part(row.placed.row, layout).counts
        if not printed:
            continue
        heading = row.placed.row
        members = [
            other.read.counts
            for other in rows
            if other.placed.group is not None
            and (other.placed.group.sheet, other.placed.group.number) == (heading.sheet, heading.number)
        ]
        candidates = [members] if members else []
        if row.placed.unit_id in own:
            candidates.append([own[row.placed.unit_id]])
        compared = [_differences(printed, group) for group in candidates]
        if compared and all(compared):
            fewest = min(compared, key=len)
            told = _columns(heading, fewest)
            row.add(
                "group_sum_differs",
                WARNING,
                f"Dòng nhóm không bằng tổng các dòng bên dưới: {told}. Không ghi số của dòng nhóm.",
            )


def _covered(
    rows: Sequence[PlannedRow], sums: Sequence[SumRow], number: int
) -> list[list[Mapping[str, int]]]:
    """The groups of rows that a printed sum may be of, the widest first."""
    one = sums[number]

    def counts_of(part: Iterable[PlannedRow], *, everywhere: bool = False) -> list[Mapping[str, int]]:
        return [
            row.read.counts
            for row in part
            if not row.placed.is_group
            and row.read.counts
            and (everywhere or row.placed.row.sheet == one.row.sheet)
        ]

    if not one.is_total:
        following = next((later.at for later in sums[number + 1 :] if later.at > one.at), len(rows))
        return [counts_of(rows[one.at : following])]
    before = max((earlier.at for earlier in sums[:number]), default=0)
    in_table = [row for row in rows[: one.at] if row.placed.row.table == one.row.table]
    return [
        counts_of(rows, everywhere=True),
        counts_of(rows),
        counts_of(rows[: one.at]),
        counts_of(in_table),
        counts_of(rows[before : one.at]),
    ]


def _differences(
    printed: Mapping[str, int], group: Sequence[Mapping[str, int]]
) -> dict[str, tuple[int, int]]:
    """Printed and recomputed sums of the columns where they differ."""
    found = {}
    for key, value in printed.items():
        added = sum(counts.get(key, 0) for counts in group)
        if added != value:
            found[key] = (value, added)
    return found


def _columns(row: TableRow, differing: Mapping[str, tuple[int, int]]) -> str:
    told = []
    for key, (printed, added) in list(differing.items())[:_MOST_TOLD]:
        header = row.header.cell(key)
        label = header.label if header else key
        told.append(
            f"“{label}” in {vi_number(printed)}, cộng được {vi_number(added)} "
            f"(chênh {vi_number(abs(printed - added))})"
        )
    more = len(differing) - len(told)
    return "; ".join(told) + (f" và {more} cột khác" if more else "")


def _told(row: TableRow, differing: Mapping[str, tuple[int, int]], rows: int, columns: int) -> Problem:
    if not differing:
        return Problem(
            row.sheet,
            row.number,
            "",
            "total_agrees",
            INFO,
            f"Dòng “{row.name or 'tổng'}” khớp: cộng {vi_number(rows)} dòng bằng số in ở cả {columns} cột.",
        )
    return Problem(
        row.sheet,
        row.number,
        "",
        "total_differs",
        WARNING,
        f"Dòng “{row.name or 'tổng'}” không bằng tổng {vi_number(rows)} dòng của tệp: "
        f"{_columns(row, differing)}. Dòng tổng không được ghi; hãy kiểm tra các dòng thiếu, lặp hoặc sai.",
    )
