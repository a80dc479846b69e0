"""What a typed cell is worth, and which of two figures stands."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import rules
from indicators.models import State, ZeroDenominator
from indicators.rules import Asked, Cell, FigureDraft, StoredFigure, judge_cell

RATE = Asked(is_rate=True, has_denominator=True, zero_denominator="not_arising")
COUNT = Asked(is_rate=False, has_denominator=False, zero_denominator="none")
QUOTIENT = Asked(is_rate=False, has_denominator=True, zero_denominator="not_applicable")


def test_the_rules_and_the_models_use_the_same_words() -> None:
    assert list(rules.STATES) == State.values
    assert {*rules.STATE_OF_ZERO, "none"} == set(ZeroDenominator.values)


@pytest.mark.parametrize(
    ("cell", "asked", "value"),
    [
        (Cell(3548, 3600), RATE, "98.5555555556"),
        (Cell(0, 12), RATE, "0"),
        (Cell(12, 12), RATE, "100"),
        (Cell(0), COUNT, "0"),
        (Cell(7), COUNT, "7"),
        (Cell(1600, 3), QUOTIENT, "533.3333333333"),
        (Cell(30, 7), QUOTIENT, "4.2857142857"),
    ],
)
def test_numbers_become_a_value(cell: Cell, asked: Asked, value: str) -> None:
    judged = judge_cell(cell, asked)
    assert (judged.value, judged.state, judged.complete) == (Decimal(value), "number", True)


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        (RATE, "not_arising"),
        (replace(RATE, zero_denominator="full_marks"), "not_arising"),
        (QUOTIENT, "out_of_scope"),
    ],
)
def test_a_denominator_of_zero_is_the_state_that_the_catalogue_gives_it(asked: Asked, state: str) -> None:
    for numerator in (None, 0):
        judged = judge_cell(Cell(numerator, 0), asked)
        assert (judged.value, judged.state, judged.complete) == (None, state, True)
        # What was understood may be saved again as it stands.
        assert judge_cell(Cell(numerator, 0, state), asked) == judged


@pytest.mark.parametrize("cell", [Cell(), Cell(5), Cell(None, 5), Cell(note="chờ Cổng")])
def test_an_unfinished_cell_is_a_draft_and_not_a_fault(cell: Cell) -> None:
    judged = judge_cell(cell, RATE)
    assert (judged.problem, judged.complete, judged.value) == (None, False, None)


@pytest.mark.parametrize(
    ("cell", "asked", "at", "message"),
    [
        (Cell(4120, 412), RATE, "numerator", "tử số là số nguyên từ 0 đến 412"),
        (Cell(5, 0), RATE, "denominator", "mẫu số là 0 thì tử số cũng phải là 0"),
        (Cell(5, 12, "not_arising"), RATE, "numerator", "mẫu số là 0 hoặc để trống"),
        (Cell(None, 12, "not_arising"), RATE, "denominator", "mẫu số là 0 hoặc để trống"),
        (Cell(5, None, "out_of_scope"), RATE, "numerator", "để trống các số"),
        (Cell(None, 0, "not_published"), RATE, "denominator", "để trống các số"),
        (Cell(None, None, "not_arising"), COUNT, "state", "nhập 0"),
        (Cell(None, None, "not_submitted"), RATE, "state", "trong danh sách"),
        (Cell(None, None, "lạ"), RATE, "state", "trong danh sách"),
        (Cell(10**17, 1), QUOTIENT, "numerator", "quá lớn"),
        (Cell(1, 2, note="x" * 501), RATE, "note", "rút gọn"),
    ],
)
def test_a_contradiction_is_told_at_its_input(cell: Cell, asked: Asked, at: str, message: str) -> None:
    problem = judge_cell(cell, asked).problem
    assert problem is not None
    assert problem.field == at
    assert message in problem.message


@pytest.mark.parametrize("state", ["not_arising", "out_of_scope", "not_published"])
def test_a_reason_for_having_no_number_is_enough(state: str) -> None:
    judged = judge_cell(Cell(state=state), RATE)
    assert (judged.complete, judged.value, judged.problem) == (True, None, None)


COUNTS = st.one_of(st.none(), st.integers(0, 10**18))


@given(
    st.builds(Cell, COUNTS, COUNTS, st.sampled_from(["lạ", *rules.STATES])),
    st.sampled_from([RATE, COUNT, QUOTIENT, replace(RATE, zero_denominator="full_marks")]),
)
def test_what_may_be_sent_is_a_figure_that_the_table_takes(cell: Cell, asked: Asked) -> None:
    judged = judge_cell(cell, asked)
    if judged.problem is not None:
        assert not judged.complete
        return
    if judged.complete:
        rules.check_figure(
            FigureDraft(
                unit_id=1,
                indicator_id=1,
                period_id=1,
                source="don_vi",
                origin="submission:1",
                is_rate=asked.is_rate,
                state=judged.state,
                value=judged.value,
                numerator=cell.numerator,
                denominator=cell.denominator,
            )
        )


APRIL, JULY = date(2023, 4, 5), date(2023, 7, 17)


@pytest.mark.parametrize(
    ("drafted", "stands", "same", "outcome"),
    [
        (JULY, APRIL, False, "changed"),
        (JULY, None, False, "changed"),
        (None, None, False, "changed"),
        (JULY, JULY, False, "changed"),
        (JULY, APRIL, True, "changed"),  # the figure was seen again on a later day
        (JULY, JULY, True, "unchanged"),
        (APRIL, JULY, True, "unchanged"),
        (None, JULY, True, "unchanged"),
        (APRIL, JULY, False, "kept_later"),
        (None, APRIL, False, "kept_later"),
    ],
)
def test_the_later_extraction_stands(
    drafted: date | None, stands: date | None, same: bool, outcome: str
) -> None:
    draft = FigureDraft(
        unit_id=1,
        indicator_id=1,
        period_id=1,
        source="van_ban",
        origin="batch:1",
        is_rate=True,
        state="number",
        value=Decimal("35.7"),
        extracted_on=drafted,
    )
    value = Decimal("35.70") if same else Decimal("36")
    stored = StoredFigure(9, None, None, value, "number", "", "", stands, None, "batch:0", "")
    assert rules.outcome(draft, stored) == outcome
    assert rules.outcome(draft, None) == "new"
