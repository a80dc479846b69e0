"""Making a league table public: frozen to the digit, corrected by a revision, taken back with a reason."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.models import Document
from dvctt.history import HistoryIsKept
from indicators.models import Indicator, Measurement, Source, State
from reports import frozen_league, publishing_wording, services, wording
from reports.frozen_league import FrozenLeague, freeze, thaw, words_in
from reports.models import Publication, PublishedRow
from reports.rules import (
    NothingToPublish,
    PublicationChanged,
    PublicationWithdrawn,
    ReasonMissing,
    SameAsPublished,
)
from reports.selectors import publications
from reports.selectors.league import League
from reports.tables import LeagueTable
from tests.builders import make_person, make_units
from tests.indicators.builders import make_indicator, make_period
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
    return publications.league_to_publish(**(whole | choice))


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
        publish(table_of(scene), within=scene.province, reason="lại", seen_steps=1)
    scene.record({scene.communes[3]: (99, 100)})
    with pytest.raises(ReasonMissing):
        publish(table_of(scene), within=scene.province, seen_steps=1, reason="  ")
    second = publish(table_of(scene), within=scene.province, seen_steps=1, reason="Xã Bốn nộp muộn")
    assert (second.revision, second.reason) == (2, "Xã Bốn nộp muộn")
    assert [*publications.standing()] == [second]
    assert publications.published_table(publication=first).successor == second


def test_of_two_people_who_publish_at_once_the_later_is_told(scene: Scene) -> None:
    publish(table_of(scene), within=scene.province)
    scene.record({scene.communes[3]: (99, 100)})
    with pytest.raises(PublicationChanged):
        publish(table_of(scene), within=scene.province, seen_steps=0, reason="sửa")
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
    second = publish(table_of(scene), within=scene.province, seen_steps=1, reason="Xã Bốn nộp muộn")
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
    third = publish(table_of(scene), within=scene.province, seen_steps=3, reason="Đã đối soát")
    assert [*publications.standing()] == [third]
    assert publications.published_table(publication=third).league is not None
    assert publications.published_table(publication=first).league is None


def test_an_earlier_revision_alone_is_taken_back_and_the_later_one_stands(scene: Scene) -> None:
    first = publish(table_of(scene), within=scene.province)
    scene.record({scene.communes[3]: (99, 100)})
    second = publish(table_of(scene), within=scene.province, seen_steps=1, reason="Xã Bốn nộp muộn")

    services.withdraw_publication(publication=first, reason="Lộ số nội bộ", by=make_person("vp"), at=AT)

    assert publications.published_table(publication=first).league is None
    assert publications.published_table(publication=second).league is not None
    assert [*publications.standing()] == [second]


def test_a_table_taken_back_while_somebody_looks_is_not_published_again_unknowingly(scene: Scene) -> None:
    first = publish(table_of(scene), within=scene.province)
    scene.record({scene.communes[3]: (99, 100)})
    services.withdraw_publication(publication=first, reason="Đang rà soát", by=make_person("vp"), at=AT)

    with pytest.raises(PublicationChanged):
        publish(table_of(scene), within=scene.province, seen_steps=1, reason="Xã Bốn nộp muộn")
    assert not publications.standing().exists()


def test_the_paper_is_cited_as_it_was_and_can_be_added_later(scene: Scene) -> None:
    paper = Document.objects.create(
        code="QD1", number="10/QĐ-UBND", issuer="UBND tỉnh", issued_on=date(2024, 1, 19)
    )
    publish(table_of(scene), within=scene.province)
    made = publish(
        table_of(scene), within=scene.province, document=paper, reason="Bổ sung văn bản", seen_steps=1
    )
    Document.objects.filter(pk=paper.pk).update(number="99/QĐ-UBND")
    assert Publication.objects.get(pk=made.pk).cited == "Quyết định 10/QĐ-UBND ngày 19/1/2024"


def test_a_new_version_of_the_indicator_revises_the_same_table(scene: Scene) -> None:
    publish(table_of(scene), within=scene.province)
    later = make_indicator(version=2, valid_from=scene.period.starts_on)
    scene.record({scene.communes[0]: (50, 100)}, indicator=later)

    second = publish(
        table_of(scene, indicator=later), within=scene.province, reason="Định nghĩa mới", seen_steps=1
    )

    assert second.revision == 2
    assert [*publications.standing()] == [second]


def test_a_changed_definition_is_told_though_no_units_line_differs(scene: Scene) -> None:
    before = freeze(table_of(scene), defined_in=[])
    Indicator.objects.update(numerator="Nghĩa khác hẳn")
    after = freeze(table_of(scene, indicator=Indicator.objects.get()), defined_in=[])
    assert publications.changes(before=before, after=after) == []
    assert publishing_wording.also_changed(before, after) == ["định nghĩa chỉ tiêu"]


def test_other_tables_with_the_same_figures_are_known_when_one_is_taken_back(scene: Scene) -> None:
    made = publish(table_of(scene), within=scene.province)
    district = publish(table_of(scene, within=scene.district), within=scene.district)
    earlier = make_period("2022-Q4")
    scene.record({scene.communes[0]: (12, 100)}, period=earlier)
    publish(table_of(scene, period=earlier), within=scene.province)
    assert [*publications.shared_with(made)] == [district]


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


def test_a_renamed_unit_is_found_by_either_name_and_listed_by_the_latest_with_all_its_tables(
    scene: Scene,
) -> None:
    publish(table_of(scene), within=scene.province)
    unit_services.change_unit(
        unit=scene.communes[0], on=date(2023, 5, 1), by=None, name="Zét", full_name="Xã Zét"
    )
    later = make_period("2023-Q2")
    scene.record({scene.communes[0]: (60, 100)}, period=later)
    publish(table_of(scene, period=later), within=scene.province)

    for text in ("xa mot", "xã zét"):
        [found] = publications.units_found(text).units
        assert (found.name, found.tables) == ("Xã Zét", 2)


def test_accents_are_matched_among_however_many_names_are_alike_without_them(scene: Scene) -> None:
    make_units([f"Hoa {number}" for number in range(1, 204)], parent=scene.district)
    [wanted] = make_units(["Hòa Vang"], parent=scene.district)
    scene.record({wanted: (60, 100)})
    publish(table_of(scene), within=scene.province)
    assert [one.unit_id for one in publications.units_found("Hòa").units] == [wanted.pk]
    assert len(publications.units_found("hoa").units) == publications.MOST_UNITS
    assert publications.units_found("hoa").has_more


def test_the_list_of_what_stands_is_found_by_an_index_however_many_tables_there_are(scene: Scene) -> None:
    made = publish(table_of(scene), within=scene.province)
    Publication.objects.bulk_create(
        Publication(
            code=made.code,
            indicator=made.indicator,
            period=made.period,
            level=level,
            within=unit,
            revision=revision,
            content=made.content,
            reason="sửa" if revision > 1 else "",
            at=AT,
        )
        for unit in scene.communes
        for level in ("so", "huyen", "xa")
        for revision in (1, 2, 3)
    )
    assert publications.standing().count() == 1 + 4 * 3
    if connection.vendor == "sqlite":
        plan = publications.standing().explain()
        assert "(code=? AND period_id=? AND level=? AND within_id=? AND revision>?)" in plan


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
    assert len(queries) == 7  # the publication, its revisions and rows; three to find; one for a unit


def test_simulated_figures_are_never_what_is_published(scene: Scene) -> None:
    scene.record({scene.communes[3]: (1, 100)}, source=Source.SIMULATED.value)
    publish(table_of(scene), within=scene.province)
    assert not PublishedRow.objects.filter(figures__source=Source.SIMULATED.value).exists()
