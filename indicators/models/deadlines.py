"""Hạn nộp: the calendar of deadlines, holidays and extensions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from documents.models import Document
from dvctt.history import HistoryModel
from indicators import rules
from indicators.models.catalogue import Period
from units.models import Level, Unit


class PeriodKind(models.TextChoices):
    """Kinds of periods that reports are due for; to-date periods are told by documents, not by units."""

    MONTH = "month", "Tháng"
    QUARTER = "quarter", "Quý"
    HALF = "half", "6 tháng"
    NINE = "nine", "9 tháng"
    YEAR = "year", "Năm"
    MONTH_STATUTORY = "month_statutory", "Tháng (kỳ báo cáo)"
    QUARTER_STATUTORY = "quarter_statutory", "Quý (kỳ báo cáo)"
    HALF_STATUTORY = "half_statutory", "6 tháng (kỳ báo cáo)"
    NINE_STATUTORY = "nine_statutory", "9 tháng (kỳ báo cáo)"
    YEAR_STATUTORY = "year_statutory", "Năm (kỳ báo cáo)"


class Move(models.TextChoices):
    NEXT = rules.MOVES[0], "dời sang ngày làm việc sau"
    PREVIOUS = rules.MOVES[1], "dời về ngày làm việc trước"
    STAYS = rules.MOVES[2], "giữ nguyên ngày"


class CalendarRule(models.Model):
    """By when a level reports on a kind of period; in force for periods whose last day its dates cover.

    A changed rule is a new row, so that past periods keep the deadline they had.
    """

    level = models.CharField("cấp", max_length=10, choices=Level.choices)
    period_kind = models.CharField("loại kỳ", max_length=20, choices=PeriodKind.choices)
    month_offset = models.SmallIntegerField("số tháng sau tháng cuối của kỳ", default=0)
    day = models.PositiveSmallIntegerField("ngày")
    move = models.CharField(
        "khi trúng ngày nghỉ", max_length=10, choices=Move.choices, default=Move.NEXT.value
    )
    grace_days = models.PositiveSmallIntegerField("số ngày ân hạn", default=0)
    lock_days = models.PositiveSmallIntegerField(
        "số ngày sau hạn thì khoá", null=True, blank=True, help_text="để trống: không khoá"
    )
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="văn bản")
    basis = models.CharField("căn cứ", max_length=300, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ai đặt",
    )
    at = models.DateTimeField("lúc", null=True, blank=True, help_text="để trống: có sẵn trong sản phẩm")

    class Meta:
        verbose_name = "quy định hạn nộp"
        verbose_name_plural = "quy định hạn nộp"
        ordering = ["period_kind", "level", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "period_kind", "valid_from"], name="calendarrule_one_start"
            ),
            models.UniqueConstraint(
                fields=["level", "period_kind"],
                condition=Q(valid_to__isnull=True),
                name="calendarrule_one_open",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="calendarrule_dates",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="calendarrule_level"),
            models.CheckConstraint(
                condition=Q(period_kind__in=PeriodKind.values), name="calendarrule_period_kind"
            ),
            models.CheckConstraint(condition=Q(move__in=Move.values), name="calendarrule_move"),
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=31, month_offset__gte=-12, month_offset__lte=24),
                name="calendarrule_day",
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=366)
                & (Q(lock_days__isnull=True) | Q(lock_days__gte=F("grace_days"), lock_days__lte=3660)),
                name="calendarrule_grace_before_lock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_period_kind_display()}, {self.get_level_display()}"

    @property
    def rule(self) -> rules.CalendarRule:
        """The row as the rules reckon with it."""
        return rules.CalendarRule(
            level=self.level,
            period_kind=self.period_kind,
            month_offset=self.month_offset,
            day=self.day,
            move=self.move,
            grace_days=self.grace_days,
            lock_days=self.lock_days,
        )


class Holiday(models.Model):
    """A public holiday; one that was taken back stays, so that loading does not bring it again."""

    day = models.DateField("ngày")
    name = models.CharField("tên", max_length=120)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ai thêm",
    )
    at = models.DateTimeField("lúc", null=True, blank=True, help_text="để trống: có sẵn trong sản phẩm")
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ai bỏ",
    )
    removed_at = models.DateTimeField("bỏ lúc", null=True, blank=True)

    class Meta:
        verbose_name = "ngày nghỉ lễ"
        verbose_name_plural = "ngày nghỉ lễ"
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["day"], condition=Q(removed_at__isnull=True), name="holiday_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="holiday_has_name"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="holiday_removed_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Extension(HistoryModel):
    """More time for one unit's report; append-only, the latest one counts."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="extensions", verbose_name="kỳ", db_index=False
    )
    until = models.DateField("đến hết ngày")
    reason = models.CharField("lý do", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người cho gia hạn"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "gia hạn"
        verbose_name_plural = "gia hạn"
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="extension_has_reason")]
        indexes = [models.Index(fields=["period", "unit"])]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.period_id}"
