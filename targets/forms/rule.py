"""One rule as a form: for whom, of which kind, with which parameters; every default is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms

from dvctt.lib import numbers
from dvctt.lib.names import reading_order
from indicators.models import Indicator
from targets import rules, selectors
from targets.forms.fields import LevelField
from targets.models import Plan, Rule
from targets.rules import ParametersWrong, Scope
from targets.services import RuleFacts
from units import selectors as unit_selectors
from units.models import Level, Unit
from units.selectors import NameAt

BANDS: Final = 6
_SCOPE: Final = ("levels", "within", "area_classes", "units")
_COMPARE: Final = [("raw", "số chưa làm tròn"), ("printed", "như nguồn in (không in thì làm tròn)")]
_GROWTH_KINDS: Final = [("relative", "theo tỷ lệ (× 1,10)"), ("points", "theo điểm (+ 10)")]
_EITHER: Final = [("none", "không giao, liệt kê riêng"), ("no_baseline", "như không có số liệu gốc")]
_BOUNDS_UP: Final = [("exact", "đúng mức"), ("minimum", "tối thiểu"), ("above", "trên (phải vượt)")]
_BOUNDS_DOWN: Final = [("exact", "đúng mức"), ("maximum", "tối đa"), ("under", "dưới (phải thấp hơn)")]


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A parameter's field, made for the indicator at hand."""

    name: str
    make: Callable[[Indicator], forms.Field]


def _level(name: str, label: str, *, required: bool = False, help_text: str = "") -> _Parameter:
    return _Parameter(
        name,
        lambda indicator: LevelField(
            label=f"{label} ({indicator.unit_of_measure})",
            required=required,
            is_rate=indicator.is_rate,
            help_text=help_text,
        ),
    )


def _number(name: str, label: str, *, required: bool = False, help_text: str = "") -> _Parameter:
    return _Parameter(name, lambda indicator: LevelField(label=label, required=required, help_text=help_text))


def _whole(name: str, label: str, *, help_text: str = "") -> _Parameter:
    return _Parameter(
        name,
        lambda indicator: forms.IntegerField(
            label=label,
            min_value=0,
            required=False,
            help_text=help_text,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
            error_messages={"invalid": "Nhập một số nguyên."},
        ),
    )


def _choice(name: str, label: str, choices: Sequence[tuple[str, str]]) -> _Parameter:
    return _Parameter(name, lambda indicator: forms.ChoiceField(label=label, choices=list(choices)))


_CAP: Final = _level("cap", "Trần", help_text="Để trống: không có trần.")
_COMPARING: Final = (
    _choice("compare", "Kết quả đem so sánh", _COMPARE),
    _whole("decimals", "Làm tròn kết quả đến mấy chữ số thập phân khi nguồn không in"),
)
_GROWING: Final = (
    _number("growth", "Tăng thêm (giảm thêm, nếu thấp là tốt)", required=True),
    _choice("growth_kind", "Tăng thêm tính", _GROWTH_KINDS),
)
PARAMETERS: Final[Mapping[str, tuple[_Parameter, ...]]] = {
    "formal": (
        _level("central", "Chỉ tiêu Trung ương", required=True),
        *_GROWING,
        _CAP,
        *_COMPARING,
        _choice(
            "no_baseline",
            "Không có số liệu gốc",
            [("central", "giao bằng chỉ tiêu Trung ương"), ("none", "không giao, liệt kê riêng")],
        ),
        _choice("scored", "Chấm theo", [("stretch", "mức phấn đấu"), ("assigned", "mức giao")]),
    ),
    "catch_up_or_maintain": _COMPARING,
    "fixed": (
        _level("value", "Mức giao", required=True),
        _Parameter(
            "bound",
            lambda indicator: forms.ChoiceField(
                label="Cách ghi",
                choices=_BOUNDS_UP if selectors.measure_of(indicator).higher_is_better else _BOUNDS_DOWN,
            ),
        ),
    ),
    "growth": (
        *_GROWING,
        _CAP,
        *_COMPARING,
        _level("without", "Mức giao khi không có số liệu gốc", help_text="Để trống: không giao."),
    ),
    "ladder": (
        _level("start", "Mức của năm bắt đầu", required=True),
        _whole("start_year", "Năm bắt đầu"),
        _level("step", "Mỗi năm thêm", required=True),
        _whole("year", "Năm của kế hoạch"),
        _CAP,
    ),
    "cascade": (_level("more", "Cao hơn mức cấp trên giao"), _CAP),
}
"""Kind → its parameters in the order in which they are asked; bands have rows of their own."""

TERMS: Final = (
    _number("rounding", "Làm tròn mức tính được đến bội số của", help_text="Để trống: không làm tròn."),
    _choice(
        "rounding_way",
        "Làm tròn",
        [("harder", "về phía khó hơn"), ("nearest", "đến bội số gần nhất")],
    ),
    _whole("fewest", "Ít hồ sơ: mẫu số kỳ gốc dưới", help_text="0: không xét."),
    _choice("few_cases", "Đơn vị ít hồ sơ", _EITHER),
    _choice("not_applicable", "Đơn vị không thuộc phạm vi", _EITHER),
)
_WAIVER: Final = _Parameter(
    "waiver",
    lambda indicator: forms.BooleanField(label="Miễn cho đơn vị có ít hồ sơ hơn mức giao", required=False),
)


class RuleForm(forms.Form):
    """The form of one rule of a plan for one indicator and kind."""

    label = forms.CharField(
        label="Tên nhóm", max_length=200, help_text="Hiện trong câu giải thích, ví dụ Cấp xã."
    )
    levels = forms.MultipleChoiceField(
        label="Cấp", required=False, widget=forms.CheckboxSelectMultiple, choices=Level.choices
    )
    within = forms.MultipleChoiceField(
        label="Trong địa bàn", required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    area_classes = forms.MultipleChoiceField(
        label="Khu vực", required=False, widget=forms.CheckboxSelectMultiple
    )
    units = forms.CharField(
        label="Đơn vị nêu tên",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Mỗi dòng một đơn vị; trùng tên thì ghi thêm cấp trên sau dấu phẩy.",
    )
    exempt_area_classes = forms.MultipleChoiceField(
        label="Trừ khu vực", required=False, widget=forms.CheckboxSelectMultiple
    )
    exempt_within = forms.MultipleChoiceField(
        label="Trừ địa bàn", required=False, widget=forms.SelectMultiple(attrs={"size": 4})
    )
    exempt_units = forms.CharField(
        label="Trừ đơn vị",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Mỗi dòng một đơn vị.",
    )
    precedence = forms.IntegerField(
        label="Thứ tự ưu tiên",
        required=False,
        min_value=0,
        max_value=99,
        help_text="Để trống: theo phạm vi (mọi đơn vị 0, cấp 1, địa bàn 2, khu vực 3, nêu tên 4).",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={"invalid": "Nhập một số nguyên từ 0 đến 99."},
    )
    note = forms.CharField(
        label="Căn cứ, ghi chú", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        plan: Plan,
        indicator: Indicator,
        kind: str,
        names: Mapping[int, NameAt],
        standing: Rule | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.indicator, self.kind = plan, indicator, kind
        self.names = names
        scope = selectors.scope_of(standing) if standing is not None else Scope()
        self.gone = _gone(scope, names)
        if self.gone != Scope():
            # Units of a copied rule that the plan's day does not know: taken out by a person alone.
            lost = self.gone.within | self.gone.units | self.gone.exempt_within | self.gone.exempt_units
            self.fields["drop_gone"] = forms.BooleanField(
                label=f"Bỏ {len(lost)} đơn vị không còn trong danh mục của kế hoạch khỏi phạm vi",
                required=False,
            )
        above = {name.parent_id for name in names.values()} & set(names) - {plan.owner_id}
        districts = sorted(
            ((str(pk), names[pk].full_name) for pk in above if pk is not None), key=lambda one: one[1]
        )
        districts += sorted(
            (str(pk), names[pk].full_name)
            for pk in (scope.within | scope.exempt_within) & set(names)
            if pk not in above
        )
        known = {name.area_class for name in names.values() if name.area_class}
        areas = sorted(known | scope.area_classes | scope.exempt_area_classes)
        for field in ("within", "exempt_within"):
            self.fields[field].choices = districts  # type: ignore[attr-defined]
        for field in ("area_classes", "exempt_area_classes"):
            self.fields[field].choices = [(one, one) for one in areas]  # type: ignore[attr-defined]
        self.parameters = [*PARAMETERS[kind], *TERMS, *([] if indicator.is_rate else [_WAIVER])]
        for parameter in self.parameters:
            self.fields[parameter.name] = parameter.make(indicator)
        kept = len(standing.parameters.get("bands", ())) if standing is not None else 0
        self.band_numbers = range(1, max(BANDS, kept + 1) + 1)
        if kind == "catch_up_or_maintain":
            for number in self.band_numbers:
                self.fields[f"limit_{number}"] = self._band("Kết quả kém hơn", number)
                self.fields[f"target_{number}"] = self._band("Giao", number)

    def _band(self, words: str, number: int) -> LevelField:
        return LevelField(label=f"{words}, bậc {number}", required=False, is_rate=self.indicator.is_rate)

    @property
    def kind_label(self) -> str:
        return rules.KINDS[self.kind].label

    @property
    def gone_field(self) -> forms.BoundField | None:
        """The box that takes units out that are no more; None where there are none."""
        return self["drop_gone"] if "drop_gone" in self.fields else None

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The parameters of the kind."""
        return [self[one.name] for one in PARAMETERS[self.kind]]

    @property
    def bands(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        if self.kind != "catch_up_or_maintain":
            return []
        return [(self[f"limit_{number}"], self[f"target_{number}"]) for number in self.band_numbers]

    @property
    def term_fields(self) -> list[forms.BoundField]:
        """What every kind may be told."""
        return [self[one.name] for one in self.parameters[len(PARAMETERS[self.kind]) :]]

    @classmethod
    def initial_of(
        cls, *, rule: Rule | None, plan: Plan, indicator: Indicator, kind: str, names: Mapping[int, NameAt]
    ) -> dict[str, Any]:
        """Return what the form shows: a rule, or a new one with every default said."""
        if rule is None:
            return {"seen": plan.revision, **_defaults(plan, indicator, kind)}
        scope = selectors.scope_of(rule)

        def named(ids: Collection[int]) -> str:
            found = (names[pk].name_and_place for pk in ids if pk in names)
            return "\n".join(sorted(found, key=reading_order))

        shown = {
            "label": rule.label,
            "levels": sorted(scope.levels),
            "within": [str(pk) for pk in scope.within],
            "area_classes": sorted(scope.area_classes),
            "units": named(scope.units),
            "exempt_area_classes": sorted(scope.exempt_area_classes),
            "exempt_within": [str(pk) for pk in scope.exempt_within],
            "exempt_units": named(scope.exempt_units),
            "precedence": None if rule.precedence == scope.precedence else rule.precedence,
            "note": rule.note,
            "seen": plan.revision,
        }
        return {**_shown(rule.parameters), **shown}

    def clean_units(self) -> frozenset[int]:
        return self._named("units")

    def clean_exempt_units(self) -> frozenset[int]:
        return self._named("exempt_units")

    def _named(self, field: str) -> frozenset[int]:
        found, problems = set(), []
        for line in self.cleaned_data[field].splitlines():
            if not line.strip():
                continue
            try:
                found.add(_unit(line.strip(), self.plan.units_on, self.plan.owner).pk)
            except (unit_selectors.UnitUnknown, unit_selectors.UnitAmbiguous) as error:
                problems.append(str(error))
        if problems:
            raise forms.ValidationError(problems)
        return frozenset(found)

    def clean(self) -> dict[str, Any]:
        """Read the parameters by the rules themselves, so that form and JSON refuse the same."""
        data: dict[str, Any] = self.cleaned_data
        if self.errors:
            return data
        try:
            rules.ready_rule(
                kind=self.kind,
                parameters=self.stated(),
                measure=selectors.measure_of(self.indicator),
                place="",
            )
        except ParametersWrong as wrong:
            for problem in wrong.problems:
                key, _, words = problem.partition(": ")
                field = self._field_of(key)
                self.add_error(field, (words[0].upper() + words[1:]) if field else problem)
        return data

    def _field_of(self, key: str) -> str | None:
        if key in self.fields:
            return key
        if key.startswith("bands"):
            number = key[len("bands[") :].partition("]")[0]
            side = "limit" if key.endswith((".below", ".above")) else "target"
            return (
                f"{side}_{number}" if number.isdecimal() and f"{side}_{number}" in self.fields else "limit_1"
            )
        return None

    def stated(self) -> dict[str, Any]:
        """Return the parameters as JSON; the fields are clean."""
        data = self.cleaned_data
        found: dict[str, Any] = {}
        for parameter in self.parameters:
            value = data.get(parameter.name)
            if isinstance(value, Decimal):
                value = numbers.plain(value)
            if value is not None or parameter.name in {"cap", "without", "rounding"}:
                found[parameter.name] = value
        if self.kind == "catch_up_or_maintain":
            key = "below" if selectors.measure_of(self.indicator).higher_is_better else "above"
            found["bands"] = [
                {key: numbers.plain(data[f"limit_{n}"]), "target": numbers.plain(data[f"target_{n}"])}
                for n in self.band_numbers
                if data.get(f"limit_{n}") is not None or data.get(f"target_{n}") is not None
            ]
        return found

    def facts(self) -> RuleFacts:
        """Return what was typed; the form is valid."""
        data = self.cleaned_data
        gone = Scope() if data.get("drop_gone") else self.gone
        return RuleFacts(
            indicator=self.indicator,
            label=data["label"],
            scope=Scope(
                levels=frozenset(data["levels"]),
                within=frozenset(int(pk) for pk in data["within"]) | gone.within,
                area_classes=frozenset(data["area_classes"]),
                units=data["units"] | gone.units,
                exempt_area_classes=frozenset(data["exempt_area_classes"]),
                exempt_within=frozenset(int(pk) for pk in data["exempt_within"]) | gone.exempt_within,
                exempt_units=data["exempt_units"] | gone.exempt_units,
            ),
            kind=self.kind,
            parameters=self.stated(),
            precedence=data["precedence"],
            note=data["note"],
        )


def _gone(scope: Scope, names: Mapping[int, NameAt]) -> Scope:
    """Return what of a scope the plan's day does not know."""
    known = set(names)
    return Scope(
        within=scope.within - known,
        units=scope.units - known,
        exempt_within=scope.exempt_within - known,
        exempt_units=scope.exempt_units - known,
    )


def _unit(name: str, on: date, owner: Unit) -> Unit:
    return unit_selectors.unit_by_full_name(full_name=name, on=on, within=owner)


def _defaults(plan: Plan, indicator: Indicator, kind: str) -> dict[str, Any]:
    """Return every default of a new rule as the rules themselves say it."""
    told = plan.indicators.filter(indicator=indicator).first()
    central = told.central if told else None
    of_kind: dict[str, dict[str, Any]] = {
        "formal": {"central": numbers.plain(central or Decimal(0))},
        "catch_up_or_maintain": {"bands": [_level_band(indicator)]},
        "fixed": {"value": "0"},
        "growth": {"growth": "10"},
        "ladder": {"start": "0", "start_year": plan.year, "step": "0", "year": plan.year},
        "cascade": {},
    }
    ready = rules.ready_rule(kind=kind, parameters=of_kind[kind], measure=selectors.measure_of(indicator))
    shown = _shown(ready.plain())
    # What only the document knows is left for the person.
    for name in ("value", "start", "step", *(() if central is not None else ("central",))):
        shown.pop(name, None)
    for name in [name for name in shown if name.startswith(("limit_", "target_"))]:
        shown.pop(name)
    return shown


def _level_band(indicator: Indicator) -> dict[str, str]:
    key = "below" if selectors.measure_of(indicator).higher_is_better else "above"
    return {key: "0", "target": "0"}


def _shown(parameters: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in parameters.items():
        if name == "bands":
            for number, band in enumerate(value, start=1):
                shown[f"limit_{number}"] = Decimal(band.get("below") or band["above"])
                shown[f"target_{number}"] = Decimal(band["target"])
        else:
            shown[name] = _as_number(value)
    return shown


def _as_number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return Decimal(value)
    except ArithmeticError:
        return value
