"""The file that an officer puts behind a figure."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile

from documents import attachments
from documents.fields import AttachmentField
from documents.keeping import Upload


class EvidenceForm(forms.Form):
    file = AttachmentField(label="Tệp minh chứng", accepted=attachments.EVIDENCE, required=True)

    def upload(self) -> Upload:
        """Return the file of a valid form, read."""
        file: UploadedFile = self.cleaned_data["file"]
        return Upload(file.read(), file.name or "")
