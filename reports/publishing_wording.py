"""What the pages of publishing, and those that the public reads, say in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from dvctt.lib import display, numbers
from indicators.models import Indicator
from reports import wording
from reports.models import Publication
from reports.selectors.league import League, LeagueRow
from reports.selectors.publications import PublishedPlace, PublishedTable, PublishedUnit, RowChange
from reports.wording import Answer
from targets.rules import judging


@dataclass(frozen=True, slots=True)
class ChangeLine:
    unit: str
    before: str
    after: str


def preview_answer(league: League, last: Publication | None) -> Answer:
    """Return what pressing the button would do."""
    count = numbers.vi_number(league.units)
    verdict = f"Công bố bảng {count} {wording.PEERS[league.level]} của {wording.area_text(league)}."
    if last is None:
        return Answer(verdict, "Chưa công bố lần nào. Công bố rồi ai cũng xem được, không cần đăng nhập.")
    day = numbers.vi_date(timezone.localdate(last.at))
    return Answer(verdict, f"Lần {last.revision} công bố ngày {day}; lần này thay cho lần đó.")


def warnings(league: League) -> list[str]:
    """Return what somebody should know before the table is public: who is not in it, and why."""
    if not league.unranked:
        return []
    counted = "; ".join(f"{numbers.vi_number(units)} {state}" for state, units in league.states.items())
    left_out, units = numbers.vi_number(len(league.unranked)), numbers.vi_number(league.units)
    return [
        f"{left_out} trong {units} đơn vị không xếp hạng ({counted}).",
        "Trang công khai nêu tên các đơn vị này kèm lý do.",
    ]


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
        said += f", chỉ tiêu {numbers.vi_number(row.rounded_target)}"
    return said


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
    document = f", {wording.document_text(publication.document)}" if publication.document else ""
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
    """Return where the unit stands by its latest figure, and what it lacks."""
    place = next((one for one in unit.places if one.row.rank is not None), unit.places[0])
    row, indicator = place.row, place.indicator
    about = f"{indicator.short_name}, {wording.period_text(place.publication.period)}"
    if row.rank is None:
        return Answer(f"{unit.name} chưa được xếp hạng.", f"{about}: {row.reason}.")
    shared = " (đồng hạng)" if row.place.endswith("=") else ""
    verdict = (
        f"{unit.name} xếp thứ {row.rank}{shared} trong {numbers.vi_number(place.ranked)} "
        f"{wording.PEERS[place.publication.level]}: {wording.figure_text(row.value, indicator)}."
    )
    return Answer(verdict, f"{about}. {why_text(row, indicator)}".strip())


def why_text(row: LeagueRow, indicator: Indicator) -> str:
    """Return why the unit stands where it does: its counts, and its target with what it lacks."""
    parts = []
    if row.numerator is not None and row.denominator is not None:
        parts.append(
            f"{numbers.vi_number(row.numerator)} trên {numbers.vi_number(row.denominator)} "
            f"({indicator.numerator[:1].lower()}{indicator.numerator[1:]} trên "
            f"{indicator.denominator[:1].lower()}{indicator.denominator[1:]})"
        )
    if row.target is not None and row.status != judging.NONE:
        word = display.BAND_WORDS[row.status].split(" ", 1)[1].lower()
        said = f"chỉ tiêu {wording.figure_text(row.rounded_target, indicator)}: {word}"
        if row.lacking:
            thing = judging.counted_thing(indicator.numerator)
            said += f", còn thiếu {numbers.vi_number(row.lacking)} {thing}"
        parts.append(said)
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def place_line(place: PublishedPlace) -> str:
    return why_text(place.row, place.indicator) or place.row.reason
