"""What documents say, which are in force, and what rests on each: plans, definitions, targets, figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.db.models import Count

from accounts.models import User
from documents import selectors as document_selectors
from documents.models import LATEST_FIRST, Document
from documents.selectors import HistoryLine
from dvctt.lib import names
from indicators.models import Indicator, Measurement, PublishedTarget
from reports.filters import Option
from targets.models import Plan

ASSIGN: Final = "targets.assign_targets"
IN_FORCE: Final = "con"
REPLACED: Final = "het"
FORCE_LABELS: Final = {"": "Tất cả", IN_FORCE: "Còn hiệu lực", REPLACED: "Đã bị thay thế"}
LONGEST_SEARCH: Final = 80


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in the list, with how many plans and definitions of indicators rest on it."""

    document: Document
    plans: int
    indicators: int

    @property
    def is_ground(self) -> bool:
        """Whether anything rests on it."""
        return bool(self.plans or self.indicators)


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document with all that rests on it and all that happened to it."""

    document: Document
    replaces: list[Document]
    plans: list[Plan]
    indicators: list[Indicator]
    published_targets: int
    figures: int
    history: list[HistoryLine]


@dataclass(frozen=True, slots=True)
class Chip:
    """A state of documents with how many there are under the other choices, and its address."""

    label: str
    count: int
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What the address chooses: `year` as text, `force` a key of FORCE_LABELS; "" for everything."""

    search: str = ""
    year: str = ""
    force: str = ""

    def query(self, *, force: str | None = None) -> str:
        """The address of this choice, empty where everything is shown."""
        parts = {"tim": self.search, "nam": self.year, "hieu-luc": self.force if force is None else force}
        return urlencode({name: value for name, value in parts.items() if value})

    def found(self, lines: Sequence[DocumentLine]) -> list[DocumentLine]:
        """Return the documents of the year that hold the words, in whatever force they are."""
        wanted = names.fold(self.search)
        return [
            line
            for line in lines
            if (not self.year or _year(line.document) == self.year) and wanted in _words(line.document)
        ]

    def in_force(self, lines: Sequence[DocumentLine]) -> list[DocumentLine]:
        return [line for line in lines if self.force in ("", _force(line))]

    def chips(self, lines: Sequence[DocumentLine]) -> list[Chip]:
        """Return the states with their numbers."""
        return [
            Chip(
                label,
                sum(force in ("", _force(line)) for line in lines),
                self.query(force=force),
                force == self.force,
            )
            for force, label in FORCE_LABELS.items()
        ]

    def year_options(self, lines: Sequence[DocumentLine]) -> list[Option]:
        years = sorted({_year(line.document) for line in lines} - {""}, reverse=True)
        return [Option(year, year, year == self.year) for year in years]


def read_document_filter(data: Mapping[str, str]) -> DocumentFilter:
    """Return what the address chooses; what cannot be chosen counts as not chosen."""
    year, force = data.get("nam", ""), data.get("hieu-luc", "")
    return DocumentFilter(
        search=data.get("tim", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
        year=year if year.isascii() and year.isdecimal() and len(year) == 4 else "",
        force=force if force in FORCE_LABELS else "",
    )


def _year(document: Document) -> str:
    return str(document.issued_on.year) if document.issued_on else ""


def _force(line: DocumentLine) -> str:
    return IN_FORCE if line.document.is_in_force else REPLACED


def _words(document: Document) -> str:
    told = (document.number, document.issuer, document.signer, document.abstract, document.code)
    return " ".join(names.fold(one) for one in told)


def plans_resting_on(*, documents: Collection[Document], user: User, today: date) -> dict[int, list[Plan]]:
    """Return by document id the plans that this person may know of, latest year first.

    Two queries at most.
    """
    plans = Plan.objects.visible_to(user, today=today).filter(document__in=documents)
    found: dict[int, list[Plan]] = defaultdict(list)
    for plan in plans:
        if plan.document_id is not None:
            found[plan.document_id].append(plan)
    return found


def document_lines(*, user: User, today: date) -> list[DocumentLine]:
    """Return every document, latest first. A constant number of queries."""
    documents = list(
        Document.objects.select_related("superseded_by")
        .annotate(definitions=Count("indicators__code", distinct=True))
        .order_by(*LATEST_FIRST)  # counting leaves the model's own order out
    )
    plans = plans_resting_on(documents=documents, user=user, today=today)
    return [DocumentLine(one, len(plans.get(one.pk, ())), one.definitions) for one in documents]


def document_page(*, document: Document, user: User, today: date) -> DocumentPage:
    """Return a document with what rests on it. A constant number of queries."""
    return DocumentPage(
        document=document,
        replaces=list(document.supersedes.all()),
        plans=plans_resting_on(documents=[document], user=user, today=today).get(document.pk, []),
        indicators=list(document.indicators.order_by("position", "code", "version")),
        published_targets=PublishedTarget.objects.filter(document=document).count(),
        figures=Measurement.objects.filter(document=document).count(),
        history=document_selectors.history_of(document),
    )
