"""Cells saved one by one, as the page does while somebody types."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from indicators import services
from indicators.models import Entry, Indicator, Submission, SubmissionStatus
from indicators.rules import Cell
from indicators.services import CellEdit
from tests.builders import make_person
from tests.indicators.builders import AT
from tests.indicators.conftest import Place
from tests.indicators.test_deadlines import make_rule
from units.models import Role

pytestmark = pytest.mark.django_db
EMPTY = Cell().token


def save(report: Submission, place: Place, indicator: Indicator, cell: Cell, *, seen: str = EMPTY) -> Any:
    return services.save_cells(
        submission=report, edits={indicator.pk: CellEdit(cell, seen)}, by=place.officer, at=AT
    )


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def post(place: Place, *, by: Any = None, **fields: str) -> Any:
    """Save `fields` as the page does; `by` a person, the officer if None, or a client that is logged in."""
    client = by if isinstance(by, Client) else client_of(by or place.officer)
    address = reverse("cells_save", args=[place.ha_tu.pk, place.quarter.code])
    return client.post(address, {name.replace("_", "-"): text for name, text in fields.items()})


def row(
    indicator: Indicator, n: str = "", d: str = "", *, was: str = EMPTY, s: str = "number"
) -> dict[str, str]:
    return {
        f"n_{indicator.pk}": n,
        f"d_{indicator.pk}": d,
        f"s_{indicator.pk}": s,
        f"was_{indicator.pk}": was,
    }


def test_the_first_cell_opens_the_report_and_is_told_with_its_rate(place: Place) -> None:
    answer = post(place, **row(place.hstt, "3.548", "3 600"))

    told = answer.json()
    cell = told["rows"][str(place.hstt.pk)]
    assert (told["before"], told["revision"], told["filled"]) == (0, 1, 1)
    assert (cell["fate"], cell["numerator"], cell["denominator"], cell["value"]) == (
        "saved", "3.548", "3.600", "98,56",
    )  # fmt: skip
    assert cell["was"] == "3548|3600|number|"
    report = Submission.objects.get()
    assert report.status == SubmissionStatus.DRAFT
    assert Entry.objects.get().updated_by == place.officer


def test_of_a_block_what_can_be_kept_is_kept_and_the_rest_told_with_its_field(place: Place) -> None:
    fields = row(place.hstt, "2900", "3000") | row(place.tttt, "4120", "412") | row(place.quahan, "abc")

    told = post(place, **fields).json()["rows"]

    assert told[str(place.hstt.pk)]["fate"] == "saved"
    over = told[str(place.tttt.pk)]
    assert (over["fate"], over["field"]) == ("invalid", f"n-{place.tttt.pk}")
    assert over["message"] == "Tử số là số nguyên từ 0 đến 412 (không lớn hơn mẫu số)."
    assert "“abc”" in told[str(place.quahan.pk)]["message"]
    assert list(Entry.objects.values_list("indicator", flat=True)) == [place.hstt.pk]


def test_a_cell_that_somebody_else_saved_meanwhile_stays_and_is_told(place: Place) -> None:
    report = place.report()
    other = make_person("xa2", role=Role.OFFICER, unit=place.ha_tu)
    User.objects.filter(pk=other.pk).update(full_name="Trần Thị Bình")
    services.save_cells(
        submission=report, edits={place.hstt.pk: CellEdit(Cell(2900, 3000), EMPTY)}, by=other, at=AT
    )

    told = post(place, **(row(place.hstt, "2950", "3000") | row(place.tttt, "31", "402"))).json()

    cell = told["rows"][str(place.hstt.pk)]
    assert cell["fate"] == "conflict"
    assert cell["message"].startswith("Trần Thị Bình vừa lưu 2.900/3.000 lúc ")
    assert (cell["numerator"], cell["was"]) == ("2.900", "2900|3000|number|")
    assert told["rows"][str(place.tttt.pk)]["fate"] == "saved"
    assert Entry.objects.get(indicator=place.hstt).numerator == 2900
    decided = post(place, **row(place.hstt, "2950", "3000", was=cell["was"])).json()
    assert decided["rows"][str(place.hstt.pk)]["fate"] == "saved"
    assert Entry.objects.get(indicator=place.hstt).numerator == 2950


def test_the_same_cell_again_changes_nothing_so_that_a_lost_answer_can_be_asked_anew(place: Place) -> None:
    report = place.report()
    first = save(report, place, place.hstt, Cell(2900, 3000))

    again = save(report, place, place.hstt, Cell(2900, 3000))

    assert (first.before, first.revision) == (0, 1)
    assert (again.before, again.revision, again.conflicts) == (1, 1, {})
    assert again.kept[place.hstt.pk].revision == 1


def test_a_denominator_of_nothing_becomes_its_reason(place: Place) -> None:
    told = post(place, **row(place.hstt, "", "0")).json()["rows"][str(place.hstt.pk)]

    assert (told["fate"], told["choice"], told["value"]) == ("saved", "not_arising", "–")


def test_a_sent_report_takes_no_cell(place: Place) -> None:
    place.sent()

    answer = post(place, **row(place.hstt, "1", "2"))

    assert answer.status_code == 409
    assert "đã gửi" in answer.json()["message"]
    assert Entry.objects.get(indicator=place.hstt).numerator == 2900


def test_a_row_that_is_not_asked_of_the_unit_is_refused_whole(place: Place) -> None:
    toantrinh = Indicator.objects.get(code="TOANTRINH")

    answer = post(place, **(row(place.hstt, "1", "2") | row(toantrinh, "1", "2")))

    assert answer.status_code == 400
    assert not Entry.objects.exists()
    assert post(place).status_code == 400


def test_only_who_enters_for_the_unit_saves_its_cells(place: Place) -> None:
    for person in (place.office, place.leader, place.district):
        assert post(place, by=person, **row(place.hstt, "1", "2")).status_code == 403
    assert not Submission.objects.exists()


def test_a_block_asks_the_database_no_more_often_than_a_cell(place: Place) -> None:
    place.report()
    client = client_of(place.officer)
    post(place, by=client, **row(place.hstt, "2899", "3000"))  # opens the report
    seen = Cell(2899, 3000).token
    with CaptureQueriesContext(connection) as one:
        post(place, by=client, **row(place.hstt, "2900", "3000", was=seen))
    block_of_cells = row(place.tttt, "31", "402") | row(place.quahan, "2") | row(place.chodoi, "9", "2")
    with CaptureQueriesContext(connection) as block:
        told = post(place, by=client, **block_of_cells)
    assert told.json()["filled"] == 4
    assert len(block) <= len(one) <= 17


def test_after_the_lock_day_a_cell_is_refused_with_the_day_and_who_can_help(place: Place) -> None:
    make_rule(lock_days=1)

    answer = post(place, **row(place.hstt, "1", "2"))

    assert answer.status_code == 409
    assert "đề nghị người duyệt gia hạn" in answer.json()["message"]
    assert not Entry.objects.exists()
    fill = Client()
    fill.force_login(place.officer)
    told = fill.get(reverse("entry_fill", args=[place.ha_tu.pk, "2023-Q4"]), follow=True).content.decode()
    assert "Đã khoá nhập số liệu Quý IV/2023" in told
