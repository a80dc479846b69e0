"""What a league table says in words: its heading, the sentence that answers, and the line of its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from documents.models import Document
from dvctt.lib import numbers
from indicators.models import Direction, Indicator, Period, Source
from reports import rules
from reports.selectors.league import League, LeagueRow
from reports.selectors.standing import SourceUse
from targets.models import Plan
from targets.rules import judging

LEVELS: Final = rules.LEVELS
PEERS: Final[dict[str, str]] = {
    "tinh": "tỉnh, thành phố",
    "so": "sở, ban, ngành",
    "huyen": "địa phương cấp huyện",
    "xa": "xã, phường, thị trấn",
}
SIMULATED: Final = "Số liệu mô phỏng"
NOT_CONVERTIBLE: Final = "không quy đổi được"
DOCUMENT_KINDS: Final = (
    ("QĐ", "Quyết định"),
    ("KH", "Kế hoạch"),
    ("NQ", "Nghị quyết"),
    ("BC", "Báo cáo"),
    ("CV", "Công văn"),
)
FEW: Final = 4
"""Up to so many units are all named in a sentence; of more, the three farthest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence at the top: the verdict in bold, and what it rests on."""

    verdict: str
    detail: str = ""

    def __post_init__(self) -> None:
        # "90 %" never breaks between the number and its sign.
        object.__setattr__(self, "verdict", self.verdict.replace(" %", "\N{NO-BREAK SPACE}%"))
        object.__setattr__(self, "detail", self.detail.replace(" %", "\N{NO-BREAK SPACE}%"))

    def __str__(self) -> str:
        return f"{self.verdict} {self.detail}".strip()


@dataclass(frozen=True, slots=True)
class LeagueWords:
    """All that a league table says beside its rows."""

    title: str
    answer: Answer
    area: str
    source_parts: tuple[str, ...]
    judged_by: str


def figure_text(value: Decimal | None, indicator: Indicator) -> str:
    """Return a value with its unit: "99,50 %", "1.200 hồ sơ/người"; a dash for None."""
    if indicator.is_rate:
        return numbers.vi_percent(value, indicator.decimals)
    return "–" if value is None else f"{number_text(value, indicator)} {indicator.unit_of_measure}".rstrip()


def number_text(value: Decimal | None, indicator: Indicator) -> str:
    """Return a value without its unit, as a column under its heading shows it."""
    if indicator.is_rate:
        return numbers.vi_number(value, indicator.decimals)
    return numbers.vi_number(value if value is None else numbers.round_half_up(value, 2))


def target_text(value: Decimal) -> str:
    """Return a target as plans print it: "90 %", "84,3 %"; a kept result, which has many digits, with two."""
    return numbers.vi_percent(numbers.round_half_up(value, 2), None)


def lacking_text(gap: Decimal | None, indicator: Indicator) -> str:
    """Return a gap without its sign, for "còn thiếu …"."""
    unit = "điểm %" if indicator.is_rate else indicator.unit_of_measure
    return f"{numbers.vi_number(None if gap is None else abs(gap), 2)} {unit}"


def gap_text(gap: Decimal, indicator: Indicator) -> str:
    unit = "điểm %" if indicator.is_rate else indicator.unit_of_measure
    return f"{numbers.vi_points(gap)} {unit}"


def document_text(document: Document, *, dated: bool = True) -> str:
    """Return a document as it is cited: "Kế hoạch 4872/KH-UBND ngày 25/7/2023"."""
    kind = next((words for mark, words in DOCUMENT_KINDS if mark in document.number), "")
    day = f"ngày {numbers.vi_date(document.issued_on)}" if dated and document.issued_on else ""
    return " ".join(part for part in (kind, document.number, day) if part)


def plan_text(plan: Plan) -> str:
    """Return a plan as a table cites it: "chỉ tiêu giao năm 2024, Quyết định 467/QĐ-UBND"."""
    cited = f", {document_text(plan.document, dated=False)}" if plan.document else ""
    return f"chỉ tiêu giao năm {plan.year}{cited}"


def period_text(period: Period) -> str:
    """Return the period inside a sentence: "đến 23/8/2023", "Quý I/2023"."""
    label = period.label
    return label[:1].lower() + label[1:] if label.startswith(("Đến", "Tháng")) else label


def area_text(league: League) -> str:
    return ", ".join(name.full_name for name in league.area)


def title(league: League) -> str:
    """ "Hồ sơ trực tuyến, cấp huyện, đến 23/8/2023": what, of whom, when."""
    return f"{league.indicator.short_name}, {LEVELS[league.level]}, {period_text(league.period)}"


def named(row: LeagueRow, *, with_parent: bool) -> str:
    return f"{row.unit} ({row.parent})" if with_parent and row.parent else row.unit


def answer(league: League) -> Answer:
    """Return the sentence that the table answers with, from its own figures."""
    if not league.units:
        return Answer(
            f"Không có đơn vị {LEVELS[league.level]} nào trong {area_text(league) or 'phạm vi này'} "
            f"vào ngày {numbers.vi_date(league.on)}."
        )
    if not league.all_rows:
        # The states say the whole reason: nothing is hidden behind "no data".
        if len(league.states) == 1:
            [state] = league.states
            return Answer(
                "Chưa xếp hạng được đơn vị nào.", f"Cả {numbers.vi_number(league.units)} đơn vị: {state}."
            )
        counted = "; ".join(f"{numbers.vi_number(units)} {state}" for state, units in league.states.items())
        return Answer(
            "Chưa xếp hạng được đơn vị nào.", f"Trong {numbers.vi_number(league.units)}: {counted}."
        )
    judged = [row for row in league.all_rows if row.target is not None]
    first = _judged(league, judged) if judged else _leading(league)
    return Answer(first.verdict, " ".join(part for part in (first.detail, _moves(league)) if part))


def _judged(league: League, judged: Sequence[LeagueRow]) -> Answer:
    peers = PEERS[league.level]
    reached = sum(1 for row in judged if row.status in judging.REACHED)
    goals = {(row.target, row.is_strict) for row in judged if row.status != judging.MAINTAIN}
    goal, is_strict = goals.pop() if len(goals) == 1 else (None, False)
    kept = any(row.status == judging.MAINTAIN for row in judged)
    words = "chỉ tiêu"
    if goal is not None and not kept:
        words = (
            target_text(goal)
            if league.indicator.is_rate
            else f"chỉ tiêu {figure_text(goal, league.indicator)}"
        )
        upward = league.indicator.direction == Direction.UP
        words = f"{judging.bound_words(is_strict=is_strict, higher_is_better=upward)}{words}"
    count = numbers.vi_number(len(judged))
    if reached == len(judged):
        return Answer(f"Cả {count} {peers} đã đạt {words}.")
    verdict = f"{numbers.vi_number(reached)} trong {count} {peers} đã đạt {words}."
    if not reached:
        verdict = f"Chưa {peers} nào trong {count} được giao đạt {words}."
        if len(judged) == 1:
            return Answer(
                f"{named(judged[0], with_parent=True)} chưa đạt {words}, là đơn vị duy nhất được giao."
            )
    parents = len({row.parent_id for row in judged}) > 1
    behind = sorted((row for row in judged if row.status in judging.SHORT), key=lambda row: row.gap or 0)
    worst = [row for row in behind if row.gap == behind[0].gap]
    if len(behind) > FEW and len(worst) > FEW:
        detail = (
            f"Xa nhất là {numbers.vi_number(len(worst))} đơn vị cùng còn thiếu "
            f"{lacking_text(behind[0].gap, league.indicator)}"
        )
    elif len(behind) <= FEW:
        detail = "Chưa đạt: " + ", ".join(named(row, with_parent=parents) for row in behind)
    else:
        detail = "Xa nhất là " + ", ".join(
            f"{named(row, with_parent=parents)} ({gap_text(row.gap, league.indicator)})"
            for row in behind[:3]
            if row.gap is not None
        )
    short = max(behind, key=lambda row: row.lacking or 0)
    if short.lacking:
        thing = judging.counted_thing(league.indicator.numerator)
        detail += (
            f"; thiếu nhiều {thing} nhất là {named(short, with_parent=parents)} "
            f"({numbers.vi_number(short.lacking)})"
        )
    return Answer(verdict, detail + ".")


def _leading(league: League) -> Answer:
    best = [row for row in league.all_rows if row.rank == 1]
    value = figure_text(best[0].value, league.indicator)
    parents = len({row.parent_id for row in league.all_rows}) > 1
    if len(best) <= 2:
        who = " và ".join(named(row, with_parent=parents) for row in best)
        verdict = f"{who} {'cùng ' if len(best) > 1 else ''}dẫn đầu ({value})."
    else:
        verdict = f"{numbers.vi_number(len(best))} {PEERS[league.level]} cùng dẫn đầu ({value})."
    detail = ""
    if league.median and league.ranked > 2:
        detail = f"Một nửa số đơn vị đạt từ {figure_text(league.median, league.indicator)} trở "
        detail += "lên (trung vị)." if league.indicator.direction == "up" else "xuống (trung vị)."
    zeros = sum(1 for row in league.all_rows if row.value == 0)
    if zeros and league.indicator.is_rate and best[0].value != 0:
        detail += f" {numbers.vi_number(zeros)} đơn vị ở mức 0 %."
    return Answer(verdict, detail.strip())


def _moves(league: League) -> str:
    if league.compare_with is None:
        return ""
    climbed = sum(1 for row in league.all_rows if (row.rank_change or 0) >= rules.BIG_MOVE)
    fell = sum(1 for row in league.all_rows if (row.rank_change or 0) <= -rules.BIG_MOVE)
    if not climbed and not fell:
        return ""
    return (
        f"So với {period_text(league.compare_with)}, {numbers.vi_number(climbed)} đơn vị tăng và "
        f"{numbers.vi_number(fell)} đơn vị giảm từ {rules.BIG_MOVE} bậc trở lên."
    )


def source_parts(league: League) -> list[str]:
    """Return what stands in the line of sources: source, day of extraction, coverage, total, documents."""
    parts = sources_text(league.sources, counted="đơn vị")
    parts.append(f"xếp hạng {numbers.vi_number(league.ranked)}/{numbers.vi_number(league.units)} đơn vị")
    if league.ranked:
        parts.append(total_text(league))
    documents = {document.pk: document for use in league.sources for document in use.documents}
    parts.extend(document_text(document) for document in documents.values())
    return parts


def sources_text(sources: Sequence[SourceUse], *, counted: str) -> list[str]:
    """Return each source with the days of its figures; of several also how many of the counted things."""
    parts = []
    for use in sources:
        words = SIMULATED if use.source == Source.SIMULATED else use.label
        if len(sources) > 1:
            words += f" ({numbers.vi_number(use.units)} {counted})"
        days = [numbers.vi_date(day) for day in use.extracted_on]
        if days:
            # A unit's own report is extracted from nowhere: its day is the day of approval.
            verb = "duyệt" if use.source == Source.UNIT else "trích xuất"
            words += f", {verb} {days[0]}" if len(days) == 1 else f", {verb} {days[0]} đến {days[-1]}"
        parts.append(words)
    return parts


def total_text(league: League) -> str:
    """Return the total of all peers, or why there is none: rates are added from counts, never averaged."""
    total = league.total
    if total is None or total.value is None:
        return f"chung {LEVELS[league.level]}: {NOT_CONVERTIBLE} (nguồn chỉ có tỷ lệ)"
    value = figure_text(total.value, league.indicator)
    if total.denominator is None:
        return f"chung {LEVELS[league.level]} {value}"
    return (
        f"chung {LEVELS[league.level]} {value} "
        f"({numbers.vi_number(total.numerator)}/{numbers.vi_number(total.denominator)})"
    )


def judged_by(league: League) -> str:
    """Return by which plan the table judges: "so với chỉ tiêu giao năm 2024, Quyết định 467/QĐ-UBND"."""
    return "; ".join(f"so với {plan_text(plan)}" for plan in league.plans) if league.has_targets else ""


def words_of(league: League) -> LeagueWords:
    """Return what the table says of its figures as they are now."""
    return LeagueWords(
        title=title(league),
        answer=answer(league),
        area=area_text(league),
        source_parts=tuple(source_parts(league)),
        judged_by=judged_by(league),
    )


def caption(league: League) -> str:
    """Return what stands under the table: how to read it, its source and day."""
    rules_of_reading = "Hạng tính trên số chưa làm tròn; “2=” là đồng hạng."
    if league.has_targets:
        rules_of_reading += " Vạch trên thanh là chỉ tiêu; chênh lệch âm là còn thiếu"
        rules_of_reading += ", tính bằng điểm %." if league.indicator.is_rate else "."
    if league.compare_with is not None:
        rules_of_reading += (
            f" Đổi hạng so với {period_text(league.compare_with)}, trên các đơn vị được xếp hạng ở cả hai kỳ."
        )
    return f"{title(league)}, {area_text(league)}. {rules_of_reading}"
