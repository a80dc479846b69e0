"""Reading which files stand behind the figures of a report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicators.models import EvidenceFile, Indicator, Submission

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


@dataclass(frozen=True, slots=True)
class EvidenceStep:
    """A file put behind a figure, or taken back."""

    at: datetime
    by: User
    filename: str
    is_removal: bool


def evidence_of(*, submission: Submission) -> dict[int, list[EvidenceFile]]:
    """Return by indicator id the files that stand there, earliest first. One query."""
    found: dict[int, list[EvidenceFile]] = defaultdict(list)
    for one in EvidenceFile.objects.filter(submission=submission, removal__isnull=True).select_related("by"):
        found[one.indicator_id].append(one)
    return found


def evidence_steps(*, submission: Submission, indicator: Indicator) -> list[EvidenceStep]:
    """Return what was put behind the figure and taken back, latest first. One query."""
    steps = []
    for one in EvidenceFile.objects.filter(submission=submission, indicator=indicator).select_related(
        "by", "removal__by"
    ):
        steps.append(EvidenceStep(one.at, one.by, one.filename, is_removal=False))
        if hasattr(one, "removal"):
            steps.append(EvidenceStep(one.removal.at, one.removal.by, one.filename, is_removal=True))
    return sorted(steps, key=lambda step: step.at, reverse=True)
