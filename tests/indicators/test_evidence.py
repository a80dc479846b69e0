"""Files behind a figure: put there and taken back while the report is open, seen by its reviewer."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from documents import attachments
from documents.attachments import FileRefused
from documents.keeping import Upload
from indicators import selectors, services
from indicators.models import EvidenceFile, Submission, SubmissionStatus
from indicators.services import EvidenceRefused, SubmissionClosed
from tests.builders import make_person
from tests.documents.files import PDF, package
from tests.indicators.builders import AT
from tests.indicators.conftest import Place
from tests.indicators.test_entry_pages import logged_in, page, title
from units.models import Role

database = pytest.mark.django_db
JPG, PNG = b"\xff\xd8\xff\xe0" + b"x" * 20, b"\x89PNG\r\n\x1a\n" + b"x" * 20
XLSX = package({"xl/workbook.xml": "<x/>"})


def add(place: Place, report: Submission, *, name: str = "sổ.pdf", content: bytes = PDF) -> EvidenceFile:
    return services.add_evidence(
        submission=report, indicator=place.hstt, upload=Upload(content, name), by=place.officer, at=AT
    )


def remove(place: Place, file: EvidenceFile) -> None:
    services.remove_evidence(evidence=file, by=place.officer, at=AT)


def names(place: Place, report: Submission) -> list[str]:
    return [one.filename for one in selectors.evidence_of(submission=report).get(place.hstt.pk, [])]


def address(place: Place) -> str:
    return reverse("evidence", args=[place.ha_tu.pk, "2023-Q4", "HSTT"])


# --- Which files --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content"), [("ảnh.jpg", JPG), ("ảnh.JPEG", JPG), ("màn hình.png", PNG), ("bảng.xlsx", XLSX)]
)
def test_pictures_papers_and_tables_are_evidence(name: str, content: bytes) -> None:
    attachments.check_file(content, filename=name, max_bytes=1000, accepted=attachments.EVIDENCE)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", JPG, "nội dung không phải là tệp .png"),
        ("a.jpg", b"<html><script>", "nội dung không phải là tệp .jpg"),
        ("a.svg", b"<svg onload=alert(1)>", "Tệp đuôi .svg không được nhận"),
        ("a.xls", PDF, "Tệp đuôi .xls không được nhận"),
        ("a.xlsx", package({"xl/workbook.xml": "<x/>", "xl/vbaProject.bin": b"Sub"}), "có chứa macro"),
        ("a.xlsx", XLSX[:60], "bị hỏng"),
        ("a.pdf", PDF + b"\0" * 1000, "mức tối đa"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(name: str, content: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        attachments.check_file(content, filename=name, max_bytes=1000, accepted=attachments.EVIDENCE)


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_a_document_takes_no_picture(name: str) -> None:
    with pytest.raises(FileRefused, match="không được nhận"):
        attachments.check_file(JPG, filename=name, max_bytes=1000)


# --- Putting there and taking back --------------------------------------------------------------------------
@database
def test_a_file_taken_back_stays_in_the_store_and_in_the_history(place: Place) -> None:
    report = place.saved()
    first, second = add(place, report), add(place, report, name="ảnh.jpg", content=JPG)
    remove(place, first)
    assert names(place, report) == ["ảnh.jpg"]
    assert first.file.storage.exists(str(first.file.name))
    steps = selectors.evidence_steps(submission=report, indicator=place.hstt)
    assert sorted((one.filename, one.is_removal, one.by) for one in steps) == [
        ("sổ.pdf", False, place.officer),
        ("sổ.pdf", True, place.officer),
        ("ảnh.jpg", False, place.officer),
    ]
    with pytest.raises(EvidenceRefused, match="đã được bỏ trước đó"):
        remove(place, first)
    kept = EvidenceFile.objects.filter(pk=second.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        super(type(kept), kept).update(filename="x")


@database
def test_a_double_and_one_too_many_are_refused_in_words(place: Place) -> None:
    report = place.saved()
    file = add(place, report)
    with pytest.raises(EvidenceRefused, match="đã có ở đây với tên “sổ"):
        add(place, report, name="bản khác.pdf")
    remove(place, file)
    for number in range(10):
        add(place, report, content=PDF + b"%" * number)
    with pytest.raises(EvidenceRefused, match="đã có 10 tệp, là mức tối đa"):
        add(place, report, content=PNG, name="a.png")


@database
@pytest.mark.parametrize("status", [SubmissionStatus.SENT, SubmissionStatus.APPROVED])
def test_what_was_sent_or_approved_keeps_its_files(place: Place, status: SubmissionStatus) -> None:
    report = place.saved()
    file = add(place, report)
    Submission.objects.filter(pk=report.pk).update(status=status)
    with pytest.raises(SubmissionClosed):
        add(place, report, name="ảnh.jpg", content=JPG)
    with pytest.raises(SubmissionClosed):
        remove(place, file)
    assert names(place, report) == ["sổ.pdf"]
    html = logged_in(place.officer).get(address(place)).content.decode()
    assert "Chỉ xem" in html
    assert "Bỏ tệp" not in html


# --- The pages ----------------------------------------------------------------------------------------------
@database
def test_the_officer_adds_and_removes_on_a_page_of_its_own_before_anything_is_saved(place: Place) -> None:
    client = logged_in(place.officer)
    form = client.get(reverse("submission_enter", args=[place.ha_tu.pk, "2023-Q4"])).content.decode()
    assert f'href="{address(place)}">Tệp minh chứng (0)' in form
    html = client.get(address(place)).content.decode()
    assert "không được có dữ liệu cá nhân của người dân" in html
    assert "tối đa 20 MB" in html
    assert not Submission.objects.exists()
    refused = client.post(address(place), {"file": SimpleUploadedFile("a.exe", b"MZ")}).content.decode()
    assert title(refused).startswith("Lỗi: ")
    assert "Tệp đuôi .exe không được nhận" in refused
    assert "Hãy chọn một tệp." in client.post(address(place)).content.decode()
    added = client.post(address(place), {"file": SimpleUploadedFile("sổ tiếp nhận.pdf", PDF)})
    assert added.headers["Location"] == address(place)
    report = Submission.objects.get()
    assert "Tệp minh chứng (1)" in page(client, report)
    file = EvidenceFile.objects.get()
    client.post(reverse("evidence_remove", args=[file.pk]))
    assert "Tệp minh chứng (0)" in page(client, report)
    assert "<del>sổ tiếp nhận.pdf</del>" in client.get(address(place)).content.decode()
    assert client.get(reverse("evidence_file", args=[file.pk])).status_code == 404


@database
def test_the_reviewer_finds_the_files_beside_the_figures_and_others_do_not(place: Place) -> None:
    report = place.saved()
    link = reverse("evidence_file", args=[add(place, report).pk])
    assert link in page(logged_in(place.officer), report, "submission_check")
    place.send(report)
    assert link in page(logged_in(place.district), report)
    answer: Any = logged_in(place.district).get(link)
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''s%E1%BB%95.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == PDF
    stranger = make_person("la", role=Role.OFFICER, unit=place.ha_lam)
    assert logged_in(stranger).get(link).status_code == 403
    assert logged_in(stranger).get(address(place)).status_code == 403
    assert logged_in(place.officer).get(address(place).replace("HSTT", "TOANTRINH")).status_code == 404
