"""Reading JSON that a person wrote: every slip is told in Vietnamese with its place, and reading goes on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

T = TypeVar("T")
MISSING: Final[Any] = object()


class Reader:
    """One JSON object at a place; problems go to a list that all readers of a document share.

    A method that meets a slip notes it and returns a stand-in, so that one look tells all slips; what was
    read counts only when `problems` is empty.
    """

    def __init__(self, raw: object, *, place: str, problems: list[str]) -> None:
        self.place = place
        self.problems = problems
        self._asked: set[str] = set()
        self._raw: Mapping[str, Any] = {}
        if isinstance(raw, Mapping):
            self._raw = raw
        else:
            self.problem("phải là một đối tượng { … }")

    def problem(self, text: str, *, key: str = "") -> None:
        """Note a slip at the key, or at the object itself."""
        where = f"{self.place}.{key}" if self.place and key else self.place or key
        self.problems.append(f"{where}: {text}" if where else text)

    def has(self, key: str) -> bool:
        return key in self._raw

    def finish(self) -> None:
        """Note the keys that nobody asked for."""
        for key in self._raw:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                self.problem(f"khoá lạ “{str(key)[:40]}”; các khoá được dùng: {known}")

    def _value(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        if key in self._raw:
            return self._raw[key]
        if default is MISSING:
            self.problem(f"thiếu “{key}”")
        return default

    def text(self, key: str, *, longest: int, default: str = MISSING) -> str:
        """Return a text without surrounding spaces; without a default it must not be empty."""
        value = self._value(key, default)
        if value is MISSING:
            return ""
        if not isinstance(value, str):
            self.problem(f"phải là chữ, không phải {describe(value)}", key=key)
            return ""
        value = value.strip()
        if not value and default is MISSING:
            self.problem("không được để trống", key=key)
        if len(value) > longest:
            self.problem(f"dài quá {longest} ký tự", key=key)
        return value

    def number(
        self,
        key: str,
        *,
        low: Decimal | None = None,
        high: Decimal | None = None,
        default: Decimal | None = MISSING,
        may_be_null: bool = False,
    ) -> Decimal | None:
        """Return an exact number, from a JSON number or a text with a decimal point."""
        value = self._value(key, default)
        if value is MISSING or (value is None and may_be_null):
            return None
        number = exact(value)
        if number is None:
            or_null = " hoặc null" if may_be_null else ""
            self.problem(f"phải là một số{or_null}, không phải {describe(value)}", key=key)
            return None
        if low is not None and number < low:
            self.problem(f"{describe(value)} nhỏ hơn {low}", key=key)
        if high is not None and number > high:
            self.problem(f"{describe(value)} lớn hơn {high}", key=key)
        return number

    def whole(self, key: str, *, low: int, high: int, default: int = MISSING) -> int:
        """Return a whole number between two bounds."""
        value = self._value(key, default)
        if value is MISSING:
            return low
        if isinstance(value, bool) or not isinstance(value, int):
            self.problem(f"phải là một số nguyên, không phải {describe(value)}", key=key)
            return low
        if not low <= value <= high:
            self.problem(f"{value} phải từ {low} đến {high}", key=key)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            self.problem(f"phải là true hoặc false, không phải {describe(value)}", key=key)
            return default
        return value

    def choice(self, key: str, choices: Mapping[str, T], *, default: str = MISSING) -> T | None:
        """Return what a word of a closed list stands for."""
        value = self._value(key, default)
        if value is MISSING:
            return None
        if not isinstance(value, str) or value not in choices:
            self.problem(f"{describe(value)} không có; chỉ nhận {', '.join(choices)}", key=key)
            return None
        return choices[value]

    def day(self, key: str, *, default: date | None = MISSING) -> date | None:
        """Return a day written as 2023-12-31."""
        value = self._value(key, default)
        if value is MISSING or value is None or isinstance(value, date):
            return None if value is MISSING else value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.problem(f"ngày {describe(value)} phải có dạng 2023-12-31", key=key)
            return None

    def texts(self, key: str, *, among: Collection[str] | None = None) -> list[str]:
        """Return a list of texts, each once; empty where the key is missing."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self.problem(f"phải là danh sách chữ, không phải {describe(value)}", key=key)
            return []
        found = [one.strip() for one in value]
        for one in found:
            if found.count(one) > 1:
                self.problem(f"“{one}” ghi hai lần", key=key)
                break
        if among is not None:
            for one in found:
                if one not in among:
                    self.problem(f"“{one[:40]}” không có; chỉ nhận {', '.join(among)}", key=key)
        return found

    def child(self, key: str, *, default: Mapping[str, Any] = MISSING) -> Reader:
        """Return the reader of the object at a key."""
        value = self._value(key, default)
        place = f"{self.place}.{key}" if self.place else key
        if value is MISSING:
            # That it is missing is told once; what stands inside is then nobody's slip.
            return Reader({}, place=place, problems=[])
        return Reader(value, place=place, problems=self.problems)

    def children(self, key: str) -> list[Reader]:
        """Return the readers of a list of objects, one at least."""
        value = self._value(key, MISSING)
        if value is MISSING:
            return []
        if not isinstance(value, list) or not value:
            self.problem(f"phải là danh sách có ít nhất một mục, không phải {describe(value)}", key=key)
            return []
        place = f"{self.place}.{key}" if self.place else key
        return [
            Reader(one, place=f"{place}[{number}]", problems=self.problems)
            for number, one in enumerate(value, start=1)
        ]

    def raw(self, key: str) -> Any:
        """Return what stands at the key, unread; None where nothing does."""
        return self._value(key, None)


def exact(value: object) -> Decimal | None:
    """Return the number as a Decimal without passing through binary fractions, or None for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= 10**12 or int(number.as_tuple().exponent) < -10:
        return None
    return number


def describe(value: object) -> str:
    """Return a JSON value as it may stand in a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"“{value[:40]}”"
        case int() | float() | Decimal():
            return str(value)[:40]
        case []:
            return "danh sách trống"
        case list():
            return "danh sách"
        case _:
            return "đối tượng"
