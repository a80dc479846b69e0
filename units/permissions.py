"""Who may do what on which unit: the one place that decides.

A role is granted on a unit and reaches all that stands below it on that day (units.Grant). Reviewing also
reaches what has ended and stood below it to the last: its reports of the time when it stood still wait, and
so does publishing: a table of its units may have to be taken back.
What belongs to no unit and is shared by all provinces (SHARED) is changed by whoever has the role on a root.
Reading is for everyone who is logged in; that nobody reviews an own entry is the entry's matter
(indicators.services).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import Enum
from typing import Any, Final

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from units.models import Grant, Role, Unit, UnitPath, in_force


class Reach(Enum):
    """How far from the granted unit a role's permission goes."""

    COVERS = "the granted unit and all below it"
    BELOW = "only what is below the granted unit"
    ITSELF = "the granted unit alone"
    ROOT = "everything, where the granted unit is a root of the tree today; nothing otherwise"


COVERS, BELOW, ITSELF, ROOT = Reach.COVERS, Reach.BELOW, Reach.ITSELF, Reach.ROOT

READING: Final = "reports.view"
"""Any logged-in person, on any unit."""

ROLES: Final[dict[str, dict[str, Reach]]] = {
    "documents.edit_documents": {Role.OFFICE: ROOT, Role.ADMIN: ROOT},
    # To declare one is part of importing a file, which only a province's own people can finish.
    "imports.edit_layouts": {Role.OFFICE: ROOT, Role.ADMIN: ROOT},
    "imports.import_file": {Role.OFFICE: COVERS, Role.ADMIN: COVERS},
    # Indicators and their versions, periods, deadlines, holidays.
    "indicators.edit_catalogue": {Role.OFFICE: ROOT, Role.ADMIN: ROOT},
    "indicators.enter_figures": {Role.OFFICER: ITSELF, Role.ADMIN: COVERS},
    "indicators.review_figures": {Role.REVIEWER: BELOW, Role.OFFICE: COVERS},
    # What the public reads is the office's word.
    "reports.publish_tables": {Role.OFFICE: COVERS},
    # A district's own plan for its communes is made by those who review them.
    "targets.assign_targets": {Role.OFFICE: COVERS, Role.REVIEWER: ITSELF},
    "targets.approve_plans": {Role.LEADER: COVERS},
    "targets.issue_plans": {Role.OFFICE: COVERS, Role.REVIEWER: ITSELF},
    "targets.see_drafts": {
        Role.OFFICE: COVERS,
        Role.REVIEWER: ITSELF,
        Role.LEADER: COVERS,
        Role.ADMIN: COVERS,
    },
    "units.edit_units": {Role.OFFICE: COVERS, Role.ADMIN: COVERS},
    "units.manage_people": {Role.OFFICE: COVERS, Role.ADMIN: COVERS, Role.REVIEWER: BELOW},
    "units.see_audit": {Role.OFFICE: COVERS, Role.ADMIN: COVERS},
}
"""Permission → role → how far it reaches."""

ENTERING: Final = "indicators.enter_figures"
REVIEWING: Final = "indicators.review_figures"
EDITING: Final = "units.edit_units"
MANAGING: Final = "units.manage_people"
AUDITING: Final = "units.see_audit"
PUBLISHING: Final = "reports.publish_tables"
EDITING_CATALOGUE: Final = "indicators.edit_catalogue"
EDITING_LAYOUTS: Final = "imports.edit_layouts"
EDITING_DOCUMENTS: Final = "documents.edit_documents"
SHARED: Final = frozenset(name for name, roles in ROLES.items() if ROOT in roles.values())
"""Permissions on what belongs to no unit: held everywhere or nowhere."""
OUTLASTING: Final = frozenset({REVIEWING, PUBLISHING})
"""Permissions that outlast a unit, for whoever it stood below on its last day."""

GIVES: Final[dict[str, frozenset[Role]]] = {
    Role.REVIEWER: frozenset({Role.OFFICER}),
    Role.OFFICE: frozenset({Role.OFFICE, Role.REVIEWER, Role.OFFICER, Role.LEADER}),
    Role.ADMIN: frozenset(Role),
}
"""Role → the roles that it may give to others, where it manages people."""

PERMISSIONS: Final = frozenset({READING, *ROLES})


class PermissionUnknown(LookupError):
    """A permission that the table does not hold: a slip in the code that asks."""


def may(*, user: User | AnonymousUser, permission: str, unit: Unit | None, today: date) -> bool:
    """Whether the person may do that on the unit today; unit None asks "on any unit at all". One query.

    Of what is SHARED the unit says nothing: the answer is the same for every unit and for None. Raises
    PermissionUnknown.
    """
    if permission not in PERMISSIONS:
        raise PermissionUnknown(permission)
    if not isinstance(user, User) or not user.is_active:
        return False
    if permission == READING or user.is_superuser:
        return True
    if permission in SHARED:
        return _grants_on_roots(user, permission, today).exists()
    if unit is None:
        return _grants(user, permission, today).exists()
    return units_for(user=user, permission=permission, today=today).filter(pk=unit.pk).exists()


def units_for(*, user: User | AnonymousUser, permission: str, today: date) -> QuerySet[Unit]:
    """The units on which the person may do that today.

    Only units that stand in the tree today; of what outlasts a unit (OUTLASTING) also those that have ended,
    where they stood below on their last day still stands. Of what is SHARED all or none. Raises
    PermissionUnknown.
    """
    if permission not in PERMISSIONS:
        raise PermissionUnknown(permission)
    if not isinstance(user, User) or not user.is_active:
        return Unit.objects.none()
    counted = _in_force_or_last(today) if permission in OUTLASTING else in_force(today)
    paths = UnitPath.objects.filter(counted, descendant=OuterRef("pk"))
    if permission == READING or user.is_superuser:
        return Unit.objects.filter(Exists(paths))
    if permission in SHARED:
        return Unit.objects.filter(Exists(paths), Exists(_grants_on_roots(user, permission, today)))
    return Unit.objects.filter(Exists(paths.filter(_reached_by(user, permission, today))))


def roles_to_give(
    *, user: User | AnonymousUser, units: Collection[int], today: date
) -> dict[int, frozenset[Role]]:
    """By unit id the roles that the person may give and take there today, maybe none. One query."""
    if not isinstance(user, User) or not user.is_active:
        return dict.fromkeys(units, frozenset())
    if user.is_superuser:
        return dict.fromkeys(units, frozenset(Role))
    found: dict[int, frozenset[Role]] = dict.fromkeys(units, frozenset())
    reached = UnitPath.objects.filter(
        in_force(today), _reached_by(user, MANAGING, today), descendant__in=units
    )
    for unit_id, role in reached.values_list("descendant_id", "ancestor__grants__role"):
        found[unit_id] |= GIVES[role]
    return found


def may_edit_unit(*, user: User | AnonymousUser, unit: Unit, today: date) -> bool:
    """Whether the person may change what is kept of the unit.

    While it stands in the tree, today's tree decides. What has ended, or begins later, is in nobody's reach
    by today's paths: whoever edits a unit that it stood or will stand below may. At most three queries.
    """
    edited = units_for(user=user, permission=EDITING, today=today)
    if edited.filter(pk=unit.pk).exists():
        return True
    if UnitPath.objects.filter(in_force(today), descendant=unit).exists():
        return False
    return UnitPath.objects.filter(descendant=unit, ancestor__in=edited).exists()


def people_of(*, user: User | AnonymousUser, permission: str, today: date) -> QuerySet[User]:
    """People with a standing grant on a unit on which the user may do that today.

    Who has no standing grant left is found by what stood below those units once: somebody must be able to
    look after the account. Raises PermissionUnknown.
    """
    units = units_for(user=user, permission=permission, today=today)
    standing = standing_grants(today=today).filter(user=OuterRef("pk"))
    former = Grant.objects.filter(user=OuterRef("pk"), unit__paths_up__ancestor__in=units)
    return User.objects.filter(Exists(standing.filter(unit__in=units)) | (~Exists(standing) & Exists(former)))


def units_in_histories(*, user: User | AnonymousUser, permission: str, today: date) -> QuerySet[Unit]:
    """Units whose past the user may look at: where he may do that today, and what is no more but stood there.

    A unit that was moved elsewhere took its past along. Raises PermissionUnknown.
    """
    units = units_for(user=user, permission=permission, today=today)
    standing = UnitPath.objects.filter(in_force(today), depth=0, descendant=OuterRef("pk"))
    once = UnitPath.objects.filter(descendant=OuterRef("pk"), ancestor__in=units)
    return Unit.objects.filter(Q(pk__in=units) | (~Exists(standing) & Exists(once)))


def standing_grants(*, today: date) -> QuerySet[Grant]:
    """Grants that give rights today or will: not ended, on a unit that has not left the tree."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=today)
    kept = UnitPath.objects.filter(lasting, depth=0, descendant=OuterRef("unit"))
    return Grant.objects.filter(lasting).filter(Exists(kept))


def people_acting_on(
    *, unit_ids: Collection[int], roles: Collection[Role], today: date
) -> dict[int, list[User]]:
    """Return by unit id the active people who hold one of the roles on that very unit today. One query.

    A role that reaches a unit from above does not count: these are the people whose own work it is. A unit
    with nobody is absent.
    """
    found: dict[int, dict[int, User]] = {}
    grants = (
        Grant.objects.filter(in_force(today), unit__in=unit_ids, role__in=list(roles), user__is_active=True)
        .filter(Exists(UnitPath.objects.filter(in_force(today), depth=0, descendant=OuterRef("unit"))))
        .select_related("user")
        .order_by("user_id")
    )
    for grant in grants:
        found.setdefault(grant.unit_id, {})[grant.user_id] = grant.user
    return {unit_id: list(people.values()) for unit_id, people in found.items()}


def may_manage(*, user: User | AnonymousUser, person: User, today: date) -> bool:
    """Whether the user may change that person's account: not the own, and no right that is not his to give.

    Else whoever resets a password could log in as somebody who may do more. Three queries.
    """
    if not isinstance(user, User) or user.pk == person.pk or (person.is_superuser and not user.is_superuser):
        return False
    if not people_of(user=user, permission=MANAGING, today=today).filter(pk=person.pk).exists():
        return False
    held = list(standing_grants(today=today).filter(user=person).values_list("unit_id", "role"))
    gives = roles_to_give(user=user, units=[unit_id for unit_id, _ in held], today=today)
    return all(role in gives[unit_id] for unit_id, role in held)


def _in_force_or_last(today: date) -> Q:
    """Paths in force today; of a unit that has ended, those of its last day from what still stands."""
    stood_on = UnitPath.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("valid_to")),
        depth=0,
        descendant=OuterRef("descendant"),
        valid_from__lte=today,
    )
    above = UnitPath.objects.filter(in_force(today), depth=0, descendant=OuterRef("ancestor"))
    return in_force(today) | (Q(valid_to__lte=today) & ~Exists(stood_on) & Exists(above))


def _reached_by(user: User, permission: str, today: date) -> Q:
    """Paths down which a grant of the person carries the permission today."""
    at_home = [role for role, reach in ROLES[permission].items() if reach is not BELOW]
    below = [role for role, reach in ROLES[permission].items() if reach is not ITSELF]
    return in_force(today, "ancestor__grants__") & Q(
        Q(depth=0, ancestor__grants__role__in=at_home) | Q(depth__gt=0, ancestor__grants__role__in=below),
        ancestor__grants__user=user,
        ancestor__grants__role__in=list(ROLES[permission]),
    )


def _grants(user: User, permission: str, today: date) -> QuerySet[Grant]:
    return Grant.objects.filter(in_force(today), user=user, role__in=list(ROLES[permission]))


def _grants_on_roots(user: User, permission: str, today: date) -> QuerySet[Grant]:
    """The person's grants that carry the permission, on units that stand today and below no other."""
    up = UnitPath.objects.filter(in_force(today), descendant=OuterRef("unit"))
    return _grants(user, permission, today).filter(Exists(up), ~Exists(up.filter(depth__gt=0)))


class GrantBackend(BaseBackend):
    """Answers `user.has_perm(permission, unit)` by the grants of today; other permissions are not its own."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if perm not in PERMISSIONS or not (obj is None or isinstance(obj, Unit)):
            return False
        return may(user=user_obj, permission=perm, unit=obj, today=timezone.localdate())
