"""Forms of deadlines: the filter of "Tình hình nộp", more time for a unit, the office's calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import forms

from dvctt.fields import DayField
from indicators import rules
from indicators.deadline_wording import month_said
from indicators.models import Move, Period, PeriodKind
from units.models import Level


class SendingFilterForm(forms.Form):
    """Period, area and state of "Tình hình nộp", from the address; what is not understood is left out."""

    ky = forms.ChoiceField(required=False)
    khu_vuc = forms.IntegerField(required=False, min_value=1)
    trang_thai = forms.ChoiceField(required=False, choices=[(one.value, "") for one in rules.ReportState])

    def __init__(self, data: Mapping[str, str], *, periods: Sequence[Period]) -> None:
        super().__init__(data)
        choices = [(period.code, period.label) for period in periods]
        self.fields["ky"] = forms.ChoiceField(required=False, choices=choices)
        self.is_valid()

    @property
    def period_code(self) -> str:
        return str(self.cleaned_data.get("ky") or "")

    @property
    def area_id(self) -> int | None:
        return self.cleaned_data.get("khu_vuc")

    @property
    def state(self) -> rules.ReportState | None:
        chosen = self.cleaned_data.get("trang_thai")
        return rules.ReportState(chosen) if chosen else None


class ExtensionForm(forms.Form):
    """Until when a unit gets time, and why."""

    until = DayField(
        label="Gia hạn đến hết ngày",
        error_messages={
            "required": "Chọn ngày gia hạn.",
            "invalid": "Ngày gia hạn phải là một ngày có thật, ví dụ 22/12/2023.",
        },
    )
    reason = forms.CharField(
        label="Lý do gia hạn",
        help_text="Đơn vị và người kiểm tra sau này đọc lý do này.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Nhập lý do gia hạn: vì sao đơn vị cần thêm thời gian."},
    )


class HolidayForm(forms.Form):
    """A day on which nobody works."""

    day = DayField(
        label="Ngày nghỉ",
        error_messages={
            "required": "Chọn ngày nghỉ.",
            "invalid": "Ngày nghỉ phải là một ngày có thật, ví dụ 17/2/2026.",
        },
    )
    name = forms.CharField(
        label="Tên ngày nghỉ",
        max_length=120,
        error_messages={"required": "Nhập tên ngày nghỉ, ví dụ Tết Nguyên đán."},
    )


class CalendarRuleForm(forms.Form):
    """When a level reports on a kind of period, from which day on."""

    period_kind = forms.ChoiceField(label="Loại kỳ", choices=PeriodKind.choices)
    level = forms.ChoiceField(label="Cấp", choices=Level.choices)
    day = forms.IntegerField(
        label="Ngày trong tháng",
        help_text="Từ 1 đến 31; 31 là ngày cuối tháng.",
        min_value=1,
        max_value=31,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    month_offset = forms.TypedChoiceField(
        label="Tháng nộp",
        coerce=int,
        choices=[(offset, month_said(offset)) for offset in (0, *range(1, 25), *range(-1, -13, -1))],
        initial=0,
    )
    move = forms.ChoiceField(label="Khi trúng ngày nghỉ", choices=Move.choices)
    grace_days = forms.IntegerField(
        label="Số ngày ân hạn",
        min_value=0,
        max_value=366,
        initial=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    lock_days = forms.IntegerField(
        label="Số ngày sau hạn thì khoá nhập",
        help_text="Để trống nếu không khoá. Sau ngày khoá, đơn vị chỉ nhập được khi có gia hạn.",
        required=False,
        min_value=0,
        max_value=3660,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    basis = forms.CharField(label="Căn cứ", help_text="Văn bản, mục.", max_length=300)
    valid_from = DayField(
        label="Áp dụng cho kỳ kết thúc từ ngày",
        help_text="Các kỳ kết thúc trước ngày này giữ hạn cũ.",
    )

    @property
    def terms(self) -> rules.CalendarRule:
        """What a valid form says."""
        data = self.cleaned_data
        return rules.CalendarRule(
            level=data["level"],
            period_kind=data["period_kind"],
            month_offset=data["month_offset"],
            day=data["day"],
            move=data["move"],
            grace_days=data["grace_days"],
            lock_days=data["lock_days"],
        )
