"""The closure of the dated tree, held against a recursive query and against walking up day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.units.trees import FROM, ON, QUANG_NGAI, plant
from units import services
from units.models import Kind, Level, Unit, UnitPath, UnitVersion
from units.rules import PathSpan, Span, TreeCycle, closure

DAY = timedelta(days=1)
FAR = date(9999, 12, 31)

RECURSIVE = """
WITH RECURSIVE up(ancestor, descendant, depth) AS (
    SELECT unit_id, unit_id, 0 FROM units_unitversion
    WHERE valid_from <= %(on)s AND COALESCE(valid_to, %(far)s) > %(on)s
    UNION ALL
    SELECT v.parent_id, up.descendant, up.depth + 1
    FROM up JOIN units_unitversion v ON v.unit_id = up.ancestor
    JOIN units_unitversion p ON p.unit_id = v.parent_id
    WHERE v.valid_from <= %(on)s AND COALESCE(v.valid_to, %(far)s) > %(on)s
      AND p.valid_from <= %(on)s AND COALESCE(p.valid_to, %(far)s) > %(on)s
)
SELECT ancestor, descendant, depth FROM up
"""


def by_recursive_query(on: date) -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(RECURSIVE, {"on": on, "far": FAR})
        return sorted(cursor.fetchall())


def by_closure(on: date) -> list[tuple[int, int, int]]:
    return sorted(
        (path.ancestor_id, path.descendant_id, path.depth)
        for path in UnitPath.objects.all()
        if path.valid_from <= on and (path.valid_to is None or path.valid_to > on)
    )


# One step of a history: (what, which unit, which other unit, how many days later).
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "move", "rename", "abolish"]),
        st.integers(0, 7),
        st.integers(0, 7),
        st.integers(0, 3),
    ),
    max_size=24,
)


@pytest.mark.django_db
class TestClosureOnRandomHistories(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def test_the_closure_equals_a_recursive_query_on_every_day_of_a_history(
        self, steps: list[tuple[str, int, int, int]]
    ) -> None:
        on = FROM
        days = {on - DAY, on}
        for number, (what, one, other, later) in enumerate(steps):
            on += later * DAY
            units = list(Unit.objects.order_by("pk"))
            unit = units[one % len(units)] if units else None
            parent = units[other % len(units)] if units else None
            try:
                if what == "add":
                    services.add_units(
                        drafts=[
                            services.UnitDraft(
                                key=f"thu:{number}",
                                origin="thử",
                                level=Level.XA,
                                kind=Kind.XA,
                                name=f"Đơn vị {number}",
                                parent=parent if other else None,
                                valid_from=on,
                            )
                        ]
                    )
                elif unit is None:
                    continue
                elif what == "move":
                    services.change_unit(unit=unit, on=on, by=None, parent=parent if other else None)
                elif what == "rename":
                    services.change_unit(unit=unit, on=on, by=None, name=f"Tên {number}")
                else:
                    services.abolish_unit(unit=unit, on=on, by=None)
            except (services.UnitError, TreeCycle):
                pass  # refused as a whole: the tree stands as it stood
            days |= {on - DAY, on, on + DAY}
        for day in days:
            assert by_closure(day) == by_recursive_query(day), day
        rows = set(UnitPath.objects.values_list("ancestor", "descendant", "depth", "valid_from", "valid_to"))
        services.rebuild_paths()
        again = set(UnitPath.objects.values_list("ancestor", "descendant", "depth", "valid_from", "valid_to"))
        assert again == rows


def test_dates_are_intersected_along_the_path() -> None:
    first, middle, last = date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1)
    rows = closure([Span(1, None, first, last), Span(2, 1, middle, None), Span(3, 2, first, None)])
    assert rows == {
        PathSpan(1, 1, 0, first, last),
        PathSpan(2, 2, 0, middle, None),
        PathSpan(3, 3, 0, first, None),
        PathSpan(1, 2, 1, middle, last),
        PathSpan(2, 3, 1, middle, None),
        PathSpan(1, 3, 2, middle, last),
    }


def test_a_rename_adds_no_path_and_a_move_and_back_gives_three_intervals() -> None:
    days = [date(2021, month, 1) for month in range(1, 6)]
    spans = [Span(1, None, days[0], None), Span(9, None, days[0], None)]
    spans += [Span(2, 1, days[0], days[1]), Span(2, 1, days[1], days[2])]
    spans += [Span(2, 9, days[2], days[3]), Span(2, 1, days[3], None)]
    assert {row for row in closure(spans, of=[2]) if row.depth} == {
        PathSpan(1, 2, 1, days[0], days[2]),
        PathSpan(9, 2, 1, days[2], days[3]),
        PathSpan(1, 2, 1, days[3], None),
    }


def test_two_units_may_change_places_but_never_stand_below_each_other() -> None:
    first, later = date(2020, 1, 1), date(2021, 1, 1)
    swap = [
        Span(1, None, first, later),
        Span(2, 1, first, later),
        Span(2, None, later, None),
        Span(1, 2, later, None),
    ]
    assert PathSpan(2, 1, 1, later, None) in closure(swap)
    with pytest.raises(TreeCycle, match="Từ ngày 1/1/2021 đơn vị sẽ nằm dưới chính nó"):
        closure([Span(1, None, first, later), Span(1, 2, later, None), Span(2, 1, first, None)])


@pytest.mark.django_db
def test_a_moved_district_takes_its_communes_with_it_from_that_day() -> None:
    units = plant({**QUANG_NGAI, "Tỉnh Khác": {}})
    services.change_unit(unit=units["Huyện Ba Tơ"], on=ON, by=None, parent=units["Tỉnh Khác"])
    commune = units["Huyện Ba Tơ/Xã Ba Tô"]
    inside = Unit.objects.within
    assert commune in inside(units["Tỉnh Quảng Ngãi"], on=ON - DAY)
    assert commune not in inside(units["Tỉnh Quảng Ngãi"], on=ON)
    assert commune in inside(units["Tỉnh Khác"], on=ON)


@pytest.mark.django_db
def test_a_change_writes_only_the_paths_that_differ() -> None:
    units = plant(QUANG_NGAI)
    before = set(UnitPath.objects.values_list("pk", flat=True))
    services.change_unit(unit=units["Huyện Lý Sơn"], on=ON, by=None, name="Lý Sơn Mới")
    assert set(UnitPath.objects.values_list("pk", flat=True)) == before
    assert list(
        UnitVersion.objects.filter(unit=units["Huyện Lý Sơn"]).values_list("full_name", flat=True)
    ) == [
        "Huyện Lý Sơn",
        "Huyện Lý Sơn Mới",
    ]
