"""The pages: upload, progress, preview, decisions, commit, and what they refuse."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName

from accounts.models import User
from dvctt.celery import app
from imports import services
from imports.matters import matters_of
from imports.models import Batch, BatchState, Row
from indicators.models import Measurement
from tests.imports.conftest import AT, latest, named, published
from tests.imports.workbooks import QUANG_NGAI, QUANG_NINH, book, books
from units import services as unit_services
from units.models import Unit, UnitVersion

pytestmark = pytest.mark.django_db
MO_DUC = ["1", "UBND huyện Mộ Đức", "45,80%", "2,34%", None]
Upload = Callable[..., Any]


@pytest.fixture
def worker() -> Iterator[None]:
    """Jobs run when they are ordered."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def upload(office: User, client: Client, worker: None, django_capture_on_commit_callbacks: Any) -> Upload:
    client.force_login(office)

    def send(content: bytes, name: str = "tep.xlsx", **fields: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post("/nhap-tep/moi/", {"file": SimpleUploadedFile(name, content), **fields})

    return send


def settle(client: Client, batch: Batch, *, why: str = "Đã kiểm tra với đơn vị") -> None:
    """Tick every warning, and leave out every row that cannot be written."""
    matters = matters_of(batch=Batch.objects.get(pk=batch.pk))
    if matters.refused_open:
        client.post(f"/nhap-tep/{batch.pk}/kiem-tra/bo-dong/", {"reason": why})
    if matters.warnings_open:
        kinds = sorted({matter.kind for matter in matters.warnings})
        client.post(f"/nhap-tep/{batch.pk}/kiem-tra/chap-nhan/", {"kind": kinds})


@pytest.fixture
def commit(client: Client, django_capture_on_commit_callbacks: Any) -> Upload:
    def send(batch: Batch, **fields: str) -> Any:
        settle(client, batch)
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(f"/nhap-tep/{batch.pk}/ghi/", fields)

    return send


@pytest.fixture
def decide(client: Client, django_capture_on_commit_callbacks: Any) -> Upload:
    """Send a decision, and have the worker do what follows from it."""

    def send(address: str, fields: dict[str, Any] | None = None) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address, fields or {})

    return send


def text(response: Any) -> str:
    return str(response.content.decode())


def test_from_upload_to_the_written_figures(upload: Upload, commit: Upload, client: Client) -> None:
    answer = upload(published("quang_nam").read_bytes(), "Phụ lục II.xlsx")
    batch = latest()
    assert answer.url == f"/nhap-tep/{batch.pk}/"
    assert client.get(answer.url).headers["Location"] == f"/nhap-tep/{batch.pk}/kiem-tra/"
    page = text(client.get(f"/nhap-tep/{batch.pk}/thay-doi/"))
    for words in (
        "CHƯA GHI GÌ VÀO HỆ THỐNG",
        "Quý I/2023",
        "4872/KH-UBND ngày 25/7/2023 của UBND tỉnh Quảng Nam",
        "Cổng Dịch vụ công quốc gia",
        "17/7/2023",
        "Ghi 556 số liệu",
        "khớp đúng tên",
        "khớp theo tên gọi khác",
        "chưa trích xuất được",
        "không phát sinh",
    ):
        assert words in page, words
    answer = commit(batch, reason="Số liệu chính thức Quý I/2023")
    done = text(client.get(answer.url, follow=True))
    assert "Đã ghi 556 số liệu" in done
    assert (
        f"chi-tieu=HSTT&amp;ky=2023-Q1&amp;cap=xa&amp;trong={batch.province_id or named('Tỉnh Quảng Nam').pk}"
        in done
    )
    assert Measurement.objects.count() == 556
    listed = text(client.get("/nhap-tep/"))
    assert "Phụ lục II.xlsx" in listed
    assert "Đã ghi" in listed


def test_the_same_file_again_says_who_brought_it_in(upload: Upload, commit: Upload, client: Client) -> None:
    upload(book([MO_DUC]))
    first = latest()
    commit(first, reason="Lần đầu")
    upload(book([MO_DUC]))
    # openpyxl stamps each workbook with its time, so the very same bytes are sent again.
    with first.file.open("rb") as file:
        content = file.read()
    upload(content)
    page = text(client.get(f"/nhap-tep/{latest().pk}/thay-doi/"))
    assert "Tệp này đã nạp ngày" in page
    assert "bởi Cán bộ văn phòng" in page
    assert "Ghi nhận, không đổi số nào" in page
    commit(latest(), reason="Lần nữa")
    assert latest().counts["written"] == 0
    assert Measurement.objects.count() == 2


def test_progress_is_told_while_the_batch_is_read_and_leads_on_when_done(
    office: User, client: Client
) -> None:
    client.force_login(office)
    batch = services.receive_file(content=book([MO_DUC]), filename="a.xlsx", by=office, at=AT)
    page = text(client.get(f"/nhap-tep/{batch.pk}/"))
    assert f'data-progress-url="/nhap-tep/{batch.pk}/tien-do/"' in page
    assert '<meta http-equiv="refresh"' in page
    Batch.objects.filter(pk=batch.pk).update(
        state=BatchState.READING, progress=40, message="Đang khớp", heartbeat_at=AT
    )
    answer = client.get(f"/nhap-tep/{batch.pk}/tien-do/").json()
    assert answer == {"state": "reading", "percent": 40, "message": "Đang khớp", "done_url": None}
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.UPLOADED, heartbeat_at=None)
    services.read_batch(batch_id=batch.pk, at=AT)
    answer = client.get(f"/nhap-tep/{batch.pk}/tien-do/").json()
    assert (answer["state"], answer["percent"], answer["done_url"]) == (
        "preview",
        100,
        f"/nhap-tep/{batch.pk}/",
    )


def test_rows_that_cannot_be_written_need_a_tick_and_a_reason(
    upload: Upload, commit: Upload, client: Client
) -> None:
    answer = upload(published("quang_ninh").read_bytes())
    batch = latest()
    page = text(client.get(answer.url, follow=True))
    assert "Bỏ 2 dòng này, ghi phần còn lại" in page
    assert "Đồng ý đổi chỗ" in page
    assert "12,89 %" in page
    # Nothing is settled yet: the order to write is refused, whatever its reason.
    refused = client.post(f"/nhap-tep/{batch.pk}/ghi/", {"reason": "Vội"}, follow=True)
    assert "còn 2 dòng có lỗi chưa được sửa hoặc bỏ ra" in text(refused)
    client.post(f"/nhap-tep/{batch.pk}/kiem-tra/bo-dong/", {"reason": " "})
    assert "set_aside" not in latest().options
    settle(client, batch, why="Chờ tỉnh xác nhận")
    refused = client.post(f"/nhap-tep/{batch.pk}/ghi/", {"reason": ""})
    page = text(refused)
    assert "<title>Lỗi: Xem thay đổi" in page
    assert "Hãy ghi lý do nhập" in page
    assert Measurement.objects.count() == 0
    answer = commit(batch, reason="Bỏ hai dòng chờ tỉnh xác nhận")
    assert Measurement.objects.count() == 135
    assert "Lý do bỏ: Chờ tỉnh xác nhận" in text(client.get(answer.url, follow=True))


def test_warnings_need_a_tick_by_kind_or_one_by_one_and_new_ones_need_their_own(
    upload: Upload, client: Client
) -> None:
    rows = [MO_DUC, ["2", "UBND huyện Minh Long", "1%", "0%"], ["3", "UBND huyện Sơn Hà", "2%", "0%"]]
    upload(book(rows))
    batch = latest()
    matters = matters_of(batch=batch)
    assert sorted(matter.kind for matter in matters.warnings) == [
        "missing_unit", "zero_without_note", "zero_without_note",
    ]  # fmt: skip
    one = next(matter for matter in matters.warnings if matter.kind == "zero_without_note")
    client.post(f"/nhap-tep/{batch.pk}/kiem-tra/chap-nhan/", {"matter": one.key, "reason": "Đã hỏi huyện"})
    assert matters_of(batch=latest()).warnings_open == 2
    answer = client.post(
        f"/nhap-tep/{batch.pk}/kiem-tra/chap-nhan/", {"kind": ["missing_unit", "zero_without_note"]}
    )
    assert answer.headers["Location"] == f"/nhap-tep/{batch.pk}/thay-doi/"
    assert matters_of(batch=latest()).is_settled
    log = latest().options["decisions"]
    assert [(entry["what"], entry["reason"]) for entry in log] == [
        ("accepted", "Đã hỏi huyện"), ("accepted", ""),
    ]  # fmt: skip


def test_a_figure_that_stands_can_be_kept_cell_by_cell(
    upload: Upload, commit: Upload, decide: Upload, client: Client
) -> None:
    upload(book([MO_DUC]))
    commit(latest(), reason="x")
    upload(book([["1", "UBND huyện Mộ Đức", "50%", "3%", None]]))
    batch = latest()
    assert (batch.counts["changed"], batch.counts["kept"]) == (2, 0)
    row = batch.rows.get()
    decide(f"/nhap-tep/{batch.pk}/thay-doi/{row.position}/TTTT/", {"keep": "1"})
    page = text(client.get(f"/nhap-tep/{batch.pk}/thay-doi/"))
    assert "Ghi 1 số liệu" in page
    assert "giữ số cũ theo lựa chọn" in page
    commit(latest(), reason="Chỉ sửa tỷ lệ trực tuyến")
    values = {m.indicator.code: str(m.value.normalize()) for m in Measurement.objects.all() if m.value}
    assert values == {"HSTT": "5E+1", "TTTT": "2.34"}


def test_the_file_comes_back_with_its_problems_beside_the_rows(upload: Upload, client: Client) -> None:
    rows = [MO_DUC, ["2", "Huyện Tư Mỹ", "=1+1", "1%"], ["3", "UBND huyện Minh Long", "1%", "0%"]]
    upload(book(rows))
    answer = client.get(f"/nhap-tep/{latest().pk}/tep-van-de/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["B6"].value == "UBND huyện Mộ Đức"
    assert sheet["F5"].value == "Vấn đề"
    assert "chưa khớp với đơn vị nào" in str(sheet["F7"].value)
    assert "mà không ghi chú lý do" in str(sheet["F8"].value)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_file_with_its_problems_keeps_its_looks_and_nothing_that_runs(
    upload: Upload, client: Client
) -> None:
    made = openpyxl.load_workbook(
        io.BytesIO(
            book([MO_DUC, ["2", "Huyện Tư Mỹ", "=1+1", "1%"], ["3", "UBND huyện Minh Long", 0.5, "0%"]])
        )
    )
    sheet = made.worksheets[0]
    sheet["B6"].fill = PatternFill("solid", fgColor="FF00AA00")
    sheet["C8"].number_format = "0.00%"
    sheet.column_dimensions["B"].width = 44
    sheet["B8"].hyperlink = "http://example.com/la"
    sheet["G2"] = '=HYPERLINK("http://example.com/la","xem")'
    sheet["G3"] = "=cmd|' /C calc'!A0"
    sheet["G3"].data_type = "s"
    sheet.merge_cells("A1:H1")
    sheet.protection.sheet = True
    made.defined_names["la"] = DefinedName("la", attr_text="[1]Sheet1!$A$1")
    content = io.BytesIO()
    made.save(content)
    upload(content.getvalue())
    answer = client.get(f"/nhap-tep/{latest().pk}/tep-van-de/")
    back = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    page = back.worksheets[0]
    assert (page["B6"].fill.fgColor.rgb, page["C8"].number_format) == ("FF00AA00", "0.00%")
    assert (page["C8"].value, page.column_dimensions["B"].width) == (0.5, 44)
    assert "chưa khớp với đơn vị nào" in str(page["I7"].value)  # behind the merged title
    cells = [cell for row in page.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert page["G3"].quotePrefix
    assert (page["G2"].value, page["C7"].value, dict(back.defined_names)) == (None, None, {})
    assert not page.protection.sheet


def test_the_column_of_problems_is_seen_where_the_sheet_hides_everything_to_its_right(
    upload: Upload, client: Client
) -> None:
    made = openpyxl.load_workbook(io.BytesIO(book([MO_DUC, ["2", "Huyện Tư Mỹ", "1%", "1%"]])))
    sheet = made.worksheets[0]
    hidden = sheet.column_dimensions["F"]
    hidden.min, hidden.max, hidden.hidden = 6, 16384, True
    sheet.row_dimensions[7].hidden = True
    content = io.BytesIO()
    made.save(content)
    upload(content.getvalue())
    answer = client.get(f"/nhap-tep/{latest().pk}/tep-van-de/")
    back = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    page = back.worksheets[0]
    assert "chưa khớp với đơn vị nào" in str(page["F7"].value)
    assert (page.column_dimensions["F"].hidden, page.column_dimensions["F"].width) == (False, 80)
    assert not page.row_dimensions[7].hidden


def test_a_cell_far_out_does_not_make_the_file_with_problems_grow(upload: Upload, client: Client) -> None:
    made = openpyxl.load_workbook(io.BytesIO(book([MO_DUC, ["2", "Huyện Tư Mỹ", "1%", "1%"]])))
    made.worksheets[0]["ZZ100000"].fill = PatternFill("solid", fgColor="FF00AA00")
    content = io.BytesIO()
    made.save(content)
    upload(content.getvalue())
    answer = client.get(f"/nhap-tep/{latest().pk}/tep-van-de/")
    back = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert back.worksheets[0].max_row < 100


def test_swaps_are_agreed_to_row_by_row(upload: Upload, decide: Upload, client: Client) -> None:
    upload(published("quang_ninh").read_bytes())
    batch = latest()
    for number in (10, 20):
        row = Row.objects.get(batch=batch, sheet="I. Cap So", number=number)
        answer = decide(f"/nhap-tep/{batch.pk}/kiem-tra/doi-cho/{row.pk}/")
        assert answer.status_code == 302
    page = text(client.get(f"/nhap-tep/{batch.pk}/thay-doi/"))
    assert "Ghi 137 số liệu" in page
    assert "2.657/20.605 · 12,89 %" in page
    assert "Không đổi chỗ nữa" in text(client.get(f"/nhap-tep/{batch.pk}/kiem-tra/"))
    row = Row.objects.get(batch=batch, sheet="I. Cap So", number=10)
    decide(f"/nhap-tep/{batch.pk}/kiem-tra/doi-cho/{row.pk}/", {"accept": "0"})
    assert "Ghi 136 số liệu" in text(client.get(f"/nhap-tep/{batch.pk}/thay-doi/"))


def test_an_unmatched_name_is_settled_from_its_suggestions(
    upload: Upload, decide: Upload, client: Client
) -> None:
    rows = [[None, "UBND huyện Trà Bồng"], ["1", "Xã Trà Bửu", "9,2%", "1%"], ["2", "Xã Trà Tân", "1%", "1%"]]
    upload(book(rows))
    batch = latest()
    page = text(client.get(f"/nhap-tep/{batch.pk}/", follow=True))
    wanted = named("Xã Trà Bùi")
    assert f'<option value="{wanted.pk}">Xã Trà Bùi</option>' in page
    field = f"dong-{Row.objects.get(batch=batch, number=7).position}"
    address = f"/nhap-tep/{batch.pk}/khop-don-vi/chon/"
    client.post(address, {field: ""})
    assert Row.objects.get(batch=batch, number=7).unit is None
    client.post(address, {field: str(named("Xã Ba Xa").pk)}, follow=True)
    assert Row.objects.get(batch=batch, number=7).unit is None
    decide(address, {field: str(wanted.pk)})
    assert Row.objects.get(batch=batch, number=7).unit == wanted
    assert "người nhập đã chọn" in text(client.get(f"/nhap-tep/{batch.pk}/thay-doi/"))
    decide(f"/nhap-tep/{batch.pk}/khop-don-vi/bo-lua-chon/")
    assert Row.objects.get(batch=batch, number=7).unit is None


def test_a_row_is_left_out_on_the_matching_page_only_with_a_reason(upload: Upload, client: Client) -> None:
    upload(book([MO_DUC, ["2", "Huyện Tư Mỹ", "1%", "1%"]]))
    batch = latest()
    field = f"dong-{batch.rows.get(number=7).position}"
    address = f"/nhap-tep/{batch.pk}/khop-don-vi/chon/"
    client.post(address, {field: "bo-qua", "reason": ""})
    assert matters_of(batch=latest()).unmatched == 1
    client.post(address, {field: "bo-qua", "reason": "Không phải đơn vị của tỉnh"})
    assert matters_of(batch=latest()).unmatched == 0
    assert matters_of(batch=latest()).refused_open == 0


def test_a_unit_that_is_truly_new_is_added_at_its_place_from_its_day(
    upload: Upload, commit: Upload, decide: Upload, client: Client
) -> None:
    rows = [
        [None, "UBND huyện Trà Bồng"],
        ["1", "Xã Zơ Ra Mới", "9,2%", "1%"],
        ["2", "Xã Trà Tân", "1%", "1%"],
    ]
    upload(book(rows))
    batch = latest()
    page = text(client.get(f"/nhap-tep/{batch.pk}/khop-don-vi/"))
    assert "Xã Zơ Ra Mới, thuộc Huyện Trà Bồng" in page
    position = batch.rows.get(number=7).position
    address = f"/nhap-tep/{batch.pk}/khop-don-vi/don-vi-moi/"
    late = client.post(address, {"new": position, "valid_from": "2023-06-01"}, follow=True)
    assert "Đơn vị mới phải có trước khi kỳ kết thúc" in text(late)
    decide(address, {"new": position, "valid_from": "2023-02-01"})
    version = UnitVersion.objects.get(name="Zơ Ra Mới")
    assert (version.parent, version.valid_from) == (named("Huyện Trà Bồng"), date(2023, 2, 1))
    commit(latest(), reason="x")
    assert Measurement.objects.filter(unit=version.unit).count() == 2


@pytest.mark.parametrize(
    ("chip", "printed", "hidden"),
    [
        ("moi", "UBND huyện Sơn Hà", "UBND huyện Mộ Đức"),
        ("khong-doi", "UBND huyện Mộ Đức", "UBND huyện Sơn Hà"),
        ("khong-ghi", "Huyện Tư Mỹ", "UBND huyện Mộ Đức"),
        ("canh-bao", "UBND huyện Minh Long", "UBND huyện Mộ Đức"),
        ("la", "UBND huyện Mộ Đức", "Không có ở đâu"),
    ],
)
def test_chips_filter_the_rows(
    upload: Upload, commit: Upload, client: Client, chip: str, printed: str, hidden: str
) -> None:
    upload(book([MO_DUC]))
    commit(latest(), reason="x")
    rows = [
        MO_DUC,
        ["2", "UBND huyện Sơn Hà", "1%", "1%"],
        ["3", "Huyện Tư Mỹ", "1%", "1%"],
        ["4", "UBND huyện Minh Long", "1%", "0%"],
    ]
    upload(book(rows))
    page = text(client.get(f"/nhap-tep/{latest().pk}/thay-doi/?loc={chip}"))
    assert f'<td class="raw unit">{printed}<' in page
    assert f'<td class="raw unit">{hidden}<' not in page


def test_a_batch_can_be_cancelled_and_is_then_closed(upload: Upload, commit: Upload, client: Client) -> None:
    upload(book([MO_DUC]))
    batch = latest()
    answer = client.post(f"/nhap-tep/{batch.pk}/huy/", follow=True)
    assert "Chưa có gì được ghi" in text(answer)
    assert "Lần nhập đã huỷ" in text(client.get(f"/nhap-tep/{batch.pk}/"))
    answer = client.post(f"/nhap-tep/{batch.pk}/ghi/", {"reason": "x"}, follow=True)
    assert "đã bị huỷ" in text(answer)
    assert Measurement.objects.count() == 0


def test_a_second_commit_in_the_browser_is_told(upload: Upload, commit: Upload, client: Client) -> None:
    upload(book([MO_DUC]))
    batch = latest()
    commit(batch, reason="x")
    answer = client.post(f"/nhap-tep/{batch.pk}/ghi/", {"reason": "x"}, follow=True)
    assert "đã được ghi ngày" in text(answer)
    answer = client.post(f"/nhap-tep/{batch.pk}/huy/", follow=True)
    assert "không huỷ được" in text(answer)


def test_the_original_file_comes_back_to_those_who_may(upload: Upload, client: Client) -> None:
    content = book([MO_DUC])
    upload(content, "Phụ lục.xlsx")
    address = f"/nhap-tep/{latest().pk}/tep-goc/"
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]
    client.force_login(User.objects.create_user("khach", password="mat-khau-khach"))
    assert client.get(address).status_code == 403


@pytest.fixture
def neighbour(real: None) -> User:
    """An official of Quảng Ninh alone."""
    user = User.objects.create_user("quang-ninh", password="mat-khau-quang-ninh")
    unit_services.grant_role(
        user=user, unit=named("Tỉnh Quảng Ninh"), role="office", valid_from=date(2023, 1, 1), by=None
    )
    return user


def test_an_official_of_another_province_sees_and_writes_nothing_of_it(
    upload: Upload, client: Client, neighbour: User
) -> None:
    upload(book([MO_DUC]), "quang-ngai.xlsx")
    batch = latest()
    client.force_login(neighbour)
    for address in ("", "tien-do/", "tep-goc/"):
        assert client.get(f"/nhap-tep/{batch.pk}/{address}").status_code == 403
    for address in ("nhan-dang/", "khop-don-vi/", "kiem-tra/", "thay-doi/", "ket-qua/", "tep-van-de/"):
        assert client.get(f"/nhap-tep/{batch.pk}/{address}").status_code == 403
    for address in ("ghi/", "huy/", "khop-don-vi/chon/", "kiem-tra/chap-nhan/", "kiem-tra/bo-dong/"):
        assert client.post(f"/nhap-tep/{batch.pk}/{address}", {"reason": "x"}).status_code == 403
    assert "quang-ngai.xlsx" not in text(client.get("/nhap-tep/"))
    assert "Tỉnh Quảng Ngãi" not in text(client.get("/nhap-tep/moi/"))


def test_a_file_of_a_province_one_may_not_import_fails_visibly(
    client: Client, neighbour: User, worker: None, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(neighbour)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/nhap-tep/moi/", {"file": SimpleUploadedFile("a.xlsx", book([MO_DUC]))})
    page = text(client.get(answer.headers["Location"]))
    assert "không được nạp số liệu của Tỉnh Quảng Ngãi" in page
    assert "<title>Lỗi: " in page
    assert Measurement.objects.count() == 0


def test_people_without_the_right_and_strangers_stay_out(real: None, client: Client) -> None:
    assert client.get("/nhap-tep/").status_code == 302
    client.force_login(User.objects.create_user("khach", password="mat-khau-khach"))
    assert client.get("/nhap-tep/").status_code == 403
    assert client.get("/nhap-tep/moi/").status_code == 403


# --- Bad uploads -------------------------------------------------------------------------------------------
def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(260):
                sheet.write(b" " * 1024 * 1024)
    return out.getvalue()


BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("rong.xlsx", lambda: b"", "Tệp rỗng"),
    "not a workbook": ("van-ban.xlsx", lambda: b"day la van ban", "không phải bảng tính"),
    "wrong extension": ("anh.png", lambda: b"\x89PNG\r\n\x1a\n", "không được nhận"),
    # A table of unknown headers opens the page on which its columns are declared (test_layout_pages).
    "no table": ("la.xlsx", lambda: books({"a": [["Đây là"], ["một văn bản"]]}), "Không nhận ra mẫu"),
    "no period": ("khong-ky.xlsx", lambda: book([MO_DUC], titles=["UBND tỉnh Quảng Ngãi"]), "kỳ của số liệu"),
    "zip bomb": ("bom.xlsx", bomb, "quá nhiều dữ liệu"),
    "60 MB": ("to.xlsx", lambda: b"PK\x03\x04" + b"\0" * 60 * 1024 * 1024, "tối đa là 20 MB"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_upload_is_told_at_once_and_keeps_nothing(upload: Upload, media_root: Any, case: str) -> None:
    name, content, words = BAD[case]
    units = Unit.objects.count()
    answer = upload(content(), name)
    assert answer.status_code == 200
    page = text(answer)
    assert "<title>Lỗi: Nhập tệp" in page
    assert escape(words) in page
    assert (Batch.objects.count(), Measurement.objects.count(), Unit.objects.count()) == (0, 0, units)
    assert [path for path in media_root.rglob("*") if path.is_file()] == []


def test_another_provinces_units_fail_when_read_and_change_nothing(upload: Upload, client: Client) -> None:
    rows = [["I", "UBND thành phố Tam Kỳ"], ["1", "UBND xã Tam Ngọc", "99%", "0%"]]
    answer = upload(book(rows, titles=QUANG_NGAI))
    page = text(client.get(answer.url))
    assert "thuộc Tỉnh Quảng Nam, không thuộc Tỉnh Quảng Ngãi" in page
    assert "Chưa ghi gì vào hệ thống" in page
    assert (latest().state, Row.objects.count(), Measurement.objects.count()) == ("failed", 0, 0)


def test_a_form_without_a_file_says_what_to_do(upload: Upload, client: Client) -> None:
    page = text(client.post("/nhap-tep/moi/", {"period": "2023-Q9", "extracted_on": "hôm qua"}))
    for words in ("Chưa chọn tệp nào", "Không có kỳ", "Ngày trích xuất không đọc được", "Có lỗi cần sửa"):
        assert words in page


def test_choices_on_the_form_complete_a_silent_file(upload: Upload, client: Client) -> None:
    row = [1, "Sở Y tế", 10, 9, "90%", None, None]
    header = ["TT", "Tên đơn vị", "Tổng số hồ sơ", "Tổng số hồ sơ trực tuyến", "Tỷ lệ hồ sơ trực tuyến"]
    content = book([row], titles=["Bảng"], header=header)
    upload(content, province="Tỉnh Quảng Ninh", period="2023-Q3", source="he_thong_tinh")
    page = text(client.get(f"/nhap-tep/{latest().pk}/thay-doi/"))
    assert "Quý III/2023" in page
    assert "Hệ thống của tỉnh" in page
    assert "không ghi chỉ tiêu" not in page
    assert QUANG_NINH


def test_crafted_choices_are_answered_and_change_nothing(upload: Upload, client: Client) -> None:
    upload(book([MO_DUC, ["2", "Huyện Tư Mỹ", "1%", "1%"]]))
    batch = latest()
    field = f"dong-{batch.rows.get(number=7).position}"
    for address, sent in (
        ("chon/", {"dong-²": "1"}),
        ("chon/", {field: "9" * 30}),
        ("chon/", {field: "²"}),
        ("don-vi-moi/", {"new": "²", "valid_from": "1/7/2023"}),
    ):
        assert client.post(f"/nhap-tep/{batch.pk}/khop-don-vi/{address}", sent).status_code == 302
    assert matters_of(batch=latest()).unmatched == 1
