"""Rows against each other and against the tree, through the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from imports import services
from imports.models import Batch
from indicators.models import Measurement
from tests.imports.conftest import AT, named
from tests.imports.run import kinds, message, refused, run
from tests.imports.workbooks import QUANG_NGAI, book, saved
from units.models import Alias, Unit, UnitVersion

pytestmark = pytest.mark.django_db
MO_DUC = ["1", "UBND huyện Mộ Đức", "45,80%", "2,34%", None]


def test_a_unit_that_stands_twice_with_other_figures_is_written_from_neither(
    real: None, tmp_path: Path
) -> None:
    rows = [
        MO_DUC,
        ["2", "Huyện Mộ Đức", "46%", "2,34%", None],
        ["3", "UBND huyện Sơn Hà", "41,70%", "1%", None],
    ]
    answer = run(saved(tmp_path, book(rows)))
    assert (answer["refused"], answer["written"]) == (2, 2)
    assert kinds(answer, "missing_unit") == [("repeated_unit", 6), ("repeated_unit", 7)]
    assert "dòng 7 sheet “Sheet1”" in message(answer, "repeated_unit")


def test_a_unit_that_stands_twice_with_the_same_figures_is_written_once(real: None, tmp_path: Path) -> None:
    answer = run(saved(tmp_path, book([MO_DUC, ["2", *MO_DUC[1:]]])))
    assert (answer["refused"], answer["written"]) == (0, 2)
    assert kinds(answer, "missing_unit") == [("repeated_unit", 7)]


def test_an_unknown_unit_is_refused_with_suggestions_and_the_rest_is_written(
    real: None, tmp_path: Path
) -> None:
    rows = [
        [None, "UBND huyện Trà Bồng"],
        ["1", "Xã Trà Bửu", "9,2%", "1%"],
        ["2", "Xã Trà Tân", "18,9%", "1%"],
    ]
    answer = run(saved(tmp_path, book(rows)))
    assert (answer["rows"], answer["matched"], answer["refused"], answer["written"]) == (2, 1, 1, 2)
    (row,) = answer["unmatched"]
    assert (row["sheet"], row["row"], row["printed"]) == ("Sheet1", 7, "Xã Trà Bửu")
    assert "Xã Trà Bùi" in row["suggestions"]


def test_a_commune_never_matches_across_districts(real: None, tmp_path: Path) -> None:
    rows = [[None, "UBND huyện Minh Long"], ["1", "Xã Ba Xa", "9,2%", "1%"], ["2", "Xã Thanh An", "1%", "1%"]]
    answer = run(saved(tmp_path, book(rows)))
    assert (answer["matched"], answer["refused"]) == (1, 1)


def test_a_name_settled_by_a_file_is_remembered_for_the_source(real: None, tmp_path: Path) -> None:
    rows = [
        [None, "UBND huyện Tư Mỹ Nghĩa"],
        ["1", "Xã Nghĩa Thắng", "9%", "1%"],
        ["2", "Xã Nghĩa Lân", "1%", "1%"],
    ]
    workbook = saved(tmp_path, book(rows))
    choices = tmp_path / "chon.csv"
    choices.write_text(
        "sheet,row,printed,parent,unit\n"
        "Sheet1,6,,,Huyện Tư Nghĩa\n"
        ",,Xã Nghĩa Lân,Huyện Tư Nghĩa,Xã Nghĩa Lâm\n"
        ",,Xã Không Có,Huyện Hoành Bồ,Xã Lạ\n",
        encoding="utf-8",
    )
    answer = run(workbook, "--resolve", str(choices))
    assert (answer["matched"], answer["refused"], answer["written"]) == (2, 0, 4)
    assert kinds(answer, "missing_unit") == [("choice_unused", None)]
    aliases = {a.name: (a.unit, a.source) for a in Alias.objects.exclude(source="")}
    assert aliases["Xã Nghĩa Lân"] == (named("Xã Nghĩa Lâm"), "van_ban")
    assert aliases["UBND huyện Tư Mỹ Nghĩa"] == (named("Huyện Tư Nghĩa"), "van_ban")
    again = run(saved(tmp_path, book([*rows, ["3", "Xã Nghĩa Sơn", "3%", "1%"]]), "khac.xlsx"))
    assert (again["matched"], again["new"], again["unchanged"]) == (3, 2, 4)


def test_choices_saved_by_a_vietnamese_excel_are_read(real: None, tmp_path: Path) -> None:
    rows = [[None, "UBND huyện Minh Long"], ["1", "Xã Thanh Anh", "9%", "1%"], ["2", "Xã Long Sơn", "1%"]]
    choices = tmp_path / "chon.csv"
    choices.write_text(
        "printed;parent;unit\nXã Thanh Anh;Huyện Minh Long;Xã Thanh An\n", encoding="utf-8-sig"
    )
    assert run(saved(tmp_path, book(rows)), "--resolve", str(choices))["matched"] == 2


def test_a_group_that_alone_did_not_match_is_named_with_what_it_resembles(real: None, tmp_path: Path) -> None:
    rows = [[None, "UBND huyện Minh Lang"], ["1", "Xã Thanh An", "9%", "1%"]]
    assert "“UBND huyện Minh Lang” gần giống Huyện Minh Long" in refused(saved(tmp_path, book(rows)))


def test_a_province_said_by_its_bare_name_is_told_in_full(real: None, tmp_path: Path) -> None:
    content = book([MO_DUC], titles=["THỐNG KÊ QUÝ I/2023"])
    assert run(saved(tmp_path, content), "--province", "Quảng Ngãi")["province"] == "Tỉnh Quảng Ngãi"


def test_the_first_file_of_an_empty_house_brings_the_catalogue_along(db: None, tmp_path: Path) -> None:
    content = book([["1", "UBND huyện Phú Bình", "10%", "1%"]], titles=["QUÝ I/2023", "tỉnh Thái Nguyên"])
    answer = run(saved(tmp_path, content), "--create-units", "--province", "Tỉnh Thái Nguyên")
    assert (answer["written"], answer["created_units"]) == (2, 2)
    with pytest.raises(CommandError, match="Tỉnh Thái Nguyên đã có trong cây đơn vị"):
        call_command("load_units", "Thái Nguyên")


def test_a_choice_of_another_district_is_refused(real: None, tmp_path: Path) -> None:
    rows = [[None, "UBND huyện Minh Long"], ["1", "Xã Ba Chi", "9,2%", "1%"]]
    choices = tmp_path / "chon.json"
    choices.write_text(
        '[{"sheet": "Sheet1", "row": 7, "printed": "Xã Ba Chi", "unit": "Xã Ba Xa"}]', encoding="utf-8"
    )
    before = Measurement.objects.count()
    assert "không thuộc cùng cấp trên" in refused(saved(tmp_path, book(rows)), "--resolve", str(choices))
    assert Measurement.objects.count() == before


@pytest.mark.parametrize(
    "text", ["sheet,row\nSheet1,7\n", "unit\nXã Ba Xa\n", "sheet,row,unit\nSheet1,bảy,Xã Ba Xa\n"]
)
def test_a_file_of_choices_that_says_too_little_is_refused(real: None, tmp_path: Path, text: str) -> None:
    choices = tmp_path / "chon.csv"
    choices.write_text(text, encoding="utf-8")
    assert "mục 1" in refused(saved(tmp_path, book([MO_DUC])), "--resolve", str(choices))


def test_units_are_created_only_where_nothing_comes_near(real: None, tmp_path: Path) -> None:
    rows = [
        ["1", "Trung tâm Phục vụ hành chính công", "50%", "1%"],
        ["2", "Sở Quy hoạch", "50%", "1%"],
        [None, "UBND huyện Trà Bồng"],
        ["1", "Xã Trà Bửu", "9,2%", "1%"],
        ["2", "Xã Đồng Khởi Nghĩa", "9,2%", "1%"],
    ]
    answer = run(saved(tmp_path, book(rows)), "--create-units")
    # The first says no type of unit, the fourth row comes near Xã Trà Bùi.
    assert (answer["created_units"], answer["matched"], answer["written"]) == (2, 2, 4)
    assert [u["printed"] for u in answer["unmatched"]] == ["Trung tâm Phục vụ hành chính công", "Xã Trà Bửu"]
    commune = UnitVersion.objects.select_related("parent", "unit").get(full_name="Xã Đồng Khởi Nghĩa")
    assert commune.parent == named("Huyện Trà Bồng")
    assert str(commune.valid_from) == "2023-01-01"
    assert commune.unit.key.startswith(f"nhap:{answer['sha256'][:8]}:")
    before = Unit.objects.count()
    assert run(saved(tmp_path, book(rows)), "--create-units")["written"] == 0
    assert Unit.objects.count() == before


def test_a_whole_province_that_the_tree_lacks_is_created(real: None, tmp_path: Path) -> None:
    titles = [QUANG_NGAI[1], "(Kèm theo Kế hoạch số 7/KH-UBND ngày 28/4/2023 của UBND tỉnh Lào Cai)"]
    rows: list[list[Any]] = [
        ["1", "Sở Y tế", "50%", "1%"],
        ["1", "UBND thị xã Sa Pa", "50%", "1%"],
        ["2", "UBND huyện Bát Xát", "50%", "1%"],
        ["I", "UBND thị xã Sa Pa"],
        ["1", "Phường Cầu Mây", "50%", "1%"],
        ["2", "Xã Bản Hồ", "50%", "1%"],
        ["II", "Huyện Mường Khương"],
        ["1", "Xã Bản Hồ", "70%", "1%"],
    ]
    path = saved(tmp_path, book(rows, titles=titles))
    before = Unit.objects.count()
    assert "load_units" in refused(path)
    assert Unit.objects.count() == before
    answer = run(path, "--create-units")
    assert (answer["province"], answer["created_units"], answer["rows"]) == ("Tỉnh Lào Cai", 8, 6)
    assert (answer["matched"], answer["written"]) == (6, 12)
    assert UnitVersion.objects.filter(full_name="Xã Bản Hồ").count() == 2
    assert run(path, "--create-units")["created_units"] == 0


def test_a_dry_run_creates_no_unit(real: None, tmp_path: Path) -> None:
    before = Unit.objects.count()
    answer = run(saved(tmp_path, book([["1", "Sở Quy hoạch", "50%", "1%"]])), "--create-units", "--dry-run")
    assert (answer["created_units"], answer["new"], answer["written"]) == (1, 2, 0)
    assert Unit.objects.count() == before


def test_a_later_extraction_replaces_and_an_earlier_one_is_set_aside(real: None, tmp_path: Path) -> None:
    def extracted(day: str, rate: str) -> Any:
        titles = [*QUANG_NGAI, f"Số liệu trích xuất từ Cổng DVC quốc gia ngày {day}"]
        row = ["1", "UBND huyện Mộ Đức", rate, "2,34%", None]
        return run(saved(tmp_path, book([row], titles=titles)))

    assert extracted("17/7/2023", "45,80%")["written"] == 2
    later = extracted("20/7/2023", "46,00%")
    assert (later["changed"], later["written"]) == (2, 2)
    earlier = extracted("10/7/2023", "40,00%")
    assert (earlier["changed"], earlier["kept_later"], earlier["written"]) == (0, 1, 0)
    assert "giữ số mới hơn" in message(earlier, "kept_later")
    assert Measurement.objects.get(indicator__code="HSTT").value == 46


def test_the_person_who_writes_can_be_named(real: None, office: Any, tmp_path: Path) -> None:
    answer = run(saved(tmp_path, book([MO_DUC])), "--by", "can-bo", "--reason", "Số liệu chính thức")
    batch = Batch.objects.get(pk=answer["batch"])
    assert (batch.created_by, batch.committed_by, batch.reason) == (office, office, "Số liệu chính thức")
    assert "Không có tài khoản" in refused(saved(tmp_path, book([MO_DUC])), "--by", "ai-do")


def test_without_json_the_command_tells_in_words(real: None, tmp_path: Path, capsys: Any) -> None:
    import io

    from django.core.management import CommandError, call_command

    out = io.StringIO()
    call_command("import_file", str(saved(tmp_path, book([MO_DUC]))), stdout=out)
    assert "đã ghi 2" in out.getvalue()
    with pytest.raises(CommandError, match="Không có tệp"):
        call_command("import_file", str(tmp_path / "khong.xlsx"))


def test_layouts_are_stored_once_and_an_edited_one_stays(real: None) -> None:
    from imports.models import Layout

    assert services.load_layouts() == 10
    Layout.objects.filter(code="ty-le-hstt-tttt").update(name="Đã sửa")
    assert services.load_layouts() == 0
    assert Layout.objects.get(code="ty-le-hstt-tttt").name == "Đã sửa"
    assert AT.year == 2023
