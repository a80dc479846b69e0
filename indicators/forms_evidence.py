"""The file that an officer puts behind a figure."""

from __future__ import annotations

from django import forms

from documents import attachments
from documents.fields import AttachmentField


class EvidenceForm(forms.Form):
    file = AttachmentField(label="Tệp minh chứng", accepted=attachments.EVIDENCE, required=True)
