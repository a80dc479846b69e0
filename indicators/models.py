"""Chỉ tiêu and số liệu: catalogue, periods, figures with their history, entry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from documents.models import Document
from dvctt.history import HistoryModel
from dvctt.lib import periods
from indicators import rules
from units.models import Level, Unit


class Direction(models.TextChoices):
    UP = "up", "cao là tốt"
    DOWN = "down", "thấp là tốt"


class ZeroDenominator(models.TextChoices):
    NOT_ARISING = "not_arising", "không phát sinh"
    NOT_APPLICABLE = "not_applicable", "không thuộc phạm vi"
    FULL_MARKS = "full_marks", "được điểm tối đa"
    NONE = "none", "không có mẫu số"


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
    decimals = models.PositiveSmallIntegerField("số chữ số thập phân", default=2)
    min_cases = models.PositiveIntegerField("số hồ sơ tối thiểu để xếp hạng", default=0)
    sources = models.JSONField("thứ tự nguồn chính thức", default=official_sources)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
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
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def asked(self) -> rules.Asked:
        """What entering this indicator asks for."""
        return rules.Asked(self.is_rate, bool(self.denominator), self.zero_denominator)


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


class Scope(models.TextChoices):
    OWN = "own", "việc của đơn vị"
    AREA = "area", "toàn địa bàn"


class MeasurementFields(models.Model):
    """What a figure says; shared by the figure, its history and an officer's draft."""

    numerator = models.BigIntegerField("tử số", null=True, blank=True)
    denominator = models.BigIntegerField("mẫu số", null=True, blank=True)
    value = models.DecimalField("giá trị", max_digits=22, decimal_places=10, null=True, blank=True)
    state = models.CharField("trạng thái", max_length=20, choices=State.choices)
    printed = models.CharField("như nguồn in", max_length=200, blank=True)
    note = models.CharField("ghi chú", max_length=500, blank=True)
    extracted_on = models.DateField("ngày trích xuất", null=True, blank=True)

    class Meta:
        abstract = True


class Measurement(MeasurementFields):
    """One unit's figure for one indicator, period, source and scope."""

    # Unit and indicator lead an index below each, the others are never asked for alone; indexes of their own
    # would only slow every import down.
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="measurements", verbose_name="đơn vị", db_index=False
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="measurements", verbose_name="chỉ tiêu", db_index=False
    )
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="measurements", verbose_name="kỳ", db_index=False
    )
    source = models.CharField("nguồn", max_length=20, choices=Source.choices)
    scope = models.CharField("phạm vi", max_length=10, choices=Scope.choices, default=Scope.OWN)
    is_rate = models.BooleanField("là tỷ lệ")
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, verbose_name="văn bản", db_index=False
    )
    origin = models.CharField("xuất xứ", max_length=200, help_text="batch:12/dòng, submission:3 …")
    over_bound_reason = models.CharField("lý do chấp nhận vượt ngưỡng", max_length=300, blank=True)
    updated_at = models.DateTimeField("cập nhật lúc")

    class Meta:
        verbose_name = "số liệu"
        verbose_name_plural = "số liệu"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "indicator", "period", "source", "scope"], name="measurement_one_cell"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="measurement_state"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="measurement_source"),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="measurement_scope"),
            models.CheckConstraint(
                condition=Q(state=State.NUMBER, value__isnull=False)
                | (~Q(state=State.NUMBER) & Q(value__isnull=True)),
                name="measurement_state_against_value",
            ),
            models.CheckConstraint(
                condition=(Q(numerator__isnull=True) | Q(numerator__gte=0))
                & (Q(denominator__isnull=True) | Q(denominator__gte=0))
                & (Q(value__isnull=True) | Q(value__gte=0)),
                name="measurement_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(is_rate=False)
                | ~Q(over_bound_reason="")
                | (
                    (Q(value__isnull=True) | Q(value__lte=100))
                    & (
                        Q(numerator__isnull=True)
                        | Q(denominator__isnull=True)
                        | Q(numerator__lte=F("denominator"))
                    )
                ),
                name="measurement_rate_bounds",
            ),
        ]
        indexes = [
            models.Index(fields=["indicator", "period", "unit"]),
            # Portals' figures, nearly all of them, name no document and do not stand in it.
            models.Index(
                fields=["document"], condition=Q(document__isnull=False), name="measurement_of_document"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.period_id}/{self.unit_id}"


class MeasurementRevision(MeasurementFields, HistoryModel):
    """Append-only history: what a figure became, by whom, when, why and from where."""

    # No constraint of the database: the history of a figure that was withdrawn stays under its id. It leads
    # the index of the constraint below.
    measurement = models.ForeignKey(
        Measurement, models.DO_NOTHING, related_name="revisions", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField("lần")
    before = models.JSONField("trước đó", null=True, blank=True)
    origin = models.CharField("xuất xứ", max_length=200)
    reason = models.CharField("lý do", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="người ghi", db_index=False
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lịch sử số liệu"
        verbose_name_plural = "lịch sử số liệu"
        ordering = ["measurement", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["measurement", "number"], name="measurementrevision_number"),
            models.CheckConstraint(
                condition=Q(state__in=[*State.values, rules.WITHDRAWN]), name="measurementrevision_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measurement_id} #{self.number}"


class WithdrawnFigure(models.Model):
    """The id that a figure had when it was taken back and its cell became empty.

    Its history waits under that id; written again, the figure gets it back. Nothing that reads figures can
    meet it here.
    """

    id = models.BigIntegerField("mã số liệu", primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    source = models.CharField("nguồn", max_length=20, choices=Source.choices)
    scope = models.CharField("phạm vi", max_length=10, choices=Scope.choices)

    class Meta:
        verbose_name = "số liệu đã rút lại"
        verbose_name_plural = "số liệu đã rút lại"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "indicator", "period", "source", "scope"], name="withdrawnfigure_one_cell"
            ),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="withdrawnfigure_source"),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="withdrawnfigure_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.period_id}/{self.unit_id}"


class PublishedTarget(models.Model):
    """A target as a document printed it, kept beside what our rules give."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="published_targets")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="published_targets")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="published_targets")
    due_on = models.DateField("hạn đạt", null=True, blank=True)
    printed = models.CharField("như văn bản in", max_length=200)
    maintain = models.BooleanField("duy trì kết quả đạt được", default=False)
    value = models.DecimalField("mức giao", max_digits=22, decimal_places=10, null=True, blank=True)
    origin = models.CharField("xuất xứ", max_length=200)

    class Meta:
        verbose_name = "chỉ tiêu đã công bố"
        verbose_name_plural = "chỉ tiêu đã công bố"
        constraints = [
            models.UniqueConstraint(fields=["document", "unit", "indicator"], name="publishedtarget_once"),
            models.CheckConstraint(
                condition=Q(maintain=True, value__isnull=True) | Q(maintain=False, value__isnull=False),
                name="publishedtarget_value_or_maintain",
            ),
        ]

    def __str__(self) -> str:
        return self.printed


class SubmissionStatus(models.TextChoices):
    EMPTY = "empty", "Chưa nhập"
    DRAFT = "draft", "Đang nhập"
    SENT = "sent", "Đã gửi"
    RETURNED = "returned", "Bị trả lại"
    APPROVED = "approved", "Đã duyệt"
    LOCKED = "locked", "Đã khoá"


OPEN_STATUSES = (SubmissionStatus.EMPTY, SubmissionStatus.DRAFT, SubmissionStatus.RETURNED)


class Submission(models.Model):
    """One unit's entry for one period."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="submissions", verbose_name="đơn vị")
    period = models.ForeignKey(Period, models.PROTECT, related_name="submissions", verbose_name="kỳ")
    status = models.CharField(
        "trạng thái", max_length=10, choices=SubmissionStatus.choices, default=SubmissionStatus.EMPTY
    )
    revision = models.PositiveIntegerField("lần lưu", default=0)

    class Meta:
        verbose_name = "báo cáo"
        verbose_name_plural = "báo cáo"
        constraints = [
            models.UniqueConstraint(fields=["unit", "period"], name="submission_once"),
            models.CheckConstraint(condition=Q(status__in=SubmissionStatus.values), name="submission_status"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.period_id}"

    @property
    def takes_figures(self) -> bool:
        """Whether its officer may still save: neither sent nor approved, and the period is open."""
        return self.status in OPEN_STATUSES and self.period.open_for_entry

    @property
    def may_be_reopened(self) -> bool:
        """Whether its reviewer may open it again: it is approved, and the period is open."""
        return self.status == SubmissionStatus.APPROVED and self.period.open_for_entry


class SubmissionEvent(HistoryModel):
    """Append-only: each step of a submission."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="events")
    status = models.CharField("trạng thái", max_length=10, choices=SubmissionStatus.choices)
    reason = models.CharField("lý do", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người thực hiện")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "bước của báo cáo"
        verbose_name_plural = "bước của báo cáo"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SubmissionStatus.values), name="submissionevent_status"
            ),
            models.CheckConstraint(
                condition=~Q(status=SubmissionStatus.RETURNED) | ~Q(reason=""),
                name="submissionevent_return_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()


class CellRemark(HistoryModel):
    """Append-only: why one line of a report was given back, said with the step that gave it back."""

    # It leads the index of the constraint below.
    event = models.ForeignKey(
        SubmissionEvent, models.PROTECT, related_name="remarks", verbose_name="bước", db_index=False
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu", db_index=False
    )
    reason = models.CharField("lý do", max_length=rules.REMARK_LENGTH)

    class Meta:
        verbose_name = "lý do trả lại một dòng"
        verbose_name_plural = "lý do trả lại từng dòng"
        ordering = ["event", "indicator__position", "indicator__code"]
        constraints = [
            models.UniqueConstraint(fields=["event", "indicator"], name="cellremark_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="cellremark_has_reason"),
        ]

    def __str__(self) -> str:
        return self.reason


class Entry(MeasurementFields):
    """An officer's draft cell; it becomes a Measurement only on approval.

    A cell that was cleared stays, with nothing in it, so that the next person sees who cleared it.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="entries")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="chỉ tiêu")
    revision = models.PositiveIntegerField("lần lưu", help_text="lần lưu của báo cáo mà ô này đổi")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField("lưu lúc")

    class Meta:
        verbose_name = "ô nhập"
        verbose_name_plural = "ô nhập"
        constraints = [
            models.UniqueConstraint(fields=["submission", "indicator"], name="entry_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="entry_state"),
            models.CheckConstraint(
                condition=Q(state=State.NUMBER) | Q(value__isnull=True), name="entry_state_against_value"
            ),
            models.CheckConstraint(
                condition=(Q(numerator__isnull=True) | Q(numerator__gte=0))
                & (Q(denominator__isnull=True) | Q(denominator__gte=0)),
                name="entry_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.indicator_id}"

    @property
    def cell(self) -> rules.Cell:
        """The entry as it was typed."""
        return rules.Cell(self.numerator, self.denominator, self.state, self.note)


class PeriodKind(models.TextChoices):
    """Kinds of periods that reports are due for; to-date periods are told by documents, not by units."""

    MONTH = "month", "Tháng"
    QUARTER = "quarter", "Quý"
    HALF = "half", "6 tháng"
    NINE = "nine", "9 tháng"
    YEAR = "year", "Năm"
    MONTH_STATUTORY = "month_statutory", "Tháng (kỳ báo cáo)"
    QUARTER_STATUTORY = "quarter_statutory", "Quý (kỳ báo cáo)"
    HALF_STATUTORY = "half_statutory", "6 tháng (kỳ báo cáo)"
    NINE_STATUTORY = "nine_statutory", "9 tháng (kỳ báo cáo)"
    YEAR_STATUTORY = "year_statutory", "Năm (kỳ báo cáo)"


class Move(models.TextChoices):
    NEXT = rules.MOVES[0], "dời sang ngày làm việc sau"
    PREVIOUS = rules.MOVES[1], "dời về ngày làm việc trước"
    STAYS = rules.MOVES[2], "giữ nguyên ngày"


class CalendarRule(models.Model):
    """By when a level reports on a kind of period; in force for periods whose last day its dates cover.

    A changed rule is a new row, so that past periods keep the deadline they had.
    """

    level = models.CharField("cấp", max_length=10, choices=Level.choices)
    period_kind = models.CharField("loại kỳ", max_length=20, choices=PeriodKind.choices)
    month_offset = models.SmallIntegerField("số tháng sau tháng cuối của kỳ", default=0)
    day = models.PositiveSmallIntegerField("ngày")
    move = models.CharField(
        "khi trúng ngày nghỉ", max_length=10, choices=Move.choices, default=Move.NEXT.value
    )
    grace_days = models.PositiveSmallIntegerField("số ngày ân hạn", default=0)
    lock_days = models.PositiveSmallIntegerField(
        "số ngày sau hạn thì khoá", null=True, blank=True, help_text="để trống: không khoá"
    )
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="văn bản")
    basis = models.CharField("căn cứ", max_length=300, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ai đặt",
    )
    at = models.DateTimeField("lúc", null=True, blank=True, help_text="để trống: có sẵn trong sản phẩm")

    class Meta:
        verbose_name = "quy định hạn nộp"
        verbose_name_plural = "quy định hạn nộp"
        ordering = ["period_kind", "level", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "period_kind", "valid_from"], name="calendarrule_one_start"
            ),
            models.UniqueConstraint(
                fields=["level", "period_kind"],
                condition=Q(valid_to__isnull=True),
                name="calendarrule_one_open",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="calendarrule_dates",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="calendarrule_level"),
            models.CheckConstraint(
                condition=Q(period_kind__in=PeriodKind.values), name="calendarrule_period_kind"
            ),
            models.CheckConstraint(condition=Q(move__in=Move.values), name="calendarrule_move"),
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=31, month_offset__gte=-12, month_offset__lte=24),
                name="calendarrule_day",
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=366)
                & (Q(lock_days__isnull=True) | Q(lock_days__gte=F("grace_days"), lock_days__lte=3660)),
                name="calendarrule_grace_before_lock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_period_kind_display()}, {self.get_level_display()}"

    @property
    def rule(self) -> rules.CalendarRule:
        """The row as the rules reckon with it."""
        return rules.CalendarRule(
            level=self.level,
            period_kind=self.period_kind,
            month_offset=self.month_offset,
            day=self.day,
            move=self.move,
            grace_days=self.grace_days,
            lock_days=self.lock_days,
        )


class Holiday(models.Model):
    """A public holiday; one that was taken back stays, so that loading does not bring it again."""

    day = models.DateField("ngày")
    name = models.CharField("tên", max_length=120)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ai thêm",
    )
    at = models.DateTimeField("lúc", null=True, blank=True, help_text="để trống: có sẵn trong sản phẩm")
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ai bỏ",
    )
    removed_at = models.DateTimeField("bỏ lúc", null=True, blank=True)

    class Meta:
        verbose_name = "ngày nghỉ lễ"
        verbose_name_plural = "ngày nghỉ lễ"
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["day"], condition=Q(removed_at__isnull=True), name="holiday_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="holiday_has_name"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="holiday_removed_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Extension(HistoryModel):
    """More time for one unit's report; append-only, the latest one counts."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="extensions", verbose_name="kỳ", db_index=False
    )
    until = models.DateField("đến hết ngày")
    reason = models.CharField("lý do", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người cho gia hạn"
    )
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "gia hạn"
        verbose_name_plural = "gia hạn"
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="extension_has_reason")]
        indexes = [models.Index(fields=["period", "unit"])]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.period_id}"
