"""Who may what on which unit: every role × permission × unit, and the days of grants and of the tree."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from tests.units.trees import FROM, QUANG_NAM, QUANG_NGAI, plant
from units import permissions, services
from units.models import Role, Unit

pytestmark = pytest.mark.django_db
SHARED = ("documents.edit_documents", "imports.edit_layouts", "indicators.edit_catalogue")
"""What belongs to no unit: of these rights a district has none, a province all."""
TODAY = date(2023, 12, 20)

# The grant is on Huyện Ba Tơ.
OWN, CHILD = "Huyện Ba Tơ", "Huyện Ba Tơ/Xã Ba Tô"
ANCESTOR, SIBLING, OTHER = "Tỉnh Quảng Ngãi", "Thị xã Đức Phổ", "Huyện Đông Giang"
PLACES = [OWN, CHILD, SIBLING, OTHER, ANCESTOR]
EVERYWHERE = set(PLACES)

# What the rules of the product say, written out by hand: the table in the code must agree.
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("office", "imports.import_file"): {OWN, CHILD},
    ("admin", "imports.import_file"): {OWN, CHILD},
    ("officer", "indicators.enter_figures"): {OWN},
    ("admin", "indicators.enter_figures"): {OWN, CHILD},
    ("reviewer", "indicators.review_figures"): {CHILD},
    ("office", "indicators.review_figures"): {OWN, CHILD},
    ("office", "reports.publish_tables"): {OWN, CHILD},
    ("office", "targets.assign_targets"): {OWN, CHILD},
    ("reviewer", "targets.assign_targets"): {OWN},
    ("leader", "targets.approve_plans"): {OWN, CHILD},
    ("reviewer", "targets.issue_plans"): {OWN},
    ("reviewer", "targets.see_drafts"): {OWN},
    ("office", "targets.issue_plans"): {OWN, CHILD},
    ("office", "targets.see_drafts"): {OWN, CHILD},
    ("leader", "targets.see_drafts"): {OWN, CHILD},
    ("admin", "targets.see_drafts"): {OWN, CHILD},
    ("office", "units.edit_units"): {OWN, CHILD},
    ("admin", "units.edit_units"): {OWN, CHILD},
    ("office", "units.see_audit"): {OWN, CHILD},
    ("admin", "units.see_audit"): {OWN, CHILD},
    ("office", "units.manage_people"): {OWN, CHILD},
    ("admin", "units.manage_people"): {OWN, CHILD},
    ("reviewer", "units.manage_people"): {CHILD},
} | {(role, "reports.view"): EVERYWHERE for role in Role.values}


@pytest.fixture
def units() -> dict[str, Unit]:
    return plant({**QUANG_NAM, **QUANG_NGAI})


@pytest.fixture
def person() -> User:
    return User.objects.create_user("can-bo")


@pytest.mark.parametrize("permission", sorted(permissions.PERMISSIONS))
@pytest.mark.parametrize("role", Role.values)
def test_a_role_on_a_district_reaches_these_units_and_no_others(
    units: dict[str, Unit], person: User, role: str, permission: str
) -> None:
    services.grant_role(user=person, unit=units[OWN], role=role, valid_from=FROM, by=None)
    allowed = ALLOWED.get((role, permission), set())
    ask: dict[str, Any] = {"user": person, "permission": permission, "today": TODAY}
    assert {p for p in PLACES if permissions.may(unit=units[p], **ask)} == allowed
    listed = set(permissions.units_for(**ask))
    assert {p for p in PLACES if units[p] in listed} == allowed
    assert permissions.may(unit=None, **ask) is bool(allowed)


@pytest.mark.parametrize("permission", SHARED)
@pytest.mark.parametrize("role", Role.values)
def test_what_all_provinces_share_is_changed_by_the_office_and_the_administrator_of_a_province(
    units: dict[str, Unit], person: User, role: str, permission: str
) -> None:
    """It holds whatever unit is asked about, in the other province too: the things belong to none."""
    services.grant_role(user=person, unit=units[ANCESTOR], role=role, valid_from=FROM, by=None)
    ask: dict[str, Any] = {"user": person, "permission": permission, "today": TODAY}
    may = role in ("office", "admin")
    assert permissions.may(unit=None, **ask) is may
    assert {p for p in PLACES if permissions.may(unit=units[p], **ask)} == (EVERYWHERE if may else set())
    assert {p for p in PLACES if units[p] in permissions.units_for(**ask)} == (EVERYWHERE if may else set())


def test_which_rights_are_shared_is_known_and_none_is_also_held_below_a_root() -> None:
    assert sorted(permissions.SHARED) == sorted(SHARED)
    for permission in SHARED:
        assert set(permissions.ROLES[permission].values()) == {permissions.ROOT}


@pytest.mark.parametrize("permission", SHARED)
def test_a_role_on_a_district_gives_no_shared_right_until_the_district_is_a_root(
    units: dict[str, Unit], person: User, permission: str
) -> None:
    services.grant_role(user=person, unit=units[OWN], role="office", valid_from=FROM, by=None)
    alone = date(2023, 7, 1)
    services.change_unit(unit=units[OWN], on=alone, by=None, parent=None)
    ask: dict[str, Any] = {"user": person, "permission": permission, "unit": None}
    assert [permissions.may(today=day, **ask) for day in (date(2023, 6, 30), alone)] == [False, True]


@pytest.mark.parametrize("permission", SHARED)
def test_a_province_that_came_below_another_or_ended_gives_no_shared_right_any_more(
    units: dict[str, Unit], person: User, permission: str
) -> None:
    services.grant_role(user=person, unit=units[ANCESTOR], role="office", valid_from=FROM, by=None)
    merged, ended = date(2023, 7, 1), date(2023, 10, 1)
    services.change_unit(unit=units[ANCESTOR], on=merged, by=None, parent=units["Tỉnh Quảng Nam"])
    alone = plant({"Tỉnh Bình Định": {}})["Tỉnh Bình Định"]
    other = User.objects.create_user("binh-dinh")
    services.grant_role(user=other, unit=alone, role="admin", valid_from=FROM, by=None)
    services.abolish_unit(unit=alone, on=ended, by=None)

    def may(user: User, today: date) -> bool:
        return permissions.may(user=user, permission=permission, unit=None, today=today)

    assert [may(person, day) for day in (date(2023, 6, 30), merged)] == [True, False]
    assert [may(other, day) for day in (date(2023, 9, 30), ended)] == [True, False]


@pytest.mark.parametrize("permission", SHARED)
def test_a_shared_right_ends_with_the_grant_on_the_province(
    units: dict[str, Unit], person: User, permission: str
) -> None:
    """A grant on a district that still stands does not carry it on."""
    ends = date(2023, 12, 21)
    services.grant_role(
        user=person, unit=units[ANCESTOR], role="office", valid_from=TODAY, valid_to=ends, by=None
    )
    services.grant_role(user=person, unit=units[OWN], role="admin", valid_from=FROM, by=None)
    days = (date(2023, 12, 19), TODAY, ends)
    ask: dict[str, Any] = {"user": person, "permission": permission, "unit": None}
    assert [permissions.may(today=day, **ask) for day in days] == [False, True, False]


def test_whoever_brings_a_provinces_files_in_may_declare_their_layouts() -> None:
    """Else a file of no known layout could not be finished: each role that imports holds both."""
    assert set(permissions.ROLES["imports.import_file"]) == set(permissions.ROLES["imports.edit_layouts"])


@pytest.mark.parametrize("permission", sorted(permissions.PERMISSIONS))
def test_without_a_grant_a_person_may_only_read_and_a_stranger_nothing(
    units: dict[str, Unit], person: User, permission: str
) -> None:
    reads = permission == "reports.view"
    for unit in (units[OWN], None):
        assert permissions.may(user=person, permission=permission, unit=unit, today=TODAY) is reads
        assert not permissions.may(user=AnonymousUser(), permission=permission, unit=unit, today=TODAY)
    assert not permissions.units_for(user=AnonymousUser(), permission=permission, today=TODAY).exists()


def test_two_grants_add_up(units: dict[str, Unit], person: User) -> None:
    """A reviewer of a district who is also its officer enters for it and reviews only what is below."""
    for role in (Role.REVIEWER, Role.OFFICER):
        services.grant_role(user=person, unit=units[OWN], role=role, valid_from=FROM, by=None)
    ask: dict[str, Any] = {"user": person, "today": TODAY}
    assert permissions.may(permission="indicators.enter_figures", unit=units[OWN], **ask)
    assert not permissions.may(permission="indicators.review_figures", unit=units[OWN], **ask)
    assert permissions.may(permission="indicators.review_figures", unit=units[CHILD], **ask)


def test_a_grant_holds_from_its_first_day_until_before_its_last(units: dict[str, Unit], person: User) -> None:
    ends = date(2023, 12, 21)
    services.grant_role(user=person, unit=units[OWN], role="office", valid_from=TODAY, valid_to=ends, by=None)

    def may(today: date) -> bool:
        one = permissions.may(
            user=person, permission="targets.assign_targets", unit=units[CHILD], today=today
        )
        assert one is permissions.may(
            user=person, permission="targets.assign_targets", unit=None, today=today
        )
        return one

    assert [may(day) for day in (date(2023, 12, 19), TODAY, ends)] == [False, True, False]


def test_a_commune_that_moved_away_is_out_of_reach_from_that_day(
    units: dict[str, Unit], person: User
) -> None:
    services.grant_role(user=person, unit=units[OWN], role="reviewer", valid_from=FROM, by=None)
    moved = date(2023, 7, 1)
    services.change_unit(unit=units[CHILD], on=moved, by=None, parent=units[SIBLING])
    ask: dict[str, Any] = {"user": person, "permission": "indicators.review_figures", "unit": units[CHILD]}
    assert permissions.may(today=date(2023, 6, 30), **ask)
    assert not permissions.may(today=moved, **ask)


@pytest.mark.parametrize("permission", sorted(permissions.PERMISSIONS))
@pytest.mark.parametrize("role", Role.values)
def test_of_a_commune_that_has_ended_only_what_outlasts_it_is_left_to_whoever_it_stood_below(
    units: dict[str, Unit], person: User, role: str, permission: str
) -> None:
    services.grant_role(user=person, unit=units[OWN], role=role, valid_from=FROM, by=None)
    services.abolish_unit(unit=units[CHILD], on=date(2023, 7, 1), by=None)
    ask: dict[str, Any] = {"user": person, "permission": permission, "today": TODAY}
    reaches = (role, permission) in {
        ("reviewer", "indicators.review_figures"),
        ("office", "indicators.review_figures"),
        ("office", "reports.publish_tables"),
    }
    assert (units[CHILD] in permissions.units_for(**ask)) is reaches
    # Reading asks for no unit: figures are published.
    assert permissions.may(unit=units[CHILD], **ask) is (reaches or permission == "reports.view")


def test_a_unit_that_has_ended_is_reviewed_from_where_it_stood_last(
    units: dict[str, Unit], person: User
) -> None:
    """Xã Ba Tô moved to Đức Phổ and ended there: Ba Tơ, where it stood before, has nothing to do with it."""
    services.change_unit(unit=units[CHILD], on=date(2023, 4, 1), by=None, parent=units[SIBLING])
    services.abolish_unit(unit=units[CHILD], on=date(2023, 7, 1), by=None)
    heir = User.objects.create_user("can-bo-duc-pho")
    for user, place in ((person, OWN), (heir, SIBLING)):
        services.grant_role(user=user, unit=units[place], role="reviewer", valid_from=FROM, by=None)
    ask: dict[str, Any] = {"permission": "indicators.review_figures", "unit": units[CHILD], "today": TODAY}
    assert not permissions.may(user=person, **ask)
    assert permissions.may(user=heir, **ask)


def test_what_an_ended_district_reviewed_falls_to_the_province(units: dict[str, Unit], person: User) -> None:
    """Whatever of the two ended first; the role on the district itself reaches nothing any more."""
    office = User.objects.create_user("van-phong")
    services.grant_role(user=office, unit=units[ANCESTOR], role="office", valid_from=FROM, by=None)
    services.grant_role(user=person, unit=units[OWN], role="office", valid_from=FROM, by=None)
    services.abolish_unit(unit=units[CHILD], on=date(2023, 4, 1), by=None)
    others = [one for path, one in units.items() if path.startswith(f"{OWN}/") and path != CHILD]
    for unit in (*others, units[OWN]):
        services.abolish_unit(unit=unit, on=date(2023, 7, 1), by=None)
    ask: dict[str, Any] = {"permission": "indicators.review_figures", "today": TODAY}
    gone = {units[OWN], units[CHILD], *others}
    assert gone <= set(permissions.units_for(user=office, **ask))
    assert not permissions.units_for(user=person, **ask).exists()


def test_a_unit_that_will_move_and_end_is_reached_by_the_tree_of_the_day(
    units: dict[str, Unit], person: User
) -> None:
    services.grant_role(user=person, unit=units[OWN], role="reviewer", valid_from=FROM, by=None)
    services.abolish_unit(unit=units[CHILD], on=date(2024, 7, 1), by=None)
    services.change_unit(unit=units[CHILD], on=date(2024, 1, 1), by=None, parent=units[SIBLING])
    ask: dict[str, Any] = {"user": person, "permission": "indicators.review_figures", "unit": units[CHILD]}
    days = (TODAY, date(2024, 1, 1), date(2024, 7, 1))
    assert [permissions.may(today=one, **ask) for one in days] == [True, False, False]


def test_an_unknown_permission_is_a_slip_of_the_caller(person: User) -> None:
    with pytest.raises(permissions.PermissionUnknown):
        permissions.may(user=person, permission="imports.imprt_file", unit=None, today=TODAY)
    with pytest.raises(permissions.PermissionUnknown):
        permissions.units_for(user=person, permission="imports.imprt_file", today=TODAY)


def test_a_closed_account_may_nothing(units: dict[str, Unit], person: User) -> None:
    services.grant_role(user=person, unit=units[OWN], role="office", valid_from=FROM, by=None)
    person.is_active = False
    person.save()
    assert not permissions.may(user=person, permission="reports.view", unit=units[OWN], today=TODAY)
    assert not person.has_perm("imports.import_file", units[OWN])


def test_has_perm_asks_the_same_table_with_todays_date(units: dict[str, Unit], person: User) -> None:
    services.grant_role(user=person, unit=units[OWN], role="office", valid_from=FROM, by=None)
    assert person.has_perm("imports.import_file")
    assert person.has_perm("imports.import_file", units[CHILD])
    assert not person.has_perm("imports.import_file", units[OTHER])
    assert not person.has_perm("auth.add_user", units[OWN])
    assert not person.has_perm("imports.import_file", person)
    assert not AnonymousUser().has_perm("reports.view")


def test_a_superuser_may_everything_as_django_has_it(units: dict[str, Unit]) -> None:
    root = User.objects.create_superuser("quan-tri")
    for permission in permissions.PERMISSIONS:
        assert permissions.may(user=root, permission=permission, unit=units[OTHER], today=TODAY)
        assert units[OTHER] in permissions.units_for(user=root, permission=permission, today=TODAY)


def test_the_units_of_a_grant_are_visible_by_one_query(units: dict[str, Unit], person: User) -> None:
    services.grant_role(user=person, unit=units[OWN], role="leader", valid_from=FROM, by=None)
    visible = Unit.objects.visible_to(person, on=TODAY)
    assert {p for p in PLACES if units[p] in visible} == {OWN, CHILD}
