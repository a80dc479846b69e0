"""The pages of documents: what they answer and filter, what rests on each, adding, changing, downloading."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from documents import services
from documents.models import Document
from indicators.models import PublishedTarget
from reports.selectors.documents import plans_resting_on
from targets.models import Plan, PlanState
from tests.builders import make_person, make_province
from tests.documents.conftest import AT, facts
from tests.documents.files import NAMES, PDF, REFUSED
from tests.reports.tables import Scene, make_scene
from units.models import Role

pytestmark = pytest.mark.django_db
TAG = "<img src=x onerror=alert(1)>"


@pytest.fixture
def scene() -> Scene:
    """269/KH-UBND of 2023 with a plan, a definition, a printed target and three figures; 45/KH of 2022."""
    made = make_scene(3)
    made.assign(dict.fromkeys(made.communes, 90), is_issued=False)
    document = Document.objects.get(code="KH1")
    document.signer, document.abstract = "Cao Tường Huy", "Kế hoạch nâng cao chất lượng dịch vụ công"
    document.save()
    made.indicator.documents.add(document)
    made.record(dict.fromkeys(made.communes, (10, 20)), document_id=document.pk)
    PublishedTarget.objects.create(
        document=document, unit=made.province, indicator=made.indicator, printed="90%", value=90, origin="x"
    )
    Document.objects.create(
        code="KH-CU", number="45/KH-UBND", issuer="UBND tỉnh Quảng Nam", issued_on=date(2022, 3, 1)
    )
    return made


@pytest.fixture
def office(client: Client, scene: Scene) -> Client:
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=scene.province))
    return client


@pytest.fixture
def reader(scene: Scene) -> Client:
    client = Client()
    client.force_login(make_person("xa", role=Role.OFFICER, unit=scene.communes[0]))
    return client


def page(client: Client, *address: Any, **query: Any) -> str:
    answer = client.get(reverse(*address), query)
    assert answer.status_code == 200
    return answer.content.decode()


def listed(html: str) -> list[str]:
    return re.findall(r'class="unit nowrap" scope="row"><a href="[^"]+">([^<]+)</a>', html)


def words_of(html: str, css: str = "answer") -> str:
    found = re.search(rf'<p class="{css}">(.*?)</p>', html, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split())


def told(html: str) -> list[str]:
    """The messages of the error summary."""
    summary = re.search(r'<div class="errors".*?</div>', html, re.DOTALL)
    return re.findall(r"<li>(?:<a [^>]+>)?([^<]+)", summary[0]) if summary else []


def typed(**said: Any) -> dict[str, Any]:
    return {
        "number": "269/KH-UBND",
        "issued_on": "2023-10-30",
        "issuer": "UBND tỉnh",
        "signer": "Cao Tường Huy",
        "abstract": "Kế hoạch nâng cao chất lượng dịch vụ công",
        "superseded_by": "",
        "reason": "Sửa theo bản giấy",
        "seen": "0",
    } | said


# --- The list -------------------------------------------------------------------------------------


def test_the_list_says_what_is_a_ground_and_what_is_in_force(reader: Client) -> None:
    html = page(reader, "documents")
    assert words_of(html) == "1 trong 2 văn bản đang làm căn cứ; 2 còn hiệu lực."
    assert listed(html) == ["269/KH-UBND", "45/KH-UBND"]
    assert "Cao Tường Huy" in html


def test_the_latest_document_is_first_and_one_without_a_day_last(reader: Client) -> None:
    for number, day in (("7/KH", date(2024, 1, 5)), ("8/KH", None), ("9/KH", date(2021, 1, 5))):
        Document.objects.create(code=f"d{number[0]}", number=number, issuer="U", issued_on=day)
    assert listed(page(reader, "documents")) == ["7/KH", "269/KH-UBND", "45/KH-UBND", "9/KH", "8/KH"]


def test_a_ground_that_was_replaced_is_named_in_the_answer(reader: Client) -> None:
    later = Document.objects.create(code="KH2", number="7/KH-UBND", issuer="U", issued_on=date(2024, 1, 5))
    Document.objects.filter(code="KH1").update(superseded_by=later)
    html = page(reader, "documents")
    assert words_of(html) == (
        "1 trong 3 văn bản đang làm căn cứ; 2 còn hiệu lực. "
        "Đã bị thay thế mà kế hoạch hoặc chỉ tiêu còn dựa vào: 269/KH-UBND."
    )
    assert 'Thay bằng <a href="/van-ban/KH2/">7/KH-UBND</a>' in html


def test_without_documents_the_list_says_what_they_are_for(client: Client) -> None:
    client.force_login(make_person("vanphong", role=Role.OFFICE, unit=make_province()))
    html = page(client, "documents")
    assert words_of(html).startswith("Chưa có văn bản nào. Thêm văn bản để")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tim": "nang cao chat luong"}, ["269/KH-UBND"]),
        ({"tim": "cao tuong huy"}, ["269/KH-UBND"]),
        ({"tim": "quang nam"}, ["45/KH-UBND"]),
        ({"tim": "45/KH"}, ["45/KH-UBND"]),
        ({"nam": "2022"}, ["45/KH-UBND"]),
        ({"nam": "2022", "tim": "cao"}, []),
        ({"hieu-luc": "con"}, ["269/KH-UBND"]),
        ({"hieu-luc": "het"}, ["45/KH-UBND"]),
        ({"hieu-luc": "x"}, ["269/KH-UBND", "45/KH-UBND"]),
        ({"nam": "१२३४"}, ["269/KH-UBND", "45/KH-UBND"]),
        ({"tim": "\x00"}, ["269/KH-UBND", "45/KH-UBND"]),
    ],
)
def test_the_address_filters_by_words_year_and_force(
    reader: Client, query: dict[str, str], found: list[str]
) -> None:
    Document.objects.filter(code="KH-CU").update(superseded_by=Document.objects.get(code="KH1"))
    assert listed(page(reader, "documents", **query)) == found


def test_a_hundred_documents_fill_a_page_and_the_filter_stays_in_the_links(reader: Client) -> None:
    Document.objects.bulk_create(
        Document(code=f"d{n}", number=f"{n}/QĐ", issuer="U", issued_on=date(2020, 1, 1)) for n in range(120)
    )
    html = page(reader, "documents", nam="2020")
    assert len(listed(html)) == 100
    assert 'href="?nam=2020&amp;trang=2"' in html
    assert len(listed(page(reader, "documents", nam="2020", trang="2"))) == 20


def test_the_office_may_add_and_the_others_only_read(office: Client, reader: Client) -> None:
    assert reverse("document_add") in page(office, "documents")
    assert reverse("document_add") not in page(reader, "documents")
    assert reverse("document_edit", args=["KH1"]) in page(office, "document", None, ["KH1"])
    assert reverse("document_edit", args=["KH1"]) not in page(reader, "document", None, ["KH1"])


def test_the_office_of_a_district_reads_documents_and_is_told_who_adds_them(scene: Scene) -> None:
    client = Client()
    client.force_login(make_person("vphuyen", role=Role.OFFICE, unit=scene.communes[0]))
    assert reverse("document_add") not in page(client, "documents")
    assert reverse("document_edit", args=["KH1"]) not in page(client, "document", None, ["KH1"])
    for address in (reverse("document_add"), reverse("document_edit", args=["KH1"])):
        refused = client.post(address, typed())
        assert refused.status_code == 403
        assert "Văn bản dùng chung cho mọi tỉnh: chỉ Văn phòng UBND và quản trị cấp tỉnh mới thêm, sửa." in (
            unescape(refused.content.decode())
        )


def test_queries_do_not_grow_with_documents_plans_and_changes(office: Client, scene: Scene) -> None:
    def cost(*address: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(office, *address)
        return len(queries)

    addresses = [("documents",), ("document", None, ["KH1"]), ("document_edit", None, ["KH1"])]
    few = [cost(*address) for address in addresses]
    plan = Plan.objects.get()
    document, by = Document.objects.get(code="KH1"), User.objects.get(username="vanphong")
    for number in range(30):
        one = services.add_document(facts=facts(f"{number}/QĐ", date(2024, 1, 5)), by=by, at=AT)
        plan.pk, plan.code, plan.document = None, f"p{number}", one if number % 2 else document
        plan.save()
        services.edit_document(
            document=document, facts=facts(signer=f"Người {number}"), seen=number, reason="x", by=by, at=AT
        )
        scene.indicator.documents.add(one)
        Document.objects.filter(pk=one.pk).update(superseded_by=one.pk - 1 if number > 1 else None)
    assert [cost(*address) for address in addresses] == few
    assert max(few) <= 15


# --- One document ---------------------------------------------------------------------------------


def test_the_page_of_a_document_tells_what_rests_on_it(office: Client) -> None:
    html = page(office, "document", None, ["KH1"])
    assert words_of(html) == (
        "Còn hiệu lực. Là căn cứ của 1 kế hoạch, 1 chỉ tiêu, 1 mức giao đã in, 3 số liệu đã in."
    )
    assert (
        'href="/chi-tieu-giao/ke-hoach/">Giao chỉ tiêu 2023</a> <span class="hint">năm 2023 · bản nháp'
        in html
    )
    assert "Chưa ai sửa." in html


def test_a_document_on_which_nothing_rests_says_so(reader: Client) -> None:
    html = page(reader, "document", None, ["KH-CU"])
    assert words_of(html) == "Còn hiệu lực. Chưa có gì dựa vào văn bản này."


def test_a_draft_is_shown_to_those_who_may_assign_for_its_owner_and_an_issued_plan_to_all(
    office: Client, reader: Client, scene: Scene
) -> None:
    elsewhere = Client()
    elsewhere.force_login(make_person("khac", role=Role.OFFICE, unit=make_province("Quảng Nam")))

    def sees(client: Client) -> bool:
        found = "Giao chỉ tiêu 2023" in page(client, "document", None, ["KH1"])
        assert (
            "1 trong 2 văn bản" in page(client, "documents")
        ) is True  # a definition rests on it all the same
        return found

    assert [sees(one) for one in (office, reader, elsewhere)] == [True, False, False]
    Plan.objects.update(state=PlanState.ISSUED)
    assert [sees(one) for one in (office, reader, elsewhere)] == [True, True, True]


def test_who_administers_the_site_sees_every_draft(scene: Scene) -> None:
    person = User.objects.create_superuser("quan-tri", password="x")
    document = Document.objects.get(code="KH1")
    found = plans_resting_on(documents=[document], user=person, today=date(2024, 1, 1))
    assert [plan.code for plan in found[document.pk]] == ["ke-hoach"]


def test_plans_lead_to_their_document_and_to_the_list(office: Client) -> None:
    html = page(office, "plans")
    assert 'href="/van-ban/">Văn bản</a>' in html
    assert 'href="/van-ban/KH1/">269/KH-UBND</a>' in html
    assert 'href="/van-ban/KH1/">269/KH-UBND</a>' in page(office, "plan", None, ["ke-hoach"])


@pytest.mark.parametrize("address", ["/van-ban/khong-co/", "/van-ban/khong-co/tep/", "/van-ban/KH1/tep/"])
def test_what_is_not_there_is_not_found(reader: Client, address: str) -> None:
    assert reader.get(address).status_code == 404


# --- Adding ---------------------------------------------------------------------------------------


def test_a_document_is_added_with_its_file_and_comes_back_as_a_download(
    office: Client, reader: Client
) -> None:
    answer = office.post(
        "/van-ban/moi/",
        typed(number="12/QĐ-UBND", issued_on="05/03/2023", file=SimpleUploadedFile("Quyết định 12.pdf", PDF)),
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/van-ban/12-qd-ubnd-2023/")
    html = page(reader, "document", None, ["12-qd-ubnd-2023"])
    assert "Quyết định 12.pdf" in html
    assert "ngày 5/3/2023" in html
    file = reader.get("/van-ban/12-qd-ubnd-2023/tep/")
    assert b"".join(file.streaming_content) == PDF  # type: ignore[attr-defined]
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Quy%E1%BA%BFt")


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(office: Client) -> None:
    html = office.post("/van-ban/moi/", {"number": "", "issued_on": "hôm qua", "abstract": "Về việc"})
    text = html.content.decode()
    assert "<title>Lỗi: Thêm văn bản" in text
    assert told(text) == [
        "Nhập số, ký hiệu",
        "Ngày ban hành không đọc được. Hãy ghi dạng 17/07/2023.",
        "Nhập cơ quan ban hành",
    ]
    assert "Về việc</textarea>" in text


def test_a_double_and_a_taken_code_are_said(office: Client) -> None:
    double = office.post("/van-ban/moi/", typed()).content.decode()
    [message] = told(double)
    assert message.startswith("Đã có văn bản số 269/KH-UBND ngày 30/10/2023 của UBND tỉnh. Hãy sửa")
    taken = office.post("/van-ban/moi/", typed(number="9/QĐ", code="kh1")).content.decode()
    assert told(taken) == ["Mã “kh1” đã được dùng. Hãy chọn mã khác hoặc để trống."]
    assert Document.objects.count() == 2


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_file_is_refused_on_the_page_and_nothing_is_kept(
    office: Client, media_root: Any, case: str
) -> None:
    name, content, words = REFUSED[case]
    file = SimpleUploadedFile("a.pdf", content)
    vars(file)["_name"] = name
    html = office.post("/van-ban/moi/", typed(number="9/QĐ", file=file)).content.decode()
    assert "Lỗi: " in html
    [message] = told(html)
    assert re.search(words, message) or "tối đa là 20 MB" in message
    assert "9/QĐ" in html
    assert [path for path in media_root.rglob("*") if path.is_file()] == []
    assert Document.objects.count() == 2


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_is_never_a_place_a_header_or_a_tag(
    office: Client, media_root: Any, name: str
) -> None:
    file = SimpleUploadedFile("a.pdf", PDF)
    vars(file)["_name"] = name  # what a browser would have cut off already
    answer = office.post("/van-ban/moi/", typed(number="9/QĐ", file=file))
    if answer.status_code == 200:  # a line break in the header of a part: the name ends there
        assert "Lỗi: " in answer.content.decode()
        assert [path for path in media_root.rglob("*") if path.is_file()] == []
        return
    document = Document.objects.get(number="9/QĐ")
    assert document.filename.endswith(".pdf")
    assert not set("/\\\r\n\0") & set(document.filename)
    assert TAG not in page(office, "document", None, [document.code])
    answer = office.get(reverse("document_file", args=[document.code]))
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert not set("\r\n") & set(disposition)
    assert answer.cookies.get("a") is None
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]


def test_a_file_that_is_gone_from_the_store_is_not_found(office: Client, media_root: Any) -> None:
    office.post("/van-ban/moi/", typed(number="9/QĐ", file=SimpleUploadedFile("a.pdf", PDF)))
    for path in media_root.rglob("*.pdf"):
        path.unlink()
    assert office.get("/van-ban/9-qd-2023/tep/").status_code == 404


def test_what_a_document_says_is_escaped(office: Client) -> None:
    office.post(
        "/van-ban/moi/",
        typed(number=f"9{TAG}", issuer=TAG, signer=TAG, abstract=TAG, code="xau"),
    )
    office.post("/van-ban/xau/sua/", typed(number="9", reason=TAG, seen="1", superseded_by=""))
    for address in (("documents",), ("document", None, ["xau"]), ("document_edit", None, ["xau"])):
        html = page(office, *address)
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html or address[0] == "document_edit"


# --- Changing -------------------------------------------------------------------------------------


def test_a_change_is_kept_with_its_reason_and_stands_in_the_history(office: Client) -> None:
    answer = office.post("/van-ban/KH1/sua/", typed(signer="Nguyễn Tường Văn"))
    assert answer.headers["Location"] == "/van-ban/KH1/"
    html = page(office, "document", None, ["KH1"])
    assert "Đã lưu văn bản." in html
    assert "Người ký: <del>Cao Tường Huy</del> → <ins>Nguyễn Tường Văn</ins>" in html
    assert "vanphong: Sửa theo bản giấy" in html


def test_a_form_sent_as_it_was_changes_nothing(office: Client) -> None:
    office.post("/van-ban/KH1/sua/", typed())
    html = page(office, "document", None, ["KH1"])
    assert "Không có gì thay đổi." in html
    assert "Chưa ai sửa." in html


def test_a_later_document_is_chosen_from_those_that_may_replace_it(office: Client) -> None:
    form = page(office, "document_edit", None, ["KH-CU"])
    choices = re.findall(r'<option value="([^"]*)"', form)
    assert choices == ["", "KH1"]
    said = {"number": "45/KH-UBND", "issued_on": "2022-03-01", "issuer": "UBND tỉnh Quảng Nam"}
    office.post("/van-ban/KH-CU/sua/", typed(**said, signer="", abstract="", superseded_by="KH1"))
    html = page(office, "document", None, ["KH-CU"])
    assert words_of(html).startswith("Đã được thay bằng 269/KH-UBND ngày 30/10/2023.")
    assert "45/KH-UBND" in page(office, "document", None, ["KH1"])


def test_the_second_of_two_people_sees_who_was_first_and_loses_nothing(office: Client, scene: Scene) -> None:
    office.post("/van-ban/KH1/sua/", typed(signer="Nguyễn Tường Văn", reason="Theo bản giấy"))
    colleague = Client()
    colleague.force_login(make_person("dong-nghiep", role=Role.ADMIN, unit=scene.province))
    mine = typed(signer="Phạm Đức Ấn", abstract="Trích yếu dài vừa gõ")
    answer = colleague.post("/van-ban/KH1/sua/", mine)
    html = answer.content.decode()
    assert answer.status_code == 409
    first, *others = told(html)
    assert re.match(
        r"Văn bản này vừa được vanphong sửa lúc \d+:\d+ ngày [\d/]+ \(lý do: Theo bản giấy\)\.", first
    )
    assert others == [
        "Người ký đang lưu: Nguyễn Tường Văn",
        "Trích yếu đang lưu: Kế hoạch nâng cao chất lượng dịch vụ công",
    ]
    assert 'value="Phạm Đức Ấn"' in html
    assert "Trích yếu dài vừa gõ</textarea>" in html
    assert Document.objects.get(code="KH1").signer == "Nguyễn Tường Văn"
    # Whoever has compared and saves again, does so knowingly.
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert seen
    assert colleague.post("/van-ban/KH1/sua/", mine | {"seen": seen[1]}).status_code == 302
    assert Document.objects.get(code="KH1").signer == "Phạm Đức Ấn"


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "99"])
def test_a_form_with_an_impossible_revision_is_refused(office: Client, seen: str) -> None:
    answer = office.post("/van-ban/KH1/sua/", typed(seen=seen, signer="A"))
    assert answer.status_code in (200, 409)
    assert Document.objects.get(code="KH1").signer == "Cao Tường Huy"


def test_a_change_needs_a_reason(office: Client) -> None:
    html = office.post("/van-ban/KH1/sua/", typed(signer="A", reason="")).content.decode()
    assert told(html) == ["Hãy ghi lý do sửa; lý do được lưu trong lịch sử của văn bản."]


def test_number_and_day_stay_once_a_plan_was_issued_by_them(office: Client, scene: Scene) -> None:
    document = Document.objects.get(code="KH1")
    typed = {
        "number": "999/KH-UBND",
        "issued_on": "2023-10-30",
        "issuer": document.issuer,
        "seen": document.revision,
        "reason": "Ghi nhầm",
        "superseded_by": "",
    }
    Plan.objects.update(state=PlanState.ISSUED)
    answer = office.post(reverse("document_edit", args=["KH1"]), typed)
    assert "số, ký hiệu và ngày không đổi được" in answer.content.decode()
    document.refresh_from_db()
    assert document.number == "269/KH-UBND"
    answer = office.post(reverse("document_edit", args=["KH1"]), typed | {"number": "269/KH-UBND"})
    assert answer.status_code == 302
