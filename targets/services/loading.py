"""A plan from its JSON form (docs/ke-hoach-json.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from documents.models import Document
from dvctt.lib import periods
from indicators import selectors as indicator_selectors
from indicators import services as indicator_services
from indicators.models import Indicator, Source
from indicators.rules import IndicatorUnknown
from targets import rules, selectors
from targets.models import Plan, PlanIndicator, PlanState, Rule
from targets.rules import ParametersWrong, RulesTie, Scope, ScopedRule
from targets.rules.reading import Reader
from targets.services.errors import PlanIssued, PlanRefused
from units import selectors as unit_selectors
from units.models import Level, Unit

# What decides who gets which number: when one of these changes, earlier assignments no longer stand.
_DECISIVE: Final = frozenset(
    {"owner_id", "baseline_period_id", "baseline_by_quarters", "baseline_source", "units_on", "parent_id"}
)
_RULE_FIELDS: Final = (
    "indicator_id", "label", "scope", "kind", "parameters", "precedence", "note", "position",
)  # fmt: skip
_INDICATOR_FIELDS: Final = ("indicator_id", "central", "central_source", "goal", "lead", "position")
_HIGHEST_PRECEDENCE: Final = 99


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as it will stand in the plan, its names resolved to units."""

    indicator: Indicator
    label: str
    scope: Scope
    kind: str
    parameters: dict[str, Any]
    precedence: int
    note: str
    position: int

    def fields(self) -> dict[str, Any]:
        return {
            "indicator_id": self.indicator.pk,
            "label": self.label,
            "scope": selectors.scope_as_json(self.scope),
            "kind": self.kind,
            "parameters": self.parameters,
            "precedence": self.precedence,
            "note": self.note,
            "position": self.position,
        }


@dataclass(frozen=True, slots=True)
class IndicatorDraft:
    """What the plan says of an indicator beside its rules."""

    indicator: Indicator
    central: Decimal | None
    central_source: str
    goal: Decimal | None
    lead: str
    position: int

    def fields(self) -> dict[str, Any]:
        return {
            "indicator_id": self.indicator.pk,
            "central": self.central,
            "central_source": self.central_source,
            "goal": self.goal,
            "lead": self.lead,
            "position": self.position,
        }


@dataclass(frozen=True, slots=True)
class _Parts:
    rules: list[RuleDraft]
    indicators: list[IndicatorDraft]


@transaction.atomic
def load_plan(*, definition: Mapping[str, Any]) -> Plan:
    """Store the plan of this definition, or bring the draft of that code to it, and return it.

    An equal definition changes nothing. Changed rules, baseline or units replace the draft's rules and drop
    what they had assigned; the plan is then to be assigned again. Raises PlanRefused with every slip found,
    PlanIssued where the plan of that code is issued and the definition differs.
    """
    problems: list[str] = []
    reader = Reader(definition, place="", problems=problems)
    fields, parts = _read(reader)
    if problems:
        raise PlanRefused(problems)
    fields["definition"] = _as_stored(definition)
    plan = Plan.objects.select_for_update().filter(code=fields["code"]).first()
    if plan is None:
        plan = Plan.objects.create(**fields)
        _write_rules(plan, parts.rules)
        _write_indicators(plan, parts.indicators)
    else:
        _bring_to(plan, fields, parts)
    return plan


def _as_stored(definition: Mapping[str, Any]) -> dict[str, Any]:
    # Through text once: Decimals that a caller read become JSON numbers, as they were written.
    stored: dict[str, Any] = json.loads(json.dumps(definition, default=_json_number))
    return stored


def _json_number(value: object) -> float | int:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise PlanRefused([f"không ghi được {type(value).__name__} vào JSON"])


def _bring_to(plan: Plan, fields: dict[str, Any], parts: _Parts) -> None:
    changed = {name for name, value in fields.items() if getattr(plan, name) != value}
    standing = list(plan.rules.order_by("position").values(*_RULE_FIELDS))
    wanted = [draft.fields() for draft in parts.rules]
    told = list(plan.indicators.order_by("position").values(*_INDICATOR_FIELDS))
    to_tell = [draft.fields() for draft in parts.indicators]
    if not changed and standing == wanted and told == to_tell:
        return
    if plan.state != PlanState.DRAFT:
        raise PlanIssued(
            f"Kế hoạch “{plan.code}” {plan.get_state_display().lower()} nên không sửa được; "
            "hãy lập kế hoạch mới thay thế."
        )
    if plan.revision:
        # Its history is on the pages: a file must not undo it without a word.
        refusal = (
            f"kế hoạch “{plan.code}” đã được người soạn sửa trên trang (lần sửa {plan.revision}) nên tệp "
            "không ghi đè; sửa tiếp trên trang, hoặc nạp với “code” khác"
        )
        raise PlanRefused([refusal])
    if standing != wanted or changed & _DECISIVE:
        plan.assignments.all().delete()
        changed |= {"assigned_at", "assigned_by"}
        fields |= {"assigned_at": None, "assigned_by": None}
    if standing != wanted:
        plan.rules.all().delete()
        _write_rules(plan, parts.rules)
    if told != to_tell:
        plan.indicators.all().delete()
        _write_indicators(plan, parts.indicators)
    for name in changed:
        setattr(plan, name, fields[name])
    if changed:
        plan.save(update_fields=sorted(changed))


def _write_rules(plan: Plan, drafts: Sequence[RuleDraft]) -> None:
    Rule.objects.bulk_create(Rule(plan=plan, **draft.fields()) for draft in drafts)


def _write_indicators(plan: Plan, drafts: Sequence[IndicatorDraft]) -> None:
    PlanIndicator.objects.bulk_create(PlanIndicator(plan=plan, **draft.fields()) for draft in drafts)


# --- Reading ---------------------------------------------------------------------------------------------


def _read(reader: Reader) -> tuple[dict[str, Any], _Parts]:
    fields: dict[str, Any] = {
        "code": reader.text("code", longest=60),
        "name": reader.text("name", longest=200),
        "year": reader.whole("year", low=2000, high=2100),
    }
    if fields["code"] and not all(one.isascii() and (one.isalnum() or one in "-_") for one in fields["code"]):
        reader.problem("chỉ gồm chữ không dấu, số, gạch nối và gạch dưới", key="code")
    baseline = reader.child("baseline")
    span = _span(baseline)
    fields["baseline_source"] = baseline.choice(
        "source", {"": "", **{source: source for source in Source.values}}, default=""
    )
    fields["baseline_label"] = baseline.text("label", longest=120, default="")
    fields["baseline_by_quarters"] = baseline.flag("by_quarters", default=False)
    if fields["baseline_by_quarters"] and span is not None and not span.quarters():
        baseline.problem(f"kỳ {span.label} không có quý nào nằm trọn trong kỳ để cộng", key="by_quarters")
    baseline.finish()
    units_on = reader.day("units_on", default=span.ends_on if span else None)
    fields["description"] = reader.text("description", longest=1000, default="")
    fields["due_on"] = reader.day("due_on", default=None)
    fields |= _bands(reader.child("bands", default={}))
    fields["parent_id"] = _parent(reader)
    owner = _owner(reader, units_on)
    rule_readers = reader.children("rules")
    document = _document(reader)
    drafts = [_rule(one, position, owner, units_on) for position, one in enumerate(rule_readers, start=1)]
    indicators = _indicators(reader)
    reader.finish()
    found = [draft for draft in drafts if draft is not None]
    if not reader.problems and owner is not None and units_on is not None:
        _refuse_ties(reader, found, owner, units_on)
    if not reader.problems and span is not None and owner is not None and document is not None:
        fields |= {
            "units_on": units_on,
            "owner_id": owner.pk,
            "document_id": _stored_document(document),
            "baseline_period_id": indicator_services.ensure_period(span=span).pk,
        }
    return fields, _Parts(found, indicators)


def _bands(reader: Reader) -> dict[str, Decimal | None]:
    """Return from what share of its target a result is near it, and from what share just behind."""
    bands = {
        "near_percent": reader.number("near", low=Decimal(0), high=Decimal(100), default=Decimal(95)),
        "behind_percent": reader.number("behind", low=Decimal(0), high=Decimal(100), default=Decimal(80)),
    }
    reader.finish()
    near, behind = bands.values()
    if near is not None and behind is not None and behind > near:
        reader.problem(f"{behind} lớn hơn mức gần đạt {near}", key="behind")
    return bands


def _parent(reader: Reader) -> int | None:
    code = reader.text("parent", longest=60, default="")
    if not code:
        return None
    parent = Plan.objects.filter(code=code).first()
    if parent is None or parent.state != PlanState.ISSUED:
        state = "chưa có" if parent is None else f"đang là {parent.get_state_display().lower()}"
        reader.problem(f"kế hoạch cấp trên “{code}” {state}; chỉ giao lại kế hoạch đã ban hành", key="parent")
        return None
    return parent.pk


def _indicators(reader: Reader) -> list[IndicatorDraft]:
    if not reader.has("indicators"):
        return []
    drafts: list[IndicatorDraft] = []
    for position, one in enumerate(reader.children("indicators"), start=1):
        indicator = _indicator(one)
        draft = IndicatorDraft(
            indicator=indicator or Indicator(),
            central=one.number("central", low=Decimal(0), default=None, may_be_null=True),
            central_source=one.text("source", longest=200, default=""),
            goal=one.number("goal", low=Decimal(0), default=None, may_be_null=True),
            lead=one.text("lead", longest=300, default=""),
            position=position,
        )
        one.finish()
        if indicator is not None:
            if any(known.indicator == indicator for known in drafts):
                one.problem(f"chỉ tiêu {indicator.code} ghi hai lần", key="indicator")
            drafts.append(draft)
    return drafts


def _indicator(reader: Reader) -> Indicator | None:
    code = reader.text("indicator", longest=40)
    if not code:
        return None
    try:
        return indicator_selectors.indicator_by_code(code)
    except IndicatorUnknown as error:
        reader.problem(str(error), key="indicator")
        return None


def _span(baseline: Reader) -> periods.PeriodSpan | None:
    code = baseline.text("period", longest=30)
    if not code:
        return None
    try:
        return periods.parse_period(code)
    except periods.PeriodUnknown as error:
        baseline.problem(str(error), key="period")
        return None


def _owner(reader: Reader, units_on: date | None) -> Unit | None:
    name = reader.text("owner", longest=200)
    if not name or units_on is None:
        return None
    province = unit_selectors.province_named(name=name, on=units_on)
    return province or _unit(reader, "owner", name, units_on, None)


def _unit(reader: Reader, key: str, name: str, on: date, within: Unit | None) -> Unit | None:
    try:
        return unit_selectors.unit_by_full_name(full_name=name, on=on, within=within)
    except (unit_selectors.UnitUnknown, unit_selectors.UnitAmbiguous) as error:
        reader.problem(str(error), key=key)
        return None


def _document(reader: Reader) -> Document | None:
    """Return the document: stored, new and unsaved, or an empty one where the plan names none."""
    raw = reader.raw("document")
    if raw is None:
        return Document()
    if isinstance(raw, str):
        document = Document.objects.filter(Q(code=raw.strip()) | Q(number=raw.strip())).first()
        if document is None:
            known = ", ".join(Document.objects.order_by("code").values_list("code", flat=True))
            reader.problem(
                f"chưa có văn bản mã hay số “{raw[:40]}” (đang có: {known or 'không có'}); "
                "ghi {code, number, issuer, issued_on} để thêm",
                key="document",
            )
        return document
    told = reader.child("document")
    fields = {
        "code": told.text("code", longest=60),
        "number": told.text("number", longest=80),
        "issuer": told.text("issuer", longest=200),
        "issued_on": told.day("issued_on", default=None),
        "signer": told.text("signer", longest=120, default=""),
        "abstract": told.text("abstract", longest=500, default=""),
    }
    told.finish()
    standing = Document.objects.filter(code=fields["code"]).first()
    if standing is None:
        return Document(**fields)
    if standing.number != fields["number"]:
        told.problem(f"văn bản mã “{standing.code}” đã có với số {standing.number}", key="number")
    return standing


def _stored_document(document: Document) -> int | None:
    if not document.code:
        return None
    if document._state.adding:
        document.save()
    return document.pk


def _rule(reader: Reader, position: int, owner: Unit | None, units_on: date | None) -> RuleDraft | None:
    before = len(reader.problems)
    indicator = _indicator(reader)
    label = reader.text("label", longest=200)
    scope = _scope(reader.child("scope", default={}), owner, units_on)
    kind = reader.text("kind", longest=30)
    parameters = reader.raw("parameters")
    precedence = reader.whole("precedence", low=0, high=_HIGHEST_PRECEDENCE, default=scope.precedence)
    note = reader.text("note", longest=500, default="")
    reader.finish()
    if parameters is None:
        reader.problem("thiếu “parameters”")
    elif indicator is not None and kind:
        try:
            ready = rules.ready_rule(
                kind=kind,
                parameters=parameters,
                measure=selectors.measure_of(indicator),
                place=f"{reader.place}.parameters",
            )
            parameters = ready.plain()
        except ParametersWrong as error:
            reader.problems.extend(error.problems)
    if len(reader.problems) > before or indicator is None:
        return None
    return RuleDraft(indicator, label, scope, kind, parameters, precedence, note, position)


def _scope(reader: Reader, owner: Unit | None, units_on: date | None) -> Scope:
    levels = reader.texts("levels", among=Level.values)
    area_classes = reader.texts("area_classes")
    exempt = reader.child("except", default={})
    exempt_area_classes = exempt.texts("area_classes")
    found = {
        "within": _named(reader, "within", owner, units_on),
        "units": _named(reader, "units", owner, units_on),
        "exempt_within": _named(exempt, "within", owner, units_on),
        "exempt_units": _named(exempt, "units", owner, units_on),
    }
    exempt.finish()
    reader.finish()
    return Scope(
        levels=frozenset(levels),
        area_classes=frozenset(area_classes),
        exempt_area_classes=frozenset(exempt_area_classes),
        **found,
    )


def _named(reader: Reader, key: str, owner: Unit | None, units_on: date | None) -> frozenset[int]:
    names = reader.texts(key)
    if owner is None or units_on is None:
        return frozenset()
    units = [_unit(reader, key, name, units_on, owner) for name in names]
    return frozenset(unit.pk for unit in units if unit is not None)


def _refuse_ties(reader: Reader, drafts: Sequence[RuleDraft], owner: Unit, units_on: date) -> None:
    members = selectors.members_of(unit_selectors.inside(ancestor=owner, on=units_on), owner_id=owner.pk)
    for indicator_id in {draft.indicator.pk for draft in drafts}:
        scoped = [
            ScopedRule(draft.position, draft.label, draft.indicator.pk, draft.scope, draft.precedence)
            for draft in drafts
            if draft.indicator.pk == indicator_id
        ]
        for member in members:
            try:
                rules.governing(scoped, member)
            except RulesTie as tie:
                reader.problem(str(tie), key="rules")
                break
