"""What a plan is, what it says of an indicator, and by which document it is issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from documents.models import Document
from documents.services import Facts
from dvctt.fields import DayField
from dvctt.lib import periods
from indicators import services as indicator_services
from indicators.models import Indicator, Period, Source
from targets.forms.fields import LevelField
from targets.models import Plan, PlanIndicator, PlanState
from targets.services import IndicatorFacts, PlanFacts
from units import selectors as unit_selectors
from units.models import Unit


class PlanFactsForm(forms.Form):
    """The first step: for whom, of which year, out of which baseline."""

    owner = forms.ChoiceField(label="Đơn vị giao")
    name = forms.CharField(label="Tên kế hoạch", max_length=200)
    year = forms.IntegerField(
        label="Năm của chỉ tiêu",
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={"invalid": "Năm phải là một số, ví dụ 2024."},
    )
    document = forms.ChoiceField(
        label="Văn bản làm căn cứ",
        required=False,
        help_text="Nếu văn bản có in chỉ tiêu từng đơn vị, trang kế hoạch so từng dòng với mức tính ra.",
    )
    baseline_period = forms.CharField(
        label="Kỳ gốc",
        max_length=30,
        help_text="Ví dụ 2023 (cả năm), 2023-Q4 (quý), 2023-den-08-23 (đến 23/8/2023).",
        widget=forms.TextInput(attrs={"class": "short", "list": "ky-co-so-lieu"}),
    )
    baseline_by_quarters = forms.BooleanField(
        label="Cộng số gốc từ các quý trong kỳ gốc",
        required=False,
        help_text="Cộng tử số và mẫu số của từng quý rồi mới chia; không lấy trung bình tỷ lệ.",
    )
    baseline_source = forms.ChoiceField(
        label="Nguồn số gốc",
        required=False,
        choices=[("", "Nguồn chính thức của chỉ tiêu"), *Source.choices],
    )
    baseline_label = forms.CharField(
        label="Cách gọi số gốc trong câu giải thích", max_length=120, required=False
    )
    units_on = DayField(
        label="Danh mục đơn vị của ngày", required=False, help_text="Để trống: ngày cuối của kỳ gốc."
    )
    due_on = DayField(label="Hạn đạt", required=False)
    parent = forms.ChoiceField(
        label="Giao lại theo kế hoạch của cấp trên",
        required=False,
        help_text="Không đơn vị nào bị giao thấp hơn mức cấp trên đã giao.",
    )
    near_percent = LevelField(label="Gần đạt: từ bao nhiêu % của mức giao")
    behind_percent = LevelField(label="Chưa đạt: từ bao nhiêu % của mức giao (thấp hơn là còn xa)")
    description = forms.CharField(
        label="Lời dẫn", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        owners: Mapping[int, str],
        adds_periods: bool,
        plan: Plan | None = None,
        **kwargs: Any,
    ) -> None:
        """`adds_periods`: the person may bring a period into the catalogue, which all provinces share."""
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.adds_periods = adds_periods
        self.fields["owner"].choices = [(str(pk), name) for pk, name in owners.items()]  # type: ignore[attr-defined]
        self.documents = {one.code: one for one in Document.objects.order_by("-issued_on", "number")}
        self.fields["document"].choices = [  # type: ignore[attr-defined]
            ("", "Chưa có"),
            *((one.code, f"{one.number} · {one.issuer}") for one in self.documents.values()),
        ]
        issued = Plan.objects.filter(state=PlanState.ISSUED).order_by("-year", "name")
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            ("", "Không có"),
            *((one.code, f"{one.name} ({one.year})") for one in issued if plan is None or one.pk != plan.pk),
        ]
        above = plan.parent if plan is not None else None
        if above is not None and above.state != PlanState.ISSUED:
            # Not left out: saving the form for another reason must not lose it without a word.
            gone = (above.code, f"{above.name} ({above.get_state_display().lower()})")
            self.fields["parent"].choices.append(gone)  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, plan: Plan) -> dict[str, Any]:
        """Return what the form shows of a plan."""
        return {
            "owner": str(plan.owner_id),
            "name": plan.name,
            "year": plan.year,
            "document": plan.document.code if plan.document else "",
            "baseline_period": plan.baseline_period.code,
            "baseline_by_quarters": plan.baseline_by_quarters,
            "baseline_source": plan.baseline_source,
            "baseline_label": plan.baseline_label,
            "units_on": plan.units_on,
            "due_on": plan.due_on,
            "parent": plan.parent.code if plan.parent else "",
            "near_percent": plan.near_percent.normalize(),
            "behind_percent": plan.behind_percent.normalize(),
            "description": plan.description,
            "seen": plan.revision,
        }

    def clean_baseline_period(self) -> periods.PeriodSpan:
        try:
            span = periods.parse_period(self.cleaned_data["baseline_period"].strip())
        except periods.PeriodUnknown as error:
            raise forms.ValidationError(str(error)) from error
        if not self.adds_periods and not Period.objects.filter(code=span.code).exists():
            raise forms.ValidationError(
                f"{span.label} chưa có trong danh mục kỳ. Hãy chọn kỳ đã có, hoặc đề nghị Văn phòng UBND "
                "tỉnh thêm kỳ này."
            )
        return span

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        near, behind = data.get("near_percent"), data.get("behind_percent")
        if near is not None and near > 100:
            self.add_error("near_percent", "Không quá 100 %.")
        if near is not None and behind is not None and behind > near:
            self.add_error("behind_percent", "Không lớn hơn mức gần đạt.")
        span = data.get("baseline_period")
        if span is not None:
            data["units_on"] = data.get("units_on") or span.ends_on
            if data.get("baseline_by_quarters") and not span.quarters():
                self.add_error(
                    "baseline_by_quarters",
                    f"{span.label} không gồm quý trọn nào; chọn năm, hoặc bỏ dấu ô này.",
                )
            owner = data.get("owner")
            if owner and not unit_selectors.names_on(unit_ids=[int(owner)], on=data["units_on"]):
                self.add_error("units_on", "Ngày này đơn vị giao chưa có hoặc không còn trong cây đơn vị.")
        self._check_parent(data)
        return data

    def _check_parent(self, data: Mapping[str, Any]) -> None:
        code, owner, day = data.get("parent"), data.get("owner"), data.get("units_on")
        if not code or not owner or day is None:
            return
        above = self._parent(code)
        if above.state != PlanState.ISSUED:
            self.add_error(
                "parent", f"Kế hoạch này {above.get_state_display().lower()}; chọn kế hoạch thay nó."
            )
        elif above.owner_id == int(owner):
            self.add_error("parent", "Kế hoạch của chính đơn vị giao không phải là kế hoạch cấp trên.")
        elif int(owner) not in unit_selectors.inside(ancestor=above.owner, on=day):
            self.add_error("parent", "Đơn vị giao không thuộc đơn vị đã ban hành kế hoạch này.")

    def _parent(self, code: str) -> Plan:
        return Plan.objects.select_related("owner").get(code=code)

    def facts(self) -> PlanFacts:
        """Return what was typed; the form is valid."""
        data = self.cleaned_data
        period: Period = indicator_services.ensure_period(span=data["baseline_period"])
        return PlanFacts(
            name=data["name"],
            year=data["year"],
            owner=Unit.objects.get(pk=int(data["owner"])),
            baseline_period=period,
            baseline_by_quarters=data["baseline_by_quarters"],
            baseline_source=data["baseline_source"],
            baseline_label=data["baseline_label"],
            units_on=data["units_on"],
            due_on=data["due_on"],
            parent=self._parent(data["parent"]) if data["parent"] else None,
            near_percent=data["near_percent"],
            behind_percent=data["behind_percent"],
            description=data["description"],
            document=self.documents.get(data["document"]),
        )


class IndicatorForm(forms.Form):
    """What the plan says of one indicator beside its rules."""

    central_source = forms.CharField(
        label="Văn bản của Trung ương",
        max_length=200,
        required=False,
        help_text="Ví dụ NQ 01/NQ-CP năm 2024.",
    )
    lead = forms.CharField(label="Đơn vị chủ trì", max_length=300, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ["central", "central_source", "goal", "lead", "seen"]

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = indicator.unit_of_measure
        self.indicator = indicator
        self.fields["central"] = LevelField(
            label=f"Trung ương giao ({unit})", required=False, is_rate=indicator.is_rate
        )
        self.fields["goal"] = LevelField(
            label=f"Đích của cả đơn vị giao ({unit})",
            required=False,
            is_rate=indicator.is_rate,
            help_text="Để trống: bằng chỉ tiêu Trung ương.",
        )
        self.order_fields(self.field_order)

    @classmethod
    def initial_of(cls, told: PlanIndicator | None, plan: Plan) -> dict[str, Any]:
        """Return what the form shows."""
        if told is None:
            return {"seen": plan.revision}
        return {
            "central": told.central,
            "central_source": told.central_source,
            "goal": told.goal,
            "lead": told.lead,
            "seen": plan.revision,
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        for name in ("central", "goal"):
            if self.indicator.is_rate and data.get(name) is not None and data[name] > 100:
                self.add_error(name, "Tỷ lệ không quá 100 %.")
        return data

    def facts(self) -> IndicatorFacts:
        """Return what was typed; the form is valid."""
        data = self.cleaned_data
        return IndicatorFacts(
            indicator=self.indicator,
            central=data["central"],
            central_source=data["central_source"],
            goal=data["goal"],
            lead=data["lead"],
        )


class DecisionForm(forms.Form):
    """Approving or returning: what was seen, and why where a reason is asked."""

    reason = forms.CharField(label="Lý do trả lại", max_length=300, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class IssueForm(forms.Form):
    """The signed document: one that stands in the list, or a new one."""

    document = forms.ChoiceField(label="Văn bản đã có", required=False)
    number = forms.CharField(
        label="Số, ký hiệu", max_length=80, required=False, help_text="Ví dụ 467/QĐ-UBND."
    )
    issued_on = DayField(label="Ngày ban hành", required=False)
    issuer = forms.CharField(label="Cơ quan ban hành", max_length=200, required=False)
    signer = forms.CharField(label="Người ký", max_length=120, required=False)
    abstract = forms.CharField(
        label="Trích yếu", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, documents: Sequence[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = {one.code: one for one in documents}
        self.fields["document"].choices = [  # type: ignore[attr-defined]
            ("", "Văn bản mới, ghi ở dưới"),
            *((one.code, f"{one.number} · {one.issuer}") for one in documents),
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("document"):
            if data.get("number"):
                self.add_error("number", "Chọn văn bản đã có hoặc ghi văn bản mới, không cả hai.")
            return data
        for name, words in (
            ("number", "Nhập số, ký hiệu của văn bản đã ký."),
            ("issued_on", "Nhập ngày ban hành."),
            ("issuer", "Nhập cơ quan ban hành."),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        return data

    def chosen(self) -> Document | Facts:
        """Return the document of the list, or the facts of the new one; the form is valid."""
        data = self.cleaned_data
        if data["document"]:
            return self.documents[data["document"]]
        return Facts(
            number=data["number"],
            issued_on=data["issued_on"],
            issuer=data["issuer"],
            signer=data["signer"],
            abstract=data["abstract"],
        )
