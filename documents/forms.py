"""What a person says of a document, new or known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from documents.fields import AttachmentField
from documents.models import Document
from documents.services import Facts
from dvctt.fields import DayField


class DocumentForm(forms.Form):
    """The facts as they stand on the paper, and its file."""

    number = forms.CharField(label="Số, ký hiệu", max_length=80, help_text="Như trên văn bản: 269/KH-UBND.")
    issued_on = DayField(
        label="Ngày ban hành",
        required=False,
        error_messages={"invalid": "Ngày ban hành không đọc được. Hãy ghi dạng 17/07/2023."},
    )
    issuer = forms.CharField(label="Cơ quan ban hành", max_length=200)
    signer = forms.CharField(label="Người ký", max_length=120, required=False)
    abstract = forms.CharField(
        label="Trích yếu", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = AttachmentField(label="Tệp văn bản")

    def facts(self) -> Facts:
        """Return what a valid form says."""
        said = self.cleaned_data
        return Facts(
            number=said["number"],
            issued_on=said["issued_on"],
            issuer=said["issuer"],
            signer=said["signer"],
            abstract=said["abstract"],
        )


class NewDocumentForm(DocumentForm):
    """A document that the system does not know yet."""

    code = forms.SlugField(
        label="Mã trong hệ thống",
        max_length=60,
        required=False,
        help_text="Đứng trong địa chỉ trang, không đổi được về sau. Để trống: lấy theo số và năm.",
        error_messages={"invalid": "Mã chỉ gồm chữ không dấu, chữ số, dấu - và _. Hãy sửa hoặc để trống."},
    )
    field_order = ("number", "issued_on", "issuer", "signer", "abstract", "file", "code")


class ChangeDocumentForm(DocumentForm):
    """A known document as somebody saw it at revision `seen`."""

    superseded_by = forms.ChoiceField(
        label="Đã được thay bằng",
        required=False,
        help_text="Chỉ liệt kê văn bản không ban hành trước văn bản này. Để trống: còn hiệu lực.",
    )
    reason = forms.CharField(
        label="Lý do sửa",
        max_length=300,
        error_messages={"required": "Hãy ghi lý do sửa; lý do được lưu trong lịch sử của văn bản."},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, successors: Sequence[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._successors = {one.code: one for one in successors}
        choices = [("", "Chưa bị thay thế"), *((one.code, one.listed) for one in successors)]
        self.fields["superseded_by"].choices = choices  # type: ignore[attr-defined]

    def later(self) -> Document | None:
        """Return the document that replaces this one, as a valid form says."""
        return self._successors.get(self.cleaned_data["superseded_by"])


def initial_of(document: Document) -> dict[str, object]:
    """Return what a form shows of a document as it stands."""
    later = document.superseded_by
    return {
        "number": document.number,
        "issued_on": document.issued_on,
        "issuer": document.issuer,
        "signer": document.signer,
        "abstract": document.abstract,
        "superseded_by": later.code if later else "",
        "seen": document.revision,
    }
