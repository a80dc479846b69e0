"""Two people who publish or take back the same table at the same moment: one is served, the other is told."""

from __future__ import annotations

import pytest

from accounts.models import User
from reports import services
from reports.models import Publication, PublicationWithdrawal
from reports.selectors import publications
from tests.at_once import at_once
from tests.reports.publishing import AT, publish
from tests.reports.tables import Scene, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    made = make_scene(2)
    made.record({made.communes[0]: (95, 100)})
    return made


def make_public(scene: Scene) -> Publication:
    table = publications.league_to_publish(
        indicator=scene.indicator, period=scene.period, level="xa", within=scene.province
    )
    return publish(table, within=scene.province)


def test_of_two_who_publish_one_does_and_the_other_is_told(scene: Scene) -> None:
    ended = at_once(lambda: make_public(scene), lambda: make_public(scene))
    assert sorted(ended) == ["PublicationChanged", "done"]
    assert Publication.objects.count() == 1


def test_of_two_who_take_back_one_does_and_the_other_is_told(scene: Scene) -> None:
    publication = make_public(scene)
    person = User.objects.create_user("vanphong", full_name="Trần Minh Hà")

    def take_back() -> object:
        return services.withdraw_publication(publication=publication, reason="Nhầm kỳ", by=person, at=AT)

    assert sorted(at_once(take_back, take_back)) == ["PublicationWithdrawn", "done"]
    assert PublicationWithdrawal.objects.count() == 1
