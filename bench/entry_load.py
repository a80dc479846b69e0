"""300 units fill in their report at once: 300 officers, each saving ten cells one after the other.

A real web process (gunicorn with its threads) on loopback and 3.000 saves: the first rounds by all 300 at
once, each taking 5 to 15 seconds for a line as a person does, the others as fast as 32 of them get answers.
Nothing but 200 may come back and every cell must stand as it was saved last; the 95th percentile of a save's
round trip is told beside the budget of half a second. It is a time and so depends on the machine: no limit.
"""

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from bench.measure import Result

UNITS, CELLS, AT_ONCE = 300, 10, 32
TYPED, PAUSE_S = 4, (5.0, 15.0)
"""So many cells are typed by a person, who takes so long for each."""
BUDGET_S = 0.5
TOKEN = "a" * 32


@dataclass(frozen=True)
class Officer:
    unit_id: int
    session: str


def run() -> list[Result]:
    """Measure on SQLite, and on PostgreSQL where a server can be had."""
    from tests.services import ServiceMissing, fresh_postgres_database

    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        results += _measured("SQLite", f"sqlite:///{folder}/do.sqlite3")
    try:
        with fresh_postgres_database(f"dvctt_bench_entry_{os.getpid()}") as url:
            results += _measured("PostgreSQL", url)
    except ServiceMissing as error:
        sys.stdout.write(f"{error}\n")
    return results


def _measured(database: str, url: str) -> list[Result]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.entry_load"],
        env=os.environ
        | {"DATABASE_URL": url, "LOG_LEVEL": "ERROR", "REDIS_URL": "", "CELERY_BROKER_URL": ""},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    ways = {
        "typed": f"{UNITS} người cùng nhập, mỗi dòng 5–15 giây",
        "at_once": f"{AT_ONCE} lượt lưu một lúc, không nghỉ",
    }
    return [
        Result(f"Lưu một ô, {words}, p95, {database}", BUDGET_S, told[way], told[way] / BUDGET_S, None)
        for way, words in ways.items()
    ]


# --- In the child process ----------------------------------------------------------------------------------
def _prepare() -> tuple[list[Officer], list[int], str]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.models import User
    from accounts.sessions import SessionStore
    from dvctt.lib.periods import parse_period
    from indicators import services as indicator_services
    from indicators.models import Indicator, Period
    from units import services as unit_services
    from units.models import Role, Unit
    from units.services import UnitDraft

    since = date(2020, 1, 1)

    def draft(key: str, parent: str | None, level: str, name: str) -> UnitDraft:
        return UnitDraft(
            key=key, origin="đo", level=level, kind=level, name=name, valid_from=since, parent_key=parent
        )

    drafts = [draft("p", None, "tinh", "Đo Lường")]
    drafts += [draft(f"x{n}", "p", "xa", f"Trà Dơn {n}") for n in range(UNITS)]
    unit_services.add_units(drafts=drafts)
    indicators = [
        Indicator.objects.create(
            code=f"DO{n}", name=f"DO{n}", short_name=f"DO{n}", unit_of_measure="%", is_rate=True,
            direction="up", levels=["xa"], numerator="tử", denominator="mẫu", zero_denominator="not_arising",
            position=n,
        ).pk
        for n in range(CELLS)
    ]  # fmt: skip
    period = indicator_services.ensure_period(span=parse_period("2023-Q4"))
    Period.objects.filter(pk=period.pk).update(open_for_entry=True)
    officers = []
    for unit in Unit.objects.exclude(key="p").order_by("pk"):
        person = User.objects.create(username=f"can-bo-{unit.pk}", password="!")  # noqa: S106 - none fits
        unit_services.grant_role(user=person, unit=unit, role=Role.OFFICER, valid_from=since, by=None)
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        officers.append(Officer(unit.pk, str(session.session_key)))
    return officers, indicators, period.code


def _fill(
    officer: Officer, indicators: list[int], period: str, port: int, pauses: Iterator[float]
) -> list[float]:
    """Save a unit's cells one by one; return how long each took. Anything but a saved cell is an error."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": f"sessionid={officer.session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    times = []
    for key in indicators:
        fields = {f"n-{key}": officer.unit_id % 90 + key, f"d-{key}": 1000, f"s-{key}": "number"}
        time.sleep(next(pauses))
        body = urlencode(fields | {f"was-{key}": "None|None|number|"})
        started = time.perf_counter()
        line.request("POST", f"/so-lieu/nhap/{officer.unit_id}/{period}/o/", body, headers)
        answer = line.getresponse()
        content = answer.read()
        times.append(time.perf_counter() - started)
        fate = json.loads(content)["rows"][str(key)]["fate"] if answer.status == 200 else ""
        if fate != "saved":
            raise RuntimeError(f"{answer.status} {fate} {content[:200]!r}")
        line.close()  # the server keeps an idle line for less than a person needs for the next cell
    return times


def _all_fill(
    officers: list[Officer],
    indicators: list[int],
    period: str,
    port: int,
    *,
    at_once: int,
    pause_s: tuple[float, float],
) -> float:
    """Have the officers save these cells, so many at once; return the 95th percentile in seconds."""
    chance = random.Random(2023)

    def fill(officer: Officer) -> list[float]:
        return _fill(officer, indicators, period, port, iter(lambda: chance.uniform(*pause_s), None))

    with ThreadPoolExecutor(at_once) as pool:
        times = [taken for of_one in pool.map(fill, officers) for taken in of_one]
    return statistics.quantiles(times, n=20)[-1]


def _check_nothing_lost(officers: list[Officer], indicators: list[int]) -> None:
    from indicators.models import Entry, Submission

    stored: dict[tuple[int, int], Any] = {
        (unit_id, key): numerator
        for unit_id, key, numerator in Entry.objects.values_list(
            "submission__unit_id", "indicator_id", "numerator"
        )
    }
    wanted = {(one.unit_id, key): one.unit_id % 90 + key for one in officers for key in indicators}
    if stored != wanted:
        raise RuntimeError(f"{len(wanted.items() - stored.items())} of {len(wanted)} cells are lost or other")
    if set(Submission.objects.values_list("revision", flat=True)) != {len(indicators)}:
        raise RuntimeError("a report does not count each of its saves")


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from tests import services

    call_command("migrate", verbosity=0, interactive=False)
    officers, indicators, period = _prepare()
    connections.close_all()
    port = services.free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "dvctt.wsgi"],
        stdout=subprocess.DEVNULL,
    )
    try:
        services.wait_for_port(port, process=process)
        told = {
            "typed": _all_fill(officers, indicators[:TYPED], period, port, at_once=UNITS, pause_s=PAUSE_S),
            "at_once": _all_fill(officers, indicators[TYPED:], period, port, at_once=AT_ONCE, pause_s=(0, 0)),
        }
    finally:
        process.terminate()
        process.wait(timeout=30)
    _check_nothing_lost(officers, indicators)
    sys.stdout.write("\n" + json.dumps(told))


if __name__ == "__main__":
    main()
