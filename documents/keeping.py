"""Keeping a file that somebody uploaded: looked at, then stored under a name of its own content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

from documents import attachments


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in, with the person's own name for it."""

    content: bytes
    filename: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class HoldsFile(Protocol):
    """A row with one file in the store."""

    filename: str
    sha256: str
    size: int | None

    @property
    def file(self) -> FieldFile: ...


def keep_file(*, holder: HoldsFile, upload: Upload, accepted: Sequence[str] = attachments.ACCEPTED) -> bool:
    """Store the file as the holder's; False where that is its file already. The row is not saved here.

    Raises FileRefused.
    """
    filename = attachments.kept_name(upload.filename)
    attachments.check_file(
        upload.content, filename=filename, max_bytes=settings.UPLOAD_MAX_BYTES, accepted=accepted
    )
    digest = upload.sha256
    if (holder.filename, holder.sha256) == (filename, digest):
        return False
    holder.filename, holder.sha256, holder.size = filename, digest, len(upload.content)
    # The person's own name for the file is data; on disk it has one that no system stumbles over.
    stored = f"{digest[:20]}{attachments.kind_of(filename)}"
    holder.file.save(stored, ContentFile(upload.content), save=False)
    return True


def file_response(holder: HoldsFile) -> FileResponse:
    """Return the holder's file, always as a download: nothing that somebody uploaded is opened on this site.

    Raises Http404 where the store has it no more, or never had one.
    """
    try:
        file = holder.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404("Không có tệp này trong kho lưu trữ.") from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=holder.filename,
        content_type=attachments.CONTENT_TYPES[attachments.kind_of(holder.filename)],
    )
