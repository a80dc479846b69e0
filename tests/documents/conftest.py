"""The office person who writes documents, and three documents of Quảng Ninh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from accounts.models import User
from documents import services
from documents.models import Document
from documents.services import Facts

AT = datetime(2024, 1, 10, 3, 0, tzinfo=UTC)


def facts(number: str = "269/KH-UBND", issued_on: date | None = date(2023, 10, 30), **more: str) -> Facts:
    return Facts(number=number, issued_on=issued_on, **({"issuer": "UBND tỉnh Quảng Ninh"} | more))


def add(by: User, number: str = "269/KH-UBND", issued_on: date | None = date(2023, 10, 30)) -> Document:
    return services.add_document(facts=facts(number, issued_on), by=by, at=AT)


@dataclass
class Papers:
    """One document of each year, none superseded."""

    by: User
    of_2021: Document
    of_2022: Document
    of_2023: Document

    def supersede(self, document: Document, later: Document | None) -> Document:
        return services.supersede_document(
            document=document,
            later=later,
            seen=Document.objects.get(pk=document.pk).revision,
            reason="Văn bản mới",
            by=self.by,
            at=AT,
        )


@pytest.fixture
def office(db: None) -> User:
    return User.objects.create_user("vanphong", full_name="Trần Minh Hà")


@pytest.fixture
def papers(office: User) -> Papers:
    return Papers(
        office,
        add(office, "1/KH-UBND", date(2021, 5, 1)),
        add(office, "2/KH-UBND", date(2022, 5, 1)),
        add(office, "3/KH-UBND", date(2023, 5, 1)),
    )
