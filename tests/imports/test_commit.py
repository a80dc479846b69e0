"""From preview to figures: decisions, one transaction, no second commit, nothing behind the person's back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from dvctt.lib import sheets
from imports import services
from imports.models import Batch, BatchState, Row
from imports.planned import cells_of
from imports.services import ImportOptions, reading
from imports.services.reading import LEASE
from indicators import selectors as indicator_selectors
from indicators import services as indicator_services
from indicators.models import Indicator, Measurement, MeasurementRevision, PublishedTarget
from indicators.services.catalogue import DEFINITION
from indicators.services.definitions import KEPT
from tests.imports.conftest import AT, named, published, renewed
from tests.imports.workbooks import book
from units.models import Alias

pytestmark = pytest.mark.django_db
MO_DUC = ["1", "UBND huyện Mộ Đức", "45,80%", "2,34%", None]
SON_HA = ["2", "UBND huyện Sơn Hà", "41,70%", "1%", None]


def in_preview(content: bytes, by: User, **options: Any) -> Batch:
    batch = services.receive_file(
        content=content, filename="tep.xlsx", by=by, at=AT, options=ImportOptions(**options)
    )
    read = services.read_batch(batch_id=batch.pk, at=AT)
    assert read is not None
    return read


def row_of(batch: Batch, number: int) -> Row:
    return batch.rows.get(number=number, sheet=batch.rows.values_list("sheet", flat=True)[0])


def test_nothing_is_written_before_the_commit(office: User) -> None:
    batch = in_preview(book([MO_DUC]), office)
    assert (batch.state, Measurement.objects.count()) == (BatchState.PREVIEW, 0)
    done = services.commit_batch(batch_id=batch.pk, by=office, at=AT, reason="Số liệu chính thức")
    assert (done.state, done.counts["written"], Measurement.objects.count()) == (BatchState.COMMITTED, 2, 2)
    revision = MeasurementRevision.objects.first()
    assert revision is not None
    assert (revision.by, revision.at, revision.reason) == (office, AT, "Số liệu chính thức")
    assert revision.origin == f"batch:{batch.pk};Sheet1;6"


def test_a_second_commit_is_an_error_that_says_so(office: User) -> None:
    batch = in_preview(book([MO_DUC]), office)
    services.commit_batch(batch_id=batch.pk, by=office, at=AT)
    with pytest.raises(services.BatchNotReady, match="đã được ghi ngày 01/11/2023"):
        services.commit_batch(batch_id=batch.pk, by=office, at=AT)
    assert MeasurementRevision.objects.count() == 2


def test_a_cancelled_batch_cannot_be_written(office: User) -> None:
    batch = in_preview(book([MO_DUC]), office)
    services.cancel_batch(batch_id=batch.pk, by=office, at=AT)
    with pytest.raises(services.BatchNotReady, match="đã bị huỷ"):
        services.commit_batch(batch_id=batch.pk, by=office, at=AT)
    with pytest.raises(services.BatchNotReady):
        services.cancel_batch(batch_id=batch.pk, by=office, at=AT)
    with pytest.raises(services.BatchNotReady, match="Không có lần nhập"):
        services.commit_batch(batch_id=0, by=office, at=AT)


def test_figures_that_changed_since_the_preview_stop_the_commit_and_renew_the_preview(office: User) -> None:
    mine, other = in_preview(book([MO_DUC, SON_HA]), office), in_preview(book([SON_HA]), office)
    services.commit_batch(batch_id=other.pk, by=office, at=AT)
    before = Measurement.objects.count()
    with pytest.raises(services.PreviewOutdated, match="đã thay đổi từ lúc xem thử"):
        services.commit_batch(batch_id=mine.pk, by=office, at=AT)
    mine.refresh_from_db()
    assert (mine.state, Measurement.objects.count()) == (BatchState.PREVIEW, before)
    assert (mine.counts["new"], mine.counts["unchanged"]) == (2, 2)
    done = services.commit_batch(batch_id=mine.pk, by=office, at=AT)
    assert done.counts["written"] == 2


def test_an_indicator_defined_anew_since_the_preview_stops_the_commit_and_renews_the_preview(
    office: User,
) -> None:
    mine = in_preview(book([MO_DUC, SON_HA]), office)
    old = indicator_selectors.indicator_by_code("HSTT")
    new = Indicator.objects.create(
        code=old.code,
        version=2,
        valid_from=date(2023, 1, 1),
        **{field: getattr(old, field) for field in (*DEFINITION, *KEPT)},
    )
    with pytest.raises(services.PreviewOutdated, match="đã có phiên bản mới cho kỳ này"):
        services.commit_batch(batch_id=mine.pk, by=office, at=AT)
    services.commit_batch(batch_id=mine.pk, by=office, at=AT)
    assert Measurement.objects.filter(indicator=new).count() == 2
    assert not Measurement.objects.filter(indicator=old).exists()


def test_a_plan_made_before_a_newer_decision_is_not_kept(
    office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = in_preview(published("quang_ninh").read_bytes(), office)
    first, second = (batch.rows.get(sheet="I. Cap So", number=number) for number in (10, 20))
    made: Any = reading.__dict__["plan_batch"]

    def plan_too_slowly(**said: Any) -> Any:
        """Another worker takes over, and a person decides again, before this one has done."""
        plan = made(**said)
        monkeypatch.setattr(reading, "plan_batch", made)
        late = Batch.objects.get(pk=batch.pk)
        assert services.read_batch(batch_id=late.pk, at=AT + LEASE + timedelta(seconds=1)) is not None
        row = late.rows.get(sheet="I. Cap So", number=second.number)
        services.accept_swap(batch_id=late.pk, row_id=row.pk, accepted=True, by=office, at=AT)
        Batch.objects.filter(pk=late.pk).update(state=BatchState.READING)
        return plan

    services.accept_swap(batch_id=batch.pk, row_id=first.pk, accepted=True, by=office, at=AT)
    monkeypatch.setattr(reading, "plan_batch", plan_too_slowly)
    services.read_batch(batch_id=batch.pk, at=AT)
    assert Batch.objects.get(pk=batch.pk).state == BatchState.READING
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.UPLOADED)
    assert renewed(batch).counts["refused"] == 0


def test_a_failure_half_way_writes_nothing_and_gives_the_preview_back(
    office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = in_preview(published("quang_ninh").read_bytes(), office, accept_swaps=True)

    def broken(**_: Any) -> None:
        raise RuntimeError("đứt")

    monkeypatch.setattr(indicator_services, "record_published_targets", broken)
    with pytest.raises(RuntimeError):
        services.commit_batch(batch_id=batch.pk, by=office, at=AT)
    batch.refresh_from_db()
    assert (batch.state, batch.committed_by, Measurement.objects.count()) == (BatchState.PREVIEW, None, 0)
    assert "chưa ghi gì" in batch.message


def test_one_swap_is_accepted_and_taken_back_row_by_row(office: User) -> None:
    batch = in_preview(published("quang_ninh").read_bytes(), office)
    assert (batch.counts["refused"], batch.counts["new"]) == (2, 135)
    row = batch.rows.get(sheet="I. Cap So", number=10)
    services.accept_swap(batch_id=batch.pk, row_id=row.pk, accepted=True, by=office, at=AT)
    batch = renewed(batch)
    row = batch.rows.get(sheet="I. Cap So", number=10)
    (cell,) = cells_of(row.figures)
    assert (batch.counts["refused"], row.swap_accepted, cell.numerator) == (1, True, 2657)
    services.accept_swap(batch_id=batch.pk, row_id=row.pk, accepted=False, by=office, at=AT)
    batch = renewed(batch)
    assert batch.counts["refused"] == 2
    row = batch.rows.get(sheet="I. Cap So", number=20)
    services.accept_swap(batch_id=batch.pk, row_id=row.pk, accepted=True, by=office, at=AT)
    renewed(batch)
    done = services.commit_batch(batch_id=batch.pk, by=office, at=AT)
    assert (done.counts["written"], PublishedTarget.objects.count()) == (136, 136)
    assert [d["what"] for d in done.options["decisions"]] == ["swaps", "swaps", "swaps"]


def test_a_name_settled_on_the_preview_becomes_an_alias_only_when_written(office: User) -> None:
    rows = [[None, "UBND huyện Trà Bồng"], ["1", "Xã Trà Bửu", "9,2%", "1%"], ["2", "Xã Trà Tân", "1%", "1%"]]
    aliases = Alias.objects.count()
    batch = in_preview(book(rows), office)
    services.choose_units(
        batch_id=batch.pk, chosen={row_of(batch, 7).position: named("Xã Trà Bùi")}, by=office, at=AT
    )
    batch = renewed(batch)
    assert (batch.counts["matched"], batch.counts["refused"], Alias.objects.count()) == (2, 0, aliases)
    assert row_of(batch, 7).match_reason == "người nhập đã chọn"
    services.forget_choices(batch_id=batch.pk, by=office, at=AT)
    batch = renewed(batch)
    assert batch.counts["matched"] == 1
    services.choose_units(
        batch_id=batch.pk, chosen={row_of(batch, 7).position: named("Xã Trà Bùi")}, by=office, at=AT
    )
    renewed(batch)
    services.commit_batch(batch_id=batch.pk, by=office, at=AT)
    alias = Alias.objects.get(name="Xã Trà Bửu")
    assert (alias.unit, alias.source, alias.created_by) == (named("Xã Trà Bùi"), "van_ban", office)
    again = in_preview(book([*rows, ["3", "Xã Trà Giang", "4%", "1%"]]), office)
    assert row_of(again, 7).match_reason == "khớp theo tên gọi khác"


def test_a_group_settled_on_the_preview_brings_its_rows_in(office: User) -> None:
    rows = [[None, "UBND huyện Trà Bổng Mới"], ["1", "Xã Trà Tân", "9,2%", "1%"]]
    content = book([*rows, [None, "UBND huyện Minh Long"], ["1", "Xã Thanh An", "1%", "1%"]])
    batch = in_preview(content, office)
    assert batch.counts["refused"] == 1
    services.choose_units(
        batch_id=batch.pk, chosen={row_of(batch, 6).position: named("Huyện Trà Bồng")}, by=office, at=AT
    )
    batch = renewed(batch)
    assert (batch.counts["refused"], batch.counts["matched"]) == (0, 2)


def test_a_unit_of_another_district_cannot_be_chosen(office: User) -> None:
    rows = [[None, "UBND huyện Trà Bồng"], ["1", "Xã Trà Bửu", "9,2%", "1%"], ["2", "Xã Trà Tân", "1%", "1%"]]
    batch = in_preview(book(rows), office)
    with pytest.raises(services.ChoiceInvalid, match="không thuộc cùng cấp trên"):
        services.choose_units(
            batch_id=batch.pk, chosen={row_of(batch, 7).position: named("Xã Ba Xa")}, by=office, at=AT
        )
    with pytest.raises(services.BatchNotReady, match="đã khớp"):
        services.choose_units(
            batch_id=batch.pk, chosen={row_of(batch, 8).position: named("Xã Trà Bùi")}, by=office, at=AT
        )
    services.commit_batch(batch_id=batch.pk, by=office, at=AT)
    with pytest.raises(services.BatchNotReady, match="Đã ghi"):
        services.accept_swap(batch_id=batch.pk, row_id=1, accepted=True, by=office, at=AT)
    assert services.read_batch(batch_id=batch.pk, at=AT) is None  # what is written is not read again


def test_a_person_without_a_right_over_the_province_is_refused_when_the_file_is_read(real: None) -> None:
    user = User.objects.create_user("khach", password="mat-khau-khach")
    batch = services.receive_file(
        content=book([MO_DUC]), filename="a.xlsx", by=user, at=AT, options=ImportOptions(check_rights=True)
    )
    with pytest.raises(services.ImportRefused, match="không được nạp số liệu của Tỉnh Quảng Ngãi"):
        services.read_batch(batch_id=batch.pk, at=AT)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == (BatchState.FAILED, 0)


# --- As a job ----------------------------------------------------------------------------------------------
def test_reading_shows_its_progress_and_runs_once(office: User) -> None:
    batch = services.receive_file(content=book([MO_DUC]), filename="a.xlsx", by=office, at=AT)
    seen: list[int] = []

    def progress(percent: int, message: str) -> None:
        services.report_progress(batch_id=batch.pk, percent=percent, message=message, at=AT)
        stored = Batch.objects.get(pk=batch.pk)
        seen.append(stored.progress)
        assert (stored.state, stored.message) == (BatchState.READING, message)

    assert services.read_batch(batch_id=batch.pk, at=AT, progress=progress) is not None
    assert seen == sorted(seen)
    assert len(seen) >= 5
    assert services.read_batch(batch_id=batch.pk, at=AT) is None


def test_another_reader_takes_over_only_when_the_first_has_died(office: User) -> None:
    batch = services.receive_file(content=book([MO_DUC]), filename="a.xlsx", by=office, at=AT)
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.READING, heartbeat_at=AT)
    assert services.read_batch(batch_id=batch.pk, at=AT + timedelta(seconds=30)) is None
    assert services.read_batch(batch_id=batch.pk, at=AT + LEASE + timedelta(seconds=1)) is not None


def test_a_job_that_died_is_queued_again_and_given_up_after_three_times(office: User) -> None:
    batch = services.receive_file(content=book([MO_DUC]), filename="a.xlsx", by=office, at=AT)
    moment = AT
    for attempt in (1, 2, 3):
        Batch.objects.filter(pk=batch.pk).update(
            state=BatchState.READING, heartbeat_at=moment, attempts=attempt
        )
        assert services.sweep_batches(at=moment + LEASE) == services.Swept()
        moment += LEASE + timedelta(seconds=1)
        swept = services.sweep_batches(at=moment)
        assert swept.to_read == ([batch.pk] if attempt < 3 else [])
    batch.refresh_from_db()
    assert (swept.given_up, batch.state) == ([batch.pk], BatchState.FAILED)
    assert "tải tệp lên lại" in batch.message


def test_an_upload_whose_message_was_lost_is_queued_again(office: User) -> None:
    batch = services.receive_file(content=book([MO_DUC]), filename="a.xlsx", by=office, at=AT)
    assert services.sweep_batches(at=AT + timedelta(seconds=30)).to_read == []
    assert services.sweep_batches(at=AT + LEASE + timedelta(seconds=1)).to_read == [batch.pk]
    assert services.sweep_batches(at=AT + timedelta(seconds=62)).to_read == []


def test_a_commit_that_died_is_queued_again_then_goes_back_to_its_preview(office: User) -> None:
    batch = in_preview(book([MO_DUC]), office)
    services.begin_commit(batch_id=batch.pk, by=office, at=AT, reason="x")
    moment = AT
    for _ in range(3):
        moment += LEASE + timedelta(seconds=1)
        assert services.sweep_batches(at=moment).to_commit == [batch.pk]
    moment += LEASE + timedelta(seconds=1)
    assert services.sweep_batches(at=moment).given_up == [batch.pk]
    batch.refresh_from_db()
    assert (batch.state, Measurement.objects.count()) == (BatchState.PREVIEW, 0)


def test_a_commit_run_twice_by_the_queue_writes_once(office: User) -> None:
    batch = in_preview(book([MO_DUC]), office)
    services.begin_commit(batch_id=batch.pk, by=office, at=AT, reason="x")
    assert services.finish_commit(batch_id=batch.pk, at=AT) is not None
    assert services.finish_commit(batch_id=batch.pk, at=AT) is None
    assert MeasurementRevision.objects.count() == 2


def test_a_file_that_is_gone_is_a_clear_failure(office: User) -> None:
    batch = services.receive_file(content=book([MO_DUC]), filename="a.xlsx", by=office, at=AT)
    batch.file.storage.delete(batch.file.name or "")
    with pytest.raises(sheets.FileRefused, match="Không còn tệp gốc"):
        services.read_batch(batch_id=batch.pk, at=AT)
