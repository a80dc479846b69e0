"""Writing who acts for which unit: people, roles, accounts; each act in the history of accounts."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts import services as account_services
from accounts.models import EventKind, User
from dvctt.lib.numbers import vi_date
from units import people_selectors, permissions
from units.models import Grant, Role, Unit
from units.services.errors import DayRefused, GrantRefused, GrantStands, PersonOutOfReach
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
    at: datetime,
    today: date,
) -> tuple[User, str]:
    """Make an account with one role, and return it with its first password.

    Raises GrantRefused where `by` may not give that role there, accounts.services.UsernameTaken.
    """
    _refuse_role(unit=unit, role=role, by=by, today=today)
    person, password = account_services.invite_person(
        username=username, full_name=full_name, position=position, email=email, by=by, at=at
    )
    grant = grant_role(user=person, unit=unit, role=role, valid_from=valid_from, by=by)
    account_services.record(
        kind=EventKind.GRANTED,
        person=person,
        by=by,
        at=at,
        reason="Thêm người dùng",
        detail=_in_words(grant, today),
    )
    return person, password


@transaction.atomic
def give_role(
    *,
    person: User,
    unit: Unit,
    role: Role,
    valid_from: date,
    reason: str,
    by: User,
    at: datetime,
    today: date,
) -> Grant:
    """Let a known person act in one more role from a day on.

    Raises PersonOutOfReach, GrantRefused, GrantStands, accounts.services.ReasonMissing.
    """
    _hold(person, by, today)
    _refuse_role(unit=unit, role=role, by=by, today=today)
    same = Grant.objects.filter(user=person, unit=unit, role=role.value)
    overlapping = Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from) | Q(valid_from=valid_from)
    if same.filter(overlapping).exists():
        raise GrantStands(
            f"{person} đã có vai trò “{role.label}” ở đơn vị này trong hoặc sau ngày {vi_date(valid_from)}. "
            "Hãy chọn vai trò khác hoặc ngày sau đó."
        )
    grant = grant_role(user=person, unit=unit, role=role, valid_from=valid_from, by=by)
    account_services.record(
        kind=EventKind.GRANTED,
        person=person,
        by=by,
        at=at,
        reason=reason,
        detail=_in_words(grant, today),
    )
    return grant


@transaction.atomic
def end_role(*, grant: Grant, valid_to: date, reason: str, by: User, at: datetime, today: date) -> None:
    """Let a role end: `valid_to` is the first day without it.

    Raises PersonOutOfReach, DayRefused, accounts.services.ReasonMissing.
    """
    _hold(grant.user, by, today)
    grant = Grant.objects.select_related("user").get(pk=grant.pk)
    if not permissions.standing_grants(today=today).filter(pk=grant.pk).exists():
        raise DayRefused("Vai trò này đã hết. Hãy tải lại trang để xem các vai trò hiện có.")
    if valid_to <= grant.valid_from:
        raise DayRefused(
            f"Vai trò bắt đầu ngày {vi_date(grant.valid_from)}. Hãy ghi ngày kết thúc sau ngày ấy."
        )
    grant.valid_to = valid_to
    grant.save(update_fields=["valid_to"])
    account_services.record(
        kind=EventKind.GRANT_ENDED,
        person=grant.user,
        by=by,
        at=at,
        reason=reason,
        detail=_in_words(grant, today),
    )


@transaction.atomic
def reset_password(*, person: User, reason: str, by: User, at: datetime, today: date) -> str:
    """Return a new first password of the person. Raises PersonOutOfReach, accounts.services.ReasonMissing."""
    _hold(person, by, today)
    return account_services.reset_password(person=person, reason=reason, by=by, at=at)


@transaction.atomic
def set_active(*, person: User, active: bool, reason: str, by: User, at: datetime, today: date) -> None:
    """Lock the person's account or open it again. Raises PersonOutOfReach, accounts.services.AccountError."""
    _hold(person, by, today)
    account_services.set_active(person=person, active=active, reason=reason, by=by, at=at)


def _hold(person: User, by: User, today: date) -> None:
    """Keep others from changing the person until this is done, and refuse who may not."""
    User.objects.select_for_update().get(pk=person.pk)
    if not permissions.may_manage(user=by, person=person, today=today):
        raise PersonOutOfReach(
            "Bạn không sửa được tài khoản này: là tài khoản của chính bạn, hoặc người ấy giữ vai trò mà bạn "
            "không được giao. Hãy liên hệ người quản trị ở Văn phòng Uỷ ban nhân dân tỉnh."
        )


def _refuse_role(*, unit: Unit, role: Role, by: User, today: date) -> None:
    if role not in permissions.roles_to_give(user=by, units=[unit.pk], today=today)[unit.pk]:
        raise GrantRefused(
            f"Bạn không được giao vai trò “{role.label}” ở đơn vị này. Hãy chọn vai trò khác hoặc liên hệ "
            "người quản trị ở Văn phòng Uỷ ban nhân dân tỉnh."
        )


def _in_words(grant: Grant, today: date) -> str:
    unit = people_selectors.last_names(unit_ids={grant.unit_id}, on=today).get(grant.unit_id, "–")
    end = f" đến trước ngày {vi_date(grant.valid_to)}" if grant.valid_to else ""
    return f"{Role(grant.role).label}, {unit}, từ ngày {vi_date(grant.valid_from)}{end}"
