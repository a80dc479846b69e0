"""The settings say in Vietnamese and English what is wrong with the environment, all at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dvctt.lib.environment import Environment

ROOT = Path(__file__).resolve().parents[2]


def load_settings(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, with nothing but the given variables."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import dvctt.settings as s; print(s.HTTPS, s.EMBEDDED_WORKER, s.DATABASE_URL)",
        ],
        env={"PATH": os.environ["PATH"], "DJANGO_SECRET_KEY_FILE": str(tmp_path / "none"), **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_secret_key_alone_gives_sqlite_the_embedded_worker_and_plain_http_on_this_machine(
    tmp_path: Path,
) -> None:
    result = load_settings(tmp_path, DJANGO_SECRET_KEY="x" * 50)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("False True sqlite:///")


def test_every_wrong_or_missing_variable_is_told_in_one_message(tmp_path: Path) -> None:
    result = load_settings(
        tmp_path,
        DATABASE_URL="mysql://u:bi-mat@host/db",
        REDIS_URL="host:6379",
        DJANGO_HTTPS="maybe",
        UPLOAD_MAX_MB="0",
        LOG_LEVEL="loud",
        DJANGO_CSRF_TRUSTED_ORIGINS="example.vn",
    )
    assert result.returncode != 0
    for name in (
        "DJANGO_SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "DJANGO_HTTPS",
        "UPLOAD_MAX_MB",
        "LOG_LEVEL",
        "DJANGO_CSRF_TRUSTED_ORIGINS",
    ):
        assert f"  - {name}: " in result.stderr
    assert "chưa đặt" in result.stderr
    assert "is missing" in result.stderr
    assert "bi-mat" not in result.stderr


def test_a_public_host_brings_https_and_redis_brings_worker_processes(tmp_path: Path) -> None:
    result = load_settings(
        tmp_path,
        DJANGO_SECRET_KEY="x" * 50,
        DJANGO_ALLOWED_HOSTS="chitieu.example.vn",
        REDIS_URL="redis://127.0.0.1:6379/0",
        DATABASE_URL="postgresql://u:p@db/dvctt",
    )
    assert result.stdout.split() == ["True", "False", "postgresql://u:p@db/dvctt"]


def test_the_secret_key_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 50)
    assert load_settings(tmp_path, DJANGO_SECRET_KEY_FILE=str(tmp_path / "key")).returncode == 0


@pytest.mark.parametrize(("printed", "meant"), [("1", True), ("off", False), ("", True), ("YES", True)])
def test_a_flag_is_read_from_the_usual_words(printed: str, meant: bool) -> None:
    assert Environment({"FLAG": printed}).flag("FLAG", default=True) is meant


def test_an_empty_list_item_is_not_a_host() -> None:
    assert Environment({"HOSTS": "a.vn, ,b.vn,"}).words("HOSTS") == ["a.vn", "b.vn"]


def test_every_variable_that_is_read_is_explained_in_the_example() -> None:
    read = set()
    for path in (ROOT / "dvctt" / "settings.py", ROOT / "docker-compose.yml"):
        text = path.read_text(encoding="utf-8")
        read |= set(re.findall(r'env\.\w+\(\s*"(\w+)"', text)) | set(re.findall(r"\$\{(\w+)", text))
    explained = re.findall(
        r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(read) > 15
    assert read <= set(explained)
