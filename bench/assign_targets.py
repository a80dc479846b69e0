"""12.667 units × 11 indicators reckoned and stored, against INSERT … SELECT of the very same rows.

Ours is what a change of a plan's rules does: the figures of the baseline read, the rule of each unit chosen,
every target decided in Decimal and worded, all rows written with what they were made from. The floor copies
finished rows into the same table, with its indexes and its guard of issued plans, and decides nothing.

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
ROUNDS = 5
SINCE = date(2020, 1, 1)
AT = datetime(2023, 7, 20, tzinfo=UTC)
LIMIT = 3.0


def run() -> list[Result]:
    """Measure in a child process for each database; PostgreSQL where a server can be had."""
    from tests.services import ServiceMissing, fresh_postgres_database

    results = []
    with tempfile.TemporaryDirectory() as folder:
        results.append(_measured("SQLite", f"sqlite:///{folder}/do.sqlite3"))
    try:
        with fresh_postgres_database(f"dvctt_bench_targets_{os.getpid()}") as url:
            results.append(_measured("PostgreSQL", url))
    except ServiceMissing as error:
        sys.stdout.write(f"{error}\n")
    return results


def _measured(database: str, url: str) -> Result:
    done = subprocess.run(
        [sys.executable, "-m", "bench.assign_targets"],
        env=os.environ | {"DATABASE_URL": url, "LOG_LEVEL": "ERROR"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    times: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    name = f"Tính và lưu chỉ tiêu, 12.667 đơn vị × {INDICATORS} chỉ tiêu, {database}, so với INSERT … SELECT"
    return Result(name, times["floor"], times["ours"], times["ours"] / times["floor"], LIMIT)


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


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from targets import services
    from targets.models import Assignment

    call_command("migrate", verbosity=0, interactive=False)
    _tree()
    ours_plan, floor_plan = _plans(_figures())
    columns = [one.column for one in Assignment._meta.fields if one.name not in {"id", "plan"}]
    listed = ", ".join(columns)
    copy = (
        f"INSERT INTO targets_assignment (plan_id, {listed}) "  # noqa: S608 -- our own names
        f"SELECT %s, {listed} FROM targets_assignment WHERE plan_id = %s"
    )

    def ours() -> None:
        with transaction.atomic():
            services.store_targets(plan=ours_plan, by=None, at=AT)

    def floor() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(copy, [floor_plan.pk, ours_plan.pk])

    def forget(plan: Any) -> None:
        Assignment.objects.filter(plan=plan)._raw_delete("default")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE targets_assignment")

    times: dict[str, list[float]] = {"ours": [], "floor": []}
    ours()
    for _ in range(ROUNDS):
        forget(ours_plan)
        times["ours"].append(seconds(ours))
        forget(floor_plan)
        times["floor"].append(seconds(floor))
    wanted = UNITS * INDICATORS
    for plan in (ours_plan, floor_plan):
        assert Assignment.objects.filter(plan=plan).count() == wanted, plan
    assert sum(Assignment.objects.filter(plan=ours_plan).values_list("scored", flat=True), Decimal(0)) > 0
    print(json.dumps({name: statistics.median(found) for name, found in times.items()}))


if __name__ == "__main__":
    main()
