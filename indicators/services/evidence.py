"""Files that stand behind a figure of a report: put there and taken back while it is open to its officer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from documents import attachments
from documents.keeping import Upload, keep_file
from indicators import selectors
from indicators.models import EvidenceFile, EvidenceRemoval, Indicator, Submission
from indicators.rules import EvidenceRefused
from indicators.services.stepping import asked_of
from indicators.services.submissions import locked_open

if TYPE_CHECKING:
    from accounts.models import User

MOST_FILES: Final = 10
"""Behind one figure; more belongs into one file."""


@transaction.atomic
def add_evidence(
    *, submission: Submission, indicator: Indicator, upload: Upload, by: User, at: datetime
) -> EvidenceFile:
    """Keep a file behind a figure of the report.

    Raises PeriodClosed, DeadlinePassed, SubmissionClosed, EntryInvalid for an indicator that is not asked,
    EvidenceRefused for a file that stands there already or one too many, and
    documents.attachments.FileRefused.
    """
    standing = locked_open(submission, at)
    asked_of(standing, {indicator.pk})
    before = selectors.evidence_of(submission=standing).get(indicator.pk, [])
    if len(before) >= MOST_FILES:
        raise EvidenceRefused(
            f"Chỉ tiêu này đã có {MOST_FILES} tệp, là mức tối đa. Hãy bỏ bớt hoặc gộp các tệp lại."
        )
    double = next((one.filename for one in before if one.sha256 == upload.sha256), "")
    if double:
        raise EvidenceRefused(f"Tệp này đã có ở đây với tên “{double}”.")
    kept = EvidenceFile(submission=standing, indicator=indicator, by=by, at=at)
    keep_file(holder=kept, upload=upload, accepted=attachments.EVIDENCE)
    kept.save()
    return kept


@transaction.atomic
def remove_evidence(*, evidence: EvidenceFile, by: User, at: datetime) -> None:
    """Take a file back from behind its figure; who did and when stays, and so does the file in the store.

    Raises PeriodClosed, DeadlinePassed, SubmissionClosed, and EvidenceRefused for a file taken back already.
    """
    locked_open(evidence.submission, at)
    if EvidenceRemoval.objects.filter(evidence=evidence).exists():
        raise EvidenceRefused("Tệp này đã được bỏ trước đó.")
    EvidenceRemoval.objects.create(evidence=evidence, by=by, at=at)
