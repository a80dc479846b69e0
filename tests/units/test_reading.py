"""Reading the tree on a day: names, subtrees, search, the unit of a full name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.units.trees import FROM, ON, QUANG_NAM, QUANG_NGAI, plant
from units import selectors, services
from units.models import Level, Unit

pytestmark = pytest.mark.django_db
BEFORE = date(2020, 12, 31)


@pytest.fixture
def units() -> dict[str, Unit]:
    return plant({**QUANG_NAM, **QUANG_NGAI})


def found(text: str) -> list[str]:
    return [name.full_name for name in selectors.search_units(text=text, on=ON)]


def test_typed_without_accents_both_tra_don_and_tra_don_come(units: dict[str, Unit]) -> None:
    assert found("tra don") == ["Xã Trà Don", "Xã Trà Dơn"]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Trà Dơn", ["Xã Trà Dơn"]),
        ("xã trà don", ["Xã Trà Don"]),
        ("tra dơn", ["Xã Trà Dơn"]),
        ("Phổ Hoà", ["Phường Phổ Hòa"]),
        ("trà", ["Huyện Nam Trà My", "Xã Trà Don", "Xã Trà Dơn", "Xã Trà Leng"]),
    ],
)
def test_typed_with_accents_only_those_accents_come(
    units: dict[str, Unit], typed: str, names: list[str]
) -> None:
    assert found(typed) == names


def test_a_wrong_accent_still_finds_what_it_may_have_meant(units: dict[str, Unit]) -> None:
    assert found("Nghĩa Đông") == ["Xã Nghĩa Dõng"]


def test_a_whole_name_comes_before_longer_ones_and_parts_of_words_do_not_count(
    units: dict[str, Unit],
) -> None:
    assert found("ba")[:3] == ["Xã Ba", "Huyện Ba Tơ", "Thị trấn Ba Tơ"]
    assert "Thị trấn P Rao" not in found("ao")


@pytest.mark.parametrize("typed", ["", "  ", "…", "%"])
def test_nothing_to_look_for_finds_nothing(units: dict[str, Unit], typed: str) -> None:
    assert found(typed) == []


def test_a_search_can_stay_inside_a_province(units: dict[str, Unit]) -> None:
    names = selectors.search_units(text="quang", on=ON, within=units["Tỉnh Quảng Nam"])
    assert [name.full_name for name in names] == ["Tỉnh Quảng Nam"]


def test_the_unit_of_a_full_name_needs_its_parent_where_two_have_it(units: dict[str, Unit]) -> None:
    city, town = (
        units["Thành phố Quảng Ngãi/Phường Nguyễn Nghiêm"],
        units["Thị xã Đức Phổ/Phường Nguyễn Nghiêm"],
    )
    with pytest.raises(
        selectors.UnitAmbiguous, match="Thành phố Quảng Ngãi; Phường Nguyễn Nghiêm, Thị xã Đức Phổ"
    ):
        selectors.unit_by_full_name(full_name="Phường Nguyễn Nghiêm", on=ON)
    full = "Phường Nguyễn Nghiêm, Thị xã Đức Phổ"
    assert selectors.unit_by_full_name(full_name=full, on=ON) == town
    within = units["Thành phố Quảng Ngãi"]
    assert selectors.unit_by_full_name(full_name="Phường Nguyễn Nghiêm", on=ON, within=within) == city


def test_an_unknown_full_name_lists_near_ones(units: dict[str, Unit]) -> None:
    with pytest.raises(selectors.UnitUnknown, match="Tên gần giống: Xã Trà Don, Huyện Nam Trà My"):
        selectors.unit_by_full_name(full_name="Xã Tra Don", on=ON)


def test_type_decides_between_two_units_of_one_name(units: dict[str, Unit]) -> None:
    assert selectors.unit_by_full_name(full_name="Huyện Ba Tơ", on=ON) == units["Huyện Ba Tơ"]
    assert selectors.unit_by_full_name(full_name="TT. Ba Tơ", on=ON) == units["Huyện Ba Tơ/Thị trấn Ba Tơ"]


@pytest.mark.parametrize("name", ["Tỉnh Quảng Ngãi", "Quảng Ngãi", "UBND tỉnh Quảng Ngãi", "quảng ngãi"])
def test_a_province_is_found_by_any_of_its_names(units: dict[str, Unit], name: str) -> None:
    assert selectors.province_named(name=name, on=ON) == units["Tỉnh Quảng Ngãi"]
    assert selectors.province_named(name=name, on=BEFORE) is None


def test_a_province_of_another_name_or_type_is_none(units: dict[str, Unit]) -> None:
    assert selectors.province_named(name="Quang Ngai", on=ON) is None
    assert selectors.province_named(name="Thành phố Quảng Ngãi", on=ON) is None


def test_names_are_those_of_the_day(
    units: dict[str, Unit], django_assert_num_queries: Callable[..., Any]
) -> None:
    district, commune = units["Huyện Ba Tơ"], units["Huyện Ba Tơ/Xã Ba Tô"]
    services.change_unit(unit=district, on=ON, by=None, kind="thi_xa")
    ids = [district.pk, commune.pk]
    with django_assert_num_queries(1):
        before = selectors.names_on(unit_ids=ids, on=FROM)
    after = selectors.names_on(unit_ids=ids, on=ON)
    assert (before[commune.pk].parent_name, after[commune.pk].parent_name) == ("Huyện Ba Tơ", "Thị xã Ba Tơ")
    assert (before[district.pk].full_name, after[district.pk].full_name) == ("Huyện Ba Tơ", "Thị xã Ba Tơ")
    assert after[commune.pk].name_and_place == "Xã Ba Tô, Thị xã Ba Tơ"
    assert selectors.names_on(unit_ids=ids, on=BEFORE) == {}


def test_below_leaves_out_the_ancestor_and_keeps_to_the_level(
    units: dict[str, Unit], django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(1):
        communes = selectors.below(ancestor=units["Tỉnh Quảng Nam"], on=ON, level=Level.XA)
    assert len(communes) == 7
    assert len(selectors.below(ancestor=units["Tỉnh Quảng Nam"], on=ON)) == 11
    assert {name.level for name in communes.values()} == {"xa"}


def test_the_tree_is_grown_in_one_query_with_its_counts(
    units: dict[str, Unit], django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(1):
        tree = selectors.tree_on(root=units["Tỉnh Quảng Nam"], on=ON)
    assert tree is not None
    assert tree.counts == {"so": 2, "huyen": 2, "xa": 7}
    assert [node.unit.full_name for node in tree.territories] == ["Huyện Đông Giang", "Huyện Nam Trà My"]
    assert [node.unit.full_name for node in tree.departments] == ["Sở Công Thương", "Thanh tra tỉnh"]
    assert selectors.tree_on(root=units["Tỉnh Quảng Nam"], on=BEFORE) is None


def test_there_are_several_roots(units: dict[str, Unit]) -> None:
    assert [name.full_name for name in selectors.roots(on=ON)] == ["Tỉnh Quảng Nam", "Tỉnh Quảng Ngãi"]
    assert selectors.roots(on=BEFORE) == []
