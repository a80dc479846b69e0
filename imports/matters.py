"""What a person still has to settle about a batch before it can be written: names, errors, warnings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from imports.models import Batch
from imports.rules.problems import ERROR, WARNING

MATCH: Final = 3
CHECK: Final = 4
PREVIEW: Final = 5

TITLES: Final[Mapping[str, str]] = {
    "unmatched_unit": "Dòng chưa khớp đơn vị",
    "unmatched_group": "Dòng nhóm chưa khớp đơn vị",
    "swap": "Hai cột có vẻ bị đổi chỗ",
    "numerator_exceeds_denominator": "Phần lớn hơn tổng",
    "number_unclear": "Ô không đọc được thành số",
    "cell_error": "Ô báo lỗi của bảng tính",
    "formula_without_value": "Công thức chưa có kết quả",
    "rate_over_100": "Tỷ lệ lớn hơn 100 %",
    "repeated_unit": "Đơn vị lặp lại",
    "no_total_row": "Biểu thiếu dòng tổng",
    "sum_differs": "Các số trong dòng không cộng khớp",
    "total_differs": "Dòng tổng không bằng tổng các dòng",
    "group_sum_differs": "Dòng nhóm không bằng tổng các dòng bên dưới",
    "group_value_differs": "Dòng nhóm khác dòng của huyện",
    "rate_differs": "Tỷ lệ in khác tỷ lệ tính lại",
    "rate_unclear": "Tỷ lệ in không đọc được",
    "missing_value": "Ô để trống, không có ghi chú",
    "missing_counts": "Có tỷ lệ nhưng thiếu số lượng",
    "missing_unit": "Thiếu đơn vị",
    "zero_without_note": "Số 0 không có ghi chú",
    "number_under_missing_header": "Cột ghi chưa có số nhưng ô có số",
    "number_against_note": "Ghi chú trái với số in",
    "jump": "Khác hẳn các kỳ trước",
    "carried_over_differs": "Số kỳ trước chuyển sang không khớp",
    "kept_later": "Đã có số trích xuất sau",
    "overwrites_published": "Sẽ thay số đã công bố",
    "overwrites_approved": "Trùng với số đã duyệt",
    "target_differs": "Chỉ tiêu in khác chỉ tiêu đã ghi",
    "target_unclear": "Chỉ tiêu in không đọc được",
    "target_without_document": "Chỉ tiêu không kèm văn bản",
    "unknown_column": "Cột không có trong mẫu",
    "hidden_sheet": "Sheet bị ẩn",
    "cells_beyond_header": "Ô nằm ngoài các cột có tiêu đề",
    "extraction_unread": "Ngày trích xuất không đọc được",
    "hidden_rows": "Dòng bị ẩn vẫn được nạp",
    "hidden_columns": "Cột bị ẩn vẫn được đọc",
    "sheet_without_table": "Sheet không có bảng theo mẫu",
    "source_chosen": "Nguồn ghi theo lựa chọn",
}


@dataclass(frozen=True, slots=True)
class Matter:
    """One finding, where it stands, and whether a person has settled it."""

    key: str
    kind: str
    severity: str
    sheet: str
    row: int | None
    printed: str
    column: str
    message: str
    settled: bool

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        if self.row is None:
            return f"Sheet “{self.sheet}”" if self.sheet else "Cả tệp"
        return f"{self.sheet}, dòng {self.row}"


@dataclass(frozen=True, slots=True)
class Kind:
    """All findings of one kind."""

    code: str
    title: str
    matters: tuple[Matter, ...]

    @property
    def open(self) -> int:
        return sum(not matter.settled for matter in self.matters)


@dataclass(frozen=True, slots=True)
class Matters:
    """Everything a person has to settle; errors refuse their row, warnings need a tick."""

    unmatched: int
    """Rows and headings without a unit that nobody has set aside."""
    errors: tuple[Matter, ...]
    warnings: tuple[Matter, ...]
    refused: tuple[tuple[str, int, str], ...]
    """Rows that cannot be written: sheet, number, name as printed."""
    refused_open: int
    """Those of them that nobody has set aside."""

    @property
    def warnings_open(self) -> int:
        return sum(not matter.settled for matter in self.warnings)

    @property
    def first_open_step(self) -> int:
        """The first of the six steps that still needs a person."""
        if self.unmatched:
            return MATCH
        return CHECK if self.refused_open or self.warnings_open else PREVIEW

    @property
    def is_settled(self) -> bool:
        return self.first_open_step == PREVIEW


def matter_key(problem: Mapping[str, Any]) -> str:
    """Return the key by which a finding is known again after the preview is made anew."""
    words = (problem["kind"], problem["sheet"], problem["row"], problem["message"])
    return hashlib.sha256("\0".join(map(str, words)).encode()).hexdigest()[:16]


def matters_of(*, batch: Batch) -> Matters:
    """Return what a batch in preview leaves to a person. One statement."""
    accepted = set(batch.options.get("accepted", ()))
    aside = {(sheet, number) for sheet, number in batch.options.get("set_aside", {}).get("rows", ())}
    errors: list[Matter] = []
    warnings: list[Matter] = []
    refused: list[tuple[str, int, str]] = []
    unmatched = 0
    fields = ("sheet", "number", "printed", "is_group", "unit_id", "refused", "problems")
    for row in batch.rows.order_by("position").only("batch_id", *fields):
        is_aside = (row.sheet, row.number) in aside
        kinds = {problem["kind"] for problem in row.problems if problem["severity"] == ERROR}
        if row.unit_id is None and not is_aside and (not row.is_group or "unmatched_group" in kinds):
            unmatched += 1
        if row.refused:
            refused.append((row.sheet, row.number, row.printed))
        for problem in row.problems:
            if problem["severity"] == ERROR:
                errors.append(_matter(problem, row.printed, settled=is_aside))
            elif problem["severity"] == WARNING and not row.refused:
                key = matter_key(problem)
                warnings.append(_matter(problem, row.printed, settled=key in accepted))
    for problem in batch.problems:
        if problem["severity"] in (ERROR, WARNING):
            settled = matter_key(problem) in accepted
            (errors if problem["severity"] == ERROR else warnings).append(
                _matter(problem, "", settled=settled)
            )
    open_rows = sum((sheet, number) not in aside for sheet, number, _ in refused)
    return Matters(unmatched, tuple(errors), tuple(warnings), tuple(refused), open_rows)


def by_kind(matters: Sequence[Matter]) -> list[Kind]:
    """Return the findings by kind, kinds with open ones first."""
    kinds: dict[str, list[Matter]] = {}
    for matter in matters:
        kinds.setdefault(matter.kind, []).append(matter)
    found = [Kind(code, TITLES.get(code, code), tuple(listed)) for code, listed in kinds.items()]
    return sorted(found, key=lambda kind: not kind.open)


def keys_of(matters: Matters, *, kinds: Sequence[str], keys: Sequence[str]) -> Iterator[str]:
    """Give the keys of the warnings of these kinds, and of these single ones."""
    for matter in matters.warnings:
        if matter.kind in kinds or matter.key in keys:
            yield matter.key


def _matter(problem: Mapping[str, Any], printed: str, *, settled: bool) -> Matter:
    return Matter(
        matter_key(problem),
        problem["kind"],
        problem["severity"],
        problem["sheet"],
        problem["row"],
        printed,
        problem["column"],
        problem["message"],
        settled,
    )
