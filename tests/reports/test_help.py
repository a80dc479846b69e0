"""Trợ giúp: a page for each task, its words those of the screens, the person's own work first."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from accounts.models import User
from reports import help_topics
from reports.help_topics import BY_SLUG, TOPICS, find_topics, topics_for
from reports.help_views import help_link, words_of
from tests.builders import make_person, make_province
from tests.indicators.builders import make_indicator, make_period
from tests.security.pages import url_names
from units import permissions
from units.models import Role

ROOT = Path(__file__).parents[2]
APPS = ("accounts", "documents", "dvctt", "imports", "indicators", "reports", "targets", "units")


def as_text(html: str) -> list[str]:
    """The pieces of text of a template; what it fills in is "…", and each way of a condition is a piece."""
    plain = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", html, flags=re.DOTALL)
    plain = re.sub(r"{{.*?}}", "…", plain, flags=re.DOTALL)
    return [re.sub(r"\s+", " ", one).strip() for one in re.split(r"{%.*?%}|<[^>]*>", plain, flags=re.DOTALL)]


@cache
def labels() -> frozenset[str]:
    """Every piece of text that a screen, a form or the script shows, whole."""
    found: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        if path.parent.name != "help":
            found.update(as_text(path.read_text()))
    for path in (one for app in APPS for one in (ROOT / app).rglob("*.py")):
        if path.name != "help_topics.py":
            tree = ast.parse(path.read_text())
            found.update(
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            )
    for path in (ROOT / "static/js").glob("*.js"):
        for quoted, built in re.findall(r'"([^"\n]*)"|`([^`]*)`', path.read_text()):
            found.add(quoted or re.sub(r"\${.*?}", "…", built).strip(" …●"))
    return frozenset(one.strip() for one in found)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_words_that_help_quotes_stand_on_the_screens_just_so(topic: help_topics.Topic) -> None:
    quoted = re.findall("<b>(.*?)</b>", (ROOT / "templates" / topic.template).read_text())
    assert [one for one in quoted if one not in labels()] == []
    assert quoted or topic.slug == "tu-ngu"


def test_help_names_every_key_that_the_entry_form_handles_and_no_other() -> None:
    script = (ROOT / "static/js/entry.js").read_text()
    handled = set(re.findall(r'event\.key(?:\.toLowerCase\(\))? === "(\w+)"', script))
    told = {"Enter": "Enter", "↓": "ArrowDown", "↑": "ArrowUp", "Ctrl+Z": "z"}
    keys = re.findall("<kbd>(.*?)</kbd>", (ROOT / "templates/help/phim-tat.html").read_text())
    named = {key for word, key in told.items() if any(word in one for one in keys)}
    assert named == handled


def test_the_registry_knows_only_addresses_permissions_roles_and_templates_that_exist() -> None:
    names = set(url_names())
    assert len(BY_SLUG) == len(TOPICS)
    assert sum(len(topic.url_names) for topic in TOPICS) == len(help_topics.BY_URL_NAME)
    for topic in TOPICS:
        assert set(topic.url_names) | {screen.url_name for screen in topic.screens} <= names, topic.slug
        assert {one.permission for one in topic.screens} - {""} <= permissions.PERMISSIONS, topic.slug
        assert topic.roles <= {role.value for role in Role}
        assert words_of(topic).strip()


def test_a_page_is_short_enough_for_one_sheet() -> None:
    assert {topic.slug for topic in TOPICS if len(words_of(topic).split()) > 450} == set()


def test_pages_are_found_without_accents_those_named_so_first() -> None:
    words = {topic.slug: words_of(topic) for topic in TOPICS}
    assert find_topics("gia han", words=words)[0].slug == "tinh-hinh-nop"
    assert "tu-ngu" in [one.slug for one in find_topics("MAU SO", words=words)]
    assert find_topics("máy bay trực thăng", words=words) == []


def test_ones_own_work_comes_first_and_nothing_is_left_out() -> None:
    own, others = topics_for({"officer"})
    assert own[0].slug == "nhap-so-lieu"
    assert sorted(one.slug for one in [*own, *others]) == sorted(BY_SLUG)
    assert topics_for({"reviewer"})[0][0].slug == "duyet-va-tra-lai"


@pytest.fixture
def officer(db: None) -> User:
    return make_person("canbo", role=Role.OFFICER, unit=make_province())


def test_a_page_leads_only_to_screens_that_the_person_may_open(client: Client, officer: User) -> None:
    client.force_login(officer)
    for slug, address, may in (
        ("nhap-so-lieu", reverse("submissions"), True),
        ("nhap-tep", reverse("import_upload"), False),
        ("nguoi-dung", reverse("people"), False),
    ):
        html = client.get(f"/tro-giup/{slug}/").content.decode().partition("<main")[2]
        assert (f'href="{address}"' in html) is may, slug
    assert client.get("/tro-giup/khong-co/").status_code == 404


def test_every_page_of_help_opens(client: Client, officer: User) -> None:
    client.force_login(officer)
    assert {client.get(f"/tro-giup/{topic.slug}/").status_code for topic in TOPICS} == {200}


def test_help_is_searched_by_its_address(client: Client, officer: User) -> None:
    client.force_login(officer)
    assert "Tình hình nộp, đôn đốc và gia hạn" in client.get("/tro-giup/?tim=don+doc").content.decode()
    assert "Không có trang nào nói về “xyz”" in client.get("/tro-giup/?tim=xyz").content.decode()


def test_each_screen_leads_to_its_own_page_of_help_without_a_query(client: Client, officer: User) -> None:
    make_indicator(levels=["tinh"])
    period = make_period("2023-Q4", open_for_entry=True)
    unit = officer.grants.get().unit
    client.force_login(officer)
    for address, slug in (
        (reverse("submission_enter", args=[unit.pk, period.code]), "nhap-so-lieu/"),
        (reverse("entry_fill", args=[unit.pk, period.code]), "dan-tu-excel/"),
        (reverse("plans"), "giao-chi-tieu/"),
        (reverse("league"), "xep-hang-va-ho-so/"),
        (reverse("submissions"), ""),
        ("/khong-co-trang-nay/", ""),
    ):
        html = client.get(address).content.decode()
        if slug or "main-nav" in html:
            assert f'href="/tro-giup/{slug}"' in html, address
    request = RequestFactory().get("/")
    request.resolver_match = resolve("/chi-tieu-giao/")
    with CaptureQueriesContext(connection) as captured:
        assert help_link(request) == {"help_url": "/tro-giup/giao-chi-tieu/"}
    assert len(captured) == 0


def test_who_cannot_log_in_reads_that_page_and_no_other(client: Client, db: None) -> None:
    html = client.get("/tai-khoan/dang-nhap/").content.decode()
    assert 'href="/tro-giup/khong-dang-nhap-duoc/"' in html
    page = client.get("/tro-giup/khong-dang-nhap-duoc/")
    assert page.status_code == 200
    assert "liên hệ người quản trị" in page.content.decode()
    assert client.get("/tro-giup/tu-ngu/").status_code == 302


def test_the_number_to_call_stands_where_people_log_in_in_the_help_and_where_they_are_kept_out(
    client: Client, settings: Any, db: None
) -> None:
    settings.SUPPORT_CONTACT = "điện thoại 0235 3852 000"
    for address in (reverse("login"), reverse("help_log_in")):
        assert "tỉnh, điện thoại 0235 3852 000." in client.get(address).content.decode()
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 1
    for _ in range(2):
        refused = client.post(reverse("login"), {"username": "xa", "password": "sai"})
    assert refused.status_code == 429
    assert "tỉnh, điện thoại 0235 3852 000." in refused.content.decode()
    settings.AXES_ENABLED = False
    client.force_login(make_person("xem"))
    kept_out = client.get(reverse("audit"))
    assert kept_out.status_code == 403
    assert "tỉnh, điện thoại 0235 3852 000." in kept_out.content.decode()
