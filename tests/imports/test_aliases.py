"""Names settled by people: listed with who said so, taken back with a reason, asked again afterwards."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from imports import services
from imports.models import Batch
from tests.imports.conftest import AT, named, renewed
from tests.imports.workbooks import book
from units import services as unit_services
from units.models import Alias

pytestmark = pytest.mark.django_db
ROWS = [[None, "UBND huyện Trà Bồng"], ["1", "Xã Trà Bửu", "9,2%", "1%"]]


def settled(by: User) -> Alias:
    """Xã Trà Bửu, settled as Xã Trà Bùi while a file was brought in."""
    batch = services.receive_file(content=book(ROWS), filename="a.xlsx", by=by, at=AT)
    services.read_batch(batch_id=batch.pk, at=AT)
    row = batch.rows.get(printed="Xã Trà Bửu")
    services.choose_units(batch_id=batch.pk, chosen={row.position: named("Xã Trà Bùi")}, by=by, at=AT)
    renewed(batch)
    services.commit_batch(batch_id=batch.pk, by=by, at=AT)
    return Alias.objects.get(name="Xã Trà Bửu")


def matched(by: User) -> int:
    batch = services.receive_file(content=book(ROWS), filename="b.xlsx", by=by, at=AT)
    services.read_batch(batch_id=batch.pk, at=AT)
    return int(Batch.objects.get(pk=batch.pk).counts["matched"])


def test_a_choice_is_listed_with_its_source_its_evidence_and_its_author(office: User, client: Client) -> None:
    settled(office)
    client.force_login(office)
    page = client.get("/nhap-tep/ten-goi-khac/?nguon=van_ban&tim=tra+buu").content.decode()
    for words in (
        "Xã Trà Bửu",
        "Xã Trà Bùi",
        "Văn bản công bố",
        "Tệp a.xlsx, sheet Sheet1, dòng 7",
        "Cán bộ",
    ):
        assert words in page, words
    assert "Xã Trà Bửu" not in client.get("/nhap-tep/ten-goi-khac/?nguon=mo_phong").content.decode()


def test_a_name_taken_back_is_asked_again_and_can_be_settled_anew(office: User, client: Client) -> None:
    alias = settled(office)
    assert matched(office) == 1
    client.force_login(office)
    address = f"/nhap-tep/ten-goi-khac/{alias.pk}/thu-hoi/"
    client.post(address, {"reason": " "})
    assert Alias.objects.get(pk=alias.pk).revoked_at is None
    client.post(address, {"reason": "Chọn nhầm xã"})
    alias.refresh_from_db()
    assert (alias.revoked_by, alias.revoke_reason) == (office, "Chọn nhầm xã")
    assert matched(office) == 0
    assert "đã được thu hồi trước đó" in client.post(address, {"reason": "x"}, follow=True).content.decode()
    assert "Chọn nhầm xã" in client.get("/nhap-tep/ten-goi-khac/?loc=thu-hoi").content.decode()
    again = unit_services.settle_alias(
        unit=named("Xã Trà Tân", "Huyện Trà Bồng"), parent=named("Huyện Trà Bồng"), source="van_ban",
        name="Xã Trà Bửu", kind="", evidence="kiểm thử", by=office,
    )  # fmt: skip
    assert again.pk != alias.pk


def test_the_database_holds_no_revocation_without_a_reason(office: User) -> None:
    alias = settled(office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alias.objects.filter(pk=alias.pk).update(revoked_at=AT, revoke_reason="")


def test_the_list_has_one_budget_for_one_and_for_thirty(office: User, client: Client) -> None:
    client.force_login(office)
    counts = []
    for number in (1, 30):
        while Alias.objects.filter(source="mo_phong").count() < number:
            unit_services.settle_alias(
                unit=named("Xã Trà Bùi"), parent=named("Huyện Trà Bồng"), source="mo_phong",
                name=f"Xã Tên {Alias.objects.count()}", kind="", evidence="kiểm thử", by=office,
            )  # fmt: skip
        client.get("/nhap-tep/ten-goi-khac/")
        with CaptureQueriesContext(connection) as context:
            client.get("/nhap-tep/ten-goi-khac/?nguon=mo_phong")
        counts.append(len(context.captured_queries))
    assert counts[0] == counts[1] <= 10
