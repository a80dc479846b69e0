"""Writing people."""

from __future__ import annotations

from datetime import datetime

from axes.utils import reset
from django.db import IntegrityError, transaction

from accounts import passwords
from accounts.models import WITH_REASON, AccountEvent, EventKind, User


class AccountError(ValueError):
    """What the person asked for is not done; the message is Vietnamese and says how to mend it."""

    field = ""


class UsernameTaken(AccountError):
    field = "username"

    def __init__(self, username: str) -> None:
        super().__init__(f"Tên đăng nhập “{username}” đã có người dùng. Hãy chọn tên khác.")


class ReasonMissing(AccountError):
    field = "reason"

    def __init__(self) -> None:
        super().__init__("Hãy ghi lý do; lý do được lưu trong nhật ký.")


class NothingToChange(AccountError):
    """The account is like that already."""


@transaction.atomic
def create_person(
    *,
    username: str,
    full_name: str,
    position: str,
    password: str,
    email: str = "",
    must_change_password: bool = False,
    by: User | None = None,
) -> User:
    """Create a person who can log in. Raises IntegrityError where the user name is taken."""
    person = User(
        username=username,
        full_name=full_name,
        position=position,
        email=email,
        must_change_password=must_change_password,
    )
    person.set_password(password)
    person.save()
    return person


@transaction.atomic
def invite_person(
    *, username: str, full_name: str, position: str, email: str, by: User, at: datetime
) -> tuple[User, str]:
    """Create a person with a first password, and return both; the password is kept nowhere else.

    Raises UsernameTaken, under a race as well; names that differ only in case are one name.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(username)
    password = passwords.first_password(
        person=User(username=username, full_name=full_name, position=position, email=email)
    )
    try:
        person = create_person(
            username=username,
            full_name=full_name,
            position=position,
            email=email,
            password=password,
            must_change_password=True,
            by=by,
        )
    except IntegrityError as error:
        raise UsernameTaken(username) from error
    record(kind=EventKind.ADDED, person=person, by=by, at=at)
    return person, password


@transaction.atomic
def change_password(*, person: User, password: str, at: datetime) -> None:
    """Set a password that the person chose; it has passed the rules of the site."""
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    record(kind=EventKind.PASSWORD_CHANGED, person=person, by=person, at=at)


@transaction.atomic
def reset_password(*, person: User, reason: str, by: User, at: datetime) -> str:
    """Return a new first password: the old one, its sessions and the lock after wrong ones are gone.

    Whether `by` may do so is the caller's matter (units.services). Raises ReasonMissing.
    """
    locked = User.objects.select_for_update().get(pk=person.pk)
    password = passwords.first_password(person=locked)
    locked.set_password(password)
    locked.must_change_password = True
    locked.save(update_fields=["password", "must_change_password"])
    reset(username=locked.username)
    record(kind=EventKind.PASSWORD_RESET, person=locked, by=by, at=at, reason=reason)
    return password


@transaction.atomic
def set_active(*, person: User, active: bool, reason: str, by: User, at: datetime) -> None:
    """Lock an account, which ends its sessions with the next page, or open it again.

    Whether `by` may do so is the caller's matter. Raises ReasonMissing, NothingToChange.
    """
    locked = User.objects.select_for_update().get(pk=person.pk)
    if locked.is_active == active:
        raise NothingToChange("Tài khoản đang dùng." if active else "Tài khoản đã khoá từ trước.")
    locked.is_active = active
    locked.save(update_fields=["is_active"])
    kind = EventKind.UNLOCKED if active else EventKind.LOCKED
    record(kind=kind, person=locked, by=by, at=at, reason=reason)


def record_log_in(*, person: User, at: datetime) -> None:
    record(kind=EventKind.LOGGED_IN, person=person, by=person, at=at)


def record_failed_log_in(*, username: str, at: datetime) -> None:
    """Write down whose log-in failed; not a name that is nobody's, which may be a password."""
    person = User.objects.filter(username=username).first()
    detail = "" if person else "tên không có trong hệ thống"
    record(kind=EventKind.LOG_IN_FAILED, person=person, by=None, at=at, detail=detail)


def record(
    *,
    kind: EventKind,
    person: User | None,
    by: User | None,
    at: datetime,
    reason: str = "",
    detail: str = "",
) -> None:
    """Write an event into the history of accounts. Raises ReasonMissing."""
    reason = reason.strip()
    if kind.value in WITH_REASON and not reason:
        raise ReasonMissing
    AccountEvent.objects.create(kind=kind.value, person=person, by=by, at=at, reason=reason, detail=detail)
