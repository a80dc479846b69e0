"""Tệp minh chứng: files that stand behind a figure."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from dvctt.history import HistoryModel
from indicators.models.catalogue import Indicator
from indicators.models.submissions import Submission


class FileFields(models.Model):
    """One file in the store with the person's own name for it, or none."""

    file = models.FileField("tệp trong kho", upload_to="minh-chung/%Y/%m/", max_length=200, blank=True)
    filename = models.CharField("tệp", max_length=200, blank=True)
    size = models.PositiveBigIntegerField("kích thước", null=True, blank=True)
    sha256 = models.CharField("mã băm", max_length=64, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(file="", filename="", sha256="", size__isnull=True)
                | (~Q(file="") & ~Q(filename="") & ~Q(sha256="") & Q(size__gt=0)),
                name="%(class)s_file_is_whole",
            )
        ]


class EvidenceFile(FileFields, HistoryModel):
    """A file that an officer put behind one figure of a report; taken back, it stays in the store."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="evidence", verbose_name="báo cáo"
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu", db_index=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ai tải")
    at = models.DateTimeField("tải lúc")

    class Meta:
        verbose_name = "tệp minh chứng"
        verbose_name_plural = "tệp minh chứng"
        ordering = ["at", "pk"]
        constraints = [
            *FileFields.Meta.constraints,
            models.CheckConstraint(condition=~Q(file=""), name="evidencefile_has_file"),
        ]

    def __str__(self) -> str:
        return self.filename


class EvidenceRemoval(HistoryModel):
    """Append-only: who took an evidence file back, and when."""

    evidence = models.OneToOneField(
        EvidenceFile, models.PROTECT, related_name="removal", verbose_name="tệp minh chứng"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ai bỏ")
    at = models.DateTimeField("bỏ lúc")

    class Meta:
        verbose_name = "lần bỏ tệp minh chứng"
        verbose_name_plural = "các lần bỏ tệp minh chứng"

    def __str__(self) -> str:
        return str(self.evidence_id)
