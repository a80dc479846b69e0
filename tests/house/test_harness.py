"""The tests' own ground: what must make a test fail does, and what it uses decides where it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

ROOT = Path(__file__).resolve().parents[2]
BAD_TESTS = """
import logging, socket, warnings
import pytest
from django.template import engines

def test_logs_an_error():
    logging.getLogger("dvctt").error("hỏng")

def test_unknown_template_variable():
    engines["django"].from_string("{{ khong_co }}").render({})

def test_connects_to_the_outside():
    socket.create_connection(("192.0.2.1", 80), timeout=1)

def test_warns():
    warnings.warn("cũ", DeprecationWarning)

@pytest.mark.khong_co
def test_unknown_mark():
    pass
"""
MIXED_TESTS = """
import pytest
from django.db import transaction

@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)

def test_reads(loaded, db):
    pass

@pytest.mark.django_db(transaction=True)
def test_writes_at_once():
    pass
"""


def run_pytest(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    options = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-q", "-p", "no:cacheprovider"]
    if "tests/house" not in arguments:
        options += ["-p", "tests.conftest"]  # which a test outside the project would not find
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=ROOT,
        env=os.environ | {"TEST_DATABASE": "sqlite"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_bad_test_fails_for_the_reason_meant(tmp_path: Path) -> None:
    known = BAD_TESTS[: BAD_TESTS.index("@pytest.mark")]
    (tmp_path / "test_bad.py").write_text(known, encoding="utf-8")
    told = run_pytest(str(tmp_path / "test_bad.py")).stdout
    assert "4 failed" in told
    for reason in (
        "The test logged an error",
        "Undefined template variable 'khong_co'",
        "A test tried to use socket.socket.connect",
        "DeprecationWarning: cũ",
    ):
        assert reason in told
    (tmp_path / "test_bad.py").write_text(BAD_TESTS, encoding="utf-8")
    unknown = run_pytest(str(tmp_path / "test_bad.py"), "--collect-only")
    assert unknown.returncode != 0
    assert "'khong_co' not found in `markers`" in unknown.stdout + unknown.stderr


def test_a_transactional_test_beside_a_module_s_open_transaction_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_mixed.py").write_text(MIXED_TESTS, encoding="utf-8")
    mixed = run_pytest(str(tmp_path / "test_mixed.py"))
    assert mixed.returncode == pytest.ExitCode.USAGE_ERROR
    assert "test_mixed.py: test_writes_at_once needs transactions of its own" in mixed.stderr
    for name in ("test_reads", "test_writes_at_once"):
        kept = MIXED_TESTS.replace(f"def {name}", f"def {name.removeprefix('test_')}")
        (tmp_path / "test_mixed.py").write_text(kept, encoding="utf-8")
        assert run_pytest(str(tmp_path / "test_mixed.py"), "--collect-only").returncode == 0


def test_a_missing_service_is_skipped_with_its_reason_and_fails_where_services_are_required(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_redis.py").write_text("def test_redis(redis_url):\n    assert redis_url\n")
    lonely = {"PATH": str(tmp_path)}
    skipped = run_pytest(str(tmp_path / "test_redis.py"), **lonely, REQUIRE_SERVICES="")
    assert skipped.returncode == 0
    assert "Bỏ qua / skipped 1: Redis: thiếu lệnh redis-server" in skipped.stdout
    failed = run_pytest(str(tmp_path / "test_redis.py"), **lonely, REQUIRE_SERVICES="1")
    assert failed.returncode == 1
    assert "REQUIRE_SERVICES=1: Redis" in failed.stdout


def test_chromium_reads_the_live_server_s_database(live_server: LiveServer, page: Page) -> None:
    response = page.goto(f"{live_server.url}/healthz")
    assert response is not None
    assert response.status == 200
    assert '"database": true' in page.content()


def test_a_test_is_marked_by_what_it_uses() -> None:
    listed = run_pytest("--collect-only", "tests/house", "-m", "browser and database").stdout
    assert "test_chromium_reads_the_live_server_s_database" in listed
    listed = run_pytest("--collect-only", "tests/house", "-m", "redis and postgres and not database").stdout
    assert "test_web_worker_and_beat_work_together" in listed
