"""The figures of a league table against hand-written SQL that says the same.

The floor asks three statements (the area's name, its plan, one join ranked by a window function) and hands
over tuples with decimals. Ours returns finished rows: official source, ties, reasons, gap, lacking cases,
band, changes of rank over units ranked in both periods, total, median, sources.
Measured on a database of its own, which goes with the process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection

from bench.measure import Result, compare
from documents.models import Document
from dvctt.lib import numbers
from dvctt.lib.periods import parse_period
from indicators import services as indicator_services
from indicators.models import Indicator, Period, ZeroDenominator
from indicators.services import FigureDraft
from reports.selectors.league import league
from targets.models import Assignment, Plan, PlanState, Rule
from units import services as unit_services
from units.models import Unit
from units.services import UnitDraft

PROVINCES, DISTRICTS, COMMUNES = 35, 15, 20
"""A province of 300 communes among 35: 10.500 communes, as many as the nation of 2023."""
SINCE = date(2020, 1, 1)
AT = datetime(2023, 7, 20, tzinfo=UTC)

AREA = """
SELECT unit_id, full_name FROM units_unitversion
WHERE unit_id = %(province)s AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)
"""
PLAN = """
SELECT plan.id, plan.name, plan.year, document.number FROM targets_plan plan
LEFT JOIN documents_document document ON document.id = plan.document_id
WHERE plan.owner_id = %(province)s AND plan.year = 2023
  AND EXISTS (SELECT 1 FROM targets_rule rule
              WHERE rule.plan_id = plan.id AND rule.indicator_id = %(indicator)s)
"""
FLOOR = """
SELECT version.unit_id, version.full_name, version.parent_id, above.full_name,
       now.numerator, now.denominator, now.value, earlier.value, goal.scored,
       now.state, now.source, now.printed, now.extracted_on, now.document_id, goal.maintain,
       CASE WHEN now.value IS NOT NULL THEN
           RANK() OVER (PARTITION BY now.value IS NULL ORDER BY now.value DESC) END,
       CASE WHEN now.value IS NOT NULL AND earlier.value IS NOT NULL THEN
           RANK() OVER (PARTITION BY now.value IS NULL OR earlier.value IS NULL
                        ORDER BY earlier.value DESC) END
FROM units_unitversion version
JOIN units_unitpath path ON path.descendant_id = version.unit_id AND path.valid_from <= %(on)s
     AND (path.valid_to IS NULL OR path.valid_to > %(on)s) AND path.depth > 0
LEFT JOIN units_unitversion above ON above.unit_id = version.parent_id AND above.valid_from <= %(on)s
     AND (above.valid_to IS NULL OR above.valid_to > %(on)s)
LEFT JOIN indicators_measurement now ON now.unit_id = version.unit_id AND now.indicator_id = %(indicator)s
     AND now.period_id = %(period)s AND now.source = 'cong_dvcqg' AND now.scope = 'own'
LEFT JOIN indicators_measurement earlier ON earlier.unit_id = version.unit_id
     AND earlier.indicator_id = %(indicator)s AND earlier.period_id = %(earlier)s
     AND earlier.source = 'cong_dvcqg' AND earlier.scope = 'own'
LEFT JOIN targets_assignment goal ON goal.unit_id = version.unit_id AND goal.indicator_id = %(indicator)s
     AND goal.plan_id = %(plan)s
WHERE version.level = 'xa' AND version.valid_from <= %(on)s
  AND (version.valid_to IS NULL OR version.valid_to > %(on)s)
  AND path.ancestor_id = %(province)s
ORDER BY now.value DESC
"""


@contextmanager
def scratch_database() -> Iterator[None]:
    """A migrated, empty database in the place of the configured one, dropped afterwards."""
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _tree() -> list[Unit]:
    """Make the provinces with their districts and communes, and return the provinces."""
    drafts = []
    for p in range(PROVINCES):
        drafts.append(_draft(f"p{p}", None, "tinh", "tinh", f"Tỉnh số {p}"))
        for d in range(DISTRICTS):
            drafts.append(_draft(f"p{p}d{d}", f"p{p}", "huyen", "huyen", f"Trà My {d}"))
            drafts += [
                _draft(f"p{p}d{d}c{c}", f"p{p}d{d}", "xa", "xa", f"Trà Dơn {c}") for c in range(COMMUNES)
            ]
    unit_services.add_units(drafts=drafts)
    return list(Unit.objects.filter(key__in=[f"p{p}" for p in range(PROVINCES)]))


def _draft(key: str, parent: str | None, level: str, kind: str, name: str) -> UnitDraft:
    return UnitDraft(
        key=key, origin="đo", level=level, kind=kind, name=name, valid_from=SINCE, parent_key=parent
    )


def _figures(indicator: Indicator, periods: list[Period]) -> None:
    ids = Unit.objects.filter(versions__level="xa").values_list("pk", flat=True)
    drafts = []
    for shift, period in enumerate(periods):
        for unit_id in ids:
            denominator = 40 + unit_id * 7919 % 4000
            numerator = (unit_id * 104729 + shift * 977) % denominator
            drafts.append(
                FigureDraft(
                    unit_id=unit_id,
                    indicator_id=indicator.pk,
                    period_id=period.pk,
                    source="cong_dvcqg",
                    origin="đo",
                    is_rate=True,
                    state="number",
                    numerator=numerator,
                    denominator=denominator,
                    value=numbers.rate(numerator=numerator, denominator=denominator),
                    extracted_on=date(2023, 7, 17),
                )
            )
    indicator_services.record_measurements(drafts=drafts, by=None, reason="đo", at=AT)


def _plan(owner: Unit, indicator: Indicator, period: Period) -> Plan:
    document = Document.objects.create(code="do", number="1/QĐ-UBND", issuer="UBND tỉnh")
    plan = Plan.objects.create(
        code="do", name="Đo", year=2023, owner=owner, document=document, baseline_period=period,
        units_on=period.ends_on,
    )  # fmt: skip
    rule = Rule.objects.create(
        plan=plan, indicator=indicator, label="mọi xã", scope={}, kind="đo", parameters={}, precedence=1
    )
    communes = Unit.objects.filter(paths_up__ancestor=owner, versions__level="xa")
    Assignment.objects.bulk_create(
        Assignment(
            plan=plan, unit=unit, indicator=indicator, rule=rule, assigned=Decimal(90), scored=Decimal(90),
            wording="90%",
        )
        for unit in communes
    )  # fmt: skip
    plan.state = PlanState.ISSUED
    plan.save()
    return plan


def run() -> list[Result]:
    with scratch_database():
        provinces = _tree()
        indicator = Indicator.objects.create(
            code="HSTT", name="Hồ sơ trực tuyến", short_name="Hồ sơ trực tuyến", unit_of_measure="%",
            is_rate=True,
            direction="up", levels=["xa"], numerator="Hồ sơ trực tuyến", denominator="Tổng số hồ sơ",
            zero_denominator=ZeroDenominator.NOT_ARISING,
        )  # fmt: skip
        spans = [parse_period("2023-Q1"), parse_period("2023-Q2")]
        earlier, period = (indicator_services.ensure_period(span=span) for span in spans)
        _figures(indicator, [earlier, period])
        plan = _plan(provinces[0], indicator, period)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        given: dict[str, date | int] = {
            "on": period.ends_on,
            "indicator": indicator.pk,
            "period": period.pk,
            "earlier": earlier.pk,
            "plan": plan.pk,
            "province": provinces[0].pk,
        }

        def floor() -> int:
            with connection.cursor() as cursor:
                cursor.execute(AREA, given)
                area = cursor.fetchall()
                cursor.execute(PLAN, given)
                plans = cursor.fetchall()
                cursor.execute(FLOOR, given)
                rows = [(*row[:6], *map(decimal, row[6:9]), *row[9:]) for row in cursor.fetchall()]
            assert len(area) == len(plans) == 1
            return len(rows)

        def ours() -> int:
            return league(indicator=indicator, period=period, level="xa", within=provinces[0]).ranked

        communes = DISTRICTS * COMMUNES
        assert floor() == ours() == communes
        return [
            compare(
                name=f"Số liệu bảng xếp hạng một tỉnh, {communes} xã, so với SQL viết tay",
                floor=floor,
                ours=ours,
                limit=2.5,
            )
        ]


def decimal(value: float | Decimal | None) -> Decimal | None:
    """SQLite keeps decimals as floats; a figure is a Decimal in either case."""
    return Decimal(repr(value)) if isinstance(value, float) else None if value is None else Decimal(value)
