"""Fields that forms of several apps share, and how a form shows what a service refused."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from django import forms

from dvctt.lib.numbers import vi_date

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Between them a day may be counted from, forwards and backwards, without leaving the calendar."""


def read_id(text: str) -> int | None:
    """Return the id that an address or a form names, None where it names none that a database could hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


class _DayInput(forms.DateInput):
    def format_value(self, value: Any) -> Any:
        return vi_date(value) if isinstance(value, date) else value


class DayField(forms.DateField):
    """A day typed as people write it: 17/7/2023.

    Not a date input: an English browser shows and reads the month first there, and 6/5 is taken for 5/6.
    """

    def __init__(self, *, error_messages: dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(
            input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"],
            widget=_DayInput(
                attrs={"class": "short", "autocomplete": "off", "placeholder": "ngày/tháng/năm"}
            ),
            error_messages={
                "required": "Hãy ghi ngày, dạng 17/07/2023.",
                "invalid": "Ngày không đọc được. Hãy ghi dạng 17/07/2023.",
                **(error_messages or {}),
            },
            **options,
        )

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class ReasonField(forms.CharField):
    """Why something is done, in 300 characters; `kept_in` says where people will read it."""

    def __init__(self, *, kept_in: str, **options: Any) -> None:
        super().__init__(
            label="Lý do",
            max_length=300,
            error_messages={
                "required": f"Hãy ghi lý do; lý do được lưu trong {kept_in}.",
                "max_length": "Lý do dài nhất 300 ký tự; hãy rút gọn.",
            },
            **options,
        )


class Refusal(Protocol):
    """An error of a service that knows which field of a form it is about; "" for none."""

    field: str


def add_refusal(form: forms.Form, error: Refusal) -> None:
    """Show the refusal at its field, above the form where that has no such field."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
