"""Writing the tree: versions that never overlap, changes, ends, aliases."""

from __future__ import annotations

import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.units.trees import FROM, ON, QUANG_NAM, QUANG_NGAI, draft, plant
from units import selectors, services
from units.models import Alias, Unit, UnitPath, UnitVersion
from units.rules import TreeCycle

pytestmark = pytest.mark.django_db


def fields(version: UnitVersion) -> dict[str, str]:
    names = ("level", "kind", "name", "full_name", "name_key", "folded")
    return {name: getattr(version, name) for name in names}


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (date(2020, 1, 1), None),
        (date(2020, 1, 1), date(2021, 1, 2)),
        (date(2022, 1, 1), date(2022, 6, 1)),
        (date(2022, 12, 31), None),
    ],
)
def test_the_database_refuses_a_version_that_overlaps_another(starts: date, ends: date | None) -> None:
    unit = plant(QUANG_NGAI)["Huyện Lý Sơn"]
    version = UnitVersion.objects.get(unit=unit)
    UnitVersion.objects.filter(pk=version.pk).update(valid_to=date(2023, 1, 1))
    with pytest.raises(IntegrityError, match="không được chồng ngày"), transaction.atomic():
        UnitVersion.objects.create(unit=unit, valid_from=starts, valid_to=ends, **fields(version))


def test_the_database_refuses_to_stretch_a_version_over_its_neighbour() -> None:
    unit = plant(QUANG_NGAI)["Huyện Lý Sơn"]
    services.change_unit(unit=unit, on=ON, by=None, name="Lý Sơn Mới")
    first = UnitVersion.objects.get(unit=unit, valid_from=FROM)
    with pytest.raises(IntegrityError, match="không được chồng ngày"), transaction.atomic():
        UnitVersion.objects.filter(pk=first.pk).update(valid_to=date(2024, 1, 1))
    UnitVersion.objects.filter(pk=first.pk).update(valid_to=date(2022, 1, 1))


def test_the_database_lets_neighbours_touch() -> None:
    unit = plant(QUANG_NGAI)["Huyện Lý Sơn"]
    version = UnitVersion.objects.get(unit=unit)
    UnitVersion.objects.create(unit=unit, valid_from=date(2019, 1, 1), valid_to=FROM, **fields(version))
    assert UnitVersion.objects.filter(unit=unit).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_transactions_that_add_the_same_days_the_later_one_is_refused() -> None:
    unit = plant(QUANG_NGAI)["Huyện Lý Sơn"]
    row = fields(UnitVersion.objects.get(unit=unit))
    added = threading.Event()

    def first() -> None:
        with transaction.atomic():
            UnitVersion.objects.create(unit=unit, valid_from=date(2019, 1, 1), valid_to=FROM, **row)
            added.set()
            time.sleep(0.3)
        connection.close()

    other = threading.Thread(target=first)
    other.start()
    added.wait(10)
    with pytest.raises(IntegrityError, match="không được chồng ngày"), transaction.atomic():
        UnitVersion.objects.create(unit=unit, valid_from=date(2020, 1, 1), valid_to=FROM, **row)
    other.join(10)
    assert UnitVersion.objects.filter(unit=unit).count() == 2


def test_the_service_says_in_vietnamese_which_versions_overlap() -> None:
    units = plant(QUANG_NGAI)
    with pytest.raises(services.VersionsOverlap, match="ngày 1/1/2021 đã có phiên bản “Huyện Lý Sơn”"):
        services.add_version(
            unit=units["Huyện Lý Sơn"],
            valid_from=date(2019, 1, 1),
            valid_to=None,
            by=None,
            parent=units["Tỉnh Quảng Ngãi"],
            level="huyen",
            kind="huyen",
            name="Lý Sơn",
        )


def test_a_part_of_the_past_is_added_before_the_first_version_with_its_paths() -> None:
    units = plant(QUANG_NGAI)
    row: dict[str, Any] = {"level": "tinh", "kind": "tinh", "name": "Nghĩa Bình", "by": None}
    before = date(2019, 1, 1)
    services.add_version(unit=units["Tỉnh Quảng Ngãi"], valid_from=before, valid_to=FROM, **row)
    assert [name.full_name for name in selectors.roots(on=date(2020, 1, 1))] == ["Tỉnh Nghĩa Bình"]
    with pytest.raises(services.UnitError, match="Ngày kết thúc phải sau ngày bắt đầu"):
        services.add_version(unit=units["Tỉnh Quảng Ngãi"], valid_from=before, valid_to=before, **row)


def test_a_change_closes_a_version_and_opens_the_next() -> None:
    unit = plant(QUANG_NGAI)["Huyện Ba Tơ/Xã Ba Vinh"]
    services.change_unit(unit=unit, on=ON, by=None, kind="phuong")
    before, after = UnitVersion.objects.filter(unit=unit).order_by("valid_from")
    assert (before.full_name, before.valid_to) == ("Xã Ba Vinh", ON)
    assert (after.full_name, after.folded, after.valid_to) == ("Phường Ba Vinh", "phuong ba vinh", None)


def test_a_change_inside_the_past_keeps_what_came_later() -> None:
    unit = plant(QUANG_NGAI)["Huyện Lý Sơn"]
    services.change_unit(unit=unit, on=date(2024, 1, 1), by=None, name="C")
    services.change_unit(unit=unit, on=date(2022, 1, 1), by=None, name="B")
    rows = UnitVersion.objects.filter(unit=unit).order_by("valid_from").values_list("name", "valid_to")
    assert list(rows) == [("Lý Sơn", date(2022, 1, 1)), ("B", date(2024, 1, 1)), ("C", None)]


def test_a_change_on_the_first_day_or_before_the_unit_was_there_is_refused() -> None:
    unit = plant(QUANG_NGAI)["Huyện Lý Sơn"]
    with pytest.raises(services.UnitError, match="bắt đầu đúng ngày 1/1/2021"):
        services.change_unit(unit=unit, on=FROM, by=None, name="B")
    with pytest.raises(services.UnitError, match="không tồn tại vào ngày 1/1/2020"):
        services.change_unit(unit=unit, on=date(2020, 1, 1), by=None, name="B")


def test_a_change_of_an_unknown_field_is_a_slip_of_the_caller() -> None:
    with pytest.raises(TypeError, match="valid_to"):
        services.change_unit(unit=plant(QUANG_NGAI)["Huyện Lý Sơn"], on=ON, by=None, valid_to=ON)


def test_a_unit_cannot_be_moved_below_itself_and_nothing_is_left_of_the_attempt() -> None:
    units = plant(QUANG_NGAI)
    with pytest.raises(TreeCycle, match="dưới chính nó"):
        services.change_unit(unit=units["Huyện Ba Tơ"], on=ON, by=None, parent=units["Huyện Ba Tơ/Xã Ba Tô"])
    assert UnitVersion.objects.filter(unit=units["Huyện Ba Tơ"]).count() == 1


def test_a_unit_ends_only_when_nothing_stands_below_it() -> None:
    units = plant(QUANG_NGAI)
    with pytest.raises(
        services.UnitError, match="Còn đơn vị trực thuộc Huyện Ba Tơ: Thị trấn Ba Tơ, Xã Ba Tô"
    ):
        services.abolish_unit(unit=units["Huyện Ba Tơ"], on=ON, by=None)
    services.abolish_unit(unit=units["Huyện Lý Sơn"], on=ON, by=None)
    assert not UnitPath.objects.filter(descendant=units["Huyện Lý Sơn"], valid_to=None).exists()
    assert selectors.version_on(unit=units["Huyện Lý Sơn"], on=ON) is None
    with pytest.raises(services.UnitError, match="Huyện Lý Sơn đã có ngày kết thúc 31/3/2023"):
        services.abolish_unit(unit=units["Huyện Lý Sơn"], on=date(2023, 3, 30), by=None)


def test_adding_the_same_units_again_adds_nothing() -> None:
    plant(QUANG_NGAI)
    counts = (Unit.objects.count(), UnitVersion.objects.count(), UnitPath.objects.count())
    plant(QUANG_NGAI)
    assert (Unit.objects.count(), UnitVersion.objects.count(), UnitPath.objects.count()) == counts


def test_a_unit_below_an_unknown_parent_is_refused_with_all_the_others() -> None:
    with pytest.raises(services.ParentMissing, match="không có đơn vị cấp trên “không có”"):
        services.add_units(drafts=[draft("Tỉnh A", parent_key=None), draft("Huyện B", parent_key="không có")])
    assert not Unit.objects.exists()


def test_a_unit_cannot_begin_before_its_parent() -> None:
    units = plant(QUANG_NGAI)
    early = draft("Huyện Mới", parent_key=units["Tỉnh Quảng Ngãi"].key, valid_from=date(2020, 1, 1))
    with pytest.raises(services.ParentMissing, match="Huyện Mới: cấp trên không tồn tại vào ngày 1/1/2020"):
        services.add_units(drafts=[early])


def test_a_persons_choice_is_remembered_once_and_its_contradiction_refused() -> None:
    units = plant(QUANG_NAM)
    parent, cooi = units["Huyện Đông Giang"], units["Huyện Đông Giang/Xã Mà Cooi"]
    given: dict[str, Any] = {
        "parent": parent,
        "source": "van_ban",
        "name": "UBND xã Mà Cooih",
        "kind": "",
        "by": None,
    }
    first = services.settle_alias(unit=cooi, evidence="STT 98", **given)
    assert (first.kind, first.name_key) == ("xa", "màcooih")
    assert services.settle_alias(unit=cooi, evidence="STT 98", **given) == first
    with pytest.raises(services.AliasTaken, match="đã được ghi nhận là đơn vị khác"):
        services.settle_alias(unit=units["Huyện Đông Giang/Xã Ba"], evidence="đoán", **given)
    with pytest.raises(services.UnitError, match="Cần có cách viết và căn cứ"):
        services.settle_alias(unit=cooi, evidence=" ", **given)


def test_the_matcher_of_a_province_knows_its_aliases_until_they_are_revoked() -> None:
    units = plant(QUANG_NAM)
    alias = services.settle_alias(
        unit=units["Huyện Đông Giang/Xã Mà Cooi"],
        parent=units["Huyện Đông Giang"],
        source="",
        name="Xã Mà Cooih",
        kind="",
        evidence="STT 98",
        by=None,
    )
    found = {}
    for moment in ("standing", "revoked"):
        matcher = selectors.matcher(province=units["Tỉnh Quảng Nam"], on=ON)
        found[moment] = matcher.match(
            "Xã Mà Cooih", parent_id=units["Huyện Đông Giang"].pk, levels=["xa"], source="van_ban"
        ).step
        Alias.objects.filter(pk=alias.pk).update(revoked_at="2023-07-01T00:00:00Z", revoke_reason="nhầm")
    assert found == {"standing": "alias", "revoked": "none"}


def test_a_file_of_aliases_is_settled_once_and_leaves_out_provinces_that_are_not_there(
    tmp_path: Path,
) -> None:
    plant(QUANG_NAM)
    file = tmp_path / "ten.csv"
    file.write_text(
        "province,parent,printed,unit,source,evidence\n"
        "Tỉnh Quảng Nam,Huyện Đông Giang,Xã Mà Cooih,Xã Mà Cooi,,STT 98\n"
        "Tỉnh Quảng Nam,Tỉnh Quảng Nam,Sở CT,Sở Công Thương,,thử\n"
        "Tỉnh Quảng Ninh,Thành phố Hạ Long,Phường A,Phường B,,thử\n",
        encoding="utf-8",
    )
    assert services.load_aliases(path=file, by=None) == 2
    assert services.load_aliases(path=file, by=None) == 0
    with file.open("a", encoding="utf-8") as more:
        more.write("Tỉnh Quảng Nam,Huyện Đông Giang,Xã X,Xã Không Có,,thử\n")
    with pytest.raises(
        services.AliasFileWrong, match="dòng 5: không có “Xã Không Có” trong “Huyện Đông Giang”"
    ):
        services.load_aliases(path=file, by=None)
