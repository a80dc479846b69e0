"""Recording figures: compare with what stands, write what is new or changed, keep the history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dvctt.lib import numbers
from indicators import rules
from indicators.models import PublishedTarget
from indicators.rules import FigureDraft, FigureRefused, Outcome, StoredFigure
from indicators.services.staging import staged

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Compared:
    """What recording a draft would do, and what its cell holds now."""

    outcome: Outcome
    previous: StoredFigure | None


@dataclass(slots=True)
class Recorded:
    """How many cells became new, changed or stayed; the drafts set aside since a later extraction stands."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    kept_later: list[FigureDraft] = field(default_factory=list)

    @property
    def written(self) -> int:
        return self.new + self.changed


@dataclass(slots=True, kw_only=True)
class PublishedTargetDraft:
    """A target as a document printed it: a number in `value`, or `maintain` with none."""

    document_id: int
    unit_id: int
    indicator_id: int
    printed: str
    origin: str
    maintain: bool = False
    value: Decimal | None = None
    due_on: date | None = None


def compare_measurements(*, drafts: Sequence[FigureDraft], replace_later: str = "") -> list[Compared]:
    """Return, draft by draft in their order, what record_measurements would do; nothing is written.

    Raises FigureRefused as record_measurements does.
    """
    drafts = _checked(drafts)
    found: list[StoredFigure | None] = [None] * len(drafts)
    if drafts:
        with transaction.atomic(), staged(drafts, to_write=False) as staging:
            for position, stored in staging.found(only_different=False):
                found[position] = stored
    return [
        Compared(rules.outcome(draft, stored, replace_later=bool(replace_later)), stored)
        for draft, stored in zip(drafts, found, strict=True)
    ]


def record_measurements(
    *, drafts: Sequence[FigureDraft], by: User | None, reason: str, at: datetime, replace_later: str = ""
) -> Recorded:
    """Write the drafts in one transaction, with a revision for each new or changed figure.

    The number of statements does not grow with the drafts. Equal figures are skipped: the same drafts again
    write nothing. An extraction earlier than the one that stands is set aside (`kept_later`), unless
    `replace_later` says why it must replace it; that text then joins the reason in the history.
    Raises FigureRefused, naming the draft's origin, for a figure that contradicts itself and for two figures
    for one cell; nothing is written then.
    """
    drafts = _checked(drafts)
    recorded = Recorded()
    if not drafts:
        return recorded
    writes: list[tuple[int, str | None]] = []
    with transaction.atomic(), staged(drafts, to_write=True) as staging:
        for position, stored in staging.found(only_different=True):
            draft = drafts[position]
            outcome = rules.outcome(draft, stored, replace_later=bool(replace_later))
            if outcome == "kept_later":
                recorded.kept_later.append(draft)
            elif outcome == "new":
                writes.append((position, None))
                recorded.new += 1
            elif outcome == "changed" and stored is not None:
                writes.append((position, before_json(stored)))
                recorded.changed += 1
        if writes:
            why = f"{reason} · {replace_later}" if replace_later else reason
            staging.write(writes, by_id=by.pk if by else None, at=at, reason=why[:300])
    recorded.unchanged = len(drafts) - recorded.written - len(recorded.kept_later)
    return recorded


def _checked(drafts: Sequence[FigureDraft]) -> list[FigureDraft]:
    """Return the drafts fit for the table: ten decimals, no NUL characters, one figure for a cell."""
    checked: list[FigureDraft] = []
    cells: set[tuple[int, int, int, str, str]] = set()
    for draft in drafts:
        try:
            rules.check_figure(draft)
        except FigureRefused as error:
            raise FigureRefused(f"{draft.origin}: {error}") from error
        cell = (draft.unit_id, draft.indicator_id, draft.period_id, draft.source, draft.scope)
        if cell in cells:
            raise FigureRefused(f"{draft.origin}: có hai số liệu cho cùng một đơn vị, chỉ tiêu, kỳ và nguồn.")
        cells.add(cell)
        checked.append(_fitted(draft))
    return checked


def _fitted(draft: FigureDraft) -> FigureDraft:
    value = draft.value
    if value is not None and int(value.as_tuple().exponent) < -numbers.RATE_DECIMALS:
        draft = replace(draft, value=numbers.round_half_up(value, numbers.RATE_DECIMALS))
    if "\x00" in draft.printed or "\x00" in draft.note:
        draft = replace(draft, printed=draft.printed.replace("\x00", ""), note=draft.note.replace("\x00", ""))
    return draft


def before_of(stored: StoredFigure) -> dict[str, Any]:
    """Return the figure as the history keeps it: values as text with a decimal point, days as ISO dates."""
    return {
        "numerator": stored.numerator,
        "denominator": stored.denominator,
        "value": numbers.plain(stored.value),
        "state": stored.state,
        "printed": stored.printed,
        "note": stored.note,
        "extracted_on": stored.extracted_on.isoformat() if stored.extracted_on else None,
        "document": stored.document_id,
        "origin": stored.origin,
        "over_bound_reason": stored.over_bound_reason,
    }


def before_json(stored: StoredFigure) -> str:
    """Return the JSON of `before_of`."""
    return json.dumps(before_of(stored), ensure_ascii=False)


def record_published_targets(*, drafts: Sequence[PublishedTargetDraft]) -> Recorded:
    """Keep the targets as their documents printed them, in one transaction; equal ones are skipped.

    Raises FigureRefused for a target that is neither a number nor "maintain", or both.
    """
    recorded = Recorded()
    cells = {(draft.document_id, draft.unit_id, draft.indicator_id) for draft in drafts}
    if len(cells) != len(drafts):
        raise FigureRefused("Có hai chỉ tiêu giao cho cùng một đơn vị trong cùng một văn bản.")
    for draft in drafts:
        if draft.maintain == (draft.value is not None):
            raise FigureRefused(
                f"{draft.origin}: chỉ tiêu giao “{draft.printed}” phải là một số hoặc “duy trì”."
            )
    if not drafts:
        return recorded
    with transaction.atomic():
        standing = {
            (target.document_id, target.unit_id, target.indicator_id): target
            for target in PublishedTarget.objects.filter(
                document_id__in={draft.document_id for draft in drafts},
                indicator_id__in={draft.indicator_id for draft in drafts},
            )
        }
        writes = []
        for draft in drafts:
            target = standing.get((draft.document_id, draft.unit_id, draft.indicator_id))
            if target is None:
                recorded.new += 1
            elif _says(target) != _says(draft):
                recorded.changed += 1
            else:
                recorded.unchanged += 1
                continue
            writes.append(
                PublishedTarget(
                    document_id=draft.document_id,
                    unit_id=draft.unit_id,
                    indicator_id=draft.indicator_id,
                    due_on=draft.due_on,
                    printed=draft.printed,
                    maintain=draft.maintain,
                    value=draft.value,
                    origin=draft.origin,
                )
            )
        PublishedTarget.objects.bulk_create(
            writes,
            update_conflicts=True,
            unique_fields=["document", "unit", "indicator"],
            update_fields=["due_on", "printed", "maintain", "value", "origin"],
        )
    return recorded


def _says(target: PublishedTarget | PublishedTargetDraft) -> tuple[str, bool, Decimal | None, date | None]:
    return target.printed, target.maintain, target.value, target.due_on
