"""An indicator whose figure is a rate that somebody measured: typed in percent, with how many were asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvctt.lib import numbers
from indicators import services
from indicators.forms import EntryForm
from indicators.models import Entry, Indicator, Measurement
from indicators.rules import Asked, Cell, judge_cell
from tests.indicators.builders import AT, make_indicator
from tests.indicators.conftest import Place
from tests.indicators.test_saving_cells import post, row

SURVEY = Asked(is_rate=True, has_denominator=True, zero_denominator="not_arising", takes_rate=True)


def make_survey() -> Indicator:
    return make_indicator(
        "HAILONG", short_name="Mức độ hài lòng", denominator="Số phiếu khảo sát", entered_as="rate"
    )


def test_a_rate_stands_for_itself_and_its_number_of_answers_alone_does_not() -> None:
    def told(cell: Cell) -> tuple[Decimal | None, str, bool]:
        judged = judge_cell(cell, SURVEY)
        return judged.value, judged.state, judged.complete

    assert told(Cell(rate=Decimal("98.5"), denominator=412)) == (Decimal("98.5"), "number", True)
    assert told(Cell(rate=Decimal("98.5"))) == (Decimal("98.5"), "number", True)
    assert told(Cell(denominator=412)) == (None, "number", False)
    assert told(Cell(denominator=0)) == (None, "not_arising", True)


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        (Cell(rate=Decimal("100.01")), "numerator"),
        (Cell(rate=Decimal(5), denominator=0), "denominator"),
        (Cell(rate=Decimal(5), state="not_arising"), "numerator"),
        (Cell(rate=Decimal(0), denominator=0), "denominator"),
        (Cell(rate=Decimal(0), state="out_of_scope"), "numerator"),
    ],
)
def test_what_cannot_be_a_rate_is_refused_at_its_input(cell: Cell, field: str) -> None:
    problem = judge_cell(cell, SURVEY).problem
    assert problem is not None
    assert problem.field == field


@given(st.decimals(min_value=0, max_value=100, places=10), st.integers(1, 10**6) | st.none())
def test_what_the_form_shows_of_a_rate_reads_back_as_the_same_rate(rate: Decimal, answers: int) -> None:
    survey = Indicator(pk=7, is_rate=True, denominator="Số phiếu", entered_as="rate", zero_denominator="none")
    kept = Entry(indicator=survey, value=rate, denominator=answers, state="number", updated_at=AT)
    shown = EntryForm(indicators=[survey], entries=[kept], earlier={}, locked={})
    again = EntryForm(indicators=[survey], entries=[kept], earlier={}, locked={}, data=shown.inputs)
    assert again.rows[0].problems == {}
    assert again.cells[7] == kept.cell
    assert again.cells[7].token == kept.cell.token == shown.rows[0].was


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["98.5", "98,5", "98,50 %"])
def test_a_point_or_a_comma_gives_the_same_rate_and_approval_makes_it_a_figure(
    place: Place, typed: str
) -> None:
    survey = make_survey()
    told = post(place, **row(survey, typed, "412")).json()["rows"][str(survey.pk)]
    assert (told["fate"], told["numerator"], told["denominator"], told["value"]) == (
        "saved", "98,5", "412", "98,50",
    )  # fmt: skip

    report = place.saved()
    place.send(report)
    report.refresh_from_db()
    services.approve_submission(submission=report, by=place.district, at=AT)

    figure = Measurement.objects.get(unit=place.ha_tu, indicator=survey)
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("98.5"), None, 412)


@pytest.mark.django_db
def test_a_rate_that_may_be_thousands_is_asked_again(place: Place) -> None:
    survey = make_survey()
    told = post(place, **row(survey, "1.234", "412")).json()["rows"][str(survey.pk)]
    assert told["fate"] == "invalid"
    assert told["message"].startswith("Tỷ lệ: không rõ “1.234” là bao nhiêu phần trăm")
    assert not Entry.objects.exists()


def test_the_counts_behind_a_rate_are_told_as_far_as_they_are_known() -> None:
    assert [numbers.vi_counts(31, 402), numbers.vi_counts(None, 1402), numbers.vi_counts(31, None)] == [
        "31/402", "trên 1.402", "",
    ]  # fmt: skip
