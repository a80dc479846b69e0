"""Forms by which an office says what the columns of a file are, and edits a layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from imports.forms import FactsForm
from imports.rules.layouts import (
    COUNT,
    DENOMINATOR,
    FRACTION,
    IGNORED,
    NOTE,
    NUMERATOR,
    PERCENT,
    POSITION,
    RATE,
    ROWS,
    SHEET,
    TARGET,
    UNIT,
)
from imports.rules.mapping import ColumnAsked
from indicators.models import Indicator, Source

PLAIN_CHOICES: Final = [
    (IGNORED, "Bỏ qua"),
    (POSITION, "STT"),
    (UNIT, "Đơn vị"),
    (NOTE, "Ghi chú"),
    (COUNT, "Số đếm để đối chiếu"),
]
PART_CHOICES: Final = [(NUMERATOR, "tử số"), (DENOMINATOR, "mẫu số"), (RATE, "tỷ lệ in")]
ROLE_CHOICES: Final = [
    *PLAIN_CHOICES,
    (RATE, "Tỷ lệ in"),
    (NUMERATOR, "Tử số của chỉ tiêu"),
    (DENOMINATOR, "Mẫu số của chỉ tiêu"),
    (TARGET, "Chỉ tiêu giao"),
]


class MappingForm(FactsForm):
    """What each column is; where the file is silent, what it is of."""

    name = forms.CharField(
        label="Tên mẫu",
        max_length=200,
        help_text="Để nhận ra trong danh sách, ví dụ “Tiến độ giải quyết, hệ thống một cửa tỉnh”.",
        error_messages={"required": "Hãy đặt tên cho mẫu."},
    )
    checked = forms.BooleanField(
        label="Tôi đã kiểm tra từng cột, kể cả các gợi ý",
        error_messages={
            "required": "Hãy đánh dấu là đã kiểm tra từng cột; hệ thống không tự quyết định thay bạn."
        },
    )

    def __init__(
        self,
        *args: Any,
        asked: Sequence[ColumnAsked],
        indicators: Sequence[Indicator],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].label = "Nguồn thường có của mẫu này"
        choices: list[Any] = [("", "Chọn…"), *PLAIN_CHOICES]
        for indicator in indicators:
            parts = [
                (f"{indicator.code}.{part}", f"{indicator.code}: {words}")
                for part, words in PART_CHOICES
                if part != DENOMINATOR or indicator.denominator
            ]
            choices.append((f"{indicator.code} – {indicator.short_name}", parts))
        for one in asked:
            self.fields[f"cot-{one.column}"] = forms.ChoiceField(
                label=f"Cột {one.letter}, {one.label}",
                choices=choices,
                required=False,
                initial=one.suggestion,
            )

    def answers(self) -> Mapping[int, str]:
        """Return what was chosen, by column."""
        return {
            int(name.removeprefix("cot-")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("cot-")
        }


def _lines_field(label: str, help_text: str) -> forms.CharField:
    """A field of several lines, which may be left empty."""
    return forms.CharField(
        label=label, help_text=help_text, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class LayoutForm(forms.Form):
    """A layout as a whole."""

    name = forms.CharField(
        label="Tên mẫu", max_length=200, error_messages={"required": "Hãy đặt tên cho mẫu."}
    )
    source = forms.ChoiceField(
        label="Nguồn thường có", required=False, choices=[("", "Theo tệp"), *Source.choices]
    )
    subject = forms.ChoiceField(
        label="Mỗi dòng là gì",
        choices=[(ROWS, "một đơn vị"), (SHEET, "một phần báo cáo của một đơn vị; lấy dòng tổng")],
    )
    identities = forms.CharField(
        label="Các phép cộng phải đúng",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Mỗi dòng một phép, bằng khoá cột: total = opening + received",
    )
    rates = forms.CharField(
        label="Tỷ lệ in chỉ để đối chiếu",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Mỗi dòng: khoá tỷ lệ = tử số / mẫu số, ví dụ parts_rate = parts_digitised / received",
    )
    opening = forms.CharField(label="Cột “kỳ trước chuyển sang”", required=False, max_length=60)
    closing = forms.CharField(label="Cột “còn lại cuối kỳ”", required=False, max_length=60)
    sub_rows = _lines_field(
        "Tên các dòng chi tiết được bỏ qua", "Mỗi dòng một tên, như “DVC trực tuyến một phần”."
    )
    totals = _lines_field(
        "Tên khác của dòng tổng",
        "Ngoài “Tổng số”, “Tổng cộng”, “Toàn tỉnh”…; mỗi dòng một tên, như “Số chung của tỉnh”.",
    )
    captions = _lines_field(
        "Tên khác của dòng tên khối đơn vị", "Ngoài “Cấp huyện”, “Khối sở, ban, ngành”…; mỗi dòng một tên."
    )
    footers = _lines_field(
        "Dòng cuối bảng bắt đầu bằng", "Ngoài “Người lập”, “Ghi chú”, “Nguồn”…; mỗi dòng một cách bắt đầu."
    )
    period_labels = _lines_field(
        "Kỳ đứng sau chữ",
        "Trong cùng ô hoặc ô kế bên, như “Kỳ báo cáo”. Để trống: tìm trong mọi dòng trên bảng.",
    )
    day_labels = _lines_field("Ngày trích xuất đứng sau chữ", "Trên hoặc dưới bảng, như “Số liệu tính đến”.")
    unit_labels = _lines_field(
        "Đơn vị báo cáo đứng sau chữ", "Khi cả biểu là của một đơn vị, như “Đơn vị báo cáo”."
    )
    retired = forms.BooleanField(label="Ngừng dùng mẫu này", required=False)
    reason = forms.CharField(
        label="Lý do sửa",
        max_length=300,
        error_messages={"required": "Hãy ghi lý do; lý do được lưu trong lịch sử của mẫu."},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ColumnForm(forms.Form):
    """One column of a layout."""

    role = forms.ChoiceField(label="Là", choices=[("", "–"), *ROLE_CHOICES], required=False)
    key = forms.CharField(label="Khoá", required=False, max_length=60)
    indicator = forms.CharField(label="Chỉ tiêu", required=False, max_length=40)
    headers = forms.CharField(
        label="Đường dẫn tiêu đề", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    numbers = forms.ChoiceField(
        label="Số trần là",
        required=False,
        choices=[("", "theo tệp"), (PERCENT, "phần trăm (85,3)"), (FRACTION, "phân số (0,853)")],
    )
    required = forms.BooleanField(label="Bắt buộc", required=False)


class FigureForm(forms.Form):
    """What an indicator is made of."""

    indicator = forms.CharField(label="Chỉ tiêu", required=False, max_length=40)
    numerator = forms.CharField(label="Tử số", required=False, max_length=300)
    denominator = forms.CharField(label="Mẫu số", required=False, max_length=300)
    rate = forms.CharField(label="Tỷ lệ in", required=False, max_length=60)


_NAMES: Final = ("sub_rows", "totals", "captions", "footers")
_LABELS: Final = {"period_labels": "period", "day_labels": "extracted_on", "unit_labels": "unit"}
ColumnFormSet = forms.formset_factory(ColumnForm, extra=2)
FigureFormSet = forms.formset_factory(FigureForm, extra=1)


def initial_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the three forms show of a stored definition."""
    carried = definition.get("carried_over", {})
    return {
        "form": {
            "source": definition.get("source", ""),
            "subject": definition.get("subject", ROWS),
            "identities": "\n".join(
                f"{one['whole']} = {' + '.join(one['parts'])}" for one in definition.get("identities", ())
            ),
            "rates": "\n".join(
                f"{one['rate']} = {' + '.join(one['numerator'])} / {' + '.join(one['denominator'])}"
                for one in definition.get("rates", ())
            ),
            "opening": carried.get("opening", ""),
            "closing": carried.get("closing", ""),
            **{name: "\n".join(definition.get(name, ())) for name in _NAMES},
            **{
                field: "\n".join(definition.get("labels", {}).get(name, ()))
                for field, name in _LABELS.items()
            },
        },
        "columns": [
            {**column, "headers": "\n".join(column.get("headers", ()))}
            for column in definition.get("columns", ())
        ],
        "figures": [
            {
                **figure,
                "numerator": " + ".join(figure.get("numerator", ())),
                "denominator": " + ".join(figure.get("denominator", ())),
            }
            for figure in definition.get("figures", ())
        ],
    }


def definition_of(
    stored: Mapping[str, Any],
    form: Mapping[str, Any],
    columns: Sequence[Mapping[str, Any]],
    figures: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the definition that the forms say; what they do not show stays as it is stored.

    Raises ValueError with what cannot be read.
    """
    definition = dict(stored) | {"source": form["source"], "subject": form["subject"]}
    definition["columns"] = [_column(column) for column in columns if column.get("role")]
    definition["figures"] = [
        {
            "indicator": figure["indicator"],
            "numerator": _keys(figure["numerator"]),
            "denominator": _keys(figure["denominator"]),
            "rate": figure["rate"].strip(),
        }
        for figure in figures
        if figure.get("indicator")
    ]
    definition["identities"] = [
        {"whole": left, "parts": _keys(right)} for left, right in _equations(form["identities"])
    ]
    definition["rates"] = [_rate(left, right) for left, right in _equations(form["rates"])]
    opening, closing = form["opening"].strip(), form["closing"].strip()
    definition["carried_over"] = {"opening": opening, "closing": closing} if opening or closing else {}
    definition |= {name: _lines(form[name]) for name in _NAMES}
    definition["labels"] = {
        name: labels for field, name in _LABELS.items() if (labels := _lines(form[field]))
    }
    return definition


def _column(column: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        "role": column["role"],
        "key": column["key"].strip(),
        "indicator": column["indicator"].strip(),
        "numbers": column["numbers"],
        "required": column["required"],
        "headers": _lines(column["headers"]),
    }
    return {name: value for name, value in said.items() if value}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _keys(text: str) -> list[str]:
    return [key.strip() for key in text.split("+") if key.strip()]


def _equations(text: str) -> list[tuple[str, str]]:
    found = []
    for line in _lines(text):
        left, sign, right = line.partition("=")
        if not sign or not left.strip() or not right.strip():
            raise ValueError(f"Không đọc được dòng “{line}”; hãy ghi dạng: khoá = khoá + khoá.")
        found.append((left.strip(), right.strip()))
    return found


def _rate(left: str, right: str) -> dict[str, Any]:
    numerator, sign, denominator = right.partition("/")
    if not sign:
        raise ValueError(f"Không đọc được “{left} = {right}”; hãy ghi dạng: khoá = tử số / mẫu số.")
    return {"rate": left, "numerator": _keys(numerator), "denominator": _keys(denominator)}
