"""People who log in. What each may do hangs on grants over the unit tree (units.Grant)."""

from typing import Final

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from dvctt.history import HistoryModel


class User(AbstractUser):
    full_name = models.CharField("họ và tên", max_length=150, blank=True)
    position = models.CharField("chức vụ", max_length=150, blank=True)
    must_change_password = models.BooleanField(
        "phải đổi mật khẩu",
        default=False,
        help_text="mật khẩu do người khác cấp: chưa đổi thì chưa vào được trang nào khác",
    )

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"

    def __str__(self) -> str:
        return self.full_name or self.username


class EventKind(models.TextChoices):
    LOGGED_IN = "logged_in", "Đăng nhập"
    LOG_IN_FAILED = "log_in_failed", "Đăng nhập sai"
    ADDED = "added", "Thêm người dùng"
    PASSWORD_CHANGED = "password_changed", "Tự đổi mật khẩu"
    PASSWORD_RESET = "password_reset", "Đặt lại mật khẩu"
    GRANTED = "granted", "Giao vai trò"
    GRANT_ENDED = "grant_ended", "Kết thúc vai trò"
    LOCKED = "locked", "Khoá tài khoản"
    UNLOCKED = "unlocked", "Mở lại tài khoản"


WITH_REASON: Final = (
    EventKind.PASSWORD_RESET.value,
    EventKind.GRANTED.value,
    EventKind.GRANT_ENDED.value,
    EventKind.LOCKED.value,
    EventKind.UNLOCKED.value,
)
"""What one person does to another's account."""


class AccountEvent(HistoryModel):
    """Append-only history of accounts: what happened to whose, by whom, when and why."""

    kind = models.CharField("việc", max_length=20, choices=EventKind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="account_events",
        verbose_name="tài khoản",
        help_text="trống: đăng nhập bằng tên không có trong hệ thống",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người làm",
    )
    at = models.DateTimeField("lúc", db_index=True)
    reason = models.CharField("lý do", max_length=300, blank=True)
    detail = models.CharField("chi tiết", max_length=500, blank=True)

    class Meta:
        verbose_name = "nhật ký tài khoản"
        verbose_name_plural = "nhật ký tài khoản"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="accountevent_kind"),
            models.CheckConstraint(
                condition=~Q(kind__in=WITH_REASON) | ~Q(reason=""), name="accountevent_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(kind="log_in_failed"), name="accountevent_of_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"
