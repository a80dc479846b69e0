"""Công bố: making a league table public, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from dvctt.lib import names
from indicators.models import Period
from reports.frozen_league import FrozenLeague
from reports.models import Publication, PublicationWithdrawal, PublishedRow
from reports.rules import (
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
    seen_revision: int,
) -> Publication:
    """Make the table public as it was frozen; after the first time it is a correction and needs a reason.

    `seen_revision` is the last revision that the person knew of, 0 for none. Raises PublicationRefused:
    NothingToPublish, PublicationChanged, SameAsPublished, ReasonMissing.
    """
    # Revisions of one area are numbered one after the other.
    Unit.objects.select_for_update().get(pk=within.pk)
    indicator = publications.indicator_of(table)
    last = publications.last_of(code=indicator.code, period=period, level=level, within=within)
    if not table.content["ranked"]:
        raise NothingToPublish
    number = last.revision if last is not None else 0
    if number != seen_revision:
        raise PublicationChanged
    reason = _reason(reason)
    if last is not None:
        if not publications.is_withdrawn(last) and publications.frozen(last).digest == table.digest:
            raise SameAsPublished
        if not reason:
            raise ReasonMissing("Bảng này đã công bố trước đây. Hãy ghi lý do công bố lại.")
    publication = Publication.objects.create(
        indicator=indicator,
        period=period,
        level=level,
        within=within,
        revision=number + 1,
        content=table.content,
        document=document,
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
    """Take a publication back, with a reason that the public reads. Raises PublicationRefused."""
    Unit.objects.select_for_update().get(pk=publication.within_id)
    if publications.is_withdrawn(publication):
        raise PublicationWithdrawn
    last = publications.last_of(
        code=publication.indicator.code,
        period=publication.period,
        level=publication.level,
        within=publication.within,
    )
    if last != publication:
        raise PublicationChanged
    reason = _reason(reason)
    if not reason:
        raise ReasonMissing("Hãy ghi lý do thu hồi; người dân đọc được lý do này.")
    return PublicationWithdrawal.objects.create(publication=publication, reason=reason, by=by, at=at)


def _reason(text: str) -> str:
    return names.nfc(text).strip()[:LONGEST_REASON]
