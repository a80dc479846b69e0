"""docker-compose.yml and the image say what the product promises, and the locks agree with each other."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from tests import compose

ROOT = compose.ROOT
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def test_every_service_has_a_health_check_and_one_volume() -> None:
    assert compose.problems(compose.read()) == []


@pytest.mark.parametrize(
    ("service", "broken", "said"),
    [
        ("beat", {"healthcheck": {}}, "beat has no health check"),
        ("worker", {"volumes": []}, "worker has 0 volumes, not one"),
        ("web", {"depends_on": {"mysql": {}}}, "web depends on mysql, which is not there"),
        ("redis", {"volumes": ["cache:/data"]}, "volume cache is used but not declared"),
    ],
)
def test_what_is_wrong_is_told(service: str, broken: dict[str, object], said: str) -> None:
    content = compose.read()
    content["services"][service] |= broken
    assert said in compose.problems(content)


def test_a_compose_tool_reads_the_file() -> None:
    tool = compose.compose_tool()
    if tool is None:
        # Not a service: the tests of the processes stand in for it, so REQUIRE_SERVICES does not ask for it.
        return
    assert compose.complaint_of(tool) == ""


def test_the_commands_of_our_services_are_installed() -> None:
    for name in sorted(compose.OURS):
        command = compose.read()["services"][name]["command"]
        path = f"{Path(sys.executable).parent}:/bin:/usr/bin"
        assert shutil.which(command[0], path=path), command


def test_the_image_copies_a_lock_and_runs_as_nobody_special() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "FROM python:3.11-slim" in dockerfile
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER (?!root)\w+$", dockerfile, re.MULTILINE)


def test_the_image_s_lock_is_a_part_of_the_whole_lock() -> None:
    def pins(name: str) -> set[tuple[str, str]]:
        return set(PIN.findall((ROOT / name).read_text(encoding="utf-8")))

    assert pins("requirements-web.lock") < pins("requirements.lock")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-web.lock"])
def test_a_lock_names_no_index_and_no_file(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--index-url|--find-links", text)
