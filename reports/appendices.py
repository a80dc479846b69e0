"""What the official appendices say: rows and wording, before any workbook is written.

Forms followed: Quảng Nam, Kế hoạch 4872/KH-UBND, Phụ lục II; Quảng Ninh, Kế hoạch 269/KH-UBND,
Phụ lục III; layout of an appendix by Nghị định 30/2020/NĐ-CP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from documents.models import Document
from dvctt.lib import names, numbers, periods
from indicators import selectors as indicator_selectors
from indicators.models import Period, Source, State
from targets import selectors as target_selectors
from targets.models import Plan
from units import selectors as unit_selectors
from units.models import Kind, Unit
from units.selectors import NameAt


class AppendixRefused(Exception):
    """The appendix cannot be made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as its source printed it: percent, with the number of decimals to show."""

    percent: Decimal
    decimals: int


CellValue = int | str | Rate | None


@dataclass(frozen=True, slots=True)
class AppendixRow:
    cells: tuple[CellValue, ...]
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    header: str
    width: float
    align: str = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an appendix, on a sheet of its own with the whole title block."""

    sheet: str
    columns: tuple[Column, ...]
    rows: list[AppendixRow]


@dataclass(frozen=True, slots=True)
class Appendix:
    code: str
    label: str
    title: str
    reference: str
    remark: str
    tables: list[Table]
    footnotes: list[str] = field(default_factory=list)
    landscape: bool = False

    @property
    def filename(self) -> str:
        return f"{self.code}.xlsx"


@dataclass(frozen=True, slots=True)
class Request:
    """What a person may choose of an appendix; empty means the form's own default."""

    province: str = ""
    period: str = ""
    document: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    code: str
    name: str
    province: str
    document: str
    period: str
    plan: str
    build: Callable[[Form, Request], Appendix]


ROMAN = [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]

LEVEL_SHEETS = [
    ("so", "1. Sở, ban, ngành"),
    ("huyen", "2. UBND cấp huyện"),
    ("xa", "3. UBND cấp xã"),
]

STATE_WORDING = {
    State.NOT_PUBLISHED.value: "Chưa trích xuất được",
    State.OUT_OF_SCOPE.value: "Không thuộc phạm vi",
    State.NOT_ARISING.value: "Không phát sinh",
    State.NOT_SUBMITTED.value: "Chưa nộp",
}
KIND_ORDER = ["thanh_pho", "thi_xa", "quan", "huyen"]


def roman(number: int) -> str:
    """Return a positive number in Roman numerals, as group rows carry it."""
    text = ""
    for size, letters in [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        *ROMAN,
    ]:
        while number >= size:
            text += letters
            number -= size
    return text


def rate_cell(figure: indicator_selectors.Figure | None, *, not_arising: str = "") -> CellValue:
    """Return what an appendix prints for a rate: the source's own rounding, or the state in words."""
    if figure is None:
        return "Chưa có số liệu"
    if figure.state != State.NUMBER.value:
        return (not_arising if figure.state == State.NOT_ARISING.value else "") or STATE_WORDING[figure.state]
    assert figure.value is not None  # noqa: S101  a number always has a value (database constraint)
    try:
        printed = numbers.parse_rate(figure.printed)
    except numbers.NumberUnclear:
        printed = None
    if printed is not None:
        return Rate(printed.value, printed.decimals)
    return Rate(numbers.round_half_up(figure.value, 2), 2)


def people_committee(name: NameAt, *, words: str = "UBND") -> str:
    """Return the authority as appendices name it: "UBND xã Tam Ngọc", or a sở by its own name."""
    if name.level == "so":
        return name.full_name
    kind = Kind(name.kind).label
    return f"{words} {kind.lower()} {name.full_name.removeprefix(kind).strip()}"


def _descending(
    figures: dict[int, indicator_selectors.Figure],
) -> Callable[[NameAt], tuple[bool, Decimal, str]]:
    def key(name: NameAt) -> tuple[bool, Decimal, str]:
        figure = figures.get(name.unit_id)
        value = figure.value if figure else None
        return (value is None, -(value or Decimal(0)), names.fold(name.full_name))

    return key


def _districts(below: Iterable[NameAt]) -> list[NameAt]:
    """Cities, then towns, then rural districts; within a kind by the statistics code (the seat first)."""
    return sorted(below, key=lambda name: (KIND_ORDER.index(name.kind), name.code))


def _reference(document: Document, *, issued: str) -> str:
    day = numbers.official_date(document.issued_on) if document.issued_on else "ngày … tháng … năm …"
    kind = "Quyết định" if "QĐ" in document.number else "Kế hoạch"
    return f"({issued} {kind} số {document.number} {day} của {document.issuer})"


def _context(form: Form, request: Request) -> tuple[Unit, NameAt, Period, Document]:
    period = Period.objects.filter(code=request.period or form.period).first()
    if period is None:
        raise AppendixRefused(
            f"Chưa có số liệu nào của kỳ {request.period or form.period}; hãy nhập tệp trước."
        )
    wanted = request.province or form.province
    province = unit_selectors.province_named(name=wanted, on=period.ends_on)
    if province is None:
        raise AppendixRefused(f"Không có đơn vị “{wanted}” trong cây đơn vị; hãy chạy load_units trước.")
    code = request.document or form.document
    document = Document.objects.filter(code=code).first() or Document.objects.filter(number=code).first()
    if document is None:
        raise AppendixRefused(f"Chưa có văn bản “{code}”; hãy thêm văn bản trước khi xuất phụ lục.")
    name = unit_selectors.names_on(unit_ids=[province.pk], on=period.ends_on)[province.pk]
    if not request.document and names.fold(name.full_name) != names.fold(form.province):
        raise AppendixRefused(
            f"Văn bản {document.number} là của {document.issuer}, không phải của {name.full_name}; "
            "hãy nêu văn bản mà phụ lục kèm theo."
        )
    return province, name, period, document


def _quarter_words(span: periods.PeriodSpan) -> str:
    return span.label.replace("/", " năm ").upper() if span.kind.startswith("quarter") else span.label.upper()


def quang_nam_annex_two(form: Form, request: Request) -> Appendix:
    """Phụ lục II of Quảng Nam's Kế hoạch 4872: two rates of each body, sorted by the online rate."""
    province, place, period, document = _context(form, request)
    span = periods.parse_period(period.code)
    online = indicator_selectors.official_figures(
        indicator=indicator_selectors.indicator_by_code("HSTT"),
        period=period,
        within=province,
        on=period.ends_on,
    )
    paid = indicator_selectors.official_figures(
        indicator=indicator_selectors.indicator_by_code("TTTT"),
        period=period,
        within=province,
        on=period.ends_on,
    )
    below = unit_selectors.below(ancestor=province, on=period.ends_on)
    if not any(unit_id in below for unit_id in online):
        raise AppendixRefused(f"{place.full_name} chưa có số liệu hồ sơ trực tuyến của {span.label}.")
    tables = []
    for level, sheet in LEVEL_SHEETS:
        members = [name for name in below.values() if name.level == level]
        unpublished = bool(members) and all(
            (figure := paid.get(name.unit_id)) is not None and figure.state == State.NOT_PUBLISHED.value
            for name in members
        )
        paid_header = "Tỷ lệ thanh toán trực tuyến"
        if unpublished:
            paid_header += "\n(Chưa trích xuất được tỷ lệ trên Cổng dịch vụ công quốc gia)"
        columns = (
            Column("STT", 6),
            Column("Đơn vị", 44, "left"),
            Column(f"Tỷ lệ hồ sơ trực tuyến {span.label}", 16),
            Column(paid_header, 25),
            Column("Ghi chú", 30, "left"),
        )

        def unit_row(number: int, name: NameAt) -> AppendixRow:
            figures = [figure for figure in (online.get(name.unit_id), paid.get(name.unit_id)) if figure]
            note = "; ".join(dict.fromkeys(figure.note for figure in figures if figure.note))
            return AppendixRow(
                (
                    number,
                    people_committee(name),
                    rate_cell(online.get(name.unit_id), not_arising="Không có hồ sơ trực tuyến"),
                    rate_cell(paid.get(name.unit_id)),
                    note,
                )
            )

        order = _descending(online)
        rows: list[AppendixRow] = []
        if level != "xa":
            rows = [unit_row(i, name) for i, name in enumerate(sorted(members, key=order), start=1)]
        else:
            districts = _districts(name for name in below.values() if name.level == "huyen")
            numbered = 0
            groups = [(d, [m for m in members if m.parent_id == d.unit_id]) for d in districts]
            for position, (district, communes) in enumerate([g for g in groups if g[1]], start=1):
                heading = people_committee(district)
                rows.append(AppendixRow((roman(position), heading, None, None, None), is_group=True))
                for name in sorted(communes, key=order):
                    numbered += 1
                    rows.append(unit_row(numbered, name))
        tables.append(Table(sheet, columns, rows))
    extracted = sorted({figure.extracted_on for figure in online.values() if figure.extracted_on})
    portal = any(figure.source == Source.NATIONAL.value for figure in online.values())
    remark = ""
    if extracted and portal:
        remark = (
            f"Số liệu “tỷ lệ hồ sơ trực tuyến” và “thanh toán trực tuyến” {span.label.replace('/', ' năm ')} "
            f"được trích xuất từ Cổng DVC quốc gia ngày {numbers.vi_date(extracted[-1])}"
        )
    return Appendix(
        code=form.code,
        label="PHỤ LỤC II",
        title=f"THỐNG KÊ HỒ SƠ TRỰC TUYẾN, THANH TOÁN TRỰC TUYẾN {_quarter_words(span)}",
        reference=_reference(document, issued="Kèm theo"),
        remark=remark,
        tables=tables,
    )


def quang_ninh_annex_three(form: Form, request: Request) -> Appendix:
    """Phụ lục III of Quảng Ninh's Kế hoạch 269: counts, rate, and the target or "duy trì"."""
    plan = (
        Plan.objects.filter(code=request.plan or form.plan)
        .select_related("baseline_period", "document")
        .first()
    )
    if plan is None:
        raise AppendixRefused(
            f"Chưa có kế hoạch “{request.plan or form.plan}”; hãy nạp kế hoạch rồi giao chỉ tiêu."
        )
    request = Request(
        province=request.province,
        period=request.period or plan.baseline_period.code,
        document=request.document or (plan.document.code if plan.document else form.document),
        plan=plan.code,
    )
    province, place, period, document = _context(form, request)
    span = periods.parse_period(period.code)
    indicator = indicator_selectors.indicator_by_code("HSTT")
    figures = indicator_selectors.official_figures(
        indicator=indicator, period=period, within=province, on=period.ends_on
    )
    below = unit_selectors.below(ancestor=province, on=period.ends_on)
    assigned = target_selectors.targets_for(indicator=indicator, plan=plan)
    if not any(unit_id in below for unit_id in assigned):
        raise AppendixRefused(
            f"Kế hoạch “{plan.name}” chưa giao chỉ tiêu cho đơn vị nào của {place.full_name}."
        )
    due = numbers.vi_date(plan.due_on) if plan.due_on else f"31/12/{plan.year}"
    columns = (
        Column("TT", 6),
        Column("Tên đơn vị", 44, "left"),
        Column("Tổng số hồ sơ", 12),
        Column("Tổng số hồ sơ trực tuyến", 14),
        Column(f"Tỷ lệ hồ sơ trực tuyến đạt được {span.label.lower()}", 17),
        Column(f"Chỉ tiêu giao đạt được đến hết ngày {due}", 28),
        Column("Ghi chú", 18, "left"),
    )

    def unit_row(number: int, name: NameAt) -> AppendixRow:
        figure = figures.get(name.unit_id)
        target = assigned[name.unit_id]
        goal: CellValue = target.wording
        if not target.maintain:
            goal = Rate(target.assigned, 0 if target.assigned == target.assigned.to_integral_value() else 2)
        words = "Ủy ban nhân dân" if name.level == "huyen" else ""
        return AppendixRow(
            (
                number,
                people_committee(name, words=words) if words else name.full_name,
                figure.denominator if figure else None,
                figure.numerator if figure else None,
                rate_cell(figure),
                goal,
                figure.note if figure else None,
            )
        )

    tables = []
    for level, sheet in LEVEL_SHEETS:
        members = [name for name in below.values() if name.level == level and name.unit_id in assigned]
        by_name = sorted(members, key=lambda name: names.fold(name.full_name))
        rows: list[AppendixRow] = []
        if level != "xa":
            rows = [unit_row(i, name) for i, name in enumerate(by_name, start=1)]
        else:
            districts = _districts(name for name in below.values() if name.level == "huyen")
            groups = [(d, [m for m in by_name if m.parent_id == d.unit_id]) for d in districts]
            for position, (district, communes) in enumerate([g for g in groups if g[1]], start=1):
                heading = f"{position}. {district.full_name}:"
                rows.append(AppendixRow((heading, *([None] * 6)), is_group=True))
                rows.extend(unit_row(i, name) for i, name in enumerate(communes, start=1))
        if rows:
            tables.append(Table(sheet, columns, rows))
    footnotes = []
    waiting = target_selectors.uncovered(plan=plan)
    if waiting:
        footnotes.append(
            f"Ghi chú: {len(waiting)} đơn vị chưa có số liệu gốc nên chưa được giao trong phụ lục này."
        )
    return Appendix(
        code=form.code,
        label="PHỤ LỤC III",
        title="GIAO CHỈ TIÊU TỶ LỆ HỒ SƠ TRỰC TUYẾN CHO CÁC SỞ, NGÀNH, ĐỊA PHƯƠNG",
        reference=_reference(document, issued="Ban hành kèm theo"),
        remark="",
        tables=tables,
        footnotes=footnotes,
        landscape=True,
    )


FORMS = {
    form.code: form
    for form in [
        Form(
            "qnam-pl2",
            "Phụ lục II – Thống kê hồ sơ trực tuyến, thanh toán trực tuyến",
            province="Tỉnh Quảng Nam",
            document="QNam23",
            period="2023-Q1",
            plan="",
            build=quang_nam_annex_two,
        ),
        Form(
            "qninh-pl3",
            "Phụ lục III – Giao chỉ tiêu tỷ lệ hồ sơ trực tuyến",
            province="Tỉnh Quảng Ninh",
            document="QNinh23",
            period="2023-den-08-23",
            plan="quang-ninh-2023",
            build=quang_ninh_annex_three,
        ),
    ]
}


def appendix(*, code: str, request: Request | None = None) -> Appendix:
    """Return the appendix's content. Raise AppendixRefused with a message in Vietnamese."""
    form = FORMS.get(code)
    if form is None:
        raise AppendixRefused(f"Không có phụ lục “{code}”. Các phụ lục có: {', '.join(FORMS)}.")
    return form.build(form, request or Request())
