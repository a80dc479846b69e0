"""Rules, definitions and sentences for the tests of this app."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

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


_NUMBER = r"(\d[\d.]*(?:,\d+)?)"


def said(text: str) -> Decimal:
    """Return the number of a Vietnamese text: 1.234,5."""
    return Decimal(text.replace(".", "").replace(",", "."))


def recomputed_formal(sentence: str, *, cap: Decimal = Decimal(100)) -> tuple[Decimal, Decimal]:
    """Reckon (assigned, stretch) from nothing but the sentence's own numbers."""
    if "không có số liệu gốc" in sentence or "chưa có số liệu gốc" in sentence:
        found = re.search(rf"Trung ương {_NUMBER} %\.$", sentence)
        assert found, sentence
        return said(found[1]), said(found[1])
    compared = "(nhỏ hơn|bằng hoặc lớn hơn)"
    found = re.search(rf" là {_NUMBER} %, {compared} chỉ tiêu Trung ương {_NUMBER} %", sentence)
    assert found, sentence
    result, central = said(found[1]), said(found[3])
    assert (found[2] == "nhỏ hơn") == (result < central), sentence
    if result < central:
        return central, central
    product = re.search(rf"\({_NUMBER} × {_NUMBER} = {_NUMBER}", sentence)
    assert product, sentence
    assert said(product[1]) == result
    assert said(product[1]) * said(product[2]) == said(product[3])
    return result, min(cap, said(product[3]))


def recomputed_catch_up(sentence: str) -> Decimal | None:
    """Return the target that the sentence's own numbers give, None for a kept result."""
    found = re.match(
        rf"Kết quả in {_NUMBER} %, (?:từ {_NUMBER} đến )?(dưới|không dưới) {_NUMBER} % \([^()]+\): (.+)\.$",
        sentence,
    )
    assert found, sentence
    result, limit = said(found[1]), said(found[4])
    assert (found[3] == "dưới") == (result < limit), sentence
    if found[2]:
        assert result >= said(found[2]), sentence
    if found[3] == "không dưới":
        kept = re.search(rf"duy trì kết quả đạt được \({_NUMBER} %, tức ([\d.]+)/([\d.]+)\)", found[5])
        assert kept, sentence
        assert abs(said(kept[2]) / said(kept[3]) * 100 - said(kept[1])) <= Decimal("0.005")
        return None
    given = re.fullmatch(rf"giao {_NUMBER} %", found[5])
    assert given, sentence
    return said(given[1])
