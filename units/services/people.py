"""Writing who acts for which unit: people with their first role."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts import services as account_services
from accounts.models import User
from units import permissions
from units.models import Role, Unit
from units.services.errors import GrantRefused
from units.services.tree import grant_role


@transaction.atomic
def add_person(
    *,
    username: str,
    full_name: str,
    position: str,
    email: str,
    unit: Unit,
    role: Role,
    valid_from: date,
    by: User,
    today: date,
) -> tuple[User, str]:
    """Make an account with one role, and return it with its first password.

    Raises GrantRefused where `by` may not give that role there, accounts.services.UsernameTaken.
    """
    refuse_role(unit=unit, role=role, by=by, today=today)
    person, password = account_services.invite_person(
        username=username, full_name=full_name, position=position, email=email, by=by
    )
    grant_role(user=person, unit=unit, role=role, valid_from=valid_from, by=by)
    return person, password


def refuse_role(*, unit: Unit, role: Role, by: User, today: date) -> None:
    """Raise GrantRefused where the person may not give the role on the unit today."""
    if role not in permissions.roles_to_give(user=by, units=[unit.pk], today=today)[unit.pk]:
        raise GrantRefused(
            f"Bạn không được giao vai trò “{role.label}” ở đơn vị này. Hãy chọn vai trò khác hoặc liên hệ "
            "người quản trị ở Văn phòng Uỷ ban nhân dân tỉnh."
        )
