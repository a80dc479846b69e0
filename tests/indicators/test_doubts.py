"""An officer says that an official figure is wrong, somebody else answers; only an import mends it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from documents.attachments import FileRefused
from documents.keeping import Upload
from indicators import rules, selectors, services
from indicators.models import DoubtStatus, DoubtStep, FigureDoubt, Measurement
from indicators.rules.risk import Known
from indicators.services import (
    Cell,
    DoubtAnswered,
    DoubtOpen,
    EntryInvalid,
    NothingToDoubt,
    OwnEntry,
    ReasonMissing,
)
from tests.builders import make_units
from tests.documents.files import PDF
from tests.indicators.builders import AT, day, draft
from tests.indicators.conftest import Place
from tests.indicators.test_entering_rates import make_survey
from tests.indicators.test_entry_pages import logged_in, page, title
from tests.indicators.test_portal_figures import portal
from units.models import Kind, Unit

database = pytest.mark.django_db
NOW = Known(96, 100, Decimal(96), "number")


def doubted(
    place: Place, *, said: Cell | None = None, words: str = "Thiếu 12 hồ sơ", **told: object
) -> FigureDoubt:
    return services.raise_doubt(
        unit=place.ha_tu,
        indicator=place.hstt,
        period=place.quarter,
        words=words,
        said=said or Cell(),
        by=place.officer,
        at=AT,
        **told,  # type: ignore[arg-type]
    )


def answer(
    place: Place, doubt: FigureDoubt, *, accepts: bool = True, words: str = "Sẽ đề nghị Cổng sửa"
) -> None:
    services.answer_doubt(doubt=doubt, accepts=accepts, words=words, by=place.district, at=AT)


def stands(doubt: FigureDoubt) -> str:
    doubt.refresh_from_db()
    return selectors.view_of(doubt).status.value


def address(place: Place) -> str:
    return reverse("doubt_raise", args=[place.ha_tu.pk, "2023-Q4", "HSTT"])


@given(st.sampled_from(DoubtStatus.values), st.sampled_from([None, NOW, NOW._replace(numerator=97)]))
def test_a_doubt_is_mended_exactly_when_it_is_unsettled_and_the_figure_is_another(
    status: str, now: Known | None
) -> None:
    found = rules.doubt_status(status, doubted=NOW, now=now)
    assert found == ("mended" if status in ("raised", "accepted") and now != NOW else status)


# --- Saying so ----------------------------------------------------------------------------------------------
@database
def test_a_doubt_keeps_the_figure_as_it_was_printed_and_what_the_officer_says(place: Place) -> None:
    portal(place, place.hstt, printed="96%", origin="batch:7 Sheet!C12")
    doubt = doubted(place, said=Cell(98, 100), upload=Upload(PDF, "so tiep nhan.pdf"))
    portal(place, place.hstt, counts=(97, 100), extracted_on=day("2024-01-09"))
    doubt.refresh_from_db()
    kept = (doubt.source, doubt.numerator, doubt.denominator, doubt.printed, doubt.origin, doubt.extracted_on)
    assert kept == ("cong_dvcqg", 96, 100, "96%", "batch:7 Sheet!C12", day("2024-01-05"))
    assert (doubt.said_numerator, doubt.said_denominator, doubt.filename) == (98, 100, "so tiep nhan.pdf")
    assert [(one.status, one.words, one.by) for one in doubt.steps.all()] == [
        ("raised", "Thiếu 12 hồ sơ", place.officer)
    ]


@database
@pytest.mark.parametrize(
    ("told", "refusal", "words"),
    [
        ({"words": "  "}, ReasonMissing, "Nhập điều bạn thấy sai"),
        ({"words": "x" * 501}, ReasonMissing, "dài quá 500 ký tự"),
        ({"said": Cell(101, 100)}, EntryInvalid, "chưa đúng"),
        ({"upload": Upload(PDF, "a.exe")}, FileRefused, "không được nhận"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words_and_nothing_stays(
    place: Place, told: dict[str, object], refusal: type[Exception], words: str
) -> None:
    portal(place, place.hstt)
    with pytest.raises(refusal, match=words):
        doubted(place, **told)  # type: ignore[arg-type]
    assert not FigureDoubt.objects.exists()


@database
def test_without_an_official_figure_there_is_nothing_to_doubt(place: Place) -> None:
    with pytest.raises(NothingToDoubt, match="chưa có số từ nguồn chính thức trong Quý IV/2023"):
        doubted(place)


@database
def test_a_figure_is_doubted_once_until_it_is_mended_or_the_doubt_refused(place: Place) -> None:
    portal(place, place.hstt)
    first = doubted(place)
    with pytest.raises(DoubtOpen, match="đã được xa báo sai ngày 10/1/2024 \\(chờ trả lời\\)"):
        doubted(place)
    answer(place, first)
    with pytest.raises(DoubtOpen, match="đã tiếp nhận"):
        doubted(place)
    portal(place, place.hstt, counts=(90, 100), extracted_on=day("2024-01-09"))
    second = doubted(place)
    assert (stands(first), stands(second)) == ("mended", "raised")
    answer(place, second, accepts=False, words="Số này đúng")
    assert stands(doubted(place)) == "raised"


@database
def test_the_database_holds_one_waiting_doubt_and_every_step(place: Place) -> None:
    portal(place, place.hstt)
    doubt = doubted(place)
    with pytest.raises(DatabaseError), transaction.atomic():
        FigureDoubt.objects.create(
            unit=place.ha_tu, indicator=place.hstt, period=place.quarter, source="cong_dvcqg", state="number"
        )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        super(type(DoubtStep.objects.all()), DoubtStep.objects.filter(doubt=doubt)).update(words="khác")


# --- Answering ----------------------------------------------------------------------------------------------
@database
def test_accepting_writes_no_figure_and_a_newer_extraction_shows_as_mended(place: Place) -> None:
    portal(place, place.hstt)
    doubt = doubted(place)
    answer(place, doubt)
    assert stands(doubt) == "accepted"
    assert Measurement.objects.get().numerator == 96
    portal(place, place.hstt, extracted_on=day("2024-01-08"))  # extracted anew, and the same
    assert stands(doubt) == "accepted"
    portal(place, place.hstt, counts=(98, 100), extracted_on=day("2024-01-09"))
    assert stands(doubt) == "mended"


@database
def test_nobody_answers_an_own_doubt_nor_twice_nor_without_a_word(place: Place) -> None:
    portal(place, place.hstt)
    doubt = doubted(place)
    with pytest.raises(OwnEntry, match="người khác phải trả lời"):
        services.answer_doubt(doubt=doubt, accepts=True, words="Sửa", by=place.officer, at=AT)
    with pytest.raises(ReasonMissing, match="Nhập câu trả lời"):
        answer(place, doubt, words=" ")
    answer(place, doubt, accepts=False)
    with pytest.raises(DoubtAnswered, match="không tiếp nhận"):
        answer(place, doubt)


# --- The pages ----------------------------------------------------------------------------------------------
@database
def test_the_officer_says_so_from_the_row_and_sees_the_answer_there(place: Place) -> None:
    portal(place, place.hstt)
    officer, district, report = logged_in(place.officer), logged_in(place.district), place.report()
    assert f'href="{address(place)}"' in page(officer, report)
    html = officer.get(address(place)).content.decode()
    assert "<b>96/100 (96,00 %)</b>" in html
    refused = officer.post(address(place), {"words": "Sai", "numerator": "1,5", "denominator": "1.200"})
    html = refused.content.decode()
    assert title(html).startswith("Lỗi: ")
    assert 'href="#id_numerator"' in html
    assert 'value="1.200"' in html
    file = SimpleUploadedFile("chung tu.pdf", PDF)
    sent = officer.post(
        address(place), {"words": "Thiếu hồ sơ", "numerator": "1.198", "denominator": "1.200", "file": file}
    )
    doubt = FigureDoubt.objects.get()
    own = reverse("doubt", args=[doubt.pk])
    assert sent.headers["Location"] == own
    assert officer.get(address(place)).headers["Location"] == own  # raising twice is told
    assert "chờ trả lời" in page(officer, report)
    assert "<b>1</b> chờ trả lời" in district.get(reverse("submissions")).content.decode()
    assert "1.198/1.200" in district.get(own).content.decode()
    told = district.get(reverse("doubt_file", args=[doubt.pk]))
    assert told.headers["Content-Disposition"] == 'attachment; filename="chung tu.pdf"'
    assert told.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(told.streaming_content) == PDF  # type: ignore[attr-defined]
    missing = district.post(own, {"words": "Đã xem"}).content.decode()
    assert "Chọn tiếp nhận hoặc không tiếp nhận." in missing
    assert "Đã xem</textarea>" in missing
    district.post(own, {"verdict": "accepted", "words": "Đã gửi Cổng"})
    html = page(officer, report)
    assert "đã tiếp nhận – “Đã gửi Cổng”" in html
    assert address(place) not in html


@database
def test_the_homes_tell_of_what_waits_and_for_two_weeks_of_what_was_answered(place: Place) -> None:
    portal(place, place.hstt)
    doubt = doubted(place)
    assert "1 chờ trả lời" in logged_in(place.district).get("/").content.decode()
    assert "1 chờ trả lời" in logged_in(place.office).get("/").content.decode()
    answer(place, doubt, words="Đã gửi Cổng")
    assert "chờ trả lời" not in logged_in(place.district).get("/").content.decode()
    for today, is_told in (("2024-01-24", True), ("2024-01-25", False)):
        with time_machine.travel(f"{today} 09:00+07:00", tick=False):
            html = logged_in(place.officer).get("/").content.decode()
        assert ("đã tiếp nhận – “Đã gửi Cổng”" in html) is is_told


@database
def test_the_doubt_page_begins_with_what_the_officer_had_typed_before(place: Place) -> None:
    place.saved()
    portal(place, place.hstt)
    html = logged_in(place.officer).get(address(place)).content.decode()
    assert 'name="numerator" value="2.900"' in html


@database
def test_a_sent_report_tells_its_reviewer_of_doubted_figures(place: Place) -> None:
    portal(place, place.hstt)
    report = place.report()
    values = {key: cell for key, cell in place.cells().items() if key != place.hstt.pk}
    services.save_entries(submission=report, values=values, by=place.officer, at=AT, seen_revision=0)
    place.send(report)
    doubt = doubted(place)
    html = page(logged_in(place.district), report)
    assert "<b>1</b> số liệu của nguồn chính thức bị báo sai, chờ trả lời" in html
    assert reverse("doubt", args=[doubt.pk]) in html
    assert "Báo sai số liệu<" not in html  # saying so is the officer's
    assert "Báo sai ngày" in page(logged_in(place.officer), report)


@database
def test_the_list_is_chosen_by_status_and_keeps_its_query_budget(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    units = make_units([f"Số {number:02}" for number in range(20)], kind=Kind.PHUONG, parent=place.ha_long)
    many_doubts(place, units)
    client = logged_in(place.district)
    answer(place, FigureDoubt.objects.get(unit=units[0]), accepts=False, words="Đúng")
    with django_assert_max_num_queries(14):
        html = client.get(reverse("doubts")).content.decode()
    assert html.count('<th scope="row"') == 19
    assert "<b>19</b> lần báo sai chờ bạn trả lời" in html
    rejected = client.get(reverse("doubts"), {"trang_thai": "rejected"}).content.decode()
    assert rejected.count('<th scope="row"') == 1
    assert logged_in(place.leader).get(reverse("doubts")).status_code == 403


def many_doubts(place: Place, units: list[Unit]) -> None:
    services.record_measurements(
        drafts=[draft(unit, place.hstt, place.quarter, counts=(96, 100)) for unit in units],
        by=None,
        reason="Nhập tệp",
        at=AT,
    )
    for unit in units:
        services.raise_doubt(
            unit=unit, indicator=place.hstt, period=place.quarter, words="Sai", said=Cell(),
            by=place.officer, at=AT + timedelta(hours=1),
        )  # fmt: skip


@database
def test_a_measured_rate_is_doubted_in_words_and_with_its_number_of_answers_only(place: Place) -> None:
    survey = make_survey()
    portal(place, survey)
    asked = reverse("doubt_raise", args=[place.ha_tu.pk, "2023-Q4", survey.code])
    client = logged_in(place.officer)
    html = client.get(asked).content.decode()
    assert 'name="denominator"' in html
    assert 'name="numerator"' not in html

    assert client.post(asked, {"words": "Cổng đếm thiếu 40 phiếu", "denominator": "452"}).status_code == 302

    assert FigureDoubt.objects.get().said_denominator == 452
