"""Making a league table public: frozen to the digit, corrected by a revision, taken back with a reason."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dvctt.history import HistoryIsKept
from indicators.models import Indicator, Measurement, Source, State
from reports import frozen_league, services, wording
from reports.frozen_league import FrozenLeague, freeze, thaw, words_in
from reports.models import Publication, PublishedRow
from reports.rules import (
    NothingToPublish,
    PublicationChanged,
    PublicationWithdrawn,
    ReasonMissing,
    SameAsPublished,
)
from reports.selectors import league as league_selectors
from reports.selectors import publications
from reports.selectors.league import League
from reports.tables import LeagueTable
from tests.builders import make_person
from tests.indicators.builders import make_period
from tests.reports.publishing import AT, publish
from tests.reports.tables import Scene, make_scene
from units import services as unit_services
from units.models import UnitVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = make_scene(4)
    a, b, c, _ = made.communes
    made.record({a: (95, 100), b: (2, 3), c: State.NOT_ARISING})
    made.assign({a: "90", b: "90.5"}, maintain=(a,))
    return made


def table_of(scene: Scene, **choice: Any) -> League:
    whole: dict[str, Any] = {
        "indicator": scene.indicator,
        "period": scene.period,
        "level": "xa",
        "within": scene.province,
    }
    return league_selectors.league(**(whole | choice))


def stored(table: League) -> FrozenLeague:
    """The table frozen and sent through JSON, as a database would."""
    frozen = freeze(table, defined_in=["Quyết định 766/QĐ-TTg"])
    content, rows = json.loads(json.dumps([frozen.content, [row.figures for row in frozen.rows]]))
    return FrozenLeague(
        content,
        tuple(
            frozen_league.FrozenRow(row.unit_id, row.name, row.parent, figures)
            for row, figures in zip(frozen.rows, rows, strict=True)
        ),
    )


def assert_same(table: League, scene: Scene) -> None:
    frozen = stored(table)
    read = thaw(content=frozen.content, rows=frozen.rows, period=scene.period, level=table.level)
    assert read.all_rows == table.all_rows
    assert read.unranked == table.unranked
    assert (read.total, read.median, read.ranked, read.units) == (
        table.total,
        table.median,
        table.ranked,
        table.units,
    )
    assert words_in(frozen.content) == wording.words_of(table)
    assert LeagueTable(read).export_rows() == LeagueTable(table).export_rows()
    assert [*LeagueTable(read).lines()] == [*LeagueTable(table).lines()]
    assert LeagueTable(read).caption == LeagueTable(table).caption


def test_a_frozen_table_reads_back_row_for_row_and_prints_the_same(scene: Scene) -> None:
    assert_same(table_of(scene), scene)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 400)), min_size=1, max_size=4))
def test_any_figures_read_back_with_all_their_digits(counts: list[tuple[int, int]]) -> None:
    with transaction.atomic():
        scene = make_scene(4)
        scene.record(
            {
                unit: (min(part, whole), whole)
                for unit, (part, whole) in zip(scene.communes, counts, strict=False)
            }
        )
        assert_same(table_of(scene), scene)
        transaction.set_rollback(True)


def test_figures_names_and_definitions_that_change_later_change_nothing_that_was_published(
    scene: Scene,
) -> None:
    table = table_of(scene)
    made = publish(table, within=scene.province)
    before = publications.frozen(Publication.objects.get(pk=made.pk))

    Measurement.objects.filter(unit=scene.communes[0]).update(numerator=1, value=Decimal(1))
    Indicator.objects.update(short_name="Tên khác", numerator="Khác", decimals=0, min_cases=1000)
    version = UnitVersion.objects.get(unit=scene.communes[0])
    unit_services.correct_version(version=version, name="Tên Mới", full_name="Xã Tên Mới", by=None)

    kept = Publication.objects.get(pk=made.pk)
    assert publications.frozen(kept) == before
    shown = publications.published_table(publication=kept)
    assert shown.words.title == "Hồ sơ trực tuyến, cấp xã, Quý I/2023"
    assert shown.league is not None
    assert [(row.unit, row.value) for row in shown.league.all_rows] == [
        ("Xã Một", Decimal(95)),
        ("Xã Hai", Decimal("66.6666666667")),
    ]
    assert shown.definition.numerator != "Khác"
    assert shown.definition.decimals == 2


def test_the_database_refuses_to_change_what_was_published(scene: Scene) -> None:
    made = publish(table_of(scene), within=scene.province)
    with pytest.raises(HistoryIsKept):
        Publication.objects.update(reason="khác")
    for statement in (
        "UPDATE reports_publication SET reason = 'khác'",
        "UPDATE reports_publishedrow SET name = 'khác'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    withdrawal = services.withdraw_publication(
        publication=made, reason="Nhầm kỳ", by=make_person("van-phong"), at=AT
    )
    with pytest.raises(HistoryIsKept):
        withdrawal.delete()


def test_nothing_is_published_twice_and_a_correction_needs_a_reason_and_takes_the_next_number(
    scene: Scene,
) -> None:
    first = publish(table_of(scene), within=scene.province, reason="không cần lần đầu")
    assert (first.revision, first.reason) == (1, "")
    with pytest.raises(SameAsPublished):
        publish(table_of(scene), within=scene.province, reason="lại", seen_revision=1)
    scene.record({scene.communes[3]: (99, 100)})
    with pytest.raises(ReasonMissing):
        publish(table_of(scene), within=scene.province, seen_revision=1, reason="  ")
    second = publish(table_of(scene), within=scene.province, seen_revision=1, reason="Xã Bốn nộp muộn")
    assert (second.revision, second.reason) == (2, "Xã Bốn nộp muộn")
    assert [*publications.standing()] == [second]
    assert publications.published_table(publication=first).successor == second


def test_of_two_people_who_publish_at_once_the_later_is_told(scene: Scene) -> None:
    publish(table_of(scene), within=scene.province)
    scene.record({scene.communes[3]: (99, 100)})
    with pytest.raises(PublicationChanged):
        publish(table_of(scene), within=scene.province, seen_revision=0, reason="sửa")
    assert Publication.objects.count() == 1


def test_a_table_without_a_single_rank_is_not_published(scene: Scene) -> None:
    with pytest.raises(NothingToPublish):
        publish(table_of(scene, level="huyen"), within=scene.province)
    assert not Publication.objects.exists()


def test_what_was_taken_back_takes_its_earlier_revisions_along_until_it_is_published_anew(
    scene: Scene,
) -> None:
    by = make_person("van-phong")
    first = publish(table_of(scene), within=scene.province)
    scene.record({scene.communes[3]: (99, 100)})
    second = publish(table_of(scene), within=scene.province, seen_revision=1, reason="Xã Bốn nộp muộn")
    with pytest.raises(PublicationChanged):
        services.withdraw_publication(publication=first, reason="Nhầm", by=by, at=AT)
    with pytest.raises(ReasonMissing):
        services.withdraw_publication(publication=second, reason=" ", by=by, at=AT)
    services.withdraw_publication(publication=second, reason="Nhầm kỳ", by=by, at=AT)

    assert not publications.standing().exists()
    for one in (first, second):
        shown = publications.published_table(publication=one)
        assert shown.league is None
        assert shown.withdrawal is not None
    with pytest.raises(PublicationWithdrawn):
        services.withdraw_publication(publication=second, reason="Lần nữa", by=by, at=AT)

    # The same figures may come again after they were taken back.
    third = publish(table_of(scene), within=scene.province, seen_revision=2, reason="Đã đối soát")
    assert [*publications.standing()] == [third]
    assert publications.published_table(publication=third).league is not None
    assert publications.published_table(publication=first).league is None


def test_a_correction_names_the_units_that_differ_and_no_others(scene: Scene) -> None:
    before = freeze(table_of(scene), defined_in=[])
    scene.record({scene.communes[3]: (99, 100)})
    after = freeze(table_of(scene), defined_in=[])

    changed = {one.name: one for one in publications.changes(before=before, after=after)}

    # Xã Bốn comes in at the top, so the two below it move down by one.
    assert set(changed) == {"Xã Một", "Xã Hai", "Xã Bốn"}
    assert changed["Xã Bốn"].before is not None
    assert changed["Xã Bốn"].before.reason == "chưa có số liệu"
    assert changed["Xã Bốn"].after is not None
    assert changed["Xã Bốn"].after.rank == 1
    assert publications.changes(before=before, after=before) == []


def test_units_are_found_without_accents_and_with_them_exactly(scene: Scene) -> None:
    publish(table_of(scene), within=scene.province)

    def found(text: str) -> list[str]:
        return [one.name for one in publications.units_found(text).units]

    assert found("xa bon") == ["Xã Bốn"]
    assert found("Xã Bốn") == ["Xã Bốn"]
    assert found("ba che") == ["Xã Ba", "Xã Bốn", "Xã Hai", "Xã Một"]  # all stand in Huyện Ba Chẽ
    assert found("  ") == found("%") == found("không đâu") == []


def test_a_unit_shows_its_line_of_every_table_that_stands_and_of_none_taken_back(scene: Scene) -> None:
    made = publish(table_of(scene), within=scene.province)
    district = publish(table_of(scene, within=scene.district), within=scene.district)

    shown = publications.published_unit(unit_id=scene.communes[1].pk)
    assert shown is not None
    assert (shown.name, shown.parent) == ("Xã Hai", "Huyện Ba Chẽ")
    assert [place.row.place for place in shown.places] == ["2", "2"]

    services.withdraw_publication(publication=made, reason="Nhầm", by=make_person("van-phong"), at=AT)
    shown = publications.published_unit(unit_id=scene.communes[1].pk)
    assert shown is not None
    assert [place.publication for place in shown.places] == [district]
    assert publications.published_unit(unit_id=scene.province.pk) is None


def test_of_a_units_many_tables_the_latest_stand_on_its_page_and_the_others_are_counted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(table_of(scene), within=scene.province)
    later = make_period("2023-Q2")
    scene.record({scene.communes[0]: (97, 100)}, period=later)
    publish(table_of(scene, period=later), within=scene.province)
    monkeypatch.setattr(publications, "MOST_PLACES", 1)

    shown = publications.published_unit(unit_id=scene.communes[0].pk)

    assert shown is not None
    assert [place.publication.period for place in shown.places] == [later]
    assert shown.older == 1


@pytest.mark.parametrize("communes", [2, 40])
def test_reading_a_publication_takes_the_same_queries_however_many_units_it_has(communes: int) -> None:
    scene = make_scene(communes)
    scene.record({unit: (number, 100) for number, unit in enumerate(scene.communes, 1)})
    made = publish(table_of(scene), within=scene.province)
    with CaptureQueriesContext(connection) as queries:
        kept = Publication.objects.select_related("period", "within").get(pk=made.pk)
        publications.published_table(publication=kept, search="xa")
        publications.units_found("xa")
        publications.published_unit(unit_id=scene.communes[0].pk)
    assert len(queries) == 7  # the publication, its revisions, withdrawals and rows; two to find; one unit


def test_simulated_figures_are_never_what_is_published(scene: Scene) -> None:
    scene.record({scene.communes[3]: (1, 100)}, source=Source.SIMULATED.value)
    publish(table_of(scene), within=scene.province)
    assert not PublishedRow.objects.filter(figures__source=Source.SIMULATED.value).exists()
