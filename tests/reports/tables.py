"""A small province with figures, for the tests of this app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from documents.models import Document
from indicators import services as indicator_services
from indicators.models import Indicator, Period, Source, State
from targets.models import Assignment, Plan, PlanState, Rule
from tests.builders import make_province, make_units
from tests.indicators.builders import draft, make_indicator, make_period
from units.models import Kind, Unit

AT = datetime(2023, 7, 20, 3, 0, tzinfo=UTC)
EXTRACTED = date(2023, 7, 17)


@dataclass
class Scene:
    province: Unit
    district: Unit
    communes: list[Unit]
    indicator: Indicator
    period: Period

    def record(
        self,
        values: dict[Unit, Any],
        *,
        period: Period | None = None,
        source: str = Source.NATIONAL.value,
        indicator: Indicator | None = None,
        **fields: Any,
    ) -> None:
        """Record a figure for each unit: (numerator, denominator), a rate as text, or a State."""
        drafts = []
        for unit, value in values.items():
            said: dict[str, Any] = {"value": value}
            if isinstance(value, tuple):
                said = {"counts": value}
            elif isinstance(value, State):
                said = {"state": value.value}
            drafts.append(
                draft(
                    unit,
                    indicator or self.indicator,
                    period or self.period,
                    source=source,
                    **({"extracted_on": EXTRACTED} | said | fields),
                )
            )
        indicator_services.record_measurements(drafts=drafts, by=None, reason="kiểm thử", at=AT)

    def assign(
        self,
        targets: dict[Unit, Any],
        *,
        year: int = 2023,
        code: str = "ke-hoach",
        maintain: tuple[Unit, ...] = (),
        strict: tuple[Unit, ...] = (),
        is_issued: bool = True,
        **fields: Any,
    ) -> Plan:
        """Assign each unit a target; those in `maintain` keep what they have, those in `strict` exceed it.

        `fields` are the plan's own, its bands for one.
        """
        document, _ = Document.objects.get_or_create(
            code="KH1", number="269/KH-UBND", issuer="UBND tỉnh", defaults={"issued_on": date(2023, 10, 30)}
        )
        plan = Plan.objects.create(
            code=code,
            name=f"Giao chỉ tiêu {year}",
            year=year,
            owner=self.province,
            document=document,
            baseline_period=self.period,
            units_on=self.period.ends_on,
            **fields,
        )
        rule = Rule.objects.create(
            plan=plan,
            indicator=self.indicator,
            label="mọi đơn vị",
            scope={},
            kind="catch_up_or_maintain",
            parameters={"bands": [{"below": 90, "target": 90}], "compare": "raw", "no_baseline": "none"},
            precedence=1,
        )
        Assignment.objects.bulk_create(
            Assignment(
                plan=plan,
                unit=unit,
                indicator=self.indicator,
                rule=rule,
                baseline=Decimal(95 if unit in maintain else 50),
                assigned=Decimal(target),
                scored=Decimal(target),
                maintain=unit in maintain,
                is_strict=unit in strict,
                wording="Duy trì kết quả đạt được" if unit in maintain else f"{target}%",
            )
            for unit, target in targets.items()
        )
        if is_issued:
            plan.state = PlanState.ISSUED
            plan.save()
        return plan


def make_scene(communes: int = 4, *, period: str = "2023-Q1", **indicator: Any) -> Scene:
    """A province with one district, its communes "Xã Một", "Xã Hai" …, HSTT and a quarter."""
    province = make_province("Quảng Ninh")
    [district] = make_units(["Ba Chẽ"], kind=Kind.HUYEN, parent=province)
    names = ["Một", "Hai", "Ba", "Bốn", "Năm", "Sáu"][:communes]
    names += [f"Số {number}" for number in range(len(names) + 1, communes + 1)]
    return Scene(
        province,
        district,
        make_units(names, parent=district),
        make_indicator(**indicator),
        make_period(period),
    )
