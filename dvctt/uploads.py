"""What is refused of an upload before a byte of it is kept."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


def max_megabytes() -> int:
    """Return the largest size of a file, in MB."""
    return int(settings.UPLOAD_MAX_BYTES) // (1024 * 1024)


class BodyLimit(FileUploadHandler):
    """Refuses a body of more than UPLOAD_BODY_MAX_BYTES; the handlers after it keep the files.

    Django spools a file of any size to disk before a view or the CSRF check sees the request, so without
    this whoever reaches the log-in page could fill the disk.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Raise RequestDataTooBig, which dvctt.errors answers with 413."""
        if content_length > settings.UPLOAD_BODY_MAX_BYTES:
            raise RequestDataTooBig("The body is larger than UPLOAD_BODY_MAX_BYTES.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None
