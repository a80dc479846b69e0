"""The catalogue of indicators, and the periods that figures are told for."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from documents.models import Document
from documents.services import load_documents
from dvctt.lib.periods import PeriodSpan
from indicators.models import (
    Direction,
    EnteredAs,
    Indicator,
    IndicatorChange,
    Period,
    ZeroDenominator,
)
from indicators.rules import CatalogueUnreadable
from indicators.services.calendar import load_calendar
from units.models import Level

COLUMNS: Final = (
    "code", "name", "unit", "direction", "levels", "numerator", "denominator", "zero_denominator",
    "documents",
)  # fmt: skip

CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""A code stands in addresses."""

DEFINITION: Final = (
    "unit_of_measure",
    "is_rate",
    "direction",
    "numerator",
    "denominator",
    "zero_denominator",
    "entered_as",
)
"""What makes a figure mean something else when it changes: such a change is a new version."""


def ensure_period(*, span: PeriodSpan) -> Period:
    """Return the stored period of this span; store it when nothing has been told for it yet."""
    period, _ = Period.objects.get_or_create(
        code=span.code, defaults={"kind": span.kind, "starts_on": span.starts_on, "ends_on": span.ends_on}
    )
    return period


def ensure_catalogue() -> None:
    """Load the product's own catalogue where there is none yet: a first import needs no other step."""
    if not Indicator.objects.exists():
        folder = settings.FIXTURES_DIR / "catalogue"
        load_catalogue(indicators=folder / "indicators.csv", documents=folder / "documents.csv")
        load_calendar(
            rules=folder / "calendar.csv",
            holidays=folder / "holidays.csv",
            reminders=folder / "reminders.csv",
        )


def load_catalogue(*, indicators: Path, documents: Path) -> int:
    """Take over the documents and the indicators of two CSV files, in the order of the file.

    A changed wording, level or document is taken over in place; a changed definition becomes the indicator's
    next version, so that figures keep the one they were computed by. What the office sets itself (fewest
    cases, decimals, sources) is left alone, and so is every indicator that it changed on its pages. Return
    how many documents and indicators became new or changed: none when the files are loaded again.

    Raises CatalogueUnreadable, or documents.services.DocumentsUnreadable.
    """
    with transaction.atomic():
        written = load_documents(path=documents)
        known = {document.code: document for document in Document.objects.all()}
        standing: dict[str, Indicator] = {}
        for indicator in Indicator.objects.order_by("version").prefetch_related("documents"):
            standing[indicator.code] = indicator
        kept = set(IndicatorChange.objects.values_list("indicator__code", flat=True))
        for position, (where, row) in enumerate(_rows(indicators), start=1):
            fields = _fields(row, where) | {"position": position}
            rests_on = [_document(code, known, where) for code in _listed(row["documents"])]
            if row["code"] in kept:
                continue
            written += _take_over(row["code"], fields, rests_on, standing.get(row["code"]))
    return written


def _take_over(
    code: str, fields: dict[str, Any], rests_on: list[Document], standing: Indicator | None
) -> bool:
    if standing is None:
        indicator = Indicator.objects.create(code=code, **fields)
        indicator.documents.set(rests_on)
        return True
    changed = {name for name, value in fields.items() if getattr(standing, name) != value}
    documents_changed = {document.pk for document in standing.documents.all()} != {one.pk for one in rests_on}
    if changed & set(DEFINITION):
        kept = {"min_cases": standing.min_cases, "decimals": standing.decimals, "sources": standing.sources}
        indicator = Indicator.objects.create(code=code, version=standing.version + 1, **fields, **kept)
        indicator.documents.set(rests_on)
        return True
    if changed:
        for name in changed:
            setattr(standing, name, fields[name])
        standing.save(update_fields=sorted(changed))
    if documents_changed:
        standing.documents.set(rests_on)
    return bool(changed) or documents_changed


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    seen: set[str] = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise CatalogueUnreadable(f"{path.name}: thiếu cột {', '.join(missing)}.")
        for row in reader:
            where = f"{path.name}, dòng {reader.line_num}"
            row = {name: (value or "").strip() for name, value in row.items() if name is not None}
            if not row["code"] or row["code"] in seen:
                raise CatalogueUnreadable(f"{where}: mã chỉ tiêu “{row['code']}” trống hoặc trùng.")
            if not CODE.fullmatch(row["code"]):
                raise CatalogueUnreadable(
                    f"{where}: mã chỉ tiêu “{row['code']}” chỉ gồm chữ không dấu, số, gạch nối, gạch dưới."
                )
            seen.add(row["code"])
            yield where, row


def _fields(row: dict[str, str], where: str) -> dict[str, Any]:
    levels = _listed(row["levels"])
    entered_as = row.get("entered_as") or EnteredAs.COUNTS.value
    for word, allowed, column in (
        (row["direction"], Direction.values, "direction"),
        (row["zero_denominator"], ZeroDenominator.values, "zero_denominator"),
        (entered_as, EnteredAs.values, "entered_as"),
        *((level, Level.values, "levels") for level in levels),
    ):
        if word not in allowed:
            raise CatalogueUnreadable(
                f"{where}: cột {column} ghi “{word}”, chỉ nhận {', '.join(map(str, allowed))}."
            )
    if not levels or not row["name"] or not row["numerator"]:
        raise CatalogueUnreadable(f"{where}: thiếu tên, tử số hoặc cấp áp dụng.")
    if bool(row["denominator"]) == (row["zero_denominator"] == ZeroDenominator.NONE):
        raise CatalogueUnreadable(
            f"{where}: chỉ tiêu không có mẫu số thì zero_denominator phải là none, và ngược lại."
        )
    if entered_as == EnteredAs.RATE and row["unit"] != "%":
        raise CatalogueUnreadable(f"{where}: chỉ tiêu nhập tỷ lệ (entered_as rate) phải có đơn vị tính %.")
    return {
        "name": row["name"],
        "short_name": row.get("short_name") or row["name"][:120],
        "unit_of_measure": row["unit"],
        "is_rate": row["unit"] == "%",
        "direction": row["direction"],
        "levels": levels,
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "zero_denominator": row["zero_denominator"],
        "entered_as": entered_as,
    }


def _document(code: str, known: dict[str, Document], where: str) -> Document:
    try:
        return known[code]
    except KeyError as error:
        raise CatalogueUnreadable(f"{where}: không có văn bản “{code}” trong danh mục văn bản.") from error


def _listed(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(";") if word.strip()]
