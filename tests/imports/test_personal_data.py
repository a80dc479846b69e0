"""Lists of dossiers carry the names of citizens: they are refused, and nothing of them stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from dvctt.lib import sheets
from imports import services, tasks
from imports.models import Batch, BatchState, Row
from imports.rules import personal
from imports.rules.personal import PersonalData
from imports.services import receiving
from tests.imports.conftest import AT
from tests.imports.exports import HEADER, export, titles, units
from tests.imports.layouts import sheet_of
from tests.imports.run import refused
from tests.imports.workbooks import books, saved

DOSSIERS = ["STT", "Mã hồ sơ", "Chủ hồ sơ", "Số CCCD", "Địa chỉ", "Ngày tiếp nhận"]
CITIZEN = [1, "H47.48-230401-0001", "Nguyễn Thị A", "049123456789", "Thôn 1, xã Trà Don", "01/04/2023"]


@pytest.mark.parametrize(
    "header",
    [
        DOSSIERS,
        ["TT", "Họ và tên người nộp hồ sơ", "Ngày nộp", "Đơn vị"],
        ["STT", "Đơn vị", "Số CMND/CCCD/Hộ chiếu", "Tổng số hồ sơ"],
        ["STT", "Mã hồ sơ", "Đơn vị", "Số điện thoại liên hệ"],
        ["STT", "Tên thủ tục hành chính", "Tên cá nhân, tổ chức nộp hồ sơ"],
        ["Ngày sinh", "HỌ TÊN"],
        ["Ho\u0323 te\u0302n", "\u0110i\u0323a chi\u0309"],
    ],
)
def test_headers_of_a_list_of_dossiers_are_known(header: list[str]) -> None:
    with pytest.raises(PersonalData, match="Sheet “Sheet1”, dòng 2"):
        personal.refuse_personal_data([sheet_of("DANH SÁCH HỒ SƠ", header, CITIZEN)])


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        ["STT", "Tên thủ tục", "Số hồ sơ cá nhân nộp", "Số hồ sơ tổ chức nộp"],
        ["STT", "Đơn vị", "Số hồ sơ"],
        ["STT", "Đơn vị", "Địa chỉ trang thông tin", "Tổng số hồ sơ"],
        ["Người lập biểu", "Thủ trưởng đơn vị", "(Ký, ghi rõ họ tên)"],
        ["Số điện thoại: 0235.3852741"],
    ],
)
def test_tables_of_counts_and_signatures_are_no_lists_of_dossiers(header: list[str]) -> None:
    personal.refuse_personal_data([sheet_of("TỔNG HỢP", header)])


def test_a_list_far_below_a_table_of_counts_is_found_as_well() -> None:
    above = [[str(n), f"Xã {n}", "10", "6"] for n in range(150)]
    with pytest.raises(PersonalData, match="dòng 152"):
        personal.refuse_personal_data([sheet_of(HEADER, *above, DOSSIERS)])
    with pytest.raises(PersonalData, match="dòng 152"):
        personal.refuse_personal_data([sheet_of(HEADER, *[[1, "Xã A", 2] for _ in above], DOSSIERS)])


@pytest.mark.django_db
def test_a_hidden_sheet_of_dossiers_refuses_the_whole_file(real: None, tmp_path: Path) -> None:
    import openpyxl

    rows = [*titles(), HEADER, *units("Sở Y tế")]
    path = saved(tmp_path, books({"Số liệu": rows, "Danh sách": [DOSSIERS, CITIZEN]}))
    book = openpyxl.load_workbook(path)
    book["Danh sách"].sheet_state = "hidden"
    book.save(path)
    assert "Sheet “Danh sách”, dòng 1: tệp là danh sách hồ sơ" in refused(path)
    assert not Batch.objects.exists()


@pytest.fixture
def waiting(office: User, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """A list of dossiers that was too large to look at while its person waited."""
    monkeypatch.setattr(receiving, "LOOK_AT_ONCE", 0)
    content = books({"Sheet1": [*titles(), DOSSIERS, CITIZEN]})
    return services.receive_file(content=content, filename="ho-so.xlsx", by=office, at=AT)


@pytest.mark.django_db
def test_a_large_list_that_the_worker_reads_is_not_kept(waiting: Batch, media_root: Path) -> None:
    kept = Path(waiting.file.path)
    assert kept.exists()
    with pytest.raises(PersonalData):
        services.read_batch(batch_id=waiting.pk, at=AT)
    batch = Batch.objects.get(pk=waiting.pk)
    assert (batch.state, batch.file.name, batch.progress) == (BatchState.FAILED, "", 100)
    assert "không được nhận và không được lưu" in batch.message
    assert [path for path in media_root.rglob("*") if path.is_file()] == []
    assert not Row.objects.exists()


@pytest.mark.django_db
def test_the_task_ends_quietly_and_the_page_says_why(waiting: Batch, office: User, client: Any) -> None:
    tasks.read_batch(waiting.pk)
    client.force_login(office)
    page = client.get(f"/nhap-tep/{waiting.pk}/").content.decode()
    assert "không được nhận và không được lưu" in page
    assert "Nguyễn Thị A" not in page
    assert client.get(f"/nhap-tep/{waiting.pk}/tep-goc/").status_code == 404


@pytest.mark.django_db
def test_a_list_that_was_not_kept_cannot_be_read_again(waiting: Batch, office: User) -> None:
    tasks.read_batch(waiting.pk)
    services.restate_facts(
        batch_id=waiting.pk, province="Tỉnh Quảng Nam", period="2023-Q2", source="", extracted_on=None,
        by=office, at=AT,
    )  # fmt: skip
    with pytest.raises(sheets.FileRefused, match="Không còn tệp gốc"):
        services.read_batch(batch_id=waiting.pk, at=AT)


@pytest.mark.django_db
def test_a_large_file_of_counts_is_kept(office: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "LOOK_AT_ONCE", 0)
    content = export(*units("Sở Y tế"))
    batch = services.receive_file(content=content, filename="so-lieu.xlsx", by=office, at=AT)
    services.read_batch(batch_id=batch.pk, at=AT)
    assert Path(Batch.objects.get(pk=batch.pk).file.path).read_bytes() == content
