"""Reporting periods: codes, labels, and the periods that titles and headers say.

Portals count by calendar quarters. Statutory reports run from the 15th of the month before to the 14th of
the last month (Thông tư 01/2020/TT-VPCP): Quý I = 15/12–14/3. The two are different periods.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dvctt.lib.names import nfc
from dvctt.lib.numbers import vi_date

_ROMAN_QUARTERS: Final = ("", "I", "II", "III", "IV")
_QUARTER_OF: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100


class PeriodUnknown(ValueError):
    """A code that names no period; str() says which codes there are."""


@dataclass(frozen=True, slots=True)
class PeriodSpan:
    """A period: its code, kind, first and last day (both included).

    `kind` is one of month, quarter, half, nine, year, the same five with "_statutory", or to_date.
    """

    code: str
    kind: str
    starts_on: date
    ends_on: date

    @property
    def is_statutory(self) -> bool:
        """True for a period of the statutory reports (15th to 14th)."""
        return self.kind.endswith("_statutory")

    @property
    def year(self) -> int:
        """The year that the period is counted in; a statutory one starts in December of the year before."""
        return self.ends_on.year

    @property
    def label(self) -> str:
        """The period as a Vietnamese reader says it: "Quý I/2023", "Đến 23/8/2023"."""
        match self.kind.removesuffix("_statutory"):
            case "to_date":
                return f"Đến {vi_date(self.ends_on)}"
            case "month":
                text = f"Tháng {self.ends_on.month}/{self.year}"
            case "quarter":
                text = f"Quý {_ROMAN_QUARTERS[self.ends_on.month // 3]}/{self.year}"
            case "half":
                text = f"6 tháng đầu năm {self.year}"
            case "nine":
                text = f"9 tháng năm {self.year}"
            case _:
                text = f"Năm {self.year}"
        return f"{text} (kỳ báo cáo)" if self.is_statutory else text

    def previous(self) -> PeriodSpan | None:
        """Return the period of the same kind before this one; None for a to-date one, which has none."""
        return self._moved(-1)

    def following(self) -> PeriodSpan | None:
        """Return the period of the same kind after this one; None for a to-date one, which has none."""
        return self._moved(1)

    def _moved(self, steps: int) -> PeriodSpan | None:
        base = self.kind.removesuffix("_statutory")
        months = {"month": 1, "quarter": 3}.get(base, 12)
        if base == "to_date":
            return None
        year, month = divmod(self.ends_on.year * 12 + self.ends_on.month - 1 + steps * months, 12)
        return _span(base, year, month + 1, statutory=self.is_statutory)

    def year_before(self) -> PeriodSpan | None:
        """Return the same period of the year before; None for a to-date one."""
        base = self.kind.removesuffix("_statutory")
        if base == "to_date":
            return None
        return _span(base, self.year - 1, self.ends_on.month, statutory=self.is_statutory)

    def quarters(self) -> list[PeriodSpan]:
        """Return the quarters that lie wholly inside the period, of the same reckoning, in their order."""
        every = [quarter(self.year, number, statutory=self.is_statutory) for number in range(1, 5)]
        return [one for one in every if self.starts_on <= one.starts_on and one.ends_on <= self.ends_on]


# The length in months of each kind; a period is told by its kind and its last month.
_LENGTH: Final = {"month": 1, "quarter": 3, "half": 6, "nine": 9, "year": 12}


def _first_of(year: int, month: int, months_back: int) -> date:
    year, month = divmod(year * 12 + month - 1 - months_back, 12)
    return date(year, month + 1, 1)


def _span(kind: str, year: int, last_month: int, *, statutory: bool = False) -> PeriodSpan:
    length = _LENGTH[kind]
    if statutory:
        starts_on = _first_of(year, last_month, length).replace(day=15)
        ends_on = date(year, last_month, 14)
    else:
        starts_on = _first_of(year, last_month, length - 1)
        ends_on = _first_of(year, last_month, -1) - timedelta(days=1)
    part = {
        "month": f"-T{last_month:02d}",
        "quarter": f"-Q{last_month // 3}",
        "half": "-6T",
        "nine": "-9T",
        "year": "",
    }[kind]
    code = f"{year}{part}{'-bc' if statutory else ''}"
    return PeriodSpan(code, f"{kind}_statutory" if statutory else kind, starts_on, ends_on)


def quarter(year: int, number: int, *, statutory: bool = False) -> PeriodSpan:
    """Return quarter 1 to 4 of a year, calendar or statutory."""
    return _span("quarter", year, number * 3, statutory=statutory)


def to_date(day: date) -> PeriodSpan:
    """Return the period from 1 January to a day ("đạt được đến 23/8/2023")."""
    return PeriodSpan(f"{day.year}-den-{day:%m-%d}", "to_date", date(day.year, 1, 1), day)


_CODE: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|T(?P<month>0[1-9]|1[0-2])|(?P<part>[69])T))?(?P<bc>-bc)?"
)
_TO_DATE_CODE: Final = re.compile(r"(\d{4})-den-(\d{2})-(\d{2})")


def parse_period(code: str) -> PeriodSpan:
    """Return the period of a code such as 2023-Q1, 2023-Q1-bc, 2023-T03, 2023-6T, 2023, 2023-den-08-23.

    Raises PeriodUnknown, in Vietnamese, for anything else.
    """
    if match := _TO_DATE_CODE.fullmatch(code):
        day = _day(match[1], match[2], match[3])
        if day is not None:
            return to_date(day)
    elif (match := _CODE.fullmatch(code)) and _FIRST_YEAR <= int(match["year"]) <= _LAST_YEAR:
        year, statutory = int(match["year"]), bool(match["bc"])
        if match["quarter"]:
            return quarter(year, int(match["quarter"]), statutory=statutory)
        if match["month"]:
            return _span("month", year, int(match["month"]), statutory=statutory)
        if match["part"]:
            return _span(
                "half" if match["part"] == "6" else "nine", year, int(match["part"]), statutory=statutory
            )
        return _span("year", year, 12, statutory=statutory)
    raise PeriodUnknown(
        f"Không có kỳ “{code[:40]}”. Mã kỳ có dạng 2023-Q1 (quý), 2023-Q1-bc (quý báo cáo, 15/12–14/3), "
        "2023-T03 (tháng), 2023-6T, 2023-9T, 2023 (năm) hoặc 2023-den-08-23 (từ đầu năm đến 23/8)."
    )


def span_of_dates(starts_on: date, ends_on: date) -> PeriodSpan | None:
    """Return the period that runs exactly from one day to the other, or None where there is none.

    From 1 January to a day that ends no other period it is a to-date one.
    """
    for kind, length in _LENGTH.items():
        if kind != "month" and ends_on.month != length and (kind != "quarter" or ends_on.month % 3):
            continue
        for statutory in (False, True):
            span = _span(kind, ends_on.year, ends_on.month, statutory=statutory)
            if (span.starts_on, span.ends_on) == (starts_on, ends_on):
                return span
    if (starts_on.month, starts_on.day) == (1, 1) and starts_on.year == ends_on.year and starts_on < ends_on:
        return to_date(ends_on)
    return None


# --- What a text says ------------------------------------------------------------------------------------


def _date_pattern(tag: str) -> str:
    """Return a pattern of one printed date, its groups named with the tag."""
    return (
        rf"(?:(?<!\d)(?P<d{tag}>\d{{1,2}})\s?(?:(?P<s{tag}>[/.\-])\s?(?P<m{tag}>\d{{1,2}})\s?(?P=s{tag})\s?"
        rf"(?P<y{tag}>\d{{4}})|tháng\s?(?P<mm{tag}>\d{{1,2}}),?\s?năm\s?(?P<yy{tag}>\d{{4}}))(?!\d))"
    )


_DATE: Final = re.compile(_date_pattern(""))
_RANGE: Final = re.compile(
    rf"(?:từ\s)?(?:ngày\s)?{_date_pattern('1')}\s?(?:,?\s?(?:đến|tới)(?:\s(?:hết\s)?ngày|\shết)?|[-–—])\s?"
    rf"(?:ngày\s)?{_date_pattern('2')}"
)
_UNTIL: Final = re.compile(rf"(?<!\w)(?:đến|tới)(?:\s(?:hết\s)?ngày|\shết)?\s?{_date_pattern('')}")
# A due date is not a period: "Chỉ tiêu giao đến 31/12/2023", "phấn đấu đến …".
_DUE: Final = re.compile(
    r"(?:chỉ tiêu (?:được )?giao|giao chỉ tiêu|phấn đấu|mục tiêu|thời hạn|chậm nhất)[^\n;()]{0,80}$"
)
_STATUTORY: Final = r"(?P<bc>\s?\(kỳ báo cáo\))?"
_QUARTER_WORD: Final = r"(?<!\w)(?:quý|qúy|quí|qúi)\s?(?P<quarter>iv|iii|ii|i|[1-4])"
_YEAR: Final = r"(?P<year>(?:19|20)\d{2})(?!\d)"
_QUARTER: Final = re.compile(rf"{_QUARTER_WORD}(?![\w])\s?(?:[/.,\-–—(]\s?)?(?:năm\s?)?{_YEAR}{_STATUTORY}")
_LONE_QUARTER: Final = re.compile(rf"{_QUARTER_WORD}(?!\w)")
_MONTHS: Final = re.compile(
    rf"(?<![\w/.])(?P<part>0?3|0?6|0?9|ba|sáu|chín)\stháng\s?(?:đầu\s?)?(?:năm\s?|/\s?){_YEAR}{_STATUTORY}"
)
_MONTH: Final = re.compile(
    rf"(?<!\w)tháng\s?(?P<month>\d{{1,2}})\s?(?:[/.\-–]|,?\s?năm)\s?{_YEAR}{_STATUTORY}"
)
# "năm 2023" alone is said of plans and comparisons; it is a period only as the whole text or as "cả năm".
_WHOLE_YEAR: Final = re.compile(rf"(?:^(?:kỳ:?\s)?|(?<!\w)cả\s)năm\s?{_YEAR}{_STATUTORY}(?=$|[^\w]*$)")
_MONTHS_OF: Final = {"3": 3, "6": 6, "9": 9, "ba": 3, "sáu": 6, "chín": 9}
_EXTRACTED: Final = re.compile(
    rf"(?<!chưa )(?<!không )(?:trích xuất|kết xuất|trích lục|ngày xuất|xuất (?:báo cáo|số liệu|dữ liệu)|"
    rf"lấy (?:số liệu|dữ liệu))(?:(?!{_date_pattern('0')})[^\n;]){{0,120}}?{_date_pattern('')}"
)


# As systems write it: 2023-04-17, 17/04/23.
_EXTRACTED_OTHERWISE: Final = re.compile(
    r"(?:trích xuất|kết xuất)[^\n;]{0,40}?(?<!\d)"
    r"(?:(?P<year>20\d{2})-(?P<month>\d{1,2})-(?P<day>\d{1,2})|(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<short>\d{2}))(?!\d)"
)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _matched_day(match: re.Match[str], tag: str = "") -> date | None:
    return _day(
        match[f"y{tag}"] or match[f"yy{tag}"], match[f"m{tag}"] or match[f"mm{tag}"], match[f"d{tag}"]
    )


def _said(text: str) -> str:
    # Lines stay lines: a due date in one header must not colour the next.
    return "\n".join(nfc(line) for line in text.splitlines()).casefold()


def find_dates(text: str) -> list[date]:
    """Return the days printed in a text, in its order: 28/4/2023, ngày 25 tháng 7 năm 2023."""
    days = (_matched_day(match) for match in _DATE.finditer(_said(text)))
    return [day for day in days if day is not None]


def find_extraction_date(text: str) -> date | None:
    """Return the day on which the figures were extracted, if the text says it."""
    said = _said(" ".join(text.split()))
    if match := _EXTRACTED.search(said):
        return _matched_day(match)
    if match := _EXTRACTED_OTHERWISE.search(said):
        year = match["year"] or f"20{match['short']}"
        return _day(year, match["month"] or match["m"], match["day"] or match["d"])
    return None


def settled(spans: Iterable[PeriodSpan]) -> list[PeriodSpan]:
    """Return the periods once each, without a calendar one that printed dates turn into a statutory one.

    "Quý I/2023 (từ ngày 15/12/2022 đến ngày 14/3/2023)" says one period: its dates define its name.
    """
    once = {span.code: span for span in spans}
    return [span for code, span in once.items() if f"{code}-bc" not in once]


def find_periods(text: str) -> list[PeriodSpan]:
    """Return the periods that a title or header says, in its order, each once.

    Dates of papers and due dates are not periods; "Quý I" without a year is left to find_partial_quarters.
    """
    said = _said(text)
    found: list[tuple[int, PeriodSpan]] = []

    def take(match: re.Match[str], span: PeriodSpan | None) -> str:
        if span is not None:
            found.append((match.start(), span))
        # Blanked at equal length, so that positions stay and nothing is read twice.
        return "\0" * len(match[0])

    def take_range(match: re.Match[str]) -> str:
        first, last = _matched_day(match, "1"), _matched_day(match, "2")
        return take(match, span_of_dates(first, last) if first and last and first < last else None)

    def take_until(match: re.Match[str]) -> str:
        day = _matched_day(match)
        is_due = _DUE.search(match.string, 0, match.start())
        return take(match, to_date(day) if day and not is_due else None)

    def take_quarter(match: re.Match[str]) -> str:
        number = _QUARTER_OF[match["quarter"]]
        return take(match, quarter(int(match["year"]), number, statutory=bool(match["bc"])))

    def take_months(match: re.Match[str]) -> str:
        months = _MONTHS_OF[match["part"].lstrip("0")]
        kind = {3: "quarter", 6: "half", 9: "nine"}[months]
        return take(match, _span(kind, int(match["year"]), months, statutory=bool(match["bc"])))

    def take_month(match: re.Match[str]) -> str:
        month, year = int(match["month"]), int(match["year"])
        span = _span("month", year, month, statutory=bool(match["bc"])) if 1 <= month <= 12 else None
        return take(match, span)

    said = _RANGE.sub(take_range, said)
    said = _UNTIL.sub(take_until, said)
    said = _DATE.sub(lambda match: "\0" * len(match[0]), said)
    said = _QUARTER.sub(take_quarter, said)
    said = _MONTHS.sub(take_months, said)
    said = _MONTH.sub(take_month, said)
    _WHOLE_YEAR.sub(
        lambda match: take(match, _span("year", int(match["year"]), 12, statutory=bool(match["bc"]))), said
    )
    return settled(span for _, span in sorted(found, key=lambda item: item[0]))


def find_partial_quarters(text: str) -> list[int]:
    """Return the quarters (1 to 4) that a text names without a year, each once, in its order."""
    said = _QUARTER.sub("", _said(" ".join(text.split())))
    return list(dict.fromkeys(_QUARTER_OF[match["quarter"]] for match in _LONE_QUARTER.finditer(said)))
