"""What the office does to the tree: from a day on, with its reason, and what it may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.models import Document
from dvctt.history import HistoryIsKept
from tests.builders import make_unit
from tests.units.people import Place
from tests.units.test_closure import by_closure, by_recursive_query
from units import catalogue_selectors, selectors, services
from units.models import Kind, Succession, Unit, UnitChange, UnitPath, UnitVersion, in_force
from units.rules import TreeCycle, first_gap
from units.services import Basis, NewUnit

AT = datetime(2025, 7, 2, 3, 0, tzinfo=UTC)
ON = date(2025, 7, 1)
EVE = date(2025, 6, 30)
WHY = Basis(reason="Sắp xếp đơn vị hành chính", document=None)


def edit(place: Place, unit: Unit, on: date = ON, **changes: Any) -> UnitChange:
    return services.edit_unit(unit=unit, on=on, changes=changes, basis=WHY, by=place.office, at=AT)


def merge(place: Place, olds: list[Unit], into: Unit | NewUnit, on: date = ON) -> Unit:
    return services.merge_units(olds=olds, into=into, on=on, basis=WHY, by=place.office, at=AT)


def name_on(unit: Unit, on: date) -> str | None:
    version = selectors.version_on(unit=unit, on=on)
    return version.full_name if version else None


def test_a_rename_holds_from_its_day_and_its_history_says_what_why_and_by_which_document(
    place: Place,
) -> None:
    law = Document.objects.create(code="NQ1", number="1656/NQ-UBTVQH15", issuer="UBTVQH")
    change = services.edit_unit(
        unit=place.ha_tu,
        on=ON,
        changes={"name": "Hà Tu Mới", "kind": "xa"},
        basis=Basis("Sắp xếp", law),
        by=place.office,
        at=AT,
    )
    assert (name_on(place.ha_tu, EVE), name_on(place.ha_tu, ON)) == ("Phường Hà Tu", "Xã Hà Tu Mới")
    assert change.changes == {"full_name": ["Phường Hà Tu", "Xã Hà Tu Mới"], "kind": ["Phường", "Xã"]}
    assert (change.document, change.by, change.at, change.effective_on) == (law, place.office, AT, ON)


def test_on_the_first_day_of_a_version_a_change_corrects_it_and_both_spellings_are_kept(place: Place) -> None:
    edit(place, place.ha_tu, name="Hà Tư")
    change = edit(place, place.ha_tu, name="Hà Từ")
    assert [one.name for one in UnitVersion.objects.filter(unit=place.ha_tu)] == ["Hà Tu", "Hà Từ"]
    assert (change.kind, change.changes) == ("corrected", {"full_name": ["Phường Hà Tư", "Phường Hà Từ"]})


def test_a_commune_moves_below_its_province_on_the_day_the_districts_end(place: Place) -> None:
    for commune in (place.ha_tu, place.cam_tay):
        edit(place, commune, parent=place.province)
    for district in (place.ha_long, place.cam_pha):
        services.end_unit(unit=district, on=ON, basis=WHY, by=place.office, at=AT)
    assert len(selectors.below(ancestor=place.province, on=EVE)) == 4
    assert {one.full_name for one in selectors.below(ancestor=place.province, on=ON).values()} == {
        "Phường Hà Tu",
        "Phường Cẩm Tây",
    }
    for on in (EVE, ON):
        assert by_closure(on) == by_recursive_query(on)


def test_merged_units_end_and_what_stood_below_them_moves_on_under_the_old_name_of_one(place: Place) -> None:
    new = NewUnit(parent=place.province, kind="thanh_pho", name="Hạ Long", code="193")
    made = merge(place, [place.ha_long, place.cam_pha], new)
    assert name_on(place.ha_long, ON) is None
    assert name_on(made, ON) == "Thành phố Hạ Long"
    below = selectors.below(ancestor=made, on=ON).values()
    assert {one.full_name for one in below} == {"Phường Hà Tu", "Phường Cẩm Tây"}
    assert {(one.old, one.new) for one in Succession.objects.all()} == {
        (place.ha_long, made),
        (place.cam_pha, made),
    }
    moved = UnitChange.objects.get(unit=place.ha_tu)
    assert moved.changes == {"parent": ["Thành phố Hạ Long (cũ)", "Thành phố Hạ Long (mới)"]}
    kinds = [(one.unit, one.kind) for one in UnitChange.objects.order_by("pk")]
    assert kinds == [
        (made, "added"),
        (place.ha_tu, "changed"),
        (place.ha_long, "merged"),
        (place.cam_tay, "changed"),
        (place.cam_pha, "merged"),
    ]
    for on in (EVE, ON):
        assert by_closure(on) == by_recursive_query(on)


def test_a_unit_merges_into_a_standing_one_and_both_pages_tell_it(place: Place) -> None:
    other = make_unit("Hà Lầm", parent=place.ha_long)
    merge(place, [other, place.ha_tu], place.ha_tu)
    gone = catalogue_selectors.unit_record(unit=other, on=ON)
    stays = catalogue_selectors.unit_record(unit=place.ha_tu, on=ON)
    assert (gone.current, [one.name for one in gone.followed_by]) == (
        None,
        ["Phường Hà Tu, Thành phố Hạ Long"],
    )
    assert [one.name for one in stays.follows] == ["Phường Hà Lầm"]
    assert [(one.label, one.was, one.became) for one in gone.changes[0].changes] == [
        ("Tên", "Phường Hà Lầm", "Phường Hà Tu")
    ]


Acting = Callable[[Place], object]
REFUSED: dict[str, tuple[Acting, str, str]] = {
    "nothing changed": (lambda p: edit(p, p.ha_tu, name="Hà Tu"), "", "Chưa có gì khác"),
    "no name": (lambda p: edit(p, p.ha_tu, name=" "), "name", "Hãy ghi tên"),
    "not there yet": (lambda p: edit(p, p.ha_tu, on=date(2019, 1, 1), name="B"), "on", "không tồn tại"),
    "a name that the neighbour has": (
        lambda p: edit(p, p.cam_pha, name="Hạ Long"),
        "name",
        "Cùng cấp trên đã có Thành phố Hạ Long",
    ),
    "below a commune": (
        lambda p: edit(p, p.ha_tu, parent=p.cam_tay),
        "parent",
        r"không thể nằm dưới Phường Cẩm Tây \(cấp xã\)",
    ),
    "below nothing": (lambda p: edit(p, p.ha_tu, parent=None), "parent", "hãy chọn cấp trên"),
    "a district that becomes a commune": (
        lambda p: edit(p, p.ha_long, kind="phuong"),
        "kind",
        "không hợp cấp mới: Phường Hà Tu",
    ),
    "two levels": (lambda p: merge(p, [p.ha_tu, p.ha_long], p.cam_tay), "olds", "cùng cấp"),
    "into another level": (lambda p: merge(p, [p.ha_tu], p.cam_pha), "into", "không cùng cấp"),
    "into itself": (lambda p: merge(p, [p.ha_tu], p.ha_tu), "olds", "ít nhất một"),
    "one alone into a new one": (
        lambda p: merge(p, [p.ha_tu], NewUnit(parent=p.ha_long, kind="phuong", name="X")),
        "olds",
        "ít nhất hai",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_left_of_it(place: Place, what: str) -> None:
    act, field, told = REFUSED[what]
    before = list(UnitVersion.objects.values()), sorted(UnitPath.objects.values_list("pk"))
    with pytest.raises(services.ReformRefused, match=told) as refused:
        act(place)
    assert refused.value.field == field
    assert (list(UnitVersion.objects.values()), sorted(UnitPath.objects.values_list("pk"))) == before
    assert not UnitChange.objects.exists()


def test_a_parent_that_ends_earlier_is_told_with_the_day_and_a_unit_with_communes_does_not_end(
    place: Place,
) -> None:
    empty = make_unit("Vân Đồn", kind=Kind.HUYEN, parent=place.province)
    services.end_unit(unit=empty, on=date(2026, 1, 1), basis=WHY, by=place.office, at=AT)
    with pytest.raises(services.ReformRefused, match="Ngày 1/1/2026 Huyện Vân Đồn không có"):
        edit(place, place.ha_tu, parent=empty)
    with pytest.raises(services.UnitError, match="Còn đơn vị trực thuộc Thành phố Hạ Long: Phường Hà Tu"):
        services.end_unit(unit=place.ha_long, on=ON, basis=WHY, by=place.office, at=AT)


def test_a_district_does_not_move_below_its_own_commune(place: Place) -> None:
    with pytest.raises((TreeCycle, services.ReformRefused)):
        edit(place, place.ha_long, parent=place.ha_tu)


def test_a_rehearsal_tells_what_would_be_written_and_writes_nothing(place: Place) -> None:
    new = NewUnit(parent=place.ha_long, kind="phuong", name="Bãi Cháy")
    found = services.rehearse(
        act=lambda: services.add_unit(new=new, on=ON, basis=WHY, by=place.office, at=AT),
        by=place.office,
        at=AT,
    )
    assert [(one.unit_name, one.change.kind) for one in found] == [("Phường Bãi Cháy", "added")]
    assert not UnitChange.objects.exists()
    assert Unit.objects.count() == 5


def test_an_end_written_by_mistake_is_taken_back_and_the_unit_is_followed_by_none(place: Place) -> None:
    other = make_unit("Hà Lầm", parent=place.ha_long)
    merge(place, [other], place.ha_tu)
    change = services.restore_unit(unit=other, basis=WHY, by=place.office, at=AT)
    assert (name_on(other, ON), change.kind, change.effective_on) == ("Phường Hà Lầm", "restored", ON)
    assert not catalogue_selectors.unit_record(unit=other, on=ON).followed_by
    assert not catalogue_selectors.unit_record(unit=place.ha_tu, on=ON).follows
    assert by_closure(ON) == by_recursive_query(ON)
    with pytest.raises(services.ReformRefused, match="không có ngày kết thúc"):
        services.restore_unit(unit=other, basis=WHY, by=place.office, at=AT)


def test_an_end_is_not_taken_back_where_the_name_or_the_parent_is_gone(place: Place) -> None:
    common: dict[str, Any] = {"on": ON, "basis": WHY, "by": place.office, "at": AT}
    services.end_unit(unit=place.ha_tu, **common)
    services.add_unit(new=NewUnit(parent=place.ha_long, kind="phuong", name="Hà Tu"), **common)
    with pytest.raises(services.ReformRefused, match="Cùng cấp trên đã có Phường Hà Tu"):
        services.restore_unit(unit=place.ha_tu, basis=WHY, by=place.office, at=AT)
    services.end_unit(unit=place.cam_tay, **common)
    services.end_unit(unit=place.cam_pha, **common)
    with pytest.raises(services.ReformRefused, match="Ngày 1/7/2025 Thành phố Cẩm Phả không có"):
        services.restore_unit(unit=place.cam_tay, basis=WHY, by=place.office, at=AT)
    assert name_on(place.cam_tay, ON) is None


def test_the_history_of_units_is_only_added_to(place: Place) -> None:
    change = edit(place, place.ha_tu, name="B")
    with pytest.raises(HistoryIsKept):
        change.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as raw:
        raw.execute("UPDATE units_unitchange SET reason = 'khác'")


def test_another_name_is_refused_where_it_is_a_neighbours_and_the_neighbour_is_named(place: Place) -> None:
    def add(unit: Unit, name: str) -> None:
        services.add_alias(unit=unit, source="", name=name, evidence="tệp in", by=place.office, today=ON)

    ha_lam = make_unit("Hà Lầm", parent=place.ha_long)
    add(place.ha_tu, "P. Hà Tư")
    with pytest.raises(services.AliasTaken, match=r"đơn vị khác: Phường Hà Tu \(căn cứ: tệp in\)"):
        add(ha_lam, "Phường Hà Tư")
    with pytest.raises(services.AliasTaken, match="là tên chính thức của Phường Hà Tu"):
        add(ha_lam, "Hà Tu")
    with pytest.raises(services.UnitError, match="là tên chính thức của đơn vị này"):
        add(ha_lam, "Phường Hà Lầm")
    assert [one.name for one in place.ha_tu.aliases.all()] == ["P. Hà Tư"]


DAYS = st.integers(0, 40).map(lambda n: ON + timedelta(days=n))
INTERVALS = st.lists(
    st.tuples(DAYS, st.one_of(st.none(), DAYS)).filter(lambda one: one[1] is None or one[0] < one[1]),
    max_size=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(starts=DAYS, length=st.one_of(st.none(), st.integers(1, 20)), standing=INTERVALS)
def test_the_first_gap_is_the_first_day_that_no_interval_covers(
    starts: date, length: int | None, standing: list[tuple[date, date | None]]
) -> None:
    days = [starts + timedelta(days=n) for n in range(length or 90)]
    bare = [day for day in days if not any(s <= day and (e is None or day < e) for s, e in standing)]
    ends = None if length is None else starts + timedelta(days=length)
    assert first_gap(starts, ends, standing) == next(iter(bare), None)


@pytest.mark.django_db
def test_versions_of_one_day_are_never_two(place: Place) -> None:
    for on, name in ((ON, "C"), (date(2023, 1, 1), "B"), (date(2025, 7, 2), "D")):
        edit(place, place.ha_tu, on=on, name=name)
    for on in (date(2022, 1, 1), date(2024, 1, 1), ON, AT.date()):
        assert UnitVersion.objects.filter(in_force(on), unit=place.ha_tu).count() == 1
    assert [name_on(place.ha_tu, on) for on in (date(2022, 1, 1), date(2024, 1, 1), ON, AT.date())] == [
        "Phường Hà Tu",
        "Phường B",
        "Phường C",
        "Phường D",
    ]
