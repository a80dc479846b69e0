"""Rules, definitions and sentences for the tests of this app."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Final

from dvctt.lib import numbers
from targets import rules
from targets.rules import Baseline, Decision, Measure, ReadyRule

MINUTES = Measure(higher_is_better=False, is_rate=False, unit="phút")
SO_BANDS = [
    {"below": 20, "target": 30},
    {"below": 50, "target": 50},
    {"below": 80, "target": 85},
    {"below": 90, "target": 90},
]


def formal(*, measure: Measure | None = None, **parameters: Any) -> ReadyRule:
    return rules.ready_rule(
        kind="formal", parameters={"central": 50} | parameters, measure=measure or Measure()
    )


def catch_up(
    *bands: dict[str, Any], group: str = "Thị xã Quảng Yên", measure: Measure | None = None, **parameters: Any
) -> ReadyRule:
    return rules.ready_rule(
        kind="catch_up_or_maintain",
        parameters={"bands": list(bands) or [{"below": 90, "target": 90}]} | parameters,
        measure=measure or Measure(),
        group=group,
    )


def baseline(value: str | Decimal | None, printed: str = "", **fields: Any) -> Baseline:
    return Baseline(None if value is None else Decimal(value), printed, **fields)


def changed(one: Baseline, **changes: Any) -> Baseline:
    """The same figure but for these fields."""
    names = ("value", "printed", "state", "numerator", "denominator", "is_out_of_scope", "floor")
    return Baseline(**({name: getattr(one, name) for name in names} | changes))


def decided(rule: ReadyRule, result: Baseline) -> Decision:
    decision = rule.decide(result)
    assert isinstance(decision, Decision)
    return decision


def rule_json(**changes: Any) -> dict[str, Any]:
    rule = {
        "indicator": "HSTT",
        "label": "Mọi xã",
        "scope": {"levels": ["xa"]},
        "kind": "catch_up_or_maintain",
        "parameters": {"bands": [{"below": 90, "target": 90}]},
    }
    return rule | changes


def plan_json(*rules_of_plan: dict[str, Any], **changes: Any) -> dict[str, Any]:
    definition = {
        "code": "ke-hoach",
        "name": "Kế hoạch thử",
        "year": 2023,
        "owner": "Tỉnh Quảng Ninh",
        "baseline": {"period": "2023-Q1"},
        "rules": list(rules_of_plan) or [rule_json()],
    }
    return definition | changes


# --- Sentences, reckoned again from nothing but their own numbers ------------------------------------------

_NUMBER = r"(−?\d[\d.]*(?:,\d+)?)"
_UNIT = r"(?:%|phút|hồ sơ/người|hồ sơ)"

Levels = tuple[Decimal, Decimal | None]
"""What a sentence assigns, and what is to be striven for where it says so."""


def said(text: str) -> Decimal:
    """Return the number of a Vietnamese text: 1.234,5."""
    return Decimal(text.replace(".", "").replace(",", ".").replace("−", "-"))


def recomputed(kind: str, sentence: str) -> Levels | None:
    """Reckon what a rule of the kind assigns, None for nothing, from nothing but the sentence's own numbers.

    Rounding, waivers and what was assigned from above are reckoned again where the sentence tells of them.
    """
    if sentence.endswith("kế hoạch không giao."):
        _check_why_nothing(sentence)
        return None
    levels = _RECOMPUTED[kind](sentence)
    return _lifted(_rounded(levels, sentence), sentence)


def _check_why_nothing(sentence: str) -> None:
    """The reasons that are comparisons hold by their own numbers; the others are facts."""
    few = re.search(rf"ít hồ sơ \({_NUMBER}(?:/{_NUMBER})?, dưới {_NUMBER}\)", sentence)
    if few:
        assert said(few[2] or few[1]) < said(few[3]), sentence
        return
    waived = re.search(rf"được miễn: cả kỳ có {_NUMBER} hồ sơ, ít hơn mức {_NUMBER} {_UNIT}, ", sentence)
    if waived:
        assert said(waived[1]) < said(waived[2]), sentence
        assert re.search(rf"(?:chung|giao) [^;]*?{re.escape(waived[2])} ", sentence), sentence
        return
    assert re.search("chưa có số liệu gốc|không thuộc phạm vi|cấp trên chưa giao", sentence, re.I), sentence


def _shown(levels: Levels, found: re.Match[str], first: int) -> Levels:
    """Check levels against the words "giao 85 %, phấn đấu 90 %", whose numbers are two groups."""
    told = (said(found[first]), said(found[first + 1]) if found[first + 1] else None)
    assert told == levels, found.string
    return levels


_GIVEN = rf"giao {_NUMBER} {_UNIT}(?:, phấn đấu {_NUMBER} {_UNIT})?"


def _rounded(levels: Levels, sentence: str) -> Levels:
    found = re.search(
        rf"; làm tròn (lên|xuống|đến) bội số (?:gần nhất )?của {_NUMBER}"
        rf"((?:, không (?:quá|dưới) {_NUMBER})*): {_GIVEN}",
        sentence,
    )
    if found is None:
        return levels
    way = {"lên": ROUND_CEILING, "xuống": ROUND_FLOOR, "đến": ROUND_HALF_UP}[found[1]]
    step = said(found[2])
    bounds = re.findall(rf", không (quá|dưới) {_NUMBER}", found[3])

    def of(level: Decimal) -> Decimal:
        level = (level / step).to_integral_value(rounding=way) * step
        for word, bound in bounds:
            level = min(level, said(bound)) if word == "quá" else max(level, said(bound))
        return level

    assigned, stretch = levels
    return _shown((of(assigned), None if stretch is None else of(stretch)), found, 5)


def _lifted(levels: Levels, sentence: str) -> Levels:
    found = re.search(rf"; không (thấp|cao) hơn mức {_NUMBER} {_UNIT} mà .+? giao: {_GIVEN}\.$", sentence)
    if found is None:
        return levels
    floor, harder = said(found[2]), max if found[1] == "thấp" else min
    assigned, stretch = levels
    assert harder(assigned, floor) == floor != assigned, "told of a floor that changed nothing"
    return _shown((floor, None if stretch is None else harder(stretch, floor)), found, 3)


def recomputed_formal(sentence: str) -> tuple[Decimal, Decimal]:
    """Reckon (assigned, stretch) from nothing but the sentence's own numbers."""
    if "không có số liệu gốc" in sentence or "chưa có số liệu gốc" in sentence:
        found = re.search(rf"giao bằng chỉ tiêu Trung ương {_NUMBER} {_UNIT}[.;]", sentence)
        assert found, sentence
        return said(found[1]), said(found[1])
    found = re.search(
        rf" (?:là {_NUMBER} {_UNIT}, làm tròn|là|in là) {_NUMBER} {_UNIT}, "
        rf"(bằng hoặc )?(nhỏ|lớn) hơn chỉ tiêu Trung ương {_NUMBER} {_UNIT}: ",
        sentence,
    )
    assert found, sentence
    result, central = said(found[2]), said(found[5])
    if found[1]:
        _check_rounding(said(found[1]), found[2], sentence)
    if not found[3]:
        assert (result < central) if found[4] == "nhỏ" else (result > central), sentence
        assert f"phấn đấu bằng {found[5]} " in sentence
        return central, central
    assert (result >= central) if found[4] == "lớn" else (result <= central), sentence
    given = re.search(rf": giao {_NUMBER} {_UNIT}(?: \(không (quá|dưới) {_NUMBER}\))?; phấn đấu", sentence)
    assert given, sentence
    assigned = _within(result, given[2], given[3])
    assert said(given[1]) == assigned, sentence
    return assigned, _grown(assigned, sentence)


def _check_rounding(exact: Decimal, rounded: str, sentence: str) -> None:
    decimals = len(rounded.partition(",")[2])
    # Trailing zeros are not shown: 95,0 reads 95.
    assert any(
        numbers.round_half_up(exact, more) == said(rounded) for more in range(decimals, numbers.RATE_DECIMALS)
    ), sentence


def _within(value: Decimal, word: str | None, bound: str | None) -> Decimal:
    if word is None or bound is None:
        return value
    return min(value, said(bound)) if word == "quá" else max(value, said(bound))


def _grown(result: Decimal, sentence: str) -> Decimal:
    """Reckon "tăng thêm 10 % (43 × 1,10 = 47,3, không quá 100)" on the result."""
    found = re.search(
        rf"(tăng|giảm) thêm {_NUMBER} (%|điểm %|phút|hồ sơ/người) "
        rf"\({_NUMBER} ([×+−]) {_NUMBER} = {_NUMBER}"
        rf"(?:, không (quá|dưới) {_NUMBER}|(, làm tròn 10 [^)]+))?\)",
        sentence,
    )
    assert found, sentence
    sign = 1 if found[1] == "tăng" else -1
    first, second, total = said(found[4]), said(found[6]), said(found[7])
    assert first == result, sentence
    if found[5] == "×":
        assert (second, found[3]) == (1 + sign * said(found[2]) / 100, "%"), sentence
        assert first * second == total, sentence
    else:
        assert (found[5] == "+", second) == (sign > 0, said(found[2])), sentence
        assert first + sign * second == total, sentence
    within = _within(total, found[8], found[9])
    assert found[8] is None or within != total, "told of a bound that changed nothing"
    rounded = numbers.round_half_up(within, numbers.RATE_DECIMALS)
    assert found[10] is None or rounded != total, sentence
    return rounded


def recomputed_growth(sentence: str) -> Levels:
    """Reckon what a result grows to, or what is assigned without one."""
    without = re.search(rf"chưa có số liệu gốc[^;]*; giao {_NUMBER} {_UNIT} theo kế hoạch[.;]", sentence)
    if without:
        return said(without[1]), None
    found = re.search(rf" (?:là {_NUMBER} {_UNIT}, làm tròn|là|in là) {_NUMBER} {_UNIT}: ", sentence)
    assert found, sentence
    if found[1]:
        _check_rounding(said(found[1]), found[2], sentence)
    level = _grown(said(found[2]), sentence)
    given = re.search(rf"\), giao {_NUMBER} {_UNIT}[.;]", sentence)
    assert given, sentence
    assert said(given[1]) == level, sentence
    return level, None


def recomputed_fixed(sentence: str) -> Levels:
    """Read the common level; there is nothing to reckon, but that the result does not count."""
    found = re.match(
        rf"Giao mức chung (?:tối thiểu |trên |tối đa |dưới )?{_NUMBER} {_UNIT} \([^()]+\); "
        r"kết quả .+, không dùng để tính[.;]",
        sentence,
    )
    assert found, sentence
    return said(found[1]), None


def recomputed_ladder(sentence: str) -> Levels:
    """Climb from the first year's level, by the step, to the year."""
    found = re.match(
        rf"Năm (\d+) giao {_NUMBER} {_UNIT}, mỗi năm (tăng|giảm) {_NUMBER} (?:điểm %|phút|hồ sơ/người) "
        r"\([^()]+\): "
        rf"năm (\d+) \({_NUMBER} [+−] (\d+) × {_NUMBER} = {_NUMBER}(?:, không (quá|dưới) {_NUMBER})?\) "
        rf"giao {_NUMBER} {_UNIT}; kết quả .+, không dùng để tính[.;]",
        sentence,
    )
    assert found, sentence
    years = int(found[5]) - int(found[1])
    assert (years, said(found[2]), said(found[4])) == (int(found[7]), said(found[6]), said(found[8])), (
        sentence
    )
    climbed = said(found[2]) + (1 if found[3] == "tăng" else -1) * years * said(found[4])
    assert climbed == said(found[9]), sentence
    level = _within(climbed, found[10], found[11])
    assert said(found[12]) == level, sentence
    return level, None


def recomputed_cascade(sentence: str) -> Levels:
    """Add to what came from above."""
    found = re.match(
        rf".+? giao {_NUMBER} {_UNIT} \([^()]+\): giao lại"
        rf"(?: \({_NUMBER} ([+−]) {_NUMBER} = {_NUMBER}(?:, không (quá|dưới) {_NUMBER})?\))? "
        rf"{_NUMBER} {_UNIT}; kết quả .+, không dùng để tính[.;]",
        sentence,
    )
    assert found, sentence
    floor, level = said(found[1]), said(found[1])
    if found[2]:
        assert said(found[2]) == floor, sentence
        level = floor + (1 if found[3] == "+" else -1) * said(found[4])
        assert level == said(found[5]), sentence
        level = _within(level, found[6], found[7])
        if found[6] == "quá":  # a cap below what came from above bounds only what is added
            level = max(floor, level)
    assert said(found[8]) == level, sentence
    return level, None


def recomputed_catch_up(sentence: str) -> Decimal | None:
    """Return the target that the sentence's own numbers give, None for a kept result."""
    target, _ = _caught_up(sentence)
    return target


def _caught_up(sentence: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the band's target, or else the kept result as it is shown, to two decimals."""
    found = re.match(
        rf"Kết quả (?:in |{_NUMBER} {_UNIT}, làm tròn )?{_NUMBER} {_UNIT}, (?:từ {_NUMBER} đến )?"
        rf"(dưới|không dưới|trên|không quá) {_NUMBER} {_UNIT} \([^()]+\): (.+?)[.;](?: |$)",
        sentence,
    )
    assert found, sentence
    result, limit = said(found[2]), said(found[5])
    if found[1]:
        _check_rounding(said(found[1]), found[2], sentence)
    higher_is_better = "dưới" in found[4]
    falls_short = result < limit if higher_is_better else result > limit
    assert (found[4] in {"dưới", "trên"}) == falls_short, sentence
    if found[3]:
        assert result >= said(found[3]) if higher_is_better else result <= said(found[3]), sentence
    if not falls_short:
        kept = re.search(
            rf"duy trì kết quả đạt được \({_NUMBER} {_UNIT}(?:, tức ([\d.]+)/([\d.]+))?\)", found[6]
        )
        assert kept, sentence
        if kept[2]:
            assert abs(said(kept[2]) / said(kept[3]) * 100 - said(kept[1])) <= Decimal("0.005"), sentence
        return None, said(kept[1])
    given = re.fullmatch(rf"giao {_NUMBER} {_UNIT}", found[6])
    assert given, sentence
    return said(given[1]), None


def _caught_up_levels(sentence: str) -> Levels:
    target, kept = _caught_up(sentence)
    level = kept if target is None else target
    assert level is not None
    return level, None


_RECOMPUTED: Final[dict[str, Callable[[str], Levels]]] = {
    "formal": recomputed_formal,
    "growth": recomputed_growth,
    "fixed": recomputed_fixed,
    "ladder": recomputed_ladder,
    "cascade": recomputed_cascade,
    "catch_up_or_maintain": _caught_up_levels,
}
