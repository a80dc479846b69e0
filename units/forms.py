from __future__ import annotations

from django import forms

from dvctt.fields import DayField


class TreeForm(forms.Form):
    """What the address of the tree page says: the day, the province, the words to find."""

    tinh = forms.IntegerField(
        label="Tỉnh", required=False, error_messages={"invalid": "Không có tỉnh đã chọn."}
    )
    ngay = DayField(
        label="Ngày",
        required=False,
        error_messages={
            "invalid": "Ngày không đọc được. Ghi ngày dạng 30/06/2023 hoặc 2023-06-30; đang theo hôm nay."
        },
    )
    tim = forms.CharField(
        label="Tìm đơn vị",
        required=False,
        max_length=100,
        error_messages={"max_length": "Từ cần tìm dài quá 100 ký tự."},
    )
