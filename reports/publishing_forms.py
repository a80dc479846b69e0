"""What a person says when a table is made public or taken back."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from documents.models import Document
from dvctt.fields import ReasonField

READ_BY_ALL: Final = "Người dân đọc được; không ghi tên cán bộ, số điện thoại."


class _DocumentChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.listed)


class PublishForm(forms.Form):
    """`seen` and `seen_steps` say what the person looked at before deciding."""

    document = _DocumentChoice(
        label="Văn bản công bố",
        queryset=Document.objects.filter(superseded_by=None),
        required=False,
        empty_label="Không kèm văn bản",
        help_text="Số, ký hiệu và ngày hiện trên trang công khai.",
        error_messages={"invalid_choice": "Văn bản này không có, hoặc đã bị thay; hãy chọn trong danh sách."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    seen_steps = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10_000, required=False)

    def __init__(self, *args: Any, is_correction: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_correction:
            self.fields["reason"] = ReasonField(
                kept_in="lịch sử công bố và hiện trên trang công khai",
                help_text=READ_BY_ALL,
            )


class WithdrawForm(forms.Form):
    reason = ReasonField(kept_in="lịch sử công bố và hiện trên trang công khai", help_text=READ_BY_ALL)
