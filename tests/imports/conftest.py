"""The three provinces of 2023, the catalogue and the settled names, loaded once for each module."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from imports import services
from imports.models import Batch
from indicators import services as indicator_services
from units import selectors as unit_selectors
from units import services as unit_services
from units.models import Unit, UnitVersion

AT = datetime(2023, 11, 1, 2, 0, tzinfo=UTC)
PROVINCES = ("Quảng Nam", "Quảng Ngãi", "Quảng Ninh")


@pytest.fixture(scope="module")
def provinces(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Units of three provinces, aliases, indicators, documents; rolled back after the module."""
    catalogue = settings.FIXTURES_DIR / "catalogue"
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_units", *PROVINCES, stdout=io.StringIO())
        call_command("load_aliases", stdout=io.StringIO())
        indicator_services.load_catalogue(
            indicators=catalogue / "indicators.csv", documents=catalogue / "documents.csv"
        )
        yield
        transaction.set_rollback(True)


@pytest.fixture
def real(provinces: None, db: None) -> None:
    """A test's own savepoint on the loaded provinces."""


@pytest.fixture
def office(real: None) -> User:
    """An official of all three provinces."""
    user = User.objects.create_user("can-bo", password="mat-khau-can-bo", full_name="Cán bộ văn phòng")
    for name in PROVINCES:
        province = unit_selectors.province_named(name=name, on=date(2023, 3, 31))
        assert province is not None
        unit_services.grant_role(
            user=user, unit=province, role="office", valid_from=date(2023, 1, 1), by=None
        )
    return user


def published(part: str) -> Path:
    """The published workbook whose name holds the part."""
    return next(path for path in (settings.FIXTURES_DIR / "published").glob("*.xlsx") if part in path.name)


def named(full_name: str, parent: str | None = None) -> Unit:
    """The unit of that name in March 2023."""
    versions = UnitVersion.objects.filter(full_name=full_name, valid_to=None)
    if parent:
        versions = versions.filter(parent__versions__full_name=parent)
    return versions.get().unit


def latest() -> Batch:
    batch = Batch.objects.order_by("-pk").first()
    assert batch is not None
    return batch


def renewed(batch: Batch) -> Batch:
    """Do what the worker does after a decision: read the file again; return the batch as it is then."""
    assert services.read_batch(batch_id=batch.pk, at=AT) is not None
    return Batch.objects.get(pk=batch.pk)
