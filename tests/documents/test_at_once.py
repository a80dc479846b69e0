"""Two people on documents at the same moment: one is served, the other is told, no circle is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from accounts.models import User
from documents import services
from documents.models import Document, DocumentRevision
from tests.at_once import at_once
from tests.documents.conftest import AT, add, facts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db: None) -> User:
    return User.objects.create_user("vanphong", full_name="Trần Minh Hà")


def test_of_two_edits_one_is_kept_and_the_other_is_told(office: User) -> None:
    document = add(office)

    def edit(signer: str) -> Callable[[], object]:
        return lambda: services.edit_document(
            document=document, facts=facts(signer=signer), seen=1, reason="Người ký", by=office, at=AT
        )

    ended = at_once(edit("A"), edit("B"))
    assert sorted(ended) == ["DocumentChanged", "done"]
    document.refresh_from_db()
    assert document.signer == ("A" if ended[0] == "done" else "B")
    assert DocumentRevision.objects.count() == 2


def test_two_harmless_links_that_close_a_circle_together_are_not_both_kept(office: User) -> None:
    day = date(2023, 1, 3)
    a, b, c, d = (add(office, f"{number}/KH", day) for number in range(1, 5))

    def link(document: Document, later: Document) -> object:
        return services.supersede_document(
            document=document,
            later=later,
            seen=Document.objects.get(pk=document.pk).revision,
            reason="Thay thế",
            by=office,
            at=AT,
        )

    link(b, c)
    link(d, a)
    # Each alone is no circle: a → b → c and c → d → a.
    assert sorted(at_once(lambda: link(a, b), lambda: link(c, d))) == ["SupersessionRefused", "done"]


def test_of_two_additions_of_one_document_one_is_kept(office: User) -> None:
    ended = at_once(lambda: add(office), lambda: add(office))
    assert sorted(ended) in (["CodeTaken", "done"], ["DocumentDoubled", "done"])
    assert Document.objects.count() == 1
