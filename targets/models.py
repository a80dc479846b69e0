"""Giao chỉ tiêu: plans, the rules they stack, and what each unit is assigned."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.models import Document
from indicators.models import Indicator, Period, Source
from units.models import Unit


class PlanState(models.TextChoices):
    DRAFT = "draft", "Bản nháp"
    ISSUED = "issued", "Đã ban hành"


class Plan(models.Model):
    code = models.SlugField("mã", max_length=60, unique=True)
    name = models.CharField("tên", max_length=200)
    year = models.PositiveSmallIntegerField("năm")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name="đơn vị giao")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="plans")
    baseline_period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name="kỳ gốc")
    baseline_source = models.CharField(
        "nguồn số gốc",
        max_length=20,
        choices=Source.choices,
        blank=True,
        help_text="để trống: nguồn chính thức",
    )
    baseline_label = models.CharField("cách gọi số gốc", max_length=120, blank=True)
    units_on = models.DateField("danh mục đơn vị ngày")
    due_on = models.DateField("hạn đạt", null=True, blank=True)
    state = models.CharField("trạng thái", max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    definition = models.JSONField("định nghĩa đã nạp", default=dict)
    assigned_at = models.DateTimeField("giao lúc", null=True, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người giao",
    )

    class Meta:
        verbose_name = "kế hoạch giao chỉ tiêu"
        verbose_name_plural = "kế hoạch giao chỉ tiêu"
        ordering = ["-year", "code"]
        constraints = [models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state")]

    def __str__(self) -> str:
        return self.name


class Rule(models.Model):
    """One rule of a plan. Scope is data: levels, ancestors (`within`) and named units."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="rules")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    label = models.CharField("tên nhóm", max_length=200)
    scope = models.JSONField(
        "phạm vi",
        help_text='{"levels": [...], "within": [unit id], "area_classes": [...], "units": [unit id]}',
    )
    kind = models.CharField("loại quy tắc", max_length=30)
    parameters = models.JSONField("tham số")
    precedence = models.PositiveSmallIntegerField("thứ tự ưu tiên")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        verbose_name = "quy tắc"
        verbose_name_plural = "quy tắc"
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="rule_position")]

    def __str__(self) -> str:
        return self.label


class Assignment(models.Model):
    """What a plan assigns to one unit, with the baseline as it was then."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name="đơn vị")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="assignments", verbose_name="quy tắc")
    baseline = models.DecimalField("số gốc", max_digits=22, decimal_places=10, null=True, blank=True)
    baseline_numerator = models.BigIntegerField("tử số gốc", null=True, blank=True)
    baseline_denominator = models.BigIntegerField("mẫu số gốc", null=True, blank=True)
    baseline_printed = models.CharField("số gốc như in", max_length=200, blank=True)
    baseline_state = models.CharField("trạng thái số gốc", max_length=20, blank=True)
    assigned = models.DecimalField("chỉ tiêu giao", max_digits=22, decimal_places=10)
    stretch = models.DecimalField("phấn đấu", max_digits=22, decimal_places=10, null=True, blank=True)
    scored = models.DecimalField("mức để chấm", max_digits=22, decimal_places=10)
    maintain = models.BooleanField("duy trì kết quả đạt được", default=False)
    wording = models.CharField("cách ghi trong phụ lục", max_length=200)

    class Meta:
        verbose_name = "chỉ tiêu được giao"
        verbose_name_plural = "chỉ tiêu được giao"
        constraints = [models.UniqueConstraint(fields=["plan", "unit", "indicator"], name="assignment_once")]
        indexes = [models.Index(fields=["unit", "indicator"])]

    def __str__(self) -> str:
        return self.wording
