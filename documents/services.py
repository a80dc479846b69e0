"""Writing documents."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Final

from django.db import transaction

from documents.models import Document

COLUMNS: Final = ("code", "number", "issued_on", "issuer")


class DocumentsUnreadable(ValueError):
    """A list of documents that does not say what it must; str() names the line."""


def load_documents(*, path: Path) -> int:
    """Take over a CSV list (code, number, issued_on as ISO, issuer, and if there is one signer, abstract).

    Return how many documents became new or changed; the same list again changes nothing.
    Raises DocumentsUnreadable.
    """
    written = 0
    with path.open(encoding="utf-8-sig", newline="") as file, transaction.atomic():
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise DocumentsUnreadable(f"{path.name}: thiếu cột {', '.join(missing)}.")
        standing = {document.code: document for document in Document.objects.all()}
        for row in reader:
            where = f"{path.name}, dòng {reader.line_num}"
            if not row["code"] or not row["number"] or not row["issuer"]:
                raise DocumentsUnreadable(f"{where}: thiếu mã, số ký hiệu hoặc cơ quan ban hành.")
            fields = {
                "number": row["number"],
                "issued_on": _day(row["issued_on"], where),
                "issuer": row["issuer"],
                "signer": row.get("signer") or "",
                "abstract": row.get("abstract") or "",
            }
            document = standing.get(row["code"])
            if document is None:
                standing[row["code"]] = Document.objects.create(code=row["code"], **fields)
            elif any(getattr(document, name) != value for name, value in fields.items()):
                for name, value in fields.items():
                    setattr(document, name, value)
                document.save()
            else:
                continue
            written += 1
    return written


def _day(text: str | None, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DocumentsUnreadable(f"{where}: ngày “{text}” phải có dạng 2023-07-25.") from error
