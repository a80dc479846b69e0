"""Báo cáo: a unit's entry for a period, its steps and its cells."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from dvctt.history import HistoryModel
from indicators import rules
from indicators.models.catalogue import Indicator, Period, State
from indicators.models.figures import MeasurementFields
from units.models import Unit


class SubmissionStatus(models.TextChoices):
    EMPTY = "empty", "Chưa nhập"
    DRAFT = "draft", "Đang nhập"
    SENT = "sent", "Đã gửi"
    RETURNED = "returned", "Bị trả lại"
    APPROVED = "approved", "Đã duyệt"
    LOCKED = "locked", "Đã khoá"


OPEN_STATUSES = (SubmissionStatus.EMPTY, SubmissionStatus.DRAFT, SubmissionStatus.RETURNED)


class Submission(models.Model):
    """One unit's entry for one period."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="submissions", verbose_name="đơn vị")
    period = models.ForeignKey(Period, models.PROTECT, related_name="submissions", verbose_name="kỳ")
    status = models.CharField(
        "trạng thái", max_length=10, choices=SubmissionStatus.choices, default=SubmissionStatus.EMPTY
    )
    revision = models.PositiveIntegerField("lần lưu", default=0)

    class Meta:
        verbose_name = "báo cáo"
        verbose_name_plural = "báo cáo"
        constraints = [
            models.UniqueConstraint(fields=["unit", "period"], name="submission_once"),
            models.CheckConstraint(condition=Q(status__in=SubmissionStatus.values), name="submission_status"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.period_id}"

    @property
    def takes_figures(self) -> bool:
        """Whether its officer may still save: neither sent nor approved, and the period is open."""
        return self.status in OPEN_STATUSES and self.period.open_for_entry

    @property
    def may_be_reopened(self) -> bool:
        """Whether its reviewer may open it again: it is approved, and the period is open."""
        return self.status == SubmissionStatus.APPROVED and self.period.open_for_entry


class SubmissionEvent(HistoryModel):
    """Append-only: each step of a submission."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="events")
    status = models.CharField("trạng thái", max_length=10, choices=SubmissionStatus.choices)
    reason = models.CharField("lý do", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người thực hiện")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "bước của báo cáo"
        verbose_name_plural = "bước của báo cáo"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SubmissionStatus.values), name="submissionevent_status"
            ),
            models.CheckConstraint(
                condition=~Q(status=SubmissionStatus.RETURNED) | ~Q(reason=""),
                name="submissionevent_return_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()


class CellRemark(HistoryModel):
    """Append-only: why one line of a report was given back, said with the step that gave it back."""

    # It leads the index of the constraint below.
    event = models.ForeignKey(
        SubmissionEvent, models.PROTECT, related_name="remarks", verbose_name="bước", db_index=False
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu", db_index=False
    )
    reason = models.CharField("lý do", max_length=rules.REMARK_LENGTH)

    class Meta:
        verbose_name = "lý do trả lại một dòng"
        verbose_name_plural = "lý do trả lại từng dòng"
        ordering = ["event", "indicator__position", "indicator__code"]
        constraints = [
            models.UniqueConstraint(fields=["event", "indicator"], name="cellremark_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="cellremark_has_reason"),
        ]

    def __str__(self) -> str:
        return self.reason


class Entry(MeasurementFields):
    """An officer's draft cell; it becomes a Measurement only on approval.

    A cell that was cleared stays, with nothing in it, so that the next person sees who cleared it.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="entries")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu")
    revision = models.PositiveIntegerField("lần lưu", help_text="lần lưu của báo cáo mà ô này đổi")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField("lưu lúc")

    class Meta:
        verbose_name = "ô nhập"
        verbose_name_plural = "ô nhập"
        constraints = [
            models.UniqueConstraint(fields=["submission", "indicator"], name="entry_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="entry_state"),
            models.CheckConstraint(
                condition=Q(state=State.NUMBER) | Q(value__isnull=True), name="entry_state_against_value"
            ),
            models.CheckConstraint(
                condition=(Q(numerator__isnull=True) | Q(numerator__gte=0))
                & (Q(denominator__isnull=True) | Q(denominator__gte=0)),
                name="entry_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.indicator_id}"

    @property
    def is_filled(self) -> bool:
        """Whether it has a number, or a reason for having none."""
        return self.value is not None or self.state != State.NUMBER

    @property
    def cell(self) -> rules.Cell:
        """The entry as it was typed."""
        rate = self.value if self.numerator is None else None
        return rules.Cell(self.numerator, self.denominator, self.state, self.note, rate)
