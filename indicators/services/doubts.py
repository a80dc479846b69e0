"""Doubting an official figure and answering; neither writes a figure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from documents import attachments
from documents.keeping import Upload, keep_file
from dvctt.lib.numbers import vi_date
from indicators import rules, selectors
from indicators.models import DoubtStatus, DoubtStep, FigureDoubt, Indicator, Measurement, Period
from indicators.rules import (
    Cell,
    DoubtAnswered,
    DoubtOpen,
    EntryInvalid,
    NothingToDoubt,
    OwnEntry,
    ReasonMissing,
)

if TYPE_CHECKING:
    from accounts.models import User
    from indicators.selectors import DoubtView, LockedFigure
    from units.models import Unit

CHANGED = "Số liệu đã đổi sau khi báo sai"


@transaction.atomic
def raise_doubt(
    *,
    unit: Unit,
    indicator: Indicator,
    period: Period,
    words: str,
    said: Cell,
    by: User,
    at: datetime,
    upload: Upload | None = None,
) -> FigureDoubt:
    """Keep what an officer says of the unit's official figure, with that figure as it stands.

    `said` is what he believes it is, its numbers may be missing. Raises NothingToDoubt, DoubtOpen,
    ReasonMissing, EntryInvalid, and documents.attachments.FileRefused for the file.
    """
    figure = _held_figure(unit, indicator, period)
    words = _words_of(words, "Nhập điều bạn thấy sai: số nào, và vì sao.")
    problem = rules.judge_cell(said, indicator.asked).problem
    if problem is not None:
        raise EntryInvalid("Số theo đơn vị chưa đúng.", {indicator.pk: problem})
    _settle_before(unit, indicator, period, by, at)
    doubt = FigureDoubt(
        unit=unit,
        indicator=indicator,
        period=period,
        source=figure.source,
        numerator=figure.numerator,
        denominator=figure.denominator,
        value=figure.value,
        state=figure.state,
        printed=figure.printed,
        note=figure.note,
        extracted_on=figure.extracted_on,
        origin=figure.origin,
        said_numerator=said.numerator,
        said_denominator=said.denominator,
    )
    if upload is not None:
        keep_file(holder=doubt, upload=upload, accepted=attachments.EVIDENCE)
    doubt.save()
    _take_step(doubt, DoubtStatus.RAISED, words, by, at)
    return doubt


@transaction.atomic
def answer_doubt(*, doubt: FigureDoubt, accepts: bool, words: str, by: User, at: datetime) -> None:
    """Keep the reviewer's answer; the figure itself is mended by an import or a correction.

    Raises DoubtAnswered, OwnEntry, ReasonMissing.
    """
    standing = FigureDoubt.objects.select_for_update().get(pk=doubt.pk)
    view = selectors.view_of(standing)
    if not view.waits:
        raise DoubtAnswered(f"Lần báo sai này {view.status.label.lower()}, nên câu trả lời chưa được ghi.")
    if view.raised.by_id == by.pk:
        raise OwnEntry("Bạn đã báo sai số này; người khác phải trả lời.")
    words = _words_of(words, "Nhập câu trả lời: sẽ làm gì, hoặc vì sao số này đúng.")
    _take_step(standing, DoubtStatus.ACCEPTED if accepts else DoubtStatus.REJECTED, words, by, at)
    standing.save(update_fields=["status"])


def _held_figure(unit: Unit, indicator: Indicator, period: Period) -> LockedFigure:
    """Return the official figure, held until the doubt is kept: of two people one comes first."""
    Measurement.objects.select_for_update().filter(unit=unit, indicator=indicator, period=period).first()
    found = selectors.locked_figures(unit_ids=[unit.pk], period=period, indicators=[indicator])
    figure = found.get(unit.pk, {}).get(indicator.pk)
    if figure is None:
        raise NothingToDoubt(
            f"{indicator.short_name} chưa có số từ nguồn chính thức trong {period.label}; "
            "nếu phải báo cáo thì nhập số của đơn vị vào biểu mẫu."
        )
    return figure


def _settle_before(unit: Unit, indicator: Indicator, period: Period, by: User, at: datetime) -> None:
    """Refuse a second doubt of the same figure; close the one whose figure was mended."""
    for view in _unsettled(unit, indicator, period):
        if view.is_unsettled:
            day = vi_date(timezone.localdate(view.raised.at))
            raise DoubtOpen(
                f"Số này đã được {view.raised.by} báo sai ngày {day} ({view.status.label.lower()}); "
                "không cần báo lần nữa."
            )
        _take_step(view.doubt, DoubtStatus.MENDED, CHANGED, by, at)
        view.doubt.save(update_fields=["status"])


def _unsettled(unit: Unit, indicator: Indicator, period: Period) -> list[DoubtView]:
    found = selectors.doubts_of_cell(unit=unit, indicator=indicator, period=period)
    return [one for one in found if one.doubt.status in rules.UNSETTLED]


def _words_of(words: str, missing: str) -> str:
    words = words.replace("\0", "").strip()
    if not words:
        raise ReasonMissing(missing)
    if len(words) > rules.DOUBT_LENGTH:
        raise ReasonMissing(f"Nội dung dài quá {rules.DOUBT_LENGTH} ký tự; hãy rút gọn.")
    return words


def _take_step(doubt: FigureDoubt, status: DoubtStatus, words: str, by: User, at: datetime) -> None:
    doubt.status = status
    DoubtStep.objects.create(doubt=doubt, status=status, words=words, by=by, at=at)
