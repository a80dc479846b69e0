"""Who may look at and change what: every address of the site × every person × every place × GET and POST."""

from __future__ import annotations

from typing import Any

import pytest

from imports.models import Batch, BatchState
from tests import services
from tests.security.asking import ask, body_of, client_of
from tests.security.pages import (
    ANONYMOUS,
    IMPORT,
    PAGES,
    PEOPLE,
    PROVINCES,
    SEE_DRAFTS,
    SEEING_REPORTS,
    Page,
    is_allowed,
    url_names,
)
from tests.security.scene import PLAN_PLACES, TREE, Scene, secret_notice, secret_of, secret_plan

pytestmark = pytest.mark.django_db
GUARDED = [name for name, page in PAGES.items() if not page.is_open]
REFUSED = (403, 404)
ALIKE_EVERYWHERE = (ANONYMOUS, "không vai trò")
ASKING = PEOPLE
if services.ON_POSTGRESQL:
    # Who may do what is decided by one function, held on both databases by tests/units; here each page's own
    # statements are to run on PostgreSQL as well, let in and refused.
    ASKING = (
        ANONYMOUS,
        "office đã thôi việc",
        "office của Quảng Ninh",
        "leader của Quảng Ninh",
        "reviewer của Hạ Long",
        "officer của Hạ Long",
    )


def test_every_address_of_the_site_stands_in_the_table() -> None:
    names = list(url_names())
    assert "" not in names, "an address without a name"
    assert sorted(set(names)) == sorted(PAGES), "write the new address into tests/security/pages.py"


@pytest.mark.parametrize("name", GUARDED)
def test_people_reach_exactly_what_their_roles_reach_and_leave_no_trace_elsewhere(
    scene: Scene, name: str
) -> None:
    page, wrong = PAGES[name], []
    for person in ASKING:
        client = client_of(scene, person)
        for method, right in (("GET", page.get), ("POST", page.post)):
            # A method that nobody may use is refused before the place is looked at, and so is a stranger.
            one_will_do = right is None or person in ALIKE_EVERYWHERE
            for place in page.places[:1] if one_will_do else page.places:
                answer, written = ask(client, scene, page, place, method)
                fault = _fault(page, person, place, method, right, answer, written)
                if fault:
                    wrong.append(f"{person}: {method} {place or '–'}: {fault}")
    assert not wrong, "\n".join([name, *wrong])


def _fault(
    page: Page,
    person: str,
    place: str,
    method: str,
    right: dict[str, frozenset[str]] | None,
    answer: Any,
    written: list[str],
) -> str:
    """Say what is wrong with an answer, or ""."""
    status = answer.status_code
    allowed = right is not None and is_allowed(person, right, place)
    if written and (method == "GET" or not allowed):
        return f"wrote {written}"
    if person == ANONYMOUS:
        sent_to_log_in = status == 302 and answer.headers["Location"].startswith("/tai-khoan/dang-nhap/")
        return "" if sent_to_log_in else f"{status} for a stranger"
    if right is None:
        return "" if status == 405 else f"{status}, wanted 405"
    if not allowed:
        return "" if status in REFUSED else f"{status}, wanted a refusal"
    wanted = page.get_status if method == "GET" else page.post_status
    if status != wanted:
        return f"{status}, wanted {wanted}"
    seen = [words for words in _not_for(person) if words in body_of(answer)] if status == 200 else []
    return f"shows {seen}" if seen else ""


def _not_for(person: str) -> list[str]:
    """Return words that no page may show this person: files and drafts out of reach."""
    files = [f"{place}.xlsx" for place in PROVINCES if not is_allowed(person, IMPORT, place)]
    notes = [secret_of(place) for place in TREE if not is_allowed(person, SEEING_REPORTS, place)]
    plans = [secret_plan(place) for place in PLAN_PLACES if not is_allowed(person, SEE_DRAFTS, place)]
    notices = [secret_notice(name) for name in PEOPLE if name != person]
    return files + notes + plans + notices


PUBLIC = ("public", "public_league", "public_league_xlsx", "public_unit")
LOOKING_ONLY = ("import_swap", "entry_fill", "session_stay")
"""Posted to, and nothing is written: a person looks first, or only says to be there."""


@pytest.mark.parametrize(
    "name", [name for name, page in PAGES.items() if page.post is not None and name not in LOOKING_ONLY]
)
def test_a_change_that_is_allowed_does_change_something(scene: Scene, name: str) -> None:
    page = PAGES[name]
    assert page.post is not None
    for person in PEOPLE:
        for place in page.places:
            if is_allowed(person, page.post, place):
                _, written = ask(client_of(scene, person), scene, page, place, "POST")
                assert written, (name, person, place)
                return
    pytest.fail(f"nobody may: {name}")


@pytest.mark.parametrize("person", PEOPLE)
def test_what_is_open_to_strangers_is_open_and_nothing_more(scene: Scene, person: str) -> None:
    client = client_of(scene, person)
    told = {}
    for name in [name for name in PAGES if name not in GUARDED and name != "logout"] + ["logout"]:
        for method in ("GET", "POST"):
            answer, written = ask(client, scene, PAGES[name], "", method)
            told[name, method] = answer.status_code
            assert not written, (name, method, written)
    log_in = 200 if person == ANONYMOUS else 302
    assert told == {
        ("healthz", "GET"): 200,
        ("healthz", "POST"): 405,
        ("help_log_in", "GET"): 200,
        ("help_log_in", "POST"): 405,
        ("login", "GET"): log_in,
        ("login", "POST"): log_in,
        ("logout", "GET"): 405,
        ("logout", "POST"): 302,
        **{(name, method): status for name in PUBLIC for method, status in (("GET", 200), ("POST", 405))},
    }


def test_a_person_who_is_locked_is_out_at_once(scene: Scene) -> None:
    person = scene.people["office của Quảng Ninh"]
    client = client_of(scene, "office của Quảng Ninh")
    assert client.get("/nhap-tep/").status_code == 200
    type(person).objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/nhap-tep/").headers["Location"].startswith("/tai-khoan/dang-nhap/")


def test_a_file_whose_province_is_not_yet_known_is_its_senders_alone(scene: Scene) -> None:
    sender = scene.people["admin của Hạ Long"]
    batch = scene.batches["Quảng Ninh"]
    Batch.objects.filter(pk=batch.pk).update(
        province=None, period=None, state=BatchState.FAILED, created_by=sender
    )
    statuses = {
        person: ask(client_of(scene, person), scene, PAGES["import_original"], "Quảng Ninh", "GET")[
            0
        ].status_code
        for person in PEOPLE
        if person != ANONYMOUS
    }
    assert [person for person, status in statuses.items() if status == 200] == ["admin của Hạ Long"]
    assert set(statuses.values()) == {200, 403}
