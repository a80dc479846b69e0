"""Writing people."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts import passwords
from accounts.models import User


class AccountError(ValueError):
    """What the person asked for is not done; the message is Vietnamese and says how to mend it."""

    field = ""


class UsernameTaken(AccountError):
    field = "username"

    def __init__(self, username: str) -> None:
        super().__init__(f"Tên đăng nhập “{username}” đã có người dùng. Hãy chọn tên khác.")


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


def invite_person(
    *, username: str, full_name: str, position: str, email: str, by: User | None
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
    return person, password


@transaction.atomic
def change_password(*, person: User, password: str) -> None:
    """Set a password that the person chose; it has passed the rules of the site."""
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
