"""Files that must not come in: a Vietnamese word why, and nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from documents.models import Document
from imports.models import Batch, Row
from imports.rules import tables
from indicators.models import Measurement, MeasurementRevision, Period, PublishedTarget
from tests.imports.run import refused, run
from tests.imports.workbooks import COUNTS, QUANG_NGAI, QUANG_NINH, RATES, book, books, saved
from units.models import Alias, Unit

pytestmark = pytest.mark.django_db
MODELS = (
    Batch,
    Row,
    Measurement,
    MeasurementRevision,
    PublishedTarget,
    Period,
    Document,
    Unit,
    Alias,
)
ROW = ["1", "UBND huyện Mộ Đức", "45,80%", "2,34%", None]


def state() -> list[int]:
    return [model.objects.count() for model in MODELS]


@pytest.mark.parametrize(
    ("titles", "options", "words"),
    [
        (["KHÔNG GHI GÌ"], [], ["kỳ của số liệu", "--period", "tên tỉnh", "--province"]),
        (["QUÝ I/2023"], [], ["tên tỉnh"]),
        (["UBND TỈNH QUẢNG NGÃI"], [], ["kỳ của số liệu"]),
        (QUANG_NGAI, ["--period", "2023-Q2"], ["Quý II/2023", "Quý I/2023"]),
        (QUANG_NGAI, ["--period", "2023-Q9"], ["Không có kỳ"]),
        (QUANG_NGAI, ["--province", "Tỉnh Quảng Nam"], ["Tỉnh Quảng Ngãi", "Tỉnh Quảng Nam"]),
        (QUANG_NGAI, ["--province", "Tỉnh Hà Giang", "--period", "2023-Q1"], ["Tỉnh Hà Giang"]),
        (QUANG_NGAI, ["--source", "khac"], ["Không có nguồn"]),
        (QUANG_NGAI, ["--extracted-on", "17/7/2023"], ["năm-tháng-ngày"]),
        (
            [*QUANG_NGAI, "Số liệu trích xuất từ Cổng DVC quốc gia ngày 17/7/2023"],
            ["--extracted-on", "2023-07-18"],
            ["18/7/2023", "17/7/2023"],
        ),
        ([*QUANG_NGAI, "So với Quý II/2023"], [], ["nhiều kỳ"]),
        (
            ["QUÝ I/2023", "UBND TỈNH LÀO CAI"],
            ["--province", "Tỉnh Lào Cai"],
            ["Chưa có Tỉnh Lào Cai", "load_units"],
        ),
    ],
)
def test_what_file_and_person_say_must_agree_and_suffice(
    real: None, tmp_path: Path, titles: list[str], options: list[str], words: list[str]
) -> None:
    before = state()
    error = refused(saved(tmp_path, book([ROW], titles=titles)), *options)
    assert [word for word in words if word not in error] == []
    assert state() == before


def test_a_header_of_another_quarter_than_the_title_is_refused(real: None, tmp_path: Path) -> None:
    before = state()
    header = [*RATES[:2], "Tỷ lệ hồ sơ trực tuyến Quý II", *RATES[3:]]
    error = refused(saved(tmp_path, book([ROW], header=header)))
    assert "Quý II" in error
    assert "Quý I/2023" in error
    assert state() == before


def test_the_statutory_quarter_may_be_chosen_for_a_sheet_that_says_quarter(
    real: None, tmp_path: Path
) -> None:
    answer = run(saved(tmp_path, book([ROW])), "--period", "2023-Q1-bc")
    assert (answer["period"], answer["written"]) == ("2023-Q1-bc", 2)


def test_options_say_what_the_sheet_does_not(real: None, tmp_path: Path) -> None:
    answer = run(
        saved(tmp_path, book([ROW], titles=["Bảng số liệu"])),
        *("--province", "Tỉnh Quảng Ngãi", "--period", "2023-Q3", "--source", "he_thong_tinh"),
        *("--extracted-on", "2023-10-02"),
    )
    assert (answer["period"], answer["source"], answer["extracted_on"]) == (
        "2023-Q3",
        "he_thong_tinh",
        "2023-10-02",
    )
    assert answer["written"] == 2


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [
                ["I", "UBND thành phố Tam Kỳ"],
                ["1", "UBND xã Tam Ngọc", "99%", "0%"],
                ["2", "UBND phường An Mỹ", "9%", "0%"],
            ],
            "Tỉnh Quảng Nam",
        ),
        (
            [["1", "UBND huyện Điện Biên Đông", "9%", "0%"], ["2", "UBND huyện Tủa Chùa", "9%", "0%"]],
            "Không dòng nào",
        ),
        ([], "không có dòng đơn vị nào"),
    ],
)
def test_units_of_another_province_are_refused_as_a_whole(
    real: None, tmp_path: Path, rows: list[list[str]], words: str
) -> None:
    before = state()
    error = refused(saved(tmp_path, book(rows)))
    assert words in error
    assert state() == before


def test_unknown_headers_say_what_was_looked_for(real: None, tmp_path: Path) -> None:
    before = state()
    error = refused(
        saved(tmp_path, book([ROW], header=["STT", "Đơn vị", "Tỷ lệ hồ sơ trực tuyến từ xa", "Số hóa"]))
    )
    assert "Không nhận ra mẫu" in error
    assert "Tỷ lệ hồ sơ trực tuyến từ xa" in error
    assert state() == before


def test_a_header_that_stands_twice_is_refused(real: None, tmp_path: Path) -> None:
    header = [
        "STT",
        "Đơn vị",
        "Tỷ lệ hồ sơ trực tuyến",
        "Tỷ lệ hồ sơ trực tuyến Quý I",
        "Tỷ lệ thanh toán trực tuyến",
    ]
    assert "hai cột cùng tên" in refused(saved(tmp_path, book([ROW], header=header)))


def test_two_kinds_of_tables_in_one_file_are_refused(real: None, tmp_path: Path) -> None:
    sheets: dict[str, list[Any]] = {
        "a": [*[[title] for title in QUANG_NINH], RATES, ["1", "Sở Y tế", "1%", "1%"]],
        "b": [COUNTS, [1, "Sở Y tế", 10, 9, "90%", None, None]],
    }
    assert "nhiều mẫu" in refused(saved(tmp_path, books(sheets)))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("rong.xlsx", b"", "rỗng"),
        ("hu.xlsx", b"PK\x03\x04 hong", "hỏng"),
        ("anh.png", b"\x89PNG", "không được nhận"),
        ("anh.xlsx", b"\x89PNG\r\n", "không phải bảng tính"),
        ("macro.xlsm", b"PK\x03\x04", "macro"),
    ],
)
def test_what_is_not_a_workbook_is_refused(
    real: None, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    before = state()
    assert words in refused(saved(tmp_path, content, name))
    assert state() == before


def test_a_file_that_is_not_there_is_an_error(real: None, tmp_path: Path) -> None:
    assert "Không có tệp" in refused(tmp_path / "khong-co.xlsx")


def test_bare_fractions_in_a_rate_column_are_unclear_and_refused(real: None, tmp_path: Path) -> None:
    rows = [[n, f"UBND huyện {name}", value, "1%"] for n, (name, value) in enumerate(FRACTIONS, start=1)]
    before = state()
    assert "phần trăm hay phân số" in refused(saved(tmp_path, book(rows)))
    assert state() == before


FRACTIONS = [("Mộ Đức", 0.458), ("Sơn Hà", 0.417), ("Minh Long", 1)]


def test_a_day_of_extraction_before_the_period_is_refused(real: None, tmp_path: Path) -> None:
    assert "trước khi kỳ" in refused(saved(tmp_path, book([ROW])), "--extracted-on", "2022-12-31")


def test_more_rows_than_the_country_has_units_are_refused(
    real: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 1)
    assert "hãy chia theo tỉnh" in refused(saved(tmp_path, book([ROW, ROW])))
