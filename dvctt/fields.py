"""Fields that forms of several apps share."""

from __future__ import annotations

from typing import Any

from django import forms


class DayField(forms.DateField):
    """A day from a date input, or typed as 17/07/2023."""

    def __init__(self, *, error_messages: dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
            error_messages={
                "required": "Hãy ghi ngày, dạng 17/07/2023.",
                "invalid": "Ngày không đọc được. Hãy ghi dạng 17/07/2023.",
                **(error_messages or {}),
            },
            **options,
        )
