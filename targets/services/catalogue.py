"""The targets that documents set (fixtures/catalogue/targets.csv) as plans: one line, one rule."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from documents.models import Document
from dvctt.lib import numbers
from indicators import selectors as indicator_selectors
from indicators.models import Indicator
from targets import rules, selectors
from targets.models import Plan, PlanState
from targets.rules import Measure, ParametersWrong
from targets.rules.reading import exact
from targets.services.errors import PlanRefused
from targets.services.loading import load_plan
from units import selectors as unit_selectors
from units.models import AreaClass, Level

COLUMNS: Final = ("document", "year", "indicator", "level", "kind", "value", "central_source", "baseline")

_STEPS: Final = re.compile(r"(\S+) mỗi năm đến (\S+)")
_SOURCE: Final = re.compile(r"([^:]+)(?:: ?(\S+))?")
_RULE_PLACE: Final = re.compile(r"rules\[(\d+)\]")
_EXEMPT: Final = {"vùng đặc biệt khó khăn": AreaClass.DAC_BIET_KHO_KHAN}
_BOUNDS: Final = {"minimum": "minimum", "maximum": "maximum"}


class _LineWrong(ValueError):
    """A line that cannot become a rule; Vietnamese, without the line's place."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the file as it stands there, with its number."""

    number: int
    document: str
    year: int
    indicator: Indicator
    level: str
    kind: str
    value: str
    central_source: str
    baseline: str

    @property
    def measure(self) -> Measure:
        return selectors.measure_of(self.indicator)

    @property
    def plan(self) -> tuple[str, int]:
        return self.document, self.year


@dataclass(frozen=True, slots=True)
class LoadedTargets:
    """The plans of the file, and those that wait for their owner's units: plan code, owner's name."""

    plans: tuple[Plan, ...]
    without_owner: tuple[tuple[str, str], ...]


@transaction.atomic
def load_targets(*, targets: Path, plans: Path) -> LoadedTargets:
    """Bring every plan of the two files to its lines; loading them again changes nothing.

    Plans whose owner is not in the tree yet are left out and told; drafts that people changed stay theirs.
    Raises PlanRefused with every line that cannot be read, PlanIssued where an issued plan differs from its
    lines.
    """
    loaded, without_owner = [], []
    for definition, lines in _definitions(targets, plans):
        on = date.fromisoformat(definition["units_on"])
        if unit_selectors.province_named(name=definition["owner"], on=on) is None:
            without_owner.append((definition["code"], definition["owner"]))
            continue
        touched = Plan.objects.filter(code=definition["code"], state=PlanState.DRAFT, revision__gt=0).first()
        if touched is not None:
            # People go on with it on the pages.
            loaded.append(touched)
            continue
        try:
            loaded.append(load_plan(definition=definition))
        except PlanRefused as refused:
            raise PlanRefused([_placed(one, targets.name, lines) for one in refused.problems]) from refused
    return LoadedTargets(tuple(loaded), tuple(without_owner))


def _placed(problem: str, file: str, lines: Sequence[_Line]) -> str:
    """Return a slip of a rule with the line that the rule came from."""
    found = _RULE_PLACE.match(problem)
    return f"{file}, dòng {lines[int(found[1]) - 1].number}: {problem}" if found else problem


def target_definitions(*, targets: Path, plans: Path) -> list[dict[str, Any]]:
    """Return the plans of the two files in the form that load_plan takes, in the order of the lines.

    `plans` says what each plan is but for its indicators and rules: one for each document and year. Rules
    stand in the order of the lines. Raises PlanRefused with every line that cannot be read.
    """
    return [definition for definition, _ in _definitions(targets, plans)]


def _definitions(targets: Path, plans: Path) -> list[tuple[dict[str, Any], list[_Line]]]:
    problems: list[str] = []
    lines = _lines(targets, problems)
    heads = _heads(plans)
    made: dict[tuple[str, int], tuple[dict[str, Any], list[_Line]]] = {}
    for line in lines:
        head = heads.get(line.plan)
        try:
            if head is None:
                raise _LineWrong(f"{plans.name} không có kế hoạch năm {line.year} của {line.document}")
            rule = _rule(line, head, lines, targets.name)
            definition, of_plan = made.setdefault(line.plan, (head | {"indicators": [], "rules": []}, []))
            _tell_indicator(line, definition["indicators"])
        except _LineWrong as wrong:
            problems.append(f"{targets.name}, dòng {line.number}: {wrong}")
            continue
        definition["rules"].append(rule)
        of_plan.append(line)
    if problems:
        raise PlanRefused(problems)
    return list(made.values())


def _heads(path: Path) -> dict[tuple[str, int], dict[str, Any]]:
    try:
        heads = json.loads(path.read_text(encoding="utf-8-sig"))
        return {(head["document"], head["year"]): head for head in heads}
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError, KeyError) as error:
        raise PlanRefused(
            [f"{path.name}: phải là danh sách kế hoạch, mỗi kế hoạch có document và year ({error})"]
        ) from error


# --- Lines ------------------------------------------------------------------------------------------------


def _lines(path: Path, problems: list[str]) -> list[_Line]:
    """Return the lines that can be read; a problem for each of the others."""
    indicators = {one.code: one for one in indicator_selectors.current_indicators()}
    documents = set(Document.objects.values_list("code", flat=True))
    found: list[_Line] = []
    seen: dict[tuple[str, ...], int] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise PlanRefused([f"{path.name}: thiếu cột {', '.join(missing)}"])
        for row in reader:
            number = reader.line_num
            cells = {name: (row[name] or "").strip() for name in COLUMNS}
            try:
                if None in row:
                    raise _LineWrong("thừa ô; giá trị có dấu phẩy phải đặt trong ngoặc kép")
                line = _line(number, cells, indicators, documents)
                key = (line.document, str(line.year), line.indicator.code, line.level)
                if key in seen:
                    raise _LineWrong(f"cùng văn bản, năm, chỉ tiêu và cấp với dòng {seen[key]}")
            except _LineWrong as wrong:
                problems.append(f"{path.name}, dòng {number}: {wrong}")
                continue
            seen[key] = number
            found.append(line)
    return found


def _line(
    number: int, cells: Mapping[str, str], indicators: Mapping[str, Indicator], documents: set[str]
) -> _Line:
    if cells["document"] not in documents:
        known = ", ".join(sorted(documents))
        raise _LineWrong(
            f"không có văn bản “{cells['document']}”; danh mục có {known or 'không văn bản nào'}"
        )
    if re.fullmatch(r"20\d\d", cells["year"]) is None:
        raise _LineWrong(f"năm “{cells['year']}” phải có bốn chữ số, ví dụ 2023")
    if cells["indicator"] not in indicators:
        raise _LineWrong(f"không có chỉ tiêu mã “{cells['indicator']}” trong danh mục")
    return _Line(
        number=number,
        document=cells["document"],
        year=int(cells["year"]),
        indicator=indicators[cells["indicator"]],
        level=cells["level"],
        kind=cells["kind"],
        value=cells["value"],
        central_source=cells["central_source"],
        baseline=cells["baseline"],
    )


def _number(text: str, what: str) -> Decimal:
    number = exact(text)
    if number is None or number < 0:
        raise _LineWrong(f"{what} “{text}” phải là một số không âm, thập phân viết bằng dấu chấm")
    return number


# --- Rules ------------------------------------------------------------------------------------------------


def _rule(line: _Line, head: Mapping[str, Any], lines: Sequence[_Line], file: str) -> dict[str, Any]:
    scope, label = _scope(line.level)
    kind, parameters, note = _kind(line, head, lines)
    try:
        rules.ready_rule(kind=kind, parameters=parameters, measure=line.measure, place="")
    except ParametersWrong as wrong:
        raise _LineWrong("; ".join(wrong.problems)) from wrong
    return {
        "indicator": line.indicator.code,
        "label": label,
        "scope": scope,
        "kind": kind,
        "parameters": parameters,
        "note": " ".join(part for part in (note, f"({file}, dòng {line.number})") if part),
    }


def _scope(level: str) -> tuple[dict[str, Any], str]:
    """Return the scope as JSON and the group's name: "all", "so;huyen", "area:…", "unit:…", "…, trừ …"."""
    word, colon, named = level.partition(":")
    if level == "all":
        return {}, "Mọi đơn vị"
    if colon and word == "unit" and named.strip():
        return {"units": [named.strip()]}, named.strip()
    if colon and word == "area" and named in AreaClass.values:
        return {"area_classes": [named]}, f"Khu vực {AreaClass(named).label}"
    told, _, exempt = level.partition(", trừ ")
    levels = told.split(";")
    if not all(one in Level.values for one in levels) or len(set(levels)) < len(levels):
        raise _LineWrong(
            f"không đọc được cấp “{level}”; ghi all, các cấp {', '.join(Level.values)} cách nhau bằng dấu ;, "
            f"area: kèm {', '.join(AreaClass.values)}, hoặc unit: kèm tên đơn vị"
        )
    if exempt and exempt not in _EXEMPT:
        raise _LineWrong(f"không đọc được “trừ {exempt}”; chỉ nhận {', '.join(_EXEMPT)}")
    label = "; ".join(str(Level(one).label) for one in levels)
    if not exempt:
        return {"levels": levels}, label
    return {"levels": levels, "except": {"area_classes": [_EXEMPT[exempt].value]}}, f"{label}, trừ {exempt}"


def _kind(line: _Line, head: Mapping[str, Any], lines: Sequence[_Line]) -> tuple[str, dict[str, Any], str]:
    """Return the kind, its parameters and what is to be said of them."""
    if line.kind in _BOUNDS:
        return _fixed(line)
    if line.kind == "ladder":
        return _ladder(line, lines)
    if line.kind in {"growth_min", "formal_rule"}:
        period = head["baseline"]["period"]
        if line.baseline != period:
            raise _LineWrong(f"so với năm “{line.baseline}” nhưng số gốc của kế hoạch là kỳ {period}")
        return _growth(line) if line.kind == "growth_min" else _formal(line)
    raise _LineWrong(
        f"không có loại “{line.kind}”; chỉ nhận minimum, maximum, growth_min, formal_rule, ladder"
    )


def _fixed(line: _Line) -> tuple[str, dict[str, Any], str]:
    measure, notes = line.measure, []
    parameters: dict[str, Any] = {
        "value": str(_number(line.value, "mức")),
        "bound": _BOUNDS[line.kind],
    }
    if not measure.is_rate and measure.higher_is_better and line.indicator.denominator:
        parameters["waiver"] = True
        notes.append("Đơn vị cả kỳ có ít hồ sơ hơn mức giao thì được miễn: một người làm hết cũng không đạt.")
    if line.baseline:
        reached = measure.figure(_number(line.baseline, "kết quả"))
        notes.append(
            f"Kết quả khi giao: {reached}, không rõ kỳ và số đếm nên chỉ ghi lại, không phải số gốc."
        )
    return "fixed", parameters, " ".join(notes)


def _growth(line: _Line) -> tuple[str, dict[str, Any], str]:
    growth = _number(line.value, "mức tăng")
    parameters = {
        "growth": str(growth),
        "growth_kind": "relative",
        "cap": "100" if line.measure.is_rate else None,
        "compare": "raw",
        "decimals": 0,
        "without": None,
    }
    note = (
        f"Văn bản ghi tối thiểu tăng {numbers.vi_number(growth)}% so với năm {line.baseline}; không nói rõ: "
        "nhân hay cộng điểm (chọn nhân), có chặn ở 100 hay không (chọn có), so số thô hay số in (chọn số "
        "thô), không có số gốc thì sao (chọn không giao, liệt kê riêng)."
    )
    return "growth", parameters, note


def _formal(line: _Line) -> tuple[str, dict[str, Any], str]:
    parameters = {
        "central": str(_number(line.value, "chỉ tiêu Trung ương")),
        "growth": "10",
        "growth_kind": "relative",
        "cap": "100" if line.measure.is_rate else None,
        "compare": "raw",
        "decimals": 0,
        "no_baseline": "central",
        "scored": "stretch",
    }
    note = (
        "Văn bản không nói rõ: tăng thêm 10% là nhân hay cộng điểm (chọn nhân), có chặn ở 100 hay không "
        "(chọn có), so số thô hay số in (chọn số thô), không có số gốc thì sao (chọn bằng Trung ương), "
        "chấm theo mức nào (chọn mức phấn đấu)."
    )
    return "formal", parameters, note


def _ladder(line: _Line, lines: Sequence[_Line]) -> tuple[str, dict[str, Any], str]:
    """The file says step and cap only; where the ladder begins is chosen here and said in the note.

    It begins with the document's own level of an earlier year for those units, the lowest where levels
    differ; without one, with one step in the year of the document.
    """
    said = _STEPS.fullmatch(line.value)
    if said is None:
        raise _LineWrong(f"lộ trình “{line.value}” phải có dạng “20 mỗi năm đến 100”")
    step, cap = _number(said[1], "bước"), _number(said[2], "trần")
    earlier = [
        one
        for one in lines
        if one.document == line.document
        and one.indicator == line.indicator
        and one.year < line.year
        and one.kind in _BOUNDS
        and set(one.level.split(";")) <= set(line.level.partition(",")[0].split(";"))
    ]
    first = min((one.year for one in earlier), default=None)
    if first is None:
        issued_on = Document.objects.get(code=line.document).issued_on
        if issued_on is None:
            raise _LineWrong(f"lộ trình cần năm bắt đầu, mà văn bản {line.document} chưa có ngày ban hành")
        begun, start = issued_on.year, step
        chosen = f"chọn bước đầu {numbers.vi_number(step)} ở năm ban hành văn bản, {begun}"
    else:
        starts = {one.level: _number(one.value, "mức") for one in earlier if one.year == first}
        begun, start = first, min(starts.values())
        stated = ", ".join(
            f"{_scope(level)[1]} {numbers.vi_number(value)}" for level, value in starts.items()
        )
        chosen = f"chọn mức năm {begun} của cùng văn bản ({stated}), lấy mức thấp nhất"
        levels = {min(value + step * (line.year - begun), cap) for value in starts.values()}
        if len(levels) > 1:
            raise _LineWrong(f"các cấp bắt đầu khác nhau ({stated}) nên mỗi cấp phải có dòng riêng")
    parameters = {
        "start": str(start),
        "start_year": begun,
        "step": str(step),
        "year": line.year,
        "cap": str(cap),
    }
    return "ladder", parameters, f"Văn bản ghi “{line.value}”, danh mục không ghi mức đầu: {chosen}."


# --- What the plan says of its indicators -----------------------------------------------------------------


def _tell_indicator(line: _Line, told: list[dict[str, Any]]) -> None:
    """Note the central target, its source and the province's own goal, once for each indicator."""
    central, source = _central(line)
    standing = next((one for one in told if one["indicator"] == line.indicator.code), None)
    if standing is None:
        standing = {"indicator": line.indicator.code, "central": None, "source": "", "goal": None}
        told.append(standing)
    if central is not None:
        if standing["central"] not in (None, str(central)):
            raise _LineWrong(
                f"chỉ tiêu Trung ương {central} khác mức {standing['central']} ở dòng trước của "
                f"{line.indicator.code}"
            )
        standing["central"] = str(central)
    if source and source not in standing["source"].split(" | "):
        standing["source"] = f"{standing['source']} | {source}" if standing["source"] else source
    if line.level == Level.TINH and line.kind in _BOUNDS:
        standing["goal"] = str(_number(line.value, "mức"))


def _central(line: _Line) -> tuple[Decimal | None, str]:
    """Return what the central government set, where the line says it, and in which documents."""
    if line.kind == "formal_rule":
        return _number(line.value, "chỉ tiêu Trung ương"), line.central_source
    if not line.central_source:
        return None, ""
    said = _SOURCE.fullmatch(line.central_source)
    if said is None:
        raise _LineWrong(
            f"không đọc được văn bản của Trung ương “{line.central_source}”; ghi tên văn bản, hoặc tên: mức"
        )
    return (_number(said[2], "chỉ tiêu Trung ương") if said[2] else None), said[1].strip()
