"""The demonstration's own database outlives a release: what a new one adds comes, nothing comes twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command

from reports.management.commands.load_demo import PLANS, Command
from targets.models import Plan, PlanState

pytestmark = pytest.mark.django_db


def load() -> str:
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def test_plans_that_an_earlier_demonstration_lacks_are_loaded_and_issued_once(
    media_root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Command, "_plans", lambda self, **_: None)
        load()
    assert not Plan.objects.exists()

    load()

    assert set(Plan.objects.filter(code__in=PLANS).values_list("state", flat=True)) == {PlanState.ISSUED}
    assert Plan.objects.count() == 8
    assert load() == "Dữ liệu minh hoạ đã có sẵn.\n"
