"""What a reviewer is told to look at: each rule with the figures that call it, and those that do not."""

from decimal import Decimal

import pytest

from dvctt.lib.periods import parse_period
from indicators.rules import risk
from indicators.rules.risk import Known, Measure

RATE = Measure(True, "%", min_cases=10)
COUNT = Measure(False, "hồ sơ")
NONE_ARISING = Known(None, None, None, "not_arising")


def rate(value: str, counts: tuple[int, int] | None = None) -> Known:
    numerator, denominator = counts or (None, None)
    return Known(numerator, denominator, Decimal(value), "number")


def count(value: int) -> Known:
    return Known(value, None, Decimal(value), "number")


def words(flag: risk.Flag | None) -> str:
    return flag.words if flag else ""


def test_a_part_larger_than_its_whole_is_an_error_for_a_rate_only() -> None:
    over = Known(4120, 412, Decimal(1000), "number")
    flag = risk.above_denominator(over, RATE)
    assert flag is not None
    assert (flag.words, flag.is_error) == ("Tử số lớn hơn mẫu số (4.120 > 412)", True)
    assert risk.above_denominator(over, COUNT) is None  # nine minutes for two cases
    assert risk.above_denominator(rate("50"), RATE) is None


@pytest.mark.parametrize(
    ("now", "previous", "told"),
    [
        (rate("76.4"), rate("41.2"), "Tăng 35,2 điểm % so với kỳ trước"),
        (rate("7.71"), rate("41.20"), "Giảm 33,49 điểm % so với kỳ trước"),
        (rate("61.2"), rate("41.2"), ""),  # twenty and not more
        (rate("61.2"), None, ""),
        (rate("61.2"), NONE_ARISING, ""),
        (NONE_ARISING, rate("61.2"), ""),
    ],
)
def test_more_than_twenty_points_is_a_jump_and_an_unknown_earlier_figure_is_none(
    now: Known, previous: Known | None, told: str
) -> None:
    assert words(risk.jumped(now, previous, RATE)) == told
    assert risk.jumped(count(900), count(3), COUNT) is None


def test_a_number_far_from_the_units_own_eight_quarters_is_told_once() -> None:
    past = [Decimal(text) for text in ("70", "71", "71.5", "72", "70.5", "71", "72", "71.2")]
    assert words(risk.unusual(rate("60"), past, RATE)) == "Khác hẳn 8 kỳ trước của đơn vị (trung vị 71,1 %)"
    assert risk.unusual(rate("75"), past, RATE) is None
    assert risk.unusual(rate("60"), past[:3], RATE) is None
    assert risk.unusual(NONE_ARISING, past, RATE) is None
    overdue = [Decimal(one) for one in (2, 0, 3, 1)]
    assert words(risk.unusual(count(40), overdue, COUNT)).endswith("(trung vị 1,5 hồ sơ)")

    def kinds(now: str) -> list[str]:
        flags = risk.judge_risk(
            rate(now), previous=rate("71.2"), past=past, official=None, source="", measure=RATE
        )
        return [flag.kind for flag in flags if flag.needs_words]

    assert (kinds("60"), kinds("40"), kinds("71")) == (["unusual"], ["jumped"], [])


def test_a_number_that_became_a_reason_is_told() -> None:
    assert risk.lost_number(NONE_ARISING, rate("41.2")) is not None
    for now, previous in (
        (NONE_ARISING, None),
        (NONE_ARISING, NONE_ARISING),
        (rate("0"), rate("41.2")),
        (Known(None, None, None, "number"), rate("41.2")),  # not entered yet
    ):
        assert risk.lost_number(now, previous) is None


def test_few_cases_are_fewer_than_the_catalogue_ranks() -> None:
    assert words(risk.few_cases(rate("50", (1, 2)), RATE)) == "Ít hồ sơ: mẫu số 2, dưới 10"
    assert risk.few_cases(rate("50", (5, 10)), RATE) is None
    assert risk.few_cases(rate("50"), RATE) is None
    assert risk.few_cases(rate("50", (1, 2)), RATE._replace(min_cases=0)) is None


@pytest.mark.parametrize(
    ("now", "official", "measure", "told"),
    [
        (rate("96.6666666667"), rate("96.67"), RATE, ""),
        (rate("96.685"), rate("96.67"), RATE, ""),
        (rate("96.69"), rate("96.67"), RATE, "Khác Cổng +0,02 điểm %"),
        (rate("90"), rate("96.67"), RATE, "Khác Cổng −6,67 điểm %"),
        (count(2), count(5), COUNT, "Khác Cổng −3 hồ sơ"),
        (NONE_ARISING, rate("96.67"), RATE, "Cổng có số, báo cáo không có số"),
        (rate("90"), NONE_ARISING, RATE, ""),
        (rate("90"), None, RATE, ""),
    ],
)
def test_what_the_portal_has_otherwise_is_told_beyond_two_roundings(
    now: Known, official: Known | None, measure: Measure, told: str
) -> None:
    assert words(risk.differs(now, official, measure, source="Cổng")) == told


def test_a_report_repeats_the_last_only_where_every_cell_does() -> None:
    same = rate("50", (30, 60))
    assert risk.repeated([(same, same), (NONE_ARISING, NONE_ARISING)]) is not None
    assert risk.repeated([(rate("66.6666666667", (2, 3)), rate("66.67"))]) is not None
    assert risk.repeated([(same, rate("50", (31, 62)))]) is None
    assert risk.repeated([(same, same), (count(2), count(3))]) is None
    assert risk.repeated([(same, same), (count(2), None)]) is None
    assert risk.repeated([(NONE_ARISING, NONE_ARISING)]) is None
    assert risk.repeated([]) is None


def test_a_line_of_the_queue_counts_the_flags_and_tells_three_kinds() -> None:
    flags = risk.judge_risk(
        rate("76.4", (3, 4)), previous=rate("41.2"), official=rate("70"), source="Cổng", measure=RATE
    )
    assert risk.flags_in_words(flags) == "3 chỗ: tăng 35,2 điểm %; khác Cổng; ít hồ sơ"
    assert risk.flags_in_words(flags[1:2] * 4) == "4 chỗ: khác Cổng"
    many = [risk.Flag("x", text, text) for text in "abcd"]
    assert risk.flags_in_words(many) == "4 chỗ: a; b; c; …"
    assert risk.flags_in_words(()) == ""


def test_the_year_before_is_the_same_period_of_it() -> None:
    told = {code: parse_period(code).year_before() for code in ("2023-Q4", "2023-Q1-bc", "2023-6T")}
    assert [one.code for one in told.values() if one] == ["2022-Q4", "2022-Q1-bc", "2022-6T"]
    assert parse_period("2023-den-08-23").year_before() is None
