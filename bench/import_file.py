"""A file of 10.598 communes × 12 columns, from its bytes to written figures, on SQLite and on PostgreSQL.

Ours is what a person's upload and a worker do: receive, recognise, match every name, check every row, keep
the preview, write figures with their history. The floor trusts everything: calamine's rows, names found
in a dictionary, and an upsert that skips what is unchanged, as performance.md measured it: COPY to a
temporary table and INSERT … ON CONFLICT on PostgreSQL, executemany on SQLite; then the history of the same
figures, by whom, in one statement. The usual way is openpyxl and bulk_create, of the same figures and
history. To know, without a limit: the floor without history, and by a temporary table on SQLite too.

Each database is measured in a process of its own, on a database that goes with it.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.measure import Result, seconds

DISTRICTS, COMMUNES, FIGURES = 705, 10_598, 10
ROUNDS = 5
SINCE = date(2020, 1, 1)
AT = datetime(2023, 7, 20, tzinfo=UTC)
FLOOR_LIMIT, USUAL_LIMIT, AGAIN_LIMIT = 2.0, 0.25, 0.8


def run() -> list[Result]:
    """Measure in a child process for each database; PostgreSQL where a server can be had."""
    from tests.services import ServiceMissing, fresh_postgres_database

    results = []
    with tempfile.TemporaryDirectory() as folder:
        results += _measured("SQLite", f"sqlite:///{folder}/do.sqlite3")
    try:
        with fresh_postgres_database(f"dvctt_bench_{os.getpid()}") as url:
            results += _measured("PostgreSQL", url)
    except ServiceMissing as error:
        sys.stdout.write(f"{error}\n")
    return results


def _measured(database: str, url: str) -> list[Result]:
    env = os.environ | {"DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
    with tempfile.TemporaryDirectory() as media:
        done = subprocess.run(
            [sys.executable, "-m", "bench.import_file"],
            env=env | {"MEDIA_ROOT": media},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    times: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    size = f"{COMMUNES:,} × {FIGURES + 2}, {database}".replace(",", ".", 1)
    floor, usual = times["floor"], times["usual"]
    bare, staged = times["floor without history"], times["staged floor"]
    ours, again = times["ours"], times["again"]
    return [
        Result(f"Nạp tệp {size}, so với nền", floor, ours, ours / floor, FLOOR_LIMIT),
        Result(f"Nạp tệp {size}, so với openpyxl + bulk_create", usual, ours, ours / usual, USUAL_LIMIT),
        Result(f"Nạp lại cùng tệp {size}, so với lần đầu", ours, again, again / ours, AGAIN_LIMIT),
        Result(f"Nạp tệp {size}, so với nền không ghi lịch sử", bare, ours, ours / bare, None),
        Result(f"Nạp tệp {size}, so với nền qua bảng tạm", staged, ours, ours / staged, None),
    ]


# --- In the child process ----------------------------------------------------------------------------------
def _name(number: int) -> str:
    return f"Xã Trà Dơn {number}"


def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Số liệu")
    sheet.append(["Bảng số liệu Quý I/2023 của tỉnh Đo Lường"])
    sheet.append(["STT", "Đơn vị", *(f"Chỉ số {n}" for n in range(1, FIGURES + 1))])
    position = 0
    for district in range(DISTRICTS):
        sheet.append([None, f"Huyện Trà My {district}"])
        for _ in range(_communes_of(district)):
            figures = [(position * 7919 + n * 977) % 10_000 / 100 for n in range(FIGURES)]
            sheet.append([position + 1, _name(position), *figures])
            position += 1
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _communes_of(district: int) -> int:
    """Communes are spread over the districts as evenly as can be."""
    return COMMUNES // DISTRICTS + (district < COMMUNES % DISTRICTS)


def _prepare() -> Any:
    """Make the tree, the indicators and the layout; return the person who brings the file in."""
    from accounts.models import User
    from imports.models import Layout
    from indicators.models import Indicator
    from units import services as unit_services
    from units.services import UnitDraft

    drafts = [UnitDraft(key="p", origin="đo", level="tinh", kind="tinh", name="Đo Lường", valid_from=SINCE)]
    position = 0
    for district in range(DISTRICTS):
        key = f"d{district}"
        drafts.append(
            UnitDraft(
                key=key, origin="đo", level="huyen", kind="huyen", name=f"Trà My {district}",
                valid_from=SINCE, parent_key="p",
            )
        )  # fmt: skip
        for _ in range(_communes_of(district)):
            drafts.append(
                UnitDraft(
                    key=f"x{position}", origin="đo", level="xa", kind="xa", name=f"Trà Dơn {position}",
                    valid_from=SINCE, parent_key=key,
                )
            )  # fmt: skip
            position += 1
    unit_services.add_units(drafts=drafts)
    codes = [f"DO{n}" for n in range(1, FIGURES + 1)]
    for code in codes:
        Indicator.objects.create(
            code=code, name=code, short_name=code, unit_of_measure="%", is_rate=True, direction="up",
            levels=["xa"], numerator="tử", denominator="mẫu", zero_denominator="not_arising",
        )  # fmt: skip
    columns: list[dict[str, Any]] = [
        {"role": "position", "headers": ["STT"]},
        {"role": "unit", "required": True, "headers": ["Đơn vị"]},
    ]
    columns += [
        {"role": "rate", "indicator": code, "required": True, "headers": [f"Chỉ số {n}"]}
        for n, code in enumerate(codes, 1)
    ]
    Layout.objects.create(code="do-luong", name="Đo lường", definition={"columns": columns})
    return User.objects.create(username="do-luong")


def _empty() -> None:
    """Every figure, history and batch goes, so that each round is a first time."""
    from django.db import connection

    tables = ["imports_row", "imports_batch"]
    tables += ["indicators_measurementrevision", "indicators_measurement"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            cursor.execute("VACUUM ANALYZE indicators_measurement")
            return
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- our own names


class _Known:
    """What floor and usual way take for granted: ids of units by name, of indicators in order, the period."""

    def __init__(self, person: int) -> None:
        from dvctt.lib.periods import parse_period
        from indicators import services as indicator_services
        from indicators.models import Indicator
        from units.models import UnitVersion

        named = UnitVersion.objects.filter(level="xa").values_list("full_name", "unit_id")
        self.units = dict(named)
        order = {f"DO{n}": n for n in range(1, FIGURES + 1)}
        found = Indicator.objects.filter(code__in=order)
        self.indicators = [one.pk for one in sorted(found, key=lambda one: order[one.code])]
        self.person = person
        self.period = indicator_services.ensure_period(span=parse_period("2023-Q1")).pk


CELL = "unit_id, indicator_id, period_id, source, scope"
FIGURE = f"""{CELL}, value, state, printed, note, origin, is_rate, over_bound_reason, updated_at"""
SAYS = "'van_ban', 'own', {value}, 'number', '', '', {origin}, {true}, '', '2023-07-20'"
SKIP_UNCHANGED = f"""
ON CONFLICT ({CELL}) DO UPDATE SET value = excluded.value, origin = excluded.origin
WHERE indicators_measurement.value <> excluded.value
"""
STAGED_COLUMNS = ("unit_id", "indicator_id", "value", "origin")
STAGED_TABLE = (
    "CREATE TEMPORARY TABLE f (unit_id bigint, indicator_id bigint, value decimal(22,10), origin text)"
)
HISTORY = """
INSERT INTO indicators_measurementrevision (measurement_id, number, value, state, printed, note, origin,
    reason, by_id, at)
SELECT m.id, 1, m.value, m.state, '', '', m.origin, 'đo', {by}, '2023-07-20'
FROM indicators_measurement m
WHERE m.period_id = {period} AND m.source = 'van_ban' AND m.scope = 'own'
"""


def _floor_rows(content: bytes, known: _Known) -> list[tuple[Any, ...]]:
    import python_calamine

    with python_calamine.load_workbook(io.BytesIO(content)) as workbook:
        table = workbook.get_sheet_by_index(0).to_python()
    return [
        (known.units[str(row[1])], indicator, row[at], f"batch:1;Số liệu;{number}")
        for number, row in enumerate(table)
        if str(row[1]) in known.units
        for at, indicator in enumerate(known.indicators, 2)
    ]


def _floor(content: bytes, known: _Known, *, history: bool) -> None:
    """calamine, then what performance.md measured: COPY and INSERT … ON CONFLICT, or executemany upsert."""
    from django.db import connection, transaction

    rows = _floor_rows(content, known)
    says = SAYS.format(value="%s", origin="%s", true="1")
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _staged(cursor, rows, known)
        else:
            cursor.executemany(
                f"INSERT INTO indicators_measurement ({FIGURE}) "  # noqa: S608 -- our own names
                f"VALUES (%s, %s, {known.period}, {says}) {SKIP_UNCHANGED}",
                rows,
            )
        if history:
            cursor.execute(HISTORY.format(period=known.period, by=known.person))


def _staged_floor(content: bytes, known: _Known) -> None:
    """A temporary table and history on SQLite too: the fastest that we know there."""
    from django.db import connection, transaction

    rows = _floor_rows(content, known)
    with transaction.atomic(), connection.cursor() as cursor:
        _staged(cursor, rows, known)
        cursor.execute(HISTORY.format(period=known.period, by=known.person))


def _staged(cursor: Any, rows: list[tuple[Any, ...]], known: _Known) -> None:
    from django.db import connection

    from dvctt.copying import copy_rows

    says = SAYS.format(
        value="value", origin="origin", true="true" if connection.vendor == "postgresql" else "1"
    )
    cursor.execute(STAGED_TABLE)
    copy_rows(cursor, "f", STAGED_COLUMNS, rows)
    cursor.execute(
        f"INSERT INTO indicators_measurement ({FIGURE}) "  # noqa: S608 -- our own names
        f"SELECT unit_id, indicator_id, {known.period}, {says} FROM f WHERE true {SKIP_UNCHANGED}"
    )
    cursor.execute("DROP TABLE f")


def _usual(content: bytes, known: _Known) -> None:
    import openpyxl
    from django.db import transaction

    from indicators.models import Measurement, MeasurementRevision

    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    figures = [
        Measurement(
            unit_id=known.units[str(row[1])], indicator_id=indicator, period_id=known.period,
            source="van_ban",
            value=Decimal(str(row[at])), state="number", origin=f"batch:1;Số liệu;{number}", is_rate=True,
            updated_at=AT,
        )
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if len(row) > 2 and str(row[1]) in known.units
        for at, indicator in enumerate(known.indicators, 2)
    ]  # fmt: skip
    with transaction.atomic():
        written = Measurement.objects.bulk_create(
            figures, batch_size=2_000, update_conflicts=True, update_fields=["value", "origin", "updated_at"],
            unique_fields=["unit", "indicator", "period", "source", "scope"],
        )  # fmt: skip
        MeasurementRevision.objects.bulk_create(
            [
                MeasurementRevision(
                    measurement=one, number=1, value=one.value, state=one.state, origin=one.origin,
                    reason="đo", by_id=known.person, at=AT,
                )
                for one in written
            ],
            batch_size=2_000,
        )  # fmt: skip


def _ours(content: bytes, person: Any) -> int:
    from imports import services

    batch = services.receive_file(content=content, filename="do.xlsx", by=person, at=AT)
    services.read_batch(batch_id=batch.pk, at=AT)
    done = services.commit_batch(batch_id=batch.pk, by=person, at=AT, reason="đo")
    return int(done.counts["written"])


def _child() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    person = _prepare()
    content = Path(os.environ["BENCH_FILE"]).read_bytes() if "BENCH_FILE" in os.environ else _workbook()
    known = _Known(person.pk)
    times: dict[str, list[float]] = {}

    def measure(name: str, action: Any, *, afresh: bool = True) -> None:
        if afresh:
            _empty()
        times.setdefault(name, []).append(seconds(action))

    for number in range(ROUNDS):
        measure("floor", lambda: _floor(content, known, history=True))
        measure("floor without history", lambda: _floor(content, known, history=False))
        measure("staged floor", lambda: _staged_floor(content, known))
        if number % 2 == 0:
            measure("usual", lambda: _usual(content, known))
        measure("ours", lambda: _expect(_ours(content, person), COMMUNES * FIGURES))
        measure("again", lambda: _expect(_ours(content, person), 0), afresh=False)
    sys.stdout.write("\n" + json.dumps({name: statistics.median(taken) for name, taken in times.items()}))


def _expect(written: int, wanted: int) -> None:
    if written != wanted:
        raise RuntimeError(f"{written} figures written, {wanted} wanted")


if __name__ == "__main__":
    _child()
