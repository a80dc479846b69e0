"""Which rows are units, which are headings of a group, and which unit each row means.

A district in a table of communes heads the communes below it; in a table of districts it is a unit of its
own. What its rows are decides, never the name of the sheet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dvctt.lib import names
from imports.rules.counts import read_counts
from imports.rules.headings import named_district
from imports.rules.layouts import SHEET, UNIT, fold
from imports.rules.lines import is_group_position, is_unit_position
from imports.rules.problems import ERROR, Problem
from imports.rules.tables import TableRow, ignored
from units.rules import NONE, Match, Matcher

CHOSEN: Final = "chosen"
CHOSEN_REASON: Final = "người nhập đã chọn"
LOST: Final = "dòng nhóm "
"""How the reason of a row begins whose heading did not match: the heading has to be settled first."""
DEPARTMENT: Final = "so"
DISTRICT: Final = "huyen"
COMMUNE: Final = "xa"
PROVINCE: Final = "tinh"
_LEVEL_OF_KIND: Final = {
    "so": DEPARTMENT,
    "huyen": DISTRICT,
    "quan": DISTRICT,
    "thi_xa": DISTRICT,
    "thanh_pho": DISTRICT,
    "xa": COMMUNE,
    "phuong": COMMUNE,
    "thi_tran": COMMUNE,
    "dac_khu": COMMUNE,
    "tinh": PROVINCE,
    "ubnd_tinh": PROVINCE,
}
_TOTAL: Final = re.compile(
    r"tong|cong|t cong|tong (?:so|cong|toan|chung|hop).*"
    r"|cong (?:chung|toan tinh|trang|mang sang|don|luy ke).*|luy ke.*"
    r"|(?:so lieu |so )?(?:chung )?toan tinh.*|binh quan.*|trung binh.*|(?:grand )?total|σ"
)
_TOTAL_WHATEVER_ITS_NUMBER: Final = re.compile(r"tong (?:so|cong)")
# With accents: communes are called Cộng Hòa, Tổng Cọt, Cống Vị.
_SUM_OF: Final = re.compile(
    r"(?:tổng|cộng) (?:(?:huyện|quận|thị xã|thành phố|phường|xã|tỉnh|khối|nhóm|mục|phần|cấp|các|sở|theo)\b.*"
    r"|(?:[ivx]+|[a-d])\W*)"
)
_NUMBERED: Final = r"(?:(?:[ivx]+|\d{1,2}|[a-h]) )?"
_CAPTION: Final = re.compile(
    rf"{_NUMBERED}(?:khoi |nhom )?(?:(?:ubnd|uy ban nhan dan) )?"
    r"(?:(?:o )?(?:cap|cac) (?:so|ban|huyen|xa|tinh|don vi|co quan|phuong|thi xa|thanh pho|dia phuong)\b.*"
    r"|so(?: va)? ban(?: va)? nganh.*|dia phuong|khoi .*)"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person settled: this printed name at this place means this unit."""

    unit_id: int
    sheet: str = ""
    row: int | None = None
    parent_id: int | None = None
    printed_key: str = ""

    def fits(self, row: TableRow, parent_id: int | None) -> bool:
        if self.printed_key and self.printed_key != printed_key(row.name):
            return False
        if self.row is not None:
            return (self.sheet, self.row) == (row.sheet, row.number)
        return parent_id is None or self.parent_id in (None, parent_id)


def printed_key(printed: str) -> str:
    """Return the key by which one spelling of a name is found again, its type included."""
    parts = names.split_unit_name(printed)
    return f"{parts.kind or ''}:{parts.key}"


@dataclass(slots=True)
class PlacedRow:
    """A unit row or the heading of a group, with the unit it means."""

    row: TableRow
    is_group: bool
    level: str
    """The level that its printed type says, or ""."""
    parent_id: int | None
    match: Match
    group: TableRow | None = None
    """The heading that it stands under."""
    lost_group: bool = False
    """The heading did not match, so neither can this row."""

    @property
    def unit_id(self) -> int | None:
        return self.match.unit_id


@dataclass(frozen=True, slots=True)
class SumRow:
    """A row that prints a sum: a total below its rows, or the caption of a kind of units above them."""

    row: TableRow
    at: int
    """How many unit rows and headings stand before it."""
    is_total: bool


@dataclass(slots=True)
class Placement:
    rows: list[PlacedRow] = field(default_factory=list)
    sums: list[SumRow] = field(default_factory=list)
    parts: list[TableRow] = field(default_factory=list)
    """Rows of a report of one unit: fields of work that its total row adds up."""
    problems: list[Problem] = field(default_factory=list)


def level_of(printed: str) -> str:
    """Return the level that the printed type says, or "" where none is printed."""
    return _LEVEL_OF_KIND.get(names.split_unit_name(printed).kind or "", "")


def is_total(row: TableRow) -> bool:
    if is_unit_position(row.position):
        return bool(_TOTAL_WHATEVER_ITS_NUMBER.fullmatch(fold(row.name)))
    return bool(
        _TOTAL.fullmatch(fold(row.name))
        or _SUM_OF.fullmatch(names.nfc(row.name).casefold())
        or fold(row.name) in row.header.layout.looks.totals
    )


def is_caption(row: TableRow) -> bool:
    """Whether the row names a kind of units ("II. Cấp huyện"), not one of them."""
    if is_unit_position(row.position) or named_district(row.name):
        return False
    return bool(_CAPTION.fullmatch(fold(row.name))) or fold(row.name) in row.header.layout.looks.captions


def place_rows(
    rows: Sequence[TableRow],
    *,
    matcher: Matcher,
    province_id: int,
    source: str,
    choices: Sequence[Choice] = (),
    subjects: Mapping[str, str] | None = None,
) -> Placement:
    """Return the unit rows and group headings of a file with their matches, in order.

    `subjects` names, by sheet, the unit of a report that is one unit's as a whole.
    """
    placement = Placement()
    by_sheet: dict[str, list[TableRow]] = {}
    for row in rows:
        by_sheet.setdefault(row.sheet, []).append(row)
    placer = _Placer(placement, matcher, province_id, source, choices)
    for sheet, sheet_rows in by_sheet.items():
        if sheet_rows[0].header.layout.subject == SHEET:
            placer.place_report(sheet_rows, (subjects or {}).get(sheet, ""))
        else:
            placer.place_sheet(sheet_rows)
    return placement


_NO_TOTAL: Final = "Biểu không có dòng “Tổng số” nên không rõ số của đơn vị; hãy thêm dòng tổng rồi tải lại."
_SEVERAL_TOTALS: Final = (
    "Biểu có nhiều dòng tổng khác nhau, không dòng nào bằng tổng tất cả các dòng: có thể một sheet chứa "
    "báo cáo của nhiều đơn vị. Hãy tách mỗi báo cáo thành một sheet, hoặc sửa dòng tổng, rồi tải lại."
)


def _total_of_all(totals: Sequence[TableRow], parts: Sequence[TableRow]) -> TableRow | None:
    """The total of a report: the only one there is, else the one that all the other rows add up to."""
    counted = [(row, _counts(row)) for row in totals]
    if len({tuple(sorted(counts.items())) for _, counts in counted}) <= 1:
        return totals[-1] if totals else None
    sums: Counter[str] = Counter()
    for part in parts:
        sums.update(_counts(part))
    return next((row for row, counts in counted if all(sums[key] == n for key, n in counts.items())), None)


def _counts(row: TableRow) -> Mapping[str, int]:
    return read_counts(row, row.header.count_columns).values


class _Placer:
    def __init__(
        self, placement: Placement, matcher: Matcher, province_id: int, source: str, choices: Sequence[Choice]
    ) -> None:
        self._placement = placement
        self._matcher = matcher
        self._province_id = province_id
        self._source = source
        self._choices = choices
        self._group: PlacedRow | None = None

    def place_sheet(self, rows: Sequence[TableRow]) -> None:
        self._group = None
        with_communes = self._parts_with_communes(rows)
        part, table = 0, rows[0].table
        for row, following in zip(rows, _followers(rows), strict=True):
            if row.table != table:
                self._group, part, table = None, part + 1, row.table
            if is_caption(row):
                self._group, part = None, part + 1
                if row.has_figures:
                    self._placement.sums.append(SumRow(row, len(self._placement.rows), is_total=False))
                continue
            self._place(row, following, with_communes.get(part, False))

    def place_report(self, rows: Sequence[TableRow], subject: str) -> None:
        """A sheet that is one unit's report: its total row is the unit's, the others are its parts."""
        self._group = None
        totals = [row for row in rows if is_total(row) and row.has_figures]
        parts = [row for row in rows if not is_total(row) and row.has_figures]
        self._placement.parts += parts
        total = _total_of_all(totals, parts)
        if total is None:
            label = cell.label if (cell := rows[0].header.cell(UNIT)) else ""
            kind, message = ("several_totals", _SEVERAL_TOTALS) if totals else ("no_total_row", _NO_TOTAL)
            self._placement.problems.append(
                Problem(rows[0].sheet, rows[-1].number, label, kind, ERROR, message)
            )
            return
        self._placement.sums.append(SumRow(total, len(self._placement.rows), is_total=True))
        row = replace(total, name=subject, position="")
        if not subject:
            reason = "biểu không ghi “Đơn vị báo cáo”"
            match = self._chosen(row, None) or Match(None, NONE, reason)
            self._add(row, False, "", self._province_id, match)
            return
        self._unit(row, level_of(subject))

    @staticmethod
    def _parts_with_communes(rows: Sequence[TableRow]) -> Mapping[int, bool]:
        found: dict[int, bool] = {}
        part, table = 0, rows[0].table
        for row in rows:
            if row.table != table:
                part, table = part + 1, row.table
            if is_caption(row):
                part += 1
            elif level_of(row.name) == COMMUNE:
                found[part] = True
        return found

    def _place(self, row: TableRow, following: TableRow | None, has_communes: bool) -> None:
        counted = is_unit_position(row.position)
        if not row.name:
            if counted and row.has_figures:
                self._add(row, False, "", None, Match(None, NONE, _why_nameless(row)))
            elif row.has_figures:
                self._placement.problems.append(ignored(row, "không có tên đơn vị nên không nạp"))
            return
        if is_total(row):
            self._placement.sums.append(SumRow(row, len(self._placement.rows), is_total=True))
            self._placement.problems.append(ignored(row, "là dòng tổng nên không nạp"))
            return
        if not counted and fold(row.name) in row.header.layout.sub_rows:
            self._placement.problems.append(ignored(row, "là phần chi tiết của dòng trên nên không nạp"))
            return
        level = level_of(row.name)
        if not counted and (district := named_district(row.name)):
            self._head(row, self._find(row, self._province_id, {DISTRICT}, district))
        elif level == PROVINCE:
            self._placement.problems.append(ignored(row, "là số chung của cả tỉnh nên không nạp"))
        elif level == DISTRICT and self._is_heading(row, following, has_communes, counted):
            self._head(row)
        elif level == DISTRICT and not row.has_figures and not counted:
            self._group = None
        elif level or counted or (row.has_figures and not row.spans and not is_group_position(row.position)):
            self._unit(row, level)
        else:
            self._unnamed_heading(row)

    def _is_heading(
        self, row: TableRow, following: TableRow | None, has_communes: bool, counted: bool
    ) -> bool:
        level = level_of(following.name) if following is not None else ""
        if not counted and has_communes:
            # In a list of districts with figures, one after the other, none heads communes.
            return not (row.has_figures and level == DISTRICT)
        if following is None:
            return False
        if not counted and not level and is_unit_position(following.position):
            # "I | Huyện Mộ Đức" above "1 | Mộ Đức": communes may be printed without their type.
            return True
        if level != COMMUNE:
            return False
        # "1 | Thị xã Đông Triều" with nothing beside it, or with its communes right below.
        return not row.has_figures or not following.after_header

    def _unnamed_heading(self, row: TableRow) -> None:
        """A line without a type word: the bare name of a district, or a name that is lost."""
        match = self._find(row, self._province_id, {DISTRICT})
        self._head(row, match)

    def _head(self, row: TableRow, match: Match | None = None) -> None:
        match = match or self._find(row, self._province_id, {DISTRICT})
        self._group = self._add(row, True, DISTRICT, self._province_id, match)

    def _unit(self, row: TableRow, level: str) -> None:
        if level in (DEPARTMENT, DISTRICT):
            self._group = None
        group = self._group
        if group is not None and group.unit_id is None:
            near = self._matcher.match(row.name, parent_id=None, levels={COMMUNE}, source=self._source)
            reason = f"{LOST}“{group.row.name}” (dòng {group.row.number}) chưa khớp với đơn vị cấp huyện nào"
            lost = Match(None, NONE, reason, near.suggestions)
            self._add(row, False, level, None, lost, lost_group=True)
            return
        if group is not None:
            parent_id, levels = group.unit_id, {COMMUNE}
        elif level == COMMUNE:
            parent_id, levels = None, {COMMUNE}
        else:
            parent_id, levels = self._province_id, {level} if level else {DEPARTMENT, DISTRICT, COMMUNE}
        self._add(row, False, level, parent_id, self._find(row, parent_id, levels))

    def _find(self, row: TableRow, parent_id: int | None, levels: set[str], name: str = "") -> Match:
        """The unit of the row, by `name` where its own words say more than the name."""
        printed = name or row.name
        match = self._matcher.match(printed, parent_id=parent_id, levels=levels, source=self._source)
        # A person settles what the ladder leaves open; what matches by name is not overruled.
        return match if match.unit_id is not None else self._chosen(row, parent_id) or match

    def _chosen(self, row: TableRow, parent_id: int | None) -> Match | None:
        for choice in self._choices:
            if choice.fits(row, parent_id):
                return Match(choice.unit_id, CHOSEN, CHOSEN_REASON)
        return None

    def _add(
        self,
        row: TableRow,
        is_group: bool,
        level: str,
        parent_id: int | None,
        match: Match,
        *,
        lost_group: bool = False,
    ) -> PlacedRow:
        group = None if is_group or self._group is None else self._group.row
        placed = PlacedRow(row, is_group, level, parent_id, match, group, lost_group)
        self._placement.rows.append(placed)
        return placed


def _why_nameless(row: TableRow) -> str:
    found = row.cell(UNIT)
    if found is not None and found[1].is_formula_without_value:
        return "ô tên đơn vị là công thức chưa có kết quả; hãy gõ lại tên dạng chữ"
    if found is not None and found[1].error:
        return f"ô tên đơn vị báo lỗi {found[1].error}"
    return "ô tên đơn vị để trống"


def _followers(rows: Sequence[TableRow]) -> list[TableRow | None]:
    """The next row with a name, for each row."""
    found: list[TableRow | None] = []
    following: TableRow | None = None
    for row in reversed(rows):
        found.append(following)
        following = row if row.name else following
    return found[::-1]


def unmatched_problem(placed: PlacedRow) -> Problem:
    """Return the error of a row whose unit is not known, with what a person may have meant."""
    row = placed.row
    label = cell.label if (cell := row.header.cell(UNIT)) else ""
    near = ", ".join(suggestion.full_name for suggestion in placed.match.suggestions[:3])
    hint = f" Gần giống: {near}. Hãy chọn đơn vị đúng hoặc sửa tên trong tệp." if near else ""
    if placed.is_group:
        kind, what = "unmatched_group", f"Dòng nhóm “{row.name}” chưa khớp: {placed.match.reason}."
        hint = hint or " Các dòng bên dưới không được ghi; hãy sửa tên nhóm trong tệp hoặc chọn đơn vị đúng."
    else:
        kind, what = "unmatched_unit", f"“{row.name}” chưa khớp với đơn vị nào: {placed.match.reason}."
        hint = hint or " Hãy kiểm tra tên trong tệp hoặc cây đơn vị."
    return Problem(row.sheet, row.number, label, kind, ERROR, what + hint)
