"""The league page of 300 rows against a plain Django loop that prints the same cells of the same rows.

The floor formats nothing and draws nothing: no bar, no band, no thousands. Ours builds the django-tables2
table (columns, order) and renders its lean template with all of that.
"""

import random
from datetime import date
from decimal import Decimal

from django.template import engines
from django.template.loader import get_template

from bench.measure import Result, compare
from dvctt.lib import numbers, ranking
from dvctt.lib.periods import parse_period
from indicators.models import Direction, Indicator, Period
from reports import rules
from reports.selectors.league import League, LeagueRow
from reports.selectors.peers import Area
from reports.tables import LeagueTable
from targets.rules import judging

ROWS = 300
FLOOR = """<table><tbody>{% for row in rows %}
<tr class="{{ row.status }}"><td>{{ row.place }}</td><td>{{ row.rank_change }}</td>
<th><a href="/ho-so/{{ row.unit_id }}/">{{ row.unit }}</a> {{ row.parent }}</th>
<td>{{ row.denominator }}</td><td>{{ row.numerator }}</td><td>{{ row.value }}</td><td>{{ row.target }}</td>
<td>{{ row.gap }}</td><td>{{ row.lacking }}</td><td>{{ row.status }}</td></tr>{% endfor %}</tbody></table>"""


def synthetic_league(rows: int = ROWS) -> League:
    """A league of made-up communes with counts, targets and changes: every column is there."""
    chance = random.Random(766)
    counts = [
        (chance.randint(0, denominator), denominator)
        for denominator in chance.choices(range(20, 9000), k=rows)
    ]
    values = [numbers.rate(numerator=n, denominator=d) or Decimal(0) for n, d in counts]
    target = Decimal(90)
    made = [
        LeagueRow(
            rank,
            str(rank),
            place,
            f"Xã Trà Dơn {place}",
            place // 15,
            f"Huyện Nam Trà My {place // 15}",
            value,
            numerator,
            denominator,
            "có số liệu",
            "",
            target,
            value - target,
            judging.missing_cases(
                value=value,
                target=target,
                numerator=numerator,
                denominator=denominator,
                higher_is_better=True,
            ),
            judging.band(value=value, target=target, higher_is_better=True),
            Decimal(chance.randint(-300, 300)) / 100,
            chance.randint(-40, 40),
            "cong_dvcqg",
            "",
        )
        for place, (rank, value, (numerator, denominator)) in enumerate(
            zip(ranking.competition_ranks(values, higher_is_better=True), values, counts, strict=True),
            start=1,
        )
    ]
    made.sort(key=lambda row: row.rank or 0)
    span = parse_period("2023-Q1")
    indicator = Indicator(
        code="HSTT", short_name="Hồ sơ trực tuyến", is_rate=True, direction=Direction.UP, decimals=2,
        numerator="Hồ sơ trực tuyến", denominator="Tổng số hồ sơ", unit_of_measure="%",
    )  # fmt: skip
    period = Period(code=span.code, kind=span.kind, starts_on=span.starts_on, ends_on=span.ends_on)
    return League(
        indicator=indicator,
        period=period,
        level="xa",
        on=date(2023, 3, 31),
        area=(Area(1, "Tỉnh Quảng Nam", None),),
        rows=tuple(made),
        unranked=(),
        ranked=rows,
        units=rows,
        total=None,
        median=rules.median(values),
        sources=(),
        plans=(),
        compare_with=period,
        states={},
        is_simulated=False,
        search="",
        all_rows=tuple(made),
    )


def run() -> list[Result]:
    league = synthetic_league()
    plain = engines["django"].from_string(FLOOR)
    rows = list(league.rows)

    def ours() -> str:
        table = LeagueTable(league, mine={7}, query="ky=2023-Q1&amp;", unit_url="/ho-so/")
        return get_template("reports/league_table.html").render({"table": table})

    assert ours().count("<tr") == ROWS + 1
    return [
        compare(
            name=f"Trang xếp hạng {ROWS} dòng, so với vòng lặp Django trần",
            floor=lambda: plain.render({"rows": rows}),
            ours=ours,
            limit=1.3,
        )
    ]
