"""The entry form as a workbook to fill and bring back, and a pasted block; neither writes anything.

What is read becomes the form's own inputs, as if it had been typed there: a person looks at them and saves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from dvctt.lib import names, numbers, sheets
from dvctt.lib.plain_workbook import NOTE, TEXT, TITLE, plain_workbook
from dvctt.lib.sheets import SheetRow
from indicators.forms import STATE_CHOICES, EntryRow, typed_rate
from indicators.models import Period
from indicators.rules import NUMBER, locked_in_words
from units.models import Unit

CODE, NUMERATOR, DENOMINATOR, REASON, REMARK = "Mã", "Tử số", "Mẫu số", "Không có số vì", "Ghi chú"
HEADINGS: Final = (CODE, "Chỉ tiêu", "Tử số là", "Mẫu số là", NUMERATOR, DENOMINATOR, REASON, REMARK)
_WIDTHS: Final = {
    CODE: 14, "Chỉ tiêu": 34, "Tử số là": 30, "Mẫu số là": 30, REASON: 24, REMARK: 40,
}  # fmt: skip
_MARK: Final = "Mã mẫu:"
_REASONS: Final = {names.fold(label): state for state, label in STATE_CHOICES}
_LOCKED: Final = "Đã có số từ"
_LOCKED_ROWS: Final = f"Dòng ghi “{_LOCKED} …” là số của nguồn chính thức, không nhập."
_MOST_LINES: Final = 500


class NotThisForm(ValueError):
    """A file that is not the filled form of this unit and period; str() says what to do."""


@dataclass(slots=True)
class Brought:
    """What a file or a pasted block says: inputs by their names, and what could not be placed."""

    inputs: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    rows: int = 0


def template_name(*, unit_name: str, period: Period) -> str:
    return f"mau-nhap-{names.fold(unit_name).replace(' ', '-')[:60]}-{period.code.lower()}.xlsx"


def template(*, unit: Unit, unit_name: str, period: Period, rows: Sequence[EntryRow]) -> bytes:
    """Return the form as an .xlsx file with what is kept so far."""
    reasons = ", ".join(f"“{label}”" for state, label in STATE_CHOICES if state != NUMBER)
    told = f"Điền các cột “{NUMERATOR}” và “{DENOMINATOR}” bằng số nguyên, để nguyên các cột khác."
    if any(row.takes_rate for row in rows):
        told += f" Chỉ tiêu nhập tỷ lệ thì ghi tỷ lệ vào cột “{NUMERATOR}”, ví dụ 98,5."
    return plain_workbook(
        sheet="Nhập số liệu",
        lines=[
            (f"Nhập số liệu {period.label} – {unit_name}", TITLE),
            (told, TEXT),
            (f"Không có số thì ghi lý do, một trong: {reasons}.", TEXT),
            *([(_LOCKED_ROWS, TEXT)] if any(row.locked for row in rows) else []),
            (f"{_MARK} {_mark(unit, period)}", NOTE),
        ],
        headings=HEADINGS,
        rows=[
            (
                row.indicator.code,
                row.indicator.short_name,
                row.indicator.numerator,
                row.indicator.denominator,
                _number_in(row),
                numbers.parse_count(row.denominator),
                row.state_text,
                _remark(row),
            )
            for row in rows
        ],
        widths=_WIDTHS,
    )


def read_file(
    content: bytes, *, filename: str, unit: Unit, period: Period, rows: Sequence[EntryRow]
) -> Brought:
    """Read the filled form. Raises sheets.FileRefused, and NotThisForm for another unit, period or table."""
    workbook = sheets.read_workbook(content, filename=filename)
    lines = [line for sheet in workbook.sheets if not sheet.hidden for line in sheet.rows]
    marks = [text for line in lines for text in _texts(line) if text.startswith(_MARK)]
    if not marks:
        raise NotThisForm("Tệp này không phải mẫu nhập số liệu; hãy bấm “Tải mẫu Excel” rồi điền vào mẫu đó.")
    if marks != [f"{_MARK} {_mark(unit, period)}"]:
        raise NotThisForm(
            f"Tệp này là mẫu của đơn vị hoặc kỳ khác ({marks[0].removeprefix(_MARK).strip()}); "
            f"hãy tải mẫu của đúng đơn vị và {period.label}."
        )
    header = next((at for at, line in enumerate(lines) if CODE in _texts(line)), None)
    if header is None:
        raise NotThisForm(f"Không thấy dòng tiêu đề có cột “{CODE}”; hãy tải lại mẫu.")
    columns = {text: at for at, text in enumerate(_texts(lines[header])) if text}
    missing = [name for name in (CODE, NUMERATOR, DENOMINATOR, REASON, REMARK) if name not in columns]
    if missing:
        raise NotThisForm(f"Thiếu cột {', '.join(f'“{name}”' for name in missing)}; hãy tải lại mẫu.")
    return _brought(lines[header + 1 :], columns, {row.indicator.code: row for row in rows})


def _brought(lines: Sequence[SheetRow], columns: Mapping[str, int], asked: Mapping[str, EntryRow]) -> Brought:
    brought = Brought()
    seen: set[str] = set()
    for line in lines:
        code = _text(line, columns[CODE])
        if not code:
            continue
        row = asked.get(code)
        if row is None or code in seen:
            why = "có hai lần trong tệp" if row else "không có trong các chỉ tiêu đơn vị phải nhập"
            brought.problems.append(f"Dòng {line.number}: mã “{code[:40]}” {why}; dòng này bị bỏ qua")
            continue
        seen.add(code)
        told = {name: _text(line, columns[name]) for name in (NUMERATOR, DENOMINATOR, REASON, REMARK)}
        for name in (NUMERATOR, DENOMINATOR):
            part = _fraction(line, columns[name])
            if part is not None:
                is_rate = row.takes_rate and name == NUMERATOR
                told[name] = typed_rate(part) if is_rate else _unlike_thousands(part)
        if not any(told.values()):
            continue  # an empty line says nothing of what is kept
        if row.locked:
            _refuse_locked(brought, row, line.number, told)
            continue
        state = _REASONS.get(names.fold(told[REASON]), "") if told[REASON] else NUMBER
        if not state:
            brought.problems.append(
                f"Dòng {line.number}: lý do “{told[REASON][:40]}” không có trong danh sách; hãy chọn lại"
            )
        _put(brought, row, told[NUMERATOR], told[DENOMINATOR], state or NUMBER, told[REMARK])
    return brought


def read_block(text: str, *, rows: Sequence[EntryRow]) -> Brought:
    """Read a block as a spreadsheet copies it: a line for each indicator in the form's order, two columns."""
    brought = Brought()
    lines = text.replace("\r", "").replace("\0", "").rstrip("\n").split("\n")[:_MOST_LINES]
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells):
            continue
        if number > len(rows):
            brought.problems.append(f"Dòng {number}: bảng chỉ có {len(rows)} chỉ tiêu; dòng này bị bỏ qua")
            continue
        row = rows[number - 1]
        if row.locked:
            counts = dict(zip((NUMERATOR, DENOMINATOR), cells, strict=False))
            _refuse_locked(brought, row, number, counts)
            continue
        if any(cells[2:]) or (len(cells) > 1 and cells[1] and not row.has_denominator):
            brought.problems.append(f"Dòng {number} ({row.indicator.short_name}): thừa ô; chỉ lấy các ô đầu")
        _put(brought, row, cells[0], cells[1] if len(cells) > 1 else "", NUMBER, row.note)
    return brought


def _remark(row: EntryRow) -> str:
    return f"{_LOCKED} {row.locked.words}" if row.locked else row.note


def _refuse_locked(brought: Brought, row: EntryRow, number: int, told: Mapping[str, str]) -> None:
    """Tell of a row that takes no figure, unless it only brings back what the form showed."""
    shown = {NUMERATOR: row.numerator, DENOMINATOR: row.denominator, REASON: row.state_text}
    if row.locked and any(text and not _is_same(text, shown.get(name, text)) for name, text in told.items()):
        why = locked_in_words(row.locked.source_label)
        brought.problems.append(f"Dòng {number} ({row.indicator.short_name}): {why}; dòng này bị bỏ qua")


def _is_same(text: str, shown: str) -> bool:
    try:
        return numbers.parse_count(text) == numbers.parse_count(shown)
    except numbers.NumberUnclear:
        return text == shown


def _put(brought: Brought, row: EntryRow, numerator: str, denominator: str, state: str, note: str) -> None:
    typed = {"numerator": numerator, "state": state, "note": note}
    if row.has_denominator:
        typed["denominator"] = denominator
    brought.inputs |= {row.ids[name]: text for name, text in typed.items()}
    brought.rows += 1


def _number_in(row: EntryRow) -> Decimal | int | None:
    """What the first input holds, as a number that a spreadsheet reckons with."""
    if not row.takes_rate:
        return numbers.parse_count(row.numerator)
    read = numbers.parse_rate(row.numerator)
    return None if read is None else read.value


def _mark(unit: Unit, period: Period) -> str:
    return f"{unit.key} · {period.code}"


def _texts(line: SheetRow) -> Iterator[str]:
    return (_text(line, at) for at in range(len(line.cells)))


def _fraction(line: SheetRow, at: int) -> Decimal | None:
    """Return the number of a cell that holds one with decimals, other than a percentage; else None."""
    cell = line.cell(at)
    is_fraction = isinstance(cell.value, float) and not cell.value.is_integer()
    return Decimal(repr(cell.value)) if is_fraction and cell.number_format is None else None


def _unlike_thousands(count: Decimal) -> str:
    """Return what is no count as text that is not read as one: 2.625 is "2,6250", never 2.625 dossiers."""
    text = numbers.vi_number(count)
    return f"{text}0" if len(text.partition(",")[2]) == 3 else text


def _text(line: SheetRow, at: int) -> str:
    """Return the cell as a person would type it; an error of the sheet as it stands, to be complained of."""
    cell = line.cell(at)
    if cell.error is not None:
        return cell.error
    if cell.is_formula_without_value:
        return "công thức chưa có kết quả"
    if cell.value is None:
        return ""
    if cell.number_format is not None and isinstance(cell.value, (int, float)):
        # 0.985 under a format of percent is what its writer sees as 98,5 %.
        rate = numbers.parse_rate(cell.value, percent_format=True)
        return f"{numbers.vi_number(rate.value)}%" if rate else ""
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    return str(cell.value).strip()
