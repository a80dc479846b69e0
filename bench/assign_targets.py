"""12.667 units × 11 indicators reckoned and stored, against INSERT … SELECT of the very same rows.

Ours is what a change of a plan's rules does: the figures of the baseline read, the rule of each unit chosen,
every target decided in Decimal and worded, all rows written with what they were made from. The floor is one
INSERT … SELECT for each indicator, written by hand for just its rule and parameters: it reads the same
figures of the same units and writes the same rows into the same table; that they are the same is checked,
on PostgreSQL to the last digit and letter. To know, without a limit: copying finished rows, which reads no
figure, chooses no rule and decides nothing.

Each database is measured in a process of its own, on a database that goes with it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bench.measure import Result, seconds

DISTRICTS, UNITS, INDICATORS = 705, 12_667, 11
ROUNDS = 9
SINCE = date(2020, 1, 1)
AT = datetime(2023, 7, 20, tzinfo=UTC)
LIMIT = 3.0


def run() -> list[Result]:
    """Measure in a child process for each database; PostgreSQL where a server can be had."""
    from tests.services import ServiceMissing, fresh_postgres_database

    results = []
    with tempfile.TemporaryDirectory() as folder:
        results += _measured("SQLite", f"sqlite:///{folder}/do.sqlite3")
    try:
        with fresh_postgres_database(f"dvctt_bench_targets_{os.getpid()}") as url:
            results += _measured("PostgreSQL", url)
    except ServiceMissing as error:
        sys.stdout.write(f"{error}\n")
    return results


def _measured(database: str, url: str) -> list[Result]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.assign_targets"],
        env=os.environ | {"DATABASE_URL": url, "LOG_LEVEL": "ERROR"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    times: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    name = f"Tính và lưu chỉ tiêu, 12.667 đơn vị × {INDICATORS} chỉ tiêu, {database}"
    ours, floor, copy = times["ours"], times["floor"], times["copy"]
    return [
        Result(f"{name}, so với INSERT … SELECT", floor, ours, ours / floor, LIMIT),
        Result(f"{name}, so với chép dòng đã tính sẵn", copy, ours, ours / copy, None),
    ]


# --- In the child process ----------------------------------------------------------------------------------
def _tree() -> None:
    from units import services as unit_services
    from units.services import UnitDraft

    def draft(key: str, parent: str | None, kind: str, name: str) -> UnitDraft:
        return UnitDraft(
            key=key, origin="đo", level=kind, kind=kind, name=name, valid_from=SINCE, parent_key=parent
        )

    communes = UNITS - DISTRICTS
    drafts = [draft("p", None, "tinh", "Đo Lường")]
    drafts += [draft(f"d{n}", "p", "huyen", f"Trà My {n}") for n in range(DISTRICTS)]
    drafts += [draft(f"x{n}", f"d{n % DISTRICTS}", "xa", f"Trà Dơn {n}") for n in range(communes)]
    unit_services.add_units(drafts=drafts)


def _figures() -> Any:
    """Make the indicators and a figure of each unit for each; return the period."""
    from dvctt.lib import numbers
    from dvctt.lib.periods import parse_period
    from indicators import services as indicator_services
    from indicators.models import Indicator
    from indicators.services import FigureDraft
    from units.models import Unit

    period = indicator_services.ensure_period(span=parse_period("2023-Q1"))
    units = list(Unit.objects.exclude(key="p").values_list("pk", flat=True))
    for n in range(INDICATORS):
        indicator = Indicator.objects.create(
            code=f"DO{n}", name=f"DO{n}", short_name=f"DO{n}", unit_of_measure="%", is_rate=True,
            direction="up", levels=["huyen", "xa"], numerator="tử", denominator="mẫu",
            zero_denominator="not_arising", position=n,
        )  # fmt: skip
        drafts = []
        for place, unit_id in enumerate(units):
            denominator = 100 + place % 900
            numerator = (place * 7919 + n * 977) % (denominator + 1)
            drafts.append(
                FigureDraft(
                    unit_id=unit_id, indicator_id=indicator.pk, period_id=period.pk, source="cong_dvcqg",
                    origin="đo", is_rate=True, state="number", numerator=numerator, denominator=denominator,
                    value=numbers.rate(numerator=numerator, denominator=denominator),
                )
            )  # fmt: skip
        indicator_services.record_measurements(drafts=drafts, by=None, reason="đo", at=AT)
    return period


def _plans(period: Any) -> tuple[Any, Any]:
    """Return the plan that is reckoned and an empty one that takes the copied rows."""
    from targets import services

    kinds: list[tuple[str, dict[str, Any]]] = [
        ("formal", {"central": 50}),
        ("catch_up_or_maintain", {"bands": [{"below": 50, "target": 60}, {"below": 90, "target": 90}]}),
        ("growth", {"growth": 10}),
    ]
    rules = []
    for n in range(INDICATORS):
        kind, parameters = kinds[n % len(kinds)]
        for level in ("huyen", "xa"):
            scope = {"levels": [level]}
            rules.append(
                {
                    "indicator": f"DO{n}", "label": level, "scope": scope, "kind": kind,
                    "parameters": parameters,
                }
            )  # fmt: skip
    plans = [
        services.load_plan(
            definition={
                "code": code, "name": code, "year": 2023, "owner": "Tỉnh Đo Lường",
                "baseline": {"period": period.code}, "rules": rules,
            }
        )
        for code in ("ta", "nen")
    ]  # fmt: skip
    return plans[0], plans[1]


# The rule of an indicator as SQL: (assigned, stretch, scored, maintain, wording) of a figure's value `v`.
# {vi} writes a number as appendices do, {up} rounds half up to ten decimals, {whole} to none.
_FORMAL = (
    "CASE WHEN v < 50 THEN 50 ELSE v END",
    "CASE WHEN v < 50 THEN 50 ELSE {least}(100, {up}) END",
    "CASE WHEN v < 50 THEN 50 ELSE {least}(100, {up}) END",
    "{false}",
    (
        "CASE WHEN v < 50 THEN 'Phấn đấu bằng 50%' "
        "ELSE 'Giao ' || {vi_v} || '%, phấn đấu ' || {vi_up} || '%' END"
    ),
)
_CATCH_UP = (
    "CASE WHEN {whole} < 50 THEN 60 WHEN {whole} < 90 THEN 90 ELSE v END",
    "NULL",
    "CASE WHEN {whole} < 50 THEN 60 WHEN {whole} < 90 THEN 90 ELSE v END",
    "{whole} >= 90",
    "CASE WHEN {whole} < 50 THEN '60%' WHEN {whole} < 90 THEN '90%' ELSE 'Duy trì kết quả đạt được' END",
)
_GROWTH = (
    "{least}(100, {up})",
    "NULL",
    "{least}(100, {up})",
    "{false}",
    "'Tối thiểu ' || {vi_up} || '%'",
)
_WORDS = {
    "sqlite": {
        "least": "min",
        "false": "0",
        "up": "round(v * 1.1, 10)",
        "whole": "round(v)",
        "vi_v": "replace(rtrim(rtrim(printf('%.2f', v), '0'), '.'), '.', ',')",
        "vi_up": "replace(rtrim(rtrim(printf('%.2f', min(100, v * 1.1)), '0'), '.'), '.', ',')",
    },
    "postgresql": {
        "least": "least",
        "false": "false",
        "up": "round(v * 1.1, 10)",
        "whole": "round(v)",
        "vi_v": "replace(rtrim(rtrim(round(v, 2)::text, '0'), '.'), '.', ',')",
        "vi_up": (
            "replace(rtrim(rtrim(round(least(100, round(v * 1.1, 10)), 2)::text, '0'), '.'), '.', ',')"
        ),
    },
}
_FLOOR = """
INSERT INTO targets_assignment (
    plan_id, unit_id, indicator_id, rule_id, override_id, baseline, baseline_numerator, baseline_denominator,
    baseline_printed, baseline_state, baseline_source, baseline_note, baseline_measurement, floor,
    floor_is_strict, floor_is_owners, proposed,
    assigned, stretch, scored, is_strict, maintain, wording)
SELECT %(plan)s, unit_id, indicator_id, rule_id, NULL, v, numerator, denominator, printed, state, source, '',
    id, NULL, {false}, {false}, {assigned}, {assigned}, {stretch}, {scored}, {false}, {maintain}, {wording}
FROM (
    SELECT m.unit_id, m.indicator_id, m.numerator, m.denominator, m.value AS v, m.printed, m.state, m.source,
        m.id, CASE version.level WHEN 'huyen' THEN %(huyen)s ELSE %(xa)s END AS rule_id
    FROM indicators_measurement m
    JOIN units_unitpath path ON path.descendant_id = m.unit_id AND path.ancestor_id = %(owner)s
        AND path.valid_from <= %(on)s AND (path.valid_to IS NULL OR path.valid_to > %(on)s)
    JOIN units_unitversion version ON version.unit_id = m.unit_id
        AND version.valid_from <= %(on)s AND (version.valid_to IS NULL OR version.valid_to > %(on)s)
    WHERE m.indicator_id = %(indicator)s AND m.period_id = %(period)s AND m.source = 'cong_dvcqg'
        AND m.scope = 'own'
) AS figure
"""


def _by_sql(plan: Any) -> None:
    from django.db import connection

    words = _WORDS[connection.vendor]
    by_indicator: dict[int, dict[str, int]] = {}
    for rule in plan.rules.order_by("position"):
        by_indicator.setdefault(rule.indicator_id, {})[rule.label] = rule.pk
    with connection.cursor() as cursor:
        for n, (indicator_id, rule_ids) in enumerate(by_indicator.items()):
            named = ("assigned", "stretch", "scored", "maintain", "wording")
            kind = (_FORMAL, _CATCH_UP, _GROWTH)[n % 3]
            told = {name: text.format(**words) for name, text in zip(named, kind, strict=True)}
            # Signs of formatting stand in the words of SQLite.
            statement = _FLOOR.format(
                false=words["false"], **{k: v.replace("%", "%%") for k, v in told.items()}
            )
            values = {
                "plan": plan.pk, "owner": plan.owner_id, "on": plan.units_on, "indicator": indicator_id,
                "period": plan.baseline_period_id, **rule_ids,
            }  # fmt: skip
            cursor.execute(statement, values)


def _check_same(ours: Any, floor: Any) -> None:
    """The floor writes the same rows: exactly on PostgreSQL; SQLite reckons in binary, within a billionth."""
    from django.db import connection

    from targets.models import Assignment

    names = ("indicator_id", "unit_id", "assigned", "stretch", "scored", "maintain", "baseline", "wording")
    found = [
        list(Assignment.objects.filter(plan=plan).order_by("indicator_id", "unit_id").values_list(*names))
        for plan in (ours, floor)
    ]
    assert len(found[0]) == len(found[1]) == UNITS * INDICATORS
    if connection.vendor == "postgresql":
        assert found[0] == found[1]
        return
    for one, other in zip(*found, strict=True):
        assert one[:2] == other[:2], (one, other)
        for mine, its in zip(one[2:5], other[2:5], strict=True):
            assert mine == its or abs(mine - its) < Decimal("1e-8"), (one, other)


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from targets import services
    from targets.models import Assignment

    call_command("migrate", verbosity=0, interactive=False)
    _tree()
    plan, other = _plans(_figures())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    listed = ", ".join(one.column or "" for one in Assignment._meta.fields if one.name not in {"id", "plan"})
    copy_rows = (
        f"INSERT INTO targets_assignment (plan_id, {listed}) "  # noqa: S608 -- our own names
        f"SELECT %s, {listed} FROM targets_assignment WHERE plan_id = %s"
    )

    def ours() -> None:
        with transaction.atomic():
            services.store_targets(plan=plan, by=None, at=AT)

    def floor() -> None:
        with transaction.atomic():
            _by_sql(other)

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(copy_rows, [other.pk, plan.pk])

    def forget(one: Any) -> None:
        Assignment.objects.filter(plan=one)._raw_delete("default")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE targets_assignment")

    times: dict[str, list[float]] = {"ours": [], "floor": [], "copy": []}
    ours()
    for _ in range(ROUNDS):
        forget(plan)
        times["ours"].append(seconds(ours))
        forget(other)
        times["copy"].append(seconds(copy))
        forget(other)
        times["floor"].append(seconds(floor))
    _check_same(plan, other)
    print(json.dumps({name: statistics.median(found) for name, found in times.items()}))


if __name__ == "__main__":
    main()
