"""Báo sai số liệu: an officer says that an official figure of the unit is wrong, a reviewer answers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from dvctt.history import HistoryModel
from indicators import rules
from indicators.models.catalogue import Indicator, Period, Source, State
from indicators.models.evidence import FileFields
from indicators.models.figures import MeasurementFields
from units.models import Unit


class DoubtStatus(models.TextChoices):
    RAISED = rules.DOUBT_RAISED, "Chờ trả lời"
    ACCEPTED = rules.DOUBT_ACCEPTED, "Đã tiếp nhận"
    REJECTED = rules.DOUBT_REJECTED, "Không tiếp nhận"
    MENDED = rules.DOUBT_MENDED, "Đã sửa"


class FigureDoubt(FileFields, MeasurementFields):
    """A figure as it stood when it was doubted, and what the officer believes it is.

    No answer writes a figure. Whether the figure was mended since is seen by comparing; it is kept as a step
    only when the cell is doubted anew.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="doubts", verbose_name="đơn vị")
    # It is never asked for alone.
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu", db_index=False
    )
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name="kỳ", db_index=False)
    source = models.CharField("nguồn", max_length=20, choices=Source.choices)
    origin = models.CharField("xuất xứ", max_length=200)
    said_numerator = models.BigIntegerField("tử số theo đơn vị", null=True, blank=True)
    said_denominator = models.BigIntegerField("mẫu số theo đơn vị", null=True, blank=True)
    status = models.CharField(
        "trạng thái", max_length=10, choices=DoubtStatus.choices, default=DoubtStatus.RAISED
    )

    class Meta:
        verbose_name = "số liệu bị báo sai"
        verbose_name_plural = "số liệu bị báo sai"
        ordering = ["-pk"]
        constraints = [
            *FileFields.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "indicator", "period"],
                condition=Q(status=DoubtStatus.RAISED),
                name="figuredoubt_one_waits",
            ),
            models.CheckConstraint(condition=Q(status__in=DoubtStatus.values), name="figuredoubt_status"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="figuredoubt_source"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="figuredoubt_state"),
            models.CheckConstraint(
                condition=(Q(said_numerator__isnull=True) | Q(said_numerator__gte=0))
                & (Q(said_denominator__isnull=True) | Q(said_denominator__gte=0)),
                name="figuredoubt_said_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.period_id}/{self.unit_id}"


class DoubtStep(HistoryModel):
    """Append-only: each step of a doubt, with words."""

    # It leads the index of the constraint below.
    doubt = models.ForeignKey(
        FigureDoubt, models.PROTECT, related_name="steps", verbose_name="lần báo sai", db_index=False
    )
    status = models.CharField("trạng thái", max_length=10, choices=DoubtStatus.choices)
    words = models.CharField("nội dung", max_length=rules.DOUBT_LENGTH)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người thực hiện"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "bước của lần báo sai"
        verbose_name_plural = "bước của lần báo sai"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["doubt", "status"], name="doubtstep_once"),
            models.CheckConstraint(condition=Q(status__in=DoubtStatus.values), name="doubtstep_status"),
            models.CheckConstraint(condition=~Q(words=""), name="doubtstep_has_words"),
        ]

    def __str__(self) -> str:
        return self.get_status_display()
