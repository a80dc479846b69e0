"""Before a report is sent: what nobody would believe unseen goes with a word, or not at all."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from indicators import services
from indicators.models import Indicator, Submission, SubmissionStatus
from indicators.rules import Cell, SubmissionUnexplained
from tests.indicators.builders import AT, draft, make_period
from tests.indicators.conftest import Place

pytestmark = pytest.mark.django_db


def before(place: Place, **values: str) -> None:
    """What the unit itself reported for Quý III, by indicator name, in percent."""
    drafts = [
        draft(place.ha_tu, getattr(place, name), make_period("2023-Q3"), value=value, source="don_vi")
        for name, value in values.items()
    ]
    services.record_measurements(drafts=drafts, by=None, reason="Quý III", at=AT)


def send(report: Submission, place: Place, *, confirms: bool = False, **notes: str) -> None:
    told: dict[int, str] = {Indicator.objects.get(code=code).pk: note for code, note in notes.items()}
    services.send_submission(submission=report, by=place.officer, at=AT, notes=told, confirms_repeat=confirms)


def test_a_rate_that_fell_by_33_points_is_sent_only_with_its_explanation(place: Place) -> None:
    before(place, tttt="41.2", hstt="95.1")
    report = place.saved()
    with pytest.raises(SubmissionUnexplained) as refused:
        send(report, place)
    assert refused.value.missing == [place.tttt.pk]
    assert report.events.count() == 1

    send(report, place, TTTT="Cổng thanh toán lỗi cả tháng 11")

    report.refresh_from_db()
    assert report.status == SubmissionStatus.SENT
    assert report.entries.get(indicator=place.tttt).note == "Cổng thanh toán lỗi cả tháng 11"


def test_a_rate_far_from_the_units_own_quarters_is_explained_though_it_moved_less_than_twenty(
    place: Place,
) -> None:
    quarters = ("2022-Q4", "2023-Q1", "2023-Q2", "2023-Q3")
    drafts = [
        draft(place.ha_tu, place.hstt, make_period(code), value=value, source="don_vi")
        for code, value in zip(quarters, ("80", "81", "79.5", "80.5"), strict=True)
    ]
    services.record_measurements(drafts=drafts, by=None, reason="Bốn quý", at=AT)
    with pytest.raises(SubmissionUnexplained) as refused:
        send(place.saved(), place)  # 2.900 of 3.000: 96,67 %
    assert refused.value.missing == [place.hstt.pk]


def test_a_figure_that_is_not_extracted_yet_goes_only_with_the_reason_and_until_when(place: Place) -> None:
    report = place.saved(tttt=Cell(state="not_published"))
    with pytest.raises(SubmissionUnexplained) as refused:
        send(report, place)
    assert refused.value.missing == [place.tttt.pk]

    send(report, place, TTTT="Cổng đang nâng cấp, có số sau ngày 5/1")


def test_a_note_written_while_entering_is_explanation_enough(place: Place) -> None:
    before(place, tttt="41.2")
    send(place.saved(tttt=Cell(31, 402, note="Cổng thanh toán lỗi")), place)


def test_a_number_that_gave_way_to_a_reason_is_explained_too(place: Place) -> None:
    before(place, tttt="41.2")
    report = place.saved(tttt=Cell(state="out_of_scope"))
    with pytest.raises(SubmissionUnexplained):
        send(report, place)


def test_a_note_too_long_keeps_nothing_and_sends_nothing(place: Place) -> None:
    before(place, tttt="41.2")
    report = place.saved()
    with pytest.raises(services.EntryInvalid):
        send(report, place, TTTT="x" * 501)
    report.refresh_from_db()
    assert report.status == SubmissionStatus.DRAFT
    assert report.entries.get(indicator=place.tttt).note == ""


def test_a_report_that_repeats_the_one_before_is_confirmed_by_a_person(place: Place) -> None:
    report = place.saved()
    services.record_measurements(
        drafts=[
            draft(
                place.ha_tu, entry.indicator, make_period("2023-Q3"), source="don_vi",
                counts=(entry.numerator or 0, entry.denominator) if entry.denominator else None,
                value=entry.value,
            )
            for entry in report.entries.select_related("indicator")
        ],
        by=None, reason="Quý III", at=AT,
    )  # fmt: skip
    with pytest.raises(SubmissionUnexplained) as refused:
        send(report, place)
    assert (refused.value.missing, refused.value.is_repeated) == ([], True)
    send(report, place, confirms=True)


def test_the_page_asks_for_the_explanation_beside_the_figure_and_keeps_what_was_typed(place: Place) -> None:
    before(place, tttt="41.2")
    report = place.saved()
    client = Client()
    client.force_login(place.officer)
    address = reverse("submission_check", args=[report.pk])
    html = client.get(address).content.decode()
    assert "1 chỉ tiêu cần giải trình" in html
    assert "Giảm 33,49 điểm % so với kỳ trước" in html
    note = f"g-{place.tttt.pk}"

    refused = client.post(address, {"seen_revision": "1", note: "  "}).content.decode()

    assert re.search(r"<title>\s*Lỗi: ", refused)
    assert f'<a href="#{note}">Thanh toán trực tuyến: ghi giải trình cho số này</a>' in refused
    long = client.post(address, {"seen_revision": "1", note: "x" * 501}).content.decode()
    assert "ghi chú dài quá 500 ký tự" in long
    assert "x" * 501 in long
    sent = client.post(address, {"seen_revision": "1", note: "Cổng lỗi"})
    assert sent.status_code == 302
    report.refresh_from_db()
    assert report.status == SubmissionStatus.SENT
