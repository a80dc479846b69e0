"""A target set by hand."""

from __future__ import annotations

from typing import Any

from django import forms

from indicators.models import Indicator
from targets.forms.fields import LevelField


class OverrideForm(forms.Form):
    """A level with its reason, or the decision to assign nothing."""

    nothing = forms.BooleanField(label="Không giao chỉ tiêu này cho đơn vị", required=False)
    reason = forms.CharField(
        label="Lý do", max_length=300, help_text="In kèm chỉ tiêu và lưu trong lịch sử của kế hoạch."
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = LevelField(
            label=f"Mức giao ({indicator.unit_of_measure})", required=False, is_rate=indicator.is_rate
        )
        self.order_fields(["value", "nothing", "reason", "seen"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if "value" in self.errors:
            return data
        if data.get("value") is None and not data.get("nothing"):
            self.add_error("value", "Nhập mức giao, hoặc đánh dấu ô không giao.")
        if data.get("value") is not None and data.get("nothing"):
            self.add_error("nothing", "Đã nhập mức giao thì bỏ dấu ở ô không giao.")
        return data
