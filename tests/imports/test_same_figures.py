"""However a table is laid out, written and sent, it gives the same figures; and twice it changes nothing.

The tables are simulated exports cut to a few rows of three groups.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dvctt.lib import sheets
from indicators.models import Measurement, MeasurementRevision
from tests.imports import writers
from tests.imports.columns import Merge, Table, header_of, paths_of
from tests.imports.run import kinds, run
from tests.imports.workbooks import saved

pytestmark = pytest.mark.django_db

OPTIONS: Final = ("--source", "mo_phong", "--province", "Tỉnh Quảng Nam", "--period", "2023-Q1")
TITLES: Final = ("UBND TỈNH QUẢNG NAM", "KẾT QUẢ GIẢI QUYẾT TTHC QUÝ I NĂM 2023")
FOOTER: Final = "Ngày trích xuất: 17/04/2023"
# First rows of the departments, the districts, and the communes of Tam Kỳ and Hội An, with their headings.
KEPT: Final = (range(6), range(20, 26), range(39, 43), range(50, 53), range(53, 60))

PROGRESS: Final = paths_of(
    "STT", "Đơn vị", "Tiếp nhận > {Tổng số; Kỳ trước chuyển sang}",
    "Tiếp nhận > Trong kỳ > {Tổng số; Trực tuyến; Trực tiếp; BCCI}",
    "Đã xử lý > {Tổng số; Trước hạn; Trong hạn; Quá hạn}", "Đang xử lý > {Tổng số; Trong hạn; Quá hạn}",
)  # fmt: skip
DIGITISED: Final = paths_of(
    "STT", "Đơn vị", "Tiếp nhận",
    "Số hóa hồ sơ TTHC khi tiếp nhận > {Chưa số hóa TPHS; Có số hóa TPHS; Có tái sử dụng thành phần; Tỷ lệ}",
    "Đã giải quyết", "Số hóa kết quả giải quyết > {Chưa số hóa; Đã số hóa; Tỷ lệ}",
)  # fmt: skip


def _cut(name: str, header_rows: int, paths: Any) -> Table:
    """Some rows of an export: names as text, counts as int, rates as Decimal."""
    path = settings.FIXTURES_DIR / "exports" / name
    (sheet,) = sheets.read_workbook(path.read_bytes(), filename=name).sheets
    rows = [row for row in sheet.rows if row.number > 4 + header_rows + 1]
    return Table(paths, tuple(tuple(_plain(v) for v in rows[at].cells) for part in KEPT for at in part))


def _plain(value: Any) -> Any:
    text = str(value).replace(".", "") if isinstance(value, str) else ""
    if text.isdigit():
        return int(text)
    return Decimal(value.rstrip("%")) if text.endswith("%") and isinstance(value, str) else value


TABLES: Final = {
    "progress": _cut("tien_do_quy_1_2023.xlsx", 3, PROGRESS),
    "digitised": _cut("so_hoa_quy_1_2023.xlsx", 2, DIGITISED),
}

# --- Ways of writing ---------------------------------------------------------------------------------------
COUNTS: Final[dict[str, Callable[[int], Any]]] = {
    "number": lambda n: n,
    "text": str,
    "dots": lambda n: f"{n:,}".replace(",", "."),
    "commas": lambda n: f"{n:,}",
    "spaces": lambda n: f"{n:,}".replace(",", " "),
    "narrow spaces": lambda n: f"{n:,}".replace(",", "\u00a0"),
    "words": lambda n: f"{n:,} hồ sơ".replace(",", "."),
    "apostrophe": lambda n: f"'{n:,}".replace(",", "."),
    "decimals": lambda n: f"{n}.0",
}
RATES: Final[dict[str, Callable[[Decimal], Any]]] = {
    "point": lambda r: f"{r}%",
    "comma": lambda r: f"{r} %".replace(".", ","),
    "percent form": lambda r: r,  # a fraction with a format in a workbook, a text elsewhere
    "bare": float,
}
FILES: Final = (
    "xlsx", "xlsx without merges", "ods", "html", ";utf-8", ";utf-8-sig", "\tutf-16", ",utf-16-be", ";cp1258",
)  # fmt: skip


@dataclass(frozen=True)
class Variation:
    """One way of laying out and writing a table."""

    columns: tuple[int, ...]
    """Its columns from the left; -1 is a blank one."""
    rows: tuple[tuple[int, ...], ...]
    """The order of the rows below each heading."""
    blank_rows: frozenset[int] = frozenset()
    repeated_at: frozenset[int] = frozenset()
    counts: str = "number"
    rates: str = "point"
    decomposed: bool = False
    other_tones: bool = False
    numbering: str = ""
    """How a row below the header numbers the columns."""
    total: str = ""
    """Where a row of totals stands: last, first, or last with its name in the number column."""
    measured: bool = False
    """Whether "Đơn vị tính: hồ sơ" stands right above the header, at the right."""
    lies: int = 0
    """By how many columns the declared merges of parents are too short (negative)."""
    file: str = "xlsx"
    sheet_name: str = "Sheet1"


def _groups(table: Table) -> list[list[tuple[Any, ...]]]:
    """The rows of a table, each group headed by the row that has no figures."""
    groups: list[list[tuple[Any, ...]]] = []
    for row in table.rows:
        if row[2] is None or not groups:
            groups.append([])
        groups[-1].append(row)
    return groups


LATE: Final = (("òa", "oà"), ("óa", "oá"), ("ủy", "uỷ"), ("Ủy", "Uỷ"), ("úy", "uý"), ("hóa", "hoá"))


def _text_as(text: str, variation: Variation) -> str:
    if variation.other_tones:
        for early, late in LATE:
            text = text.replace(early, late)
    return unicodedata.normalize("NFD", text) if variation.decomposed else text


def _cell_as(value: Any, at: int, variation: Variation) -> Any:
    if isinstance(value, str):
        return _text_as(value, variation)
    if isinstance(value, Decimal):
        return RATES[variation.rates](value)
    # The number of a row is no count.
    return COUNTS[variation.counts](value) if isinstance(value, int) and at > 0 else value


NUMBERINGS: Final = {"brackets": "({})", "apostrophe": "'({})", "bare": "{}"}


def _total(table: Table, name_at: int) -> tuple[Any, ...]:
    """The row that adds the others up; its name stands in the unit column or in the number column."""
    sums = (
        sum(row[at] for row in table.rows if row[at] is not None) if type(table.rows[1][at]) is int else None
        for at in range(2, len(table.paths))
    )
    return (None, "Tổng cộng", *sums) if name_at == 1 else ("Tổng cộng", None, *sums)


def _body(table: Table, variation: Variation) -> Iterator[tuple[Any, ...]]:
    if variation.total == "first":
        yield _total(table, 1)
    for (heading, *rows), order in zip(_groups(table), variation.rows, strict=True):
        yield heading
        yield from (rows[at] for at in order)
    if variation.total.startswith("last"):
        yield _total(table, 0 if variation.total.endswith("number column") else 1)


def _laid_out(table: Table, variation: Variation) -> tuple[list[list[Any]], list[Merge]]:
    """The rows of the sheet and its merges."""
    turned = table.in_order(variation.columns)
    named, merges = header_of(turned.paths)
    header: list[list[Any]] = [[text and _text_as(text, variation) for text in row] for row in named]
    if variation.numbering:
        form = NUMBERINGS[variation.numbering]
        header.append([form.format(at) if path else None for at, path in enumerate(turned.paths, start=1)])
    lines: list[list[Any]] = [[_text_as(title, variation)] for title in TITLES]
    if variation.measured:
        lines.append([None] * (len(turned.paths) - 1) + ["Đơn vị tính: hồ sơ"])
    top = len(lines)
    lines += header
    for count, row in enumerate(_body(table, variation)):
        if count in variation.repeated_at:
            lines += header
        lines.append([_cell_as(row[at], at, variation) if at >= 0 else None for at in variation.columns])
    lines.append([None] * variation.columns.index(1) + [FOOTER])
    places: dict[int, int] = {}
    grid: list[list[Any]] = []
    for number, line in enumerate(lines):
        if number in variation.blank_rows:
            grid.append([])
        grid.append(line)
        places[number + 1] = len(grid)
    told = [_lying(merge, variation.lies) for merge in merges]
    return grid, [(places[a + top], b, places[c + top], d) for a, b, c, d in told]


def _lying(merge: Merge, by: int) -> Merge:
    """The merge of a parent, too short by some columns."""
    top, left, low, right = merge
    return (top, left, low, max(left, right + by)) if right > left else merge


def _written(table: Table, variation: Variation, folder: Path) -> Path:
    grid, merges = _laid_out(table, variation)
    match variation.file:
        case "xlsx":
            return saved(folder, writers.as_xlsx(grid, merges, sheet_name=variation.sheet_name))
        case "xlsx without merges":
            return saved(folder, writers.as_xlsx(grid, [], sheet_name=variation.sheet_name))
        case "ods":
            return saved(folder, writers.as_ods(grid), "tep.ods")
        case "html":
            return saved(folder, writers.as_html(grid, merges), "tep.xls")
        case text:
            return saved(folder, writers.as_csv(grid, delimiter=text[0], encoding=text[1:]), "tep.csv")


Figure = tuple[int, str, int | None, int | None, Decimal | None, str]


def figures() -> set[Figure]:
    rows = Measurement.objects.filter(source="mo_phong")
    return set(rows.values_list("unit_id", "indicator__code", "numerator", "denominator", "value", "state"))


def imported(path: Path) -> tuple[set[Figure], dict[str, Any]]:
    """What a file writes into an empty house, and what it would do there a second time."""
    with transaction.atomic():
        first = run(path, *OPTIONS)
        found, revisions = figures(), MeasurementRevision.objects.count()
        assert first["written"] == len(found)
        again = run(path, *OPTIONS)
        assert (figures(), MeasurementRevision.objects.count()) == (found, revisions)
        transaction.set_rollback(True)
    return found, again


@st.composite
def variations(draw: st.DrawFn, table: Table) -> Variation:
    columns = list(draw(st.permutations(range(len(table.paths)))))
    for place in sorted(draw(st.sets(st.integers(0, len(columns)), max_size=3)), reverse=True):
        columns.insert(place, -1)
    sizes = [len(group) - 1 for group in _groups(table)]
    lines = len(TITLES) + len(table.rows) + 4
    return Variation(
        columns=tuple(columns),
        rows=tuple(tuple(draw(st.permutations(range(size)))) for size in sizes),
        blank_rows=draw(st.frozensets(st.integers(0, lines), max_size=4)),
        repeated_at=draw(st.frozensets(st.integers(1, len(table.rows) - 1), max_size=2)),
        counts=draw(st.sampled_from(sorted(COUNTS))),
        rates=draw(st.sampled_from(sorted(RATES))),
        decomposed=draw(st.booleans()),
        other_tones=draw(st.booleans()),
        numbering=draw(st.sampled_from(["", *NUMBERINGS])),
        total=draw(st.sampled_from(["", "first", "last", "last, in the number column"])),
        measured=draw(st.booleans()),
        lies=draw(st.integers(-2, 0)),
        file=draw(st.sampled_from(FILES)),
        sheet_name=draw(st.sampled_from(["Sheet1", "Cấp xã (2)", "data"])),
    )


def plain(table: Table, **changes: Any) -> Variation:
    sizes = [len(group) - 1 for group in _groups(table)]
    return Variation(tuple(range(len(table.paths))), tuple(tuple(range(size)) for size in sizes), **changes)


_EXPECTED: Final[dict[str, set[Figure]]] = {}


@pytest.fixture
def expected(real: None, tmp_path: Path) -> dict[str, set[Figure]]:
    """The figures of each table as the system sends it; found out once."""
    for name, table in TABLES.items() if not _EXPECTED else ():
        _EXPECTED[name] = imported(_written(table, plain(table), tmp_path))[0]
    return _EXPECTED


def test_the_tables_as_they_are_sent_give_two_figures_a_unit(expected: dict[str, set[Figure]]) -> None:
    assert {name: len(found) for name, found in expected.items()} == {"progress": 44, "digitised": 44}


@pytest.mark.parametrize("file", FILES)
def test_each_kind_of_file_gives_the_same_figures(
    expected: dict[str, set[Figure]], tmp_path: Path, file: str
) -> None:
    for name, table in TABLES.items():
        found, again = imported(_written(table, plain(table, file=file), tmp_path))
        assert found == expected[name]
        assert (again["new"], again["changed"], again["written"]) == (0, 0, 0)


@pytest.mark.parametrize("file", ["xlsx", ";utf-8"])
@pytest.mark.parametrize(
    ("counts", "rates"), [*[(way, "comma") for way in COUNTS], *[("dots", way) for way in RATES]]
)
def test_each_way_of_writing_numbers_gives_the_same_figures(
    expected: dict[str, set[Figure]], tmp_path: Path, counts: str, rates: str, file: str
) -> None:
    table = TABLES["digitised"]
    variation = plain(table, counts=counts, rates=rates, file=file)
    assert imported(_written(table, variation, tmp_path))[0] == expected["digitised"]


@given(data=st.data())
@hypothesis_settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_table_laid_out_in_any_way_gives_the_same_figures_and_twice_changes_nothing(
    expected: dict[str, set[Figure]], tmp_path: Path, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(TABLES)))
    table = TABLES[name]
    variation = data.draw(variations(table))
    found, again = imported(_written(table, variation, tmp_path))
    assert found == expected[name]
    assert (again["new"], again["changed"], again["written"]) == (0, 0, 0)
    told = {kind for kind, _ in kinds(again, "missing_unit", "ignored_row")}
    assert told == ({"total_agrees"} if variation.total else set())
