"""Writing people."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User


@transaction.atomic
def create_person(
    *, username: str, full_name: str, position: str, password: str, by: User | None = None
) -> User:
    """Create a person who can log in. Raises IntegrityError where the user name is taken."""
    person = User(username=username, full_name=full_name, position=position)
    person.set_password(password)
    person.save()
    return person
