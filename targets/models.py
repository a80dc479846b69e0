"""Giao chỉ tiêu: plans, the rules they stack, and what each unit is assigned."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from documents.models import Document
from dvctt.history import HistoryModel
from indicators.models import Indicator, Period, Source
from targets.rules.judging import Bands
from units import permissions
from units.models import Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

SEE_DRAFTS = "targets.see_drafts"


class PlanState(models.TextChoices):
    DRAFT = "draft", "Bản nháp"
    APPROVED = "approved", "Đã duyệt"
    ISSUED = "issued", "Đã ban hành"
    SUPERSEDED = "superseded", "Đã thay thế"


FROZEN = (PlanState.ISSUED.value, PlanState.SUPERSEDED.value)
"""States in which nothing of a plan changes any more, in the database either (migration 0004)."""


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User | AnonymousUser, *, today: date) -> PlanQuerySet:
        """Issued plans for everybody; what is not issued for those who prepare and decide it."""
        own = permissions.units_for(user=user, permission=SEE_DRAFTS, today=today)
        return self.filter(Q(state__in=FROZEN) | Q(owner__in=own))


class Plan(models.Model):
    code = models.SlugField("mã", max_length=60, unique=True)
    name = models.CharField("tên", max_length=200)
    year = models.PositiveSmallIntegerField("năm")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name="đơn vị giao")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="plans")
    baseline_period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name="kỳ gốc")
    baseline_by_quarters = models.BooleanField(
        "số gốc cộng từ các quý", default=False, help_text="cộng tử số, mẫu số các quý nằm trong kỳ gốc"
    )
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
    description = models.TextField("lời dẫn", max_length=1000, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cascades",
        verbose_name="kế hoạch của cấp trên",
    )
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name="thay thế"
    )
    near_percent = models.DecimalField(
        "gần đạt từ (% của mức giao)",
        max_digits=5,
        decimal_places=2,
        default=Decimal(95),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    behind_percent = models.DecimalField(
        "chưa đạt từ (% của mức giao), thấp hơn là còn xa",
        max_digits=5,
        decimal_places=2,
        default=Decimal(80),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    state = models.CharField("trạng thái", max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    revision = models.PositiveIntegerField("lần sửa", default=0)
    definition = models.JSONField("định nghĩa đã nạp", default=dict, blank=True)
    assigned_at = models.DateTimeField("giao lúc", null=True, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người giao",
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "kế hoạch giao chỉ tiêu"
        verbose_name_plural = "kế hoạch giao chỉ tiêu"
        ordering = ["-year", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state"),
            models.CheckConstraint(
                condition=Q(behind_percent__lte=F("near_percent"), behind_percent__gte=0)
                & Q(near_percent__lte=100),
                name="plan_bands",
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(state__in=["issued", "superseded"]),
                name="plan_one_successor",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def bands(self) -> Bands:
        """How far a figure may be from its target to be near it, or only behind."""
        return Bands(self.near_percent, self.behind_percent)

    @property
    def is_draft(self) -> bool:
        return self.state == PlanState.DRAFT

    @property
    def is_frozen(self) -> bool:
        return self.state in FROZEN


class PlanIndicator(models.Model):
    """What the plan is about: the indicator, what the central government set, and the province's own goal."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="indicators", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu")
    central = models.DecimalField("Trung ương giao", max_digits=22, decimal_places=10, null=True, blank=True)
    central_source = models.CharField("văn bản của Trung ương", max_length=200, blank=True)
    goal = models.DecimalField("đích của tỉnh", max_digits=22, decimal_places=10, null=True, blank=True)
    lead = models.CharField("đơn vị chủ trì", max_length=300, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        verbose_name = "chỉ tiêu của kế hoạch"
        verbose_name_plural = "chỉ tiêu của kế hoạch"
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "indicator"], name="planindicator_once"),
            models.CheckConstraint(
                condition=(Q(central__isnull=True) | Q(central__gte=0))
                & (Q(goal__isnull=True) | Q(goal__gte=0)),
                name="planindicator_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.indicator_id}"

    @property
    def aim(self) -> Decimal | None:
        """What the whole is to reach: the own goal, else the central one."""
        return self.central if self.goal is None else self.goal


class Rule(models.Model):
    """One rule of a plan. Scope is data: levels, ancestors (`within`), named units and who is left out."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="rules", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    label = models.CharField("tên nhóm", max_length=200)
    scope = models.JSONField(
        "phạm vi",
        help_text=(
            '{"levels": [...], "within": [unit id], "area_classes": [...], "units": [unit id], '
            '"exempt_area_classes": [...], "exempt_within": [unit id], "exempt_units": [unit id]}'
        ),
    )
    kind = models.CharField("loại quy tắc", max_length=30)
    parameters = models.JSONField("tham số")
    precedence = models.PositiveSmallIntegerField("thứ tự ưu tiên")
    note = models.CharField("căn cứ, ghi chú", max_length=500, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        verbose_name = "quy tắc"
        verbose_name_plural = "quy tắc"
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="rule_position")]

    def __str__(self) -> str:
        return self.label


class Override(models.Model):
    """A target that a person set by hand instead of the rule's; without a value nothing is assigned."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="overrides", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu")
    value = models.DecimalField("mức giao", max_digits=22, decimal_places=10, null=True, blank=True)
    reason = models.CharField("lý do", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người sửa"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "mức sửa tay"
        verbose_name_plural = "mức sửa tay"
        constraints = [
            models.UniqueConstraint(fields=["plan", "unit", "indicator"], name="override_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_reason"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0), name="override_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.unit_id}/{self.indicator_id}"


class Assignment(models.Model):
    """What a plan assigns to one unit, with the baseline as it was then."""

    # Plan and unit lead the indexes below; rows are written by the hundred thousand.
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="assignments", db_index=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="assignments", verbose_name="đơn vị", db_index=False
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu", db_index=False
    )
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="assignments", verbose_name="quy tắc")
    override = models.ForeignKey(
        Override,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name="sửa tay",
        db_index=False,
    )
    baseline = models.DecimalField("số gốc", max_digits=22, decimal_places=10, null=True, blank=True)
    baseline_numerator = models.BigIntegerField("tử số gốc", null=True, blank=True)
    baseline_denominator = models.BigIntegerField("mẫu số gốc", null=True, blank=True)
    baseline_printed = models.CharField("số gốc như in", max_length=200, blank=True)
    baseline_state = models.CharField("trạng thái số gốc", max_length=20, blank=True)
    baseline_source = models.CharField("nguồn số gốc", max_length=20, blank=True)
    baseline_note = models.CharField("số gốc gồm", max_length=500, blank=True)
    # No key: the figure may be withdrawn later, and its history waits under this id.
    baseline_measurement = models.BigIntegerField("mã số liệu gốc", null=True, blank=True)
    floor = models.DecimalField("cấp trên giao", max_digits=22, decimal_places=10, null=True, blank=True)
    floor_is_strict = models.BooleanField("cấp trên giao phải vượt", default=False)
    floor_is_owners = models.BooleanField("mức cấp trên giao cho đơn vị giao", default=False)
    proposed = models.DecimalField("theo quy tắc", max_digits=22, decimal_places=10, null=True, blank=True)
    assigned = models.DecimalField("chỉ tiêu giao", max_digits=22, decimal_places=10)
    stretch = models.DecimalField("phấn đấu", max_digits=22, decimal_places=10, null=True, blank=True)
    scored = models.DecimalField("mức để chấm", max_digits=22, decimal_places=10)
    is_strict = models.BooleanField("phải vượt", default=False, help_text="bằng mức để chấm là chưa đạt")
    maintain = models.BooleanField("duy trì kết quả đạt được", default=False)
    wording = models.CharField("cách ghi trong phụ lục", max_length=200)

    class Meta:
        verbose_name = "chỉ tiêu được giao"
        verbose_name_plural = "chỉ tiêu được giao"
        constraints = [models.UniqueConstraint(fields=["plan", "unit", "indicator"], name="assignment_once")]
        indexes = [
            models.Index(fields=["unit", "indicator"]),
            models.Index(
                fields=["override"], condition=Q(override__isnull=False), name="assignment_overridden"
            ),
        ]

    def __str__(self) -> str:
        return self.wording


class PlanStep(models.TextChoices):
    CREATED = "created", "Lập kế hoạch"
    EDITED = "edited", "Sửa thông tin"
    RULES = "rules", "Sửa quy tắc"
    OVERRIDDEN = "overridden", "Sửa tay"
    ASSIGNED = "assigned", "Tính lại theo số gốc mới"
    APPROVED = "approved", "Duyệt"
    RETURNED = "returned", "Trả lại bản nháp"
    ISSUED = "issued", "Ban hành"
    SUPERSEDED = "superseded", "Bị thay thế"


class PlanEvent(HistoryModel):
    """Append-only history of a plan: what was done, by whom, when and why."""

    plan = models.ForeignKey(
        Plan, models.DO_NOTHING, related_name="events", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField("lần")
    step = models.CharField("việc", max_length=12, choices=PlanStep.choices)
    text = models.CharField("nội dung", max_length=1000)
    reason = models.CharField("lý do", max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người làm"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "bước của kế hoạch"
        verbose_name_plural = "bước của kế hoạch"
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="planevent_number"),
            models.CheckConstraint(condition=Q(step__in=PlanStep.values), name="planevent_step"),
        ]

    def __str__(self) -> str:
        return self.text
