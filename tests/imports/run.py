"""The import command as an office runs it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

Json = dict[str, Any]


def run(path: Path | str, *options: str) -> Json:
    """Run import_file with --json; nothing else may stand on standard output."""
    out = io.StringIO()
    call_command("import_file", str(path), *options, "--json", stdout=out)
    answer: Json = json.loads(out.getvalue())
    return answer


def refused(path: Path | str, *options: str) -> str:
    """Run import_file on what it must refuse; return its error."""
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_file", str(path), *options, "--json", stdout=out)
    assert ended.value.code == 1
    answer: Json = json.loads(out.getvalue())
    assert set(answer) == {"error"}
    return str(answer["error"])


def kinds(answer: Json, *but: str) -> list[tuple[str, int | None]]:
    """The problems of a report as (kind, row), without these kinds."""
    return [(p["kind"], p["row"]) for p in answer["problems"] if p["kind"] not in but]


def message(answer: Json, kind: str) -> str:
    return next(str(p["message"]) for p in answer["problems"] if p["kind"] == kind)
