"""Tables of no known layout: declared once by a person, known from then on; layouts edited with a history."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from dvctt.celery import app
from imports import services
from imports.models import Batch, BatchState, Layout, LayoutRevision
from indicators.models import Measurement
from tests.imports.conftest import AT, latest
from tests.imports.layout_forms import posted
from tests.imports.workbooks import books
from units import services as unit_services
from units.models import Grant, Unit

pytestmark = pytest.mark.django_db

HEADER: list[list[Any]] = [
    ["TT", "Cơ quan", "Hồ sơ nhận", None, "Trả kết quả", None],
    [None, None, "Cộng", "Qua Cổng", "Đúng hẹn", "Cộng"],
]
ROWS: list[list[Any]] = [[1, "Sở Y tế", "1.200", 900, 1000, "1.100"], [2, "Sở Nội vụ", 50, 20, 40, 40]]
TITLES = [["UBND TỈNH QUẢNG NAM"], ["BÁO CÁO HỒ SƠ QUÝ I NĂM 2023"]]
ANSWERS = {
    "cot-0": "position",
    "cot-1": "unit",
    "cot-2": "HSTT.denominator",
    "cot-3": "HSTT.numerator",
    "cot-4": "DUNGHAN.numerator",
    "cot-5": "DUNGHAN.denominator",
    "name": "Hồ sơ nhận và trả, hệ thống cũ",
    "source": "he_thong_tinh",
    "checked": "on",
}


@pytest.fixture(autouse=True)
def worker() -> Iterator[None]:
    """Jobs run when they are ordered."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def table(*, titles: list[list[str]] = TITLES, order: tuple[int, ...] = (0, 1, 2, 3, 4, 5)) -> bytes:
    rows = [[row[at] for at in order] for row in [*HEADER, *ROWS]]
    return books({"Trang tính": [*titles, *rows]})


@pytest.fixture
def send(office: User, client: Client, django_capture_on_commit_callbacks: Any) -> Any:
    client.force_login(office)

    def post(address: str, data: dict[str, Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address, data)

    return post


def upload(send: Any, content: bytes) -> Batch:
    send("/nhap-tep/moi/", {"file": SimpleUploadedFile("la.xlsx", content)})
    return latest()


def test_an_unknown_table_is_declared_once_and_known_from_then_on(send: Any, client: Client) -> None:
    batch = upload(send, table())
    assert batch.state == BatchState.MAPPING
    page = client.get(f"/nhap-tep/{batch.pk}/", follow=True).content.decode()
    for words in ("Hồ sơ nhận › Qua Cổng", "1.200 · 50", "tiêu đề từ dòng 3", "Không nhận ra mẫu"):
        assert words in page, words
    send(f"/nhap-tep/{batch.pk}/khai-mau/", ANSWERS)
    batch = latest()
    assert (batch.state, batch.source) == (BatchState.PREVIEW, "he_thong_tinh")
    assert (batch.counts["rows"], batch.counts["matched"], batch.counts["new"]) == (2, 2, 4)
    services.commit_batch(batch_id=batch.pk, by=batch.created_by, at=AT)
    counts = set(Measurement.objects.values_list("indicator__code", "numerator", "denominator"))
    assert {("HSTT", 900, 1200), ("DUNGHAN", 1000, 1100)} <= counts
    # The next quarter, in another order of columns and another sheet, nobody is asked.
    titles = [["UBND TỈNH QUẢNG NAM"], ["BÁO CÁO HỒ SƠ QUÝ II NĂM 2023"]]
    later = upload(send, table(titles=titles, order=(0, 1, 4, 5, 2, 3)))
    assert (later.state, later.layout_id, later.counts["new"]) == (BatchState.PREVIEW, batch.layout_id, 4)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cot-3": ""}, "Cột D “Hồ sơ nhận › Qua Cổng”: hãy chọn ý nghĩa"),
        ({"cot-1": "ignored"}, "Chưa chọn cột nào là “Đơn vị”"),
        ({"cot-0": "unit"}, "Chỉ một cột được là “Đơn vị”"),
        ({"cot-2": "ignored"}, "HSTT: có tử số nhưng thiếu mẫu số"),
        ({"cot-3": "ignored"}, "HSTT: có mẫu số nhưng thiếu tử số"),
        ({"name": ""}, "Hãy đặt tên cho mẫu"),
        ({"checked": ""}, "Hãy đánh dấu là đã kiểm tra từng cột"),
        ({"period": "2023-Q9"}, "Không có kỳ"),
    ],
)
def test_what_makes_no_layout_is_told_and_nothing_is_kept(
    send: Any, client: Client, change: dict[str, str], told: str
) -> None:
    batch = upload(send, table())
    layouts = Layout.objects.count()
    page = send(f"/nhap-tep/{batch.pk}/khai-mau/", ANSWERS | change).content.decode()
    assert told in page
    assert "<title>Lỗi: " in page
    assert (latest().state, Layout.objects.count()) == (BatchState.MAPPING, layouts)


def test_of_two_people_who_declare_one_file_the_second_is_told(
    send: Any, client: Client, office: User
) -> None:
    batch = upload(send, table())
    definition = {
        "columns": [
            {"role": "unit", "required": True, "headers": ["Cơ quan"]},
            {"role": "denominator", "indicator": "HSTT", "headers": ["Hồ sơ nhận > Cộng"]},
            {"role": "numerator", "indicator": "HSTT", "headers": ["Hồ sơ nhận > Qua Cổng"]},
        ]
    }
    said: dict[str, Any] = {"province": "", "period": "", "source": "", "extracted_on": None}
    services.map_batch(batch_id=batch.pk, name="Một", definition=definition, by=office, at=AT, **said)
    with pytest.raises(services.BatchNotReady, match="đã được người khác khai"):
        services.map_batch(batch_id=batch.pk, name="Hai", definition=definition, by=office, at=AT, **said)
    assert not Layout.objects.filter(name="Hai").exists()


def test_a_layout_that_does_not_fit_its_own_file_is_refused(send: Any, office: User) -> None:
    batch = upload(send, table())
    definition = {
        "columns": [
            {"role": "unit", "required": True, "headers": ["Tên khác"]},
            {"role": "rate", "indicator": "HSTT", "headers": ["Tỷ lệ"], "required": True},
        ]
    }
    said: dict[str, Any] = {"province": "", "period": "", "source": "", "extracted_on": None}
    with pytest.raises(services.LayoutInvalid, match="chưa nhận ra chính tệp này"):
        services.map_batch(batch_id=batch.pk, name="Một", definition=definition, by=office, at=AT, **said)
    assert latest().state == BatchState.MAPPING


def test_a_layout_is_edited_with_a_reason_and_every_change_is_kept(send: Any, client: Client) -> None:
    services.load_layouts()
    layout = Layout.objects.get(code="so-hoa")
    assert "Số hóa kết quả giải quyết" in client.get("/nhap-tep/mau/so-hoa/").content.decode()
    number = next(
        at for at, column in enumerate(layout.definition["columns"]) if column.get("key") == "received"
    )
    changes: dict[str, Any] = {f"cot-{number}-headers": "Tiếp nhận\nSố hồ sơ vào"}
    refused = send("/nhap-tep/mau/so-hoa/", posted(layout, **changes)).content.decode()
    assert "Hãy ghi lý do" in refused
    answer = send("/nhap-tep/mau/so-hoa/", posted(layout, reason="Tỉnh đổi tên cột", **changes))
    assert answer.status_code == 302
    before, layout = layout, Layout.objects.get(code="so-hoa")
    assert layout.definition["columns"][number]["headers"] == ["Tiếp nhận", "Số hồ sơ vào"]
    assert layout.definition["identities"] == before.definition["identities"]
    revision = layout.revisions.get()
    assert (revision.number, revision.reason) == (1, "Tỉnh đổi tên cột")
    # Somebody who opened the page before that change is told, and keeps what was typed.
    late = send("/nhap-tep/mau/so-hoa/", posted(layout, seen=0, reason="Sửa khác", name="Tên khác"))
    assert "vừa được người khác sửa" in late.content.decode()
    assert 'value="Tên khác"' in late.content.decode()


def test_an_office_says_where_facts_stand_and_how_other_rows_look(send: Any, client: Client) -> None:
    services.load_layouts()
    changes: dict[str, Any] = {
        "period_labels": "Kỳ báo cáo\nKỳ số liệu",
        "day_labels": "Số liệu tính đến",
        "totals": "Số chung của tỉnh",
        "captions": "Các ngành trực thuộc",
        "footers": "Số liệu lấy từ",
    }
    send("/nhap-tep/mau/so-hoa/", posted(Layout.objects.get(code="so-hoa"), reason="Mẫu của tỉnh", **changes))
    definition = Layout.objects.get(code="so-hoa").definition
    assert definition["labels"] == {
        "period": ["Kỳ báo cáo", "Kỳ số liệu"], "extracted_on": ["Số liệu tính đến"],
    }  # fmt: skip
    assert (definition["totals"], definition["footers"]) == (["Số chung của tỉnh"], ["Số liệu lấy từ"])
    page = client.get("/nhap-tep/mau/so-hoa/").content.decode()
    assert "Kỳ báo cáo\nKỳ số liệu" in page
    assert "Kỳ, ngày và đơn vị đứng ở đâu" in page


def test_layouts_are_declared_and_changed_by_those_of_a_province_others_read_the_list(
    send: Any, office: User, client: Client
) -> None:
    """A district's importer could never finish the file: every file is brought in for a province."""
    services.load_layouts()
    waiting = upload(send, table())
    Grant.objects.filter(user=office).delete()
    district = Unit.objects.get(versions__full_name="Thị xã Đức Phổ")
    unit_services.grant_role(user=office, unit=district, role="office", valid_from=AT.date(), by=None)
    before = Layout.objects.count()
    listed = client.get("/nhap-tep/mau/").content.decode()
    layout = Layout.objects.get(code="so-hoa")
    assert layout.name in unescape(listed)
    assert "/nhap-tep/mau/so-hoa/" not in listed
    for answer in (
        client.get("/nhap-tep/mau/so-hoa/"),
        send("/nhap-tep/mau/so-hoa/", posted(layout, reason="Sửa")),
        client.get(f"/nhap-tep/{waiting.pk}/khai-mau/"),
        send(f"/nhap-tep/{waiting.pk}/khai-mau/", ANSWERS),
    ):
        assert answer.status_code == 403
        assert "Mẫu tệp dùng chung cho mọi tỉnh" in answer.content.decode()
    told = send("/nhap-tep/moi/", {"file": SimpleUploadedFile("khac.xlsx", table())}).content.decode()
    assert "Không nhận ra" in told
    assert Batch.objects.count() == 1
    assert Layout.objects.count() == before
    assert not LayoutRevision.objects.exists()


def test_a_definition_that_cannot_be_used_is_refused_with_why(send: Any) -> None:
    services.load_layouts()
    layout = Layout.objects.get(code="so-hoa")
    page = send("/nhap-tep/mau/so-hoa/", posted(layout, reason="x", identities="received = la + khac"))
    assert "không có cột “la” đúng loại" in page.content.decode()
    page = send("/nhap-tep/mau/so-hoa/", posted(layout, reason="x", identities="received"))
    assert "Không đọc được dòng “received”" in page.content.decode()
    assert not LayoutRevision.objects.exists()


def test_a_retired_layout_recognises_no_file_and_comes_back_only_by_hand(send: Any, office: User) -> None:
    services.load_layouts()
    layout = Layout.objects.get(code="so-hoa")
    send("/nhap-tep/mau/so-hoa/", posted(layout, reason="Không còn dùng", retired="on"))
    assert "so-hoa" not in {one.code for one in services.known_layouts()}
    services.load_layouts()
    assert Layout.objects.get(code="so-hoa").retired_at is not None


def test_the_history_of_a_layout_is_append_only(send: Any) -> None:
    services.load_layouts()
    send("/nhap-tep/mau/so-hoa/", posted(Layout.objects.get(code="so-hoa"), reason="x"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE imports_layoutrevision SET reason = 'khác'")


def test_a_list_of_dossiers_is_refused_and_not_kept(send: Any, media_root: Any) -> None:
    header = ["STT", "Mã hồ sơ", "Chủ hồ sơ", "Số điện thoại", "Đơn vị"]
    content = books({"Hồ sơ": [*TITLES, header, [1, "000.01", "Nguyễn Văn A", "0900000000", "Sở Y tế"]]})
    page = send("/nhap-tep/moi/", {"file": SimpleUploadedFile("ho-so.xlsx", content)}).content.decode()
    assert "thông tin cá nhân" in page
    assert not Batch.objects.exists()
    assert not list(media_root.rglob("*.xlsx"))


def test_a_large_list_of_dossiers_that_only_the_worker_reads_is_not_kept_either(
    office: User, media_root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imports.rules.personal import PersonalData
    from imports.services import receiving

    monkeypatch.setattr(receiving, "LOOK_AT_ONCE", 0)
    content = books({"Hồ sơ": [*TITLES, ["STT", "Họ và tên", "CCCD"], [1, "Nguyễn Văn A", "049000000000"]]})
    batch = services.receive_file(content=content, filename="danh-sach-A.xlsx", by=office, at=AT)
    assert list(media_root.rglob("*.xlsx"))
    with pytest.raises(PersonalData):
        services.read_batch(batch_id=batch.pk, at=AT)
    batch = latest()
    assert (batch.state, batch.file.name, batch.filename) == (BatchState.FAILED, "", "(tệp đã xoá)")
    assert not list(media_root.rglob("*.xlsx"))
