"""Setting a target by hand: with a reason, by somebody, inside the bounds that the rules keep too."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from indicators.models import Indicator
from targets import selectors
from targets.models import Override, Plan, PlanStep
from targets.services.assigning import store_targets
from targets.services.errors import OverrideRefused, ReasonMissing
from targets.services.locking import locked_draft, record_step
from units.models import Unit

if TYPE_CHECKING:
    from accounts.models import User

REASON_LENGTH = 300


@transaction.atomic
def override_target(
    *,
    plan: Plan,
    unit: Unit,
    indicator: Indicator,
    value: Decimal | None,
    reason: str,
    by: User,
    at: datetime,
    seen_revision: int,
) -> Override:
    """Set a unit's target instead of the rule's; value None assigns nothing to it.

    Raises ReasonMissing; OverrideRefused where no rule of the plan covers the unit, or the value is no rate
    or below what was assigned from above; PlanIssued, PlanNotDraft, PlanChanged.
    """
    standing = locked_draft(plan, seen_revision=seen_revision)
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing("Nhập lý do sửa tay: lý do in kèm chỉ tiêu và lưu trong lịch sử.")
    if len(reason) > REASON_LENGTH:
        raise ReasonMissing(f"Lý do dài quá {REASON_LENGTH} ký tự; hãy viết gọn lại.")
    name = _check(standing, unit, indicator, value)
    override, _ = Override.objects.update_or_create(
        plan=standing,
        unit=unit,
        indicator=indicator,
        defaults={"value": value, "reason": reason, "by": by, "at": at},
    )
    given = "không giao" if value is None else f"giao {selectors.measure_of(indicator).figure(value)}"
    text = f"{name}, {indicator.short_name}: {given}"
    record_step(standing, PlanStep.OVERRIDDEN, text, by=by, at=at, reason=reason)
    store_targets(plan=standing, by=by, at=at)
    return override


def _check(plan: Plan, unit: Unit, indicator: Indicator, value: Decimal | None) -> str:
    """Return the unit's name; raise OverrideRefused."""
    ground = selectors.ground_of(plan)
    member = next((one for one in ground.members if one.unit_id == unit.pk), None)
    if member is None:
        raise OverrideRefused("Đơn vị không có trong danh mục của kế hoạch.")
    found = next(iter(selectors.outcomes(ground, members=[member], indicators={indicator.pk})), None)
    if found is None or found.rule is None:
        raise OverrideRefused(
            f"Chưa quy tắc nào của kế hoạch áp dụng cho {member.name} về {indicator.short_name}; "
            "hãy thêm quy tắc cho đơn vị rồi sửa tay."
        )
    if value is None:
        return member.name
    measure = selectors.measure_of(indicator)
    if value < 0 or (measure.is_rate and value > 100):
        raise OverrideRefused(f"Mức giao {measure.figure(value)} phải từ 0 đến 100 %.")
    floor = found.baseline.floor
    if floor is not None and floor.is_above(value, False, measure):
        worse = "thấp hơn" if measure.higher_is_better else "cao hơn"
        raise OverrideRefused(
            f"Mức giao {measure.figure(value)} {worse} mức {floor.figure(measure)} mà {floor.giver} đã giao."
        )
    return member.name


@transaction.atomic
def drop_override(
    *, plan: Plan, unit: Unit, indicator: Indicator, by: User, at: datetime, seen_revision: int
) -> None:
    """Give the unit back to its rule; where nothing was set by hand, nothing changes.

    Raises PlanIssued, PlanNotDraft, PlanChanged.
    """
    standing = locked_draft(plan, seen_revision=seen_revision)
    override = standing.overrides.filter(unit=unit, indicator=indicator).first()
    if override is None:
        return
    standing.assignments.filter(override=override).delete()
    override.delete()
    names = selectors.names_of(standing)
    name = names[unit.pk].name_and_place if unit.pk in names else str(unit)
    text = f"{name}, {indicator.short_name}: bỏ sửa tay, theo quy tắc"
    record_step(standing, PlanStep.OVERRIDDEN, text, by=by, at=at)
    store_targets(plan=standing, by=by, at=at)
