"""What a sheet says of itself above its table: paper, province, period, day of extraction.

What is said twice must agree, and must agree with what the person chose; nothing is taken for granted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dvctt.lib import names, periods
from dvctt.lib.numbers import vi_date
from dvctt.lib.periods import PeriodSpan
from imports.rules.layouts import FIGURES, TARGET, Labels
from imports.rules.problems import ImportRefused
from imports.rules.tables import SheetTables, Words

NATIONAL_PORTAL: Final = "cong_dvcqg"
PUBLISHED: Final = "van_ban"
_DAY: Final = r"(?:\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}|\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})"
# "(Kèm theo Kế hoạch số 4872/KH-UBND ngày 25 tháng 7 năm 2023 của Chủ tịch UBND tỉnh Quảng Nam)"
_PAPER: Final = re.compile(
    r"kèm theo\s+(?P<kind>[^\d(]{2,40}?)\s+số:?\s*(?P<number>\d[\w.]*\s?/\s?[\w./-]*[^\W\d_])\s*,?\s*"
    rf"(?:ngày\s+(?P<day>{_DAY})\s*,?\s*)?(?:của\s+(?P<issuer>[^();.]+))?",
    re.IGNORECASE,
)
_HEAD: Final = re.compile(r"^(?:chủ tịch|phó chủ tịch|giám đốc)\s+", re.IGNORECASE)
# Looking ahead only: in "các huyện, thành phố của tỉnh Quảng Ngãi" the first word must not eat the second.
_PROVINCE: Final = re.compile(r"(?<!\w)(?:tỉnh|thành phố)(?=\s+(?P<words>\S+(?:\s+\S+){0,4}))", re.IGNORECASE)
_PORTAL: Final = re.compile(
    r"(?<!chưa )trích xuất.{0,40}cổng\s+(?:dvc|dịch vụ công)\s+quốc gia", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper that a table is annexed to, as its title prints it."""

    number: str
    issued_on: date | None
    issuer: str

    @property
    def words(self) -> str:
        return self.number + (f" ngày {vi_date(self.issued_on)}" if self.issued_on else "")


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What one sheet says; empty where it says nothing."""

    sheet: str
    title_periods: tuple[PeriodSpan, ...] = ()
    header_periods: tuple[PeriodSpan, ...] = ()
    quarters: tuple[int, ...] = ()
    """Quarters that headers name without a year."""
    extracted_on: date | None = None
    from_portal: bool = False
    papers: tuple[Paper, ...] = ()
    provinces: tuple[str, ...] = ()
    """Names of known provinces."""
    due_on: date | None = None
    """By when the targets of the sheet are due."""
    subject: str = ""
    """The unit whose report the sheet says it is."""
    unread_day: str = ""
    """A line that speaks of the day of extraction, where no day could be read from it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the person said; "" or None where the sheet is to say it."""

    period: str = ""
    province: str = ""
    extracted_on: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What file and person together say, contradiction-free."""

    period: PeriodSpan
    province: str
    source: str
    extracted_on: date | None
    paper: Paper | None
    due_on: date | None
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Warnings of the file as a whole: their kind and words."""
    subjects: Mapping[str, str] = field(default_factory=dict)
    """Sheet → the unit whose report it is, as printed."""


def find_paper(text: str) -> Paper | None:
    """Return the paper that the text says it is annexed to, or None (drafts leave the number blank)."""
    match = _PAPER.search(names.nfc(text))
    if match is None:
        return None
    days = periods.find_dates(match["day"] or "")
    issuer = _HEAD.sub("", (match["issuer"] or "").strip())
    number = re.sub(r"\s", "", match["number"])
    return Paper(number, days[0] if days else None, issuer.strip(" ,"))


def find_provinces(text: str, known: Mapping[str, str]) -> list[str]:
    """Return the known provinces that the text names after "tỉnh" or "thành phố".

    `known` maps the key of a name (names.name_key) to the province's full name.
    """
    found: list[str] = []
    for match in _PROVINCE.finditer(names.nfc(text)):
        words = re.split(r"[();:.,”\"]", match["words"])[0].split()
        for length in range(len(words), 0, -1):
            if full_name := known.get(names.name_key(" ".join(words[:length]))):
                found.append(full_name)
                break
    return list(dict.fromkeys(found))


def province_of(issuer: str) -> str:
    """Return "Tỉnh X" for an issuer "UBND tỉnh X", or ""."""
    parts = names.split_unit_name(issuer)
    return f"Tỉnh {parts.name}" if parts.kind in ("ubnd_tinh", "tinh") and parts.name else ""


_SUBJECT: Final = re.compile(
    r"(?:đơn vị|cơ quan)\s+(?:báo cáo|lập báo cáo|gửi báo cáo)\s*:\s*(?P<unit>[^\n;]+)", re.IGNORECASE
)


_SUBJECT_LABELS: Final = ("don vi bao cao", "co quan bao cao", "don vi lap bao cao")
_EXTRACTION: Final = re.compile(r"(?:ngày|thời điểm)\s+(?:trích|kết)\s+xuất\s*:?\s*\S*\d", re.IGNORECASE)


def read_facts(found: SheetTables, known: Mapping[str, str]) -> SheetFacts:
    """Return what the lines above the tables, the headers of their figures and the lines below them say.

    Lines below tell the day of extraction alone; a period named there may be of anything. What stands behind
    a label of the layout goes before what is found anywhere.
    """
    titles, footers, headers = found.titles, found.footers, found.headers
    labels = headers[0].layout.labels if headers else Labels()
    text = "\n".join(titles)
    subjects = (_SUBJECT.search(names.nfc(line)) for line in titles)
    papers = [paper for line in (*titles, " ".join(titles)) if (paper := find_paper(line))]
    provinces = find_provinces(text, known) or [p for paper in papers if (p := province_of(paper.issuer))]
    header_periods: list[PeriodSpan] = []
    quarters: list[int] = []
    due: list[date] = []
    for header in headers:
        for cell in header.cells:
            if cell.definition.role == TARGET:
                due += periods.find_dates(cell.text)
            elif cell.definition.role in FIGURES:
                header_periods += periods.find_periods(cell.text)
                quarters += periods.find_partial_quarters(cell.text)
    # Papers are blanked so that "tháng 7 năm 2023" of a date is never read as the month of the figures.
    said = "\n".join(_PAPER.sub(" ", names.nfc(line)) for line in titles)
    own_period = _behind(labels.period, found.title_rows)
    own_days = periods.find_dates(_behind(labels.extracted_on, [*found.title_rows, *found.footer_rows]))
    extracted_on = (
        next(iter(own_days), None)
        or periods.find_extraction_date(said)
        or next((day for line in footers if (day := periods.find_extraction_date(line))), None)
    )
    return SheetFacts(
        found.name,
        tuple(_once(periods.find_periods(own_period or said))),
        tuple(_once(header_periods)),
        tuple(dict.fromkeys([*quarters, *periods.find_partial_quarters(own_period or said)])),
        extracted_on,
        bool(_PORTAL.search(names.nfc(text))),
        tuple(dict.fromkeys(papers)),
        tuple(provinces),
        due[0] if due else None,
        _behind(labels.unit, found.title_rows).strip(" .-")
        or next((match["unit"].strip(" .-") for match in subjects if match), "")
        or _behind(_SUBJECT_LABELS, found.title_rows).strip(" .-"),
        "" if extracted_on else next((line for line in (*titles, *footers) if _EXTRACTION.search(line)), ""),
    )


def _behind(labels: Sequence[str], rows: Iterable[Words]) -> str:
    """What stands behind the first label in its cell, or in the next one of its row; or ""."""
    for row in rows:
        for at, line in enumerate(row):
            for label in labels:
                rest = _after(label, line)
                if rest is not None:
                    return rest or (row[at + 1] if at + 1 < len(row) else "")
    return ""


def _after(label: str, line: str) -> str | None:
    """The rest of a line that begins with the label; None where it does not."""
    before, colon, after = line.partition(":")
    if colon and names.fold(before) == label:
        return after.strip()
    words = line.split()
    length = len(label.split())
    if names.fold(" ".join(words[:length])) != label:
        return None
    return " ".join(words[length:]).lstrip(" :-–").strip()


def _once(spans: Iterable[PeriodSpan]) -> list[PeriodSpan]:
    return list({span.code: span for span in spans}.values())


def settle_facts(sheets: Sequence[SheetFacts], chosen: Chosen, *, usual_source: str = "") -> FileFacts:
    """Return what file and person together say. Raises ImportRefused with every contradiction found.

    `usual_source` is where files of this layout come from when neither says it.
    """
    faults: list[str] = []
    notes: list[tuple[str, str]] = []
    period = _settle_period(sheets, chosen.period, faults)
    province = _settle_province(sheets, chosen.province, faults)
    extracted_on = _settle_day(sheets, chosen.extracted_on, faults)
    paper = _settle_paper(sheets, faults)
    if period is not None and extracted_on is not None and extracted_on < period.starts_on:
        faults.append(
            f"Ngày trích xuất {vi_date(extracted_on)} trước khi kỳ {period.label} bắt đầu; hãy kiểm tra lại."
        )
    if faults or period is None:
        raise ImportRefused(" ".join(faults))
    from_portal = any(facts.from_portal for facts in sheets)
    source = chosen.source or (NATIONAL_PORTAL if from_portal else usual_source or PUBLISHED)
    if from_portal and chosen.source not in ("", NATIONAL_PORTAL):
        words = "Tiêu đề ghi số liệu trích xuất từ Cổng Dịch vụ công quốc gia; nguồn được ghi theo lựa chọn."
        notes.append(("source_chosen", words))
    unread = [facts for facts in sheets if facts.unread_day] if extracted_on is None else []
    if unread:
        words = (
            f"Sheet “{unread[0].sheet}” ghi “{unread[0].unread_day[:80]}” nhưng không đọc được ngày; số được "
            "ghi không kèm ngày trích xuất. Hãy chọn ngày trích xuất ở bước Nhận dạng."
        )
        notes.append(("extraction_unread", words))
    if extracted_on is None and period.kind == "to_date":
        extracted_on = period.ends_on
    due = [facts.due_on for facts in sheets if facts.due_on]
    subjects = {facts.sheet: facts.subject for facts in sheets if facts.subject}
    return FileFacts(period, province, source, extracted_on, paper, due[0] if due else None, notes, subjects)


# --- Period ------------------------------------------------------------------------------------------------
def _contains(outer: PeriodSpan, inner: PeriodSpan) -> bool:
    return outer.starts_on <= inner.starts_on and inner.ends_on <= outer.ends_on


def _sheet_period(facts: SheetFacts, faults: list[str]) -> list[PeriodSpan]:
    """The periods that the sheet's figures may be of: one, none, or several to choose from."""
    said = facts.header_periods or facts.title_periods
    if len(facts.header_periods) > 1:
        listed = ", ".join(span.label for span in facts.header_periods)
        faults.append(
            f"Sheet “{facts.sheet}”: các cột ghi nhiều kỳ khác nhau ({listed}); mỗi tệp chỉ nạp một kỳ."
        )
        return []
    if facts.header_periods:
        own = facts.header_periods[0]
        for title in facts.title_periods:
            if not _contains(title, own) and not _contains(own, title):
                faults.append(
                    f"Sheet “{facts.sheet}”: tiêu đề ghi {title.label} nhưng tên cột ghi {own.label}; "
                    "hãy sửa cho thống nhất."
                )
    for number in facts.quarters:
        if said and not any(_is_quarter(span, number) for span in said):
            faults.append(
                f"Sheet “{facts.sheet}”: có chỗ ghi Quý {_ROMAN[number]} nhưng kỳ của bảng là "
                f"{', '.join(span.label for span in said)}; hãy sửa cho thống nhất."
            )
    return list(said)


_ROMAN: Final = ("", "I", "II", "III", "IV")


def _is_quarter(span: PeriodSpan, number: int) -> bool:
    return span.kind.startswith("quarter") and span.ends_on.month == number * 3


def _same_words(chosen: PeriodSpan, said: PeriodSpan) -> bool:
    """Whether a sheet's words can mean the chosen period: "Quý I/2023" is said of both kinds of quarter."""
    return chosen.code in (said.code, f"{said.code}-bc")


def _settle_period(sheets: Sequence[SheetFacts], chosen: str, faults: list[str]) -> PeriodSpan | None:
    said = {facts.sheet: spans for facts in sheets if (spans := _sheet_period(facts, faults))}
    if faults:
        return None
    if chosen:
        try:
            wanted = periods.parse_period(chosen)
        except periods.PeriodUnknown as error:
            faults.append(str(error))
            return None
        for sheet, spans in said.items():
            if not any(_same_words(wanted, span) for span in spans):
                faults.append(
                    f"Kỳ được chọn là {wanted.label} nhưng sheet “{sheet}” ghi "
                    f"{', '.join(span.label for span in spans)}; hãy chọn lại kỳ hoặc kiểm tra tệp."
                )
        for facts in sheets:
            if facts.sheet not in said and any(not _is_quarter(wanted, number) for number in facts.quarters):
                faults.append(
                    f"Kỳ được chọn là {wanted.label} nhưng sheet “{facts.sheet}” ghi "
                    f"Quý {_ROMAN[facts.quarters[0]]}; hãy chọn lại kỳ hoặc kiểm tra tệp."
                )
        return wanted
    together = _once(span for spans in said.values() for span in spans)
    if len(together) == 1:
        lone = [
            number for facts in sheets for number in facts.quarters if not _is_quarter(together[0], number)
        ]
        if lone:
            faults.append(
                f"Tệp ghi {together[0].label} nhưng có chỗ ghi Quý {_ROMAN[lone[0]]}; hãy kiểm tra tệp."
            )
        return together[0]
    if together:
        listed = ", ".join(f"{span.label} ({span.code})" for span in together)
        faults.append(f"Tệp ghi nhiều kỳ: {listed}. Hãy chọn kỳ của số liệu (tuỳ chọn --period).")
        return None
    faults.append(
        "Không thấy tệp ghi kỳ của số liệu. Hãy chọn kỳ, ví dụ 2023-Q1 hoặc 2023-den-08-23 "
        "(tuỳ chọn --period)."
    )
    return None


# --- Province, day, paper ----------------------------------------------------------------------------------
def _settle_province(sheets: Sequence[SheetFacts], chosen: str, faults: list[str]) -> str:
    said = list(dict.fromkeys(province for facts in sheets for province in facts.provinces))
    if chosen:
        wanted = names.split_unit_name(chosen)
        others = [province for province in said if names.split_unit_name(province).key != wanted.key]
        if others and len(others) == len(said):
            faults.append(
                f"Tệp ghi {', '.join(others)}, khác với {chosen} được chọn; hãy kiểm tra lại tệp hoặc tỉnh."
            )
        return chosen
    if len(said) == 1:
        return said[0]
    if said:
        faults.append(f"Tệp nhắc đến nhiều tỉnh: {', '.join(said)}. Hãy chọn tỉnh (tuỳ chọn --province).")
    else:
        faults.append("Không thấy tệp ghi tên tỉnh. Hãy chọn tỉnh của số liệu (tuỳ chọn --province).")
    return ""


def _settle_day(sheets: Sequence[SheetFacts], chosen: date | None, faults: list[str]) -> date | None:
    said = {facts.extracted_on: facts.sheet for facts in sheets if facts.extracted_on}
    if chosen and said and chosen not in said:
        day, sheet = next(iter(said.items()))
        faults.append(
            f"Ngày trích xuất được chọn là {vi_date(chosen)} nhưng sheet “{sheet}” ghi {vi_date(day)}; "
            "hãy kiểm tra lại."
        )
    elif len(said) > 1 and not chosen:
        listed = ", ".join(vi_date(day) for day in said)
        faults.append(
            f"Tệp ghi nhiều ngày trích xuất: {listed}; mỗi lần chỉ nạp số liệu của một ngày trích xuất."
        )
    return chosen or next(iter(said), None)


def _settle_paper(sheets: Sequence[SheetFacts], faults: list[str]) -> Paper | None:
    said = list(dict.fromkeys(paper for facts in sheets for paper in facts.papers))
    if len({(paper.number, paper.issued_on) for paper in said}) > 1:
        listed = "; ".join(paper.words for paper in said)
        faults.append(f"Các bảng kèm theo nhiều văn bản khác nhau ({listed}); hãy tách thành nhiều tệp.")
    return said[0] if said else None
