"""What may be said of documents: which may replace which, and what must be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from dvctt.lib import numbers


class DocumentError(ValueError):
    """What is not written; str() says why and how to mend it, `field` which of the facts it is about."""

    field: str = ""


class FactWrong(DocumentError):
    """A fact that is missing, too long, or cannot be so."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class CodeTaken(DocumentError):
    """Another document has the code, or an address of the site needs it."""

    field = "code"


class DocumentDoubled(DocumentError):
    """The same number, day and issuer stand there already."""

    field = "number"


class DocumentChanged(DocumentError):
    """Somebody else changed the document in between; str() says who and when."""


class ReasonMissing(DocumentError):
    """A change without a word on why."""

    field = "reason"


class SupersessionRefused(DocumentError):
    """A document that cannot replace this one."""

    field = "superseded_by"


@dataclass(frozen=True, slots=True)
class Paper:
    """What decides whether a document may replace another; ids are the database's."""

    id: int
    number: str
    issued_on: date | None
    superseded_by: int | None


def successors(paper: Paper, papers: Mapping[int, Paper]) -> Iterator[Paper]:
    """Give what replaces the paper, what replaces that, and so on; ends also where there is a circle."""
    seen = {paper.id}
    while (following := paper.superseded_by) is not None and following not in seen:
        seen.add(following)
        paper = papers[following]
        yield paper


def refuse_supersession(*, paper: Paper, later: Paper, papers: Mapping[int, Paper]) -> None:
    """Refuse a later document that is the paper itself, that the paper replaces, or that is older.

    Raises SupersessionRefused.
    """
    if later.id == paper.id:
        raise SupersessionRefused("Văn bản không thể thay thế chính nó. Hãy chọn văn bản khác.")
    if any(one.id == paper.id for one in successors(later, papers)):
        raise SupersessionRefused(
            f"{later.number} đã được {paper.number} thay thế, trực tiếp hoặc qua văn bản khác, "
            f"nên không thể thay lại {paper.number}. Hãy bỏ mối thay thế kia trước hoặc chọn văn bản khác."
        )
    if _is_older(later, paper):
        raise SupersessionRefused(
            f"{later.number} ban hành ngày {numbers.vi_date(later.issued_on)}, trước {paper.number} "
            f"(ngày {numbers.vi_date(paper.issued_on)}), nên không thể thay thế văn bản này. "
            "Hãy chọn văn bản ban hành cùng ngày hoặc sau đó."
        )


def refuse_day(*, paper: Paper, papers: Mapping[int, Paper]) -> None:
    """Refuse a day of issue after that of what replaces the paper, or before that of what it replaces.

    Raises FactWrong.
    """
    following = papers.get(paper.superseded_by) if paper.superseded_by is not None else None
    if following is not None and _is_older(following, paper):
        raise FactWrong(
            f"Văn bản này đã được {following.number} ngày {numbers.vi_date(following.issued_on)} thay thế "
            "nên không thể ban hành sau ngày ấy. Hãy xem lại ngày ban hành hoặc văn bản thay thế.",
            field="issued_on",
        )
    for earlier in papers.values():
        if earlier.superseded_by == paper.id and _is_older(paper, earlier):
            raise FactWrong(
                f"Văn bản này thay thế {earlier.number} ngày {numbers.vi_date(earlier.issued_on)} "
                "nên không thể ban hành trước ngày ấy. Hãy xem lại ngày ban hành.",
                field="issued_on",
            )


def _is_older(one: Paper, other: Paper) -> bool:
    return one.issued_on is not None and other.issued_on is not None and one.issued_on < other.issued_on
