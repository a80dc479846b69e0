"""Imports: layouts, batches and their rows. Nothing reaches a figure before commit."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.models import Document
from dvctt.history import HistoryModel
from indicators.models import Period, Source
from units.models import Unit


class Layout(models.Model):
    """How a kind of workbook is recognised and read; data, not code."""

    code = models.SlugField("mã mẫu", max_length=60, unique=True)
    name = models.CharField("tên mẫu", max_length=200)
    definition = models.JSONField("định nghĩa")
    retired_at = models.DateTimeField("ngừng dùng từ", null=True, blank=True)

    class Meta:
        verbose_name = "mẫu tệp"
        verbose_name_plural = "mẫu tệp"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def indicator_codes(self) -> list[str]:
        """The indicators that such a file feeds, in the order of its definition."""
        parts = (*self.definition.get("columns", ()), *self.definition.get("figures", ()))
        return list(dict.fromkeys(part["indicator"] for part in parts if part.get("indicator")))


class LayoutRevision(HistoryModel):
    """Append-only history of a layout: what it became, by whom, when and why."""

    layout = models.ForeignKey(Layout, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField("lần")
    name = models.CharField("tên mẫu", max_length=200)
    definition = models.JSONField("định nghĩa")
    retired = models.BooleanField("ngừng dùng", default=False)
    reason = models.CharField("lý do", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người sửa")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lịch sử mẫu tệp"
        verbose_name_plural = "lịch sử mẫu tệp"
        ordering = ["layout", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["layout", "number"], name="layoutrevision_number"),
            models.CheckConstraint(condition=~Q(reason=""), name="layoutrevision_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.layout} #{self.number}"


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", "Đã tải lên"
    MAPPING = "mapping", "Chờ khai mẫu"
    READING = "reading", "Đang đọc"
    PREVIEW = "preview", "Chờ xem và ghi"
    COMMITTING = "committing", "Đang ghi"
    COMMITTED = "committed", "Đã ghi"
    FAILED = "failed", "Không đọc được"
    CANCELLED = "cancelled", "Đã huỷ"
    UNDONE = "undone", "Đã hoàn tác"


class Batch(models.Model):
    """One uploaded file on its way in. This row is the truth about the job."""

    file = models.FileField("tệp", upload_to="nhap-tep/%Y/%m/")
    filename = models.CharField("tên tệp", max_length=255)
    sha256 = models.CharField("mã băm", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("kích thước")
    layout = models.ForeignKey(Layout, models.PROTECT, null=True, blank=True)
    province = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField("nguồn", max_length=20, choices=Source.choices, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    extracted_on = models.DateField("ngày trích xuất", null=True, blank=True)
    options = models.JSONField("tuỳ chọn của người nhập", default=dict)
    problems = models.JSONField("vấn đề chung của tệp", default=list)
    state = models.CharField(
        "trạng thái", max_length=12, choices=BatchState.choices, default=BatchState.UPLOADED
    )
    progress = models.PositiveSmallIntegerField("tiến độ %", default=0)
    message = models.CharField("thông báo", max_length=500, blank=True)
    heartbeat_at = models.DateTimeField("nhịp cuối", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("số lần chạy", default=0)
    counts = models.JSONField("tổng hợp", default=dict)
    readings = models.PositiveIntegerField("số lần được yêu cầu đọc lại", default=0)
    seen_revision = models.BigIntegerField("lần ghi số liệu mới nhất khi lập bản xem thử", null=True)
    reason = models.CharField("lý do nhập", max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("tải lên lúc")
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    committed_at = models.DateTimeField("ghi lúc", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)
    undo_reason = models.CharField("lý do hoàn tác", max_length=300, blank=True)

    class Meta:
        verbose_name = "lần nhập tệp"
        verbose_name_plural = "lần nhập tệp"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state"),
            models.CheckConstraint(
                condition=~Q(state=BatchState.COMMITTED) | Q(committed_at__isnull=False),
                name="batch_committed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=BatchState.UNDONE)
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason="")),
                name="batch_undone_has_author_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class Row(models.Model):
    """One unit row or group row of the file, with what is planned for it."""

    # The two constraints below index what is asked for; more indexes would only slow large files down.
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows", db_index=False)
    position = models.PositiveIntegerField("thứ tự trong tệp")
    sheet = models.CharField("sheet", max_length=100)
    number = models.PositiveIntegerField("dòng")
    is_group = models.BooleanField("dòng nhóm", default=False)
    printed = models.CharField("tên như in", max_length=300)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    match_reason = models.CharField("lý do khớp", max_length=200, blank=True)
    chosen = models.BooleanField("người nhập đã chọn đơn vị", default=False)
    suggestions = models.JSONField("gợi ý", default=list)
    cells = models.JSONField("ô như in", default=dict)
    figures = models.JSONField("các ô sẽ ghi", default=list, help_text="theo thứ tự của planned.PlannedCell")
    seen_at = models.DateTimeField("số đang có được ghi lúc", null=True, blank=True)
    target = models.JSONField("chỉ tiêu in trong tệp", null=True, blank=True)
    problems = models.JSONField("vấn đề", default=list)
    swap_accepted = models.BooleanField("đồng ý đổi chỗ hai cột", default=False)
    refused = models.BooleanField("không ghi được", default=False)
    closing = models.BigIntegerField("còn lại cuối kỳ", null=True, blank=True)

    class Meta:
        ordering = ["batch", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "number"], name="row_once"),
            models.UniqueConstraint(fields=["batch", "position"], name="row_one_position"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.number} {self.printed}"


class Outcome(models.TextChoices):
    """What writing a planned cell does."""

    NEW = "new", "mới"
    CHANGED = "changed", "thay đổi"
    UNCHANGED = "unchanged", "không đổi"
    KEPT_LATER = "kept_later", "giữ số mới hơn"
    KEPT = "kept", "giữ số cũ theo lựa chọn"
    KEPT_APPROVED = "kept_approved", "giữ số đã duyệt"
