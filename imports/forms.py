"""What a person says with an upload and with the order to write."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat

from dvctt.fields import DayField
from dvctt.lib import periods, sheets
from dvctt.uploads import max_megabytes
from indicators.models import Source
from units.selectors import NameAt


class FactsForm(forms.Form):
    """What the person says where the file itself is silent."""

    province = forms.ChoiceField(label="Tỉnh, thành phố", required=False)
    period = forms.CharField(
        label="Kỳ của số liệu",
        required=False,
        max_length=30,
        help_text="Ví dụ 2023-Q1 (quý), 2023-T03 (tháng), 2023-den-08-23 (từ đầu năm đến 23/8).",
    )
    source = forms.ChoiceField(label="Nguồn", required=False)
    extracted_on = DayField(
        label="Ngày trích xuất",
        required=False,
        error_messages={"invalid": "Ngày trích xuất không đọc được. Hãy ghi dạng 17/07/2023."},
    )

    def __init__(self, *args: object, provinces: Sequence[NameAt], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        listed = [(name.full_name, name.full_name) for name in provinces]
        self.fields["province"].choices = [("", "Theo tệp"), *listed]  # type: ignore[attr-defined]
        self.fields["source"].choices = [("", "Theo tệp"), *Source.choices]  # type: ignore[attr-defined]

    def clean_period(self) -> str:
        code: str = self.cleaned_data["period"].strip()
        if code:
            try:
                periods.parse_period(code)
            except periods.PeriodUnknown as error:
                raise forms.ValidationError(str(error)) from error
        return code


class UploadForm(FactsForm):
    """A file, and what the person says where it is silent."""

    file = forms.FileField(
        label="Tệp số liệu",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(sheets.ACCEPTED)}),
        error_messages={
            "required": "Chưa chọn tệp nào. Hãy chọn tệp bảng tính cần nạp.",
            "invalid": "Không nhận được tệp. Hãy chọn lại tệp rồi tải lên.",
        },
    )
    field_order = ("file", "province", "period", "source", "extracted_on")

    def __init__(self, *args: object, provinces: Sequence[NameAt], **kwargs: object) -> None:
        super().__init__(*args, provinces=provinces, **kwargs)
        self.fields["file"].help_text = (
            f"Nhận {', '.join(sheets.ACCEPTED)}; tối đa {max_megabytes()} MB. "
            "Mẫu của tệp nhận theo tên cột, không theo tên tệp hay tên sheet."
        )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"Tệp nặng {filesizeformat(file.size)}, tối đa là {max_megabytes()} MB. "
                "Hãy bỏ các trang tính, hình ảnh không cần hoặc chia thành nhiều tệp."
            )
        return file


class CommitForm(forms.Form):
    """The order to write, with its reason."""

    reason = forms.CharField(
        label="Lý do nhập",
        max_length=300,
        error_messages={"required": "Hãy ghi lý do nhập; lý do được lưu trong lịch sử số liệu."},
    )
