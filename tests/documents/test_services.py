"""Writing documents: what is kept with its history, and what is refused in which words."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from documents import services
from documents.models import Document, DocumentRevision
from documents.selectors import history_of, possible_successors
from documents.services import Facts, Upload
from dvctt.history import HistoryIsKept
from tests.documents.conftest import AT, Papers, add, facts
from tests.documents.files import NAMES, PDF, REFUSED

pytestmark = pytest.mark.django_db


# --- Adding ---------------------------------------------------------------------------------------


def test_a_new_document_has_a_code_of_its_number_and_year_and_a_first_line_of_history(office: User) -> None:
    document = services.add_document(
        facts=facts(signer="  Nguyễn   Văn A ", abstract="Kế hoạch năm 2023"), by=office, at=AT
    )
    document.refresh_from_db()
    assert (document.code, document.signer, document.revision) == ("269-kh-ubnd-2023", "Nguyễn Văn A", 1)
    [line] = history_of(document)
    assert (line.by, line.at, line.reason) == ("Trần Minh Hà", AT, "Thêm văn bản")
    assert [(one.label, one.was, one.became) for one in line.changes][:2] == [
        ("Số, ký hiệu", "", "269/KH-UBND"),
        ("Ngày ban hành", "", "30/10/2023"),
    ]


def test_the_same_number_of_another_issuer_or_year_gets_a_code_of_its_own(office: User) -> None:
    codes = [
        services.add_document(facts=said, by=office, at=AT).code
        for said in (
            facts(),
            facts(issuer="UBND tỉnh Quảng Nam"),
            facts(issued_on=date(2022, 1, 3)),
            facts(issued_on=None),
            facts(number="Đề án 06"),
        )
    ]
    assert codes == [
        "269-kh-ubnd-2023",
        "269-kh-ubnd-2023-2",
        "269-kh-ubnd-2022",
        "269-kh-ubnd",
        "de-an-06-2023",
    ]


@pytest.mark.parametrize("code", ["moi", "MOI", "269-KH-UBND-2023"])
def test_a_code_that_an_address_or_another_document_has_is_refused(office: User, code: str) -> None:
    add(office)
    with pytest.raises(services.CodeTaken, match="đã được dùng"):
        services.add_document(facts=facts("5/KH-UBND"), code=code, by=office, at=AT)
    assert Document.objects.count() == 1


def test_the_same_document_twice_is_refused(office: User) -> None:
    add(office)
    with pytest.raises(services.DocumentDoubled, match="Đã có văn bản số 269/KH-UBND ngày 30/10/2023"):
        add(office)
    other = add(office, "270/KH-UBND")
    with pytest.raises(services.DocumentDoubled, match="Hãy sửa văn bản ấy"):
        services.edit_document(document=other, facts=facts(), seen=1, reason="Sửa số", by=office, at=AT)
    assert Document.objects.get(pk=other.pk).number == "270/KH-UBND"


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        (Facts(number=" ", issued_on=None, issuer="UBND"), "number", "Chưa ghi số, ký hiệu"),
        (Facts(number="1", issued_on=None, issuer=""), "issuer", "Chưa ghi cơ quan ban hành"),
        (Facts(number="1", issued_on=None, issuer="U", signer="a" * 121), "signer", "dài quá 120 ký tự"),
        (Facts(number="1", issued_on=date(203, 1, 1), issuer="U"), "issued_on", "1/1/203 không thể đúng"),
        (
            Facts(number="1", issued_on=AT.date() + timedelta(days=1), issuer="U"),
            "issued_on",
            "phải từ 2/9/1945 đến hôm nay",
        ),
    ],
)
def test_a_fact_that_cannot_be_is_refused_at_its_field(
    office: User, said: Facts, field: str, words: str
) -> None:
    with pytest.raises(services.FactWrong, match=words) as refused:
        services.add_document(facts=said, by=office, at=AT)
    assert refused.value.field == field
    assert not Document.objects.exists()


# --- Editing --------------------------------------------------------------------------------------


def test_an_edit_tells_what_was_and_what_became(office: User) -> None:
    document = add(office)
    services.edit_document(
        document=document,
        facts=facts(signer="Cao Tường Huy"),
        seen=1,
        reason="Thiếu người ký",
        by=office,
        at=AT,
    )
    line = history_of(document)[0]
    assert (line.number, line.reason) == (2, "Thiếu người ký")
    assert [(one.label, one.was, one.became) for one in line.changes] == [("Người ký", "", "Cao Tường Huy")]


def test_an_edit_that_changes_nothing_writes_nothing(office: User) -> None:
    document = add(office)
    services.edit_document(document=document, facts=facts(), seen=1, reason="", by=office, at=AT)
    assert DocumentRevision.objects.count() == 1


def test_a_change_without_a_reason_is_refused(office: User) -> None:
    document = add(office)
    with pytest.raises(services.ReasonMissing, match="Hãy ghi lý do sửa"):
        services.edit_document(document=document, facts=facts("1"), seen=1, reason=" \n", by=office, at=AT)
    document.refresh_from_db()
    assert (document.number, document.revision) == ("269/KH-UBND", 1)


def test_the_second_of_two_people_is_told_who_changed_it_and_when(office: User) -> None:
    document = add(office)
    services.edit_document(
        document=document, facts=facts(signer="A"), seen=1, reason="Thêm người ký", by=office, at=AT
    )
    colleague = User.objects.create_user("dong-nghiep")
    told = "vừa được Trần Minh Hà sửa lúc 10:00 ngày 10/1/2024 \\(lý do: Thêm người ký\\)"
    said: dict[str, Any] = {"document": document, "seen": 1, "reason": "Khác", "by": colleague, "at": AT}
    for act in (
        lambda: services.edit_document(facts=facts(signer="B"), **said),
        lambda: services.attach_file(upload=Upload(PDF, "a.pdf"), **said),
        lambda: services.supersede_document(later=None, **said),
    ):
        with pytest.raises(services.DocumentChanged, match=told):
            act()
    document.refresh_from_db()
    assert (document.signer, document.revision) == ("A", 2)


def test_a_revision_that_never_was_is_refused_too(office: User) -> None:
    document = Document.objects.create(code="QNinh23", number="269/KH-UBND", issuer="UBND tỉnh")
    with pytest.raises(services.DocumentChanged, match="Hãy mở lại trang"):
        services.edit_document(document=document, facts=facts(), seen=7, reason="x", by=office, at=AT)


# --- Files ----------------------------------------------------------------------------------------


def stored(media_root: Path) -> list[Path]:
    return sorted(path for path in media_root.rglob("*") if path.is_file())


def attach(
    document: Document, by: User, content: bytes = PDF, name: str = "a.pdf", seen: int = 1
) -> Document:
    return services.attach_file(
        document=document, upload=Upload(content, name), seen=seen, reason="Bản quét", by=by, at=AT
    )


def test_an_attached_file_keeps_its_name_size_and_hash_and_the_one_before_stays_in_the_store(
    office: User, media_root: Path
) -> None:
    document = attach(add(office), office, name="Kế hoạch 269.pdf")
    document.refresh_from_db()
    assert (document.filename, document.size, len(document.sha256)) == ("Kế hoạch 269.pdf", len(PDF), 64)
    with document.file.open() as file:
        assert file.read() == PDF
    attach(document, office, PDF + b"moi", "Kế hoạch 269 (ký số).pdf", seen=2)
    assert len(stored(media_root)) == 2
    assert all(path.is_relative_to(media_root / "van-ban") for path in stored(media_root))
    names = [change for change in history_of(document)[0].changes if change.label == "Tệp"]
    assert [(one.was, one.became) for one in names] == [("Kế hoạch 269.pdf", "Kế hoạch 269 (ký số).pdf")]


def test_the_same_file_again_writes_nothing(office: User, media_root: Path) -> None:
    document = attach(add(office), office)
    attach(document, office, seen=2)
    document.refresh_from_db()
    assert (document.revision, len(stored(media_root))) == (2, 1)


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_file_leaves_no_trace(office: User, media_root: Path, case: str) -> None:
    name, content, words = REFUSED[case]
    document = add(office)
    with pytest.raises(services.FileRefused, match=words):
        attach(document, office, content, name)
    with pytest.raises(services.FileRefused, match=words):
        services.add_document(facts=facts("5/KH"), upload=Upload(content, name), by=office, at=AT)
    assert stored(media_root) == []
    assert DocumentRevision.objects.count() == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_path_in_the_name_of_a_file_leads_nowhere(office: User, media_root: Path, name: str) -> None:
    document = attach(add(office), office, name=name)
    document.refresh_from_db()
    assert document.filename == NAMES[name]
    [path] = stored(media_root)
    assert path.resolve().is_relative_to((media_root / "van-ban").resolve())
    assert path.name == f"{document.sha256[:20]}.pdf"


# --- Superseding ----------------------------------------------------------------------------------


def test_a_later_document_replaces_one_and_can_be_taken_back(papers: Papers) -> None:
    replaced = papers.supersede(papers.of_2021, papers.of_2022)
    assert not replaced.is_in_force
    assert list(papers.of_2022.supersedes.all()) == [replaced]
    again = papers.supersede(papers.of_2021, None)
    assert again.is_in_force
    told = [(one.was, one.became) for line in history_of(again)[:2] for one in line.changes]
    assert told == [("2/KH-UBND", ""), ("", "2/KH-UBND")]


def test_an_older_document_replaces_nothing(papers: Papers) -> None:
    told = "1/KH-UBND ban hành ngày 1/5/2021, trước 2/KH-UBND \\(ngày 1/5/2022\\)"
    with pytest.raises(services.SupersessionRefused, match=told):
        papers.supersede(papers.of_2022, papers.of_2021)


def test_a_document_does_not_replace_itself(papers: Papers) -> None:
    with pytest.raises(services.SupersessionRefused, match="không thể thay thế chính nó"):
        papers.supersede(papers.of_2021, papers.of_2021)


def test_a_circle_is_refused_however_long_it_is(office: User) -> None:
    day = date(2023, 1, 3)
    a, b, c, undated = (add(office, f"{n}/KH", day if n < 4 else None) for n in range(1, 5))
    papers = Papers(office, a, b, c)
    papers.supersede(a, b)
    with pytest.raises(services.SupersessionRefused, match="2/KH thay thế"):
        papers.supersede(b, a)
    papers.supersede(b, c)
    papers.supersede(c, undated)
    for last in (b, c, undated):
        with pytest.raises(services.SupersessionRefused, match="trực tiếp hoặc qua văn bản khác"):
            papers.supersede(last, a)


def test_what_may_replace_a_document_is_offered_and_nothing_else(papers: Papers) -> None:
    def offered(document: Document) -> list[str]:
        return [one.number for one in possible_successors(Document.objects.get(pk=document.pk))]

    assert offered(papers.of_2021) == ["3/KH-UBND", "2/KH-UBND"]
    assert offered(papers.of_2023) == []
    papers.supersede(papers.of_2021, papers.of_2022)
    assert offered(papers.of_2022) == ["3/KH-UBND"]


def test_a_day_of_issue_keeps_agreeing_with_what_replaces_what(papers: Papers) -> None:
    papers.supersede(papers.of_2021, papers.of_2022)

    def move(document: Document, day: date, seen: int) -> None:
        services.edit_document(
            document=document,
            facts=facts(document.number, day),
            seen=seen,
            reason="Sửa ngày",
            by=papers.by,
            at=AT,
        )

    with pytest.raises(services.FactWrong, match="được 2/KH-UBND ngày 1/5/2022 thay thế") as refused:
        move(papers.of_2021, date(2022, 5, 2), 2)
    assert refused.value.field == "issued_on"
    with pytest.raises(services.FactWrong, match="thay thế 1/KH-UBND ngày 1/5/2021"):
        move(papers.of_2022, date(2021, 4, 30), 1)
    move(papers.of_2021, date(2022, 5, 1), 2)


def test_facts_file_and_successor_are_changed_together_or_not_at_all(
    papers: Papers, media_root: Path
) -> None:
    def change(upload: Upload) -> Document:
        return services.change_document(
            document=papers.of_2021,
            facts=facts("1/KH-UBND", date(2021, 5, 2), signer="A"),
            later=papers.of_2023,
            upload=upload,
            seen=1,
            reason="Đủ hồ sơ",
            by=papers.by,
            at=AT,
        )

    with pytest.raises(services.FileRefused):
        change(Upload(b"MZ", "a.pdf"))
    papers.of_2021.refresh_from_db()
    assert (papers.of_2021.signer, papers.of_2021.superseded_by, papers.of_2021.revision) == ("", None, 1)
    assert stored(media_root) == []
    changed = change(Upload(PDF, "a.pdf"))
    assert changed.revision == 2
    assert [one.label for one in history_of(changed)[0].changes] == [
        "Ngày ban hành",
        "Người ký",
        "Thay bằng",
        "Tệp",
        "Mã băm của tệp",
    ]


# --- What the database holds ----------------------------------------------------------------------


def test_the_history_is_never_rewritten(office: User) -> None:
    add(office)
    line = DocumentRevision.objects.get()
    line.reason = "khác"
    for act in (
        line.save,
        line.delete,
        lambda: DocumentRevision.objects.update(reason="khác"),
        DocumentRevision.objects.all().delete,
    ):
        with pytest.raises(HistoryIsKept):
            act()


def test_the_database_refuses_to_rewrite_the_history_as_well(office: User) -> None:
    add(office)
    statements = ["UPDATE documents_documentrevision SET reason = 'x'"]
    if connection.vendor == "postgresql":
        statements.append("DELETE FROM documents_documentrevision")
    for statement in statements:
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize(
    "wrong", [{"filename": "a.pdf"}, {"file": "a.pdf", "filename": "a.pdf", "size": 0, "sha256": "0"}]
)
def test_half_a_file_is_refused_by_the_database(office: User, wrong: dict[str, Any]) -> None:
    document = add(office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**wrong)


def test_a_document_that_replaces_itself_is_refused_by_the_database(office: User) -> None:
    document = add(office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(superseded_by=document)


# --- The list that comes with the catalogue -------------------------------------------------------


def test_loading_the_list_again_leaves_what_a_person_changed(office: User, tmp_path: Path) -> None:
    path = tmp_path / "documents.csv"
    path.write_text("code,number,issued_on,issuer\nA,1/KH,2023-01-02,UBND\nB,2/KH,2023-01-02,UBND\n", "utf-8")
    assert services.load_documents(path=path) == 2
    services.edit_document(
        document=Document.objects.get(code="A"),
        facts=facts("1/KH-UBND", date(2023, 1, 2)),
        seen=0,
        reason="Thiếu ký hiệu",
        by=office,
        at=AT,
    )
    path.write_text("code,number,issued_on,issuer\nA,1/KH,2023-01-02,UBND\nB,3/KH,2023-01-02,UBND\n", "utf-8")
    assert services.load_documents(path=path) == 1
    assert list(Document.objects.order_by("code").values_list("number", flat=True)) == ["1/KH-UBND", "3/KH"]
