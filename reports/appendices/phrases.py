"""How appendices word, number and order things (Nghị định 30/2020/NĐ-CP; the provinces' own tables)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from documents.models import Document
from dvctt.lib import names, numbers, periods
from indicators import selectors as indicator_selectors
from indicators.models import Period, State
from reports.appendices.content import AppendixRefused, CellValue, Form, Rate, Request
from reports.wording import DOCUMENT_KINDS
from units import selectors as unit_selectors
from units.models import Kind, Unit
from units.selectors import NameAt

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
NO_DAY = "ngày … tháng … năm …"


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
    return printed_rate(figure.value, figure.printed)


def printed_rate(value: Decimal, printed: str) -> Rate:
    """Return a rate as its source printed it, with two decimals where it printed none."""
    try:
        found = numbers.parse_rate(printed)
    except numbers.NumberUnclear:
        found = None
    if found is not None:
        return Rate(found.value, found.decimals)
    return Rate(numbers.round_half_up(value, 2), 2)


def people_committee(name: NameAt, *, words: str = "UBND") -> str:
    """Return the authority as appendices name it: "UBND xã Tam Ngọc", or a sở by its own name."""
    if name.level == "so":
        return name.full_name
    kind = Kind(name.kind).label
    return f"{words} {kind.lower()} {name.full_name.removeprefix(kind).strip()}"


def descending(
    figures: dict[int, indicator_selectors.Figure],
) -> Callable[[NameAt], tuple[bool, Decimal, str]]:
    """Return a sort key: higher rates first, then units without a number, each by name."""

    def key(name: NameAt) -> tuple[bool, Decimal, str]:
        figure = figures.get(name.unit_id)
        value = figure.value if figure else None
        return (value is None, -(value or Decimal(0)), names.reading_order(name.full_name))

    return key


def districts_in_order(below: Iterable[NameAt]) -> list[NameAt]:
    """Cities, then towns, then rural districts; within a kind by the statistics code (the seat first)."""
    order = {kind: place for place, kind in enumerate(KIND_ORDER)}
    return sorted(below, key=lambda name: (order.get(name.kind, len(order)), name.code))


def reference_line(document: Document, *, issued: str) -> str:
    """Return the italic line that ties an appendix to its document."""
    day = numbers.official_date(document.issued_on) if document.issued_on else NO_DAY
    kind = next((words for mark, words in DOCUMENT_KINDS if mark in document.number), "Kế hoạch")
    return f"({issued} {kind} số {document.number} {day} của {document.issuer})"


def no_such_plan(code: str) -> AppendixRefused:
    """Return the refusal of a plan that there is not, or that the person may not see: in the same words."""
    return AppendixRefused(f"Chưa có kế hoạch “{code[:60]}”; hãy nạp kế hoạch rồi giao chỉ tiêu.")


def settle_request(form: Form, request: Request) -> tuple[Unit, NameAt, Period, Document]:
    """Return province, its name, period and document of a request; raise AppendixRefused."""
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


def quarter_words(span: periods.PeriodSpan) -> str:
    """Return the period as a title has it: "QUÝ I NĂM 2023"."""
    return span.label.replace("/", " năm ").upper() if span.kind.startswith("quarter") else span.label.upper()
