"""Công bố: making a league table public, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from dvctt.lib import names
from indicators.models import Period
from reports import wording
from reports.frozen_league import FrozenLeague
from reports.models import Publication, PublicationWithdrawal, PublishedRow
from reports.rules import (
    FiguresChanged,
    NothingToPublish,
    PublicationChanged,
    PublicationWithdrawn,
    ReasonMissing,
    SameAsPublished,
)
from reports.selectors import publications
from units.models import Unit

if TYPE_CHECKING:
    from accounts.models import User
    from documents.models import Document

LONGEST_REASON: Final = 300


@transaction.atomic
def publish_league(
    *,
    table: FrozenLeague,
    period: Period,
    level: str,
    within: Unit,
    document: Document | None,
    reason: str,
    by: User | None,
    at: datetime,
    seen: str,
    seen_steps: int,
) -> Publication:
    """Make the table public as it was frozen; after the first time it is a correction and needs a reason.

    `seen` is the digest of what the person looked at, `seen_steps` how often the table had been published and
    withdrawn by then. Raises PublicationRefused: FiguresChanged, NothingToPublish, PublicationChanged,
    SameAsPublished, ReasonMissing.
    """
    if table.digest != seen:
        raise FiguresChanged
    # Revisions of one area are numbered one after the other.
    Unit.objects.select_for_update().get(pk=within.pk)
    indicator = publications.indicator_of(table)
    history = list(publications.revisions(code=indicator.code, period=period, level=level, within=within))
    if not table.content["ranked"]:
        raise NothingToPublish
    if publications.steps_of(history) != seen_steps:
        raise PublicationChanged
    reason = _reason(reason)
    cited = wording.document_text(document) if document is not None else ""
    last = history[0] if history else None
    if last is not None:
        if _is_public_now(last, table, cited):
            raise SameAsPublished
        if not reason:
            raise ReasonMissing("Bảng này đã công bố trước đây. Hãy ghi lý do công bố lại.")
    publication = Publication.objects.create(
        code=indicator.code,
        indicator=indicator,
        period=period,
        level=level,
        within=within,
        revision=last.revision + 1 if last is not None else 1,
        content=table.content,
        document=document,
        cited=cited,
        reason=reason if last is not None else "",
        by=by,
        at=at,
    )
    PublishedRow.objects.bulk_create(
        PublishedRow(
            publication=publication,
            position=position,
            unit_id=row.unit_id,
            name=row.name,
            parent=row.parent,
            folded=names.fold(f"{row.name} {row.parent}"),
            figures=row.figures,
        )
        for position, row in enumerate(table.rows, start=1)
    )
    return publication


@transaction.atomic
def withdraw_publication(
    *, publication: Publication, reason: str, by: User, at: datetime
) -> PublicationWithdrawal:
    """Take a publication back, and what it had corrected; with a reason that the public reads.

    A revision that came after it stays public. Raises PublicationWithdrawn, ReasonMissing.
    """
    Unit.objects.select_for_update().get(pk=publication.within_id)
    if PublicationWithdrawal.objects.filter(publication=publication).exists():
        raise PublicationWithdrawn
    reason = _reason(reason)
    if not reason:
        raise ReasonMissing("Hãy ghi lý do thu hồi; người dân đọc được lý do này.")
    return PublicationWithdrawal.objects.create(publication=publication, reason=reason, by=by, at=at)


def _is_public_now(last: Publication, table: FrozenLeague, cited: str) -> bool:
    """Whether just this table, with just this paper, is what the public reads."""
    if publications.withdrawal_of(last) is not None or last.cited != cited:
        return False
    return publications.frozen(last).digest == table.digest


def _reason(text: str) -> str:
    return names.nfc(text).strip()[:LONGEST_REASON]
