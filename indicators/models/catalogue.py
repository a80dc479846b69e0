"""Chỉ tiêu and kỳ: what is measured, and for when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from documents.models import Document
from dvctt.history import HistoryModel
from dvctt.lib import periods
from indicators import rules


class Direction(models.TextChoices):
    UP = "up", "cao là tốt"
    DOWN = "down", "thấp là tốt"


class ZeroDenominator(models.TextChoices):
    NOT_ARISING = "not_arising", "không phát sinh"
    NOT_APPLICABLE = "not_applicable", "không thuộc phạm vi"
    FULL_MARKS = "full_marks", "được điểm tối đa"
    NONE = "none", "không có mẫu số"


class EnteredAs(models.TextChoices):
    """What an officer types: the counts that the figure follows from, or the rate that a survey gave."""

    COUNTS = "counts", "tử số và mẫu số"
    RATE = rules.AS_RATE, "tỷ lệ phần trăm"


class State(models.TextChoices):
    """What a cell holds: a number, or one of the reasons for having none (never blank, never 0)."""

    NUMBER = "number", "có số liệu"
    NOT_ARISING = "not_arising", "không phát sinh"
    OUT_OF_SCOPE = "out_of_scope", "không thuộc phạm vi"
    NOT_PUBLISHED = "not_published", "chưa trích xuất được"
    NOT_SUBMITTED = "not_submitted", "chưa nộp"


NO_FIGURE = "chưa có số liệu"
"""Derived, never stored: no source mentions the unit."""


class Source(models.TextChoices):
    NATIONAL = "cong_dvcqg", "Cổng Dịch vụ công quốc gia"
    PROVINCE = "he_thong_tinh", "Hệ thống của tỉnh"
    DOCUMENT = "van_ban", "Văn bản công bố"
    UNIT = "don_vi", "Đơn vị báo cáo"
    SIMULATED = "mo_phong", "Số liệu mô phỏng"


OFFICIAL_SOURCES = [Source.NATIONAL.value, Source.PROVINCE.value, Source.DOCUMENT.value, Source.UNIT.value]


def official_sources() -> list[str]:
    return list(OFFICIAL_SOURCES)


class Indicator(models.Model):
    """A defined ratio or number; a changed definition is a new version, and figures keep theirs."""

    code = models.CharField("mã", max_length=40)
    version = models.PositiveSmallIntegerField("phiên bản", default=1)
    name = models.CharField("tên", max_length=300)
    short_name = models.CharField("tên ngắn", max_length=120)
    unit_of_measure = models.CharField("đơn vị tính", max_length=30)
    is_rate = models.BooleanField("là tỷ lệ phần trăm")
    direction = models.CharField("chiều", max_length=4, choices=Direction.choices)
    levels = models.JSONField("các cấp")
    numerator = models.CharField("tử số", max_length=200)
    denominator = models.CharField("mẫu số", max_length=200, blank=True)
    zero_denominator = models.CharField("khi mẫu số bằng 0", max_length=20, choices=ZeroDenominator.choices)
    entered_as = models.CharField(
        "cách nhập", max_length=10, choices=EnteredAs.choices, default=EnteredAs.COUNTS.value
    )
    decimals = models.PositiveSmallIntegerField("số chữ số thập phân", default=2)
    min_cases = models.PositiveIntegerField("số hồ sơ tối thiểu để xếp hạng", default=0)
    sources = models.JSONField("thứ tự nguồn chính thức", default=official_sources)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    valid_from = models.DateField(
        "cho kỳ kết thúc từ ngày", null=True, blank=True, help_text="để trống: mọi kỳ chưa có phiên bản sau"
    )
    documents = models.ManyToManyField(Document, verbose_name="văn bản", related_name="indicators")

    class Meta:
        verbose_name = "chỉ tiêu"
        verbose_name_plural = "chỉ tiêu"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="indicator_version"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="indicator_direction"),
            models.CheckConstraint(
                condition=Q(zero_denominator__in=ZeroDenominator.values), name="indicator_zero_denominator"
            ),
            models.CheckConstraint(condition=Q(entered_as__in=EnteredAs.values), name="indicator_entered_as"),
            models.CheckConstraint(
                condition=Q(entered_as=EnteredAs.COUNTS) | Q(is_rate=True),
                name="indicator_rate_as_rate",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def asked(self) -> rules.Asked:
        """What entering this indicator asks for."""
        return rules.Asked(
            self.is_rate, bool(self.denominator), self.zero_denominator, takes_rate=self.takes_rate
        )

    @property
    def takes_rate(self) -> bool:
        """Whether an officer types the rate itself."""
        return self.entered_as == EnteredAs.RATE


class Period(models.Model):
    code = models.CharField("mã kỳ", max_length=30, unique=True)
    kind = models.CharField("loại kỳ", max_length=20)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến hết ngày")
    open_for_entry = models.BooleanField("đang thu số liệu", default=False)

    class Meta:
        verbose_name = "kỳ"
        verbose_name_plural = "kỳ"
        ordering = ["-ends_on", "kind"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_dates")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return periods.parse_period(self.code).label


class IndicatorChangeKind(models.TextChoices):
    EDITED = "edited", "Sửa"
    VERSION = "version", "Phiên bản mới"


class IndicatorChange(HistoryModel):
    """What the office did to an indicator: from what to what, by whom and why."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="changes", verbose_name="phiên bản")
    kind = models.CharField("việc", max_length=10, choices=IndicatorChangeKind.choices)
    changes = models.JSONField("thay đổi", help_text='{"denominator": ["trước", "sau"]}, như người đọc thấy')
    reason = models.CharField("lý do", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người sửa"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lịch sử chỉ tiêu"
        verbose_name_plural = "lịch sử chỉ tiêu"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=IndicatorChangeKind.values), name="indicatorchange_kind"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="indicatorchange_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.get_kind_display()}"


class PeriodChangeKind(models.TextChoices):
    ADDED = "added", "Thêm kỳ"
    OPENED = "opened", "Mở thu số liệu"
    CLOSED = "closed", "Đóng thu số liệu"


class PeriodChange(HistoryModel):
    """Who added a period, opened it for figures or closed it, and why."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="changes", verbose_name="kỳ")
    kind = models.CharField("việc", max_length=10, choices=PeriodChangeKind.choices)
    reason = models.CharField("lý do", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người thực hiện"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lịch sử kỳ"
        verbose_name_plural = "lịch sử kỳ"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PeriodChangeKind.values), name="periodchange_kind"),
            models.CheckConstraint(condition=~Q(reason=""), name="periodchange_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id}: {self.get_kind_display()}"
