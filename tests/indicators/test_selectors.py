"""Which figure is the official one, and what a unit's figures and their history are."""

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from indicators import selectors, services
from indicators.models import Indicator, Period, Source, State
from tests.builders import make_province, make_unit, make_units
from tests.indicators.builders import AT, day, draft, make_indicator, make_period
from units.models import Kind, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def hstt(db: None) -> Indicator:
    return make_indicator()


@pytest.fixture
def quarter(db: None) -> Period:
    return make_period("2023-Q1")


@pytest.fixture
def communes(db: None) -> list[Unit]:
    ha_long = make_unit("Hạ Long", kind=Kind.THANH_PHO, parent=make_province())
    return make_units(["Hà Tu", "Hà Lầm", "Bãi Cháy"], kind=Kind.PHUONG, parent=ha_long)


def record(*drafts: services.FigureDraft) -> None:
    services.record_measurements(drafts=drafts, by=None, reason="Nhập tệp", at=AT)


def test_the_first_source_that_has_a_figure_is_the_official_one(
    communes: list[Unit], hstt: Indicator, quarter: Period, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second, third = communes
    record(
        draft(first, hstt, quarter, value="10", source=Source.UNIT.value),
        draft(first, hstt, quarter, value="20", source=Source.NATIONAL.value),
        draft(second, hstt, quarter, value="30", source=Source.UNIT.value),
        draft(third, hstt, quarter, value="40", source=Source.SIMULATED.value),
        draft(third, hstt, make_period("2023-Q2"), value="50"),
        draft(second, hstt, quarter, value="60", scope="area"),
    )
    with django_assert_num_queries(1):
        figures = selectors.official_figures(indicator=hstt, period=quarter)
    assert {unit: (figure.value, figure.source) for unit, figure in figures.items()} == {
        first.pk: (Decimal(20), "cong_dvcqg"),
        second.pk: (Decimal(30), "don_vi"),
    }
    hstt.sources = ["don_vi", "cong_dvcqg"]
    assert selectors.official_figures(indicator=hstt, period=quarter)[first.pk].value == 10
    simulated = selectors.official_figures(indicator=hstt, period=quarter, source="mo_phong")
    assert {unit: figure.value for unit, figure in simulated.items()} == {third.pk: 40}


def test_units_are_narrowed_by_ids_or_by_what_stands_above_them(
    communes: list[Unit], hstt: Indicator, quarter: Period
) -> None:
    elsewhere = make_unit("Móng Cái", kind=Kind.THANH_PHO, parent=make_province("Nơi khác"))
    record(*(draft(unit, hstt, quarter, value="10") for unit in [*communes, elsewhere]))
    ha_long = Unit.objects.get(paths_down__descendant=communes[0], paths_down__depth=1)
    within = selectors.official_figures(indicator=hstt, period=quarter, within=ha_long)
    assert within.keys() == {unit.pk for unit in communes}
    some = selectors.official_figures(indicator=hstt, period=quarter, unit_ids=[elsewhere.pk])
    assert some.keys() == {elsewhere.pk}
    assert (
        selectors.official_figures(indicator=hstt, period=quarter, within=ha_long, on=day("2019-01-01")) == {}
    )


def test_a_unit_page_reads_all_figures_and_their_history_in_two_queries(
    communes: list[Unit], hstt: Indicator, quarter: Period, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unit = communes[0]
    tttt = make_indicator("TTTT", short_name="Thanh toán trực tuyến")
    record(draft(unit, tttt, quarter, value="1"), draft(unit, hstt, make_period("2023-Q2"), value="2"))
    record(draft(unit, hstt, quarter, value="3"))
    record(draft(unit, hstt, quarter, state=State.NOT_ARISING.value))
    with django_assert_num_queries(2):
        figures = list(selectors.figures_of_unit(unit=unit))
        told = [(one.period.code, one.indicator.code, one.document) for one in figures]
        history = [(one.number, one.by, one.value) for one in selectors.history_of(measurement=figures[1])]
    assert told == [("2023-Q2", "HSTT", None), ("2023-Q1", "HSTT", None), ("2023-Q1", "TTTT", None)]
    assert history == [(2, None, None), (1, None, Decimal(3))]
    assert selectors.figures_of_unit(unit=unit, period=quarter).count() == 2


def test_the_earlier_figure_is_the_period_before_else_the_latest(
    communes: list[Unit], hstt: Indicator, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unit = communes[0]
    tttt = make_indicator("TTTT", short_name="Thanh toán trực tuyến")
    record(
        draft(unit, hstt, make_period("2023-Q3"), value="70", source=Source.UNIT.value),
        draft(unit, hstt, make_period("2023-Q3"), value="71", source=Source.NATIONAL.value),
        draft(unit, hstt, make_period("2023-9T"), value="72"),
        draft(unit, hstt, make_period("2023-Q4"), value="73"),
        draft(unit, tttt, make_period("2023-Q1"), value="10"),
        draft(unit, tttt, make_period("2023-den-08-23"), value="11"),
        draft(unit, tttt, make_period("2023-Q3"), value="12", source=Source.SIMULATED.value),
    )
    fourth = Period.objects.get(code="2023-Q4")
    with django_assert_num_queries(1):
        earlier = selectors.earlier_figures(unit=unit, period=fourth)
    assert (earlier["HSTT"].value, earlier["HSTT"].is_previous) == (71, True)
    assert (earlier["TTTT"].value, earlier["TTTT"].period.label) == (11, "Đến 23/8/2023")
    assert not earlier["TTTT"].is_previous
