"""Văn bản: what a definition, a plan or a publication rests on."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from documents.rules import Paper
from dvctt.history import HistoryModel
from dvctt.lib.numbers import vi_date

LATEST_FIRST: Final = (F("issued_on").desc(nulls_last=True), "number")
"""The same on both databases, which disagree on where a document without a day stands."""


class Document(models.Model):
    code = models.SlugField("mã", max_length=60, unique=True, help_text="ví dụ QNinh23")
    number = models.CharField("số, ký hiệu", max_length=80)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    signer = models.CharField("người ký", max_length=120, blank=True)
    abstract = models.CharField("trích yếu", max_length=500, blank=True)
    superseded_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name="thay bằng",
    )
    file = models.FileField("tệp trong kho", upload_to="van-ban/%Y/%m/", max_length=200, blank=True)
    filename = models.CharField("tệp", max_length=200, blank=True)
    size = models.PositiveBigIntegerField("kích thước", null=True, blank=True)
    sha256 = models.CharField("mã băm", max_length=64, blank=True)
    revision = models.PositiveIntegerField(
        "lần sửa",
        default=0,
        help_text="0: như lúc nạp, chưa ai sửa; danh mục nạp lại không đè lên bản đã sửa",
    )

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        ordering = [*LATEST_FIRST]
        constraints = [
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=F("pk")),
                name="document_not_its_own_successor",
            ),
            models.CheckConstraint(
                condition=Q(file="", filename="", sha256="", size__isnull=True)
                | (~Q(file="") & ~Q(filename="") & ~Q(sha256="") & Q(size__gt=0)),
                name="document_file_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def listed(self) -> str:
        """The document as a list of choices names it: "12/KH-UBND ngày 3/2/2023, UBND tỉnh Quảng Nam"."""
        day = f" ngày {vi_date(self.issued_on)}" if self.issued_on else ""
        return f"{self.number}{day}, {self.issuer}"

    @property
    def is_in_force(self) -> bool:
        """Whether no later document replaces this one."""
        return self.superseded_by_id is None

    @property
    def paper(self) -> Paper:
        """What decides whether it may replace another."""
        return Paper(self.pk, self.number, self.issued_on, self.superseded_by_id)


class DocumentRevision(HistoryModel):
    """Append-only history of a document: what changed from what to what, by whom, when and why."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="revisions", verbose_name="văn bản")
    number = models.PositiveIntegerField("lần")
    changes = models.JSONField("thay đổi", help_text='{"signer": ["trước", "sau"]}')
    reason = models.CharField("lý do", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người sửa")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lịch sử văn bản"
        verbose_name_plural = "lịch sử văn bản"
        ordering = ["document", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="documentrevision_number"),
            models.CheckConstraint(condition=~Q(reason=""), name="documentrevision_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} #{self.number}"
