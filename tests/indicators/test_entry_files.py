"""The form as a workbook to fill, and what comes back: it fills the page and writes nothing."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from indicators import services
from indicators.models import Entry, Submission
from indicators.rules import Cell
from tests.indicators.builders import AT
from tests.indicators.conftest import Place
from tests.indicators.test_entering_rates import make_survey
from tests.indicators.test_entry_pages import fields

pytestmark = pytest.mark.django_db
COLUMNS = {"numerator": 5, "denominator": 6, "reason": 7, "note": 8}


def client_of(place: Place) -> Client:
    client = Client()
    client.force_login(place.officer)
    return client


def template(place: Place, period: str = "2023-Q4") -> Any:
    response = client_of(place).get(reverse("entry_template", args=[place.ha_tu.pk, period]))
    assert response.status_code == 200
    return openpyxl.load_workbook(BytesIO(response.content))


def line_of(book: Any, code: str) -> int:
    return next(row[0].row for row in book.active.iter_rows() if row[0].value == code)


def filled(book: Any, code: str, **cells: Any) -> Any:
    for name, value in cells.items():
        book.active.cell(line_of(book, code), COLUMNS[name]).value = value
    return book


def bring(place: Place, book: Any, *, name: str = "mau.xlsx", unit: Any = None) -> str:
    content = book
    if not isinstance(book, bytes):
        buffer = BytesIO()
        book.save(buffer)
        content = buffer.getvalue()
    address = reverse("entry_fill", args=[place.ha_tu.pk, "2023-Q4"])
    response = client_of(place).post(address, {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 200
    return response.content.decode()


def test_the_workbook_tells_whose_it_is_and_holds_what_is_kept(place: Place) -> None:
    place.saved(tttt=Cell(state="out_of_scope"))

    sheet = template(place).active

    texts = [cell.value for row in sheet.iter_rows(max_row=4) for cell in row if cell.value]
    assert texts[0] == "Nhập số liệu Quý IV/2023 – Phường Hà Tu, Thành phố Hạ Long"
    assert texts[-1].endswith(" · 2023-Q4")
    line = line_of(sheet.parent, "HSTT")
    assert [sheet.cell(line, at).value for at in (5, 6, 7)] == [2900, 3000, None]
    assert sheet.cell(line_of(sheet.parent, "TTTT"), 7).value == "Không thuộc phạm vi"


def test_a_filled_workbook_fills_the_form_and_saves_nothing(place: Place) -> None:
    book = filled(template(place), "HSTT", numerator=3548, denominator="3.600")
    filled(book, "TTTT", reason="không thuộc phạm vi", note="Thực hiện tại Cổng Bộ")

    html = bring(place, book)

    assert "Đã điền 2 dòng từ tệp; chưa lưu." in html
    assert not Submission.objects.exists()
    form = fields(html)
    assert (form[f"n-{place.hstt.pk}"], form[f"d-{place.hstt.pk}"]) == ("3548", "3.600")
    assert form[f"s-{place.tttt.pk}"] == "out_of_scope"
    address = re.search(r'<form method="post" action="([^"]+)"[^>]* data-save-url', html)
    assert address is not None
    saved = client_of(place).post(address[1], form | {"action": "save"})
    assert saved.status_code == 302
    assert Entry.objects.get(indicator=place.hstt).numerator == 3548


def test_lines_left_empty_say_nothing_of_what_is_kept(place: Place) -> None:
    place.saved()
    book = filled(template(place), "HSTT", numerator=None, denominator=None)

    form = fields(bring(place, book))

    assert (form[f"n-{place.hstt.pk}"], form[f"d-{place.hstt.pk}"]) == ("2.900", "3.000")


def test_what_cannot_be_read_is_told_by_its_line_and_stays_in_its_field(place: Place) -> None:
    book = filled(template(place), "HSTT", numerator=98.5, denominator=100)
    filled(book, "TTTT", numerator="=1/0", denominator=402)
    filled(book, "QUAHAN", reason="đi vắng")
    book.active.cell(line_of(book, "CHODOI"), 1).value = "LA"

    html = bring(place, book)

    assert "Lỗi: " in html
    assert "mã “LA” không có trong các chỉ tiêu đơn vị phải nhập; dòng này bị bỏ qua" in html
    assert "lý do “đi vắng” không có trong danh sách" in html
    assert fields(html)[f"n-{place.hstt.pk}"] == "98,5"
    assert "công thức chưa có kết quả" in html
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("mau.xlsx", b"", "Tệp"),
        ("mau.docx", b"la", "Tệp"),
        ("mau.xlsx", b"PK\x03\x04hong", "Tệp"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_with_words(
    place: Place, name: str, content: bytes, told: str
) -> None:
    html = bring(place, content, name=name)
    assert 'class="errors"' in html
    assert told in html


def test_the_form_of_another_period_is_refused(place: Place) -> None:
    book = template(place)
    mark = next(
        cell for row in book.active.iter_rows(max_row=4) for cell in row if "Mã mẫu" in str(cell.value)
    )
    mark.value = mark.value.replace("2023-Q4", "2023-Q3")

    html = bring(place, book)

    assert "mẫu của đơn vị hoặc kỳ khác" in html
    assert "Tải mẫu Excel" in html


def test_a_pasted_block_fills_the_form_line_by_line(place: Place) -> None:
    address = reverse("entry_fill", args=[place.ha_tu.pk, "2023-Q4"])
    block = "2.900\t3.000\r\n31\t402\r\n\r\n9\t2\r\n5\t5\r\n"

    html = client_of(place).post(address, {"block": block}).content.decode()

    form = fields(html)
    assert [form[f"n-{one.pk}"] for one in (place.hstt, place.tttt)] == ["2.900", "31"]
    assert "Dòng 5: bảng chỉ có 4 chỉ tiêu; dòng này bị bỏ qua" in html
    nothing = client_of(place).post(address, {"block": " "}).content.decode()
    assert "Chọn tệp mẫu đã điền, hoặc dán bảng vào ô bên dưới." in nothing


def test_a_rate_is_brought_as_its_writer_sees_it_also_from_a_cell_formatted_as_percent(place: Place) -> None:
    survey = make_survey()
    book = filled(template(place), survey.code, numerator=0.985, denominator=412)
    book.active.cell(line_of(book, survey.code), COLUMNS["numerator"]).number_format = "0.0%"
    assert fields(bring(place, book))[f"n-{survey.pk}"] == "98,5%"
    book = filled(template(place), survey.code, numerator=98.5)
    assert fields(bring(place, book))[f"n-{survey.pk}"] == "98,5"


@pytest.mark.parametrize(("held", "shown"), [(2.625, "2,6250"), (1.25, "1,25"), (1234.5, "1.234,5")])
def test_a_number_with_decimals_is_no_count_of_thousands(place: Place, held: float, shown: str) -> None:
    html = bring(place, filled(template(place), "HSTT", numerator=held, denominator=3000))

    assert fields(html)[f"n-{place.hstt.pk}"] == shown
    assert "Hồ sơ trực tuyến: tử số: không" in html.replace("Không", "không")


def test_a_rate_of_three_decimals_comes_back_as_it_went_out(place: Place) -> None:
    survey = make_survey()
    services.save_entries(
        submission=place.report(),
        values={survey.pk: Cell(rate=Decimal("98.125"))},
        by=place.officer,
        at=AT,
        seen_revision=0,
    )

    html = bring(place, template(place))

    assert fields(html)[f"n-{survey.pk}"] == "98,125%"
    assert "Không rõ" not in html
