"""The demonstration's data, loaded once for a module and rolled back after it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

Json = dict[str, Any]


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    from django.test import override_settings

    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        transaction.atomic(),
    ):
        call_command("load_demo", stdout=io.StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def run_json(demo: None) -> Callable[..., Json]:
    """Run a command with --json and give its one object; nothing else may stand on standard output."""

    def run(*arguments: str) -> Json:
        out = io.StringIO()
        call_command(*arguments, "--json", stdout=out)
        answer: Json = json.loads(out.getvalue())
        return answer

    return run
