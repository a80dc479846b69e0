"""Making a league table public, and reading what became of it, in a line."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import openpyxl
from django.test import Client
from django.urls import reverse

from reports import services
from reports.frozen_league import cited, freeze
from reports.models import Publication
from reports.selectors import publications
from reports.selectors.league import League
from tests.reports.tables import Scene, make_scene
from units.models import Unit

AT = datetime(2024, 1, 20, 3, 0, tzinfo=UTC)


def publish(league: League, *, within: Unit, **said: Any) -> Publication:
    """Make the table public as it is now, of which nobody knew that it was public."""
    facts: dict[str, Any] = {"document": None, "reason": "", "by": None, "at": AT, "seen_steps": 0}
    table = freeze(league, defined_in=cited(league))
    return services.publish_league(
        table=table,
        seen=table.digest,
        period=league.period,
        level=league.level,
        within=within,
        **(facts | said),
    )


def make_judged_scene() -> Scene:
    """Return four communes: three judged by 90 %, one of which reaches it, and one without a figure."""
    made = make_scene(4)
    a, b, c, _ = made.communes
    made.record({a: (95, 100), b: (89, 100), c: (6000, 10000)})
    made.assign({a: "90", b: "90", c: "90"})
    return made


def choice_of(scene: Scene) -> dict[str, str]:
    return {"chi-tieu": "HSTT", "ky": scene.period.code, "cap": "xa", "trong": str(scene.province.pk)}


def address(scene: Scene, **choice: str) -> str:
    return f"{reverse('league_publish')}?{urlencode(choice_of(scene) | choice)}"


def make_public(scene: Scene, **said: Any) -> Publication:
    table = publications.league_to_publish(
        indicator=scene.indicator, period=scene.period, level="xa", within=scene.province
    )
    return publish(table, within=scene.province, **said)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(seen\w*)" value="(\w*)"', page))


def text(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def said_of(unit: Unit) -> str:
    """What a unit's public page says."""
    return text(Client().get(reverse("public_unit", args=[unit.pk])))


def public_page(publication: Publication) -> str:
    return text(Client().get(reverse("public_league", args=[publication.pk])))


def rows_of_file(publication: Publication) -> list[list[Any]]:
    answer = Client().get(reverse("public_league_xlsx", args=[publication.pk]))
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]
