"""run.py: the demo touches nothing but its own database, and says clearly what stands in its way."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_ignores_the_database_and_the_keys_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://that/cua-co-quan")
    monkeypatch.setenv("REDIS_URL", "redis://that")
    monkeypatch.setenv("DJANGO_ALLOWED_HOSTS", "that.vn")
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    env = run.demo_environment()
    assert env["DATABASE_URL"] == f"sqlite:///{ROOT.as_posix()}/var/demo.sqlite3"
    assert not {"REDIS_URL", "DJANGO_ALLOWED_HOSTS", "WEB_CONCURRENCY"} & env.keys()


def test_the_demo_is_made_anew_when_a_migration_or_a_fixture_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "so.csv").write_text("a")
    first = run.demo_fingerprint()
    assert run.demo_fingerprint() == first
    (tmp_path / "fixtures" / "so.csv").write_text("b")
    assert run.demo_fingerprint() != first


def test_the_secret_key_is_made_once_and_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "VAR", tmp_path)
    monkeypatch.setattr(run, "SECRET_KEY", tmp_path / "secret-key")
    run.make_secret_key()
    key = (tmp_path / "secret-key").read_text()
    run.make_secret_key()
    assert (tmp_path / "secret-key").read_text() == key
    assert len(key) >= 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_taken_port_is_told_before_anything_is_done() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "run.py", "demo", "--port", str(port)],
            cwd=ROOT,
            env=os.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert result.returncode == 1
    assert f"Cổng {port} đang có chương trình khác dùng" in result.stdout
    assert f"--port {port + 1}" in result.stdout


def test_an_unknown_option_of_the_demo_is_refused() -> None:
    result = subprocess.run(
        [sys.executable, "run.py", "demo", "--nope"], cwd=ROOT, capture_output=True, check=False
    )
    assert result.returncode == 2
