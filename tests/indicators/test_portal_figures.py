"""A figure that an official source has already is shown, not asked for, and nobody types over it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from dvctt.lib import sheets
from indicators import entry_files, rules, selectors, services
from indicators.models import (
    Indicator,
    Measurement,
    MeasurementRevision,
    Source,
    State,
    Submission,
    SubmissionStatus,
)
from indicators.services import Cell, CellEdit, EntryInvalid
from indicators.views import pages
from tests.indicators.builders import AT, day, draft
from tests.indicators.conftest import Place
from tests.indicators.test_entry_pages import fields, logged_in, page

database = pytest.mark.django_db
NATIONAL, UNIT = Source.NATIONAL.value, Source.UNIT.value


def portal(
    place: Place, indicator: Indicator, *, counts: tuple[int, int] | None = (96, 100), **fields: object
) -> None:
    """The national portal has the commune's figure, extracted on 5 January 2024."""
    told = {"source": NATIONAL, "extracted_on": day("2024-01-05")} | fields
    services.record_measurements(
        drafts=[draft(place.ha_tu, indicator, place.quarter, counts=counts, **told)],  # type: ignore[arg-type]
        by=None,
        reason="Nhập tệp",
        at=AT,
    )


def save(place: Place, report: Submission, **cells: Cell) -> None:
    services.save_entries(
        submission=report,
        values={getattr(place, name).pk: cell for name, cell in cells.items()},
        by=place.officer,
        at=AT,
        seen_revision=report.revision,
    )
    report.refresh_from_db()


def without_hstt(place: Place) -> Submission:
    """A report with everything that the unit still has to tell."""
    report = place.report()
    save(place, report, tttt=Cell(31, 402), quahan=Cell(2), chodoi=Cell(9, 2))
    return report


# --- Which source locks -------------------------------------------------------------------------------------
@given(
    st.permutations([NATIONAL, "he_thong_tinh", "van_ban", UNIT]), st.sets(st.sampled_from([NATIONAL, UNIT]))
)
def test_only_a_source_before_the_units_own_locks_and_the_first_of_them(
    order: list[str], held: set[str]
) -> None:
    found = rules.locking_source(order, own=UNIT, held=held)
    before = [one for one in order[: order.index(UNIT)] if one in held]
    assert found == (before[0] if before else "")


@database
@pytest.mark.parametrize(
    ("told", "locks"),
    [
        ({}, True),
        ({"source": "van_ban"}, True),
        ({"counts": None, "value": "96"}, True),
        ({"counts": None, "state": State.NOT_ARISING.value}, True),
        ({"counts": None, "state": State.NOT_PUBLISHED.value}, False),
        ({"source": UNIT}, False),
        ({"source": "mo_phong"}, False),
        ({"scope": "area"}, False),
    ],
)
def test_a_figure_locks_where_its_source_has_one_and_comes_first(
    place: Place, told: dict[str, object], locks: bool
) -> None:
    portal(place, place.hstt, **told)  # type: ignore[arg-type]
    found = selectors.locked_in_report(submission=place.report(), indicators=[place.hstt, place.tttt])
    assert set(found) == ({place.hstt.pk} if locks else set())


# --- The form -----------------------------------------------------------------------------------------------
@database
def test_the_row_shows_the_figure_its_source_and_day_and_has_nothing_to_type_into(place: Place) -> None:
    portal(place, place.hstt)
    html = page(logged_in(place.officer), place.report())
    assert "🔒 Từ Cổng Dịch vụ công quốc gia, trích xuất ngày 5/1/2024; không phải nhập." in html
    assert "96,00" in html
    assert "Đã nhập <b>1/4</b> chỉ tiêu" in html
    assert f"n-{place.hstt.pk}" not in fields(html)
    assert f"n-{place.tttt.pk}" in fields(html)


@database
def test_a_report_is_sent_and_approved_without_it_and_nothing_is_written_for_it(place: Place) -> None:
    portal(place, place.hstt)
    report = without_hstt(place)
    assert "Chưa nhập" not in page(logged_in(place.officer), report, "submission_check")
    board = selectors.submission_board(units=type(place.ha_tu).objects.all(), period=place.quarter)
    assert [(row.filled, row.asked) for row in board if row.unit_id == place.ha_tu.pk] == [(4, 4)]
    place.send(report)
    assert "🔒 Từ Cổng Dịch vụ công quốc gia" in page(logged_in(place.district), report)
    recorded = services.approve_submission(submission=report, by=place.district, at=AT)
    assert recorded.new == 3
    assert not Measurement.objects.filter(indicator=place.hstt, source=UNIT).exists()


@database
def test_saving_refuses_the_cell_in_words_and_keeps_what_stood(place: Place) -> None:
    report = place.report()
    portal(place, place.hstt)
    with pytest.raises(EntryInvalid) as refused:
        save(place, report, hstt=Cell(90, 100), tttt=Cell(31, 402))
    assert "đã có số từ Cổng Dịch vụ công quốc gia" in refused.value.problems[place.hstt.pk].message
    assert not report.entries.exists()
    saved = services.save_cells(
        submission=report,
        edits={
            place.hstt.pk: CellEdit(Cell(90, 100), Cell().token),
            place.tttt.pk: CellEdit(Cell(31, 402), Cell().token),
        },
        by=place.officer,
        at=AT,
    )
    assert set(saved.kept) == {place.tttt.pk}
    assert set(saved.problems) == {place.hstt.pk}


@database
def test_a_page_opened_before_the_figure_came_loses_nothing_that_was_typed(place: Place) -> None:
    client, report = logged_in(place.officer), place.report()
    opened = fields(page(client, report))
    portal(place, place.hstt)
    typed = {f"n-{place.hstt.pk}": "90", f"d-{place.hstt.pk}": "100", f"n-{place.quahan.pk}": "2"}
    address = reverse("submission", args=[report.pk])
    html = client.post(address, opened | typed).content.decode()
    assert "Hồ sơ trực tuyến: 90/100 chưa được lưu: đã có số từ Cổng Dịch vụ công quốc gia" in html
    again = fields(html)
    assert again[f"n-{place.quahan.pk}"] == "2"
    assert client.post(address, again).status_code == 302
    assert [entry.indicator_id for entry in report.entries.exclude(numerator=None)] == [place.quahan.pk]


@database
def test_a_cell_sent_while_typing_is_told_that_the_figure_is_there(place: Place) -> None:
    portal(place, place.hstt)
    key = place.hstt.pk
    answer = logged_in(place.officer).post(
        reverse("cells_save", args=[place.ha_tu.pk, "2023-Q4"]),
        {
            f"was-{key}": Cell().token,
            f"n-{key}": "90",
            f"d-{key}": "100",
            f"s-{key}": "number",
            f"g-{key}": "",
        },
    )
    told = answer.json()
    assert told["rows"][str(key)]["fate"] == "invalid"
    assert "đã có số từ Cổng" in told["rows"][str(key)]["message"]
    assert told["filled"] == 1


# --- What was typed before ----------------------------------------------------------------------------------
@database
def test_what_was_typed_before_stays_visible_and_is_approved_beside_the_official_figure(place: Place) -> None:
    report = place.saved()
    portal(place, place.hstt)
    html = page(logged_in(place.officer), report)
    assert "Bạn đã nhập 2.900/3.000 trước khi có số này." in html
    place.send(report)
    html = page(logged_in(place.district), report)
    assert "Đơn vị đã nhập 2.900/3.000 trước khi có số này." in html
    assert "Khác Cổng +0,67 điểm %" in html
    services.approve_submission(submission=report, by=place.district, at=AT)
    kept = Measurement.objects.get(indicator=place.hstt, source=UNIT)
    assert (kept.numerator, kept.denominator) == (2900, 3000)
    official = selectors.official_figures(indicator=place.hstt, period=place.quarter)[place.ha_tu.pk]
    assert (official.source, official.value) == (NATIONAL, Decimal(96))


@database
def test_half_a_number_from_before_holds_nothing_up(place: Place) -> None:
    report = place.saved(hstt=Cell(2900, None))
    portal(place, place.hstt)
    place.send(report)
    services.approve_submission(submission=report, by=place.district, at=AT)
    report.refresh_from_db()
    assert report.status == SubmissionStatus.APPROVED
    assert not Measurement.objects.filter(indicator=place.hstt, source=UNIT).exists()
    assert report.entries.get(indicator=place.hstt).numerator == 2900


# --- The workbook and the pasted block ----------------------------------------------------------------------
@database
def test_the_workbook_shows_the_row_as_locked_and_takes_no_other_number_for_it(place: Place) -> None:
    portal(place, place.hstt)
    rows = pages.entry_form(place.report()).rows
    book = entry_files.template(unit=place.ha_tu, unit_name="Phường Hà Tu", period=place.quarter, rows=rows)
    lines = sheets.read_workbook(book, filename="mau.xlsx").sheets[0].rows
    texts = [str(line.cell(at).value) for line in lines for at in range(len(line.cells))]
    assert "Đã có số từ Cổng Dịch vụ công quốc gia, trích xuất ngày 5/1/2024" in texts
    back = entry_files.read_file(book, filename="a.xlsx", unit=place.ha_tu, period=place.quarter, rows=rows)
    assert (back.problems, back.rows) == ([], 0)
    brought = entry_files.read_block("90\t100\n31\t402", rows=rows)
    why = rules.locked_in_words("Cổng Dịch vụ công quốc gia")
    assert brought.problems == [f"Dòng 1 (Hồ sơ trực tuyến): {why}; dòng này bị bỏ qua"]
    assert brought.inputs[f"n-{place.tttt.pk}"] == "31"
    assert entry_files.read_block("96\t100\n31\t402", rows=rows).problems == []


@database
def test_a_draft_stands_when_the_figure_is_taken_back_while_the_page_is_open(place: Place) -> None:
    report = place.saved()
    portal(place, place.tttt, counts=(40, 402))
    client = logged_in(place.officer)
    address = reverse("submission", args=[report.pk])
    page_of_before = fields(client.get(address).content.decode())
    assert f"n-{place.tttt.pk}" not in page_of_before
    Measurement.objects.filter(source=Source.NATIONAL.value).delete()  # as an undone import does

    client.post(address, page_of_before)

    entry = report.entries.get(indicator=place.tttt)
    assert (entry.numerator, entry.denominator) == (31, 402)


@database
def test_a_cell_that_was_emptied_takes_its_figure_of_an_earlier_approval_with_it(place: Place) -> None:
    report = place.sent()
    services.approve_submission(submission=report, by=place.district, at=AT)
    services.reopen_submission(submission=report, by=place.district, at=AT, reason="Nhầm")
    report.refresh_from_db()
    services.save_entries(
        submission=report,
        values={place.tttt.pk: Cell()},
        by=place.officer,
        at=AT,
        seen_revision=report.revision,
    )
    portal(place, place.tttt, counts=(40, 402))
    report.refresh_from_db()
    place.send(report)
    services.approve_submission(submission=report, by=place.district, at=AT)

    figures = Measurement.objects.filter(unit=place.ha_tu, indicator=place.tttt)
    assert [(one.source, one.numerator) for one in figures] == [("cong_dvcqg", 40)]
    last = MeasurementRevision.objects.order_by("-pk").first()
    assert last is not None
    assert (last.reason, last.by) == (
        "Hoàn tác ô đã để trống trong báo cáo Quý IV/2023", place.district,
    )  # fmt: skip
    assert Measurement.objects.filter(unit=place.ha_tu, source=Source.UNIT.value).count() == 3
