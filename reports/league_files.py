"""A league table as files: the JSON of `manage.py league` and a plain workbook with the page's rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from dvctt.lib import numbers
from dvctt.lib.plain_workbook import NOTE, TEXT, TITLE, WARNING, plain_workbook
from reports import wording
from reports.selectors.league import League, LeagueRow
from reports.tables import LeagueTable
from reports.wording import LeagueWords

WIDTHS: Final = {"Đơn vị": 34, "Thuộc": 26, "Nguồn": 30, "Trạng thái": 24, "Như nguồn in": 16, "Mức": 14}


def league_json(league: League) -> dict[str, Any]:
    """Return the table as `manage.py league --json` prints it: figures as texts, missing as null."""
    plain = numbers.plain
    total = league.total
    return {
        "indicator": league.indicator.code,
        "period": league.period.code,
        "level": league.level,
        "within": [name.full_name for name in league.area],
        "on": league.on.isoformat(),
        "rows": [_json_row(row) for row in league.rows],
        "unranked": [
            {"unit": row.unit, "parent": row.parent or None, "state": row.state}
            | {"numerator": plain(row.numerator), "denominator": plain(row.denominator)}
            for row in league.unranked
        ],
        "coverage": {"ranked": league.ranked, "units": league.units},
        "total": None
        if total is None
        else {
            "numerator": plain(total.numerator),
            "denominator": plain(total.denominator),
            "value": plain(total.value),
        },
        "median": plain(league.median),
        "compare_with": league.compare_with.code if league.compare_with else None,
        "sources": [
            {
                "source": use.source,
                "name": use.label,
                "units": use.units,
                "extracted_on": [day.isoformat() for day in use.extracted_on],
                "documents": [document.number for document in use.documents],
            }
            for use in league.sources
        ],
        "plans": [plan.code for plan in league.plans],
        "simulated": league.is_simulated,
        "answer": str(wording.answer(league)),
    }


def _json_row(row: LeagueRow) -> dict[str, Any]:
    plain = numbers.plain
    return {
        "rank": row.rank,
        "unit": row.unit,
        "parent": row.parent or None,
        "value": plain(row.value),
        "numerator": plain(row.numerator),
        "denominator": plain(row.denominator),
        "state": row.state,
        "target": plain(row.target),
        "gap": plain(row.gap),
        "lacking": plain(row.lacking),
        "band": row.status,
        "change": plain(row.change),
        "rank_change": row.rank_change,
        "source": row.source,
        "printed": row.printed or None,
    }


def league_workbook(
    *, table: LeagueTable, made_on: date, words: LeagueWords | None = None, remarks: Sequence[str] = ()
) -> bytes:
    """Return the page's rows as an .xlsx file: its filters and sources above, numbers as numbers.

    `words` are those of a table that was published, by default what its figures say now; `remarks` stand
    below them. Not an official appendix: those are `reports.exports`.
    """
    league = table.league
    words = words or wording.words_of(league)
    lines = [(words.title, TITLE), (str(words.answer), TEXT)]
    if league.is_simulated:
        lines.insert(0, (wording.SIMULATED.upper(), WARNING))
    searched = f" · tìm “{league.search}”" if league.search else ""
    notes = [
        f"Phạm vi: {words.area}{searched}",
        f"Nguồn: {' · '.join(words.source_parts)}",
        f"Đánh giá {words.judged_by}" if words.judged_by else "",
        f"So với {wording.period_text(league.compare_with)}" if league.compare_with else "",
        *remarks,
        f"Lập ngày {numbers.vi_date(made_on)}; thứ hạng tính trên số chưa làm tròn, đồng hạng cùng một số.",
    ]
    lines += [(note, NOTE) for note in notes if note]
    headings, rows = table.export_rows()
    return plain_workbook(sheet="Xếp hạng", lines=lines, headings=headings, rows=rows, widths=WIDTHS)
