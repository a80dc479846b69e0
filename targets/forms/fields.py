"""Numbers and days as people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from dvctt.lib import numbers
from targets.rules.reading import exact


class LevelField(forms.CharField):
    """A target or a part of one: "98,5", "98.5 %", and for what is no rate "1.600"; a Decimal, or None.

    "1.234" as a rate is asked back. Give it the indicator's measure by `is_rate`.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autocomplete": "off"})

    def __init__(self, *, is_rate: bool = True, **options: Any) -> None:
        super().__init__(max_length=40, **options)
        self.is_rate = is_rate

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            value = self._read(text)
        except numbers.NumberUnclear as error:
            raise forms.ValidationError(str(error)) from error
        if value is None and self.required:
            raise forms.ValidationError(f"“{text}” không phải là số; hãy nhập một số.")
        if value is not None and exact(value) is None:
            raise forms.ValidationError(
                f"“{text}” quá lớn hoặc có quá mười chữ số thập phân; hãy nhập số ngắn hơn."
            )
        return value

    def _read(self, text: str) -> Decimal | None:
        if not self.is_rate:
            try:
                count = numbers.parse_count(text)
            except numbers.NumberUnclear:
                pass
            else:
                return None if count is None else Decimal(count)
        rate = numbers.parse_rate(text)
        return None if rate is None else rate.value

    def prepare_value(self, value: Any) -> Any:
        return numbers.vi_number(value) if isinstance(value, Decimal) else value
