"""Names, notes, reasons and file names written to do harm stay text: on pages, in charts, in files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from documents.models import Document
from imports import services as import_services
from imports.models import Batch
from indicators import services as indicator_services
from indicators.models import Measurement
from reports import exports
from reports.appendices import Appendix, AppendixRow, Column, Table
from tests.builders import make_person, make_unit
from tests.imports.workbooks import QUANG_NINH, book
from tests.indicators.builders import AT, draft, make_indicator, make_period
from tests.reports.tables import Scene, make_scene
from units.models import Kind, Role, UnitVersion

pytestmark = pytest.mark.django_db
TAG = "<img src=x onerror=alert(1)>"
QUOTE = "\"'><script>alert(2)</script>"
FORMULA = '=HYPERLINK("http://example.org","x")'
RAW = ("<img src=x", "<script>alert", "onerror=alert(1)>")


@pytest.fixture
def scene() -> Scene:
    """A commune, a note, a printed figure, a document and a plan, each with a tag in it."""
    made = make_scene(3)
    made.communes += [
        make_unit(f"Xấu {text}", kind=Kind.XA, parent=made.district) for text in (TAG, QUOTE)
    ] + [make_unit(FORMULA, kind=Kind.XA, parent=made.district)]
    for version in UnitVersion.objects.filter(name=FORMULA):
        version.full_name = FORMULA  # as a file of units without types may have it
        version.save(update_fields=["full_name"])
    document = Document.objects.create(
        code="KH-XAU", number=f"1{TAG}", issuer=f"UBND {QUOTE}", abstract=TAG, issued_on=date(2023, 1, 1)
    )
    made.record(
        {unit: (number, 20) for number, unit in enumerate(made.communes, 1)},
        note=f"{TAG}{QUOTE}",
        printed=FORMULA,
        document_id=document.pk,
    )
    made.assign(dict.fromkeys(made.communes, 80), code="ke-hoach-xau")
    made.indicator.refresh_from_db()
    return made


@pytest.fixture
def reader(client: Client, scene: Scene) -> Client:
    person = make_person("xau", role=Role.OFFICE, unit=scene.province)
    person.full_name = f"{TAG}{QUOTE}"
    person.save()
    client.force_login(person)
    return client


def league(scene: Scene, name: str = "league", **more: Any) -> str:
    query = {"chi-tieu": "HSTT", "ky": "2023-Q1", "cap": "xa", "trong": scene.province.pk} | more
    return reverse(name) + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def test_names_notes_and_people_are_escaped_on_every_page(scene: Scene, reader: Client) -> None:
    pages = ["/", league(scene), league(scene, **{"bieu-do": "muc-tieu"}), "/don-vi/", "/so-lieu/"]
    pages += [league(scene, "heat_map")]
    pages += [reverse("unit", args=[unit.pk]) for unit in scene.communes]
    pages += [reverse("plan_progress", args=["ke-hoach-xau"])]
    pages += ["/van-ban/", "/van-ban/KH-XAU/"]
    pages += [reverse(name, args=["ke-hoach-xau"]) for name in ("plan", "plan_appendices")]
    pages += ["/chi-tieu-giao/"]
    escaped = 0
    for address in pages:
        answer = reader.get(address)
        html = answer.content.decode()
        assert answer.status_code == 200
        for words in RAW:
            assert words not in html, (address, words)
        escaped += "&lt;img src=x" in html
    assert escaped == len(pages)


@pytest.mark.parametrize(
    "text", [TAG, QUOTE, "{{ 7|add:7 }}{% load x %}", "%0d%0aSet-Cookie:a=b", "\x00", "x" * 5000]
)
def test_what_an_address_says_comes_back_as_text_or_not_at_all(
    scene: Scene, reader: Client, text: str
) -> None:
    for address, names in {
        "/xep-hang/": (
            "chi-tieu",
            "ky",
            "cap",
            "trong",
            "nguon",
            "so-sanh",
            "tim",
            "sap",
            "bieu-do",
            "trang",
        ),
        "/xep-hang/excel/": ("tim", "sap", "ky"),
        "/xep-hang/bieu-do/": ("loai", "ky", "tim"),
        "/ban-do-nhiet/": ("ky", "cap", "trong", "tim", "sap", "tat-ca", "trang"),
        "/ban-do-nhiet/excel/": ("tim", "sap", "ky"),
        "/ban-do-nhiet/csv/": ("tim", "sap", "ky"),
        "/don-vi/": ("tim", "ngay", "tinh"),
        "/so-lieu/": ("ky", "trang_thai", "trang"),
        "/nhap-tep/": ("trang",),
        "/chi-tieu-giao/ke-hoach-xau/": ("cap", "trong", "huyen", "loai", "tim", "loc"),
        "/van-ban/": ("tim", "nam", "hieu-luc", "trang"),
        "/chi-tieu-giao/ke-hoach-xau/tien-do/": (
            "chi-tieu",
            "ky",
            "luy-ke",
            "cap",
            "trong",
            "muc",
            "tim",
            "trang",
        ),
        "/chi-tieu-giao/ke-hoach-xau/tien-do/excel/": ("chi-tieu", "ky", "tim", "trang"),
        "/phu-luc/qninh-pl3/": ("tinh", "ky", "ke-hoach"),
        "/chi-tieu-giao/ke-hoach-xau/phu-luc/": ("chi-tieu", "don-vi"),
        "/chi-tieu-giao/ke-hoach-xau/phu-luc/giao-chi-tieu/": ("chi-tieu", "don-vi"),
        "/chi-tieu-giao/ke-hoach-xau/phu-luc/phieu/": ("chi-tieu", "don-vi"),
        "/chi-tieu-giao/ke-hoach-xau/phu-luc/phieu-cap-duoi/": ("don-vi",),
        "/tai-khoan/dang-nhap/": ("next",),
    }.items():
        for name in names:
            answer = reader.get(address, {name: text})
            assert answer.status_code in (200, 302, 404, 409), (address, name, answer.status_code)
            if answer.headers["Content-Type"].startswith("text/html"):
                html = answer.content.decode()
                assert not [words for words in RAW if words in html], (address, name)


@pytest.mark.parametrize(
    "address",
    [
        "/so-lieu/nhap/{unit}/%00/",
        "/so-lieu/nhap/{unit}/2023-Q1%00/",
        "/so-lieu/nhap/{unit}/2023-Q4%3Cscript%3E/",
        "/so-lieu/nhap/99999999999999999999999/2023-Q1/",
        "/ho-so/99999999999999999999999/",
        "/so-lieu/99999999999999999999999/",
        "/nhap-tep/99999999999999999999999/",
        "/phu-luc/khong-co/",
        "/chi-tieu-giao/khong-co/",
        "/van-ban/khong-co/",
        "/van-ban/KH-XAU%00/",
        "/van-ban/KH-XAU/tep/",
        "/chi-tieu-giao/khong-co/phu-luc/",
        "/chi-tieu-giao/khong-co/phu-luc/phieu/",
        "/chi-tieu-giao/ke-hoach-xau/phu-luc/khong-co/",
        "/chi-tieu-giao/ke-hoach-xau/phu-luc/phieu/?don-vi=99999999999999999999999",
    ],
)
def test_an_address_that_names_nothing_is_not_found(scene: Scene, client: Client, address: str) -> None:
    person = make_person("quan-tri", role=Role.ADMIN, unit=scene.province)
    client.force_login(person)
    assert client.get(address.format(unit=scene.communes[0].pk)).status_code == 404


@pytest.mark.parametrize("typed", ["\x00", "9" * 19, "9" * 40, "-1", "1e9", "१२", TAG])
def test_what_is_typed_into_a_report_never_breaks_it(scene: Scene, client: Client, typed: str) -> None:
    unit, key = scene.communes[0], scene.indicator.pk
    make_period("2023-Q4", open_for_entry=True)
    client.force_login(make_person("xa", role=Role.OFFICER, unit=unit))
    for name in ("n", "d", "s", "g", "was"):
        address = reverse("submission_enter", args=[unit.pk, "2023-Q4"])
        typed_in = {f"n-{key}": "1", f"d-{key}": "2", "seen_revision": "0", f"{name}-{key}": typed}
        answer = client.post(address, typed_in)
        assert answer.status_code in (200, 302, 409), (name, answer.status_code)
        if answer.status_code != 302:
            assert not [words for words in RAW if words in answer.content.decode()]


def test_the_chart_is_json_whose_texts_hold_no_tag(scene: Scene, reader: Client) -> None:
    texts = []

    def walk(part: Any) -> Iterator[str]:
        if isinstance(part, dict | list):
            for one in part.values() if isinstance(part, dict) else part:
                yield from walk(one)
        elif isinstance(part, str):
            yield part

    for kind in ("phan-bo", "muc-tieu", TAG):
        answer = reader.get(league(scene, "league_chart", loai=kind))
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        texts += list(walk(json.loads(answer.content)))
    assert any("&lt;img" in text for text in texts)
    assert not [text for text in texts if "<" in text.replace("<extra></extra>", "")]


def formulas(content: bytes) -> list[str]:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    return [
        f"{cell.coordinate}: {cell.value}"
        for sheet in workbook.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def texts(content: bytes) -> set[str]:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    return {
        str(cell.value)
        for sheet in workbook.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def test_no_cell_of_the_league_workbook_is_a_formula(scene: Scene, reader: Client) -> None:
    content = reader.get(league(scene, "league_xlsx")).content
    assert FORMULA in texts(content)
    assert formulas(content) == []
    searched = reader.get(league(scene, "league_xlsx", tim="=1%2B1")).content
    assert formulas(searched) == []


def test_no_cell_of_the_heat_maps_files_is_a_formula(scene: Scene, reader: Client) -> None:
    content = reader.get(league(scene, "heat_map_xlsx")).content
    assert FORMULA in texts(content)
    assert formulas(content) == []
    assert formulas(reader.get(league(scene, "heat_map_xlsx", tim="=1%2B1")).content) == []
    table = reader.get(league(scene, "heat_map_csv")).content.decode("utf-8-sig")
    fields = [field for row in csv.reader(io.StringIO(table)) for field in row]
    assert f"'{FORMULA}" in fields
    assert not [field for field in fields if field.startswith(("=", "+", "@", "\t"))]


def test_no_cell_of_the_workbook_of_a_plans_progress_is_a_formula(scene: Scene, reader: Client) -> None:
    address = reverse("plan_progress_xlsx", args=["ke-hoach-xau"])
    content = reader.get(address).content
    assert FORMULA in texts(content)
    assert formulas(content) == []
    assert formulas(reader.get(address, {"tim": "=1+1"}).content) == []


@pytest.mark.parametrize("kind", ["danh-muc", "cap-tinh", "giao-chi-tieu", "phieu-cap-duoi"])
def test_no_cell_of_a_plans_papers_is_a_formula(scene: Scene, reader: Client, kind: str) -> None:
    content = reader.get(f"/chi-tieu-giao/ke-hoach-xau/phu-luc/{kind}/").content
    assert formulas(content) == []
    assert (FORMULA in texts(content)) == (kind in ("giao-chi-tieu", "phieu-cap-duoi"))


@pytest.mark.parametrize("text", [FORMULA, "=1+1", "+1", "-1", "@x", "\t=1", "=\x01cmd|' /C calc'!A0"])
def test_no_cell_of_an_appendix_is_a_formula_wherever_the_text_stands(text: str) -> None:
    row = AppendixRow(("1", text))
    group = AppendixRow((text, text), is_group=True)
    table = Table("Một", (Column(text, 10), Column("Tên", 30, "left")), [group, row])
    content = exports.appendix_workbook(
        appendix=Appendix("x", text, text, text, text, [table], footnotes=[text])
    )
    assert formulas(content) == []
    assert text.replace("\x01", "") in texts(content) | {text.strip()}


# --- Files that come in -------------------------------------------------------------------------------------

NAMES = [
    "../../../etc/cron.d/x.xlsx",
    "..\\..\\windows\\x.xlsx",
    "/etc/passwd.xlsx",
    'x"; filename="lừa.html.xlsx',
    "x\r\nSet-Cookie: a=b\r\n.xlsx",
    f"{TAG}.xlsx",
    "\u202exslx.exe.xlsx",
    "x\x00.xlsx",
    "a" * 300 + ".xlsx",
    "....xlsx",
    "CON.xlsx",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_an_upload_is_data_and_never_a_place_or_a_header(
    scene: Scene, reader: Client, media_root: Any, name: str
) -> None:
    content = book([["1", "Huyện Ba Chẽ", "10%", "1%"]], titles=[*QUANG_NINH, "QUÝ I/2023"])
    upload = SimpleUploadedFile("tep.xlsx", content)
    vars(upload)["_name"] = name  # what a browser would have cut off already
    answer = reader.post("/nhap-tep/moi/", {"file": upload})
    assert answer.status_code in (200, 302), name
    kept = [path for path in media_root.rglob("*") if path.is_file()]
    if answer.status_code == 200:
        assert "Lỗi: " in answer.content.decode()
        assert kept == []
        return
    batch = Batch.objects.get()
    [path] = kept
    assert path.resolve().is_relative_to((media_root / "nhap-tep").resolve())
    assert path.name == f"{batch.sha256[:20]}.xlsx"
    assert "/" not in batch.filename
    assert len(batch.filename) <= 255
    original = reader.get(reverse("import_original", args=[batch.pk]))
    disposition = original.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert not set("\r\n") & set(disposition)
    assert original.cookies.get("a") is None
    assert b"".join(original.streaming_content) == content  # type: ignore[attr-defined]
    for address in (reverse("import_batch", args=[batch.pk]), "/nhap-tep/"):
        html = reader.get(address).content.decode()
        assert not [words for words in RAW if words in html]


def test_what_a_workbook_says_is_escaped_on_its_preview(scene: Scene, reader: Client) -> None:
    make_indicator("TTTT", short_name="Thanh toán trực tuyến")
    rows = [["1", "Huyện Ba Chẽ", "10%", "1%", TAG], ["2", f"Huyện {TAG}", QUOTE, "1%", QUOTE]]
    content = book(rows, titles=[*QUANG_NINH, "QUÝ I/2023"], sheet="O'x&amp;")
    reader.post("/nhap-tep/moi/", {"file": SimpleUploadedFile("tep.xlsx", content)})
    batch = Batch.objects.get()
    import_services.read_batch(batch_id=batch.pk, at=AT)
    for name in ("import_match", "import_check", "import_preview", "import_recognise"):
        html = reader.get(reverse(name, args=[batch.pk])).content.decode()
        assert not [words for words in RAW if words in html], name
        assert name == "import_recognise" or "&lt;img src=x" in html


def test_a_note_and_a_reason_of_a_report_are_escaped(scene: Scene, client: Client) -> None:
    unit = scene.communes[0]
    make_period("2023-Q4", open_for_entry=True)
    officer, reviewer = (
        make_person("xa", role=Role.OFFICER, unit=unit),
        make_person("huyen", role=Role.REVIEWER, unit=scene.district),
    )
    client.force_login(officer)
    key = scene.indicator.pk
    entered = {f"n-{key}": "1", f"d-{key}": "2", f"g-{key}": TAG, "seen_revision": "0"}
    saved = client.post(reverse("submission_enter", args=[unit.pk, "2023-Q4"]), entered)
    address = saved.headers["Location"]
    client.post(f"{address}xem-lai/", {"seen_revision": "1"})
    judge = Client()
    judge.force_login(reviewer)
    pages = [judge.get(address).content.decode()]
    judge.post(f"{address}tra-lai/", {"reason": QUOTE})
    pages += [client.get(one).content.decode() for one in (address, f"{address}xem-lai/", "/so-lieu/", "/")]
    assert any("&lt;script&gt;alert(2)" in html for html in pages)
    for html in pages:
        assert not [words for words in RAW if words in html]
    assert not Measurement.objects.filter(period__code="2023-Q4").exists()


def test_the_history_of_a_figure_is_escaped(scene: Scene, reader: Client) -> None:
    unit = scene.communes[0]
    indicator_services.record_measurements(
        drafts=[draft(unit, scene.indicator, scene.period, counts=(3, 20), source="cong_dvcqg", origin=TAG)],
        by=None,
        reason=QUOTE,
        at=AT,
        replace_later=TAG,
    )
    html = reader.get(reverse("unit", args=[unit.pk])).content.decode()
    assert not [words for words in RAW if words in html]
