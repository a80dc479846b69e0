"""Số liệu: the figures, their history, and what documents printed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from documents.models import Document
from dvctt.history import HistoryModel
from indicators import rules
from indicators.models.catalogue import Indicator, Period, Source, State
from units.models import Unit


class Scope(models.TextChoices):
    OWN = "own", "việc của đơn vị"
    AREA = "area", "toàn địa bàn"


class MeasurementFields(models.Model):
    """What a figure says; shared by the figure, its history and an officer's draft."""

    numerator = models.BigIntegerField("tử số", null=True, blank=True)
    denominator = models.BigIntegerField("mẫu số", null=True, blank=True)
    value = models.DecimalField("giá trị", max_digits=22, decimal_places=10, null=True, blank=True)
    state = models.CharField("trạng thái", max_length=20, choices=State.choices)
    printed = models.CharField("như nguồn in", max_length=200, blank=True)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    extracted_on = models.DateField("ngày trích xuất", null=True, blank=True)

    class Meta:
        abstract = True


class Measurement(MeasurementFields):
    """One unit's figure for one indicator, period, source and scope."""

    # Unit and indicator lead an index below each, the others are never asked for alone; indexes of their own
    # would only slow every import down.
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="measurements", verbose_name="đơn vị", db_index=False
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="measurements", verbose_name="chỉ tiêu", db_index=False
    )
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="measurements", verbose_name="kỳ", db_index=False
    )
    source = models.CharField("nguồn", max_length=20, choices=Source.choices)
    scope = models.CharField("phạm vi", max_length=10, choices=Scope.choices, default=Scope.OWN)
    is_rate = models.BooleanField("là tỷ lệ")
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, verbose_name="văn bản", db_index=False
    )
    origin = models.CharField("xuất xứ", max_length=200, help_text="batch:12/dòng, submission:3 …")
    over_bound_reason = models.CharField("lý do chấp nhận vượt ngưỡng", max_length=300, blank=True)
    updated_at = models.DateTimeField("cập nhật lúc")

    class Meta:
        verbose_name = "số liệu"
        verbose_name_plural = "số liệu"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "indicator", "period", "source", "scope"], name="measurement_one_cell"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="measurement_state"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="measurement_source"),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="measurement_scope"),
            models.CheckConstraint(
                condition=Q(state=State.NUMBER, value__isnull=False)
                | (~Q(state=State.NUMBER) & Q(value__isnull=True)),
                name="measurement_state_against_value",
            ),
            models.CheckConstraint(
                condition=(Q(numerator__isnull=True) | Q(numerator__gte=0))
                & (Q(denominator__isnull=True) | Q(denominator__gte=0))
                & (Q(value__isnull=True) | Q(value__gte=0)),
                name="measurement_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(is_rate=False)
                | ~Q(over_bound_reason="")
                | (
                    (Q(value__isnull=True) | Q(value__lte=100))
                    & (
                        Q(numerator__isnull=True)
                        | Q(denominator__isnull=True)
                        | Q(numerator__lte=F("denominator"))
                    )
                ),
                name="measurement_rate_bounds",
            ),
        ]
        indexes = [
            models.Index(fields=["indicator", "period", "unit"]),
            # Portals' figures, nearly all of them, name no document and do not stand in it.
            models.Index(
                fields=["document"], condition=Q(document__isnull=False), name="measurement_of_document"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.period_id}/{self.unit_id}"


class MeasurementRevision(MeasurementFields, HistoryModel):
    """Append-only history: what a figure became, by whom, when, why and from where."""

    # No constraint of the database: the history of a figure that was withdrawn stays under its id. It leads
    # the index of the constraint below.
    measurement = models.ForeignKey(
        Measurement, models.DO_NOTHING, related_name="revisions", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField("lần")
    before = models.JSONField("trước đó", null=True, blank=True)
    origin = models.CharField("xuất xứ", max_length=200)
    reason = models.CharField("lý do", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="người ghi", db_index=False
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lịch sử số liệu"
        verbose_name_plural = "lịch sử số liệu"
        ordering = ["measurement", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["measurement", "number"], name="measurementrevision_number"),
            models.CheckConstraint(
                condition=Q(state__in=[*State.values, rules.WITHDRAWN]), name="measurementrevision_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measurement_id} #{self.number}"


class WithdrawnFigure(models.Model):
    """The id that a figure had when it was taken back and its cell became empty.

    Its history waits under that id; written again, the figure gets it back. Nothing that reads figures can
    meet it here.
    """

    id = models.BigIntegerField("mã số liệu", primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    source = models.CharField("nguồn", max_length=20, choices=Source.choices)
    scope = models.CharField("phạm vi", max_length=10, choices=Scope.choices)

    class Meta:
        verbose_name = "số liệu đã rút lại"
        verbose_name_plural = "số liệu đã rút lại"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "indicator", "period", "source", "scope"], name="withdrawnfigure_one_cell"
            ),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="withdrawnfigure_source"),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="withdrawnfigure_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.period_id}/{self.unit_id}"


class PublishedTarget(models.Model):
    """A target as a document printed it, kept beside what our rules give."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="published_targets")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="published_targets")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="published_targets")
    due_on = models.DateField("hạn đạt", null=True, blank=True)
    printed = models.CharField("như văn bản in", max_length=200)
    maintain = models.BooleanField("duy trì kết quả đạt được", default=False)
    value = models.DecimalField("mức giao", max_digits=22, decimal_places=10, null=True, blank=True)
    origin = models.CharField("xuất xứ", max_length=200)

    class Meta:
        verbose_name = "chỉ tiêu đã công bố"
        verbose_name_plural = "chỉ tiêu đã công bố"
        constraints = [
            models.UniqueConstraint(fields=["document", "unit", "indicator"], name="publishedtarget_once"),
            models.CheckConstraint(
                condition=Q(maintain=True, value__isnull=True) | Q(maintain=False, value__isnull=False),
                name="publishedtarget_value_or_maintain",
            ),
        ]

    def __str__(self) -> str:
        return self.printed
