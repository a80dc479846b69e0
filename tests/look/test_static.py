"""What the pages weigh, and that they ask nothing of anybody else."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
STATIC = BASE / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = sorted((BASE / "templates").rglob("*.html"))
OWN = [path for path in sorted(STATIC.rglob("*.*")) if VENDOR not in path.parents]
KB = 1024


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), compresslevel=9))


def test_own_style_sheets_weigh_at_most_15_kb_packed() -> None:
    assert sum(packed(path) for path in (STATIC / "css").glob("*.css")) <= 15 * KB


def test_own_scripts_weigh_at_most_15_kb_packed() -> None:
    assert sum(packed(path) for path in (STATIC / "js").glob("*.js")) <= 15 * KB


def test_the_fonts_weigh_at_most_40_kb() -> None:
    assert sum(path.stat().st_size for path in VENDOR.rglob("*.woff2")) <= 40 * KB


def test_every_vendored_file_is_listed_with_its_checksum() -> None:
    lines = re.findall(r"^([0-9a-f]{64})  (\S+)$", (VENDOR / "VERSIONS.md").read_text(encoding="utf-8"), re.M)
    listed = {name: checksum for checksum, name in lines}
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VERSIONS.md"
    }
    assert listed == found


def test_files_named_by_the_style_sheet_are_there() -> None:
    for sheet in (STATIC / "css").glob("*.css"):
        for name in re.findall(r'url\("([^"]+)"\)', sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / name).resolve().is_file(), name


# The policy refuses these; a page that needs them would work in development and break in an office.
FORBIDDEN = {
    "an inline style": re.compile(r"<style\b|<[^>{%]*\sstyle\s*=", re.IGNORECASE),
    "an inline script": re.compile(
        r"<script\b(?![^>]*\bsrc=)(?![^>]*\btype=.application/json)", re.IGNORECASE
    ),
    "a handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "another host": re.compile(r"(?:https?:)?//(?!www\.w3\.org)[a-z0-9-]+\.[a-z]", re.IGNORECASE),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(BASE).as_posix())
def test_a_template_holds_nothing_that_the_policy_refuses(path: Path) -> None:
    source = re.sub(
        r"{% comment.*?endcomment %}|{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    for what, pattern in FORBIDDEN.items():
        found = pattern.search(source)
        assert found is None, f"{what}: {found[0] if found else ''}"


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_own_static_files_name_no_other_host(path: Path) -> None:
    assert FORBIDDEN["another host"].search(path.read_text(encoding="utf-8")) is None
