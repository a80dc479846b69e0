"""Small forms of the catalogue's pages, and the day in an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest

from documents.models import Document
from dvctt.fields import DayField, ReasonField
from dvctt.lib.names import fold
from dvctt.lib.numbers import vi_date
from dvctt.lib.periods import PeriodSpan
from indicators.models import OFFICIAL_SOURCES, Direction, EnteredAs, Indicator, Source, ZeroDenominator
from indicators.rules import Definition, Settings
from indicators.rules.definitions import MOST_DECIMALS
from units.models import Level


class AliasForm(forms.Form):
    """Another way in which a source writes a unit."""

    name = forms.CharField(
        label="Cách viết trong tệp",
        max_length=220,
        help_text="Ghi đúng như tệp in, kể cả loại: P. Hà Tu.",
        error_messages={"required": "Hãy ghi cách viết."},
    )
    source = forms.ChoiceField(
        label="Nguồn",
        required=False,
        choices=[("", "Mọi nguồn"), *Source.choices],
        error_messages={"invalid_choice": "Không có nguồn đã chọn. Hãy chọn trong danh sách."},
    )
    evidence = forms.CharField(
        label="Căn cứ",
        max_length=300,
        help_text="Vì sao cách viết này là đơn vị này: tệp nào, ai xác nhận.",
        error_messages={"required": "Hãy ghi căn cứ."},
    )


class ReasonForm(forms.Form):
    """Why something in the catalogue is changed."""

    reason = ReasonField(kept_in="lịch sử")


class NextPeriodForm(ReasonForm):
    """The next quarter, of one reckoning or the other."""

    code = forms.ChoiceField(
        label="Kỳ tiếp theo",
        error_messages={
            "required": "Hãy chọn kỳ.",
            "invalid_choice": "Kỳ này không phải kỳ tiếp theo, hoặc đã có. Hãy chọn trong danh sách.",
        },
    )
    field_order = ("code", "reason")

    def __init__(self, *args: Any, offered: Sequence[PeriodSpan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{one.label}: {vi_date(one.starts_on)} đến {vi_date(one.ends_on)}") for one in offered
        ]


class TurnForm(ReasonForm):
    """Open a period for figures, or close it: what the page offered when it was opened."""

    turn = forms.ChoiceField(
        choices=[("mo", "Mở"), ("dong", "Đóng")],
        widget=forms.HiddenInput,
        error_messages={
            "required": "Hãy tải lại trang rồi chọn mở hay đóng.",
            "invalid_choice": "Hãy tải lại trang rồi chọn mở hay đóng.",
        },
    )


class DocumentsForm(ReasonForm):
    """The documents that a definition rests on."""

    documents = forms.MultipleChoiceField(
        label="Văn bản làm căn cứ",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Có văn bản không còn trong danh sách. Hãy tải lại trang."},
    )

    def __init__(self, *args: Any, documents: Sequence[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._documents = {one.code: one for one in documents}
        self.fields["documents"].choices = [(one.code, one.listed) for one in documents]  # type: ignore[attr-defined]

    def rests_on(self) -> list[Document]:
        """Return the documents of a valid form."""
        return [self._documents[code] for code in self.cleaned_data["documents"]]


class SettingsForm(DocumentsForm):
    """How an indicator is called, asked for and shown."""

    name = forms.CharField(label="Tên", max_length=300, error_messages={"required": "Hãy ghi tên."})
    short_name = forms.CharField(
        label="Tên ngắn",
        max_length=120,
        help_text="Đứng ở đầu cột và trong danh sách chọn.",
        error_messages={"required": "Hãy ghi tên ngắn."},
    )
    levels = forms.MultipleChoiceField(
        label="Cấp phải báo cáo",
        choices=Level.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Bỏ một cấp thì các kỳ đang thu cũng thôi hỏi cấp ấy; số đã nhập không mất.",
        error_messages={
            "required": "Hãy chọn ít nhất một cấp phải báo cáo.",
            "invalid_choice": "Không có cấp này; hãy chọn trong danh sách.",
        },
    )
    min_cases = forms.IntegerField(
        label="Số hồ sơ tối thiểu để xếp hạng",
        help_text="Ít hơn thì đơn vị đứng ngoài hạng, kèm lý do. Ghi 0 nếu không cần.",
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    decimals = forms.IntegerField(
        label="Số chữ số thập phân",
        min_value=0,
        max_value=MOST_DECIMALS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    sources = forms.CharField(
        label="Thứ tự nguồn chính thức",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Mỗi dòng một nguồn; nguồn đứng trước có số thì dùng số ấy.",
        error_messages={"required": "Hãy ghi ít nhất một nguồn."},
    )
    position = forms.IntegerField(
        label="Thứ tự trong danh mục",
        min_value=0,
        max_value=9999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    field_order = (
        "name", "short_name", "levels", "min_cases", "decimals", "sources", "position", "documents", "reason",
    )  # fmt: skip

    def clean_sources(self) -> tuple[str, ...]:
        """Sources are typed by their names, one a line: an order is easiest to change as text."""
        by_name = {fold(Source(one).label): one for one in OFFICIAL_SOURCES}
        chosen = []
        for line in str(self.cleaned_data["sources"]).splitlines():
            if not line.strip():
                continue
            if fold(line) not in by_name:
                known = "; ".join(Source(one).label for one in OFFICIAL_SOURCES)
                raise forms.ValidationError(f"Không có nguồn “{line.strip()}”. Các nguồn là: {known}.")
            chosen.append(by_name[fold(line)])
        return tuple(chosen)

    def settings(self) -> Settings:
        """Return what a valid form says."""
        data = self.cleaned_data
        return Settings(
            name=data["name"],
            short_name=data["short_name"],
            levels=tuple(data["levels"]),
            min_cases=data["min_cases"],
            decimals=data["decimals"],
            sources=data["sources"],
            position=data["position"],
        )


class VersionForm(DocumentsForm):
    """A definition, and from which periods it holds."""

    unit_of_measure = forms.CharField(
        label="Đơn vị tính", max_length=30, help_text="% thì là tỷ lệ; hoặc hồ sơ, phút, ngày."
    )
    direction = forms.ChoiceField(label="Chiều", choices=Direction.choices)
    numerator = forms.CharField(
        label="Tử số",
        max_length=200,
        help_text="Chỉ tiêu không có mẫu số thì đây là số đếm được.",
        error_messages={"required": "Hãy ghi tử số: đếm cái gì."},
    )
    denominator = forms.CharField(label="Mẫu số", max_length=200, required=False)
    zero_denominator = forms.ChoiceField(label="Khi mẫu số bằng 0", choices=ZeroDenominator.choices)
    entered_as = forms.ChoiceField(
        label="Cán bộ nhập",
        choices=EnteredAs.choices,
        required=False,
        help_text="Tỷ lệ của một cuộc khảo sát thì nhập thẳng tỷ lệ, mẫu số là số phiếu nếu có.",
    )
    valid_from = DayField(
        label="Áp dụng cho kỳ kết thúc từ ngày",
        help_text="Các kỳ kết thúc trước ngày này giữ phiên bản cũ, kể cả khi nhập số sau.",
    )
    field_order = (
        "unit_of_measure", "direction", "numerator", "denominator", "zero_denominator", "entered_as",
        "valid_from",
        "documents", "reason",
    )  # fmt: skip

    def definition(self) -> Definition:
        """Return what a valid form says."""
        data = self.cleaned_data
        return Definition(
            unit_of_measure=data["unit_of_measure"],
            direction=data["direction"],
            numerator=data["numerator"],
            denominator=data["denominator"],
            zero_denominator=data["zero_denominator"],
            entered_as=data["entered_as"] or EnteredAs.COUNTS.value,
        )


def settings_initial(one: Indicator) -> dict[str, Any]:
    """Return what a form of settings shows of an indicator."""
    return {
        "name": one.name,
        "short_name": one.short_name,
        "levels": one.levels,
        "min_cases": one.min_cases,
        "decimals": one.decimals,
        "sources": "\n".join(Source(source).label for source in one.sources),
        "position": one.position,
        "seen": one.changes.count(),
        "documents": list(one.documents.values_list("code", flat=True)),
    }


def version_initial(one: Indicator) -> dict[str, Any]:
    """Return what a form of a next version starts from."""
    return {
        "unit_of_measure": one.unit_of_measure,
        "direction": one.direction,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "zero_denominator": one.zero_denominator,
        "entered_as": one.entered_as,
        "documents": list(one.documents.values_list("code", flat=True)),
    }


def day_in_address(request: HttpRequest, today: date) -> date:
    """Return the day that ?ngay= names, else today."""
    try:
        day = DayField(required=False).clean(request.GET.get("ngay", ""))
    except forms.ValidationError:
        return today
    return day or today
