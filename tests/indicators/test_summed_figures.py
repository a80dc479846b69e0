"""The figure of a year from its quarters: which figures it is made of, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from dvctt.lib import numbers
from dvctt.lib.periods import parse_period
from indicators import selectors, services
from indicators.models import Indicator, Measurement, Period, Source, State
from indicators.rules import PeriodsOverlap
from tests.builders import make_province, make_unit, make_units
from tests.indicators.builders import AT, day, draft, make_indicator, make_period
from units.models import Kind, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def hstt(db: None) -> Indicator:
    return make_indicator()


@pytest.fixture
def quarters(db: None) -> list[Period]:
    return [make_period(f"2023-Q{number}") for number in range(1, 5)]


@pytest.fixture
def communes(db: None) -> list[Unit]:
    ha_long = make_unit("Hạ Long", kind=Kind.THANH_PHO, parent=make_province())
    return make_units(["Hà Tu", "Hà Lầm", "Bãi Cháy"], kind=Kind.PHUONG, parent=ha_long)


def record(*drafts: services.FigureDraft) -> None:
    services.record_measurements(drafts=drafts, by=None, reason="Nhập tệp", at=AT)


def summed(indicator: Indicator, periods: list[Period], **narrowing: Any) -> dict[int, Any]:
    return selectors.official_figures_summed(indicator=indicator, periods=periods, **narrowing)


def test_in_each_quarter_the_first_source_that_has_a_figure_is_added(
    communes: list[Unit],
    hstt: Indicator,
    quarters: list[Period],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first, second, _ = communes
    national, unit = Source.NATIONAL.value, Source.UNIT.value
    record(
        draft(first, hstt, quarters[0], counts=(1, 2), source=unit),
        draft(first, hstt, quarters[0], counts=(10, 20), source=national, extracted_on=day("2023-04-05")),
        draft(first, hstt, quarters[1], counts=(20, 20), source=unit, extracted_on=day("2023-07-17")),
        draft(first, hstt, quarters[3], counts=(3, 10), source=national),
        draft(first, hstt, quarters[2], counts=(9, 9), source=Source.SIMULATED.value),
        draft(first, hstt, quarters[2], counts=(9, 9), source=national, scope="area"),
        draft(second, hstt, quarters[0], counts=(1, 4), source=national),
        draft(second, hstt, quarters[1], counts=(2, 4), source=national),
    )
    with django_assert_num_queries(1):
        year = summed(hstt, quarters)
    assert year.keys() == {first.pk, second.pk}
    one = year[first.pk]
    assert (one.unit_id, one.numerator, one.denominator, one.value) == (first.pk, 33, 50, Decimal(66))
    assert (one.state, one.source, one.printed, one.origin, one.measurement_id) == ("number", "", "", "", 0)
    assert one.note == (
        "cộng 3 trong 4 quý, thiếu Quý III/2023; nguồn: "
        "Cổng Dịch vụ công quốc gia (Quý I/2023, Quý IV/2023), Đơn vị báo cáo (Quý II/2023)"
    )
    assert (one.missing, one.uncounted, one.extracted_on) == (("2023-Q3",), (), day("2023-07-17"))
    behind = Measurement.objects.filter(pk__in=one.measurement_ids).order_by("period__starts_on")
    assert [(m.numerator, m.denominator) for m in behind] == [(10, 20), (20, 20), (3, 10)]
    two = year[second.pk]
    assert (two.value, two.source) == (Decimal("37.5"), national)
    assert "nguồn" not in two.note
    simulated = summed(hstt, quarters, source="mo_phong")
    assert {key: (f.value, f.source) for key, f in simulated.items()} == {first.pk: (100, "mo_phong")}
    area = summed(hstt, quarters, scope="area")
    assert {key: (f.numerator, f.denominator) for key, f in area.items()} == {first.pk: (9, 9)}


def test_a_rate_without_counts_makes_the_year_of_its_unit_alone_unknowable(
    communes: list[Unit], hstt: Indicator, quarters: list[Period]
) -> None:
    first, second, _ = communes
    record(
        draft(first, hstt, quarters[0], value="99.6"),
        *(draft(first, hstt, period, counts=(1, 2)) for period in quarters[1:]),
        *(draft(second, hstt, period, counts=(1, 2)) for period in quarters),
    )
    year = summed(hstt, quarters)
    one = year[first.pk]
    assert (one.value, one.numerator, one.denominator, one.state) == (None, None, None, "not_published")
    assert (one.note, one.uncounted) == ("không cộng được: Quý I/2023 chỉ có tỷ lệ", ("2023-Q1",))
    assert (year[second.pk].value, year[second.pk].state) == (50, "number")


def test_a_quarter_that_the_first_source_did_not_publish_is_the_next_ones_and_missing_where_nobody_has_it(
    communes: list[Unit], hstt: Indicator, quarters: list[Period]
) -> None:
    """As in one period: the first source that has a figure counts; the source is told where several do."""
    told, silent = communes[:2]
    for unit in (told, silent):
        record(
            draft(unit, hstt, quarters[0], counts=(1, 2), source=Source.NATIONAL.value),
            draft(unit, hstt, quarters[1], state=State.NOT_PUBLISHED.value, source=Source.NATIONAL.value),
        )
    record(draft(told, hstt, quarters[1], counts=(2, 2), source=Source.UNIT.value))
    sums = summed(hstt, quarters[:2])
    assert sums[told.pk].value == 75
    assert sums[told.pk].note == (
        "cộng 2 quý: Quý I/2023, Quý II/2023; nguồn: Cổng Dịch vụ công quốc gia (Quý I/2023), "
        "Đơn vị báo cáo (Quý II/2023)"
    )
    assert (sums[silent.pk].value, sums[silent.pk].source, sums[silent.pk].note) == (
        50, "cong_dvcqg", "cộng 1 trong 2 quý, thiếu Quý II/2023",
    )  # fmt: skip


def test_units_are_narrowed_by_ids_or_by_what_stands_above_them_on_the_last_day(
    communes: list[Unit], hstt: Indicator, quarters: list[Period]
) -> None:
    elsewhere = make_unit("Móng Cái", kind=Kind.THANH_PHO, parent=make_province("Nơi khác"))
    record(*(draft(unit, hstt, quarters[0], counts=(1, 2)) for unit in [*communes, elsewhere]))
    ha_long = Unit.objects.get(paths_down__descendant=communes[0], paths_down__depth=1)
    assert summed(hstt, quarters, within=ha_long).keys() == {unit.pk for unit in communes}
    assert summed(hstt, quarters, unit_ids=[elsewhere.pk]).keys() == {elsewhere.pk}
    assert summed(hstt, quarters, within=ha_long, on=day("2019-01-01")) == {}


def test_queries_do_not_grow_with_units_or_periods(
    hstt: Indicator, quarters: list[Period], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    units = make_units([f"Xã {number}" for number in range(30)], parent=make_province())
    record(*(draft(unit, hstt, period, counts=(1, 3)) for unit in units for period in quarters))
    for periods in (quarters[:1], quarters):
        with django_assert_num_queries(1):
            assert len(summed(hstt, periods)) == 30


def test_periods_that_share_days_are_refused_and_one_given_twice_counts_once(
    communes: list[Unit], hstt: Indicator, quarters: list[Period]
) -> None:
    record(draft(communes[0], hstt, quarters[0], counts=(1, 2)))
    with pytest.raises(PeriodsOverlap, match="Không cộng được 6 tháng đầu năm 2023 với Quý II/2023"):
        summed(hstt, [make_period("2023-6T"), quarters[1]])
    assert summed(hstt, [quarters[0], quarters[0]])[communes[0].pk].denominator == 2
    assert summed(hstt, []) == {}


def test_a_quarter_that_is_not_stored_is_missing(communes: list[Unit], hstt: Indicator) -> None:
    record(draft(communes[0], hstt, make_period("2023-Q1"), counts=(1, 2)))
    span = parse_period("2023-Q2")
    unstored = Period(code=span.code, kind=span.kind, starts_on=span.starts_on, ends_on=span.ends_on)
    one = summed(hstt, [Period.objects.get(), unstored])[communes[0].pk]
    assert (one.missing, one.note) == (("2023-Q2",), "cộng 1 trong 2 quý, thiếu Quý II/2023")


def test_overdue_dossiers_of_quarters_add_up(communes: list[Unit], quarters: list[Period]) -> None:
    quahan = make_indicator("QUAHAN", is_rate=False, denominator="", unit_of_measure="hồ sơ")
    record(
        draft(communes[0], quahan, quarters[0], value="3"),
        draft(communes[0], quahan, quarters[1], value="0"),
        replace(draft(communes[0], quahan, quarters[3], value="4"), numerator=4),
    )
    one = summed(quahan, quarters)[communes[0].pk]
    assert (one.numerator, one.denominator, one.value) == (7, None, 7)


def test_the_quarters_of_a_year_are_the_stored_ones_of_its_own_reckoning(quarters: list[Period]) -> None:
    Period.objects.filter(code="2023-Q3").delete()
    for code in ("2023-Q1-bc", "2023-Q4-bc", "2022-Q4", "2024-Q1", "2023-6T", "2023-T01"):
        make_period(code)

    def codes(span: str) -> list[str]:
        return [one.code for one in selectors.quarters_of_year(parse_period(span))]

    assert codes("2023") == ["2023-Q1", "2023-Q2", "2023-Q4"]
    assert codes("2023-bc") == ["2023-Q1-bc", "2023-Q4-bc"]
    assert codes("2023-den-08-23") == ["2023-Q1", "2023-Q2"]
    assert codes("2023-6T") == ["2023-Q1", "2023-Q2"]
    assert codes("2021") == []
    assert [one.code for one in selectors.quarters_of_year(make_period("2023-9T"))] == ["2023-Q1", "2023-Q2"]


# --- Whatever the figures are -----------------------------------------------------------------------------
COUNTS = st.integers(0, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
CELLS = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)),  # unit and quarter
    COUNTS.filter(lambda pair: pair[1] > 0) | st.sampled_from(["not_arising", "out_of_scope"]),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=CELLS, order=st.permutations(range(4)))
def test_a_year_is_the_hand_added_one_and_absent_units_move_nobody(
    hstt: Indicator, quarters: list[Period], cells: dict[tuple[int, int], Any], order: list[int]
) -> None:
    with transaction.atomic():
        units = make_units(
            [f"Xã {number}" for number in range(5)], parent=make_province()
        )  # the last has none
        drafts = {
            (unit, period): draft(
                units[unit],
                hstt,
                quarters[period],
                counts=None if isinstance(figure, str) else figure,
                state=figure if isinstance(figure, str) else "number",
            )
            for (unit, period), figure in cells.items()
        }
        record(*drafts.values())
        year = summed(hstt, [quarters[number] for number in order])
        assert year == summed(hstt, quarters)
        for number, unit in enumerate(units):
            own = [figure for (one, _), figure in cells.items() if one == number]
            assert (unit.pk in year) == bool(own)
            assert summed(hstt, quarters, unit_ids=[unit.pk]).get(unit.pk) == year.get(unit.pk)
            pairs = [figure for figure in own if not isinstance(figure, str)]
            if pairs:
                numerator, denominator = (sum(side) for side in zip(*pairs, strict=True))
                found = year[unit.pk]
                assert (found.numerator, found.denominator) == (numerator, denominator)
                assert found.value == numbers.rate(numerator=numerator, denominator=denominator)
                assert len(found.missing) == 4 - len(own)
            elif own:
                expected = "not_arising" if "not_arising" in own else "out_of_scope"
                assert (year[unit.pk].state, year[unit.pk].value) == (expected, None)
        transaction.set_rollback(True)
