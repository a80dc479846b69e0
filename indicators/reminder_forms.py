"""Forms of reminding by hand, and of the log of reminders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import forms

from indicators import rules
from indicators.models import Period
from indicators.selectors import LogOutcome
from units.selectors import NameAt


class ReminderForm(forms.Form):
    """A sentence that is added to the reminder; the token says which page it was seen on."""

    note = forms.CharField(
        label="Lời nhắn thêm",
        help_text=f"Đứng dưới danh sách đơn vị, tối đa {rules.REMINDER_NOTE_LENGTH} ký tự. "
        "Không ghi tên, số điện thoại hay thông tin của cá nhân.",
        required=False,
        max_length=rules.REMINDER_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "max_length": f"Lời nhắn thêm dài quá {rules.REMINDER_NOTE_LENGTH} ký tự; hãy rút gọn."
        },
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Trang xem trước không còn dùng được; hãy mở lại từ Tình hình nộp."
        ),
    )


class LogFilterForm(forms.Form):
    """Period, unit and outcome of the log, from the address; what is not understood is left out."""

    ky = forms.ChoiceField(label="Kỳ", required=False)
    don_vi = forms.TypedChoiceField(label="Đơn vị", required=False, coerce=int, empty_value=None)
    ket_qua = forms.ChoiceField(
        label="Kết quả", required=False, choices=[("", "Mọi kết quả"), *LogOutcome.choices]
    )

    def __init__(
        self, data: Mapping[str, str], *, periods: Sequence[Period], names: Sequence[NameAt]
    ) -> None:
        super().__init__(data)
        self.fields["ky"] = forms.ChoiceField(
            label="Kỳ", required=False, choices=[(one.code, one.label) for one in periods]
        )
        self.fields["don_vi"] = forms.TypedChoiceField(
            label="Đơn vị",
            required=False,
            coerce=int,
            empty_value=None,
            choices=[("", "Mọi đơn vị"), *((one.unit_id, one.name_and_place) for one in names)],
        )
        self.is_valid()

    @property
    def unit_id(self) -> int | None:
        return self.cleaned_data.get("don_vi")

    @property
    def outcome(self) -> str:
        return str(self.cleaned_data.get("ket_qua") or "")
