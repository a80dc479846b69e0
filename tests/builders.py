"""Small trees and people for tests, made by the product's own services."""

from __future__ import annotations

from datetime import date
from itertools import count

from accounts.models import User
from units import services as unit_services
from units.models import LEVEL_OF, Kind, Role, Unit
from units.services import UnitDraft

SINCE = date(2020, 1, 1)
_numbers = count(1)


def make_province(name: str = "Quảng Ninh", *, valid_from: date = SINCE) -> Unit:
    return make_unit(name, kind=Kind.TINH, parent=None, valid_from=valid_from)


def make_unit(
    name: str,
    *,
    kind: Kind = Kind.PHUONG,
    parent: Unit | None,
    valid_from: date = SINCE,
    area_class: str = "",
) -> Unit:
    """Make a unit; its level follows from its kind."""
    key = f"test:{next(_numbers)}"
    unit_services.add_units(
        drafts=[
            UnitDraft(
                key=key,
                origin="kiểm thử",
                level=LEVEL_OF[kind.value],
                kind=kind.value,
                name=name,
                valid_from=valid_from,
                parent=parent,
                area_class=area_class,
            )
        ]
    )
    return Unit.objects.get(key=key)


def make_units(names: list[str], *, kind: Kind = Kind.XA, parent: Unit) -> list[Unit]:
    """Make many units of one kind below one parent, in a few statements."""
    first = next(_numbers)
    drafts = [
        UnitDraft(
            key=f"test:{first}:{place}",
            origin="kiểm thử",
            level=LEVEL_OF[kind.value],
            kind=kind.value,
            name=name,
            valid_from=SINCE,
            parent=parent,
        )
        for place, name in enumerate(names)
    ]
    unit_services.add_units(drafts=drafts)
    return list(Unit.objects.filter(key__in=[draft.key for draft in drafts]).order_by("pk"))


def make_person(username: str, *, role: Role | None = None, unit: Unit | None = None) -> User:
    """Make a person, with a role on a unit if both are given."""
    person = User.objects.create_user(username=username, password="matkhau-kiem-thu", full_name=username)
    if role is not None and unit is not None:
        unit_services.grant_role(user=person, unit=unit, role=role, valid_from=SINCE, by=None)
    return person
