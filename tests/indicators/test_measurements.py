"""Recording figures: what becomes new, changed, unchanged or stays because a later extraction stands."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from dvctt.history import HistoryIsKept
from indicators import services
from indicators.models import (
    Indicator,
    Measurement,
    MeasurementRevision,
    Period,
    PublishedTarget,
    Source,
    State,
)
from indicators.services import FigureDraft, FigureRefused, PublishedTargetDraft, Recorded
from tests.builders import make_person, make_province, make_unit, make_units
from tests.indicators.builders import AT, day, draft, make_indicator, make_period
from units.models import Kind, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def ha_tu(db: None) -> Unit:
    ha_long = make_unit("Hạ Long", kind=Kind.THANH_PHO, parent=make_province())
    return make_unit("Hà Tu", parent=ha_long)


@pytest.fixture
def hstt(db: None) -> Indicator:
    return make_indicator()


@pytest.fixture
def quarter(db: None) -> Period:
    return make_period("2023-Q1")


@pytest.fixture
def person(db: None) -> User:
    return make_person("vanphong")


def record(*drafts: FigureDraft, reason: str = "Nhập tệp", **options: str) -> Recorded:
    return services.record_measurements(drafts=drafts, by=None, reason=reason, at=AT, **options)


def test_a_new_figure_is_kept_with_its_printed_text_and_a_first_revision(
    ha_tu: Unit, hstt: Indicator, quarter: Period, person: User
) -> None:
    figure = draft(ha_tu, hstt, quarter, counts=(3548, 3600), printed="99%", extracted_on=day("2023-07-17"))
    recorded = services.record_measurements(drafts=[figure], by=person, reason="Nhập tệp", at=AT)
    assert (recorded.new, recorded.changed, recorded.unchanged, recorded.kept_later) == (1, 0, 0, [])
    stored = Measurement.objects.get()
    assert stored.value == Decimal("98.5555555556")
    assert (stored.printed, stored.origin, stored.updated_at) == ("99%", "batch:1 Sheet!B7", AT)
    first = MeasurementRevision.objects.get()
    assert (first.number, first.before, first.by, first.at) == (1, None, person, AT)
    assert (first.value, first.reason, first.origin) == (stored.value, "Nhập tệp", "batch:1 Sheet!B7")


def test_the_same_drafts_again_write_nothing(ha_tu: Unit, hstt: Indicator, quarter: Period) -> None:
    figure = draft(ha_tu, hstt, quarter, value="35.7", printed="35,7%", note="x\\y\tz\n“w”")
    record(figure)
    before = list(Measurement.objects.values()), list(MeasurementRevision.objects.values())
    again = record(figure)
    assert (again.written, again.unchanged) == (0, 1)
    assert (list(Measurement.objects.values()), list(MeasurementRevision.objects.values())) == before


@pytest.mark.parametrize(
    "change",
    [
        {"value": "35.8"},
        {"printed": "35.7 %"},
        {"note": "trích lại"},
        {"state": State.NOT_ARISING.value, "value": None},
        {"extracted_on": "2023-07-18"},
    ],
)
def test_a_change_of_any_field_is_a_second_revision_that_keeps_what_was(
    ha_tu: Unit, hstt: Indicator, quarter: Period, change: dict[str, Any]
) -> None:
    fields: dict[str, Any] = {"value": "35.7", "printed": "35,7%", "extracted_on": "2023-07-17"}
    record(draft(ha_tu, hstt, quarter, **{**fields, "extracted_on": day("2023-07-17")}))
    changed = {**fields, **change}
    recorded = record(
        draft(
            ha_tu,
            hstt,
            quarter,
            **{**changed, "extracted_on": day(changed["extracted_on"])},
            origin="batch:2",
        )
    )
    assert (recorded.new, recorded.changed, recorded.unchanged) == (0, 1, 0)
    second = MeasurementRevision.objects.get(number=2)
    assert second.before == {
        "numerator": None,
        "denominator": None,
        "value": "35.7",
        "state": "number",
        "printed": "35,7%",
        "note": "",
        "extracted_on": "2023-07-17",
        "document": None,
        "origin": "batch:1 Sheet!B7",
        "over_bound_reason": "",
    }
    assert second.origin == Measurement.objects.get().origin == "batch:2"


def test_an_earlier_extraction_never_replaces_a_later_one_without_a_reason(
    ha_tu: Unit, hstt: Indicator, quarter: Period
) -> None:
    record(draft(ha_tu, hstt, quarter, value="35.7", extracted_on=day("2023-07-17")))
    for extracted_on in (day("2023-04-05"), None):
        earlier = draft(ha_tu, hstt, quarter, value="30", extracted_on=extracted_on)
        assert record(earlier).kept_later == [earlier]
        assert services.compare_measurements(drafts=[earlier])[0].outcome == "kept_later"
    assert Measurement.objects.get().value == Decimal("35.7")
    told = record(earlier, replace_later="Cổng trích sai ngày 17/7")
    assert (told.changed, told.kept_later) == (1, [])
    assert Measurement.objects.get().value == 30
    assert MeasurementRevision.objects.get(number=2).reason == "Nhập tệp · Cổng trích sai ngày 17/7"


def test_an_equal_figure_without_a_day_is_unchanged_and_the_known_day_stays(
    ha_tu: Unit, hstt: Indicator, quarter: Period
) -> None:
    record(draft(ha_tu, hstt, quarter, value="35.7", extracted_on=day("2023-07-17")))
    again = record(draft(ha_tu, hstt, quarter, value="35.7"))
    assert (again.written, again.unchanged, again.kept_later) == (0, 1, [])
    assert Measurement.objects.get().extracted_on == day("2023-07-17")


def test_comparing_says_what_recording_would_do_and_writes_nothing(
    hstt: Indicator, quarter: Period, ha_tu: Unit
) -> None:
    viet_hung, dai_yen, bai_chay = make_units(["Việt Hưng", "Đại Yên", "Bãi Cháy"], parent=ha_tu)
    record(draft(ha_tu, hstt, quarter, value="1"), draft(viet_hung, hstt, quarter, value="2"))
    record(draft(dai_yen, hstt, quarter, value="3", extracted_on=day("2023-07-17")))
    drafts = [
        draft(bai_chay, hstt, quarter, value="4"),
        draft(viet_hung, hstt, quarter, value="5"),
        draft(ha_tu, hstt, quarter, value="1.0"),
        draft(dai_yen, hstt, quarter, value="6"),
    ]
    compared = services.compare_measurements(drafts=drafts)
    assert [one.outcome for one in compared] == ["new", "changed", "unchanged", "kept_later"]
    assert [one.previous and one.previous.value for one in compared] == [None, 2, 1, 3]
    assert Measurement.objects.count() == 3
    recorded = record(*drafts)
    assert (recorded.new, recorded.changed, recorded.unchanged, len(recorded.kept_later)) == (1, 1, 1, 1)


def test_sources_periods_and_scopes_are_cells_of_their_own(
    ha_tu: Unit, hstt: Indicator, quarter: Period
) -> None:
    one: dict[str, Any] = {"value": "35.7"}
    recorded = record(
        draft(ha_tu, hstt, quarter, **one),
        draft(ha_tu, hstt, quarter, **one, source=Source.UNIT.value),
        draft(ha_tu, hstt, quarter, **one, source=Source.SIMULATED.value),
        draft(ha_tu, hstt, quarter, **one, scope="area"),
        draft(ha_tu, hstt, make_period("2023-Q2"), **one),
    )
    assert recorded.new == 5


def test_the_number_of_statements_does_not_grow_with_the_rows(hstt: Indicator, quarter: Period) -> None:
    units = make_units([f"Xã {number}" for number in range(330)], parent=make_province())
    counted = []
    for some in (units[:3], units[3:33], units[33:]):
        with CaptureQueriesContext(connection) as queries:
            record(*(draft(unit, hstt, quarter, counts=(5, 10)) for unit in some))
        with CaptureQueriesContext(connection) as changing:
            record(*(draft(unit, hstt, quarter, counts=(6, 10)) for unit in some))
        with CaptureQueriesContext(connection) as unchanged:
            record(*(draft(unit, hstt, quarter, counts=(6, 10)) for unit in some))
        counted.append((len(queries), len(changing), len(unchanged)))
    assert len(set(counted)) == 1
    assert max(counted[0]) <= 12
    assert MeasurementRevision.objects.count() == 2 * Measurement.objects.count() == 660


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"value": None}, "không có giá trị"),
        ({"value": "5", "state": State.NOT_ARISING.value}, "chọn một trong hai"),
        ({"value": "-1"}, "số âm"),
        ({"counts": (-1, 5)}, "số âm"),
        ({"value": "100.01"}, "lớn hơn 100 %"),
        ({"counts": (4120, 412)}, "Tử số 4.120 lớn hơn mẫu số 412"),
        ({"value": "5", "state": "lạ"}, "danh mục trạng thái"),
        ({"value": "5", "note": "x" * 501}, "rút gọn"),
    ],
)
def test_a_figure_that_contradicts_itself_is_refused_before_the_database_does(
    ha_tu: Unit, hstt: Indicator, quarter: Period, fields: dict[str, Any], message: str
) -> None:
    sound = draft(make_unit("Hà Lầm", parent=None, kind=Kind.TINH), hstt, quarter, value="5")
    with pytest.raises(FigureRefused, match=message) as refused:
        record(sound, draft(ha_tu, hstt, quarter, **fields, origin="batch:7 dòng 12"))
    assert str(refused.value).startswith("batch:7 dòng 12: ")
    assert not Measurement.objects.exists()


def test_two_figures_for_one_cell_are_refused(ha_tu: Unit, hstt: Indicator, quarter: Period) -> None:
    with pytest.raises(FigureRefused, match="hai số liệu"):
        record(draft(ha_tu, hstt, quarter, value="5"), draft(ha_tu, hstt, quarter, value="6"))


def test_a_rate_above_100_comes_in_only_with_a_reason(ha_tu: Unit, hstt: Indicator, quarter: Period) -> None:
    record(draft(ha_tu, hstt, quarter, value="120", over_bound_reason="Cổng tính cả hồ sơ kỳ trước"))
    assert Measurement.objects.get().over_bound_reason == "Cổng tính cả hồ sơ kỳ trước"


@pytest.mark.parametrize(
    "fields",
    [
        {"value": None},
        {"state": "not_arising"},
        {"state": "lạ"},
        {"value": -1},
        {"numerator": 7, "denominator": 5},
        {"value": 101},
    ],
)
def test_the_database_holds_the_same_invariants(
    ha_tu: Unit, hstt: Indicator, quarter: Period, fields: dict[str, object]
) -> None:
    record(draft(ha_tu, hstt, quarter, value="35.7"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Measurement.objects.update(**fields)


def test_history_is_neither_rewritten_nor_deleted(ha_tu: Unit, hstt: Indicator, quarter: Period) -> None:
    record(draft(ha_tu, hstt, quarter, value="35.7"))
    revision = MeasurementRevision.objects.get()
    revision.reason = "khác"
    for attempt in (
        revision.save,
        revision.delete,
        MeasurementRevision.objects.all().delete,
        lambda: MeasurementRevision.objects.update(reason="khác"),
        lambda: MeasurementRevision.objects.bulk_update([revision], ["reason"]),
    ):
        with pytest.raises(HistoryIsKept):
            attempt()


@pytest.mark.parametrize("table", ["measurementrevision", "submissionevent"])
def test_the_database_itself_refuses_to_rewrite_history(
    ha_tu: Unit, hstt: Indicator, quarter: Period, person: User, table: str
) -> None:
    record(draft(ha_tu, hstt, quarter, value="35.7"))
    submission = services.open_submission(unit=ha_tu, period=make_period("2023-Q4", open_for_entry=True))
    submission.events.create(status="draft", by=person, at=AT)
    statements = [f"UPDATE indicators_{table} SET reason = 'khác'"]  # noqa: S608 - a fixed name
    if connection.vendor == "postgresql":
        statements.append(f"DELETE FROM indicators_{table}")  # noqa: S608
    for statement in statements:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


CELLS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.one_of(
            st.none(),
            st.tuples(st.integers(0, 40), st.integers(1, 40)).map(lambda pair: (min(pair), max(pair))),
            st.decimals(0, 100, places=2),
        ),
        st.sampled_from([None, day("2023-04-05"), day("2023-07-17")]),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12),
    ),
    unique_by=lambda cell: cell[0],
    max_size=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(earlier=CELLS, later=CELLS)
def test_recording_twice_changes_nothing_and_absent_units_are_left_alone(
    hstt: Indicator, quarter: Period, earlier: list[tuple], later: list[tuple]
) -> None:
    with transaction.atomic():
        units = make_units([f"Xã {number}" for number in range(6)], parent=make_province())

        def drafts(cells: list[tuple]) -> list[FigureDraft]:
            return [
                draft(
                    units[place],
                    hstt,
                    quarter,
                    counts=figure if isinstance(figure, tuple) else None,
                    value=figure if isinstance(figure, Decimal) else None,
                    state="not_arising" if figure is None else "number",
                    extracted_on=extracted_on,
                    note=note,
                )
                for place, figure, extracted_on, note in cells
            ]

        record(*drafts(earlier))
        untouched = {units[place].pk for place, *_ in earlier} - {units[place].pk for place, *_ in later}
        absent = list(Measurement.objects.filter(unit__in=untouched).order_by("pk").values())
        compared = services.compare_measurements(drafts=drafts(later))
        first = record(*drafts(later))
        assert [one.outcome for one in compared].count("new") == first.new
        assert [one.outcome for one in compared].count("changed") == first.changed
        table = list(Measurement.objects.order_by("pk").values())
        again = record(*drafts(later))
        assert again.written == 0
        assert again.kept_later == first.kept_later
        assert list(Measurement.objects.order_by("pk").values()) == table
        assert list(Measurement.objects.filter(unit__in=untouched).order_by("pk").values()) == absent
        transaction.set_rollback(True)


def test_published_targets_are_kept_as_printed_and_only_once(
    ha_tu: Unit, hstt: Indicator, quarter: Period
) -> None:
    from documents.models import Document

    plan = Document.objects.create(code="QNinh23", number="269/KH-UBND", issuer="UBND tỉnh Quảng Ninh")

    def target(printed: str, value: str | None) -> PublishedTargetDraft:
        return PublishedTargetDraft(
            document_id=plan.pk,
            unit_id=ha_tu.pk,
            indicator_id=hstt.pk,
            printed=printed,
            maintain=value is None,
            value=None if value is None else Decimal(value),
            due_on=day("2023-12-31"),
            origin="batch:1 Sheet!F7",
        )

    kept = services.record_published_targets(drafts=[target("Duy trì kết quả đạt dược", None)])
    assert (kept.new, PublishedTarget.objects.get().printed) == (1, "Duy trì kết quả đạt dược")
    assert services.record_published_targets(drafts=[target("Duy trì kết quả đạt dược", None)]).unchanged == 1
    assert services.record_published_targets(drafts=[target("98%", "98")]).changed == 1
    assert PublishedTarget.objects.get().value == 98
    with pytest.raises(FigureRefused, match="phải là một số"):
        services.record_published_targets(
            drafts=[PublishedTargetDraft(document_id=1, unit_id=1, indicator_id=1, printed="?", origin="x")]
        )
