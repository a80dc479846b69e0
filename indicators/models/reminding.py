"""Đôn đốc: the steps of a reminder, what was sent to whom, and the notices that people read here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from dvctt.history import HistoryModel
from indicators import rules
from indicators.models.catalogue import Period
from indicators.models.submissions import SubmissionEvent
from units.models import Unit


class CountedFrom(models.TextChoices):
    DUE = rules.COUNTED_FROM[0], "hạn nộp"
    LATE = rules.COUNTED_FROM[1], "ngày hết ân hạn"


class Audience(models.TextChoices):
    UNIT = rules.AUDIENCES[0], "đơn vị phải nộp"
    ABOVE = rules.AUDIENCES[1], "đơn vị cấp trên"


class Channel(models.TextChoices):
    NOTICE = "notice", "Trong phần mềm"
    MAIL = "mail", "Thư điện tử"


class ReminderStep(models.Model):
    """When a reminder goes out by itself, and to whom."""

    code = models.SlugField("mã", max_length=40, unique=True)
    name = models.CharField("bước", max_length=120)
    counted_from = models.CharField("tính từ", max_length=10, choices=CountedFrom.choices)
    days = models.SmallIntegerField("số ngày", help_text="âm: trước ngày ấy")
    audience = models.CharField("gửi ai", max_length=10, choices=Audience.choices)

    class Meta:
        verbose_name = "bước nhắc"
        verbose_name_plural = "các bước nhắc"
        ordering = ["counted_from", "days", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(counted_from__in=CountedFrom.values), name="reminderstep_counted_from"
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="reminderstep_audience"),
            models.CheckConstraint(condition=Q(days__gte=-60, days__lte=60), name="reminderstep_days"),
            models.CheckConstraint(condition=~Q(name=""), name="reminderstep_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def step(self) -> rules.ReminderStep:
        """The row as the rules reckon with it."""
        return rules.ReminderStep(self.code, self.counted_from, self.days, self.audience)


class ReminderRun(HistoryModel):
    """One go of reminding: by the timetable, or by a person who saw it before it went."""

    token = models.UUIDField("mã lần nhắc", unique=True, help_text="của trang xem trước: gửi hai lần là một")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ai nhắc",
        help_text="trống: theo lịch",
    )
    at = models.DateTimeField("lúc")
    note = models.CharField("lời nhắc thêm", max_length=rules.REMINDER_NOTE_LENGTH, blank=True)

    class Meta:
        verbose_name = "lần nhắc"
        verbose_name_plural = "các lần nhắc"

    def __str__(self) -> str:
        return str(self.token)


class Notice(models.Model):
    """Words to one person, read here; the e-mail of the same words hangs on it.

    They speak of reports to be sent (`reminders`), or of the one step by which a report came back (`event`).
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="notices",
        verbose_name="người nhận",
        db_index=False,
    )
    subject = models.CharField("tiêu đề", max_length=300)
    text = models.TextField("nội dung")
    link = models.CharField("địa chỉ trong phần mềm", max_length=200)
    # It leads the index of the constraint below.
    event = models.ForeignKey(
        SubmissionEvent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name="bước của báo cáo",
        help_text="trống: lời nhắc nộp",
        db_index=False,
    )
    at = models.DateTimeField("lúc")
    read_at = models.DateTimeField("đã xem lúc", null=True, blank=True)

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(subject="") & ~Q(text=""), name="notice_says_something"),
            models.UniqueConstraint(fields=["event", "recipient"], name="notice_once_of_a_step"),
        ]
        indexes = [models.Index(fields=["recipient", "-at"])]

    def __str__(self) -> str:
        return self.subject


class Reminder(HistoryModel):
    """Append-only: that one person was reminded of one unit's report in one way.

    Written before anything goes out, so that whoever comes second finds it taken.
    """

    run = models.ForeignKey(ReminderRun, models.PROTECT, related_name="reminders", verbose_name="lần nhắc")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    # It leads an index below.
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name="kỳ", db_index=False)
    step = models.ForeignKey(
        ReminderStep,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bước",
        help_text="trống: nhắc tay",
    )
    due_on = models.DateField("hạn nộp khi nhắc", null=True, blank=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người nhận"
    )
    channel = models.CharField("cách gửi", max_length=10, choices=Channel.choices)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="reminders", verbose_name="lời đã gửi")

    class Meta:
        verbose_name = "nhắc nộp"
        verbose_name_plural = "nhật ký nhắc nộp"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "period", "step", "due_on", "recipient", "channel"],
                condition=Q(step__isnull=False),
                name="reminder_step_once",
            ),
            models.UniqueConstraint(
                fields=["run", "unit", "period", "recipient", "channel"], name="reminder_once_in_a_run"
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="reminder_channel"),
            models.CheckConstraint(
                condition=Q(step__isnull=True) | Q(due_on__isnull=False), name="reminder_step_has_due_day"
            ),
        ]
        indexes = [models.Index(fields=["period", "unit"])]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.period_id}"


class MailOutcome(models.TextChoices):
    SENDING = "sending", "Đang gửi"
    POSTPONED = "postponed", "Hoãn"
    DEFERRED = "deferred", "Máy chủ thư hẹn lại"
    SENT = "sent", "Đã gửi"
    FAILED = "failed", "Không gửi được"


class MailEvent(HistoryModel):
    """Append-only: what became of the e-mail of a notice; "sending" is written before it goes.

    An attempt that has only that was cut off, and nobody knows whether it went: it is never tried again. One
    that the server refused for now ("deferred") is over, and the next attempt may be taken.
    """

    # It leads the index of the constraint below.
    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="mail_events", verbose_name="thông báo", db_index=False
    )
    outcome = models.CharField("kết quả", max_length=10, choices=MailOutcome.choices)
    attempt = models.PositiveSmallIntegerField("lần gửi", default=1)
    words = models.CharField("máy chủ thư nói", max_length=300, blank=True)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "kết quả gửi thư"
        verbose_name_plural = "kết quả gửi thư"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "outcome", "attempt"], name="mailevent_once"),
            models.CheckConstraint(condition=Q(outcome__in=MailOutcome.values), name="mailevent_outcome"),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
