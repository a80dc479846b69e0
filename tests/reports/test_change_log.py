"""Nhật ký số liệu: one list of who changed what, by kind, person, unit, period and day, bounded."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from imports.models import Batch, BatchState
from indicators import services
from indicators.models import Indicator, Measurement, MeasurementRevision, Period, WithdrawnFigure
from indicators.services import Cell
from reports import change_log_views
from reports.change_log_filters import read_position, write_position
from reports.selectors import change_log
from reports.selectors.log_lines import KINDS
from tests.builders import make_person, make_province
from tests.indicators.builders import draft, make_indicator, make_period
from tests.units.people import Place, make_place
from units.models import Role, Unit

PAGE = "/so-lieu/nhat-ky/"
FIRST = datetime(2024, 1, 10, 3, 0, tzinfo=UTC)


@pytest.fixture
def place(db: None) -> Place:
    return make_place()


@pytest.fixture
def indicator(db: None) -> Indicator:
    return make_indicator()


@pytest.fixture
def period(db: None) -> Period:
    return make_period("2023-Q4", open_for_entry=True)


def write(unit: Unit, indicator: Indicator, period: Period, counts: tuple[int, int], **options: Any) -> None:
    services.record_measurements(
        drafts=[draft(unit, indicator, period, counts=counts, origin=options.get("origin", "nhập tay"))],
        by=options.get("by"),
        reason=options.get("reason", "đối soát"),
        at=options.get("at", FIRST),
    )


def rows(client: Client, place: Place, query: str = "") -> list[str]:
    """The lines of the page as text, top to bottom."""
    client.force_login(place.office)
    html = client.get(f"{PAGE}{query}").content.decode()
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
        for row in body.split("</tr>")
        if "<td" in row
    ]


def test_a_corrected_figure_says_before_and_after_who_when_and_why(
    client: Client, place: Place, indicator: Indicator, period: Period
) -> None:
    write(place.ha_tu, indicator, period, (30, 60))
    write(place.ha_tu, indicator, period, (45, 60), by=place.office, at=FIRST + timedelta(hours=1))
    latest, first = rows(client, place)
    assert latest.startswith(
        "11:00 10/1/2024 vanphong Phường Hà Tu, Thành phố Hạ Long Hồ sơ trực tuyến · Quý IV/2023"
    )
    assert "50,00 % (30/60) → 75,00 % (45/60) đối soát nhập tay" in latest
    assert "→" not in first
    assert "Dòng lệnh" in first


def test_steps_of_a_report_more_time_files_and_plans_stand_in_the_same_list_by_time_and_each_kind_alone(
    client: Client, place: Place, indicator: Indicator, period: Period
) -> None:
    write(place.ha_tu, indicator, period, (30, 60), at=FIRST)
    report = services.open_submission(unit=place.cam_tay, period=period)
    services.save_entries(
        submission=report,
        values={indicator.pk: Cell(1, 2)},
        by=place.officer,
        at=FIRST + timedelta(hours=1),
        seen_revision=0,
    )
    services.send_submission(submission=report, by=place.officer, at=FIRST + timedelta(hours=2))
    batch = _written(place, period, "de-quy.xlsx", FIRST + timedelta(hours=3))
    Batch.objects.filter(pk=batch.pk).update(
        state=BatchState.UNDONE,
        undone_at=FIRST + timedelta(hours=5),
        undone_by=place.admin,
        undo_reason="Nhầm quý",
    )
    found = rows(client, place)
    assert ["Đã hoàn tác Nhầm quý" in one and "quantri" in one for one in found] == [
        True,
        *[False] * (len(found) - 1),
    ]
    assert "Đã ghi 0 số liệu Số liệu quý" in found[1]
    assert "Báo cáo Quý IV/2023 Báo cáo Đã gửi" in found[2]
    assert "xahatu" in found[2]
    assert len(rows(client, place, "?loai=nhap-tep")) == 2
    assert len(rows(client, place, "?loai=so-lieu")) == 1
    assert all("Báo cáo Quý IV/2023" in one for one in rows(client, place, "?loai=bao-cao"))
    assert rows(client, place, "?loai=ke-hoach") == []


def _written(place: Place, period: Period, filename: str, at: datetime) -> Batch:
    return Batch.objects.create(
        filename=filename,
        sha256="0",
        size=1,
        province=place.province,
        period=period,
        state=BatchState.COMMITTED,
        reason="Số liệu quý",
        created_by=place.office,
        created_at=at,
        committed_by=place.office,
        committed_at=at,
    )


def test_an_import_is_one_line_with_how_much_it_wrote_and_its_figures_are_listed_when_asked_for(
    client: Client, place: Place, indicator: Indicator, period: Period
) -> None:
    batch = _written(place, period, "cong.xlsx", FIRST)
    Batch.objects.filter(pk=batch.pk).update(counts={"new": 1, "changed": 1})
    for unit in (place.ha_tu, place.cam_tay):
        write(unit, indicator, period, (30, 60), origin=f"batch:{batch.pk};Bảng 1;7")
    write(place.ha_tu, indicator, period, (31, 60), at=FIRST + timedelta(hours=1))

    by_hand, of_file = rows(client, place)

    assert "(31/60)" in by_hand
    assert "Tệp cong.xlsx · Quý IV/2023 Nhập tệp Đã ghi 2 số liệu" in of_file
    assert "Mỗi lần nhập tệp là một dòng" in client.get(PAGE).content.decode()
    for query, lines in (("?loai=so-lieu", 3), (f"?don_vi={place.ha_tu.pk}", 2), ("?ky=2023-Q4", 4)):
        assert len(rows(client, place, query)) == lines, query


def test_the_list_is_narrowed_by_person_unit_with_what_is_below_period_and_days_of_viet_nam(
    client: Client, place: Place, indicator: Indicator, period: Period
) -> None:
    earlier = make_period("2023-Q3")
    write(place.ha_tu, indicator, period, (30, 60), by=place.admin, at=FIRST)
    write(place.cam_tay, indicator, earlier, (20, 60), by=place.office, at=FIRST + timedelta(hours=15))
    for query, word in (
        ("?nguoi=khong+ai", ""),
        ("?nguoi=QUANTRI", "Hà Tu"),
        (f"?don_vi={place.cam_pha.pk}", "Cẩm Tây"),
        (f"?don_vi={place.ha_tu.pk}", "Hà Tu"),
        ("?ky=2023-Q3", "Cẩm Tây"),
        ("?tu_ngay=2024-01-11", "Cẩm Tây"),
        ("?den_ngay=10/01/2024", "Hà Tu"),
    ):
        found = rows(client, place, query)
        assert [word in one for one in found] == ([True] if word else []), query
    client.force_login(place.office)
    html = client.get(f"{PAGE}?tu_ngay=hôm+qua&den_ngay=2024-01-10&nguoi=Trần").content.decode()
    assert "<title>Lỗi: " in html
    assert "Từ ngày không đọc được" in html
    assert 'value="Trần"' in html
    assert (
        "phải từ ngày đầu trở đi"
        in client.get(f"{PAGE}?tu_ngay=2024-02-01&den_ngay=2024-01-01").content.decode()
    )


def test_a_figure_that_was_taken_back_keeps_its_lines(
    client: Client, place: Place, indicator: Indicator, period: Period
) -> None:
    write(place.ha_tu, indicator, period, (30, 60))
    figure = Measurement.objects.get()
    WithdrawnFigure.objects.create(
        id=figure.pk,
        unit=figure.unit,
        indicator=figure.indicator,
        period=figure.period,
        source=figure.source,
        scope=figure.scope,
    )
    figure.delete()
    for query in ("", f"?don_vi={place.ha_tu.pk}"):
        assert ["50,00 % (30/60)" in one for one in rows(client, place, query)] == [True]


def test_pages_follow_each_other_without_a_gap_or_a_repeat_though_all_was_written_at_one_moment(
    client: Client, place: Place, indicator: Indicator, period: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_log_views, "ROWS_A_PAGE", 2)
    for number, unit in enumerate((place.ha_tu, place.cam_tay, place.ha_long), 1):
        write(unit, indicator, period, (number, 60))
        _written(place, period, f"tep-{number}.xlsx", FIRST)
    client.force_login(place.office)
    seen, address = [], PAGE
    for _ in range(5):
        seen += [word for one in rows(client, place, address.removeprefix(PAGE)) for word in _subject(one)]
        found = re.search(r'rel="next" href="([^"]+)"', client.get(address).content.decode())
        if found is None:
            break
        address = PAGE + found[1].replace("&amp;", "&")
    assert len(seen) == 6
    assert len(set(seen)) == 6


def _next(html: str) -> str:
    """The address of the next page, without its beginning."""
    return urlsplit(re.findall(r'rel="next" href="([^"]+)"', html)[0].replace("&amp;", "&")).query


def _subject(line: str) -> list[str]:
    return re.findall(r"tep-\d|\(\d/60\)", line)[-1:]


def test_where_little_is_found_a_page_looks_back_only_so_far_and_the_next_goes_on_from_there(
    client: Client, place: Place, indicator: Indicator, period: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_log, "SCANNED", 2)
    write(place.ha_tu, indicator, period, (1, 60), by=place.admin, at=FIRST)
    for number in range(2, 6):
        write(place.cam_tay, indicator, period, (number, 60), at=FIRST + timedelta(minutes=number))
    client.force_login(place.office)
    query = "nguoi=quantri"
    found: list[str] = []
    pages = 0
    while not found and pages < 5:
        pages += 1
        html = client.get(f"{PAGE}?{query}").content.decode()
        found = rows(client, place, f"?{query}")
        assert found or "phần cũ hơn chưa tìm" in html
        query = query if found else _next(html)
        assert parse_qs(query)["nguoi"] == ["quantri"]
    assert (pages, len(found)) == (3, 1)
    # One unit's figures are few: they are found at once, however long ago.
    assert len(rows(client, place, f"?nguoi=quantri&don_vi={place.ha_tu.pk}")) == 1


def test_a_long_import_that_began_before_other_entries_and_ended_after_them_is_not_lost_at_the_bound(
    client: Client, place: Place, indicator: Indicator, period: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_log, "SCANNED", 2)
    for number, minute in ((1, 0), (2, 10), (3, 5)):
        write(place.ha_tu, indicator, period, (number, 60), at=FIRST + timedelta(minutes=minute))
    report = services.open_submission(unit=place.cam_tay, period=period)
    services.save_entries(
        submission=report,
        values={indicator.pk: Cell(1, 2)},
        by=place.officer,
        at=FIRST + timedelta(minutes=1),
        seen_revision=0,
    )
    client.force_login(place.office)
    first = rows(client, place)
    assert [word for one in first for word in _subject(one)] == ["(3/60)", "(2/60)"]
    query = _next(client.get(PAGE).content.decode())
    later = rows(client, place, f"?{query}")
    assert ["Báo cáo" in one or "(1/60)" in one for one in later] == [True] * len(later)
    assert "(1/60)" in later[-1]


def test_another_provinces_figures_are_kept_apart_and_a_reviewer_has_no_log(
    client: Client, place: Place, indicator: Indicator, period: Period
) -> None:
    stranger = make_province("Quảng Nam")
    write(stranger, indicator, period, (30, 60), by=make_person("la", role=Role.OFFICE, unit=stranger))
    assert rows(client, place) == []
    assert rows(client, place, f"?don_vi={stranger.pk}") == []
    client.force_login(place.district)
    for address in (PAGE, f"{PAGE}excel/"):
        assert client.get(address).status_code == 403


def test_the_workbook_holds_the_chosen_lines_and_says_where_it_was_cut(
    client: Client, place: Place, indicator: Indicator, period: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(place.ha_tu, indicator, period, (30, 60), reason="=1+1")
    write(place.cam_tay, indicator, period, (20, 60))
    client.force_login(place.office)

    def cells(query: str) -> list[Any]:
        sheet = load_workbook(BytesIO(client.get(f"{PAGE}excel/{query}").content)).worksheets[0]
        return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]

    whole = cells(f"?don_vi={place.ha_tu.pk}")
    assert "50,00 % (30/60)" in whole
    assert "33,33 % (20/60)" not in whole
    assert "đơn vị: Phường Hà Tu, Thành phố Hạ Long" in str(whole[1])
    assert not any("Còn việc cũ hơn" in str(one) for one in whole)
    monkeypatch.setattr(change_log_views, "ROWS_IN_FILE", 1)
    assert any("Còn việc cũ hơn" in str(one) for one in cells(""))


def test_thirty_more_lines_cost_no_more_queries(
    client: Client, place: Place, indicator: Indicator, period: Period
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rows(client, place)
        return len(captured)

    batch = _written(place, period, "mot.xlsx", FIRST)
    origin = f"batch:{batch.pk};S;3"
    write(place.ha_tu, indicator, period, (30, 60), by=place.office, origin=origin)
    queries()
    before = queries()
    services.record_measurements(
        drafts=[
            draft(place.cam_tay, make_indicator(f"CT{number}"), period, counts=(1, 60), origin=origin)
            for number in range(30)
        ],
        by=place.admin,
        reason="nhập lại",
        at=FIRST,
    )
    assert queries() == before
    assert MeasurementRevision.objects.count() == 31


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(KINDS)), st.integers(0, 10**17), max_size=5))
def test_a_place_in_the_log_is_read_as_it_was_written(position: dict[str, int]) -> None:
    assert read_position(write_position(position)) == position


@given(st.text(max_size=60))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_address_that_was_tampered_with_gives_more_than_whole_numbers(text: str) -> None:
    assert all(0 <= number < 10**18 for number in read_position(text).values())


def test_days_end_at_midnight_of_viet_nam() -> None:
    from reports.change_log_filters import _midnight

    assert _midnight(date(2024, 1, 11)) == datetime(2024, 1, 10, 17, tzinfo=UTC)


def test_a_units_page_leads_to_its_own_log_whoever_may_open_it(
    client: Client, place: Place, indicator: Indicator, period: Period
) -> None:
    for person, may in ((place.office, True), (place.officer, False)):
        client.force_login(person)
        html = client.get(f"/ho-so/{place.ha_tu.pk}/").content.decode()
        assert (f'href="{PAGE}?don_vi={place.ha_tu.pk}"' in html) is may
