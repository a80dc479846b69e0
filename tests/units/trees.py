"""Small trees for tests: a province with districts, communes and sở, by one service call."""

from __future__ import annotations

from datetime import date

from units import services
from units.models import Kind, Level, Unit

FROM = date(2021, 1, 1)
ON = date(2023, 3, 31)

_KINDS = {
    "Tỉnh": (Level.TINH, Kind.TINH),
    "Thành phố": (Level.HUYEN, Kind.THANH_PHO),
    "Thị xã": (Level.HUYEN, Kind.THI_XA),
    "Huyện": (Level.HUYEN, Kind.HUYEN),
    "Phường": (Level.XA, Kind.PHUONG),
    "Xã": (Level.XA, Kind.XA),
    "Thị trấn": (Level.XA, Kind.THI_TRAN),
}


def draft(full_name: str, *, parent_key: str | None, valid_from: date = FROM) -> services.UnitDraft:
    """A draft whose key is its path of names, so that two Phường Nguyễn Nghiêm are two units."""
    key = f"{parent_key or 'thu'}/{full_name}"
    words = next((words for words in _KINDS if full_name.startswith(f"{words} ")), None)
    level, kind = _KINDS[words] if words else (Level.SO, Kind.SO)
    name = full_name.removeprefix(f"{words} ")
    return services.UnitDraft(
        key=key,
        origin="cây thử",
        level=level.value,
        kind=kind.value,
        name=name,
        parent_key=parent_key,
        valid_from=valid_from,
    )


def plant(tree: dict[str, dict[str, list[str]]], *, valid_from: date = FROM) -> dict[str, Unit]:
    """Plant {province: {district or sở: [communes]}} and return the units by "district/commune" or name."""
    drafts: list[services.UnitDraft] = []
    for province, districts in tree.items():
        top = draft(province, parent_key=None, valid_from=valid_from)
        drafts.append(top)
        for district, communes in districts.items():
            middle = draft(district, parent_key=top.key, valid_from=valid_from)
            drafts.append(middle)
            drafts += [draft(name, parent_key=middle.key, valid_from=valid_from) for name in communes]
    services.add_units(drafts=drafts)
    by_key = {unit.key: unit for unit in Unit.objects.filter(key__in=[d.key for d in drafts])}
    named: dict[str, Unit] = {}
    for one in drafts:
        last = one.key.split("/")[-1]
        named.setdefault(last, by_key[one.key])
        named["/".join(one.key.split("/")[2:]) or last] = by_key[one.key]
    return named


QUANG_NAM: dict[str, dict[str, list[str]]] = {
    "Tỉnh Quảng Nam": {
        "Sở Công Thương": [],
        "Thanh tra tỉnh": [],
        "Huyện Nam Trà My": ["Xã Trà Don", "Xã Trà Dơn", "Xã Trà Leng"],
        "Huyện Đông Giang": ["Thị trấn P Rao", "Xã Ba", "Xã Tư", "Xã Mà Cooi"],
    }
}
QUANG_NGAI: dict[str, dict[str, list[str]]] = {
    "Tỉnh Quảng Ngãi": {
        "Thành phố Quảng Ngãi": ["Phường Nguyễn Nghiêm", "Xã Nghĩa Dõng"],
        "Thị xã Đức Phổ": ["Phường Nguyễn Nghiêm", "Phường Phổ Hòa"],
        "Huyện Ba Tơ": ["Thị trấn Ba Tơ", "Xã Ba Tô", "Xã Ba Vinh"],
        "Huyện Lý Sơn": [],
    }
}
