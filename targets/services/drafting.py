"""Drafting a plan: its facts, its indicators and its rules; every change reckons the targets anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from documents.models import Document
from dvctt.lib import names, numbers
from indicators.models import Indicator, Period
from targets import rules, selectors
from targets.models import Override, Plan, PlanIndicator, PlanState, PlanStep, Rule
from targets.rules import ReadyRule, Scope
from targets.services.assigning import store_targets
from targets.services.errors import PlanNotDraft
from targets.services.locking import locked, locked_draft, record_step
from units import selectors as unit_selectors
from units.models import Unit

if TYPE_CHECKING:
    from accounts.models import User

_MOST_TRIES = 5
_DECISIVE = frozenset(
    {"owner", "baseline_period", "baseline_by_quarters", "baseline_source", "units_on", "parent"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What a plan is: everything but its rules. `code` empty asks for one made of owner and year."""

    name: str
    year: int
    owner: Unit
    baseline_period: Period
    units_on: date
    code: str = ""
    document: Document | None = None
    baseline_by_quarters: bool = False
    baseline_source: str = ""
    baseline_label: str = ""
    due_on: date | None = None
    description: str = ""
    parent: Plan | None = None
    near_percent: Decimal = Decimal(95)
    behind_percent: Decimal = Decimal(80)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """A rule as a person states it; `precedence` None takes the scope's own."""

    indicator: Indicator
    label: str
    scope: Scope
    kind: str
    parameters: Mapping[str, Any]
    precedence: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorFacts:
    """What the plan says of an indicator: the central target and its source, the own goal, who leads."""

    indicator: Indicator
    central: Decimal | None = None
    central_source: str = ""
    goal: Decimal | None = None
    lead: str = ""


@transaction.atomic
def create_plan(*, facts: PlanFacts, by: User, at: datetime) -> Plan:
    """Begin a draft without rules."""
    stored = _stored(facts)
    plan = Plan.objects.create(**stored) if facts.code else _created_under_a_free_code(facts, stored)
    record_step(plan, PlanStep.CREATED, f"Lập kế hoạch “{plan.name}”", by=by, at=at)
    return plan


def _created_under_a_free_code(facts: PlanFacts, stored: dict[str, Any]) -> Plan:
    """Create the plan; where two people begin one at the same moment, the later takes the next code."""
    for _ in range(_MOST_TRIES):
        stored["code"] = free_code(owner=facts.owner, on=facts.units_on, year=facts.year)
        try:
            with transaction.atomic():
                return Plan.objects.create(**stored)
        except IntegrityError:
            continue
    return Plan.objects.create(**stored)


def _stored(facts: PlanFacts) -> dict[str, Any]:
    return {one.name: getattr(facts, one.name) for one in fields(facts)}


def free_code(*, owner: Unit, on: date, year: int) -> str:
    """Return a code that no plan has: "quang-ninh-2024", "quang-ninh-2024-2"."""
    named = unit_selectors.names_on(unit_ids=[owner.pk], on=on).get(owner.pk)
    bare = names.split_unit_name(named.full_name).name if named else str(owner.pk)
    stem = f"{'-'.join(names.fold(bare).split())}-{year}"[:54]
    stem = "".join(letter for letter in stem if letter.isascii() and (letter.isalnum() or letter == "-"))
    taken = set(Plan.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number = 1
    while (code := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return code


@transaction.atomic
def edit_plan(*, plan: Plan, facts: PlanFacts, by: User, at: datetime, seen_revision: int) -> Plan:
    """Change what the draft is; targets are reckoned anew where units, baseline or the plan above change.

    The code stays. Raises PlanIssued, PlanNotDraft, PlanChanged, RulesTie.
    """
    standing = locked_draft(plan, seen_revision=seen_revision)
    wanted = _stored(facts) | {"code": standing.code}
    changed = [name for name, value in wanted.items() if getattr(standing, name) != value]
    if not changed:
        return standing
    for name in changed:
        setattr(standing, name, wanted[name])
    standing.save(update_fields=changed)
    labels = [str(one.verbose_name) for one in Plan._meta.fields if one.name in changed]
    record_step(standing, PlanStep.EDITED, f"Sửa {', '.join(labels)}", by=by, at=at)
    if not _DECISIVE.isdisjoint(changed):
        _reckon(standing, by=by, at=at)
    return standing


def _reckon(plan: Plan, *, by: User, at: datetime) -> int:
    return store_targets(plan=plan, by=by, at=at)


@transaction.atomic
def put_indicator(
    *, plan: Plan, facts: IndicatorFacts, by: User, at: datetime, seen_revision: int
) -> PlanIndicator:
    """Say what the plan sets for an indicator. Raises PlanIssued, PlanNotDraft, PlanChanged."""
    standing = locked_draft(plan, seen_revision=seen_revision)
    values = {
        "central": facts.central,
        "central_source": facts.central_source,
        "goal": facts.goal,
        "lead": facts.lead,
    }
    known = standing.indicators.filter(indicator=facts.indicator).first()
    if known is None:
        last = standing.indicators.aggregate(last=Max("position"))["last"] or 0
        known = PlanIndicator(plan=standing, indicator=facts.indicator, position=last + 1)
    elif all(getattr(known, name) == value for name, value in values.items()):
        return known
    for name, value in values.items():
        setattr(known, name, value)
    known.save()
    central = "không có" if facts.central is None else numbers.vi_number(facts.central)
    text = f"{facts.indicator.short_name}: Trung ương giao {central}"
    record_step(standing, PlanStep.EDITED, text, by=by, at=at)
    return known


@transaction.atomic
def put_rule(
    *,
    plan: Plan,
    facts: RuleFacts,
    by: User,
    at: datetime,
    seen_revision: int,
    position: int | None = None,
) -> Rule:
    """Add a rule, or change the one at the position, and reckon the targets anew.

    Raises ParametersWrong, RulesTie, PlanIssued, PlanNotDraft, PlanChanged; nothing is written then.
    """
    standing = locked_draft(plan, seen_revision=seen_revision)
    ready = rules.ready_rule(
        kind=facts.kind,
        parameters=facts.parameters,
        measure=selectors.measure_of(facts.indicator),
        place="",
    )
    values: dict[str, Any] = {
        "indicator": facts.indicator,
        "label": facts.label,
        "scope": selectors.scope_as_json(facts.scope),
        "kind": facts.kind,
        "parameters": ready.plain(),
        "precedence": facts.scope.precedence if facts.precedence is None else facts.precedence,
        "note": facts.note,
    }
    if position is None:
        last = standing.rules.aggregate(last=Max("position"))["last"] or 0
        rule = Rule.objects.create(plan=standing, position=last + 1, **values)
        text = f"Thêm quy tắc “{rule.label}”: {ready.kind.label.lower()}"
    else:
        rule = standing.rules.select_related("indicator").get(position=position)
        before, was = selectors.ready(rule), _scope_text(rule, standing)
        for name, value in values.items():
            setattr(rule, name, value)
        rule.save()
        text = f"Sửa quy tắc “{rule.label}”{_told(before, ready, was, _scope_text(rule, standing))}"
    _know_indicator(standing, facts.indicator)
    record_step(standing, PlanStep.RULES, text, by=by, at=at)
    _reckon(standing, by=by, at=at)
    return rule


def _scope_text(rule: Rule, plan: Plan) -> str:
    return f"{selectors.scope_words(rule, selectors.names_of(plan))}, ưu tiên {rule.precedence}"


def _told(before: ReadyRule, after: ReadyRule, was: str, scope: str) -> str:
    """Return what the rule says now and did not say before, in words."""
    known = set(before.clauses())
    changed = [f"{one.term}: {one.text}" for one in after.clauses() if one not in known]
    if was != scope:
        changed.insert(0, f"phạm vi {was} → {scope}")
    return f": {'; '.join(changed)}" if changed else ""


def _know_indicator(plan: Plan, indicator: Indicator) -> None:
    if not plan.indicators.filter(indicator=indicator).exists():
        last = plan.indicators.aggregate(last=Max("position"))["last"] or 0
        PlanIndicator.objects.create(plan=plan, indicator=indicator, position=last + 1)


@transaction.atomic
def remove_rule(*, plan: Plan, position: int, by: User, at: datetime, seen_revision: int) -> None:
    """Take a rule out of the draft, with what people set by hand where no rule stands any more.

    Raises PlanIssued, PlanNotDraft, PlanChanged, and RulesTie where two others then cover a unit.
    """
    standing = locked_draft(plan, seen_revision=seen_revision)
    rule = standing.rules.get(position=position)
    standing.assignments.all().delete()
    text = f"Bỏ quy tắc “{rule.label}”"
    rule.delete()
    if not standing.rules.filter(indicator=rule.indicator_id).exists():
        standing.overrides.filter(indicator=rule.indicator_id).delete()
    record_step(standing, PlanStep.RULES, text, by=by, at=at)
    _reckon(standing, by=by, at=at)


@transaction.atomic
def renew_targets(*, plan: Plan, by: User, at: datetime, seen_revision: int) -> int:
    """Take the baseline as it stands now and reckon anew; return how many targets there are.

    Raises PlanIssued, PlanNotDraft, PlanChanged, RulesTie.
    """
    standing = locked_draft(plan, seen_revision=seen_revision)
    record_step(standing, PlanStep.ASSIGNED, "Lấy lại số gốc và tính lại", by=by, at=at)
    return _reckon(standing, by=by, at=at)


@transaction.atomic
def copy_plan(*, source: Plan, facts: PlanFacts, by: User, at: datetime) -> Plan:
    """Begin a draft with another plan's indicators and rules; ladders climb to the new year.

    What people set by hand is not taken along. Raises RulesTie.
    """
    plan = create_plan(facts=facts, by=by, at=at)
    _copy_parts(source, plan)
    record_step(plan, PlanStep.RULES, f"Chép quy tắc từ “{source.name}”", by=by, at=at)
    _reckon(plan, by=by, at=at)
    return plan


def _copy_parts(source: Plan, plan: Plan) -> None:
    for one in source.indicators.order_by("position"):
        one.pk, one.plan = None, plan
        one.save()
    for rule in source.rules.order_by("position"):
        rule.pk, rule.plan = None, plan
        if rule.kind == "ladder":
            rule.parameters = rule.parameters | {"year": max(plan.year, rule.parameters["start_year"])}
        rule.save()


@transaction.atomic
def draft_successor(*, plan: Plan, by: User, at: datetime) -> Plan:
    """Begin the draft that shall supersede an issued plan: the same, hand-set targets included.

    Raises PlanNotDraft where the plan is not in force, or another draft already stands to supersede it.
    """
    standing = locked(plan)
    if standing.state != PlanState.ISSUED:
        raise PlanNotDraft(
            f"Chỉ thay được kế hoạch đang có hiệu lực; “{standing.code}” "
            f"{standing.get_state_display().lower()}."
        )
    begun = standing.successors.order_by("-pk").first()
    if begun is not None:
        raise PlanNotDraft(f"Đã có bản thay thế đang soạn: “{begun.name}” ({begun.code}).")
    facts = PlanFacts(**{one.name: getattr(standing, one.name) for one in fields(PlanFacts)})
    successor = create_plan(facts=replace(facts, code="", document=None), by=by, at=at)
    successor.supersedes = standing
    successor.save(update_fields=["supersedes"])
    _copy_parts(standing, successor)
    Override.objects.bulk_create(
        Override(
            plan=successor,
            unit_id=one.unit_id,
            indicator_id=one.indicator_id,
            value=one.value,
            reason=one.reason,
            by_id=one.by_id,
            at=one.at,
        )
        for one in standing.overrides.all()
    )
    record_step(successor, PlanStep.RULES, f"Soạn bản thay thế “{standing.name}”", by=by, at=at)
    _reckon(successor, by=by, at=at)
    return successor


@transaction.atomic
def discard_draft(*, plan: Plan, by: User, at: datetime, seen_revision: int) -> None:
    """Throw a draft away, with all its parts; its history stays. Raises as locked_draft does."""
    standing = locked_draft(plan, seen_revision=seen_revision)
    record_step(standing, PlanStep.EDITED, f"Xoá bản nháp “{standing.name}”", by=by, at=at)
    standing.assignments.all().delete()
    standing.delete()
