"""What may be wrong with a plan as a whole, told before it is signed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from indicators.models import Indicator
from targets import rules
from targets.models import Assignment, Plan, PlanIndicator, PlanState
from targets.rules import RulesTie
from targets.selectors.assigned import floor_kept
from targets.selectors.page import AssignmentLine, assignment_lines
from targets.selectors.preview import by_indicator
from targets.selectors.reckoning import NO_RULE, Ground, ground_of
from targets.selectors.review import Uncovered, uncovered
from targets.selectors.ruling import measure_of, scope_of
from units.selectors import NameAt

ERROR: Final = "error"
WARN: Final = "warn"
INFO: Final = "info"
_ORDER: Final = {ERROR: 0, WARN: 1, INFO: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the plan as a whole; an error stops its approval."""

    weight: str
    text: str
    units: tuple[str, ...] = ()

    @property
    def more(self) -> int:
        return max(0, len(self.units) - 8)

    @property
    def first_units(self) -> tuple[str, ...]:
        return self.units[:8]


def open_problems(*, plan: Plan) -> list[str]:
    """Return what stops the approval of a plan, each in a sentence; empty when it may be approved."""
    if not Assignment.objects.filter(plan=plan).exists():
        return ["Kế hoạch chưa giao chỉ tiêu nào: thêm quy tắc, hoặc xem vì sao không đơn vị nào có số gốc."]
    return [one.text for one in findings(plan=plan) if one.weight == ERROR]


def findings(
    *,
    plan: Plan,
    names: Mapping[int, NameAt] | None = None,
    lines: Sequence[AssignmentLine] | None = None,
    waiting: Sequence[Uncovered] | None = None,
) -> list[Finding]:
    """Return what the linter finds in the plan: errors first, then warnings, then what is good to know.

    `names`, `lines` and `waiting` for callers that hold them already.
    """
    ground = ground_of(plan, names)
    if lines is None:
        lines = assignment_lines(plan=plan, names=ground.names)
    if waiting is None:
        waiting = uncovered(plan=plan, names=ground.names)
    told = {one.indicator_id: one for one in plan.indicators.all()}
    found = [
        *_superseded_above(plan),
        *_below_floor(lines),
        *_already_in_force(plan),
        *_lost_overrides(plan, lines),
        *_ties(ground),
        *_unreachable(lines),
        *_without_rule(waiting),
        *_waiting(waiting),
        *_worse_than_before(lines),
        *_below_central(lines, told),
        *_other_central(ground, told),
        *_cliffs(ground),
        *_ratchets(lines, told),
        *_idle_rules(ground, lines),
        *_without_baseline(lines),
    ]
    return sorted(found, key=lambda one: _ORDER[one.weight])


def _superseded_above(plan: Plan) -> list[Finding]:
    """The plan whose targets are passed on has left force: its floors may be too low."""
    if plan.parent is None or plan.parent.state == PlanState.ISSUED:
        return []
    text = (
        f"Kế hoạch cấp trên “{plan.parent.name}” {plan.parent.get_state_display().lower()}; "
        "chọn kế hoạch đang có hiệu lực ở bước Thông tin."
    )
    return [Finding(INFO if plan.is_frozen else ERROR, text)]


def _below_floor(lines: Sequence[AssignmentLine]) -> list[Finding]:
    """Targets set by hand before the plan above was chosen, or that it has since raised."""
    found = []
    for indicator, measure, own in by_indicator(lines):
        below = [
            line
            for line in own
            if (floor := floor_kept(line.assignment)) is not None
            and floor.is_above(line.assignment.assigned, line.assignment.is_strict, measure)
        ]
        if below:
            text = (
                f"{indicator.short_name}: {len(below)} đơn vị được giao kém mức cấp trên giao; "
                "sửa lại mức sửa tay."
            )
            found.append(Finding(ERROR, text, _places(below)))
    return found


def _already_in_force(plan: Plan) -> list[Finding]:
    """Other issued plans of the owner and year for the same indicators: only one of them will judge."""
    if plan.is_frozen:
        return []
    others = (
        Plan.objects.filter(owner=plan.owner_id, year=plan.year, state=PlanState.ISSUED)
        .exclude(pk=plan.supersedes_id or 0)
        .filter(rules__indicator__code__in=plan.rules.values("indicator__code"))
        .distinct()
        .order_by("name")
    )
    return [
        Finding(
            WARN,
            f"“{other.name}” ({other.code}) đang có hiệu lực cho cùng năm và chỉ tiêu; khi cả hai ban hành, "
            "kế hoạch theo văn bản sau được dùng để chấm.",
        )
        for other in others
    ]


def _lost_overrides(plan: Plan, lines: Sequence[AssignmentLine]) -> list[Finding]:
    """What people set by hand for units that no rule covers any more."""
    kept = {line.assignment.override_id for line in lines}
    lost = [one for one in plan.overrides.all() if one.value is not None and one.pk not in kept]
    if not lost:
        return []
    return [
        Finding(WARN, f"{len(lost)} mức sửa tay không còn tác dụng vì không quy tắc nào áp dụng cho đơn vị.")
    ]


def _ties(ground: Ground) -> list[Finding]:
    found = []
    for of_one in ground.by_indicator:
        for member in ground.members:
            try:
                rules.governing(of_one.scoped, member)
            except RulesTie as tie:
                found.append(Finding(ERROR, str(tie)))
                break
    return found


def _places(lines: Iterable[AssignmentLine]) -> tuple[str, ...]:
    return tuple(line.name.name_and_place for line in lines)


def _unreachable(lines: Sequence[AssignmentLine]) -> list[Finding]:
    """Targets that no unit, or not this one, can reach."""
    found = []
    for indicator, measure, own in by_indicator(lines):
        if measure.is_rate:
            over = [line for line in own if line.assignment.scored > 100]
            strict = [line for line in own if line.assignment.is_strict and line.assignment.scored >= 100]
            if over or strict:
                text = (
                    f"{indicator.short_name}: {len(over) + len(strict)} mức giao vượt 100 % nên không ai đạt "
                    "được; đặt trần cho quy tắc."
                )
                found.append(Finding(ERROR, text, _places([*over, *strict])))
        elif measure.higher_is_better and indicator.denominator:
            few = [
                line
                for line in own
                if line.assignment.baseline_numerator is not None
                and line.assignment.baseline_numerator < line.assignment.scored
            ]
            if few:
                text = (
                    f"{indicator.short_name}: {len(few)} đơn vị cả kỳ có ít {indicator.numerator.lower()} "
                    "hơn mức giao nên không thể đạt; cân nhắc miễn trong quy tắc."
                )
                found.append(Finding(WARN, text, _places(few)))
    return found


def _without_rule(waiting: Sequence[Uncovered]) -> list[Finding]:
    found = []
    for indicator, own in _groups(one for one in waiting if one.reason == NO_RULE):
        text = f"{indicator.short_name}: {len(own)} đơn vị không quy tắc nào áp dụng."
        found.append(Finding(WARN, text, tuple(one.name.name_and_place for one in own)))
    return found


def _waiting(waiting: Sequence[Uncovered]) -> list[Finding]:
    found = []
    for indicator, own in _groups(one for one in waiting if one.reason != NO_RULE and not one.is_settled):
        text = f"{indicator.short_name}: {len(own)} đơn vị chưa được giao, cần quyết định."
        found.append(Finding(WARN, text, tuple(one.name.name_and_place for one in own)))
    return found


def _groups(waiting: Iterable[Uncovered]) -> list[tuple[Indicator, list[Uncovered]]]:
    grouped: dict[int, list[Uncovered]] = defaultdict(list)
    for one in waiting:
        grouped[one.indicator.pk].append(one)
    return [(own[0].indicator, own) for own in grouped.values()]


def _worse_than_before(lines: Sequence[AssignmentLine]) -> list[Finding]:
    found = []
    for indicator, measure, own in by_indicator(lines):
        easier = [
            line
            for line in own
            if line.assignment.baseline is not None
            and measure.lacks(line.assignment.scored, line.assignment.baseline)
        ]
        if easier:
            text = f"{indicator.short_name}: {len(easier)} đơn vị được giao kém kết quả đã đạt ở kỳ gốc."
            found.append(Finding(WARN, text, _places(easier)))
    return found


def _below_central(lines: Sequence[AssignmentLine], told: Mapping[int, PlanIndicator]) -> list[Finding]:
    found = []
    for indicator, measure, own in by_indicator(lines):
        known = told.get(indicator.pk)
        if known is None or known.central is None:
            continue
        short = [line for line in own if measure.lacks(line.assignment.scored, known.central)]
        if short:
            text = (
                f"{indicator.short_name}: {len(short)} đơn vị được giao kém chỉ tiêu Trung ương "
                f"{measure.figure(known.central)}."
            )
            found.append(Finding(WARN, text, _places(short)))
    return found


def _other_central(ground: Ground, told: Mapping[int, PlanIndicator]) -> list[Finding]:
    """Rules that hold another central target than the plan says."""
    found = []
    for of_one in ground.by_indicator:
        known = told.get(of_one.indicator.pk)
        for rule in of_one.rules:
            stated = rule.parameters.get("central")
            if known is None or known.central is None or stated is None or Decimal(stated) == known.central:
                continue
            measure = measure_of(of_one.indicator)
            text = (
                f"Quy tắc “{rule.label}” dùng chỉ tiêu Trung ương {measure.figure(Decimal(stated))}, "
                f"kế hoạch ghi {measure.figure(known.central)} cho {of_one.indicator.short_name}."
            )
            found.append(Finding(WARN, text))
    return found


def _cliffs(ground: Ground) -> list[Finding]:
    found: dict[str, list[str]] = defaultdict(list)
    for of_one in ground.by_indicator:
        for rule in of_one.rules:
            for text in of_one.ready[rule.position].cliffs():
                found[f"{of_one.indicator.short_name}: {text}"].append(rule.label)
    return [Finding(INFO, f"{text} ({', '.join(labels)})") for text, labels in found.items()]


def _ratchets(lines: Sequence[AssignmentLine], told: Mapping[int, PlanIndicator]) -> list[Finding]:
    """Units that are asked for more than the whole is: what they reached this year binds them next year."""
    found = []
    for indicator, measure, own in by_indicator(lines):
        known = told.get(indicator.pk)
        aim = known.aim if known else None
        if aim is None:
            continue
        pushed = [
            line
            for line in own
            if line.assignment.rule.kind in {"formal", "growth"}
            and measure.lacks(aim, line.assignment.scored)
            and line.rise is not None
            and line.rise > 0
        ]
        if pushed:
            text = (
                f"{indicator.short_name}: {len(pushed)} đơn vị đã vượt đích {measure.figure(aim)} mà vẫn bị "
                "giao tăng; kết quả năm nay thành mức sàn của năm sau."
            )
            found.append(Finding(INFO, text, _places(pushed)))
    return found


def _idle_rules(ground: Ground, lines: Sequence[AssignmentLine]) -> list[Finding]:
    """Rules that cover nobody, and names in scopes that the plan's day no longer knows."""
    found = []
    for of_one in ground.by_indicator:
        reached = Counter(
            chosen.position
            for member in ground.members
            if (chosen := _governing(of_one.scoped, member)) is not None
        )
        for rule in of_one.rules:
            scope = scope_of(rule)
            gone = (scope.units | scope.within | scope.exempt_units | scope.exempt_within) - set(ground.names)
            if gone:
                text = f"Quy tắc “{rule.label}” nêu {len(gone)} đơn vị không còn trong danh mục của kế hoạch."
                found.append(Finding(WARN, text))
            if not reached[rule.position]:
                text = f"Quy tắc “{rule.label}” ({of_one.indicator.short_name}) không áp dụng cho đơn vị nào."
                found.append(Finding(WARN, text))
    return found


def _without_baseline(lines: Sequence[AssignmentLine]) -> list[Finding]:
    """Targets of rules that look at the result, made where there was none."""
    found = []
    for indicator, _, own in by_indicator(lines):
        blind = [
            line
            for line in own
            if line.assignment.baseline is None and line.assignment.rule.kind in {"formal", "growth"}
        ]
        if blind:
            text = f"{indicator.short_name}: {len(blind)} đơn vị được giao khi không có số gốc."
            found.append(Finding(WARN, text, _places(blind)))
    return found


def _governing(scoped: Sequence[rules.ScopedRule], member: rules.Member) -> rules.ScopedRule | None:
    try:
        return rules.governing(scoped, member)
    except RulesTie:
        return None
