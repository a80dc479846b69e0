"""Reading settings from the environment, with one message for everything that is wrong or missing."""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


class Environment:
    """Variables of the environment; what is wrong with them is collected and told at once.

    An empty variable counts as one that was not set, as in the compose file's `${NAME:-}`.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.problems: list[str] = []

    def text(self, name: str, *, default: str = "") -> str:
        return self._variables.get(name, "").strip() or default

    def words(self, name: str, *, default: Collection[str] = ()) -> list[str]:
        """Return a comma-separated list, without empty items."""
        value = self.text(name)
        return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value not in TRUE_WORDS | FALSE_WORDS:
            self.refuse(name, "phải là 1 hoặc 0", "must be 1 or 0")
            return default
        return value in TRUE_WORDS

    def integer(self, name: str, *, default: int, at_least: int = 0, at_most: int | None = None) -> int:
        value = self.text(name)
        if not value:
            return default
        try:
            number = int(value)
        except ValueError:
            self.refuse(name, "phải là số nguyên", "must be a whole number")
            return default
        if number < at_least or (at_most is not None and number > at_most):
            limits = f"≥ {at_least}" if at_most is None else f"{at_least}…{at_most}"
            self.refuse(name, f"phải trong khoảng {limits}", f"must be within {limits}")
            return default
        return number

    def choice(self, name: str, *, choices: Collection[str], default: str) -> str:
        value = self.text(name, default=default).upper()
        if value not in choices:
            allowed = ", ".join(choices)
            self.refuse(name, f"phải là một trong: {allowed}", f"must be one of: {allowed}")
            return default
        return value

    def address(self, name: str, *, schemes: Collection[str], default: str = "") -> str:
        """Return an address such as `redis://host:6379/0`; its scheme must be one of those given."""
        value = self.text(name)
        if not value:
            return default
        allowed = ", ".join(f"{scheme}://" for scheme in schemes)
        try:
            parts = urlsplit(value)
            if parts.scheme != "sqlite":  # sqlite://:memory: has no port
                _ = parts.port
        except ValueError:
            # The value may hold a password: it is never repeated in a message.
            self.refuse(name, "không phải một địa chỉ đúng dạng", "is not a well-formed address")
            return default
        if parts.scheme not in schemes or not value.startswith(f"{parts.scheme}:"):
            self.refuse(name, f"phải bắt đầu bằng một trong: {allowed}", f"must begin with one of: {allowed}")
            return default
        return value

    def require(self, name: str, value: str, *, vi: str, en: str) -> None:
        if not value:
            self.problems.append(f"{name}: chưa đặt; {vi} / is missing; {en}")

    def refuse(self, name: str, vi: str, en: str) -> None:
        self.problems.append(f"{name}: {vi} / {en}")

    def message(self) -> str:
        """Return everything that is wrong, one line each, or an empty text."""
        if not self.problems:
            return ""
        head = "Cấu hình chưa đúng (xem .env.example) / The configuration is not right (see .env.example):"
        return "\n".join([head, *(f"  - {problem}" for problem in self.problems)])
