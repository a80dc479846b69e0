"""A quarter from empty to published figures, by five people through their pages, on both databases."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from indicators.models import Measurement, MeasurementRevision, Source, Submission, SubmissionStatus
from tests.builders import make_person
from tests.indicators.conftest import Place
from tests.indicators.test_deadlines import make_rule
from units.models import Role, Unit

pytestmark = pytest.mark.django_db


def on(day: str) -> AbstractContextManager[Any]:
    return time_machine.travel(f"{day} 09:00+07:00", tick=False)


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def enter_all(client: Client, place: Place, unit: Unit, *, online: str) -> None:
    """All cells as the page saves them: the first two in a block, the others after."""
    address = reverse("cells_save", args=[unit.pk, "2023-Q4"])
    blocks = [
        {place.hstt: (online, "3.000"), place.tttt: ("31", "402")},
        {place.quahan: ("2", ""), place.chodoi: ("9", "2")},
    ]
    for block in blocks:
        fields: dict[str, str] = {}
        for indicator, (n, d) in block.items():
            key = indicator.pk
            fields |= {f"n-{key}": n, f"d-{key}": d, f"s-{key}": "number", f"was-{key}": "None|None|number|"}
        told = client.post(address, fields).json()
        assert {row["fate"] for row in told["rows"].values()} == {"saved"}


def send(client: Client, report: Submission) -> None:
    report.refresh_from_db()
    address = reverse("submission_check", args=[report.pk])
    assert client.post(address, {"seen_revision": report.revision}).status_code == 302
    report.refresh_from_db()
    assert report.status == SubmissionStatus.SENT


def approve(client: Client, report: Submission) -> None:
    report.refresh_from_db()
    address = reverse("submission_approve", args=[report.pk])
    assert client.post(address, {"seen_revision": report.revision}).status_code == 302
    report.refresh_from_db()
    assert report.status == SubmissionStatus.APPROVED


def words(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_from_empty_to_published_with_a_return_an_extension_a_late_unit_and_a_reopening(place: Place) -> None:
    make_rule(lock_days=3)  # due on Monday 18/12/2023, the 17th being a Sunday; locked after the 21st
    other = client_of(make_person("xa2", role=Role.OFFICER, unit=place.ha_lam))
    officer, district = client_of(place.officer), client_of(place.district)
    office, leader = client_of(place.office), client_of(place.leader)

    with on("2023-12-15"):
        enter_all(officer, place, place.ha_tu, online="2.900")
        report = Submission.objects.get(unit=place.ha_tu)
        send(officer, report)
        given_back = district.post(
            reverse("submission_return", args=[report.pk]),
            {f"x-{place.tttt.pk}": "1", f"l-{place.tttt.pk}": "Mẫu số thiếu tháng 12"},
        )
        assert given_back.status_code == 302
        assert "Mẫu số thiếu tháng 12" in words(officer, "home")

    with on("2023-12-18"):
        key = place.tttt.pk
        mended = {f"n-{key}": "31", f"d-{key}": "450", f"s-{key}": "number", f"was-{key}": "31|402|number|"}
        officer.post(reverse("cells_save", args=[place.ha_tu.pk, "2023-Q4"]), mended)
        send(officer, report)
        approve(district, report)
        assert other.post(reverse("submission_approve", args=[report.pk])).status_code == 403

    with on("2023-12-22"):
        locked = other.post(reverse("cells_save", args=[place.ha_lam.pk, "2023-Q4"]), {f"was-{key}": ""})
        assert locked.status_code == 409
        assert "gia hạn" in locked.json()["message"]
        extended = district.post(
            reverse("submission_extend", args=[place.ha_lam.pk, "2023-Q4"]),
            {"until": "2023-12-27", "reason": "Mất điện cả tuần"},
        )
        assert extended.status_code == 302
    with on("2023-12-26"):
        enter_all(other, place, place.ha_lam, online="1.500")
        late = Submission.objects.get(unit=place.ha_lam)
        send(other, late)
        told = words(office, "sending", ky="2023-Q4")
        assert "Mất điện cả tuần" in told
        approve(district, late)

    with on("2023-12-28"):
        reopened = office.post(
            reverse("submission_reopen", args=[report.pk]), {"reason": "Đối soát: thiếu 50 hồ sơ trực tuyến"}
        )
        assert reopened.status_code == 302
        assert Measurement.objects.get(unit=place.ha_tu, indicator=place.hstt).numerator == 2900
        assert "Đối soát: thiếu 50 hồ sơ trực tuyến" in words(officer, "home")
        district.post(
            reverse("submission_extend", args=[place.ha_tu.pk, "2023-Q4"]),
            {"until": "2023-12-29", "reason": "Mở lại để sửa"},
        )
        key = place.hstt.pk
        mended = {f"n-{key}": "2950", f"d-{key}": "3000", f"s-{key}": "number"}
        answer = officer.post(
            reverse("cells_save", args=[place.ha_tu.pk, "2023-Q4"]),
            mended | {f"was-{key}": "2900|3000|number|"},
        )
        assert answer.json()["rows"][str(key)]["fate"] == "saved"
        send(officer, report)
        approve(district, report)
        assert "Sửa sau khi duyệt: 1 ô" in words(officer, "submission", report.pk)

    figures = Measurement.objects.filter(indicator=place.hstt, source=Source.UNIT).order_by("-value")
    assert [(one.unit, one.numerator) for one in figures] == [(place.ha_tu, 2950), (place.ha_lam, 1500)]
    history = MeasurementRevision.objects.filter(measurement=figures[0]).order_by("number")
    assert [(one.numerator, one.by) for one in history] == [(2900, place.district), (2950, place.district)]
    table = {"chi-tieu": "HSTT", "ky": "2023-Q4", "cap": "xa"}
    assert re.search(r"1 .*Phường Hà Tu.*98,33", words(leader, "league", **table))
