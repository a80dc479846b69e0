"""Four provinces of 2023 and the plans of the catalogue, loaded once for each module."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from indicators import services as indicator_services

PROVINCES = ("Quảng Nam", "Quảng Ngãi", "Quảng Ninh", "Thái Nguyên")


@pytest.fixture(scope="module")
def four_provinces(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Units and the catalogue's indicators and documents; rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_units", *PROVINCES, stdout=io.StringIO())
        indicator_services.ensure_catalogue()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def provinces(four_provinces: None, db: None) -> None:
    """A test's own savepoint on the loaded provinces."""


@pytest.fixture(scope="session")
def catalogue_files() -> dict[str, Any]:
    folder = settings.FIXTURES_DIR / "catalogue"
    return {"targets": folder / "targets.csv", "plans": folder / "plans.json"}
