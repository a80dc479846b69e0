"""The pages of entering, as each person uses them, without JavaScript."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from indicators import services
from indicators.models import Measurement, Period, Submission, SubmissionStatus
from indicators.services import Cell
from tests.builders import make_person, make_units
from tests.indicators.builders import AT, draft, make_indicator, make_period
from tests.indicators.conftest import Place
from tests.indicators.test_deadlines import make_rule
from units.models import Kind, Role

pytestmark = pytest.mark.django_db


def logged_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, report: Submission, name: str = "submission") -> str:
    response = client.get(reverse(name, args=[report.pk]))
    assert response.status_code == 200
    return response.content.decode()


def fields(html: str) -> dict[str, str]:
    """What a browser would send of the page's form: inputs with a name, chosen options."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attributes and attributes["name"] != "csrfmiddlewaretoken":
            found[attributes["name"]] = attributes["value"]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        assert chosen is not None
        found[name] = chosen[1]
    return found


def send(client: Client, report: Submission, *, action: str = "save", **typed: str) -> Any:
    """Fill in the form as it stands and press a button; `typed` by input name with _ for -."""
    form = fields(page(client, report)) | {name.replace("_", "-"): text for name, text in typed.items()}
    return client.post(reverse("submission", args=[report.pk]), form | {"action": action})


def title(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_officer_finds_the_own_unit_and_opens_its_form(place: Place) -> None:
    client = logged_in(place.officer)
    html = client.get(reverse("submissions")).content.decode()
    assert "Còn <b>1/1</b> đơn vị chưa gửi" in html
    assert "Chưa nhập" in html
    assert "Phường Hà Lầm" not in html
    enter = reverse("submission_enter", args=[place.ha_tu.pk, "2023-Q4"])
    assert enter in html
    response = client.get(enter, follow=True)
    html = response.content.decode()
    assert "<h1>Nhập số liệu Quý IV/2023 – Phường Hà Tu, Thành phố Hạ Long</h1>" in html
    assert "Đã nhập <b>0/4</b> chỉ tiêu" in html
    assert 'type="number"' not in html
    assert html.count('inputmode="numeric"') == 7
    assert "DVCTT toàn trình" not in html
    assert not Submission.objects.exists()  # looking writes nothing; the first save opens the report
    saved = client.post(enter, fields(html) | {f"n-{place.quahan.pk}": "2", "action": "save"})
    report = Submission.objects.get()
    assert saved.headers["Location"] == reverse("submission", args=[report.pk])
    assert client.get(enter).headers["Location"] == saved.headers["Location"]
    assert report.entries.get().numerator == 2


def test_a_draft_is_saved_with_vietnamese_numbers_and_shown_with_rate_and_earlier_figure(
    place: Place,
) -> None:
    services.record_measurements(
        drafts=[
            draft(place.ha_tu, place.hstt, make_period("2023-Q3"), value="95.1"),
            draft(place.ha_tu, place.hstt, make_period("2022-Q4"), value="88.25"),
            draft(place.ha_tu, place.tttt, make_period("2023-den-08-23"), value="41.2"),
        ],
        by=None,
        reason="Nhập tệp",
        at=AT,
    )
    client, report = logged_in(place.officer), place.report()
    numerator, denominator = f"n_{place.hstt.pk}", f"d_{place.hstt.pk}"
    response = send(client, report, **{numerator: "3.548", denominator: "3 600", f"n_{place.quahan.pk}": "2"})
    assert response.status_code == 302
    html = page(client, report)
    assert fields(html)[f"n-{place.hstt.pk}"] == "3.548"
    assert fields(html)[f"d-{place.hstt.pk}"] == "3.600"
    assert "data-rate>98,56</td>" in html
    assert "95,10<br><small>cùng kỳ 88,25</small>" in html
    assert html.count("cùng kỳ") == 1
    assert "41,20 <small>Đến 23/8/2023</small>" in html
    assert "2 hồ sơ" in html
    assert "Đã nhập <b>2/4</b> chỉ tiêu" in html
    assert "● Đã lưu" in html


def test_errors_stand_above_the_heading_name_the_cell_and_keep_what_was_typed(place: Place) -> None:
    client, report = logged_in(place.officer), place.report()
    first, second = place.hstt.pk, place.tttt.pk
    response = send(
        client,
        report,
        **{f"n_{first}": "4120", f"d_{first}": "412", f"n_{second}": "abc", f"d_{second}": "402"},
    )
    html = response.content.decode()
    assert title(html).startswith("Lỗi: Nhập số liệu")
    assert html.index('class="errors"') < html.index("<h1>")
    assert f'<a href="#n-{first}">Hồ sơ trực tuyến: tử số là số nguyên từ 0 đến 412' in html
    assert f'<a href="#n-{second}">Thanh toán trực tuyến: tử số: không đọc được số lượng “abc”' in html
    assert html.count('aria-invalid="true"') == 2
    assert fields(html)[f"n-{second}"] == "abc"
    assert fields(html)[f"n-{first}"] == "4120"
    assert not report.entries.exists()


def test_the_officer_checks_and_sends_and_then_only_reads(place: Place) -> None:
    client, report = logged_in(place.officer), place.saved(chodoi=Cell())
    minutes = place.chodoi.pk
    html = page(client, report, "submission_check")
    assert "<b>Chưa nhập</b>" in html
    assert f"{reverse('submission', args=[report.pk])}#n-{minutes}" in html
    refused = client.post(reverse("submission_check", args=[report.pk]), {"seen_revision": "1"})
    assert title(refused.content.decode()).startswith("Lỗi: ")
    assert f'<a href="#chi-tieu-{minutes}">Thời gian chờ đợi: nhập đủ số' in refused.content.decode()
    response = send(client, report, action="check", **{f"d_{minutes}": "0"})
    assert response.headers["Location"] == reverse("submission_check", args=[report.pk])
    html = page(client, report, "submission_check")
    assert "Không phát sinh" in html
    assert "Chưa nhập" not in html
    assert "Gửi số liệu Quý IV/2023</button>" in html
    sent = client.post(
        reverse("submission_check", args=[report.pk]),
        {"seen_revision": fields(html)["seen_revision"]},
        follow=True,
    )
    html = sent.content.decode()
    assert "Đã gửi số liệu Quý IV/2023" in html
    assert "<input" not in html.split("<main")[1]
    assert client.get(reverse("submission_check", args=[report.pk])).status_code == 302


def test_what_was_seen_is_what_is_sent(place: Place) -> None:
    client, report = logged_in(place.officer), place.saved()
    response = client.post(reverse("submission_check", args=[report.pk]), {"seen_revision": "0"})
    assert response.status_code == 409
    assert "Báo cáo đã đổi sau khi bạn mở trang" in response.content.decode()
    report.refresh_from_db()
    assert report.status == SubmissionStatus.DRAFT


def test_a_save_on_an_older_page_tells_what_changed_and_keeps_what_was_typed(place: Place) -> None:
    client, report = logged_in(place.officer), place.saved()
    opened = fields(page(client, report))
    colleague = make_person("dongnghiep", role=Role.OFFICER, unit=place.ha_tu)
    services.save_entries(
        submission=report,
        values={place.tttt.pk: Cell(35, 402), place.hstt.pk: Cell(2950, 3000)},
        by=colleague,
        at=AT,
        seen_revision=1,
    )
    address = reverse("submission", args=[report.pk])
    response = client.post(address, opened | {f"n-{place.tttt.pk}": "33"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "Có người khác vừa lưu báo cáo này" in html
    assert "Thanh toán trực tuyến: dongnghiep lưu 35/402; ô này đang giữ số bạn nhập" in html
    assert "Hồ sơ trực tuyến: dongnghiep lưu 2.950/3.000; trang này đã lấy số đó" in html
    again = fields(html)
    assert (again[f"n-{place.tttt.pk}"], again[f"n-{place.hstt.pk}"]) == ("33", "2.950")
    assert again["seen_revision"] == "2"
    assert client.post(address, again).status_code == 302
    kept = {entry.indicator_id: entry.numerator for entry in report.entries.all()}
    assert (kept[place.tttt.pk], kept[place.hstt.pk]) == (33, 2950)


def test_a_form_without_its_hidden_fields_does_not_overwrite(place: Place) -> None:
    client, report = logged_in(place.officer), place.saved()
    for seen in ("", "-1", "x", "9" * 30):
        typed = {"seen_revision": seen, f"n-{place.tttt.pk}": "", f"d-{place.tttt.pk}": ""}
        assert client.post(reverse("submission", args=[report.pk]), typed).status_code == 409
    assert report.entries.get(indicator=place.tttt).numerator == 31


def test_the_reviewer_finds_what_was_sent_and_approves_it(place: Place) -> None:
    report = place.sent()
    place.saved(place.ha_lam)
    client = logged_in(place.district)
    html = client.get(reverse("submissions")).content.decode()
    assert "<b>1</b> báo cáo chờ duyệt" in html
    assert "Phường Hà Tu" in html
    assert "Phường Hà Lầm" not in html
    drafts = client.get(reverse("submissions"), {"ky": "2023-Q4", "trang_thai": "draft"}).content.decode()
    assert "Phường Hà Lầm" in drafts
    html = page(client, report)
    assert "2.900" in html
    assert "96,67" in html
    response = client.post(
        reverse("submission_approve", args=[report.pk]), {"seen_revision": "1"}, follow=True
    )
    assert "Đã duyệt 4 số liệu" in response.content.decode()
    assert Measurement.objects.filter(source="don_vi", unit=place.ha_tu).count() == 4
    again = client.post(reverse("submission_approve", args=[report.pk]), {"seen_revision": "1"})
    assert again.status_code == 409


def test_after_approval_the_officer_cannot_save(place: Place) -> None:
    report = place.sent()
    services.approve_submission(submission=report, by=place.district, at=AT)
    client = logged_in(place.officer)
    html = page(client, report)
    assert "Đã duyệt" in html
    assert "<input" not in html.split("<main")[1]
    response = client.post(
        reverse("submission", args=[report.pk]), {"seen_revision": "1", f"n-{place.hstt.pk}": "1"}
    )
    assert response.status_code == 409
    assert "chưa được lưu" in response.content.decode()
    assert report.entries.get(indicator=place.hstt).numerator == 2900


def test_a_return_without_a_reason_is_an_error_and_with_one_the_officer_reads_it_first(place: Place) -> None:
    report, client = place.sent(), logged_in(place.district)
    address = reverse("submission_return", args=[report.pk])
    html = client.post(address, {"reason": " "}).content.decode()
    assert title(html).startswith("Lỗi: ")
    assert '<a href="#id_reason">Nhập lý do trả lại' in html
    client.post(address, {"reason": "Tử số thanh toán lệch với Cổng <b>"})
    officer = logged_in(place.officer)
    html = officer.get(reverse("submissions")).content.decode()
    assert "1</b> bị trả lại" in html
    assert "“Tử số thanh toán lệch với Cổng &lt;b&gt;”" in html
    html = page(officer, report)
    assert html.index("Tử số thanh toán lệch với Cổng") < html.index("<h1>")


def test_who_entered_is_told_to_let_somebody_else_review(place: Place) -> None:
    both = make_person("ca-hai", role=Role.OFFICER, unit=place.ha_long)
    from units import services as unit_services

    unit_services.grant_role(
        user=both, unit=place.ha_long, role=Role.REVIEWER, valid_from=place.quarter.starts_on, by=None
    )
    report = place.saved()
    services.save_entries(
        submission=report, values={place.tttt.pk: Cell(1, 402)}, by=both, at=AT, seen_revision=1
    )
    services.send_submission(submission=report, by=place.officer, at=AT)
    response = logged_in(both).post(reverse("submission_approve", args=[report.pk]), {"seen_revision": "2"})
    assert response.status_code == 409
    assert "người khác phải duyệt" in response.content.decode()


def test_another_units_pages_are_refused(place: Place) -> None:
    report = place.sent(place.ha_lam)
    stranger = make_person("cam-pha")
    for person in (place.officer, place.leader, stranger):
        client = logged_in(person)
        for name in ("submission", "submission_check"):
            assert client.get(reverse(name, args=[report.pk])).status_code == 403
        for name in ("submission", "submission_check", "submission_approve", "submission_return"):
            response = client.post(reverse(name, args=[report.pk]), {"reason": "x", "seen_revision": "1"})
            assert response.status_code == 403
        enter = reverse("submission_enter", args=[place.ha_lam.pk, "2023-Q4"])
        assert client.get(enter).status_code == 403
    officer = logged_in(place.officer)
    own = place.sent()
    for name in ("submission_approve", "submission_return"):
        assert officer.post(reverse(name, args=[own.pk]), {"reason": "x"}).status_code == 403
    assert logged_in(place.district).post(reverse("submission", args=[own.pk]), {}).status_code == 403


def test_who_neither_enters_nor_reviews_is_told_so(place: Place) -> None:
    html = logged_in(place.leader).get(reverse("submissions")).content.decode()
    assert "Bạn không có đơn vị nào phải nhập hoặc duyệt số liệu" in html


def test_without_a_period_that_takes_figures_the_list_says_so(place: Place) -> None:
    Period.objects.update(open_for_entry=False)
    client = logged_in(place.officer)
    assert "Chưa có kỳ nào thu số liệu" in client.get(reverse("submissions")).content.decode()
    response = client.get(reverse("submission_enter", args=[place.ha_tu.pk, "2023-Q4"]), follow=True)
    assert "Quý IV/2023 không thu số liệu" in response.content.decode()
    assert client.get(reverse("submission_enter", args=[place.ha_tu.pk, "2023-Q9"])).status_code == 404


def test_the_list_keeps_its_query_budget_with_thirty_units(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    units = make_units([f"Số {number:02}" for number in range(30)], kind=Kind.PHUONG, parent=place.ha_long)
    for unit in units:
        place.sent(unit)
    both = make_person("ca-hai", role=Role.OFFICER, unit=place.ha_long)
    from units import services as unit_services

    unit_services.grant_role(
        user=both, unit=place.province, role=Role.OFFICE, valid_from=place.quarter.starts_on, by=None
    )
    client = logged_in(both)
    with django_assert_max_num_queries(28):
        html = client.get(reverse("submissions")).content.decode()
    assert html.count("Phường Số ") >= 60


@pytest.mark.parametrize(("name", "budget"), [("submission", 18), ("submission_check", 23)])
def test_the_form_keeps_its_query_budget_with_thirty_indicators(
    place: Place, name: str, budget: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(26):
        make_indicator(f"THEM-{number}", short_name=f"Chỉ tiêu {number}")
    report = place.saved()
    client = logged_in(place.officer)
    make_rule()
    with django_assert_max_num_queries(budget + 3):
        html = client.get(reverse(name, args=[report.pk])).content.decode()
    assert html.count('scope="row"') == 30


def test_the_review_keeps_its_query_budget(
    place: Place, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    report, client = place.sent(), logged_in(place.district)
    make_rule()
    with django_assert_max_num_queries(22):
        client.get(reverse("submission", args=[report.pk]))


def test_a_row_that_the_page_did_not_send_stays_as_it_is(place: Place) -> None:
    client, report = logged_in(place.officer), place.saved()
    client.post(reverse("submission", args=[report.pk]), {"seen_revision": report.revision})
    assert report.entries.get(indicator=place.tttt).numerator == 31


def test_an_old_draft_does_not_replace_what_a_colleague_saved_before_the_page_was_opened_anew(
    place: Place,
) -> None:
    client, report = logged_in(place.officer), place.saved()
    address = reverse("submission", args=[report.pk])
    key = place.tttt.pk
    # The browser put back what it could not save: 1/2, typed over an empty cell.
    draft = fields(client.get(address).content.decode()) | {
        f"n-{key}": "1", f"d-{key}": "2", f"was-{key}": Cell().token, "action": "check",
    }  # fmt: skip

    answer = client.post(address, draft)

    assert answer.status_code == 409
    html = answer.content.decode()
    assert "xa lưu 31/402; ô này đang giữ số bạn nhập" in html
    assert report.entries.get(indicator=place.tttt).numerator == 31
    client.post(address, fields(html))  # who has read it decides
    assert report.entries.get(indicator=place.tttt).numerator == 1
