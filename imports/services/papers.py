"""The paper that a file is annexed to: found by number, day and issuer, or kept as a new document."""

from __future__ import annotations

from datetime import date

from django.utils.text import slugify

from documents.models import Document
from dvctt.lib import names
from imports.models import Batch
from imports.rules.titles import Paper


def find_document(paper: Paper) -> Document | None:
    """Return the stored document of that number, day and issuer, or None; numbers start anew each year."""
    wanted = _number_key(paper.number)
    for document in Document.objects.exclude(number=""):
        if _number_key(document.number) != wanted:
            continue
        if paper.issued_on and document.issued_on and document.issued_on != paper.issued_on:
            continue
        if paper.issuer and document.issuer and _issuer_key(paper.issuer) != _issuer_key(document.issuer):
            continue
        return document
    return None


def _number_key(number: str) -> str:
    return names.fold(number.rsplit(" ", 1)[-1]).replace(" ", "")


def _issuer_key(issuer: str) -> str:
    parts = names.split_unit_name(issuer)
    return parts.key or names.name_key(issuer)


def keep_document(*, batch: Batch) -> Document | None:
    """Return the stored document that the batch's file is annexed to; store it where it is new."""
    stored = batch.counts.get("paper")
    if stored is None:
        return batch.document
    day = stored["issued_on"]
    paper = Paper(stored["number"], date.fromisoformat(day) if day else None, stored["issuer"])
    standing = find_document(paper)
    if standing is not None:
        return standing
    code = slugify(f"{paper.number.replace('/', '-')}-{paper.issued_on or batch.pk}")[:60]
    if Document.objects.filter(code=code).exists():
        code = f"{code[:50]}-{batch.pk}"
    return Document.objects.create(
        code=code, number=paper.number[:80], issued_on=paper.issued_on, issuer=paper.issuer[:200]
    )
