"""Answers that are files to keep."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_response(content: bytes, *, filename: str) -> HttpResponse:
    """Return an .xlsx file as a download; its name is of our own making, letters without accents."""
    return _download(content, content_type=_XLSX, filename=filename)


def csv_response(content: bytes, *, filename: str) -> HttpResponse:
    """Return a .csv file in UTF-8 as a download; its name is of our own making, letters without accents."""
    return _download(content, content_type="text/csv; charset=utf-8", filename=filename)


def _download(content: bytes, *, content_type: str, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
