"""A written batch taken back: cells and targets as they were, histories only longer, hindrances told."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from imports import services
from imports.models import Batch, BatchState
from indicators.models import Measurement, MeasurementRevision, PublishedTarget, WithdrawnFigure
from tests.imports.conftest import AT, named, published
from tests.imports.workbooks import book

pytestmark = pytest.mark.django_db
NAMES = ["UBND huyện Mộ Đức", "UBND huyện Sơn Hà", "UBND huyện Minh Long", "UBND huyện Tư Nghĩa"]
Json = dict[str, Any]


def written(content: bytes, by: User, *, minutes: int = 0, **options: Any) -> Batch:
    at = AT + timedelta(minutes=minutes)
    said = services.ImportOptions(**options)
    batch = services.receive_file(content=content, filename="a.xlsx", by=by, at=at, options=said)
    services.read_batch(batch_id=batch.pk, at=at)
    # A reason may begin with any words.
    return services.commit_batch(batch_id=batch.pk, by=by, at=at, reason="Hoàn tác đợt trước, nạp lại")


def undo(batch: Batch, by: User, *, minutes: int = 60) -> Batch:
    at = AT + timedelta(minutes=minutes)
    return services.undo_batch(batch_id=batch.pk, by=by, at=at, reason="Nhầm tệp")


def dump() -> list[Json]:
    """Every figure with everything it says; when it was last touched apart."""
    rows = Measurement.objects.order_by("unit_id", "indicator_id", "period_id", "source").values()
    return [{key: value for key, value in row.items() if key != "updated_at"} for row in rows]


def rates(*values: str) -> bytes:
    pairs = zip(NAMES, values, strict=False)
    return book([[str(n), name, value, "1%"] for n, (name, value) in enumerate(pairs, 1)])


def test_new_figures_are_withdrawn_and_changed_ones_get_back_what_stood(office: User) -> None:
    first = written(rates("10%", "20%"), office)
    before = dump()
    second = written(rates("11%", "25%", "30%"), office, minutes=5)
    assert (second.counts["new"], second.counts["changed"]) == (2, 2)
    history = MeasurementRevision.objects.count()
    done = undo(second, office)
    assert done.counts["undone"] == {"restored": 2, "withdrawn": 2, "targets": 0}
    assert dump() == before
    assert MeasurementRevision.objects.count() == history + 4
    last = MeasurementRevision.objects.order_by("-pk")[0]
    assert last.reason == f"Hoàn tác lần nhập {second.pk}: Nhầm tệp"
    assert (last.by, MeasurementRevision.objects.filter(state="withdrawn").count()) == (office, 2)
    # Now nothing later stands on the first one either.
    undo(first, office, minutes=70)
    assert dump() == []


def test_a_figure_written_again_after_its_withdrawal_goes_on_under_its_own_id(office: User) -> None:
    batch = written(rates("10%"), office)
    ids = set(Measurement.objects.values_list("pk", flat=True))
    undo(batch, office)
    assert set(WithdrawnFigure.objects.values_list("pk", flat=True)) == ids
    written(rates("10%"), office, minutes=90)
    assert set(Measurement.objects.values_list("pk", flat=True)) == ids
    numbers = MeasurementRevision.objects.filter(measurement__indicator__code="HSTT")
    steps = list(numbers.order_by("number").values_list("number", "state"))
    assert steps == [(1, "number"), (2, "withdrawn"), (3, "number")]


def test_a_later_figure_hinders_the_undo_and_nothing_changes(office: User) -> None:
    first = written(rates("10%", "20%"), office)
    second = written(rates("12%", "25%"), office, minutes=5)
    before = dump()
    with pytest.raises(services.UndoRefused, match="ô đã có số liệu ghi sau") as refused:
        undo(first, office)
    told = {(cell.unit, cell.parent, cell.origin) for cell in refused.value.cells}
    assert ("Huyện Sơn Hà", "Tỉnh Quảng Ngãi", f"lần nhập {second.pk}") in told
    assert dump() == before
    assert Batch.objects.get(pk=first.pk).state == BatchState.COMMITTED


def test_a_later_file_that_found_the_same_figures_stands_on_them_too(office: User) -> None:
    first = written(rates("10%"), office)
    second = written(rates("10%"), office, minutes=5)
    assert second.counts["unchanged"] == 2
    with pytest.raises(services.UndoRefused, match="2 ô"):
        undo(first, office)
    undo(second, office)
    undo(first, office)
    assert dump() == []


def test_the_number_of_a_batch_is_not_the_beginning_of_another_number(office: User) -> None:
    first = written(rates("10%"), office)
    Measurement.objects.update(origin=f"batch:{first.pk}9;Sheet1;6")
    with pytest.raises(services.UndoRefused):
        undo(first, office)


def test_a_second_undo_an_undo_without_reason_and_one_of_an_unwritten_file_are_refused(office: User) -> None:
    batch = written(rates("10%"), office)
    with pytest.raises(services.ReasonMissing):
        services.undo_batch(batch_id=batch.pk, by=office, at=AT, reason="  ")
    undo(batch, office)
    with pytest.raises(services.BatchNotReady, match="đã được hoàn tác trước đó"):
        undo(batch, office)
    waiting = services.receive_file(content=rates("11%"), filename="b.xlsx", by=office, at=AT)
    services.read_batch(batch_id=waiting.pk, at=AT)
    with pytest.raises(services.BatchNotReady, match="không có gì để hoàn tác"):
        undo(waiting, office)


def test_the_published_workbook_and_its_targets_go_and_come_back(office: User) -> None:
    content = published("quang_ninh").read_bytes()
    batch = written(content, office, accept_swaps=True)
    assert (Measurement.objects.count(), PublishedTarget.objects.count()) == (137, 137)
    undo(batch, office)
    assert (Measurement.objects.count(), PublishedTarget.objects.count()) == (0, 0)
    again = written(content, office, minutes=90, accept_swaps=True)
    assert (again.counts["written"], again.counts["targets_written"]) == (137, 137)


def test_the_database_keeps_no_undone_batch_without_author_and_reason(office: User) -> None:
    batch = written(rates("10%"), office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.UNDONE)


def test_the_history_stays_append_only(office: User) -> None:
    written(rates("10%"), office)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE indicators_measurementrevision SET reason = 'x'")


def test_an_undo_takes_as_many_statements_for_four_units_as_for_one(office: User) -> None:
    counts = []
    for minutes, values in ((0, ["1%"]), (100, ["2%", "3%", "4%", "5%"])):
        first = written(rates(*["9%"] * (len(values) - len(values) // 4)), office, minutes=minutes)
        batch = written(rates(*values), office, minutes=minutes + 1)
        with CaptureQueriesContext(connection) as context:
            undo(batch, office, minutes=minutes + 5)
        counts.append(len([q for q in context.captured_queries if "TRANSACTION" not in q["sql"]]))
        undo(first, office, minutes=minutes + 6)
    assert counts[1] <= counts[0] + 6  # with figures to restore and to withdraw, whatever their number


def test_the_page_undoes_with_a_reason_and_lists_what_hinders(office: User, client: Client) -> None:
    first = written(rates("10%"), office)
    second = written(rates("12%"), office, minutes=5)
    client.force_login(office)
    page = client.post(f"/nhap-tep/{first.pk}/ket-qua/hoan-tac/", {"reason": "Nhầm"}).content.decode()
    assert "Không hoàn tác được: " in page
    assert f"lần nhập {second.pk}" in page
    answer = client.post(f"/nhap-tep/{second.pk}/ket-qua/hoan-tac/", {"reason": "Nhầm"}, follow=True)
    page = answer.content.decode()
    assert "<h1>Đã hoàn tác</h1>" in page
    assert "1 ô trở lại số trước" in page
    unit = client.get(reverse("unit", args=[named("Huyện Mộ Đức").pk])).content.decode()
    assert "Hoàn tác lần nhập" in unit


def test_the_command_undoes_and_says_what_hinders(office: User) -> None:
    first = written(rates("10%"), office)
    second = written(rates("12%"), office, minutes=5)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("undo_import", str(first.pk), "--reason", "Nhầm", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert {cell["unit"] for cell in answer["cells"]} == {"Huyện Mộ Đức"}
    out = io.StringIO()
    call_command("undo_import", str(second.pk), "--reason", "Nhầm", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "batch": second.pk, "restored": 1, "withdrawn": 0, "targets": 0,
    }  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.decimals(0, 100, places=2, allow_nan=False), min_size=1, max_size=4),
        min_size=2,
        max_size=4,
    )
)
def test_undone_in_reverse_order_every_import_leaves_the_figures_as_it_found_them(
    office: User, files: list[list[Decimal]]
) -> None:
    with transaction.atomic():
        stack = []
        for number, values in enumerate(files):
            stack.append((dump(), written(rates(*[f"{v}%" for v in values]), office, minutes=number)))
        for number, (before, batch) in enumerate(reversed(stack)):
            undo(batch, office, minutes=100 + number)
            assert dump() == before
        transaction.set_rollback(True)
