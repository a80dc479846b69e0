"""The reviewer's side of a report: its lines, each of which may be given back with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicators import rules
from indicators.forms import EntryRow


@dataclass(slots=True)
class ReviewLine:
    """One line of the report, with what the reviewer ticked and wrote of it."""

    row: EntryRow
    ticked: bool = False
    reason: str = ""
    problem: str = ""

    @property
    def tick_id(self) -> str:
        return f"x-{self.row.indicator.pk}"

    @property
    def reason_id(self) -> str:
        return f"l-{self.row.indicator.pk}"


class ReviewForm:
    """The lines of a report; bound to `data` it reads reasons for giving lines back into `remarks`.

    A line is marked by its tick or by its reason alone; a tick without a reason is a fault.
    """

    def __init__(self, *, rows: Sequence[EntryRow], data: Mapping[str, str] | None = None) -> None:
        self.lines = [ReviewLine(row) for row in rows]
        self.remarks: dict[int, str] = {}
        for line in self.lines if data is not None else ():
            self._read(line, data or {})

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The faults as (id of the input, message), from top to bottom."""
        return [
            (line.reason_id, f"{line.row.indicator.short_name}: {line.problem}")
            for line in self.lines
            if line.problem
        ]

    def _read(self, line: ReviewLine, data: Mapping[str, str]) -> None:
        # PostgreSQL keeps no NUL character.
        line.reason = " ".join(data.get(line.reason_id, "").replace("\0", "").split())
        line.ticked = bool(line.reason) or line.tick_id in data
        if not line.ticked:
            return
        self.remarks[line.row.indicator.pk] = line.reason
        if not line.reason:
            line.problem = "đã chọn trả lại dòng này thì ghi lý do; hoặc bỏ chọn"
        elif len(line.reason) > rules.REMARK_LENGTH:
            line.problem = f"lý do dài quá {rules.REMARK_LENGTH} ký tự; hãy rút gọn"
