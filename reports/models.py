"""Công bố: league tables as they were made public, to be shown again to the digit."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.models import Document
from dvctt.history import HistoryModel
from indicators.models import Indicator, Period
from units.models import Level, Unit


class Publication(HistoryModel):
    """A league table frozen on the day when it was made public; a correction is its next revision.

    Its words, the indicator's definition and the days of its figures are in `content`, its units in the rows;
    nobody is named in either. Which table it is a revision of, say the indicator's code (whatever its
    version), the period, the level and the unit within which is ranked.
    """

    code = models.CharField("mã chỉ tiêu", max_length=40)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="publications", verbose_name="phiên bản chỉ tiêu"
    )
    period = models.ForeignKey(Period, models.PROTECT, related_name="publications", verbose_name="kỳ")
    level = models.CharField("cấp", max_length=10, choices=Level.choices)
    within = models.ForeignKey(
        Unit, models.PROTECT, related_name="publications", verbose_name="trong phạm vi"
    )
    revision = models.PositiveSmallIntegerField("lần công bố")
    content = models.JSONField("nội dung", help_text="như reports.frozen_league viết")
    document = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="publications",
        verbose_name="văn bản công bố",
    )
    cited = models.CharField(
        "văn bản, như đã trích", max_length=250, blank=True, help_text="số, ký hiệu và ngày của hôm công bố"
    )
    reason = models.CharField("lý do công bố lại", max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người công bố"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "bảng công bố"
        verbose_name_plural = "bảng công bố"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "period", "level", "within", "revision"], name="publication_revision"
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="publication_level"),
            models.CheckConstraint(
                condition=Q(revision=1) | Q(revision__gt=1) & ~Q(reason=""), name="publication_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content['words']['title']}, lần {self.revision}"


class PublishedRow(HistoryModel):
    """One unit's line of a publication, under the name that it then had."""

    publication = models.ForeignKey(
        Publication, models.PROTECT, related_name="rows", verbose_name="bảng công bố", db_index=False
    )
    position = models.PositiveIntegerField("thứ tự")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    name = models.CharField("tên", max_length=220)
    parent = models.CharField("thuộc", max_length=220, blank=True)
    folded = models.CharField("tên để tìm", max_length=900, help_text="tên và nơi thuộc, không dấu")
    figures = models.JSONField("số liệu", help_text="số viết đủ chữ số; như reports.frozen_league viết")

    class Meta:
        verbose_name = "dòng công bố"
        verbose_name_plural = "dòng công bố"
        ordering = ["publication", "position"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "position"], name="publishedrow_position"),
        ]

    def __str__(self) -> str:
        return self.name


class PublicationWithdrawal(HistoryModel):
    """A publication taken back: its figures are no longer shown to the public, that it was is."""

    publication = models.OneToOneField(
        Publication, models.PROTECT, related_name="withdrawal", verbose_name="bảng công bố"
    )
    reason = models.CharField("lý do", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người thu hồi"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "thu hồi công bố"
        verbose_name_plural = "thu hồi công bố"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="publicationwithdrawal_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id}: thu hồi"
