"""Passwords for the first log-in, and a rule that Django has no Vietnamese words for."""

from __future__ import annotations

import secrets
from typing import Final

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from accounts.models import User

LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another on paper: i, l, 1, o, 0."""
GROUPS: Final = 3
LETTERS_A_GROUP: Final = 4


class LongEnough(password_validation.MinimumLengthValidator):
    """Django's own rule; its message came with 5.2 and stands in English only."""

    def get_error_message(self) -> str:
        return f"Mật khẩu quá ngắn: cần ít nhất {self.min_length} ký tự."

    def get_help_text(self) -> str:
        return f"Mật khẩu có ít nhất {self.min_length} ký tự."


def first_password(*, person: User) -> str:
    """Return a new password that can be read out, "hx4p-kemu-7rta"; the rules of the site let it pass."""
    while True:
        groups = ("".join(secrets.choice(LETTERS) for _ in range(LETTERS_A_GROUP)) for _ in range(GROUPS))
        password = "-".join(groups)
        try:
            password_validation.validate_password(password, person)
        except ValidationError:
            continue
        return password
