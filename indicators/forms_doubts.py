"""What an officer says of an official figure, what the reviewer answers, and which doubts a list shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from documents import attachments
from documents.fields import AttachmentField
from dvctt.lib import numbers
from indicators import rules
from indicators.forms import cell_words, count_text, figure_words
from indicators.models import DoubtStatus, Entry, Indicator
from indicators.rules import Cell
from indicators.rules.risk import Known


def figure_told(indicator: Indicator, figure: Known) -> str:
    """Return "96/100 (96,00 %)", "96,00 %" where only the rate was printed, or why there is no number."""
    told = figure_words(indicator, figure.value, figure.state)
    if figure.value is None:
        return told
    if indicator.is_rate:
        told += " %"
    return told if figure.numerator is None else f"{counts_told(figure)} ({told})"


def counts_told(figure: Known | Cell) -> str:
    """Return "96/100", "ô trống" where there is no number."""
    return cell_words(Cell(figure.numerator, figure.denominator))


class DoubtForm(forms.Form):
    """What is wrong with the figure, and what it would be right."""

    words = forms.CharField(
        label="Số này sai ở đâu",
        help_text="Ví dụ: Cổng thiếu 12 hồ sơ tiếp nhận ngày 30/12. Người duyệt đọc nội dung này.",
        max_length=rules.DOUBT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Nhập điều bạn thấy sai: số nào, và vì sao."},
    )
    numerator = forms.CharField(label="Tử số đúng", required=False, max_length=40)
    denominator = forms.CharField(label="Mẫu số đúng", required=False, max_length=40)
    file = AttachmentField(label="Tệp minh chứng", accepted=attachments.EVIDENCE)

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        for name, said in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
            field = self.fields[name]
            field.help_text = said
            field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        if not indicator.denominator:
            self.fields["numerator"].label = "Số đúng"
            del self.fields["denominator"]
        if indicator.takes_rate:
            # A measured rate has no numerator; what would be right is said in words.
            del self.fields["numerator"]

    def clean_numerator(self) -> int | None:
        return self._count("numerator")

    def clean_denominator(self) -> int | None:
        return self._count("denominator")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            problem = rules.judge_cell(self.said, self.indicator.asked).problem
            if problem is not None:
                self.add_error(problem.field, f"{problem.message[:1].upper()}{problem.message[1:]}.")
        return cleaned

    @staticmethod
    def typed(entry: Entry | None) -> dict[str, str]:
        """Return what the form begins with: the unit's own numbers, where it had typed some before."""
        if entry is None:
            return {}
        return {
            "numerator": count_text(entry.numerator),
            "denominator": count_text(entry.denominator),
        }

    @property
    def said(self) -> Cell:
        """The numbers that the officer believes right, each maybe missing."""
        return Cell(self.cleaned_data.get("numerator"), self.cleaned_data.get("denominator"))

    def _count(self, name: str) -> int | None:
        try:
            return numbers.parse_count(self.cleaned_data[name])
        except numbers.NumberUnclear as error:
            raise forms.ValidationError(str(error)) from error


class AnswerForm(forms.Form):
    """Whether the doubt is taken up, and a word on it."""

    verdict = forms.ChoiceField(
        label="Trả lời",
        choices=[
            (DoubtStatus.ACCEPTED.value, "Tiếp nhận: số này cần sửa ở nguồn"),
            (DoubtStatus.REJECTED.value, "Không tiếp nhận: số này đúng"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn tiếp nhận hoặc không tiếp nhận."},
    )
    words = forms.CharField(
        label="Nội dung trả lời",
        help_text="Cán bộ báo sai thấy nội dung này. Tiếp nhận chưa đổi số: số chỉ đổi khi nhập tệp mới "
        "hoặc đính chính.",
        max_length=rules.DOUBT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Nhập câu trả lời: sẽ làm gì, hoặc vì sao số này đúng."},
    )

    @property
    def accepts(self) -> bool:
        return bool(self.cleaned_data["verdict"] == DoubtStatus.ACCEPTED)


class DoubtFilterForm(forms.Form):
    """Status of the list, from the address; what is not understood is left out."""

    trang_thai = forms.ChoiceField(required=False, choices=[("tat-ca", ""), *DoubtStatus.choices])

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data.get("trang_thai") or DoubtStatus.RAISED.value)
