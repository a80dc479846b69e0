"""The field of a form through which a file comes in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazystr

from documents import attachments
from documents.keeping import Upload
from dvctt.uploads import max_megabytes


class AttachmentField(forms.FileField):
    """A file of one of the accepted kinds, cleaned to an Upload; its size is looked at before it is read."""

    def __init__(
        self, *, label: str, accepted: Sequence[str] = attachments.ACCEPTED, required: bool = False
    ) -> None:
        super().__init__(
            label=label,
            required=required,
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": ",".join(accepted)}),
            error_messages={
                "invalid": "Không nhận được tệp. Hãy chọn lại tệp rồi lưu.",
                "required": "Hãy chọn một tệp.",
            },
        )
        self.accepted = accepted
        # The limit is a setting: read when the page is made.
        self.help_text = lazystr(_Help(accepted))

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        file: UploadedFile | None = super().clean(data, initial)
        if file is None:
            return None
        if file.size is not None and file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"Tệp nặng {filesizeformat(file.size)}, tối đa là {max_megabytes()} MB. "
                "Hãy quét lại ở độ phân giải thấp hơn hoặc bỏ bớt hình."
            )
        return Upload(file.read(), file.name or "")


class _Help:
    def __init__(self, accepted: Sequence[str]) -> None:
        self.accepted = accepted

    def __str__(self) -> str:
        return (
            f"Nhận {', '.join(self.accepted)}; tối đa {max_megabytes()} MB. "
            "Khi biểu mẫu có lỗi, trình duyệt không giữ tệp đã chọn: hãy chọn lại."
        )
