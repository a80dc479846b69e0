"""Reading documents: one by its code, its history in words, what may replace it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from documents.models import Document
from documents.rules import SupersessionRefused, refuse_supersession
from dvctt.lib import numbers

LABELS: Final[Mapping[str, str]] = {
    "number": "Số, ký hiệu",
    "issued_on": "Ngày ban hành",
    "issuer": "Cơ quan ban hành",
    "signer": "Người ký",
    "abstract": "Trích yếu",
    "superseded_by": "Thay bằng",
    "filename": "Tệp",
    "sha256": "Mã băm của tệp",
}
"""What a history shows, in its order; where the store keeps a file is nobody's business."""


class DocumentUnknown(LookupError):
    """No document has this code; str() says so in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Change:
    """One fact of a document that was changed; "" where there was, or is, nothing."""

    label: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change of a document with all that it changed."""

    number: int
    at: datetime
    by: str
    reason: str
    changes: tuple[Change, ...]


def document_by_code(code: str) -> Document:
    """Return the document with what replaces it. One query. Raises DocumentUnknown."""
    found = Document.objects.select_related("superseded_by").filter(code=code).first()
    if found is None:
        raise DocumentUnknown(f"Không có văn bản mã “{code[:60]}”.")
    return found


def shown_facts(document: Document) -> dict[str, str]:
    """Return what stands there now as a history would show it, by the names of LABELS."""
    later = document.superseded_by
    return {
        "number": document.number,
        "issued_on": numbers.vi_date(document.issued_on) if document.issued_on else "",
        "issuer": document.issuer,
        "signer": document.signer,
        "abstract": document.abstract,
        "superseded_by": later.number if later else "",
        "filename": document.filename,
        "sha256": document.sha256,
    }


def history_of(document: Document) -> list[HistoryLine]:
    """Return what people changed, latest first. One query."""
    return [
        HistoryLine(
            one.number,
            one.at,
            str(one.by),
            one.reason,
            tuple(Change(label, *one.changes[name]) for name, label in LABELS.items() if name in one.changes),
        )
        for one in document.revisions.select_related("by")
    ]


def possible_successors(document: Document) -> list[Document]:
    """Return the documents that may replace this one, latest first, and the one that does. One query."""
    others = list(Document.objects.all())
    papers = {one.pk: one.paper for one in others}

    def may(later: Document) -> bool:
        try:
            refuse_supersession(paper=document.paper, later=later.paper, papers=papers)
        except SupersessionRefused:
            return False
        return True

    return [one for one in others if one.pk == document.superseded_by_id or may(one)]
