"""What the pages of publishing, and those that the public reads, say in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from dvctt.lib import display, numbers
from indicators.models import Direction, Indicator
from reports import wording
from reports.frozen_league import FrozenLeague
from reports.models import Publication, PublicationWithdrawal
from reports.selectors.league import League, LeagueRow
from reports.selectors.publications import PublishedPlace, PublishedTable, PublishedUnit, RowChange
from reports.wording import Answer
from targets.rules import judging


@dataclass(frozen=True, slots=True)
class ChangeLine:
    unit: str
    before: str
    after: str


def preview_answer(
    league: League, last: Publication | None, withdrawal: PublicationWithdrawal | None
) -> Answer:
    """Return what pressing the button would do."""
    count = numbers.vi_number(league.units)
    verdict = f"Công bố bảng {count} {wording.PEERS[league.level]} của {wording.area_text(league)}."
    if last is None:
        return Answer(verdict, "Chưa công bố lần nào. Công bố rồi ai cũng xem được, không cần đăng nhập.")
    if withdrawal is not None:
        day = numbers.vi_date(timezone.localdate(withdrawal.at))
        taken_back = f"Lần {last.revision} đã thu hồi ngày {day} ({withdrawal.reason})"
        return Answer(verdict, f"{taken_back}; công bố thì bảng công khai lại.")
    day = numbers.vi_date(timezone.localdate(last.at))
    return Answer(verdict, f"Lần {last.revision} công bố ngày {day}; lần này thay cho lần đó.")


def withdrawn_text(publication: Publication, standing: Publication | None) -> str:
    """Return what taking it back has done, given the revision that stands all the same."""
    if standing is None:
        return "Đã thu hồi. Trang công khai không còn hiện số liệu của bảng này."
    return f"Đã thu hồi lần {publication.revision}; lần {standing.revision} vẫn đang công khai."


def warnings(league: League) -> list[str]:
    """Return what somebody should know before the table is public: who is not in it, and what may change."""
    found = []
    if league.period.open_for_entry:
        found.append("Kỳ này còn đang thu số liệu: báo cáo duyệt về sau không tự vào bảng đã công bố.")
    if league.unranked:
        counted = "; ".join(f"{numbers.vi_number(units)} {state}" for state, units in league.states.items())
        left_out, units = numbers.vi_number(len(league.unranked)), numbers.vi_number(league.units)
        found.append(f"{left_out} trong {units} đơn vị không xếp hạng ({counted}).")
        found.append("Trang công khai nêu tên các đơn vị này kèm lý do.")
    return found


def also_changed(before: FrozenLeague, after: FrozenLeague) -> list[str]:
    """Return what differs besides the units' lines."""
    was, now = before.content, after.content
    parts = {
        "định nghĩa chỉ tiêu": was["indicator"] != now["indicator"] or was["defined_in"] != now["defined_in"],
        "nguồn hoặc ngày số liệu": was["words"]["source_parts"] != now["words"]["source_parts"],
        "kế hoạch dùng để đánh giá": was["words"]["judged_by"] != now["words"]["judged_by"],
    }
    return [words for words, differs in parts.items() if differs]


def change_lines(changes: Iterable[RowChange], indicator: Indicator) -> list[ChangeLine]:
    return [
        ChangeLine(one.name, row_text(one.before, indicator), row_text(one.after, indicator))
        for one in changes
    ]


def row_text(row: LeagueRow | None, indicator: Indicator) -> str:
    """Return a line of a table in words: "hạng 2=, 97,14 %, chỉ tiêu 90 %"."""
    if row is None:
        return "không có trong bảng"
    if row.rank is None:
        return row.reason
    said = f"hạng {row.place}, {wording.figure_text(row.value, indicator)}"
    if row.denominator is not None or row.numerator is not None:
        said += f" ({numbers.vi_counts(row.numerator, row.denominator)})"
    if row.target is not None:
        said += f", chỉ tiêu {_target_text(row, indicator)}"
    return said


def _target_text(row: LeagueRow, indicator: Indicator) -> str:
    """Return the row's target as plans print it: "90 %", "trên 90 %"."""
    assert row.rounded_target is not None  # noqa: S101  asked only where there is one
    upward = indicator.direction == Direction.UP
    bound = judging.bound_words(is_strict=row.is_strict, higher_is_better=upward)
    if indicator.is_rate:
        return f"{bound}{wording.target_text(row.rounded_target)}"
    return f"{bound}{wording.figure_text(row.rounded_target, indicator)}"


def days_text(days: Sequence[date]) -> str:
    """Return the day of the figures: "17/7/2023", "10/10/2023 đến 12/10/2023"."""
    if not days:
        return "nguồn không ghi ngày"
    first, last = numbers.vi_date(days[0]), numbers.vi_date(days[-1])
    return first if first == last else f"{first} đến {last}"


def file_remarks(published: PublishedTable) -> list[str]:
    """Return what a file says of its publication."""
    publication = published.publication
    day = numbers.vi_date(timezone.localdate(publication.at))
    document = f", {publication.cited}" if publication.cited else ""
    remarks = [
        f"Công bố lần {publication.revision} ngày {day}{document}",
        f"Số liệu ngày: {days_text(published.data_days)}",
    ]
    if published.successor is not None:
        later = numbers.vi_date(timezone.localdate(published.successor.at))
        remarks.append(f"Đã được thay bằng lần {published.successor.revision}, công bố ngày {later}")
    return remarks


def list_answer(tables: int, latest: Publication | None) -> Answer:
    """Return how much there is to read, and the latest of it."""
    if latest is None:
        return Answer("Chưa công bố bảng xếp hạng nào.")
    day, words = numbers.vi_date(timezone.localdate(latest.at)), latest.content["words"]
    return Answer(
        f"Đang công khai {numbers.vi_number(tables)} bảng xếp hạng.",
        f"Mới nhất: {words['title']}, {words['area']}, công bố ngày {day}.",
    )


def unit_answer(unit: PublishedUnit) -> Answer:
    """Return where the unit stands by its latest figure, in the widest table, and what it lacks."""
    place = unit.places[0]
    row, indicator = place.row, place.indicator
    about = f"{indicator.short_name}, {place.period}"
    if row.rank is None:
        return Answer(f"{unit.name} chưa được xếp hạng.", f"{about}: {place_line(place)}")
    shared = " (đồng hạng)" if row.place.endswith("=") else ""
    verdict = (
        f"{unit.name} xếp thứ {row.rank}{shared} trong {numbers.vi_number(place.ranked)} "
        f"{wording.PEERS[place.publication.level]} của {place.words.area}: "
        f"{wording.figure_text(row.value, indicator)}."
    )
    return Answer(verdict, f"{about}. {why_text(row, indicator)}".strip())


def place_line(place: PublishedPlace) -> str:
    """Return why the unit stands where it does, or why it stands nowhere."""
    if place.row.rank is not None:
        return why_text(place.row, place.indicator)
    said = place.row.reason
    if place.row.state == judging.TOO_FEW:
        said += f"; {few_text(place.indicator)}"
    return f"{said}."


def few_text(indicator: Indicator) -> str:
    """Return from how many cases a unit is ranked: "dưới 10 hồ sơ thì không xếp hạng"; "" from the first."""
    if not indicator.min_cases:
        return ""
    counted = (indicator.denominator or indicator.numerator).removeprefix("Tổng số ")
    thing = judging.counted_thing(counted)
    return f"dưới {numbers.vi_number(indicator.min_cases)} {thing} thì không xếp hạng"


def why_text(row: LeagueRow, indicator: Indicator) -> str:
    """Return why a ranked unit stands where it does: its counts, and its target with what it lacks."""
    parts = []
    if row.numerator is not None and row.denominator is not None:
        parts.append(
            f"{numbers.vi_number(row.numerator)} trên {numbers.vi_number(row.denominator)} "
            f"({_inside(indicator.numerator)} trên {_inside(indicator.denominator)})"
        )
    if row.target is not None and row.status != judging.NONE:
        word = display.BAND_WORDS[row.status].split(" ", 1)[1].lower()
        said = f"chỉ tiêu {_target_text(row, indicator)}: {word}"
        if row.lacking:
            thing = judging.counted_thing(indicator.numerator)
            said += f", còn thiếu {numbers.vi_number(row.lacking)} {thing}"
        parts.append(said)
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _inside(words: str) -> str:
    """Return the words as they stand inside a sentence; "TTHC" keeps its capitals."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
