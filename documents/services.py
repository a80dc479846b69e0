"""Writing documents: people add, change, attach, supersede; each change has its author, time and reason."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import slugify

from documents import rules
from documents.attachments import FileRefused
from documents.keeping import Upload, keep_file
from documents.models import Document, DocumentRevision
from documents.rules import (
    CodeTaken,
    DocumentChanged,
    DocumentDoubled,
    DocumentError,
    FactWrong,
    Paper,
    ReasonMissing,
    SupersessionRefused,
)
from dvctt.lib import names, numbers

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "CodeTaken",
    "DocumentChanged",
    "DocumentDoubled",
    "DocumentError",
    "DocumentsUnreadable",
    "FactWrong",
    "Facts",
    "FileRefused",
    "ReasonMissing",
    "SupersessionRefused",
    "Upload",
    "add_document",
    "attach_file",
    "change_document",
    "edit_document",
    "load_documents",
    "supersede_document",
]

COLUMNS: Final = ("code", "number", "issued_on", "issuer")
RESERVED: Final = frozenset({"moi"})
"""Codes that an address under /van-ban/ needs for itself."""
ADDED: Final = "Thêm văn bản"
EARLIEST: Final = date(1945, 9, 2)
"""No paper of this state is older; a year like 0203 is a slip of the keyboard."""
Changes = dict[str, list[str]]
"""Field → what it was and what it became, as text; "" where there was nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a document says of itself."""

    number: str
    issued_on: date | None
    issuer: str
    signer: str = ""
    abstract: str = ""


def add_document(
    *, facts: Facts, by: User, at: datetime, code: str = "", upload: Upload | None = None
) -> Document:
    """Store a new document, with its file if there is one; without a code it gets one from number and year.

    Raises FactWrong, DocumentDoubled, CodeTaken, FileRefused.
    """
    document = Document(code=code or _free_code(facts))
    if document.code.lower() in RESERVED or Document.objects.filter(code__iexact=document.code).exists():
        raise CodeTaken(f"Mã “{document.code}” đã được dùng. Hãy chọn mã khác hoặc để trống.")
    try:
        with transaction.atomic():
            changes = _state(document, facts, _papers(), at)
            if upload is not None:
                changes |= _attach(document, upload)
            _keep(document, changes, ADDED, by, at)
    except IntegrityError as error:
        raise CodeTaken(
            f"Mã “{document.code}” vừa được người khác dùng. Hãy xem lại danh sách rồi lưu lại."
        ) from error
    return document


def edit_document(
    *, document: Document, facts: Facts, seen: int, reason: str, by: User, at: datetime
) -> Document:
    """Change what a document says of itself; `seen` is the revision that the person looked at.

    Raises FactWrong, DocumentDoubled, DocumentChanged, ReasonMissing.
    """
    with transaction.atomic():
        document, papers = _hold(document, seen)
        _keep(document, _state(document, facts, papers, at), reason, by, at)
    return document


def attach_file(
    *, document: Document, upload: Upload, seen: int, reason: str, by: User, at: datetime
) -> Document:
    """Keep a file as the document's own; one that it had before stays in the store, and in the history.

    Raises FileRefused, DocumentChanged, ReasonMissing.
    """
    with transaction.atomic():
        document, _ = _hold(document, seen)
        _keep(document, _attach(document, upload), reason, by, at)
    return document


def supersede_document(
    *, document: Document, later: Document | None, seen: int, reason: str, by: User, at: datetime
) -> Document:
    """Say which later document replaces this one; None takes it back: the document is in force again.

    Raises SupersessionRefused, DocumentChanged, ReasonMissing.
    """
    with transaction.atomic():
        document, papers = _hold(document, seen)
        _keep(document, _supersede(document, later, papers), reason, by, at)
    return document


def change_document(
    *,
    document: Document,
    facts: Facts,
    later: Document | None,
    upload: Upload | None,
    seen: int,
    reason: str,
    by: User,
    at: datetime,
) -> Document:
    """Do as one change what edit_document, supersede_document and attach_file do: all of it or nothing.

    Where nothing differs nothing is written, and the document keeps its revision. Raises what they raise.
    """
    with transaction.atomic():
        document, papers = _hold(document, seen)
        changes = _supersede(document, later, papers)
        changes |= _state(document, facts, papers | {document.pk: document.paper}, at)
        if upload is not None:
            changes |= _attach(document, upload)
        _keep(document, changes, reason, by, at)
    return document


# --- what the services are made of ----------------------------------------------------------------


def _hold(document: Document, seen: int) -> tuple[Document, dict[int, Paper]]:
    """Hold every document until the transaction ends, and return this one as it stands now.

    All of them, since two people who each add a harmless link can close a circle together; there are a few
    hundred.
    """
    standing = Document.objects.select_for_update().order_by("pk").in_bulk()
    document = standing[document.pk]
    if document.revision != seen:
        raise DocumentChanged(_changed_by(document))
    return document, {key: one.paper for key, one in standing.items()}


def _changed_by(document: Document) -> str:
    last = document.revisions.select_related("by").first()
    if last is None:
        return "Biểu mẫu này không phải của bản đang lưu. Hãy mở lại trang."
    when = timezone.localtime(last.at)
    return (
        f"Văn bản này vừa được {last.by} sửa lúc {when:%H:%M} ngày {numbers.vi_date(when.date())} "
        f"(lý do: {last.reason})."
    )


def _papers() -> dict[int, Paper]:
    return {one.pk: one.paper for one in Document.objects.all()}


def _state(document: Document, facts: Facts, papers: dict[int, Paper], at: datetime) -> Changes:
    said = asdict(facts)
    for name in ("number", "issuer", "signer", "abstract"):
        said[name] = _text(name, said[name])
    day = facts.issued_on
    if day is not None and not EARLIEST <= day <= timezone.localdate(at):
        raise FactWrong(
            f"Ngày ban hành {numbers.vi_date(day)} không thể đúng: phải từ {numbers.vi_date(EARLIEST)} "
            "đến hôm nay. Hãy xem lại ngày, tháng, năm.",
            field="issued_on",
        )
    double = Document.objects.filter(
        number__iexact=said["number"], issuer__iexact=said["issuer"], issued_on=day
    ).exclude(pk=document.pk)
    if double.exists():
        raise DocumentDoubled(
            f"Đã có văn bản số {said['number']} ngày {numbers.vi_date(day)} của {said['issuer']}. "
            "Hãy sửa văn bản ấy thay vì thêm một bản nữa."
        )
    changes = {
        name: [_shown(getattr(document, name)), _shown(value)]
        for name, value in said.items()
        if getattr(document, name) != value
    }
    for name, value in said.items():
        setattr(document, name, value)
    if document.pk is not None:
        rules.refuse_day(paper=document.paper, papers=papers)
    return changes


def _text(name: str, typed: str) -> str:
    field = Document._meta.get_field(name)
    assert isinstance(field, models.CharField)  # noqa: S101  the facts in words
    text = names.nfc(typed)
    label = str(field.verbose_name)
    if not text and not field.blank:
        raise FactWrong(f"Chưa ghi {label}. Hãy ghi như trên văn bản.", field=name)
    if len(text) > (field.max_length or 0):
        raise FactWrong(f"Phần {label} dài quá {field.max_length} ký tự. Hãy ghi ngắn lại.", field=name)
    return text


def _supersede(document: Document, later: Document | None, papers: dict[int, Paper]) -> Changes:
    if document.superseded_by_id == (later.pk if later else None):
        return {}
    before = papers[document.superseded_by_id].number if document.superseded_by_id else ""
    if later is not None:
        rules.refuse_supersession(paper=document.paper, later=papers[later.pk], papers=papers)
    document.superseded_by = later
    return {"superseded_by": [before, later.number if later else ""]}


def _attach(document: Document, upload: Upload) -> Changes:
    fields = ("filename", "sha256", "file")
    before = [str(getattr(document, name)) for name in fields]
    if not keep_file(holder=document, upload=upload):
        return {}
    return {name: [was, str(getattr(document, name))] for name, was in zip(fields, before, strict=True)}


def _keep(document: Document, changes: Changes, reason: str, by: User, at: datetime) -> None:
    if not changes:
        return
    reason = names.nfc(reason)[:300]
    if not reason:
        raise ReasonMissing("Hãy ghi lý do sửa; lý do được lưu trong lịch sử của văn bản.")
    document.revision += 1
    document.save()
    DocumentRevision.objects.create(
        document=document, number=document.revision, changes=changes, reason=reason, by=by, at=at
    )


def _shown(value: Any) -> str:
    return numbers.vi_date(value) if isinstance(value, date) else str(value or "")


def _free_code(facts: Facts) -> str:
    year = f" {facts.issued_on.year}" if facts.issued_on else ""
    base = slugify(names.fold(facts.number + year))[:50] or "van-ban"
    taken = {code.lower() for code in Document.objects.values_list("code", flat=True)} | RESERVED
    code, number = base, 1
    while code in taken:
        number += 1
        code = f"{base}-{number}"
    return code


# --- the list that comes with the catalogue -------------------------------------------------------


class DocumentsUnreadable(ValueError):
    """A list of documents that does not say what it must; str() names the line."""


def load_documents(*, path: Path) -> int:
    """Take over a CSV list (code, number, issued_on as ISO, issuer, and if there is one signer, abstract).

    Return how many documents became new or changed; the same list again changes nothing. A document that a
    person has changed since stays as it is.
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
            elif document.revision == 0 and any(
                getattr(document, name) != value for name, value in fields.items()
            ):
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
